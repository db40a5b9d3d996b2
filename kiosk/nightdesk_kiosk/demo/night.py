"""The people of the demo night: patients who arrive, doctors who call, transfers from Emergency.

Everybody acts through the same commands as in production, at moments noted in an agenda, so the night can be played as
fast as the database allows or at the pace of a clock. People react to what they find: a doctor whose patient was called
or finished by a person at the console simply goes on from there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

from nightdesk_kiosk.demo.emergency import SENT, EmergencySystem, Sent
from nightdesk_queue.commands import calling
from nightdesk_queue.commands.issuing import Applicant, issue
from nightdesk_queue.commands.transferring import Transfer, transfer
from nightdesk_queue.commands.work import Work, working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import Lane, State, Ticket
from nightdesk_queue.simulation.agenda import Action, Agenda
from nightdesk_queue.store import Database, tickets

EVENING, EVENING_ROOM = "tcm-night", "tcm-1"
EVENING_PATIENTS = 34
BONE_MINUTES = (6, 68, 131, 205)
"""Minutes after the start at which the bone-setting clinic's patients come: a hundred a month is a few a night."""
OPENS_AFTER = 10
AT_THE_DOOR = 6
OPEN_FOR = 188
CLOSES_AFTER = 220
CONSULTATION_MINUTES, VARIATION = 11.5, 0.47
COMES_AT_ONCE, COMES_LATE = 0.92, 0.6
GOES_TO_EXAMINATION = 0.12
RECALL_MINUTES = 1.0

KIOSK = "lobby-1"
PATIENT = By.at_kiosk(KIOSK)

FAMILY_NAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN_NAMES = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英华"


