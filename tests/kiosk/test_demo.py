"""The demo night: all of it at once, on a screen that shrinks, with somebody who taps meanwhile."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from desk import Desk
from looking import look
from piloting import until_shown
from textual.pilot import Pilot

from nightdesk_displays.screen_state import screen_state
from nightdesk_kiosk.demo.app import DemoApp, DemoClock, Pane, Summary
from nightdesk_kiosk.demo.stage import BEGIN, Stage
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.widgets.app import TooSmall
from nightdesk_kiosk.widgets.big import Big
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.call_screens import ScreenScope
from nightdesk_queue.queries.reports import night
from nightdesk_queue.store import events, hl7_journal, slips, tickets


def test_a_whole_night_leaves_every_patient_served_and_every_slip_printed() -> None:
    clock = DemoClock(BEGIN, 0.0)
    with Stage(clock, seed=7) as stage:
        last = BEGIN
        while (moment := stage.night.next_moment()) is not None:
            last = moment
            stage.night.play(moment)
        found = {one.clinic: one for one in night(look(stage.database), stage.hospital, [datetime(2026, 3, 2).date()])}
        kinds = [event.kind for event in events.after(look(stage.database), 0, 10_000)]
        shown = screen_state(look(stage.database), stage.hospital, ScreenScope([]), stage.clock.now())
        told = [
            (entry.key.kind.rpartition("^")[2], entry.code.value)
            for entry in hl7_journal.newest(look(stage.database), 99)
        ]
        stage_faults = list(stage.faults)
    assert found["tcm-night"].issued in range(27, 38)
    assert found["bone"].issued == 5, "four of its own, and one whom Emergency's system sends"
    assert (found["er"].issued, found["tcm-night"].transferred, found["bone"].transferred) == (1, 4, 1)
    assert kinds.count(EventKind.TRANSFER) == 1
    assert shown.calls == ()
    assert shown.next_up == ()
    assert last < BEGIN + timedelta(hours=7)
    assert sorted(told) == [("A02", "AA")] * 4 + [("A12", "AA")]
    assert stage_faults == []


async def test_a_transfer_of_emergencys_system_is_on_the_console_on_paper_and_on_the_call_screen() -> None:
    clock = DemoClock(BEGIN, 0.0)
    with Stage(clock, seed=1) as stage:
        stage.night.play(BEGIN + timedelta(minutes=35))
        before = stage.papers
        stage.night.play(BEGIN + timedelta(minutes=37))
        clock.restart(BEGIN + timedelta(minutes=37))
        app = DemoApp(stage, clock)
        (entry,) = hl7_journal.newest(look(stage.database), 9)
        sent = tickets.by_id(look(stage.database), entry.ticket or "")
        assert sent is not None
        async with app.run_test(size=(120, 33)) as pilot:
            await until_shown(pilot, lambda: stage.papers > before)
            await pilot.press("f3")
            await until_shown(pilot, lambda: sent.number in drawn(app))
            await until_shown(pilot, lambda: app.board.state is not None)
            occupant = tickets.in_room(look(stage.database), "tcm-2")
            assert occupant is not None
            Desk(stage.database, stage.hospital).finish(occupant.id, now=clock.now(), by=By("nurse", "console"))
            called = Desk(stage.database, stage.hospital).call(
                "tcm-2", ticket=sent.id, now=clock.now(), by=By("nurse", "console")
            )
            await until_shown(pilot, lambda: called.ticket.number in [call.number for call in app.board.state.calls])


@pytest.mark.parametrize("size", [(80, 24), (120, 33), (200, 50)])
async def test_the_demo_shows_four_panes_or_one_and_any_of_them_full_screen(size: tuple[int, int]) -> None:
    clock = DemoClock(BEGIN + timedelta(minutes=60), 0.0)
    with Stage(clock, seed=1) as stage:
        stage.night.play(clock.now())
        app = DemoApp(stage, clock)
        async with app.run_test(size=size) as pilot:
            roomy = size[0] >= 118
            await until_shown(pilot, lambda: sum(pane.display for pane in app.query(Pane)) == (4 if roomy else 1))
            await until_shown(pilot, lambda: stage.papers > 5 and app.board.state is not None)
            for key, name in (("f2", "board"), ("f3", "console"), ("f4", "slip"), ("f1", "lobby")):
                await pilot.press(key)
                pane = app.query_one(f"#pane-{name}", Pane)
                await until_shown(pilot, lambda pane=pane: pane.display and pane.size.width > size[0] - 8)
            assert app.is_running
        assert slips.newest(look(stage.database), 1)


def drawn(app: DemoApp) -> str:
    """Return the whole screen as text."""
    return "\n".join("".join(part.text for part in strip) for strip in app.screen._compositor.render_strips())


async def tap_on(pilot: Pilot[None], lobby: LobbyView, target: str) -> None:
    """Tap a target of the demo's lobby once a tap would count, and wait for another page."""
    before = lobby.page

    def settled() -> bool:
        return not lobby.flow.settling(lobby.state, lobby.state.spot, time.monotonic())

    await until_shown(pilot, lambda: lobby.query(target) and settled())
    await pilot.click(target)
    await until_shown(pilot, lambda: lobby.page is not before)


