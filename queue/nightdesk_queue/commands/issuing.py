"""Numbers: issued to patients who are here, kept for expected ones, who are checked in when they arrive."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from nightdesk_queue.commands.alarms import raise_alarm
from nightdesk_queue.commands.pages import page_if_on_call
from nightdesk_queue.commands.steps import (
    credit,
    day_and_number,
    end_of_line,
    found,
    joins_lane,
    new_id,
    next_number,
    step,
)
from nightdesk_queue.commands.telling import tell
from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain import states
from nightdesk_queue.domain.event_data import CheckedIn, EventData, Issued, ManyNumbers
from nightdesk_queue.domain.events import EventKind, JsonValue
from nightdesk_queue.domain.people import By, Role
from nightdesk_queue.domain.slips import NewSlip, SlipKind
from nightdesk_queue.domain.tickets import LEVEL_ORDINARY, Lane, Standing, State, Ticket
from nightdesk_queue.queries import admission as tonight_admission
from nightdesk_queue.queries.kiosk_use import out_of_use
from nightdesk_queue.queries.room_assignments import moved
from nightdesk_queue.queries.wait_forecasts import IN_QUEUE, Prospects, prospects_of
from nightdesk_queue.rules import admission, permissions, refusals
from nightdesk_queue.rules.bookings import is_late, is_no_show, lane_on_arrival, phone_tail, session_of
from nightdesk_queue.rules.hours import Opening, opening
from nightdesk_queue.rules.kiosk_pace import in_alarm_span, looked_back, wait_before_next
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import clinics, forecasts, slips, tickets
from nightdesk_queue.store.database import Tx, Value
from nightdesk_queue.store.events import NewEvent
from nightdesk_queue.store.tickets import Columns
from nightdesk_queue.store.timestamps import stamp
from nightdesk_queue.text.cleaning import clean

NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who wants a number. `kiosk`: where they stand; `extra`: beyond quota, last ticket and forecast.

    `key`: the same key again gets the ticket it got before. `paced`: whether a patient at a kiosk waits while it has
    given many numbers; whoever types numbers for a kiosk does not.
    """

    name: str | None = None
    priority: tuple[str, ...] = ()
    level: int | None = None
    key: str | None = None
    kiosk: str | None = None
    language: str | None = None
    extra: bool = False
    paced: bool = True


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who telephoned or has a booking. `slot_at`: the booked time, None for some time today."""

    name: str | None = None
    phone: str | None = None
    slot_at: datetime | None = None
    priority: tuple[str, ...] = ()
    key: str | None = None


class Told(NamedTuple):
    """A number that was given, what its patient is told of the wait, and the clinic as it is tonight.

    `clinic` is None where the number had been given before.
    """

    ticket: Ticket
    standing: Standing | None
    clinic: Clinic | None = None


@command(Command.ISSUE)
def issue(work: Work, clinic_id: str, who: Applicant = Applicant()) -> Ticket:
    """Give a number for a clinic and put its slip in the spool.

    A number follows the highest of its service day; one that a patient of an earlier day still holds is passed over.
    Many numbers of one kiosk in a short time raise an alarm there.
    Raises Refused: unknown_clinic, not_offered, unknown_priority, red_flag, staff_only, kiosk_suspended, closed,
    suspended, full; TooFast for a patient at a kiosk that has given many just now.
    """
    return _issue(work, clinic_id, who, telling=False).ticket


@command(Command.ISSUE)
def issue_and_tell(work: Work, clinic_id: str, who: Applicant = Applicant()) -> Told:
    """Give a number, and return with it what the patient is told of the wait, which is remembered.

    The forecast that decides whether there is time is the one that is told. Raises as `issue`.
    """
    permissions.require(work.by.role, Command.TELL)
    return _issue(work, clinic_id, who, telling=True)


def _issue(work: Work, clinic_id: str, who: Applicant, *, telling: bool) -> Told:
    clinic = refusals.known_clinic(work.hospital, clinic_id)
    groups = refusals.known_priorities(work.hospital, who.priority)
    level = refusals.queueing_level(work.hospital, who.level) or LEVEL_ORDINARY
    _refuse_kiosk(work, clinic, who, level)
    hours = opening(clinic, work.hospital, work.now)
    _ask_ahead(work, clinic, who, hours, level, telling=telling)
    if who.key is not None and (known := tickets.by_key(work.tx, who.key)):
        given = refusals.same_clinic_for_key(known, clinic)
        return Told(given, tell(work, given) if telling else None)
    if refusal := out_of_use(work.tx, work.hospital, who.kiosk):
        raise refusal
    ahead = _admitted(work, clinic, hours, extra=who.extra, telling=telling)
    lately = _given_lately(work, who)
    waiting = ahead.waiting.waiting if ahead else None
    day, n = day_and_number(work.tx, clinic.prefix, hours.service_day)
    row = ticket_row(clinic, work.now, day, n, groups, who.name, who.key)
    row |= {
        "state": State.WAITING,
        "level": level,
        **credit(work.now, end_of_line(work.tx, clinic.id, level, work.now, waiting)),
        "language": who.language,
        "kiosk": who.kiosk,
    }
    if groups:
        row |= joins_lane(work.tx, clinic.id, level, Lane.PRIORITY, waiting)
    ticket = insert_ticket(work, row, EventKind.ISSUE, Issued(extra=True) if who.extra else None)
    printer = work.hospital.printer_for(who.kiosk, clinic.id)
    slips.add(work.tx, NewSlip(SlipKind.TICKET, printer, ticket=ticket.id), work.now)
    page_if_on_call(work, ticket, new=True)
    if lately is not None:
        _tell_of_many(work, ticket, lately)
    if ahead is None or not telling:
        return Told(ticket, None)
    return Told(ticket, _told(work, ticket, ahead), ahead.clinic)


def _ask_ahead(work: Work, clinic: Clinic, who: Applicant, hours: Opening, level: int, *, telling: bool) -> None:
    """Let what a number needs to know be fetched together, where each question would be a trip over the network."""
    hospital, now = work.hospital, work.now
    asks: list[Callable[[Tx], object]] = [clinics.all_of, lambda tx: tickets.last_issued(tx, clinic.prefix)]
    if who.key is not None:
        key = who.key
        asks.append(lambda tx: tickets.by_key(tx, key))
    if who.kiosk is not None:
        kiosk = who.kiosk
        asks.append(lambda tx: out_of_use(tx, hospital, kiosk))
        if work.by.role is Role.PATIENT:
            since = now - looked_back(hospital.kiosks[kiosk].pace)
            asks.append(lambda tx: tickets.given_at_kiosk(tx, kiosk, since, now))
    limited = hours.session is not None and not who.extra
    if limited:
        asks.append(lambda tx: tonight_admission.no_place(tx, hospital, clinic, hours))
    if telling or (limited and clinic.stop_by_forecast):
        asks.append(lambda tx: prospects_of(tx, hospital, clinic, tickets.living(tx, clinic.id, *IN_QUEUE), now))
    else:
        asks.append(lambda tx: tickets.last_queued(tx, clinic.id, level))
    work.tx.ahead(*asks)


def _refuse_kiosk(work: Work, clinic: Clinic, who: Applicant, level: int) -> None:
    """Refuse what a kiosk does not offer, and what only staff may give: a level, an extra number."""
    refusals.known_kiosk(work.hospital, who.kiosk, clinic)
    if who.extra:
        permissions.require(work.by.role, Command.GIVE_EXTRA)
    if level != LEVEL_ORDINARY:
        permissions.require(work.by.role, Command.ISSUE_WITH_LEVEL)


def _admitted(work: Work, clinic: Clinic, hours: Opening, *, extra: bool, telling: bool) -> Prospects | None:
    """Refuse a number the clinic does not give now, and return its prospects where they had to be read.

    What is asked is asked once: `telling` needs the prospects, and so does the stop by forecast.
    """
    hospital = work.hospital
    if refusal := admission.by_hours(hospital, clinic, hours, extra=extra):
        raise refusal
    staff_changes = clinics.all_of(work.tx)
    if refusal := admission.by_suspension(hospital, clinic, staff_changes.get(clinic.id)):
        raise refusal
    limited = hours.session is not None and not extra
    if limited and (refusal := tonight_admission.no_place(work.tx, hospital, clinic, hours)):
        raise refusal
    if not telling and not (limited and clinic.stop_by_forecast):
        return None
    living = tickets.living(work.tx, clinic.id, *IN_QUEUE)
    ahead = prospects_of(work.tx, hospital, moved(hospital, staff_changes).clinics[clinic.id], living, work.now)
    if limited and (refusal := tonight_admission.no_time(hospital, clinic, hours, ahead)):
        raise refusal
    return ahead


def _given_lately(work: Work, who: Applicant) -> list[datetime] | None:
    """Return when a patient's kiosk has given numbers lately, None for staff. Raises TooFast where it has to rest."""
    if work.by.role is not Role.PATIENT or who.kiosk is None:
        return None
    pace = work.hospital.kiosks[who.kiosk].pace
    given = tickets.given_at_kiosk(work.tx, who.kiosk, work.now - looked_back(pace), work.now)
    seconds = wait_before_next(given, pace, work.now)
    if seconds and who.paced:
        raise refusals.too_fast(seconds)
    return given