class Night:
    """One night, repeatable by its seed. `play(until)` does everything that is due.

    `emergency`: the system of the emergency room, where there is one. `moment`: of what happens just now.
    """

    def __init__(
        self,
        database: Database,
        hospital: Hospital,
        start: datetime,
        seed: int,
        emergency: EmergencySystem | None = None,
    ) -> None:
        self.database = database
        self.hospital = hospital
        self.start = start
        self.moment = start
        self.over = False
        self._emergency_system = emergency
        self._chance = Random(seed)
        self._chance_of_names = Random(seed)
        """Of those whom Emergency sends: the others are the same with it and without."""
        self._agenda = Agenda()
        self._patients_to_come = 0
        self._plan()

    def next_moment(self) -> datetime | None:
        """Return when the next thing happens; None when the night is over."""
        return self._agenda.next_moment()

    def play(self, until: datetime) -> None:
        """Do everything due up to a moment. Raises Fault when the database fails; what failed is tried again."""
        while (moment := self._agenda.next_moment()) is not None and moment <= until:
            self.moment = moment
            self._agenda.do_next()
        self.over = self._agenda.next_moment() is None

    def _plan(self) -> None:
        for patient in range(EVENING_PATIENTS):
            # some are there when the clinic opens; of the others more come before dinner than after
            minute = (
                self._chance.uniform(0.1, 3) if patient < AT_THE_DOOR else self._chance.betavariate(1.2, 1.6) * OPEN_FOR
            )
            self._later(OPENS_AFTER + minute, self._arrival(EVENING), patient=True)
        for minute in BONE_MINUTES:
            self._later(minute + self._chance.uniform(-5, 5), self._arrival("bone"), patient=True)
        self._later(24, self._emergency, patient=True)
        for n, sent in enumerate(SENT if self._emergency_system else (), start=1):
            self._later(sent.minute, self._sent(n, sent), patient=True)
        for room in ("tcm-1", "tcm-2"):
            self._later(OPENS_AFTER + 1, self._free(room))
        self._later(1, self._free("bone-1"))

    def _later(self, minutes: float, action: Action, *, patient: bool = False, of: datetime | None = None) -> None:
        self._patients_to_come += patient
        self._agenda.note((of or self.start) + timedelta(minutes=minutes), action)

    # patients --------------------------------------------------------------------------------------------------

    def _arrival(self, clinic: str) -> Action:
        def arrive(now: datetime) -> None:
            self._patients_to_come -= 1
            badge = self._chance.choices(["", "elderly", "veteran"], [0.84, 0.1, 0.06])[0]
            language = self._chance.choices(["zh", "en"], [0.93, 0.07])[0]
            try:
                who = Applicant(
                    name=_name(self._chance), priority=(badge,) if badge else (), kiosk=KIOSK, language=language
                )
                with self._working(now, PATIENT) as work:
                    issue(work, clinic, who)
            except Refused:
                # closed or full: this patient reads it on the screen and goes home
                return

        return arrive

    def _emergency(self, now: datetime) -> None:
        """A pregnant patient with a cold: Emergency can hardly give her drugs, Chinese medicine can."""
        nurse, doctor = By("triage", "console:er"), By("er-doctor", "console:er-1")
        with self._working(now, nurse) as work:
            ticket = issue(work, "er", Applicant(name=_name(self._chance), priority=("pregnant",)))

        def seen(then: datetime) -> None:
            self._try(then, doctor, lambda work: calling.call(work, "er-1", ticket=ticket.id))
            self._try(then + timedelta(minutes=1), doctor, lambda work: calling.start(work, ticket.id))
            self._later(5, transferred, of=then)

        def transferred(then: datetime) -> None:
            self._patients_to_come -= 1
            wanted = Transfer(EVENING, reason="孕妇感冒 / pregnant, a cold")
            self._try(then, doctor, lambda work: transfer(work, ticket.id, wanted))

        self._later(6, seen, of=now)

    def _sent(self, number: int, sent: Sent) -> Action:
        """Emergency's own system sends a patient, and may take the transfer back; what it is told is its affair."""
        name = _name(self._chance_of_names)
        system = self._emergency_system
        assert system is not None, "nobody is sent without a system"

        def taken_back(now: datetime) -> None:
            system.send("A12", number, name, sent, now)
            self._patients_to_come -= 1

        def send(now: datetime) -> None:
            system.send("A02", number, name, sent, now)
            self._patients_to_come -= 1
            if sent.taken_back_after is not None:
                self._later(sent.taken_back_after, taken_back, patient=True, of=now)

        return send

    # doctors ---------------------------------------------------------------------------------------------------

    def _free(self, room: str) -> Action:
        """A doctor without a patient calls the next one, or looks again in a minute until the night is over."""

        def look(now: datetime) -> None:
            doctor = _doctor(room)
            occupant = self._occupant(room)
            if occupant is not None:
                self._attend(room, occupant, now)
                return
            try:
                with self._working(now, doctor) as work:
                    called = calling.call(work, room)
            except Refused:
                if self._patients_to_come or self._somebody_living(room) or not self._past_closing(now):
                    self._later(1, look, of=now)
                return
            self._await(room, called.ticket, now)

        return look

    def _attend(self, room: str, ticket: Ticket, now: datetime) -> None:
        if ticket.state is State.CALLED:
            self._await(room, ticket, now)
        else:
            self._later(self._consultation(), self._end(room, ticket), of=now)

    def _await(self, room: str, ticket: Ticket, now: datetime) -> None:
        # the transferred patient is the story of the night: she does come
        comes = self._chance.random() < COMES_AT_ONCE or ticket.origin is not None
        if comes:
            self._later(self._chance.uniform(0.4, 1.2), self._begin(room, ticket), of=now)
        else:
            self._later(RECALL_MINUTES, self._call_again(room, ticket), of=now)

    def _begin(self, room: str, ticket: Ticket) -> Action:
        def begin(now: datetime) -> None:
            self._try(now, _doctor(room), lambda work: calling.start(work, ticket.id))
            self._later(self._consultation(), self._end(room, ticket), of=now)

        return begin

    def _call_again(self, room: str, ticket: Ticket) -> Action:
        def again(now: datetime) -> None:
            doctor = _doctor(room)
            current = self._occupant(room)
            if current is None or current.id != ticket.id or current.state is not State.CALLED:
                self._free(room)(now)
            elif current.calls < self.hospital.clinics[current.clinic].missed.recalls:
                self._try(now, doctor, lambda work: calling.recall(work, ticket.id))
                self._later(RECALL_MINUTES, again, of=now)
            else:
                self._try(now, doctor, lambda work: calling.miss(work, ticket.id))
                if self._chance.random() < COMES_LATE:
                    self._later(8, self._report_again(ticket), patient=True, of=now)
                self._free(room)(now)

        return again

    def _report_again(self, ticket: Ticket) -> Action:
        def rejoin(now: datetime) -> None:
            self._patients_to_come -= 1
            self._try(now, PATIENT, lambda work: calling.rejoin(work, ticket.id))

        return rejoin

    def _end(self, room: str, ticket: Ticket) -> Action:
        def end(now: datetime) -> None:
            doctor = _doctor(room)
            first_visit = ticket.lane is not Lane.RETURN and ticket.origin is None
            if first_visit and self._chance.random() < GOES_TO_EXAMINATION:
                if self._try(now, doctor, lambda work: calling.hold(work, ticket.id)):
                    self._later(18, self._come_back(ticket), patient=True, of=now)
            else:
                self._try(now, doctor, lambda work: calling.finish(work, ticket.id))
            self._later(0.3, self._free(room), of=now)

        return end

    def _come_back(self, ticket: Ticket) -> Action:
        def come_back(now: datetime) -> None:
            self._patients_to_come -= 1
            self._try(now, By("triage", "console:triage"), lambda work: calling.return_(work, ticket.id))

        return come_back

    def _consultation(self) -> float:
        sigma = math.sqrt(math.log(1 + VARIATION**2))
        return self._chance.lognormvariate(math.log(CONSULTATION_MINUTES) - sigma**2 / 2, sigma)

    def _try(self, now: datetime, by: By, command: Callable[[Work], object]) -> bool:
        """Do a command unless a person was faster; whether it was done."""
        try:
            with self._working(now, by) as work:
                command(work)
        except Refused:
            return False
        return True

    @contextmanager
    def _working(self, now: datetime, by: By) -> Iterator[Work]:
        with working(self.database, self.hospital, now, by) as work:
            yield work

    # what they see ---------------------------------------------------------------------------------------------

    def _occupant(self, room: str) -> Ticket | None:
        with self.database.snapshot() as tx:
            return tickets.in_room(tx, room)

    def _somebody_living(self, room: str) -> bool:
        clinic = self.hospital.clinic_of_room[room].id
        with self.database.snapshot() as tx:
            return bool(tickets.living(tx, clinic, State.WAITING, State.CALLED, State.SERVING, State.HELD))

    def _past_closing(self, now: datetime) -> bool:
        return now >= self.start + timedelta(minutes=CLOSES_AFTER)


def _name(chance: Random) -> str:
    return chance.choice(FAMILY_NAMES) + "".join(chance.choices(GIVEN_NAMES, k=2))


def _doctor(room: str) -> By:
    return By(f"doctor-{room}", f"console:{room}")
