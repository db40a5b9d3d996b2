"""Where and how a patient waits: transferred, set to another level, kept or given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from nightdesk_queue.commands.steps import DeskBase, behind_all, joins_lane
from nightdesk_queue.domain import states
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.states import Step
from nightdesk_queue.domain.tickets import Lane, State, Ticket
from nightdesk_queue.queries import admission
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.store import slips
from nightdesk_queue.store.slips import SlipKind
from nightdesk_queue.store.tickets import Value
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.cleaning import clean

RELEASED = "released"


class Moving(DeskBase):
    """transfer, set_level, keep, release, cancel."""

    def transfer(
        self,
        ticket: str,
        *,
        to: str,
        now: datetime,
        by: By,
        level: int | None = None,
        reason: str | None = None,
        way_back: bool | None = None,
    ) -> Ticket:
        """Move a patient to another clinic's queue; number, first arrival, level, priority and badges go along.

        The target clinic credits the waiting by its rule; a slip tells the way there. `way_back`: after finishing there
        the patient returns to where they are now (None: as the target clinic says). Raises Refused: unknown_ticket,
        unknown_clinic, wrong_state, same_clinic, not_accepted, closed, suspended, full, red_flag; nothing has changed
        then.
        """
        target = refusals.known_clinic(self.hospital, to)
        new_level = refusals.queueing_level(self.hospital, level)
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            states.after(Step.TRANSFER, found.state, found.number)
            refusals.accepted(self.hospital, found, target)
            hours = opening(target, self.hospital, now)
            if refusal := admission.no_transfer(connection, self.hospital, target, hours):
                raise refusal
            level = new_level or found.level
            joins_at = behind_all(connection, target.id, level, now)
            returns = target.transfer.way_back if way_back is None else way_back
            # a way back that was promised earlier stays; who is sent where they would return to has arrived
            promised = [] if way_back is False else [one for one in found.ways_back if one != target.id]
            ways_back = [found.clinic, *promised] if returns and found.clinic not in promised else promised
            changes: dict[str, Value] = {
                "clinic": target.id,
                "origin": found.clinic,
                "back_to": ",".join(ways_back) or None,
                "room": None,
                "level": level,
                "queued_at": stamp(_credited(found.arrived_at, joins_at, target.transfer.credit)),
                "transferred_at": stamp(now),
                "held_at": None,
                "held_to": None,
                "rejoined_at": None,
            }
            changes |= joins_lane(connection, target.id, level, Lane.PRIORITY if found.priority else Lane.FIRST)
            why = clean(reason, 200)
            moved = self._step(connection, found, Step.TRANSFER, changes, now=now, by=by, reason=why)
            # where the patient is now, else where they took their number
            own = self.hospital.clinics.get(found.clinic)
            printer = (own.printer if own else None) or self.hospital.printer_for(found.kiosk)
            slips.queue(connection, found.id, SlipKind.TRANSFER, printer, stamp(now), subject=target.id)
            return moved

    def set_level(self, ticket: str, level: int, *, now: datetime, by: By) -> Ticket:
        """Set a patient's triage level, III or IV; I and II are sent to the ER.

        Raises Refused: unknown_ticket, wrong_state, red_flag, unknown_level, same_level.
        """
        new_level = refusals.queueing_level(self.hospital, level)
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            states.after(Step.LEVEL, found.state, found.number)
            if new_level is None or new_level == found.level:
                raise refusals.same_level(found)
            changes: dict[str, Value] = {"level": new_level}
            changes |= joins_lane(connection, found.clinic, new_level, found.lane)
            return self._step(connection, found, Step.LEVEL, changes, now=now, by=by)

    def keep(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """Staff have decided that a patient left over from a session is still served. Raises as `cancel`."""
        return self._simple(ticket, Step.KEEP, {}, now=now, by=by)

    def release(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        """Let a leftover patient go, wherever they are: who was called counts as missed first, who is inside is done.

        Raises Refused: unknown_ticket, wrong_state.
        """
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            ends: dict[str, Value] = {"ended_at": stamp(now)}
            if found.state is State.SERVING:
                return self._step(connection, found, Step.FINISH, ends, now=now, by=by, reason=RELEASED)
            if found.state is State.CALLED:
                missed: dict[str, Value] = {"missed": found.missed + 1, "room": None}
                found = self._step(connection, found, Step.MISS, missed, now=now, by=by, reason=RELEASED)
            return self._step(connection, found, Step.CANCEL, ends, now=now, by=by, reason=RELEASED)

    def cancel(self, ticket: str, *, now: datetime, by: By, reason: str | None = None) -> Ticket:
        """Give up a place. Raises Refused: unknown_ticket, wrong_state."""
        changes: dict[str, Value] = {"ended_at": stamp(now)}
        return self._simple(ticket, Step.CANCEL, changes, now=now, by=by, reason=clean(reason, 200))


def _credited(arrived_at: datetime, joins_at: datetime, rule: str) -> datetime:
    """Return the arrival a target queue counts from: the first arrival, half of the wait, or none of it."""
    waited = max(joins_at - arrived_at, timedelta(0))
    return joins_at - {"arrival": waited, "half": waited / 2, "none": timedelta(0)}[rule]
