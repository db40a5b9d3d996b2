"""The far end of a line, for a virtual device: a TCP port of this machine, or a pseudo-terminal for a serial port.

Like the network board of a real device it serves one connection at a time; others wait. Only one thread may
accept and read; any thread may write, drop and switch off.
"""

from __future__ import annotations

import os
import select
import socket
import tty
from abc import ABC, abstractmethod
from contextlib import suppress

from nightdesk_ports import tcp
from nightdesk_ports.descriptor import MOST_BYTES, Descriptor

HOST = "127.0.0.1"
BACKLOG = 4
"""How many connections may wait behind the one that is served."""


class EmulatedLine(ABC):
    """The far end of a line. `connections` counts the connections so far."""

    def __init__(self) -> None:
        self.connections = 0
        self._on = True

    @property
    @abstractmethod
    def address(self) -> str:
        """Where it is: a device's path, or `host:port`."""

    @abstractmethod
    def listen(self) -> None:
        """Begin to take connections. Before this nobody can connect, although the address is taken."""

    @abstractmethod
    def accept(self) -> None:
        """Take the next connection where nobody is connected; never waits."""

    def switch(self, *, on: bool) -> None:
        """Switch the power off or on. While it is off, nothing is read or written and a new connection is reset."""
        self._on = on
        if not on:
            self.drop(reset=True)

    def wait(self, seconds: float) -> bool:
        """Wait until bytes or a connection have come, at most so long; whether there is something to read."""
        watched = [number for number in (self._number(),) if number >= 0]
        try:
            return bool(select.select(watched or self._doors(), [], [], seconds)[0]) and bool(watched)
        except (OSError, ValueError):
            # it was dropped while we waited
            return False

    def read(self, most: int = MOST_BYTES) -> bytes:
        """Read what has come, at most so many bytes. Returns b"" for nothing, also when the connection has ended."""
        number = self._number()
        if number < 0:
            return b""
        try:
            return Descriptor(number).receive(0, most)
        except (OSError, ValueError):
            self.drop()
            return b""

    def write(self, data: bytes) -> None:
        """Write what the line takes; the rest is lost, as from a device that does not wait for its master."""
        number = self._number()
        if number < 0:
            return
        try:
            Descriptor(number).write_some(data, 0)
        except (OSError, ValueError):
            self.drop()

    @abstractmethod
    def drop(self, *, reset: bool = False) -> None:
        """Break the connection, in order or by a reset."""

    @abstractmethod
    def close(self) -> None:
        """Close the line for good."""

    @abstractmethod
    def _descriptor(self) -> int:
        """Return what is read and written, -1 where nobody is connected."""

    def _number(self) -> int:
        return self._descriptor() if self._on else -1

    def _doors(self) -> list[socket.socket]:
        """Return the descriptors on which a connection may come."""
        return []


class EmulatedSerial(EmulatedLine):
    """A pseudo-terminal in place of a serial port: raw, and non-blocking at this end.

    The near end is kept open here, too: a device stays on its line when its master has closed it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._far, self._near = os.openpty()
        for number in (self._far, self._near):
            tty.setraw(number)
        os.set_blocking(self._far, False)
        self._path = os.ttyname(self._near)

    @property
    def address(self) -> str:
        """The path of the near end, which a master opens."""
        return self._path

    def listen(self) -> None:
        """Nothing has to be done: whoever opens the near end is there."""

    def accept(self) -> None:
        """Nobody is waited for: both ends are open all the time."""

    def drop(self, *, reset: bool = False) -> None:
        """Leave it as it is: a serial line has no connection to break."""

    def close(self) -> None:
        """Close both ends."""
        far, near, self._far, self._near = self._far, self._near, -1, -1
        for number in (far, near):
            if number >= 0:
                os.close(number)

    def _descriptor(self) -> int:
        return self._far


class EmulatedTcp(EmulatedLine):
    """A listening TCP port; 0 takes a free one. Raises OSError for a port that cannot be had."""

    def __init__(self, port: int = 0, host: str = HOST) -> None:
        super().__init__()
        self._connection: socket.socket | None = None
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            # bound at once, so that the port is known before anybody listens
            self._listener.bind((host, port))
        except OSError:
            self._listener.close()
            raise
        self._listener.setblocking(False)
        self.host, self.port = host, int(self._listener.getsockname()[1])

    @property
    def address(self) -> str:
        """`host:port`."""
        return f"{self.host}:{self.port}"

    def listen(self) -> None:
        """Let others connect."""
        self._listener.listen(BACKLOG)

    def accept(self) -> None:
        """Take the next connection where nobody is connected."""
        if self._connection:
            return
        try:
            connection, _ = self._listener.accept()
        except OSError:
            # nobody waits, or whoever did has left
            return
        connection.setblocking(False)
        if not self._on:
            tcp.reset(connection)
            return
        self._connection = connection
        self.connections += 1

    def drop(self, *, reset: bool = False) -> None:
        """Break the connection, in order or by a reset."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if reset:
            tcp.reset(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Break the connection and give the port back."""
        self.drop()
        with suppress(OSError):
            self._listener.close()

    def _descriptor(self) -> int:
        connection = self._connection
        return connection.fileno() if connection else -1

    def _doors(self) -> list[socket.socket]:
        return [self._listener]
