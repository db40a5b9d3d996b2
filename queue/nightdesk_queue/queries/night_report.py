"""A night, a week or a month in numbers, beside the same span before: for the desk, the duty room and the hospital.

The cost is that of the days asked for and of as many before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.queries.reports import ForecastQuality, forecast_quality
from nightdesk_queue.rules.figures import Figures, Visit, figures, grouped, percentile
from nightdesk_queue.store import devices, events, pages, tickets
from nightdesk_queue.store.database import Tx

AT_ONCE_SECONDS = 1.0
"""A consultation that ended so soon after its start was started by the key that ended it."""
FIRST_HOUR = 12
"""A night's hours are listed from noon to noon: those of one evening stand together."""


class Span(StrEnum):
    """How long a report is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """Service days that follow one another, and as many (of a month: the month) before them."""

    span: Span
    days: tuple[date, ...]
    before: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Figures of a period, and of the one before."""

    now: Figures
    before: Figures


@dataclass(frozen=True, slots=True)
class PageFigures:
    """Pages for doctors on call: how many, how many were answered, and minutes until then."""

    paged: int = 0
    answered: int = 0
    p50: int | None = None
    p90: int | None = None


@dataclass(frozen=True, slots=True)
class DeviceAway:
    """A device that did not work for a while: how often, and how many minutes in all."""

    kind: DeviceKind
    id: str
    times: int
    minutes: int


@dataclass(frozen=True, slots=True)
class NightReport:
    """Everything a report says. What nothing is known of is left out of the mappings."""

    period: Period
    total: Compared
    clinics: dict[str, Compared]
    hours: dict[int, Figures] = field(default_factory=dict)
    levels: dict[int, Figures] = field(default_factory=dict)
    groups: dict[str, Figures] = field(default_factory=dict)
    weekdays: dict[int, Figures] = field(default_factory=dict)
    arrivals: dict[str, dict[int, int]] = field(default_factory=dict)
    """How many numbers each clinic issued in each hour."""
    pages: PageFigures = PageFigures()
    away: tuple[DeviceAway, ...] = ()
    forecasts: tuple[ForecastQuality, ...] = ()


def period_of(span: Span, day: date) -> Period:
    """Return the day, the week from Monday to Sunday, or the month that a day lies in."""
    match span:
        case Span.DAY:
            return Period(span, (day,), (day - timedelta(days=1),))
        case Span.WEEK:
            monday = day - timedelta(days=day.weekday())
            return Period(span, _days(monday, 7), _days(monday - timedelta(days=7), 7))
        case Span.MONTH:
            first = day.replace(day=1)
            following = (first + timedelta(days=32)).replace(day=1)
            last_month = (first - timedelta(days=1)).replace(day=1)
            return Period(span, _days(first, (following - first).days), _days(last_month, (first - last_month).days))


def night_report(tx: Tx, hospital: Hospital, period: Period, clinics: Sequence[Clinic], now: datetime) -> NightReport:
    """Return the report of some clinics over a period, as far as it has passed."""
    shown = [clinic.id for clinic in clinics]
    visits = _visits(tx, hospital, period.days, clinics)
    before = _visits(tx, hospital, period.before, clinics)
    now_of, before_of = grouped(visits, _clinic), grouped(before, _clinic)
    since, until = _moments(hospital, period.days)
    hours = grouped(visits, lambda visit: (visit.hour,))
    return NightReport(
        period=period,
        total=Compared(figures(visits), figures(before)),
        clinics={one: Compared(now_of.get(one, Figures()), before_of.get(one, Figures())) for one in shown},
        hours={hour: hours[hour] for hour in sorted(hours, key=in_night)},
        levels=dict(sorted(grouped(visits, lambda visit: (visit.level,)).items())),
        groups=grouped(visits, lambda visit: visit.groups),
        weekdays=dict(sorted(grouped(visits, lambda visit: (visit.weekday,)).items())),
        arrivals={clinic: _arrivals(visits, clinic) for clinic in shown},
        pages=_pages(tx, period.days, shown),
        away=tuple(_away(tx, hospital, since, max(min(until, now), since))),
        forecasts=tuple(one for one in forecast_quality(tx, hospital, since, until) if one.clinic in shown),
    )


def in_night(hour: int) -> int:
    """Return the place of an hour in a night that begins at noon."""
    return (hour - FIRST_HOUR) % 24


def _days(first: date, count: int) -> tuple[date, ...]:
    return tuple(first + timedelta(days=n) for n in range(count))


