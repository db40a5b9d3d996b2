"""What the console asks before it acts. Each question carries what each of its answers leads to; it does nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.rows import minutes_since
from nightdesk_kiosk.console.steps import Result, Step, label_of
from nightdesk_kiosk.widgets.typed_keys import digit_for
from nightdesk_queue.commands import calling, describing, taking_back, transferring, undo
from nightdesk_queue.commands.calling import Seen
from nightdesk_queue.commands.work import Work
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import Ticket, level_numeral
from nightdesk_queue.queries.alarms import ManyGiven
from nightdesk_queue.rules.calls import calls_missing
from nightdesk_queue.text.bilingual import Text, same


@dataclass(frozen=True, slots=True)
class Take:
    """An answer that takes a step; `done` are the words for it where its kind has none that fit, `many` for a step with
    several patients, by how many they were.
    """

    command: Callable[[Work], Result]
    kind: EventKind
    done: Text | None = None
    many: Text | None = None


@dataclass(frozen=True, slots=True)
class ShowClinics:
    """An answer that shows other clinics."""

    clinics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordsWanted:
    """An answer that asks for words: those offered, or a person's own. `take`: what is done with them."""

    words: Text
    offered: tuple[Text, ...]
    take: Callable[[str], Take]


@dataclass(frozen=True, slots=True)
class UseRoom:
    """An answer that chooses the room that is called to; `ticket`: whom to call there at once, None for the next."""

    room: str
    ticket: Ticket | None


@dataclass(frozen=True, slots=True)
class GiveNumber:
    """An answer that opens the form for a new number."""

    clinic: str
    name: str


@dataclass(frozen=True, slots=True)
class SendOn:
    """An answer that opens the form for a transfer."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class SeePage:
    """An answer that answers one page for a doctor on call."""

    page: Page


@dataclass(frozen=True, slots=True)
class SeeAlarms:
    """An answer that acknowledges alarms (their seqs), and answers no page."""

    alarms: Sequence[int]


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


Outcome = (
    Take | WordsWanted | ShowClinics | UseRoom | GiveNumber | SendOn | SeePage | SeeAlarms | GoOn | Question | None
)
"""What an answer leads to."""


def who(ticket: Ticket, now: datetime) -> Text:
    """Return a patient as every question names them: number, name, level and wait."""
    name = texts.NAMED.fill(name=ticket.name) if ticket.name else Text("", "")
    waited = minutes_since(ticket.queued_at, now)
    return texts.WHO.fill(number=ticket.number, name=name, level=level_numeral(ticket.level), m=waited)


def which_clinic(hospital: Hospital) -> Question:
    """Ask which clinic to show, or all of them in one list."""
    answers = of_clinics(hospital, lambda clinic: ShowClinics((clinic.id,)))
    return Question(texts.CLINIC_KEY, (*answers, Answer(texts.ALL_CLINICS, ShowClinics(tuple(hospital.clinics)), 0)))


def which_room(
    rooms: Sequence[str], hospital: Hospital, inside: Mapping[str, Ticket], ticket: Ticket | None
) -> Question:
    """Ask which room to call to: nobody is called into a room that was not chosen. `inside`: who is in which room."""
    answers = []
    for place, room in enumerate(rooms, start=1):
        there = same(inside[room].number) if room in inside else texts.FREE
        words = texts.ROOM_AND_WHO.fill(room=hospital.room_name(room), inside=there)
        answers.append(Answer(words, UseRoom(room, ticket), digit_for(place)))
    return Question(texts.WHICH_ROOM, tuple(answers))


def no_longer_here(ticket: Ticket, hospital: Hospital, now: datetime) -> Question:
    """Say what became of a patient who has left the line, and ask whether they get a new number."""
    ended = ticket.ended_at or ticket.arrived_at
    at = f"{ended.astimezone(hospital.zone):%m-%d %H:%M}"
    words = texts.NOT_HERE.fill(who=who(ticket, now), state=STATE_TEXTS[ticket.state], at=at)
    return Question(words, no_or(texts.NEW_FOR, GiveNumber(ticket.clinic, ticket.name or "")))


def of_clinics(hospital: Hospital, to: Callable[[Clinic], Outcome]) -> tuple[Answer, ...]:
    """Return an answer for each clinic that leads somewhere; a digit means the same clinic in every question."""
    numbered = [(digit_for(n), clinic, to(clinic)) for n, clinic in enumerate(hospital.clinic, start=1)]
    return tuple(Answer(clinic.name, outcome, digit) for digit, clinic, outcome in numbered if outcome is not None)


def no_or(words: Text, outcome: Outcome) -> tuple[Answer, ...]:
    """Return the answers where something is given up: the way back stands first."""
    return (Answer(texts.NO, None, 1), Answer(words, outcome, 2))


def really_cancel(ticket: Ticket, now: datetime) -> Question:
    """Ask whether a number is to be given up, and why; the words are kept with the event."""

    def cancel(words: str) -> Take:
        return Take(lambda work: transferring.cancel(work, ticket.id, reason=words), EventKind.CANCEL)

    words = texts.REALLY_CANCEL.fill(who=who(ticket, now))
    answers = [Answer(texts.NO, None, 1)]
    for place, why in enumerate(texts.WHY_CANCEL_OFFERED, start=2):
        answers.append(Answer(texts.YES_BECAUSE.fill(why=why), cancel(f"{why.zh} {why.en}"), digit_for(place)))
    others = WordsWanted(words, (), cancel)
    return Question(words, (*answers, Answer(texts.YES_OTHER_REASON, others, digit_for(len(answers) + 1))))


def of_another_room(step: Step, ticket: Ticket, hospital: Hospital, now: datetime) -> Question:
    """Ask whether a step is meant for a patient who is another room's."""
    words = texts.ANOTHER_ROOM.fill(
        who=who(ticket, now), room=hospital.room_name(ticket.room or ""), step=label_of(step)
    )
    return Question(words, no_or(label_of(step), GoOn(step, ticket)))


