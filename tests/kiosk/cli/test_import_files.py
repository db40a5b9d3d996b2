"""Files of bookings on the command line: workbooks, rehearsals, and what is no table."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from commandline import Nightdesk

HEADINGS = ["门诊", "日期", "时间", "姓名", "电话", "编号"]


def workbook(path: Path, *rows: list[object], title: str | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    if title:
        sheet.append([title])
        sheet.merge_cells("A1:F1")
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_is_read_with_its_own_dates_numbers_and_merged_cells(nightdesk: Nightdesk, tmp_path: Path) -> None:
    file = workbook(
        tmp_path / "b.xlsx",
        HEADINGS,
        ["tcm-night", date(2026, 3, 2), time(19, 0), "张三", 13800001234, 7],
        [None, None, datetime(2026, 3, 2, 19, 15), "李四", "13900005678", "008"],
        ["合计", 2],
        title="夜间门诊预约",
    )
    result = nightdesk("--json", "bookings", "import", str(file))
    assert result.status == 0, result.err
    tickets = [line["ticket"] for line in result.lines[:-1]]
    assert [(one["name"], one["slot_at"][11:16]) for one in tickets] == [("张三", "19:00"), ("李四", "19:15")]
    assert [line["line"] for line in result.lines[:-1]] == [3, 4]
    assert nightdesk("--json", "bookings", "import", str(file)).lines[-1]["known"] == 2


def test_a_dry_run_shows_everything_and_writes_nothing(nightdesk: Nightdesk, tmp_path: Path) -> None:
    file = tmp_path / "b.csv"
    file.write_text("clinic,at,name\ntcm-night,2026-03-02 19:00,A\n", encoding="utf-8")
    shown = nightdesk("--json", "bookings", "import", str(file), "--dry-run")
    assert (shown.lines[0]["ticket"]["number"], shown.lines[-1]["taken"], shown.lines[-1]["dry_run"]) == (
        "N001",
        1,
        True,
    )
    assert nightdesk("--json", "bookings", "list").lines == []
    said = nightdesk("bookings", "import", str(file), "--dry-run").out
    assert "nothing was written" in said


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100, "old .xls"),
        ("broken.xlsx", b"PK\x03\x04" + b"junk" * 100, "no .xlsx workbook"),
        ("picture.csv", b"\x89PNG\0\0\0\r" + bytes(range(256)) * 9, "binary data"),
        ("line.csv", b"clinic,at" + b"x" * 1_100_000, "more than 1000000 characters"),
        ("empty.csv", b"", "lacks the column"),
    ],
    ids=["old", "broken", "picture", "line", "empty"],
)
def test_what_is_no_table_is_told_with_what_would_be_read(
    nightdesk: Nightdesk, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    result = nightdesk("bookings", "import", str(file))
    assert result.status == 2
    assert told in result.err
