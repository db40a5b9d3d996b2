"""The ways to a number, tapped in both languages. Those of somebody who has one: `test_with_a_number`."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from desk import Desk
from looking import look
from piloting import until_shown
from touchscreen import SIZES, Patient, Seconds, find, lobby, lobby_of, number

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.pages.choosing import ChoosingPage
from nightdesk_kiosk.lobby.pages.groups import group_words
from nightdesk_kiosk.lobby.pages.idle import IdlePage
from nightdesk_kiosk.lobby.pages.number import NumberPage
from nightdesk_kiosk.lobby.pages.signs import SignsPage
from nightdesk_kiosk.lobby.wait_words import wait_words
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, events, slips, tickets
from nightdesk_queue.text.bilingual import Language, Text


def kinds(store: Database) -> list[str]:
    return [event.kind for event in events.after(look(store), 0)]


def ticket_of(store: Database, hospital: Hospital, number: str) -> Ticket:
    """The newest ticket with a number."""
    found = [one for clinic in hospital.clinic for one in tickets.living(look(store), clinic.id, *State)]
    return max((one for one in found if one.number == number), key=lambda one: one.seq)


@pytest.mark.parametrize("size", SIZES)
async def test_a_number_is_four_touches_away_and_says_where_to_go_and_how_long_it_takes(
    spoken_app: LobbyApp,
    spoken: Hospital,
    store: Database,
    evening: datetime,
    nurse: By,
    language: Language,
    size: tuple[int, int],
) -> None:
    for minutes in (9, 6, 3):
        Desk(store, spoken).issue("tcm-night", now=evening - timedelta(minutes=minutes), by=nurse)
    async with spoken_app.run_test(size=size) as pilot:
        patient = Patient(pilot, language)
        assert await patient.takes_a_number("tcm-night") == "N004"
        assert patient.touches == 4
        await patient.reads(texts.AHEAD, n=3)
        await patient.reads(spoken.clinics["tcm-night"].route or "")
        await patient.reads(texts.LISTEN, number="N004")
        (standing,) = [patient.page.issued.standing]
        await patient.reads(texts.ABOUT, wait=wait_words(standing.wait_minutes))
        assert "19:" in patient.sees or "18:" in patient.sees, "the latest time it is called"
    ticket = ticket_of(store, spoken, "N004")
    assert (ticket.language, ticket.kiosk, ticket.priority) == (language, "lobby-1", ())


async def test_where_nobody_goes_first_it_is_three_touches(
    spoken: Hospital, store: Database, clock: Clock, seconds: Seconds, language: Language
) -> None:
    quiet = spoken.changed(priority=[group.changed(kiosk=False) for group in spoken.priority])
    app = lobby_of(quiet, store, clock, seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_signs("bone")
        await patient.taps(texts.NO_SIGN, NumberPage)
        assert (number(app), patient.touches) == ("B001", 3)


async def test_a_touch_beside_every_target_of_the_idle_page_is_the_way_in(spoken_app: LobbyApp) -> None:
    async with spoken_app.run_test(size=(120, 33)) as pilot:
        patient = Patient(pilot, "zh")
        await patient.comes_to(IdlePage)
        assert await pilot.click("#clock")
        await patient.comes_to(ChoosingPage)


@pytest.mark.parametrize("group", ["elderly", "veteran", "pregnant", "disabled"])
async def test_who_goes_first_says_so_and_it_is_on_the_ticket(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, language: Language, group: str
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        await patient.taps(group_words(spoken.priorities[group]), NumberPage)
        assert number(spoken_app) == "B001"
        assert patient.touches == 4
    ticket = ticket_of(store, spoken, "B001")
    assert (ticket.priority, ticket.lane) == ((group,), "priority")


@pytest.mark.parametrize("size", SIZES)
async def test_of_many_groups_each_is_reached_and_the_way_past_them_is_always_there(
    spoken: Hospital, store: Database, clock: Clock, seconds: Seconds, language: Language, size: tuple[int, int]
) -> None:
    pattern = spoken.priorities["pregnant"]
    names = [Text(zh=f"优先人群 {n:02d}", en=f"Group {n:02d}") for n in range(1, 16)]
    groups = [pattern.changed(id=f"g{n}", name=name) for n, name in enumerate(names)]
    app = lobby_of(spoken.changed(priority=groups), store, clock, seconds)
    async with app.run_test(size=size) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        for name in names:
            await patient.goes_on(texts.MORE, lambda name=name: find(app, patient.word(name)))  # type: ignore[misc]
            past = find(app, patient.word(texts.NO_GROUP))
            assert past is not None
            assert past.region.height >= 3
            assert patient.page.region.contains_region(past.region)
        await patient.taps(names[-1], NumberPage)
    assert ticket_of(store, spoken, "B001").priority == ("g14",)


async def test_back_leads_from_page_to_page_to_where_one_came_from(spoken_app: LobbyApp, language: Language) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        await patient.taps(texts.BACK, SignsPage)
        await patient.taps(texts.BACK, ChoosingPage)
        await patient.taps(texts.BACK, IdlePage)


async def test_at_night_it_says_that_the_doctor_is_being_called(
    spoken: Hospital, store: Database, evening: datetime, seconds: Seconds, language: Language
) -> None:
    app = lobby_of(spoken, store, Clock(evening + timedelta(hours=8), 0.0), seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.takes_a_number("bone")
        await patient.reads(texts.DOCTOR_COMES, n=15)


async def test_the_number_just_given_can_be_seen_again_for_a_minute_and_not_after(
    spoken_app: LobbyApp, store: Database, evening: datetime, seconds: Seconds, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.takes_a_number("bone")
        with store.transaction() as tx:
            slips.move(tx, slips.newest(tx, 1)[0], SlipState.PRINTED, evening)
        await patient.taps(texts.KEPT_IN_MIND, IdlePage)
        assert "B001" not in patient.sees
        seconds.go_on(59)
        await patient.taps(texts.GIVEN, NumberPage)
        assert number(spoken_app) == "B001"
        await patient.taps(texts.KEPT_IN_MIND, IdlePage)
        seconds.go_on(2)
        await patient.comes_to(IdlePage)
        await until_shown(pilot, lambda: find(spoken_app, patient.word(texts.GIVEN)) is None)
    assert kinds(store) == ["issue"]


async def test_a_number_that_was_given_when_the_lobby_crashed_can_be_seen_again(
    spoken: Hospital, store: Database, evening: datetime, seconds: Seconds, language: Language
) -> None:
    desk = LobbyDesk(spoken, store, Clock(evening, 0.0), spoken.kiosk[0])
    desk.issue(spoken.clinics["bone"], language, "k")
    app = lobby_of(spoken, store, Clock(evening + timedelta(seconds=20), 0.0), seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await until_shown(pilot, lambda: lobby(app).state.given and lobby(app).state.page.glances)
        await patient.taps(texts.GIVEN, NumberPage)
        assert number(app) == "B001"
    later = lobby_of(spoken, store, Clock(evening + timedelta(seconds=70), 0.0), seconds)
    async with later.run_test(size=(80, 24)) as pilot:
        await Patient(pilot, language).comes_to(IdlePage)
        await pilot.pause(0.3)
        assert find(later, texts.GIVEN.of(language)) is None
