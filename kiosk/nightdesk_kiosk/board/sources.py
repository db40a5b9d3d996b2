"""Where a call screen's states come from: the database, or frames on a serial line."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import serial

from nightdesk_displays import boardframe
from nightdesk_displays.line_worker import LOOK_SECONDS
from nightdesk_displays.screen_state import ScreenState, screen_state
from nightdesk_kiosk.clock import Clock
from nightdesk_ports.causes import LINE_ERRORS, cause_of
from nightdesk_ports.serial_lines import close_port, open_port
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import Feed, Store
from nightdesk_queue.text.bilingual import Text

REOPEN_SECONDS = 0.5
IDLE_SECONDS = 0.02


GONE = Text(zh="数据库文件 {path} 不见了", en="the database file {path} is gone")


def _file_of(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another of its name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class DatabaseSource:
    """The state as the database has it, for some clinics or (none named) all."""

    def __init__(self, hospital: Hospital, store: Store, clinics: Collection[str], clock: Clock) -> None:
        self._hospital = hospital
        self._clinics = clinics
        self._clock = clock
        self._store = store.another()
        self._feed = Feed(store)
        self._file = _file_of(store.path)
        self._due = True
        self._look_again_at = 0.0

    def newest(self) -> ScreenState | None:
        """Return the state if anything was committed since the last time or some time has passed.

        Raises Fault, also while the file is gone; one that was put in its place is opened.
        """
        self._open_anew_if_replaced()
        self._due = self._feed.changed() or self._due or time.monotonic() >= self._look_again_at
        if not self._due:
            return None
        state = screen_state(self._store, self._hospital, self._clinics, (), self._clock.now())
        # only now: a read that failed is owed, not done
        self._due = False
        self._look_again_at = time.monotonic() + LOOK_SECONDS
        return state

    def _open_anew_if_replaced(self) -> None:
        # SQLite goes on reading a file that was removed: its calls are nobody's any more
        there = _file_of(self._store.path)
        if there == self._file:
            return
        if there is None:
            raise Fault("unreachable", GONE.fill(path=self._store.path))
        path = self._store.path
        self.close()
        self._store = Store.at(path)
        self._feed = Feed(self._store)
        self._file, self._due = there, True

    def close(self) -> None:
        """Close its connections."""
        self._feed.close()
        self._store.close()


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
