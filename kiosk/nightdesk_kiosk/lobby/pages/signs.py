"""The danger signs: every one of a clinic is shown before it gives a number, on one page or on several."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.widgets import Static

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.messages import GoToEmergency, NoSigns
from nightdesk_kiosk.lobby.pages.base import GUTTER, Page
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.states import AskingSigns
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.large_words import large_words
from nightdesk_printers.layout import wrap
from nightdesk_queue.domain.records import Record
from nightdesk_queue.domain.red_flags import flags_of

MARK = "- "
TWO_COLUMNS_FROM = 76
ANSWER_ROWS, ANSWER_ROWS_LARGE, ANSWER_ROWS_ELDER = 4, 9, 7
ROWS_FOR_ANSWERS = 26
"""Rows of a page from which there is room for drawn answers."""
LARGEST_SHEETS = 7
"""Most pages of drawn signs: who has to touch more often is not helped by larger ones."""
SIZES = (20, 16, 14, 12)
"""Heights in dots in which signs are drawn in the large mode."""


class Sheet(Record):
    """Signs that are shown together: `first` and `after` are places in the list, `rows` is what is drawn."""

    first: int
    after: int
    rows: tuple[str, ...]


def sheets(signs: Sequence[str], columns: int, rows: int, *, elder: bool) -> list[Sheet]:
    """Return all signs on as few sheets as they fit on; each is on one of them, whole.

    In the large mode they are drawn, as large as keeps them on a few sheets; else plain, in two columns where there is
    room, with free rows between them where there is room.
    """
    if elder:
        for size in SIZES:
            drawn = _drawn(signs, columns, rows, size)
            if drawn and len(drawn) <= LARGEST_SHEETS:
                return drawn
    wide = 2 if columns >= TWO_COLUMNS_FROM and not elder else 1
    for apart in (1, 0):
        found = _plain(signs, columns, rows, wide, apart)
        if len(found) == 1:
            return found
    return _plain(signs, columns, rows, wide, 1 if elder else 0)


def _drawn(signs: Sequence[str], columns: int, rows: int, size: int) -> list[Sheet]:
    blocks = [large_words(sign, columns, rows, 3, size) for sign in signs]
    return _packed(blocks, rows, apart=1) if all(blocks) else []


def _plain(signs: Sequence[str], columns: int, rows: int, wide: int, apart: int) -> list[Sheet]:
    width = (columns - GUTTER * (wide - 1)) // wide
    blocks = [_marked(sign, width) for sign in signs]
    if wide == 1:
        return _packed(blocks, rows, apart)
    found: list[Sheet] = []
    first = 0
    while first < len(blocks):
        # one column after the other: what belongs together is read downwards
        left = _fitting(blocks, first, rows, apart)
        right = _fitting(blocks, left, rows, apart)
        middle = _balanced(blocks, first, right, rows, apart)
        sides = [_column(blocks[first:middle], apart), _column(blocks[middle:right], apart)]
        found.append(Sheet(first, right, _beside(sides[0], sides[1], width)))
        first = right
    return found


def _balanced(blocks: Sequence[tuple[str, ...]], first: int, after: int, rows: int, apart: int) -> int:
    """Return where the second column begins, so that both are about as long and both fit."""
    for middle in range(first + (after - first + 1) // 2, after + 1):
        fits = all(len(_column(part, apart)) <= rows for part in (blocks[first:middle], blocks[middle:after]))
        if fits:
            return middle
    return _fitting(blocks, first, rows, apart)


def _packed(blocks: Sequence[tuple[str, ...]], rows: int, apart: int) -> list[Sheet]:
    found: list[Sheet] = []
    first = 0
    while first < len(blocks):
        after = _fitting(blocks, first, rows, apart)
        found.append(Sheet(first, after, tuple(_column(blocks[first:after], apart))))
        first = after
    return found


def _fitting(blocks: Sequence[tuple[str, ...]], first: int, rows: int, apart: int) -> int:
    """Return the place after the last block that fits below the others; at least one is taken."""
    after = min(first + 1, len(blocks))
    while after < len(blocks) and len(_column(blocks[first : after + 1], apart)) <= rows:
        after += 1
    return after


def _column(blocks: Sequence[tuple[str, ...]], apart: int) -> list[str]:
    rows: list[str] = []
    for block in blocks:
        if rows:
            rows += [""] * apart
        rows += block
    return rows


def _beside(left: list[str], right: list[str], width: int) -> tuple[str, ...]:
    height = max(len(left), len(right))
    pairs = zip(left + [""] * (height - len(left)), right + [""] * (height - len(right)), strict=True)
    return tuple(one + " " * (width + GUTTER - cell_len(one)) + other if other else one for one, other in pairs)


def _marked(sign: str, width: int) -> tuple[str, ...]:
    first, *rest = wrap(sign, width - len(MARK), cell_len)
    return (MARK + first, *(" " * len(MARK) + line for line in rest))


class SignsPage(Page):
    """The danger signs of a clinic, Yes and None of equal size. Every sign is shown, or there is a page more."""

    DEFAULT_CSS = """
    SignsPage #signs { width: 1fr; height: 1fr; text-style: bold; padding: 0 1; }
    """

    def __init__(self, scene: Scene, page: AskingSigns) -> None:
        super().__init__(scene)
        self._page = page
        self.shown_signs = ""
        """The signs that are on this page, in words."""

    def compose(self) -> ComposeResult:
        """The question, the signs, and the two answers."""
        clinic = self._page.clinic
        signs = [self.say(flag) for flag in flags_of(clinic.red_flags)]
        answers = self._answer_rows()
        room = self.room - answers - self.scene.gap
        found = sheets(signs, self.scene.columns - 4, room, elder=self.scene.elder)
        number = next((n for n, sheet in enumerate(found) if sheet.first == self._page.first), 0)
        sheet = found[number]
        self.shown_signs = ". ".join(signs[sheet.first : sheet.after])
        asked = texts.ASK_SIGNS if len(found) == 1 else texts.ASK_SIGNS_PART.fill(n=number + 1, of=len(found))
        yield self.top(f"{self.say(clinic.short_name)}  {self.say(asked)}")
        yield Static("\n".join(sheet.rows), id="signs", markup=False)
        last = sheet.after >= len(signs)
        none_below = self.say(texts.NO_SIGN_BELOW if last else texts.NO_SIGN_YET)
        none = Target(
            self.say(texts.NO_SIGN), NoSigns(None if last else sheet.after), below=(none_below,), lines=1,
            classes="go", id="none",
        )  # fmt: skip
        some = Target(
            self.say(texts.A_SIGN), GoToEmergency(), below=(self.say(texts.A_SIGN_BELOW),), lines=1, classes="stop",
            id="some",
        )  # fmt: skip
        yield self.row(some, none, rows=answers, last=True)

    @property
    def spoken(self) -> str:
        """The question and the signs in words; drawn ones are no words."""
        return f"{self.say(texts.ASK_SIGNS)} {self.shown_signs}"

    def _answer_rows(self) -> int:
        if self.scene.rows >= ROWS_FOR_ANSWERS:
            return ANSWER_ROWS_ELDER if self.scene.elder else ANSWER_ROWS_LARGE
        return ANSWER_ROWS
