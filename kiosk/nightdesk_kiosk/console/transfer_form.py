"""Sending a patient to another clinic: what they would get at each, on which level, with which reason, and back or not.

A digit sends. Place and wait are those of the moment the form was opened, or its level changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, Static

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.dialogs import Dialog
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_kiosk.widgets.typed_keys import digit_for, digit_of
from nightdesk_queue.commands.transferring import REASON_LENGTH, Transfer
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.tickets import LEVEL_ORDINARY, LEVEL_URGENT, Ticket, level_numeral
from nightdesk_queue.queries.transfer_preview import Target
from nightdesk_queue.text.bilingual import Language, Text


class WayBack(Enum):
    """Whether the patient comes back afterwards."""

    AS_CLINIC = None
    YES = True
    NO = False


_NEXT_WAY = {WayBack.AS_CLINIC: WayBack.YES, WayBack.YES: WayBack.NO, WayBack.NO: WayBack.AS_CLINIC}
_WAY_TEXTS = {
    WayBack.AS_CLINIC: texts.WAY_AS_CLINIC,
    WayBack.YES: texts.WAY_YES,
    WayBack.NO: texts.WAY_NO,
}


@dataclass(frozen=True, slots=True)
class SendTo:
    """A tap on a clinic."""

    clinic: str


@dataclass(frozen=True, slots=True)
class OtherLevel:
    """The patient is to wait on the other level there."""


@dataclass(frozen=True, slots=True)
class OtherWay:
    """Another way back is wanted."""


Targets = Callable[[int], Sequence[Target]]
"""Gives what a patient would get on a level. Raises Fault."""


class TransferForm(Dialog[Transfer]):
    """One form for a transfer; Escape sends nobody."""

    AUTO_FOCUS = ""
    CSS = """
    TransferForm { align: center middle; background: $background 70%; }
    TransferForm #box { width: 96%; max-width: 76; height: auto; max-height: 100%; padding: 0 2; background: $panel; }
    TransferForm #box { border: thick $secondary; }
    TransferForm .question { text-style: bold; width: 1fr; text-align: center; height: auto; }
    TransferForm Tap { height: 1; min-height: 1; padding: 0 1; text-align: left; content-align: left middle; }
    TransferForm Horizontal { height: 1; margin: 1 0 0 0; }
    TransferForm Horizontal Tap { margin: 0 1 0 0; }
    TransferForm.narrow Horizontal { layout: vertical; height: auto; }
    TransferForm Tap.off { background: $surface; color: #8b98a8; }
    TransferForm Input { height: 3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("v,V", "level", show=False),
        Binding("b,B", "way", show=False),
        Binding("r,R", "reason", show=False),
    ]

    @dataclass
    class Read(Message):
        """What the patient would get on a level; `fault`: why that is not known."""

        level: int
        found: Sequence[Target]
        fault: Fault | None = None

    def __init__(
        self, ticket: Ticket, question: Text, targets: Targets, hospital: Hospital, language: Language
    ) -> None:
        super().__init__()
        self._ticket = ticket
        self._targets = targets
        self._language: Language = language
        self._level = ticket.level
        self._way = WayBack.AS_CLINIC
        self.question = question
        # a digit means the same clinic in every question
        self._numbered: list[tuple[int | None, Clinic]] = [
            (digit_for(n), clinic) for n, clinic in enumerate(hospital.clinic, start=1) if clinic.id != ticket.clinic
        ]

    def compose(self) -> ComposeResult:
        """The question, the clinics, and what may be added."""
        with VerticalScroll(id="box"):
            yield Static(self.question.of(self._language), classes="question", markup=False)
            for _, clinic in self._numbered:
                yield Tap("", SendTo(clinic.id), id=f"to-{clinic.id}")
            with Horizontal():
                yield Tap("", OtherLevel(), classes="quiet", id="level")
                yield Tap("", OtherWay(), classes="quiet", id="way")
            yield Input(placeholder=texts.TRANSFER_WHY.of(self._language), max_length=REASON_LENGTH)

    def on_mount(self) -> None:
        """Show what there is, and have the places read."""
        self.set_class(self.app.size.width < 78, "narrow")
        self._show({})
        self._look()

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _look(self) -> None:
        level = self._level
        try:
            self.post_message(self.Read(level, self._targets(level)))
        except Fault as fault:
            self.post_message(self.Read(level, (), fault))

    @on(Read)
    def _was_read(self, event: Read) -> None:
        if event.fault is not None:
            # a transfer is refused with words of its own; what it would give is not known now
            why = texts.DATABASE_AWAY.fill(why=event.fault.text)
            self.query_one(".question", Static).update(why.of(self._language))
        elif event.level == self._level:
            self._show({one.clinic.id: one for one in event.found})

    def _show(self, known: dict[str, Target]) -> None:
        for digit, clinic in self._numbered:
            tap = self.query_one(f"#to-{clinic.id}", Tap)
            target = known.get(clinic.id)
            what = _told(target) if target else Text("……", "...")
            name = clinic.short_name if self.has_class("narrow") else clinic.name
            words = texts.TRANSFER_TARGET.fill(clinic=name, what=what)
            tap.update(f"{' ' if digit is None else digit}  {words.of(self._language)}")
            tap.set_class(target is not None and target.refusal is not None, "off")
        level = texts.TRANSFER_LEVEL.fill(level=level_numeral(self._level))
        self.query_one("#level", Tap).update(f"V  {level.of(self._language)}")
        self.query_one("#way", Tap).update(f"B  {_WAY_TEXTS[self._way].of(self._language)}")

    def on_key(self, event: Key) -> None:
        """A digit sends, unless a reason is being typed."""
        digit = digit_of(event)
        if digit is None or self.query_one(Input).has_focus:
            return
        event.stop()
        for known, clinic in self._numbered:
            if known == digit:
                self._send(clinic.id)

    @on(Tap.Tapped)
    def _tapped(self, event: Tap.Tapped) -> None:
        event.stop()
        match event.wish:
            case SendTo(clinic):
                self._send(clinic)
            case OtherLevel():
                self.action_level()
            case OtherWay():
                self.action_way()

    def action_level(self) -> None:
        """Change between the levels that wait in a line; what is shown is read anew."""
        self._level = LEVEL_URGENT if self._level == LEVEL_ORDINARY else LEVEL_ORDINARY
        self._show({})
        self._look()

    def action_way(self) -> None:
        """Change whether the patient comes back."""
        self._way = _NEXT_WAY[self._way]
        self.query_one("#way", Tap).update(f"B  {_WAY_TEXTS[self._way].of(self._language)}")

    def action_reason(self) -> None:
        """Type a reason."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _typed(self) -> None:
        """Leave the line: a digit sends again."""
        self.set_focus(None)

    def action_leave(self) -> None:
        """Send nobody."""
        self.answer(None)

    def _send(self, clinic: str) -> None:
        level = None if self._level == self._ticket.level else self._level
        reason = self.query_one(Input).value.strip() or None
        self.answer(Transfer(clinic, level, reason, self._way.value))


def _told(target: Target) -> Text:
    if target.refusal is not None:
        return target.refusal.text
    assert target.standing is not None, "a clinic that refuses nobody has a place"
    low, high = target.standing.wait_minutes
    return texts.TRANSFER_PLACE.fill(place=target.standing.ahead + 1, low=low, high=high)
