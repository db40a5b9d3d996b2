"""The lobby's flow by example: no screen, no database, and a clock that is a number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lining import ticket
from places import EXAMPLE_FILE

from nightdesk_kiosk.lobby import messages as said
from nightdesk_kiosk.lobby.flow import Flow
from nightdesk_kiosk.lobby.messages import Issue, Issued, Message, Purpose, Spot
from nightdesk_kiosk.lobby.patience import Patience
from nightdesk_kiosk.lobby.states import (
    AskingGroup,
    AskingSigns,
    Awaited,
    CallingHelp,
    Choosing,
    Cleaning,
    Contents,
    Entering,
    EnteringPin,
    Explaining,
    Forgot,
    GivenLast,
    Idle,
    LobbyState,
    Over,
    Page,
    Reading,
    ServiceMenu,
    Services,
    ShowingEmergency,
    ShowingNumber,
    StaffTold,
    Suspended,
    Wait,
    Waiting,
    WhichOne,
)
from nightdesk_kiosk.lobby.steps import Step
from nightdesk_queue.config import load
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.kiosk_state import KioskState, KioskTheme
from nightdesk_queue.text.bilingual import same

BONE = load(EXAMPLE_FILE).clinics["bone"]
FLOW = Flow(("zh", "en", "ja"), "run")
ISSUED = Issued(ticket(1), None)
WORDS = same("no")
KIOSK = KioskState("lobby-1")
ENTRY = Entering(Purpose.CHECK_IN, "N01")


def on(page: Page, awaited: Awaited | None = None, over: Over | None = None) -> LobbyState:
    """A lobby on a page since second 100, touched then."""
    return LobbyState(page, "zh", False, 7, 3, since=100.0, over=over, touched=100.0, awaited=awaited, looked=100.0)


def after(state: LobbyState, *messages: Message, now: float = 110.0, flow: Flow = FLOW) -> Step:
    """What several messages of one moment lead to; the effects are those of the last. Nothing has to settle."""
    step = Step(state)
    for message in messages:
        step = replace(flow, patience=Patience(settle=0.0)).step(step.state, message, now)
    return step


class TestTheWayToANumber:
    def test_is_four_taps_and_two_answers(self) -> None:
        state, asked = after(on(Idle()), said.SeeClinics())
        assert asked == (said.LookAtClinics(7),)
        state, _ = after(state, said.Offered(7, (), KIOSK))
        assert state.page == Choosing(())
        state, _ = after(state, said.ChooseClinic(BONE))
        assert state.page == AskingSigns(BONE)
        state, _ = after(state, said.NoSigns(None))
        assert state.page == AskingGroup(BONE)
        state, asked = after(state, said.ChooseGroup(None))
        assert state.page == Waiting(Wait.FOR_NUMBER, Idle())
        assert asked == (Issue(11, BONE, None, "zh", "run-11"),)
        state, _ = after(state, said.Given(11, ISSUED))
        assert state.page == ShowingNumber(ISSUED, new=True)

    def test_is_three_taps_where_there_are_no_groups_that_go_first(self) -> None:
        asked = after(on(AskingSigns(BONE)), said.NoSigns(None), flow=replace(FLOW, groups=False)).effects
        assert asked == (Issue(8, BONE, None, "zh", "run-8"),)

    def test_a_group_goes_with_the_number(self) -> None:
        (asked,) = after(on(AskingGroup(BONE)), said.ChooseGroup("pregnant")).effects
        assert isinstance(asked, Issue)
        assert asked.group == "pregnant"

    def test_every_page_of_danger_signs_comes_before_the_number_and_back_leads_through_them(self) -> None:
        state = after(on(AskingSigns(BONE)), said.NoSigns(4), said.NoSigns(8)).state
        assert state.page == AskingSigns(BONE, 8, (0, 4))
        assert after(state, said.GoBack()).state.page == AskingSigns(BONE, 4, (0,))
        assert after(state, said.GoBack(), said.GoBack()).state.page == AskingSigns(BONE)
        assert after(state, said.NoSigns(None)).state.page == AskingGroup(BONE)

    def test_a_touch_anywhere_on_the_idle_page_is_the_way_in_and_on_others_a_sign_of_life(self) -> None:
        assert after(on(Idle()), said.TouchScreen()).effects == (said.LookAtClinics(7),)
        state, asked = after(on(AskingSigns(BONE)), said.TouchScreen())
        assert (state.page, asked, state.touched) == (AskingSigns(BONE), (), 110.0)

    def test_a_closed_clinic_says_why_and_leads_back_to_the_others(self) -> None:
        state = after(on(Choosing(())), said.AskWhy(WORDS)).state
        assert state.page == Explaining(WORDS, Choosing(()))
        assert after(state, said.GoBack()).state.page == Choosing(())

    def test_a_refused_number_is_explained_and_leads_home(self) -> None:
        state = after(on(Waiting(Wait.FOR_NUMBER, Idle()), Awaited.NUMBER), said.Stopped(7, WORDS)).state
        assert state.page == Explaining(WORDS, Idle())
        assert after(state, said.GoBack()).state.page == Idle()

    @pytest.mark.parametrize("page", [Idle(), AskingSigns(BONE)])
    def test_while_the_clinics_are_looked_up_they_are_not_asked_for_again(self, page: Page) -> None:
        tap: Message = said.SeeClinics() if isinstance(page, Idle) else said.GoBack()
        assert after(on(page, Awaited.CLINICS), tap).effects == ()

    @pytest.mark.parametrize("tap", [said.ChooseGroup(None), said.GoHome(), said.GoBack(), said.SeeClinics()])
    def test_while_a_number_is_on_its_way_a_second_tap_does_nothing(self, tap: Message) -> None:
        state = on(Waiting(Wait.FOR_NUMBER, Idle()), Awaited.NUMBER)
        assert after(state, tap).effects == ()

    def test_a_long_wait_is_told_to_be_one(self) -> None:
        state = on(Waiting(Wait.FOR_NUMBER, Idle()), Awaited.NUMBER)
        assert after(state, said.TimePasses(), now=102.0).state.page == Waiting(Wait.FOR_NUMBER, Idle())
        assert after(state, said.TimePasses(), now=103.5).state.page == Waiting(Wait.LONG, Idle())

    def test_a_slowed_number_counts_down_and_is_asked_for_again_with_the_same_key(self) -> None:
        state, asked = after(on(AskingGroup(BONE)), said.ChooseGroup(None))
        state = after(state, said.Slowed(8, 18.5)).state
        assert state.page == Waiting(Wait.SLOWED, Idle(), 19)
        state, none = after(state, said.TimePasses(), now=120.0)
        assert (state.page, none) == (Waiting(Wait.SLOWED, Idle(), 9), ())
        state, again = after(state, said.TimePasses(), now=128.6)
        assert again == asked
        assert after(state, said.Given(8, ISSUED)).state.page == ShowingNumber(ISSUED, new=True)


class TestTaps:
    def test_on_a_page_that_has_just_come_up_are_not_meant_for_it(self) -> None:
        assert FLOW.step(on(AskingGroup(BONE)), said.ChooseGroup(None), 100.7) == Step(on(AskingGroup(BONE)))

    @pytest.mark.parametrize(("spot", "taken"), [(Spot(43, 11), False), (Spot(80, 10), True), (None, True)])
    def test_near_the_last_one_are_its_second_half_for_a_while(self, spot: Spot | None, taken: bool) -> None:
        state = replace(on(AskingGroup(BONE)), spot=Spot(40, 10))
        step = FLOW.step(state, said.ChooseGroup(None), 101.5, spot)
        assert bool(step.effects) is taken
        assert FLOW.step(state, said.ChooseGroup(None), 101.9, spot).effects

    def test_on_keys_are_taken_however_fast_they_come_but_for_a_tremble_on_the_same_key(self) -> None:
        state = replace(on(Entering(Purpose.WHERE)), touched=None)
        for key, now, spot in (("1", 100.0, Spot(50, 5)), ("2", 100.1, Spot(70, 5)), ("2", 100.2, Spot(71, 6))):
            state = FLOW.step(state, said.TypeKey(key), now, spot).state
        assert state.page == Entering(Purpose.WHERE, "12")
        state = FLOW.step(state, said.TypeKey("2"), 100.5, Spot(71, 6)).state
        assert state.page == Entering(Purpose.WHERE, "122")

    def test_of_a_page_that_is_gone_do_nothing(self) -> None:
        taps: tuple[Message, ...] = (
            said.ChooseClinic(BONE), said.NoSigns(None), said.ChooseGroup(None), said.EnterNumber(), said.PrintAgain(),
            said.KeepInMind(), said.SeeGiven(), said.EnterPin(), said.PrintTest(), said.Restart(), said.Close(),
        )  # fmt: skip
        for tap in taps:
            assert after(on(Services()), tap) == Step(replace(on(Services()), touched=110.0)), tap


class TestSomebodyWithANumber:
    def test_chooses_what_to_do_types_and_reports(self) -> None:
        state = after(on(Idle()), said.SeeServices(), said.AskFor(Purpose.MISSED)).state
        assert state.page == Entering(Purpose.MISSED)
        state = after(state, said.TypeKey("N"), said.TypeKey("1"), said.TypeKey("2")).state
        state, asked = after(state, said.EnterNumber())
        assert asked == (said.Report(10, "N12", Purpose.MISSED),)

    @pytest.mark.parametrize(
        ("entered", "message", "then"),
        [
            ("N01", said.TypeKey("B"), "B"),
            ("123456789", said.TypeKey("0"), "123456789"),
            ("N01", said.DeleteKey(), "N0"),
            ("N", said.DeleteKey(), ""),
            ("", said.DeleteKey(), ""),
        ],
    )
    def test_begins_anew_with_a_letter_and_an_entry_has_an_end(self, entered: str, message: Message, then: str) -> None:
        assert after(on(Entering(Purpose.WHERE, entered)), message).state.page == Entering(Purpose.WHERE, then)

    def test_keeps_what_was_typed_after_a_mistake(self) -> None:
        state = after(on(ENTRY), said.EnterNumber()).state
        state = after(state, said.Stopped(8, WORDS), said.GoBack()).state
        assert state.page == ENTRY

    def test_an_empty_entry_is_not_reported(self) -> None:
        assert after(on(Entering(Purpose.WHERE)), said.EnterNumber()).effects == ()

    def test_says_which_of_several_is_meant(self) -> None:
        state = after(on(ENTRY), said.EnterNumber()).state
        tickets = (ticket(1), ticket(2))
        state = after(state, said.Several(8, tickets, Purpose.WHERE)).state
        assert state.page == WhichOne(tickets, Purpose.WHERE, ENTRY)
        assert after(state, said.GoBack()).state.page == ENTRY
        assert after(state, said.ChooseMeant("another")).effects == ()
        assert after(state, said.ChooseMeant(tickets[1].id)).effects == (said.Report(10, tickets[1].id, Purpose.WHERE),)

    def test_may_report_at_once_where_the_answer_says_so(self) -> None:
        state = after(on(ENTRY), said.EnterNumber()).state
        state = after(state, said.Stopped(8, WORDS, "T1")).state
        assert after(state, said.ChooseMeant("T1")).effects == (said.Report(10, "T1", Purpose.CHECK_IN),)
        assert after(state, said.ChooseMeant("T2")).effects == ()

    def test_who_forgot_it_finds_a_way_out_and_back(self) -> None:
        state = after(on(ENTRY), said.ForgetNumber()).state
        assert state.page == Forgot(ENTRY)
        assert after(state, said.GoBack()).state.page == ENTRY

    @pytest.mark.parametrize("page", [Idle(), Services(), ENTRY, Forgot(ENTRY), Choosing(())])
    def test_holds_the_code_of_a_slip_before_the_scanner(self, page: Page) -> None:
        (asked,) = after(on(page), said.Scan("69240B2F4A1C7E9D03")).effects
        assert isinstance(asked, said.Report)
        assert asked.said == "69240B2F4A1C7E9D03"

    @pytest.mark.parametrize("page", [AskingSigns(BONE), AskingGroup(BONE), ShowingNumber(ISSUED), EnteringPin()])
    def test_a_code_means_nothing_where_nobody_is_asked_for_one(self, page: Page) -> None:
        assert after(on(page), said.Scan("69240B2F4A1C7E9D03")).state.page == page

    def test_a_slip_is_printed_again_only_for_whom_it_is_offered(self) -> None:
        assert after(on(ShowingNumber(ISSUED)), said.PrintAgain()).effects == ()
        again = replace(ISSUED, again=True)
        assert after(on(ShowingNumber(again)), said.PrintAgain()).effects == (said.Reprint(8, again),)


class TestWhatLiesOverAPage:
    def test_help_lets_the_page_go_on_and_a_number_on_its_way_finds_it(self) -> None:
        state, asked = after(on(Waiting(Wait.FOR_NUMBER, Idle()), Awaited.NUMBER), said.CallHelp())
        assert asked == (said.RaiseAlarm(7, EventKind.HELP, None),)
        state = after(state, said.Given(7, ISSUED)).state
        assert (state.page, state.over) == (ShowingNumber(ISSUED, new=True), CallingHelp())
        assert after(state, said.Close()).state.over is None

    @pytest.mark.parametrize(("told", "known"), [(True, StaffTold.YES), (False, StaffTold.NO)])
    def test_staff_are_said_to_know_once_they_do(self, told: bool, known: StaffTold) -> None:
        state = after(on(Services()), said.CallHelp()).state
        assert state.over == CallingHelp(StaffTold.UNKNOWN)
        assert after(state, said.Alarmed(7, EventKind.HELP, told)).state.over == CallingHelp(known)

    def test_a_danger_sign_leads_to_emergency_with_its_clinic_and_never_on_to_a_number(self) -> None:
        state, asked = after(on(AskingSigns(BONE)), said.GoToEmergency())
        assert asked == (said.RaiseAlarm(7, EventKind.RED_FLAG, BONE),)
        assert state.over == ShowingEmergency()
        assert after(state, said.NoSigns(None)).effects == ()
        assert after(state, said.Close()).state.page == Idle()

    @pytest.mark.parametrize("page", [ShowingNumber(ISSUED), Waiting(Wait.FOR_NUMBER, Idle())])
    def test_a_number_is_still_there_behind_the_way_to_emergency(self, page: Page) -> None:
        awaited = Awaited.NUMBER if isinstance(page, Waiting) else None
        state = after(on(page, awaited), said.GoToEmergency(), said.Close()).state
        assert (state.page, state.over) == (page, None)

    def test_who_cannot_walk_calls_somebody_once(self) -> None:
        state, asked = after(on(Idle(), over=ShowingEmergency()), said.SayCannotWalk())
        assert asked == (said.RaiseAlarm(7, EventKind.CANNOT_WALK, None),)
        assert after(state, said.SayCannotWalk()).effects == ()
        failed = after(state, said.Alarmed(7, EventKind.CANNOT_WALK, False)).state
        assert after(failed, said.SayCannotWalk()).effects == asked

    def test_an_alarm_that_failed_is_not_told_to_the_next_patient(self) -> None:
        state = after(on(Services()), said.CallHelp(), said.Close(), said.GoHome()).state
        state = after(state, said.CallHelp()).state
        assert after(state, said.Alarmed(7, EventKind.HELP, False)).state.over == CallingHelp()

    @pytest.mark.parametrize("page", [ServiceMenu(KIOSK), Cleaning(KIOSK, 999.0)])
    def test_the_service_menu_raises_no_alarm(self, page: Page) -> None:
        assert after(on(page), said.GoToEmergency()).effects == ()


class TestLanguageAndSize:
    def test_the_language_goes_round_and_keeps_the_place_the_entry_and_an_answer_on_its_way(self) -> None:
        state = after(on(ENTRY), said.ChangeLanguage()).state
        assert (state.language, state.page) == ("en", ENTRY)
        assert after(state, said.ChangeLanguage(), said.ChangeLanguage()).state.language == "zh"
        waiting = after(on(Waiting(Wait.FOR_NUMBER, Idle()), Awaited.NUMBER), said.ChangeLanguage()).state
        assert after(waiting, said.Given(7, ISSUED)).state.page == ShowingNumber(ISSUED, new=True)

    def test_the_size_changes_on_every_page_and_over_it(self) -> None:
        state = after(on(ENTRY, over=CallingHelp()), said.ChangeSize()).state
        assert (state.elder, state.page, state.over) == (True, ENTRY, CallingHelp())

    def test_what_somebody_left_behind_on_the_idle_page_goes_back(self) -> None:
        state = after(on(Idle()), said.ChangeLanguage(), said.ChangeSize()).state
        assert after(state, said.TimePasses(), now=150.0).state.language == "en"
        home = after(state, said.TimePasses(), now=171.0).state
        assert (home.language, home.elder) == ("zh", False)

    def test_a_kiosk_may_begin_in_the_large_mode(self) -> None:
        flow = replace(FLOW, elder=True)
        assert flow.begin(0.0).elder
        assert flow.home(replace(on(Services()), elder=False), 110.0).elder


class TestTheNumber:
    def shown(self, **changes: object) -> LobbyState:
        return on(replace(ShowingNumber(ISSUED, new=True), **changes))  # type: ignore[arg-type]

    def test_its_slip_is_looked_up_once_at_a_time_and_late_after_six_seconds(self) -> None:
        state, asked = after(self.shown(), said.TimePasses(), now=101.0)
        assert asked == (said.LookAtSlip(7, ISSUED.ticket),)
        assert after(state, said.TimePasses(), now=101.5).effects == ()
        state = after(state, said.SlipSeen(7, None), now=102.0).state
        assert state.page == ShowingNumber(ISSUED, new=True)
        seen = after(state, said.SlipSeen(7, None, staff_told=True), now=106.5).state.page
        assert seen == ShowingNumber(ISSUED, new=True, late=True, staff_told=True)

    def test_it_cannot_be_dismissed_before_its_slip_is_out_or_late(self) -> None:
        assert after(self.shown(), said.KeepInMind()).state.page == self.shown().page
        assert after(self.shown(late=True), said.KeepInMind()).state.page == Idle()
        none = on(ShowingNumber(replace(ISSUED, slip=False)))
        assert after(none, said.KeepInMind()).state.page == Idle()

    def test_it_stands_for_a_minute_and_a_half_without_a_slip_and_for_a_moment_once_it_is_out(self) -> None:
        assert FLOW.seconds_left(self.shown(), 189.0) is None
        assert FLOW.seconds_left(self.shown(), 190.0) == 21
        assert after(self.shown(), said.TimePasses(), now=209.9).state.page != Idle()
        assert after(self.shown(), said.TimePasses(), now=210.0).state.page == Idle()

    def test_it_can_be_seen_again_for_a_minute(self) -> None:
        state = after(self.shown(late=True), said.KeepInMind(), now=110.0).state
        assert state.given == GivenLast(ISSUED, 170.0)
        assert after(state, said.SeeGiven(), now=169.0).state.page == ShowingNumber(ISSUED)
        state = after(state, said.TimePasses(), now=170.0).state
        assert state.given is None
        assert after(state, said.SeeGiven(), now=171.0).state.page == Idle()

    def test_one_that_was_only_asked_for_is_not_kept(self) -> None:
        asked = on(ShowingNumber(replace(ISSUED, slip=False)))
        assert after(asked, said.KeepInMind()).state.given is None

    def test_one_that_comes_when_its_patient_has_gone_can_be_seen_again(self) -> None:
        state = replace(on(Idle()), visit=9)
        assert after(state, said.Given(7, ISSUED)).state.given == GivenLast(ISSUED, 170.0)


class TestTheCountdown:
    def test_begins_after_a_minute_and_lasts_twenty_seconds(self) -> None:
        assert [FLOW.seconds_left(on(Services()), now) for now in (159.9, 160.0, 179.5)] == [None, 21, 1]
        assert after(on(Services()), said.TimePasses(), now=179.9).state.page == Services()
        home = after(on(Services()), said.TimePasses(), now=180.0).state
        assert (home.page, home.touched, home.language) == (Idle(), None, "zh")

    def test_a_touch_extends_it_and_does_nothing_else(self) -> None:
        state, asked = after(on(Services()), said.AskFor(Purpose.WHERE), now=165.0)
        assert (state.page, asked, state.touched) == (Services(), (), 165.0)
        assert FLOW.seconds_left(state, 170.0) is None

    @pytest.mark.parametrize("tap", [said.GoToEmergency(), said.CallHelp()])
    def test_emergency_and_help_act_even_then(self, tap: Message) -> None:
        assert after(on(Services()), tap, now=165.0).effects

    def test_who_cannot_walk_says_so_even_then(self) -> None:
        state = replace(on(Idle()), over=ShowingEmergency())
        assert after(state, said.SayCannotWalk(), now=165.0).effects

    def test_everything_is_slower_in_the_large_mode(self) -> None:
        state = replace(on(Services()), elder=True)
        assert [FLOW.seconds_left(state, now) for now in (219.9, 220.0, 259.5)] == [None, 41, 1]

    def test_nothing_that_was_entered_is_left(self) -> None:
        home = after(on(Entering(Purpose.CHECK_IN, "8000")), said.TimePasses(), now=181.0).state
        assert "8000" not in repr(home)


class TestTheIdlePage:
    def test_looks_at_the_clinics_now_and_then(self) -> None:
        assert after(on(Idle()), said.TimePasses(), now=119.0).effects == ()
        state, asked = after(on(Idle()), said.TimePasses(), now=120.0)
        assert asked == (said.LookAtClinics(7),)
        assert after(state, said.Offered(7, (), KIOSK)).state.page == Idle(())

    def test_one_nobody_has_changed_is_not_drawn_anew(self) -> None:
        idle = replace(on(Idle()), touched=None)
        assert after(idle, said.GoHome()).state.drawing == idle.drawing
        assert FLOW.home(idle, 110.0) == idle

    def test_a_kiosk_that_is_suspended_says_so_until_it_is_back(self) -> None:
        state = after(on(Idle()), said.Offered(7, (), replace(KIOSK, suspended=True))).state
        assert state.page == Suspended()
        assert after(state, said.SeeClinics()).effects == ()
        back = after(state, said.Offered(state.visit, (), KIOSK)).state
        assert back.page == Idle()

    def test_a_patient_before_a_kiosk_that_was_just_suspended_gets_no_clinics(self) -> None:
        state = after(on(Idle(), Awaited.CLINICS), said.Offered(7, (), replace(KIOSK, suspended=True))).state
        assert state.page == Suspended()


class TestInformation:
    PAGES = (said.InformationPage("a", "A", "# A"), said.InformationPage("b", "B", "# B"))

    def test_is_read_by_titles_and_pages(self) -> None:
        state, asked = after(on(Idle()), said.SeePages())
        assert asked == (said.ReadPages(7),)
        state = after(state, said.PagesRead(7, self.PAGES)).state
        assert state.page == Contents(self.PAGES)
        state = after(state, said.ReadPage("b")).state
        assert state.page == Reading(self.PAGES, self.PAGES[1])
        assert after(state, said.ReadPage("b", 12)).state.page == Reading(self.PAGES, self.PAGES[1], 12)
        assert after(state, said.ReadPage("c")).state.page == state.page
        assert after(state, said.GoBack()).state.page == Contents(self.PAGES)


class TestTheServiceMenu:
    def test_opens_by_five_touches_of_the_name_and_the_right_pin(self) -> None:
        state = after(on(Idle()), *[said.TapName()] * 4).state
        assert state.page == Idle()
        state = after(state, said.TapName()).state
        assert state.page == EnteringPin()
        state, asked = after(state, said.TypeKey("4"), said.TypeKey("7"), said.EnterPin())
        assert asked == (said.TryPin(8, "47"),)
        assert after(state, said.PinTried(8, KIOSK)).state.page == ServiceMenu(KIOSK)
        assert after(state, said.PinTried(8, None, WORDS)).state.page == EnteringPin(words=WORDS)

    def test_touches_that_are_far_apart_open_nothing(self) -> None:
        state = on(Idle())
        for n in range(10):
            state = FLOW.step(state, said.TapName(), 110.0 + 2 * n).state
        assert state.page == Idle()

    def test_each_wish_is_asked_once_at_a_time(self) -> None:
        wish = said.SetTheme(KioskTheme.DAY)
        state, asked = after(on(ServiceMenu(KIOSK)), wish)
        assert asked == (said.Serve(7, wish),)
        assert after(state, said.PrintTest()).effects == ()
        day = replace(KIOSK, theme=KioskTheme.DAY)
        assert after(state, said.Served(7, day, WORDS)).state.page == ServiceMenu(day, WORDS)

    def test_touches_mean_nothing_while_the_screen_is_cleaned(self) -> None:
        state = after(on(ServiceMenu(KIOSK)), said.LockForCleaning()).state
        assert state.page == Cleaning(KIOSK, 140.0)
        assert after(state, said.GoHome(), said.TouchScreen(), now=139.0).state == state
        assert after(state, said.TimePasses(), now=140.0).state.page == ServiceMenu(KIOSK)

    def test_a_restart_begins_anew_on_the_idle_page(self) -> None:
        state, asked = after(on(ServiceMenu(KIOSK)), said.Restart())
        assert (state.page, asked) == (Idle(), (said.BeginAnew(),))
