"""The background services: a spool worker for each printer, a line worker for each line, the voice, timers.

Every worker runs in a thread of its own and is started again after a fault: a disk that was full for an hour needs no
person. No state is kept here: after a kill the next start goes on from the database.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread

from nightdesk_displays.line_worker import LineWorker
from nightdesk_displays.voice.worker import VoiceWorker
from nightdesk_kiosk.background.archiving import Archiving
from nightdesk_kiosk.background.backups import Backups
from nightdesk_kiosk.background.forgetting import Forgetting
from nightdesk_kiosk.background.hand_in import HandIn
from nightdesk_kiosk.background.night_log import NightLog
from nightdesk_kiosk.background.page_posts import PagePoster
from nightdesk_kiosk.background.timers import TIMER, TIMER_TASK, Timer
from nightdesk_kiosk.background.two_spools import TwoSpools
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.logs import fact
from nightdesk_kiosk.own_files import goes_on_alone
from nightdesk_printers.devices import open_device, own_fonts
from nightdesk_printers.devices.screen import Show
from nightdesk_printers.spool import Make, SpoolWorker
from nightdesk_queue.commands.pages import restart_pages
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Display, Hospital, Kiosk, Printer
from nightdesk_queue.config.hl7_tables import Hl7Table
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import Database, StopSignal
from nightdesk_queue.text.bilingual import Text
from nightdesk_transfers import availability

RESTART_SECONDS = 2.0
STOP_SECONDS = 8.0

Report = Callable[[str, Fault], None]


@dataclass(frozen=True, slots=True)
class Service:
    """A worker's name (`printer lobby`) and what it does until stopped."""

    name: str
    work: Callable[[], None]


Build = Callable[[Hospital, Database, Clock, Event, Show | None], list[Service]]


