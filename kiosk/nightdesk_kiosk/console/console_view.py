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

from nightdesk_kiosk.console import asking, questions, texts
from nightdesk_kiosk.console.acts import Acts, Word
from nightdesk_kiosk.console.console_desk import ConsoleDesk, Look
from nightdesk_kiosk.console.devices_screen import DevicesScreen
from nightdesk_kiosk.console.dialogs import Choice, Offer
from nightdesk_kiosk.console.finding import FindScreen
from nightdesk_kiosk.console.issuing import IssueScreen
from nightdesk_kiosk.console.panels import QueueTable, RoomBar, Title, TroublePanel
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
from nightdesk_kiosk.console.rows import rows
from nightdesk_kiosk.console.steps import IN_ROOM, KEYS, RoomAt, Step, plain_step
from nightdesk_kiosk.widgets.following import Changed, follow
from nightdesk_kiosk.widgets.putting import put
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.commands.calling import call
from nightdesk_queue.commands.issuing import Applicant
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.store import StopSignal
from nightdesk_queue.text.bilingual import Language, Text

TYPED_AHEAD_SECONDS = 1.0
TALL_ROWS = 44
"""Rows from which a list of 25 patients has room beside steps that are high enough for fingers."""
REDRAW_SECONDS = 10.0
"""Waiting minutes grow without a commit."""


class ConsoleView(Vertical):
    """A console for one clinic at a time; `n` calls to the chosen room."""

    DEFAULT_CSS = """
    ConsoleView { background: $background; }
    ConsoleView #word { height: auto; min-height: 1; max-height: 3; width: 1fr; padding: 0 1; color: $accent; }
    ConsoleView #step-take_back { height: 1; min-height: 1; padding: 0; text-style: none; }
    ConsoleView #steps { height: auto; layout: grid; grid-size: 7; grid-gutter: 0 1; grid-rows: 1; background: $panel; }
    ConsoleView #steps Tap { height: 1; min-height: 1; padding: 0; min-width: 8; text-style: none; }
    ConsoleView.wide #steps { grid-size: 8; }
    ConsoleView.widest #steps { grid-size: 11; }
    ConsoleView.narrow #steps { grid-size: 5; }
    ConsoleView.tall RoomBar { height: 3; }
    ConsoleView.tall RoomBar Tap { height: 3; min-height: 3; padding: 1 1; }
    ConsoleView.tall #steps { grid-rows: 3; grid-gutter: 0 1; }
    ConsoleView.tall #steps Tap { height: 3; padding: 1 0; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key.keys, f"step('{key.step}')", key.label.en, id=f"console.{key.step}") for key in KEYS),
        Binding("escape", "list", show=False),
        *(Binding(str(digit), f"room({digit})", show=False, id=f"console.room{digit}") for digit in range(1, 10)),
    ]

    @dataclass
    class Said(Message):
        """An act was done or refused."""

        word: Word

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
        self._acts = Acts(desk)
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

        What takes numbers back stands in sight only while it is wanted, above the other steps, which never move. What
        takes a patient back has no target of its own: `is here` does it, too.
        """
        yield Title()
        yield RoomBar(id="rooms")
        yield QueueTable()
        yield TroublePanel()
        yield Static(id="word", markup=False)
        yield Tap("", Step.TAKE_BACK, id=f"step-{Step.TAKE_BACK}")
        with Vertical(id="steps"):
            for key in KEYS:
                if key.step not in (Step.TAKE_BACK, Step.RETURN):
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
        """Let steps take as few rows as their words allow, and be higher where the list has room enough beside them."""
        self.set_class(self.size.width < 78, "narrow")
        self.set_class(self.size.width >= 96, "wide")
        self.set_class(self.size.width >= 119, "widest")
        self.set_class(self.size.height >= TALL_ROWS, "tall")

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
        self.query_one(Title).show(look, self.clinic, hospital, self.room, self.language)
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

    def _relabel(self) -> None:
        self.query_one(QueueTable).relabel(self.language)
        for key in KEYS:
            for tap in self.query(f"#step-{key.step}").results(Tap):
                tap.update(f"{key.written} {key.label.of(self.language)}")
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
        self._relabel()

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
                self._draw()
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
            self.room = _only_room(clinic)
        self._draw()

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
        self._draw()
        if event.word.ticket:
            self.query_one(QueueTable).choose(event.word.ticket.id)


def _only_room(clinic: Clinic) -> str | None:
    """Return the room of a clinic that has one; of several somebody has to choose."""
    return clinic.rooms[0] if len(clinic.rooms) == 1 else None
