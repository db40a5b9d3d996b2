"""The patients' touchscreen, tapped as a patient would."""

from __future__ import annotations

from asyncio import gather
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from desk import Desk
from looking import bare, look
from piloting import until_shown, words
from textual.pilot import Pilot
from touchscreen import AT_ONCE, SIZES, Seconds, come_to, find, lobby, number, page, shown, tap, tap_through

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.countdown import Countdown, Shrinking, Strip
from nightdesk_kiosk.lobby.exchange import Answer, Effect, Given, Issue, Message, Offered
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.lobby.messages import Spot, TimePasses
from nightdesk_kiosk.lobby.pages.choosing import ChoosingPage
from nightdesk_kiosk.lobby.pages.groups import GroupsPage
from nightdesk_kiosk.lobby.pages.idle import IdlePage
from nightdesk_kiosk.lobby.pages.number import NumberPage
from nightdesk_kiosk.lobby.pages.signs import SignsPage
from nightdesk_kiosk.lobby.pages.words import ExplainingPage, WaitingPage
from nightdesk_kiosk.lobby.patience import Patience
from nightdesk_kiosk.lobby.states import AskingGroup
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.app import TooSmall
from nightdesk_kiosk.widgets.big import Big
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.kiosk_state import KioskState
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.store import Database, events, slips
from nightdesk_queue.text.bilingual import same

TO_THE_GROUPS: list[tuple[str, type[Any]]] = [("点这里取号", ChoosingPage), ("正骨", SignsPage), ("没有", GroupsPage)]
TO_A_NUMBER: list[tuple[str, type[Any]]] = [*TO_THE_GROUPS, ("都不是", NumberPage)]