async def test_a_person_may_tap_the_demos_lobby_while_the_night_goes_on() -> None:
    clock = DemoClock(BEGIN + timedelta(minutes=30), 60.0)
    with Stage(clock, seed=1) as stage:
        app = DemoApp(stage, clock)
        async with app.run_test(size=(120, 33)) as pilot:
            for target in ("IdlePage #take", "ChoosingPage .row Target"):
                await tap_on(pilot, app.lobby, target)
            while app.query("SignsPage"):
                await tap_on(pilot, app.lobby, "SignsPage #none")
            await tap_on(pilot, app.lobby, "GroupsPage #nobody")
            await until_shown(pilot, lambda: app.query("NumberPage #number"))
            number = app.query_one("NumberPage #number", Big).value
            await until_shown(
                pilot, lambda: any(number == job.number for job in slips.newest(look(stage.database), 99))
            )
            await pilot.press("p")
            assert clock.paused
            await pilot.press("p")
            assert not clock.paused


async def test_the_end_of_the_night_is_a_summary() -> None:
    clock = DemoClock(BEGIN + timedelta(hours=8), 1.0)
    with Stage(clock, seed=1) as stage:
        app = DemoApp(stage, clock)
        async with app.run_test(size=(120, 33)) as pilot:
            await until_shown(pilot, lambda: isinstance(app.screen, Summary), seconds=30)


async def test_the_demo_survives_a_terminal_that_shrinks_and_grows() -> None:
    clock = DemoClock(BEGIN, 0.0)
    with Stage(clock, seed=1) as stage:
        app = DemoApp(stage, clock)
        async with app.run_test(size=(120, 33)) as pilot:
            for size in ((70, 20), (60, 10), (120, 33), (80, 24), (30, 8), (200, 50)):
                await pilot.resize_terminal(*size)
                await until_shown(pilot, lambda size=size: isinstance(app.screen, TooSmall) == (size[0] < 80))
                panes = 4 if size[0] >= 118 else 1
                await until_shown(pilot, lambda panes=panes: sum(pane.display for pane in app.query(Pane)) == panes)
            assert app.is_running


def test_a_visitor_who_takes_a_patient_away_does_not_stop_the_night(nurse: By) -> None:
    clock = DemoClock(BEGIN, 0.0)
    with Stage(clock, seed=1) as stage:
        visitor = Desk(stage.database, stage.hospital)
        stage.night.play(BEGIN + timedelta(minutes=25))
        visitor.call("er-1", now=BEGIN + timedelta(minutes=25), by=nurse)
        visitor.cancel(visitor.issue("bone", now=BEGIN, by=nurse).id, now=BEGIN, by=nurse)
        visitor.start("E001", now=BEGIN + timedelta(minutes=26), by=nurse)
        visitor.finish("E001", now=BEGIN + timedelta(minutes=27), by=nurse)
        while (moment := stage.night.next_moment()) is not None:
            stage.night.play(moment)
        assert stage.night.over


async def test_a_summary_that_opens_over_the_too_small_screen_does_not_leave_it_there() -> None:
    clock = DemoClock(BEGIN, 0.0)
    with Stage(clock, seed=1) as stage:
        app = DemoApp(stage, clock)
        async with app.run_test(size=(120, 33)) as pilot:
            await pilot.resize_terminal(70, 20)
            await until_shown(pilot, lambda: isinstance(app.screen, TooSmall))
            app.post_message(DemoApp.Over())
            await until_shown(pilot, lambda: isinstance(app.screen, Summary))
            await pilot.resize_terminal(120, 33)
            await pilot.press("enter")
            await until_shown(pilot, lambda: len(app.screen_stack) == 1)
