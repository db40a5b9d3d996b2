"""The console as one widget: what staff do with its keys and taps. Steps run in threads that only post messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text as RichText
from textual import on, work
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.message import Message

from nightdesk_kiosk.console import asking, clinic_questions, questions, refused_transfers, texts
from nightdesk_kiosk.console.acts import Word
from nightdesk_kiosk.console.console_answers import ConsoleAnswers
from nightdesk_kiosk.console.devices_screen import DevicesScreen
from nightdesk_kiosk.console.finding import FindScreen
from nightdesk_kiosk.console.numbers import numbers_lines
from nightdesk_kiosk.console.palette import provider_of
from nightdesk_kiosk.console.panels import SectionPanel, TroublePanel, WantsNumbers
from nightdesk_kiosk.console.questions import (
    GiveNumber,
    Outcome,
    Question,
)
from nightdesk_kiosk.console.reading import ReadScreen
from nightdesk_kiosk.console.signing_in import SignInScreen
from nightdesk_kiosk.console.step_help import HELP
from nightdesk_kiosk.console.steps import KEYS, WITHOUT_SIGN_IN, Key, RoomAt, Step
from nightdesk_kiosk.console.troubles import troubles
from nightdesk_kiosk.widgets.app import NightApp
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.staff import StaffMember
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.night_report import NightReport
from nightdesk_queue.text.bilingual import Language, Text

LOCK_LOOK_SECONDS = 5.0


class ConsoleView(ConsoleAnswers):
    """A console for one clinic, or for several in one list; `n` calls to the chosen room."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key.keys, f"step('{key.step}')", key.label.en, id=f"console.{key.step}") for key in KEYS),
        Binding("escape", "list", show=False),
        Binding("ctrl+p", "palette", show=False),
        *(Binding(f"f{place}", f"next_in({place})", show=False, id=f"console.next{place}") for place in range(1, 10)),
        *(Binding(str(digit), f"room({digit})", show=False, id=f"console.room{digit}") for digit in range(1, 10)),
    ]

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
                self.do(step)
        self.focus_list()

    def action_room(self, index: int) -> None:
        """Choose the room that `n` calls to."""
        if time.monotonic() < self.digits_from:
            return
        if index <= len(self._laid):
            self.room = self._laid[index - 1]
            self.show()

    def action_next_in(self, index: int) -> None:
        """Choose a room and call the next to it, by one key."""
        if index <= len(self._laid):
            self.room = self._laid[index - 1]
            self.do(Step.NEXT)

    def action_list(self) -> None:
        """Go back to the list, from wherever Tab has led."""
        self.focus_list()

    def action_step(self, step: str) -> None:
        """Do what a key asks for."""
        self.do(Step(step))

    def do(self, step: Step) -> None:
        """Take a step, or ask first."""
        if step not in WITHOUT_SIGN_IN and self.locked():
            self._sign_in()
            return
        if do := self._without_ticket.get(step):
            do()
            return
        ticket = self.patient_for(step)
        if ticket is None:
            self.say(texts.CHOOSE_ROW)
        elif step is not Step.REPRINT and ticket.room not in (None, self.room):
            self.ask(questions.of_another_room(step, ticket, self.desk.hospital, self.desk.clock.now()))
        else:
            self.do_with(step, ticket)

    @property
    def _without_ticket(self) -> Mapping[Step, Callable[[], object]]:
        """What is done with nobody in particular."""
        return {
            Step.NEXT: lambda: self.call(None),
            Step.FIND: self._find,
            Step.ISSUE: lambda: self._of_clinic(lambda clinic: GiveNumber(clinic.id, "")),
            Step.ROOM: lambda: self.ask_or_say(asking.room_use(self.look, self.room, self.desk.hospital)),
            Step.LANGUAGE: self._speak_the_other,
            Step.SEEN: self._see,
            Step.CLINIC: lambda: self.ask(questions.which_clinic(self.desk.hospital)),
            Step.UNDO: lambda: self.ask_or_say(asking.undo(self.desk)),
            Step.TAKE_BACK: lambda: self.ask_or_say(asking.take_back(self.desk)),
            Step.FROM_ER: lambda: self.ask_or_say(refused_transfers.which(self.look, self.desk.hospital)),
            Step.END: lambda: self.ask_or_say(self._end()),
            Step.SUSPEND: lambda: self._of_clinic(self._about_clinic),
            Step.PERSON: self._change_person,
            Step.TROUBLES: self._show_troubles,
            Step.HELP: self._show_help,
            Step.NUMBERS: lambda: self._read_numbers(self.shown),
            Step.DEVICES: lambda: self.app.push_screen(DevicesScreen(self.desk, self.language)),
        }

    def action_palette(self) -> None:
        """Open the palette: every step by its words."""
        placeholder = texts.PALETTE.of(self.language)
        self.app.push_screen(CommandPalette(provider_of(self.do, self.language), placeholder=placeholder))

    def _show_help(self) -> None:
        lines = [RichText.assemble((f"{key.written:>3}  ", "bold"), *_key_line(key, self.language)) for key in KEYS]
        lines.append(RichText(texts.HELP_MORE.of(self.language)))
        self._read_screen(texts.HELP_HEADING, lines)

    def _show_troubles(self) -> None:
        found = troubles(self.look, self.desk.hospital) if self.look else []
        lines = [RichText(one.words.of(self.language)) for one in found]
        self._read_screen(
            texts.TROUBLES_HEADING.fill(n=len(found)), lines or [RichText(texts.ALL_WELL.of(self.language))]
        )

    @dataclass
    class Numbers(Message):
        """Tonight in numbers was read; `fault`: why not."""

        report: NightReport | None
        fault: Fault | None = None

    @work(thread=True, group="numbers", exclusive=True, exit_on_error=False)
    def _read_numbers(self, shown: tuple[Clinic, ...]) -> None:
        try:
            self.post_message(self.Numbers(self.desk.numbers(shown)))
        except Fault as fault:
            self.post_message(self.Numbers(None, fault))

    @on(Numbers)
    def _show_numbers(self, event: Numbers) -> None:
        if event.report is None:
            why = event.fault.text if event.fault else Text("", "")
            self.say(texts.DATABASE_AWAY.fill(why=why))
            return
        lines = numbers_lines(
            event.report, self.desk.hospital, self.language, min(self.app.size.width * 96 // 100, 116) - 9
        )
        self._read_screen(texts.NUMBERS_HEADING.fill(day=event.report.period.days[0].isoformat()), lines)

    @on(WantsNumbers)
    def _numbers_wanted(self, event: WantsNumbers) -> None:
        event.stop()
        self.do(Step.NUMBERS)

    def _read_screen(self, heading: Text, lines: list[RichText]) -> None:
        self.app.push_screen(ReadScreen(heading.of(self.language), lines, texts.CLOSE_KEY.of(self.language)))

    # who works here ------------------------------------------------------------------------------------------------

    def _sign_in(self) -> None:
        self.app.push_screen(SignInScreen(self.desk.sign_in, self.language), self._signed_in)

    def _signed_in(self, member: StaffMember | None) -> None:
        if member is not None:
            self.say(texts.SIGNED_IN.fill(name=member.name))
            self.show()

    def _change_person(self) -> None:
        """Lock for whoever was here, and ask who comes; where there are no staff say how to begin."""
        if self.desk.member is not None:
            self._leave()
        if self.look is not None and self.look.everybody:
            self.say(texts.NO_STAFF)
        else:
            self._sign_in()

    def _leave(self) -> None:
        """Lock at once, whatever the database does: that somebody has left is written as soon as it can be."""
        left = self.desk.leave()
        if left is not None:
            self._note_leaving(left)
        # a question that stands open is nobody's now
        while len(self.app.screen_stack) > 1 and self.screen is not self.app.screen:
            self.app.pop_screen()
        self.say(texts.SIGNED_OUT)
        self.show()

    @work(thread=True, group="leaving", exit_on_error=False)
    def _note_leaving(self, left: By) -> None:
        try:
            self.desk.note_leaving(left)
        except Fault as fault:
            self.post_message(self.Said(Word(texts.DATABASE_AWAY.fill(why=fault.text)), self.Read(None, -1)))

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
        if ticket.clinic not in [one.id for one in self.shown] and ticket.clinic in self.desk.hospital.clinics:
            self.go_to_clinic(ticket.clinic)
        if not self.choose(ticket.id):
            self.ask(questions.no_longer_here(ticket, self.desk.hospital, self.desk.clock.now()))

    def go_to_clinic(self, clinic: str) -> None:
        """Show the clinic of somebody who was found. To look at it is no wish to call there: no room is chosen."""
        self.show_clinics((clinic,))
        self.room = None
        self.show()

    def _speak_the_other(self) -> None:
        self.language = "en" if self.language == "zh" else "zh"
        self.relabel()

    def _see(self) -> None:
        """Acknowledge the alarms in sight; a page is answered by name, since it calls off a doctor."""
        panel = self.query_one(TroublePanel)
        alarms = panel.alarms_shown
        if panel.pages_shown:
            self.ask(questions.which_page(panel.pages_shown, alarms, self.desk.hospital))
        else:
            self.act(lambda: self.acts.acknowledge(alarms))

    def _of_clinic(self, to: Callable[[Clinic], Outcome]) -> None:
        """Go on with the clinic that is shown; of several ask which."""
        if self.clinic is not None:
            self.carry_out(to(self.clinic))
        else:
            self.ask(clinic_questions.which_of(self.desk.hospital, to))

    def _about_clinic(self, clinic: Clinic) -> Outcome:
        shown = self.look.queues if self.look else ()
        queue = next((one for one in shown if one.clinic.id == clinic.id), None)
        return clinic_questions.about_clinic(queue, self.desk.hospital) if queue else None

    def _end(self) -> Question | Text:
        chosen = self.chosen()
        return asking.leftover(self.look, chosen, self.desk.hospital, self.desk.clock.now())

    @on(SectionPanel.Chosen)
    def _chosen_in_section(self, event: SectionPanel.Chosen) -> None:
        self.choose(event.ticket)
        self.focus_list()


def _key_line(key: Key, language: Language) -> tuple[tuple[str, str], str]:
    return (f"{key.label.of(language)}: ", "bold"), HELP[key.step].of(language)
