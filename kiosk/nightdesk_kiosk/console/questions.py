"""What the console asks before it acts. Each question carries what each of its answers leads to; it does nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.steps import Result, Step, label_of
from nightdesk_kiosk.widgets.typed_keys import digit_for
from nightdesk_queue.commands import calling, clinic_operations, room_operations, taking_back, transferring, undo
from nightdesk_queue.commands.transferring import Transfer
from nightdesk_queue.commands.work import Work
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.room_state import RoomUse
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import Ticket, level_numeral
from nightdesk_queue.queries.alarms import ManyGiven
from nightdesk_queue.rules.calls import calls_missing
from nightdesk_queue.text.bilingual import Text, same


@dataclass(frozen=True, slots=True)
class Take:
    """An answer that takes a step; `done` are the words for it where its kind has none that fit."""

    command: Callable[[Work], Result]
    kind: EventKind
    done: Text | None = None


@dataclass(frozen=True, slots=True)
class ShowClinic:
    """An answer that shows another clinic."""

    clinic: str


@dataclass(frozen=True, slots=True)
class UseRoom:
    """An answer that chooses the room that is called to; `ticket`: whom to call there at once, None for the next."""

    room: str
    ticket: str | None


@dataclass(frozen=True, slots=True)
class GiveNumber:
    """An answer that opens the form for a new number."""

    clinic: str
    name: str


@dataclass(frozen=True, slots=True)
class SeePage:
    """An answer that answers one page for a doctor on call."""

    page: Page


@dataclass(frozen=True, slots=True)
class SeeAlarms:
    """An answer that acknowledges the alarms up to an event, and answers no page."""

    up_to: int


@dataclass(frozen=True, slots=True)
class GoOn:
    """An answer that takes a step although the patient is another room's."""

    step: Step
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says, what it leads to (None: nothing changes), and the digit that picks it, where it has one."""

    words: Text
    outcome: Outcome
    digit: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answers; an answer may lead to another question."""

    words: Text
    answers: tuple[Answer, ...]


Outcome = Take | ShowClinic | UseRoom | GiveNumber | SeePage | SeeAlarms | GoOn | Question | None
"""What an answer leads to."""


