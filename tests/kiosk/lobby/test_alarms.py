"""Help and Emergency: a person is called, and said to know only once they do."""

from __future__ import annotations

import pytest
from looking import connected, look
from piloting import until_shown, words
from touchscreen import come_to, page, tap

from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.pages import (
    ChoosePage,
    ConfirmPage,
    EmergencyPage,
    IdlePage,
    NumberPage,
    WordPage,
)
from nightdesk_kiosk.widgets.big import Big
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.store import Database, slips
from nightdesk_queue.text.bilingual import same


async def test_staff_are_said_to_know_only_once_they_do(app: LobbyApp, monkeypatch: pytest.MonkeyPatch) -> None:
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


async def test_a_call_for_help_while_the_number_is_on_its_way_does_not_lose_it(
    app: LobbyApp, store: Database, hospital: Hospital
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, IdlePage)
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        await tap(pilot, "24小时正骨")
        await come_to(pilot, ConfirmPage)
        with connected(store) as other_writer:
            other_writer.execute("BEGIN IMMEDIATE")
            await tap(pilot, "都没有")
            await until_shown(pilot, lambda: isinstance(page(app), WordPage) and "正在取号" in words(page(app)))
            await tap(pilot, "请人帮忙")
            await until_shown(pilot, lambda: "工作人员已被呼叫" in words(page(app)))
            other_writer.execute("ROLLBACK")
        await come_to(pilot, NumberPage)
        assert app.query_one("#number", Big).value == "B001"
        await until_shown(pilot, lambda: [event.kind for event in open_alarms(look(store))] == ["help"])
