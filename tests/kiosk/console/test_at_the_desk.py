"""What is done at the desk: a patient is found, given a number, seen to be here; a room is paused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from desk import Desk
from looking import bare, look
from piloting import until_shown, words
from textual.pilot import Pilot
from textual.widgets import DataTable, Input

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.console_view import ConsoleView
from nightdesk_kiosk.console.dialogs import Choice
from nightdesk_kiosk.console.finding import FindScreen
from nightdesk_kiosk.console.issuing import IssueScreen
from nightdesk_kiosk.console.queue_table import QueueTable
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, tickets
from nightdesk_queue.text.bilingual import Language, Text

MINE = By("wang", "console:tcm-1")
Made = Callable[..., ConsoleApp]


@pytest.fixture
def console(hospital: Hospital, store: Database, evening: datetime) -> Made:
    def make(clinic: str = "tcm-night", room: str | None = "tcm-1", language: Language = "en") -> ConsoleApp:
        return ConsoleApp(ConsoleDesk(hospital, store, Clock(evening, 0.0), MINE), clinic, room, language=language)

    return make


def highlighted(app: ConsoleApp) -> str | None:
    chosen = app.query_one(QueueTable).chosen()
    return chosen.number if chosen else None


async def finds(pilot: Pilot[Any], *typed: str) -> DataTable[Any]:
    await pilot.press("slash", *typed)
    await until_shown(pilot, lambda: isinstance(pilot.app.screen, FindScreen))
    screen = pilot.app.screen
    await until_shown(pilot, lambda: words(screen.query_one("#count")))
    return screen.query_one(DataTable)


def numbers(table: DataTable[Any]) -> list[str]:
    return [str(table.get_row_at(row)[0]) for row in range(table.row_count)]


@pytest.mark.parametrize("size", [(80, 24), (120, 33)])
async def test_a_patient_of_any_clinic_is_found_by_what_is_typed(
    console: Made, desk: Desk, evening: datetime, size: tuple[int, int]
) -> None:
    for name in ("王芳", "李娜"):
        desk.issue("tcm-night", now=evening, by=MINE, name=name)
    desk.issue("service", now=evening, by=MINE, name="王静")
    app = console()
    async with app.run_test(size=size) as pilot:
        await until_shown(pilot, lambda: app.query_one(QueueTable).row_count == 2)
        table = await finds(pilot)
        await until_shown(pilot, lambda: len(numbers(table)) == 3)
        await pilot.press("王")
        await until_shown(pilot, lambda: numbers(table) == ["S001", "N001"])
        await pilot.press("enter")
        await until_shown(pilot, lambda: app.query_one(ConsoleView).clinic.id == "service")
        await until_shown(pilot, lambda: highlighted(app) == "S001")


async def test_what_is_typed_after_the_slash_is_never_taken_for_a_step(
    console: Made, desk: Desk, store: Database, evening: datetime
) -> None:
    desk.issue("tcm-night", now=evening, by=MINE)
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: app.query_one(QueueTable).row_count == 1)
        table = await finds(pilot, "n", "0", "0", "1")
        await until_shown(pilot, lambda: numbers(table) == ["N001"])
        assert app.screen.query_one(Input).value == "n001"
        await pilot.press("escape")
        await until_shown(pilot, lambda: not isinstance(app.screen, FindScreen))
        row = bare(store).execute("SELECT state FROM tickets").fetchone()
        assert row[0] == "waiting"


async def test_enter_before_everybody_is_read_chooses_once_they_are(
    console: Made, desk: Desk, evening: datetime
) -> None:
    for _ in range(3):
        desk.issue("tcm-night", now=evening, by=MINE)
    app, slow = console(), Event()
    everybody = app.console_view.desk.tonight

    def slowly() -> list[Ticket]:
        assert slow.wait(30)
        return everybody()

    app.console_view.desk.tonight = slowly  # type: ignore[method-assign]
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: app.query_one(QueueTable).row_count == 3)
        await pilot.press("slash", "n", "2", "enter")
        await pilot.pause()
        assert isinstance(app.screen, FindScreen)
        slow.set()
        await until_shown(pilot, lambda: highlighted(app) == "N002")


async def test_a_letter_that_comes_before_the_line_has_the_focus_is_not_lost(console: Made, store: Database) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        await until_shown(pilot, lambda: isinstance(app.screen, IssueScreen))
        app.screen.set_focus(None)
        await pilot.press("n", "a", "王")
        assert app.screen.query_one(Input).value == "na王"
        app.screen.query_one(Input).focus()
        await pilot.press("!")
        assert app.screen.query_one(Input).value == "na王!"


async def test_of_a_patient_who_has_gone_it_says_what_became_of_them_and_gives_a_new_number(
    console: Made, desk: Desk, store: Database, evening: datetime
) -> None:
    ticket = desk.issue("tcm-night", now=evening, by=MINE, name="杨敏")
    for miss in range(3):
        desk.call("tcm-1", ticket=ticket.id, now=evening, by=MINE)
        desk.miss(ticket.id, now=evening, by=MINE)
        if miss < 2:
            desk.rejoin(ticket.id, now=evening, by=MINE)
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        table = await finds(pilot, "杨")
        await until_shown(pilot, lambda: numbers(table) == ["N001"])
        await pilot.press("enter")
        await until_shown(pilot, lambda: isinstance(app.screen, Choice))
        question = app.screen.question  # type: ignore[attr-defined]
        assert question.startswith("N001 杨敏 (level IV, 0 min) is lapsed (03-02 18:30)")
        await pilot.press("2")
        await until_shown(pilot, lambda: isinstance(app.screen, IssueScreen))
        assert app.screen.query_one(Input).value == "杨敏"
        await pilot.press("enter")
        await until_shown(pilot, lambda: highlighted(app) == "N002")
        assert "N002 is given; 0 ahead" in words(app.query_one("#word"))


async def test_a_database_that_is_away_is_told_where_somebody_looks_for_a_patient(console: Made) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:

        def away() -> None:
            raise Fault("database", Text(zh="没了", en="it is gone"))

        app.console_view.desk.tonight = away  # type: ignore[method-assign, assignment]
        await pilot.press("slash")
        await until_shown(pilot, lambda: "it is gone" in words(app.screen.query_one("#count")))
        await pilot.press("enter", "escape")
        await until_shown(pilot, lambda: not isinstance(app.screen, FindScreen))


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_number_with_name_level_badges_and_language_is_given_at_the_desk(
    console: Made, desk: Desk, store: Database, hospital: Hospital, evening: datetime, language: Language
) -> None:
    app = console(language=language)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", *"Li", "f3", "f6", "f5", "f5")
        await until_shown(pilot, lambda: isinstance(app.screen, IssueScreen))
        form = app.screen
        await until_shown(pilot, lambda: "[x] F3" in words(form))
        assert form.query_one("#box").region.bottom <= 24
        assert "[ ] F5" in words(form)
        await pilot.press("enter")
        await until_shown(pilot, lambda: highlighted(app) == "N001")
        row = bare(store).execute("SELECT name, level, priority, language FROM tickets").fetchone()
        assert tuple(row) == ("Li", 3, f'["{hospital.priority[1].id}"]', "zh")


async def test_two_keys_give_a_number_to_somebody_who_says_no_name(console: Made, store: Database) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        await until_shown(pilot, lambda: isinstance(app.screen, IssueScreen))
        form = app.screen
        assert isinstance(form, IssueScreen)
        form._give()
        form._give()  # the second half of a double tap
        await until_shown(pilot, lambda: highlighted(app) == "N001")
        await pilot.pause()
        assert bare(store).execute("SELECT count(*) FROM tickets").fetchone()[0] == 1


async def test_an_extra_number_is_given_where_no_more_are(
    console: Made, desk: Desk, store: Database, evening: datetime
) -> None:
    for _ in range(40):
        desk.issue("tcm-night", now=evening, by=MINE, extra=True)
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", "enter")
        await until_shown(pilot, lambda: "Not now" in words(app.screen))
        await pilot.press("f2", "enter")
        await until_shown(pilot, lambda: "N041 is given" in words(app.query_one("#word")))


async def test_is_here_does_what_the_state_of_the_patient_needs(
    console: Made, desk: Desk, store: Database, evening: datetime
) -> None:
    expected = desk.expect("tcm-night", now=evening, by=MINE, name="A", slot_at=evening + timedelta(minutes=20))
    held, missed = (desk.issue("tcm-night", now=evening, by=MINE) for _ in range(2))
    desk.hold(held.id, now=evening, by=MINE)
    desk.call("tcm-1", ticket=missed.id, now=evening, by=MINE)
    desk.miss(missed.id, now=evening, by=MINE)
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: app.query_one(QueueTable).row_count == 3)
        for ticket in (expected, held, missed):
            app.query_one(QueueTable).choose(ticket.id)
            await pilot.press("j")
            await until_shown(pilot, lambda id_=ticket.id: tickets.by_id(look(store), id_).state is State.WAITING)  # type: ignore[union-attr]


async def test_a_room_is_paused_closed_and_opened(console: Made, store: Database) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        for digit, shown in (("2", "Room 1: paused"), ("3", "Room 1: closed"), ("1", "Room 1: free")):
            await pilot.press("z")
            await until_shown(pilot, lambda: isinstance(app.screen, Choice))
            await pilot.press(digit)
            await until_shown(pilot, lambda wanted=shown: wanted in words(app.query_one("#rooms")))


@pytest.mark.parametrize(("size", "patients"), [((120, 33), 25), ((100, 30), 18)])
async def test_so_many_patients_are_in_sight_and_names_can_be_read(
    console: Made, desk: Desk, evening: datetime, size: tuple[int, int], patients: int
) -> None:
    for n in range(patients):
        desk.issue("tcm-night", now=evening, by=MINE, name=f"患者{n}", extra=True)
    app = console()
    async with app.run_test(size=size) as pilot:
        table = app.query_one(QueueTable)
        await until_shown(pilot, lambda: table.row_count == patients)
        assert table.max_scroll_y == 0, "nobody is out of sight"
