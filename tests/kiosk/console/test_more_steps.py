"""Steps with forms and words: transfers with what they give, notes, badges, rooms, leftovers, several steps back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from desk import Desk
from looking import look
from piloting import until_shown, words
from textual.command import CommandPalette
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.console_view import ConsoleView
from nightdesk_kiosk.console.dialogs import Choice, WordsScreen
from nightdesk_kiosk.console.issuing import IssueScreen
from nightdesk_kiosk.console.queue_table import QueueTable
from nightdesk_kiosk.console.reading import ReadScreen
from nightdesk_kiosk.console.steps import KEYS
from nightdesk_kiosk.console.transfer_form import TransferForm
from nightdesk_queue.commands.clinic_operations import resume
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.rules.hours import opening
from nightdesk_queue.store import Database, clinics, tickets

ME, OTHER = By("liu", "console:tcm-1"), By("wang", "console:tcm-2")
Made = Callable[..., ConsoleApp]


@pytest.fixture
def console(hospital: Hospital, store: Database, evening: datetime) -> Made:
    def make(clinic: str = "tcm-night", room: str | None = "tcm-1", after: float = 0, **more: Any) -> ConsoleApp:
        desk = ConsoleDesk(hospital, store, Clock(evening + timedelta(minutes=after), 0.0), ME)
        return ConsoleApp(desk, clinic, room, language="en", **more)

    return make


@pytest.fixture
def queue(desk: Desk, evening: datetime) -> list[Ticket]:
    return [desk.issue("tcm-night", now=evening, by=ME, name=f"患者{n}") for n in range(4)]


def now_of(store: Database, ticket: Ticket) -> Ticket:
    found = tickets.by_id(look(store), ticket.id)
    assert found is not None
    return found


async def listed(pilot: Pilot[Any], rows: int) -> None:
    await until_shown(pilot, lambda: pilot.app.query_one(QueueTable).row_count == rows)


async def opened(pilot: Pilot[Any], screen: type, *parts: str) -> None:
    await until_shown(
        pilot,
        lambda: isinstance(pilot.app.screen, screen) and all(part in words(pilot.app.screen) for part in parts),
    )


class TestTransfers:
    async def test_place_and_wait_are_shown_before_anything_is_done(
        self, console: Made, store: Database, queue: list[Ticket], desk: Desk, evening: datetime
    ) -> None:
        for _ in range(2):
            desk.issue("bone", now=evening, by=OTHER)
        app = console(after=30)
        async with app.run_test(size=(120, 33)) as pilot:
            await listed(pilot, 4)
            await pilot.press("t")
            await opened(pilot, TransferForm, "Where shall N001 患者0", "24-hour bone-setting clinic: place 1,")
            assert now_of(store, queue[0]).clinic == "tcm-night"

    async def test_level_way_back_and_reason_go_along(
        self, console: Made, store: Database, queue: list[Ticket], desk: Desk, evening: datetime
    ) -> None:
        desk.issue("bone", now=evening - timedelta(minutes=10), by=OTHER)
        app = console()
        async with app.run_test(size=(120, 33)) as pilot:
            await listed(pilot, 4)
            await pilot.press("t")
            await opened(pilot, TransferForm, "bone-setting clinic: place 2,")
            await pilot.press("v")
            await opened(pilot, TransferForm, "level III", "bone-setting clinic: place 1,")
            await pilot.press("b", "r", *"2nd look", "enter", "2")
            await until_shown(pilot, lambda: now_of(store, queue[0]).clinic == "bone")
        moved = now_of(store, queue[0])
        assert (moved.level, moved.ways_back) == (3, ("tcm-night",))
        with store.snapshot() as tx:
            row = tx.row("SELECT reason FROM events WHERE kind = 'transfer'")
        assert row is not None
        assert row["reason"] == "2nd look", "a digit that is typed belongs to the reason"

    async def test_a_clinic_that_takes_nobody_says_why_and_refuses(
        self, console: Made, store: Database, queue: list[Ticket], desk: Desk, evening: datetime
    ) -> None:
        desk.suspend("bone", now=evening, by=OTHER)
        app = console()
        async with app.run_test(size=(120, 33)) as pilot:
            await listed(pilot, 4)
            await pilot.press("t")
            await opened(pilot, TransferForm, "suspended")
            await pilot.press("2")
            await until_shown(pilot, lambda: "Not now" in words(app.query_one("#word")))
        assert now_of(store, queue[0]).clinic == "tcm-night"


class TestWords:
    async def test_a_note_is_offered_or_written_and_stands_beside_the_patient(
        self, console: Made, store: Database, queue: list[Ticket]
    ) -> None:
        app = console()
        async with app.run_test(size=(120, 33)) as pilot:
            await listed(pilot, 4)
            await pilot.press("d")
            await opened(pilot, WordsScreen, "Note on N001 患者0", "now: none")
            await pilot.press("1")
            await until_shown(pilot, lambda: "NOTE 听力不好 hears badly" in words(app.query_one("#about")))
            await pilot.press("down", "d")
            await opened(pilot, WordsScreen, "Note on N002")
            await pilot.press(*"has 2 children", "enter")
            await until_shown(pilot, lambda: now_of(store, queue[1]).note == "has 2 children")
            await pilot.press("d")
            await opened(pilot, WordsScreen, "now: has 2 children")
            await pilot.press("escape")
            await until_shown(pilot, lambda: not isinstance(app.screen, WordsScreen))
            assert now_of(store, queue[1]).note == "has 2 children"
            await pilot.press("d")
            await opened(pilot, WordsScreen, "now: has 2 children")
            await pilot.press("enter")
            await until_shown(pilot, lambda: now_of(store, queue[1]).note is None)

    async def test_who_is_next_needs_no_reason(self, console: Made, store: Database, queue: list[Ticket]) -> None:
        app = console()
        async with app.run_test(size=(120, 33)) as pilot:
            await listed(pilot, 4)
            await pilot.press("home", "g")
            await until_shown(pilot, lambda: now_of(store, queue[0]).state is State.CALLED)

    async def test_a_suspension_has_a_notice_for_patients(self, console: Made, store: Database) -> None:
        app = console()
        async with app.run_test(size=(120, 33)) as pilot:
            await pilot.press("o")
            await opened(pilot, Choice, "at work")
            await pilot.press("2")
            await opened(pilot, WordsScreen, "which notice")
            await pilot.press(*"back at 9", "enter")
            await until_shown(pilot, lambda: "suspended" in words(app.query_one("#title")))
        assert clinics.all_of(look(store))["tcm-night"].notice == "back at 9"

    async def test_a_clinic_moves_to_another_room_and_back(
        self, console: Made, store: Database, hospital: Hospital
    ) -> None:
        app = console()
        async with app.run_test(size=(120, 33)) as pilot:
            await pilot.press("o")
            await opened(pilot, Choice, "Move it")
            await pilot.press("3")
            await opened(pilot, Choice, "To which room", "Back to its own rooms")
            choice: Any = app.screen
            digit = next(one.digit for one in choice.answers if one.label == hospital.room_name("er-2").en)
            await pilot.press(str(digit))
            await until_shown(pilot, lambda: hospital.room_name("er-2").en in words(app.query_one("#rooms")))
        assert clinics.all_of(look(store))["tcm-night"].rooms == ("er-2",)


async def test_a_badge_is_given_and_taken_away(console: Made, store: Database, queue: list[Ticket]) -> None:
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        await pilot.press("end", "q")
        await opened(pilot, Choice, "Who goes first: N004 患者3")
        await pilot.press("1")
        await until_shown(pilot, lambda: now_of(store, queue[3]).priority != ())
        await pilot.press("q")
        await opened(pilot, Choice, "take away")
        await pilot.press("1")
        await until_shown(pilot, lambda: now_of(store, queue[3]).priority == ())


async def test_all_leftovers_of_a_session_take_two_keys_and_one_undo(
    console: Made, store: Database, queue: list[Ticket]
) -> None:
    app = console(after=4 * 60)
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: "4 undecided" in words(app.query_one("#trouble")))
        await pilot.press("e")
        await opened(pilot, Choice, "All 4: release")
        await pilot.press("5")
        await until_shown(pilot, lambda: all(now_of(store, one).state is State.CANCELLED for one in queue))
        await until_shown(pilot, lambda: "4 patients: cancel" in words(app.query_one("#word")))
        await pilot.press("u")
        await opened(pilot, Choice, "Take back")
        await pilot.press("2")
        await until_shown(pilot, lambda: all(now_of(store, one).state is State.WAITING for one in queue))


async def test_several_steps_are_taken_back_at_once_with_their_times(
    console: Made, store: Database, queue: list[Ticket], desk: Desk, evening: datetime
) -> None:
    desk.call("tcm-1", now=evening, by=ME)
    desk.start("N001", now=evening + timedelta(minutes=2), by=ME)
    app = console(after=3)
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        await pilot.press("u")
        await opened(pilot, Choice, "18:32 N001 start", "18:30 N001 call (these 2)")
        await pilot.press("3")
        await until_shown(pilot, lambda: now_of(store, queue[0]).state is State.WAITING)
        await until_shown(pilot, lambda: "2 steps are taken back" in words(app.query_one("#word")))


class TestReading:
    async def test_every_key_is_explained_on_one_page(self, console: Made) -> None:
        app = console()
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("question_mark")
            await opened(pilot, ReadScreen, *(key.label.en for key in KEYS), "Ctrl+P")
            await pilot.press("escape")
            await until_shown(pilot, lambda: not isinstance(app.screen, ReadScreen))

    async def test_every_trouble_stands_on_one_page_however_many(
        self, console: Made, desk: Desk, evening: datetime
    ) -> None:
        for _ in range(9):
            desk.issue("bone", now=evening + timedelta(hours=8), by=ME)
        app = console(clinic="bone", room=None, after=8 * 60)
        async with app.run_test(size=(80, 24)) as pilot:
            await until_shown(pilot, lambda: "... and " in words(app.query_one("#trouble")))
            await pilot.press("exclamation_mark")
            await opened(pilot, ReadScreen, *(f"B00{n}, round 1" for n in range(1, 10)))

    async def test_a_step_is_found_by_its_words(self, console: Made, store: Database, queue: list[Ticket]) -> None:
        app = console()
        async with app.run_test(size=(120, 33)) as pilot:
            await listed(pilot, 4)
            await pilot.press("ctrl+p")
            await until_shown(pilot, lambda: isinstance(app.screen, CommandPalette))
            await pilot.press(*"call the next")
            await until_shown(pilot, lambda: app.screen.query_one("OptionList").option_count > 0)  # type: ignore[attr-defined]
            await pilot.press("down", "enter")
            await until_shown(pilot, lambda: now_of(store, queue[0]).state is State.CALLED)


class TestSeveralClinics:
    async def test_all_clinics_stand_in_one_list_and_a_room_decides_whom_next_calls(
        self, console: Made, store: Database, queue: list[Ticket], desk: Desk, evening: datetime
    ) -> None:
        bone = desk.issue("bone", now=evening, by=ME)
        app = console(room=None)
        async with app.run_test(size=(160, 45)) as pilot:
            await listed(pilot, 4)
            await pilot.press("c")
            await opened(pilot, Choice, "All clinics in one list")
            await pilot.press("0")
            await listed(pilot, 5)
            assert "5 waiting" in words(app.query_one("#title"))
            view = app.query_one(ConsoleView)
            view.action_room(view.look.room_ids.index("bone-1") + 1)  # type: ignore[union-attr]
            await pilot.press("n")
            await until_shown(pilot, lambda: now_of(store, bone).state is State.CALLED)

    async def test_a_step_for_a_clinic_asks_which(self, console: Made, store: Database) -> None:
        app = console(every_clinic=True)
        async with app.run_test(size=(160, 45)) as pilot:
            await pilot.press("o")
            await opened(pilot, Choice, "24-hour bone-setting clinic")
            await pilot.press("2")
            await opened(pilot, Choice, "24-hour bone-setting clinic: at work")

    async def test_two_consoles_side_by_side_each_keep_to_their_clinic(
        self, console: Made, store: Database, queue: list[Ticket], desk: Desk, evening: datetime
    ) -> None:
        bone = desk.issue("bone", now=evening, by=ME)
        app = console(beside=["bone"])
        async with app.run_test(size=(200, 45)) as pilot:
            views = list(app.query(ConsoleView))
            await until_shown(pilot, lambda: [one.query_one(QueueTable).row_count for one in views] == [4, 1])
            views[1].query_one(QueueTable).focus()
            await pilot.press("1", "n")
            await until_shown(pilot, lambda: now_of(store, bone).state is State.CALLED)
            assert all(now_of(store, one).state is State.WAITING for one in queue)


async def test_only_alarms_in_sight_are_acknowledged(
    console: Made, store: Database, desk: Desk, evening: datetime
) -> None:
    desk.alarm(EventKind.CLOCK_STEP, now=evening, by=By("service", "run"))
    for n in range(4):
        desk.alarm(EventKind.RED_FLAG, now=evening, by=By.at_kiosk(f"lobby-{n}"))
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: words(app.query_one("#trouble")).count("danger sign") == 3)
        await pilot.press("a")
        await until_shown(pilot, lambda: len(open_alarms(look(store))) == 2)
    kinds = [event.kind for event in open_alarms(look(store))]
    assert sorted(kinds) == [EventKind.CLOCK_STEP, EventKind.RED_FLAG], "what was out of sight stays open"


async def test_a_tap_on_a_patient_of_a_section_chooses_them(
    console: Made, store: Database, queue: list[Ticket], desk: Desk, evening: datetime
) -> None:
    desk.hold("N003", now=evening, by=OTHER)
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: "N003" in words(app.query_one("#sections")))
        row = words(app.query_one("#sections")).splitlines().index(" N003 患者2  0/45")
        await pilot.click("#sections", offset=(4, row))
        await until_shown(pilot, lambda: "N003" in words(app.query_one("#about")))
        await pilot.press("b")
        await until_shown(pilot, lambda: now_of(store, queue[2]).state is State.WAITING)


def test_the_evening_is_open(hospital: Hospital, evening: datetime) -> None:
    assert opening(hospital.clinics["tcm-night"], hospital, evening).issuing


async def test_the_form_keeps_what_was_typed_before_it_had_the_focus(console: Made, queue: list[Ticket]) -> None:
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        await pilot.press("d", *"abc")
        await opened(pilot, WordsScreen)
        await until_shown(pilot, lambda: app.screen.query_one(Input).value == "abc")


async def test_words_that_come_at_once_are_all_taken(console: Made, store: Database, queue: list[Ticket]) -> None:
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        await pilot.press("d")
        await opened(pilot, WordsScreen)
        for character in "听力不好3":
            app.post_message(Key(character, character))
        await until_shown(pilot, lambda: app.screen.query_one(Input).value == "听力不好3")
        await pilot.press("enter")
        await until_shown(pilot, lambda: now_of(store, queue[0]).note == "听力不好3")


async def test_a_form_that_is_refused_keeps_what_was_typed_and_says_why(
    console: Made, store: Database, desk: Desk, evening: datetime
) -> None:
    desk.suspend("tcm-night", now=evening, by=OTHER)
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await pilot.press("i", *"Wang", "enter")
        await opened(pilot, IssueScreen, "Not now")
        assert app.screen.query(Input).first().value == "Wang"
        desk.do(lambda work: resume(work, "tcm-night"), evening, OTHER)
        await pilot.press("enter")
        await until_shown(pilot, lambda: "N001 is given" in words(app.query_one("#word")))


async def test_a_telephone_number_that_is_none_is_told(console: Made, store: Database) -> None:
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await pilot.press("i", "f10", *"25:99", "enter")
        await opened(pilot, IssueScreen, "“25:99” is no telephone number")
        await pilot.press("escape")
        await until_shown(pilot, lambda: not isinstance(app.screen, IssueScreen))


@pytest.mark.parametrize(("key", "why"), [("h", "hold needs"), ("g", "Room 1 has N001"), ("x", "cancel needs")])
async def test_what_cannot_be_is_said_before_anything_is_asked(
    console: Made, store: Database, desk: Desk, queue: list[Ticket], evening: datetime, key: str, why: str
) -> None:
    desk.call("tcm-1", now=evening, by=ME)
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await listed(pilot, 4)
        await pilot.press("home", key)
        await until_shown(pilot, lambda: why in words(app.query_one("#word")))
        assert len(app.screen_stack) == 1
