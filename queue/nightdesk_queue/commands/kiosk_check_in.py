"""A patient reports with a number or the last digits of a telephone: booked, missed, or only asking how long."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from nightdesk_queue.commands.calling import Calling
from nightdesk_queue.commands.issuing import PHONE_DIGITS, Arriving
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.store import tickets


class Reporting(Arriving, Calling):
    """report."""

    def report(self, said: str, *, now: datetime, by: By, kiosk: str | None = None) -> Ticket:
        """Let an expected patient check in and a missed one rejoin; who waits stays where they are.

        `said`: a number (`N012`), an id, or the last four digits of a telephone number.
        Raises Refused: unknown_ticket, ask_desk, and what `check_in` and `rejoin` raise.
        """
        with self.store.reading() as connection:
            found = self._meant(connection, said.strip(), now)
        if found.state is State.EXPECTED:
            return self.check_in(found.id, now=now, by=by, kiosk=kiosk)
        if found.state is State.MISSED:
            return self.rejoin(found.id, now=now, by=by)
        if found.state is State.WAITING:
            return found
        if found.state is State.CALLED:
            raise refusals.called_already(self.hospital, found)
        raise refusals.ask_desk(found)

    def _meant(self, connection: sqlite3.Connection, said: str, now: datetime) -> Ticket:
        if not (said.isdigit() and len(said) == PHONE_DIGITS):
            return find_ticket(connection, self.hospital, said, now)
        today = now.astimezone(self.hospital.zone).date()
        days = [(today + timedelta(days=offset)).isoformat() for offset in (-1, 0)]
        by_phone = tickets.living_by_phone(connection, said, days)
        if not by_phone:
            raise refusals.unknown_ticket(said)
        if len(by_phone) > 1:
            raise refusals.several_with_phone(said)
        return by_phone[0]
