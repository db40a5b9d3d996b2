"""The console's fuller evening: undo, levels, check-in, pages, leftovers, suspension, and who must not be forgotten."""

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
from nightdesk_kiosk.console.dialogs import Choice, WordsScreen
from nightdesk_kiosk.console.queue_table import QueueTable
from nightdesk_kiosk.console.transfer_form import TransferForm
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.queries.queue_view import queue_view
from nightdesk_queue.store import Database, pages, tickets
from nightdesk_queue.text.bilingual import Text

CONSOLE = By("nurse", "console:tcm-1")
Made = Callable[..., ConsoleApp]


@pytest.fixture
def console(hospital: Hospital, store: Database, evening: datetime) -> Made:
    def make(
        clinic: str = "tcm-night", after: float = 0.0, hospital: Hospital = hospital, room: str | None = None
    ) -> ConsoleApp:
        clock = Clock(evening + timedelta(minutes=after), 0.0)
        return ConsoleApp(ConsoleDesk(hospital, store, clock, CONSOLE), clinic, room, language="en")

    return make


def shown(app: ConsoleApp, words_wanted: str) -> Callable[[], bool]:
    return lambda: words_wanted in words(app.query_one("#trouble"))


def listed(app: ConsoleApp) -> list[list[str]]:
    table = app.query_one(QueueTable)
    return [[str(cell) for cell in table.get_row_at(row)] for row in range(table.row_count)]


def state(store: Database, number: str) -> State:
    row = bare(store).execute("SELECT id FROM tickets WHERE number = ?", (number,)).fetchone()
    found = tickets.by_id(look(store), row["id"])
    assert found
    return found.state


async def answer(pilot: Pilot[Any], app: ConsoleApp, key: str, question: str) -> None:
    await until_shown(pilot, lambda: isinstance(app.screen, Choice) and question in app.screen.question)
    await pilot.press(key)


async def test_undo_names_the_step_and_asks_first(
    console: Made, desk: Desk, store: Database, evening: datetime
) -> None:
    desk.issue("tcm-night", now=evening, by=CONSOLE)
    desk.call("tcm-1", now=evening, by=CONSOLE)
    desk.call("tcm-2", ticket=desk.issue("tcm-night", now=evening, by=By("x", "y")).id, now=evening, by=By("x", "y"))
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("u")
        await until_shown(pilot, lambda: "18:30 N001 call" in words(app.screen))
        assert "18:30 N001 issue (these 2)" in words(app.screen)
        await answer(pilot, app, "escape", "Take back which steps?")
        await pilot.press("u")
        await answer(pilot, app, "2", "Take back")
        await until_shown(pilot, lambda: state(store, "N001") is State.WAITING)
        await until_shown(pilot, lambda: "call taken back" in words(app.query_one("#word")))
        assert state(store, "N002") is State.CALLED, "another station's step stands"


async def test_undo_with_nothing_to_take_back_says_so(console: Made) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("u")
        await until_shown(pilot, lambda: "nothing" in words(app.query_one("#word")))


async def test_a_level_is_set_by_staff(console: Made, desk: Desk, store: Database, evening: datetime) -> None:
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=CONSOLE)
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: len(listed(app)) == 2)
        await pilot.press("down", "v")
        await answer(pilot, app, "3", "Triage level of N002 (level IV, 0 min)?")
        await until_shown(pilot, lambda: [row[1] for row in listed(app)] == ["N002", "N001"])
        await pilot.press("v")
        await answer(pilot, app, "4", "N002 (level III")
        await until_shown(pilot, lambda: [row[1] for row in listed(app)] == ["N001", "N002"])


@pytest.mark.parametrize(("digit", "level"), [("1", "level I "), ("2", "level II ")])
async def test_the_levels_that_wait_in_no_line_lead_to_emergency_and_alarm_everybody(
    console: Made, desk: Desk, store: Database, evening: datetime, digit: str, level: str
) -> None:
    desk.issue("tcm-night", now=evening, by=CONSOLE, name="王芳")
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: len(listed(app)) == 1)
        await pilot.press("v")
        await answer(pilot, app, digit, "Triage level of N001 王芳")
        await until_shown(pilot, lambda: level in app.screen.question)  # type: ignore[attr-defined]
        assert "N001 王芳 (level IV, 0 min)" in app.screen.question  # type: ignore[attr-defined]
        await answer(pilot, app, "1", "red line")
        await until_shown(pilot, shown(app, "N001: danger sign"))
        (row,) = bare(store).execute("SELECT clinic, level, state FROM tickets").fetchall()
        assert tuple(row) == ("er", 3, "waiting")


