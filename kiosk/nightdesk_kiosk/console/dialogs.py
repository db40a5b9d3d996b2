"""Dialogs of the console: a question with a few answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_kiosk.widgets.typed_keys import digit_for, digit_of

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Offer(Generic[A]):
    """One answer: what stands on its target, what it answers, and the digit that picks it, None for none."""

    label: str
    value: A
    digit: int | None = None


def numbered(offers: Sequence[tuple[str, A]]) -> list[Offer[A]]:
    """Return answers counted from 1, with the digits there are."""
    return [Offer(label, value, digit_for(n)) for n, (label, value) in enumerate(offers, start=1)]


@dataclass(frozen=True, slots=True)
class AnswerAt:
    """A tap on the answer at a place, counted from 0."""

    place: int


class Dialog(ModalScreen[A | None], Generic[A]):
    """A screen that is answered once: the second half of a double tap, or of a key that bounces, has nothing to answer.

    Textual takes a second `dismiss` for the screen below it, or ends the app.
    """

    _answered_already = False

    def answer(self, value: A | None) -> None:
        """Answer, unless that was done; None is no answer."""
        if not self._answered_already:
            self._answered_already = True
            self.dismiss(value)


class Choice(Dialog[A], Generic[A]):
    """A question with a few answers, by tap, arrows and Enter, or digits; Escape is no answer."""

    CSS = """
    Choice { align: center middle; background: $background 70%; }
    Choice #box { width: 96%; max-width: 60; height: auto; max-height: 100%; padding: 0 2; background: $panel; }
    Choice #box { border: thick $secondary; }
    Choice .question { text-style: bold; width: 1fr; text-align: center; height: auto; margin-bottom: 1; }
    Choice Tap { height: 3; padding: 0 1; border-bottom: solid $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, question: str, answers: Sequence[Offer[A]]) -> None:
        super().__init__()
        self.question = question
        self.answers = answers

    def compose(self) -> ComposeResult:
        """The question and a target for each answer."""
        with VerticalScroll(id="box"):
            yield Static(self.question, classes="question", markup=False)
            for place, offer in enumerate(self.answers):
                digit = " " if offer.digit is None else offer.digit
                yield Tap(f"{digit}  {offer.label}", AnswerAt(place))

    @on(Tap.Tapped)
    def _answered(self, event: Tap.Tapped) -> None:
        event.stop()
        match event.wish:
            case AnswerAt(place):
                self.answer(self.answers[place].value)

    def on_key(self, event: Key) -> None:
        """A digit picks its answer, Escape leaves without one."""
        if event.key == "escape":
            event.stop()
            self.answer(None)
        elif (digit := digit_of(event)) is not None:
            event.stop()
            for offer in self.answers:
                if offer.digit == digit:
                    self.answer(offer.value)


class LineScreen(Dialog[A], Generic[A]):
    """A dialog with a line to type in. What is typed before the line has the focus goes to it, and to no key's step."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def on_key(self, event: Key) -> None:
        """Keep what is typed before anything has the focus."""
        if self.focused is None and event.is_printable and event.character:
            event.stop()
            line = self.query(Input).first()
            line.value += event.character
            line.cursor_position = len(line.value)

    def action_leave(self) -> None:
        """Answer nothing."""
        self.answer(None)


class WordsScreen(LineScreen[str]):
    """A question answered by words: a digit takes those that are offered, anything else is typed. Enter ends it.

    Nothing typed is an answer, too: no words. Escape is no answer.
    """

    AUTO_FOCUS = ""
    CSS = """
    WordsScreen { align: center middle; background: $background 70%; }
    WordsScreen #box { width: 96%; max-width: 64; height: auto; max-height: 100%; padding: 0 2; background: $panel; }
    WordsScreen #box { border: thick $secondary; }
    WordsScreen .question { text-style: bold; width: 1fr; text-align: center; height: auto; }
    WordsScreen Input { height: 3; }
    WordsScreen Tap { height: 3; padding: 0 1; border-bottom: solid $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "enter", show=False)]

    def __init__(self, question: str, offered: Sequence[str], typed: str, *, longest: int) -> None:
        super().__init__()
        self.question = question
        self.offered = offered
        self._typed = typed
        self._longest = longest

    def compose(self) -> ComposeResult:
        """The question, a target for each of the words offered, and a line."""
        with VerticalScroll(id="box"):
            yield Static(self.question, classes="question", markup=False)
            for place, words in enumerate(self.offered):
                yield Tap(f"{place + 1}  {words}", AnswerAt(place))
            yield Input(placeholder=self._typed, max_length=self._longest, select_on_focus=False)

    def on_key(self, event: Key) -> None:
        """Take a digit as the answer it stands before, until something else was typed."""
        event.prevent_default()
        line = self.query_one(Input)
        if line.has_focus and line.value:
            return
        digit = digit_of(event)
        if not line.value and digit is not None and 0 < digit <= len(self.offered):
            event.stop()
            self.answer(self.offered[digit - 1])
        elif event.is_printable and event.character and not line.has_focus:
            event.stop()
            # the focus comes a moment later; until then what is typed is gathered here
            line.value += event.character
            line.focus()
            line.cursor_position = len(line.value)

    def action_enter(self) -> None:
        """Take what is typed, also where the line has not the focus."""
        self.answer(self.query_one(Input).value.strip())

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_enter()

    @on(Tap.Tapped)
    def _tapped(self, event: Tap.Tapped) -> None:
        event.stop()
        match event.wish:
            case AnswerAt(place):
                self.answer(self.offered[place])
