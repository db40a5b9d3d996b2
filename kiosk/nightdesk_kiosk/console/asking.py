"""What is asked before a step, from what is true at the moment: a question, or the words why there is none."""

from __future__ import annotations

from datetime import datetime

from nightdesk_kiosk.console import questions, texts
from nightdesk_kiosk.console.console_desk import ConsoleDesk, Look
from nightdesk_kiosk.console.questions import Question
from nightdesk_kiosk.console.steps import Step
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.room_state import RoomUse
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.text.bilingual import Text


def before(step: Step, ticket: Ticket, clinic: Clinic, hospital: Hospital, now: datetime) -> Question | None:
    """Return what is asked before a step with a patient; None where it is taken at once."""
    match step:
        case Step.TRANSFER:
            return questions.transfer_to(ticket, hospital, now)
        case Step.CANCEL:
            return questions.really_cancel(ticket, now)
        case Step.LEVEL:
            return questions.which_level(ticket, hospital, now)
        case Step.MISS:
            return questions.miss_already(ticket, hospital, now)
        case Step.HOLD:
            return questions.hold_where(ticket, clinic, now)
        case _:
            return None


def undo(desk: ConsoleDesk) -> Question | Text:
    """Ask whether the last step of this console is taken back."""
    try:
        event = desk.last_step()
    except Fault as fault:
        return texts.DATABASE_AWAY.fill(why=fault.text)
    return refusals.nothing_to_undo(None).text if event is None else questions.really_undo(event, desk.hospital)


def take_back(desk: ConsoleDesk) -> Question | Text:
    """Ask whether the numbers of a kiosk that gave many are taken back; of several the one alarmed first."""
    try:
        found = desk.many_given()
    except Fault as fault:
        return texts.DATABASE_AWAY.fill(why=fault.text)
    if not found:
        return texts.NOT_MANY
    many = next((one for one in found if one.unseen), None)
    return questions.really_take_back(many, desk.hospital) if many else texts.NONE_LEFT.fill(kiosk=found[0].kiosk)


def leftover(look: Look | None, chosen: Ticket | None, hospital: Hospital, now: datetime) -> Question | Text:
    """Ask about a leftover of a session: the chosen one, else the first that nobody has decided about."""
    left = [one.ticket for one in look.leftovers if not one.kept] if look else []
    if not left:
        return texts.NO_LEFTOVERS
    ticket = next((one for one in left if chosen and one.id == chosen.id), left[0])
    return questions.what_about(ticket, hospital, now)


def room_use(look: Look | None, room: str | None, hospital: Hospital) -> Question | Text:
    """Ask whether the room that is called to is opened, paused or closed."""
    if room is None:
        return texts.CHOOSE_ROOM
    use = look.rooms.get(room, RoomUse.OPEN) if look else RoomUse.OPEN
    return questions.about_room(room, use, hospital)
