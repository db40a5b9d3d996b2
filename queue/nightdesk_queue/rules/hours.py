"""When a clinic is open, when it opens next, and to which service day a moment belongs.

Pure: configuration and `now` in, answers out. All moments are aware datetimes and compared as instants, so a change
to or from summer time neither opens a clinic twice nor makes a day run backwards. Times of day in the configuration
are local to the hospital. Intervals are half open: a clinic is open at its opening minute and closed at its closing
minute; the minute named as last ticket is the first at which no ticket is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from nightdesk_queue.config import Clinic, Hospital, OnCall, Session

LOOK_AHEAD_DAYS = 370
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Evening:
    """One session on one date: its moments in UTC, its service day, and how many tickets it may give."""

    service_day: date
    opens: datetime
    last_ticket: datetime
    closes: datetime
    quota: int | None


@dataclass(frozen=True, slots=True)
class Opening:
    """What is true of a clinic at a moment.

    `issuing`: numbers are given now. `session`: the evening in progress (None for a clinic that never closes or is
    closed). `next_opens`: when numbers are given again, None while they are or where nothing is planned.
    """

    issuing: bool
    service_day: date
    session: Evening | None = None
    next_opens: datetime | None = None


def opening(clinic: Clinic, hospital: Hospital, now: datetime) -> Opening:
    """Return whether `clinic` gives numbers at `now`, its service day, and when it opens next."""
    if clinic.always_open:
        return _never_closes(clinic, hospital, now)
    today = now.astimezone(hospital.zone).date()
    for day in (today - timedelta(days=1), today):
        for evening in evenings(clinic, hospital, day):
            if evening.opens <= now < evening.closes:
                if now < evening.last_ticket:
                    return Opening(True, evening.service_day, evening)
                return Opening(False, evening.service_day, evening, _next_opening(clinic, hospital, now))
    return Opening(False, today, None, _next_opening(clinic, hospital, now))


def service_day(clinic: Clinic, hospital: Hospital, now: datetime) -> date:
    """Return the service day `now` belongs to at `clinic`: for a session, the day on which it opened."""
    return opening(clinic, hospital, now).service_day


def tonight_of(hospital: Hospital, now: datetime) -> date:
    """Return the day whose evening and night it is: the service day of a clinic that never closes."""
    local = now.astimezone(hospital.zone)
    return local.date() if local.time() >= hospital.hospital.day_starts else local.date() - timedelta(days=1)


def began(clinic: Clinic, hospital: Hospital, hours: Opening) -> datetime:
    """Return when the session in progress opened, or the service day of a clinic that never closes began."""
    if hours.session:
        return hours.session.opens
    return _moment(hours.service_day, hospital.hospital.day_starts, hospital.zone)


def on_call(clinic: Clinic, hospital: Hospital, now: datetime) -> OnCall | None:
    """Return how the doctor on call is paged at `now`; None while somebody is there anyway."""
    rules = clinic.on_call
    if rules is None:
        return None
    local = now.astimezone(hospital.zone).time()
    if rules.from_ < rules.to:
        return rules if rules.from_ <= local < rules.to else None
    return rules if local >= rules.from_ or local < rules.to else None


def evenings(clinic: Clinic, hospital: Hospital, day: date) -> list[Evening]:
    """Return the sessions that open on `day`, in order; none on holidays unless the clinic is open then."""
    planned = [
        _evening(session, hospital.zone, day) for session in clinic.sessions if _runs(session, clinic, hospital, day)
    ]
    # one that lies wholly in the hour which a change to summer time leaves out is no session
    found = [evening for evening in planned if evening.opens < evening.closes]
    return sorted(found, key=lambda evening: evening.opens)


def _runs(session: Session, clinic: Clinic, hospital: Hospital, day: date) -> bool:
    if day in hospital.hospital.holidays and not clinic.open_on_holidays:
        return False
    if day in hospital.hospital.working_weekends and day.weekday() >= SATURDAY:
        return any(weekday < SATURDAY for weekday in session.days) or day.weekday() in session.days
    return day.weekday() in session.days


def _evening(session: Session, zone: ZoneInfo, day: date) -> Evening:
    next_day = day + timedelta(days=1)
    late = session.crosses_midnight
    return Evening(
        service_day=day,
        opens=_moment(day, session.opens, zone),
        last_ticket=_moment(
            next_day if late and session.last_ticket < session.opens else day, session.last_ticket, zone, fold=1
        ),
        closes=_moment(next_day if late else day, session.closes, zone, fold=1),
        quota=session.quota,
    )


def _never_closes(clinic: Clinic, hospital: Hospital, now: datetime) -> Opening:
    local = now.astimezone(hospital.zone)
    day = local.date()
    if day in hospital.hospital.holidays and not clinic.open_on_holidays:
        return Opening(False, day, None, _after_holidays(hospital, day))
    if now < _moment(day, hospital.hospital.day_starts, hospital.zone):
        day -= timedelta(days=1)
    return Opening(True, day)


def _after_holidays(hospital: Hospital, day: date) -> datetime:
    while day in hospital.hospital.holidays:
        day += timedelta(days=1)
    return _moment(day, time(0), hospital.zone)


def _next_opening(clinic: Clinic, hospital: Hospital, now: datetime) -> datetime | None:
    today = now.astimezone(hospital.zone).date()
    for ahead in range(LOOK_AHEAD_DAYS):
        for evening in evenings(clinic, hospital, today + timedelta(days=ahead)):
            if evening.opens > now:
                return evening.opens
    return None


# asked several times for each ticket, and always about tonight
@lru_cache(maxsize=256)
def _moment(day: date, at: time, zone: ZoneInfo, fold: int = 0) -> datetime:
    """Return a time of day as an instant.

    A time that comes twice as the clocks go back is the first of the two, with `fold` 1 the second: what closes then is
    open through the whole hour, as the wall clock says. One that the change leaves out is the moment of the change.
    """
    found = datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, at):
        return found
    early, late = sorted(datetime.combine(day, at, zone).replace(fold=one).astimezone(UTC) for one in (0, 1))
    # the offset changes between these two, on a whole minute
    while late - early > timedelta(minutes=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == early.astimezone(zone).utcoffset():
            early = middle
        else:
            late = middle
    return late.replace(second=0, microsecond=0)