async def test_a_patient_who_is_taken_away_at_once_keeps_the_number_and_is_alarmed(
    console: Made, desk: Desk, store: Database, evening: datetime
) -> None:
    desk.issue("tcm-night", now=evening, by=CONSOLE)
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: len(listed(app)) == 1)
        await pilot.press("v")
        await answer(pilot, app, "1", "Triage level")
        await answer(pilot, app, "9", "level I ")
        await until_shown(pilot, shown(app, "N001: danger sign"))
        assert (state(store, "N001"), len(listed(app))) == (State.WAITING, 1)


async def test_an_expected_patient_is_listed_and_checked_in(
    console: Made, desk: Desk, store: Database, evening: datetime
) -> None:
    desk.expect("tcm-night", now=evening, by=CONSOLE, name="张三", slot_at=evening + timedelta(minutes=20))
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: len(listed(app)) == 1)
        assert "booked 03-02 18:50" in listed(app)[0]
        await pilot.press("j")
        await until_shown(pilot, lambda: state(store, "N001") is State.WAITING)


async def test_where_a_patient_goes_is_asked_where_places_are_configured(
    console: Made, store: Database, hospital: Hospital, evening: datetime
) -> None:
    places = [Text(zh="放射科", en="X-ray"), Text(zh="检验科", en="Laboratory")]
    clinics = [clinic.changed(hold=clinic.hold.changed(places=places)) for clinic in hospital.clinic]
    changed = hospital.changed(clinic=clinics)
    Desk(store, changed).issue("tcm-night", now=evening, by=CONSOLE)
    app = console(hospital=changed)
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, lambda: len(listed(app)) == 1)
        await pilot.press("h")
        await answer(pilot, app, "2", "Where does N001 (level IV, 0 min) go?")
        await until_shown(pilot, lambda: "at 检验科 Laboratory" in listed(app)[0])


async def test_the_overdue_and_those_away_too_long_stand_in_red(console: Made, desk: Desk, evening: datetime) -> None:
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=CONSOLE)
    desk.hold("N002", now=evening, by=CONSOLE)
    app = console(after=91)
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, shown(app, "Overdue, look at them again (V): N001"))
        assert shown(app, "Away at an examination too long: N002")()
        assert listed(app)[0][5:7] == [" 91/90 ███████!", "overdue"]


async def test_a_look_is_recorded_and_quiets_the_alarm_for_a_while(
    console: Made, desk: Desk, store: Database, hospital: Hospital, evening: datetime
) -> None:
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=CONSOLE)
    app = console(after=91)
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, shown(app, "Overdue, look at them again (V): N001 N002"))
        await pilot.press("home", "v")
        await until_shown(pilot, lambda: isinstance(app.screen, Choice))
        assert "IV: ordinary (looked at: it stays)" in words(app.screen)
        await pilot.press("4")
        await until_shown(pilot, shown(app, "Overdue, look at them again (V): N002"))
        await until_shown(pilot, lambda: "N001: looked at" in words(app.query_one("#word")))
    clinic = hospital.clinics["tcm-night"]

    def overdue(minutes: float) -> list[str]:
        view = queue_view(look(store), hospital, clinic, evening + timedelta(minutes=minutes))
        return [ticket.number for ticket in view.overdue]

    assert overdue(91 + 19) == ["N002"]
    assert overdue(91 + 21) == ["N001", "N002"]


async def test_a_page_is_answered_with_the_key_for_alarms(
    console: Made, desk: Desk, store: Database, evening: datetime
) -> None:
    night = evening + timedelta(hours=8)
    desk.issue("bone", now=night, by=CONSOLE)
    app = console(after=8 * 60)
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, shown(app, "PAGE (A: answer): 02:30 24-hour bone-setting clinic B001, round 1"))
        await pilot.press("a")
        await answer(pilot, app, "1", "Which page")
        assert len(pages.open_pages(look(store))) == 1, "a page calls off a doctor: the first answer is no"
        await pilot.press("a")
        await until_shown(pilot, lambda: isinstance(app.screen, Choice))
        assert "24-hour bone-setting clinic B001, 02:30, round 1" in words(app.screen)
        await pilot.press("2")
        await until_shown(pilot, lambda: pages.open_pages(look(store)) == [])
        await until_shown(pilot, lambda: not shown(app, "PAGE")())


async def test_alarms_are_seen_without_answering_a_page_of_another_clinic(
    console: Made, desk: Desk, store: Database, evening: datetime
) -> None:
    night = evening + timedelta(hours=8)
    desk.issue("bone", now=night, by=CONSOLE)
    desk.alarm(EventKind.HELP, now=night, by=By.at_kiosk("lobby-1"))
    app = console(after=8 * 60)
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, shown(app, "ALARM"))
        await pilot.press("a")
        await answer(pilot, app, "2", "Which page")
        await until_shown(pilot, lambda: not shown(app, "ALARM")())
        assert shown(app, "PAGE")()
        assert len(pages.open_pages(look(store))) == 1


