"""What people do in front of the lobby: one class a message, its fields are its whole meaning.

What the desk is asked and what it answers is in `exchange`.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TypeAlias

from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.kiosk_state import KioskTheme
from nightdesk_queue.domain.records import Record
from nightdesk_queue.domain.tickets import Standing, Ticket
from nightdesk_queue.text.bilingual import Text


class Issued(Record):
    """A number just given, or one that reported; what to tell with it, and whether a slip comes out now.

    `again`: the patient may have the slip printed again. `doctor_minutes`: the doctor on call is being paged and
    usually takes so long to come; None where nobody is paged. `route`: the way to where the clinic is tonight.
    `cut_off`: the server could not be reached, so nobody can tell how long the wait is.
    """

    ticket: Ticket
    standing: Standing | None
    slip: bool = True
    again: bool = False
    doctor_minutes: int | None = None
    route: Text | None = None
    cut_off: bool = False


class Spot(Record):
    """Where the screen was touched, in cells."""

    x: int
    y: int


class Purpose(Enum):
    """What somebody with a number wants."""

    CHECK_IN = auto()
    MISSED = auto()
    BACK = auto()
    WHERE = auto()
    REPRINT = auto()


# what a patient does -----------------------------------------------------------------------------------------------


class GoHome(Record):
    """The way back to the idle page was tapped."""


class GoBack(Record):
    """The way back to the page before was tapped."""


class SeeClinics(Record):
    """Show the clinics on offer."""


class SeeMore(Record):
    """Show the clinics from the `first` on: those that did not fit."""

    first: int


class ChooseClinic(Record):
    """A clinic was chosen."""

    clinic: Clinic


class AskWhy(Record):
    """A clinic that gives no number now was touched; `words` say why, and when it opens."""

    words: Text


class NoSigns(Record):
    """None of the danger signs that were shown applies; the next begin at `following`, None where all were shown."""

    following: int | None


class ChooseGroup(Record):
    """The patient belongs to a group that goes first (its id), or to none."""

    group: str | None


class SeeServices(Record):
    """Show what somebody with a number or a booking can do."""


class AskFor(Record):
    """One of the services was chosen; the entry begins empty."""

    purpose: Purpose


class TypeKey(Record):
    """One letter or digit of the keypad."""

    key: str


class DeleteKey(Record):
    """Take the last character back."""


class SeeLetters(Record):
    """Show the letters from the `first` on: those that did not fit."""

    first: int


class SeeAllLetters(Record):
    """Show all letters with their clinics on a page of their own, from the `first` on: they do not fit on keys."""

    first: int = 0


class ChooseLetter(Record):
    """A letter was chosen on the page of letters."""

    key: str


class EnterNumber(Record):
    """The entry is complete."""


class ForgetNumber(Record):
    """The patient does not remember the number."""


class ChooseMeant(Record):
    """Which of several numbers was meant, by the id of its ticket."""

    ticket: str


class Scan(Record):
    """A scanner read a code: like a keyboard, very fast, with Enter at the end."""

    said: str


class PrintAgain(Record):
    """The slip is asked for again."""


class KeepInMind(Record):
    """The owner of the number has read it."""


class SeeGiven(Record):
    """The number that was given last is asked for again."""


class SeePages(Record):
    """Show the pages of information."""


class ReadPage(Record):
    """Show one page of information from the `first` row on."""

    name: str
    first: int = 0


class CallHelp(Record):
    """Help by a person is asked for."""


class SayCannotWalk(Record):
    """The patient cannot walk to Emergency."""


class GoToEmergency(Record):
    """A danger sign applies, or Emergency is asked for."""


class Close(Record):
    """Close what lies over the page."""


class ChangeLanguage(Record):
    """The next language is asked for."""


class ChangeSize(Record):
    """The large mode is asked for, or the usual one."""


class SayAgain(Record):
    """The page is to be said aloud again."""


class ChangeVolume(Record):
    """Louder, and after the loudest silent."""


class TouchScreen(Record):
    """A touch beside every target: it counts as use, and leads from the idle page to the clinics."""


class PressKey(Record):
    """A key of a keyboard: it counts as use."""


class TapName(Record):
    """The hospital's name was touched: five times soon after one another opens the way to the service menu."""


class TimePasses(Record):
    """Some time has passed."""


# what service staff do ---------------------------------------------------------------------------------------------


class EnterPin(Record):
    """The PIN is complete."""


class SetTheme(Record):
    """Another theme is asked for."""

    theme: KioskTheme


class SetBrightness(Record):
    """Another brightness is asked for, by day or by night, in percent."""

    by_day: bool
    percent: int


class SuspendKiosk(Record):
    """Take the kiosk out of service, or put it back."""

    suspended: bool


class PrintTest(Record):
    """A test slip is asked for."""


class LockForCleaning(Record):
    """The screen is going to be cleaned: touches mean nothing for a while."""


class SeeErrors(Record):
    """Show the last errors of this kiosk's devices."""


class Restart(Record):
    """Begin the lobby anew."""


Tapped: TypeAlias = (
    GoHome | GoBack | SeeClinics | SeeMore | ChooseClinic | AskWhy | NoSigns | ChooseGroup | SeeServices | AskFor
    | SeeAllLetters | ChooseLetter | TypeKey | DeleteKey | SeeLetters | EnterNumber | ForgetNumber | ChooseMeant
    | PrintAgain | KeepInMind | SeeGiven | SeePages | ReadPage | CallHelp | SayCannotWalk | SayAgain | ChangeVolume
    | GoToEmergency | Close | ChangeLanguage | ChangeSize | EnterPin | SetTheme | SetBrightness | SuspendKiosk
    | PrintTest | LockForCleaning | SeeErrors | Restart
)  # fmt: skip
"""What a target on the screen may ask for."""
