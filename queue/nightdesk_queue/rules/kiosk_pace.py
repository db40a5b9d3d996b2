"""How fast one kiosk gives numbers, and which numbers look as if nobody stayed for them. Pure.

A kiosk has a bucket of `at_once` numbers. Each number given takes one out, and every `seconds_each` one more falls in,
until the bucket is full. Whole microseconds are counted, so that a wait that was told is over when it is over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from nightdesk_queue.config import Pace
from nightdesk_queue.domain.tickets import LEVEL_ORDINARY, Lane, State, Ticket

REFILLS = 10
"""How many fillings of the bucket are looked back: who never rests gets a tenth more than the pace at most."""
_INSTANT = timedelta(microseconds=1)


def looked_back(pace: Pace) -> timedelta:
    """Return how far back the numbers of a kiosk have to be known."""
    return max(REFILLS * timedelta(seconds=pace.at_once * pace.seconds_each), alarm_span(pace))


def alarm_span(pace: Pace) -> timedelta:
    """Return within which time `alarm_after` numbers are told to staff."""
    return timedelta(minutes=pace.alarm_minutes)


def wait_before_next(given: Sequence[datetime], pace: Pace, now: datetime) -> float:
    """Return the seconds until a kiosk may give its next number, 0 for now.

    `given`: when it gave its numbers, in any order. One that stands in the future was given by a clock that has been
    set back since, and counts no more: nobody ever waits longer than `seconds_each`.
    """
    each = timedelta(seconds=pace.seconds_each) // _INSTANT
    full = level = pace.at_once * each
    last: datetime | None = None
    for moment in [*sorted(one for one in given if one <= now), now]:
        if last is not None:
            # staff give numbers at a kiosk at any pace; patients behind them do not pay for more than one
            level = min(full, max(level - each, 0) + (moment - last) // _INSTANT)
        last = moment
    return max(each - level, 0) / 1_000_000


def in_alarm_span(given: Sequence[datetime], pace: Pace, now: datetime) -> list[datetime]:
    """Return which numbers were given within the last `alarm_minutes`, oldest first."""
    since = now - alarm_span(pace)
    return sorted(moment for moment in given if since <= moment <= now)


def doubtful(tickets: Sequence[Ticket], paces: Mapping[str, Pace]) -> frozenset[str]:
    """Return the ids of numbers nobody may have stayed for: unseen, and part of a burst of one kiosk.

    A burst is `alarm_after` numbers or more within `alarm_minutes`, whatever has become of each since. `tickets`: what
    is known of a clinic tonight; `paces`: by kiosk.
    """
    by_kiosk: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        if ticket.kiosk is not None and ticket.kiosk in paces and not _announced(ticket):
            by_kiosk.setdefault(ticket.kiosk, []).append(ticket)
    bursts = (ticket for kiosk, given in by_kiosk.items() for ticket in _in_bursts(given, paces[kiosk]))
    return frozenset(ticket.id for ticket in bursts if unseen(ticket))


def unseen(ticket: Ticket) -> bool:
    """Whether nobody has seen a patient with this number: it waits, was never called, and staff have not touched it."""
    return (
        ticket.state is State.WAITING
        and ticket.called_at is None
        and ticket.transferred_at is None
        and ticket.level == LEVEL_ORDINARY
        and ticket.lane is not Lane.RETURN
    )


def _in_bursts(given: Sequence[Ticket], pace: Pace) -> Iterator[Ticket]:
    """Yield those of one kiosk's tickets that belong to `alarm_after` of them within `alarm_minutes`, some again."""
    in_order = sorted(given, key=lambda ticket: (ticket.arrived_at, ticket.seq))
    for first in range(len(in_order) - pace.alarm_after + 1):
        run = in_order[first : first + pace.alarm_after]
        if run[-1].arrived_at - run[0].arrived_at <= alarm_span(pace):
            yield from run


def _announced(ticket: Ticket) -> bool:
    """Whether a patient was expected: they checked in at the kiosk, which gave them no number."""
    return ticket.slot_at is not None or ticket.phone is not None