async def test_after_the_session_each_leftover_is_decided_about(
    console: Made, desk: Desk, store: Database, evening: datetime
) -> None:
    for _ in range(3):
        desk.issue("tcm-night", now=evening, by=CONSOLE)
    app = console(after=4 * 60)
    async with app.run_test(size=(120, 33)) as pilot:
        await until_shown(pilot, shown(app, "Session over, 3 undecided: N001 N002 N003"))
        await pilot.press("e")
        await answer(pilot, app, "3", "what about N001 (")
        await until_shown(pilot, lambda: state(store, "N001") is State.CANCELLED)
        await until_shown(pilot, shown(app, "2 undecided"))
        await pilot.press("e")
        await answer(pilot, app, "1", "what about N002 (")
        await until_shown(pilot, shown(app, "1 undecided: N003"))
        await pilot.press("e")
        await answer(pilot, app, "2", "what about N003 (")
        await until_shown(pilot, lambda: isinstance(app.screen, TransferForm))
        assert "Where shall N003 (" in words(app.screen)
        await pilot.press("1")
        await until_shown(pilot, lambda: not shown(app, "undecided")())
    row = bare(store).execute("SELECT clinic FROM tickets WHERE number = 'N003'").fetchone()
    assert row[0] == "er"


async def test_a_clinic_is_suspended_and_resumed(console: Made, desk: Desk, store: Database, evening: datetime) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o")
        await answer(pilot, app, "2", "Evening clinic")
        await until_shown(pilot, lambda: isinstance(app.screen, WordsScreen))
        await pilot.press("1")
        await until_shown(pilot, lambda: "suspended" in words(app.query_one("#title")))
        await pilot.press("o")
        await until_shown(pilot, lambda: "Resume it" in words(app.screen))
        await pilot.press("2")
        await until_shown(pilot, lambda: "suspended" not in words(app.query_one("#title")))


async def test_a_clinic_that_moves_takes_its_rooms_along(
    console: Made, desk: Desk, store: Database, evening: datetime
) -> None:
    desk.issue("tcm-night", now=evening, by=CONSOLE)
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: "Room 1" in words(app.query_one("#rooms")))
        desk.move("tcm-night", ["er-2", "counter-2", "tcm-1"], now=evening, by=By("x", "y"))
        await until_shown(pilot, lambda: "Counter 2" in words(app.query_one("#rooms")))
        await pilot.press("2", "n")
        await until_shown(pilot, lambda: state(store, "N001") is State.CALLED)
        await until_shown(pilot, lambda: "Counter 2: N001" in words(app.query_one("#rooms")))


async def test_an_urgent_level_shows_the_whole_way_to_emergency(console: Made, desk: Desk, evening: datetime) -> None:
    desk.issue("tcm-night", now=evening, by=CONSOLE)
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: len(listed(app)) == 1)
        await pilot.press("v")
        await answer(pilot, app, "2", "N001")
        await until_shown(pilot, lambda: "red line" in words(app.screen))
        assert "Follow the red line to Emergency" in app.screen.question  # type: ignore[attr-defined]
        await pilot.press("9")
        word = app.query_one("#word")
        await until_shown(pilot, lambda: "Follow the red line" in words(word))


async def test_the_last_word_changes_its_language_too(console: Made) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("u")
        await until_shown(pilot, lambda: "nothing was done here" in words(app.query_one("#word")))
        await pilot.press("l")
        await until_shown(pilot, lambda: "没有可撤销" in words(app.query_one("#word")))


async def test_a_digit_typed_ahead_of_a_question_that_never_came_chooses_no_room(console: Made) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("u", "2")
        await until_shown(pilot, lambda: "nothing was done here" in words(app.query_one("#word")))
        assert "no room chosen" in words(app.query_one("#title"))


async def test_more_troubles_than_lines_are_counted_on_a_line_of_their_own(
    console: Made, desk: Desk, store: Database, evening: datetime
) -> None:
    for _ in range(5):
        desk.issue("bone", now=evening + timedelta(hours=8), by=CONSOLE)
    app = console(clinic="bone", after=8 * 60)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, shown(app, "... and "))
        assert words(app.query_one("#trouble")).count("PAGE") == 3
        await pilot.press("a")
        await answer(pilot, app, "2", "Which page")
        await until_shown(pilot, lambda: words(app.query_one("#trouble")).count("PAGE") in (3, 4))
        assert len(pages.open_pages(look(store))) == 4, "one page was answered, not all that are in sight"


async def test_a_full_clinic_says_so(console: Made, desk: Desk, evening: datetime) -> None:
    for _ in range(30):
        desk.issue("tcm-night", now=evening, by=CONSOLE, extra=True)
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: "· full ·" in words(app.query_one("#title")))
