"""Signing in at a console: a short name and a PIN. The list behind it stays in sight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.dialogs import LineScreen
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.staff import SignedIn, SignInAnswer, SignInLocked, StaffMember, StationUnknown
from nightdesk_queue.rules.pins import LONGEST
from nightdesk_queue.text.bilingual import Language, Text

Try = Callable[[str, str], SignInAnswer]
LONGEST_SHORT_NAME = 20


class SignInScreen(LineScreen[StaffMember]):
    """Two lines at the bottom: Enter goes from the name to the PIN, and tries it. Escape signs nobody in."""

    CSS = """
    SignInScreen { align: center bottom; background: transparent; }
    SignInScreen #box { width: 60; height: auto; padding: 0 2; background: $panel; border: thick $secondary; }
    SignInScreen Input { height: 3; }
    SignInScreen #said { height: auto; min-height: 1; color: $accent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    @dataclass
    class Tried(Message):
        """A try has ended; `fault`: the database was away."""

        answer: SignInAnswer | None
        fault: Fault | None = None

    def __init__(self, try_: Try, language: Language) -> None:
        super().__init__()
        self._try = try_
        self._language = language
        self._trying = False

    def compose(self) -> ComposeResult:
        """Name, PIN, and what became of the last try."""
        with Vertical(id="box"):
            yield Input(placeholder=self._say(texts.SHORT_NAME), max_length=LONGEST_SHORT_NAME, id="name")
            yield Input(placeholder=self._say(texts.PIN), max_length=LONGEST, password=True, id="pin")
            yield Static(id="said", markup=False)

    def _say(self, text: Text) -> str:
        return text.of(self._language)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        name, pin = self.query_one("#name", Input), self.query_one("#pin", Input)
        if event.input is name and not pin.value:
            pin.focus()
        elif not self._trying:
            self._trying = True
            self.query_one("#said", Static).update(self._say(texts.WORKING))
            self._ask(name.value, pin.value)
            pin.value = ""

    @work(thread=True, exit_on_error=False)
    def _ask(self, name: str, pin: str) -> None:
        try:
            self.post_message(self.Tried(self._try(name, pin)))
        except Fault as fault:
            self.post_message(self.Tried(None, fault))

    @on(Tried)
    def _tried(self, event: Tried) -> None:
        self._trying = False
        match event.answer:
            case SignedIn(member):
                self.answer(member)
                return
            case SignInLocked(seconds):
                words = texts.SIGN_IN_LOCKED.fill(n=seconds)
            case StationUnknown():
                words = texts.STATION_UNKNOWN
            case None if event.fault is not None:
                words = texts.DATABASE_AWAY.fill(why=event.fault.text)
            case _:
                words = texts.SIGN_IN_WRONG
        self.query_one("#said", Static).update(self._say(words))
        self.query_one("#pin", Input).focus()
