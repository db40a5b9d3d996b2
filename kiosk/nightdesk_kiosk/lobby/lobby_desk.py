"""The lobby's reads and commands on the database, for patients. Any thread may use them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.exchange import (
    Alarmed,
    Answer,
    BeginAnew,
    Effect,
    Given,
    Issue,
    LastSeen,
    LookAtClinics,
    LookAtLast,
    LookAtSlip,
    Offered,
    PagesRead,
    RaiseAlarm,
    ReadPages,
    Report,
    Reprint,
    Serve,
    Several,
    SlipSeen,
    Slowed,
    Stopped,
    TryPin,
)
from nightdesk_kiosk.lobby.information_files import read_pages
from nightdesk_kiosk.lobby.languages import Languages, languages_of
from nightdesk_kiosk.lobby.messages import Issued, Purpose
from nightdesk_queue.commands.alarms import alarm_at_kiosk
from nightdesk_queue.commands.issuing import Applicant, issue_and_tell
from nightdesk_queue.commands.kiosk_check_in import report
from nightdesk_queue.commands.slip_printing import reprint
from nightdesk_queue.commands.telling import tell
from nightdesk_queue.commands.work import Work, working
from nightdesk_queue.config import Clinic, Hospital, Kiosk
from nightdesk_queue.domain.errors import Fault, Refused, TooFast
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import REPRINTED
from nightdesk_queue.domain.tickets import Standing, State, Ticket
from nightdesk_queue.queries.alarms import kiosks_without_printer
from nightdesk_queue.queries.queue_view import ClinicGlance, glances
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.queries.ticket_lookup import candidates
from nightdesk_queue.queries.wait_forecasts import standing
from nightdesk_queue.rules import reporting
from nightdesk_queue.rules.hours import on_call
from nightdesk_queue.store import Database, Tx, kiosks, pages, slips, tickets
from nightdesk_queue.text.cleaning import ascii_digits, clean, normalised

if TYPE_CHECKING:
    from nightdesk_kiosk.lobby.cut_off import CutOff
    from nightdesk_kiosk.lobby.service_desk import ServiceDesk

LONGEST_SAID = 40
"""Characters of what was entered or scanned; more are none of ours."""
MAY_REPORT = (State.EXPECTED, State.MISSED, State.HELD)
"""States of a ticket whose patient may report at a kiosk now."""


class LobbyDesk:
    """What a kiosk may do: look at its clinics, take a number, watch its slip, raise an alarm. Any thread may.

    `own`: the kiosk's own file, with which it goes on while the server is away; None for one that does not.
    """

    def __init__(
        self,
        hospital: Hospital,
        database: Database,
        clock: Clock,
        kiosk: Kiosk,
        languages: Languages | None = None,
        own: Database | None = None,
    ) -> None:
        self.hospital = hospital
        self.clock = clock
        self.kiosk = kiosk
        self.languages = languages or languages_of(hospital, kiosk)
        self._database = database
        self._by = By.at_kiosk(kiosk.id)
        self._alone = self._for_cut_off(own) if own is not None else None

    def _for_cut_off(self, own: Database) -> CutOff:
        # imported here, as the service menu is: most kiosks come to their first picture without either
        from nightdesk_kiosk.lobby.cut_off import CutOff  # noqa: PLC0415

        return CutOff(self.hospital, self.kiosk, own, self.clock, self.languages)

    @cached_property
    def service(self) -> ServiceDesk:
        """What the service menu may do."""
        from nightdesk_kiosk.lobby.service_desk import ServiceDesk  # noqa: PLC0415 - as above

        return ServiceDesk(self.hospital, self._database, self.clock, self.kiosk)

    def glances(self, tx: Tx) -> list[ClinicGlance]:
        """Return the clinics on offer. Raises Fault."""
        return glances(tx, self.hospital, self.hospital.offered_at(self.kiosk), self.clock.now())

    def issue(self, clinic: Clinic, language: str, key: str, group: str | None = None) -> Issued:
        """Take a number; the same key never gives a second one. Raises Refused, TooFast, Fault."""
        groups = (group,) if group else ()
        spoken = self.languages.for_slip(language)
        who = Applicant(key=key, kiosk=self.kiosk.id, language=spoken, priority=groups)
        with self._working() as work:
            given = issue_and_tell(work, clinic.id, who)
            # known already: a tap asks for nothing twice
            here = given.clinic or tonight(work.tx, self.hospital).clinics.get(clinic.id)
            return self._issued(work.tx, given.ticket, given.standing, here)

    def report(self, said: str) -> Issued:
        """Check in, rejoin or come back, by a number or a telephone's last digits. Raises Refused, Fault."""
        with self._working() as work:
            ticket = report(work, said, kiosk=self.kiosk.id)
            slip = ticket.arrived_at == work.now
            again = not slip and self.hospital.printing.patient_reprints > 0
            return self._issued(work.tx, ticket, tell(work, ticket), self._clinic(work.tx, ticket), slip, again)

    def reprint(self, issued: Issued) -> Issued:
        """Print a slip again, as often as a patient may. Raises Refused, Fault."""
        with self._working() as work:
            reprint(work, issued.ticket.id, kiosk=self.kiosk.id)
        return replace(issued, slip=True, again=False)

    def alarm(self, kind: EventKind, clinic: Clinic | None) -> None:
        """Call staff to this kiosk; a danger sign prints the way to Emergency, too. Raises Fault."""
        with self._working() as work:
            alarm_at_kiosk(work, kind, self.kiosk.id, clinic=clinic.id if clinic else None)

    def answer(self, effect: Effect) -> Answer | None:
        """Do what the flow asks for; a patient never waits for an answer in vain, so nothing is raised.

        None where nothing is to be answered.
        """
        try:
            return self._done_here_or_alone(effect)
        except Exception as error:  # noqa: BLE001 - a refusal, a fault or a bug: each has words for the patient
            return _failed(effect, error)

    def _done_here_or_alone(self, effect: Effect) -> Answer | None:
        """Do what is asked for with the server; without it where it is away and this kiosk goes on alone."""
        if self._alone is None:
            return self._done(effect)
        if isinstance(effect, Reprint | LookAtSlip) and self._alone.gave(effect):
            return self._alone.answer(effect)
        try:
            return self._done(effect)
        except Fault:
            return self._alone.answer(effect)

    def _done(self, effect: Effect) -> Answer | None:  # noqa: C901 - one line an effect
        match effect:
            case LookAtClinics(visit):
                with self._database.snapshot() as tx:
                    if self._alone is not None:
                        self._alone.remember(tx)
                    return Offered(visit, tuple(self.glances(tx)), kiosks.state_of(tx, self.kiosk.id))
            case LookAtLast(visit, seconds):
                return self._last(visit, seconds)
            case Issue(visit, clinic, group, language, key):
                return Given(visit, self.issue(clinic, language, key, group))
            case Report():
                return self._report(effect)
            case Reprint(visit, issued):
                return Given(visit, self.reprint(issued))
            case LookAtSlip(visit, ticket):
                with self._database.snapshot() as tx:
                    job = slips.of_ticket(tx, ticket.id, REPRINTED)
                    told = bool(job and job.open and job.cause) and self.kiosk.id in kiosks_without_printer(tx)
                return SlipSeen(visit, job, told)
            case RaiseAlarm(visit, kind, clinic):
                self.alarm(kind, clinic)
                return Alarmed(visit, kind, told=True)
            case ReadPages(visit):
                return PagesRead(visit, read_pages(self.hospital))
            case TryPin() | Serve():
                return self.service.answer(effect)
            case BeginAnew():
                return None

    def _last(self, visit: int, seconds: float) -> Answer:
        """Return the number that was given last here, where its patient may not have seen it: the lobby has begun anew.

        One taken in the future, by a clock that was set back, is not shown to anybody.
        """
        now = self.clock.now()
        with self._database.snapshot() as tx:
            ticket = tickets.last_of_kiosk(tx, self.kiosk.id, now - timedelta(seconds=seconds), now)
            if ticket is None:
                return LastSeen(visit, None, 0.0)
            told = standing(tx, self.hospital, ticket, now)
            issued = self._issued(tx, ticket, told, self._clinic(tx, ticket))
        return LastSeen(visit, issued, seconds - (now - ticket.arrived_at).total_seconds())

    # somebody with a number ----------------------------------------------------------------------------------------

    def _report(self, effect: Report) -> Answer:
        """Do what somebody with a number wants; which of several is meant is asked for first."""
        visit, purpose = effect.visit, effect.purpose
        said = clean(normalised(effect.said), LONGEST_SAID) or ""
        with self._database.snapshot() as tx:
            found = self._meant(tx, said)
            if len(found) > 1:
                return self._several(visit, said, found, purpose)
            ticket = found[0]
            if purpose is Purpose.WHERE:
                return self._where(tx, visit, ticket)
            if purpose is Purpose.REPRINT:
                told = standing(tx, self.hospital, ticket, self.clock.now())
                issued = self._issued(tx, ticket, told, self._clinic(tx, ticket))
        if purpose is Purpose.REPRINT:
            return Given(visit, self.reprint(issued))
        return Given(visit, self.report(ticket.id))

    def _meant(self, tx: Tx, said: str) -> list[Ticket]:
        digits = ascii_digits(said) == said
        words = texts.NO_SUCH_DIGITS if digits else texts.NO_SUCH_NUMBER
        unknown = Refused("unknown_ticket", words.fill(said=said or "?", desk=self.hospital.hospital.desk))
        try:
            found = candidates(tx, self.hospital, said, self.clock.now()) if said else []
        except Refused as refused:
            raise unknown from refused
        if not found:
            raise unknown
        return found

    def _several(self, visit: int, said: str, found: list[Ticket], purpose: Purpose) -> Answer:
        """Ask which is meant by its clinic; numbers of one clinic that share a telephone are a matter for the desk."""
        if len({ticket.clinic for ticket in found}) < len(found):
            raise reporting.several_candidates(self.hospital, said, found)
        return Several(visit, tuple(found), purpose)

    def _where(self, tx: Tx, visit: int, ticket: Ticket) -> Answer:
        """Tell how somebody stands; whoever may report is offered to."""
        if ticket.state is State.WAITING:
            again = self.hospital.printing.patient_reprints > 0
            now = standing(tx, self.hospital, ticket, self.clock.now())
            return Given(visit, self._issued(tx, ticket, now, self._clinic(tx, ticket), slip=False, again=again))
        if ticket.state is State.CALLED:
            raise reporting.called_already(self.hospital, ticket)
        words = texts.STANDING_OF[ticket.state].fill(number=ticket.number, desk=self.hospital.hospital.desk)
        return Stopped(visit, words, ticket.id if ticket.state in MAY_REPORT else None)

    def _clinic(self, tx: Tx, ticket: Ticket) -> Clinic | None:
        """Return a ticket's clinic as it is tonight."""
        return tonight(tx, self.hospital).clinics.get(ticket.clinic)

    def _issued(
        self,
        tx: Tx,
        ticket: Ticket,
        told: Standing | None,
        clinic: Clinic | None,
        slip: bool = True,
        again: bool = False,
    ) -> Issued:
        """Return all that is told with a number: also the way to where its clinic is tonight."""
        route = clinic.route if clinic else None
        return Issued(ticket, told, slip, again, self._doctor_minutes(tx, ticket, clinic), route)

    def _doctor_minutes(self, tx: Tx, ticket: Ticket, clinic: Clinic | None) -> int | None:
        """Return how long the doctor on call takes to come, where one is being paged for a ticket."""
        rules = on_call(clinic, self.hospital, self.clock.now()) if clinic else None
        return rules.comes_in_minutes if rules and pages.of_ticket(tx, ticket.id) else None

    @contextmanager
    def _working(self) -> Iterator[Work]:
        with working(self._database, self.hospital, self.clock.now(), self._by) as work:
            yield work


def _failed(effect: Effect, error: Exception) -> Answer | None:
    match effect:
        case RaiseAlarm(visit, kind):
            # whatever it was, nobody has been told, and that is what must be said
            return Alarmed(visit, kind, told=False)
        case LookAtSlip(visit):
            return SlipSeen(visit, None)
        case BeginAnew():
            return None
        case _ if isinstance(error, TooFast):
            return Slowed(effect.visit, error.seconds)
        case _ if isinstance(error, Refused):
            return Stopped(effect.visit, error.text)
        case _:
            return Stopped(effect.visit, texts.OUT_OF_ORDER)
