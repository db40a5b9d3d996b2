"""Who may do what, written from the hospital's rules and not from the table under test."""

from __future__ import annotations

import pytest

from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import SIGNED_IN, Role
from nightdesk_queue.rules.permissions import ALLOWED, Command, command_text, may, require

A_PATIENT_MAY = {"issue", "tell", "check_in", "report", "rejoin", "return", "reprint", "raise_alarm", "try_pin"}
ONLY_SERVICES_MAY = {
    "end_alarm",
    "escalate_page",
    "restart_pages",
    "note_post",
    "print_alarm",
    "move_slip",
    "report_device",
    "note_spoken",
    "note_program",
    "note_report",
    "send_notice",
    "forget_messages",
    "hand_in",
    "remember_clinics",
}
AN_INTERFACE_MAY = {
    "refer", "note_message", "issue", "issue_with_level", "expect", "change_booking", "check_in", "rejoin", "transfer",
    "send_to_emergency", "cancel", "undo",
}  # fmt: skip
A_ROOM_MAY = {
    "call", "recall", "start", "finish", "hold", "return", "miss", "rejoin", "check_in", "undo", "set_room", "reprint",
    "raise_alarm", "acknowledge_alarms", "sign_in", "set_note",
}  # fmt: skip
A_DOCTOR_MAY = A_ROOM_MAY | {
    "transfer", "set_level", "look_at", "issue_with_level", "send_to_emergency", "issue", "tell", "give_extra",
    "expect", "keep", "release", "cancel", "acknowledge_pages", "set_badges",
}  # fmt: skip
ONLY_ADMINS_MAY = {"manage_staff", "set_pin", "fix_clock", "wipe_names", "share_config", "archive"}
SERVICES_MAY_TOO = {"wipe_names", "archive", "lapse_no_shows", "raise_alarm", "print_list"}


@pytest.mark.parametrize("command", Command)
def test_each_role_may_do_what_the_hospital_says_and_nothing_else(command: Command) -> None:
    assert may(Role.PATIENT, command) == (command.value in A_PATIENT_MAY)
    assert may(Role.SYSTEM, command) == (command.value in ONLY_SERVICES_MAY | SERVICES_MAY_TOO)
    assert may(Role.INTERFACE, command) == (command.value in AN_INTERFACE_MAY)
    assert may(Role.STAFF, command) == (command.value not in ONLY_SERVICES_MAY)
    assert may(Role.ADMIN, command) == may(Role.STAFF, command)
    assert may(Role.TRIAGE, command) == (command.value not in ONLY_SERVICES_MAY | ONLY_ADMINS_MAY)
    assert may(Role.DOCTOR, command) == (command.value in A_DOCTOR_MAY)
    assert may(Role.ROOM, command) == (command.value in A_ROOM_MAY)


def test_the_table_knows_every_role_and_every_command_belongs_to_somebody() -> None:
    assert set(ALLOWED) == set(Role)
    assert set(Command) == frozenset().union(*ALLOWED.values())


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("command", Command)
def test_what_is_not_allowed_is_refused_with_the_act_named_in_both_languages(role: Role, command: Command) -> None:
    if may(role, command):
        require(role, command)
        return
    with pytest.raises(Refused) as refusal:
        require(role, command)
    for_services = command.value in ONLY_SERVICES_MAY
    refused_people = "service_only" if for_services or role is Role.STAFF else "not_this_role"
    people = role is Role.STAFF or role in SIGNED_IN
    assert refusal.value.code == (refused_people if people else "staff_only")
    assert command_text(command).en in refusal.value.text.en
    assert command_text(command).zh in refusal.value.text.zh
