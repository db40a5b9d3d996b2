"""The worker that owns one serial line and keeps its screens up to date.

After every start, reconnect and change, and every `repaint_seconds`, the whole state is sent. There is no backlog: when
the state changes while a frame is still unanswered, the next frame carries the new state. A line that breaks is
closed and opened again under its name until it is back. Several displays with addresses may hang on one line; each
is painted by turns, and one that does not answer is tried again later, so that it never delays another.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from io import UnsupportedOperation
from threading import Event

import serial

from nightdesk_displays.line_timing import LineTiming
from nightdesk_displays.screen_state import ScreenState
from nightdesk_displays.screen_upkeep import Screen
from nightdesk_ports.backoff import Backoff
from nightdesk_ports.causes import LINE_ERRORS, WriteTimeoutError, cause_of
from nightdesk_ports.serial_lines import allow_frame, close_port, open_port, unsent
from nightdesk_queue.config import Display, Hospital
from nightdesk_queue.domain.devices import STOPPED, DeviceKind, DeviceState
from nightdesk_queue.store import ChangeFeed, Database, ProcessLock, StopSignal

POLL_SECONDS = 0.02
LISTEN_SECONDS = 0.004
"""Between looks for an answer that is awaited: several signs on a bus wait for each other's."""
SILENT_CHARACTERS, SHORTEST_SILENCE = 3.5 * 11, 0.00175
"""Bits of 3.5 characters, and seconds at least, between two frames on a Modbus line (Serial Line 1.02, 2.5.1.1)."""
INTERRUPTED = "interrupted"
"""The verdict on a frame whose answer was not waited for, as there is something newer to show."""

Clock = Callable[[], datetime]


class LineWorker:
    """Repaints the displays of one line until `stop` is set. `clock` is the hospital's time, for what screens say."""

    def __init__(
        self,
        displays: Sequence[Display],
        hospital: Hospital,
        database: Database,
        clock: Clock,
        stop: Event,
        timing: LineTiming | None = None,
    ) -> None:
        self.timing = timing or LineTiming()
        addresses = {display.address for display in displays}
        self.screens = [
            Screen(display, frozenset(addresses - {display.address}), hospital, database, self.timing)
            for display in displays
        ]
        self.line = displays[0]
        self.hospital = hospital
        self.clock = clock
        self.stop = stop
        self._database = database
        self._locks: list[ProcessLock] = []

    def run(self) -> None:
        """Keep the line open and painted until told to stop. Raises Fault when the database fails."""
        with ExitStack() as locks:
            for screen in self.screens:
                lock = self._database.lock(DeviceKind.DISPLAY, screen.display.id)
                if not lock.wait(self.stop, self.timing.longest_pause):
                    return
                locks.enter_context(lock)
                self._locks.append(lock)
            for screen in self.screens:
                screen.starting()
            self._keep_open()
            if self._owns:
                self._all(STOPPED)
            self._locks.clear()

    @property
    def is_over(self) -> bool:
        """Whether it is to end: told to stop, or another process has one of the displays."""
        return self.stop.is_set() or not self._owns

    @property
    def _owns(self) -> bool:
        return all(lock.held for lock in self._locks)

    def _keep_open(self) -> None:
        backoff = Backoff(self.timing.shortest_pause, self.timing.longest_pause)
        while not self.is_over:
            try:
                port = open_port(self.line.port, self.line.baud, write_seconds=self.timing.write)
            except (*LINE_ERRORS, ValueError) as error:
                self._all(cause_of(error))
                self.stop.wait(backoff.next_pause())
                continue
            opened_at, whole, painting = time.monotonic(), False, None
            try:
                with self._database.changes() as feed:
                    painting = LineSession(self, port, feed)
                    painting.go_on()
                    whole = self._hands_over() or painting.darken()
            except LINE_ERRORS as error:
                self._all(cause_of(error))
                answered = painting is not None and painting.answered
                if answered or time.monotonic() - opened_at >= self.timing.steady:
                    backoff.reset()
                self.stop.wait(backoff.next_pause())
            finally:
                close_port(port, discard=not whole)

    def _hands_over(self) -> bool:
        """Whether another worker paints these displays at once: they keep what they show."""
        return isinstance(self.stop, StopSignal) and self.stop.hands_over

    def _all(self, cause: str) -> None:
        for screen in self.screens:
            screen.report(DeviceState.OFFLINE, cause=cause)


