"""Serial lines by pyserial: a device, a pseudo-terminal, `socket://host:port` or `rfc2217://host:port`.

Opened alike for the worker that paints, the printer, the board and the virtual sign that read. An unplugged
port raises one of LINE_ERRORS and still says it is open: close it with `close_port` and open it again by its name.
"""

from __future__ import annotations

import fcntl
import struct
import termios
from contextlib import suppress
from io import UnsupportedOperation

import serial

from nightdesk_ports.causes import LINE_ERRORS
from nightdesk_ports.tcp import notice_dead_peer

WRITE_SECONDS = 2.0
"""How much longer than its time on the line the writing of a frame may take."""
BITS_A_BYTE = 10


def open_port(
    address: str,
    baud: int,
    *,
    read_timeout: float = 0,
    writes: bool = True,
    write_seconds: float = WRITE_SECONDS,
) -> serial.Serial:
    """Open a line, for this process alone where it `writes`.

    Args:
        address: any address pyserial opens.
        baud: bits a second; 8 data bits, no parity, one stop bit.
        read_timeout: seconds a read may wait for its first byte.
        writes: whether anything will be written.
        write_seconds: writing fails after so long, until `allow_frame` allows for more.

    Raises one of LINE_ERRORS, or ValueError for an address or a speed that cannot be.
    """
    port = serial.serial_for_url(address, do_not_open=True, baudrate=baud, timeout=read_timeout)
    if writes:
        port.exclusive = True
        if _limits_writing(port):
            port.write_timeout = write_seconds
    port.open()
    connection = getattr(port, "_socket", None)
    if connection is not None:
        # a screen takes whatever is sent to it; what is not taken has no screen at its end
        notice_dead_peer(connection, takes_always=True)
    return port


def allow_frame(port: serial.Serial, size: int, baud: int, *, write_seconds: float = WRITE_SECONDS) -> float:
    """Let a frame of `size` bytes take the time it needs at `baud`, and `write_seconds` besides.

    Returns the seconds. Raises one of LINE_ERRORS.
    """
    wanted = write_seconds + size * BITS_A_BYTE / baud
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
    """Close a port that may have vanished already. `discard`: drop what it has not sent yet."""
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
