"""Textual's driver for a terminal, made safe: it ends when the terminal goes away, and reads only what a person typed.

What is different from Textual's own:

- A terminal that hangs up or fails, on input or on output, ends the app in order. Textual's reader goes on for ever,
  and its writer ends by an error so that the app waits for it for ever.
- Input beyond what a person can type is discarded (`input_limit`), and so are keys that wait for an app that is busy.
- The screen is drawn on the terminal of standard output. Textual draws on standard error, which may be a log.
"""

from __future__ import annotations

import asyncio
import os
import select
import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from io import TextIOBase
from typing import TYPE_CHECKING, Any, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, MouseMove
from textual.message import Message

from nightdesk_kiosk.widgets.input_limit import InputLimit

if TYPE_CHECKING:
    from textual.app import App

    from nightdesk_kiosk.widgets.ending import Ending

READ_SECONDS = 0.1
READ_BYTES = 65536
WRITE_BYTES = 4096
"""Written at once: a thread that waits inside a write keeps all others from the terminal."""
WAITING_AT_MOST = 50
"""Keys that wait for the app; further ones are dropped. Whoever typed them cannot have seen what they would do."""


class Screen(TextIOBase):
    """Where the driver writes: a terminal, until it fails. Then `lost` is called, and the rest is dropped."""

    def __init__(self, descriptor: int, encoding: str, ending: Ending | None) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._encoding = encoding
        self._ending = ending
        self._waiting: list[str] = []
        self._lost = False

    def fileno(self) -> int:
        """Return the terminal's descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """It is a terminal."""
        return True

    def write(self, text: str) -> int:
        """Keep a text for the next flush."""
        self._waiting.append(text)
        return len(text)

    def flush(self) -> None:
        """Write what was kept. An error is never raised: it would end Textual's thread."""
        data = memoryview("".join(self._waiting).encode(self._encoding, "replace"))
        self._waiting.clear()
        while data and not self._lost and not (self._ending and self._ending.late):
            try:
                data = data[os.write(self._descriptor, data[:WRITE_BYTES]) :]
            except BlockingIOError:
                # some other program has left the terminal in this mode
                select.select([], [self._descriptor], [], READ_SECONDS)
            except OSError:
                self._lost = True
                if self._ending:
                    self._ending.wish()


class TerminalDriver(LinuxDriver):
    """The driver of every full-screen app."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        self._taken = False
        super().__init__(app, **options)
        self._ending: Ending | None = getattr(app, "ending", None)
        self._scheduled: set[Future[Any]] = set()
        if sys.__stdout__ is not None:
            # Textual asks for no more than a file that can be written to
            self._file = cast("Any", Screen(sys.__stdout__.fileno(), sys.__stdout__.encoding, self._ending))

    # stopped and continued -------------------------------------------------------------------------------------

    def _sigtstp_application(self, *_: object) -> None:
        """Give the terminal back and stop, between two steps of the app.

        In the signal's handler itself the app may be inside a write, whose lock would never be free again.
        """
        self._between_steps(super()._sigtstp_application)

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal again."""
        self._between_steps(self._continue)

    def _continue(self) -> None:
        if self._auto_restart and self._taken:
            # stopped without being asked (SIGSTOP): begin anew, or the attributes to be restored are lost
            self.suspend_application_mode()
        super()._sigcont_application()

    def _between_steps(self, step: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(step)

    # output ----------------------------------------------------------------------------------------------------

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._taken = True
        if self._ending:
            self._ending.screen_in_use = True
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Wait until everything is written, and let go of the terminal."""
        super().close()
        self._taken = False
        if self._ending:
            self._ending.screen_in_use = False

    def write(self, data: str) -> None:
        """Write, unless the terminal was gone before there was anything to write with."""
        if self._writer_thread is not None:
            super().write(data)

    # input -----------------------------------------------------------------------------------------------------

    def run_input_thread(self) -> None:
        """Read until told to stop, or until the terminal is gone."""
        poller = select.poll()
        poller.register(self.fileno, select.POLLIN)
        limit = InputLimit()
        parser, decode = XTermParser(self._debug), getincrementaldecoder("utf-8")("replace").decode
        while not self.exit_event.is_set():
            for _, state in poller.poll(READ_SECONDS * 1000):
                data = self._read(state)
                if data is None:
                    return
                typed, discarded = limit.take(data, time.monotonic())
                if discarded:
                    parser, decode = self._parser_after(parser), getincrementaldecoder("utf-8")("replace").decode
                # an empty text would be the end of input for the parser
                for message in parser.feed(text) if (text := decode(typed)) else ():
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def _read(self, state: int) -> bytes | None:
        """Return what there is to read; None, and the wish to end, where the terminal is gone."""
        try:
            data = os.read(self.fileno, READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            data, state = b"", select.POLLERR
        if not data and state & ~select.POLLIN:
            self._lost()
            return None
        return data

    def _parser_after(self, parser: XTermParser) -> XTermParser:
        """Return a parser that has not begun anything, with what the other knew of the terminal."""
        new = XTermParser(self._debug)
        new.mouse_pixels = parser.mouse_pixels
        new.terminal_size, new.terminal_pixel_size = parser.terminal_size, parser.terminal_pixel_size
        return new

    def _lost(self) -> None:
        if self._ending:
            self._ending.wish()
        else:
            self._loop.call_soon_threadsafe(self._app.exit)

    def process_message(self, message: Message) -> None:
        """Pass on an event, unless it is a key or a movement and the app is far behind."""
        behind = len(self._scheduled) + self._app.message_queue_size
        if behind < WAITING_AT_MOST or not isinstance(message, Key | MouseMove):
            super().process_message(message)

    def send_message(self, message: Message) -> None:
        """Hand a message to the app's loop and know until when it waits there."""
        posted = self._app._post_message(message)
        try:
            future = asyncio.run_coroutine_threadsafe(posted, loop=self._loop)
        except RuntimeError:
            posted.close()  # the loop has ended
            return
        self._scheduled.add(future)
        future.add_done_callback(self._scheduled.discard)
