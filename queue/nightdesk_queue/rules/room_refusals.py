"""Refusals of steps with whoever is in a room. Pure."""

from __future__ import annotations

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.text.bilingual import Text


def nobody_in_room(hospital: Hospital, room: str) -> Refused:
    """Return the refusal of a step with the patient of an empty room."""
    text = Text(zh="{room}没有患者", en="nobody is in {room}")
    return Refused("nobody_in_room", text.fill(room=hospital.room_name(room)))


def another_inside(hospital: Hospital, room: str, occupant: Ticket | None) -> Refused:
    """Return the refusal to call the next where somebody else is in the room than whoever asks has seen."""
    if occupant is None:
        text = Text(zh="{room}现在没有患者，请再看一下", en="{room} is empty by now, look again")
        return Refused("another_inside", text.fill(room=hospital.room_name(room)))
    text = Text(zh="{room}现在是 {number}，请再看一下", en="{number} is in {room} by now, look again")
    return Refused("another_inside", text.fill(room=hospital.room_name(room), number=occupant.number))


def just_called(ticket: Ticket, seconds: int) -> Refused:
    """Return the refusal to take somebody for seen who was called a moment ago: a key that bounces sees nobody."""
    text = Text(
        zh="{number} 刚刚才叫，{s} 秒后才能叫下一位", en="{number} was called just now; the next can be called in {s} s"
    )
    return Refused("just_called", text.fill(number=ticket.number, s=seconds))
