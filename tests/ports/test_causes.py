"""Why a line failed: from the system's error to one code, and from the code to words in both languages."""

from __future__ import annotations

import errno
import os
import socket
import termios
from pathlib import Path

import pytest
from devices import Line
from serial import PortNotOpenError, SerialException, SerialTimeoutException

from nightdesk_kiosk.device_wording import cause_text
from nightdesk_ports.causes import (
    CAUSES,
    KINDS,
    LINE_ERRORS,
    LONGEST_CAUSE,
    SAID,
    WORDS,
    LineCause,
    WriteTimeoutError,
    cause_of,
    words_of,
)
from nightdesk_ports.descriptor import LinkClosed
from nightdesk_ports.serial_lines import close_port, open_port

TABLE = [
    (errno.ENOENT, "port_missing", "端口不在", "the port is not there"),
    (errno.ENXIO, "port_missing", "端口不在", "the port is not there"),
    (errno.ENODEV, "port_missing", "端口不在", "the port is not there"),
    (errno.EACCES, "port_denied", "无权打开端口", "no right to open the port"),
    (errno.EPERM, "port_denied", "无权打开端口", "no right to open the port"),
    (errno.EAGAIN, "port_in_use", "端口被另一程序占用", "another program has the port"),
    (errno.EBUSY, "port_in_use", "端口被另一程序占用", "another program has the port"),
    (errno.EADDRINUSE, "port_in_use", "端口被另一程序占用", "another program has the port"),
    (errno.ECONNREFUSED, "port_refused", "对方拒绝连接", "the far end refuses"),
    (errno.EHOSTUNREACH, "port_unreachable", "连不上对方", "not reachable"),
    (errno.EHOSTDOWN, "port_unreachable", "连不上对方", "not reachable"),
    (errno.ENETUNREACH, "port_unreachable", "连不上对方", "not reachable"),
    (errno.ENETDOWN, "port_unreachable", "连不上对方", "not reachable"),
    (errno.ETIMEDOUT, "port_unreachable", "连不上对方", "not reachable"),
    (errno.ENOTTY, "not_a_line", "不是串口", "not a serial line"),
    (errno.EISDIR, "not_a_line", "不是串口", "not a serial line"),
    (errno.EIO, "line_broken", "线路断开", "the line broke"),
    (errno.EPIPE, "line_broken", "线路断开", "the line broke"),
    (errno.ECONNRESET, "line_broken", "线路断开", "the line broke"),
    (errno.ECONNABORTED, "line_broken", "线路断开", "the line broke"),
]
PERMANENT = {
    "port_missing", "port_denied", "port_in_use", "port_refused", "port_unreachable", "not_a_line", "no_rfc2217",
    "line_broken", "write_timeout",
}  # fmt: skip
"""The codes the database and the JSON know; none may ever be called otherwise."""


@pytest.mark.parametrize(("number", "cause", "zh", "en"), TABLE, ids=str)
def test_each_error_of_the_system_has_a_cause_and_the_cause_words(number: int, cause: str, zh: str, en: str) -> None:
    words = os.strerror(number)
    for error in (OSError(number, words), termios.error(number, words), SerialException(number, f"no port: {words}")):
        assert cause_of(error) == cause
        assert words_of(cause_of(error)).zh.startswith(zh)
        assert words_of(cause_of(error)).en.startswith(en)


def test_the_table_above_is_whole() -> None:
    assert {number: cause for number, cause, _, _ in TABLE} == CAUSES


def test_the_codes_are_what_they_always_were_and_each_has_words_of_its_own() -> None:
    assert set(LineCause) == PERMANENT == set(WORDS)
    assert {*CAUSES.values(), *(cause for _, cause in SAID), *KINDS.values()} == PERMANENT
    for language in ("zh", "en"):
        assert len({getattr(text, language) for text in WORDS.values()}) == len(PERMANENT)


def test_every_part_of_the_program_words_a_cause_alike() -> None:
    for cause in LineCause:
        assert cause_text(cause) == WORDS[cause]
        assert cause_text(str(cause)) == WORDS[cause]


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (WriteTimeoutError(), "write_timeout"),
        (SerialTimeoutException("Write timeout"), "write_timeout"),
        (LinkClosed("the far end has closed"), "line_broken"),
        (SerialException("read failed: socket disconnected"), "line_broken"),
        (
            SerialException("device reports readiness to read but returned no data (device disconnected?)"),
            "line_broken",
        ),
        (SerialException("connection failed (socket error): x"), "line_broken"),
        (SerialException("connection failed (reader thread died)"), "line_broken"),
        (PortNotOpenError(), "line_broken"),
        (SerialException("write failed: [Errno 5] Input/output error"), "line_broken"),
        (SerialException("Could not configure port: (25, 'Inappropriate ioctl for device')"), "not_a_line"),
        (SerialException("Could not open port socket://x: timed out"), "port_unreachable"),
        (SerialException("Could not open port socket://x: [Errno -2] Name or service not known"), "port_unreachable"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "port_unreachable"),
        (TimeoutError("timed out"), "port_unreachable"),
        (ValueError("Remote does not seem to support RFC2217 or BINARY mode {}"), "no_rfc2217"),
        (ValueError("timeout while waiting for option 'baudrate'"), "no_rfc2217"),
    ],
    ids=str,
)
def test_what_pyserial_and_python_say_without_a_number_has_a_cause_too(error: Exception, cause: str) -> None:
    assert cause_of(error) == cause


def test_an_error_without_a_cause_keeps_the_first_line_of_its_own_words() -> None:
    assert cause_of(SerialException("something else\nand more")) == "something else"
    assert cause_of(OSError(errno.ENOSPC, "No space left on device")) == "[Errno 28] No space left on device"
    assert cause_of(ValueError("x" * 500)) == "x" * LONGEST_CAUSE
    assert words_of("something else").zh == words_of("something else").en == "something else"


def test_a_port_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    refusing = socket.socket()
    refusing.bind(("127.0.0.1", 0))
    with refusing, Line(tmp_path / "ttyS9") as line:
        holder = open_port(str(line.path), 9600)
        addresses = {
            str(tmp_path / "nothing"): "port_missing",
            f"socket://127.0.0.1:{refusing.getsockname()[1]}": "port_refused",
            str(line.path): "port_in_use",
            str(tmp_path): "not_a_line",
            "/dev/null": "not_a_line",
        }
        for address, cause in addresses.items():
            with pytest.raises(LINE_ERRORS) as error:
                open_port(address, 9600)
            assert cause_of(error.value) == cause
        close_port(holder)
