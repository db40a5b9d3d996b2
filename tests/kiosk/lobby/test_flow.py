"""The lobby's flow by example: no screen, no database, and a clock that is a number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flowing import BONE, ENTRY, FLOW, ISSUED, KIOSK, WORDS, after, on
from lining import ticket

from nightdesk_kiosk.lobby import exchange
from nightdesk_kiosk.lobby import messages as said
from nightdesk_kiosk.lobby.exchange import Issue, Message
from nightdesk_kiosk.lobby.messages import Purpose, Spot
from nightdesk_kiosk.lobby.states import (
    AskingGroup,
    AskingSigns,
    Awaited,
    CallingHelp,
    Choosing,
    Cleaning,
    Entering,
    EnteringPin,
    Explaining,
    Forgot,
    Idle,
    Page,
    ServiceMenu,
    Services,
    ShowingEmergency,
    ShowingNumber,
    StaffTold,
    Wait,
    Waiting,
    WhichOne,
)
from nightdesk_kiosk.lobby.steps import Step
from nightdesk_queue.domain.events import EventKind


class TestTheWayToANumber:
    def test_is_four_taps_and_two_answers(self) -> None:
        state, asked = after(on(Idle()), said.SeeClinics())
        assert asked == (exchange.LookAtClinics(7),)
        state, _ = after(state, exchange.Offered(7, (), KIOSK))
        assert state.page == Choosing(())
        state, _ = after(state, said.ChooseClinic(BONE))
        assert state.page == AskingSigns(BONE)
        state, _ = after(state, said.NoSigns(None))
        assert state.page == AskingGroup(BONE)
        state, asked = after(state, said.ChooseGroup(None))
        assert state.page == Waiting(Wait.FOR_NUMBER, Idle())
        assert asked == (Issue(11, BONE, None, "zh", "run-11"),)
        state, _ = after(state, exchange.Given(11, ISSUED))
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
        assert after(on(Idle()), said.TouchScreen()).effects == (exchange.LookAtClinics(7),)
        state, asked = after(on(AskingSigns(BONE)), said.TouchScreen())
        assert (state.page, asked, state.touched) == (AskingSigns(BONE), (), 110.0)

    def test_a_closed_clinic_says_why_and_leads_back_to_the_others(self) -> None:
        state = after(on(Choosing(())), said.AskWhy(WORDS)).state
        assert state.page == Explaining(WORDS, Choosing(()))
        assert after(state, said.GoBack()).state.page == Choosing(())

    def test_a_refused_number_is_explained_and_leads_home(self) -> None:
        state = after(on(Waiting(Wait.FOR_NUMBER, Idle()), Awaited.NUMBER), exchange.Stopped(7, WORDS)).state
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
        state = after(state, exchange.Slowed(8, 18.5)).state
        assert state.page == Waiting(Wait.SLOWED, Idle(), 19)
        state, none = after(state, said.TimePasses(), now=120.0)
        assert (state.page, none) == (Waiting(Wait.SLOWED, Idle(), 9), ())
        state, again = after(state, said.TimePasses(), now=128.6)
        assert again == asked
        assert after(state, exchange.Given(8, ISSUED)).state.page == ShowingNumber(ISSUED, new=True)


class TestTaps:
    def test_on_a_page_that_has_just_come_up_are_not_meant_for_it(self) -> None:
        assert FLOW.step(on(AskingGroup(BONE)), said.ChooseGroup(None), 100.7) == Step(on(AskingGroup(BONE)))

    @pytest.mark.parametrize(("spot", "taken"), [(Spot(43, 11), False), (Spot(80, 10), True), (None, True)])
    def test_near_the_last_one_are_its_second_half_for_a_while(self, spot: Spot | None, taken: bool) -> None:
        state = replace(on(AskingGroup(BONE)), spot=Spot(40, 10))
        step = FLOW.step(state, said.ChooseGroup(None), 101.5, spot)
        assert bool(step.effects) is taken
        assert FLOW.step(state, said.ChooseGroup(None), 101.9, spot).effects

    @pytest.mark.parametrize("spot", [Spot(43, 11), Spot(80, 10), Spot(110, 30), None])
    def test_that_no_danger_sign_applies_is_not_meant_before_anybody_can_have_read_them(
        self, spot: Spot | None
    ) -> None:
        """The second half of a double tap lands anywhere; that a sign does apply is heard sooner."""
        state = replace(on(AskingSigns(BONE)), spot=Spot(40, 10))
        assert FLOW.step(state, said.NoSigns(None), 101.7, spot).state == state
        assert FLOW.step(state, said.NoSigns(None), 101.9, spot).state.page == AskingGroup(BONE)
        if spot != Spot(43, 11):
            assert FLOW.step(state, said.GoToEmergency(), 100.9, spot).state.over is not None

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
        assert asked == (exchange.Report(10, "N12", Purpose.MISSED),)

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
        state = after(state, exchange.Stopped(8, WORDS), said.GoBack()).state
        assert state.page == ENTRY

    def test_an_empty_entry_is_not_reported(self) -> None:
        assert after(on(Entering(Purpose.WHERE)), said.EnterNumber()).effects == ()

    def test_says_which_of_several_is_meant(self) -> None:
        state = after(on(ENTRY), said.EnterNumber()).state
        tickets = (ticket(1), ticket(2))
        state = after(state, exchange.Several(8, tickets, Purpose.WHERE)).state
        assert state.page == WhichOne(tickets, Purpose.WHERE, ENTRY)
        assert after(state, said.GoBack()).state.page == ENTRY
        assert after(state, said.ChooseMeant("another")).effects == ()
        assert after(state, said.ChooseMeant(tickets[1].id)).effects == (
            exchange.Report(10, tickets[1].id, Purpose.WHERE),
        )

    def test_may_report_at_once_where_the_answer_says_so(self) -> None:
        state = after(on(ENTRY), said.EnterNumber()).state
        state = after(state, exchange.Stopped(8, WORDS, "T1")).state
        assert after(state, said.ChooseMeant("T1")).effects == (exchange.Report(10, "T1", Purpose.CHECK_IN),)
        assert after(state, said.ChooseMeant("T2")).effects == ()

    def test_who_forgot_it_finds_a_way_out_and_back(self) -> None:
        state = after(on(ENTRY), said.ForgetNumber()).state
        assert state.page == Forgot(ENTRY)
        assert after(state, said.GoBack()).state.page == ENTRY

    @pytest.mark.parametrize("page", [Idle(), Services(), ENTRY, Forgot(ENTRY), Choosing(())])
    def test_holds_the_code_of_a_slip_before_the_scanner(self, page: Page) -> None:
        (asked,) = after(on(page), said.Scan("69240B2F4A1C7E9D03")).effects
        assert isinstance(asked, exchange.Report)
        assert asked.said == "69240B2F4A1C7E9D03"

    @pytest.mark.parametrize("page", [AskingSigns(BONE), AskingGroup(BONE), ShowingNumber(ISSUED), EnteringPin()])
    def test_a_code_means_nothing_where_nobody_is_asked_for_one(self, page: Page) -> None:
        assert after(on(page), said.Scan("69240B2F4A1C7E9D03")).state.page == page

    def test_a_slip_is_printed_again_only_for_whom_it_is_offered(self) -> None:
        assert after(on(ShowingNumber(ISSUED)), said.PrintAgain()).effects == ()
        again = replace(ISSUED, again=True)
        assert after(on(ShowingNumber(again)), said.PrintAgain()).effects == (exchange.Reprint(8, again),)


class TestWhatLiesOverAPage:
    def test_help_lets_the_page_go_on_and_a_number_on_its_way_finds_it(self) -> None:
        state, asked = after(on(Waiting(Wait.FOR_NUMBER, Idle()), Awaited.NUMBER), said.CallHelp())
        assert asked == (exchange.RaiseAlarm(7, EventKind.HELP, None),)
        state = after(state, exchange.Given(7, ISSUED)).state
        assert (state.page, state.over) == (ShowingNumber(ISSUED, new=True), CallingHelp())
        assert after(state, said.Close()).state.over is None

    @pytest.mark.parametrize(("told", "known"), [(True, StaffTold.YES), (False, StaffTold.NO)])
    def test_staff_are_said_to_know_once_they_do(self, told: bool, known: StaffTold) -> None:
        state = after(on(Services()), said.CallHelp()).state
        assert state.over == CallingHelp(StaffTold.UNKNOWN)
        assert after(state, exchange.Alarmed(7, EventKind.HELP, told)).state.over == CallingHelp(known)

    def test_a_danger_sign_leads_to_emergency_with_its_clinic_and_never_on_to_a_number(self) -> None:
        state, asked = after(on(AskingSigns(BONE)), said.GoToEmergency())
        assert asked == (exchange.RaiseAlarm(7, EventKind.RED_FLAG, BONE),)
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
        assert asked == (exchange.RaiseAlarm(7, EventKind.CANNOT_WALK, None),)
        assert after(state, said.SayCannotWalk()).effects == ()
        failed = after(state, exchange.Alarmed(7, EventKind.CANNOT_WALK, False)).state
        assert after(failed, said.SayCannotWalk()).effects == asked

    def test_an_alarm_that_failed_is_not_told_to_the_next_patient(self) -> None:
        state = after(on(Services()), said.CallHelp(), said.Close(), said.GoHome()).state
        state = after(state, said.CallHelp()).state
        assert after(state, exchange.Alarmed(7, EventKind.HELP, False)).state.over == CallingHelp()

    @pytest.mark.parametrize("page", [ServiceMenu(KIOSK), Cleaning(KIOSK, 999.0)])
    def test_the_service_menu_raises_no_alarm(self, page: Page) -> None:
        assert after(on(page), said.GoToEmergency()).effects == ()


class TestLanguageAndSize:
    def test_the_language_goes_round_and_keeps_the_place_the_entry_and_an_answer_on_its_way(self) -> None:
        state = after(on(ENTRY), said.ChangeLanguage()).state
        assert (state.language, state.page) == ("en", ENTRY)
        assert after(state, said.ChangeLanguage(), said.ChangeLanguage()).state.language == "zh"
        waiting = after(on(Waiting(Wait.FOR_NUMBER, Idle()), Awaited.NUMBER), said.ChangeLanguage()).state
        assert after(waiting, exchange.Given(7, ISSUED)).state.page == ShowingNumber(ISSUED, new=True)

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
