"""The call screen from both sources: a database, or a serial line."""

from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from devices import Line
from piloting import until_shown, words

from nightdesk_displays import boardframe
from nightdesk_displays.screen_state import ScreenState, ShownCall, reason_for
from nightdesk_kiosk.board.app import BoardApp
from nightdesk_kiosk.board.board_view import CallRow
from nightdesk_kiosk.board.sources import DatabaseSource, SerialSource
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.widgets.big import Big
from nightdesk_kiosk.widgets.bigtext import BigText
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, open_database
from nightdesk_queue.text.bilingual import Text

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
NEVER = 3600.0
"""Seconds, longer than any test."""


def called(app: Any) -> list[str]:
    return [row.call.number for row in app.query(CallRow)]


def state(*numbers: str) -> ScreenState:
    room = Text(zh="1诊室", en="Room 1")
    return ScreenState(Text(zh="院", en="H"), tuple(ShownCall(n, n, room, AT, True, 1) for n in numbers), ("N009",))


async def test_the_board_follows_the_database(
    desk: Desk, store: Database, hospital: Hospital, clock: Clock, evening: datetime, nurse: By
) -> None:
    app = BoardApp(clock, hospital.zone, DatabaseSource(hospital, store, [], clock), look_seconds=NEVER)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: "请留意叫号" in words(app.board))
        for _ in range(2):
            desk.issue("tcm-night", now=evening, by=nurse)
        desk.call("tcm-1", now=evening, by=nurse)
        await until_shown(pilot, lambda: called(app) == ["N001"])
        row = app.query_one(CallRow)
        assert row.has_class("called")
        assert len(row.query_one(Big).drawn()) >= 4
        assert "请到 中医1诊室" in words(row)
        assert "please go to Room 1" in words(row)
        assert app.query_one("#following", Big).value == "N002"


async def test_the_board_shows_what_comes_over_a_serial_line_and_survives_garbage_and_a_pull(
    clock: Clock, hospital: Hospital, tmp_path: Path
) -> None:
    with Line(tmp_path / "tty") as line:
        app = BoardApp(clock, hospital.zone, SerialSource(str(line.path), 9600))
        async with app.run_test(size=(80, 24)) as pilot:
            await until_shown(pilot, lambda: "等待信号" in words(app.board))
            line.write(boardframe.encode(state("N001"), AT))
            await until_shown(pilot, lambda: called(app) == ["N001"])
            line.write(b"garbage\x00\x01\x02" + boardframe.encode(state("N666"), AT)[5:40])
            line.write(boardframe.encode(state("N003", "N002"), AT))
            await until_shown(pilot, lambda: called(app) == ["N003", "N002"])
            line.pull_out()
            line.plug_in()
            line_again = boardframe.encode(state("N004"), AT)
            await until_shown(pilot, lambda: line.write(line_again) is None and called(app) == ["N004"])


async def test_a_silent_line_is_said_to_be_silent_instead_of_showing_an_old_call(
    clock: Clock, hospital: Hospital, tmp_path: Path
) -> None:
    with Line(tmp_path / "tty") as line:
        app = BoardApp(clock, hospital.zone, SerialSource(str(line.path), 9600), silence_seconds=0.5)
        async with app.run_test(size=(80, 24)) as pilot:
            await until_shown(pilot, lambda: line.write(boardframe.encode(state("N001"), AT)) is None and called(app))
            await until_shown(pilot, lambda: "18:30 起没有数据" in words(app.board) and called(app) == [])


async def test_a_masked_name_stands_large_with_its_number(
    desk: Desk, store: Database, hospital: Hospital, clock: Clock, evening: datetime, nurse: By
) -> None:
    clinics = [clinic.changed(announce="masked_name") for clinic in hospital.clinic]
    named = hospital.changed(clinic=clinics)
    desk.issue("tcm-night", now=evening, by=nurse, name="张三丰")
    desk.issue("bone", now=evening, by=nurse, name="John Smith")
    desk.call("tcm-1", now=evening, by=nurse)
    desk.call("bone-1", now=evening, by=nurse)
    app = BoardApp(clock, hospital.zone, DatabaseSource(named, store, [], clock))
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: len(called(app)) == 2)
        for row in app.query(CallRow):
            assert not row.query(Big), "a digit font has no such letters"
            name = row.query(BigText).first()
            assert str(name.render()) == f"{row.call.label}\n{row.call.number}"
            drawn = name.drawn()
            assert not drawn or drawn[-1] == row.call.number


