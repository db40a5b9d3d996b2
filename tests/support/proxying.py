"""A line between a program and a PostgreSQL server that can be cut, forsaken or held still: a proxy in threads."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock, Thread

SAID, ANSWERED = b"INTO commits", b"COMMIT"
"""What a client says with every commit, in new words each time; and the server's answer to it."""
PIECE = 65536


class Loss(StrEnum):
    """What becomes of the next COMMIT before its line is cut."""

    UNSENT = "unsent"
    """The server never reads it."""
    UNANSWERED = "unanswered"
    """The server carries it out, and its answer is lost."""


class Line:
    """One client's connection and the one to the server that was opened for it."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server
        self.is_asked = False
        """Whether the client has said something since the server's last word."""
        self.is_mute = False
        """Whether the client is told nothing more, and the server not that the client has gone."""

    def cut(self) -> None:
        """End both."""
        _end(self.client)
        _end(self.server)


class Proxy:
    """Listens on a port of this machine and carries everything to a server's socket. A context manager."""

    def __init__(self, folder: Path) -> None:
        self.takes = True
        """Whether it takes connections; where not, they end at once."""
        self.trips = 0
        """How often the server answered what a client had said: round trips."""
        self.refused = 0
        """How many it did not take."""
        self.next_commit: Loss | None = None
        self.takes_after_loss = True
        self._target = str(folder / ".s.PGSQL.5432")
        self._lines: list[Line] = []
        self._guard = Lock()
        self._flowing = Event()
        self._flowing.set()
        self._closed = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    def url(self, database: str, user: str = "nightdesk") -> str:
        """The address of one of the server's databases by way of this line."""
        return f"postgresql://{user}@127.0.0.1:{self._listener.getsockname()[1]}/{database}"

    def forsake(self) -> None:
        """End every client's side; the server is told nothing, and keeps their sessions."""
        with self._guard:
            for line in self._lines:
                line.is_mute = True
                _end(line.client)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Every connection ends, and new ones end at once."""
        self.takes = False
        self._cut()
        try:
            yield
        finally:
            self.takes = True

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Connections stand and are taken, and nothing is carried."""
        self._flowing.clear()
        try:
            yield
        finally:
            self._flowing.set()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        self._flowing.set()
        _end(self._listener)
        self._cut()
        for thread in self._threads:
            thread.join(10)

    def _cut(self) -> None:
        with self._guard:
            for line in self._lines:
                line.cut()

    def _listen(self) -> None:
        with self._listener, suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                thread = Thread(target=self._serve, args=(client,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            line = Line(client, server)
            with self._guard:
                self._lines.append(line)
            there = Thread(target=self._carry_there, args=(line,), daemon=True)
            with suppress(OSError):
                if not self.takes or self._closed:
                    self.refused += 1
                    return
                server.connect(self._target)
                there.start()
                self._carry_back(line)
            line.cut()
            if there.ident is not None:
                there.join()
            with self._guard:
                self._lines.remove(line)

    def _carry_there(self, line: Line) -> None:
        with suppress(OSError):
            while piece := line.client.recv(PIECE):
                line.is_asked = True
                self._flowing.wait()
                if SAID in piece and self.next_commit is not None:
                    loss, self.next_commit = self.next_commit, None
                    line.is_mute = loss is Loss.UNANSWERED
                    if loss is Loss.UNSENT:
                        self._lose(line)
                line.server.sendall(piece)
        if not line.is_mute:
            line.cut()

    def _carry_back(self, line: Line) -> None:
        while piece := line.server.recv(PIECE):
            self.trips += line.is_asked
            line.is_asked = False
            self._flowing.wait()
            if not line.is_mute:
                line.client.sendall(piece)
            elif ANSWERED in piece:
                self._lose(line)

    def _lose(self, line: Line) -> None:
        self.takes = self.takes and self.takes_after_loss
        line.cut()


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
