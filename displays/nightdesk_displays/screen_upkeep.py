"""One display on a line: what it was last sent, whether it took it, and when it is to be tried again.

It sends nothing itself: the line's worker asks which screen is due and tells it what came of that.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from nightdesk_displays.line_timing import LineTiming
from nightdesk_displays.protocols import protocol_for
from nightdesk_displays.screen_state import ScreenState, display_state
from nightdesk_displays.turns import TURN_SECONDS
from nightdesk_ports.backoff import Backoff
from nightdesk_queue.commands.device_status import DeviceReporter, Found
from nightdesk_queue.config import Display, Hospital
from nightdesk_queue.domain.devices import STARTING, STOPPED, DeviceKind, DeviceState
from nightdesk_queue.store import Database, devices

MARGIN, LONGEST_ANSWER = 1.5, 4.0
"""How much longer than its slowest answer a screen may take, and seconds at most: others on its line wait meanwhile."""
GONE_AFTER = 12
"""After how many unanswered frames a display counts as offline."""


class Screen:
    """What is known of a display; `others` are the addresses of the other displays on its line."""

    def __init__(
        self, display: Display, others: frozenset[int], hospital: Hospital, database: Database, timing: LineTiming
    ) -> None:
        self.timing = timing
        self.display = display
        self.database = database
        self.hospital = hospital
        self.protocol = protocol_for(display, others, hospital.room_names)
        self.state: ScreenState | None = None
        self.painted: ScreenState | None = None
        self.repaint_at = 0.0
        self.ping_at = 0.0
        self.tries = 0
        self._reporter = DeviceReporter(DeviceKind.DISPLAY, display.id, database, hospital)
        self._well = True
        self._sent = 0
        self._answer = timing.answer
        self._asked_at: float | None = None

    def begin(self) -> None:
        """Forget what the screen shows, as its line was opened anew. One that was offline before comes after others."""
        self.painted, self.repaint_at, self.tries = None, 0.0, min(self.tries, 1)

    def due(self, now: float) -> bool:
        """Whether it has to be painted: a change at once, a repetition when its time has come."""
        if self.tries:
            return now >= self.repaint_at
        return self.state != self.painted or now >= self.repaint_at

    def look(self, now: datetime) -> bool:
        """Compute the state anew; whether it is another one. Raises Fault when the database fails."""
        before = self.state
        with self.database.snapshot() as tx:
            self.state = display_state(tx, self.hospital, self.display, now)
        return self.state != before

    def taken(self, state: ScreenState, moment: datetime) -> None:
        """It shows what it was sent, as far as its protocol can tell."""
        now = time.monotonic()
        again = self._again(state)
        self.painted, self.tries = state, 0
        if any(call.fresh(moment) for call in state.calls):
            # the new call has stood out for long enough then
            again = min(again, self.timing.fresh)
        if self.protocol.turns(state, moment):
            again = min(again, TURN_SECONDS / 2)
        self.repaint_at, self.ping_at = now + again, now + self.timing.ping
        self.report(DeviceState.ONLINE if self.protocol.answers else DeviceState.UNVERIFIED, ok=True)

    def _again(self, state: ScreenState) -> float:
        """Return after how many seconds a state that was sent is sent once more.

        A change is sent twice. A screen that does not answer is sent it a third time in between, at once: on a line
        that loses one frame in seven a finished call would stand there for a second.
        """
        self._sent = self._sent + 1 if self.painted == state else 1
        if self._sent == 1:
            return self.timing.confirm if self.protocol.answers else self.timing.repeat
        if self._sent == 2 and not self.protocol.answers:
            return self.timing.confirm
        return self.display.repaint_seconds

    @property
    def answer_seconds(self) -> float:
        """How long it may take to answer: as configured, else as it was seen to."""
        return self.display.answer_seconds or self._answer

    def sent(self, now: float) -> None:
        """A frame was sent to it."""
        self._asked_at = self._asked_at or now

    def answered(self, now: float) -> None:
        """It has answered; an answer that came too late teaches how long this screen takes."""
        if self._asked_at is not None:
            took = now - self._asked_at
            if self._answer < took <= LONGEST_ANSWER:
                self._answer = min(took * MARGIN, LONGEST_ANSWER)
            self._asked_at = None

    def refused(self, cause: str) -> None:
        """It did not take a frame: try again later, and tell once all tries are used up."""
        self.tries += 1
        self.interrupted()
        if self.tries >= self.timing.tries or not self._well:
            gone = cause == "no_answer" and self.tries >= GONE_AFTER
            self.report(DeviceState.OFFLINE if gone else DeviceState.DEGRADED, cause=cause)

    def interrupted(self) -> None:
        """Nothing is known of what it shows; one that has not answered for some time is not asked again at once."""
        self.painted = None
        if self.tries:
            self.repaint_at = time.monotonic() + Backoff(self.timing.shortest_retry, self.timing.longest_retry).after(
                self.tries
            )

    def doubted(self) -> None:
        """Something was heard that leaves open what it shows: it is painted again soon."""
        self.repaint_at = min(self.repaint_at, time.monotonic() + self.timing.shortest_retry)

    def starting(self) -> None:
        """Nothing is known of it yet; how long it has been away already is not forgotten."""
        with self.database.snapshot() as tx:
            known = devices.of_id(tx, DeviceKind.DISPLAY, self.display.id)
        if known is None or known.state.works or known.cause == STOPPED:
            self.report(DeviceState.OFFLINE, cause=STARTING)
        else:
            self.tries = 1

    def report(self, state: DeviceState, *, ok: bool = False, cause: str | None = None) -> None:
        """Tell the database how the display is."""
        self._well = state.works or cause == STARTING
        self._reporter.report(Found(state, ok, cause), datetime.now(UTC))

    def asked(self) -> None:
        """It has just been asked whether it is there."""
        self.ping_at = time.monotonic() + self.timing.ping
