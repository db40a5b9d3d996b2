"""The ways of somebody who has a number or a booking, tapped in both languages, and of a slip that is scanned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from desk import Desk
from looking import look
from touchscreen import Patient, find, lobby, number

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.messages import Purpose
from nightdesk_kiosk.lobby.pages.choosing import ChoosingPage
from nightdesk_kiosk.lobby.pages.idle import IdlePage
from nightdesk_kiosk.lobby.pages.keypad import EntryPage
from nightdesk_kiosk.lobby.pages.number import NumberPage
from nightdesk_kiosk.lobby.pages.services import ForgotPage, ServicesPage, WhichOnePage
from nightdesk_kiosk.lobby.pages.signs import SignsPage
from nightdesk_kiosk.lobby.pages.words import ExplainingPage
from nightdesk_printers.layout import Qr
from nightdesk_printers.slip_contents import TicketFacts, ticket_slip
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, events, slips, tickets
from nightdesk_queue.text.bilingual import Language


def kinds(store: Database) -> list[str]:
    return [event.kind for event in events.after(look(store), 0)]


def ticket_of(store: Database, number: str, prefix: str = "N") -> Ticket:
    found = tickets.living_number(look(store), prefix, int(number.removeprefix(prefix)))
    assert found
    return found


async def test_a_booked_patient_checks_in_by_the_number(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, evening: datetime, nurse: By, language: Language
) -> None:
    Desk(store, spoken).expect("bone", now=evening, by=nurse, phone="13800004071")
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("B001", Purpose.CHECK_IN)
        await patient.comes_to(NumberPage)
        await patient.reads(texts.SLIP_COMING)
    assert kinds(store) == ["expect", "check_in"]
    assert [job.number for job in slips.newest(look(store), 5)] == ["B001"]


async def test_who_was_missed_is_in_the_line_again(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, evening: datetime, nurse: By, language: Language
) -> None:
    desk = Desk(store, spoken)
    desk.issue("tcm-night", now=evening - timedelta(minutes=20), by=nurse)
    desk.call("tcm-1", now=evening - timedelta(minutes=5), by=nurse)
    desk.miss("N001", now=evening - timedelta(minutes=3), by=nurse)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("N001", Purpose.MISSED)
        await patient.comes_to(NumberPage)
        await patient.reads(texts.KEEP_SLIP)
    assert kinds(store)[-1] == "rejoin"
    assert ticket_of(store, "N001").state is State.WAITING


async def test_who_is_back_from_the_examination_is_in_the_line_again(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, evening: datetime, nurse: By, language: Language
) -> None:
    desk = Desk(store, spoken)
    desk.issue("tcm-night", now=evening - timedelta(minutes=30), by=nurse)
    desk.call("tcm-1", now=evening - timedelta(minutes=25), by=nurse)
    desk.start("N001", now=evening - timedelta(minutes=24), by=nurse)
    desk.hold("N001", now=evening - timedelta(minutes=20), by=nurse)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("N001", Purpose.BACK)
        await patient.comes_to(NumberPage)
        await patient.reads(texts.NEXT)
    assert kinds(store)[-1] == "return"


async def test_who_asks_where_they_are_is_told_who_is_ahead_and_loses_nothing(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, evening: datetime, nurse: By, language: Language
) -> None:
    for minutes in (20, 15, 10):
        Desk(store, spoken).issue("tcm-night", now=evening - timedelta(minutes=minutes), by=nurse)
    before = kinds(store)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("N003", Purpose.WHERE)
        await patient.comes_to(NumberPage)
        await patient.reads(texts.AHEAD, n=2)
        await patient.taps(texts.KEPT_IN_MIND, IdlePage)
        assert find(spoken_app, patient.word(texts.GIVEN)) is None, "others do not see who has asked"
    assert kinds(store) == before


# where am I -----------------------------------------------------------------------------------------------------------

Steps = Callable[[Desk, datetime, By], object]


def booked(desk: Desk, now: datetime, by: By) -> None:
    desk.expect("tcm-night", now=now, by=by)


def called(desk: Desk, now: datetime, by: By) -> None:
    desk.issue("tcm-night", now=now - timedelta(minutes=30), by=by)
    desk.call("tcm-1", now=now - timedelta(minutes=25), by=by)


def started(desk: Desk, now: datetime, by: By) -> None:
    called(desk, now, by)
    desk.start("N001", now=now - timedelta(minutes=24), by=by)


def missed(desk: Desk, now: datetime, by: By) -> None:
    called(desk, now, by)
    desk.miss("N001", now=now - timedelta(minutes=20), by=by)


def held(desk: Desk, now: datetime, by: By) -> None:
    started(desk, now, by)
    desk.hold("N001", now=now - timedelta(minutes=20), by=by)


def done(desk: Desk, now: datetime, by: By) -> None:
    started(desk, now, by)
    desk.finish("N001", now=now - timedelta(minutes=10), by=by)


def cancelled(desk: Desk, now: datetime, by: By) -> None:
    desk.issue("tcm-night", now=now - timedelta(minutes=30), by=by)
    desk.cancel("N001", now=now - timedelta(minutes=10), by=by)


def lapsed(desk: Desk, now: datetime, by: By) -> None:
    hospital = desk.hospital
    strict = [clinic.changed(missed=clinic.missed.changed(lapse_after=1)) for clinic in hospital.clinic]
    missed(Desk(desk.database, hospital.changed(clinic=strict)), now, by)


@pytest.mark.parametrize(
    ("state", "come_to"),
    [("expected", booked), ("missed", missed), ("held", held)],
)
async def test_who_asks_and_may_report_is_offered_to_report_now(
    spoken_app: LobbyApp,
    spoken: Hospital,
    store: Database,
    evening: datetime,
    nurse: By,
    language: Language,
    state: str,
    come_to: Steps,
) -> None:
    come_to(Desk(store, spoken), evening, nurse)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("N001", Purpose.WHERE)
        await patient.comes_to(ExplainingPage)
        await patient.reads(texts.STANDING_OF[state], number="N001")
        assert ticket_of(store, "N001").state == state, "asking changes nothing"
        await patient.taps(texts.REPORT_NOW, NumberPage)
        assert number(spoken_app) == "N001"
    assert ticket_of(store, "N001").state is State.WAITING


@pytest.mark.parametrize(
    ("state", "come_to"),
    [("serving", started), ("done", done), ("cancelled", cancelled), ("lapsed", lapsed)],
)
async def test_who_asks_and_may_not_report_is_told_how_it_stands(
    spoken_app: LobbyApp,
    spoken: Hospital,
    store: Database,
    evening: datetime,
    nurse: By,
    language: Language,
    state: str,
    come_to: Steps,
) -> None:
    come_to(Desk(store, spoken), evening, nurse)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("N001", Purpose.WHERE)
        await patient.comes_to(ExplainingPage)
        await patient.reads(texts.STANDING_OF[state], number="N001")
        assert find(spoken_app, patient.word(texts.REPORT_NOW)) is None
        await patient.taps(texts.BACK, EntryPage)


@pytest.mark.parametrize("purpose", [Purpose.WHERE, Purpose.MISSED, Purpose.CHECK_IN])
async def test_who_is_being_called_is_told_the_room(
    spoken_app: LobbyApp,
    spoken: Hospital,
    store: Database,
    evening: datetime,
    nurse: By,
    language: Language,
    purpose: Purpose,
) -> None:
    called(Desk(store, spoken), evening, nurse)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("N001", purpose)
        await patient.comes_to(ExplainingPage)
        await patient.reads(spoken.room_name("tcm-1"))
    assert ticket_of(store, "N001").state is State.CALLED


async def test_a_lost_slip_is_printed_again(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, evening: datetime, nurse: By, language: Language
) -> None:
    Desk(store, spoken).issue("tcm-night", now=evening - timedelta(minutes=20), by=nurse)
    with store.transaction() as tx:
        slips.move(tx, slips.newest(tx, 1)[0], SlipState.PRINTED, evening)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("N001", Purpose.REPRINT)
        await patient.comes_to(NumberPage)
        await patient.reads(texts.SLIP_COMING)
    (first, job) = sorted(slips.newest(look(store), 5), key=lambda one: one.copy)
    assert (job.number, job.copy, job.asked_by) == ("N001", 1, "patient")
    assert first.copy == 0


# a slip before the scanner -------------------------------------------------------------------------------------------


@pytest.fixture
def code(spoken: Hospital, store: Database, evening: datetime, nurse: By) -> str:
    """What stands in the code on the slip of N001, who waits."""
    ticket = Desk(store, spoken).issue("tcm-night", now=evening - timedelta(minutes=20), by=nurse)
    (found,) = [row.data for row in ticket_slip(TicketFacts(ticket, spoken, None)) if isinstance(row, Qr)]
    return found


async def to_the_idle_page(patient: Patient) -> None:
    await patient.comes_to(IdlePage)


async def to_the_clinics(patient: Patient) -> None:
    await patient.taps(texts.TAKE_A_NUMBER, ChoosingPage)


async def to_the_services(patient: Patient) -> None:
    await patient.taps(texts.HAVE_NUMBER, ServicesPage)


async def to_the_keypad(patient: Patient) -> None:
    await patient.goes_to_the_keypad(Purpose.WHERE)
    await patient.types("B9")


async def to_who_forgot(patient: Patient) -> None:
    await patient.goes_to_the_keypad(Purpose.WHERE)
    await patient.taps(texts.FORGOT, ForgotPage)


async def to_a_refusal(patient: Patient) -> None:
    await patient.enters("N999", Purpose.WHERE)
    await patient.comes_to(ExplainingPage)


@pytest.mark.parametrize(
    "way", [to_the_idle_page, to_the_clinics, to_the_services, to_the_keypad, to_who_forgot, to_a_refusal]
)
async def test_a_slip_held_before_the_scanner_finds_its_number(
    spoken_app: LobbyApp, code: str, language: Language, way: Callable[[Patient], Any]
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await way(patient)
        await patient.scans(code.lower())
        await patient.comes_to(NumberPage)
        assert number(spoken_app) == "N001"
        await patient.reads(texts.KEEP_SLIP)


async def test_a_slip_that_is_scanned_says_which_of_several_numbers_was_meant(
    spoken_app: LobbyApp,
    spoken: Hospital,
    store: Database,
    evening: datetime,
    nurse: By,
    code: str,
    language: Language,
) -> None:
    Desk(store, spoken).issue("bone", now=evening - timedelta(minutes=20), by=nurse)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("1", Purpose.WHERE)
        await patient.comes_to(WhichOnePage)
        await patient.scans(code)
        await patient.comes_to(NumberPage)
        assert number(spoken_app) == "N001"


async def test_a_slip_of_a_booked_patient_that_is_scanned_checks_in(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, evening: datetime, nurse: By, language: Language
) -> None:
    ticket = Desk(store, spoken).expect("tcm-night", now=evening, by=nurse)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.scans(ticket.id)
        await patient.comes_to(NumberPage)
        await patient.reads(texts.SLIP_COMING)
    assert kinds(store) == ["expect", "check_in"]


async def test_a_code_of_something_else_is_told_kindly(spoken_app: LobbyApp, language: Language) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.scans("6901234567892")
        await patient.comes_to(ExplainingPage)
        await patient.taps(texts.BACK, IdlePage)


async def test_a_slip_that_is_scanned_while_danger_signs_are_asked_changes_nothing(
    spoken_app: LobbyApp, code: str, store: Database, language: Language
) -> None:
    before = kinds(store)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_signs("bone")
        await patient.scans(code)
        await pilot.pause(0.3)
        assert isinstance(patient.page, SignsPage)
        assert lobby(spoken_app).state.awaited is None
    assert kinds(store) == before
