"""The service menu: hidden behind five touches of the hospital's name and a PIN, and what can be done in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk
from looking import look
from piloting import until_shown
from touchscreen import AT_ONCE, Patient, Seconds, find, lobby, lobby_of

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby import service_texts as words
from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.chrome import Name
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.messages import TypeKey
from nightdesk_kiosk.lobby.pages.idle import IdlePage, SuspendedPage
from nightdesk_kiosk.lobby.pages.keypad import PinPage
from nightdesk_kiosk.lobby.pages.service_menu import CleaningPage, ServiceMenuPage
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.big import Big
from nightdesk_kiosk.widgets.themes import LOBBY_DAY, LOBBY_NIGHT
from nightdesk_queue.commands.device_status import DeviceReporter, Found
from nightdesk_queue.commands.pin_hashing import HashedPin, hashed
from nightdesk_queue.commands.pins import set_pin
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.device_wording import cause_text
from nightdesk_queue.domain.devices import DeviceKind, DeviceState
from nightdesk_queue.domain.kiosk_state import KioskTheme
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipKind
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.store import Database, events, kiosks, slips
from nightdesk_queue.text.bilingual import Language

PIN, WRONG = "2580", "2581"


@pytest.fixture(scope="module")
def hashed_pin() -> HashedPin:
    """Made once: it takes its time on purpose."""
    return hashed(PIN)


@pytest.fixture
def pin(store: Database, hospital: Hospital, evening: datetime, nurse: By, hashed_pin: HashedPin) -> str:
    """The PIN, which staff have set."""
    Desk(store, hospital).do(lambda work: set_pin(work, hashed_pin), evening, nurse)
    return PIN


class Staff(Patient):
    """Whoever looks after the kiosk."""

    async def touches_the_name(self, times: int = 5) -> None:
        """Touch the hospital's name."""
        for _ in range(times):
            assert await self.pilot.click(Name)

    async def tries(self, pin: str) -> None:
        """Enter a PIN on the keypad, whose digits nobody can read."""
        await self.comes_to(PinPage)
        await until_shown(self.pilot, lambda: self.entered == "")
        for at, digit in enumerate(pin, start=1):
            key = next(one for one in self.app.query(Target) if one.asks == TypeKey(digit))
            assert await self.pilot.click(key)
            await until_shown(self.pilot, lambda at=at: len(self.entered) == at)  # type: ignore[misc]
        assert not set(self.entered) & set("0123456789")
        await self.taps(texts.ENTER)

    @property
    def entered(self) -> str:
        """What the keypad shows of the PIN."""
        return str(self.page.query_one("#entered", Big).value)

    async def opens_the_menu(self, pin: str) -> None:
        """Touch the name and enter the PIN."""
        await self.touches_the_name()
        await self.tries(pin)
        await self.comes_to(ServiceMenuPage)


# the way in ---------------------------------------------------------------------------------------------------------


