"""Why a line failed: one table from what the system says to a code, and from the code to words in both languages."""

from __future__ import annotations

import errno
import re
import socket
import termios
from enum import StrEnum

from nightdesk_ports.descriptor import LinkClosed
from nightdesk_queue.text.bilingual import Text, same

LINE_ERRORS = (OSError, termios.error)
"""What a line raises that was unplugged: SerialException and a socket's errors are OSErrors, termios.error is not."""
LONGEST_CAUSE = 120
"""How many characters of the system's own words are kept; they stand in a column of a table."""


class LineCause(StrEnum):
    """Why a line failed, as it is kept in the database and told in JSON."""

    MISSING = "port_missing"
    DENIED = "port_denied"
    IN_USE = "port_in_use"
    REFUSED = "port_refused"
    UNREACHABLE = "port_unreachable"
    NOT_A_LINE = "not_a_line"
    NO_RFC2217 = "no_rfc2217"
    BROKEN = "line_broken"
    WRITE_TIMEOUT = "write_timeout"


class WriteTimeoutError(OSError):
    """The far end takes no more bytes."""


WORDS: dict[str, Text] = {
    LineCause.MISSING: Text(zh="端口不在，检查线和转换器", en="the port is not there, check cable and adapter"),
    LineCause.DENIED: Text(
        zh="无权打开端口，加入 dialout 或 lp 组", en="no right to open the port, join group dialout or lp"
    ),
    LineCause.IN_USE: Text(zh="端口被另一程序占用", en="another program has the port"),
    LineCause.REFUSED: Text(zh="对方拒绝连接，检查地址和端口", en="the far end refuses, check address and port"),
    LineCause.UNREACHABLE: Text(zh="连不上对方，检查电源和网线", en="not reachable, check power and network"),
    LineCause.NOT_A_LINE: Text(zh="不是串口", en="not a serial line"),
    LineCause.NO_RFC2217: Text(zh="网关不按 RFC 2217 应答", en="the gateway does not answer as RFC 2217 says"),
    LineCause.BROKEN: Text(zh="线路断开，正在重连", en="the line broke, trying again"),
    LineCause.WRITE_TIMEOUT: Text(zh="对方不再接收数据", en="the far end takes no more data"),
}
"""Each cause in words, with its fix where there is one."""

CAUSES: dict[int, LineCause] = {
    errno.ENOENT: LineCause.MISSING,
    errno.ENXIO: LineCause.MISSING,
    errno.ENODEV: LineCause.MISSING,
    errno.EACCES: LineCause.DENIED,
    errno.EPERM: LineCause.DENIED,
    errno.EAGAIN: LineCause.IN_USE,
    errno.EBUSY: LineCause.IN_USE,
    errno.EADDRINUSE: LineCause.IN_USE,
    errno.ECONNREFUSED: LineCause.REFUSED,
    errno.EHOSTUNREACH: LineCause.UNREACHABLE,
    errno.EHOSTDOWN: LineCause.UNREACHABLE,
    errno.ENETUNREACH: LineCause.UNREACHABLE,
    errno.ENETDOWN: LineCause.UNREACHABLE,
    errno.ETIMEDOUT: LineCause.UNREACHABLE,
    errno.ENOTTY: LineCause.NOT_A_LINE,
    errno.EISDIR: LineCause.NOT_A_LINE,
    errno.EIO: LineCause.BROKEN,
    errno.EPIPE: LineCause.BROKEN,
    errno.ECONNRESET: LineCause.BROKEN,
    errno.ECONNABORTED: LineCause.BROKEN,
}
"""What the number of an error of the system means for a line."""

SAID: tuple[tuple[str, LineCause], ...] = (
    ("Write timeout", LineCause.WRITE_TIMEOUT),
    ("disconnected", LineCause.BROKEN),
    ("returned no data", LineCause.BROKEN),
    ("reader thread died", LineCause.BROKEN),
    ("that is not open", LineCause.BROKEN),
    ("socket error", LineCause.BROKEN),
    ("Remote does not", LineCause.NO_RFC2217),
    ("waiting for option", LineCause.NO_RFC2217),
    ("timed out", LineCause.UNREACHABLE),
    # a negative number is the resolver's: nobody has that name
    ("[Errno -", LineCause.UNREACHABLE),
)
"""What pyserial and Python say where they give no number of their own; the first that fits counts."""

KINDS: dict[type[BaseException], LineCause] = {
    WriteTimeoutError: LineCause.WRITE_TIMEOUT,
    LinkClosed: LineCause.BROKEN,
    socket.gaierror: LineCause.UNREACHABLE,
}
"""The cause of an error by its class."""
_ERRNO = re.compile(r"\[Errno (\d+)\]|\((\d+), '")
"""The number inside pyserial's sentences, and the one of a termios.error."""


def cause_of(error: BaseException) -> LineCause | str:
    """Return why a line failed; an error that has no cause of ours keeps the system's own words, shortened."""
    words = str(error).split("\n", 1)[0]
    for kind, cause in KINDS.items():
        if isinstance(error, kind):
            return cause
    for said, cause in SAID:
        if said in words:
            return cause
    number = getattr(error, "errno", None) or (int(found[1] or found[2]) if (found := _ERRNO.search(words)) else None)
    return CAUSES.get(number or 0, words[:LONGEST_CAUSE])


def words_of(cause: str) -> Text:
    """Return a cause in words; one that is the system's own words stays as it is."""
    return WORDS.get(cause, same(cause))
