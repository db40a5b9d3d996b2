"""The lobby's flow by example: no screen, no database, and a clock that is a number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lining import ticket
from places import EXAMPLE_FILE

from nightdesk_kiosk.lobby.flow import Flow, Patience, Step
from nightdesk_kiosk.lobby.messages import (
    Alarmed,
    CallHelp,
    ChangeLanguage,
    ChooseClinic,
    DeleteKey,
    EnterNumber,
    Given,
    GoHome,
    GoToEmergency,
    Issue,
    Issued,
    LookAtClinics,
    LookAtSlip,
    Message,
    Offered,
    PressKey,
    PrintAgain,
    RaiseAlarm,
    Report,
    ReportEntry,
    Reprint,
    SeeClinics,
    SeeMore,
    SlipSeen,
    Stopped,
    TakeNumber,
    TimePasses,
    TouchScreen,
    TypeKey,
)
from nightdesk_kiosk.lobby.states import (
    Awaited,
    CallingHelp,
    Choosing,
    Confirming,
    Entering,
    Explaining,
    Idle,
    LobbyState,
    Page,
    ShowingEmergency,
    ShowingNumber,
    StaffTold,
    Wait,
    Waiting,
)
from nightdesk_queue.config import load
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.text.bilingual import same

BONE = load(EXAMPLE_FILE).clinics["bone"]
FLOW = Flow(("zh", "en"), "run")
ISSUED = Issued(ticket(1), None)
WORDS = same("no")


def on(page: Page, awaited: Awaited | None = None) -> LobbyState:
    """A lobby on a page since second 100, touched then."""
    return LobbyState(page, "zh", visit=7, since=100.0, deadline=160.0, awaited=awaited)


def after(state: LobbyState, *messages: Message, now: float = 110.0) -> Step:
    """What several messages of one moment lead to; the effects are those of the last. Nothing has to settle."""
    step = Step(state)
    for message in messages:
        step = replace(FLOW, patience=Patience(settle=0.0)).step(step.state, message, now)
    return step


def test_a_number_is_three_taps_and_two_answers() -> None:
    state, asked = after(on(Idle()), SeeClinics())
    assert asked == (LookAtClinics(7),)
    state, _ = after(state, Offered(7, ()))
    assert state.page == Choosing(())
    state, _ = after(state, ChooseClinic(BONE))
    assert state.page == Confirming(BONE)
    state, asked = after(state, TakeNumber())
    assert state.page == Waiting(Wait.FOR_NUMBER)
    assert asked == (Issue(10, BONE, "zh", "run-10"),)
    state, _ = after(state, Given(10, ISSUED))
    assert state.page == ShowingNumber(ISSUED)
    assert after(state, GoHome()).state.page == Idle()


def test_a_touch_anywhere_on_the_idle_page_is_the_way_in_and_on_others_a_sign_of_life() -> None:
    assert after(on(Idle()), TouchScreen()).effects == (LookAtClinics(7),)
    state, asked = after(on(Confirming(BONE)), TouchScreen())
    assert (state.page, asked, state.deadline) == (Confirming(BONE), (), 170.0)


def test_a_tap_on_a_page_that_has_just_come_up_is_not_meant_for_it() -> None:
    state = on(Confirming(BONE))
    assert FLOW.step(state, TakeNumber(), 100.7) == Step(state)
    assert FLOW.step(state, TakeNumber(), 100.9).effects
    assert not FLOW.step(on(Idle()), TouchScreen(), 100.7).effects


def test_keys_of_the_keypad_are_taken_however_fast_they_come() -> None:
    assert FLOW.step(on(Entering("N0")), TypeKey("1"), 100.1).state.page == Entering("N01")


@pytest.mark.parametrize(
    ("entered", "message", "then"),
    [
        ("12", TypeKey("N"), "N"),
        ("N01234", TypeKey("5"), "N01234"),
        ("N01", DeleteKey(), "N0"),
        ("", DeleteKey(), ""),
    ],
)
def test_a_letter_begins_anew_and_an_entry_has_an_end(entered: str, message: Message, then: str) -> None:
    assert after(on(Entering(entered)), message).state.page == Entering(then)


def test_what_was_entered_is_reported_and_an_empty_entry_is_not() -> None:
    state, asked = after(on(Entering("N001")), ReportEntry())
    assert asked == (Report(8, "N001"),)
    assert after(on(Entering("")), ReportEntry()) == after(on(Entering("")), PressKey())
    refused = after(state, Stopped(8, WORDS)).state
    assert refused.page == Explaining(WORDS, EnterNumber())
    assert after(refused, EnterNumber()).state.page == Entering("")


def test_a_refused_number_is_explained_and_leads_home() -> None:
    state = after(on(Confirming(BONE)), TakeNumber()).state
    refused = after(state, Stopped(state.visit, WORDS)).state
    assert refused.page == Explaining(WORDS, GoHome())
    assert after(refused, GoHome()).state.page == Idle()


@pytest.mark.parametrize("page", [Idle(), Confirming(BONE), Entering("N1")])
def test_while_the_clinics_are_looked_up_they_are_not_asked_for_again(page: Page) -> None:
    assert after(on(page), SeeClinics()).effects
    assert not after(on(page), SeeClinics(), SeeClinics()).effects


@pytest.mark.parametrize("tap", [TakeNumber(), ReportEntry(), PrintAgain(), SeeClinics(), ChangeLanguage()])
def test_while_a_number_is_on_its_way_a_second_tap_does_nothing(tap: Message) -> None:
    state = on(Waiting(Wait.FOR_NUMBER), Awaited.NUMBER)
    assert after(state, tap) == after(state, PressKey())


def test_help_while_a_number_is_on_its_way_keeps_the_page_the_number_comes_to() -> None:
    state, asked = after(on(Waiting(Wait.FOR_NUMBER), Awaited.NUMBER), CallHelp())
    assert asked == (RaiseAlarm(7, EventKind.HELP, None),)
    assert state.page == Waiting(Wait.HELP_CALLED)
    assert after(state, Alarmed(7, told=True)).state.page == Waiting(Wait.HELP_CALLED)
    assert after(state, Alarmed(7, told=False)).state.page == Waiting(Wait.HELP_NOT_TOLD)
    assert after(state, Alarmed(7, told=False), Given(7, ISSUED)).state.page == ShowingNumber(ISSUED)


@pytest.mark.parametrize(("told", "said"), [(True, StaffTold.YES), (False, StaffTold.NO)])
def test_staff_are_said_to_know_once_they_do(told: bool, said: StaffTold) -> None:
    state, asked = after(on(Idle()), CallHelp())
    assert (state.page, asked) == (CallingHelp(StaffTold.UNKNOWN), (RaiseAlarm(8, EventKind.HELP, None),))
    assert not after(state, CallHelp()).effects, "the call is on its way"
    assert after(state, Alarmed(8, told)).state.page == CallingHelp(said)
    state, asked = after(on(Confirming(BONE)), GoToEmergency())
    assert (state.page, asked) == (ShowingEmergency(StaffTold.UNKNOWN), (RaiseAlarm(8, EventKind.RED_FLAG, BONE),))
    assert after(state, ChangeLanguage(), Alarmed(8, told)).state.page == ShowingEmergency(said)


def test_an_alarm_that_failed_is_not_told_to_the_next_patient_who_waits_for_a_number() -> None:
    called = after(on(Waiting(Wait.FOR_NUMBER), Awaited.NUMBER), CallHelp()).state
    home = after(called, TimePasses(), now=170.0).state
    taps = (SeeClinics(), Offered(home.visit, ()), ChooseClinic(BONE), TakeNumber())
    waiting = after(home, *taps, now=180.0).state
    assert waiting.page == Waiting(Wait.FOR_NUMBER)
    assert after(waiting, Alarmed(7, told=False), now=180.0).state == waiting


def test_the_language_changes_around_and_keeps_what_was_entered() -> None:
    state = after(on(Entering("N1")), ChangeLanguage()).state
    assert (state.language, state.page, state.visit) == ("en", Entering("N1"), 7)
    assert after(state, ChangeLanguage()).state.language == "zh"


def test_a_language_left_behind_on_the_idle_page_goes_back() -> None:
    state = after(on(Idle()), ChangeLanguage(), now=110.0).state
    assert after(state, TimePasses(), now=169.9).state.language == "en"
    assert after(state, TimePasses(), now=170.0).state.language == "zh"


def test_an_idle_page_nobody_has_changed_is_not_drawn_anew() -> None:
    state = after(on(Idle()), TimePasses(), now=500.0).state
    assert (state.visit, state.since, state.deadline) == (7, 100.0, None)


def test_more_clinics_than_fit_come_by_pages_and_begin_again() -> None:
    many = Choosing(tuple(range(8)))  # type: ignore[arg-type]
    second = after(on(many), SeeMore()).state
    assert isinstance(second.page, Choosing)
    assert second.page.shown == (6, 7)
    assert after(second, SeeMore()).state.page == many


def test_the_slip_is_looked_up_once_at_a_time_and_late_after_six_seconds() -> None:
    state, asked = after(on(ShowingNumber(ISSUED)), TimePasses())
    assert asked == (LookAtSlip(7, ISSUED.ticket),)
    assert not after(state, TimePasses()).effects
    seen = after(state, SlipSeen(7, None), now=106.1).state
    assert seen.page == ShowingNumber(ISSUED, None, late=True)
    assert after(state, SlipSeen(7, None), now=106.0).state.page == ShowingNumber(ISSUED)
    assert after(seen, TimePasses()).effects


def test_a_slip_is_printed_again_only_for_whom_it_is_offered() -> None:
    assert not after(on(ShowingNumber(ISSUED)), PrintAgain()).effects
    again = replace(ISSUED, again=True)
    state, asked = after(on(ShowingNumber(again)), PrintAgain())
    assert (state.page, asked) == (Waiting(Wait.FOR_ANSWER), (Reprint(8, again),))


def test_a_long_wait_is_told_to_be_one() -> None:
    state = on(Waiting(Wait.FOR_ANSWER), Awaited.NUMBER)
    assert after(state, TimePasses(), now=103.0).state == state
    assert after(state, TimePasses(), now=103.1).state.page == Waiting(Wait.LONG)
    helped = on(Waiting(Wait.HELP_CALLED), Awaited.NUMBER)
    assert after(helped, TimePasses(), now=103.1).state == helped


def test_the_seconds_left_are_shown_for_the_last_twenty() -> None:
    state = on(Confirming(BONE))
    assert FLOW.seconds_left(state, 139.9) is None
    assert FLOW.seconds_left(state, 140.0) == 21
    assert FLOW.seconds_left(state, 159.5) == 1
    assert FLOW.seconds_left(on(Idle()), 159.5) is None


def test_a_number_stands_for_forty_seconds_and_a_key_gives_as_many_more() -> None:
    state = after(on(Waiting(Wait.FOR_NUMBER), Awaited.NUMBER), Given(7, ISSUED), now=110.0).state
    assert state.deadline == 150.0
    assert after(state, PressKey(), now=140.0).state.deadline == 180.0


def test_a_tap_of_a_page_that_is_gone_does_nothing() -> None:
    for gone in (TakeNumber(), SeeMore(), ChooseClinic(BONE), DeleteKey(), ReportEntry(), PrintAgain(), TypeKey("1")):
        assert after(on(Idle()), gone) == after(on(Idle()), PressKey()), gone
