"""Transfers from another system that the queue refused: staff see them, take the patient in, or say it is settled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from desk import Desk
from emergency import EmergencyRoom, Said, clocked
from looking import look
from piloting import until_shown, words
from textual.pilot import Pilot

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.dialogs import Choice
from nightdesk_kiosk.console.steps import Step
from nightdesk_kiosk.console.troubles import troubles
from nightdesk_queue.commands.notices import make_notices
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Notices
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, events, hl7_journal, tickets

CONSOLE = By("nurse", "console:tcm-1")


@pytest.fixture
def room(hospital: Hospital, store: Database, evening: datetime) -> EmergencyRoom:
    Desk(store, hospital).suspend("tcm-night", now=evening, by=CONSOLE, notice="flood")
    return EmergencyRoom(hospital, store, evening)


@pytest.fixture
def app(hospital: Hospital, store: Database, evening: datetime) -> ConsoleApp:
    clock = Clock(evening + timedelta(minutes=2), 0.0)
    return ConsoleApp(ConsoleDesk(hospital, store, clock, CONSOLE), "tcm-night", language="en")


def waiting(store: Database) -> list[Ticket]:
    return tickets.living(look(store), "tcm-night", *State)


def trouble(app: ConsoleApp) -> str:
    return words(app.query_one("#trouble"))


async def question(pilot: Pilot[Any], app: ConsoleApp) -> str:
    await until_shown(pilot, lambda: isinstance(app.screen, Choice))
    assert isinstance(app.screen, Choice)
    return str(app.screen.question)


@pytest.mark.parametrize("size", [(80, 24), (120, 33)])
async def test_a_refused_transfer_is_in_sight_with_whom_where_to_and_why(
    app: ConsoleApp, room: EmergencyRoom, size: tuple[int, int]
) -> None:
    room.sends(Said(name="陈^小芳"))
    async with app.run_test(size=size) as pilot:
        await until_shown(pilot, lambda: "REFUSED TRANSFER" in trouble(app))
        assert "18:30 陈小芳: Evening clinic, Chinese medicine is suspended" in trouble(app)
        target = app.query_one(f"#step-{Step.FROM_ER}")
        assert target.display
        assert target.region.height == 1


async def test_it_is_taken_in_by_hand_with_the_wait_that_was_done(
    app: ConsoleApp, room: EmergencyRoom, desk: Desk, store: Database, evening: datetime
) -> None:
    arrived = evening - timedelta(minutes=40)
    room.sends(Said(name="陈^小芳", arrived=clocked(arrived)))
    desk.resume("tcm-night", now=evening, by=CONSOLE)
    async with app.run_test(size=(100, 30)) as pilot:
        await until_shown(pilot, lambda: "REFUSED" in trouble(app))
        await pilot.press("plus")
        assert "18:30 陈小芳 to Evening clinic" in await question(pilot, app)
        await pilot.press("2")
        await until_shown(pilot, lambda: len(waiting(store)) == 1)
        await until_shown(pilot, lambda: "REFUSED" not in trouble(app))
        assert not app.query_one(f"#step-{Step.FROM_ER}").display
    [ticket] = waiting(store)
    assert (ticket.name, ticket.queued_at) == ("陈小芳", arrived)
    last = events.last_of_ticket(look(store), ticket.id)
    assert last is not None
    assert (last.kind, last.actor, last.station) == (EventKind.ISSUE, "nurse", "console:tcm-1")


async def test_a_clinic_that_is_closed_takes_the_patient_in_by_hand(
    hospital: Hospital, store: Database, evening: datetime
) -> None:
    late = evening + timedelta(hours=4)
    EmergencyRoom(hospital, store, late).sends(Said())
    desk = ConsoleDesk(hospital, store, Clock(late + timedelta(minutes=1), 0.0), CONSOLE)
    app = ConsoleApp(desk, "tcm-night", language="en")
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: "REFUSED" in trouble(app))
        await pilot.press("plus", "2")
        await until_shown(pilot, lambda: len(waiting(store)) == 1)


async def test_while_the_clinic_is_suspended_it_says_why_not(
    app: ConsoleApp, room: EmergencyRoom, store: Database
) -> None:
    room.sends(Said())
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: "REFUSED" in trouble(app))
        await pilot.press("plus", "2")
        await until_shown(pilot, lambda: "flood" in words(app.query_one("#word")))
        assert "REFUSED" in trouble(app)
    assert waiting(store) == []


async def test_it_is_settled_without_a_number_and_told_of_no_more(
    app: ConsoleApp, room: EmergencyRoom, store: Database
) -> None:
    room.sends(Said())
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: "REFUSED" in trouble(app))
        await pilot.press("plus", "3")
        await until_shown(pilot, lambda: "REFUSED" not in trouble(app))
    assert waiting(store) == []
    assert hl7_journal.newest(look(store), 1)[0].settled


async def test_of_several_one_is_chosen_and_later_changes_nothing(
    app: ConsoleApp, room: EmergencyRoom, store: Database, desk: Desk, evening: datetime
) -> None:
    for n, name in enumerate(("甲^一", "乙^二", "丙^三"), start=1):
        room.sends(Said(visit=f"V{n}", patient=f"P{n}", name=name))
    desk.resume("tcm-night", now=evening, by=CONSOLE)
    async with app.run_test(size=(100, 30)) as pilot:
        await until_shown(pilot, lambda: "丙三" in trouble(app))
        await pilot.press("plus", "2", "1")
        await until_shown(pilot, lambda: not isinstance(app.screen, Choice))
        assert waiting(store) == []
        await pilot.press("plus", "2", "2")
        await until_shown(pilot, lambda: [one.name for one in waiting(store)] == ["乙二"])


async def test_a_number_that_was_taken_back_again_is_to_be_decided_again(
    app: ConsoleApp, room: EmergencyRoom, desk: Desk, store: Database, evening: datetime
) -> None:
    room.sends(Said())
    desk.resume("tcm-night", now=evening, by=By("another", "console:x"))
    async with app.run_test(size=(100, 30)) as pilot:
        await until_shown(pilot, lambda: "REFUSED" in trouble(app))
        await pilot.press("plus", "2")
        await until_shown(pilot, lambda: "REFUSED" not in trouble(app))
        await pilot.press("u", "2")
        await until_shown(pilot, lambda: "REFUSED" in trouble(app))
    assert waiting(store) == []


async def test_nothing_to_decide_is_said(app: ConsoleApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, lambda: app.query("#word"))
        await pilot.press("plus")
        await until_shown(pilot, lambda: "No refused transfer" in words(app.query_one("#word")))


async def test_one_of_last_night_is_not_told_of(hospital: Hospital, store: Database, evening: datetime) -> None:
    EmergencyRoom(hospital, store, evening - timedelta(hours=13)).sends(Said())
    desk = ConsoleDesk(hospital, store, Clock(evening, 0.0), CONSOLE)
    assert desk.look([hospital.clinics["tcm-night"]]).refused == []


def test_a_system_that_takes_no_notice_for_long_is_a_trouble(
    hospital: Hospital, store: Database, desk: Desk, evening: datetime
) -> None:
    assert hospital.hl7 is not None
    told = hospital.changed(hl7=hospital.hl7.changed(notices=Hl7Notices(to="127.0.0.1:1")))
    make = lambda work: make_notices(work, ["called"])  # noqa: E731 - twice the same
    desk.do(make, evening, By.service("hl7"))
    EmergencyRoom(told, store, evening).sends(Said())
    desk.call("tcm-1", now=evening, by=CONSOLE)
    desk.do(make, evening, By.service("hl7"))

    def lines(minutes: int) -> list[str]:
        at = evening + timedelta(minutes=minutes)
        seen = ConsoleDesk(told, store, Clock(at, 0.0), CONSOLE).look([told.clinics["tcm-night"]])
        return [one.words.en for one in troubles(seen, told) if "no notice" in one.words.en]

    assert lines(5) == []
    assert lines(11) == ["Emergency's system has taken no notice since 18:30 (1 wait): tell them by telephone"]
