"""Devices for tests: a TCP printer with faults, and a pseudo-terminal as a serial line that can be pulled out."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType


class FakePrinter:
    """A TCP printer on a free port, refusing until entered.

    `script` says for each connection how many bytes to take before breaking off; None takes everything.
    """

    def __init__(self, script: list[int | None] | None = None, *, answer: bytes = b"") -> None:
        self.script = script or []
        self.answer = answer
        self.papers: list[bytes] = []
        self.broken: list[bytes] = []
        self._server = socket.socket()
        self._server.bind(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def __enter__(self) -> FakePrinter:
        self._server.listen()
        self._server.settimeout(0.05)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        self._server.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._server.accept()
            except TimeoutError:
                continue
            with connection:
                self._print(connection, self.script.pop(0) if self.script else None)

    def _print(self, connection: socket.socket, break_after: int | None) -> None:
        connection.settimeout(5)
        taken = b""
        while break_after is None or len(taken) < break_after:
            try:
                part = connection.recv(4096 if break_after is None else break_after - len(taken))
            except ConnectionResetError:
                part = b""  # the sender was killed; what came before is on the paper
            if not part:
                break
            taken += part
            if self.answer and taken.endswith(b"\x1dr\x01"):
                with contextlib.suppress(ConnectionError):
                    connection.sendall(self.answer)
        if break_after is None:
            self.papers.append(taken)
        else:
            self.broken.append(taken)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Line:
    """A serial line under a fixed name: `path` links to a pseudo-terminal's near end, the test holds the far end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._far = -1
        self._near = -1
        self.plug_in()

    def plug_in(self) -> None:
        self._far, self._near = os.openpty()
        tty.setraw(self._far)
        tty.setraw(self._near)
        os.set_blocking(self._far, False)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._near))

    def pull_out(self) -> None:
        self.path.unlink()
        os.close(self._near)
        os.close(self._far)
        self._far = self._near = -1

    def read(self) -> bytes:
        try:
            return os.read(self._far, 65536)
        except (BlockingIOError, OSError):
            return b""

    def write(self, data: bytes) -> None:
        os.write(self._far, data)

    def __enter__(self) -> Line:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        if self._far >= 0:
            self.pull_out()


class Running:
    """A worker's `run` in a thread, stopped at the end of the test; what it raises fails the test."""

    def __init__(self, run: Callable[[], None], stop: threading.Event) -> None:
        self._run = run
        self._stop = stop
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._guarded, daemon=True)

    def _guarded(self) -> None:
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            self._error = error

    def __enter__(self) -> Running:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(15)
        assert not self._thread.is_alive()
        assert self._error is None, self._error
