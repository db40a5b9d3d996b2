"""Who is expected: telephone calls, bookings, their windows, their file, and those who never come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st
from looking import look
from refusing import minutes, refused

from nightdesk_queue.commands.booking_import import Change, Taken, take_all
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Misuse, Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import Lane, State
from nightdesk_queue.rules.booking_files import read, slot_time, spoken_slot
from nightdesk_queue.store import slips


def test_a_caller_has_a_number_but_no_slip_until_they_are_here(desk: Desk, evening: datetime, nurse: By) -> None:
    expected = desk.expect("bone", now=evening, by=nurse, name="张三丰", phone="138 0000-1234")
    assert (expected.state, expected.number, expected.phone) == (State.EXPECTED, "B001", "1234")
    assert slips.of_ticket(look(desk.database), expected.id) is None
    here = desk.check_in("B001", now=evening + minutes(40), by=nurse)
    assert (here.state, here.lane, here.arrived_at) == (State.WAITING, Lane.FIRST, evening + minutes(40))
    assert slips.of_ticket(look(desk.database), expected.id) is not None
    with refused("wrong_state"):
        desk.check_in("B001", now=evening + minutes(41), by=nurse)


@pytest.mark.parametrize(
    ("arrives", "lane"), [(-60, Lane.BOOKED), (0, Lane.BOOKED), (30, Lane.BOOKED), (31, Lane.FIRST)]
)
def test_in_the_window_the_slot_counts_as_arrival_after_it_the_moment(
    desk: Desk, evening: datetime, nurse: By, arrives: int, lane: Lane
) -> None:
    slot = evening + minutes(60)
    desk.expect("tcm-night", now=evening - minutes(200), by=nurse, slot_at=slot)
    here = desk.check_in("N001", now=slot + minutes(arrives), by=nurse)
    assert here.lane is lane
    assert here.queued_at == (slot if lane is Lane.BOOKED else slot + minutes(arrives))


def test_too_early_is_refused_with_the_time(desk: Desk, evening: datetime, nurse: By) -> None:
    desk.expect("tcm-night", now=evening - minutes(200), by=nurse, slot_at=evening + minutes(60))
    with pytest.raises(Refused) as refusal:
        desk.check_in("N001", now=evening - minutes(1), by=nurse)
    assert refusal.value.code == "too_early"
    assert "18:30" in refusal.value.text.en


def test_a_booked_patient_with_a_badge_keeps_it(desk: Desk, evening: datetime, nurse: By) -> None:
    slot = evening + minutes(10)
    desk.expect("tcm-night", now=evening, by=nurse, slot_at=slot, priority=["pregnant"])
    here = desk.check_in("N001", now=slot + minutes(5), by=nurse)
    assert (here.lane, here.queued_at) == (Lane.PRIORITY, slot)


@pytest.mark.parametrize(
    ("clinic", "hours", "code"),
    [
        ("tcm-night", 5, "closed"),
        ("tcm-night", -3, "too_late"),
        ("postpartum", 24 * 5, "closed"),
        ("none", 1, "unknown_clinic"),
    ],
)
def test_a_slot_must_be_in_a_session_to_come(
    desk: Desk, evening: datetime, nurse: By, clinic: str, hours: int, code: str
) -> None:
    with refused(code):
        desk.expect(clinic, now=evening, by=nurse, slot_at=evening + minutes(60 * hours))


def test_bookings_for_days_to_come_do_not_begin_those_days(desk: Desk, evening: datetime, nurse: By) -> None:
    tomorrow = evening + minutes(24 * 60)
    booked = [desk.expect("tcm-night", now=evening, by=nurse, slot_at=tomorrow) for _ in range(2)]
    assert [ticket.service_day.isoformat() for ticket in booked] == ["2026-03-03"] * 2
    today = [desk.issue("tcm-night", now=evening, by=nurse) for _ in range(2)]
    assert [ticket.service_day.isoformat() for ticket in today] == ["2026-03-02"] * 2
    numbers = [ticket.number for ticket in booked + today]
    assert len(set(numbers)) == 4, "never equal among the living"
    for ticket in today:
        desk.cancel(ticket.id, now=evening, by=nurse)
    walk_in = desk.issue("tcm-night", now=tomorrow, by=nurse)
    assert walk_in.service_day.isoformat() == "2026-03-03"
    assert walk_in.number not in {ticket.number for ticket in booked}


def test_a_slot_to_come_does_not_push_newcomers_behind_it(desk: Desk, evening: datetime, nurse: By) -> None:
    slot = evening + minutes(50)
    desk.expect("tcm-night", now=evening, by=nurse, slot_at=slot)
    desk.check_in("N001", now=evening, by=nurse)
    assert desk.issue("tcm-night", now=evening + minutes(1), by=nurse).queued_at == evening + minutes(1)


def test_bookings_take_places_of_the_quota_until_they_lapse(
    hospital: Hospital, desk: Desk, evening: datetime, nurse: By
) -> None:
    clinics = [
        clinic.changed(sessions=[one.changed(quota=2) for one in clinic.sessions], stop_by_forecast=False)
        for clinic in hospital.clinic
    ]
    desk = Desk(desk.database, hospital.changed(clinic=clinics))
    desk.expect("tcm-night", now=evening - minutes(600), by=nurse, slot_at=evening)
    desk.issue("tcm-night", now=evening, by=nurse)
    with refused("full"):
        desk.issue("tcm-night", now=evening, by=nurse)
    with refused("full"):
        desk.expect("tcm-night", now=evening, by=nurse, slot_at=evening)
    desk.cancel("N001", now=evening, by=nurse)
    assert desk.issue("tcm-night", now=evening, by=nurse).number == "N003"


def test_no_shows_lapse_when_their_session_is_over_and_not_before(desk: Desk, evening: datetime, nurse: By) -> None:
    closes = evening.replace(hour=21, minute=0)
    desk.expect("tcm-night", now=evening, by=nurse, slot_at=evening)
    desk.expect("bone", now=evening, by=nurse)
    desk.issue("tcm-night", now=evening, by=nurse)
    assert desk.mark_no_shows(now=closes - minutes(1), by=nurse) == []
    assert [ticket.number for ticket in desk.mark_no_shows(now=closes, by=nurse)] == ["N001"]
    next_day = closes.replace(hour=8) + minutes(24 * 60)
    assert [ticket.state for ticket in desk.mark_no_shows(now=next_day, by=nurse)] == [State.LAPSED]
    assert desk.mark_no_shows(now=next_day, by=nurse) == []


def test_the_kiosk_knows_a_booked_patient_by_the_last_digits(desk: Desk, evening: datetime, nurse: By) -> None:
    for phone in ("13800001234", "13900005678", "13700005678"):
        desk.expect("bone", now=evening, by=nurse, phone=phone)
    assert desk.report("1234", now=evening, by=nurse, kiosk="lobby-1").number == "B001"
    with refused("ask_desk"):
        desk.report("5678", now=evening, by=nurse)
    with refused("unknown_ticket"):
        desk.report("9999", now=evening, by=nurse)


FILE = """门诊,时间,姓名,电话,优先,编号
tcm-night,2026-03-02 19:00,张三,13800001234,,A1
中医夜间门诊,2026/03/02 19:15,"李,四",,pregnant,A2