@pytest.mark.parametrize("size", SIZES)
async def test_from_touch_to_number_in_four_taps(app: LobbyApp, store: Database, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await come_to(pilot, IdlePage)
        assert "18:30" in shown(app)
        assert [clock.value for clock in app.query("#clock").results(Big)] == (["18:30"] if size[1] > 30 else [])
        await tap_through(pilot, ("点这里取号", ChoosingPage), ("中医夜间门诊", SignsPage))
        assert "胸口痛" in words(page(app))
        await tap_through(pilot, ("没有", GroupsPage), ("都不是，直接取号", NumberPage))
        drawn = app.query_one("#number", Big).drawn()
        assert number(app) == "N001"
        assert len(drawn) >= 5
        assert max(map(len, drawn)) <= size[0]
        assert "您是下一位" in shown(app)
        assert "门诊楼3层东" in shown(app)
    (event,) = events.after(look(store), 0)
    assert (event.kind, event.number, event.station) == ("issue", "N001", "kiosk:lobby-1")


@pytest.mark.parametrize("size", SIZES)
async def test_every_target_on_the_way_is_large_enough_for_a_finger(app: LobbyApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        for label, kind in TO_A_NUMBER:
            await tap_through(pilot, (label, kind))
            visible = [target for target in app.query(Target) if target.region.area]
            assert {"emergency", "help", "language", "size"} <= {target.id for target in visible}
            for target in visible:
                assert target.region.height >= 3, target.asks
                assert target.region.width >= 12, target.asks
                assert app.screen.region.contains_region(target.region), target.asks


async def test_tapping_again_and_again_gives_one_number(app: LobbyApp, store: Database) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, *TO_THE_GROUPS)
        nobody = page(app).query_one("#nobody", Target)
        for _ in range(5):
            nobody.action_tap()
        await come_to(pilot, NumberPage)
        await pilot.pause()
    assert [event.kind for event in events.after(look(store), 0)] == ["issue"]


async def test_a_double_tap_never_takes_the_number_away(
    lobby_desk: LobbyDesk, seconds: Seconds, store: Database, evening: datetime
) -> None:
    app = LobbyApp(lobby_desk, Patience(settle=3.0), seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        for label, kind in TO_A_NUMBER:
            seconds.go_on(3.0)
            await tap_through(pilot, (label, kind))
            for offset in ((60, 18), (15, 18), (70, 1)):
                await pilot.click(offset=offset)
                await pilot.click(offset=offset)
            await pilot.pause()
            assert isinstance(page(app), kind), label
        assert number(app) == "B001"


async def test_the_number_stays_whatever_is_tapped_until_its_slip_is_out(
    app: LobbyApp, store: Database, evening: datetime
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, *TO_A_NUMBER)
        assert find(app, "我记住了") is None, "nobody can dismiss it before there is a slip"
        page(app).query_one("#done", Target).action_tap()
        for row in range(1, 20):
            for column in (10, 40, 70):
                await pilot.click(offset=(column, row))
        await pilot.pause()
        assert number(app) == "B001"
        (job,) = slips.newest(look(store), 1)
        with store.transaction() as tx:
            slips.move(tx, job, SlipState.PRINTED, evening)
        await tap_through(pilot, ("我记住了", IdlePage))


async def test_mashing_the_screen_neither_breaks_it_nor_gives_a_number_nobody_confirmed(
    app: LobbyApp, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed: set[int] = set()
    take = LobbyView.take

    async def noted(view: LobbyView, message: Message, spot: Spot | None = None) -> None:
        await take(view, message, spot)
        if isinstance(view.state.page, AskingGroup):
            confirmed.add(view.state.visit)

    monkeypatch.setattr(LobbyView, "take", noted)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(25):
            await pilot.click(offset=(50, 19))
            await pilot.click(offset=(15, 10))
        assert app.is_running
    (issued,) = bare(store).execute("SELECT count(*) FROM tickets").fetchone()
    assert 0 < issued <= len(confirmed)


async def test_a_number_that_comes_late_is_not_shown_to_the_next_patient_and_can_be_seen_by_its_own(
    app: LobbyApp,
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, ("点这里取号", ChoosingPage))
        view = lobby(app)
        asked_from = view.state.visit
        await tap_through(pilot, ("返回", IdlePage))
        clinic = view.desk.hospital.clinics["bone"]
        view.post_message(LobbyView.Answered(Given(asked_from, view.desk.issue(clinic, "zh", "k"))))
        view.post_message(LobbyView.Answered(Offered(asked_from, (), KioskState("lobby-1"))))
        await until_shown(pilot, lambda: find(app, "再看刚才的号"))
        assert isinstance(page(app), IdlePage)
        assert "B001" not in shown(app)
        await tap_through(pilot, ("再看刚才的号", NumberPage))
        assert number(app) == "B001"


async def test_a_language_left_behind_goes_back_by_itself(app: LobbyApp, seconds: Seconds) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "English")
        await until_shown(pilot, lambda: "Touch to take a number" in words(page(app)))
        seconds.go_on(60)
        await until_shown(pilot, lambda: "点这里取号" in words(page(app)))


async def test_english_is_one_tap_away_and_the_next_patient_starts_in_chinese(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "English")
        await tap_through(pilot, ("Touch to take a number", ChoosingPage))
        assert "Evening clinic" in words(page(app))
        assert not any("一" <= char <= "鿿" for char in words(page(app)))
        await tap_through(pilot, ("Back", IdlePage))
        assert "点这里取号" in words(page(app))


async def test_a_closed_clinic_that_is_touched_says_when_it_opens_and_cannot_be_chosen(
    hospital: Hospital, store: Database, evening: datetime
) -> None:
    desk = LobbyDesk(hospital, store, Clock(evening - timedelta(hours=3), 0.0), hospital.kiosks["lobby-1"])
    app = LobbyApp(desk, AT_ONCE)
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, ("点这里取号", ChoosingPage))
        closed = find(app, "中医夜间门诊")
        assert closed is not None
        assert "今天 17:30开始" in str(closed.content)
        await tap_through(pilot, ("中医夜间门诊", ExplainingPage))
        assert "17:30" in shown(app)
        await tap_through(pilot, ("返回", ChoosingPage))


async def test_left_alone_it_counts_down_in_large_figures_and_goes_back_to_idle_by_itself(
    app: LobbyApp, seconds: Seconds
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, ("点这里取号", ChoosingPage))
        seconds.go_on(61)
        await until_shown(pilot, lambda: "20 秒" in shown(app) and "还在吗" in shown(app))
        await until_shown(pilot, lambda: app.query_one(Shrinking).share == 1.0)
        seconds.go_on(10)
        bar = app.query_one(Shrinking)
        await until_shown(pilot, lambda: 2 * len(bar.render().plain) == bar.size.width)
        seconds.go_on(9)
        await come_to(pilot, IdlePage)


async def test_a_number_stays_in_sight_while_its_last_seconds_are_counted(
    app: LobbyApp, store: Database, seconds: Seconds, evening: datetime
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, *TO_A_NUMBER)
        (job,) = slips.newest(look(store), 1)
        with store.transaction() as tx:
            slips.move(tx, job, SlipState.PRINTED, evening)
        await until_shown(pilot, lambda: find(app, "我记住了"))
        seconds.go_on(25)
        await until_shown(pilot, lambda: app.query(Strip) and "16 秒后消失" in shown(app))
        strip, drawn = app.query_one(Strip), app.query_one("#number", Big)
        assert not strip.region.overlaps(drawn.region)
        assert await pilot.click(Strip)
        await until_shown(pilot, lambda: not app.query(Countdown))
        assert number(app) == "B001", "the touch that keeps it does nothing else"
        seconds.go_on(41)
        await come_to(pilot, IdlePage)


async def test_whatever_comes_while_something_is_drawn_waits_for_it(app: LobbyApp, seconds: Seconds) -> None:
    """The clock and the desk each speak from a task of their own."""
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, *TO_A_NUMBER)
        seconds.go_on(100)
        view = lobby(app)
        await gather(*(view._tick() for _ in range(5)), *(view.take(TimePasses()) for _ in range(5)))
        assert len(app.query(Countdown)) == 1
        seconds.go_on(20)
        await gather(*(view._tick() for _ in range(5)))
        await come_to(pilot, IdlePage)


