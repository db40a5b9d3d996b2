"""What the console does with answers: it asks on, opens a form, or has a step taken in a thread and says the result."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from textual import on, work
from textual.message import Message

from nightdesk_kiosk.console import asking, questions, texts
from nightdesk_kiosk.console.acts import Acts, Word
from nightdesk_kiosk.console.buttons import taken
from nightdesk_kiosk.console.console_desk import LATE_SECONDS
from nightdesk_kiosk.console.console_picture import ConsolePicture, only_room
from nightdesk_kiosk.console.dialogs import Choice, Offer, WordsScreen
from nightdesk_kiosk.console.issuing import IssueScreen
from nightdesk_kiosk.console.possible import cannot_be_asked
from nightdesk_kiosk.console.questions import (
    GiveNumber,
    GoOn,
    Outcome,
    Question,
    SeeAlarms,
    SeePage,
    SendOn,
    ShowClinics,
    Take,
    UseRoom,
    WordsWanted,
)
from nightdesk_kiosk.console.steps import Step, plain_step
from nightdesk_kiosk.console.transfer_form import TransferForm
from nightdesk_queue.commands.calling import Seen, call_next
from nightdesk_queue.commands.calling import call as call_to
from nightdesk_queue.commands.issuing import Applicant, Caller
from nightdesk_queue.commands.transferring import REASON_LENGTH, Transfer, transfer
from nightdesk_queue.config import Clinic
from nightdesk_queue.config.device_tables import Button
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.text.bilingual import Text

TYPED_AHEAD_SECONDS = 1.0
ANSWER_SECONDS = 1.0
"""Without an answer of the database for so long, the console says that it waits."""


class ConsoleAnswers(ConsolePicture):
    """The picture, and what answers lead to. Steps run in threads that only post messages."""

    @dataclass
    class Said(Message):
        """An act was done or refused."""

        word: Word
        read: ConsolePicture.Read

    _under_way: object | None = None
    """The act that is under way."""
    digits_from = 0.0
    """Until then a digit is none that chooses a room."""

    @cached_property
    def _one_by_one(self) -> Lock:
        return Lock()

    @cached_property
    def acts(self) -> Acts:
        """What is done in threads."""
        return Acts(self.desk)

    def do_with(self, step: Step, ticket: Ticket) -> None:
        """Take a step with a patient, or ask first; what cannot be is said before anything is asked."""
        if (refusal := cannot_be_asked(step, ticket, self.look, self.room, self.desk.hospital)) is not None:
            self.say(texts.NOT_NOW.fill(why=refusal))
            return
        now = self.desk.clock.now()
        if step is Step.TRANSFER:
            self._send_on(ticket)
        elif step is Step.THIS:
            self.call(ticket)
        elif step is Step.REPRINT:
            self.act(lambda: self.acts.reprint(ticket))
        elif question := asking.before(step, ticket, self.desk.hospital, now):
            self.carry_out(question)
        else:
            command, kind = plain_step(step, ticket)
            self._take(Take(lambda work: command(work, ticket.id), kind))

    def call(self, ticket: Ticket | None) -> None:
        """Call the next, or one who is not next: that is asked why."""
        # taken down now: by the time the step runs somebody may have chosen another room
        room, look = self.room, self.look
        if room is None:
            rooms = look.room_ids if look else [one for clinic in self.shown for one in clinic.rooms]
            self.ask(questions.which_room(rooms, self.desk.hospital, look.inside if look else {}, ticket))
        elif ticket is None:
            self._call_next(room)
        elif look and ticket.id in look.next_ids:
            self._take(Take(lambda work: call_to(work, room, ticket=ticket.id), EventKind.CALL))
        else:
            self.carry_out(questions.why_this(ticket, room, self.desk.clock.now()))

    def _call_next(self, room: str) -> None:
        """Call the next; of who was called and not started ask first whether they came, unless that is a rule here."""
        came = self.desk.hospital.console.next_finishes_called
        there = self.look.inside.get(room) if self.look else None
        if there is not None and there.state is State.CALLED and not came:
            self.ask(questions.did_they_come(there, room, self.desk.clock.now()))
            return
        # whoever is inside is finished by it, so it has to be whom the nurse sees there; by the rule it may be anybody
        seen = None if there is not None and there.state is State.CALLED else Seen(there.id if there else None)
        self._take(Take(lambda work: call_next(work, room, came=came, seen=seen), EventKind.CALL))

    def _send_on(self, ticket: Ticket) -> None:
        """Open the form for a transfer."""
        desk, now = self.desk, self.desk.clock.now()

        def send(wanted: Transfer | None) -> None:
            if wanted is not None:
                self._take(Take(lambda work: transfer(work, ticket.id, wanted), EventKind.TRANSFER))

        question = texts.TRANSFER_TO.fill(who=questions.who(ticket, now))
        form = TransferForm(
            ticket, question, lambda level: desk.transfer_targets(ticket, level), desk.hospital, self.language
        )
        self.app.push_screen(form, send)

    def _open_form(self, clinic: Clinic, name: str) -> None:
        def give(who: Applicant | Caller) -> Word:
            return self.acts.expect(clinic.id, who) if isinstance(who, Caller) else self.acts.issue(clinic.id, who)

        def given(word: Word | None) -> None:
            if word is not None:
                self.say(word.words)
                self.draw_now()
                if word.ticket is not None:
                    self.follow_patient(word.ticket.id)

        now = self.desk.clock.now()
        self.app.push_screen(IssueScreen(clinic, self.desk.hospital, self.language, now, give, name), given)

    def ask_or_say(self, asked: Question | Text) -> None:
        """Ask, or say why there is no question; a digit typed ahead as its answer must not choose a room."""
        if isinstance(asked, Question):
            self.ask(asked)
        else:
            self.digits_from = time.monotonic() + TYPED_AHEAD_SECONDS
            self.say(asked)

    def ask(self, question: Question) -> None:
        """Open a question."""
        answers = [Offer(one.words.of(self.language), one.outcome, one.digit) for one in question.answers]
        self.app.push_screen(Choice(question.words.of(self.language), answers), self.carry_out)

    def carry_out(self, outcome: Outcome) -> None:
        """Do what an answer leads to."""
        match outcome:
            case Take():
                self._take(outcome)
            case SeePage(page):
                self.act(lambda: self.acts.answer_page(page))
            case SeeAlarms(alarms):
                self.act(lambda: self.acts.acknowledge(alarms))
            case GoOn(step, ticket):
                self.do_with(step, ticket)
            case UseRoom(room, ticket):
                self.room = room
                self.show()
                self.call(ticket)
            case _:
                self._ask_on(outcome)

    def _ask_on(self, outcome: Outcome) -> None:
        """Show what is asked next, or other clinics."""
        match outcome:
            case Question():
                self.ask(outcome)
            case WordsWanted():
                self._ask_words(outcome)
            case SendOn(ticket):
                self._send_on(ticket)
            case GiveNumber(clinic_id, name):
                self._open_form(self.desk.hospital.clinics.get(clinic_id, self.shown[0]), name)
            case ShowClinics(clinics):
                self.show_clinics(clinics)

    def _ask_words(self, wanted: WordsWanted) -> None:
        offered = [one.of(self.language) for one in wanted.offered]

        def take(words: str | None) -> None:
            if words is not None:
                # offered words are kept in both languages: another console may speak the other one
                both = {one.of(self.language): f"{one.zh} {one.en}" for one in wanted.offered}
                self._take(wanted.take(both.get(words, words)))

        typed = texts.OWN_WORDS.of(self.language)
        self.app.push_screen(WordsScreen(wanted.words.of(self.language), offered, typed, longest=REASON_LENGTH), take)

    def show_clinics(self, clinics: Sequence[str]) -> None:
        """Show other clinics. The room stays where it is one of theirs, else one has to be chosen."""
        self.shown = tuple(self.desk.hospital.clinics[one] for one in clinics)
        # who waits there already is no news
        self._heard = None
        if self.room not in [room for clinic in self.shown for room in clinic.rooms]:
            self.room = only_room(self.shown)
        self.draw_now()

    def press(self, button: Button) -> None:
        """Do what a physical button asks for; a locked console rings instead."""
        if self.locked():
            self.say(texts.BUTTON_LOCKED)
            self.app.bell()
        else:
            self._take(taken(button, came=self.desk.hospital.console.next_finishes_called))

    def locked(self) -> bool:
        """Whether somebody has to sign in first."""
        return self.desk.member is None and not (self.look and self.look.everybody)

    def _take(self, step: Take) -> None:
        self.say(texts.WORKING)
        self.act(lambda: self.acts.take(step))

    def act(self, act: Callable[[], Word]) -> None:
        """Do something in a thread and say what came of it; while the database does not answer say that."""
        under_way = self._under_way = object()
        self.set_timer(ANSWER_SECONDS, lambda: self._say_waiting(under_way))
        self._do_act(act, time.monotonic())

    @work(thread=True, group="step", exit_on_error=False)
    def _do_act(self, act: Callable[[], Word], asked: float) -> None:
        with self._one_by_one:
            # keys that were pressed while the database did not answer are not carried out long after
            late = time.monotonic() - asked > LATE_SECONDS
            word = Word(texts.TOO_LATE) if late else act()
        self.post_message(self.Said(word, self._read_of(self.shown, next(self._reads))))

    def _say_waiting(self, under_way: object) -> None:
        if self._under_way is under_way:
            self.say(texts.STILL_WAITING)

    @on(Said)
    def _said(self, event: Said) -> None:
        self._under_way = None
        self.say(event.word.words)
        self._take_in(event.read)
        if event.word.ticket:
            self.follow_patient(event.word.ticket.id)
