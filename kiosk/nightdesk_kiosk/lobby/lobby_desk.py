"""The lobby's one door to the database. Every call opens a connection of its own, so any thread may make it."""

from __future__ import annotations

from dataclasses import dataclass

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby import texts
from nightdesk_queue.commands import Desk, alarms
from nightdesk_queue.commands.alarms import Alarm
from nightdesk_queue.config import Clinic, Hospital, Kiosk
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import Standing, Ticket
from nightdesk_queue.queries import queue_view
from nightdesk_queue.queries.queue_view import ClinicGlance
from nightdesk_queue.queries.wait_forecasts import tell
from nightdesk_queue.rules.slip_rules import REPRINTED
from nightdesk_queue.store import Store, slips
from nightdesk_queue.store.slips import SlipJob
from nightdesk_queue.text.bilingual import Language
from nightdesk_queue.text.cleaning import normalised


@dataclass(frozen=True, slots=True)
class Issued:
    """A number just given, or one that reported; what to tell with it, and whether a slip comes out now.

    `again`: the patient may have the slip printed again.
    """

    ticket: Ticket
    standing: Standing | None
    slip: bool = True
    again: bool = False


class LobbyDesk:
    """What a kiosk may do: look at its clinics, take a number, watch its slip, raise an alarm."""

    def __init__(self, hospital: Hospital, store: Store, clock: Clock, kiosk: Kiosk) -> None:
        self.hospital = hospital
        self.clock = clock
        self.kiosk = kiosk
        self._store = store
        self._by = By("patient", f"kiosk:{kiosk.id}")

    def glances(self) -> list[ClinicGlance]:
        """Return the clinics on offer. Raises Fault."""
        with self._store.another() as store:
            return queue_view.glances(store, self.hospital, self.hospital.offered_at(self.kiosk), self.clock.now())

    def issue(self, clinic: Clinic, language: Language, key: str) -> Issued:
        """Take a number; the same key never gives a second one. Raises Refused, Fault."""
        now = self.clock.now()
        with self._store.another() as store:
            ticket = Desk(store, self.hospital).issue(
                clinic.id, now=now, by=self._by, key=key, kiosk=self.kiosk.id, language=language
            )
            return Issued(ticket, tell(store, self.hospital, ticket, now))

    def report(self, said: str) -> Issued:
        """Check in or rejoin with a number or a telephone's last digits. Raises Refused, Fault."""
        now = self.clock.now()
        with self._store.another() as store:
            try:
                ticket = Desk(store, self.hospital).report(said, now=now, by=self._by, kiosk=self.kiosk.id)
            except Refused as refused:
                if refused.code != "unknown_ticket":
                    raise
                # what staff are told of ids means nothing to a patient
                words = texts.NO_SUCH_PHONE if normalised(said).isdecimal() else texts.NO_SUCH_NUMBER
                raise Refused(refused.code, words.fill(said=said)) from refused
            slip = ticket.arrived_at == now
            again = not slip and self.hospital.printing.patient_reprints > 0
            return Issued(ticket, tell(store, self.hospital, ticket, now), slip, again)

    def reprint(self, issued: Issued) -> Issued:
        """Print a slip again, as often as a patient may. Raises Refused, Fault."""
        now = self.clock.now()
        with self._store.another() as store:
            Desk(store, self.hospital).reprint(issued.ticket.id, now=now, by=self._by, kiosk=self.kiosk.id)
            return Issued(issued.ticket, issued.standing)

    def slip(self, ticket: Ticket) -> SlipJob | None:
        """Return how far a ticket's slip is. Raises Fault."""
        with self._store.another() as store, store.reading() as connection:
            return slips.of_ticket(connection, ticket.id, REPRINTED)

    def alarm(self, kind: Alarm, clinic: Clinic | None) -> None:
        """Call staff to this kiosk. Raises Fault."""
        with self._store.another() as store:
            alarms.sound(store, kind, now=self.clock.now(), by=self._by, clinic=clinic.id if clinic else None)
