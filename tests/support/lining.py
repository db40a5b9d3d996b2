"""A patient who stands in line, for tests of pure logic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from nightdesk_queue.domain.tickets import INSERTED_LANES, Lane, State, Ticket

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def ticket(n: int, minute: float = 0, lane: Lane = Lane.FIRST, since: int = 0, level: int = 4) -> Ticket:
    """The n-th ticket, credited `minute` minutes after START; `since` is the event its lane is non-empty from."""
    return Ticket(
        seq=n,
        id=f"ID{n}",
        number=f"N{n:03d}",
        prefix="N",
        n=n,
        service_day=date(2026, 3, 2),
        clinic="c",
        state=State.WAITING,
        lane=lane,
        level=level,
        priority=(),
        arrived_at=START,
        queued_at=START + timedelta(minutes=minute),
        lane_since=since if lane in INSERTED_LANES else None,
    )