def which_page(pages: Sequence[Page], alarms: Sequence[int], hospital: Hospital) -> Question:
    """Ask which page is answered, by its patient and clinic. `alarms`: those that could be seen instead."""
    answers = [Answer(texts.NO, None, 1)]
    if alarms:
        answers.append(Answer(texts.ALARMS_ONLY.fill(n=len(alarms)), SeeAlarms(alarms), 2))
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
    return Question(words, (*of_clinics(hospital, to), stays, Answer(texts.NO, None)))


def hold_where(ticket: Ticket, hospital: Hospital, now: datetime) -> Question | None:
    """Ask where a held patient goes; None where the clinic has no places to choose from."""
    clinic = hospital.clinics.get(ticket.clinic)
    if clinic is None or not clinic.hold.places:
        return None

    def at(place: Text) -> Take:
        # in both languages: another console may speak the other one
        return Take(lambda work: calling.hold(work, ticket.id, to=f"{place.zh} {place.en}"), EventKind.HOLD)

    answers = tuple(Answer(place, at(place), digit_for(n)) for n, place in enumerate(clinic.hold.places, start=1))
    return Question(texts.WHERE_TO.fill(who=who(ticket, now)), answers)


def who_is_here(step: Step, found: Sequence[Ticket], now: datetime) -> Question:
    """Ask which of several has come."""
    answers = [
        Answer(
            texts.HERE_ONE.fill(who=who(ticket, now), state=STATE_TEXTS[ticket.state]), GoOn(step, ticket), digit_for(n)
        )
        for n, ticket in enumerate(found, start=1)
    ]
    return Question(texts.WHO_IS_HERE, tuple(answers))