async def test_five_touches_of_the_name_and_the_pin_open_it(
    spoken_app: LobbyApp, store: Database, pin: str, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await staff.touches_the_name(4)
        await pilot.pause()
        assert isinstance(staff.page, IdlePage), "a touch of the name is not the way to the clinics"
        await staff.touches_the_name(1)
        await staff.tries(pin)
        await staff.comes_to(ServiceMenuPage)
        await staff.reads(words.MENU, kiosk="lobby-1")
        await staff.taps(words.LEAVE, IdlePage)
    assert [event.kind for event in events.after(look(store), 0)][-1] == "kiosk_pin_right"


async def test_touches_of_the_name_that_are_far_apart_or_on_another_page_open_nothing(
    spoken_app: LobbyApp, seconds: Seconds, pin: str, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        for _ in range(8):
            await staff.touches_the_name(1)
            seconds.go_on(2)
        await staff.goes_to_the_signs("bone")
        await staff.touches_the_name(8)
        await pilot.pause()
        assert find(spoken_app, staff.word(texts.NO_SIGN))


async def test_without_a_pin_it_stays_shut_and_says_how_one_is_set(spoken_app: LobbyApp, language: Language) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await staff.touches_the_name()
        await staff.tries(PIN)
        await staff.reads(words.NO_PIN)
        await staff.taps(texts.BACK, IdlePage)


async def test_a_wrong_pin_says_how_many_tries_are_left_and_locks_the_menu_even_for_the_right_one(
    spoken_app: LobbyApp, store: Database, clock: Clock, evening: datetime, pin: str, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await staff.touches_the_name()
        for left in (2, 1):
            await staff.tries(WRONG)
            await staff.reads(words.PIN_WRONG, n=left)
        await staff.tries(WRONG)
        await staff.reads(words.PIN_LOCKED, n=30)
        clock.restart(evening + timedelta(seconds=10))
        await staff.tries(pin)
        await staff.reads(words.PIN_LOCKED, n=20)
        clock.restart(evening + timedelta(seconds=31))
        await staff.tries(pin)
        await staff.comes_to(ServiceMenuPage)
    assert pin not in repr(events.after(look(store), 0))


async def test_a_pin_that_was_begun_is_wiped_when_nobody_goes_on(
    spoken_app: LobbyApp, seconds: Seconds, pin: str, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await staff.touches_the_name()
        await staff.comes_to(PinPage)
        await pilot.press("2")
        seconds.go_on(1)
        await until_shown(pilot, lambda: len(staff.entered) == 1)
        seconds.go_on(81)
        await staff.comes_to(IdlePage)
        await staff.touches_the_name()
        await staff.comes_to(PinPage)
        assert staff.entered == ""


async def test_a_pin_on_a_keyboard_may_be_typed_as_fast_as_one_can(
    spoken_app: LobbyApp, pin: str, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await staff.touches_the_name()
        await staff.comes_to(PinPage)
        await pilot.press(*pin, "enter")
        await staff.comes_to(ServiceMenuPage)


async def test_a_menu_that_is_left_alone_closes_by_itself(
    spoken_app: LobbyApp, seconds: Seconds, pin: str, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await staff.opens_the_menu(pin)
        seconds.go_on(81)
        await staff.comes_to(IdlePage)


# what can be done ---------------------------------------------------------------------------------------------------


async def test_the_kiosk_is_taken_out_of_service_and_put_back(
    spoken_app: LobbyApp, store: Database, pin: str, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await staff.opens_the_menu(pin)
        await staff.taps(words.SUSPEND)
        await staff.reads(words.DONE)
        assert kiosks.state_of(look(store), "lobby-1").suspended
        await staff.taps(words.LEAVE, SuspendedPage)
        await staff.opens_the_menu(pin)
        await staff.taps(words.RESUME)
        await staff.reads(words.DONE)
        await staff.taps(words.LEAVE, IdlePage)
        assert not kiosks.state_of(look(store), "lobby-1").suspended
    (suspended,) = [event for event in events.after(look(store), 0) if event.kind == "kiosk_suspend"]
    assert (suspended.actor, suspended.station) == ("service", "kiosk:lobby-1")


async def test_a_test_slip_is_printed_at_the_kiosks_own_printer(
    spoken_app: LobbyApp, store: Database, pin: str, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await staff.opens_the_menu(pin)
        await staff.taps(words.TEST_SLIP)
        await staff.reads(words.TEST_QUEUED, printer="lobby")
    assert [(job.kind, job.printer) for job in slips.newest(look(store), 5)] == [(SlipKind.TEST, "lobby")]


async def test_the_theme_goes_round_and_is_worn_at_once(
    spoken_app: LobbyApp, store: Database, pin: str, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        assert spoken_app.theme == LOBBY_NIGHT.name
        await staff.opens_the_menu(pin)
        worn = []
        for _ in KioskTheme:
            was = kiosks.state_of(look(store), "lobby-1").theme
            await staff.taps(words.THEME.fill(theme=was.text))
            await until_shown(pilot, lambda was=was: kiosks.state_of(look(store), "lobby-1").theme is not was)  # type: ignore[misc]
            now = kiosks.state_of(look(store), "lobby-1").theme
            await staff.reads(words.THEME.fill(theme=now.text))
            worn.append((now, spoken_app.theme))
    assert sorted(worn) == sorted(
        [
            (KioskTheme.DAY, LOBBY_DAY.name),
            (KioskTheme.NIGHT, LOBBY_NIGHT.name),
            (KioskTheme.AUTO, LOBBY_NIGHT.name),
        ]
    )


async def test_by_itself_the_theme_is_that_of_the_hour(
    hospital: Hospital, store: Database, evening: datetime, seconds: Seconds
) -> None:
    app = lobby_of(hospital, store, Clock(evening - timedelta(hours=6), 0.0), seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        await Patient(pilot, "zh").comes_to(IdlePage)
        assert app.theme == LOBBY_DAY.name
        app.desk.clock.restart(evening)
        seconds.go_on(21)
        await until_shown(pilot, lambda: app.theme == LOBBY_NIGHT.name)


async def test_brightness_by_day_and_by_night_is_what_the_screen_is_dimmed_to(
    spoken: Hospital, store: Database, clock: Clock, seconds: Seconds, pin: str, language: Language, tmp_path: Path
) -> None:
    (tmp_path / "max_brightness").write_text("400\n", encoding="ascii")
    light = tmp_path / "brightness"
    light.write_text("400", encoding="ascii")
    lit = spoken.changed(kiosk=[spoken.kiosk[0].changed(backlight=str(light))])
    app = lobby_of(lit, store, clock, seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await until_shown(pilot, lambda: light.read_text(encoding="ascii") == "240")
        await staff.opens_the_menu(pin)
        await staff.taps(words.BRIGHTNESS_NIGHT.fill(n=60))
        await staff.reads(words.BRIGHTNESS_NIGHT.fill(n=40))
        await staff.reads(words.DONE)
        await until_shown(pilot, lambda: light.read_text(encoding="ascii") == "160")
        await staff.taps(words.BRIGHTNESS_DAY.fill(n=100))
        await staff.reads(words.BRIGHTNESS_DAY.fill(n=80))
        await pilot.pause()
        assert light.read_text(encoding="ascii") == "160", "it is night"
    state = kiosks.state_of(look(store), "lobby-1")
    assert (state.day_percent, state.night_percent) == (80, 40)


async def test_without_a_file_that_dims_the_screen_it_says_so(
    spoken_app: LobbyApp, store: Database, pin: str, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await staff.opens_the_menu(pin)
        await staff.taps(words.BRIGHTNESS_NIGHT.fill(n=60))
        await staff.reads(words.NO_DIMMING)
    assert kiosks.state_of(look(store), "lobby-1").night_percent == 40


async def test_a_backlight_that_cannot_be_written_breaks_nothing(
    spoken: Hospital, store: Database, clock: Clock, seconds: Seconds, language: Language, tmp_path: Path
) -> None:
    lit = spoken.changed(kiosk=[spoken.kiosk[0].changed(backlight=str(tmp_path / "none" / "brightness"))])
    app = lobby_of(lit, store, clock, seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        assert await Patient(pilot, language).takes_a_number("bone") == "B001"


async def test_while_the_screen_is_cleaned_no_touch_means_anything(
    spoken_app: LobbyApp, store: Database, seconds: Seconds, pin: str, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await staff.opens_the_menu(pin)
        await staff.taps(words.CLEAN.fill(n=30), CleaningPage)
        before = lobby(spoken_app).state
        for row in range(0, 24, 2):
            for column in range(2, 80, 8):
                await pilot.click(offset=(column, row))
        seconds.go_on(29)
        await pilot.pause(0.3)
        assert lobby(spoken_app).state == before
        seconds.go_on(1)
        await staff.comes_to(ServiceMenuPage)
    assert open_alarms(look(store)) == []


async def test_the_last_errors_of_its_printers_are_told_newest_first(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, evening: datetime, pin: str, language: Language
) -> None:
    async with spoken_app.run_test(size=(120, 33)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await staff.opens_the_menu(pin)
        await staff.taps(words.ERRORS)
        await staff.reads(words.NO_ERRORS)
        for printer, cause, minutes in (("lobby", "paper_out", 9), ("duty-room", "cover_open", 4)):
            reporter = DeviceReporter(DeviceKind.PRINTER, printer, store, spoken)
            reporter.report(Found(DeviceState.STOPPED, cause=cause), evening - timedelta(minutes=minutes))
        await staff.taps(words.ERRORS)
        await staff.reads("18:21 lobby")
        told = staff.sees
        assert told.index("18:26 duty-room") < told.index("18:21 lobby")
        assert staff.word(cause_text("paper_out")) in told


async def test_a_restart_ends_the_app_and_the_next_one_is_clean_and_idle(
    spoken: Hospital, store: Database, clock: Clock, seconds: Seconds, pin: str, language: Language
) -> None:
    desk = LobbyDesk(spoken, store, clock, spoken.kiosk[0])
    app = LobbyApp(desk, AT_ONCE, seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        staff = Staff(pilot, language)
        await staff.comes_to(IdlePage)
        await staff.taps(texts.LARGE)
        await staff.reads(texts.USUAL_SIZE)
        await staff.opens_the_menu(pin)
        await staff.taps(words.RESTART)
        await until_shown(pilot, lambda: app.begins_anew)
    again = LobbyApp(desk, AT_ONCE, seconds)
    async with again.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        state = lobby(again).state
        begun = lobby(again).flow.begin(state.since)
        # whether the clinics were looked up already is chance; nothing else may be left of anybody
        assert replace(state, looked=None, drawing=0, offered=()) == replace(begun, page=state.page)
        await patient.reads(texts.TAKE_A_NUMBER)