class LineSession:
    """One open line, from opening to the error that ends it."""

    def __init__(self, worker: LineWorker, port: serial.Serial, feed: ChangeFeed) -> None:
        self.worker = worker
        self.port = port
        self._feed = feed
        self._woken = False
        """Whether a commit was noticed that has not been looked at yet."""
        self._look_again_at = 0.0
        self._next = 0
        self._sent_by = self._heard_at = 0.0
        self.answered = False

    def go_on(self) -> None:
        """Paint whatever changes until stopped. Raises one of LINE_ERRORS when the line breaks."""
        for screen in self.worker.screens:
            screen.begin()
        self.port.reset_input_buffer()
        while not self.worker.is_over:
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
        """Clear the calls from all displays of the line: a pole or a number display keeps what it was sent last.

        Each display is sent its frame, and again until it answers. Whether all took it in time. Raises one of
        LINE_ERRORS.
        """
        state = ScreenState(self.worker.hospital.hospital.name, (), ())
        deadline = time.monotonic() + self.worker.timing.darken
        waiting = sorted(self.worker.screens, key=lambda screen: screen.tries > 0)
        while (sending := self._sending(now := time.monotonic())) or waiting:
            if now > deadline:
                return False
            if sending:
                time.sleep(POLL_SECONDS)
                continue
            screen = waiting.pop(0)
            frame = self._frame(screen, state, self.worker.clock())
            # one that has not answered for some time is asked once
            if frame and self._ask(screen, frame, deadline) != "ok" and not screen.tries:
                waiting.append(screen)
        return True

    def _sending(self, now: float) -> bool:
        """Whether the last frame is still on its way: no other is queued behind it. Raises OSError when it is stuck."""
        if not unsent(self.port):
            return False
        if now > self._sent_by:
            raise WriteTimeoutError
        return True

    def _write(self, frame: bytes) -> None:
        allowed = allow_frame(self.port, len(frame), self.worker.line.baud, write_seconds=self.worker.timing.write)
        self._sent_by = time.monotonic() + allowed
        self.port.write(frame)

    def _rest(self) -> None:
        """Sleep until a commit, until something is heard on the line, or until something is due."""
        self._hear()
        seconds = max(self._next_due() - time.monotonic(), 0.0)
        heard = _descriptor(self.port)
        if heard is None or self._sending(time.monotonic()):
            seconds = min(seconds, POLL_SECONDS)
        readable = () if heard is None else (heard,)
        self._woken = self._feed.wait(seconds, self.worker.stop, readable) or self._woken

    def _next_due(self) -> float:
        """Return the moment, by the monotonic clock, at which there is something to do without any commit."""
        screens = self.worker.screens
        pings = [screen.ping_at for screen in screens if screen.protocol.answers and not screen.tries]
        return min([self._look_again_at, *(screen.repaint_at for screen in screens), *pings])

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
        """Read what comes unasked: this is also how a line that was unplugged is noticed."""
        received = self._read(256)
        for screen in self.worker.screens:
            verdict = screen.protocol.judge(received)
            if verdict == "ok":
                screen.answered(time.monotonic())
            elif verdict is not None:
                # a refusal that came after an older frame's answer: what is on the screen is not known
                screen.doubted()

    def _read(self, most: int) -> bytes:
        received: bytes = self.port.read(most)
        if received:
            self._heard_at = time.monotonic()
        return received

    def _keep_silence(self) -> None:
        """Leave the silence that ends a Modbus frame behind what was heard, or the next would be a part of it."""
        if self.worker.line.protocol in ("modbus", "beacon"):
            silence = max(SILENT_CHARACTERS / self.worker.line.baud, SHORTEST_SILENCE)
            time.sleep(max(self._heard_at + silence - time.monotonic(), 0))

    def _look(self) -> bool:
        """Compute the states anew if anything was committed or some time has passed; whether any is another one."""
        woken, self._woken = self._woken, False
        if not (self._feed.changed() or woken) and time.monotonic() < self._look_again_at:
            return False
        self._look_again_at = time.monotonic() + self.worker.timing.look
        now = self.worker.clock()
        changed = [screen.look(now) for screen in self.worker.screens]
        return any(changed)

    def _paint(self, screen: Screen) -> None:
        """Send the state once and read the display's answer."""
        state = screen.state
        assert state is not None, "the feed reports a change the first time"
        now = self.worker.clock()
        frame = self._frame(screen, state, now)
        if frame is None:
            return
        verdict = self._ask(screen, frame)
        if verdict == "ok":
            self.answered = self.answered or screen.protocol.answers
            screen.taken(state, now)
        elif verdict == INTERRUPTED:
            # last write wins, the next turn sends the newer state
            screen.interrupted()
        else:
            screen.refused(verdict or "no_answer")

    def _frame(self, screen: Screen, state: ScreenState, now: datetime) -> bytes | None:
        """Return the frame for a state; None, and the display is told to have refused it, where it cannot be made."""
        try:
            return screen.protocol.encode(state, now)
        except Exception as error:  # noqa: BLE001 - one display must not stop the others of its line
            screen.refused(_short(f"{type(error).__name__}: {error}"))
            return None

    def _ping(self, screen: Screen) -> None:
        question = screen.protocol.ping()
        screen.asked()
        if question is None:
            return
        verdict = self._ask(screen, question)
        if verdict not in ("ok", INTERRUPTED):
            screen.refused(verdict or "no_answer")

    def _ask(self, screen: Screen, frame: bytes, ends: float | None = None) -> str | None:
        """Send a frame and wait for a verdict; not past a change where that would keep another screen waiting.

        `ends`: when the line is given up in any case, at the end of the work.
        """
        # an answer to an older frame must not count for this one
        if screen.protocol.judge(self._read(4096)) == "ok":
            screen.answered(time.monotonic())
        self._keep_silence()
        self._write(frame)
        if not screen.protocol.answers:
            return "ok"
        screen.sent(time.monotonic())
        deadline = min(time.monotonic() + screen.answer_seconds, ends or math.inf)
        refusal = None
        while time.monotonic() < deadline and (ends or not self.worker.stop.is_set()):
            verdict = screen.protocol.judge(self._read(256))
            if verdict == "ok":
                screen.answered(time.monotonic())
                return verdict
            if refusal := verdict or refusal:
                return refusal
            if not ends and self._look() and (screen.tries or len(self.worker.screens) == 1):
                return INTERRUPTED
            time.sleep(LISTEN_SECONDS)
        return refusal


def _descriptor(port: serial.Serial) -> int | None:
    """Return the descriptor of an open line; None for one that has none (RFC 2217)."""
    try:
        return int(port.fileno())
    except UnsupportedOperation:
        return None


def _short(error: object) -> str:
    return str(error).split("\n")[0][:120]
