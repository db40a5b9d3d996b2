"""Network printers: raw ESC/POS to a TCP port, usually 9100.

One connection for each slip: LAN boards serve one at a time and drop idle ones after minutes, and the first write
after a silent close would be lost without an error. A slip counts as handed over only when the far end has taken it
all: it answered behind it, closed in order, or kept the line open. A reset means that something was thrown away.
"""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from nightdesk_printers import native
from nightdesk_printers.devices.base import (
    ANSWER_SECONDS,
    ASK_PAPER,
    CONNECT_SECONDS,
    WRITE_SECONDS,
    Outcome,
    broken_off,
    is_answer,
    unreachable,
)
from nightdesk_printers.layout import Slip
from nightdesk_queue.language import Text

CLOSE_SECONDS = 2.0
"""How long to wait for the far end to close behind us; one that stays open has at least not thrown anything away."""
RESET_SECONDS = 0.3
"""A reset may follow an orderly close by a round trip: it means that the far end closed without reading it all."""
SHORT_ANSWER_SECONDS = 0.2
"""How long to wait for a printer that has already shown that it does not answer."""


class TcpPrinter:
    """A printer at `tcp://host:port` (port 9100 where none is given)."""

    def __init__(self, address: str, paper_mm: int) -> None:
        parts = urlsplit(address)
        self.address = address
        self.host, self.port = parts.hostname or "", parts.port or 9100
        self.paper_mm = paper_mm
        self._answers: bool | None = None

    def print(self, slip: Slip, sending: Callable[[], None]) -> Outcome:
        """Print a slip over a connection of its own. Raises DeviceFault."""
        data = native.render(slip, self.paper_mm) + ASK_PAPER
        with self._connect() as connection:
            sending()
            try:
                connection.settimeout(WRITE_SECONDS)
                connection.sendall(data)
                answered = self._answered(connection)
                if not answered:
                    _close_in_order(connection)
            except OSError as error:
                raise broken_off(self.address, error) from error
        return Outcome.PRINTED if answered else Outcome.SENT

    def probe(self) -> Text:
        """Connect and disconnect. Raises DeviceFault."""
        self._connect().close()
        return Text(zh="已连通", en="connected")

    def _connect(self) -> socket.socket:
        try:
            return socket.create_connection((self.host, self.port), timeout=CONNECT_SECONDS)
        except (OSError, UnicodeError) as error:
            # a host name that no address can be made of is a UnicodeError
            raise unreachable(self.address, error) from error

    def _answered(self, connection: socket.socket) -> bool:
        connection.settimeout(SHORT_ANSWER_SECONDS if self._answers is False else ANSWER_SECONDS)
        try:
            while received := connection.recv(64):
                if any(is_answer(byte) for byte in received):
                    self._answers = True
                    return True
        except TimeoutError:
            pass
        self._answers = bool(self._answers)
        return False


def _close_in_order(connection: socket.socket) -> None:
    """See both sides closed. Raises ConnectionError when the far end threw something away."""
    if _ended(connection, 0.0):
        # the printer closed first: as long as our side stays open, a reset tells if it left anything unread
        _refuse_reset(connection, CLOSE_SECONDS)
        return
    connection.shutdown(socket.SHUT_WR)
    if _ended(connection, CLOSE_SECONDS):
        _refuse_reset(connection, RESET_SECONDS)


def _ended(connection: socket.socket, seconds: float) -> bool:
    """Whether the far end closes its side within so many seconds."""
    connection.settimeout(seconds)
    try:
        while connection.recv(64):
            pass
    except (TimeoutError, BlockingIOError):
        return False
    return True


def _refuse_reset(connection: socket.socket, seconds: float) -> None:
    watch = select.poll()
    watch.register(connection, select.POLLERR)
    watch.poll(seconds * 1000)
    if error := connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise ConnectionError(os.strerror(error))