def did_they_come(ticket: Ticket, room: str, now: datetime) -> Question:
    """Ask of a patient who was called and not started whether they came, before the next is called."""

    def missed_and_next(work: Work) -> Result:
        calling.miss(work, ticket.id, at_once=True)
        return calling.call_next(work, room)

    came = Take(lambda work: calling.call_next(work, room, came=True, seen=Seen(ticket.id)), EventKind.CALL)
    again = Take(lambda work: calling.recall(work, ticket.id), EventKind.RECALL)
    answers = (
        Answer(texts.NO, None, 1),
        Answer(texts.CAME_AND_NEXT, came, 2),
        Answer(texts.MISSED_AND_NEXT, Take(missed_and_next, EventKind.CALL), 3),
        Answer(texts.CALL_AGAIN, again, 4),
    )
    minutes = minutes_since(ticket.called_at or now, now)
    return Question(texts.DID_THEY_COME.fill(who=who(ticket, now), m=minutes, n=ticket.calls), answers)


def why_this(ticket: Ticket, room: str, now: datetime) -> WordsWanted:
    """Ask why a patient is called who is not next; the words are kept with the call."""

    def take(words: str) -> Take:
        return Take(lambda work: calling.call(work, room, ticket=ticket.id, why=words), EventKind.CALL)

    return WordsWanted(texts.WHY_THIS.fill(who=who(ticket, now)), texts.WHY_THIS_OFFERED, take)


def which_note(ticket: Ticket, now: datetime) -> WordsWanted:
    """Ask for the note on a ticket; nothing takes it away."""

    def take(words: str) -> Take:
        return Take(lambda work: describing.set_note(work, ticket.id, words), EventKind.NOTE)

    standing = same(ticket.note) if ticket.note else texts.NO_NOTE
    return WordsWanted(texts.WHICH_NOTE.fill(who=who(ticket, now), note=standing), texts.NOTES_OFFERED, take)


def which_badges(ticket: Ticket, hospital: Hospital, now: datetime) -> Question:
    """Ask which group that goes first a patient joins or leaves."""

    def without_or_with(group: str) -> tuple[str, ...]:
        others = tuple(one for one in ticket.priority if one != group)
        return others if group in ticket.priority else (*others, group)

    answers = []
    for place, group in enumerate(hospital.priority, start=1):
        groups = without_or_with(group.id)
        words = texts.IS_OF_GROUP if group.id in ticket.priority else texts.IS_NOT_OF_GROUP
        take = Take(_with_badges(ticket.id, groups), EventKind.BADGES)
        answers.append(Answer(words.fill(badge=group.badge, group=group.name), take, digit_for(place)))
    return Question(texts.WHICH_BADGES.fill(who=who(ticket, now)), tuple(answers))


def _with_badges(ticket: str, groups: tuple[str, ...]) -> Callable[[Work], Ticket]:
    return lambda work: describing.set_badges(work, ticket, groups)


def how_far_back(steps: Sequence[Event], hospital: Hospital) -> Question:
    """Ask how many steps are taken back, each with its time: the last one, or all down to an earlier one."""
    answers = [Answer(texts.NO, None, 1)]
    for place, event in enumerate(steps, start=1):
        seqs = [one.seq for one in steps[:place]]
        words = texts.STEP_BACK if place == 1 else texts.STEPS_BACK
        said = words.fill(
            n=place,
            at=f"{event.at.astimezone(hospital.zone):%H:%M}",
            number=undo.whom(event, hospital),
            step=event.kind.text,
        )
        answers.append(Answer(said, Take(_back_to(seqs), EventKind.UNDO), digit_for(place + 1)))
    return Question(texts.HOW_FAR_BACK, tuple(answers))


def _back_to(seqs: Sequence[int]) -> Callable[[Work], Result]:
    return lambda work: undo.undo_back_to(work, seqs)


def really_take_back(many: ManyGiven, hospital: Hospital) -> Question:
    """Ask whether the numbers are to be taken back that a kiosk has given since its alarm began to count."""
    back = Take(
        lambda work: taking_back.take_back_numbers(work, many.kiosk, since=many.since),
        EventKind.CANCEL,
        many=texts.TAKEN_BACK,
    )
    at = f"{many.since.astimezone(hospital.zone):%H:%M}"
    words = texts.REALLY_TAKE_BACK.fill(kiosk=many.kiosk, n=len(many.unseen), at=at)
    return Question(words, no_or(texts.YES_TAKE_BACK, back))