def who(ticket: Ticket, now: datetime) -> Text:
    """Return a patient as every question names them: number, name, level and wait."""
    name = texts.NAMED.fill(name=ticket.name) if ticket.name else Text("", "")
    minutes = max(int((now - ticket.queued_at).total_seconds() // 60), 0)
    return texts.WHO.fill(number=ticket.number, name=name, level=level_numeral(ticket.level), m=minutes)


def which_clinic(hospital: Hospital) -> Question:
    """Ask which clinic to show."""
    return Question(texts.CLINIC_KEY, _of_clinics(hospital, lambda clinic: ShowClinic(clinic.id)))


def which_room(clinic: Clinic, hospital: Hospital, inside: Mapping[str, Ticket], ticket: str | None) -> Question:
    """Ask which room to call to: nobody is called into a room that was not chosen. `inside`: who is in which room."""
    answers = []
    for place, room in enumerate(clinic.rooms, start=1):
        there = same(inside[room].number) if room in inside else texts.FREE
        words = texts.ROOM_AND_WHO.fill(room=hospital.room_name(room), inside=there)
        answers.append(Answer(words, UseRoom(room, ticket), digit_for(place)))
    return Question(texts.WHICH_ROOM, tuple(answers))


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


def no_longer_here(ticket: Ticket, hospital: Hospital, now: datetime) -> Question:
    """Say what became of a patient who has left the line, and ask whether they get a new number."""
    ended = ticket.ended_at or ticket.arrived_at
    at = f"{ended.astimezone(hospital.zone):%m-%d %H:%M}"
    words = texts.NOT_HERE.fill(who=who(ticket, now), state=STATE_TEXTS[ticket.state], at=at)
    return Question(words, _no_or(texts.NEW_FOR, GiveNumber(ticket.clinic, ticket.name or "")))


def transfer_to(ticket: Ticket, hospital: Hospital, now: datetime) -> Question:
    """Ask where a patient is to go instead."""

    def to(clinic: Clinic) -> Take | None:
        if clinic.id == ticket.clinic:
            return None
        return Take(lambda work: transferring.transfer(work, ticket.id, Transfer(clinic.id)), EventKind.TRANSFER)

    return Question(texts.TRANSFER_TO.fill(who=who(ticket, now)), _of_clinics(hospital, to))


def _of_clinics(hospital: Hospital, to: Callable[[Clinic], Outcome]) -> tuple[Answer, ...]:
    """Return an answer for each clinic that leads somewhere; a digit means the same clinic in every question."""
    numbered = [(digit_for(n), clinic, to(clinic)) for n, clinic in enumerate(hospital.clinic, start=1)]
    return tuple(Answer(clinic.name, outcome, digit) for digit, clinic, outcome in numbered if outcome is not None)


def _no_or(words: Text, outcome: Outcome) -> tuple[Answer, ...]:
    """Return the answers where something is given up: the way back stands first."""
    return (Answer(texts.NO, None, 1), Answer(words, outcome, 2))


def really_cancel(ticket: Ticket, now: datetime) -> Question:
    """Ask whether a number is to be given up."""
    cancel = Take(lambda work: transferring.cancel(work, ticket.id), EventKind.CANCEL)
    return Question(texts.REALLY_CANCEL.fill(who=who(ticket, now)), _no_or(texts.YES, cancel))


def of_another_room(step: Step, ticket: Ticket, hospital: Hospital, now: datetime) -> Question:
    """Ask whether a step is meant for a patient who is another room's."""
    words = texts.ANOTHER_ROOM.fill(
        who=who(ticket, now), room=hospital.room_name(ticket.room or ""), step=label_of(step)
    )
    return Question(words, _no_or(label_of(step), GoOn(step, ticket)))


def which_page(pages: Sequence[Page], alarms: int, up_to: int, hospital: Hospital) -> Question:
    """Ask which page is answered, by its patient and clinic. `alarms`: how many alarms could be seen instead."""
    answers = [Answer(texts.NO, None, 1)]
    if alarms:
        answers.append(Answer(texts.ALARMS_ONLY.fill(n=alarms), SeeAlarms(up_to), 2))
    for page in pages:
        words = texts.ANSWER_PAGE.fill(
            clinic=hospital.clinic_name(page.clinic),
            number=page.number,
            at=f"{page.at.astimezone(hospital.zone):%H:%M}",
            n=page.rounds,
        )
        answers.append(Answer(words, SeePage(page), digit_for(len(answers) + 1)))
    return Question(texts.WHICH_PAGE, tuple(answers))


def miss_already(ticket: Ticket, hospital: Hospital, now: datetime) -> Question | None:
    """Ask whether a patient counts as missed who was not yet called as often as the clinic says; None for any other."""
    missing = calls_missing(hospital, ticket)
    if not missing:
        return None
    again = Take(lambda work: calling.recall(work, ticket.id), EventKind.RECALL)
    missed = Take(lambda work: calling.miss(work, ticket.id, at_once=True), EventKind.MISS)
    asked = texts.MISS_ALREADY.fill(who=who(ticket, now), n=ticket.calls, of=ticket.calls + missing)
    answers = (Answer(texts.CALL_AGAIN, again, 2), Answer(texts.MISSED_ALREADY, missed, 3))
    return Question(asked, (Answer(texts.NO, None, 1), *answers))


def which_level(ticket: Ticket, hospital: Hospital, now: datetime) -> Question:
    """Ask for a patient's triage level. The digit is the level; I and II lead to Emergency.

    The level that stays is an answer, too: somebody has looked at the patient again.
    """

    def at(level: int) -> Take:
        if level == ticket.level:
            return Take(lambda work: transferring.look_at(work, ticket.id), EventKind.LOOKED)
        return Take(lambda work: transferring.set_level(work, ticket.id, level), EventKind.LEVEL)

    def words(level: int, text: Text) -> Text:
        return texts.STAYS.fill(level=text) if level == ticket.level else text

    answers = (
        Answer(texts.LEVEL_ONE, to_emergency(ticket, 1, hospital, now), 1),
        Answer(texts.LEVEL_TWO, to_emergency(ticket, 2, hospital, now), 2),
        Answer(words(3, texts.LEVEL_THREE), at(3), 3),
        Answer(words(4, texts.LEVEL_FOUR), at(4), 4),
    )
    return Question(texts.WHICH_LEVEL.fill(who=who(ticket, now)), answers)


def to_emergency(ticket: Ticket, level: int, hospital: Hospital, now: datetime) -> Question:
    """Ask who takes over a patient who waits in no line. Whoever it is, all consoles are alarmed.

    Offered are the clinics that no kiosk gives numbers for, which an emergency room is one of, by the digit they always
    have.
    """

    def taken_over(clinic: str | None) -> Take:
        kind = EventKind.TRANSFER if clinic else EventKind.RED_FLAG
        words = texts.ALARMED.fill(number=ticket.number, route=hospital.hospital.emergency.route)
        return Take(
            lambda work: transferring.send_to_emergency(work, ticket.id, level, clinic), kind, None if clinic else words
        )

    def to(clinic: Clinic) -> Outcome:
        return None if clinic.kiosk or clinic.id == ticket.clinic else taken_over(clinic.id)

    words = texts.TO_EMERGENCY.fill(
        who=who(ticket, now), level=level_numeral(level), route=hospital.hospital.emergency.route
    )
    stays = Answer(texts.ALARM_ONLY, taken_over(None), 9)
    return Question(words, (*_of_clinics(hospital, to), stays, Answer(texts.NO, None)))


def hold_where(ticket: Ticket, clinic: Clinic, now: datetime) -> Question | None:
    """Ask where a held patient goes; None where the clinic has no places to choose from."""
    if not clinic.hold.places:
        return None

    def at(place: Text) -> Take:
        # in both languages: another console may speak the other one
        return Take(lambda work: calling.hold(work, ticket.id, to=f"{place.zh} {place.en}"), EventKind.HOLD)

    answers = tuple(Answer(place, at(place), digit_for(n)) for n, place in enumerate(clinic.hold.places, start=1))
    return Question(texts.WHERE_TO.fill(who=who(ticket, now)), answers)


def really_undo(event: Event, hospital: Hospital) -> Question:
    """Ask whether a step is to be taken back."""
    back = Take(lambda work: undo.undo(work, expected=event.seq), EventKind.UNDO)
    words = texts.REALLY_UNDO.fill(
        number=undo.whom(event, hospital),
        step=event.kind.text,
        at=f"{event.at.astimezone(hospital.zone):%H:%M}",
    )
    return Question(words, _no_or(texts.YES_UNDO, back))


def really_take_back(many: ManyGiven, hospital: Hospital) -> Question:
    """Ask whether the numbers are to be taken back that a kiosk has given since its alarm began to count."""
    back = Take(lambda work: taking_back.take_back_numbers(work, many.kiosk, since=many.since), EventKind.CANCEL)
    at = f"{many.since.astimezone(hospital.zone):%H:%M}"
    words = texts.REALLY_TAKE_BACK.fill(kiosk=many.kiosk, n=len(many.unseen), at=at)
    return Question(words, _no_or(texts.YES_TAKE_BACK, back))


def really_suspend(clinic: Clinic, *, suspended: bool) -> Question:
    """Ask whether a clinic is to be suspended, or resumed where it is suspended."""
    if suspended:
        step = Take(lambda work: clinic_operations.resume(work, clinic.id), EventKind.RESUME)
    else:
        step = Take(lambda work: clinic_operations.suspend(work, clinic.id), EventKind.SUSPEND)
    words = texts.REALLY_RESUME if suspended else texts.REALLY_SUSPEND
    return Question(words.fill(clinic=clinic.name), _no_or(texts.YES_DO, step))


def what_about(ticket: Ticket, hospital: Hospital, now: datetime) -> Question:
    """Ask what becomes of a leftover of a session."""
    serve = Take(lambda work: transferring.keep(work, ticket.id), EventKind.KEEP)
    release = Take(
        lambda work: transferring.release(work, ticket.id),
        EventKind.CANCEL,
        texts.RELEASED.fill(number=ticket.number),
    )
    answers = (
        Answer(texts.SERVE_LEFT, serve, 1),
        Answer(texts.MOVE_LEFT, transfer_to(ticket, hospital, now), 2),
        Answer(texts.RELEASE_LEFT, release, 3),
    )
    return Question(texts.WHAT_ABOUT.fill(who=who(ticket, now)), answers)