def _clinic(visit: Visit) -> Iterable[str]:
    return (visit.clinic,)


def _arrivals(visits: Iterable[Visit], clinic: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for visit in visits:
        if visit.clinic == clinic and visit.issued:
            found[visit.hour] = found.get(visit.hour, 0) + 1
    return {hour: found[hour] for hour in sorted(found, key=in_night)}


def _visits(tx: Tx, hospital: Hospital, days: Sequence[date], clinics: Sequence[Clinic]) -> list[Visit]:
    found = tickets.of_days(tx, days)
    texts = [day.isoformat() for day in days]
    starts, gone = events.first_starts(tx, texts), events.taken_back(tx, texts)
    return [
        _visit(ticket, clinic, starts.get((ticket.id, clinic.id)), hospital)
        for ticket in found
        for clinic in clinics
        if ticket.id not in gone
        and _was_here(ticket)
        and (hospital.giver(ticket) == clinic.id or ticket.clinic == clinic.id or (ticket.id, clinic.id) in starts)
    ]


def _was_here(ticket: Ticket) -> bool:
    """Whether a patient has come: an expected one who has lapsed or cancelled from afar was never here."""
    if ticket.state is State.EXPECTED:
        return False
    announced = ticket.phone is not None or ticket.slot_at is not None or ticket.state is State.LAPSED
    gone = ticket.state in (State.LAPSED, State.CANCELLED)
    return not (announced and gone and ticket.called_at is None)


def _visit(ticket: Ticket, clinic: Clinic, started: float | None, hospital: Hospital) -> Visit:
    here = ticket.clinic == clinic.id
    if here and started is not None and ticket.called_at is not None and ticket.ended_at is not None:
        # of who was called and only finished nobody knows when they came in: the call is what is left
        unseen = abs(ticket.ended_at.timestamp() - started) < AT_ONCE_SECONDS
        started = ticket.called_at.timestamp() if unseen else started
    waited = (started - ticket.arrived_at.timestamp()) / 60 if started is not None else None
    return Visit(
        clinic=clinic.id,
        level=ticket.level,
        groups=ticket.priority,
        hour=ticket.arrived_at.astimezone(hospital.zone).hour,
        weekday=ticket.service_day.weekday(),
        issued=hospital.giver(ticket) == clinic.id,
        served=here and ticket.state is State.DONE,
        transferred=here and ticket.origin is not None,
        missed=ticket.missed if here else 0,
        # a clock that was wrong in between measures nothing
        waited=waited if waited is not None and waited >= 0 else None,
        limit=clinic.order.overdue_minutes.get(ticket.level, max(clinic.order.overdue_minutes.values())),
    )


def _moments(hospital: Hospital, days: Sequence[date]) -> tuple[datetime, datetime]:
    """Return the span of time of some days: from the noon of the first to the noon after the last."""
    noon = time(FIRST_HOUR)
    first = datetime.combine(days[0], noon, hospital.zone)
    return first, datetime.combine(days[-1] + timedelta(days=1), noon, hospital.zone)


def _pages(tx: Tx, days: Sequence[date], clinics: Sequence[str]) -> PageFigures:
    found = [page for page in pages.of_days(tx, days) if page.clinic in clinics]
    by_step = pages.closed_by_step(tx, days)
    answered = [
        (page.closed_at - page.at).total_seconds() / 60
        for page in found
        if page.closed_at is not None and by_step.get(page.id) in _ANSWERS
    ]
    return PageFigures(len(found), len(answered), percentile(answered, 0.5), percentile(answered, 0.9))


_ANSWERS = frozenset({None, EventKind.CALL, EventKind.START})
"""What answers a page: a person (None), or the patient called in. Whatever else ends the wait ends the page only."""


def _away(tx: Tx, hospital: Hospital, since: datetime, until: datetime) -> Iterable[DeviceAway]:
    known = [(DeviceKind.PRINTER, one.id) for one in hospital.printer]
    known += [(DeviceKind.DISPLAY, one.id) for one in hospital.display]
    for kind, device in known:
        times, seconds, began = 0, 0.0, None
        for change in devices.history_between(tx, device, since, until):
            if change.kind is not kind:
                continue
            if not change.state.works and began is None:
                began, times = max(change.at, since), times + 1
            elif change.state.works and began is not None:
                seconds, began = seconds + max((change.at - began).total_seconds(), 0), None
        if began is not None:
            seconds += max((until - began).total_seconds(), 0)
        if times:
            yield DeviceAway(kind, device, times, round(seconds / 60))
