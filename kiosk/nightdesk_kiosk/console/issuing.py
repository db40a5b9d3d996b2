"""Giving a number at the desk: name, level, who goes first, the slip's language, an extra number; or noting a call.

Who telephones is expected: with the end of the telephone number, and with a time where one was agreed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.acts import Word
from nightdesk_kiosk.console.dialogs import LineScreen
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.commands.issuing import Applicant, Caller
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.tickets import LEVEL_ORDINARY, LEVEL_URGENT
from nightdesk_queue.rules.bookings import PHONE_DIGITS
from nightdesk_queue.text.bilingual import LANGUAGES, Language, Text

LONGEST_NAME = 60
NARROW = 78
"""Columns below which choices stand below each other."""
LONGEST_PHONE, LONGEST_TIME = 20, 5
LEVELS = {LEVEL_URGENT: ("f3", texts.LEVEL_THREE), LEVEL_ORDINARY: ("f4", texts.LEVEL_FOUR)}
BADGE_KEYS = ("f5", "f6", "f7", "f8", "f9")


@dataclass(frozen=True, slots=True)
class SetLevel:
    """Another level is wanted."""

    level: int


@dataclass(frozen=True, slots=True)
class ToggleBadge:
    """The patient belongs to a group that goes first, or does not."""

    group: str


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """The slip is to speak another language."""

    language: Language


@dataclass(frozen=True, slots=True)
class ToggleExtra:
    """A number beyond the quota is wanted, or is not."""


@dataclass(frozen=True, slots=True)
class ToggleCall:
    """The patient telephones and is expected, or stands at the desk."""


@dataclass(frozen=True, slots=True)
class Give:
    """The form is complete."""


Giving = Callable[[Applicant | Caller], Word]
"""Gives a number, or notes a telephone call; a word without a ticket is a refusal. Any thread may call it."""


class IssueScreen(LineScreen[Word]):
    """One form: the name may stay empty, Enter gives the number, Escape gives none.

    `give` gives the number, in a thread. Where it is refused the form stays as it is and says why.
    """

    CSS = """
    IssueScreen { align: center middle; background: $background 70%; }
    IssueScreen #box { width: 96%; max-width: 76; height: auto; max-height: 100%; padding: 0 2; background: $panel; }
    IssueScreen #box { border: thick $secondary; }
    IssueScreen .question { text-style: bold; width: 1fr; text-align: center; height: auto; }
    IssueScreen Input { height: 3; }
    IssueScreen Horizontal { height: 3; margin: 0 0 1 0; }
    IssueScreen Tap { height: 3; padding: 0 1; margin: 0 1 0 0; }
    IssueScreen #call-lines { height: auto; margin: 0; }
    IssueScreen #call-lines Input { width: 1fr; }
    IssueScreen.narrow Horizontal { layout: vertical; height: auto; }
    IssueScreen.narrow Tap { height: 1; min-height: 1; margin: 0; }
    IssueScreen #wrong { height: auto; color: $warning; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "extra", show=False),
        Binding("f10", "call", show=False),
        *(Binding(key, f"level({level})", show=False) for level, (key, _) in LEVELS.items()),
        *(Binding(key, f"badge({place})", show=False) for place, key in enumerate(BADGE_KEYS)),
    ]

    def __init__(
        self,
        clinic: Clinic,
        hospital: Hospital,
        language: Language,
        now: datetime,
        give: Giving,
        name: str = "",
    ) -> None:
        super().__init__()
        self._now = now.astimezone(hospital.zone)
        self._telephones = False
        self._give_it = give
        self._giving = False
        self._clinic = clinic
        self._groups = hospital.priority
        self._language = language
        self._name = name
        self._level = LEVEL_ORDINARY
        self._badges: frozenset[str] = frozenset()
        self._slip: Language = "zh"
        self._extra = False

    def compose(self) -> ComposeResult:
        """The line for the name above rows of choices."""
        with Vertical(id="box"):
            yield Static(self._say(texts.NEW_NUMBER.fill(clinic=self._clinic.name)), classes="question", markup=False)
            yield Input(
                self._name,
                placeholder=self._say(texts.NAME_OR_NONE),
                max_length=LONGEST_NAME,
                select_on_focus=False,  # what was typed before the focus came would go at the next letter
            )
            with Horizontal(id="call-lines"):
                yield Input(placeholder=self._say(texts.CALL_PHONE), max_length=LONGEST_PHONE, id="phone")
                yield Input(placeholder=self._say(texts.CALL_AT), max_length=LONGEST_TIME, id="at")
            yield Static(id="wrong", markup=False)
            with Horizontal():
                for level, (key, words) in LEVELS.items():
                    yield Tap(f"{key.upper()} {self._say(words)}", SetLevel(level))
            with Horizontal():
                for place, group in enumerate(self._groups):
                    key = f"{BADGE_KEYS[place].upper()} " if place < len(BADGE_KEYS) else ""
                    yield Tap(f"{key}{group.badge} {self._say(group.name)}", ToggleBadge(group.id))
            with Horizontal():
                for language in LANGUAGES:
                    yield Tap(self._say(texts.SLIP_LANGUAGES[language]), SetLanguage(language))
                yield Tap(f"F2 {self._say(texts.EXTRA)}", ToggleExtra())
                yield Tap(f"F10 {self._say(texts.TELEPHONES)}", ToggleCall())
                yield Tap(f"Enter {self._say(texts.GIVE)}", Give(), classes="good")

    def on_mount(self) -> None:
        """Show what is chosen."""
        self.set_class(self.app.size.width < NARROW, "narrow")
        self._mark()

    def _say(self, text: Text) -> str:
        return text.of(self._language)

    def _mark(self) -> None:
        """Let what is chosen look chosen, by more than a colour."""
        for tap in self.query(Tap):
            chosen = self._is_chosen(tap.wish)
            if chosen is not None:
                label = str(tap.content).removeprefix("[x] ").removeprefix("[ ] ")
                tap.update(f"{'[x]' if chosen else '[ ]'} {label}")
                tap.set_class(not chosen, "quiet")
        self.query_one("#call-lines").display = self._telephones
        for tap in self.query(Tap):
            # a level and an extra number are given to who stands here
            if isinstance(tap.wish, SetLevel | ToggleExtra | SetLanguage):
                tap.display = not self._telephones
        self.query_one("#wrong").display = False

    def _is_chosen(self, wish: object) -> bool | None:
        match wish:
            case SetLevel(level):
                return level == self._level
            case ToggleBadge(group):
                return group in self._badges
            case SetLanguage(language):
                return language == self._slip
            case ToggleExtra():
                return self._extra
            case ToggleCall():
                return self._telephones
            case _:
                return None

    @on(Tap.Tapped)
    def _tapped(self, event: Tap.Tapped) -> None:
        event.stop()
        match event.wish:
            case SetLevel(level):
                self._level = level
            case ToggleBadge(group):
                self._badges ^= {group}
            case SetLanguage(language):
                self._slip = language
            case ToggleExtra():
                self._extra = not self._extra
            case ToggleCall():
                self._telephones = not self._telephones
            case Give():
                self._give()
                return
        self._mark()
        self.query_one(Input).focus()

    def action_level(self, level: int) -> None:
        """Choose a level by its key."""
        self._level = level
        self._mark()

    def action_badge(self, place: int) -> None:
        """Choose a group by its key, or take it back."""
        if place < len(self._groups):
            self._badges ^= {self._groups[place].id}
            self._mark()

    def action_extra(self) -> None:
        """Ask for an extra number, or not."""
        self._extra = not self._extra
        self._mark()

    def action_call(self) -> None:
        """The patient telephones, or does not; then the next thing to ask is their telephone."""
        self._telephones = not self._telephones
        self._mark()
        line = self.query_one("#phone", Input) if self._telephones else self.query(Input).first()
        line.focus()

    @on(Input.Submitted)
    def _give(self) -> None:
        name = self.query(Input).first().value.strip() or None
        groups = tuple(group.id for group in self._groups if group.id in self._badges)
        if self._telephones:
            self._expect(name, groups)
            return
        level = None if self._level == LEVEL_ORDINARY else self._level
        self._try(Applicant(name=name, level=level, priority=groups, language=self._slip, extra=self._extra))

    def _expect(self, name: str | None, groups: tuple[str, ...]) -> None:
        """Answer a caller; a time that is none stays, and is told."""
        phone = self.query_one("#phone", Input).value.strip() or None
        typed = self.query_one("#at", Input).value.strip()
        slot = slot_of(typed, self._now, timedelta(minutes=self._clinic.booking.late_minutes)) if typed else None
        if typed and slot is None:
            self._say_wrong(texts.CALL_AT_WRONG.fill(typed=typed), "#at")
            return
        if phone is not None and not _is_telephone(phone):
            self._say_wrong(texts.CALL_PHONE_WRONG.fill(typed=phone), "#phone")
            return
        self._try(Caller(name=name, phone=phone, slot_at=slot, priority=groups))

    @dataclass
    class Tried(Message):
        """The number was given, or refused."""

        word: Word

    def _try(self, who: Applicant | Caller) -> None:
        """Give the number once: the second half of a double tap finds it being given."""
        if not self._giving:
            self._giving = True
            self._give_in_thread(who)

    @work(thread=True, exit_on_error=False)
    def _give_in_thread(self, who: Applicant | Caller) -> None:
        self.post_message(self.Tried(self._give_it(who)))

    @on(Tried)
    def _tried(self, event: Tried) -> None:
        self._giving = False
        if event.word.ticket is not None:
            self.answer(event.word)
        else:
            self._say_wrong(event.word.words, None)

    def _say_wrong(self, words: Text, line: str | None) -> None:
        """Say what is wrong, and go to the line it is about."""
        wrong = self.query_one("#wrong", Static)
        wrong.display = True
        wrong.update(self._say(words))
        if line is not None:
            self.query_one(line, Input).focus()


def _is_telephone(typed: str) -> bool:
    """Whether it has the four digits that are kept, and nothing that no number has."""
    return sum(char.isdigit() for char in typed) >= PHONE_DIGITS and all(char in "0123456789 +-()" for char in typed)


def slot_of(typed: str, now: datetime, late: timedelta) -> datetime | None:
    """Return the moment a typed time of day means: `21:30`, `2130`, `9`; None for no time.

    A time that has just passed is meant for today as long as a patient may still come for it; else it is tomorrow's.
    """
    hours, _, minutes = typed.replace("：", ":").partition(":")
    if not minutes and len(hours) in (3, 4):
        hours, minutes = hours[:-2], hours[-2:]
    try:
        wanted = now.replace(hour=int(hours), minute=int(minutes or 0), second=0, microsecond=0)
    except ValueError:
        return None
    return wanted if wanted >= now - late else wanted + timedelta(days=1)
