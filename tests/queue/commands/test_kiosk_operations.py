"""A kiosk that staff take out of use, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from desk import Desk
from looking import look
from refusing import minutes, refused

from nightdesk_queue.commands.alarms import send_to_emergency
from nightdesk_queue.commands.issuing import Applicant
from nightdesk_queue.commands.kiosk_operations import resume_kiosk, set_look, suspend_kiosk
from nightdesk_queue.commands.work import Work
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.event_data import KioskLook
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.kiosk_state import KioskState, KioskTheme
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, events, kiosks

KIOSK = "lobby-1"
PATIENT = By.at_kiosk(KIOSK)
Steps = Callable[[Work], object]


@pytest.fixture
def suspended(desk: Desk, evening: datetime, nurse: By) -> None:
    desk.do(lambda work: suspend_kiosk(work, KIOSK), evening, nurse)


def written(store: Database) -> list[Event]:
    return events.after(look(store), 0)


def test_a_kiosk_is_in_use_and_by_the_hour_until_somebody_says_otherwise(store: Database) -> None:
    assert kiosks.state_of(look(store), KIOSK) == KioskState(KIOSK, False, KioskTheme.AUTO, 100, 60)


def test_suspending_and_resuming_are_events_at_the_kiosk_and_a_second_time_nothing(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    for _ in range(2):
        assert desk.do(lambda work: suspend_kiosk(work, KIOSK), evening, nurse) == KioskState(KIOSK, True)
        assert kiosks.state_of(look(store), KIOSK).suspended
    for _ in range(2):
        assert desk.do(lambda work: resume_kiosk(work, KIOSK), evening, nurse) == KioskState(KIOSK)
        assert not kiosks.state_of(look(store), KIOSK).suspended
    found = [(event.kind, event.target, event.actor) for event in written(store)]
    assert found == [(EventKind.KIOSK_SUSPEND, KIOSK, "nurse"), (EventKind.KIOSK_RESUME, KIOSK, "nurse")]


@pytest.mark.usefixtures("suspended")
def test_a_suspended_kiosk_gives_no_number_and_sends_patients_to_the_desk(desk: Desk, evening: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        desk.issue("bone", kiosk=KIOSK, now=evening, by=PATIENT)
    assert refusal.value.code == "kiosk_suspended"
    assert desk.hospital.hospital.desk.zh in refusal.value.text.zh
    assert desk.hospital.hospital.desk.en in refusal.value.text.en
    with refused("kiosk_suspended"):
        desk.issue_and_tell("bone", Applicant(kiosk=KIOSK), now=evening, by=PATIENT)


@pytest.mark.usefixtures("suspended")
def test_staff_give_numbers_while_a_kiosk_is_suspended(desk: Desk, evening: datetime, nurse: By) -> None:
    assert desk.issue("bone", now=evening, by=nurse).number == "B001"


def test_a_number_that_was_given_before_is_told_again_at_a_kiosk_that_is_suspended_since(
    desk: Desk, evening: datetime, nurse: By
) -> None:
    given = desk.issue("bone", kiosk=KIOSK, key="tap", now=evening, by=PATIENT)
    desk.do(lambda work: suspend_kiosk(work, KIOSK), evening, nurse)
    assert desk.issue("bone", kiosk=KIOSK, key="tap", now=evening, by=PATIENT) == given
    with refused("kiosk_suspended"):
        desk.issue("bone", kiosk=KIOSK, key="another tap", now=evening, by=PATIENT)


@pytest.mark.usefixtures("suspended")
def test_a_suspended_kiosk_takes_no_check_in(desk: Desk, evening: datetime, nurse: By) -> None:
    number = desk.expect("tcm-night", phone="4321", now=evening, by=nurse).number
    with refused("kiosk_suspended"):
        desk.check_in(number, kiosk=KIOSK, now=evening, by=PATIENT)
    with refused("kiosk_suspended"):
        desk.report("4321", kiosk=KIOSK, now=evening, by=PATIENT)
    assert desk.check_in(number, now=evening, by=nurse).number == number


@pytest.mark.usefixtures("suspended")
@pytest.mark.parametrize("where", ["missed", "held", "waiting"])
def test_a_suspended_kiosk_takes_nobody_back_either(desk: Desk, evening: datetime, nurse: By, where: str) -> None:
    number = desk.issue("bone", now=evening, by=nurse).number
    if where == "missed":
        desk.call("bone-1", now=evening, by=nurse)
        desk.miss(number, now=evening, by=nurse)
    elif where == "held":
        desk.hold(number, now=evening, by=nurse)
    with refused("kiosk_suspended"):
        desk.report(number, kiosk=KIOSK, now=evening + minutes(5), by=PATIENT)


@pytest.mark.usefixtures("suspended")
def test_a_suspended_kiosk_still_calls_for_help(desk: Desk, store: Database, evening: datetime) -> None:
    desk.do(lambda work: send_to_emergency(work, KIOSK), evening, PATIENT)
    assert written(store)[-1].kind is EventKind.RED_FLAG


@pytest.mark.usefixtures("suspended")
def test_a_kiosk_gives_numbers_again_once_it_is_resumed(desk: Desk, evening: datetime, nurse: By) -> None:
    desk.do(lambda work: resume_kiosk(work, KIOSK), evening, nurse)
    assert desk.issue("bone", kiosk=KIOSK, now=evening, by=PATIENT).number == "B001"


def test_how_a_kiosk_looks_is_an_event_with_its_data_and_the_same_again_is_none(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    for _ in range(2):
        state = desk.do(lambda work: set_look(work, KIOSK, KioskTheme.NIGHT, 80, 10), evening, nurse)
        assert state == kiosks.state_of(look(store), KIOSK) == KioskState(KIOSK, False, KioskTheme.NIGHT, 80, 10)
    (event,) = written(store)
    assert (event.kind, event.target, event.data) == (EventKind.KIOSK_LOOK, KIOSK, KioskLook("night", 80, 10))


@pytest.mark.usefixtures("suspended")
def test_a_look_leaves_a_kiosk_suspended_and_a_suspension_leaves_the_look(
    desk: Desk, evening: datetime, nurse: By
) -> None:
    assert desk.do(lambda work: set_look(work, KIOSK, KioskTheme.DAY, 90, 20), evening, nurse).suspended
    state = desk.do(lambda work: resume_kiosk(work, KIOSK), evening, nurse)
    assert state == KioskState(KIOSK, False, KioskTheme.DAY, 90, 20)


@pytest.mark.parametrize("percents", [(9, 60), (101, 60), (100, 9), (100, 101), (0, 60), (-50, 60)])
def test_a_screen_that_nobody_could_read_is_refused(
    desk: Desk, store: Database, evening: datetime, nurse: By, percents: tuple[int, int]
) -> None:
    with refused("bad_brightness"):
        desk.do(lambda work: set_look(work, KIOSK, KioskTheme.DAY, *percents), evening, nurse)
    assert kiosks.state_of(look(store), KIOSK) == KioskState(KIOSK)


@pytest.mark.parametrize("percents", [(10, 100), (100, 10)])
def test_the_dimmest_and_the_brightest_are_taken(
    desk: Desk, evening: datetime, nurse: By, percents: tuple[int, int]
) -> None:
    state = desk.do(lambda work: set_look(work, KIOSK, KioskTheme.DAY, *percents), evening, nurse)
    assert (state.day_percent, state.night_percent) == percents


STEPS: list[Steps] = [
    lambda work: suspend_kiosk(work, "cellar"),
    lambda work: resume_kiosk(work, "cellar"),
    lambda work: set_look(work, "cellar", KioskTheme.DAY, 100, 60),
]


@pytest.mark.parametrize("step", STEPS)
def test_a_kiosk_that_is_not_configured_is_refused(desk: Desk, evening: datetime, nurse: By, step: Steps) -> None:
    with refused("unknown_kiosk"):
        desk.do(step, evening, nurse)


@pytest.mark.parametrize(
    "step",
    [
        lambda work: suspend_kiosk(work, KIOSK),
        lambda work: resume_kiosk(work, KIOSK),
        lambda work: set_look(work, KIOSK, KioskTheme.DAY, 100, 60),
    ],
)
@pytest.mark.parametrize("by", [PATIENT, By.service("run")])
def test_only_staff_change_a_kiosk(desk: Desk, evening: datetime, step: Steps, by: By) -> None:
    with refused("staff_only"):
        desk.do(step, evening + timedelta(0), by)
