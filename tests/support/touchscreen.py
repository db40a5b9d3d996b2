"""The lobby under a test's finger: taps by label, waiting for a page, and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from piloting import until_shown
from textual.geometry import NULL_REGION, Region
from textual.pilot import Pilot
from textual.widgets import Static

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.lobby.messages import Purpose, TypeKey
from nightdesk_kiosk.lobby.pages.choosing import ChoosingPage
from nightdesk_kiosk.lobby.pages.groups import GroupsPage
from nightdesk_kiosk.lobby.pages.idle import IdlePage
from nightdesk_kiosk.lobby.pages.keypad import EntryPage
from nightdesk_kiosk.lobby.pages.number import NumberPage
from nightdesk_kiosk.lobby.pages.services import ServicesPage
from nightdesk_kiosk.lobby.pages.signs import SignsPage
from nightdesk_kiosk.lobby.patience import Patience
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.big import Big
from nightdesk_queue.config import Hospital
from nightdesk_queue.store import Database
from nightdesk_queue.text.bilingual import Language, Text

AT_ONCE = Patience(settle=0.0, double=0.0, key=0.0)
"""Of a lobby that takes every tap at once: the test's finger does not tremble."""
SIZES = [(80, 24), (120, 33)]


class Seconds:
    """A clock that goes forward only when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def go_on(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.now += seconds


def lobby(app: Any) -> LobbyView:
    """The lobby of an app."""
    view: LobbyView = app.query_one(LobbyView)
    return view


def page(app: Any) -> Any:
    """The page that is up."""
    return lobby(app).page


def shown(app: Any) -> str:
    """Every word on the screen, but for what is hidden; large figures are words, too."""
    view = lobby(app)
    visible = [one for one in view.query("Static, Big") if all(parent.display for parent in one.ancestors_with_self)]
    said = [one.value if isinstance(one, Big) else str(one.content) for one in visible if isinstance(one, Static | Big)]
    return "\n".join(said)


def number(app: Any) -> str:
    """The number on the page of a number."""
    return str(page(app).query_one("#number", Big).value)


def find(app: Any, label: str) -> Target | None:
    """The target with a label, else the first that has it somewhere in its words; only what can be touched."""
    targets = [one for one in app.query(Target) if one.region.height and one.display]
    exact = [one for one in targets if one.label == label]
    return next(iter(exact), None) or next((one for one in targets if label in str(one.content)), None)


def in_language(hospital: Hospital, language: Language, **changes: Any) -> Hospital:
    """The hospital with a first kiosk that begins in a language, the other one a touch away."""
    other: Language = "en" if language == "zh" else "zh"
    first, *others = hospital.kiosk
    kiosk = first.changed(languages=[language, other], **changes)
    return hospital.changed(kiosk=[kiosk, *others])


def lobby_of(hospital: Hospital, store: Database, clock: Clock, seconds: Callable[[], float]) -> LobbyApp:
    """The lobby of a hospital's first kiosk, which takes every tap at once."""
    return LobbyApp(LobbyDesk(hospital, store, clock, hospital.kiosk[0]), AT_ONCE, seconds)


async def tap(pilot: Pilot[Any], label: str) -> None:
    """Tap the target with a label, once it is there and stays where it is."""
    places: list[Region] = []

    def still() -> Target | None:
        target = find(pilot.app, label)
        places.append(target.region if target else NULL_REGION)
        return target if target and places[-2:] == [target.region] * 2 else None

    await until_shown(pilot, still)
    target = find(pilot.app, label)
    assert target is not None
    assert await pilot.click(target), f"{label} lies under something else"


async def come_to(pilot: Pilot[Any], kind: type[Any]) -> None:
    """Wait until a page of this kind is up."""
    await until_shown(pilot, lambda: isinstance(page(pilot.app), kind) and page(pilot.app).is_mounted)
    await pilot.pause()


async def tap_through(pilot: Pilot[LobbyApp], *steps: tuple[str, type[Any]]) -> None:
    """Tap one label after the other, each time until its page is up."""
    for label, kind in steps:
        await tap(pilot, label)
        await come_to(pilot, kind)


