"""What happens when, in a night that is played: actions by their moment, at one moment in the order they were noted."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Action = Callable[[datetime], None]
"""What happens; it is told its moment."""


class Agenda:
    """The actions to come. An action may note others; one that raises stays noted and is tried again."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Action]] = []
        self._order = count()

    def note(self, moment: datetime, action: Action) -> None:
        """Note an action for a moment."""
        heapq.heappush(self._heap, (moment, next(self._order), action))

    def next_moment(self) -> datetime | None:
        """Return when the next action is due; None when there is none left."""
        return self._heap[0][0] if self._heap else None

    def do_next(self) -> datetime:
        """Do the next action and return its moment. Raises IndexError when there is none, and whatever it raises."""
        entry = moment, _, action = heapq.heappop(self._heap)
        try:
            action(moment)
        except BaseException:
            heapq.heappush(self._heap, entry)
            raise
        return moment
