"""The console takes back what somebody took at a kiosk for fun: one key, one question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from desk import Desk
from looking import bare, look
from piloting import until_shown, words
from textual.pilot import Pilot

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.dialogs import Choice
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.config import Hospital, Pace
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.store import Database
from nightdesk_queue.text.bilingual import same

CONSOLE = By("nurse", "console:bone-1")


@pytest.fixture
def hospital(hospital: Hospital) -> Hospital:
    first = hospital.kiosk[0].changed(pace=Pace(seconds_each=0))
    return hospital.changed(kiosk=[first, first.changed(id="lobby-2")])


@pytest.fixture
def app(hospital: Hospital, store: Database, evening: datetime) -> ConsoleApp:
    clock = Clock(evening + timedelta(seconds=90), 0.0)
    return ConsoleApp(ConsoleDesk(hospital, store, clock, CONSOLE), "bone", language="en")


def give(desk: Desk, count: int, now: datetime, kiosk: str = "lobby-1") -> None:
    for _ in range(count):
        desk.issue("bone", now=now, by=By.at_kiosk(kiosk), kiosk=kiosk)


def waiting(store: Database) -> int:
    return int(bare(store).execute("SELECT count(*) AS n FROM tickets WHERE state = 'waiting'").fetchone()["n"])


def said(app: ConsoleApp, wanted: str) -> Callable[[], bool]:
    return lambda: wanted in words(app.query_one("#word"))


def in_trouble(app: ConsoleApp, wanted: str) -> Callable[[], bool]:
    return lambda: wanted in words(app.query_one("#trouble"))


async def asked(pilot: Pilot[Any], app: ConsoleApp, question: str) -> None:
    await until_shown(pilot, lambda: isinstance(app.screen, Choice))
    assert isinstance(app.screen, Choice)
    assert app.screen.question == question


async def test_the_alarm_counts_on_and_one_key_takes_the_numbers_back(
    app: ConsoleApp, desk: Desk, store: Database, evening: datetime
) -> None:
    give(desk, 8, evening)
    async with app.run_test(size=(80, 24)) as pilot:
        line = "ALARM (A: seen, K: take back): 18:30 8 numbers from lobby-1 in 2 minute(s)"
        await until_shown(pilot, in_trouble(app, line))
        give(desk, 5, evening + timedelta(seconds=60))
        await until_shown(pilot, in_trouble(app, "13 numbers from lobby-1 in 2 minute(s)"))
        await pilot.press("k")
        await asked(pilot, app, "Take back 13 numbers that lobby-1 has given since 18:30? None was called yet")
        await pilot.press("1")
        await until_shown(pilot, lambda: not isinstance(app.screen, Choice))
        assert waiting(store) == 13
        await pilot.press("K")
        await until_shown(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("2")
        await until_shown(pilot, said(app, "13 numbers taken back (U gives all of them back)"))
        assert waiting(store) == 0
        assert open_alarms(look(store)) == []
        await pilot.press("u")
        await until_shown(pilot, lambda: isinstance(app.screen, Choice))
        assert "the numbers of lobby-1 cancel" in words(app.screen)
        await pilot.press("2")
        await until_shown(pilot, lambda: waiting(store) == 13)


async def test_the_tap_stands_in_sight_while_it_is_wanted_and_moves_no_other_step(
    app: ConsoleApp, desk: Desk, store: Database, evening: datetime
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: not app.query_one("#step-take_back").display)
        before = app.query_one("#step-next", Tap).region
        give(desk, 8, evening)
        await until_shown(pilot, lambda: app.query_one("#step-take_back").display)
        await pilot.pause()
        assert app.query_one("#step-next", Tap).region == before
        await pilot.click("#step-take_back")
        await until_shown(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("2")
        await until_shown(pilot, lambda: waiting(store) == 0)
        await until_shown(pilot, lambda: not app.query_one("#step-take_back").display)


async def test_of_several_kiosks_the_one_alarmed_first_is_asked_about_first(
    app: ConsoleApp, desk: Desk, evening: datetime
) -> None:
    give(desk, 8, evening, "lobby-2")
    give(desk, 9, evening)
    async with app.run_test(size=(80, 24)) as pilot:
        for count, kiosk in ((8, "lobby-2"), (9, "lobby-1")):
            await until_shown(pilot, in_trouble(app, kiosk))
            await pilot.press("k")
            await asked(
                pilot, app, f"Take back {count} numbers that {kiosk} has given since 18:30? None was called yet"
            )
            await pilot.press("2")
            await until_shown(pilot, said(app, f"{count} numbers taken back"))


async def test_without_such_an_alarm_there_is_no_question_but_words(
    app: ConsoleApp, desk: Desk, store: Database, evening: datetime
) -> None:
    give(desk, 7, evening)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("k")
        await until_shown(pilot, said(app, "No kiosk has given too many numbers just now"))
        assert not isinstance(app.screen, Choice)
        assert waiting(store) == 7


async def test_where_everybody_was_called_there_is_nothing_to_take_back(
    app: ConsoleApp, desk: Desk, evening: datetime
) -> None:
    give(desk, 8, evening)
    for n in range(8):
        desk.cancel(f"B{n + 1:03}", now=evening, by=CONSOLE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("k")
        await until_shown(pilot, said(app, "lobby-1: no number is left to take back (A: seen)"))


async def test_a_database_that_is_away_is_said(app: ConsoleApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise Fault("database_unreachable", same("gone"))

    async with app.run_test(size=(80, 24)) as pilot:
        monkeypatch.setattr(ConsoleDesk, "many_given", away)
        await pilot.press("k")
        await until_shown(pilot, said(app, "The database is away: gone"))
