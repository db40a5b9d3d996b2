"""How long a line's worker waits for what: seconds, all in one place, handed to the worker when it is made."""

from __future__ import annotations

from dataclasses import dataclass

from nightdesk_displays.screen_state import FRESH
from nightdesk_ports.serial_lines import WRITE_SECONDS

LOOK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class LineTiming:
    """The times of one line and its screens, in seconds; `tries` counts.

    `answer`: so long a sign may take to answer a frame. `write`: so long a line may be stuck while a frame is sent.
    `look`: between looks without a commit, as the order changes then, too (somebody becomes overdue, a booked patient
    is due). `darken`: so long at most a line is given at the end, to take its calls down.

    `shortest_pause`, `longest_pause`: between attempts to open a line; the pause doubles from one to the other.
    `steady`: a line that broke before, and on which nobody answered, is opened again more and more slowly.

    `shortest_retry`, `longest_retry`: before a display that did not take a frame is tried again, doubling likewise.
    `tries`: so many frames a display may leave unanswered before anybody is told. `confirm`: a change is sent once more
    so soon, as an answer may have been an older frame's that came late or twice. `repeat`: to a display that does not
    answer it is sent so soon besides. `ping`: a display that can be asked is
    asked so often between repaints. `fresh`: a new call has stood out for long enough then.
    """

    answer: float = 0.5
    write: float = WRITE_SECONDS
    look: float = LOOK_SECONDS
    darken: float = 3.0
    shortest_pause: float = 0.1
    longest_pause: float = 2.0
    steady: float = 5.0
    shortest_retry: float = 0.25
    longest_retry: float = 2.0
    tries: int = 5
    confirm: float = 1.0
    repeat: float = 0.15
    ping: float = 10.0
    fresh: float = FRESH.total_seconds() + 0.5
