"""Bookings in a CSV file of another system, read and checked row by row. Pure.

Columns, in any order, by their English or Chinese heading: `clinic` 门诊 (id or name), `at` 时间 (`2026-11-23 18:30`,
the hospital's zone), and, where known, `name` 姓名, `phone` 电话, `priority` 优先 (ids, separated by spaces) and
`reference` 编号. A row is known again by its reference, else by all it says, so a file can be read any number of times.
A bad row is a refusal in its place and does not keep the good ones out.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.errors import Misuse, Refused
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import clean, normalised

HEADINGS: dict[str, Text] = {
    "clinic": Text(zh="门诊", en="clinic"),
    "at": Text(zh="时间", en="at"),
    "name": Text(zh="姓名", en="name"),
    "phone": Text(zh="电话", en="phone"),
    "priority": Text(zh="优先", en="priority"),
    "reference": Text(zh="编号", en="reference"),
}
NEEDED = ("clinic", "at")
FIRST_YEAR, LAST_YEAR = 1970, 2200
LAST_HOUR, LAST_MINUTE = 23, 59


@dataclass(frozen=True, slots=True)
class Booking:
    """One row: who is expected where and when."""

    clinic: str
    at: datetime
    name: str
    phone: str
    priority: tuple[str, ...]
    reference: str

    @property
    def key(self) -> str:
        """What the booking is known by when it comes again."""
        if self.reference:
            return f"booking:{self.reference}"
        return f"booking:{self.clinic}:{self.at.isoformat()}:{self.name}:{self.phone}"


def read(content: bytes, hospital: Hospital) -> list[tuple[int, Booking | Refused]]:
    """Return the rows of a file with their line numbers, checked.

    UTF-8, or GB18030 as Chinese spreadsheets write it. Raises Misuse for a file that is no such table.
    """
    lines = _decoded(content).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    columns, width = _columns(lines[0])
    return [
        (number, _row(line, columns, width, hospital)) for number, line in enumerate(lines[1:], 2) if line.strip(" \t,")
    ]


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError as error:
            text = Text(
                zh="文件不是 UTF-8 或 GB18030 文本(第 {n} 字节)；另存为 CSV UTF-8",
                en="the file is neither UTF-8 nor GB18030 text (byte {n}); save it as CSV UTF-8",
            )
            raise Misuse("usage", text.fill(n=error.start)) from error


def _cells(line: str) -> list[str]:
    """Return the cells of one line; a cell never goes on in the next, so an open quote cannot swallow other rows."""
    return next(csv.reader([line], strict=True), [])


def _columns(line: str) -> tuple[dict[str, int], int]:
    try:
        headings = _cells(line)
    except csv.Error:
        headings = []
    known = {name: column for column, heading in HEADINGS.items() for name in (heading.zh, heading.en)}
    columns: dict[str, int] = {}
    for index, heading in enumerate(headings):
        column = known.get(heading.strip().lower())
        if column is not None:
            columns.setdefault(column, index)
    missing = [HEADINGS[column] for column in NEEDED if column not in columns]
    if missing:
        text = Text(
            zh="第 1 行缺少列 {missing}；可用的列：{known}", en="line 1 lacks the column {missing}; known are: {known}"
        )
        listed = ", ".join(f"{heading.zh} {heading.en}" for heading in HEADINGS.values())
        raise Misuse("usage", text.fill(missing=", ".join(one.en for one in missing), known=listed))
    return columns, len(headings)


def _row(line: str, columns: dict[str, int], width: int, hospital: Hospital) -> Booking | Refused:
    try:
        return _booking(_cells(line), columns, width, hospital)
    except csv.Error:
        text = Text(zh="引号没有成对", en="a quote is not closed")
        return Refused("bad_row", text)
    except Refused as refusal:
        return refusal


def _booking(cells: list[str], columns: dict[str, int], width: int, hospital: Hospital) -> Booking:
    if len(cells) > width:
        text = Text(
            zh="有 {n} 格，表头只有 {w} 格；检查逗号和引号",
            en="{n} cells under {w} headings; look at commas and quotes",
        )
        raise Refused("bad_row", text.fill(n=len(cells), w=width))
    said = {column: cells[index].strip() if index < len(cells) else "" for column, index in columns.items()}
    clinic = _clinic(said["clinic"], hospital)
    priority = refusals.known_priorities(hospital, said.get("priority", "").split())
    return Booking(
        clinic=clinic.id,
        at=slot_time(said["at"], hospital),
        name=said.get("name", ""),
        phone=said.get("phone", ""),
        priority=tuple(priority),
        reference=said.get("reference", ""),
    )


def _clinic(said: str, hospital: Hospital) -> Clinic:
    for clinic in hospital.clinic:
        if said in (clinic.id, clinic.name.zh, clinic.name.en):
            return clinic
    return refusals.known_clinic(hospital, said)


_SLOT = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?"
)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


def slot_time(said: str, hospital: Hospital) -> datetime:
    """Read a booked time, `2026-11-23 18:30`, in the hospital's zone or with an offset. Raises Refused: bad_time."""
    if found := _SLOT.fullmatch(normalised(said)):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        try:
            at = datetime(year, month, day, hour, minute, second, tzinfo=hospital.zone)
            if FIRST_YEAR <= year <= LAST_YEAR:
                offset = found[7]
                return datetime.fromisoformat(f"{at:%Y-%m-%dT%H:%M:%S}{offset}") if offset else at
        except ValueError:
            pass
    text = Text(zh="{at} 不是时间；写成 2026-11-23 18:30", en="{at} is not a time; write 2026-11-23 18:30")
    raise Refused("bad_time", text.fill(at=clean(said, 40) or "-"))


def spoken_slot(said: str, clinic: Clinic, hospital: Hospital, now: datetime) -> datetime:
    """Read a time as said on the telephone: `18:30` today, or after midnight where the session goes on till then.

    Anything longer is read by `slot_time`. Raises Refused: bad_time.
    """
    found = _CLOCK.fullmatch(normalised(said))
    if found is None or int(found[1]) > LAST_HOUR or int(found[2]) > LAST_MINUTE:
        return slot_time(said, hospital)
    today = now.astimezone(hospital.zone).date()
    at = datetime.combine(today, time(int(found[1]), int(found[2])), hospital.zone)
    later = datetime.combine(today + timedelta(days=1), at.time(), hospital.zone)
    same_night = opening(clinic, hospital, later).service_day == opening(clinic, hospital, now).service_day
    return later if at < now and same_night else at
