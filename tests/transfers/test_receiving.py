"""What each message does, and what is answered: transfers, registrations, updates, cancellations, merges, bookings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk import Desk
from emergency import EmergencyRoom, Said, at, booked, clocked

from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipKind
from nightdesk_queue.domain.tickets import Lane, State, Ticket
from nightdesk_queue.store import events, hl7_journal, slips, tickets

A02 = Said("A02")
NURSE = By("nurse", "console")


def waiting(room: EmergencyRoom, clinic: str = "tcm-night") -> list[Ticket]:
    with room.database.snapshot() as tx:
        return tickets.living(tx, clinic, *State)


def test_a_transferred_patient_without_a_ticket_gets_one_with_the_wait_so_far(room: EmergencyRoom) -> None:
    arrived = room.now - timedelta(minutes=25)
    answer = room.sends(A02.but(arrived=clocked(arrived), badges="B6"))
    assert (answer.code, answer.told) == ("AA", "已发号 N001")
    [ticket] = waiting(room)
    assert (ticket.number, ticket.name, ticket.level, ticket.priority) == ("N001", "陈小芳", 4, ("pregnant",))
    assert (ticket.arrived_at, ticket.queued_at) == (arrived, arrived)
    assert (ticket.origin, ticket.transferred_at, ticket.lane) == ("er", room.now, Lane.PRIORITY)
    with room.database.snapshot() as tx:
        job = slips.of_ticket(tx, ticket.id)
    assert job is not None
    assert job.kind is SlipKind.TRANSFER


def test_the_clinics_rule_credits_half_of_the_wait_or_none(room: EmergencyRoom) -> None:
    for credit, minutes in (("half", 10), ("none", 0)):
        other = room.where("tcm-night", credit=credit)
        visit = f"V-{credit}"
        other.sends(A02.but(visit=visit, patient=visit, arrived=clocked(room.now - timedelta(minutes=20))))
        ticket = waiting(room)[-1] if credit == "none" else waiting(room)[0]
        assert abs(ticket.queued_at - (room.now - timedelta(minutes=minutes))) < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("arrived", "why"),
    [
        (clocked(at("18:31")), "ahead of our clock"),
        ("20260301120000+0800", "longer ago than a day"),
        ("rubbish", "no time"),
        ("", "not said"),
        ("99999999999999", "no day"),
    ],
)
def test_a_wait_that_cannot_be_true_is_not_credited(room: EmergencyRoom, arrived: str, why: str) -> None:
    assert room.sends(A02.but(arrived=arrived)).code == "AA", why
    assert waiting(room)[0].queued_at == room.now


def test_a_patient_with_a_ticket_is_moved_and_keeps_the_number(room: EmergencyRoom) -> None:
    assert room.sends(Said("A04", target="ED")).told == "已发号 E001"
    [before] = waiting(room, "er")
    room.now += timedelta(minutes=20)
    assert room.sends(A02).told == "E001 已转诊"
    [ticket] = waiting(room)
    assert (ticket.id, ticket.number, ticket.queued_at) == (before.id, "E001", before.arrived_at)
    assert waiting(room, "er") == []


def test_who_is_there_already_is_not_moved_again_whatever_the_control_id(room: EmergencyRoom) -> None:
    first = room.sends(A02)
    for event in ("A02", "A09", "A10", "A02"):
        assert room.sends(A02.but(event=event)).told == "N001 已在该门诊，没有改动"
    assert first.told == "已发号 N001"
    assert len(waiting(room)) == 1


def test_the_ticket_is_found_by_the_patients_number_where_the_visit_is_not_known(room: EmergencyRoom) -> None:
    room.sends(Said("A04", target="ED", visit="V1", patient="P1"))
    assert room.sends(A02.but(visit="V2", patient="P1")).told == "E001 已转诊"
    assert room.sends(A02.but(visit="", patient="P1")).told == "E001 已在该门诊，没有改动"
    assert room.sends(A02.but(visit="V3", patient="P2")).told == "已发号 N001"


def test_registering_gives_a_number_once_and_moves_nobody(room: EmergencyRoom) -> None:
    a04 = Said("A04", target="BONE_24H")
    assert room.sends(a04).told == "已发号 B001"
    assert room.sends(a04.but(event="A01")).told == "B001 已在该门诊，没有改动"
    assert room.sends(a04.but(target="WARD_7")).told == "与排队无关，没有改动"
    assert len(waiting(room, "bone")) == 1


def test_an_update_changes_name_level_and_badges_and_moves_nobody(room: EmergencyRoom) -> None:
    room.sends(A02)
    answer = room.sends(A02.but(event="A08", name="陈^小方", level="III", badges="B6", target="BONE_24H"))
    assert answer.told == "N001 的资料已更新"
    [ticket] = waiting(room)
    assert (ticket.name, ticket.level, ticket.priority, ticket.lane) == ("陈小方", 3, ("pregnant",), Lane.PRIORITY)
    assert room.sends(A02.but(event="A08", name="陈^小方", level="III")).told == "N001 没有需要更新的内容"
    assert room.sends(A02.but(event="A08", visit="V404", patient="P404")).told == "没有这个就诊号，没有改动"


def test_an_update_to_level_one_alarms_staff_and_the_patient_waits_where_they_are(room: EmergencyRoom) -> None:
    room.sends(A02)
    answer = room.sends(A02.but(event="A08", level="1"))
    assert answer.code == "AA"
    assert "急诊" in answer.told
    with room.database.snapshot() as tx:
        [alarm] = events.open_alarms(tx)
    assert (alarm.kind, alarm.number, alarm.level, alarm.actor) == (EventKind.RED_FLAG, "N001", 1, "ED_TRIAGE")
    assert waiting(room)[0].state is State.WAITING


def test_a_cancelled_registration_ends_the_number_and_once_more_changes_nothing(room: EmergencyRoom) -> None:
    room.sends(Said("A04"))
    assert room.sends(Said("A11")).told == "N001 已取消"
    assert room.sends(Said("A11")).told == "N001 已结束，没有改动"
    assert room.sends(Said("A11", visit="V404", patient="P404")).told == "没有这个就诊号，没有改动"


def test_a_cancelled_transfer_puts_the_patient_back_where_they_were(room: EmergencyRoom) -> None:
    room.sends(Said("A04", target="ED"))
    [before] = waiting(room, "er")
    room.sends(A02.but(level=""))
    assert room.sends(Said("A12", at="20260302183100+0800")).told == "E001 的转诊已撤回"
    [ticket] = waiting(room, "er")
    assert (ticket.id, ticket.queued_at) == (before.id, before.queued_at)


def test_a_cancelled_transfer_that_gave_the_number_ends_it(room: EmergencyRoom) -> None:
    room.sends(A02)
    assert room.sends(Said("A12")).told == "N001 已取消"
    assert waiting(room) == []


def test_a_transfer_with_a_later_step_is_taken_back_by_a_transfer(room: EmergencyRoom) -> None:
    room.sends(Said("A04", target="ED"))
    room.sends(A02)
    room.sends(A02.but(event="A08", name="另^名"))
    assert room.sends(Said("A12")).told == "E001 的转诊已撤回"
    assert [one.number for one in waiting(room, "er")] == ["E001"]


@pytest.mark.parametrize("event", ["A11", "A12"])
def test_whoever_is_called_or_with_the_doctor_is_not_taken_back(room: EmergencyRoom, event: str) -> None:
    room.sends(A02)
    desk = Desk(room.database, room.hospital)
    desk.call("tcm-1", now=room.now, by=NURSE)
    answer = room.sends(Said(event))
    assert (answer.code, answer.refusal) == ("AE", "wrong_state")
    assert waiting(room)[0].state is State.CALLED


def test_a_cancellation_that_comes_first_holds_the_transfer_it_belongs_to_back(room: EmergencyRoom) -> None:
    assert room.sends(Said("A12", at="20260302183100+0800")).told == "没有这个就诊号，没有改动"
    late = A02.but(at="20260302183000+0800")
    assert room.sends(late).told == "该消息在到达之前已被撤回，没有执行"
    assert waiting(room) == []
    assert room.sends(A02.but(at="20260302183200+0800")).told == "已发号 N001", "a new transfer is one"


def test_a_cancelled_registration_that_comes_first_holds_the_registration_back(room: EmergencyRoom) -> None:
    room.sends(Said("A11", at="20260302183100+0800"))
    assert room.sends(Said("A04", at="20260302183000+0800")).told == "该消息在到达之前已被撤回，没有执行"


def test_of_two_said_in_one_second_the_last_to_come_holds(room: EmergencyRoom) -> None:
    room.sends(Said("A12"))
    assert room.sends(A02).told == "已发号 N001"


def test_a_transfer_after_the_visit_has_ended_gives_a_new_number(room: EmergencyRoom) -> None:
    room.sends(A02)
    desk = Desk(room.database, room.hospital)
    desk.call("tcm-1", now=room.now, by=NURSE)
    desk.start("N001", now=room.now, by=NURSE)
    desk.finish("N001", now=room.now + timedelta(minutes=5), by=NURSE)
    room.now += timedelta(minutes=10)
    assert room.sends(A02).told == "N001 已有更新的消息，没有改动", "the same move again gives no second number"
    again = A02.but(at=clocked(room.now))
    assert room.sends(again).told == "已发号 N002"
    assert room.sends(again).told == "N002 已在该门诊，没有改动"


def test_a_missed_patient_who_is_sent_again_waits_again(room: EmergencyRoom) -> None:
    room.sends(A02)
    desk = Desk(room.database, room.hospital)
    desk.call("tcm-1", now=room.now, by=NURSE)
    desk.miss("N001", now=room.now, by=NURSE, at_once=True)
    assert room.sends(A02).told == "N001 已重新报到"


def test_a_missed_patient_is_transferred_to_another_clinic(room: EmergencyRoom) -> None:
    room.sends(A02)
    desk = Desk(room.database, room.hospital)
    desk.call("tcm-1", now=room.now, by=NURSE)
    desk.miss("N001", now=room.now, by=NURSE, at_once=True)
    assert room.sends(A02.but(target="BONE_24H")).told == "N001 已转诊"
    assert waiting(room, "bone")[0].state is State.WAITING


def test_merged_numbers_mean_one_patient_and_one_with_itself_changes_nothing(room: EmergencyRoom) -> None:
    room.sends(Said("A04", target="ED", visit="V1", patient="P-OLD"))
    assert room.sends(Said("A40", patient="P-OLD", prior="P-OLD")).told == "患者号已合并"
    assert room.sends(Said("A40", patient="P-NEW", prior="P-OLD")).told == "患者号已合并"
    assert room.sends(A02.but(visit="", patient="P-NEW")).told == "E001 已转诊"
    assert room.sends(A02.but(visit="", patient="P-OLD")).told == "已发号 N001", "that number is nobody's any more"


def test_a_merge_without_a_prior_number_is_never_taken(room: EmergencyRoom) -> None:
    answer = room.sends(Said("A40", prior=""))
    assert (answer.code, answer["ERR.F3.R1.C1"], answer["ERR.F2.R1.C1"]) == ("AR", "101", "MRG")


def test_bookings_are_made_moved_changed_and_cancelled(room: EmergencyRoom) -> None:
    slot = room.now + timedelta(hours=1)
    assert room.sends(booked("S12", "B1", slot)).told == "预约已登记，N001"
    [ticket] = waiting(room)
    assert (ticket.state, ticket.slot_at, ticket.name, ticket.phone) == (State.EXPECTED, slot, "王五", "1234")
    assert room.sends(booked("S12", "B1", slot)).told == "N001 没有需要更新的内容"
    later = slot + timedelta(minutes=30)
    assert room.sends(booked("S13", "B1", later)).told == "预约 N001 已更改"
    assert room.sends(booked("S14", "B1", later, name="王^六")).told == "预约 N001 已更改"
    assert (waiting(room)[0].slot_at, waiting(room)[0].name) == (later, "王六")
    assert room.sends(booked("S15", "B1", later)).told == "预约 N001 已取消"
    assert room.sends(booked("S15", "B404", later)).told == "没有这个预约，没有改动"


def test_a_booked_patient_who_is_sent_over_is_checked_in(room: EmergencyRoom) -> None:
    room.sends(booked("S12", "B1", room.now + timedelta(minutes=10)))
    assert room.sends(A02.but(visit="V8", patient="P77")).told == "N001 已报到"
    assert waiting(room)[0].state is State.WAITING


def test_a_booking_outside_the_hours_is_refused(room: EmergencyRoom) -> None:
    answer = room.sends(booked("S12", "B1", room.now + timedelta(hours=6)))
    assert (answer.code, answer.refusal) == ("AE", "closed")


def test_a_closed_clinic_refuses_and_says_to_keep_the_patient(room: EmergencyRoom) -> None:
    room.now = at("22:00")
    answer = room.sends(A02)
    assert (answer.code, answer.refusal, answer["ERR.F3.R1.C1"], answer["ERR.F4"]) == ("AE", "closed", "207", "E")
    assert answer.told.endswith("请患者留在急诊")
    assert waiting(room) == []
    with room.database.snapshot() as tx:
        [entry] = hl7_journal.open_refusals(tx, room.now - timedelta(hours=1))
    assert (entry.clinic, entry.refusal, entry.settled) == ("tcm-night", "closed", False)


def test_a_suspended_clinic_refuses_with_the_notice_of_staff(room: EmergencyRoom) -> None:
    Desk(room.database, room.hospital).suspend("tcm-night", now=room.now, by=NURSE, notice="台风")
    answer = room.sends(A02)
    assert (answer.code, answer.refusal) == ("AE", "suspended")
    assert "台风" in answer.told


def test_levels_one_and_two_stay_in_the_emergency_room(room: EmergencyRoom) -> None:
    for level in ("1", "II", "2级"):
        answer = room.sends(A02.but(level=level))
        assert (answer.code, answer.refusal) == ("AE", "red_flag")
    assert waiting(room) == []


def test_a_clinic_takes_no_more_transfers_than_its_quota_with_and_without_a_ticket(room: EmergencyRoom) -> None:
    limited = room.where("tcm-night", quota=2)
    limited.sends(Said("A04", target="ED", visit="V1", patient="P1"))
    assert limited.sends(A02.but(visit="V1", patient="P1")).code == "AA"
    assert limited.sends(A02.but(visit="V2", patient="P2")).code == "AA"
    answer = limited.sends(A02.but(visit="V3", patient="P3"))
    assert (answer.code, answer.refusal) == ("AE", "full")


@pytest.mark.parametrize(
    ("said", "error", "field"),
    [
        (A02.but(target="NOWHERE"), "103", "3"),
        (A02.but(target=""), "101", "3"),
        (A02.but(visit="", patient=""), "101", "19"),
        (A02.but(version="3.0"), "203", "12"),
        (A02.but(processing="T"), "202", "11"),
        (A02.but(kind="ORU", event="R01"), "200", "9"),
        (A02.but(sender="SOMEBODY"), "103", "3"),
        (A02.but(sender=""), "103", "3"),
    ],
)
def test_what_can_never_be_taken_is_rejected_with_the_place_of_the_error(
    room: EmergencyRoom, said: Said, error: str, field: str
) -> None:
    answer = room.sends(said)
    assert (answer.code, answer["ERR.F3.R1.C1"], answer["ERR.F2.R1.C3"]) == ("AR", error, field)
    assert waiting(room) == []


@pytest.mark.parametrize("said", [A02.but(event="A03"), A02.but(event="A31"), A02.but(kind="SIU", event="S26")])
def test_what_is_nothing_for_the_queue_is_acknowledged_and_ignored(room: EmergencyRoom, said: Said) -> None:
    answer = room.sends(said)
    assert (answer.code, answer.told) == ("AA", "与排队无关，没有改动")


def test_a_facility_and_a_receiver_can_be_demanded(room: EmergencyRoom) -> None:
    table = room.table.changed(facilities=["ZJFY"], receiver=["NIGHTQ"])
    strict = EmergencyRoom(room.hospital.changed(hl7=table), room.database, room.now)
    assert strict.sends(A02).code == "AA"
    assert strict.sends(A02.but(facility="OTHER")).code == "AR"
    assert strict.sends(A02.but(receiver="LAB")).code == "AR"


def test_age_makes_an_older_patient_go_first(room: EmergencyRoom) -> None:
    room.sends(A02.but(born="19400312"))
    assert waiting(room)[0].priority == ("elderly",)


def test_every_event_says_which_system_did_it(room: EmergencyRoom) -> None:
    room.sends(A02)
    with room.database.snapshot() as tx:
        made = events.after(tx, 0)
    assert {(one.actor, one.station, one.role.value) for one in made} == {("ED_TRIAGE", "hl7", "system")}


def test_where_the_patient_comes_from_is_the_senders_clinic_unless_pv1_6_says_so(room: EmergencyRoom) -> None:
    room.sends(A02.but(origin="SOMEWHERE"))
    assert waiting(room)[0].origin == "er"
    table = room.table.changed(origin="service")
    other = EmergencyRoom(room.hospital.changed(hl7=table), room.database, room.now)
    answer = other.sends(A02.but(visit="V2", patient="P2", origin=""))
    assert (answer.code, answer.refusal) == ("AE", "not_accepted"), "that clinic takes patients from Emergency alone"


def test_a_clinic_with_a_way_back_sends_the_patient_back_to_emergency(room: EmergencyRoom) -> None:
    back = room.where("bone", way_back=True)
    back.sends(A02.but(target="BONE_24H"))
    desk = Desk(room.database, back.hospital)
    desk.call("bone-1", now=room.now, by=NURSE)
    desk.start("B001", now=room.now, by=NURSE)
    desk.finish("B001", now=room.now + timedelta(minutes=5), by=NURSE)
    assert [one.number for one in waiting(back, "er")] == ["B001"]
