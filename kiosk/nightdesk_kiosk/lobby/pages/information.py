"""Pages of information, written by the hospital as Markdown."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Markdown

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.messages import GoHome, ReadPage, SeeMore
from nightdesk_kiosk.lobby.pages.base import TOP_ROWS, Page
from nightdesk_kiosk.lobby.pages.choosing import arrangement, page_of
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.states import Contents, Reading
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.words import Words


class ContentsPage(Page):
    """The pages by their titles."""

    def __init__(self, scene: Scene, page: Contents) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """A target for each page that fits, and one for the others."""
        pages = self._page.pages
        room = self.scene.rows - TOP_ROWS - self.scene.gap
        arranged = arrangement(len(pages), self.scene.columns, room, elder=False, gap=self.scene.gap)
        first, after, following = page_of(len(pages), self._page.first, arranged.places)
        extra = [] if following is None else [Target(self.say(texts.MORE), SeeMore(following), lines=0, id="more")]
        yield self.top(self.say(texts.INFORMATION), *extra, asks=GoHome())
        if not pages:
            yield Words(self.say(texts.NO_PAGES))
            return
        targets = [Target(one.title, ReadPage(one.name), lines=1) for one in pages[first:after]]
        yield from self.grid(targets, arranged.columns, arranged.rows)


class PlainMarkdown(Markdown):
    """Markdown without characters of ambiguous width and without links that lead out of the lobby."""

    def __init__(self, text: str) -> None:
        super().__init__(text, open_links=False)
        self.BULLETS = ["- "] * 5


class ReadingPage(Page):
    """One page; what does not fit is a touch further."""

    DEFAULT_CSS = """
    ReadingPage VerticalScroll { height: 1fr; scrollbar-size: 0 0; }
    ReadingPage Markdown { margin: 0; padding: 0 1; }
    """

    def __init__(self, scene: Scene, page: Reading) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """The text, and targets for what lies above and below."""
        yield self.top(self._page.page.title)
        yield VerticalScroll(PlainMarkdown(self._page.page.text), can_focus=False, id="text")
        shown = self.room - 3 - self.scene.gap
        before = ReadPage(self._page.page.name, max(self._page.first - shown, 0))
        after = ReadPage(self._page.page.name, self._page.first + shown)
        yield self.row(
            Target(self.say(texts.PREVIOUS_PAGE), before, lines=0, id="before"),
            Target(self.say(texts.NEXT_PAGE), after, lines=0, id="after"),
            rows=3,
            last=True,
        )

    def on_mount(self) -> None:
        """Turn to where the page begins each time its text is laid out, which takes as long as the text is long."""
        self.watch(self.query_one("#text"), "virtual_size", self._turn, init=False)

    def _turn(self) -> None:
        """Show the rows from where the page begins, and the targets for what lies above and below them."""
        text = self.query_one("#text", VerticalScroll)
        text.scroll_to(y=self._page.first, animate=False)
        self.query_one("#before", Target).visible = self._page.first > 0
        self.query_one("#after", Target).visible = text.virtual_size.height > self._page.first + text.size.height
