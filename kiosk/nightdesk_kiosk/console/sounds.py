"""What a console rings for: what came from outside since the last look. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from nightdesk_kiosk.console.console_desk import Look

FOR_TRANSFER, FOR_PAGE, FOR_ALARM = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Heard:
    """What has been rung for already: alarms by seq, pages with their rounds, patients who were transferred here."""

    alarms: frozenset[int]
    pages: frozenset[tuple[int, int]]
    transferred: frozenset[str]


def heard(look: Look) -> Heard:
    """Return what of a look is worth a sound."""
    line = [place.ticket for queue in look.queues for place in queue.line]
    return Heard(
        frozenset(alarm.event.seq for alarm in look.alarms),
        frozenset((page.id, page.rounds) for page in look.pages),
        frozenset(f"{one.id} {one.transferred_at}" for one in line if one.transferred_at is not None),
    )


def bells(before: Heard | None, now: Heard) -> int:
    """Return how often to ring for what is new, the most urgent of it; 0 for nothing, and at the first look."""
    if before is None:
        return 0
    if now.alarms - before.alarms:
        return FOR_ALARM
    if now.pages - before.pages:
        return FOR_PAGE
    return FOR_TRANSFER if now.transferred - before.transferred else 0
