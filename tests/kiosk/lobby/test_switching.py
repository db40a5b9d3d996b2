"""Language and size are a touch away on every page, and neither loses the place, an entry or an answer on its way."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest
from desk import Desk
from looking import connected, look
from piloting import until_shown
from touchscreen import SIZES, Patient, Seconds, find, lobby, number

from nightdesk_kiosk.lobby import gallery, texts
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.lobby.messages import Purpose
from nightdesk_kiosk.lobby.pages.choosing import ChoosingPage
from nightdesk_kiosk.lobby.pages.groups import GroupsPage
from nightdesk_kiosk.lobby.pages.idle import IdlePage
from nightdesk_kiosk.lobby.pages.keypad import EntryPage
from nightdesk_kiosk.lobby.pages.number import NumberPage
from nightdesk_kiosk.lobby.pages.services import WhichOnePage
from nightdesk_kiosk.lobby.pages.signs import SignsPage
from nightdesk_kiosk.lobby.pages.words import WaitingPage
from nightdesk_kiosk.lobby.states import LobbyState
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.queue_view import ClinicGlance
from nightdesk_queue.store import Database, events
from nightdesk_queue.store.database import Tx
from nightdesk_queue.text.bilingual import Language

CHINESE = re.compile("[一-鿿]")
IN_BOTH = {"information", "reading", "emergency", "emergency-countdown", "cannot-walk"}
"""Pages on which the other language stands on purpose: what the hospital has written, and the way for a helper."""


async def switches(patient: Patient) -> None:
    """Touch the other language, and read on in it."""
    other: Language = "en" if patient.language == "zh" else "zh"
    await patient.taps("English" if other == "en" else "中文")
    await until_shown(patient.pilot, lambda: lobby(patient.app).state.language == other)
    patient.language = other


async def changes_size(patient: Patient) -> None:
    """Touch the other size."""
    elder = lobby(patient.app).state.elder
    await patient.taps(texts.USUAL_SIZE if elder else texts.LARGE)
    await until_shown(patient.pilot, lambda: lobby(patient.app).state.elder is not elder)


def place(state: LobbyState) -> object:
    """Where somebody is, and what they have entered and asked for."""
    return state.page, state.over, state.visit, state.awaited, state.retry


@pytest.mark.parametrize("size", SIZES)
async def test_every_page_speaks_the_other_language_and_the_other_size_at_a_touch_and_stays_what_it_is(
    app: LobbyApp, hospital: Hospital, store: Database, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async def still(view: LobbyView) -> None:
        """No time passes: a page stays up until it is left."""

    monkeypatch.setattr(LobbyView, "_tick", still)
    wrong = []
    async with app.run_test(size=size) as pilot:
        patient = Patient(pilot, "zh")
        await patient.comes_to(IdlePage)
        view, now = lobby(app), app.desk.clock.now()
        with store.snapshot() as tx:
            glances = tuple(app.desk.glances(tx))
        for example in gallery.pages(hospital, app.desk.kiosk, glances, now):
            name = example.name
            if name == "cleaning":
                continue  # there touches mean nothing
            patient.language = "zh"
            view.state = replace(gallery.showing(view.state, example, "zh", elder=False), looked=float("inf"))
            await view._draw()
            before = place(view.state)
            await switches(patient)
            chinese = [line for line in patient.sees.splitlines() if CHINESE.search(line) and line != "中文"]
            if chinese and name not in IN_BOTH:
                wrong.append((name, "still Chinese", chinese))
            await changes_size(patient)
            if place(view.state) != before:
                wrong.append((name, "not the same place", place(view.state)))
            await changes_size(patient)
            await switches(patient)
            if (place(view.state), view.state.language, view.state.elder) != (before, "zh", False):
                wrong.append((name, "no way back", place(view.state)))
    assert wrong == []


async def test_a_number_on_its_way_comes_in_the_language_and_the_size_chosen_meanwhile(
    spoken_app: LobbyApp, store: Database, language: Language
) -> None:
    async with spoken_app.run_test(size=(120, 33)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        with connected(store) as other_writer:
            other_writer.execute("BEGIN IMMEDIATE")
            await patient.taps(texts.NO_GROUP, WaitingPage)
            await switches(patient)
            await patient.reads(texts.PLEASE_WAIT)
            await changes_size(patient)
            other_writer.execute("ROLLBACK")
        await patient.comes_to(NumberPage)
        assert number(spoken_app) == "B001"
        await patient.reads(texts.YOUR_NUMBER)
        assert lobby(spoken_app).state.elder
    assert [event.number for event in events.after(look(store), 0)] == ["B001"]


async def test_clinics_on_their_way_are_shown_in_the_language_chosen_meanwhile(
    spoken_app: LobbyApp, spoken: Hospital, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, glances = Event(), LobbyDesk.glances

    def slow(desk: LobbyDesk, tx: Tx) -> list[ClinicGlance]:
        assert free.wait(30)
        return glances(desk, tx)

    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await until_shown(pilot, lambda: lobby(spoken_app).state.page.glances)  # type: ignore[union-attr]
        monkeypatch.setattr(LobbyDesk, "glances", slow)
        await patient.taps(texts.TAKE_A_NUMBER)
        await switches(patient)
        assert isinstance(patient.page, IdlePage)
        free.set()
        await patient.comes_to(ChoosingPage)
        await patient.reads(spoken.clinics["bone"].name)


async def test_an_entry_and_what_it_leads_to_stay_whatever_is_switched(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, evening: datetime, nurse: By, language: Language
) -> None:
    for clinic in ("bone", "tcm-night"):
        Desk(store, spoken).issue(clinic, now=evening - timedelta(minutes=9), by=nurse)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_keypad(Purpose.WHERE)
        await patient.types("00")
        await switches(patient)
        await changes_size(patient)
        await patient.comes_to(EntryPage)
        await patient.types("1")
        assert patient.page.entered == "001"
        await patient.taps(texts.ENTER, WhichOnePage)
        await changes_size(patient)
        await switches(patient)
        await patient.reads(texts.WHICH_ONE, said="001")
        await patient.taps("N001", NumberPage)


async def test_in_the_large_mode_a_number_is_taken_page_by_page(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await changes_size(patient)
        await patient.taps(texts.TAKE_A_NUMBER, ChoosingPage)
        rehabilitation = spoken.clinics["postpartum"].short_name
        await patient.goes_on(texts.MORE, lambda: find(spoken_app, patient.word(rehabilitation)))
        await patient.taps(rehabilitation, SignsPage)
        await patient.goes_on(texts.NO_SIGN, lambda: isinstance(patient.page, GroupsPage))
        await patient.taps(texts.NO_GROUP, NumberPage)
        assert number(spoken_app) == "P001"


async def test_the_next_patient_finds_the_usual_language_and_size(
    spoken_app: LobbyApp, seconds: Seconds, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_signs("bone")
        await changes_size(patient)
        await switches(patient)
        seconds.go_on(161)
        await patient.comes_to(IdlePage)
        await Patient(pilot, language).reads(texts.TAKE_A_NUMBER)
        assert (lobby(spoken_app).state.language, lobby(spoken_app).state.elder) == (language, False)
