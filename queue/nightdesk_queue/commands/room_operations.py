"""Changes of a room: staff open it, pause it for a while, close it for the night."""

from __future__ import annotations

from datetime import timedelta

from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.room_state import RoomState, RoomUse
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import rooms
from nightdesk_queue.store.events import NewEvent

KINDS = {
    RoomUse.OPEN: EventKind.ROOM_OPEN,
    RoomUse.PAUSED: EventKind.ROOM_PAUSE,
    RoomUse.CLOSED: EventKind.ROOM_CLOSE,
}


@command(Command.SET_ROOM)
def set_room(work: Work, room: str, use: RoomUse, *, minutes: int | None = None) -> RoomState:
    """Say of a room that it is open, paused (for so many minutes, or until it is opened) or closed.

    Who is in the room stays there. A call from it opens it, too. Raises Refused: unknown_room.
    """
    if room not in work.hospital.rooms:
        raise refusals.unknown_room(work.hospital, room)
    was = rooms.all_of(work.tx).get(room) or RoomState(room, RoomUse.OPEN, None, None, work.now)
    until = work.now + timedelta(minutes=minutes) if minutes is not None and use is RoomUse.PAUSED else None
    state = RoomState(room, use, until, was.active_at, work.now)
    rooms.save(work.tx, state)
    owner = tonight(work.tx, work.hospital).clinic_of_room.get(room)
    record(
        work,
        NewEvent(
            kind=KINDS[use],
            clinic=owner.id if owner else None,
            target=room,
            before=rooms.form(was),
            after=rooms.form(state),
        ),
    )
    return state
