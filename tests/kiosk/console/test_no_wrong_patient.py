"""Nobody is called, finished or missed by a key that was meant for somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from desk import Desk
from looking import look
from piloting import until_shown, words
from textual.pilot import Pilot

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.console_view import ConsoleView
from nightdesk_kiosk.console.dialogs import Choice
from nightdesk_kiosk.console.queue_table import QueueTable
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, tickets

MINE, LIU = By("wang", "console:tcm-1"), By("liu", "console:tcm-2")
Made = Callable[..., ConsoleApp]


@pytest.fixture
def console(hospital: Hospital, store: Database, evening: datetime) -> Made:
    def make(clinic: str = "tcm-night", room: str | None = "tcm-1") -> ConsoleApp:
        desk = ConsoleDesk(hospital, store, Clock(evening + timedelta(seconds=3), 0.0), MINE)
        return ConsoleApp(desk, clinic, room, language="en")

    return make


@pytest.fixture
def queue(desk: Desk, evening: datetime) -> list[Ticket]:
    return [desk.issue("tcm-night", now=evening - timedelta(minutes=9 - n), by=MINE, name=f"患者{n}") for n in range(4)]


def state(store: Database, ticket: Ticket) -> State:
    found = tickets.by_id(look(store), ticket.id)
    assert found is not None
    return found.state


def view(app: ConsoleApp) -> ConsoleView:
    return app.query_one(ConsoleView)


async def listed(pilot: Pilot[Any], rows: int) -> None:
    await until_shown(pilot, lambda: pilot.app.query_one(QueueTable).row_count == rows)


async def asked(pilot: Pilot[Any], question: str) -> Choice[Any]:
    await until_shown(pilot, lambda: isinstance(pilot.app.screen, Choice) and question in pilot.app.screen.question)
    screen = pilot.app.screen
    assert isinstance(screen, Choice)
    return screen


async def test_a_console_without_a_room_asks_where_to_call_and_remembers_it(
    console: Made, store: Database, queue: list[Ticket], desk: Desk, evening: datetime
) -> None:
    desk.call("tcm-2", now=evening, by=LIU)
    app = console(room=None)
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        assert "no room chosen" in words(app.query_one("#title"))
        await pilot.press("n")
        choice = await asked(pilot, "To which room")
        assert [(one.digit, one.label) for one in choice.answers] == [(1, "Room 1: free"), (2, "Room 2: N001")]
        assert state(store, queue[1]) is State.WAITING, "nobody is called before a room is chosen"
        await pilot.press("1")
        await until_shown(pilot, lambda: state(store, queue[1]) is State.CALLED)
        assert view(app).room == "tcm-1"


async def test_another_clinic_is_not_called_into_a_room_nobody_chose(
    console: Made, store: Database, desk: Desk, queue: list[Ticket], evening: datetime
) -> None:
    bone = desk.issue("service", now=evening, by=MINE)
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        await pilot.press("c")
        choice = await asked(pilot, "Clinic")
        digit = next(str(one.digit) for one in choice.answers if one.label == "Patient services")
        await pilot.press(digit)
        await listed(pilot, 1)
        assert view(app).room is None
        await pilot.press("n")
        await asked(pilot, "To which room")
        await pilot.press("escape")
        assert state(store, bone) is State.WAITING
        await pilot.press("c")
        await asked(pilot, "Clinic")


async def test_keys_act_on_the_patient_of_this_room_whoever_is_highlighted(
    console: Made, store: Database, desk: Desk, queue: list[Ticket], evening: datetime
) -> None:
    desk.call("tcm-1", now=evening, by=MINE)
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        await pilot.press("down", "down", "s")
        await until_shown(pilot, lambda: state(store, queue[0]) is State.SERVING)
        await pilot.press("end", "f")
        await until_shown(pilot, lambda: state(store, queue[0]) is State.DONE)
        assert [state(store, one) for one in queue[1:]] == [State.WAITING] * 3


@pytest.mark.parametrize(("key", "step"), [("s", "Start"), ("m", "Miss"), ("t", "Transfer"), ("r", "Recall")])
async def test_another_rooms_patient_is_asked_about_first(
    console: Made, store: Database, desk: Desk, queue: list[Ticket], evening: datetime, key: str, step: str
) -> None:
    desk.call("tcm-2", now=evening, by=LIU)
    before = tickets.by_id(look(store), queue[0].id)
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        await pilot.press("home", key)
        choice = await asked(pilot, "N001 患者0 (level IV, 9 min) is the patient of Room 2")
        assert step in choice.question
        await pilot.press("1")
        await until_shown(pilot, lambda: not isinstance(app.screen, Choice))
        assert tickets.by_id(look(store), queue[0].id) == before


async def test_whoever_says_so_acts_for_another_room(
    console: Made, store: Database, desk: Desk, queue: list[Ticket], evening: datetime
) -> None:
    desk.call("tcm-2", now=evening, by=LIU)
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        await pilot.press("home", "s")
        await asked(pilot, "is the patient of Room 2")
        await pilot.press("2")
        await until_shown(pilot, lambda: state(store, queue[0]) is State.SERVING)


def looks_chosen(table: QueueTable) -> list[int]:
    """Return the rows that are drawn as the chosen one."""
    ground = table.get_component_rich_style("queue--chosen").bgcolor
    lines = [table.render_line(row + 1) for row in range(table.row_count)]
    return [row for row, line in enumerate(lines) if all(one.style and one.style.bgcolor == ground for one in line)]


async def test_a_row_nobody_has_chosen_does_not_look_chosen(
    console: Made, desk: Desk, queue: list[Ticket], evening: datetime
) -> None:
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        table = app.query_one(QueueTable)
        await pilot.press("down")
        assert looks_chosen(table) == [1]
        desk.cancel(queue[1].id, now=evening, by=LIU)
        await listed(pilot, 3)
        assert looks_chosen(table) == []
        await pilot.press("down")
        assert looks_chosen(table) == [2]


async def test_escape_leads_back_to_the_list_from_wherever_tab_has_led(console: Made, queue: list[Ticket]) -> None:
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        await pilot.press("tab", "tab", "tab")
        assert app.focused is not app.query_one(QueueTable)
        await pilot.press("escape")
        assert app.focused is app.query_one(QueueTable)


async def test_the_third_miss_says_that_the_number_is_gone(
    console: Made, store: Database, desk: Desk, queue: list[Ticket], evening: datetime
) -> None:
    for _ in range(2):
        desk.call("tcm-1", ticket=queue[0].id, now=evening, by=MINE)
        desk.miss(queue[0].id, now=evening, by=MINE, at_once=True)
        desk.rejoin(queue[0].id, now=evening, by=MINE)
    desk.call("tcm-1", ticket=queue[0].id, now=evening, by=MINE)
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        await pilot.press("m")
        await asked(pilot, "N001")
        await pilot.press("3")
        await until_shown(pilot, lambda: "N001 missed 3 times: the number has lapsed" in words(app.query_one("#word")))


def test_whoever_loses_a_race_hears_who_where_and_when(desk: Desk, queue: list[Ticket], evening: datetime) -> None:
    desk.call("tcm-2", ticket=queue[0].id, now=evening, by=LIU)
    with pytest.raises(Refused) as refused:
        desk.call("tcm-1", ticket=queue[0].id, now=evening + timedelta(seconds=3), by=MINE)
    assert refused.value.code == "wrong_state"
    assert refused.value.text.en.endswith("Last step: call (Room 2) by liu, 3 s ago")
    assert refused.value.text.zh.endswith("，liu，3 秒前")
    with pytest.raises(Refused) as late:
        desk.call("tcm-1", ticket=queue[0].id, now=evening + timedelta(minutes=5), by=MINE)
    assert "5 min ago" in late.value.text.en


def test_patients_read_no_names_of_staff(desk: Desk, queue: list[Ticket], evening: datetime) -> None:
    desk.call("tcm-2", ticket=queue[0].id, now=evening, by=LIU)
    with pytest.raises(Refused) as refused:
        desk.rejoin(queue[0].id, now=evening, by=By.at_kiosk("lobby-1"))
    assert "liu" not in refused.value.text.en