async def test_enter_on_a_page_without_targets_does_nothing(app: LobbyApp, store: Database) -> None:
    hold = Event()
    answer = app.desk.answer

    def slowly(effect: Effect) -> Answer | None:
        if isinstance(effect, Issue):
            assert hold.wait(30)
        return answer(effect)

    app.desk.answer = slowly  # type: ignore[method-assign]
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, *TO_THE_GROUPS, ("都不是", WaitingPage))
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(page(app), WaitingPage)
        hold.set()
        await come_to(pilot, NumberPage)
    assert [event.kind for event in events.after(look(store), 0)] == ["issue"]


async def test_a_countdown_is_still_there_when_the_terminal_has_changed_its_size(
    app: LobbyApp, seconds: Seconds
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, ("点这里取号", ChoosingPage))
        seconds.go_on(61)
        await until_shown(pilot, lambda: app.query(Countdown))
        await pilot.resize_terminal(120, 33)
        await until_shown(pilot, lambda: app.query(Countdown) and app.query_one(Countdown).region.width == 120)
        seconds.go_on(5)
        await until_shown(pilot, lambda: "15 秒" in shown(app))


async def test_a_touch_ends_the_countdown_and_does_nothing_else(app: LobbyApp, seconds: Seconds) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, ("点这里取号", ChoosingPage))
        seconds.go_on(70)
        await until_shown(pilot, lambda: app.query(Countdown))
        assert await pilot.click(Countdown)
        await until_shown(pilot, lambda: not app.query(Countdown))
        assert isinstance(page(app), ChoosingPage)
        seconds.go_on(59)
        await pilot.pause()
        assert isinstance(page(app), ChoosingPage)


async def test_no_key_of_the_terminal_leaves_it(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+q", "ctrl+c", "ctrl+p", "ctrl+z", "escape", "q", "f1")
        await pilot.pause()
        assert app.is_running
        assert len(app.screen_stack) == 1
        assert isinstance(page(app), IdlePage)


async def test_who_has_a_keyboard_goes_on_by_enter(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, IdlePage)
        await pilot.press("enter")
        await come_to(pilot, ChoosingPage)


async def test_the_slip_is_followed_until_it_is_there(app: LobbyApp, store: Database, evening: datetime) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, *TO_A_NUMBER)
        assert "正在打印" in shown(app)
        (job,) = slips.newest(look(store), 1)
        with store.transaction() as tx:
            slips.move(tx, job, SlipState.QUEUED, evening, cause="unreachable")
        await until_shown(pilot, lambda: "没有小票也行：记住 B001" in shown(app))
        with store.transaction() as tx:
            slips.move(tx, job, SlipState.PRINTED, evening)
        await until_shown(pilot, lambda: "小票在下面，请拿好" in shown(app))


async def test_a_desk_that_fails_is_said_in_words_and_nothing_breaks(
    app: LobbyApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise Fault("disk_full", same("x"))

    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, *TO_THE_GROUPS)
        monkeypatch.setattr(LobbyDesk, "issue", away)
        await tap(pilot, "都不是")
        await until_shown(pilot, lambda: "取号机暂时不能用" in shown(app))
        monkeypatch.undo()
        await tap_through(pilot, ("返回", IdlePage))


async def test_a_terminal_made_too_small_says_so_until_it_is_large_again(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.resize_terminal(60, 20)
        await until_shown(pilot, lambda: isinstance(app.screen, TooSmall) and "60×20" in words(app.screen))
        await pilot.resize_terminal(80, 24)
        await until_shown(pilot, lambda: not isinstance(app.screen, TooSmall))
        await come_to(pilot, IdlePage)


def test_the_lobby_as_a_picture(app: LobbyApp, snap_compare: Any) -> None:
    async def to_choices(pilot: Pilot[Any]) -> None:
        await tap_through(pilot, ("点这里取号", ChoosingPage))

    assert snap_compare(app, terminal_size=(80, 24), run_before=to_choices)


async def test_suspended_moved_and_full_clinics_say_so(
    app: LobbyApp, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    desk = Desk(store, hospital)
    desk.suspend("service", now=evening, by=nurse, notice="台风")
    desk.move("bone", ["tcm-2"], now=evening, by=nurse)
    for _ in range(30):
        desk.issue("tcm-night", now=evening, by=nurse, extra=True)
    async with app.run_test(size=(120, 33)) as pilot:
        await tap_through(pilot, ("点这里取号", ChoosingPage))
        targets = list(page(app).query(".row Target").results(Target))
        below = {target.label: (target.below[0], target.has_class("closed")) for target in targets}
    assert below["综合服务中心"] == ("停诊 台风", True)
    assert below["24小时正骨门诊"][0].startswith("现在在中医2诊室")
    assert not below["24小时正骨门诊"][1]
    assert below["中医夜间门诊"] == ("号已取完", True)
