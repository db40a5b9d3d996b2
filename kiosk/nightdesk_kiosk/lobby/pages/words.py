"""A page of few words: please wait, closed just now, out of order; and what lies over a page: help, Emergency."""

from __future__ import annotations

from textual.app import ComposeResult

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.messages import CallHelp, ChooseMeant, Close, SayCannotWalk
from nightdesk_kiosk.lobby.pages.base import Page
from nightdesk_kiosk.lobby.scene import LARGE_ROWS, Scene
from nightdesk_kiosk.lobby.states import CallingHelp, Explaining, ShowingEmergency, StaffTold, Wait, Waiting
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.large_words import large_words
from nightdesk_kiosk.widgets.words import Words
from nightdesk_queue.text.bilingual import Text

WAIT_WORDS: dict[Wait, Text] = {
    Wait.FOR_NUMBER: texts.PLEASE_WAIT,
    Wait.FOR_ANSWER: texts.ONE_MOMENT,
    Wait.LONG: texts.STILL_WAITING,
    Wait.SLOWED: texts.SLOWED,
}
HELP_WORDS: dict[StaffTold, Text] = {
    StaffTold.NOT_ASKED: texts.CALLING_HELP,
    StaffTold.UNKNOWN: texts.CALLING_HELP,
    StaffTold.YES: texts.HELP_COMING,
    StaffTold.NO: texts.HELP_NOT_TOLD,
}
TOLD_WORDS: dict[StaffTold, Text] = {
    StaffTold.NOT_ASKED: texts.TELLING_STAFF,
    StaffTold.UNKNOWN: texts.TELLING_STAFF,
    StaffTold.YES: texts.STAFF_TOLD,
    StaffTold.NO: texts.STAFF_NOT_TOLD,
}
ANSWER_ROWS, ANSWER_ROWS_LARGE = 5, 7


class WaitingPage(Page):
    """An answer is on its way."""

    def __init__(self, scene: Scene, page: Waiting) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """The words."""
        yield Words(self._words(), id="words")

    def _words(self) -> str:
        return self.say(WAIT_WORDS[self._page.wait], n=self._page.seconds)

    def show(self, page: Waiting) -> None:
        """Show other words."""
        self._page = page
        for words in self.query("#words").results(Words):
            words.update(self._words())


class ExplainingPage(Page):
    """Why it cannot be done, where people are, and the way back."""

    def __init__(self, scene: Scene, page: Explaining) -> None:
        super().__init__(scene)
        self._page = page

    def compose(self) -> ComposeResult:
        """The words, where the desk is, and who helps."""
        yield self.top("")
        words = Words(self.say(self._page.words), id="words")
        yield words
        desk = Words(self.say(texts.DESK), lines=0, id="desk")
        desk.styles.height = 2
        yield desk
        rows = 3 if not self.scene.roomy else ANSWER_ROWS_LARGE if self.scene.rows >= LARGE_ROWS else ANSWER_ROWS
        targets = [Target(self.say(texts.HELP), CallHelp(), lines=1)]
        if self._page.report is not None:
            report = Target(self.say(texts.REPORT_NOW), ChooseMeant(self._page.report), lines=1, classes="go")
            targets.append(report)
        yield self.row(*targets, rows=rows, last=True)


class HelpPage(Page):
    """Help was asked for: whether somebody knows, and where people are."""

    def __init__(self, scene: Scene, over: CallingHelp) -> None:
        super().__init__(scene)
        self._over = over

    def compose(self) -> ComposeResult:
        """The words."""
        yield self.top(self.say(texts.HELP), asks=Close())
        yield Words(self.say(HELP_WORDS[self._over.told]), id="words")
        desk = Words(self.say(texts.DESK), lines=0, id="desk")
        desk.styles.height = 2
        yield desk

    def show(self, over: CallingHelp) -> None:
        """Show whether somebody knows."""
        self._over = over
        for words in self.query("#words").results(Words):
            words.update(self.say(HELP_WORDS[over.told]))


class EmergencyPage(Page):
    """The way to Emergency is the large thing, in Chinese and in the patient's language. No number, no telephone."""

    DEFAULT_CSS = """
    EmergencyPage #now { color: $error; }
    EmergencyPage #way { color: $accent; height: 1fr; }
    """

    def __init__(self, scene: Scene, over: ShowingEmergency) -> None:
        super().__init__(scene)
        self._over = over

    def compose(self) -> ComposeResult:
        """Where to go, whether a nurse knows, and what to do who cannot walk."""
        answers = 3 if not self.scene.roomy else ANSWER_ROWS_LARGE if self.scene.rows >= LARGE_ROWS else ANSWER_ROWS
        rows = max((self.scene.rows - answers - self.scene.gap - 3) * 3 // 5, 1)
        now = next((text for text in (texts.GO_NOW, texts.EMERGENCY) if self._drawn(text, rows)), texts.GO_NOW)
        large = Words(self.say(now), lines=2, id="now")
        large.styles.height = rows
        yield large
        route = self.scene.hospital.hospital.emergency.route
        yield Words(self.say(route), lines=3, id="way")
        if self.scene.language != "zh":
            # whoever helps reads Chinese
            helper = Words(f"{texts.GO_NOW.zh}  {route.zh}", lines=0, id="helper")
            helper.styles.height = 1
            yield helper
        told = Words(self._told(), lines=0, id="told")
        told.styles.height = 1 if self.scene.rows < 14 else 2
        yield told
        close = Target(self.say(texts.CLOSE), Close(), lines=0)
        walk = Target(
            self.say(texts.CANNOT_WALK), SayCannotWalk(), below=(self.say(texts.CANNOT_WALK_BELOW),), lines=1,
            classes="mine", id="walk",
        )  # fmt: skip
        close.styles.width = 20
        yield self.row(walk, close, rows=answers, last=True)

    def _drawn(self, text: Text, rows: int) -> bool:
        return bool(large_words(self.say(text), self.scene.columns - 2, rows, 2))

    def _told(self) -> str:
        if self._over.walk is StaffTold.YES:
            return self.say(texts.WHEELCHAIR_COMING)
        if self._over.walk is StaffTold.NO:
            return self.say(texts.STAFF_NOT_TOLD)
        return self.say(TOLD_WORDS[self._over.told])

    def show(self, over: ShowingEmergency) -> None:
        """Show whether staff know."""
        self._over = over
        for words in self.query("#told").results(Words):
            words.update(self._told())
