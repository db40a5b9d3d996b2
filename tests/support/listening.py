"""A listener of transfers in a thread, and whoever connects to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Thread

from emergency import Line

from nightdesk_queue.config import Hospital
from nightdesk_queue.store import Database, StopSignal
from nightdesk_transfers.listener import Listener


class Listening:
    """A listener that can be reached, and the connections to it that a test has opened."""

    def __init__(self, hospital: Hospital, database: Database, now: datetime) -> None:
        assert hospital.hl7 is not None
        self.stop = StopSignal()
        self.listener = Listener(hospital, hospital.hl7, database, lambda: now, self.stop)
        self.thread = Thread(target=self.listener.run, daemon=True)
        self.lines: list[Line] = []

    def start(self) -> None:
        """Listen, and wait until it can be reached."""
        self.thread.start()
        assert self.listener.listening.wait(15)

    def line(self) -> Line:
        """Open a connection."""
        self.lines.append(Line(self.listener.port))
        return self.lines[-1]

    def end(self) -> None:
        """Close every connection, stop, and wait for the end."""
        for line in self.lines:
            line.close()
        self.stop.set()
        self.thread.join(20)
        assert not self.thread.is_alive()


@contextmanager
def listening(hospital: Hospital, database: Database, now: datetime) -> Iterator[Listening]:
    """Run a listener for the length of a block."""
    found = Listening(hospital, database, now)
    found.start()
    try:
        yield found
    finally:
        found.end()