def _tell_of_many(work: Work, ticket: Ticket, given: Sequence[datetime]) -> None:
    """Raise the alarm where a kiosk has given as many numbers as staff want to be told of, this one included."""
    kiosk = work.hospital.kiosks[ticket.kiosk or ""]
    lately = [*in_alarm_span(given, kiosk.pace, work.now), work.now]
    if len(lately) >= kiosk.pace.alarm_after:
        at_kiosk = replace(work, by=By.at_kiosk(kiosk.id, work.by.actor))
        many = ManyNumbers(kiosk.id, len(lately), stamp(lately[0]))
        raise_alarm(at_kiosk, EventKind.MANY_NUMBERS, data=many)


def _told(work: Work, ticket: Ticket, ahead: Prospects) -> Standing:
    """Return what a new patient is told, and remember it: the call will show how good it was."""
    place, forecast = ahead.of_one_more(ticket)
    forecasts.remember(work.tx, ticket.id, ticket.clinic, work.now, place, forecast)
    return Standing(place, forecast.minutes)


@command(Command.EXPECT)
def expect(work: Work, clinic_id: str, who: Caller = Caller()) -> Ticket:
    """Keep a number for somebody who telephoned or has a booking; nothing is printed until they check in.

    Without a booked time the patient is expected in this service day. Of the telephone number the last four digits are
    kept. The same key again returns the ticket it gave before.
    Raises Refused: unknown_clinic, unknown_priority, closed, suspended, full.
    """
    clinic = refusals.known_clinic(work.hospital, clinic_id)
    if who.key is not None and (known := tickets.by_key(work.tx, who.key)):
        refusals.known_priorities(work.hospital, who.priority)
        return refusals.same_clinic_for_key(known, clinic)
    return expect_another(work, clinic, who)


