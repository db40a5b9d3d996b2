"""A nurse's evening by keys, races of several consoles, a console over midnight, and its pictures at every size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from desk import Desk
from looking import bare, look
from piloting import until_shown, words
from textual.pilot import Pilot

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.acts import Acts, Word
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.dialogs import WordsScreen
from nightdesk_kiosk.console.issuing import IssueScreen, slot_of
from nightdesk_kiosk.console.numbers import sparkline
from nightdesk_kiosk.console.questions import Take
from nightdesk_kiosk.console.queue_table import QueueTable
from nightdesk_kiosk.console.reading import ReadScreen
from nightdesk_kiosk.console.transfer_form import TransferForm
from nightdesk_queue.commands.calling import call
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceKind, DeviceState, DeviceStatus
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, devices, open_database, tickets

ME = By("liu", "console:tcm-1")
Made = Callable[..., ConsoleApp]


class MovingClock(Clock):
    """A clock that a test sets."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at, 0.0)
        self.at = at

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def console(hospital: Hospital, store: Database, evening: datetime) -> Made:
    def make(
        clinic: str = "tcm-night", room: str | None = "tcm-1", clock: Clock | None = None, **more: Any
    ) -> ConsoleApp:
        desk = ConsoleDesk(more.pop("hospital", hospital), store, clock or Clock(evening, 0.0), ME)
        return ConsoleApp(desk, clinic, room, **{"language": "en", **more})

    return make


def state_of(store: Database, number: str) -> State:
    row = bare(store).execute("SELECT state FROM tickets WHERE number = ? ORDER BY seq DESC", (number,)).fetchone()
    return State(row["state"])


@dataclass
class Nurse:
    """Somebody who presses keys and waits for what they lead to; every key is counted."""

    pilot: Pilot[Any]
    store: Database
    clock: MovingClock
    keys: int = 0
    done: set[str] = field(default_factory=set)

    async def press(self, *keys: str) -> None:
        self.keys += len(keys)
        await self.pilot.press(*keys)

    async def sees(self, number: str, state: State) -> None:
        await until_shown(self.pilot, lambda: state_of(self.store, number) is state)
        app: Any = self.pilot.app
        await until_shown(self.pilot, lambda: not [one for one in app.workers if one.group == "step"])

    async def screen(self, kind: type) -> None:
        await until_shown(self.pilot, lambda: isinstance(self.pilot.app.screen, kind))

    def in_room(self, room: str) -> Ticket | None:
        with self.store.snapshot() as tx:
            return tickets.in_room(tx, room)

    async def next(self, room: int) -> str:
        """Call the next to a room by its key; whoever was inside is finished by it."""
        before = self.in_room(f"tcm-{room}")
        await self.press(f"f{room}")

        def another() -> bool:
            there = self.in_room(f"tcm-{room}")
            return there is not None and (before is None or there.id != before.id)

        await until_shown(self.pilot, another)
        app: Any = self.pilot.app
        await until_shown(self.pilot, lambda: not [one for one in app.workers if one.group == "step"])
        found = self.in_room(f"tcm-{room}")
        assert found is not None
        return found.number


