"""Staff sign in at a console; without any staff it says how to begin and works as it did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from desk import Desk
from looking import look
from piloting import until_shown, words
from textual.pilot import Pilot
from textual.widgets import Input

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.dialogs import Choice
from nightdesk_kiosk.console.queue_table import QueueTable
from nightdesk_kiosk.console.signing_in import SignInScreen
from nightdesk_queue.commands.pin_hashing import hashed
from nightdesk_queue.commands.staff import add_member, set_disabled, set_role
from nightdesk_queue.commands.transferring import cancel
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.people import By, Role
from nightdesk_queue.domain.staff import SignedIn
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, events, tickets
from nightdesk_queue.text.bilingual import Language

NOBODY = By("root", "console:tcm-1")
PIN, OTHER = "4719", "2580"
HASHED = hashed(PIN)
TEAM = {"liu": Role.ADMIN, "wang": Role.DOCTOR, "zhou": Role.ROOM}
Made = Callable[..., ConsoleApp]


@pytest.fixture
def console(hospital: Hospital, store: Database, evening: datetime) -> Made:
    def make(language: Language = "en") -> ConsoleApp:
        desk = ConsoleDesk(hospital, store, Clock(evening, 0.0), NOBODY)
        return ConsoleApp(desk, "tcm-night", "tcm-1", language)

    return make


@pytest.fixture
def team(store: Database, hospital: Hospital, evening: datetime, nurse: By) -> None:
    for short, role in TEAM.items():
        with working(store, hospital, evening, nurse) as work:
            add_member(work, short, short.capitalize(), role, HASHED)


@pytest.fixture
def patient(desk: Desk, evening: datetime) -> Ticket:
    return desk.issue("tcm-night", now=evening, by=NOBODY)


def state(store: Database, ticket: Ticket) -> State:
    found = tickets.by_id(look(store), ticket.id)
    assert found is not None
    return found.state


def newest(store: Database, kind: EventKind) -> Event:
    return [event for event in events.after(look(store), 0) if event.kind == kind][-1]


async def signs_in(pilot: Pilot[Any], short: str, pin: str = PIN) -> None:
    app: Any = pilot.app
    if not isinstance(app.screen, SignInScreen):
        await pilot.press("y")
        await until_shown(pilot, lambda: isinstance(app.screen, SignInScreen))
    app.screen.query_one("#name", Input).value = short
    app.screen.query_one("#name", Input).focus()
    await pilot.press("enter", *pin, "enter")


async def is_in(pilot: Pilot[Any], short: str) -> None:
    app: Any = pilot.app
    await signs_in(pilot, short)
    await until_shown(pilot, lambda: not isinstance(app.screen, SignInScreen))
    await until_shown(pilot, lambda: short.capitalize() in words(app.query_one("#title")))


@pytest.mark.parametrize(("language", "said"), [("zh", "nightdesk staff add"), ("en", "nightdesk staff add")])
async def test_without_staff_everybody_acts_and_it_says_how_to_begin(
    console: Made, store: Database, patient: Ticket, language: Language, said: str
) -> None:
    app = console(language)
    async with app.run_test(size=(120, 33)) as pilot:
        await pilot.press("n")
        await until_shown(pilot, lambda: state(store, patient) is State.CALLED)
        await pilot.press("y")
        await until_shown(pilot, lambda: said in words(app.query_one("#word")))


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("size", [(80, 24), (120, 33)])
async def test_with_staff_nothing_is_done_before_somebody_signs_in_and_the_list_is_in_sight(
    console: Made, store: Database, desk: Desk, patient: Ticket, evening: datetime, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await until_shown(pilot, lambda: "locked" in words(app.query_one("#title")))
        await pilot.press("n")
        await until_shown(pilot, lambda: isinstance(app.screen, SignInScreen))
        assert state(store, patient) is State.WAITING
        await pilot.press("escape")
        desk.issue("tcm-night", now=evening, by=NOBODY)
        await until_shown(pilot, lambda: app.query_one(QueueTable).row_count == 2)
        await is_in(pilot, "liu")
        await pilot.press("n")
        await until_shown(pilot, lambda: state(store, patient) is State.CALLED)
    call = newest(store, EventKind.CALL)
    assert (call.actor, call.role, call.station) == ("liu", Role.ADMIN, "console:tcm-1")


@pytest.mark.usefixtures("team")
async def test_a_wrong_pin_an_unknown_station_and_a_lock_are_each_said(console: Made) -> None:
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:

        def said() -> str:
            return words(app.screen.query_one("#said"))

        await signs_in(pilot, "wang")
        await until_shown(pilot, lambda: "not enrolled" in said())
        for wanted in ("do not belong together", "do not belong together", "again in 30 s"):
            await signs_in(pilot, "wang", OTHER)
            await until_shown(pilot, lambda wanted=wanted: wanted in said())
        assert app.screen.query_one("#pin", Input).value == ""
        await signs_in(pilot, "nobody", OTHER)
        await until_shown(pilot, lambda: "do not belong together" in said())


@pytest.mark.usefixtures("team")
async def test_what_a_role_may_not_do_is_refused_with_whose_it_is(console: Made, patient: Ticket) -> None:
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await is_in(pilot, "liu")
        await is_in(pilot, "zhou")
        await pilot.press("i", "enter")
        await until_shown(pilot, lambda: "issuing a number is not for the role room" in words(app.screen))


@pytest.mark.usefixtures("team")
async def test_a_person_changes_quickly_and_undo_is_their_own(
    console: Made, store: Database, patient: Ticket, desk: Desk
) -> None:
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await is_in(pilot, "liu")
        await pilot.press("n")
        await until_shown(pilot, lambda: state(store, patient) is State.CALLED)
        await is_in(pilot, "wang")
        assert newest(store, EventKind.SIGN_OUT).actor == "liu"
        await pilot.press("u")
        await until_shown(pilot, lambda: "nothing was done here" in words(app.query_one("#word")))
        assert state(store, patient) is State.CALLED


@pytest.mark.usefixtures("team")
async def test_a_console_that_is_left_is_locked_and_goes_on_showing(
    console: Made, store: Database, desk: Desk, evening: datetime, patient: Ticket
) -> None:
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await is_in(pilot, "liu")
        app.console_view._lock_if_left()
        assert app.console_view.desk.member is not None, "somebody is here"
        app._touched -= 10 * 60 + 1
        app.console_view._lock_if_left()
        await until_shown(pilot, lambda: "locked" in words(app.query_one("#title")))
        desk.issue("tcm-night", now=evening, by=NOBODY)
        await until_shown(pilot, lambda: app.query_one(QueueTable).row_count == 2)
    assert newest(store, EventKind.SIGN_OUT).actor == "liu"


@pytest.mark.usefixtures("team")
async def test_a_question_that_was_open_when_the_console_locked_is_answered_by_nobody(
    console: Made, store: Database, patient: Ticket
) -> None:
    app = console()
    async with app.run_test(size=(120, 33)) as pilot:
        await is_in(pilot, "liu")
        await pilot.press("x")
        await until_shown(pilot, lambda: isinstance(app.screen, Choice))
        app._touched -= 10 * 60 + 1
        app.console_view._lock_if_left()
        await until_shown(pilot, lambda: len(app.screen_stack) == 1)
        assert state(store, patient) is State.WAITING
    with pytest.raises(Refused) as refused:
        app.console_view.desk.act(lambda work: cancel(work, patient.id))
    assert refused.value.code == "sign_in_needed"


@pytest.mark.usefixtures("team")
async def test_who_is_disabled_or_given_another_role_feels_it_at_the_next_step(
    console: Made, store: Database, hospital: Hospital, evening: datetime, nurse: By, patient: Ticket
) -> None:
    desk = console().console_view.desk
    assert isinstance(desk.sign_in("liu", PIN), SignedIn)
    assert isinstance(desk.sign_in("wang", PIN), SignedIn)
    with working(store, hospital, evening, nurse) as work:
        set_role(work, "wang", Role.ROOM)
    with pytest.raises(Refused) as role:
        desk.act(lambda work: cancel(work, patient.id))
    with working(store, hospital, evening, nurse) as work:
        set_disabled(work, "wang", disabled=True)
    with pytest.raises(Refused) as gone:
        desk.act(lambda work: cancel(work, patient.id))
    assert (role.value.code, gone.value.code) == ("not_this_role", "sign_in_needed")
    left = desk.leave()
    assert left is not None
    assert desk.member is None
    desk.note_leaving(left)
    assert state(store, patient) is State.WAITING