nowhere,2026-03-02 19:15,王五,,,A3
tcm-night,7 pm,王五,,,A4
tcm-night,2026-03-02 19:30,王五,,king,A5
tcm-night,2026-03-02 23:30,王五,,,A6
tcm-night,2026-03-02 19:45,王五,,,A7,too,many
tcm-night,2026-03-02 20:00,赵六,,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_good_rows_are_taken_bad_ones_reported_by_line_and_again_does_no_harm(
    desk: Desk, evening: datetime, nurse: By, encoding: str
) -> None:
    rows = read(FILE.encode(encoding), desk.hospital)
    taken = list(take_all(desk.database, desk.hospital, rows, evening, nurse))
    assert [(one.line, one.refusal.code if one.refusal else None) for one in taken] == [
        (2, None),
        (3, None),
        (5, "unknown_clinic"),
        (6, "bad_time"),
        (7, "unknown_priority"),
        (8, "closed"),
        (9, "bad_row"),
        (10, None),
    ]
    names = [ticket.name for ticket in desk.expected()]
    assert names == ["张三", "李,四", "赵六"]
    again = list(take_all(desk.database, desk.hospital, rows, evening + minutes(1), nurse))
    assert [one.known for one in again if one.refusal is None] == [True] * 3
    assert [ticket.name for ticket in desk.expected()] == names


