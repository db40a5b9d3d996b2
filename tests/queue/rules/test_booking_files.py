"""Tables of bookings as spreadsheets really write them: separators, encodings, times, merged cells, totals."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Misuse, Refused
from nightdesk_queue.rules import sheets
from nightdesk_queue.rules.booking_files import Booking, plain_reference, read, slot_time

HEADINGS = ["门诊", "时间", "姓名", "电话", "编号"]
ROW = ["tcm-night", "2026-03-02 19:00", "张三", "13800001234", "A1"]


def taken(content: str | bytes, hospital: Hospital) -> list[Booking]:
    rows = read(content if isinstance(content, bytes) else content.encode(), hospital)
    refused = [row.text.en for _, row in rows if isinstance(row, Refused)]
    assert not refused
    return [row for _, row in rows if isinstance(row, Booking)]


def refusals(content: str, hospital: Hospital) -> list[tuple[int, str, str]]:
    return [(at, row.code, row.text.en) for at, row in read(content.encode(), hospital) if isinstance(row, Refused)]


@pytest.mark.parametrize("separator", [",", ";", "\t", "，", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_separator_encoding_and_line_end_is_read(
    hospital: Hospital, separator: str, encoding: str, end: str
) -> None:
    text = end.join(separator.join(row) for row in (HEADINGS, ROW)) + end
    (booking,) = taken(text.encode(encoding), hospital)
    assert (booking.clinic, booking.name, booking.phone, booking.reference) == (
        "tcm-night", "张三", "13800001234", "A1",
    )  # fmt: skip
    assert booking.at == datetime(2026, 3, 2, 19, tzinfo=hospital.zone)


def test_a_line_that_names_the_separator_is_none_of_the_table(hospital: Hospital) -> None:
    rows = read(b"sep=;\nclinic;at;name\ntcm-night;2026-03-02 19:00;A, B\n", hospital)
    assert [(line, row.name) for line, row in rows if isinstance(row, Booking)] == [(3, "A, B")]


def test_a_quoted_cell_goes_on_in_the_next_line(hospital: Hospital) -> None:
    text = 'clinic,at,name\n"中医\n夜间门诊",2026-03-02 19:00,"Li\nMing"\ntcm-night,2026-03-02 19:05,B\n'
    rows = read(text.encode(), hospital)
    assert [(line, row.clinic, row.name) for line, row in rows if isinstance(row, Booking)] == [
        (2, "tcm-night", "Li Ming"),
        (5, "tcm-night", "B"),
    ]


def test_two_stray_quotes_spoil_their_own_rows_only(hospital: Hospital) -> None:
    text = (
        'clinic,at,name\ntcm-night,2026-03-02 19:00,"A\ntcm-night,2026-03-02 19:05,B\n'
        'tcm-night,2026-03-02 19:10,"C\ntcm-night,2026-03-02 19:15,D\n'
    )
    rows = read(text.encode(), hospital)
    assert [(line, isinstance(row, Refused)) for line, row in rows] == [(2, True), (3, False), (4, True), (5, False)]


@pytest.mark.parametrize(
    "said",
    [
        "2026-03-02 18:30",
        "2026-3-2 18:30:00",
        "2026/03/02 18:30",
        "2026.3.2 18:30",
        "2026年3月2日 18:30",
        "2026年03月02日18时30分",
        "2026年3月2日 下午6:30",
        "2026年3月2日星期一 下午6点半",
        "2026-03-02T18:30",
        "2026-03-02  18:30",
        "2026-03-02\u00a018:30",
        "２０２６－０３－０２　１８：３０",
        "2026-03-02 6:30 PM",
        "2026-03-02 06:30pm",
        "46083.770833333336",
        "2026-03-02 10:30Z",
        "2026-03-02 18:30+08:00",
    ],
)
def test_half_past_six_is_read_however_it_is_written(hospital: Hospital, said: str) -> None:
    assert slot_time(said, hospital) == datetime(2026, 3, 2, 18, 30, tzinfo=hospital.zone)


@pytest.mark.parametrize(
    ("said", "hour"), [("上午12:00", 0), ("中午12:00", 12), ("12:00 am", 0), ("12:30 PM", 12), ("凌晨1:00", 1)]
)
def test_noon_and_midnight_are_told_apart(hospital: Hospital, said: str, hour: int) -> None:
    assert slot_time(f"2026-03-02 {said}", hospital).hour == hour


@pytest.mark.parametrize(
    "said",
    [
        "03/02/2026 18:30", "2.3.2026 18:30", "2026-03-02", "46083", "18:30", "2026-03-02 25:00", "2026-02-30 18:30",
        "2026-03-02 18", "上午18:30", "2026-03-02 上午18:30", "9e99", "nan", "٢٠٢٦-٠٣-٠٢ ١٨:٣٠", "2026-03-0218:30", "",
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_or_in_none_is_refused(hospital: Hospital, said: str) -> None:
    with pytest.raises(Refused) as refusal:
        slot_time(said, hospital)
    assert refusal.value.code == "bad_time"
    assert "write 2026-11-23 18:30" in refusal.value.text.en


def test_what_cannot_be_seen_is_made_visible_in_the_error(hospital: Hospital) -> None:
    ((line, code, text),) = refusals("clinic,at\ntcm-night,2026\u200b-03-02\u00a0x\n", hospital)
    assert (line, code) == (2, "bad_time")
    assert text.startswith("2026\\u200b-03-02 x is not a time")


@pytest.mark.parametrize(
    ("day", "at"), [("2026-03-02", "18:30"), ("46083", "0.770833333"), ("2026年3月2日", "下午6:30")]
)
def test_date_and_time_may_stand_in_two_columns(hospital: Hospital, day: str, at: str) -> None:
    (booking,) = taken(f"门诊,日期,时间\ntcm-night,{day},{at}\n", hospital)
    assert booking.at == datetime(2026, 3, 2, 18, 30, tzinfo=hospital.zone)


def test_merged_cells_hold_for_the_rows_below(hospital: Hospital) -> None:
    text = "门诊,日期,时间,姓名\ntcm-night,2026-03-02,18:30,甲\n,,18:45,乙\nbone,2026-03-03,19:00,丙\n,,19:15,丁\n"
    found = [(one.clinic, one.at.day, one.name) for one in taken(text, hospital)]
    assert found == [("tcm-night", 2, "甲"), ("tcm-night", 2, "乙"), ("bone", 3, "丙"), ("bone", 3, "丁")]


def test_titles_second_headings_and_totals_are_no_bookings(hospital: Hospital) -> None:
    text = (
        "夜间门诊预约表,,,\n,,,\n门诊,时间,姓名,电话\nclinic,at,name,phone\ntcm-night,2026-03-02 18:30,甲,\n"
        "门诊,时间,姓名,电话\ntcm-night,2026-03-02 18:45,乙,\n合计：,2,,\nTotal,2,,\n"
    )
    assert [one.name for one in taken(text, hospital)] == ["甲", "乙"]


def test_headings_are_known_by_what_other_programs_call_them(hospital: Hospital) -> None:
    text = "预约科室,预约时间,患者姓名,联系电话,预约号,预约状态\nbone,2026-03-02 18:30,甲,13800001234,7,已预约\n"
    (booking,) = taken(text, hospital)
    assert (booking.clinic, booking.name, booking.reference, booking.cancelled) == ("bone", "甲", "7", False)


@pytest.mark.parametrize(
    ("said", "cancelled"), [("已取消", True), ("Cancelled", True), (" 退号 ", True), ("正常", False), ("", False)]
)
def test_a_status_says_whether_the_booking_stands(hospital: Hospital, said: str, cancelled: bool) -> None:
    (booking,) = taken(f"clinic,at,status\ntcm-night,2026-03-02 18:30,{said}\n", hospital)
    assert booking.cancelled is cancelled


def test_an_unknown_status_is_refused_with_what_it_says(hospital: Hospital) -> None:
    ((_, code, text),) = refusals("clinic,at,status\ntcm-night,2026-03-02 18:30,perhaps\n", hospital)
    assert code == "bad_status"
    assert "perhaps" in text


@pytest.mark.parametrize(
    ("said", "plain"), [("000123", "123"), ("123", "123"), ("123.0", "123"), ("A-1", "A-1"), ("0", "0")]
)
def test_a_reference_is_the_same_with_and_without_what_a_spreadsheet_does_to_it(said: str, plain: str) -> None:
    assert plain_reference(said) == plain


def test_a_telephone_that_a_spreadsheet_spoiled_is_told(hospital: Hospital) -> None:
    (booking,) = taken("clinic,at,phone\ntcm-night,2026-03-02 18:30,1.38E+10\n", hospital)
    assert booking.warning is not None
    assert "1.38E+10" in booking.warning.en


@pytest.mark.parametrize("content", [b"\0" * 5000, b"\x89PNG\r\n\x1a\n\xff\xff", b"name;when\nx;y\n", b"\xff\xfea"])
def test_what_is_no_table_is_refused_as_a_whole(hospital: Hospital, content: bytes) -> None:
    with pytest.raises(Misuse):
        read(content, hospital)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")), max_size=30))
def test_no_row_is_lost_or_read_twice_whatever_quotes_stand_where(lines: list[str]) -> None:
    starts = [row.line for row in sheets.rows(lines, ",")]
    assert starts == sorted(set(starts))
    assert all(lines[at - 1].strip(', \t"') or '"' in lines[at - 1] for at in starts)