class Patient:
    """Somebody in front of the lobby who reads one language and says what they see in its words."""

    def __init__(self, pilot: Pilot[Any], language: Language) -> None:
        self.pilot = pilot
        self.language = language
        self.touches = 0
        """How often they have touched the screen."""

    @property
    def app(self) -> Any:
        """The app they stand before."""
        return self.pilot.app

    @property
    def page(self) -> Any:
        """The page they see."""
        return page(self.app)

    @property
    def sees(self) -> str:
        """Every word they see."""
        return shown(self.app)

    def word(self, text: Text | str, **values: object) -> str:
        """A text in their language."""
        if isinstance(text, str):
            return text
        values.setdefault("desk", lobby(self.app).desk.hospital.hospital.desk)
        return text.fill(**values).of(self.language)

    async def comes_to(self, kind: type[Any]) -> None:
        """Wait for a page."""
        await come_to(self.pilot, kind)

    async def reads(self, text: Text | str, **values: object) -> None:
        """Wait until a text is on the screen."""
        wanted = self.word(text, **values)
        await until_shown(self.pilot, lambda: wanted in self.sees)

    async def taps(self, text: Text | str, kind: type[Any] | None = None) -> None:
        """Touch a target by its label; wait for the page it leads to, where that is named."""
        await tap(self.pilot, self.word(text))
        self.touches += 1
        if kind is not None:
            await self.comes_to(kind)

    async def goes_on(self, text: Text, there: Callable[[], object], pages: int = 20) -> None:
        """Touch a target on page after page until what was looked for is there, which takes so many pages at most."""
        for _ in range(pages):
            await self.pilot.pause()
            if there():
                return
            before = self.page
            await self.taps(text)
            await until_shown(self.pilot, lambda before=before: self.page is not before)  # type: ignore[misc]
        raise AssertionError(f"not found on {pages} pages")

    async def types(self, said: str) -> None:
        """Touch keys of the keypad, and see what was entered."""
        await self.comes_to(EntryPage)
        before = self.page.query_one("#entered", Big).value
        for key in said:
            await until_shown(self.pilot, lambda key=key: self._key(key))  # type: ignore[misc]
            assert await self.pilot.click(self._key(key))
            self.touches += 1
        await until_shown(self.pilot, lambda: self.page.query_one("#entered", Big).value == before + said)

    def _key(self, key: str) -> Target | None:
        return next((one for one in self.app.query(Target) if one.asks == TypeKey(key)), None)

    async def goes_to_the_keypad(self, purpose: Purpose = Purpose.CHECK_IN) -> None:
        """Touch the way from the idle page to the keypad."""
        await self.comes_to(IdlePage)
        await self.taps(texts.HAVE_NUMBER, ServicesPage)
        await self.taps(texts.PURPOSES[purpose], EntryPage)

    async def enters(self, said: str, purpose: Purpose = Purpose.CHECK_IN) -> None:
        """Touch all the way from the idle page to OK."""
        await self.goes_to_the_keypad(purpose)
        await self.types(said)
        await self.taps(texts.ENTER)

    async def goes_to_the_signs(self, clinic: str) -> None:
        """Touch the way from the idle page to the danger signs of a clinic."""
        await self.comes_to(IdlePage)
        await self.taps(texts.TAKE_A_NUMBER, ChoosingPage)
        await self.taps(lobby(self.app).desk.hospital.clinics[clinic].short_name, SignsPage)

    async def goes_to_the_groups(self, clinic: str) -> None:
        """Touch the way from the idle page to who goes first."""
        await self.goes_to_the_signs(clinic)
        await self.taps(texts.NO_SIGN, GroupsPage)

    async def takes_a_number(self, clinic: str) -> str:
        """Touch the way from the idle page to a number, and return it."""
        await self.goes_to_the_groups(clinic)
        await self.taps(texts.NO_GROUP, NumberPage)
        return number(self.app)

    async def scans(self, code: str) -> None:
        """Hold a slip before the scanner, which types like a keyboard, very fast, with Enter at the end."""
        await self.pilot.press(*code, "enter")