def test_a_booking_that_comes_again_for_another_clinic_is_reported(desk: Desk, evening: datetime, nurse: By) -> None:
    for clinic, code in (("tcm-night", None), ("bone", "key_in_use")):
        content = f"clinic,at,reference\n{clinic},2026-03-02 19:00,A1\n".encode()
        (one,) = take_all(desk.database, desk.hospital, read(content, desk.hospital), evening, nurse)
        assert (one.refusal.code if one.refusal else None) == code


@pytest.mark.parametrize("content", [b"", b"name,phone\nx,1\n", b"\xff\xfe\x00", b'clinic,at\n"open'])
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(desk: Desk, content: bytes) -> None:
    try:
        assert all(isinstance(row, Refused) for _, row in read(content, desk.hospital))
    except Misuse as misuse:
        assert misuse.exit_status == 2
    else:
        assert content.startswith(b"clinic,at")


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail_otherwise(hospital: Hospital, text: str) -> None:
    try:
        read(f"clinic,at\n{text}".encode("utf-8", "replace"), hospital)
    except Misuse as misuse:
        assert misuse.text.zh


def test_an_open_quote_spoils_its_own_row_only(desk: Desk, evening: datetime, nurse: By) -> None:
    content = 'clinic,at,name\ntcm-night,2026-03-02 19:00,"abc\ntcm-night,2026-03-02 19:05,B\n'
    taken = list(take_all(desk.database, desk.hospital, read(content.encode(), desk.hospital), evening, nurse))
    assert [(one.line, one.refusal.code if one.refusal else None) for one in taken] == [(2, "bad_row"), (3, None)]


def test_a_booking_cancelled_here_and_booked_anew_there_is_taken(desk: Desk, evening: datetime, nurse: By) -> None:
    def come(at: str) -> list[str | None]:
        content = f"clinic,at,reference\ntcm-night,2026-03-02 {at},A1\n".encode()
        taken = take_all(desk.database, desk.hospital, read(content, desk.hospital), evening, nurse)
        return [one.ticket.number if one.ticket and not one.known else None for one in taken]

    assert come("19:00") == ["N001"]
    desk.cancel("N001", now=evening, by=nurse)
    assert come("19:00") == [None]
    assert come("19:30") == ["N002"]
    assert come("19:30") == [None]


@pytest.mark.parametrize(
    "said", ["2026-03-02", "20260302", "19:00 2026-03-02", "2026-02-30 19:00", "foo", "", "2026-03-02 24:00"]
)
def test_a_slot_has_a_date_and_a_time(hospital: Hospital, said: str) -> None:
    with refused("bad_time"):
        slot_time(said, hospital)


def test_unpadded_dates_of_spreadsheets_are_read(hospital: Hospital) -> None:
    assert slot_time("2027/1/5 9:05", hospital).isoformat() == "2027-01-05T09:05:00+08:00"
    assert slot_time("2027-01-05T09:05:30+00:00", hospital).utcoffset() == timedelta(0)


def test_a_time_on_the_telephone_is_of_this_night(hospital: Hospital, evening: datetime) -> None:
    night = evening.replace(hour=23)
    bone, evenings = hospital.clinics["bone"], hospital.clinics["tcm-night"]
    assert spoken_slot("3:00", bone, hospital, night).isoformat() == "2026-03-03T03:00:00+08:00"
    assert spoken_slot("23:30", bone, hospital, night).date() == night.date()
    assert spoken_slot("18:00", evenings, hospital, evening).date() == evening.date(), "not tomorrow's session"


def test_a_late_patient_of_a_clinic_that_never_closes_may_come_all_day(
    desk: Desk, evening: datetime, nurse: By
) -> None:
    morning = evening.replace(hour=9)
    desk.expect("bone", now=morning, by=nurse, slot_at=morning + minutes(30))
    assert desk.mark_no_shows(now=evening, by=nurse) == []
    assert desk.check_in("B001", now=evening, by=nurse).lane is Lane.FIRST


def test_a_suspended_clinic_expects_nobody_today_whatever_the_time(desk: Desk, evening: datetime, nurse: By) -> None:
    desk.suspend("tcm-night", now=evening, by=nurse)
    with refused("suspended"):
        desk.expect("tcm-night", now=evening, by=nurse, slot_at=evening + minutes(30))
    assert desk.expect("tcm-night", now=evening, by=nurse, slot_at=evening + minutes(24 * 60)).number == "N001"


