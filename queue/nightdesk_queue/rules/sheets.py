"""Rows of a table that a spreadsheet program wrote as text: which separator, which encoding, where a row ends. Pure.

The separator is a comma, a semicolon, a tab, a bar or the Chinese comma, as the first rows show; a line `sep=;` names
it. A quoted cell may go on in the next lines. A quote that is never closed spoils its own row and no other.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

SEPARATORS = (",", ";", "\t", "，", "|")
MOST_LINES, MOST_CHARACTERS = 20, 10_000
"""How long a row may be whose quoted cells go on in further lines."""
_ASSUMED = ("utf-8", "gb18030")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FEWEST_NULS, _MOST_NULS = 0.1, 0.6
"""How many of its bytes are NUL in a text that is UTF-16 without a mark: one half of each digit and separator."""

Chunks: TypeAlias = "Iterable[bytes]"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: the line of the file it begins on, and its cells; None where a quote is not closed."""

    line: int
    cells: list[str] | None


def encoding_of(head: bytes) -> str | None:
    """Return the encoding that the beginning of a file shows, None where only the whole text can tell."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    nuls, odd = head.count(0), head[1::2].count(0)
    if not nuls or not _FEWEST_NULS <= nuls / len(head) <= _MOST_NULS or odd not in (0, nuls):
        return None
    return "utf-16-le" if odd else "utf-16-be"


def decodes(chunks: Chunks, encoding: str) -> int | None:
    """Return None where all of a text is in an encoding, else the place of the first byte that is not."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    try:
        for chunk in chunks:
            decoder.decode(chunk)
            done += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return max(0, done + error.start)
    return None


def assumed_encodings() -> tuple[str, ...]:
    """Return what is tried where the text bears no mark: what Chinese spreadsheets write."""
    return _ASSUMED


def separator_of(lines: list[str], headings: Iterable[str]) -> str:
    """Return the separator with which the first lines show the most headings."""
    known = set(headings)

    def shown(separator: str) -> int:
        return max((sum(plain_heading(one) in known for one in _loosely(line, separator)) for line in lines), default=0)

    return max(SEPARATORS, key=shown)


def plain_heading(cell: str) -> str:
    """Return a heading as it is compared: without blanks, marks and capitals."""
    return "".join(char for char in cell.casefold() if char.isalnum() or char == "_")


def named_separator(line: str) -> str | None:
    """Return the separator that a line `sep=;` names, None for any other line."""
    name = line.strip("\r\n\ufeff\"' ")
    return name[4:] if len(name) == len("sep=;") and name.casefold().startswith("sep=") else None


def rows(lines: Iterable[str], separator: str, first_line: int = 1) -> Iterator[SheetRow]:
    """Yield the rows of a text, empty ones left out. `lines`: without their ends."""
    waiting = _Lines(lines, first_line)
    while (taken := waiting.take()) is not None:
        number, line = taken
        whole = waiting.whole(line) if line.count('"') % 2 else line
        cells = _cells(whole, separator) if whole is not None else None
        if cells is None and whole is not None and whole is not line:
            # a quote somewhere below was no end of this one
            waiting.give_back()
        elif whole is not None and whole is not line:
            waiting.keep()
        if cells is None or any(cell.strip() for cell in cells):
            yield SheetRow(number, cells)


class _Lines:
    """Lines with a look ahead, for a cell that may go on."""

    def __init__(self, lines: Iterable[str], first: int) -> None:
        self._lines = iter(lines)
        self._ahead: list[str] = []
        self._used = 0
        self._number = first - 1

    def take(self) -> tuple[int, str] | None:
        """Return the next line with its number; None at the end."""
        line = self._ahead.pop(0) if self._ahead else next(self._lines, None)
        if line is None:
            return None
        self._number += 1
        return self._number, line

    def whole(self, line: str) -> str | None:
        """Return a line with those that close its quote; None where none does. They are not taken yet."""
        joined, length = [line], len(line)
        quotes = line.count('"')
        for at in range(MOST_LINES):
            if at == len(self._ahead):
                more = next(self._lines, None)
                if more is None:
                    return None
                self._ahead.append(more)
            length += len(self._ahead[at])
            if length > MOST_CHARACTERS:
                return None
            joined.append(self._ahead[at])
            quotes += self._ahead[at].count('"')
            if quotes % 2 == 0:
                self._used = at + 1
                return "\n".join(joined)
        return None

    def keep(self) -> None:
        """Take the lines of the last whole row."""
        del self._ahead[: self._used]
        self._number += self._used

    def give_back(self) -> None:
        """Leave them to be rows of their own."""
        self._used = 0


def _cells(text: str, separator: str) -> list[str] | None:
    """Return the cells of one row, None where its quotes make none."""
    try:
        return next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _loosely(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(separator)]
