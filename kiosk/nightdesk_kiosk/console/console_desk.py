"""The console's door to the database: what it shows in one look, and the steps, each on its own connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from nightdesk_kiosk.clock import Clock
from nightdesk_queue.commands import Desk, alarms, paging
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import Event
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries import leftovers, queue_view
from nightdesk_queue.queries.leftovers import Leftover
from nightdesk_queue.queries.queue_view import QueueView
from nightdesk_queue.store import Feed, Store, devices, pages, slips
from nightdesk_queue.store.pages import Page
from nightdesk_queue.store.slips import SlipJob

T = TypeVar("T")
JOBS_SHOWN = 50
Known = dict[str, devices.DeviceStatus]


KINDS: tuple[devices.Kind, ...] = ("printer", "display", "voice")


@dataclass(frozen=True, slots=True)
class DeviceTrouble:
    """A printer, call screen or voice that does not work, and how many slips wait for it."""

    kind: devices.Kind
    id: str
    state: str
    cause: str | None
    slips_waiting: int


@dataclass(frozen=True, slots=True)
class PrinterLook:
    """One printer at one moment: how it is, its paper, how many slips wait, and its newest jobs, open ones first."""

    id: str
    state: str
    cause: str | None
    paper: str | None
    waiting: int
    jobs: list[SlipJob]

    @property
    def trouble(self) -> bool:
        """Whether it does not print."""
        return self.state not in devices.WORKING


@dataclass(frozen=True, slots=True)
class ScreenLook:
    """One call screen, or the voice, at one moment."""

    kind: devices.Kind
    id: str
    state: str
    cause: str | None
    since: datetime | None

    @property
    def trouble(self) -> bool:
        """Whether it does not show or speak."""
        return self.state not in devices.WORKING


@dataclass(frozen=True, slots=True)
class Look:
    """All the console shows at one moment."""

    queue: QueueView
    alarms: list[Event]
    pages: list[Page]
    leftovers: list[Leftover]
    troubles: list[DeviceTrouble]
    at: datetime


class ConsoleDesk:
    """What a console may do. `watch` is polled by the screen; `look` and `act` open connections as they need them."""

    def __init__(self, hospital: Hospital, store: Store, clock: Clock, by: By) -> None:
        self.hospital = hospital
        self.clock = clock
        self.by = by
        self._store = store
        self._feed = Feed(store)
        self._reader = store.another()

    def changed(self) -> bool:
        """Whether anybody committed anything since the last time. Raises Fault."""
        return self._feed.changed()

    def look(self, clinic: Clinic) -> Look:
        """Return what there is to see of a clinic and of the devices. Raises Fault."""
        now = self.clock.now()
        queue = queue_view.queue_view(self._reader, self.hospital, clinic, now)
        with self._reader.reading() as connection:
            sounding = alarms.sounding(connection)
            waiting = slips.waiting_by_printer(connection)
            sounding_pages = pages.sounding(connection)
            known = {kind: devices.all_of(connection, kind) for kind in KINDS}
        left = leftovers.leftovers(self._reader, self.hospital, [clinic.id], now)
        troubles = [*self._printers(known["printer"], waiting), *self._displays(known["display"])]
        troubles += self._silent("voice", "voice", known["voice"]) if self.hospital.voice else []
        return Look(queue, sounding, sounding_pages, left, troubles, now)

    def _printers(self, known: Known, waiting: dict[str, int]) -> Iterator[DeviceTrouble]:
        for printer in self.hospital.printers:
            state, cause = devices.state_now(self._store.path, "printer", printer, known.get(printer))
            if state == "low":
                yield DeviceTrouble("printer", printer, state, cause, waiting.get(printer, 0))
            # a printer nobody drives is no trouble until somebody waits for paper
            if state not in devices.WORKING and (cause != "not_served" or waiting.get(printer)):
                yield DeviceTrouble("printer", printer, state, cause, waiting.get(printer, 0))
        for printer, count in waiting.items():
            if printer not in self.hospital.printers:
                yield DeviceTrouble("printer", printer, "offline", "not_configured", count)

    def _displays(self, known: Known) -> Iterator[DeviceTrouble]:
        silent = [trouble for one in self.hospital.display for trouble in self._silent("display", one.id, known)]
        # no service at all is one trouble, not one a screen
        unserved = [trouble for trouble in silent if trouble.cause == "not_served"]
        if unserved:
            ids = ", ".join(trouble.id for trouble in unserved)
            yield DeviceTrouble("display", ids, "offline", "not_served", 0)
        yield from (trouble for trouble in silent if trouble not in unserved)

    def _silent(self, kind: devices.Kind, id_: str, known: Known) -> Iterator[DeviceTrouble]:
        """Yield a screen or a voice that does not work; one that nobody serves shows nothing, whoever forgot to."""
        state, cause = devices.state_now(self._store.path, kind, id_, known.get(id_))
        if state not in devices.WORKING:
            yield DeviceTrouble(kind, id_, state, cause, 0)

    def printers(self) -> list[PrinterLook]:
        """Return every printer with its jobs. Raises Fault."""
        with self._reader.reading() as connection:
            known = devices.all_of(connection, "printer")
            waiting = slips.waiting_by_printer(connection)
            jobs = {id_: slips.newest_of_printer(connection, id_, JOBS_SHOWN) for id_ in self.hospital.printers}
        found = []
        for id_ in self.hospital.printers:
            status = known.get(id_)
            state, cause = devices.state_now(self._store.path, "printer", id_, status)
            paper = status.paper if status else None
            found.append(PrinterLook(id_, state, cause, paper, waiting.get(id_, 0), jobs[id_]))
        return found

    def screens(self) -> list[ScreenLook]:
        """Return every call screen, and the voice where there is one. Raises Fault."""
        wanted: list[tuple[devices.Kind, str]] = [("display", display.id) for display in self.hospital.display]
        wanted += [("voice", "voice")] if self.hospital.voice else []
        found = []
        with self._reader.reading() as connection:
            for kind, id_ in wanted:
                status = devices.all_of(connection, kind).get(id_)
                state, cause = devices.state_now(self._store.path, kind, id_, status)
                found.append(ScreenLook(kind, id_, state, cause, devices.since_when(status, cause)))
        return found

    def act(self, step: Callable[[Desk], T]) -> T:
        """Take one step at the desk, on a connection of its own. Raises Refused, Fault."""
        with self._store.another() as store:
            return step(Desk(store, self.hospital))

    def last_step(self) -> Event | None:
        """Return what undo would take back. Raises Fault."""
        return Desk(self._reader, self.hospital).last_step(self.by.station)

    def alarms_seen(self, up_to: int, shown_pages: Sequence[Page]) -> int:
        """Acknowledge the alarms up to an event and answer some pages; return how many there were. Raises Fault."""
        now = self.clock.now()
        with self._store.another() as store:
            seen = alarms.acknowledge(store, up_to=up_to, now=now, by=self.by)
            for page in shown_pages:
                with suppress(Refused):  # somebody else was faster to answer
                    seen += len(paging.acknowledge(store, str(page.id), now=now, by=self.by))
            return seen

    def close(self) -> None:
        """Close the screen's own connections."""
        self._feed.close()
        self._reader.close()
