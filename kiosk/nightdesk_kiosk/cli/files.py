"""Files that commands are given."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from nightdesk_kiosk import json_output
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.store.private_files import private_opener
from nightdesk_queue.text.bilingual import Text

UNREADABLE = Text(zh="打不开 {file}：{e}", en="{file} cannot be read: {e}")

TOO_LARGE = Text(zh="{file} 大于 {mb} MB；请拆开", en="{file} is larger than {mb} MB; split it")
LARGEST = 100_000_000
"""Bytes of a file that a command is given: a million bookings."""


def content_of(file: Path) -> bytes:
    """Return what is in a file. Raises Misuse where it cannot be read or is larger than LARGEST."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        raise Misuse("usage", UNREADABLE.fill(file=file, e=error.strerror or error)) from error
    if len(content) > LARGEST:
        raise Misuse("usage", TOO_LARGE.fill(file=file, mb=LARGEST // 1_000_000))
    return content


WRITTEN = Text(zh="已写入 {file}({n} 行)", en="{file} written ({n} rows)")
STDOUT = Path("/dev/stdout")
NO_WRITER = Text(
    zh="写 .xlsx 需要 openpyxl：pip install 'nightdesk[spreadsheets]'；或用 --format csv",
    en="writing .xlsx needs openpyxl: pip install 'nightdesk[spreadsheets]'; or use --format csv",
)
NOT_WRITTEN = Text(zh="写不了 {file}：{e}", en="{file} cannot be written: {e}")


def write_csv(settings: Settings, file: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV in UTF-8 with a byte order mark, by which Excel knows it, for its owner's eyes alone.

    Raises Misuse where it cannot be written.
    """
    count = 0
    try:
        with open(file, "w", encoding="utf-8-sig", newline="", opener=private_opener) as opened:
            writer = csv.writer(opened)
            writer.writerow(headings)
            for row in rows:
                writer.writerow([harmless(value) for value in row])
                count += 1
    except OSError as error:
        raise Misuse("usage", NOT_WRITTEN.fill(file=file, e=error.strerror or error)) from error
    _written(settings, file, count)


def harmless(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula (CWE-1236); a number is none."""
    text = str(value)
    if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") and text != "-":
        return f"'{text}"
    return value


def write_workbook(settings: Settings, file: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write an .xlsx workbook, for its owner's eyes alone, row by row. Raises Misuse."""
    try:
        from openpyxl import Workbook  # noqa: PLC0415 - an extra; only who wants workbooks needs it
    except ImportError as error:
        raise Misuse("usage", NO_WRITER) from error
    book = Workbook(write_only=True)
    sheet = book.create_sheet("nightdesk")
    sheet.append(list(headings))
    count = 0
    for row in rows:
        sheet.append([harmless(value) for value in row])
        count += 1
    try:
        with open(file, "wb", opener=private_opener) as opened:
            book.save(opened)
    except OSError as error:
        raise Misuse("usage", NOT_WRITTEN.fill(file=file, e=error.strerror or error)) from error
    _written(settings, file, count)


def _written(settings: Settings, file: Path, count: int) -> None:
    if file == STDOUT:
        # what was written is the answer
        return
    if settings.json:
        click.echo(json_output.line({"file": str(file), "rows": count}))
    else:
        click.echo(say(WRITTEN.fill(file=file, n=count)))
