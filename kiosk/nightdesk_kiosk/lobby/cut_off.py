"""A kiosk that is cut off from the server: it goes on giving numbers of its own, from a file of its own.

While it is connected it remembers how the clinics are. While it is cut off it gives what needs nobody else: numbers, by
hours, suspension and quota as last known; their slips again; information. What only the server knows it sends to the
desk for. An alarm is told as what it is, nobody has heard it; staff are told of it when the server is back.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import date, datetime, timedelta

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
    Reprint,
    SlipSeen,
    Stopped,
)
from nightdesk_kiosk.lobby.information_files import read_pages
from nightdesk_kiosk.lobby.languages import Languages
from nightdesk_kiosk.lobby.messages import Issued
from nightdesk_kiosk.logs import fact
from nightdesk_queue.commands.alarms import alarm_at_kiosk
from nightdesk_queue.commands.handing_in import remember_clinics
from nightdesk_queue.commands.issuing import Applicant, issue
from nightdesk_queue.commands.slip_printing import reprint
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Clinic, Hospital, Kiosk
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import REPRINTED
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.admission import given_in
from nightdesk_queue.queries.queue_view import ClinicGlance
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.rules import admission
from nightdesk_queue.rules.cut_off import as_cut_off
from nightdesk_queue.rules.hours import Opening, opening
from nightdesk_queue.store import Database, Tx, clinics, handing_in, kiosks, slips, tickets
from nightdesk_queue.store.handing_in import LastKnown

REMEMBER_SECONDS = 60.0
"""How often a connected kiosk writes down how the clinics are."""


class _Given:
    """How many numbers were given for each clinic: before the line broke, and here since. Each fact is read once."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._before = handing_in.last_known(tx)
        self._mark = handing_in.handed_in(tx)
        self._since: dict[date, Counter[str]] = {}

    def of(self, clinic: str, day: date) -> int:
        """Return how many were given for a clinic on a service day."""
        if day not in self._since:
            here = tickets.of_days(self._tx, [day])
            self._since[day] = Counter(one.clinic for one in here if one.seq > self._mark)
        known = self._before.get(clinic)
        return self._since[day][clinic] + (known.given if known and known.service_day == day else 0)


