"""TCP connections to devices: opened with a time-out, noticed when their far end vanishes, closed by a reset."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress

KEEPALIVE = (
    ("SO_KEEPALIVE", socket.SOL_SOCKET, 1),
    ("TCP_KEEPIDLE", socket.IPPROTO_TCP, 10),
    ("TCP_KEEPINTVL", socket.IPPROTO_TCP, 5),
    ("TCP_KEEPCNT", socket.IPPROTO_TCP, 3),
)
"""A far end whose network went away says nothing: an idle connection breaks by itself after some 25 s (tcp(7))."""
UNACKNOWLEDGED = ("TCP_USER_TIMEOUT", socket.IPPROTO_TCP, 15_000)
"""The same for one with bytes on the way, after 15 s: also where the far end is there and takes nothing."""


def connect(host: str, port: int, seconds: float) -> socket.socket:
    """Connect within `seconds`.

    Returns a non-blocking socket that sends small writes at once and probes an idle far end. It keeps its bytes for one
    that is there but takes none: a printer without paper is not gone. Raises OSError.
    """
    try:
        connection = socket.create_connection((host, port), timeout=seconds)
    except UnicodeError as error:
        # a host name that no address can be made of is one that nobody has
        raise socket.gaierror(socket.EAI_NONAME, str(error)) from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    notice_dead_peer(connection, takes_always=False)
    connection.setblocking(False)
    return connection


def notice_dead_peer(connection: socket.socket, *, takes_always: bool) -> None:
    """Let a connection break whose far end is gone.

    `takes_always`: the far end takes whatever comes, so one that does not for some time is gone, too.
    """
    for name, level, value in (*KEEPALIVE, *([UNACKNOWLEDGED] if takes_always else [])):
        if option := getattr(socket, name, None):  # not every system has all of them
            with suppress(OSError):  # the far end may be gone again already: the next read says so
                connection.setsockopt(level, option, value)


def reset(connection: socket.socket) -> None:
    """Close a connection with a reset: what the far end has not taken yet is lost."""
    with suppress(OSError):  # it may be closed already
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
