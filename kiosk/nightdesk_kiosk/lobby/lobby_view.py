"""The lobby as one widget: which page is up, what taps lead to, and the way back by itself.

Blocking work runs in threads that only post messages; pages never touch the database.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.events import Click, Key, Resize
from textual.message import Message
from textual.widgets import Static

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.lobby_desk import Issued, LobbyDesk
from nightdesk_kiosk.lobby.pages import (
    ChoosePage,
    ConfirmPage,
    EmergencyPage,
    EntryPage,
    IdlePage,
    NumberPage,
    Page,
    WordPage,
)
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.errors import Fault, Refused
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.slips import SlipJob
from nightdesk_queue.queries.queue_view import ClinicGlance
from nightdesk_queue.text.bilingual import Language, Text

TICK_SECONDS = 0.5
WARN_SECONDS = 20
SLIP_LATE_SECONDS = 6
SLOW_SECONDS = 3
SMALL_ROWS = 20
AWAITING = (
    texts.PLEASE_WAIT,
    texts.ONE_MOMENT,
    texts.STILL_WAITING,
    texts.WAITING_AND_HELP,
    texts.WAITING_NO_HELP,
)
"""Words of a page to which an answer with a number is on its way."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds without a touch until the lobby goes back to its idle page by itself.

    `settle`: for so long after a page has changed, taps are not meant for the new page but are the second half of a
    double tap, or a trembling hand.
    """

    choosing: float = 60.0
    number: float = 40.0
    settle: float = 0.8


class LobbyView(Vertical):
    """A lobby of any size from 60×14 up."""

    DEFAULT_CSS = """
    LobbyView { background: $background; }
    LobbyView #head { height: 3; background: $panel; }
    LobbyView #place { width: 1fr; height: 3; content-align: left middle; padding: 0 2; text-style: bold; }
    LobbyView #head Tap { width: 16; margin: 0; border-left: solid $background; }
    LobbyView #page { height: 1fr; }
    LobbyView.small #head, LobbyView.small #place { height: 1; }
    LobbyView.small #head Tap { height: 1; min-height: 1; padding: 0; }
    LobbyView #foot { height: 1; background: $panel; text-align: center; width: 1fr; }
    """

    @dataclass
    class Offered(Message):
        """The clinics were looked up for the page that asked."""

        page: Page | None
        glances: list[ClinicGlance]

    @dataclass
    class Given(Message):
        """A number was given to the page that asked."""

        page: Page | None
        issued: Issued

    @dataclass
    class Stopped(Message):
        """What a page asked for could not be done; `words` say why."""

        page: Page | None
        words: Text

    @dataclass
    class Alarmed(Message):
        """An alarm was written, or could not be."""

        page: Page | None
        told: bool

    @dataclass
    class SlipSeen(Message):
        """The slip of the number on a page was looked up."""

        page: NumberPage
        job: SlipJob | None

    def __init__(self, desk: LobbyDesk, patience: Patience | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.desk = desk
        self.patience = patience or Patience()
        self.language: Language = desk.hospital.hospital.languages[0]
        self.page: Page | None = None
        self._make: Callable[[], Page] = self._idle_page
        self._glances: list[ClinicGlance] = []
        self._key = ""
        self._entered = ""
        self._back_to = "idle"
        self._touched = time.monotonic()
        self._page_since = time.monotonic()

    def compose(self) -> ComposeResult:
        """A head that is always there, the page, and the way to Emergency."""
        with Horizontal(id="head"):
            yield Static(id="place", markup=False)
            yield Tap("", "help", classes="quiet", id="help")
            yield Tap("", "language", classes="quiet", id="language")
        yield Container(id="page")
        yield Static(id="foot", markup=False)

    async def on_mount(self) -> None:
        """Start idle and keep time."""
        await self._show(self._idle_page)
        self.set_interval(TICK_SECONDS, self._tick)

    # what patients do ------------------------------------------------------------------------------------------

    @on(Tap.Tapped)
    async def _tapped(self, event: Tap.Tapped) -> None:
        event.stop()
        # keys are meant for the page they are on, however fast they follow one another
        if self._settling() and not event.wish.startswith("key:"):
            return
        self._touch()
        wish, _, detail = event.wish.partition(":")
        match wish:
            case "idle":
                await self._show(self._idle_page)
            case "choose":
                self._offer()
            case "page":
                await self._show(lambda: self._choose_page(int(detail)))
            case "clinic":
                await self._confirm(self.desk.hospital.clinics[detail])
            case "have":
                self._entered = ""
                await self._show(self._entry_page)
            case "key" | "delete" | "enter":
                await self._type(wish, detail)
            case _:
                await self._plain_wishes[wish]()

    @property
    def _plain_wishes(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return {
            "issue": self._issue,
            "language": self._change_language,
            "help": self._help,
            "emergency": self._emergency,
            "reprint": self._ask_slip_again,
        }

    async def on_click(self, event: Click) -> None:
        """Count a touch anywhere as use; on the idle page it leads to the clinics."""
        event.stop()
        if isinstance(self.page, IdlePage) and not self._settling():
            self._offer()
        self._touch()

    def on_key(self, event: Key) -> None:
        """Count a key as use, too."""
        self._touch()

    async def _confirm(self, clinic: Clinic) -> None:
        # one key a confirmation: however often the button is tapped, it is one number
        self._key = uuid4().hex
        await self._show(lambda: ConfirmPage(self.desk.hospital, self.language, clinic))

    async def _issue(self) -> None:
        if isinstance(self.page, ConfirmPage):
            clinic = self.page.clinic
            self._back_to = "idle"
            await self._show_words(texts.PLEASE_WAIT, back=None)
            self._take(self.page, clinic, self.language, self._key)

    async def _ask_slip_again(self) -> None:
        if isinstance(self.page, NumberPage):
            issued = self.page.issued
            self._back_to = "idle"
            await self._show_words(texts.ONE_MOMENT, back=None)
            self._reprint(self.page, issued)

    async def _type(self, wish: str, key: str) -> None:
        if not isinstance(self.page, EntryPage):
            return
        if wish == "key":
            self.page.enter(key)
        elif wish == "delete":
            self.page.delete()
        elif said := self.page.entered:
            self._back_to = "have"
            await self._show_words(texts.ONE_MOMENT, back=None)
            self._report(self.page, said)

    def _awaited(self) -> WordPage | None:
        """Return the page that waits for an answer with a number in it, if that is what is up."""
        return self.page if isinstance(self.page, WordPage) and self.page.words in AWAITING else None

    async def _help(self) -> None:
        if page := self._awaited():
            # a number is on its way to this page and must be seen
            page.change(texts.WAITING_AND_HELP)
            self._raise(None, EventKind.HELP, None)
            return
        await self._show_words(texts.CALLING_HELP)
        self._raise(self.page, EventKind.HELP, None)

    async def _emergency(self) -> None:
        clinic = self.page.clinic if isinstance(self.page, ConfirmPage) else None
        await self._show(lambda: EmergencyPage(self.desk.hospital, self.language))
        self._raise(self.page, EventKind.RED_FLAG, clinic)

    async def _change_language(self) -> None:
        if self._awaited():
            return  # the answer on its way belongs to this page
        if isinstance(self.page, EntryPage):
            self._entered = self.page.entered
        offered = self.desk.hospital.hospital.languages
        self.language = offered[(offered.index(self.language) + 1) % len(offered)]
        await self._show(self._make)

    # what the database answers ----------------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="offer", exit_on_error=False)
    def _offer(self) -> None:
        page = self.page
        self._answer(page, lambda: self.Offered(page, self.desk.glances()))

    @work(thread=True, group="issue", exit_on_error=False)
    def _take(self, page: Page | None, clinic: Clinic, language: Language, key: str) -> None:
        self._answer(page, lambda: self.Given(page, self.desk.issue(clinic, language, key)))

    @work(thread=True, group="issue", exit_on_error=False)
    def _report(self, page: Page | None, said: str) -> None:
        self._answer(page, lambda: self.Given(page, self.desk.report(said)))

    @work(thread=True, group="issue", exit_on_error=False)
    def _reprint(self, page: Page | None, issued: Issued) -> None:
        self._answer(page, lambda: self.Given(page, self.desk.reprint(issued)))

    @work(thread=True, group="alarm", exit_on_error=False)
    def _raise(self, page: Page | None, alarm: EventKind, clinic: Clinic | None) -> None:
        try:
            self.desk.alarm(alarm, clinic)
        except Exception:  # noqa: BLE001 - whatever it was, nobody has been told, and that is what must be said
            self.post_message(self.Alarmed(page, told=False))
        else:
            self.post_message(self.Alarmed(page, told=True))

    @work(thread=True, exclusive=True, group="slip", exit_on_error=False)
    def _look_at_slip(self, page: NumberPage) -> None:
        try:
            self.post_message(self.SlipSeen(page, self.desk.slip(page.issued.ticket)))
        except Fault:
            self.post_message(self.SlipSeen(page, None))

    def _answer(self, page: Page | None, work: Callable[[], Message]) -> None:
        """Post what `work` brings, or that it cannot be done; a patient never waits for an answer in vain."""
        try:
            message = work()
        except Refused as refused:
            message = self.Stopped(page, refused.text)
        except Exception:  # noqa: BLE001 - a fault or a bug, the patient is sent to the desk either way
            message = self.Stopped(page, texts.OUT_OF_ORDER)
        self.post_message(message)

    # an answer counts only for the page that asked: by now another patient may stand here

    @on(Offered)
    async def _offered(self, event: Offered) -> None:
        if event.page is self.page:
            self._glances = event.glances
            await self._show(self._choose_page)

    @on(Given)
    async def _given(self, event: Given) -> None:
        if event.page is self.page:
            self._touch()
            await self._show(lambda: NumberPage(self.desk.hospital, self.language, event.issued))

    @on(Stopped)
    async def _stopped(self, event: Stopped) -> None:
        if event.page is self.page:
            await self._show_words(event.words, back=self._back_to)

    @on(Alarmed)
    async def _alarmed(self, event: Alarmed) -> None:
        if event.page is None and not event.told and (page := self._awaited()):
            page.change(texts.WAITING_NO_HELP)
        if event.page is not self.page:
            return
        if isinstance(self.page, EmergencyPage):
            told = texts.STAFF_TOLD if event.told else texts.STAFF_NOT_TOLD
            await self._show(lambda: EmergencyPage(self.desk.hospital, self.language, told))
        else:
            await self._show_words(texts.HELP_COMING if event.told else texts.HELP_NOT_TOLD)

    @on(SlipSeen)
    def _slip_seen(self, event: SlipSeen) -> None:
        if event.page is self.page:
            event.page.tell_slip(event.job, late=self._page_age() > SLIP_LATE_SECONDS)

    # pages and time --------------------------------------------------------------------------------------------

    def _idle_page(self) -> Page:
        return IdlePage(self.desk.hospital, self.language, self.desk.clock.now())

    def _choose_page(self, first: int = 0) -> Page:
        return ChoosePage(self.desk.hospital, self.language, self._glances, self.desk.clock.now(), first)

    def _entry_page(self) -> Page:
        hospital = self.desk.hospital
        # those on offer here first; a patient transferred to one of them has the letter of another
        offered = [clinic.prefix for clinic in hospital.offered_at(self.desk.kiosk)]
        others = [clinic.prefix for clinic in hospital.clinic if clinic.prefix not in offered]
        return EntryPage(hospital, self.language, [*offered, *others], self._entered)

    async def _show_words(self, words: Text, *, back: str | None = "idle") -> None:
        await self._show(lambda: WordPage(self.desk.hospital, self.language, words, back=back))

    async def _show(self, make: Callable[[], Page]) -> None:
        if make == self._idle_page and self._make != self._idle_page:
            self.language = self.desk.hospital.hospital.languages[0]
        holder = self.query_one("#page", Container)
        if not holder.is_mounted or not self.app.is_running:
            return
        self._make = make
        self.page = make()
        self._page_since = time.monotonic()
        with self.app.batch_update():
            await holder.remove_children()
            await holder.mount(self.page)
            self._label()
        self._focus_first()

    def _focus_first(self) -> None:
        """Let the keyboard go on where the page begins, unless somebody works elsewhere (in the demo)."""
        focused = self.app.focused
        if self.page and (focused is None or self in focused.ancestors):
            for tap in self.page.query(Tap):
                if not tap.disabled:
                    tap.focus(scroll_visible=False)
                    return

    def _label(self) -> None:
        say = self.page.say if self.page else str
        self.query_one("#place", Static).update(say(self.desk.hospital.hospital.name))
        self.query_one("#help", Tap).update(say(texts.HELP))
        other = self.query_one("#language", Tap)
        other.update(say(texts.OTHER_LANGUAGE))
        other.display = len(self.desk.hospital.hospital.languages) > 1
        self._foot()

    def _foot(self, left: int | None = None) -> None:
        if self.page is None:
            return
        route = self.desk.hospital.hospital.emergency.route
        line = texts.TIME_LEFT.fill(n=left) if left is not None else texts.EMERGENCY_LINE.fill(route=route)
        self.query_one("#foot", Static).update(self.page.say(line))

    def _settling(self) -> bool:
        return self._page_age() < self.patience.settle

    def _page_age(self) -> float:
        return time.monotonic() - self._page_since

    def on_resize(self, event: Resize) -> None:
        """In a pane of the demo the head gives its room to the page."""
        self.set_class(event.size.height < SMALL_ROWS, "small")

    def _touch(self) -> None:
        self._touched = time.monotonic()
        self._foot()

    async def _idle_tick(self, page: IdlePage) -> None:
        page.tell_time(self.desk.clock.now())
        first = self.desk.hospital.hospital.languages[0]
        if self.language != first and time.monotonic() - self._touched > self.patience.choosing:
            self.language = first
            await self._show(self._idle_page)

    async def _tick(self) -> None:
        if isinstance(self.page, IdlePage):
            await self._idle_tick(self.page)
            return
        if isinstance(self.page, NumberPage):
            self._look_at_slip(self.page)
        elif (
            isinstance(self.page, WordPage)
            and self.page.words in (texts.PLEASE_WAIT, texts.ONE_MOMENT)
            and self._page_age() > SLOW_SECONDS
        ):
            self.page.change(texts.STILL_WAITING)
        patience = self.patience.number if isinstance(self.page, NumberPage) else self.patience.choosing
        left = patience - (time.monotonic() - self._touched)
        if left <= 0:
            await self._show(self._idle_page)
        elif left <= WARN_SECONDS:
            self._foot(int(left) + 1)
