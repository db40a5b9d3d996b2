"""The stage of the demo night: a database file of its own, virtual devices, and the real services between them.

The printer is a virtual one on a TCP port of this machine, as `nightdesk printer` runs it: its paper and its faults can
be seen and made. The call screen hangs on a real serial line: a pseudo-terminal whose near end the line worker
writes and whose far end is read, decoded and shown. Emergency's system sends to the listener over TCP.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from nightdesk_kiosk.background.supervisor import Service, Services, everything
from nightdesk_kiosk.board.sources import SerialSource, Tell
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.demo.emergency import EmergencySystem
from nightdesk_kiosk.demo.night import Night
from nightdesk_ports.emulated_lines import EmulatedSerial
from nightdesk_printers.devices.screen import Show
from nightdesk_printers.paper_drawing import draw
from nightdesk_printers.virtual import PrinterServer, VirtualPrinter
from nightdesk_queue.config import Hospital, parse
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import Database, devices, open_database, slips
from nightdesk_transfers import availability

if TYPE_CHECKING:
    from nightdesk_transfers.listener import Listener

BEGIN = datetime(2026, 3, 2, 17, 20, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
"""A Monday evening, ten minutes before the clinic opens."""
READY_SECONDS = 10.0


class Stage(AbstractContextManager["Stage"]):
    """Everything around the people, from open to close. `printer` is the virtual printer."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._closing = ExitStack()
        folder = Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="nightdesk-demo-")))
        line = EmulatedSerial()
        self._closing.callback(line.close)
        # a night that is played faster than it was has no time for real paper
        self.printer = self._closing.enter_context(PrinterServer(VirtualPrinter(), mm_a_second=0))
        self.hospital = demo_hospital(line.address, self.printer.address)
        self.clock = clock
        self.database = self._closing.enter_context(open_database(f"sqlite:///{folder / 'night.db'}"))
        self.faults: list[Fault] = []
        self.source = PtySource(line)
        self.listener: Listener | None = None
        self.services = Services(self.hospital, self.database, clock, self._report, build=self._services)
        self.night = Night(self.database, self.hospital, BEGIN, seed, self._emergency())

    def __enter__(self) -> Stage:
        self.services.start()
        self._wait_until_ready()
        return self

    def _services(
        self, hospital: Hospital, database: Database, clock: Clock, stop: Event, show: Show | None
    ) -> list[Service]:
        """Return the services of `run`; the listener is known here, since its port is any that was free."""
        found = everything(hospital.changed(hl7=None), database, clock, stop, show)
        if hospital.hl7 and availability.is_installed():
            # imported here: a demo without the library has no transfers of another system
            from nightdesk_transfers.listener import Listener  # noqa: PLC0415

            self.listener = Listener(hospital, hospital.hl7, database, self._moment, stop)
            found.append(Service("hl7", self.listener.run))
        return found

    def _emergency(self) -> EmergencySystem | None:
        return EmergencySystem(self.hospital, self.listener) if self.listener else None

    def _moment(self) -> datetime:
        """Return the clock's time, or that of what happens just now, where the night is played faster."""
        return max(self.clock.now(), self.night.moment)

    def _wait_until_ready(self) -> None:
        """Let the spool find its printer, and the listener its port, before anybody comes: the night may be fast."""
        if self.listener:
            self.listener.listening.wait(READY_SECONDS)
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with self.database.snapshot() as tx:
                known = devices.known(tx)
            if all((DeviceKind.PRINTER, id_) in known for id_ in self.hospital.printers):
                return
            time.sleep(0.01)

    def __exit__(self, *_: object) -> None:
        self.source.stop.set()
        self.services.stop()
        self._closing.close()

    def slips_waiting(self) -> int:
        """Return how many slips are still to be printed."""
        with self.database.snapshot() as tx:
            return sum(slips.waiting_by_printer(tx).values())

    @property
    def papers(self) -> int:
        """How many slips have come out so far."""
        with self.printer.lock:
            return len(self.printer.printer.slips)

    def last_paper(self) -> list[str]:
        """Return the newest slip as drawn lines; none before the first."""
        with self.printer.lock:
            slips = self.printer.printer.slips[-1:]
        return draw(slips[0], self.hospital.printer[0].paper_mm) if slips else []

    def paper_out(self) -> bool:
        """Whether the virtual printer has no paper."""
        with self.printer.lock:
            return self.printer.printer.paper_out

    def _report(self, name: str, fault: Fault) -> None:
        self.faults.append(fault)


class PtySource(SerialSource):
    """The far end of the stage's own line: it is held open here, since only the near end has a name."""

    def __init__(self, line: EmulatedSerial) -> None:
        super().__init__("", 0)
        self._line = line

    def read(self, tell: Tell) -> None:
        """Read and tell every whole state until stopped."""
        self.read_frames(self._line.read, tell)


def demo_hospital(port: str, printer: str) -> Hospital:
    """Return the demo's hospital with its call screen on a port and its printer at an address."""
    text = files("nightdesk_kiosk.demo").joinpath("hospital.toml").read_text(encoding="utf-8")
    hospital = parse(text, "demo/hospital.toml")
    return hospital.changed(
        display=[display.changed(port=port) for display in hospital.display],
        printer=[one.changed(device=printer, paper_mm_a_second=0) for one in hospital.printer],
    )
