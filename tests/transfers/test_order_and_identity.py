"""Whom a message means, and what late, repeated and crossing messages do: each was a patient lost or doubled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk import Desk
from emergency import EmergencyRoom, Said, at, booked, clocked
from replaying import assert_events_replay_to_the_tickets

from nightdesk_queue.commands.describing import set_badges
from nightdesk_queue.commands.transferring import set_level
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import events, hl7_journal, tickets
from nightdesk_transfers.framing import Frame

A02 = Said("A02")
NURSE = By("nurse", "console")


@pytest.fixture
def desk(room: EmergencyRoom) -> Desk:
    return Desk(room.database, room.hospital)


def living(room: EmergencyRoom, clinic: str = "tcm-night") -> list[Ticket]:
    with room.database.snapshot() as tx:
        return tickets.living(tx, clinic, *State)


def said_at(minute: int, **changes: object) -> Said:
    return A02.but(at=f"2026030218{minute:02d}00+0800", **changes)


# late, repeated and crossing moves --------------------------------------------------------------------------------


def test_the_same_cancellation_again_takes_nothing_more_back(room: EmergencyRoom) -> None:
    room.sends(Said("A04", target="ED", at="20260302182000+0800"))
    room.sends(said_at(21, target="BONE_24H"))
    room.sends(said_at(22, target="ED"))
    cancels = said_at(23, event="A12")
    assert room.sends(cancels).told == "E001 的转诊已撤回"
    assert room.sends(cancels).told == "E001 没有需要更新的内容"
    assert [one.number for one in living(room, "bone")] == ["E001"]


def test_an_older_transfer_that_comes_late_moves_nobody_back(room: EmergencyRoom) -> None:
    room.sends(said_at(20, target="ED"))
    room.sends(said_at(22, target="BONE_24H"))
    assert room.sends(said_at(21, target="ED")).told.endswith("已有更新的消息，没有改动")
    assert len(living(room, "bone")) == 1


def test_an_arrival_after_the_visit_has_ended_gives_no_second_number(room: EmergencyRoom, desk: Desk) -> None:
    room.sends(said_at(20, event="A09", target="BONE_24H"))
    desk.call("bone-1", now=room.now, by=NURSE)
    desk.start("B001", now=room.now, by=NURSE)
    desk.finish("B001", now=room.now + timedelta(minutes=5), by=NURSE)
    assert room.sends(said_at(25, event="A10", target="BONE_24H")).told == "B001 已结束，没有改动"
    assert living(room, "bone") == []


def test_a_sender_whose_clock_is_ahead_voids_nothing_that_is_said_later(room: EmergencyRoom) -> None:
    room.sends(A02.but(event="A12", at="20620302183000+0800"))
    room.now += timedelta(minutes=5)
    assert room.sends(A02.but(at=clocked(room.now))).told == "已发号 N001"


# what staff have done since ------------------------------------------------------------------------------------------


def test_what_staff_have_moved_is_not_taken_back(room: EmergencyRoom, desk: Desk) -> None:
    room.sends(Said("A04", target="ED"))
    room.sends(A02)
    desk.transfer("E001", to="bone", now=room.now, by=NURSE)
    answer = room.sends(Said("A12"))
    assert (answer.code, answer.refusal) == ("AE", "moved_on")
    assert "留在急诊" not in answer.told
    assert len(living(room, "bone")) == 1


def test_a_patient_who_is_back_in_emergency_is_not_cancelled(room: EmergencyRoom) -> None:
    back = room.where("bone", way_back=True)
    back.sends(A02.but(target="BONE_24H"))
    desk = Desk(room.database, back.hospital)
    desk.call("bone-1", now=room.now, by=NURSE)
    desk.start("B001", now=room.now, by=NURSE)
    desk.finish("B001", now=room.now + timedelta(minutes=5), by=NURSE)
    assert back.sends(Said("A12")).told == "B001 没有需要更新的内容"
    assert [one.state for one in living(back, "er")] == [State.WAITING]
    assert_events_replay_to_the_tickets(room.database)


def test_a_transfer_out_of_a_consultation_is_taken_back_although_the_room_is_taken(
    room: EmergencyRoom, desk: Desk
) -> None:
    for n in (1, 2):
        room.sends(Said("A04", target="ED", visit=f"V{n}", patient=f"P{n}"))
    desk.call("er-1", ticket="E001", now=room.now, by=NURSE)
    desk.start("E001", now=room.now, by=NURSE)
    room.sends(A02)
    desk.call("er-1", ticket="E002", now=room.now, by=NURSE)
    assert room.sends(Said("A12")).told == "E001 的转诊已撤回"
    assert {one.number: one.state for one in living(room, "er")} == {"E001": State.WAITING, "E002": State.CALLED}


def test_a_transfer_is_taken_back_to_a_clinic_that_takes_nobody_in(room: EmergencyRoom) -> None:
    er = room.hospital.clinics["er"].changed(accepts_transfers_from=["bone"])
    clinics = [er if one.id == "er" else one for one in room.hospital.clinic]
    strict = EmergencyRoom(room.hospital.changed(clinic=clinics), room.database, room.now)
    strict.sends(Said("A04", target="ED"))
    strict.sends(A02)
    strict.sends(A02.but(event="A08", name="另^名"))
    assert strict.sends(Said("A12")).told == "E001 的转诊已撤回"
    assert len(living(strict, "er")) == 1


def test_who_is_with_a_doctor_elsewhere_is_not_moved_from_afar(room: EmergencyRoom, desk: Desk) -> None:
    room.sends(A02.but(target="BONE_24H"))
    desk.call("bone-1", now=room.now, by=NURSE)
    desk.start("B001", now=room.now, by=NURSE)
    answer = room.sends(said_at(35, target="TCM_NIGHT"))
    assert (answer.code, answer.refusal) == ("AE", "wrong_state")
    assert living(room, "bone")[0].state is State.SERVING


@pytest.mark.parametrize("event", ["A08", "A10", "A02"])
def test_a_level_that_staff_have_set_is_only_made_more_urgent(room: EmergencyRoom, desk: Desk, event: str) -> None:
    room.sends(A02)
    desk.do(lambda work: set_level(work, "N001", 3), room.now, NURSE)
    room.sends(A02.but(event=event, level="4"))
    assert living(room)[0].level == 3


def test_a_level_that_nobody_here_has_set_follows_the_sender_both_ways(room: EmergencyRoom) -> None:
    room.sends(A02.but(level="3"))
    assert room.sends(A02.but(event="A08", level="4")).told == "N001 的资料已更新"
    assert room.sends(A02.but(level="3")).told == "N001 的资料已更新", "and says so"
    assert living(room)[0].level == 3


def test_one_patient_of_level_one_is_one_alarm(room: EmergencyRoom) -> None:
    room.sends(A02)
    for _ in range(3):
        assert room.sends(A02.but(event="A08", level="1")).code == "AA"
    with room.database.snapshot() as tx:
        assert len(events.open_alarms(tx)) == 1


# who is who ----------------------------------------------------------------------------------------------------------


def test_a_message_that_names_another_visit_touches_no_ticket_of_a_visit(room: EmergencyRoom) -> None:
    room.sends(A02)
    for event in ("A08", "A11", "A12"):
        assert room.sends(A02.but(event=event, visit="V777", name="别^人")).told == "没有这个就诊号，没有改动"
    assert [one.name for one in living(room)] == ["陈小芳"]


def test_a_ticket_without_a_visit_number_is_found_by_the_patient_when_one_is_named_later(room: EmergencyRoom) -> None:
    room.sends(A02.but(visit=""))
    assert room.sends(A02.but(event="A08", level="3")).told == "N001 的资料已更新"
    assert room.sends(A02.but(event="A12")).told == "N001 已取消"
    assert living(room) == []


def test_an_early_cancellation_hides_no_ticket_of_the_patient(room: EmergencyRoom) -> None:
    room.sends(said_at(20, visit="V0"))
    room.sends(said_at(21, event="A12", visit="V1"))
    assert room.sends(said_at(22, visit="V1")).told == "N001 已在该门诊，没有改动"
    assert len(living(room)) == 1


def test_a_booking_with_the_number_of_a_visit_that_goes_on_takes_nothing_over(room: EmergencyRoom) -> None:
    room.sends(A02)
    follow_up = booked("S12", "B9", room.now + timedelta(days=2)) + "PV1|1|O|||||||||||||||||V1^^^ZJFY^VN\r"
    assert room.sends(follow_up).told == "预约已登记，N002"
    assert room.sends(Said("A11")).told == "N001 已取消"
    assert {one.number for one in living(room)} == {"N002"}


@pytest.mark.parametrize("hours", [1.5, 25])
def test_a_booking_for_another_time_keeps_nobody_out_now(room: EmergencyRoom, hours: float) -> None:
    room.sends(booked("S12", "B9", at("18:30") + timedelta(hours=hours)))
    answer = room.sends(A02.but(visit="V8", patient="P77"))
    assert answer.told == "已发号 N002", "the number of the booking is held"
    assert room.sends(A02.but(event="A11", visit="", patient="P77")).code == "AA"
    assert [one.state for one in living(room)] == [State.EXPECTED], "the booking stands"


def test_two_authorities_are_two(room: EmergencyRoom) -> None:
    def sent(event: str, visit: str, patient: str, **changes: str) -> str:
        text = A02.but(event=event, visit="@", patient="%", **changes).text(f"X{event}{visit}{patient}")
        visit = f"{visit}^^^EDSYS^VN" if visit else ""
        return text.replace("@^^^ZJFY^VN", visit).replace("%^^^ZJFY^MR", f"{patient}^^^MPI^MR")

    room.sends(sent("A02", "V1", "P1"))
    assert room.sends(sent("A08", "", "P1", level="3")).told == "N001 的资料已更新"
    merge = Said("A40", patient="P2", prior="P1").text("M1").replace("ZJFY^MR", "MPI^MR")
    assert room.sends(merge).told == "患者号已合并"
    assert room.sends(sent("A02", "V5", "P2", level="3")).told == "N001 已在该门诊，没有改动"


def test_every_prior_number_is_merged_into_the_patient_before_it(room: EmergencyRoom) -> None:
    for n in (3, 4, 6):
        room.sends(A02.but(visit="", patient=f"P{n}"))
    header = Said("A40").text("M9").split("\r")[0]
    pairs = (
        "PID|1||P1^^^ZJFY^MR\rPID|2||P2^^^ZJFY^MR\rMRG|P3^^^ZJFY^MR~P4^^^ZJFY^MR\r"
        "PID|3||P5^^^ZJFY^MR\rMRG|P6^^^ZJFY^MR\r"
    )
    assert room.sends(f"{header}\r{pairs}").told == "患者号已合并"
    assert room.sends(A02.but(visit="", patient="P5")).told == "N003 已在该门诊，没有改动"
    assert room.sends(A02.but(visit="", patient="P2")).told == "N002 已在该门诊，没有改动"
    assert room.sends(A02.but(visit="", patient="P1")).told == "已发号 N004"


def test_a_sender_without_visit_numbers_leaves_one_row_a_patient(room: EmergencyRoom) -> None:
    for _ in range(5):
        room.sends(A02.but(visit=""))
    with room.database.snapshot() as tx:
        row = tx.row("SELECT count(*) AS n FROM foreign_visits")
    assert row is not None
    assert row["n"] == 1


def test_a_transfer_to_where_the_patient_comes_from_is_no_way_back(room: EmergencyRoom) -> None:
    answer = room.sends(A02.but(target="TCM_NIGHT", origin="TCM_NIGHT"))
    assert answer.code == "AA"
    assert (living(room)[0].origin, living(room)[0].ways_back) == (None, ())


# refusals that wait for a decision -----------------------------------------------------------------------------------


def waiting_for_staff(room: EmergencyRoom) -> list[str]:
    with room.database.snapshot() as tx:
        return [one.key.kind for one in hl7_journal.open_refusals(tx, room.now - timedelta(hours=12))]


def test_only_who_was_to_be_taken_in_waits_for_a_decision(room: EmergencyRoom, desk: Desk) -> None:
    room.sends(A02)
    desk.call("tcm-1", now=room.now, by=NURSE)
    for event in ("A11", "A12"):
        answer = room.sends(Said(event))
        assert answer.code == "AE"
        assert "电话" in answer.told
        assert "留在急诊" not in answer.told
    assert waiting_for_staff(room) == []


def test_what_comes_later_decides_what_was_refused(room: EmergencyRoom, desk: Desk) -> None:
    desk.suspend("tcm-night", now=room.now, by=NURSE, notice="flood")
    for _ in range(3):
        room.sends(A02)
    assert waiting_for_staff(room) == ["ADT^A02"], "asked three times, decided once"
    desk.resume("tcm-night", now=room.now, by=NURSE)
    room.sends(A02)
    assert waiting_for_staff(room) == []
    desk.suspend("tcm-night", now=room.now, by=NURSE, notice="flood")
    room.sends(A02.but(visit="V2", patient="P2"))
    room.sends(Said("A12", visit="V2", patient="P2"))
    assert waiting_for_staff(room) == [], "the sender has taken it back"


# smaller things ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "level"), [("Ⅲ", 3), ("Ⅳ", 4), ("三级", 3), ("03", 3), ("iii", 3), ("3级", 3)])
def test_levels_as_they_are_written(room: EmergencyRoom, code: str, level: int) -> None:
    assert room.sends(A02.but(level=code)).told == "已发号 N001"
    assert living(room)[0].level == level


def test_a_level_that_nobody_has_mapped_is_told(room: EmergencyRoom) -> None:
    assert room.sends(A02.but(level="ESI-2")).told == "已发号 N001；分诊级别代码 ESI-2 没有对应，按 IV 级"


def test_ids_with_delimiters_are_told_apart_and_given_back(room: EmergencyRoom) -> None:
    room.sends(A02)
    for control_id, name in (("ED^1", "改^一"), ("ED^2", "改^二"), ("ED&1", "改^三")):
        said = A02.but(event="A08", name=name).text(control_id)
        [answer] = room.receiver.receive(Frame(said.encode()))
        assert f"MSA|AA|{control_id}|".encode() in answer
    assert living(room)[0].name == "改三"


def test_a_booking_in_another_age_is_never_taken(room: EmergencyRoom) -> None:
    for year in ("9999", "2099", "1900"):
        text = booked("S12", "B1", room.now).replace("^^15^2026", f"^^15^{year}")
        assert room.sends(text).code == "AR"


def test_a_quota_of_transfers_counts_who_came_and_stayed(room: EmergencyRoom) -> None:
    limited = room.where("tcm-night", quota=1)
    limited.sends(said_at(20))
    limited.sends(said_at(21, event="A12"))
    assert limited.sends(said_at(22, visit="V2", patient="P2")).code == "AA"
    assert limited.sends(said_at(23, visit="V3", patient="P3")).refusal == "full"


def test_what_another_system_does_is_replayed_from_the_events(room: EmergencyRoom, desk: Desk) -> None:
    room.sends(A02.but(badges="B6"))
    room.sends(A02.but(event="A08", born="19400101", level="3"))
    desk.do(lambda work: set_badges(work, "N001", ["veteran"]), room.now, NURSE)
    desk.undo(now=room.now, by=NURSE)
    room.sends(Said("A12"))
    assert_events_replay_to_the_tickets(room.database)


def test_control_characters_of_a_sender_reach_no_terminal(room: EmergencyRoom) -> None:
    table = room.table.changed(accept_from=[])
    other = EmergencyRoom(room.hospital.changed(hl7=table), room.database, room.now)
    other.sends(A02.but(sender="ED\\X1B\\[31m"))
    with room.database.snapshot() as tx:
        [entry] = hl7_journal.newest(tx, 1)
        made = events.after(tx, 0)
    assert "\x1b" not in entry.key.application
    assert all("\x1b" not in event.actor for event in made)


def test_a_booking_that_was_made_again_is_cancelled_too(room: EmergencyRoom) -> None:
    for hours in (1, 1.25):
        slot = room.now + timedelta(hours=hours)
        assert room.sends(booked("S12", "B1", slot)).told.startswith("预约已登记")
        assert room.sends(booked("S15", "B1", slot)).told.endswith("已取消")
    assert living(room) == []
