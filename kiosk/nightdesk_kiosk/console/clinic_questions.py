"""What the console asks about a whole clinic, a room, or everybody a session has left over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.questions import (
    Answer,
    Outcome,
    Question,
    SendOn,
    Take,
    WordsWanted,
    of_clinics,
    who,
)
from nightdesk_kiosk.console.steps import Result
from nightdesk_kiosk.widgets.typed_keys import digit_for
from nightdesk_queue.commands import clinic_operations, room_operations, transferring
from nightdesk_queue.commands.work import Work
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.room_state import RoomUse
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.queue_view import QueueView


def about_room(room: str, use: RoomUse, hospital: Hospital) -> Question:
    """Ask whether a room is opened, paused or closed. `use`: what it is now."""

    def to(wanted: RoomUse) -> Take:
        return Take(lambda work: room_operations.set_room(work, room, wanted), room_operations.KINDS[wanted])

    answers = (
        Answer(texts.OPEN_ROOM, to(RoomUse.OPEN), 1),
        Answer(texts.PAUSE_ROOM, to(RoomUse.PAUSED), 2),
        Answer(texts.CLOSE_ROOM, to(RoomUse.CLOSED), 3),
    )
    return Question(texts.ABOUT_ROOM.fill(room=hospital.room_name(room), use=use.text), answers)


def which_of(hospital: Hospital, to: Callable[[Clinic], Outcome]) -> Question:
    """Ask which clinic is meant, where several are shown."""
    return Question(texts.CLINIC_KEY, of_clinics(hospital, to))


def about_clinic(queue: QueueView, hospital: Hospital) -> Question:
    """Ask whether a clinic is suspended or resumed, or moves to other rooms."""
    clinic = queue.clinic
    if queue.suspended:
        resume = Take(lambda work: clinic_operations.resume(work, clinic.id), EventKind.RESUME)
        first = Answer(texts.RESUME, resume, 2)
    else:
        first = Answer(texts.SUSPEND, which_notice(clinic), 2)
    words = texts.ABOUT_CLINIC.fill(clinic=clinic.name, state=texts.SUSPENDED if queue.suspended else texts.AT_WORK)
    answers = (Answer(texts.NO, None, 1), first, Answer(texts.MOVE, which_rooms(clinic, hospital), 3))
    return Question(words, answers)


def which_notice(clinic: Clinic) -> WordsWanted:
    """Ask for the notice patients see while a clinic is suspended."""

    def take(words: str) -> Take:
        return Take(lambda work: clinic_operations.suspend(work, clinic.id, notice=words or None), EventKind.SUSPEND)

    return WordsWanted(texts.WHICH_NOTICE.fill(clinic=clinic.name), texts.NOTICES_OFFERED, take)


def which_rooms(clinic: Clinic, hospital: Hospital) -> Question:
    """Ask to which room a clinic moves, or back to its own."""

    def to(rooms: tuple[str, ...]) -> Take:
        return Take(lambda work: clinic_operations.move_clinic(work, clinic.id, rooms), EventKind.MOVE)

    home = hospital.clinics[clinic.id].rooms
    answers = [Answer(texts.NO, None, 1), Answer(texts.MOVE_HOME, to(()), 2)]
    for room in hospital.room:
        if room.id not in home:
            answers.append(Answer(hospital.room_name(room.id), to((room.id,)), digit_for(len(answers) + 1)))
    return Question(texts.WHICH_ROOMS.fill(clinic=clinic.name), tuple(answers))


def what_about(ticket: Ticket, left: int, hospital: Hospital, now: datetime) -> Question:
    """Ask what becomes of a leftover of a session, or of all `left` of its clinic at once."""

    def all_of(command: Callable[[Work, str], Result], kind: EventKind) -> Take:
        return Take(lambda work: command(work, ticket.clinic), kind)

    serve = Take(lambda work: transferring.keep(work, ticket.id), EventKind.KEEP)
    release = Take(
        lambda work: transferring.release(work, ticket.id),
        EventKind.CANCEL,
        texts.RELEASED.fill(number=ticket.number),
    )
    answers = [
        Answer(texts.SERVE_LEFT, serve, 1),
        Answer(texts.MOVE_LEFT, SendOn(ticket), 2),
        Answer(texts.RELEASE_LEFT, release, 3),
    ]
    if left > 1:
        keep_all = all_of(transferring.keep_all, EventKind.KEEP)
        release_all = all_of(transferring.release_all, EventKind.CANCEL)
        answers.append(Answer(texts.SERVE_ALL.fill(n=left), keep_all, 4))
        answers.append(Answer(texts.RELEASE_ALL.fill(n=left), release_all, 5))
    return Question(texts.WHAT_ABOUT.fill(who=who(ticket, now)), tuple(answers))
