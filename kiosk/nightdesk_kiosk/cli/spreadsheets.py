"""Tables in files: text of any usual kind, or an .xlsx workbook, read row by row in bounded memory.

A file that is none of both is refused with what it is and what would be read. Nothing is read beyond MOST_BYTES.
"""

from __future__ import annotations

import io
import os
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from nightdesk_kiosk.cli.files import TOO_LARGE, UNREADABLE
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.rules import booking_files, sheets
from nightdesk_queue.rules.sheets import SheetRow
from nightdesk_queue.text.bilingual import Text

MOST_BYTES = 500_000_000
"""Bytes of a file: several million bookings."""
MOST_UNPACKED = 2_000_000_000
"""Bytes of a workbook when it is unpacked: a file made to burst is larger."""
CHUNK = 1 << 20
HEAD = 64 * 1024
LONGEST_LINE = 1_000_000
"""Characters of a line; a longer one is no row of any table."""
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

NO_TEXT = Text(
    zh="{file} 不是表格：里面是二进制数据；请另存为 CSV UTF-8 或 .xlsx",
    en="{file} is no table but binary data; save it as CSV UTF-8 or .xlsx",
)
OLD_WORKBOOK = Text(
    zh="{file} 是旧格式 .xls；请另存为 .xlsx 或 CSV UTF-8", en="{file} is an old .xls; save it as .xlsx or CSV UTF-8"
)
NO_WORKBOOK = Text(
    zh="{file} 不是可读的 .xlsx 工作簿({e})；请另存为 .xlsx 或 CSV UTF-8",
    en="{file} is no .xlsx workbook that can be read ({e}); save it as .xlsx or CSV UTF-8",
)
NO_READER = Text(
    zh="读 .xlsx 需要 openpyxl：pip install 'nightdesk[spreadsheets]'；或另存为 CSV UTF-8",
    en="reading .xlsx needs openpyxl: pip install 'nightdesk[spreadsheets]'; or save it as CSV UTF-8",
)
LONG_LINE = Text(
    zh="{file} 有一行超过 {n} 个字符，不是表格；请另存为 CSV UTF-8",
    en="{file} has a line of more than {n} characters and is no table; save it as CSV UTF-8",
)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of an open table. `length`: how much there is to read, `done`: how much of it was read, in one unit."""

    rows: Iterator[SheetRow]
    length: int
    done: Callable[[], int]


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a table in a file. Raises Misuse for a file that cannot be read or is no table."""
    with ExitStack() as closing:
        try:
            stream = closing.enter_context(_whole(closing.enter_context(path.open("rb")), path, closing))
            head = stream.read(HEAD)
            stream.seek(0)
            size = os.fstat(stream.fileno()).st_size
        except OSError as error:
            raise Misuse("usage", UNREADABLE.fill(file=path, e=error.strerror or error)) from error
        if head.startswith(_OLD_OFFICE):
            raise Misuse("usage", OLD_WORKBOOK.fill(file=path))
        if head.startswith(_ZIP):
            yield _workbook(stream, path, closing)
            return
        encoding = _encoding(stream, head, path)
        text = closing.enter_context(io.TextIOWrapper(stream, encoding=encoding, newline=None))
        lines = _lines(text, path)
        yield Table(booking_files.text_rows(lines), size, lambda: min(size, stream.tell()))


def _whole(opened: IO[bytes], path: Path, closing: ExitStack) -> io.BufferedReader:
    """Return a file that can be read again from its beginning; a pipe's content is put aside, up to the limit."""
    status = os.fstat(opened.fileno())
    if status.st_size > MOST_BYTES:
        raise Misuse("usage", TOO_LARGE.fill(file=path, mb=MOST_BYTES // 1_000_000))
    if stat.S_ISREG(status.st_mode):
        return io.BufferedReader(io.FileIO(os.dup(opened.fileno())))
    first = opened.read(HEAD)
    _refuse_binary(first, path)
    aside = closing.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed with the rest
    aside.write(first)
    left = MOST_BYTES
    while left > 0 and (chunk := opened.read(CHUNK)):
        aside.write(chunk)
        left -= len(chunk)
    if left <= 0:
        raise Misuse("usage", TOO_LARGE.fill(file=path, mb=MOST_BYTES // 1_000_000))
    aside.flush()
    aside.seek(0)
    return io.BufferedReader(io.FileIO(os.dup(aside.fileno())))


def _refuse_binary(head: bytes, path: Path) -> None:
    if sheets.encoding_of(head) is None and b"\0" in head and not head.startswith(_ZIP):
        raise Misuse("usage", NO_TEXT.fill(file=path))


def _encoding(stream: IO[bytes], head: bytes, path: Path) -> str:
    """Return the encoding of a text. Raises Misuse where it is none."""
    _refuse_binary(head, path)
    known = sheets.encoding_of(head)
    place = 0
    for encoding in (known,) if known else sheets.assumed_encodings():
        stream.seek(0)
        failed = sheets.decodes(iter(lambda: stream.read(CHUNK), b""), encoding)
        stream.seek(0)
        if failed is None:
            return "utf-8-sig" if encoding == "utf-8" else encoding
        place = failed
    raise booking_files.not_text(place)


def _lines(text: io.TextIOWrapper, path: Path) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise Misuse("usage", LONG_LINE.fill(file=path, n=LONGEST_LINE))
        yield line.rstrip("\n")


def _workbook(stream: IO[bytes], path: Path, closing: ExitStack) -> Table:
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 - an extra; only who has workbooks needs it
    except ImportError as error:
        raise Misuse("usage", NO_READER) from error
    try:
        with zipfile.ZipFile(stream) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MOST_UNPACKED:
            raise Misuse("usage", TOO_LARGE.fill(file=path, mb=MOST_UNPACKED // 1_000_000))
        stream.seek(0)
        # openpyxl raises whatever its parsers do for a part that is not as it should be
        book = load_workbook(stream, read_only=True, data_only=True)
        closing.callback(book.close)
        sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
        if sheet is None:
            raise Misuse("usage", NO_WORKBOOK.fill(file=path, e="0"))
        sheet.reset_dimensions()
    except Misuse:
        raise
    except Exception as error:
        raise Misuse("usage", NO_WORKBOOK.fill(file=path, e=type(error).__name__)) from error
    progress = _Progress()
    return Table(_sheet_rows(sheet, path, progress), unpacked, lambda: min(unpacked, progress.done))


@dataclass
class _Progress:
    """How far a workbook was read, in bytes of what it unpacks to; a cell is some thirty of them."""

    done: int = 0


_CELL_BYTES = 30


def _sheet_rows(sheet: Any, path: Path, progress: _Progress) -> Iterator[SheetRow]:
    try:
        for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
            progress.done += len(values) * _CELL_BYTES
            cells = [_said(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield SheetRow(line, cells)
    except (OSError, ValueError, KeyError, SyntaxError, zipfile.BadZipFile) as error:
        raise Misuse("usage", NO_WORKBOOK.fill(file=path, e=type(error).__name__)) from error


def _said(value: object) -> str:
    """Return a cell as its spreadsheet shows it; a whole number has no decimals."""
    match value:
        case None:
            return ""
        case datetime() | time():
            return value.isoformat(timespec="seconds").replace("T", " ")
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
