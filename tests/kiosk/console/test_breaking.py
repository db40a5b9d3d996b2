"""The console tells the truth when the database is locked, gone, replaced, and there again; nothing is done late."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from looking import look
from piloting import until_shown, words
from textual.pilot import Pilot

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console import console_answers, console_desk
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.finding import FindScreen
from nightdesk_kiosk.console.queue_table import QueueTable
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, open_database, tickets

ME = By("liu", "console:tcm-1")
FILES = ("night.db", "night.db-wal", "night.db-shm")


@pytest.fixture
def app(hospital: Hospital, store: Database, evening: datetime) -> ConsoleApp:
    desk = ConsoleDesk(hospital, store, Clock(evening, 0.0), ME)
    return ConsoleApp(desk, "tcm-night", "tcm-1", language="en", redraw_seconds=0.2)


@pytest.fixture
def queue(desk: Desk, evening: datetime) -> list[Ticket]:
    return [desk.issue("tcm-night", now=evening, by=ME) for _ in range(3)]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_answers, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(console_answers, "LATE_SECONDS", 0.4)
    monkeypatch.setattr(console_desk, "LATE_SECONDS", 0.4)


@pytest.fixture
def locker(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "night.db", isolation_level=None)
    yield connection
    connection.close()


def state(store: Database, ticket: Ticket) -> State:
    found = tickets.by_id(look(store), ticket.id)
    assert found is not None
    return found.state


def said(app: ConsoleApp, part: str) -> bool:
    return part in words(app.query_one("#word"))


async def listed(pilot: Pilot[Any], rows: int) -> None:
    await until_shown(pilot, lambda: pilot.app.query_one(QueueTable).row_count == rows)


@pytest.mark.usefixtures("impatient")
async def test_keys_pressed_while_the_database_is_locked_are_told_and_not_carried_out_late(
    app: ConsoleApp, store: Database, queue: list[Ticket], locker: sqlite3.Connection
) -> None:
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 3)
        locker.execute("BEGIN IMMEDIATE")
        await pilot.press("n", "s", "f", "n")
        await until_shown(pilot, lambda: said(app, "does not answer yet"))
        await pilot.pause(0.5)
        locker.execute("COMMIT")
        await until_shown(pilot, lambda: said(app, "took too long"))
        await until_shown(pilot, lambda: not [one for one in app.workers if one.group == "step"])
        assert [state(store, one) for one in queue] == [State.WAITING] * 3
        await pilot.press("n")
        await until_shown(pilot, lambda: state(store, queue[0]) is State.CALLED)


async def test_a_short_lock_delays_a_step_and_loses_nothing(
    app: ConsoleApp, store: Database, queue: list[Ticket], locker: sqlite3.Connection
) -> None:
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 3)
        locker.execute("BEGIN IMMEDIATE")
        await pilot.press("n")
        locker.execute("COMMIT")
        await until_shown(pilot, lambda: state(store, queue[0]) is State.CALLED)


async def test_a_list_that_cannot_be_read_anew_says_since_when_it_is_old_and_no_file_is_created(
    app: ConsoleApp, tmp_path: Path, queue: list[Ticket]
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 3)
        for name in FILES:
            shutil.move(tmp_path / name, away / name)
        await until_shown(pilot, lambda: "CUT OFF since 18:30" in words(app.query_one("#title")))
        assert said(app, "The database is away")
        assert app.query_one(QueueTable).row_count == 3, "what was known is still there to read"
        await pilot.press("n")
        await until_shown(pilot, lambda: said(app, "database"))
        await pilot.press("slash", "n")
        await until_shown(pilot, lambda: isinstance(app.screen, FindScreen) and "database" in words(app.screen))
        await pilot.press("escape", "u")
        await until_shown(pilot, lambda: said(app, "database"))
        assert not (tmp_path / "night.db").exists(), "a screen creates no database"
        for name in FILES:
            shutil.move(away / name, tmp_path / name)
        await until_shown(pilot, lambda: "OLD" not in words(app.query_one("#title")))


async def test_an_earlier_database_in_its_place_is_told_at_once(
    app: ConsoleApp, tmp_path: Path, store: Database, hospital: Hospital, queue: list[Ticket], evening: datetime
) -> None:
    with open_database(f"sqlite:///{tmp_path / 'other.db'}") as other:
        Desk(other, hospital).issue("tcm-night", now=evening, by=ME, name="Other")
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 3)
        (tmp_path / "other.db").replace(tmp_path / "night.db")
        await listed(pilot, 1)
        await until_shown(pilot, lambda: said(app, "an earlier one now"))
