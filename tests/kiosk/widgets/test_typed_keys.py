"""Keys that come through an input method: full-width ones are what was meant, Chinese ones get an answer."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from desk import Desk
from looking import look
from piloting import until_shown
from terminals import END_SECONDS, OnTerminal
from textual.events import Key
from textual.pilot import Pilot
from waiting import until

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.devices_screen import DevicesScreen
from nightdesk_kiosk.console.dialogs import Choice
from nightdesk_kiosk.emulators.printer_app import PrinterApp
from nightdesk_kiosk.widgets.typed_keys import as_meant, digit_of, of_input_method
from nightdesk_printers.capability import Capability
from nightdesk_printers.virtual import Breakage, PrinterServer, VirtualPrinter
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.store import Database, tickets


@pytest.mark.parametrize(
    ("typed", "key", "character"),
    [
        ("Ｎ", "N", "N"),
        ("ｎ", "n", "n"),
        ("１", "1", "1"),
        ("①", "1", "1"),
        ("\u3000", "space", " "),
        ("／", "slash", "/"),
        ("n", "n", "n"),
        ("中", "中", "中"),
        ("é", "é", "é"),
        ("٣", "٣", "٣"),
        ("㈠", "㈠", "㈠"),
    ],
)
def test_a_key_is_what_was_meant(typed: str, key: str, character: str) -> None:
    event = Key(typed, typed)
    as_meant(event)
    assert (event.key, event.character) == (key, character)


def test_keys_without_a_character_stay_as_they_are() -> None:
    event = Key("ctrl+q", None)
    as_meant(event)
    assert event.key == "ctrl+q"


@pytest.mark.parametrize("typed", ["٣", "३", "²", "a", "f1", "", "10"])
def test_only_digits_are_digits(typed: str) -> None:
    assert digit_of(Key(typed, None)) is None


@pytest.mark.parametrize(("typed", "found"), [("你", True), ("ㄅ", True), ("n", False), ("٣", False), ("é", False)])
def test_what_only_an_input_method_writes(typed: str, found: bool) -> None:
    assert of_input_method(Key(typed, typed)) is found
    assert unicodedata.is_normalized("NFKC", typed)


def open_questions(app: ConsoleApp) -> int:
    return sum(isinstance(screen, Choice) for screen in app.screen_stack)


def console(hospital: Hospital, store: Database, clock: Clock, nurse: By) -> ConsoleApp:
    return ConsoleApp(ConsoleDesk(hospital, store, clock, nurse), "tcm-night")


async def press(pilot: Pilot[None], typed: str) -> None:
    pilot.app.post_message(Key(typed, typed))
    await pilot.pause()


async def test_full_width_keys_work_on_the_console_in_its_questions_and_on_its_devices(
    hospital: Hospital, store: Database, clock: Clock, nurse: By, desk: Desk
) -> None:
    ticket = desk.issue("tcm-night", now=clock.now(), by=nurse)
    app = console(hospital, store, clock, nurse)
    async with app.run_test(size=(120, 33)) as pilot:
        await press(pilot, "２")
        await until_shown(pilot, lambda: app.console_view.room == "tcm-2")
        await press(pilot, "Ｎ")

        def called() -> bool:
            found = tickets.by_id(look(store), ticket.id)
            return found is not None and found.state is State.CALLED

        await until_shown(pilot, called)
        before = app.console_view.clinic.id
        await press(pilot, "ｃ")
        await until_shown(pilot, lambda: open_questions(app) == 1)
        for nobodys in ("٢", "२"):
            await press(pilot, nobodys)
        assert open_questions(app) == 1, "a digit of another script is no answer"
        await press(pilot, "２")
        await until_shown(pilot, lambda: open_questions(app) == 0 and app.console_view.clinic.id != before)
        await press(pilot, "Ｐ")
        await until_shown(pilot, lambda: isinstance(app.screen, DevicesScreen))
        await press(pilot, "ｑ")
        await until_shown(pilot, lambda: not isinstance(app.screen, DevicesScreen))


async def test_chinese_text_on_the_console_is_answered_once_in_both_languages(
    hospital: Hospital, store: Database, clock: Clock, nurse: By
) -> None:
    app = console(hospital, store, clock, nurse)
    async with app.run_test(size=(120, 33)) as pilot:
        for typed in "下一位":
            await press(pilot, typed)
        await until_shown(pilot, lambda: app._notifications)
        (told,) = app._notifications
        assert "切换到英文" in told.message
        assert "switch it to English" in told.message


async def test_full_width_keys_work_on_the_virtual_printer() -> None:
    with PrinterServer(VirtualPrinter(Capability.COMPLETE), mm_a_second=0) as server:
        app = PrinterApp(server, 80)
        async with app.run_test(size=(120, 33)) as pilot:
            await press(pilot, "Ｃ")
            await until_shown(pilot, lambda: Breakage.COVER in server.broken)
            await press(pilot, "ｍ")
            await until_shown(pilot, lambda: not server.broken)


def test_a_console_on_a_terminal_says_that_an_input_method_is_on_and_takes_full_width_keys(tmp_path: Path) -> None:
    with OnTerminal(tmp_path, "console", "--clinic", "tcm-night", "--now", "2026-03-02T18:30") as terminal:
        terminal.shows("0 waiting")
        terminal.type("你好")
        terminal.shows("An input method is on")
        terminal.forget()
        terminal.type("ｃ")
        terminal.shows("1  ")
        terminal.tell()
        assert terminal.end(END_SECONDS) == 0
        until(lambda: b"\x1b[?1049l" in terminal.output)