@pytest.mark.parametrize(("starts", "most"), [(False, 2.2), (True, 2.6)])
async def test_an_evening_of_forty_patients_for_two_doctors_takes_few_keys(
    console: Made, store: Database, desk: Desk, hospital: Hospital, evening: datetime, starts: bool, most: float
) -> None:
    """`starts`: somebody presses S when a patient comes in; else *next* takes them to have come, as the rule may be."""
    rule = hospital.console.changed(next_finishes_called=not starts)
    hospital = hospital.changed(console=rule)
    clock = MovingClock(evening)
    for n in range(36):
        desk.issue("tcm-night", now=evening + timedelta(seconds=n), by=ME, extra=True)
    for n in range(4):
        desk.issue("er", now=evening, by=By("er", "console:er"), name=f"急{n}")
        desk.transfer(f"E00{n + 1}", to="tcm-night", now=evening, by=By("er", "console:er"), level=3)
    app = console(clock=clock, hospital=hospital, room=None)
    async with app.run_test(size=(120, 33)) as pilot:
        nurse = Nurse(pilot, store, clock)
        await until_shown(pilot, lambda: app.query_one(QueueTable).row_count == 40)
        seen: list[str] = []
        missed: str | None = None
        for patient in range(40):
            clock.at += timedelta(minutes=2)
            room = patient % 2 + 1
            if patient == 10:
                # the printer runs out: its line stands there, and the evening goes on
                with store.transaction() as tx:
                    gone = DeviceStatus(DeviceKind.PRINTER, "lobby", DeviceState.OFFLINE, clock.at, None, "paper_out")
                    devices.save(tx, gone)
            if patient == 20:
                await nurse.press("o", "2")
                await nurse.screen(WordsScreen)
                await nurse.press("1")
                await until_shown(pilot, lambda: "suspended" in words(app.query_one("#title")))
                await nurse.press("o", "2")
                await until_shown(pilot, lambda: "suspended" not in words(app.query_one("#title")))
            number = await nurse.next(room)
            seen.append(number)
            if patient == 5:
                # nobody comes: called twice more and missed, back later by `/`
                await nurse.press("r")
                await nurse.press("r")
                await until_shown(pilot, lambda number=number: "3" in words(app.query_one("#word")))
                await nurse.press("m")
                await nurse.sees(number, State.MISSED)
                missed = number
                continue
            if patient == 8 and missed:
                await nurse.press("slash", *missed[1:].lstrip("0"), "enter", "j")
                await nurse.sees(missed, State.WAITING)
            if starts or patient in (12, 15):
                await nurse.press("s")
                await nurse.sees(number, State.SERVING)
            if patient == 12:
                await nurse.press("h")
                await nurse.sees(number, State.HELD)
            if patient == 15:
                await nurse.press("t")
                await nurse.screen(TransferForm)
                await nurse.press("2")
                await until_shown(pilot, lambda number=number: state_of(store, number) is State.WAITING)
        served = bare(store).execute("SELECT count(*) FROM tickets WHERE state = 'done'").fetchone()[0]
        assert served >= 34
        assert len(seen) == 40
        assert nurse.keys / 40 < most, f"{nurse.keys} keys"


@pytest.fixture
def three(hospital: Hospital, store: Database, evening: datetime) -> Iterator[list[Acts]]:
    with ExitStack() as opened:
        made = []
        for name, room in (("liu", "tcm-1"), ("wang", "tcm-2"), ("zhou", "tcm-2")):
            database = opened.enter_context(open_database(f"sqlite:///{store.where}"))
            made.append(Acts(ConsoleDesk(hospital, database, Clock(evening, 0.0), By(name, f"console:{name}-{room}"))))
        yield made


@pytest.mark.parametrize("consoles", [2, 3])
def test_of_consoles_that_reach_for_one_patient_a_hundred_times_one_wins_and_the_others_hear_who_and_where(
    three: list[Acts], desk: Desk, store: Database, hospital: Hospital, evening: datetime, consoles: int
) -> None:
    rooms = ["tcm-1", "tcm-2", "er-1"][:consoles]
    # a third room for the third console: the clinic has moved into all of them
    desk.move("tcm-night", rooms, now=evening, by=ME)
    for _ in range(100):
        patient = desk.issue("tcm-night", now=evening, by=ME, extra=True)
        answers: list[Word] = []
        start = Barrier(consoles)

        reaching = [partial(_reach, three[n], rooms[n], patient.id, start, answers) for n in range(consoles)]
        threads = [Thread(target=one) for one in reaching]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [one.words.en for one in answers if one.ticket is not None]
        lost = [one.words.en for one in answers if one.ticket is None]
        assert (len(won), len(lost)) == (1, consoles - 1)
        with store.snapshot() as tx:
            row = tx.row("SELECT actor, station FROM events WHERE kind = 'call' ORDER BY seq DESC LIMIT 1")
        assert row is not None
        winner = tickets.by_id(look(store), patient.id)
        assert winner is not None
        room = hospital.room_name(winner.room or "").en
        for words_ in lost:
            assert f"call ({room}) by {row['actor']}, 0 s ago" in words_
        desk.start(patient.id, now=evening, by=ME)
        desk.finish(patient.id, now=evening, by=ME)


