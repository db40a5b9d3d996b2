"""What the console asks before it acts. Each question carries what each of its answers leads to; it does nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.steps import Result
from nightdesk_queue.commands import calling, clinic_operations, taking_back, transferring, undo
from nightdesk_queue.commands.transferring import Transfer
from nightdesk_queue.commands.work import Work
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.alarms import ManyGiven
from nightdesk_queue.rules.calls import calls_missing
from nightdesk_queue.text.bilingual import Text


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
class Question:
    """A question with its answers; an answer may be another question, and None changes nothing."""

    words: Text
    answers: tuple[tuple[Text, Outcome], ...]


Outcome = Take | ShowClinic | Question | None
"""What an answer leads to."""


def which_clinic(hospital: Hospital) -> Question:
    """Ask which clinic to show."""
    return Question(texts.CLINIC_KEY, tuple((clinic.name, ShowClinic(clinic.id)) for clinic in hospital.clinic))


def transfer_to(ticket: Ticket, hospital: Hospital) -> Question:
    """Ask where a patient is to go instead."""

    def to(clinic: str) -> Take:
        return Take(lambda work: transferring.transfer(work, ticket.id, Transfer(clinic)), EventKind.TRANSFER)

    others = [clinic for clinic in hospital.clinic if clinic.id != ticket.clinic]
    return Question(
        texts.TRANSFER_TO.fill(number=ticket.number), tuple((clinic.name, to(clinic.id)) for clinic in others)
    )


def really_cancel(ticket: Ticket) -> Question:
    """Ask whether a number is to be given up."""
    cancel = Take(lambda work: transferring.cancel(work, ticket.id), EventKind.CANCEL)
    return Question(texts.REALLY_CANCEL.fill(number=ticket.number), ((texts.NO, None), (texts.YES, cancel)))


def miss_already(ticket: Ticket, hospital: Hospital) -> Question | None:
    """Ask whether a patient counts as missed who was not yet called as often as the clinic says; None for any other."""
    missing = calls_missing(hospital, ticket)
    if not missing:
        return None
    again = Take(lambda work: calling.recall(work, ticket.id), EventKind.RECALL)
    missed = Take(lambda work: calling.miss(work, ticket.id, at_once=True), EventKind.MISS)
    asked = texts.MISS_ALREADY.fill(number=ticket.number, n=ticket.calls, of=ticket.calls + missing)
    return Question(asked, ((texts.NO, None), (texts.CALL_AGAIN, again), (texts.MISSED_ALREADY, missed)))


def which_level(ticket: Ticket) -> Question:
    """Ask for a patient's triage level."""

    def at(level: int) -> Take:
        return Take(lambda work: transferring.set_level(work, ticket.id, level), EventKind.LEVEL)

    answers = ((texts.LEVEL_THREE, at(3)), (texts.LEVEL_FOUR, at(4)), (texts.LEVEL_ER, at(2)))
    return Question(texts.WHICH_LEVEL.fill(number=ticket.number), answers)


def hold_where(ticket: Ticket, clinic: Clinic) -> Question | None:
    """Ask where a held patient goes; None where the clinic has no places to choose from."""
    if not clinic.hold.places:
        return None

    def at(place: Text) -> Take:
        # in both languages: another console may speak the other one
        return Take(lambda work: calling.hold(work, ticket.id, to=f"{place.zh} {place.en}"), EventKind.HOLD)

    return Question(
        texts.WHERE_TO.fill(number=ticket.number), tuple((place, at(place)) for place in clinic.hold.places)
    )


def really_undo(event: Event, hospital: Hospital) -> Question:
    """Ask whether a step is to be taken back."""
    back = Take(lambda work: undo.undo(work, expected=event.seq), EventKind.UNDO)
    words = texts.REALLY_UNDO.fill(
        number=undo.whom(event, hospital),
        step=event.kind.text,
        at=f"{event.at.astimezone(hospital.zone):%H:%M}",
    )
    return Question(words, ((texts.NO, None), (texts.YES_UNDO, back)))


def really_take_back(many: ManyGiven, hospital: Hospital) -> Question:
    """Ask whether the numbers are to be taken back that a kiosk has given since its alarm began to count."""
    back = Take(lambda work: taking_back.take_back_numbers(work, many.kiosk, since=many.since), EventKind.CANCEL)
    at = f"{many.since.astimezone(hospital.zone):%H:%M}"
    words = texts.REALLY_TAKE_BACK.fill(kiosk=many.kiosk, n=len(many.unseen), at=at)
    return Question(words, ((texts.NO, None), (texts.YES_TAKE_BACK, back)))


def really_suspend(clinic: Clinic, *, suspended: bool) -> Question:
    """Ask whether a clinic is to be suspended, or resumed where it is suspended."""
    if suspended:
        step = Take(lambda work: clinic_operations.resume(work, clinic.id), EventKind.RESUME)
    else:
        step = Take(lambda work: clinic_operations.suspend(work, clinic.id), EventKind.SUSPEND)
    words = texts.REALLY_RESUME if suspended else texts.REALLY_SUSPEND
    return Question(words.fill(clinic=clinic.name), ((texts.NO, None), (texts.YES_DO, step)))


def what_about(ticket: Ticket, hospital: Hospital) -> Question:
    """Ask what becomes of a leftover of a session."""
    serve = Take(lambda work: transferring.keep(work, ticket.id), EventKind.KEEP)
    release = Take(
        lambda work: transferring.release(work, ticket.id),
        EventKind.CANCEL,
        texts.RELEASED.fill(number=ticket.number),
    )
    answers = (
        (texts.SERVE_LEFT, serve),
        (texts.MOVE_LEFT, transfer_to(ticket, hospital)),
        (texts.RELEASE_LEFT, release),
    )
    return Question(texts.WHAT_ABOUT.fill(number=ticket.number), answers)
