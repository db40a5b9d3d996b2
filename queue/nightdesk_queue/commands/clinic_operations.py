"""Changes of a whole clinic: staff suspend it, resume it, or move it to other rooms, with a notice for patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.domain.devices import STARTING, DeviceKind, DeviceState
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.queries.device_health import health_of
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import clinics
from nightdesk_queue.store.events import NewEvent
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import clean

NOTICE_LENGTH = 100
NOT_SERVED = Text(
    zh="没有后台服务在管叫号屏 {id}；先启动 nightdesk run",
    en="no service paints call screen {id}; start nightdesk run first",
)
NOT_THERE = Text(
    zh="叫号屏 {id} 离线，原因见 display status", en="call screen {id} is offline; display status says why"
)


@command(Command.TEST_DISPLAY)
def test_display(work: Work, display: str) -> None:
    """Ask a call screen to show its test picture for a while.

    Raises Refused("unknown_display"), and Fault("display_offline") where no service paints it or nothing is there.
    """
    known = [one.id for one in work.hospital.display]
    if display not in known:
        raise refusals.unknown_display(display, known)
    health = health_of(work.tx, DeviceKind.DISPLAY, display)
    if health.state is DeviceState.OFFLINE and health.cause != STARTING:
        raise Fault("display_offline", (NOT_THERE if health.served else NOT_SERVED).fill(id=display))
    record(work, NewEvent(kind=EventKind.DISPLAY_TEST, target=display))


@command(Command.SUSPEND)
def suspend(work: Work, clinic_id: str, *, notice: str | None = None) -> ClinicState:
    """Stop giving numbers and taking transfers; who waits is still called. `notice` is shown to patients.

    A second time it changes the notice. Raises Refused("unknown_clinic").
    """
    was = _state(work, refusals.known_clinic(work.hospital, clinic_id))
    return _change(work, was, replace(was, suspended=True, notice=clean(notice, NOTICE_LENGTH)), EventKind.SUSPEND)


@command(Command.RESUME)
def resume(work: Work, clinic_id: str) -> ClinicState:
    """Give numbers again. Raises Refused: unknown_clinic, not_suspended."""
    clinic = refusals.known_clinic(work.hospital, clinic_id)
    was = _state(work, clinic)
    if not was.suspended:
        raise refusals.not_suspended(clinic)
    return _change(work, was, replace(was, suspended=False, notice=None), EventKind.RESUME)


@command(Command.MOVE_CLINIC)
def move_clinic(work: Work, clinic_id: str, rooms: Sequence[str], *, notice: str | None = None) -> ClinicState:
    """Move a clinic to other rooms, or back to its own with no rooms given; who is in a room stays there.

    A room taken from another clinic is gone there until the move ends.
    Raises Refused: unknown_clinic, unknown_room, room_taken.
    """
    clinic = refusals.known_clinic(work.hospital, clinic_id)
    wanted = tuple(dict.fromkeys(rooms))
    for room in wanted:
        if room not in work.hospital.rooms:
            raise refusals.unknown_room(work.hospital, room)
    _refuse_taken(work, tonight(work.tx, work.hospital), clinic, wanted)
    was = _state(work, clinic)
    home = not wanted or wanted == tuple(clinic.rooms)
    said = None if home else clean(notice, NOTICE_LENGTH)
    state = replace(was, rooms=None if home else wanted, move_notice=said, moved_at=work.now)
    return _change(work, was, state, EventKind.MOVE)


def _refuse_taken(work: Work, hospital: Hospital, clinic: Clinic, rooms: Sequence[str]) -> None:
    for room in rooms:
        owner = hospital.clinic_of_room.get(room)
        if owner is None or owner.id == clinic.id or _keeps_a_room(hospital, owner, rooms):
            continue
        hours = opening(owner, hospital, work.now)
        at_work = hours.issuing or hours.session is not None
        if at_work and not clinics.is_suspended(work.tx, owner.id):
            raise refusals.room_taken(hospital, room, owner)


def _keeps_a_room(hospital: Hospital, owner: Clinic, taken: Sequence[str]) -> bool:
    return any(hospital.clinic_of_room[room].id == owner.id for room in owner.rooms if room not in taken)


def _state(work: Work, clinic: Clinic) -> ClinicState:
    known = clinics.all_of(work.tx).get(clinic.id)
    return known or ClinicState(
        clinic.id, suspended=False, notice=None, rooms=None, move_notice=None, moved_at=None, changed_at=work.now
    )


def _change(work: Work, was: ClinicState, state: ClinicState, kind: EventKind) -> ClinicState:
    changed = replace(state, changed_at=work.now)
    clinics.save(work.tx, changed)
    record(
        work,
        NewEvent(
            kind=kind,
            clinic=state.clinic,
            reason=state.move_notice if kind is EventKind.MOVE else state.notice,
            before=clinics.form(was),
            after=clinics.form(changed),
        ),
    )
    return changed