def _reach(acts: Acts, room: str, patient: str, start: Barrier, answers: list[Word]) -> None:
    start.wait()
    answers.append(acts.take(Take(lambda work: call(work, room, ticket=patient), EventKind.CALL)))


class TestTelephone:
    async def test_who_telephones_is_expected_at_their_time(
        self, console: Made, store: Database, evening: datetime
    ) -> None:
        app = console()
        async with app.run_test(size=(120, 33)) as pilot:
            await pilot.press("i")
            await until_shown(pilot, lambda: isinstance(app.screen, IssueScreen))
            await pilot.press(*"王芳", "f10", *"13800001234", "tab", *"2530", "enter")
            await until_shown(pilot, lambda: "“2530” is no time of day" in words(app.screen))
            await pilot.press("backspace", "backspace", "backspace", "backspace", *"1930", "enter")
            await until_shown(pilot, lambda: "N001 is expected at 19:30" in words(app.query_one("#word")))
            await until_shown(pilot, lambda: "N001 王芳 19:30, in 60 min" in words(app.query_one("#sections")))
        row = bare(store).execute("SELECT name, phone, state FROM tickets").fetchone()
        assert tuple(row) == ("王芳", "1234", "expected")

    @pytest.mark.parametrize(
        ("typed", "wanted"),
        [
            ("21:30", "2026-03-02 21:30"),
            ("2130", "2026-03-02 21:30"),
            ("930", "2026-03-03 09:30"),
            ("21", "2026-03-02 21:00"),
            ("21：30", "2026-03-02 21:30"),
            ("18:30", "2026-03-02 18:30"),
            ("18:00", "2026-03-02 18:00"),
            ("17:59", "2026-03-03 17:59"),
            ("25:00", None),
            ("noon", None),
            ("12:60", None),
        ],
    )
    def test_a_time_is_the_next_one_of_that_name(self, evening: datetime, typed: str, wanted: str | None) -> None:
        found = slot_of(typed, evening, timedelta(minutes=30))
        assert (found and f"{found:%Y-%m-%d %H:%M}") == wanted


async def test_who_came_from_the_emergency_room_has_a_section_with_since_when(
    console: Made, desk: Desk, evening: datetime
) -> None:
    desk.issue("er", now=evening - timedelta(minutes=30), by=ME, name="王芳")
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        assert "FROM EMERGENCY" not in words(app.query_one("#sections"))
        desk.transfer("E001", to="tcm-night", now=evening - timedelta(minutes=12), by=ME)
        await until_shown(pilot, lambda: "FROM EMERGENCY 1" in words(app.query_one("#sections")))
        assert "E001 王芳 18:18, 12 min, waiting" in words(app.query_one("#sections"))


async def test_tonight_in_numbers_is_one_key(console: Made, desk: Desk, evening: datetime) -> None:
    for n in range(3):
        desk.issue("tcm-night", now=evening + timedelta(minutes=40 * n), by=ME)
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await pilot.press("equals_sign")
        await until_shown(pilot, lambda: isinstance(app.screen, ReadScreen))
        shown = words(app.screen)
        assert "Tonight, 2026-03-02" in shown
        assert "▅█  18:00–20:00  3" in shown
        assert "By clinic\n" in shown, "beside the day before there is no room"


@pytest.mark.parametrize(
    ("counts", "drawn"), [([], ""), ([0, 0], "▁▁"), ([1], "█"), ([0, 1, 2, 4], "▁▃▅█"), ([100, 1], "█▁")]
)
def test_a_sparkline_is_as_high_as_its_highest(counts: list[int], drawn: str) -> None:
    assert sparkline(counts) == drawn


