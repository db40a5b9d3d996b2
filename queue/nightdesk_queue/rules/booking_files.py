"""Bookings in a table of another system or of a spreadsheet, read and checked row by row. Pure.

Columns, in any order, by their English or Chinese heading (`HEADINGS`): `clinic` 门诊 (id or name) and `at` 时间
(`2026-11-23 18:30`, the hospital's zone), with `date` 日期 beside it where date and time stand apart, and, where known,
`name` 姓名, `phone` 电话, `priority` 优先 (ids, separated by spaces), `reference` 编号 and `status` 状态.
Titles above the headings, a second row of headings and totals are passed over; a clinic and a date of merged cells
hold for the rows below. A row is known again by its reference, else by all it says, so a file can be read any number
of times. A bad row is a refusal in its place and does not keep the good ones out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from io import StringIO
from itertools import chain, islice

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.errors import Misuse, Refused
from nightdesk_queue.rules import refusals, sheets
from nightdesk_queue.rules.bookings import phone_tail
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.rules.sheet_times import NOTHING, Moment, read_moment
from nightdesk_queue.rules.sheets import SheetRow, plain_heading
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import normalised
from nightdesk_queue.text.visible import visible

HEADINGS: dict[str, Text] = {
    "clinic": Text(zh="门诊", en="clinic"),
    "at": Text(zh="时间", en="at"),
    "name": Text(zh="姓名", en="name"),
    "phone": Text(zh="电话", en="phone"),
    "priority": Text(zh="优先", en="priority"),
    "reference": Text(zh="编号", en="reference"),
    "date": Text(zh="日期", en="date"),
    "status": Text(zh="状态", en="status"),
}
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "clinic": ("科室", "门诊名称", "预约科室", "预约门诊", "就诊科室", "department"),
    "at": ("预约时间", "就诊时间", "时段", "时间点", "time", "datetime", "slot"),
    "name": ("患者", "患者姓名", "病人姓名", "patient", "patientname"),
    "phone": ("手机", "手机号", "手机号码", "电话号码", "联系电话", "联系方式", "telephone", "mobile", "tel"),
    "priority": ("优先类别", "优先级", "badge"),
    "reference": ("预约号", "预约编号", "预约单号", "id", "bookingid", "ref"),
    "date": ("预约日期", "就诊日期", "day"),
    "status": ("预约状态", "状况", "state"),
}
_COLUMN_OF = {
    plain_heading(word): column
    for column, heading in HEADINGS.items()
    for word in (heading.zh, heading.en, *_SYNONYMS[column])
}
NEEDED = ("clinic", "at")
LAST_HOUR, LAST_MINUTE = 23, 59
ROWS_ABOVE = 10
"""So many rows of titles may stand above the headings."""
_TOTALS = re.compile(r"(?:合计|总计|小计|共计).*|(?:total|sum|subtotal)\d*")
_CANCELLED = (
    "已取消", "取消", "已退号", "退号", "作废", "已作废", "爽约",
    "cancelled", "canceled", "cancel", "deleted", "noshow",
)  # fmt: skip
_BOOKED = (
    "", "已预约", "预约", "预约成功", "成功", "正常", "有效", "已确认", "待就诊", "待报到", "未报到", "未就诊", "改期",
    "已改期", "booked", "confirmed", "active", "ok", "valid", "scheduled", "new", "changed", "moved", "pending",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Booking:
    """One row: who is expected where and when. `cancelled`: they are not any more.

    `warning`: what of the row was not taken over, and why.
    """

    clinic: str
    at: datetime
    name: str
    phone: str
    priority: tuple[str, ...]
    reference: str
    cancelled: bool = False
    warning: Text | None = None

    @property
    def key(self) -> str:
        """What the booking is known by when it comes again."""
        if self.reference:
            return f"booking:{plain_reference(self.reference)}"
        return f"booking:{self.clinic}:{self.at.isoformat()}:{self.name}:{self.phone}"

    @property
    def key_as_written(self) -> str:
        """What a booking of an earlier version was known by: its reference with the zeros in front."""
        return f"booking:{self.reference}" if self.reference else self.key


def plain_reference(said: str) -> str:
    """Return a reference as it is compared: a spreadsheet drops the zeros in front of a number and adds `.0`."""
    text = normalised(said)
    found = re.fullmatch(r"0*(\d+)(?:\.0+)?", text)
    return found[1] if found else text


def read(content: bytes, hospital: Hospital) -> list[tuple[int, Booking | Refused]]:
    """Return the rows of a text with their line numbers, checked. Raises Misuse for what is no such table.

    UTF-8, UTF-16, or GB18030 as Chinese spreadsheets write it.
    """
    return list(bookings(text_rows(line.rstrip("\n") for line in StringIO(_decoded(content), newline=None)), hospital))


def text_rows(lines: Iterable[str]) -> Iterator[SheetRow]:
    """Yield the rows of a text, whatever separates its cells."""
    coming = iter(lines)
    head = list(islice(coming, ROWS_ABOVE + 1))
    separator = sheets.named_separator(head[0]) if head else None
    first = 1
    if separator is not None:
        head, first = head[1:], 2
    return sheets.rows(chain(head, coming), separator or sheets.separator_of(head, _COLUMN_OF), first)


def bookings(rows: Iterable[SheetRow], hospital: Hospital) -> Iterator[tuple[int, Booking | Refused]]:
    """Yield the rows of a table below its headings, checked. Raises Misuse where the headings are missing."""
    coming = iter(rows)
    columns, width = _columns(coming)
    return _checked(coming, _Reader(columns, width, hospital))


def _decoded(content: bytes) -> str:
    known = sheets.encoding_of(content)
    tried = (known,) if known else sheets.assumed_encodings()
    place = 0
    for encoding in tried:
        failed = sheets.decodes([content], encoding)
        if failed is None:
            return content.decode(encoding).removeprefix("\ufeff")
        place = failed
    raise not_text(place)


def not_text(place: int) -> Misuse:
    """Return the error of a file whose bytes are no text."""
    text = Text(
        zh="文件不是 UTF-8、UTF-16 或 GB18030 文本(第 {n} 字节)；另存为 CSV UTF-8 或 .xlsx",
        en="the file is no UTF-8, UTF-16 or GB18030 text (byte {n}); save it as CSV UTF-8 or .xlsx",
    )
    return Misuse("usage", text.fill(n=place))


def _columns(rows: Iterator[SheetRow]) -> tuple[dict[str, int], int]:
    """Return which column is what, from the first row that names those needed, and how many there are."""
    best: dict[str, int] = {}
    for row in islice(rows, ROWS_ABOVE):
        found = _headings(row.cells or [])
        if all(column in found for column in NEEDED):
            return found, len(row.cells or [])
        best = max(best, found, key=len)
    missing = [HEADINGS[column] for column in NEEDED if column not in best]
    text = Text(
        zh="第 1 行缺少列 {missing}；可用的列：{known}", en="line 1 lacks the column {missing}; known are: {known}"
    )
    listed = ", ".join(f"{heading.zh} {heading.en}" for heading in HEADINGS.values())
    raise Misuse("usage", text.fill(missing=", ".join(one.en for one in missing), known=listed))


def _headings(cells: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        column = _COLUMN_OF.get(_heading(cell))
        if column is not None:
            found.setdefault(column, index)
    return found


def _checked(rows: Iterator[SheetRow], reader: _Reader) -> Iterator[tuple[int, Booking | Refused]]:
    for row in rows:
        if row.cells is None:
            yield row.line, Refused("bad_row", Text(zh="引号没有成对", en="a quote is not closed"))
            continue
        said = reader.said(row.cells)
        if reader.is_beside(row.cells, said):
            continue
        try:
            yield row.line, reader.booking(row.cells, said)
        except Refused as refusal:
            yield row.line, refusal


class _Reader:
    """Reads rows under the headings of one table; remembers what merged cells say for the rows below."""

    def __init__(self, columns: dict[str, int], width: int, hospital: Hospital) -> None:
        self._columns = columns
        self._width = width
        self._hospital = hospital
        self._clinics = _clinics_by_name(hospital)
        self._above: dict[str, str] = {}

    def is_beside(self, cells: list[str], said: dict[str, str]) -> bool:
        """Whether a row is no booking: headings once more, or a total."""
        first = next((_heading(cell) for cell in cells if cell.strip()), "")
        if first in _COLUMN_OF:
            return all(_heading(cell) in _COLUMN_OF for cell in cells if cell.strip())
        return bool(_TOTALS.fullmatch(first)) and read_moment(said["at"], serials=False) is None

    def booking(self, cells: list[str], said: dict[str, str]) -> Booking:
        """Return the booking of a row.

        Raises Refused: bad_row, unknown_clinic, bad_time, unknown_priority, bad_status.
        """
        if len(cells) > self._width:
            text = Text(
                zh="有 {n} 格，表头只有 {w} 格；检查逗号和引号",
                en="{n} cells under {w} headings; look at commas and quotes",
            )
            raise Refused("bad_row", text.fill(n=len(cells), w=self._width))
        for column in ("clinic", "date"):
            said[column] = self._above[column] = said.get(column) or self._above.get(column, "")
        clinic = self._clinic(said["clinic"])
        priority = refusals.known_priorities(self._hospital, said.get("priority", "").split())
        phone = said.get("phone", "")
        return Booking(
            clinic=clinic.id,
            at=_slot(said["at"], said["date"], self._hospital),
            name=said.get("name", ""),
            phone=phone,
            priority=tuple(priority),
            reference=said.get("reference", ""),
            cancelled=_is_cancelled(said.get("status", "")),
            warning=NO_TELEPHONE.fill(said=visible(phone)) if phone and phone_tail(phone) is None else None,
        )

    def said(self, cells: list[str]) -> dict[str, str]:
        """Return what a row says, by column."""
        return {
            column: " ".join(cells[index].split()) if index < len(cells) else ""
            for column, index in self._columns.items()
        }

    def _clinic(self, said: str) -> Clinic:
        return self._clinics.get(_plain_name(said)) or refusals.known_clinic(self._hospital, said)


NO_TELEPHONE = Text(
    zh="电话“{said}”不是一个清楚的号码，没有保留；写一个号码，如 13800138000",
    en="telephone {said} is not plainly one number and was not kept; write one, such as 13800138000",
)


def _clinics_by_name(hospital: Hospital) -> dict[str, Clinic]:
    found: dict[str, Clinic] = {}
    for clinic in hospital.clinic:
        for name in (clinic.id, clinic.name.zh, clinic.name.en):
            found.setdefault(_plain_name(name), clinic)
    return found


# rows of one table say the same clinics, times and words again and again
@lru_cache(maxsize=1024)
def _heading(cell: str) -> str:
    return plain_heading(normalised(cell))


@lru_cache(maxsize=1024)
def _plain_name(name: str) -> str:
    return "".join(normalised(name).casefold().split())


def _is_cancelled(said: str) -> bool:
    word = plain_heading(normalised(said))
    if word in _CANCELLED:
        return True
    if word in _BOOKED:
        return False
    text = Text(
        zh="状态“{said}”不认识；可用：已预约、已取消",
        en="status {said} is unknown; known are booked and cancelled",
    )
    raise Refused("bad_status", text.fill(said=visible(said)))


_moment_of = lru_cache(maxsize=4096)(read_moment)


def _slot(said: str, day: str, hospital: Hospital) -> datetime:
    """Return the booked moment of a cell, or of one with the time and one with the date. Raises Refused: bad_time."""
    beside = _moment_of(day) if day else NOTHING
    found = _moment_of(said)
    if found is not None and beside is not None:
        at = found.beside(Moment(beside.day, None)).in_zone(hospital.zone)
        if at is not None:
            return at
    raise _no_time(f"{day} {said}" if day else said)


def _no_time(said: str) -> Refused:
    text = Text(zh="{at} 不是时间；写成 2026-11-23 18:30", en="{at} is not a time; write 2026-11-23 18:30")
    return Refused("bad_time", text.fill(at=visible(said)))


_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


def slot_time(said: str, hospital: Hospital) -> datetime:
    """Read a booked time, `2026-11-23 18:30`, in the hospital's zone or with an offset. Raises Refused: bad_time."""
    return _slot(said, "", hospital)


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
