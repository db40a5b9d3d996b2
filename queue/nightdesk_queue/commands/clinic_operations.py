"""Typhoon, flood, a doctor who is ill: staff suspend a clinic, resume it, or move it to other rooms, with a notice."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from nightdesk_queue.commands.steps import DeskBase
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.store import clinics, devices, events
from nightdesk_queue.store.clinics import ClinicState
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import clean

NOT_SERVED = Text(
    zh="没有后台服务在管叫号屏 {id}；先启动 nightdesk run",
    en="no service paints call screen {id}; start nightdesk run first",
)
NOT_THERE = Text(
    zh="叫号屏 {id} 离线，原因见 display status", en="call screen {id} is offline; display status says why"
)
DISPLAY_TEST = "display_test"
"""The kind of the event by which a person asks for a screen's test picture."""
DISPLAY_TEST_TEXT = Text(zh="测试叫号屏", en="call screen tested")


class ClinicStep(StrEnum):
    """What is done with a whole clinic; also the kind of the event."""

    SUSPEND = "suspend"
    RESUME = "resume"
    MOVE = "move"


CLINIC_STEP_TEXTS: dict[ClinicStep, Text] = {
    ClinicStep.SUSPEND: Text(zh="停诊", en="suspend"),
    ClinicStep.RESUME: Text(zh="恢复开诊", en="resume"),
    ClinicStep.MOVE: Text(zh="换诊室", en="move"),
}


class Running(DeskBase):
    """suspend, resume, move, test_display."""

    def test_display(self, display: str, *, now: datetime, by: By) -> None:
        """Have a call screen show its test picture for a while.

        Raises Refused("unknown_display"), and Fault("display_offline") where no service paints it or nothing is there.
        """
        known = [one.id for one in self.hospital.display]
        if display not in known:
            raise refusals.unknown_display(display, known)
        with self.store.reading() as connection:
            status = devices.all_of(connection, "display").get(display)
        state, cause = devices.state_now(self.store.path, "display", display, status)
        if state == "offline" and cause != "starting":
            raise Fault("display_offline", (NOT_SERVED if cause == "not_served" else NOT_THERE).fill(id=display))
        with self.store.unit() as connection:
            events.append(connection, stamp(now), by, DISPLAY_TEST, reason=display)

    def suspend(self, clinic_id: str, *, now: datetime, by: By, notice: str | None = None) -> ClinicState:
        """Stop giving numbers and taking transfers; who waits is still called. `notice` is shown to patients.

        A second time it changes the notice. Raises Refused("unknown_clinic").
        """
        clinic = refusals.known_clinic(self.hospital, clinic_id)
        with self.store.unit() as connection:
            was = _state(connection, clinic, now)
            state = replace(was, suspended=True, notice=clean(notice, 100))
            return _change(connection, was, state, ClinicStep.SUSPEND, now, by)

    def resume(self, clinic_id: str, *, now: datetime, by: By) -> ClinicState:
        """Give numbers again. Raises Refused: unknown_clinic, not_suspended."""
        clinic = refusals.known_clinic(self.hospital, clinic_id)
        with self.store.unit() as connection:
            was = _state(connection, clinic, now)
            if not was.suspended:
                raise refusals.not_suspended(clinic)
            state = replace(was, suspended=False, notice=None)
            return _change(connection, was, state, ClinicStep.RESUME, now, by)

    def move(
        self, clinic_id: str, rooms: Sequence[str], *, now: datetime, by: By, notice: str | None = None
    ) -> ClinicState:
        """Move a clinic to other rooms, or back to its own with no rooms given; who is in a room stays there.

        A room taken from another clinic is gone there until the move ends.
        Raises Refused: unknown_clinic, unknown_room, room_taken.
        """
        clinic = refusals.known_clinic(self.hospital, clinic_id)
        wanted = tuple(dict.fromkeys(rooms))
        for room in wanted:
            if room not in self.hospital.rooms:
                raise refusals.unknown_room(self.hospital, room)
        with self.store.unit() as connection:
            _refuse_taken(connection, tonight(connection, self.hospital), clinic, wanted, now)
            was = _state(connection, clinic, now)
            home = not wanted or wanted == tuple(clinic.rooms)
            said = None if home else clean(notice, 100)
            state = replace(was, rooms=None if home else wanted, move_notice=said, moved_at=now)
            return _change(connection, was, state, ClinicStep.MOVE, now, by)


def _refuse_taken(
    connection: sqlite3.Connection, hospital: Hospital, clinic: Clinic, rooms: Sequence[str], now: datetime
) -> None:
    for room in rooms:
        owner = hospital.clinic_of_room.get(room)
        if owner is None or owner.id == clinic.id or _keeps_a_room(hospital, owner, rooms):
            continue
        hours = opening(owner, hospital, now)
        at_work = hours.issuing or hours.session is not None
        if at_work and not clinics.is_suspended(connection, owner.id):
            raise refusals.room_taken(hospital, room, owner)


def _keeps_a_room(hospital: Hospital, owner: Clinic, taken: Sequence[str]) -> bool:
    return any(hospital.clinic_of_room[room].id == owner.id for room in owner.rooms if room not in taken)


def _state(connection: sqlite3.Connection, clinic: Clinic, now: datetime) -> ClinicState:
    known = clinics.all_of(connection).get(clinic.id)
    return known or ClinicState(
        clinic.id, suspended=False, notice=None, rooms=None, move_notice=None, moved_at=None, changed_at=now
    )


def _change(
    connection: sqlite3.Connection, was: ClinicState, state: ClinicState, step: ClinicStep, now: datetime, by: By
) -> ClinicState:
    changed = replace(state, changed_at=now)
    clinics.save(connection, changed)
    events.append(
        connection,
        stamp(now),
        by,
        step,
        clinic=state.clinic,
        reason=state.move_notice if step is ClinicStep.MOVE else state.notice,
        before=clinics.form(was),
        after=clinics.form(changed),
    )
    return changed
