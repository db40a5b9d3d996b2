"""Who has a number or a booking: the keypad, tapped as a patient would."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from desk import Desk
from looking import look
from piloting import until_shown, words
from textual.pilot import Pilot
from touchscreen import come_to, page, tap

from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.messages import TypeKey
from nightdesk_kiosk.lobby.pages import (
    ChoosePage,
    EntryPage,
    IdlePage,
    NumberPage,
    WordPage,
)
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.big import Big
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, events, slips

SIZES = [(80, 24), (120, 33)]


async def enter(pilot: Pilot[Any], said: str) -> None:
    await tap(pilot, "请触摸")
    await come_to(pilot, ChoosePage)
    await tap(pilot, "我有号")
    await come_to(pilot, EntryPage)
    for key in said:
        await until_shown(pilot, lambda key=key: [t for t in pilot.app.query(Target) if t.asks == TypeKey(key)])  # type: ignore[misc]
        (target,) = (target for target in pilot.app.query(Target) if target.asks == TypeKey(key))
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


async def test_the_keypad_keeps_what_was_typed_when_the_language_changes(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, IdlePage)
        await tap(pilot, "请触摸")
        await come_to(pilot, ChoosePage)
        await tap(pilot, "我有号")
        await come_to(pilot, EntryPage)
        letters = {target.asks for target in app.query(Target)}
        assert TypeKey("E") in letters, "a patient transferred from the ER has its letter"
        for key in "N1":
            (target,) = (target for target in app.query(Target) if target.asks == TypeKey(key))
            assert await pilot.click(target)
        await tap(pilot, "English")
        await until_shown(pilot, lambda: "phone" in words(page(app)))
        assert app.query_one("#entered", Big).value == "N1"


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
