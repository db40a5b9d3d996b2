"""Serial lines by pyserial: a device, a pseudo-terminal, `socket://host:port` or `rfc2217://host:port`.

Opened alike for the worker that paints, the board that reads and the virtual sign that hears. An unplugged port raises
one of LINE_ERRORS and still says it is open: close it with `close_port` and open it again by its name.
"""

from __future__ import annotations

import errno
import fcntl
import re
import socket
import struct
import termios
from contextlib import suppress
from io import UnsupportedOperation

import serial

LINE_ERRORS = (OSError, termios.error)
"""What an unplugged port raises: SerialException is an OSError, termios.error is not."""

CAUSES = {
    errno.ENOENT: "port_missing",
    errno.ENXIO: "port_missing",
    errno.ENODEV: "port_missing",
    errno.EACCES: "port_denied",
    errno.EPERM: "port_denied",
    errno.EAGAIN: "port_in_use",
    errno.EBUSY: "port_in_use",
    errno.EIO: "line_broken",
    errno.EPIPE: "line_broken",
    errno.ECONNRESET: "line_broken",
    errno.ECONNREFUSED: "port_refused",
    errno.EHOSTUNREACH: "port_unreachable",
    errno.ENETUNREACH: "port_unreachable",
    errno.ETIMEDOUT: "port_unreachable",
    errno.EADDRINUSE: "port_in_use",
    errno.ENOTTY: "not_a_line",
    errno.EISDIR: "not_a_line",
}
"""What the system says of a port, as a code that has words in both languages."""
_BROKEN = ("disconnected", "returned no data", "reader thread died", "that is not open", "socket error")
"""What pyserial says of a line that was lost, where it gives no number."""

WRITE_SECONDS = 2.0
"""So much longer than a frame takes on the line may its writing take."""
BITS_A_BYTE = 10
LONGEST_CAUSE = 120
_ERRNO = re.compile(r"\[Errno (-?\d+)\]|\((\d+), '")

_DEAD_PEER = (
    ("SO_KEEPALIVE", socket.SOL_SOCKET, 1),
    ("TCP_KEEPIDLE", socket.IPPROTO_TCP, 10),
    ("TCP_KEEPINTVL", socket.IPPROTO_TCP, 5),
    ("TCP_KEEPCNT", socket.IPPROTO_TCP, 3),
    ("TCP_USER_TIMEOUT", socket.IPPROTO_TCP, 15_000),
)
"""A far end whose network went away says nothing: the connection breaks by itself after some 15 s (tcp(7))."""


class WriteTimeoutError(OSError):
    """The far end takes no more bytes."""


def cause_of(error: BaseException) -> str:
    """Return why a line failed: one of CAUSES, `write_timeout`, `no_rfc2217`, or the system's own words."""
    words = str(error).split("\n", 1)[0]
    if isinstance(error, WriteTimeoutError | serial.SerialTimeoutException):
        return "write_timeout"
    if any(said in words for said in _BROKEN):
        return "line_broken"
    if "Remote does not" in words or "waiting for option" in words:
        return "no_rfc2217"
    if "timed out" in words or isinstance(error, socket.gaierror) or "[Errno -" in words:
        return "port_unreachable"
    number = getattr(error, "errno", None) or (int(found[1] or found[2]) if (found := _ERRNO.search(words)) else None)
    return CAUSES.get(number or 0, words[:LONGEST_CAUSE])


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


def allow_frame(port: serial.Serial, size: int, baud: int) -> float:
    """Let a frame of `size` bytes take the time it needs at `baud`; return the seconds. Raises one of LINE_ERRORS."""
    wanted = WRITE_SECONDS + size * BITS_A_BYTE / baud
    if _limits_writing(port) and wanted > (port.write_timeout or 0):
        port.write_timeout = wanted
    return wanted


def unsent(port: serial.Serial) -> int:
    """Return how many bytes the system still holds for the line (tty_ioctl(4), TIOCOUTQ; tcp(7), SIOCOUTQ).

    0 where it cannot say. Raises one of LINE_ERRORS.
    """
    try:
        descriptor = port.fileno()
    except UnsupportedOperation:
        return 0
    (held,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4)))
    return int(held)


def close_port(port: serial.Serial, *, discard: bool = True) -> None:
    """Close a port that may have vanished already. `discard`: what it has not sent yet must not come out later."""
    # pyserial's sockets are forgotten unclosed when the far end was faster
    inner = getattr(port, "_socket", None)
    with suppress(*LINE_ERRORS):  # a vanished device cannot be closed in order; there is nothing left to lose
        if discard and inner is None:
            port.reset_output_buffer()
    with suppress(*LINE_ERRORS):
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
