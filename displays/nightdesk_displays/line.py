"""The worker that owns one serial line and keeps its screens telling the truth.

After every start, reconnect and change, and every `repaint_seconds`, the whole state is sent. There is no backlog: when
the state changes while a frame is still unanswered, the next frame carries the new state. A line that breaks is
closed and opened again under its name until it is back. Several displays with addresses may hang on one line; each
is painted by turns, and one that does not answer is tried again later, so that it never delays another.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from threading import Event

import serial

from nightdesk_displays.ports import (
    LINE_ERRORS,
    WriteTimeoutError,
    allow_frame,
    cause_of,
    close_port,
    open_port,
    unsent,
)
from nightdesk_displays.protocols import protocol_for
from nightdesk_displays.state import FRESH, ScreenState, display_state, rooms_of
from nightdesk_displays.turns import TURN_SECONDS
from nightdesk_queue.config import Display, Hospital
from nightdesk_queue.devicelog import DeviceLog
from nightdesk_queue.store import Feed, Store, devices
from nightdesk_queue.store.ownership import Ownership

POLL_SECONDS = 0.02
LISTEN_SECONDS = 0.004
"""Between looks for an answer that is awaited: several signs on a bus wait for each other's."""
ANSWER_SECONDS = 0.5
LOOK_SECONDS = 5.0
"""The order changes without a commit, too: somebody becomes overdue, a booked patient is due."""
TRIES = 5
CONFIRM_SECONDS = 1.0
"""A change is sent once more so soon: an answer may have been an older frame's that came late or twice."""
DARKEN_SECONDS = 3.0
"""So long at most a line is given at the end, to take its calls down."""
STEADY_SECONDS = 5.0
"""A line that broke before, and on which nobody answered, is opened again more and more slowly."""
INTERRUPTED = "interrupted"
"""The verdict on a frame whose answer was not waited for, as there is something newer to show."""
GONE_AFTER = 12
"""A display that was silent so often is not there."""
SHORTEST_RETRY, LONGEST_RETRY = 0.25, 2.0
"""Seconds before a display that did not take a frame is tried again; the pause doubles from one to the other."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
"""Seconds between attempts to open a line; the pause doubles from one to the other."""
STOPPED = "stopped"
PING_SECONDS = 10.0
"""A display that can be asked is asked so often between repaints."""

Clock = Callable[[], datetime]


class Screen:
    """One display on a line: what it was last sent, whether it took it, and when it is to be tried again."""

    def __init__(self, display: Display, others: frozenset[int], hospital: Hospital) -> None:
        self.display = display
        self.protocol = protocol_for(display, others, rooms_of(hospital, display))
        self.state: ScreenState | None = None
        self.painted: ScreenState | None = None
        self.repaint_at = 0.0
        self.ping_at = 0.0
        self.tries = 0
        self._log = DeviceLog("display", display.id)

    def begin(self) -> None:
        """A line was opened: nothing is known of what the screen shows."""
        self.painted, self.repaint_at, self.tries = None, 0.0, 0

    def due(self, now: float) -> bool:
        """Whether it has to be painted: a change at once, a repetition when its time has come."""
        if self.tries:
            return now >= self.repaint_at
        return self.state != self.painted or now >= self.repaint_at

    def look(self, store: Store, hospital: Hospital, now: datetime) -> bool:
        """Compute the state anew; whether it is another one."""
        before, self.state = self.state, display_state(store, hospital, self.display, now)
        return self.state != before

    def taken(self, store: Store, state: ScreenState, moment: datetime) -> None:
        """It shows what it was sent, as far as its protocol can tell."""
        now = time.monotonic()
        again: float = self.display.repaint_seconds if self.painted == state else CONFIRM_SECONDS
        self.painted, self.tries = state, 0
        if any(call.fresh(moment) for call in state.calls):
            # the new call has stood out for long enough then
            again = min(again, FRESH.total_seconds() + 0.5)
        if self.protocol.turns(state, moment):
            again = min(again, TURN_SECONDS / 2)
        self.repaint_at, self.ping_at = now + again, now + PING_SECONDS
        self.report(store, "online" if self.protocol.answers else "unverified", ok=True)

    def refused(self, store: Store, cause: str) -> None:
        """It did not take a frame: try again later, and tell once all tries are used up."""
        self.tries += 1
        self.interrupted()
        if self.tries >= TRIES:
            gone = cause == "no_answer" and self.tries >= GONE_AFTER
            self.report(store, "offline" if gone else "degraded", cause=cause)

    def interrupted(self) -> None:
        """Nothing is known of what it shows; one that has not answered for some time is not asked again at once."""
        self.painted = None
        if self.tries:
            pause = min(SHORTEST_RETRY * 2 ** (self.tries - 1), LONGEST_RETRY)
            self.repaint_at = time.monotonic() + pause

    def starting(self, store: Store) -> None:
        """Nothing is known of it yet; how long it has been away already is not forgotten."""
        with store.reading() as connection:
            known = devices.all_of(connection, "display").get(self.display.id)
        if known is None or known.state in devices.WORKING or known.cause == STOPPED:
            self.report(store, "offline", cause="starting")

    def report(self, store: Store, state: str, *, ok: bool = False, cause: str | None = None) -> None:
        """Tell the database how the display is."""
        self._log.report(store, state, ok=ok, now=datetime.now(UTC), cause=cause)


class LineWorker:
    """Repaints the displays of one line until `stop` is set. `clock` is the hospital's time, for what screens say."""

    def __init__(
        self, displays: Sequence[Display], hospital: Hospital, store: Store, clock: Clock, stop: Event
    ) -> None:
        addresses = {display.address for display in displays}
        self.screens = [Screen(display, frozenset(addresses - {display.address}), hospital) for display in displays]
        self.line = displays[0]
        self.hospital = hospital
        self.clock = clock
        self.stop = stop
        self._home = store

    def run(self) -> None:
        """Keep the line open and painted until told to stop. Raises Fault when the database fails."""
        with ExitStack() as locks:
            for screen in self.screens:
                lock = Ownership(self._home.path, "display", screen.display.id)
                while not lock.take():
                    if self.stop.wait(LONGEST_PAUSE):
                        return
                locks.enter_context(lock)
            with self._home.another() as store:
                for screen in self.screens:
                    screen.starting(store)
                self._keep_open(store)
                self._all(store, STOPPED)

    def _keep_open(self, store: Store) -> None:
        pause = SHORTEST_PAUSE
        while not self.stop.is_set():
            try:
                port = open_port(self.line.port, self.line.baud)
            except (*LINE_ERRORS, ValueError) as error:
                self._all(store, cause_of(error))
                self.stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            opened_at, whole, painting = time.monotonic(), False, None
            try:
                with Feed(store) as feed:
                    painting = Painting(self, store, port, feed)
                    painting.go_on()
                    whole = painting.darken()
            except LINE_ERRORS as error:
                self._all(store, cause_of(error))
                answered = painting is not None and painting.answered
                steady = answered or time.monotonic() - opened_at >= STEADY_SECONDS
                pause = SHORTEST_PAUSE if steady else min(2 * pause, LONGEST_PAUSE)
                self.stop.wait(pause)
            finally:
                close_port(port, discard=not whole)

    def _all(self, store: Store, cause: str) -> None:
        for screen in self.screens:
            screen.report(store, "offline", cause=cause)


