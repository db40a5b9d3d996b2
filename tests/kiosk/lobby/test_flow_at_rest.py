"""The lobby's flow by example: the number that stays, the countdown, the idle page, information, the service menu."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flowing import FLOW, ISSUED, KIOSK, WORDS, after, on

from nightdesk_kiosk.lobby import exchange
from nightdesk_kiosk.lobby import messages as said
from nightdesk_kiosk.lobby.exchange import Message
from nightdesk_kiosk.lobby.messages import Purpose
from nightdesk_kiosk.lobby.states import (
    Awaited,
    Cleaning,
    Contents,
    Entering,
    EnteringPin,
    GivenLast,
    Idle,
    LobbyState,
    Reading,
    ServiceMenu,
    Services,
    ShowingEmergency,
    ShowingNumber,
    Suspended,
)
from nightdesk_queue.domain.kiosk_state import KioskTheme


class TestTheNumber:
    def shown(self, **changes: object) -> LobbyState:
        return on(replace(ShowingNumber(ISSUED, new=True), **changes))  # type: ignore[arg-type]

    def test_its_slip_is_looked_up_once_at_a_time_and_late_after_six_seconds(self) -> None:
        state, asked = after(self.shown(), said.TimePasses(), now=101.0)
        assert asked == (exchange.LookAtSlip(7, ISSUED.ticket),)
        assert after(state, said.TimePasses(), now=101.5).effects == ()
        state = after(state, exchange.SlipSeen(7, None), now=102.0).state
        assert state.page == ShowingNumber(ISSUED, new=True)
        seen = after(state, exchange.SlipSeen(7, None, staff_told=True), now=106.5).state.page
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
        assert after(state, exchange.Given(7, ISSUED)).state.given == GivenLast(ISSUED, 170.0)


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
        assert asked == (exchange.LookAtClinics(7),)
        assert after(state, exchange.Offered(7, (), KIOSK)).state.page == Idle(())

    def test_one_nobody_has_changed_is_not_drawn_anew(self) -> None:
        idle = replace(on(Idle()), touched=None)
        assert after(idle, said.GoHome()).state.drawing == idle.drawing
        assert FLOW.home(idle, 110.0) == idle

    def test_a_kiosk_that_is_suspended_says_so_until_it_is_back(self) -> None:
        state = after(on(Idle()), exchange.Offered(7, (), replace(KIOSK, suspended=True))).state
        assert state.page == Suspended()
        assert after(state, said.SeeClinics()).effects == ()
        back = after(state, exchange.Offered(state.visit, (), KIOSK)).state
        assert back.page == Idle()

    def test_a_patient_before_a_kiosk_that_was_just_suspended_gets_no_clinics(self) -> None:
        state = after(on(Idle(), Awaited.CLINICS), exchange.Offered(7, (), replace(KIOSK, suspended=True))).state
        assert state.page == Suspended()


class TestInformation:
    PAGES = (exchange.InformationPage("a", "A", "# A"), exchange.InformationPage("b", "B", "# B"))

    def test_is_read_by_titles_and_pages(self) -> None:
        state, asked = after(on(Idle()), said.SeePages())
        assert asked == (exchange.ReadPages(7),)
        state = after(state, exchange.PagesRead(7, self.PAGES)).state
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
        assert asked == (exchange.TryPin(8, "47"),)
        assert after(state, exchange.PinTried(8, KIOSK)).state.page == ServiceMenu(KIOSK)
        assert after(state, exchange.PinTried(8, None, WORDS)).state.page == EnteringPin(words=WORDS)

    def test_touches_that_are_far_apart_open_nothing(self) -> None:
        state = on(Idle())
        for n in range(10):
            state = FLOW.step(state, said.TapName(), 110.0 + 2 * n).state
        assert state.page == Idle()

    def test_each_wish_is_asked_once_at_a_time(self) -> None:
        wish = said.SetTheme(KioskTheme.DAY)
        state, asked = after(on(ServiceMenu(KIOSK)), wish)
        assert asked == (exchange.Serve(7, wish),)
        assert after(state, said.PrintTest()).effects == ()
        day = replace(KIOSK, theme=KioskTheme.DAY)
        assert after(state, exchange.Served(7, day, WORDS)).state.page == ServiceMenu(day, WORDS)

    def test_touches_mean_nothing_while_the_screen_is_cleaned(self) -> None:
        state = after(on(ServiceMenu(KIOSK)), said.LockForCleaning()).state
        assert state.page == Cleaning(KIOSK, 140.0)
        assert after(state, said.GoHome(), said.TouchScreen(), now=139.0).state == state
        assert after(state, said.TimePasses(), now=140.0).state.page == ServiceMenu(KIOSK)

    def test_a_restart_begins_anew_on_the_idle_page(self) -> None:
        state, asked = after(on(ServiceMenu(KIOSK)), said.Restart())
        assert (state.page, asked) == (Idle(), (exchange.BeginAnew(),))
