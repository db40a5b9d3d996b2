"""The doctor's evening: call, recall, start, finish; sent to an examination and back; missed and come after all."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from nightdesk_queue.commands.steps import DeskBase, behind_all, joins_lane
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain import states
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.states import Step
from nightdesk_queue.domain.tickets import Call, Lane, Place, Reason, Ticket
from nightdesk_queue.queries import admission
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.queries.waiting_list import placed_behind, waiting_line
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.rules.ordering import rules_of
from nightdesk_queue.store import forecasts, tickets
from nightdesk_queue.store.tickets import Value
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.cleaning import clean

NO_WAY_BACK = "no_way_back"


class Calling(DeskBase):
    """call, recall, start, finish, hold, return_, miss, rejoin."""

    def call(self, room: str, *, now: datetime, by: By, ticket: str | None = None) -> Call:
        """Call the next patient to a room, or the one named by staff.

        The event holds the reason the call was made for, and the lane and level it was made from.
        Raises Refused: unknown_room, room_busy, nobody_waiting, unknown_ticket, wrong_room, wrong_state.
        """
        with self.store.unit() as connection:
            hospital = tonight(connection, self.hospital)
            clinic = refusals.clinic_of_room(hospital, room)
            if occupant := tickets.in_room(connection, room):
                raise refusals.room_busy(hospital, room, occupant)
            if ticket is None:
                place = _next(waiting_line(connection, clinic, now), clinic, now)
                chosen, reason = place.ticket, place.reason
            else:
                chosen, reason = find_ticket(connection, hospital, ticket, now), Reason.STAFF
                if chosen.clinic != clinic.id:
                    raise refusals.wrong_room(hospital, chosen, room, clinic)
            changes: dict[str, Value] = {
                "room": room,
                "calls": 1,
                "called_at": stamp(now),
                "lane": chosen.lane,
                "level": chosen.level,
            }
            called = self._step(connection, chosen, Step.CALL, changes, now=now, by=by, reason=reason)
            forecasts.settle(connection, chosen.id, clinic.id, now)
        return Call(called, room, reason, now)

    def recall(self, ticket: str, *, now: datetime, by: By) -> Call:
        """Call a called patient once more, to the same room. Raises Refused: unknown_ticket, wrong_state."""
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            changes: dict[str, Value] = {"calls": found.calls + 1, "called_at": stamp(now)}
            called = self._step(connection, found, Step.RECALL, changes, now=now, by=by, reason=Reason.STAFF)
        return Call(called, called.room or "", Reason.STAFF, now)

    def start(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """The called patient has come in. Raises Refused: unknown_ticket, wrong_state."""
        return self._simple(ticket, Step.START, {"started_at": stamp(now)}, now=now, by=by)

    def finish(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """The consultation is over; a patient with a way back returns to the clinic they came from.

        Where that clinic is closed or suspended the patient is done. Raises Refused: unknown_ticket, wrong_state.
        """
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            states.after(Step.FINISH, found.state, found.number)
            if not found.ways_back:
                return self._step(connection, found, Step.FINISH, {"ended_at": stamp(now)}, now=now, by=by)
            origin = self.hospital.clinics.get(found.ways_back[0])
            if origin is None or self._takes_nobody(connection, origin, now):
                ends: dict[str, Value] = {"ended_at": stamp(now)}
                return self._step(connection, found, Step.FINISH, ends, now=now, by=by, reason=NO_WAY_BACK)
            changes: dict[str, Value] = {
                "clinic": origin.id,
                "origin": found.clinic,
                "back_to": ",".join(found.ways_back[1:]) or None,
                "room": None,
                "queued_at": stamp(behind_all(connection, origin.id, found.level, now)),
            }
            changes |= joins_lane(connection, origin.id, found.level, Lane.RETURN)
            return self._step(connection, found, Step.GO_BACK, changes, now=now, by=by)

    def hold(self, ticket: str, *, now: datetime, by: By, to: str | None = None) -> Ticket:
        """Send a patient to an examination (`to`: where); the number stays theirs.

        Raises Refused: unknown_ticket, wrong_state.
        """
        changes: dict[str, Value] = {"room": None, "held_at": stamp(now), "held_to": clean(to, 60)}
        return self._simple(ticket, Step.HOLD, changes, now=now, by=by)

    def return_(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """A held patient is back and waits again from now, in the lane of returns. Raises as `hold`."""
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            changes: dict[str, Value] = {"held_at": None, "held_to": None}
            changes |= joins_lane(connection, found.clinic, found.level, Lane.RETURN)
            changes["queued_at"] = stamp(behind_all(connection, found.clinic, found.level, now))
            return self._step(connection, found, Step.RETURN, changes, now=now, by=by)

    def miss(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """A called patient did not come. Missed as often as the clinic allows, the ticket lapses. Raises as `hold`."""
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            changes: dict[str, Value] = {"missed": found.missed + 1, "room": None}
            missed = self._step(connection, found, Step.MISS, changes, now=now, by=by)
            clinic = self.hospital.clinics.get(missed.clinic)
            if clinic and missed.missed >= clinic.missed.lapse_after:
                return self._step(connection, missed, Step.LAPSE, {"ended_at": stamp(now)}, now=now, by=by)
        return missed

    def rejoin(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """A missed patient came after all and waits again: inserted, some places back, or at the end, by clinic.

        Raises as `hold`.
        """
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            states.after(Step.REJOIN, found.state, found.number)
            queued_at = behind_all(connection, found.clinic, found.level, now)
            clinic = self.hospital.clinics.get(found.clinic)
            if clinic and clinic.missed.comes_back == "places" and found.missed <= len(clinic.missed.places):
                back = clinic.missed.places[found.missed - 1]
                queued_at = placed_behind(connection, clinic, found, back, now) or queued_at
            changes: dict[str, Value] = {"queued_at": stamp(queued_at), "rejoined_at": stamp(now)}
            changes |= joins_lane(connection, found.clinic, found.level, Lane.MISSED)
            return self._step(connection, found, Step.REJOIN, changes, now=now, by=by)

    def _takes_nobody(self, connection: sqlite3.Connection, origin: Clinic, now: datetime) -> bool:
        hours = opening(origin, self.hospital, now)
        return admission.no_transfer(connection, self.hospital, origin, hours, way_back=True) is not None


def _next(line: list[Place], clinic: Clinic, now: datetime) -> Place:
    if not line:
        raise refusals.nobody_waiting(clinic)
    if line[0].reason is Reason.COOL_DOWN:
        back = line[0].ticket
        until = (back.rejoined_at or now) + rules_of(clinic).cool_down
        raise refusals.only_just_back(clinic, back, max(int((until - now).total_seconds()), 1))
    return line[0]
