"""The staff's console: single keys, taps, and the changes of other processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
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
from nightdesk_kiosk.console.dialogs import Choice, WordsScreen
from nightdesk_kiosk.console.queue_table import QueueTable
from nightdesk_kiosk.console.steps import KEYS, WITHOUT_TAP, Step
from nightdesk_kiosk.console.transfer_form import TransferForm
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.commands.alarms import raise_alarm
from nightdesk_queue.commands.work import Work
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceKind, DeviceState, DeviceStatus
from nightdesk_queue.domain.event_data import ManyNumbers
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, devices, events, open_database, tickets

ONLY_THE_FEED_REDRAWS = 3600.0


@pytest.fixture
def app(hospital: Hospital, store: Database, clock: Clock, nurse: By) -> Iterator[ConsoleApp]:
    yield ConsoleApp(
        ConsoleDesk(hospital, store, clock, nurse), "tcm-night", "tcm-1", redraw_seconds=ONLY_THE_FEED_REDRAWS
    )


@pytest.fixture
def queue(desk: Desk, evening: datetime, nurse: By) -> list[Ticket]:
    return [
        desk.issue(
            "tcm-night", now=evening - timedelta(minutes=30 - minute), by=nurse, level=3 if minute == 2 else None
        )
        for minute in range(4)
    ]


def many_numbers(kiosk: str, since: datetime) -> Callable[[Work], int]:
    data = ManyNumbers(kiosk, 8, since.astimezone(UTC).isoformat())
    return lambda work: raise_alarm(work, EventKind.MANY_NUMBERS, data=data)


def column(app: ConsoleApp, index: int) -> list[str]:
    table = app.query_one(QueueTable)
    return [str(table.get_row_at(row)[index]) for row in range(table.row_count)]


def numbers(app: ConsoleApp) -> list[str]:
    return column(app, 1)


def state_of(store: Database, ticket: Ticket) -> State:
    found = tickets.by_id(look(store), ticket.id)
    assert found is not None
    return found.state


def steps_under_way(app: ConsoleApp) -> bool:
    return any(worker.group == "step" for worker in app.workers)


async def press(pilot: Pilot[Any], key: str, store: Database, ticket: Ticket, state: State) -> None:
    await pilot.press(key)
    await until_shown(pilot, lambda: state_of(store, ticket) is state)
    app: Any = pilot.app
    await until_shown(pilot, lambda: app.query_one(ConsoleView).look is not None and not steps_under_way(app))


async def test_the_list_is_in_calling_order_with_reasons(app: ConsoleApp, queue: list[Ticket]) -> None:
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)
        assert numbers(app) == ["N003", "N001", "N002", "N004"]
        assert column(app, 6)[:2] == ["分诊级别优先", "按到达顺序"]


async def test_an_evening_by_single_keys(app: ConsoleApp, store: Database, queue: list[Ticket]) -> None:
    urgent, first = queue[2], queue[0]
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)
        await press(pilot, "n", store, urgent, State.CALLED)
        await until_shown(pilot, lambda: "中医1诊室：N003" in words(app.query_one("#rooms")))
        await pilot.press("r")
        await until_shown(pilot, lambda: "2/3" in column(app, 6)[0])
        await press(pilot, "s", store, urgent, State.SERVING)
        await press(pilot, "h", store, urgent, State.HELD)
        await press(pilot, "b", store, urgent, State.WAITING)
        await press(pilot, "n", store, urgent, State.CALLED)
        await press(pilot, "s", store, urgent, State.SERVING)
        await press(pilot, "f", store, urgent, State.DONE)
        await press(pilot, "2", store, urgent, State.DONE)
        await press(pilot, "n", store, first, State.CALLED)
        await until_shown(pilot, lambda: "中医2诊室：N001" in words(app.query_one("#rooms")))
        await pilot.press("m")
        await until_shown(pilot, lambda: isinstance(app.screen, Choice))
        await press(pilot, "3", store, first, State.MISSED)
        await until_shown(pilot, lambda: numbers(app)[-1] == "N001")
        await press(pilot, "j", store, first, State.WAITING)


async def test_this_one_calls_the_highlighted_patient(app: ConsoleApp, store: Database, queue: list[Ticket]) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)
        await pilot.press("down", "down", "g")
        await until_shown(pilot, lambda: isinstance(app.screen, WordsScreen))
        assert state_of(store, queue[1]) is State.WAITING, "nobody is called out of turn without a reason"
        await press(pilot, "1", store, queue[1], State.CALLED)
        assert events.after(look(store), 0)[-1].reason == "病情加重 got worse"
        await until_shown(pilot, lambda: "医护选呼" in words(app.query_one("#word")))


async def test_a_transfer_asks_where_to(app: ConsoleApp, store: Database, queue: list[Ticket]) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)
        await pilot.press("t")
        await until_shown(pilot, lambda: isinstance(app.screen, TransferForm))
        await pilot.press("escape")
        await until_shown(pilot, lambda: not isinstance(app.screen, TransferForm))
        await pilot.press("t", "2")
        await until_shown(pilot, lambda: "N003" not in numbers(app))
        moved = tickets.by_id(look(store), queue[2].id)
        assert moved is not None
        assert (moved.clinic, moved.origin) == ("bone", "tcm-night")


async def test_a_cancel_asks_whether_it_is_meant(app: ConsoleApp, store: Database, queue: list[Ticket]) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)
        await pilot.press("x", "1")
        await until_shown(pilot, lambda: not isinstance(app.screen, Choice))
        assert state_of(store, queue[2]) is State.WAITING
        await pilot.press("x", "2")
        await until_shown(pilot, lambda: state_of(store, queue[2]) is State.CANCELLED)
    assert why_cancelled(store, queue[2]) == "患者离开 has left"


async def test_a_cancel_for_a_reason_of_ones_own_keeps_the_words(
    app: ConsoleApp, store: Database, queue: list[Ticket]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)
        await pilot.press("x", "5")
        await until_shown(pilot, lambda: isinstance(app.screen, WordsScreen))
        await pilot.press(*"fell asleep".replace(" ", "_"), "enter")
        await until_shown(pilot, lambda: state_of(store, queue[2]) is State.CANCELLED)
    assert why_cancelled(store, queue[2]) == "fell_asleep"


def why_cancelled(store: Database, ticket: Ticket) -> str | None:
    last = events.last_of_ticket(look(store), ticket.id)
    assert last is not None
    assert last.kind is EventKind.CANCEL
    return last.reason


async def test_a_miss_before_enough_calls_is_asked_back(app: ConsoleApp, store: Database, queue: list[Ticket]) -> None:
    def patient() -> Ticket:
        found = tickets.by_id(look(store), queue[2].id)
        assert found is not None
        return found

    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)
        await press(pilot, "n", store, queue[2], State.CALLED)
        await pilot.press("m")
        await until_shown(pilot, lambda: isinstance(app.screen, Choice))
        assert "才叫了 1 次，应叫 3 次" in words(app.screen.query_one(".question"))
        await pilot.press("1")
        await until_shown(pilot, lambda: not isinstance(app.screen, Choice))
        assert (patient().state, patient().calls) == (State.CALLED, 1)
        for calls in (2, 3):
            await pilot.press("m")
            await until_shown(pilot, lambda: isinstance(app.screen, Choice))
            await pilot.press("2")
            await until_shown(pilot, lambda wanted=calls: patient().calls == wanted)
            await until_shown(pilot, lambda wanted=calls: f"{wanted}/3" in column(app, 6)[0])
        await press(pilot, "m", store, queue[2], State.MISSED)


async def test_taps_do_what_keys_do(app: ConsoleApp, store: Database, queue: list[Ticket]) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)
        await pilot.click("#room-2")
        await pilot.click("#step-next")
        await until_shown(pilot, lambda: state_of(store, queue[2]) is State.CALLED)
        with store.snapshot() as tx:
            assert tickets.in_room(tx, "tcm-2") is not None


async def test_a_refusal_is_said_and_changes_nothing(app: ConsoleApp, store: Database) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await until_shown(pilot, lambda: "没有人候诊" in words(app.query_one("#word")))
        await pilot.press("s")
        await until_shown(pilot, lambda: "先选中" in words(app.query_one("#word")))


async def test_changes_of_others_are_followed_without_a_refresh(
    app: ConsoleApp, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: numbers(app) == [])
        with open_database(f"sqlite:///{store.where}") as elsewhere:
            Desk(elsewhere, hospital).issue("tcm-night", now=evening, by=nurse)
        await until_shown(pilot, lambda: numbers(app) == ["N001"])


async def test_an_alarm_of_a_kiosk_stands_until_it_is_seen(app: ConsoleApp, desk: Desk, evening: datetime) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        desk.alarm(EventKind.RED_FLAG, now=evening, by=By.at_kiosk("lobby-1"))
        await until_shown(pilot, lambda: "危险征象" in words(app.query_one("#trouble")))
        await pilot.press("a")
        await until_shown(pilot, lambda: "危险征象" not in words(app.query_one("#trouble")))


async def test_the_room_is_the_one_chosen_when_the_key_was_pressed(
    app: ConsoleApp, store: Database, queue: list[Ticket]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)
        view = app.query_one(ConsoleView)
        view.action_step("next")
        view.action_room(2)
        await until_shown(pilot, lambda: state_of(store, queue[2]) is State.CALLED)
        with store.snapshot() as tx:
            assert tickets.in_room(tx, "tcm-1") is not None


async def test_keys_do_not_fall_on_whoever_took_the_place_of_the_chosen(
    app: ConsoleApp, desk: Desk, store: Database, queue: list[Ticket], evening: datetime, nurse: By
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)
        await pilot.press("down", "down")
        desk.cancel(queue[1].id, now=evening, by=nurse)
        await until_shown(pilot, lambda: numbers(app) == ["N003", "N001", "N004"])
        assert app.query_one(QueueTable).cursor_row == 2, "the highlight keeps its place"
        await pilot.click(QueueTable, offset=(10, 0))
        await pilot.press("h")
        await until_shown(pilot, lambda: "先选中" in words(app.query_one("#word")))
        assert all(state_of(store, ticket) is not State.HELD for ticket in queue)
        await pilot.press("home", "down")
        await press(pilot, "h", store, queue[0], State.HELD)


async def test_an_unforeseen_error_is_said(
    app: ConsoleApp, queue: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConsoleDesk, "act", lambda *_: 1 / 0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await until_shown(pilot, lambda: "ZeroDivisionError" in words(app.query_one("#word")))


async def test_a_name_is_never_taken_for_markup(app: ConsoleApp, desk: Desk, evening: datetime, nurse: By) -> None:
    desk.issue("tcm-night", now=evening, by=nurse, name="[/b]王[bold]x")
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: column(app, 2) == ["[/b]王[bold]x"])
        assert app.is_running


async def test_a_dialog_is_answered_once_however_often_it_is_tapped(app: ConsoleApp, queue: list[Ticket]) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)
        await pilot.press("C")
        await until_shown(pilot, lambda: isinstance(app.screen, Choice))
        dialog = app.screen
        await pilot.press("1", "1", "escape", "1")
        for tap in dialog.query(Tap):
            tap.action_tap()
        await until_shown(pilot, lambda: not isinstance(app.screen, Choice))
        assert app.is_running


async def test_a_double_tap_opens_one_question(app: ConsoleApp, queue: list[Ticket]) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)
        tap = app.query_one("#step-transfer", Tap)
        tap.action_tap()
        tap.action_tap()
        await until_shown(pilot, lambda: isinstance(app.screen, TransferForm))
        await pilot.pause()
        assert len(app.screen_stack) == 2


async def test_a_dead_printer_is_shown_with_its_waiting_slips(
    app: ConsoleApp, store: Database, queue: list[Ticket]
) -> None:
    now = datetime.now(UTC)
    serving = store.lock(DeviceKind.PRINTER, "lobby")
    assert serving.acquire()
    async with app.run_test(size=(120, 33)) as pilot:
        with store.transaction() as tx:
            status = DeviceStatus(DeviceKind.PRINTER, "lobby", DeviceState.OFFLINE, now, None, "unreachable")
            devices.save(tx, status)
        await until_shown(
            pilot,
            lambda: "打印机 lobby：离线，连不上，检查电源和线；4 张小票待打印" in words(app.query_one("#trouble")),
        )
    serving.release()


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 33), (160, 45)])
async def test_both_languages_label_everything(
    app: ConsoleApp, queue: list[Ticket], desk: Desk, evening: datetime, size: tuple[int, int]
) -> None:
    desk.do(many_numbers("lobby-1", evening), evening, By.at_kiosk("lobby-1"))
    async with app.run_test(size=size) as pilot:
        await until_shown(pilot, lambda: app.query_one("#step-take_back").display)
        await pilot.press("l")
        await until_shown(pilot, lambda: "Next" in words(app.query_one("#steps")))
        await pilot.pause()
        shown = "".join(words(app.query_one(part)) for part in ("#steps", "#step-take_back", "#title"))
        assert not any("一" <= char <= "鿿" for char in shown.replace("中文", ""))
        for key in KEYS:
            if key.step in WITHOUT_TAP and key.step is not Step.TAKE_BACK:
                continue
            tap = app.query_one(f"#step-{key.step}", Tap)
            assert str(tap.render()) == f"{key.written} {key.label.en}"
            assert len(str(tap.render())) <= tap.size.width


def test_the_console_as_a_picture(app: ConsoleApp, queue: list[Ticket], snap_compare: Any) -> None:
    async def settle(pilot: Pilot[Any]) -> None:
        await until_shown(pilot, lambda: len(numbers(app)) == 4)

    assert snap_compare(app, terminal_size=(120, 33), run_before=settle)
