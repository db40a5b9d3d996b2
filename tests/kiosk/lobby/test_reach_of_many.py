"""Reach where a hospital is large (twelve clinics, names of forty characters, every danger sign) or small."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lobby_gallery import lobby_app, screen
from reach import faults, shown
from textual.pilot import Pilot

from nightdesk_kiosk.lobby import gallery
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.lobby.messages import (
    ChooseClinic,
    ChooseLetter,
    NoSigns,
    Purpose,
    SeeAllLetters,
    SeeLetters,
    SeeMore,
    TypeKey,
)
from nightdesk_kiosk.lobby.pages.signs import SignsPage
from nightdesk_kiosk.lobby.states import (
    AskingGroup,
    AskingSigns,
    Choosing,
    ChoosingLetter,
    Entering,
    Idle,
    Page,
    Services,
    WhichOne,
)
from nightdesk_queue.domain.red_flags import EXTRA_FLAGS, flags_of
from nightdesk_queue.store import Database

LONG_ZH = "中西医结合夜间骨伤康复与疼痛治疗联合门诊部第一诊疗中心特需综合服务区域甲乙丙丁戊"
LONG_EN = "Evening outpatient dept. of rehabilitati"
LETTERS = "ABCDFGHJKLMQ"
MODES = [
    (language, elder, size) for language in ("zh", "en") for elder in (False, True) for size in ((80, 24), (120, 33))
]


def hospital_of(folder: Path, clinics: int, *, hours: str = 'hours = "always"') -> Path:
    """A hospital with so many clinics, all with the longest names and every danger sign."""
    flags = ", ".join(f'"{flag}"' for flag in EXTRA_FLAGS)
    parts = [
        '[hospital]\nname = { zh = "' + LONG_ZH + '", en = "' + LONG_EN + '" }\n[database]\nurl = "sqlite:///x.db"\n'
    ]
    for letter in LETTERS[:clinics]:
        name = '{ zh = "' + LONG_ZH[:39] + letter + '", en = "' + LONG_EN[:39] + letter + '" }'
        parts.append(
            f'[[clinic]]\nid = "c{letter.lower()}"\nname = {name}\nprefix = "{letter}"\n{hours}\n'
            f'rooms = ["r{letter.lower()}"]\nred_flags = [{flags}]\nroute = {name}\n'
            f'[[room]]\nid = "r{letter.lower()}"\nname = {name}\n'
        )
    families = '{ zh = "军人及优抚对象家属", en = "Soldiers and families" }'
    parts += [f'[[priority]]\nid = "{group}"\nname = {families}\nbadge = "军"\n' for group in ("a", "b", "c", "d")]
    file = folder / "config.toml"
    file.write_text("\n".join(parts), encoding="utf-8")
    return file


def test_the_names_are_as_long_as_they_are_said_to_be() -> None:
    assert (len(LONG_ZH), len(LONG_EN)) == (40, 40)


async def put(app: LobbyApp, pilot: Pilot[Any], page: Page, language: str, *, elder: bool) -> LobbyView:
    view = app.query_one(LobbyView)
    await view.put_up(gallery.showing(view.state, gallery.Example("", page), language, elder=elder))
    await pilot.pause()
    return view


async def walked(
    app: LobbyApp, pilot: Pilot[Any], store: Database, language: str, *, elder: bool
) -> AsyncIterator[tuple[str, LobbyView]]:
    """Every page of every kind that has more than fits on one."""
    desk = app.desk
    with store.snapshot() as tx:
        glances = tuple(desk.glances(tx))
    clinic = desk.hospital.clinic[0]
    yield "idle", await put(app, pilot, Idle(glances), language, elder=elder)
    page: Page | None
    offered: set[str] = set()
    first = 0
    while True:
        view = await put(app, pilot, Choosing(glances, first), language, elder=elder)
        offered |= {one.asks.clinic.id for one in shown(view) if isinstance(one.asks, ChooseClinic)}
        yield f"choose {first}", view
        more = [one.asks.first for one in shown(view) if isinstance(one.asks, SeeMore)]
        if not more or more[0] == 0:
            break
        first = more[0]
    assert offered == {one.id for one in desk.hospital.clinic}, "every clinic is on a page"
    said = ""
    page = AskingSigns(clinic)
    while page is not None:
        view = await put(app, pilot, page, language, elder=elder)
        assert isinstance(view.page, SignsPage)
        said += view.page.shown_signs
        yield f"signs {page.first}", view
        (none,) = [one.asks for one in shown(view) if isinstance(one.asks, NoSigns)]
        page = AskingSigns(clinic, none.following) if none.following is not None else None
    for flag in flags_of(clinic.red_flags):
        assert desk.languages.say(flag, language) in said, "every sign is on a page"
    async for one in letters_of(app, pilot, language, elder=elder):
        yield one
    yield "groups", await put(app, pilot, AskingGroup(clinic), language, elder=elder)
    yield "services", await put(app, pilot, Services(), language, elder=elder)
    others = tuple(gallery.sample_ticket(desk.hospital, one, desk.clock.now()) for one in desk.hospital.clinic[:3])
    which = WhichOne(others, Purpose.WHERE, Entering(Purpose.WHERE, "12"))
    yield "which", await put(app, pilot, which, language, elder=elder)


@pytest.mark.parametrize(("language", "elder", "size"), MODES)
async def test_twelve_clinics_with_long_names_and_every_sign_are_all_there(
    store: Database, tmp_path: Path, evening: datetime, language: str, elder: bool, size: tuple[int, int]
) -> None:
    app = lobby_app(store, hospital_of(tmp_path, 12), evening)
    wrong: list[str] = []
    async with app.run_test(size=size) as pilot:
        async for name, view in walked(app, pilot, store, language, elder=elder):
            wrong += [f"{name}: {one}" for one in faults(view, screen(app), elder=elder)]
    assert wrong == []


@pytest.mark.parametrize("clinics", [1, 3])
async def test_one_clinic_and_a_few_have_their_page(
    store: Database, tmp_path: Path, evening: datetime, clinics: int
) -> None:
    app = lobby_app(store, hospital_of(tmp_path, clinics), evening)
    wrong: list[str] = []
    async with app.run_test(size=(120, 33)) as pilot:
        async for name, view in walked(app, pilot, store, "zh", elder=False):
            wrong += [f"{name}: {one}" for one in faults(view, screen(app), elder=False)]
    assert wrong == []


async def test_none_open_says_for_each_when_it_opens(store: Database, tmp_path: Path, evening: datetime) -> None:
    hours = 'sessions = [{ opens = "08:00", last_ticket = "11:00", closes = "12:00" }]'
    app = lobby_app(store, hospital_of(tmp_path, 4, hours=hours), evening)
    async with app.run_test(size=(120, 33)) as pilot:
        async for name, view in walked_closed(app, pilot, store):
            assert list(faults(view, screen(app), elder=False)) == [], name
            closed = [one for one in shown(view) if one.has_class("closed")]
            assert len(closed) == 4
            assert all("08:00" in str(one.content) for one in closed)


async def walked_closed(app: LobbyApp, pilot: Pilot[Any], store: Database) -> AsyncIterator[tuple[str, LobbyView]]:
    with store.snapshot() as tx:
        glances = tuple(app.desk.glances(tx))
    yield "choose", await put(app, pilot, Choosing(glances), "zh", elder=False)


async def letters_of(
    app: LobbyApp, pilot: Pilot[Any], language: str, *, elder: bool
) -> AsyncIterator[tuple[str, LobbyView]]:
    """The keypad with its letters, and the page of letters where they do not fit on keys."""
    letters: set[str] = set()
    entry = Entering(Purpose.WHERE, "A012")
    page: Page | None = entry
    while page is not None:
        view = await put(app, pilot, page, language, elder=elder)
        asked = [one.asks for one in shown(view)]
        letters |= {one.key for one in asked if isinstance(one, TypeKey | ChooseLetter) and one.key.isalpha()}
        yield f"{type(page).__name__}", view
        more = [one for one in asked if isinstance(one, SeeLetters | SeeAllLetters)]
        began = not isinstance(page, ChoosingLetter)
        page = None
        if more and isinstance(more[0], SeeAllLetters) and (more[0].first or began):
            page = ChoosingLetter(entry, more[0].first)
        elif more and isinstance(more[0], SeeLetters) and more[0].first:
            page = Entering(Purpose.WHERE, "A012", more[0].first)
    assert letters == {one.prefix for one in app.desk.hospital.clinic}, "every letter is on a page"
