"""The doctor's view of one room, and physical call buttons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st
from looking import look
from piloting import until_shown, words
from refusing import refused
from textual.pilot import Pilot

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.buttons import Matcher, buttons_of
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.dialogs import Choice
from nightdesk_kiosk.console.doctor_view import STEPS
from nightdesk_kiosk.widgets.big import Big
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_ports.emulated_lines import EmulatedSerial
from nightdesk_queue.commands import calling
from nightdesk_queue.commands.pin_hashing import hashed
from nightdesk_queue.commands.staff import add_member
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.device_tables import Button
from nightdesk_queue.domain.people import By, Role
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, tickets

ME, OTHER = By("liu", "console:tcm-1"), By("wang", "console:tcm-2")
Made = Callable[..., ConsoleApp]
DOCTORS = (60, 20)


@pytest.fixture
def console(hospital: Hospital, store: Database, evening: datetime) -> Made:
    def make(after: float = 0, hospital: Hospital = hospital, **more: Any) -> ConsoleApp:
        desk = ConsoleDesk(hospital, store, Clock(evening + timedelta(minutes=after), 0.0), ME)
        return ConsoleApp(desk, "tcm-night", "tcm-1", **{"language": "en", "doctor": True, **more})

    return make


@pytest.fixture
def queue(desk: Desk, evening: datetime) -> list[Ticket]:
    return [desk.issue("tcm-night", now=evening, by=ME, name=f"患者{n}") for n in range(4)]


def state(store: Database, ticket: Ticket) -> State:
    found = tickets.by_id(look(store), ticket.id)
    assert found is not None
    return found.state


def number(app: ConsoleApp) -> str:
    return app.query_one(Big).value


async def shows(pilot: Pilot[Any], value: str) -> None:
    app: Any = pilot.app
    await until_shown(pilot, lambda: number(app) == value)


class TestNextFinishes:
    def test_next_finishes_whoever_is_inside_and_one_undo_takes_both_back(
        self, desk: Desk, store: Database, queue: list[Ticket], evening: datetime
    ) -> None:
        desk.call("tcm-1", now=evening, by=ME)
        desk.start("N001", now=evening, by=ME)
        desk.do(lambda work: calling.call_next(work, "tcm-1"), evening + timedelta(minutes=5), ME)
        assert [state(store, one) for one in queue[:2]] == [State.DONE, State.CALLED]
        desk.undo(now=evening + timedelta(minutes=6), by=ME)
        assert [state(store, one) for one in queue[:2]] == [State.SERVING, State.WAITING]

    def test_who_was_called_and_has_not_come_is_not_done(
        self, desk: Desk, store: Database, queue: list[Ticket], evening: datetime
    ) -> None:
        desk.call("tcm-1", now=evening, by=ME)
        with refused("room_busy"):
            desk.do(lambda work: calling.call_next(work, "tcm-1"), evening, ME)
        assert state(store, queue[0]) is State.CALLED

    def test_a_key_that_bounces_finishes_nobody_who_was_called_a_moment_ago(
        self, desk: Desk, store: Database, queue: list[Ticket], evening: datetime
    ) -> None:
        for after, refusal in ((0, None), (1, "just_called"), (9, "just_called"), (10, None)):
            at = evening + timedelta(seconds=after)
            if refusal is None:
                desk.do(lambda work: calling.call_next(work, "tcm-1", came=True), at, ME)
            else:
                with refused(refusal):
                    desk.do(lambda work: calling.call_next(work, "tcm-1", came=True), at, ME)
        assert [state(store, one) for one in queue[:3]] == [State.DONE, State.CALLED, State.WAITING]

    def test_nobody_is_finished_in_the_place_of_whom_somebody_has_seen(
        self, desk: Desk, store: Database, queue: list[Ticket], evening: datetime
    ) -> None:
        desk.call("tcm-1", now=evening, by=ME)
        desk.miss("N001", now=evening, by=OTHER)
        desk.call("tcm-1", now=evening, by=OTHER)
        for seen in (calling.Seen(queue[0].id), calling.Seen(None)):
            with refused("another_inside"):
                desk.do(lambda work, seen=seen: calling.call_next(work, "tcm-1", came=True, seen=seen), evening, ME)
        assert state(store, queue[1]) is State.CALLED

    def test_where_nobody_waits_nobody_is_finished(self, desk: Desk, store: Database, evening: datetime) -> None:
        only = desk.issue("tcm-night", now=evening, by=ME)
        desk.call("tcm-1", now=evening, by=ME)
        desk.start("N001", now=evening, by=ME)
        with refused("nobody_waiting"):
            desk.do(lambda work: calling.call_next(work, "tcm-1"), evening, ME)
        assert state(store, only) is State.SERVING


class TestView:
    async def test_a_consultation_is_two_keys(self, console: Made, store: Database, queue: list[Ticket]) -> None:
        app = console()
        async with app.run_test(size=DOCTORS) as pilot:
            await until_shown(pilot, lambda: "N calls N001" in words(app.query_one("#state")))
            await pilot.press("n")
            await shows(pilot, "N001")
            assert "CALLED 1 of 3" in words(app.query_one("#state"))
            await pilot.press("s")
            await until_shown(pilot, lambda: "inside for 0 min" in words(app.query_one("#state")))
            await pilot.press("n")
            await shows(pilot, "N002")
        assert state(store, queue[0]) is State.DONE

    async def test_of_who_was_called_and_not_started_next_asks_whether_they_came(
        self, console: Made, store: Database, queue: list[Ticket]
    ) -> None:
        app = console()
        async with app.run_test(size=DOCTORS) as pilot:
            await pilot.press("n")
            await shows(pilot, "N001")
            await pilot.press("n")
            await until_shown(pilot, lambda: isinstance(app.screen, Choice) and "Did they come?" in words(app.screen))
            await pilot.press("2")
            await shows(pilot, "N002")
            await pilot.press("n")
            await until_shown(pilot, lambda: isinstance(app.screen, Choice))
            await pilot.press("3")
            await shows(pilot, "N003")
        assert [state(store, one) for one in queue[:3]] == [State.DONE, State.MISSED, State.CALLED]

    async def test_where_that_is_the_rule_next_finishes_who_was_called(
        self, console: Made, hospital: Hospital, store: Database, desk: Desk, queue: list[Ticket], evening: datetime
    ) -> None:
        rule = hospital.console.changed(next_finishes_called=True)
        desk.call("tcm-1", now=evening, by=ME)
        app = console(hospital=hospital.changed(console=rule), after=2)
        async with app.run_test(size=DOCTORS) as pilot:
            await shows(pilot, "N001")
            await pilot.press("n", "n", "n")
            await shows(pilot, "N002")
            await until_shown(pilot, lambda: "was called just now" in words(app.query_one("#word")))
        assert state(store, queue[0]) is State.DONE

    async def test_everything_the_doctor_needs_is_in_sight_and_nothing_is_cut(
        self, console: Made, desk: Desk, queue: list[Ticket], evening: datetime
    ) -> None:
        desk.hold("N002", now=evening, by=OTHER, to="X-ray")
        for _ in range(3):
            desk.issue("tcm-night", now=evening, by=ME)
        desk.call("tcm-2", now=evening, by=OTHER)
        desk.recall("N001", now=evening, by=OTHER)
        desk.recall("N001", now=evening, by=OTHER)
        desk.miss("N001", now=evening, by=OTHER)
        app = console(after=12.1)
        async with app.run_test(size=DOCTORS) as pilot:
            await until_shown(pilot, lambda: "N003" in words(app.query_one("#lists")))
            shown = words(app.query_one("#lists"))
            assert "next  N003 患者2 IV 12/90 by arrival" in shown
            assert "away  N002 患者1 X-ray 12 min (J: is here)" in shown
            assert "miss  N001 患者0, 1 times (J: is here)" in shown
            for step in STEPS:
                tap = app.query_one(f"#step-{step}", Tap)
                assert len(str(tap.render())) <= tap.size.width, step

    async def test_who_is_back_is_asked_for_only_where_it_could_be_several(
        self, console: Made, store: Database, desk: Desk, queue: list[Ticket], evening: datetime
    ) -> None:
        desk.hold("N002", now=evening, by=OTHER)
        app = console()
        async with app.run_test(size=DOCTORS) as pilot:
            await until_shown(pilot, lambda: "away" in words(app.query_one("#lists")))
            await pilot.press("j")
            await until_shown(pilot, lambda: state(store, queue[1]) is State.WAITING)
            desk.hold("N003", now=evening, by=OTHER)
            desk.hold("N004", now=evening, by=OTHER)
            await until_shown(pilot, lambda: words(app.query_one("#lists")).count("J: is here") == 2)
            await pilot.press("j")
            await until_shown(pilot, lambda: isinstance(app.screen, Choice) and "Who has come" in words(app.screen))
            await pilot.press("2")
            await until_shown(pilot, lambda: state(store, queue[3]) is State.WAITING)
        assert state(store, queue[2]) is State.HELD

    async def test_who_was_found_is_acted_on_until_escape(
        self, console: Made, store: Database, desk: Desk, queue: list[Ticket], evening: datetime
    ) -> None:
        desk.call("tcm-1", now=evening, by=ME)
        app = console()
        async with app.run_test(size=DOCTORS) as pilot:
            await shows(pilot, "N001")
            await pilot.press("slash", *"n4", "enter")
            await shows(pilot, "N004")
            await pilot.press("h")
            await until_shown(pilot, lambda: state(store, queue[3]) is State.HELD)
            await pilot.press("escape")
            await shows(pilot, "N001")
            await pilot.press("s")
            await until_shown(pilot, lambda: state(store, queue[0]) is State.SERVING)

    async def test_who_waits_at_another_clinic_is_told_of_and_the_view_keeps_its_room(
        self, console: Made, store: Database, desk: Desk, queue: list[Ticket], evening: datetime
    ) -> None:
        bone = desk.issue("bone", now=evening, by=OTHER, name="Bone One")
        app = console()
        async with app.run_test(size=DOCTORS) as pilot:
            await pilot.press("slash", *"bone one", "enter")
            await until_shown(pilot, lambda: isinstance(app.screen, Choice) and "B001 Bone One" in words(app.screen))
            await pilot.press("escape", "n")
            await shows(pilot, "N001")
        assert state(store, bone) is State.WAITING

    async def test_who_was_found_and_comes_into_the_room_is_its_patient_and_stays_found_nowhere_else(
        self, console: Made, store: Database, desk: Desk, queue: list[Ticket], evening: datetime
    ) -> None:
        app = console()
        async with app.run_test(size=DOCTORS) as pilot:
            await until_shown(pilot, lambda: "N calls N001" in words(app.query_one("#state")))
            await pilot.press("slash", *"n4", "enter")
            await shows(pilot, "N004")
            await pilot.press("g")
            await until_shown(pilot, lambda: "out of turn" in words(app.screen))
            await pilot.press("1")
            await until_shown(pilot, lambda: state(store, queue[3]) is State.CALLED)
            await pilot.press("s")
            await until_shown(pilot, lambda: state(store, queue[3]) is State.SERVING)
            await pilot.press("h")
            await until_shown(pilot, lambda: state(store, queue[3]) is State.HELD)
            await pilot.press("n")
            await shows(pilot, "N001")

    async def test_keys_of_the_hall_and_digits_do_nothing_here(
        self, console: Made, store: Database, queue: list[Ticket]
    ) -> None:
        app = console()
        async with app.run_test(size=DOCTORS) as pilot:
            await pilot.press("c", "2", "n")
            await shows(pilot, "N001")
        with store.snapshot() as tx:
            assert tickets.in_room(tx, "tcm-1") is not None

    async def test_an_empty_terminal_of_that_size_is_not_covered(self, console: Made) -> None:
        app = console()
        async with app.run_test(size=DOCTORS) as pilot:
            await until_shown(pilot, lambda: "nobody waits" in words(app.query_one("#state")))
            assert len(app.screen_stack) == 1

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_it_as_a_picture(
        self, console: Made, desk: Desk, queue: list[Ticket], evening: datetime, snap_compare: Any, language: str
    ) -> None:
        desk.call("tcm-1", now=evening, by=ME)
        app = console(language=language)

        async def settle(pilot: Pilot[Any]) -> None:
            await shows(pilot, "N001")

        assert snap_compare(app, terminal_size=DOCTORS, run_before=settle)


def button(command: str = "next", **more: Any) -> Button:
    return Button.read({"room": "tcm-1", "command": command, **more})


class TestButtons:
    @pytest.fixture
    def with_pedal(self, hospital: Hospital) -> Hospital:
        keys = {"next": "f13", "recall": "f14", "start": "f15", "finish": "f16", "miss": "f17"}
        found = [button(command, key=key) for command, key in keys.items()]
        return hospital.changed(button=[*found, button(key="f20").changed(room="tcm-2")])

    @pytest.mark.parametrize("doctor", [True, False])
    async def test_a_pedal_calls_starts_and_finishes_without_looking(
        self, console: Made, with_pedal: Hospital, store: Database, queue: list[Ticket], doctor: bool
    ) -> None:
        app = console(hospital=with_pedal, doctor=doctor)
        async with app.run_test(size=(120, 33)) as pilot:
            await pilot.press("f13")
            await until_shown(pilot, lambda: state(store, queue[0]) is State.CALLED)
            await pilot.press("question_mark")
            await until_shown(pilot, lambda: len(app.screen_stack) == 2)
            await pilot.press("f15")
            await until_shown(pilot, lambda: state(store, queue[0]) is State.SERVING)
            await pilot.press("f16")
            await until_shown(pilot, lambda: state(store, queue[0]) is State.DONE)
            await pilot.press("f14")
            await until_shown(pilot, lambda: "nobody is in Room 1" in words(app.console_view.query_one("#word")))

    async def test_another_rooms_button_does_nothing_here(
        self, console: Made, with_pedal: Hospital, store: Database, queue: list[Ticket]
    ) -> None:
        app = console(hospital=with_pedal)
        async with app.run_test(size=DOCTORS) as pilot:
            await pilot.press("f20", "f13")
            await until_shown(pilot, lambda: state(store, queue[0]) is State.CALLED)
        with store.snapshot() as tx:
            assert tickets.in_room(tx, "tcm-2") is None

    async def test_a_locked_console_takes_no_button(
        self, console: Made, with_pedal: Hospital, store: Database, desk: Desk, queue: list[Ticket], evening: datetime
    ) -> None:
        desk.do(lambda work: add_member(work, "liu", None, Role.ADMIN, hashed("4719")), evening, ME)
        app = console(hospital=with_pedal)
        async with app.run_test(size=DOCTORS) as pilot:
            await pilot.press("f13")
            await until_shown(pilot, lambda: "Locked" in words(app.query_one("#word")))
        assert state(store, queue[0]) is State.WAITING

    async def test_bytes_on_a_serial_line_call_also_after_the_line_was_away(
        self, console: Made, hospital: Hospital, store: Database, queue: list[Ticket]
    ) -> None:
        line = EmulatedSerial()
        line.listen()
        wired = hospital.changed(
            button=[
                button("next", port=line.address, bytes="01 4E"),
                button("start", port=line.address, bytes="01 53"),
            ]
        )
        app = console(hospital=wired)
        try:
            async with app.run_test(size=DOCTORS) as pilot:
                await until_shown(pilot, lambda: "waiting" in words(app.query_one("#title")))
                line.write(b"\x00\xff\x01")
                line.write(b"N")
                await until_shown(pilot, lambda: state(store, queue[0]) is State.CALLED)
                line.write(b"\x01S")
                await until_shown(pilot, lambda: state(store, queue[0]) is State.SERVING)
        finally:
            line.close()

    async def test_a_line_that_is_not_there_is_said_once_and_the_console_goes_on(
        self, console: Made, hospital: Hospital, store: Database, queue: list[Ticket]
    ) -> None:
        wired = hospital.changed(button=[button(port="/dev/nightdesk-no-such-line", bytes="01")])
        app = console(hospital=wired)
        async with app.run_test(size=DOCTORS) as pilot:
            await until_shown(pilot, lambda: "cannot be read" in words(app.query_one("#word")))
            await pilot.press("n")
            await until_shown(pilot, lambda: state(store, queue[0]) is State.CALLED)

    def test_a_console_reads_the_buttons_of_its_room_and_no_others(self, with_pedal: Hospital) -> None:
        assert [len(buttons_of(with_pedal, room)) for room in ("tcm-1", "tcm-2", None)] == [5, 1, 0]

    @given(noise=st.binary(max_size=40), cuts=st.lists(st.integers(1, 5), max_size=20))
    def test_a_pattern_is_found_however_it_is_cut_and_whatever_came_before(self, noise: bytes, cuts: list[int]) -> None:
        call, start = button(port="/dev/x", bytes="01 4E 0D"), button("start", port="/dev/x", bytes="01 53 0D")
        quiet = noise.replace(b"\r", b"")
        data = quiet + b"\x01N\r" + quiet + b"\x01S\r"
        matcher, found = Matcher([call, start]), []
        for size in cuts:
            found += matcher.feed(data[:size])
            data = data[size:]
        assert [*found, *matcher.feed(data)] == [call, start]