@pytest.mark.parametrize("size", [(80, 24), (120, 33)])
async def test_more_calls_than_a_board_has_rows_are_all_shown_in_turn(
    clock: Clock, hospital: Hospital, store: Database, size: tuple[int, int]
) -> None:
    app = BoardApp(
        clock, hospital.zone, DatabaseSource(hospital, store, [], clock), look_seconds=NEVER, turn_seconds=0.6
    )
    numbers = [f"N{n:03d}" for n in range(1, 9)]
    seen: set[str] = set()
    most = 0

    def look() -> bool:
        nonlocal most
        seen.update(called(app))
        most = max(most, len(called(app)))
        return seen == set(numbers)

    async with app.run_test(size=size) as pilot:
        await until_shown(pilot, lambda: app.board.state is not None)
        app.board.show(state(*numbers))
        await until_shown(pilot, look, 40)
    assert most < len(numbers)


async def test_long_notices_take_turns_and_none_is_cut(clock: Clock, hospital: Hospital, store: Database) -> None:
    app = BoardApp(
        clock, hospital.zone, DatabaseSource(hospital, store, [], clock), look_seconds=NEVER, turn_seconds=0.6
    )
    notices = tuple(Text(zh=f"{n}号诊室停诊：" + "台风" * 20, en=f"Room {n}: " + "typhoon " * 12) for n in range(1, 5))
    seen = ""

    def look() -> bool:
        nonlocal seen
        seen += words(app.query_one("#notice")) + "\n"
        return all(f"{n}号诊室停诊" in seen and f"Room {n}:" in seen.replace("\n", " ") for n in range(1, 5))

    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: app.board.state is not None)
        app.board.show(replace(state("N001"), notices=notices))
        await until_shown(pilot, look, 40)
        assert app.query_one("#notice").size.height <= 4
        assert called(app) == ["N001"]


async def test_a_silent_line_takes_its_notices_down_too(clock: Clock, hospital: Hospital, tmp_path: Path) -> None:
    with Line(tmp_path / "tty") as line:
        app = BoardApp(clock, hospital.zone, SerialSource(str(line.path), 9600), silence_seconds=0.5)
        async with app.run_test(size=(80, 24)) as pilot:
            said = replace(state("N001"), notices=(Text(zh="正骨停诊", en="Bone: suspended"),))
            frame = boardframe.encode(said, AT)
            await until_shown(pilot, lambda: line.write(frame) is None and "停诊" in words(app.query_one("#notice")))
            await until_shown(pilot, lambda: "18:30 起没有数据" in words(app.board))
            assert not app.query_one("#notice").display


async def test_a_database_that_is_removed_is_no_source_and_one_in_its_place_is(
    desk: Desk, store: Database, hospital: Hospital, clock: Clock, evening: datetime, nurse: By
) -> None:
    desk.issue("tcm-night", now=evening, by=nurse)
    desk.call("tcm-1", now=evening, by=nurse)
    source = DatabaseSource(hospital, store, [], clock)
    app = BoardApp(clock, hospital.zone, source, 0.5, look_seconds=0.1)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: called(app) == ["N001"])
        path = Path(store.where)
        for file in path.parent.glob(path.name + "*"):
            file.unlink()
        await until_shown(pilot, lambda: "No data since 18:30" in words(app.board))
        with open_database(f"sqlite:///{path}") as fresh:
            anew = Desk(fresh, hospital)
            anew.issue("bone", now=evening, by=nurse)
            anew.call("bone-1", now=evening, by=nurse)
            await until_shown(pilot, lambda: called(app) == ["B001"])


async def test_the_room_is_drawn_large_enough_for_the_far_end_of_the_hall(
    hospital: Hospital, store: Database, clock: Clock, evening: datetime, nurse: By
) -> None:
    desk = Desk(store, hospital)
    desk.issue("tcm-night", now=evening, by=nurse, priority=["veteran"])
    desk.call("tcm-1", now=evening, by=nurse)
    app = BoardApp(clock, hospital.zone, DatabaseSource(hospital, store, ["tcm-night"], clock))
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: app.query(BigText) and app.query_one(BigText).drawn())
        room = app.query_one(BigText)
        assert len(room.drawn()) >= 8
        assert "军" in room.drawn()[-1], "why this patient came first"
        assert "please go to Room 1" in room.drawn()[-1]
        await pilot.resize_terminal(80, 24)
        await until_shown(pilot, lambda: room.size.width < 60)
        assert "请到 中医1诊室" in str(room.render()), "plain words where large ones do not fit"


