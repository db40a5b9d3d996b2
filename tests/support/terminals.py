"""A full-screen command as a process on a pseudo-terminal of its own: its output, its keys, its end."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import IO, Any

from beginning import beginning
from places import EXAMPLE_FILE, ROOT
from waiting import until

from nightdesk_queue.store import open_database

_ESCAPE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b.")

END_SECONDS = 6.0
"""The promise is two seconds, on a machine that is not testing other things meanwhile. What hangs never ends."""


class OnTerminal:
    """A nightdesk command with a terminal as its controlling terminal; `far` is the end a person would hold."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        err: IO[Any] | int | None = None,
        size: tuple[int, int] = (120, 33),
        env: Mapping[str, str] | None = None,
        program: tuple[str, ...] = ("-m", "nightdesk_kiosk"),
        session: bool = True,
        close_err: bool = False,
    ) -> None:
        self.far, near = os.openpty()
        fcntl.ioctl(near, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.before = termios.tcgetattr(near)
        self.near = near
        options = ["--config", str(EXAMPLE_FILE), "--database", f"sqlite:///{folder / 'n.db'}", "--lang", "en"]

        # consoles and boards never create a database
        if "console" in arguments or "board" in arguments:
            open_database(f"sqlite:///{folder / 'n.db'}").close()

        begun = beginning(*["--terminal"] * session, *["--no-stderr"] * close_err)
        self.process = subprocess.Popen(
            [*begun, sys.executable, *program, *(options if arguments else ()), *arguments],
            stdin=near,
            stdout=near,
            stderr=near if err is None else err,
            start_new_session=True,
            cwd=ROOT,
            env={**os.environ, "TERM": "xterm-256color", **(env or {})},
        )
        self.output = bytearray()
        self.typed = 0
        self._no_more = Event()
        self._stop = Event()
        self._paused = Event()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while not self._stop.is_set():
            if self._paused.is_set():
                self._stop.wait(0.01)
                continue
            try:
                if select.select([self.far], [], [], 0.02)[0]:
                    self.output += os.read(self.far, 65536)
            except (OSError, ValueError):
                return

    @property
    def words(self) -> str:
        """Everything that was drawn so far, without colours and places."""
        return _ESCAPE.sub(b"", bytes(self.output)).decode(errors="replace")

    def shows(self, words: str, seconds: float = 20.0) -> None:
        """Wait until some words have been drawn."""
        until(lambda: words in self.words or self.process.poll() is not None, seconds, words)
        assert words in self.words, self.words[-2000:]

    def began(self, seconds: float = 20.0) -> None:
        """Wait for the first output."""
        until(lambda: self.output or self.process.poll() is not None, seconds, "any output")
        assert self.output

    def wait(self, seconds: float) -> None:
        """Let a time pass that is itself what is tested."""
        time.sleep(seconds)

    def forget(self) -> None:
        """Look only at what is drawn from now on."""
        self.output.clear()

    def type(self, data: bytes | str) -> None:
        """Write to the terminal as its keyboard does."""
        left = memoryview(data.encode() if isinstance(data, str) else data)
        while left:
            left = left[os.write(self.far, left[:4096]) :]

    def type_until_it_ends(self, data: bytes) -> None:
        """Write a flood from a thread of its own, as long as somebody reads it."""
        os.set_blocking(self.far, False)
        while not self._no_more.is_set() and self.typed < len(data):
            if select.select([], [self.far], [], 0.02)[1]:
                with suppress(BlockingIOError):
                    self.typed += os.write(self.far, data[self.typed : self.typed + 4096])

    def stop_typing(self) -> None:
        """End the flood."""
        self._no_more.set()

    def tap(self, column: int, row: int) -> None:
        """Press and release at a place, counted from 1."""
        self.type(f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m")

    def tap_until(self, words: str, column: int, row: int) -> None:
        """Tap until it has led to some words: a page takes no taps just after it came up."""
        deadline = time.monotonic() + 20
        while words not in self.words:
            assert time.monotonic() < deadline, self.words[-2000:]
            self.tap(column, row)
            with suppress(AssertionError):
                self.shows(words, 1.0)

    def stop_reading(self) -> None:
        """Let output wait, as a terminal does that hangs."""
        self._paused.set()

    def read_on(self) -> None:
        """Take output again."""
        self._paused.clear()

    def waits_in_write(self) -> bool:
        """Whether the terminal is full, so that a program that writes has to wait."""
        return not select.select([], [self.near], [], 0)[1]

    def attributes(self) -> list[Any]:
        """Return the terminal's attributes as they are."""
        return termios.tcgetattr(self.near)

    def state(self) -> str:
        """Return the process's state as the system has it: `T` for stopped."""
        return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0]

    def hang_up(self) -> None:
        """Take the terminal away."""
        self._stop.set()
        self._reader.join()
        os.close(self.near)
        os.close(self.far)
        self.near = self.far = -1

    def tell(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def end(self, seconds: float) -> int:
        """Wait for the end and return the exit status; fail when it takes longer."""
        began = time.monotonic()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still there after {time.monotonic() - began:.1f} s") from None

    def __enter__(self) -> OnTerminal:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._stop.set()
        self._reader.join()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for fd in (self.near, self.far):
            if fd >= 0:
                os.close(fd)