async def test_a_word_that_is_no_news_any_more_stands_back_with_its_time(
    console: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nightdesk_kiosk.console.console_picture.WORD_SECONDS", 0.2)
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("u")
        await until_shown(pilot, lambda: app.query_one("#word").has_class("aged"))
        assert words(app.query_one("#word")).startswith("18:30  ")


class TestOverMidnight:
    async def test_a_console_that_stays_open_is_right_over_midnight_and_the_change_of_the_service_day(
        self, console: Made, desk: Desk, evening: datetime
    ) -> None:
        clock = MovingClock(evening.replace(hour=23, minute=50))
        desk.issue("bone", now=clock.at, by=ME, name="late")
        app = console(clinic="bone", room="bone-1", clock=clock, redraw_seconds=0.05)
        async with app.run_test(size=(120, 33)) as pilot:
            table = app.query_one(QueueTable)
            await until_shown(pilot, lambda: table.row_count == 1)
            clock.at += timedelta(minutes=20)
            await until_shown(pilot, lambda: words(app.query_one("#title")).startswith("00:10"))
            await until_shown(pilot, lambda: str(table.get_row_at(0)[5]).strip().startswith("20/"))
            second = desk.issue("bone", now=clock.at, by=ME)
            assert second.number == "B002", "the service day goes on until it changes"
            await until_shown(pilot, lambda: table.row_count == 2)
            clock.at = clock.at.replace(hour=8, minute=5)
            await until_shown(pilot, lambda: words(app.query_one("#title")).startswith("08:05"))
            assert desk.issue("bone", now=clock.at, by=ME).number == "B003", "a living number is not given again"
            await until_shown(pilot, lambda: table.row_count == 3)

    async def test_the_hour_that_comes_twice_makes_no_wait_longer_or_negative(
        self, console: Made, store: Database, hospital: Hospital
    ) -> None:
        berlin = hospital.changed(hospital=hospital.hospital.changed(timezone="Europe/Berlin"))
        zone = ZoneInfo("Europe/Berlin")
        came = datetime(2026, 10, 25, 2, 50, tzinfo=zone)
        Desk(store, berlin).issue("bone", now=came, by=ME)
        clock = MovingClock(datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=zone))
        app = console(clinic="bone", room="bone-1", clock=clock, hospital=berlin)
        async with app.run_test(size=(120, 33)) as pilot:
            table = app.query_one(QueueTable)
            await until_shown(pilot, lambda: table.row_count == 1)
            assert str(table.get_row_at(0)[5]).strip().startswith("20/")
            assert words(app.query_one("#title")).startswith("02:10")


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 33), (160, 45)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_console_of_an_evening_as_a_picture(
    console: Made,
    desk: Desk,
    evening: datetime,
    snap_compare: Any,
    size: tuple[int, int],
    language: str,
) -> None:
    evening += timedelta(minutes=60)
    names = ["黄静", "O’Brien, Séan", "张伟", "李娜", None, "[red]x[/]", "黄静", "孙丽"]
    for n, name in enumerate(names):
        groups = ["elderly"] if n == 3 else []
        desk.issue(
            "tcm-night", now=evening - timedelta(minutes=100 - 9 * n), by=ME, name=name, extra=True, priority=groups
        )
    desk.issue("er", now=evening - timedelta(minutes=50), by=ME, name="周强")
    desk.transfer("E001", to="tcm-night", now=evening - timedelta(minutes=20), by=ME)
    desk.call("tcm-2", now=evening - timedelta(minutes=7), by=By("wang", "console:tcm-2"))
    desk.hold("N003", now=evening - timedelta(minutes=12), by=ME, to="放射科 X-ray")
    desk.expect("tcm-night", now=evening, by=ME, name="陈晓燕", slot_at=evening + timedelta(minutes=24))
    app = console(language=language, clock=Clock(evening, 0.0))

    async def settle(pilot: Pilot[Any]) -> None:
        await until_shown(pilot, lambda: app.query_one(QueueTable).row_count == 10)
        await pilot.press("down")

    assert snap_compare(app, terminal_size=size, run_before=settle)
