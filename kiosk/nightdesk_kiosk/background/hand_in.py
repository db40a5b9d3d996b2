"""The service that hands in what a kiosk gave while it was cut off, as soon as the server can be reached.

What to do next is said by `rules.handing_in`; here it is only done.
"""

from __future__ import annotations

import logging
from threading import Event

from nightdesk_kiosk.background.timers import Now
from nightdesk_kiosk.logs import fact
from nightdesk_kiosk.own_files import open_own_file
from nightdesk_queue.commands.handing_in import hand_in, note_handed_in
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.domain.errors import Fault, Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.rules import handing_in as rules
from nightdesk_queue.rules.handing_in import HandingIn, Mark, Send
from nightdesk_queue.store import Database, handing_in, tickets
from nightdesk_queue.store.tickets import Columns

PAUSE_SECONDS = 1.0


class HandIn:
    """Hands in one kiosk's tickets, each in a short transaction of its own, until told to stop."""

    def __init__(
        self,
        hospital: Hospital,
        kiosk: Kiosk,
        database: Database,
        clock: Now,
        stop: Event,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._hospital = hospital
        self._kiosk = kiosk
        self._database = database
        self._clock = clock
        self._stop = stop
        self._pause_seconds = pause_seconds
        self._by = By.service(f"kiosk:{kiosk.id}")
        self._told = False
        """Whether the log says that the numbers cannot be handed in now: once for each time."""

    def run(self) -> None:
        """Hand in whatever there is, again and again. Raises Fault when the kiosk's own file fails."""
        with (
            open_own_file(self._hospital, self._kiosk, self._database.machine) as own,
            own.lock("task", "hand-in") as lock,
        ):
            if not lock.wait(self._stop, self._pause_seconds):
                return
            while not self._stop.is_set():
                self.hand_in_all(own)
                self._stop.wait(self._pause_seconds)

    def hand_in_all(self, own: Database) -> int:
        """Hand in until nothing is left or the server is away; return how many went. Raises Fault of the own file."""
        with own.snapshot() as tx:
            state = HandingIn(handing_in.handed_in(tx))
        count = 0
        while not self._stop.is_set():
            with own.snapshot() as tx:
                found = tickets.first_after(tx, state.mark)
            state, action = rules.next_action(state, found[0] if found else None)
            if not isinstance(action, Send) or found is None:
                break
            if not self._sent(found[1]):
                state = rules.line_lost(state)
                break
            state, answer = rules.taken(state, action.seq)
            if isinstance(answer, Mark):
                with working(own, self._hospital, self._clock(), self._by) as work:
                    note_handed_in(work, answer.seq)
                state = rules.marked(state, answer.seq)
                count += 1
        if count:
            fact(logging.WARNING, "numbers handed in", kiosk=self._kiosk.id, tickets=count)
        return count

    def _sent(self, given: Columns) -> bool:
        """Whether the server has a ticket now."""
        try:
            with working(self._database, self._hospital, self._clock(), self._by) as work:
                hand_in(work, given)
        except (Fault, Refused) as error:
            if not self._told:
                fact(logging.WARNING, "numbers wait", kiosk=self._kiosk.id, ticket=given["id"], cause=error.code)
            self._told = True
            return False
        self._told = False
        return True