class Services:
    """All background workers of one hospital. `report` is called with every fault, in the worker's own thread.

    `after`: the services of an earlier configuration, which have been stopped; these go on where they were.
    `build`: which services there are; without it all of them.
    `restart_seconds`: the pause before a worker that has ended is started again. `stop_seconds`: how long `stop` waits
    for workers that do not end.
    """

    def __init__(
        self,
        hospital: Hospital,
        database: Database,
        clock: Clock,
        report: Report,
        show: Show | None = None,
        *,
        after: Services | None = None,
        build: Build | None = None,
        restart_seconds: float = RESTART_SECONDS,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self.stopping = StopSignal()
        self._hospital = hospital
        self._database = database
        self._clock = clock
        self._report = report
        self._restart_seconds = restart_seconds
        self._stop_seconds = stop_seconds
        self.services = (build or everything)(hospital, database, clock, self.stopping, show)
        self._night_log: NightLog = NightLog(database, self.stopping, after=after._night_log if after else None)
        self._goes_on = after is not None or build is not None
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Start every worker."""
        if not self._goes_on:
            self._restart_pages()
        for service in (*self.services, Service("log", self._night_log.run)):
            thread = Thread(target=self._keep_alive, args=(service,), name=service.name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def _restart_pages(self) -> None:
        """Count the rounds of pages anew, unless another process keeps time."""
        try:
            with working(self._database, self._hospital, self._clock.now(), TIMER) as work:
                if not work.tx.is_served(*TIMER_TASK):
                    restart_pages(work)
        except Fault as fault:
            self._tell("timer", fault)

    def stop(self, *, hands_over: bool = False) -> bool:
        """Ask every worker to finish what it has in hand, and wait; whether all ended in time.

        `hands_over`: other services go on at once.
        """
        self.stopping.hands_over = hands_over
        self.stopping.set()
        deadline = time.monotonic() + self._stop_seconds
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))
        return not any(thread.is_alive() for thread in self._threads)

    def _keep_alive(self, service: Service) -> None:
        while not self.stopping.is_set():
            fact(logging.INFO, "service started", service=service.name)
            try:
                service.work()
            except Fault as fault:
                fact(logging.ERROR, "service failed", service=service.name, cause=fault.code)
                self._tell(service.name, fault)
            except Exception as error:  # noqa: BLE001 - one worker's bug must not end the night; it is reported
                fact(logging.ERROR, "service failed", service=service.name, cause=type(error).__name__)
                text = Text(zh="内部错误：{e}", en="unforeseen: {e}").fill(e=f"{type(error).__name__}: {error}")
                self._tell(service.name, Fault("internal", text))
            self.stopping.wait(self._restart_seconds)
        fact(logging.INFO, "service stopped", service=service.name)

    def _tell(self, name: str, fault: Fault) -> None:
        # the terminal that reports went to may be closed; printing goes on without it
        with suppress(OSError, ValueError):
            self._report(name, fault)


def serves(machine: str | None, database: Database) -> bool:
    """Whether this machine serves a device: one that hangs on no machine in particular any serves, one at a time."""
    return machine in (None, database.machine)


def _spools(hospital: Hospital, database: Database, clock: Clock, stop: Event, show: Show | None) -> list[Service]:
    return [
        Service(f"printer {printer.id}", _printing(printer, hospital, database, clock, stop, show))
        for printer in hospital.printers.values()
        if serves(printer.machine, database)
    ]


def _machine_of(kiosk: Kiosk, hospital: Hospital) -> str | None:
    """Return the machine of a kiosk: that of its printer."""
    printer = hospital.printers.get(kiosk.printer or "")
    return printer.machine if printer else None


def _printing(
    printer: Printer, hospital: Hospital, database: Database, clock: Clock, stop: Event, show: Show | None
) -> Callable[[], None]:
    """Return the work at a printer; that of a kiosk which goes on alone also prints from the kiosk's own file."""
    make = _opener(printer, hospital, show)

    def worker(of: Database, until: Event, cut_off: bool) -> SpoolWorker:
        return SpoolWorker(printer, hospital, of, make, clock.now, until, cut_off=cut_off)

    alone = [
        kiosk
        for kiosk in hospital.kiosks.values()
        if goes_on_alone(kiosk, database) and hospital.printer_for(kiosk.id) == printer.id
    ]
    if alone:
        return TwoSpools(printer.id, hospital, alone, database, worker, stop).run
    return worker(database, stop, False).run


def _opener(printer: Printer, hospital: Hospital, show: Show | None) -> Make:
    return lambda capability: open_device(printer, show, fonts=own_fonts(hospital), capability=capability)


def _lines(hospital: Hospital, database: Database, clock: Clock, stop: Event) -> list[Service]:
    """Return a worker for each line; several displays may hang on one."""
    by_port: dict[str, list[Display]] = {}
    for display in [one for one in hospital.display if serves(one.machine, database)]:
        by_port.setdefault(display.port, []).append(display)
    return [
        Service(
            f"display {'+'.join(display.id for display in displays)}",
            LineWorker(displays, hospital, database, clock.now, stop).run,
        )
        for displays in by_port.values()
    ]


def everything(hospital: Hospital, database: Database, clock: Clock, stop: Event, show: Show | None) -> list[Service]:
    """Return all services of a hospital."""
    return [
        *_spools(hospital, database, clock, stop, show),
        *_lines(hospital, database, clock, stop),
        *_tasks(hospital, database, clock, stop),
    ]


def transfers_alone(hospital: Hospital, database: Database, clock: Clock, stop: Event, _: Show | None) -> list[Service]:
    """Return the services of `[hl7]` and no others; none where the table is missing."""
    return _transfers(hospital, hospital.hl7, database, clock, stop) if hospital.hl7 else []


def _transfers(hospital: Hospital, table: Hl7Table, database: Database, clock: Clock, stop: Event) -> list[Service]:
    """Return who receives from the emergency room's system, and who tells it what became of its patients."""
    if not availability.is_installed():
        return [Service("hl7", availability.require)]
    # imported here: a kiosk without it need not have what it stands on
    from nightdesk_transfers.listener import Listener  # noqa: PLC0415
    from nightdesk_transfers.outbox import Outbox  # noqa: PLC0415

    return [
        Service("hl7", Listener(hospital, table, database, clock.now, stop).run),
        Service("hl7 notices", Outbox(hospital, table, database, clock.now, stop).run),
    ]


def _tasks(hospital: Hospital, database: Database, clock: Clock, stop: Event) -> list[Service]:
    found = [
        Service("timer", Timer(hospital, database, clock.now, stop).run),
        Service("retention", Forgetting(hospital, database, clock.now, stop).run),
    ]
    found += [
        Service(f"hand-in {kiosk.id}", HandIn(hospital, kiosk, database, clock.now, stop).run)
        for kiosk in hospital.kiosks.values()
        if goes_on_alone(kiosk, database) and serves(_machine_of(kiosk, hospital), database)
    ]
    if any(clinic.on_call and clinic.on_call.post for clinic in hospital.clinic):
        found.append(Service("page posts", PagePoster(hospital, database, clock.now, stop).run))
    if hospital.report:
        # imported here: mail and plots cost their time only where reports are wanted
        from nightdesk_kiosk.background.report_delivery import ReportDelivery  # noqa: PLC0415

        found.append(Service("reports", ReportDelivery(hospital, hospital.report, database, clock.now, stop).run))
    if hospital.retention.months is not None:
        found.append(Service("archiving", Archiving(hospital, database, clock.now, stop).run))
    if hospital.backup:
        found.append(Service("backups", Backups(hospital, hospital.backup, database, clock.now, stop).run))
    if hospital.hl7:
        found += _transfers(hospital, hospital.hl7, database, clock, stop)
    if hospital.voice and serves(hospital.voice.machine, database):
        found.append(Service("voice", VoiceWorker(hospital, hospital.voice, database, clock.now, stop).run))
    return found
