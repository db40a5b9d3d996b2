"""Serial lines by pyserial: a device, a pseudo-terminal, `socket://host:port` or `rfc2217://host:port`.

Opened alike for the worker that paints, the board that reads and the virtual sign that hears. An unplugged port raises
one of LINE_ERRORS and still says it is open: close it with `close_port` and open it again by its name.
"""

from __future__ import annotations

import socket
import termios
from contextlib import suppress

import serial

LINE_ERRORS = (OSError, termios.error)
"""What an unplugged port raises: SerialException is an OSError, termios.error is not."""

WRITE_SECONDS = 2.0
"""So much longer than a frame takes on the line may its writing take."""
BITS_A_BYTE = 10

_DEAD_PEER = (
    ("SO_KEEPALIVE", socket.SOL_SOCKET, 1),
    ("TCP_KEEPIDLE", socket.IPPROTO_TCP, 10),
    ("TCP_KEEPINTVL", socket.IPPROTO_TCP, 5),
    ("TCP_KEEPCNT", socket.IPPROTO_TCP, 3),
    ("TCP_USER_TIMEOUT", socket.IPPROTO_TCP, 15_000),
)
"""A far end whose network went away says nothing: the connection breaks by itself after some 15 s (tcp(7))."""


def open_port(address: str, baud: int, *, read_timeout: float = 0, writes: bool = True) -> serial.Serial:
    """Open a line, for this process alone where it `writes`. Raises one of LINE_ERRORS or ValueError.

    `read_timeout`: seconds a read may wait for its first byte. Writing fails after WRITE_SECONDS.
    """
    port = serial.serial_for_url(address, do_not_open=True, baudrate=baud, timeout=read_timeout)
    if writes:
        port.exclusive = True
        if _limits_writing(port):
            port.write_timeout = WRITE_SECONDS
    port.open()
    _notice_a_dead_peer(port)
    return port


def allow_frame(port: serial.Serial, size: int, baud: int) -> None:
    """Let a frame of `size` bytes take the time it needs at `baud`. Raises one of LINE_ERRORS."""
    wanted = WRITE_SECONDS + size * BITS_A_BYTE / baud
    if _limits_writing(port) and wanted > (port.write_timeout or 0):
        port.write_timeout = wanted


def close_port(port: serial.Serial) -> None:
    """Close a port that may have vanished already."""
    # pyserial's sockets are forgotten unclosed when the far end was faster
    inner = getattr(port, "_socket", None)
    with suppress(*LINE_ERRORS):  # a vanished device cannot be closed in order; there is nothing left to lose
        port.close()
    if inner is not None:
        inner.close()


def _limits_writing(port: serial.Serial) -> bool:
    """Whether a write time-out may be set: pyserial's RFC 2217 client refuses one and has its own of 5 s."""
    return not str(port.port).startswith("rfc2217:")


def _notice_a_dead_peer(port: serial.Serial) -> None:
    connection = getattr(port, "_socket", None)
    if connection is None:
        return
    for name, level, value in _DEAD_PEER:
        if option := getattr(socket, name, None):  # not every system has all of them
            with suppress(OSError):  # the far end may be gone again already: the next read says so
                connection.setsockopt(level, option, value)