@command(Command.EXPECT)
def expect_another(work: Work, clinic: Clinic, who: Caller) -> Ticket:
    """Keep a number for somebody whose key, where there is one, is known to be new. Raises as `expect`."""
    groups = refusals.known_priorities(work.hospital, who.priority)
    hours = session_of(work.hospital, clinic, who.slot_at, work.now)
    if refusal := tonight_admission.no_booking(work.tx, work.hospital, clinic, hours, work.now):
        raise refusal
    if who.slot_at is None:
        day, n = day_and_number(work.tx, clinic.prefix, hours.service_day)
    else:
        day, n = hours.service_day, next_number(work.tx, clinic.prefix, hours.service_day)
    row = ticket_row(clinic, work.now, day, n, groups, who.name, who.key) | {
        "state": State.EXPECTED,
        "lane": Lane.BOOKED if who.slot_at else Lane.PRIORITY if groups else Lane.FIRST,
        "queued_at": stamp(who.slot_at or work.now),
        "phone": phone_tail(who.phone),
        "slot_at": stamp(who.slot_at) if who.slot_at else None,
    }
    return insert_ticket(work, row, EventKind.EXPECT, None)


@command(Command.CHECK_IN)
def check_in(work: Work, ticket: str, *, kiosk: str | None = None) -> Ticket:
    """Check in an expected patient, who waits from now on; the slip is printed.

    In the slot's window the booked time counts as arrival; after it the patient waits like anybody who comes now.
    Raises Refused: unknown_ticket, wrong_state, too_early, closed, suspended, not_offered, kiosk_suspended.
    """
    patient = found(work, ticket)
    states.after(EventKind.CHECK_IN, patient)
    clinic = refusals.known_clinic(work.hospital, patient.clinic)
    refusals.known_kiosk(work.hospital, kiosk, clinic)
    suspension = clinics.all_of(work.tx).get(clinic.id)
    if refusal := out_of_use(work.tx, work.hospital, kiosk) or admission.by_suspension(
        work.hospital, clinic, suspension
    ):
        raise refusal
    late = is_late(work.hospital, clinic, patient, work.now)
    lane = lane_on_arrival(clinic, patient, late=late)
    credited = credit(work.now, end_of_line(work.tx, clinic.id, patient.level, work.now))
    if patient.slot_at and not late and (lane is Lane.BOOKED or stamp(patient.slot_at) < str(credited["queued_at"])):
        credited = {"queued_at": stamp(patient.slot_at), "waits_from": None}
    changes: dict[str, Value] = {"arrived_at": stamp(work.now), **credited, "kiosk": kiosk}
    changes |= joins_lane(work.tx, clinic.id, patient.level, lane)
    printer = work.hospital.printer_for(kiosk, clinic.id)
    slips.queue(work.tx, NewSlip(SlipKind.TICKET, printer, ticket=patient.id), work.now)
    return step(work, patient, EventKind.CHECK_IN, changes, data=CheckedIn(late=True) if late else None)


