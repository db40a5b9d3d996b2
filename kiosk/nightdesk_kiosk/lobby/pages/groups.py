"""The page that asks who goes first: older patients, pregnant women, soldiers and veterans, the disabled."""

from __future__ import annotations

from textual.app import ComposeResult

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.messages import ChooseGroup, SeeMore
from nightdesk_kiosk.lobby.pages.base import ROWS_FOR_TITLE, TOP_ROWS, TOP_ROWS_LARGE, Page
from nightdesk_kiosk.lobby.pages.choosing import DRAWN, LEAST, page_of
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.states import AskingGroup
from nightdesk_kiosk.lobby.target import Target
from nightdesk_queue.config.schema import PriorityGroup
from nightdesk_queue.text.bilingual import Text

MOST_IN_TWO = 6
"""Groups that have room in two columns."""
NARROW = 50
"""Columns below which groups stand below each other only."""


def group_words(group: PriorityGroup) -> Text:
    """Return a group's name with the age it is for."""
    if group.min_age is not None:
        return texts.GROUP_FROM.fill(name=group.name, age=group.min_age)
    if group.max_age is not None:
        return texts.GROUP_UP_TO.fill(name=group.name, age=group.max_age)
    return group.name


class GroupsPage(Page):
    """A target for each group, and the largest for none of them."""

    DEFAULT_CSS = "GroupsPage #nobody { width: 1fr; }"

    def __init__(self, scene: Scene, page: AskingGroup) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """The groups, then the way past them."""
        groups = [group for group in self.scene.hospital.priority if group.kiosk]
        columns = self._columns(len(groups))
        places = min(self._rows_of_groups() * columns, len(groups))
        first, after, following = page_of(len(groups), self._page.first, places)
        extra = [] if following is None else [Target(self.say(texts.MORE), SeeMore(following), lines=0, id="more")]
        yield self.top(f"{self.say(self._page.clinic.short_name)}  {self.say(texts.ASK_GROUP)}", *extra)
        rows = -(-places // columns)
        # the way past them is half as high again as a group, or at least as high
        weight = 2 if self.scene.elder else 3
        height = max((self.room - self.scene.gap * rows) * 2 // (rows * 2 + weight), 3)
        targets = [
            Target(self.say(group_words(group)), ChooseGroup(group.id), lines=1, classes="mine")
            for group in groups[first:after]
        ]
        self.alike(targets, columns, height)
        for index in range(-(-len(targets) // columns)):
            yield self.row(*targets[index * columns : (index + 1) * columns], rows=height)
        nobody = Target(self.say(texts.NO_GROUP), ChooseGroup(None), lines=1, classes="go", id="nobody")
        yield self.row(nobody, last=True)

    def _columns(self, groups: int) -> int:
        if self.scene.columns < NARROW or self.scene.elder:
            return 1
        return 2 if groups <= MOST_IN_TWO else 3

    def _rows_of_groups(self) -> int:
        """Return how many rows of groups there is room for above the way past them."""
        top = TOP_ROWS_LARGE if self.scene.rows >= ROWS_FOR_TITLE and not self.scene.elder else TOP_ROWS
        least = DRAWN if self.scene.elder else LEAST
        return max((self.scene.rows - top - self.scene.gap - least) // (least + self.scene.gap), 1)
