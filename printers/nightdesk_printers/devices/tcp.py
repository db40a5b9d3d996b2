"""Network printers: raw ESC/POS to a TCP port, usually 9100.

The connection is kept while the printer answers on it: LAN boards serve one at a time. Idle ones are dropped after
minutes, and the first write after that is lost without an error, so a status is asked and answered before every slip.
A printer that never answers has a connection closed in order behind each slip: a reset then means that something was
thrown away.
"""

from __future__ import annotations

import os
import select
import socket
from urllib.parse import urlsplit

from nightdesk_ports import tcp
from nightdesk_ports.descriptor import Descriptor, LinkClosed

CONNECT_SECONDS = 5.0
CLOSE_SECONDS = 2.0
RESET_SECONDS = 0.3
"""A reset may follow an orderly close by a round trip: it means that the far end closed without reading it all."""


class TcpLink:
    """A connection to `tcp://host:port` (port 9100 where none is given).

    `close_seconds`: how long to wait for the far end to close behind us; one that stays open has at least not thrown
    anything away.
    """

    talks = True

    def __init__(self, address: str, close_seconds: float = CLOSE_SECONDS) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "", parts.port or 9100
        self._close_seconds = close_seconds
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Connect. Raises OSError."""
        self._socket = tcp.connect(self.host, self.port, CONNECT_SECONDS)

    def write_some(self, data: bytes, seconds: float) -> int:
        """Write as much as is taken. Raises OSError."""
        return Descriptor(self._open.fileno()).write_some(data, seconds)

    def receive(self, seconds: float) -> bytes:
        """Return what came. Raises OSError."""
        return Descriptor(self._open.fileno()).receive(seconds)

    def finish(self) -> None:
        """Close in order on both sides. Raises OSError when the far end threw something away."""
        if not self._ended(0.0):
            self._open.shutdown(socket.SHUT_WR)
            if self._ended(self._close_seconds):
                self._refuse_reset(RESET_SECONDS)
        else:
            # the printer closed first: as long as our side stays open, a reset tells if it left anything unread
            self._refuse_reset(self._close_seconds)
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._socket:
            self._socket.close()
            self._socket = None

    @property
    def _open(self) -> socket.socket:
        if self._socket is None:
            raise LinkClosed("not connected")
        return self._socket

    def _ended(self, seconds: float) -> bool:
        """Whether the far end closes its side within so many seconds."""
        try:
            while self.receive(seconds):
                pass
        except LinkClosed:
            return True
        return False

    def _refuse_reset(self, seconds: float) -> None:
        watch = select.poll()
        watch.register(self._open, select.POLLERR)
        watch.poll(seconds * 1000)
        if error := self._open.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, os.strerror(error))
