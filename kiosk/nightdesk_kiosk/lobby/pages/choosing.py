"""The page on which a clinic is chosen."""

from __future__ import annotations

from textual.app import ComposeResult

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.clinic_words import ClinicWords
from nightdesk_kiosk.lobby.messages import AskWhy, ChooseClinic, SeeMore
from nightdesk_kiosk.lobby.pages.base import Page
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.states import Choosing
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.words import Words
from nightdesk_queue.domain.records import Record
from nightdesk_queue.queries.queue_view import ClinicGlance

MOST, MOST_LARGE = 6, 3
"""Choices a page; in the large mode."""
DRAWN = 6
"""Rows of a choice whose name is drawn."""
TALL, LEAST = 5, 3
"""Rows of a choice: so tall that a trembling hand stays on it, and where there is no room for that."""
WIDE = 76
"""Columns from which two choices stand side by side."""


class Arrangement(Record):
    """How choices are arranged."""

    columns: int
    rows: int

    @property
    def places(self) -> int:
        """How many there is room for."""
        return self.columns * self.rows


def arrangement(choices: int, columns: int, rows: int, *, elder: bool, gap: int = 1) -> Arrangement:
    """Return how so many choices are arranged in a room: as few columns as let each be tall, then as few rows.

    In the large mode there is one column, of as many choices as let their names be drawn.
    """
    if elder:
        fit = max((rows + gap) // (DRAWN + gap), 1)
        return Arrangement(1, min(choices, MOST_LARGE, fit))
    most = min(choices, MOST)
    side = 2 if columns >= WIDE else 1
    for tall in (TALL + 2, TALL, LEAST):
        fit = max((rows + gap) // (tall + gap), 1)
        for wide in range(1, side + 1):
            if wide * fit >= most:
                return Arrangement(wide, -(-most // wide))
    return Arrangement(side, max((rows + gap) // (LEAST + gap), 1))


def page_of(choices: int, first: int, places: int) -> tuple[int, int, int | None]:
    """Return the first choice of a page, the one after its last, and where the next page begins; None where all fit."""
    first = first if 0 <= first < choices else 0
    after = first + places
    if choices <= places:
        return 0, choices, None
    return first, min(after, choices), after if after < choices else 0


class ChoosingPage(Page):
    """The clinics with their hours and their queues; open ones first. A closed one says when it opens."""

    def __init__(self, scene: Scene, page: Choosing) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """A target for each clinic that fits, and one for the others."""
        # a clinic that gives no number now comes behind those that do; else in the hospital's order
        glances = sorted(self._page.glances, key=lambda glance: glance.refusal is not None)
        arranged = arrangement(len(glances), self.scene.columns, self.room, elder=self.scene.elder, gap=self.scene.gap)
        first, after, following = page_of(len(glances), self._page.first, arranged.places)
        shown = glances[first:after]
        extra = [] if following is None else [Target(self.say(texts.MORE), SeeMore(following), lines=0, id="more")]
        yield self.top(self.say(texts.CHOOSE), *extra)
        if not glances:
            yield Words(self.say(texts.NO_CLINIC))
            return
        yield from self.grid([self._target(glance) for glance in shown], arranged.columns, arranged.rows)

    def _target(self, glance: ClinicGlance) -> Target:
        words = ClinicWords(self.scene)
        label = self.say(glance.clinic.short_name)
        if glance.refusal is None:
            return Target(label, ChooseClinic(glance.clinic), below=words.below(glance), lines=1)
        return Target(label, AskWhy(words.why(glance)), below=words.below(glance), lines=1, classes="closed")
