"""The patients' touchscreen, tapped as a patient would."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from desk import Desk
from looking import bare, look
from piloting import until_shown, words
from textual.pilot import Pilot
from touchscreen import Seconds, come_to, lobby, page, tap, tap_through

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.flow import Patience
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.lobby.messages import Given, Message, Offered
from nightdesk_kiosk.lobby.pages import (
    ChoosePage,
    ConfirmPage,
    IdlePage,
    NumberPage,
)
from nightdesk_kiosk.lobby.states import Confirming
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.app import TooSmall
from nightdesk_kiosk.widgets.big import Big
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.store import Database, events, slips
from nightdesk_queue.text.bilingual import same

SIZES = [(80, 24), (120, 33)]


@pytest.mark.parametrize("size", SIZES)
async def test_from_touch_to_number_in_three_taps(app: LobbyApp, store: Database, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await come_to(pilot, IdlePage)
        assert app.query_one("#clock", Big).value == "18:30"
        await tap(pilot, "请触摸屏幕取号")
        await come_to(pilot, ChoosePage)
        await tap(pilot, "中医夜间门诊")
        await come_to(pilot, ConfirmPage)
        assert "胸痛" in words(page(app))
        await tap(pilot, "都没有")
        await come_to(pilot, NumberPage)
        number = app.query_one("#number", Big)
        assert number.value == "N001"
        assert len(number.drawn()) >= 5
        assert max(map(len, number.drawn())) <= size[0]
        assert "您是下一位" in words(page(app))
        assert "门诊楼3层东" in words(page(app))
        await tap(pilot, "知道了")
        await come_to(pilot, IdlePage)
    (event,) = events.after(look(store), 0)
    assert (event.kind, event.number, event.station) == ("issue", "N001", "kiosk:lobby-1")


@pytest.mark.parametrize("size", SIZES)
async def test_every_target_is_large_enough_for_a_finger(app: LobbyApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        for label, kind in (("请触摸", ChoosePage), ("中医夜间", ConfirmPage), ("都没有", NumberPage)):
            await tap(pilot, label)
            await come_to(pilot, kind)
            for target in page(app).query(Target):
                assert target.region.height >= 3, target.asks
                assert target.region.width >= 12, target.asks
                assert app.screen.region.contains_region(target.region), target.asks


async def test_tapping_again_and_again_gives_one_number(app: LobbyApp, store: Database) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        await tap(pilot, "正骨")
        await come_to(pilot, ConfirmPage)
        confirm = page(app)
        for _ in range(5):
            confirm.query(Target).first().action_tap()
        await come_to(pilot, NumberPage)
        await pilot.pause()
    assert [event.kind for event in events.after(look(store), 0)] == ["issue"]


async def test_a_double_tap_never_takes_the_number_away(lobby_desk: LobbyDesk, seconds: Seconds) -> None:
    app = LobbyApp(lobby_desk, Patience(settle=3.0), seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        for label, kind in (("请触摸", ChoosePage), ("正骨", ConfirmPage), ("都没有", NumberPage)):
            seconds.go_on(3.0)
            await tap_through(pilot, (label, kind))
            await pilot.click(offset=(15, 21))
            await pilot.click(offset=(15, 21))
            await pilot.pause()
            assert isinstance(page(app), kind), label
        assert "B001" in app.query_one("#number", Big).value


async def test_mashing_the_screen_neither_breaks_it_nor_gives_a_number_nobody_confirmed(
    app: LobbyApp, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed: set[int] = set()
    take = LobbyView.take

    async def noted(view: LobbyView, message: Message) -> None:
        await take(view, message)
        if isinstance(view.state.page, Confirming):
            confirmed.add(view.state.visit)

    monkeypatch.setattr(LobbyView, "take", noted)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(25):
            await pilot.click(offset=(15, 21))
            await pilot.click(offset=(15, 10))
        assert app.is_running
    (issued,) = bare(store).execute("SELECT count(*) FROM tickets").fetchone()
    assert 0 < issued <= len(confirmed)


async def test_an_answer_that_comes_late_is_not_shown_to_the_next_patient(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, ("请触摸", ChoosePage))
        view = lobby(app)
        asked_from = view.state.visit
        await tap_through(pilot, ("返回", IdlePage))
        clinic = view.desk.hospital.clinics["bone"]
        view.post_message(LobbyView.Answered(Given(asked_from, view.desk.issue(clinic, "zh", "k"))))
        view.post_message(LobbyView.Answered(Offered(asked_from, ())))
        await pilot.pause()
        await pilot.pause()
        assert isinstance(page(app), IdlePage)


async def test_a_language_left_behind_goes_back_by_itself(app: LobbyApp, seconds: Seconds) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "English")
        await until_shown(pilot, lambda: "Touch here" in words(page(app)))
        seconds.go_on(60)
        await until_shown(pilot, lambda: "请触摸屏幕取号" in words(page(app)))


async def test_english_is_one_tap_away_and_the_next_patient_starts_in_chinese(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "English")
        await pilot.pause()
        await tap(pilot, "Touch here")
        await come_to(pilot, ChoosePage)
        assert "Evening clinic" in words(page(app))
        assert not any("一" <= char <= "鿿" for char in words(page(app)))
        await tap(pilot, "Back")
        await come_to(pilot, IdlePage)
        assert "请触摸屏幕取号" in words(page(app))


async def test_a_closed_clinic_says_when_it_opens_and_cannot_be_chosen(
    hospital: Hospital, store: Database, evening: datetime
) -> None:
    desk = LobbyDesk(hospital, store, Clock(evening - timedelta(hours=3), 0.0), hospital.kiosks["lobby-1"])
    app = LobbyApp(desk, Patience(settle=0.0))
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        closed = next(tap for tap in app.query(Target) if "中医夜间" in str(tap.render()))
        assert "今天 17:30开始" in str(closed.render())
        await pilot.click(closed)
        await pilot.pause()
        assert isinstance(page(app), ChoosePage)


async def test_left_alone_it_goes_back_to_idle_by_itself(app: LobbyApp, seconds: Seconds) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap_through(pilot, ("请触摸", ChoosePage))
        seconds.go_on(41)
        await until_shown(pilot, lambda: "20 秒后返回" in words(app.query_one("#foot")))
        seconds.go_on(19)
        await come_to(pilot, IdlePage)


async def test_no_key_of_the_terminal_leaves_it(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+q", "ctrl+c", "ctrl+p", "ctrl+z", "escape", "q", "f1")
        await pilot.pause()
        assert app.is_running
        assert len(app.screen_stack) == 1
        await pilot.press("enter")
        await come_to(pilot, ChoosePage)


async def test_the_slip_is_followed_until_it_is_there(app: LobbyApp, store: Database, evening: datetime) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        for label, kind in (("请触摸", ChoosePage), ("正骨", ConfirmPage), ("都没有", NumberPage)):
            await tap(pilot, label)
            await come_to(pilot, kind)
        assert "正在打印" in words(page(app))
        (job,) = slips.newest(look(store), 1)
        with store.transaction() as tx:
            slips.move(tx, job, SlipState.QUEUED, evening, cause="unreachable")
        await until_shown(pilot, lambda: "请记住号码 B001" in words(page(app)))
        with store.transaction() as tx:
            slips.move(tx, job, SlipState.PRINTED, evening)
        await until_shown(pilot, lambda: "请取走小票" in words(page(app)))


async def test_a_database_that_is_away_is_said_in_words_and_nothing_breaks(
    app: LobbyApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise Fault("disk_full", same("x"))

    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        await tap(pilot, "正骨")
        await come_to(pilot, ConfirmPage)
        monkeypatch.setattr(LobbyDesk, "issue", away)
        await tap(pilot, "都没有")
        await until_shown(pilot, lambda: "取号机暂时不能用" in words(page(app)))
        monkeypatch.undo()
        await tap(pilot, "返回")
        await come_to(pilot, IdlePage)


async def test_a_terminal_made_too_small_says_so_until_it_is_large_again(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.resize_terminal(60, 20)
        await until_shown(pilot, lambda: isinstance(app.screen, TooSmall) and "60×20" in words(app.screen))
        await pilot.resize_terminal(80, 24)
        await until_shown(pilot, lambda: not isinstance(app.screen, TooSmall))
        await come_to(pilot, IdlePage)


def test_the_lobby_as_a_picture(app: LobbyApp, snap_compare: Any) -> None:
    async def to_choices(pilot: Pilot[Any]) -> None:
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)

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
        await come_to(pilot, IdlePage)
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        labels = {str(target.render()): target.disabled for target in app.query(".choices Target").results(Target)}
    by_clinic = {label.split("\n")[0]: (label.split("\n")[1], disabled) for label, disabled in labels.items()}
    assert by_clinic["综合服务中心"] == ("停诊 台风", True)
    assert by_clinic["24小时正骨门诊"] == ("现在在：中医2诊室", False)
    assert by_clinic["中医夜间门诊"] == ("号已满，请咨询分诊台", True)
