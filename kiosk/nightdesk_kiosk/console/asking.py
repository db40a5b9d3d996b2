"""What is asked before a step, from what is true at the moment: a question, or the words why there is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from nightdesk_kiosk.console import clinic_questions, questions, texts
from nightdesk_kiosk.console.console_desk import ConsoleDesk, Look
from nightdesk_kiosk.console.questions import Question, WordsWanted
from nightdesk_kiosk.console.steps import Step
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.room_state import RoomUse
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.text.bilingual import Text


def before(step: Step, ticket: Ticket, hospital: Hospital, now: datetime) -> Question | WordsWanted | None:
    """Return what is asked before a step with a patient; None where it is taken at once."""
    ask: dict[Step, Callable[[], Question | WordsWanted | None]] = {
        Step.CANCEL: lambda: questions.really_cancel(ticket, now),
        Step.LEVEL: lambda: questions.which_level(ticket, hospital, now),
        Step.MISS: lambda: questions.miss_already(ticket, hospital, now),
        Step.HOLD: lambda: questions.hold_where(ticket, hospital, now),
        Step.NOTE: lambda: questions.which_note(ticket, now),
        Step.BADGES: lambda: questions.which_badges(ticket, hospital, now),
    }
    return ask[step]() if step in ask else None


def undo(desk: ConsoleDesk) -> Question | Text:
    """Ask how many of the last steps of this console are taken back."""
    try:
        steps = desk.last_steps()
    except Fault as fault:
        return texts.DATABASE_AWAY.fill(why=fault.text)
    return questions.how_far_back(steps, desk.hospital) if steps else refusals.nothing_to_undo(None).text


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
    same = sum(one.clinic == ticket.clinic for one in left)
    return clinic_questions.what_about(ticket, same, hospital, now)


def room_use(look: Look | None, room: str | None, hospital: Hospital) -> Question | Text:
    """Ask whether the room that is called to is opened, paused or closed."""
    if room is None:
        return texts.CHOOSE_ROOM
    use = look.use_of(room) if look else RoomUse.OPEN
    return clinic_questions.about_room(room, use, hospital)
