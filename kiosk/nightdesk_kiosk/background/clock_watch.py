"""The clock watch: notices that the clock of the machine jumps, and names the tickets taken before that.

The wall clock is compared with one that nobody sets (CLOCK_BOOTTIME, which goes on while the machine sleeps). A clock
that is corrected in small steps, as time servers do, is none that jumps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nightdesk_queue.commands.alarms import raise_alarm
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.event_data import ClockStepped
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, tickets

JUMP_SECONDS = 20.0
"""A step that is smaller disturbs no queue."""
MOST_NUMBERS = 30
STATION = "clock"


@dataclass(frozen=True, slots=True)
class Reading:
    """Both clocks at one moment: the wall clock, and seconds of the one that nobody sets."""

    wall: datetime
    steady: float


def read_clocks() -> Reading:
    """Return both clocks of this machine."""
    return Reading(datetime.now(UTC), time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)))


class ClockWatch:
    """Compares the clocks at each look; tells a jump once."""

    def __init__(self, hospital: Hospital, database: Database, read: Callable[[], Reading] = read_clocks) -> None:
        self._hospital = hospital
        self._database = database
        self._read = read
        self._last = self._since = read()

    def look(self) -> float | None:
        """Raise an alarm where the wall clock has jumped since the last look; return by how many seconds.

        The alarm names the numbers taken since the jump before (or since the start): if the clock was wrong till now,
        these are the ones whose times are. Raises Fault.
        """
        last, now = self._last, self._read()
        step = (now.wall - last.wall).total_seconds() - (now.steady - last.steady)
        if abs(step) < JUMP_SECONDS:
            self._last = now
            return None
        with working(self._database, self._hospital, now.wall, By.service(STATION)) as work:
            taken = tickets.arrived_between(work.tx, self._since.wall, last.wall + timedelta(seconds=1))
            numbers = tuple(ticket.number for ticket in taken[-MOST_NUMBERS:])
            data = ClockStepped(round(step, 1), numbers, self._since.wall.isoformat(timespec="seconds"))
            raise_alarm(work, EventKind.CLOCK_STEP, data=data)
        # only now: an alarm that could not be written is owed
        self._last = self._since = now
        return step
