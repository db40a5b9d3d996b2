"""The service that hands in what a kiosk gave and heard while it was cut off, as soon as the server can be reached.

What to do next is said by `rules.handing_in`; here it is only done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from threading import Event

from nightdesk_kiosk.background.timers import Now
from nightdesk_kiosk.logs import fact
from nightdesk_kiosk.own_files import open_own_file
from nightdesk_queue.commands.alarms import end_alarms, raise_alarm
from nightdesk_queue.commands.handing_in import hand_in, note_handed_in
from nightdesk_queue.commands.work import Work, working
from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.domain.errors import Fault, Refused
from nightdesk_queue.domain.event_data import PressedBefore
from nightdesk_queue.domain.events import RAISED_BY_PATIENTS
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.rules import handing_in as rules
from nightdesk_queue.rules.handing_in import HandingIn, Mark, Send
from nightdesk_queue.store import Database, handing_in, tickets
from nightdesk_queue.store.timestamps import stamp

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
        """Whether the log says that nothing can be handed in now: once for each time."""

    def run(self) -> None:
        """Hand in whatever there is, again and again. Raises Fault when the kiosk's own file fails."""
        with (
            open_own_file(self._hospital, self._kiosk, self._database.machine) as own,
            own.lock("task", "hand-in") as lock,
        ):
            if not lock.wait(self._stop, self._pause_seconds):
                return
            while not self._stop.is_set():
                self.tell_alarms(own)
                self.hand_in_all(own)
                self._stop.wait(self._pause_seconds)

    def tell_alarms(self, own: Database) -> int:
        """Raise for staff what was raised here while nobody heard it; return how many. Raises Fault of the own file.

        An alarm is over in the own file only when the server has it. One that is open at the server is not raised a
        second time, so it does not matter where this breaks off.
        """
        with own.snapshot() as tx:
            # what is wrong with the kiosk itself is seen anew by whoever looks
            raised = [one for one in open_alarms(tx) if one.kind in RAISED_BY_PATIENTS]
        for alarm in raised:
            raised_before = partial(
                raise_alarm, kind=alarm.kind, clinic=alarm.clinic, data=PressedBefore(stamp(alarm.at))
            )
            if not self._is_taken(raised_before, By.at_kiosk(self._kiosk.id), "alarm waits", kind=alarm.kind):
                return 0
            with working(own, self._hospital, self._clock(), self._by) as work:
                end_alarms(work, alarm.kind, alarm.station)
            fact(logging.WARNING, "alarm handed in", kiosk=self._kiosk.id, kind=alarm.kind)
        return len(raised)

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
            given = found[1]
            if not self._is_taken(partial(hand_in, given=given), self._by, "numbers wait", ticket=given["id"]):
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

    def _is_taken(self, hand: Callable[[Work], object], by: By, waits: str, **about: object) -> bool:
        """Hand something to the server; whether it has it now. What waits is logged once for each time."""
        try:
            with working(self._database, self._hospital, self._clock(), by) as work:
                hand(work)
        except (Fault, Refused) as error:
            if not self._told:
                fact(logging.WARNING, waits, kiosk=self._kiosk.id, **about, cause=error.code)
            self._told = True
            return False
        self._told = False
        return True
