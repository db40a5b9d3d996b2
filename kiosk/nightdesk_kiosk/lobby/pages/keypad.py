"""The pages with a keypad, laid out as on a telephone: for a number, and for the service PIN."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from nightdesk_kiosk.lobby import service_texts, texts
from nightdesk_kiosk.lobby.messages import (
    ChooseLetter,
    DeleteKey,
    EnterNumber,
    EnterPin,
    ForgetNumber,
    GoBack,
    SeeAllLetters,
    SeeLetters,
    Tapped,
    TypeKey,
)
from nightdesk_kiosk.lobby.pages.base import BACK_COLUMNS, GUTTER, TOP_ROWS, Page
from nightdesk_kiosk.lobby.pages.choosing import arrangement, page_of
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.states import ChoosingLetter, Entering, EnteringPin
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.big import Big
from nightdesk_kiosk.widgets.words import Words
from nightdesk_printers.layout import wrap
from nightdesk_queue.config import Clinic, Hospital, Kiosk

DIGITS = ("123", "456", "789")
KEY_ROWS = 4
LEAST_KEY_ROWS = 3
LETTER_PLACES, LETTER_PLACES_WIDE = 3, 6
WIDE = 110
"""Columns from which two letters stand side by side."""
TOP, TOP_SMALL = 4, 3
HIDDEN = "-"
"""Stands for a digit of the PIN; large figures have no other sign."""


def prefixes(hospital: Hospital, kiosk: Kiosk) -> list[Clinic]:
    """Return the clinics by whose letters a number may begin, those on offer here first.

    A patient who was transferred to one of them has the letter of another.
    """
    offered = hospital.offered_at(kiosk)
    return [*offered, *(clinic for clinic in hospital.clinic if clinic not in offered)]


def letters_shown(count: int, first: int, places: int) -> tuple[int, int, int | None]:
    """Return the first and the last letter (not included) of a page of keys, and where the next page begins.

    One key of a page is for the next page, where not all letters fit; after the last page the first follows.
    """
    if count <= places:
        return 0, count, None
    first = first if 0 <= first < count else 0
    after = min(first + places - 1, count)
    return first, after, after if after < count else 0


class KeypadPage(Page):
    """A keypad of four rows; the page says what stands beside and above it."""

    DEFAULT_CSS = """
    KeypadPage .top { width: 1fr; }
    KeypadPage #entered { width: 40; color: $accent; height: 100%; }
    """

    def entry_line(self, question: str, entered: str) -> Horizontal:
        """Return the line at the top: what is asked, what has been entered, and the way back."""
        back = Target(self.say(texts.BACK), GoBack(), lines=0)
        back.styles.width, back.styles.height = BACK_COLUMNS, 3
        back.styles.margin = (0, 0, 0, GUTTER)
        big = Big(entered, largest=1, id="entered")
        big.styles.width = 40 if self.scene.columns >= 100 else 32
        line = Horizontal(Words(question, left=True, lines=0), big, back, classes="top")
        line.styles.height = TOP if self.scene.roomy else TOP_SMALL
        line.styles.margin = (0, 0, self.scene.gap if self.scene.rows >= 21 else 0, 0)
        return line

    def keys(self, beside: Sequence[Sequence[Widget]], enter: Tapped) -> ComposeResult:
        """Return four rows of keys; `beside`: what stands left of each."""
        for index, left in enumerate(beside):
            if index < len(DIGITS):
                right = [Target(digit, TypeKey(digit), lines=1) for digit in DIGITS[index]]
            else:
                right = [
                    Target(self.say(texts.DELETE), DeleteKey(), lines=0),
                    Target("0", TypeKey("0"), lines=1),
                    Target(self.say(texts.ENTER), enter, lines=0, classes="go", id="enter"),
                ]
            for widget in left:
                widget.styles.width = "2fr"
            yield self.row(*left, *right, last=index == KEY_ROWS - 1)


class EntryPage(KeypadPage):
    """A number or the digits of a telephone: letters say whose they are, and whoever forgot it finds a way out."""

    def __init__(self, scene: Scene, page: Entering) -> None:
        super().__init__(scene)
        self._page = page

    @property
    def entered(self) -> str:
        """What has been entered."""
        return self._page.entered

    def compose(self) -> ComposeResult:
        """What has been entered, the letters, the digits."""
        yield self.entry_line(self.say(texts.ENTER_NUMBER), self._page.entered)
        yield from self.keys(self._letters(), EnterNumber())

    def _letters(self) -> list[list[Widget]]:
        """Return the keys left of the digits: letters, those that do not fit a key further, and the way out."""
        clinics = prefixes(self.scene.hospital, self.scene.kiosk)
        side = 2 if self.scene.columns >= WIDE else 1
        places = LETTER_PLACES_WIDE if side == 2 else LETTER_PLACES
        first, after, following = letters_shown(len(clinics), self._page.letters, places)
        shown = [f"{clinic.prefix}  {self.say(clinic.short_name)}" for clinic in clinics]
        keys: list[Widget]
        if all(self._fits(label, side) for label in shown):
            keys = [Target(shown[n], TypeKey(clinics[n].prefix), lines=0) for n in range(first, after)]
            if following is not None:
                keys.append(Target(self.say(texts.LETTERS_MORE), SeeLetters(following), lines=0, id="letters"))
        else:
            keys = [Target(self.say(texts.LETTERS), SeeAllLetters(), lines=0, id="letters")]
        keys += [Static() for _ in range(places - len(keys))]
        rows = [keys[at : at + side] for at in range(0, places, side)]
        forgot = Target(self.say(texts.FORGOT), ForgetNumber(), lines=0, id="forgot")
        return [*rows, [forgot, *[Static() for _ in range(side - 1)]]]

    def _fits(self, label: str, side: int) -> bool:
        """Whether a key takes its whole label; a row of keys has three digits and these, each as wide as two digits."""
        parts = 3 + 2 * side
        columns = (self.scene.columns - 2 - GUTTER * (2 + side)) * 2 // parts - 2
        return len(wrap(label, columns, cell_len)) <= LEAST_KEY_ROWS

    def show(self, page: Entering) -> None:
        """Show what has been entered."""
        self._page = page
        for big in self.query("#entered").results(Big):
            big.value = page.entered


class PinPage(KeypadPage):
    """The service PIN; its digits are not shown."""

    def __init__(self, scene: Scene, page: EnteringPin) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """The digits."""
        yield self.entry_line(self._question(), HIDDEN * len(self._page.entered))
        yield from self.keys([[] for _ in range(KEY_ROWS)], EnterPin())

    def _question(self) -> str:
        return self.say(self._page.words or service_texts.ENTER_PIN)

    def show(self, page: EnteringPin) -> None:
        """Show how many digits have been entered, and what was wrong with the last PIN."""
        self._page = page
        for big in self.query("#entered").results(Big):
            big.value = HIDDEN * len(page.entered)
        for words in self.query(Words):
            words.update(self._question())


class LettersPage(Page):
    """All letters with the clinics whose they are, where these are too long for keys."""

    def __init__(self, scene: Scene, page: ChoosingLetter) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """A target for each letter that fits, and one for the others."""
        clinics = prefixes(self.scene.hospital, self.scene.kiosk)
        room = self.scene.rows - TOP_ROWS - self.scene.gap
        arranged = arrangement(len(clinics), self.scene.columns, room, elder=self.scene.elder, gap=self.scene.gap)
        first, after, following = page_of(len(clinics), self._page.first, arranged.places)
        more = SeeAllLetters(following or 0)
        extra = [] if following is None else [Target(self.say(texts.MORE), more, lines=0, id="more")]
        yield self.top(self.say(texts.LETTERS), *extra)
        targets = [
            Target(clinic.prefix, ChooseLetter(clinic.prefix), below=(self.say(clinic.short_name),), lines=0)
            for clinic in clinics[first:after]
        ]
        yield from self.grid(targets, arranged.columns, arranged.rows)
