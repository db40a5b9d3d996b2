"""The pages for somebody who has a number: what to do, what to do without remembering it, and which one is meant."""

from __future__ import annotations

from textual.app import ComposeResult

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.messages import AskFor, CallHelp, ChooseMeant, SeeMore, SeePages, Tapped
from nightdesk_kiosk.lobby.pages.base import TOP_ROWS, Page
from nightdesk_kiosk.lobby.pages.choosing import arrangement, page_of
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.states import Forgot, Services, WhichOne
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.words import Words
from nightdesk_queue.text.bilingual import Text


class ServicesPage(Page):
    """What somebody with a number or a booking can do here."""

    def __init__(self, scene: Scene, page: Services) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """A target for each that fits, and one for the others."""
        choices: list[tuple[Text, Text, Tapped]] = [
            (words, texts.PURPOSES_BELOW[purpose], AskFor(purpose)) for purpose, words in texts.PURPOSES.items()
        ]
        choices.append((texts.INFORMATION, texts.INFORMATION_BELOW, SeePages()))
        room = self.scene.rows - TOP_ROWS - self.scene.gap
        arranged = arrangement(len(choices), self.scene.columns, room, elder=self.scene.elder, gap=self.scene.gap)
        first, after, following = page_of(len(choices), self._page.first, arranged.places)
        extra = [] if following is None else [Target(self.say(texts.MORE), SeeMore(following), lines=0, id="more")]
        yield self.top(self.say(texts.SERVICES), *extra)
        targets = [
            Target(self.say(words), asks, below=(self.say(below),), lines=1)
            for words, below, asks in choices[first:after]
        ]
        yield from self.grid(targets, arranged.columns, arranged.rows)


class ForgotPage(Page):
    """What to do for somebody who does not remember the number: the telephone, the slip, a person."""

    def __init__(self, scene: Scene, page: Forgot) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """The ways, and somebody to help."""
        yield self.top(self.say(texts.FORGOT))
        for way in texts.FORGOT_WAYS:
            yield Words(self.say(way), lines=1, largest=16)
        rows = 5 if self.scene.roomy else 3
        yield self.row(Target(self.say(texts.HELP), CallHelp(), lines=1), rows=rows, last=True)


class WhichOnePage(Page):
    """Which of several numbers was meant: told by its clinic."""

    def __init__(self, scene: Scene, page: WhichOne) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """A target for each that fits, and one for the others."""
        tickets, hospital = self._page.tickets, self.scene.hospital
        room = self.scene.rows - TOP_ROWS - self.scene.gap
        arranged = arrangement(len(tickets), self.scene.columns, room, elder=False, gap=self.scene.gap)
        first, after, following = page_of(len(tickets), self._page.first, arranged.places)
        extra = [] if following is None else [Target(self.say(texts.MORE), SeeMore(following), lines=0, id="more")]
        said = self._page.entry.entered or tickets[0].number
        yield self.top(self.say(texts.WHICH_ONE, said=said), *extra)
        targets = [
            Target(one.number, ChooseMeant(one.id), below=(self.say(hospital.clinic_name(one.clinic)),), lines=1)
            for one in tickets[first:after]
        ]
        yield from self.grid(targets, arranged.columns, arranged.rows)
