"""The lobby's reads and commands on the database. Any thread may use them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.messages import (
    Alarmed,
    Answer,
    Effect,
    Given,
    Issue,
    Issued,
    LookAtClinics,
    LookAtSlip,
    Offered,
    RaiseAlarm,
    Report,
    Reprint,
    SlipSeen,
    Stopped,
)
from nightdesk_queue.commands.alarms import raise_alarm
from nightdesk_queue.commands.issuing import Applicant, issue_and_tell
from nightdesk_queue.commands.kiosk_check_in import report
from nightdesk_queue.commands.slip_printing import reprint
from nightdesk_queue.commands.telling import tell
from nightdesk_queue.commands.work import Work, working
from nightdesk_queue.config import Clinic, Hospital, Kiosk
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import REPRINTED, SlipJob
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.queue_view import ClinicGlance, glances
from nightdesk_queue.store import Database, slips
from nightdesk_queue.text.bilingual import Language
from nightdesk_queue.text.cleaning import normalised


class LobbyDesk:
    """What a kiosk may do: look at its clinics, take a number, watch its slip, raise an alarm. Any thread may."""

    def __init__(self, hospital: Hospital, database: Database, clock: Clock, kiosk: Kiosk) -> None:
        self.hospital = hospital
        self.clock = clock
        self.kiosk = kiosk
        self._database = database
        self._by = By.at_kiosk(kiosk.id)

    def glances(self) -> list[ClinicGlance]:
        """Return the clinics on offer. Raises Fault."""
        with self._database.snapshot() as tx:
            return glances(tx, self.hospital, self.hospital.offered_at(self.kiosk), self.clock.now())

    def issue(self, clinic: Clinic, language: Language, key: str) -> Issued:
        """Take a number; the same key never gives a second one. Raises Refused, Fault."""
        who = Applicant(key=key, kiosk=self.kiosk.id, language=language)
        with self._working() as work:
            return Issued(*issue_and_tell(work, clinic.id, who))

    def report(self, said: str) -> Issued:
        """Check in or rejoin with a number or a telephone's last digits. Raises Refused, Fault."""
        try:
            with self._working() as work:
                ticket = report(work, said, kiosk=self.kiosk.id)
                slip = ticket.arrived_at == work.now
                again = not slip and self.hospital.printing.patient_reprints > 0
                return Issued(ticket, tell(work, ticket), slip, again)
        except Refused as refused:
            if refused.code != "unknown_ticket":
                raise
            # what staff are told of ids means nothing to a patient
            words = texts.NO_SUCH_PHONE if normalised(said).isdecimal() else texts.NO_SUCH_NUMBER
            raise Refused(refused.code, words.fill(said=said)) from refused

    def reprint(self, issued: Issued) -> Issued:
        """Print a slip again, as often as a patient may. Raises Refused, Fault."""
        with self._working() as work:
            reprint(work, issued.ticket.id, kiosk=self.kiosk.id)
        return Issued(issued.ticket, issued.standing)

    def slip(self, ticket: Ticket) -> SlipJob | None:
        """Return how far a ticket's slip is. Raises Fault."""
        with self._database.snapshot() as tx:
            return slips.of_ticket(tx, ticket.id, REPRINTED)

    def alarm(self, kind: EventKind, clinic: Clinic | None) -> None:
        """Call staff to this kiosk. Raises Fault."""
        with self._working() as work:
            raise_alarm(work, kind, clinic=clinic.id if clinic else None)

    def answer(self, effect: Effect) -> Answer:
        """Do what the flow asks for; a patient never waits for an answer in vain, so nothing is raised."""
        try:
            return self._done(effect)
        except Exception as error:  # noqa: BLE001 - a refusal, a fault or a bug: each has words for the patient
            return _failed(effect, error)

    def _done(self, effect: Effect) -> Answer:
        match effect:
            case LookAtClinics(visit):
                return Offered(visit, tuple(self.glances()))
            case Issue(visit, clinic, language, key):
                return Given(visit, self.issue(clinic, language, key))
            case Report(visit, said):
                return Given(visit, self.report(said))
            case Reprint(visit, issued):
                return Given(visit, self.reprint(issued))
            case LookAtSlip(visit, ticket):
                return SlipSeen(visit, self.slip(ticket))
            case RaiseAlarm(visit, kind, clinic):
                self.alarm(kind, clinic)
                return Alarmed(visit, told=True)

    @contextmanager
    def _working(self) -> Iterator[Work]:
        with working(self._database, self.hospital, self.clock.now(), self._by) as work:
            yield work


def _failed(effect: Effect, error: Exception) -> Answer:
    match effect:
        case RaiseAlarm(visit):
            # whatever it was, nobody has been told, and that is what must be said
            return Alarmed(visit, told=False)
        case LookAtSlip(visit):
            return SlipSeen(visit, None)
        case _:
            words = error.text if isinstance(error, Refused) else texts.OUT_OF_ORDER
            return Stopped(effect.visit, words)
