"""The console as one widget: what staff do with its keys and taps. Steps run in threads that only post messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from nightdesk_kiosk.console import asking, questions, texts
from nightdesk_kiosk.console.acts import Acts, Word
from nightdesk_kiosk.console.console_picture import ConsolePicture, only_room
from nightdesk_kiosk.console.devices_screen import DevicesScreen
from nightdesk_kiosk.console.dialogs import Choice, Offer
from nightdesk_kiosk.console.finding import FindScreen
from nightdesk_kiosk.console.issuing import IssueScreen
from nightdesk_kiosk.console.panels import QueueTable, TroublePanel
from nightdesk_kiosk.console.questions import (
    GiveNumber,
    GoOn,
    Outcome,
    Question,
    SeeAlarms,
    SeePage,
    ShowClinic,
    Take,
    UseRoom,
)
from nightdesk_kiosk.console.signing_in import SignInScreen
from nightdesk_kiosk.console.steps import IN_ROOM, KEYS, WITHOUT_SIGN_IN, RoomAt, Step, plain_step
from nightdesk_kiosk.widgets.app import NightApp
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.commands.calling import call
from nightdesk_queue.commands.issuing import Applicant
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.staff import StaffMember
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.text.bilingual import Text

TYPED_AHEAD_SECONDS = 1.0
LOCK_LOOK_SECONDS = 5.0


class ConsoleView(ConsolePicture):
    """A console for one clinic at a time; `n` calls to the chosen room."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key.keys, f"step('{key.step}')", key.label.en, id=f"console.{key.step}") for key in KEYS),
        Binding("escape", "list", show=False),
        *(Binding(str(digit), f"room({digit})", show=False, id=f"console.room{digit}") for digit in range(1, 10)),
    ]

    @dataclass
    class Said(Message):
        """An act was done or refused."""

        word: Word

    _digits_from = 0.0
    """Until then a digit is none that chooses a room."""

    @cached_property
    def _acts(self) -> Acts:
        return Acts(self.desk)

    def on_mount(self) -> None:
        """Lock a console that is left. Textual calls the handler of the picture, too."""
        self.set_interval(LOCK_LOOK_SECONDS, self._lock_if_left)

    # what staff do ---------------------------------------------------------------------------------------------

    @on(Tap.Tapped)
    def _tapped(self, event: Tap.Tapped) -> None:
        event.stop()
        if self.app.screen is not self.screen:
            return  # the second half of a double tap: the first has opened a question
        match event.wish:
            case RoomAt(place):
                self.action_room(place)
            case Step() as step:
                self._do(step)
        self.query_one(QueueTable).focus()

    def action_room(self, index: int) -> None:
        """Choose the room that `n` calls to."""
        if time.monotonic() < self._digits_from:
            return
        if index <= len(self._laid):
            self.room = self._laid[index - 1]
            self.draw()

    def action_list(self) -> None:
        """Go back to the list, from wherever Tab has led."""
        self.query_one(QueueTable).focus()

    def action_step(self, step: str) -> None:
        """Do what a key asks for."""
        self._do(Step(step))

    def _do(self, step: Step) -> None:
        if step not in WITHOUT_SIGN_IN and self._locked():
            self._sign_in()
            return
        if do := self._without_ticket.get(step):
            do()
            return
        ticket = self._patient_for(step)
        if ticket is None:
            self.say(texts.CHOOSE_ROW)
        elif step is not Step.REPRINT and ticket.room not in (None, self.room):
            self._ask(questions.of_another_room(step, ticket, self.desk.hospital, self.desk.clock.now()))
        else:
            self._do_with(step, ticket)

    def _patient_for(self, step: Step) -> Ticket | None:
        """Return whom a step is about: who is chosen; of the steps in a room its own patient, unless one is chosen."""
        chosen = self.query_one(QueueTable).chosen()
        if step not in IN_ROOM or (chosen and (chosen.room or step is Step.HOLD)):
            return chosen
        return self._inside().get(self.room or "") or chosen

    def _inside(self) -> dict[str, Ticket]:
        """Return who is in which room."""
        seen = (*self.look.queue.called, *self.look.queue.serving) if self.look else ()
        return {ticket.room: ticket for ticket in seen if ticket.room}

    @property
    def _without_ticket(self) -> Mapping[Step, Callable[[], object]]:
        """What is done with nobody in particular."""
        return {
            Step.NEXT: lambda: self._call(None),
            Step.FIND: self._find,
            Step.ISSUE: lambda: self._open_form(self.clinic, ""),
            Step.ROOM: lambda: self._ask_or_say(asking.room_use(self.look, self.room, self.desk.hospital)),
            Step.LANGUAGE: self._speak_the_other,
            Step.SEEN: self._see,
            Step.CLINIC: lambda: self._ask(questions.which_clinic(self.desk.hospital)),
            Step.UNDO: lambda: self._ask_or_say(asking.undo(self.desk)),
            Step.TAKE_BACK: lambda: self._ask_or_say(asking.take_back(self.desk)),
            Step.END: lambda: self._ask_or_say(self._end()),
            Step.SUSPEND: self._suspend,
            Step.PERSON: self._change_person,
            Step.DEVICES: lambda: self.app.push_screen(DevicesScreen(self.desk, self.language)),
        }

    def _do_with(self, step: Step, ticket: Ticket) -> None:
        question = asking.before(step, ticket, self.clinic, self.desk.hospital, self.desk.clock.now())
        if question:
            self._ask(question)
        elif step is Step.THIS:
            self._call(ticket.id)
        elif step is Step.REPRINT:
            self._act(lambda: self._acts.reprint(ticket))
        else:
            command, kind = plain_step(step, ticket)
            self._take(Take(lambda work: command(work, ticket.id), kind))

    def _call(self, ticket_id: str | None) -> None:
        # taken down now: by the time the step runs somebody may have chosen another room
        room = self.room
        if room is None:
            clinic = self.look.queue.clinic if self.look else self.clinic
            self._ask(questions.which_room(clinic, self.desk.hospital, self._inside(), ticket_id))
            return
        self._take(Take(lambda work: call(work, room, ticket=ticket_id), EventKind.CALL))

    # who works here ------------------------------------------------------------------------------------------------

    def _locked(self) -> bool:
        return self.desk.member is None and not (self.look and self.look.everybody)

    def _sign_in(self) -> None:
        self.app.push_screen(SignInScreen(self.desk.sign_in, self.language), self._signed_in)

    def _signed_in(self, member: StaffMember | None) -> None:
        if member is not None:
            self.say(texts.SIGNED_IN.fill(name=member.name))
            self.draw()

    def _change_person(self) -> None:
        """Lock for whoever was here, and ask who comes; where there are no staff say how to begin."""
        if self.desk.member is not None:
            self._leave()
        if self._locked():
            self._sign_in()
        else:
            self.say(texts.NO_STAFF)

    def _leave(self) -> None:
        try:
            self.desk.sign_out()
        except Fault as fault:
            self.say(texts.DATABASE_AWAY.fill(why=fault.text))
            return
        # a question that stands open is nobody's now
        while len(self.app.screen_stack) > 1 and self.screen is not self.app.screen:
            self.app.pop_screen()
        self.say(texts.SIGNED_OUT)
        self.draw()

    def _lock_if_left(self) -> None:
        """Lock a console nobody has touched for as long as the configuration says; the list goes on."""
        app = self.app
        left = isinstance(app, NightApp) and app.untouched >= self.desk.hospital.console.lock_minutes * 60
        if self.desk.member is not None and left:
            self._leave()

    # finding, giving numbers, rooms --------------------------------------------------------------------------------

    def _find(self) -> None:
        # the line opens at once: what is typed after the slash must not be taken for the keys of steps
        self.app.push_screen(FindScreen(self.desk.tonight, self.desk.hospital, self.language), self._go_to)

    def _go_to(self, ticket: Ticket | None) -> None:
        """Show a patient where they wait; of one who has left the line say what became of them."""
        if ticket is None:
            return
        if ticket.clinic != self.clinic.id and ticket.clinic in self.desk.hospital.clinics:
            self._show_clinic(self.desk.hospital.clinics[ticket.clinic])
        if not self.query_one(QueueTable).choose(ticket.id):
            self._ask(questions.no_longer_here(ticket, self.desk.hospital, self.desk.clock.now()))

    def _open_form(self, clinic: Clinic, name: str) -> None:
        def give(who: Applicant | None) -> None:
            if who is not None:
                self._act(lambda: self._acts.issue(clinic.id, who))

        self.app.push_screen(IssueScreen(clinic, self.desk.hospital, self.language, name), give)

    def _speak_the_other(self) -> None:
        self.language = "en" if self.language == "zh" else "zh"
        self.relabel()

    def _see(self) -> None:
        """Acknowledge the alarms in sight; a page is answered by name, since it calls off a doctor."""
        panel = self.query_one(TroublePanel)
        if panel.pages_shown:
            alarms, up_to = panel.alarms_shown, panel.alarm_shown
            self._ask(questions.which_page(panel.pages_shown, alarms, up_to, self.desk.hospital))
        else:
            up_to = panel.alarm_shown
            self._act(lambda: self._acts.acknowledge(up_to))

    def _suspend(self) -> None:
        suspended = bool(self.look and self.look.queue.suspended)
        self._ask(questions.really_suspend(self.clinic, suspended=suspended))

    def _end(self) -> Question | Text:
        chosen = self.query_one(QueueTable).chosen()
        return asking.leftover(self.look, chosen, self.desk.hospital, self.desk.clock.now())

    def _ask_or_say(self, asked: Question | Text) -> None:
        """Ask, or say why there is no question; a digit typed ahead as its answer must not choose a room."""
        if isinstance(asked, Question):
            self._ask(asked)
        else:
            self._digits_from = time.monotonic() + TYPED_AHEAD_SECONDS
            self.say(asked)

    def _ask(self, question: Question) -> None:
        answers = [Offer(one.words.of(self.language), one.outcome, one.digit) for one in question.answers]
        self.app.push_screen(Choice(question.words.of(self.language), answers), self._carry_out)

    def _carry_out(self, outcome: Outcome) -> None:
        match outcome:
            case Take():
                self._take(outcome)
            case Question():
                self._ask(outcome)
            case ShowClinic(clinic_id):
                self._show_clinic(self.desk.hospital.clinics[clinic_id])
            case UseRoom(room, ticket_id):
                self.room = room
                self.draw()
                self._call(ticket_id)
            case GiveNumber(clinic_id, name):
                self._open_form(self.desk.hospital.clinics.get(clinic_id, self.clinic), name)
            case SeePage(page):
                self._act(lambda: self._acts.answer_page(page))
            case SeeAlarms(up_to):
                self._act(lambda: self._acts.acknowledge(up_to))
            case GoOn(step, ticket):
                self._do_with(step, ticket)

    def _show_clinic(self, clinic: Clinic) -> None:
        """Show another clinic. The room stays where it is one of the new clinic's, else one has to be chosen."""
        self.clinic = clinic
        self._laid = []
        if self.room not in clinic.rooms:
            self.room = only_room(clinic)
        self.draw()

    def _take(self, step: Take) -> None:
        self.say(texts.WORKING)
        self._act(lambda: self._acts.take(step))

    @work(thread=True, group="step", exit_on_error=False)
    def _act(self, act: Callable[[], Word]) -> None:
        """Do something in a thread and say what came of it."""
        self.post_message(self.Said(act()))

    @on(Said)
    def _said(self, event: Said) -> None:
        self.say(event.word.words)
        self.draw()
        if event.word.ticket:
            self.query_one(QueueTable).choose(event.word.ticket.id)