class Painting:
    """One open line, from opening to the error that ends it."""

    def __init__(self, worker: LineWorker, store: Store, port: serial.Serial, feed: Feed) -> None:
        self.worker = worker
        self.store = store
        self.port = port
        self._feed = feed
        self._look_again_at = 0.0
        self._next = 0
        self._sent_by = 0.0
        self.answered = False

    def go_on(self) -> None:
        """Paint whatever changes until stopped. Raises one of LINE_ERRORS when the line breaks."""
        for screen in self.worker.screens:
            screen.begin()
        self.port.reset_input_buffer()
        while not self.worker.stop.is_set():
            self._look()
            now = time.monotonic()
            if self._sending(now):
                self._rest()
            elif (due := self._first_due(now)) and not due.tries:
                self._paint(due)
            elif silent := self._to_ping(now):
                self._ping(silent)
            elif due:
                self._paint(due)
            else:
                self._rest()

    def darken(self) -> bool:
        """Take all calls down, as nobody will from now on: a pole or a number display keeps what it was told last.

        Whether the line took it in time. Raises one of LINE_ERRORS.
        """
        state = ScreenState(self.worker.hospital.hospital.name, (), ())
        deadline = time.monotonic() + DARKEN_SECONDS
        frames = [screen.protocol.encode(state, self.worker.clock()) for screen in self.worker.screens]
        while (sending := self._sending(now := time.monotonic())) or frames:
            if now > deadline:
                return False
            if sending:
                time.sleep(POLL_SECONDS)
            else:
                self._write(frames.pop(0))
        return True

    def _sending(self, now: float) -> bool:
        """Whether the last frame is still on its way: no other is queued behind it. Raises OSError when it is stuck."""
        if not unsent(self.port):
            return False
        if now > self._sent_by:
            raise WriteTimeoutError
        return True

    def _write(self, frame: bytes) -> None:
        self._sent_by = time.monotonic() + allow_frame(self.port, len(frame), self.worker.line.baud)
        self.port.write(frame)

    def _rest(self) -> None:
        self._hear()
        self.worker.stop.wait(POLL_SECONDS)

    def _first_due(self, now: float) -> Screen | None:
        """Return the next screen to paint, by turns; those that have failed come after all others."""
        screens = self.worker.screens
        turn = [screens[(self._next + at) % len(screens)] for at in range(len(screens))]
        due = sorted((screen for screen in turn if screen.due(now)), key=lambda screen: screen.tries > 0)
        if due:
            self._next = screens.index(due[0]) + 1
        return due[0] if due else None

    def _to_ping(self, now: float) -> Screen | None:
        return next(
            (one for one in self.worker.screens if one.protocol.answers and not one.tries and now >= one.ping_at), None
        )

    def _hear(self) -> None:
        """Read what nobody asked for: this is also how a line that was pulled out is noticed."""
        received = self.port.read(256)
        for screen in self.worker.screens:
            if screen.protocol.judge(received) not in (None, "ok"):
                # a refusal that came after an older frame's answer: what is on the screen is not known
                screen.painted = None

    def _look(self) -> bool:
        """Compute the states anew if anything was committed or some time has passed; whether any is another one."""
        if not self._feed.changed() and time.monotonic() < self._look_again_at:
            return False
        self._look_again_at = time.monotonic() + LOOK_SECONDS
        now = self.worker.clock()
        changed = [screen.look(self.store, self.worker.hospital, now) for screen in self.worker.screens]
        return any(changed)

    def _paint(self, screen: Screen) -> None:
        """Send the state once and hear what the display says to it."""
        state = screen.state
        assert state is not None, "the feed reports a change the first time"
        now = self.worker.clock()
        try:
            frame = screen.protocol.encode(state, now)
        except Exception as error:  # noqa: BLE001 - what one display cannot say must not darken the others of its line
            screen.refused(self.store, _short(f"{type(error).__name__}: {error}"))
            return
        verdict = self._ask(screen, frame)
        if verdict == "ok":
            self.answered = self.answered or screen.protocol.answers
            screen.taken(self.store, state, now)
        elif verdict == INTERRUPTED:
            # last write wins, the next turn sends the newer state
            screen.interrupted()
        else:
            screen.refused(self.store, verdict or "no_answer")

    def _ping(self, screen: Screen) -> None:
        question = screen.protocol.ping()
        screen.ping_at = time.monotonic() + PING_SECONDS
        if question is None:
            return
        verdict = self._ask(screen, question)
        if verdict not in ("ok", INTERRUPTED):
            screen.refused(self.store, verdict or "no_answer")

    def _ask(self, screen: Screen, frame: bytes) -> str | None:
        """Send a frame and wait for a verdict; not past a change where that would keep another screen waiting."""
        # an answer to an older frame must not count for this one
        screen.protocol.judge(self.port.read(4096))
        self._write(frame)
        if not screen.protocol.answers:
            return "ok"
        deadline = time.monotonic() + ANSWER_SECONDS
        refusal = None
        while time.monotonic() < deadline and not self.worker.stop.is_set():
            verdict = screen.protocol.judge(self.port.read(256))
            if verdict == "ok":
                return verdict
            if refusal := verdict or refusal:
                return refusal
            if self._look() and (screen.tries or len(self.worker.screens) == 1):
                return INTERRUPTED
            self.worker.stop.wait(LISTEN_SECONDS)
        return refusal


def _short(error: object) -> str:
    return str(error).split("\n")[0][:120]
