"""How a full-screen app ends when it is told to, whatever it is doing: by itself, or after a moment by force.

SIGTERM, SIGHUP and a terminal that went away ask the app to end. A thread of its own waits for them, because the main
thread may be held up: by a terminal that takes no output, by a database that does not answer, by Textual itself. The
app is asked to leave. If the process is still there `GRACE_SECONDS` later, the terminal is given back as it was, and
the process ends at once. Nothing is lost by that: every number is in the database.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

GRACE_SECONDS = 1.5
LEAVE_SECONDS = 0.2
LATE_STATUS = 0
"""The exit status of an end by force: that of an end in order."""
WISHES = (signal.SIGTERM, signal.SIGHUP)

LEAVE_SCREEN = (
    b"\x18"  # a half-written sequence is over
    b"\x1b[?2026l"  # synchronised output
    b"\x1b[?2004l\x1b[?7h\x1b[?2048l"  # bracketed paste, line wrap, reports of size
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"  # key protocol, alternate screen, cursor, focus
)


class Ending:
    """Waits for the request to end while an app runs in the main thread.

    `leave` is called once, from any thread, when the wish is there; it must return at once.
    """

    def __init__(self) -> None:
        self.screen_in_use = False
        """Whether the terminal shows the app, so that it has to be given back."""
        self.late = False
        """Whether the end comes by force: nobody else may write to the terminal any more."""
        self._terminal = sys.__stdin__.fileno() if sys.__stdin__ else -1
        self._attributes = _attributes_of(self._terminal)
        self._lock = threading.Lock()
        self._wished = False
        self._leave: Callable[[], object] | None = None
        self._before: dict[signal.Signals, Any] = {}
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)
        self._over = False
        self._thread = threading.Thread(target=self._watch, name="ending", daemon=True)

    @property
    def wished(self) -> bool:
        """Whether the app should end, or has ended, because it was told to."""
        return self._wished

    def on_wish(self, leave: Callable[[], object]) -> None:
        """Set what to do when the wish comes; if it came already, do it now."""
        with self._lock:
            self._leave = leave
            wished = self._wished
        if wished:
            leave()

    def wish(self) -> None:
        """Ask the app to end, from any thread."""
        with self._lock:
            if self._wished:
                return
            self._wished = True
            leave = self._leave
        # the thread counts the seconds from now on
        self._wake_thread()
        if leave:
            leave()

    def __enter__(self) -> Ending:
        if threading.current_thread() is threading.main_thread():
            # the system writes a signal's number to the pipe at once, even while Python cannot run a handler
            self._wakeup_before = signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
            for number in WISHES:
                self._before[number] = signal.signal(number, _heard_by_the_thread)
        if self._attributes is None:
            self.wish()  # the terminal went away before we came to look at it
        self._thread.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        if self.late:
            self._thread.join()  # it is giving the terminal back just now, and ends the process itself
        if self._wished:
            return  # the thread goes on counting: other threads may hold up the end of the process, too
        if self._before:
            signal.set_wakeup_fd(self._wakeup_before)
            for number, handler in self._before.items():
                signal.signal(number, handler)
        self._over = True
        self._wake_thread()
        self._thread.join()
        for end in (self._woken, self._wake):
            os.close(end)
        self._woken = self._wake = -1

    def _wake_thread(self) -> None:
        with suppress(OSError):
            os.write(self._wake, b"\0")

    def _watch(self) -> None:
        poller = select.poll()
        poller.register(self._woken, select.POLLIN)
        if self._attributes:
            poller.register(self._terminal, 0)  # a hang-up is reported all the same
        deadline: float | None = None
        while not self._over:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            for descriptor, _ in poller.poll(None if left is None else left * 1000):
                if descriptor == self._woken:
                    numbers = os.read(self._woken, 256)
                    gone = any(number in numbers for number in WISHES)
                else:
                    poller.unregister(descriptor)
                    gone = True
                if gone:
                    self.wish()
            if deadline is None and self._wished:
                deadline = time.monotonic() + GRACE_SECONDS
            if deadline is not None and time.monotonic() >= deadline:
                self._end_by_force()

    def _end_by_force(self) -> None:
        # asked first: the driver, held up until now, may close what it can no longer write to
        in_use = self.screen_in_use
        self.late = True
        with suppress(Exception):
            self._give_terminal_back(in_use)
        os._exit(LATE_STATUS)

    def _give_terminal_back(self, screen_in_use: bool) -> None:
        if self._attributes is None:
            return
        # in the background the next line would stop the process
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
        with suppress(termios.error):
            # output that waits is of the app's screen; input that waits was not meant for the shell
            termios.tcflush(self._terminal, termios.TCIOFLUSH)
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._attributes)
        if screen_in_use:
            self._leave_screen()

    def _leave_screen(self) -> None:
        """Write the sequences that give the screen back, without waiting for a terminal that takes no output."""
        # a descriptor of our own, so as not to change the mode of the one that others share
        screen = os.open(os.ttyname(self._terminal), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        until = time.monotonic() + LEAVE_SECONDS
        while time.monotonic() < until:
            try:
                os.write(screen, LEAVE_SCREEN)
            except BlockingIOError:
                # the driver is still inside a write; with room for the rest of it, it sees that it is late
                termios.tcflush(self._terminal, termios.TCOFLUSH)
                time.sleep(0.005)
            else:
                return


def _heard_by_the_thread(_: int, __: FrameType | None) -> None:
    """Take the place of the system's own action."""


def _attributes_of(terminal: int) -> list[Any] | None:
    try:
        return termios.tcgetattr(terminal)
    except (termios.error, OSError, ValueError):
        return None
