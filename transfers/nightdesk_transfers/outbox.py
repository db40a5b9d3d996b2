"""The outbox: notices go to the emergency room's listener, in order for each patient, until they are taken.

What is to be told stands in the database before anything is sent; the control id is the event's. Killed at any moment,
the next start sends what is not known to be taken, under the id it had.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from threading import Event

from nightdesk_ports.backoff import Backoff
from nightdesk_queue.commands.interface_journal import forget_messages
from nightdesk_queue.commands.notices import (
    EVENTS_AT_ONCE,
    forget_notices,
    make_notices,
    note_refused,
    note_taken,
)
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Notices, Hl7Table
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.notices import Notice, NoticeState
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, hl7_notices
from nightdesk_transfers.client import ANSWER_SECONDS, NO_ANSWER_CODE, Sender
from nightdesk_transfers.notices import control_id_of, message_of

LOG = logging.getLogger("nightdesk")
LOCK = ("task", "hl7-notices")
BY = By.service("hl7")
TICK_SECONDS = 1.0
FORGET_SECONDS = 60.0
LOOKED_AT = 500
"""So many waiting notices are looked at in one go."""
SHORTEST_PAUSE, LONGEST_PAUSE = 2.0, 300.0


class Outbox:
    """Makes and sends the notices of a hospital until `stop` is set, and clears the journal of what is too old.

    `pauses`: seconds before a listener that is away, or a notice that was refused, is tried again.
    """

    def __init__(
        self,
        hospital: Hospital,
        table: Hl7Table,
        database: Database,
        now: Callable[[], datetime],
        stop: Event,
        *,
        tick_seconds: float = TICK_SECONDS,
        pauses: tuple[float, float] = (SHORTEST_PAUSE, LONGEST_PAUSE),
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._hospital = hospital
        self._table = table
        self._database = database
        self._now = now
        self._stop = stop
        self._tick_seconds = tick_seconds
        self._zone = table.zone_or(hospital.zone)
        self._answer_seconds = answer_seconds
        self._backoff = Backoff(*pauses)
        self._of_refusals = Backoff(*pauses)
        self._next_at = 0.0
        self._forget_at = 0.0
        self._silences: dict[int, int] = {}
        """How often a visit's notice got no answer."""
        self._rests: dict[int, float] = {}
        """Until when the notices of a visit wait, by the visit: one of them was refused."""

    def run(self) -> None:
        """Work whenever no other process does. Raises Fault when the database fails."""
        with self._database.lock(*LOCK) as lock:
            if not lock.wait(self._stop, self._tick_seconds):
                return
            while lock.held and not self._stop.wait(self._tick_seconds):
                self.tick()

    def tick(self) -> None:
        """Make what is to be told, and send what is due. Raises Fault when the database fails."""
        now = time.monotonic()
        if now >= self._forget_at:
            self._forget_at = now + FORGET_SECONDS
            self._forget()
        back = self._table.notices
        if back is None:
            return
        self._make(back)
        if now >= self._next_at:
            self._send(back)

    def _forget(self) -> None:
        days = self._table.journal_days
        total, forgotten = 0, 1
        while forgotten and not self._stop.is_set():
            with working(self._database, self._hospital, self._now(), BY) as work:
                forgotten = forget_messages(work, days) + forget_notices(work, days)
            total += forgotten
        if total:
            LOG.info("journal cleared, messages=%d", total)

    def _make(self, back: Hl7Notices) -> None:
        with self._database.snapshot() as tx:
            last = hl7_notices.read_up_to(tx)
            newest = tx.row("SELECT coalesce(max(seq), 0) AS seq FROM events")
        if last is not None and newest is not None and newest["seq"] <= last:
            return
        read = EVENTS_AT_ONCE
        while read == EVENTS_AT_ONCE:
            with working(self._database, self._hospital, self._now(), BY) as work:
                read = make_notices(work, back.tell)

    def _send(self, back: Hl7Notices) -> None:
        due = self._due()
        if not due:
            return
        authority = self._hospital.folder / back.authority if back.authority else None
        sent = None
        try:
            with Sender(back.to, authority, answer_seconds=self._answer_seconds) as sender:
                for notice in due:
                    sent = notice
                    if not self._stop.is_set():
                        self._one(sender, notice, back)
                self._backoff.reset()
        except Fault as fault:
            LOG.warning("notices not sent, cause=%s", fault.code)
            if sent is None or fault.code != NO_ANSWER_CODE:
                self._next_at = time.monotonic() + self._backoff.next_pause()
                return
            # it was reached and said nothing to this one: the others have their turn first
            silences = self._silences[sent.visit] = self._silences.get(sent.visit, 0) + 1
            self._rests[sent.visit] = time.monotonic() + self._of_refusals.after(silences)

    def _due(self) -> list[Notice]:
        """Return the notices whose visit does not rest, in the order of what they tell of."""
        now = time.monotonic()
        self._rests = {visit: until for visit, until in self._rests.items() if until > now}
        with self._database.snapshot() as tx:
            waiting = hl7_notices.to_send(tx, LOOKED_AT)
        return [notice for notice in waiting if notice.visit not in self._rests]

    def _one(self, sender: Sender, notice: Notice, back: Hl7Notices) -> None:
        """Send one notice, unless one of the same visit was refused just now. Raises Fault where no answer comes."""
        if notice.visit in self._rests:
            return
        reply = sender.exchange(message_of(notice, self._table, back, self._zone), control_id_of(notice))
        with working(self._database, self._hospital, self._now(), BY) as work:
            if reply.taken:
                note_taken(work, notice)
                self._silences.pop(notice.visit, None)
                return
            state = note_refused(work, notice, f"{reply.code} {reply.told}".strip(), back.refusals)
        LOG.warning("notice refused, code=%s refusals=%d", reply.code, notice.refusals + 1)
        if state is NoticeState.QUEUED:
            # what happened to the patient later waits, too: it would overtake this
            self._rests[notice.visit] = time.monotonic() + self._of_refusals.after(notice.refusals + 1)