class TestTheSameFileAgain:
    """What changed in the other system is changed here; nothing is taken twice."""

    HEAD = "clinic,at,name,phone,priority,reference,status\n"

    @pytest.fixture
    def come(self, desk: Desk, evening: datetime, nurse: By) -> Callable[..., list[Taken]]:
        def come(*rows: str, cancel_missing: bool = False, head: str = self.HEAD) -> list[Taken]:
            content = (head + "".join(f"{row}\n" for row in rows)).encode()
            found = read(content, desk.hospital)
            taken = take_all(desk.database, desk.hospital, found, evening, nurse, cancel_missing=cancel_missing)
            return list(taken)

        return come

    def test_what_changed_is_taken_over_and_listed(self, come: Callable[..., list[Taken]]) -> None:
        come("tcm-night,2026-03-02 19:00,Li,13800001234,,A1,")
        (again,) = come("tcm-night,2026-03-02 19:00,Li Ming,13800005678,elderly,A1,")
        assert (again.change, again.changed) == (Change.CHANGED, ("name", "phone", "priority"))
        assert again.ticket is not None
        assert (again.ticket.name, again.ticket.phone, again.ticket.priority) == ("Li Ming", "5678", ("elderly",))
        assert come("tcm-night,2026-03-02 19:00,Li Ming,13800005678,elderly,A1,")[0].change is Change.KNOWN

    def test_what_a_row_does_not_say_stays(self, come: Callable[..., list[Taken]]) -> None:
        come("tcm-night,2026-03-02 19:00,Li,13800001234,elderly,A1,")
        (again,) = come("tcm-night,2026-03-02 19:00,,1.38E+10,,A1,")
        assert again.change is Change.KNOWN
        assert again.warning is not None
        assert again.ticket is not None
        assert (again.ticket.name, again.ticket.phone) == ("Li", "1234")

    @pytest.mark.parametrize("day", ["2026-03-02", "2026-03-03"])
    def test_a_moved_slot_keeps_its_number(
        self, come: Callable[..., list[Taken]], desk: Desk, evening: datetime, nurse: By, day: str
    ) -> None:
        come("tcm-night,2026-03-02 19:00,Li,,,A1,", "tcm-night,2026-03-02 19:15,Wu,,,A2,")
        (moved,) = come(f"tcm-night,{day} 20:00,Wu,,,A2,")
        assert (moved.change, moved.changed) == (Change.MOVED, ("at",))
        assert moved.ticket is not None
        assert (moved.ticket.number, moved.ticket.service_day.isoformat()) == ("N002", day)
        assert moved.ticket.slot_at == moved.ticket.queued_at
        desk.undo(now=evening, by=nurse)
        (ticket,) = [one for one in desk.expected() if one.number == "N002"]
        assert ticket.service_day.isoformat() == "2026-03-02"

    def test_a_number_that_is_taken_on_the_other_day_is_told(self, come: Callable[..., list[Taken]]) -> None:
        come("tcm-night,2026-03-03 19:00,Li,,,A1,", "tcm-night,2026-03-02 19:15,Wu,,,A2,")
        come("tcm-night,2026-03-02 19:00,Li,,,A1,cancelled", "tcm-night,2026-03-03 19:00,Xu,,,A3,")
        (moved,) = come("tcm-night,2026-03-02 20:00,Xu,,,A3,")
        assert moved.ticket is not None
        assert moved.change is Change.MOVED

    def test_a_moved_time_without_a_reference_takes_no_second_number(self, come: Callable[..., list[Taken]]) -> None:
        first = come("tcm-night,2026-03-02 19:00,Li,13800001234,,,")[0].ticket
        (moved,) = come("tcm-night,2026-03-02 19:30,Li,13800001234,,,")
        assert first is not None
        assert moved.ticket is not None
        assert (moved.change, moved.ticket.id) == (Change.MOVED, first.id)
        again = come("tcm-night,2026-03-02 19:30,Li,13800001234,,,")
        assert [one.known for one in again] == [True]

    def test_a_second_booking_of_the_same_person_is_another_one(self, come: Callable[..., list[Taken]]) -> None:
        one, two = "tcm-night,2026-03-02 19:00,Li,13800001234,,,", "tcm-night,2026-03-02 20:00,Li,13800001234,,,"
        come(one)
        taken = come(two, one)
        assert sorted((row.line, row.change) for row in taken) == [(2, Change.NEW), (3, Change.KNOWN)]

    def test_a_reference_without_its_zeros_is_the_same(self, come: Callable[..., list[Taken]]) -> None:
        come("tcm-night,2026-03-02 19:00,Li,,,000123,")
        for reference in ("123", "000123", "123.0"):
            assert come(f"tcm-night,2026-03-02 19:00,Li,,,{reference},")[0].change is Change.KNOWN

    def test_cancelled_is_cancelled_and_never_taken_is_not(self, come: Callable[..., list[Taken]], desk: Desk) -> None:
        come("tcm-night,2026-03-02 19:00,Li,,,A1,已预约")
        taken = come("tcm-night,2026-03-02 19:00,Li,,,A1,已取消", "tcm-night,2026-03-02 19:15,Wu,,,A2,已取消")
        assert [one.change for one in taken] == [Change.CANCELLED, Change.NEVER_TAKEN]
        assert desk.expected() == []
        assert come("tcm-night,2026-03-02 19:00,Li,,,A1,已取消")[0].change is Change.KNOWN

    def test_who_has_come_already_is_left_as_they_are(
        self, come: Callable[..., list[Taken]], desk: Desk, evening: datetime, nurse: By
    ) -> None:
        come("tcm-night,2026-03-02 18:30,Li,,,A1,")
        desk.check_in("N001", now=evening, by=nurse)
        for row in ("tcm-night,2026-03-02 18:30,Li,,,A1,cancelled", "tcm-night,2026-03-02 18:30,Wu,,,A1,"):
            (taken,) = come(row)
            assert taken.ticket is not None
            assert (taken.ticket.state, taken.ticket.name) == (State.WAITING, "Li")

    def test_bookings_that_are_gone_are_cancelled_only_where_that_is_asked_for(
        self, come: Callable[..., list[Taken]], desk: Desk, evening: datetime, nurse: By
    ) -> None:
        rows = [f"tcm-night,2026-03-02 {at},P{at},,,R{at}," for at in ("19:00", "19:15", "19:30")]
        come(*rows, "tcm-night,2026-03-09 19:00,Later,,,L,", "bone,2026-03-02 19:00,Bone,,,B,")
        desk.expect("tcm-night", now=evening, by=nurse, name="By telephone", slot_at=evening + minutes(60))
        come(rows[0], rows[2])
        assert len(desk.expected()) == 6
        gone = [one for one in come(rows[0], rows[2], cancel_missing=True) if one.line is None]
        assert [one.ticket.name for one in gone if one.ticket] == ["P19:15"]
        assert len(desk.expected()) == 5

    def test_nothing_is_cancelled_while_a_row_cannot_be_read(
        self, come: Callable[..., list[Taken]], desk: Desk
    ) -> None:
        rows = [f"tcm-night,2026-03-02 {at},P{at},,,R{at}," for at in ("19:00", "19:15")]
        come(*rows)
        taken = come(rows[0], "tcm-night,soon,P19:15,,,R19:15,", cancel_missing=True)
        assert [one.refusal.code for one in taken if one.refusal] == ["bad_time", "rows_with_faults"]
        assert len(desk.expected()) == 2

    def test_an_import_that_was_broken_off_is_begun_again(self, desk: Desk, evening: datetime, nurse: By) -> None:
        content = self.HEAD + "".join(f"bone,2026-03-03 19:00,P{n},,,R{n},\n" for n in range(700))
        rows = read(content.encode(), desk.hospital)
        broken_off = take_all(desk.database, desk.hospital, rows, evening, nurse)
        for _ in range(3):
            next(broken_off)
        broken_off.close()
        taken = list(take_all(desk.database, desk.hospital, rows, evening, nurse))
        assert len(taken) == 700
        assert {one.change for one in taken} == {Change.NEW, Change.KNOWN}
        assert len({one.number for one in desk.expected()}) == 700


def test_a_held_number_of_another_day_is_passed_over_in_one_question(desk: Desk, evening: datetime, nurse: By) -> None:
    tomorrow = evening + minutes(24 * 60)
    for _ in range(3):
        desk.expect("tcm-night", now=evening, by=nurse, slot_at=tomorrow)
    desk.cancel("N002", now=evening, by=nurse)
    given = [desk.expect("tcm-night", now=evening, by=nurse, slot_at=evening).number for _ in range(3)]
    assert given == ["N002", "N004", "N005"]
