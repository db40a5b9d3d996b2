"""The patients' touchscreen, tapped as a patient would."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from desk import Desk
from looking import bare, look
from piloting import until_shown, words
from textual.pilot import Pilot

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.lobby_view import WARN_SECONDS, LobbyView, Patience
from nightdesk_kiosk.lobby.pages import (
    ChoosePage,
    ConfirmPage,
    EmergencyPage,
    EntryPage,
    IdlePage,
    NumberPage,
    WordPage,
)
from nightdesk_kiosk.widgets.app import TooSmall
from nightdesk_kiosk.widgets.big import Big
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.store import Database, events, slips

AT_ONCE = Patience(settle=0.0)
SIZES = [(80, 24), (120, 33)]


@pytest.fixture
def app(hospital: Hospital, store: Database, clock: Clock) -> LobbyApp:
    return LobbyApp(LobbyDesk(hospital, store, clock, hospital.kiosks["lobby-1"]), AT_ONCE)


def page(app: LobbyApp) -> Any:
    return app.query_one(LobbyView).page


async def tap(pilot: Pilot[Any], label: str) -> None:
    def found() -> Tap | None:
        return next((tap for tap in pilot.app.query(Tap) if label in str(tap.render()) and tap.region.height), None)

    await until_shown(pilot, found)
    assert await pilot.click(found())


async def come_to(pilot: Pilot[Any], kind: type[Any]) -> None:
    await until_shown(pilot, lambda: isinstance(page(pilot.app), kind) and page(pilot.app).is_mounted)  # type: ignore[arg-type]
    await pilot.pause()


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
            for target in page(app).query(Tap):
                assert target.region.height >= 3, target.wish
                assert target.region.width >= 12, target.wish
                assert app.screen.region.contains_region(target.region), target.wish


async def test_tapping_again_and_again_gives_one_number(app: LobbyApp, store: Database) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        await tap(pilot, "正骨")
        await come_to(pilot, ConfirmPage)
        view = app.query_one(LobbyView)
        confirm = page(app)
        for _ in range(5):
            confirm.query(Tap).first().action_tap()
        await come_to(pilot, NumberPage)
        await pilot.pause()
        assert view.page is not None
    assert [event.kind for event in events.after(look(store), 0)] == ["issue"]


async def test_a_double_tap_never_takes_the_number_away(hospital: Hospital, store: Database, clock: Clock) -> None:
    app = LobbyApp(LobbyDesk(hospital, store, clock, hospital.kiosks["lobby-1"]), Patience(settle=3.0))
    async with app.run_test(size=(80, 24)) as pilot:
        for label, kind in (("请触摸", ChoosePage), ("正骨", ConfirmPage), ("都没有", NumberPage)):
            await until_shown(pilot, lambda: not app.query_one(LobbyView)._settling())
            await tap(pilot, label)
            await come_to(pilot, kind)
            await pilot.click(offset=(15, 21))
            await pilot.click(offset=(15, 21))
            assert isinstance(page(app), kind), label
        assert "B001" in app.query_one("#number", Big).value


async def test_mashing_the_screen_neither_breaks_it_nor_gives_a_number_nobody_confirmed(
    app: LobbyApp, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed: list[str] = []
    confirm = LobbyView._confirm

    async def counted(view: LobbyView, clinic: Any) -> None:
        confirmed.append(clinic.id)
        await confirm(view, clinic)

    monkeypatch.setattr(LobbyView, "_confirm", counted)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(25):
            await pilot.click(offset=(15, 21))
            await pilot.click(offset=(15, 10))
        assert app.is_running
    (issued,) = bare(store).execute("SELECT count(*) FROM tickets").fetchone()
    assert 0 < issued <= len(confirmed)


async def test_an_answer_that_comes_late_is_not_shown_to_the_next_patient(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        view = app.query_one(LobbyView)
        asked_from = view.page
        await tap(pilot, "返回")
        await come_to(pilot, IdlePage)
        clinic = view.desk.hospital.clinics["bone"]
        view.post_message(LobbyView.Given(asked_from, view.desk.issue(clinic, "zh", "k")))
        view.post_message(LobbyView.Offered(asked_from, []))
        await pilot.pause()
        await pilot.pause()
        assert isinstance(page(app), IdlePage)


async def test_a_language_left_behind_goes_back_by_itself(hospital: Hospital, store: Database, clock: Clock) -> None:
    desk = LobbyDesk(hospital, store, clock, hospital.kiosks["lobby-1"])
    app = LobbyApp(desk, AT_ONCE)
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "English")
        await until_shown(pilot, lambda: "Touch here" in words(page(app)))
        app.query_one(LobbyView).patience = Patience(choosing=0, settle=0.0)
        await until_shown(pilot, lambda: "请触摸屏幕取号" in words(page(app)))


async def test_staff_are_said_to_know_only_once_they_do(app: LobbyApp, monkeypatch: pytest.MonkeyPatch) -> None:
    from nightdesk_queue.domain.errors import Fault
    from nightdesk_queue.text.bilingual import same

    def away(*_: object) -> None:
        raise Fault("disk_full", same("x"))

    monkeypatch.setattr(LobbyDesk, "alarm", away)
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        await tap(pilot, "正骨")
        await come_to(pilot, ConfirmPage)
        await tap(pilot, "有，需要急诊")
        await until_shown(pilot, lambda: "请自己告诉工作人员" in words(page(app)))
        assert "已通知" not in words(page(app))
        assert "沿红色地线" in words(page(app))


async def test_a_danger_sign_gives_no_number_but_the_way_to_emergency_and_an_alarm(
    app: LobbyApp, store: Database
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        await tap(pilot, "正骨")
        await come_to(pilot, ConfirmPage)
        assert "看见骨头" in words(page(app))
        await tap(pilot, "有，需要急诊")
        await come_to(pilot, EmergencyPage)
        shown = words(page(app))
        assert "沿红色地线直行至急诊科" in shown
        assert "Follow the red line to Emergency" in shown
        await until_shown(pilot, lambda: "已通知工作人员" in words(page(app)))
        await until_shown(pilot, lambda: open_alarms(look(store)))
    (alarm,) = open_alarms(look(store))
    assert (alarm.kind, alarm.clinic, alarm.station) == ("red_flag", "bone", "kiosk:lobby-1")
    assert slips.newest(look(store), 10) == []


async def test_the_help_button_calls_a_person(app: LobbyApp, store: Database) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "请人帮忙")
        await come_to(pilot, WordPage)
        await until_shown(pilot, lambda: open_alarms(look(store)))


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
    app = LobbyApp(desk, AT_ONCE)
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        closed = next(tap for tap in app.query(Tap) if "中医夜间" in str(tap.render()))
        assert "今天 17:30开始" in str(closed.render())
        await pilot.click(closed)
        await pilot.pause()
        assert isinstance(page(app), ChoosePage)


async def test_left_alone_it_goes_back_to_idle_by_itself(hospital: Hospital, store: Database, clock: Clock) -> None:
    desk = LobbyDesk(hospital, store, clock, hospital.kiosks["lobby-1"])
    app = LobbyApp(desk, Patience(choosing=3600, number=3600, settle=0.0))
    async with app.run_test(size=(80, 24)) as pilot:
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        view = app.query_one(LobbyView)
        # nobody has to hurry to see the warning: the patience ends when the test says so
        view.patience = Patience(choosing=WARN_SECONDS - 1, settle=0.0)
        await until_shown(pilot, lambda: "秒后返回" in words(app.query_one("#foot")))
        view.patience = Patience(choosing=0, settle=0.0)
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
    from nightdesk_queue.domain.errors import Fault
    from nightdesk_queue.text.bilingual import same

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


async def enter(pilot: Pilot[Any], said: str) -> None:
    await tap(pilot, "请触摸")
    await come_to(pilot, ChoosePage)
    await tap(pilot, "我有号")
    await come_to(pilot, EntryPage)
    for key in said:
        await until_shown(pilot, lambda key=key: [t for t in pilot.app.query(Tap) if t.wish == f"key:{key}"])  # type: ignore[misc]
        (target,) = (target for target in pilot.app.query(Tap) if target.wish == f"key:{key}")
        assert target.region.height >= 3
        assert target.region.width >= 11
        assert await pilot.click(target)
    await until_shown(pilot, lambda: pilot.app.query_one("#entered", Big).value == said)
    await tap(pilot, "确定")


@pytest.mark.parametrize("size", SIZES)
async def test_a_missed_patient_reports_again_without_help(
    app: LobbyApp, store: Database, hospital: Hospital, evening: datetime, nurse: By, size: tuple[int, int]
) -> None:
    desk = Desk(store, hospital)
    for _ in range(3):
        desk.issue("tcm-night", now=evening - timedelta(minutes=20), by=nurse)
    desk.call("tcm-1", now=evening - timedelta(minutes=5), by=nurse)
    desk.miss("N001", now=evening - timedelta(minutes=3), by=nurse)
    async with app.run_test(size=size) as pilot:
        await come_to(pilot, IdlePage)
        await enter(pilot, "N001")
        await come_to(pilot, NumberPage)
        assert app.query_one("#number", Big).value == "N001"
        assert "前面还有 2 人" in words(page(app))
        assert "请保留原来的小票" in words(page(app))
    assert events.after(look(store), 0)[-1].kind == "rejoin"


async def test_a_booked_patient_checks_in_by_telephone_and_gets_a_slip(
    app: LobbyApp, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    Desk(store, hospital).expect("bone", now=evening, by=nurse, phone="13800004071")
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, IdlePage)
        await enter(pilot, "4071")
        await come_to(pilot, NumberPage)
        assert app.query_one("#number", Big).value == "B001"
        assert "正在打印" in words(page(app))
    found = slips.newest(look(store), 5)
    assert [(job.number, job.printer) for job in found] == [("B001", "lobby")]


async def test_an_unknown_number_is_told_kindly(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, IdlePage)
        await enter(pilot, "N007")
        await until_shown(pilot, lambda: isinstance(page(app), WordPage) and "没有找到 N007" in words(page(app)))
        await tap(pilot, "返回")
        await come_to(pilot, EntryPage)


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
        labels = {str(target.render()): target.disabled for target in app.query(".choices Tap").results(Tap)}
    by_clinic = {label.split("\n")[0]: (label.split("\n")[1], disabled) for label, disabled in labels.items()}
    assert by_clinic["综合服务中心"] == ("停诊 台风", True)
    assert by_clinic["24小时正骨门诊"] == ("现在在：中医2诊室", False)
    assert by_clinic["中医夜间门诊"] == ("号已满，请咨询分诊台", True)


async def test_the_keypad_keeps_what_was_typed_when_the_language_changes(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, IdlePage)
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        await tap(pilot, "我有号")
        await come_to(pilot, EntryPage)
        letters = {target.wish for target in app.query(Tap)}
        assert "key:E" in letters, "a patient transferred from the ER has its letter"
        for key in "N1":
            (target,) = (target for target in app.query(Tap) if target.wish == f"key:{key}")
            assert await pilot.click(target)
        await tap(pilot, "English")
        await until_shown(pilot, lambda: "phone" in words(page(app)))
        assert app.query_one("#entered", Big).value == "N1"


async def test_a_call_for_help_while_the_number_is_on_its_way_does_not_lose_it(
    app: LobbyApp, store: Database, hospital: Hospital
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, IdlePage)
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        await tap(pilot, "24小时正骨")
        await come_to(pilot, ConfirmPage)
        other_writer = bare(store)
        other_writer.execute("BEGIN IMMEDIATE")
        await tap(pilot, "都没有")
        await until_shown(pilot, lambda: isinstance(page(app), WordPage) and "正在取号" in words(page(app)))
        await tap(pilot, "请人帮忙")
        await until_shown(pilot, lambda: "工作人员已被呼叫" in words(page(app)))
        other_writer.execute("ROLLBACK")
        await come_to(pilot, NumberPage)
        assert app.query_one("#number", Big).value == "B001"
        await until_shown(pilot, lambda: [event.kind for event in open_alarms(look(store))] == ["help"])


async def test_the_digits_of_the_telephone_go_on_working_after_the_check_in(
    store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    desk = Desk(store, hospital)
    desk.expect("tcm-night", now=evening, by=nurse, phone="13800004071")
    assert desk.report("4071", now=evening, by=nurse).number == "N001"
    assert desk.report("4071", now=evening, by=nurse).number == "N001"
    desk.call("tcm-1", now=evening, by=nurse)
    desk.miss("N001", now=evening, by=nurse)
    assert desk.report("4071", now=evening + timedelta(minutes=2), by=nurse).missed == 1
