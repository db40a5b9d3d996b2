"""The console as one widget: rooms above, the list, what is wrong, and a bar of steps below.

A thread waits for commits of anybody, anywhere; the console draws anew after each.
Steps run in threads that only post messages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Click, Mount, Unmount
from textual.message import Message
from textual.widgets import Static

from nightdesk_kiosk.console import questions, texts
from nightdesk_kiosk.console.console_desk import ConsoleDesk, Look
from nightdesk_kiosk.console.devices_screen import DevicesScreen
from nightdesk_kiosk.console.dialogs import Choice, Offer
from nightdesk_kiosk.console.panels import QueueTable, RoomBar, TroublePanel
from nightdesk_kiosk.console.questions import GoOn, Outcome, Question, SeeAlarms, SeePage, ShowClinic, Take, UseRoom
from nightdesk_kiosk.console.rows import rows
from nightdesk_kiosk.console.steps import IN_ROOM, KEYS, ON_TICKET, RoomAt, Step, ticket_of, words_for
from nightdesk_kiosk.widgets.following import Changed, follow
from nightdesk_kiosk.widgets.putting import put
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.commands.calling import call
from nightdesk_queue.commands.slip_printing import reprint
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.errors import Fault, Refused
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.store import StopSignal
from nightdesk_queue.text.bilingual import Language, Text, joined

TYPED_AHEAD_SECONDS = 1.0
REDRAW_SECONDS = 10.0
"""Waiting minutes grow without a commit."""


class ConsoleView(Vertical):
    """A console for one clinic at a time; `n` calls to the chosen room."""

    DEFAULT_CSS = """
    ConsoleView { background: $background; }
    ConsoleView #title { height: 1; background: $panel; text-style: bold; padding: 0 1; width: 1fr; }
    ConsoleView #title { text-wrap: nowrap; text-overflow: ellipsis; }
    ConsoleView #word { height: auto; min-height: 1; max-height: 3; width: 1fr; padding: 0 1; color: $accent; }
    ConsoleView #step-take_back { height: 1; min-height: 1; padding: 0; text-style: none; }
    ConsoleView #steps { height: auto; layout: grid; grid-size: 7; grid-gutter: 0 1; grid-rows: 1; background: $panel; }
    ConsoleView #steps Tap { height: 1; min-height: 1; padding: 0; min-width: 8; text-style: none; }
    ConsoleView.narrow #steps { grid-size: 5; }
    ConsoleView.narrow RoomBar, ConsoleView.narrow RoomBar Tap { height: 1; min-height: 1; }
    ConsoleView.tall #steps { grid-rows: 3; grid-gutter: 0 1; }
    ConsoleView.tall #steps Tap { height: 3; padding: 1 0; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(f"{key.key},{key.key.upper()}", f"step('{key.step}')", key.label.en, id=f"console.{key.step}")
            for key in KEYS
        ),
        Binding("escape", "list", show=False),
        *(Binding(str(digit), f"room({digit})", show=False, id=f"console.room{digit}") for digit in range(1, 10)),
    ]

    @dataclass
    class Said(Message):
        """A step was taken or refused; `ticket` is the one to highlight."""

        words: Text
        ticket: Ticket | None = None

    def __init__(
        self,
        desk: ConsoleDesk,
        clinic_id: str | None = None,
        room_id: str | None = None,
        language: Language = "zh",
        *,
        redraw_seconds: float = REDRAW_SECONDS,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.desk = desk
        self.language: Language = language
        self._redraw_seconds = redraw_seconds
        hospital = desk.hospital
        self.clinic = hospital.clinics[clinic_id] if clinic_id else next(iter(hospital.clinics.values()))
        self.room: str | None = room_id or _only_room(self.clinic)
        """The room that is called to; None until somebody chooses one of several: nobody calls into another's room."""
        self.look: Look | None = None
        self._laid: list[str] = []
        self._last_word = Text("", "")
        self._digits_from = 0.0
        self._gone = StopSignal()

    def compose(self) -> ComposeResult:
        """Title, rooms, list, troubles, the last word, steps.

        What takes numbers back stands in sight only while it is wanted, above the other steps, which never move.
        """
        yield Static(id="title", markup=False)
        yield RoomBar(id="rooms")
        yield QueueTable()
        yield TroublePanel()
        yield Static(id="word", markup=False)
        yield Tap("", Step.TAKE_BACK, id=f"step-{Step.TAKE_BACK}")
        with Vertical(id="steps"):
            for key in KEYS:
                if key.step is not Step.TAKE_BACK:
                    yield Tap(key.key, key.step, classes="quiet", id=f"step-{key.step}")

    async def on_mount(self, event: Mount) -> None:
        """Draw at once and follow the database from now on."""
        self._relabel()
        self._follow()
        self.set_interval(self._redraw_seconds, self._draw)

    def on_unmount(self, event: Unmount) -> None:
        """End the feed."""
        self._gone.set()

    def on_resize(self) -> None:
        """Steps are three rows high where there is room for fingers, and five a row where the pane is narrow."""
        self.set_class(self.size.width < 78, "narrow")
        self.set_class(self.size.height >= 28, "tall")

    def on_click(self, event: Click) -> None:
        """Take the keyboard's focus on a click anywhere."""
        self.query_one(QueueTable).focus()

    # what is shown ---------------------------------------------------------------------------------------------

    @work(thread=True, group="changes", exit_on_error=False)
    def _follow(self) -> None:
        """Wait in a thread for commits of anybody and tell of each, until the screen goes."""
        follow(self.desk.changes, self._gone, self.post_message)

    @on(Changed)
    def _changed(self, event: Changed) -> None:
        if event.fault is None:
            self._draw()
        else:
            self.say(texts.DATABASE_AWAY.fill(why=event.fault.text))

    def _draw(self) -> None:
        try:
            look = self.look = self.desk.look(self.clinic)
        except Fault as fault:
            self.say(texts.DATABASE_AWAY.fill(why=fault.text))
            return
        hospital = self.desk.hospital
        self._follow_rooms(look)
        self._draw_title(look)
        self.query_one(RoomBar).show(look, hospital, self.room, self.language)
        self.query_one(QueueTable).show(rows(look, hospital, self.language))
        self.query_one(TroublePanel).show(look, hospital, self.language)
        many = any(alarm.event.kind is EventKind.MANY_NUMBERS for alarm in look.alarms)
        self.query_one(f"#step-{Step.TAKE_BACK}").display = many

    def _follow_rooms(self, look: Look) -> None:
        """Lay the room bar anew where the clinic is in other rooms than it was; nobody is called to one it has left."""
        rooms = look.queue.clinic.rooms
        if rooms != self._laid:
            self._laid = rooms
            self.query_one(RoomBar).lay(rooms)
        if self.room is not None and self.room not in rooms:
            self.room = _only_room(look.queue.clinic)

    def _draw_title(self, look: Look) -> None:
        refusal = look.queue.refusal
        state = texts.OPEN if refusal is None else texts.STATES.get(refusal.code, texts.CLOSED)
        count = texts.WAITING.fill(n=len(look.queue.line))
        chosen = self.room and texts.CALL_TO.fill(room=self.desk.hospital.room_name(self.room))
        room = chosen or texts.NO_ROOM_YET
        parts = [self.clinic.name, state, count, room]
        clock = f"{look.at.astimezone(self.desk.hospital.zone):%H:%M}"
        put(self.query_one("#title", Static), f"{clock}  {joined(parts, ' · ', ' · ').of(self.language)}")

    def _relabel(self) -> None:
        self.query_one(QueueTable).relabel(self.language)
        for key in KEYS:
            self.query_one(f"#step-{key.step}", Tap).update(f"{key.key.upper()} {key.label.of(self.language)}")
        self.say(self._last_word)
        self._draw()

    def say(self, words: Text) -> None:
        """Show the last word: what was done, or why not."""
        self._last_word = words
        put(self.query_one("#word", Static), words.of(self.language))

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
            self._draw()

    def action_list(self) -> None:
        """Go back to the list, from wherever Tab has led."""
        self.query_one(QueueTable).focus()

    def action_step(self, step: str) -> None:
        """Do what a key asks for."""
        self._do(Step(step))

    def _do(self, step: Step) -> None:
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
            Step.LANGUAGE: self._speak_the_other,
            Step.SEEN: self._see,
            Step.CLINIC: lambda: self._ask(questions.which_clinic(self.desk.hospital)),
            Step.UNDO: self._undo,
            Step.TAKE_BACK: self._take_back,
            Step.END: self._end,
            Step.SUSPEND: self._suspend,
            Step.DEVICES: lambda: self.app.push_screen(DevicesScreen(self.desk, self.language)),
        }

    def _do_with(self, step: Step, ticket: Ticket) -> None:
        question = self._question_about(step, ticket)
        if question:
            self._ask(question)
        elif step is Step.THIS:
            self._call(ticket.id)
        elif step is Step.REPRINT:
            self._reprint(ticket)
        else:
            command, kind = ON_TICKET[step]
            self._take(Take(lambda work: command(work, ticket.id), kind))

    def _question_about(self, step: Step, ticket: Ticket) -> Question | None:
        """Return what is asked before a step with a patient; None where it is taken at once."""
        hospital, now = self.desk.hospital, self.desk.clock.now()
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
                return questions.hold_where(ticket, self.clinic, now)
            case _:
                return None

    def _call(self, ticket_id: str | None) -> None:
        # taken down now: by the time the step runs somebody may have chosen another room
        room = self.room
        if room is None:
            clinic = self.look.queue.clinic if self.look else self.clinic
            self._ask(questions.which_room(clinic, self.desk.hospital, self._inside(), ticket_id))
            return
        self._take(Take(lambda work: call(work, room, ticket=ticket_id), EventKind.CALL))

    def _speak_the_other(self) -> None:
        self.language = "en" if self.language == "zh" else "zh"
        self._relabel()

    def _see(self) -> None:
        """Acknowledge the alarms in sight; a page is answered by name, since it calls off a doctor."""
        panel = self.query_one(TroublePanel)
        if panel.pages_shown:
            alarms, up_to = panel.alarms_shown, panel.alarm_shown
            self._ask(questions.which_page(panel.pages_shown, alarms, up_to, self.desk.hospital))
        else:
            self._acknowledge(panel.alarm_shown)

    def _suspend(self) -> None:
        suspended = bool(self.look and self.look.queue.suspended)
        self._ask(questions.really_suspend(self.clinic, suspended=suspended))

    def _undo(self) -> None:
        try:
            event = self.desk.last_step()
        except Fault as fault:
            self.say(texts.DATABASE_AWAY.fill(why=fault.text))
            return
        if event is None:
            self._nothing_to_ask(refusals.nothing_to_undo(None).text)
        else:
            self._ask(questions.really_undo(event, self.desk.hospital))

    def _take_back(self) -> None:
        """Ask whether the numbers of a kiosk that gave many are taken back; of several the one alarmed first."""
        try:
            found = self.desk.many_given()
        except Fault as fault:
            self.say(texts.DATABASE_AWAY.fill(why=fault.text))
            return
        if not found:
            self._nothing_to_ask(texts.NOT_MANY)
        elif many := next((one for one in found if one.unseen), None):
            self._ask(questions.really_take_back(many, self.desk.hospital))
        else:
            self._nothing_to_ask(texts.NONE_LEFT.fill(kiosk=found[0].kiosk))

    def _end(self) -> None:
        """Ask about a leftover of a session: the chosen one, else the first that nobody has decided about."""
        left = [one.ticket for one in self.look.leftovers if not one.kept] if self.look else []
        if not left:
            self._nothing_to_ask(texts.NO_LEFTOVERS)
            return
        chosen = self.query_one(QueueTable).chosen()
        ticket = next((one for one in left if chosen and one.id == chosen.id), left[0])
        self._ask(questions.what_about(ticket, self.desk.hospital, self.desk.clock.now()))

    def _nothing_to_ask(self, words: Text) -> None:
        """Say why there is no question; a digit typed ahead as its answer must not choose a room."""
        self._digits_from = time.monotonic() + TYPED_AHEAD_SECONDS
        self.say(words)

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
                self._draw()
                self._call(ticket_id)
            case SeePage(page):
                self._answer_page(page)
            case SeeAlarms(up_to):
                self._acknowledge(up_to)
            case GoOn(step, ticket):
                self._do_with(step, ticket)

    def _show_clinic(self, clinic: Clinic) -> None:
        """Show another clinic. The room stays where it is one of the new clinic's, else one has to be chosen."""
        self.clinic = clinic
        self._laid = []
        if self.room not in clinic.rooms:
            self.room = _only_room(clinic)
        self._draw()

    @work(thread=True, group="step", exit_on_error=False)
    def _take(self, step: Take) -> None:
        """Do a command in a thread and say what came of it."""
        self.post_message(self.Said(texts.WORKING))

        def take() -> ConsoleView.Said:
            result = self.desk.act(step.command)
            return self.Said(step.done or words_for(result, step.kind, self.desk.hospital), ticket_of(result))

        self._answer(take)

    @work(thread=True, group="step", exit_on_error=False)
    def _acknowledge(self, up_to: int) -> None:
        self._answer(lambda: self.Said(texts.ALARMS_SEEN.fill(n=self.desk.acknowledge(up_to))))

    @work(thread=True, group="step", exit_on_error=False)
    def _answer_page(self, page: Page) -> None:
        def answer() -> ConsoleView.Said:
            self.desk.answer_page(page)
            clinic = self.desk.hospital.clinic_name(page.clinic)
            return self.Said(texts.PAGE_ANSWERED.fill(clinic=clinic, number=page.number))

        self._answer(answer)

    @work(thread=True, group="step", exit_on_error=False)
    def _reprint(self, ticket: Ticket) -> None:
        def again() -> ConsoleView.Said:
            job = self.desk.act(lambda work: reprint(work, ticket.id))
            printer = self.desk.hospital.printer_name(job.printer)
            return self.Said(texts.REPRINTED.fill(number=ticket.number, n=job.copy, printer=printer), ticket)

        self._answer(again)

    def _answer(self, work: Callable[[], Said]) -> None:
        """Post what `work` says, or why it could not be done; a thread of ours never ends without a word."""
        try:
            said = work()
        except Refused as refused:
            said = self.Said(texts.NOT_NOW.fill(why=refused.text))
        except Fault as fault:
            said = self.Said(texts.DATABASE_AWAY.fill(why=fault.text))
        except Exception as error:  # noqa: BLE001 - the nurse must not wait for an answer that never comes
            said = self.Said(texts.UNFORESEEN.fill(why=f"{type(error).__name__}: {error}"))
        self.post_message(said)

    @on(Said)
    def _said(self, event: Said) -> None:
        self.say(event.words)
        self._draw()
        if event.ticket:
            self.query_one(QueueTable).choose(event.ticket.id)


def _only_room(clinic: Clinic) -> str | None:
    """Return the room of a clinic that has one; of several somebody has to choose."""
    return clinic.rooms[0] if len(clinic.rooms) == 1 else None
