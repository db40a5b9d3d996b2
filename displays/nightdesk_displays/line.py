"""The worker that owns one serial line and keeps its screen telling the truth.

After every start, reconnect and change, and every `repaint_seconds`, the whole state is sent. There is no backlog:
when the state changes while a frame is still unanswered, the next frame carries the new state. A line that breaks is
closed and opened again under its name until it is back.
"""

from __future__ import annotations

import termios
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

import serial

from nightdesk_displays.protocols import SignProtocol
from nightdesk_displays.state import ScreenState, display_state
from nightdesk_queue.config import Display, Hospital
from nightdesk_queue.devicelog import DeviceLog
from nightdesk_queue.store import Feed, Store
from nightdesk_queue.store.ownership import Ownership

POLL_SECONDS = 0.02
WRITE_SECONDS = 2.0
ANSWER_SECONDS = 0.5
LOOK_SECONDS = 5.0
"""The order changes without a commit, too: somebody becomes overdue, a booked patient is due."""
TRIES = 5
RETRY_SECONDS = 2.0
"""Pause before a display that took none of the tries is tried again."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
"""Seconds between attempts to open a line; the pause doubles from one to the other."""

LINE_ERRORS = (OSError, termios.error)
"""What an unplugged port raises: SerialException is an OSError, termios.error is not."""

Clock = Callable[[], datetime]


class LineWorker:
    """Repaints one display until `stop` is set. `clock` is the hospital's time, used for what the screen says."""

    def __init__(
        self,
        display: Display,
        protocol: SignProtocol,
        hospital: Hospital,
        store: Store,
        clock: Clock,
        stop: Event,
    ) -> None:
        self.display = display
        self.protocol = protocol
        self.hospital = hospital
        self.clock = clock
        self.stop = stop
        self._home = store
        self._log = DeviceLog("display", display.id)

    def run(self) -> None:
        """Keep the line open and painted until told to stop. Raises Fault when the database fails."""
        lock = Ownership(self._home.path, "display", self.display.id)
        while not lock.take():
            if self.stop.wait(LONGEST_PAUSE):
                return
        with lock, self._home.another() as store:
            self._keep_open(store)
            self._report(store, "offline", cause="stopped")

    def _keep_open(self, store: Store) -> None:
        pause = SHORTEST_PAUSE
        while not self.stop.is_set():
            try:
                port = open_port(self.display)
            except (*LINE_ERRORS, ValueError) as error:
                self._report(store, "offline", cause=_short(error))
                self.stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = SHORTEST_PAUSE
            try:
                Painting(self, store, port).go_on()
            except LINE_ERRORS as error:
                self._report(store, "offline", cause=_short(error))
                self.stop.wait(SHORTEST_PAUSE)
            finally:
                close_port(port)

    def _report(self, store: Store, state: str, *, ok: bool = False, cause: str | None = None) -> None:
        self._log.report(store, state, ok=ok, now=datetime.now(UTC), cause=cause)

    def answered(self, store: Store) -> None:
        """Record that the display took a frame."""
        self._report(store, "online", ok=True)

    def unverified(self, store: Store) -> None:
        """Record that a frame was written to a display that cannot answer."""
        self._report(store, "unverified", ok=True)

    def refused(self, store: Store, cause: str) -> None:
        """Record that the display did not take a frame, after all tries."""
        self._report(store, "degraded", cause=cause)


class Painting:
    """One open line, from opening to the error that ends it."""

    def __init__(self, worker: LineWorker, store: Store, port: serial.Serial) -> None:
        self.worker = worker
        self.store = store
        self.port = port
        self._feed = Feed(store)
        self._state: ScreenState | None = None
        self._look_again_at = 0.0
        self._taken = False

    def go_on(self) -> None:
        """Paint whatever changes until stopped. Raises one of LINE_ERRORS when the line breaks."""
        painted: ScreenState | None = None
        repaint_at = 0.0
        try:
            self.port.reset_input_buffer()
            while not self.worker.stop.is_set():
                self._look()
                if self._state != painted or time.monotonic() >= repaint_at:
                    painted = self._paint()
                    taken = self._taken or not self.worker.protocol.answers
                    pause = self.worker.display.repaint_seconds if taken else RETRY_SECONDS
                    repaint_at = time.monotonic() + pause
                else:
                    # reading is also how a line that was pulled out is noticed
                    verdict = self.worker.protocol.judge(self.port.read(256))
                    if verdict not in (None, "ok"):
                        # a refusal that came after an older frame's answer: what is on the screen is not known
                        painted = None
                    self.worker.stop.wait(POLL_SECONDS)
        finally:
            self._feed.close()

    def _look(self) -> bool:
        """Compute the state anew if anything was committed or some time has passed; whether it is another one."""
        if not self._feed.changed() and time.monotonic() < self._look_again_at:
            return False
        before = self._state
        self._look_again_at = time.monotonic() + LOOK_SECONDS
        self._state = display_state(self.store, self.worker.hospital, self.worker.display, self.worker.clock())
        return self._state != before

    def _paint(self) -> ScreenState:
        """Send the state until it is taken, it changes, or the tries are used up; return what was sent."""
        state = self._state
        assert state is not None, "the feed reports a change the first time"
        verdict = None
        for attempt in range(TRIES):
            # an answer to an older frame must not count for this one
            self.worker.protocol.judge(self.port.read(4096))
            self.port.write(self.worker.protocol.encode(state, self.worker.clock()))
            if not self.worker.protocol.answers:
                self.worker.unverified(self.store)
                return state
            verdict = self._answer(ANSWER_SECONDS * (1 + attempt / 2))
            self._taken = verdict == "ok"
            if self._taken:
                self.worker.answered(self.store)
                return state
            if self._state != state or self.worker.stop.is_set():
                return state
        self.worker.refused(self.store, verdict or "no_answer")
        return state

    def _answer(self, seconds: float) -> str | None:
        """Wait for a verdict, but not past a change of the state."""
        deadline = time.monotonic() + seconds
        refusal = None
        while time.monotonic() < deadline and not self._look() and not self.worker.stop.is_set():
            verdict = self.worker.protocol.judge(self.port.read(256))
            if verdict == "ok":
                return verdict
            refusal = verdict or refusal
            self.worker.stop.wait(POLL_SECONDS)
        return refusal


def open_port(display: Display) -> serial.Serial:
    """Open a display's port: a device or any address pyserial opens. Raises one of LINE_ERRORS or ValueError."""
    return serial.serial_for_url(
        display.port, baudrate=display.baud, timeout=0, write_timeout=WRITE_SECONDS, exclusive=True
    )


def close_port(port: serial.Serial) -> None:
    """Close a port that may have vanished already."""
    try:
        port.close()
    except LINE_ERRORS:
        # a vanished device cannot be closed in order; there is nothing left to lose
        return


def _short(error: BaseException) -> str:
    return str(error).split("\n")[0][:120]
