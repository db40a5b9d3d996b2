"""Where a call screen's states come from: the database, or frames on a serial line."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from threading import Event

import serial

from nightdesk_displays import boardframe
from nightdesk_displays.screen_state import ScreenState, screen_state
from nightdesk_kiosk.clock import Clock
from nightdesk_ports.causes import LINE_ERRORS, cause_of
from nightdesk_ports.serial_lines import close_port, open_port
from nightdesk_queue.config import Hospital
from nightdesk_queue.queries.call_screens import ScreenScope
from nightdesk_queue.store import ChangeFeed, Database

REOPEN_SECONDS = 0.5
IDLE_SECONDS = 0.02


class DatabaseSource:
    """The state as the database has it, for some clinics or (none named) all."""

    def __init__(self, hospital: Hospital, database: Database, clinics: Collection[str], clock: Clock) -> None:
        self._hospital = hospital
        self._scope = ScreenScope(clinics)
        self._clock = clock
        self._database = database

    def changes(self) -> ChangeFeed:
        """Give a feed that tells when anybody has committed anything. Raises Fault."""
        return self._database.changes()

    def state(self) -> ScreenState:
        """Return the state as it is now.

        Raises Fault, also while the database is gone; one that was put in its place is read.
        """
        with self._database.snapshot() as tx:
            return screen_state(tx, self._hospital, self._scope, self._clock.now())


Tell = Callable[["ScreenState | LineAway"], object]


@dataclass(frozen=True, slots=True)
class LineAway:
    """The serial line cannot be opened or broke; `why` is a cause as `device_wording` words it."""

    why: str


class SerialSource:
    """Frames from a serial line, read in the caller's thread until `stop` is set; a lost line is opened again."""

    def __init__(self, port: str, baud: int) -> None:
        self.port = port
        self.baud = baud
        self.stop = Event()

    def read(self, tell: Tell) -> None:
        """Read and tell every whole state, and every time the line is lost."""
        while not self.stop.is_set():
            try:
                line = open_port(self.port, self.baud, read_timeout=0.2, writes=False)
            except (*LINE_ERRORS, ValueError) as error:
                tell(LineAway(cause_of(error)))
                self.stop.wait(REOPEN_SECONDS)
                continue
            try:
                self._read_open(line, tell)
            except LINE_ERRORS as error:
                tell(LineAway(cause_of(error)))
                self.stop.wait(REOPEN_SECONDS)
            finally:
                close_port(line)

    def _read_open(self, line: serial.Serial, tell: Tell) -> None:
        self.read_frames(lambda: line.read(1) + line.read(line.in_waiting or 0), tell)

    def read_frames(self, read: Callable[[], bytes], tell: Tell) -> None:
        """Tell every whole state in what `read` returns, until stopped or until it raises."""
        receiver = boardframe.Receiver()
        while not self.stop.is_set():
            received = read()
            for state, _ in receiver.feed(received):
                tell(state)
            if not received:
                self.stop.wait(IDLE_SECONDS)