class CutOff:
    """What a kiosk does alone. `own`: its own file. Any thread may use it."""

    def __init__(self, hospital: Hospital, kiosk: Kiosk, own: Database, clock: Clock, languages: Languages) -> None:
        self._hospital = hospital
        self._alone = as_cut_off(hospital, kiosk)
        self._kiosk = kiosk
        self._own = own
        self._clock = clock
        self._languages = languages
        self._by = By.at_kiosk(kiosk.id)
        self._remembered_at: datetime | None = None
        self._since: datetime | None = None

    def remember(self, tx: Tx) -> None:
        """Write down how the clinics and this kiosk are, once a minute. `tx`: of the server. Raises Fault."""
        now = self._clock.now()
        if self._since is not None:
            fact(logging.WARNING, "connected again", kiosk=self._kiosk.id)
            self._since = None
        last = self._remembered_at
        if last is not None and timedelta(0) <= now - last < timedelta(seconds=REMEMBER_SECONDS):
            return
        self._remembered_at = now
        offered = self._hospital.offered_at(self._kiosk)
        known = [self._known(tx, clinic, opening(clinic, self._hospital, now)) for clinic in offered]
        states, state = list(clinics.all_of(tx).values()), kiosks.state_of(tx, self._kiosk.id)
        with working(self._own, self._alone, now, By.service(f"kiosk:{self._kiosk.id}")) as work:
            remember_clinics(work, states, known, state)

    def gave(self, effect: Reprint | LookAtSlip) -> bool:
        """Whether a slip is of a number of this kiosk's own file, also when the server is back."""
        match effect:
            case Reprint(_, issued):
                return issued.cut_off
            case LookAtSlip(_, ticket):
                return ticket.prefix == self._kiosk.offline_prefix

    def answer(self, effect: Effect) -> Answer | None:  # noqa: PLR0911 - a table of cases: each returns
        """Do what the flow asks for without the server. Raises Refused, TooFast, Fault of the own file."""
        match effect:
            case LookAtClinics(visit):
                self._note()
                with self._own.snapshot() as tx:
                    return Offered(visit, tuple(self._glances(tx)), kiosks.state_of(tx, self._kiosk.id))
            case LookAtLast(visit, seconds):
                return self._last(visit, seconds)
            case Issue(visit, clinic, group, language, key):
                return Given(visit, self._issue(clinic, language, key, group))
            case Reprint(visit, issued) if issued.cut_off:
                with self._working() as work:
                    reprint(work, issued.ticket.id, kiosk=self._kiosk.id)
                return Given(visit, issued)
            case LookAtSlip(visit, ticket):
                with self._own.snapshot() as tx:
                    return SlipSeen(visit, slips.of_ticket(tx, ticket.id, REPRINTED))
            case RaiseAlarm(visit, kind, clinic):
                with self._working() as work:
                    alarm_at_kiosk(work, kind, self._kiosk.id, clinic=clinic.id if clinic else None)
                return Alarmed(visit, kind, told=False)
            case ReadPages(visit):
                return PagesRead(visit, read_pages(self._hospital))
            case BeginAnew():
                return None
            case _:
                return Stopped(effect.visit, texts.CUT_OFF_ASK.fill(desk=self._hospital.hospital.desk))

    def _note(self) -> None:
        """Log that the server is away, once for each time."""
        if self._since is None:
            self._since = self._clock.now()
            fact(logging.WARNING, "cut off from the server", kiosk=self._kiosk.id)

    def _glances(self, tx: Tx) -> list[ClinicGlance]:
        states, given, now = clinics.all_of(tx), _Given(tx), self._clock.now()
        found = []
        for clinic in self._hospital.offered_at(self._kiosk):
            hours, state = opening(clinic, self._hospital, now), states.get(clinic.id)
            refusal = (
                admission.by_hours(self._hospital, clinic, hours)
                or admission.by_suspension(self._hospital, clinic, state)
                or self._no_place(given, clinic, hours)
            )
            found.append(ClinicGlance(clinic, hours, None, refusal, state))
        return found

    def _issue(self, clinic: Clinic, language: str, key: str, group: str | None) -> Issued:
        groups = (group,) if group else ()
        spoken = self._languages.for_slip(language)
        who = Applicant(key=key, kiosk=self._kiosk.id, language=spoken, priority=groups)
        hours = opening(clinic, self._hospital, self._clock.now())
        with self._working() as work:
            known = tickets.by_key(work.tx, key)
            if known is None and (refusal := self._no_place(_Given(work.tx), clinic, hours)):
                raise refusal
            return self._issued(work.tx, issue(work, clinic.id, who))

    def _last(self, visit: int, seconds: float) -> Answer:
        now = self._clock.now()
        with self._own.snapshot() as tx:
            ticket = tickets.last_of_kiosk(tx, self._kiosk.id, now - timedelta(seconds=seconds), now)
            if ticket is None:
                return LastSeen(visit, None, 0.0)
            return LastSeen(visit, self._issued(tx, ticket), seconds - (now - ticket.arrived_at).total_seconds())

    def _no_place(self, given: _Given, clinic: Clinic, hours: Opening) -> Refused | None:
        """Return why a session has no place left, by what was given before the line broke and here since."""
        session = hours.session
        if session is None or session.quota is None:
            return None
        return admission.by_quota(self._hospital, clinic, session, given.of(clinic.id, session.service_day))

    def _known(self, tx: Tx, clinic: Clinic, hours: Opening) -> LastKnown:
        given = given_in(tx, self._hospital, clinic, hours.session) if hours.session else 0
        return LastKnown(clinic.id, hours.service_day, given)

    def _issued(self, tx: Tx, ticket: Ticket) -> Issued:
        here = tonight(tx, self._hospital).clinics.get(ticket.clinic)
        again = self._hospital.printing.patient_reprints > 0
        return Issued(ticket, None, again=again, route=here.route if here else None, cut_off=True)

    def _working(self) -> working:
        return working(self._own, self._alone, self._clock.now(), self._by)
