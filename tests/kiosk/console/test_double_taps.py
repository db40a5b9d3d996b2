"""A dialog is answered once: the second half of a double tap, or of a key that bounces, does nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from looking import look
from piloting import until_shown, words
from textual.events import Key

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.dialogs import WordsScreen
from nightdesk_kiosk.console.finding import FindScreen
from nightdesk_kiosk.console.issuing import IssueScreen
from nightdesk_kiosk.console.queue_table import QueueTable
from nightdesk_kiosk.console.reading import ReadScreen
from nightdesk_kiosk.console.signing_in import SignInScreen
from nightdesk_kiosk.console.transfer_form import TransferForm
from nightdesk_queue.commands.pin_hashing import hashed
from nightdesk_queue.commands.staff import add_member
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By, Role
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.store import Database, events, tickets

ME = By("liu", "console:tcm-1")


@pytest.fixture
def app(hospital: Hospital, store: Database, evening: datetime) -> ConsoleApp:
    return ConsoleApp(ConsoleDesk(hospital, store, Clock(evening, 0.0), ME), "tcm-night", "tcm-1", "en")


@pytest.fixture
def queue(desk: Desk, evening: datetime) -> list[Ticket]:
    return [desk.issue("tcm-night", now=evening, by=ME, name=f"P{n}") for n in range(3)]


@pytest.mark.parametrize(
    ("opens", "screen", "key", "character"),
    [
        ("d", WordsScreen, "1", "1"),
        ("d", WordsScreen, "enter", None),
        ("d", WordsScreen, "escape", None),
        ("slash", FindScreen, "enter", None),
        ("slash", FindScreen, "escape", None),
        ("i", IssueScreen, "enter", None),
        ("t", TransferForm, "2", "2"),
        ("t", TransferForm, "escape", None),
        ("question_mark", ReadScreen, "escape", None),
    ],
)
async def test_a_key_that_bounces_answers_once(
    app: ConsoleApp,
    store: Database,
    queue: list[Ticket],
    opens: str,
    screen: Callable[..., Any],
    key: str,
    character: str | None,
) -> None:
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: app.query_one(QueueTable).row_count == 3)
        await pilot.press(opens)
        await until_shown(pilot, lambda: isinstance(app.screen, screen))  # type: ignore[arg-type]
        await pilot.pause(0.2)
        before = events.last_seq(look(store))
        for _ in range(3):
            app.post_message(Key(key, character))
        await until_shown(pilot, lambda: not isinstance(app.screen, screen))  # type: ignore[arg-type]
        await until_shown(pilot, lambda: not [one for one in app.workers if one.group == "step"])
        assert app.is_running
        assert len(app.screen_stack) == 1
        assert events.last_seq(look(store)) - before <= 1


async def test_a_console_locks_at_once_also_while_the_database_does_not_answer(
    app: ConsoleApp, store: Database, desk: Desk, queue: list[Ticket], evening: datetime, tmp_path: Path
) -> None:
    desk.do(lambda work: add_member(work, "liu", "Liu", Role.ADMIN, hashed("4719")), evening, ME)
    app.console_view.desk.sign_in("liu", "4719")
    locker = sqlite3.connect(tmp_path / "night.db", isolation_level=None)
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: "Liu" in words(app.query_one("#title")))
        locker.execute("BEGIN IMMEDIATE")
        await pilot.press("y")
        await until_shown(pilot, lambda: isinstance(app.screen, SignInScreen), 5.0)
        assert app.console_view.desk.member is None
        locker.execute("COMMIT")
        await until_shown(pilot, lambda: events.after(look(store), 0)[-1].kind == "sign_out")
    locker.close()


async def test_a_read_that_began_earlier_and_comes_later_is_not_shown(
    app: ConsoleApp, store: Database, desk: Desk, queue: list[Ticket], evening: datetime
) -> None:
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: app.query_one(QueueTable).row_count == 3)
        view = app.console_view
        late = view.Read(view.desk.look(view.shown), next(view._reads))
        desk.issue("tcm-night", now=evening, by=ME)
        await until_shown(pilot, lambda: app.query_one(QueueTable).row_count == 4)
        view.post_message(late)
        await pilot.pause(0.2)
        assert app.query_one(QueueTable).row_count == 4
        assert "an earlier one" not in words(app.query_one("#word"))


async def test_to_look_at_who_waits_elsewhere_is_no_wish_to_call_there(
    app: ConsoleApp, store: Database, desk: Desk, queue: list[Ticket], evening: datetime
) -> None:
    bone = desk.issue("bone", now=evening, by=ME, name="Bone")
    async with app.run_test(size=(120, 33)) as pilot:
        await pilot.press("slash", *"bone", "enter")
        await until_shown(pilot, lambda: "no room chosen" in words(app.query_one("#title")))
        await pilot.press("n")
        await until_shown(pilot, lambda: "To which room" in words(app.screen))
        found = tickets.by_id(look(store), bone.id)
        assert found is not None
        assert found.state == "waiting"