@pytest.mark.parametrize(("size", "numbers"), [((80, 24), 2), ((120, 33), 4)])
async def test_one_call_fills_the_screen_and_the_numbers_that_follow_are_large(
    hospital: Hospital,
    store: Database,
    clock: Clock,
    evening: datetime,
    nurse: By,
    size: tuple[int, int],
    numbers: int,
) -> None:
    desk = Desk(store, hospital)
    for _ in range(6):
        desk.issue("tcm-night", now=evening, by=nurse)
    desk.call("tcm-1", now=evening, by=nurse)
    app = BoardApp(clock, hospital.zone, DatabaseSource(hospital, store, ["tcm-night"], clock))
    async with app.run_test(size=size) as pilot:
        await until_shown(pilot, lambda: app.query(BigText) and app.query_one(BigText).drawn())
        row, following = app.query_one(CallRow), app.query_one("#following", Big)
        number, room = row.query_one(Big), row.query_one(BigText)
        # a screen of 30 cm: figures and rooms of at least 2.5 cm
        least = size[1] / 30 * 2.5
        assert len(number.drawn()) >= least
        assert len(room.drawn()) - 1 >= least
        assert len(following.drawn()) >= 4
        assert following.value.split() == [f"N{n:03}" for n in range(2, 2 + numbers)]
        assert row.region.height + following.region.height + 2 == size[1], "nothing is left black"
        desk.call("tcm-2", now=evening, by=nurse)
        await until_shown(pilot, lambda: len(app.query(CallRow)) == 2)


@pytest.mark.parametrize("calls", [1, 2, 5])
async def test_a_room_is_large_in_both_languages_on_a_screen_of_24_rows_too(
    hospital: Hospital, store: Database, clock: Clock, calls: int
) -> None:
    source = DatabaseSource(hospital, store, [], clock)
    app = BoardApp(clock, hospital.zone, source, look_seconds=NEVER, turn_seconds=0.6)
    numbers = [f"N{n:03d}" for n in range(1, calls + 1)]
    large: dict[str, set[str]] = {number: set() for number in numbers}

    def look() -> bool:
        for row in app.query(CallRow):
            drawn = row.query(BigText).first().drawn() if row.query(BigText) else []
            if drawn:
                assert "1诊室" in drawn[-1] or "Room 1" in drawn[-1]
                # a screen of 24 rows is 30 cm high: two rows are 2.5 cm
                assert len(drawn) - 1 >= 4
                large[row.call.number].add("en" if "1诊室" in drawn[-1] else "zh")
        return all(languages == {"en", "zh"} for languages in large.values())

    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: app.board.state is not None)
        app.board.show(state(*numbers))
        await until_shown(pilot, look, 40)


def test_how_ill_somebody_is_stands_on_no_screen(hospital: Hospital, desk: Desk, evening: datetime, nurse: By) -> None:
    ticket = desk.issue("tcm-night", now=evening, by=nurse, level=3)
    assert reason_for(ticket, hospital) is None


async def test_a_board_whose_database_is_away_takes_the_old_calls_down(
    hospital: Hospital, store: Database, clock: Clock, evening: datetime, nurse: By, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(store, hospital)
    desk.issue("tcm-night", now=evening, by=nurse)
    desk.call("tcm-1", now=evening, by=nurse)
    source = DatabaseSource(hospital, store, ["tcm-night"], clock)
    app = BoardApp(clock, hospital.zone, source, 0.3, look_seconds=0.05)
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: app.query(BigText))

        def away() -> None:
            raise Fault("database_io", Text(zh="坏了", en="broken"))

        monkeypatch.setattr(source, "state", away)
        await until_shown(pilot, lambda: "No data since 18:30" in words(app.board))
        await until_shown(pilot, lambda: not app.query(BigText))


def test_the_virtual_sign_is_a_process_that_draws_and_breaks_by_words() -> None:
    command = [sys.executable, "-m", "nightdesk_kiosk", "sign", "--protocol", "ascii", "--port", "0"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert process.stdout is not None
    first = process.stderr.readline()
    port = int(first.rpartition(":")[2].partition('"')[0])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"N012 Room 1\r\n")
        drawn = ""
        while "N012 Room 1" not in drawn:
            drawn = process.stdout.readline()
            assert drawn
    _, err = process.communicate("silent\nnonsense\nquit\n", timeout=30)
    assert process.returncode == 0
    assert "nonsense is not understood" in err