@command(Command.LAPSE_NO_SHOWS)
def lapse_no_shows(work: Work) -> list[Ticket]:
    """Let the numbers lapse of expected patients whose session (or service day) is over; return them."""
    gone = [ticket for ticket in tickets.expected(work.tx) if is_no_show(work.hospital, ticket, work.now)]
    return [step(work, ticket, EventKind.NO_SHOW, {"ended_at": stamp(work.now)}) for ticket in gone]


def ticket_row(
    clinic: Clinic, now: datetime, service_day: date, n: int, groups: Iterable[str], name: str | None, key: str | None
) -> dict[str, Value]:
    """Return the columns of a new ticket that do not depend on how its patient came."""
    listed = list(groups)
    return {
        **_EMPTY,
        "id": new_id(now),
        "number": f"{clinic.prefix}{n:03d}",
        "prefix": clinic.prefix,
        "n": n,
        "service_day": service_day.isoformat(),
        "clinic": clinic.id,
        "priority": json.dumps(listed) if listed else "[]",
        "name": clean(name, NAME_LENGTH),
        "key": key,
        "arrived_at": stamp(now),
    }


def insert_ticket(
    work: Work, row: Columns, kind: EventKind, data: EventData | None, *, referred_to: str | None = None
) -> Ticket:
    """Write a new ticket with its event, and return it. `referred_to`: the clinic another system transferred it to."""
    seq = tickets.insert(work.tx, row, many=work.act.first is not None)
    record(
        work,
        NewEvent(
            kind=kind,
            ticket=str(row["id"]),
            number=str(row["number"]),
            clinic=str(row["clinic"]),
            after=_as_written(row),
            target=referred_to,
            data=data,
        ),
    )
    return tickets.of_columns({**row, "seq": seq})


def _as_written(row: Columns) -> dict[str, JsonValue]:
    """Return the columns of a new ticket as its event holds them: without those that are empty."""
    after: dict[str, JsonValue] = {
        name: value for name, value in row.items() if value is not None and name != "ways_back"
    }
    ways = json.loads(str(row["ways_back"]))
    return {**after, "ways_back": ways} if ways else after


_EMPTY: dict[str, Value] = {
    **dict.fromkeys(tickets.COLUMNS),
    "lane": Lane.FIRST,
    "level": LEVEL_ORDINARY,
    "calls": 0,
    "missed": 0,
    "ways_back": "[]",
}
