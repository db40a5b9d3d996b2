"""Who has a number or a booking: the keypad, tapped as a patient would."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from desk import Desk
from looking import look
from piloting import until_shown
from touchscreen import SIZES, Patient, Seconds, come_to, find, lobby, number, page, tap

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.messages import Purpose, TypeKey
from nightdesk_kiosk.lobby.pages.idle import IdlePage
from nightdesk_kiosk.lobby.pages.keypad import EntryPage
from nightdesk_kiosk.lobby.pages.number import NumberPage
from nightdesk_kiosk.lobby.pages.services import ForgotPage, WhichOnePage
from nightdesk_kiosk.lobby.pages.words import ExplainingPage, HelpPage
from nightdesk_kiosk.lobby.patience import Patience
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.big import Big
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, events, slips
from nightdesk_queue.text.bilingual import Language


def entered(app: LobbyApp) -> str:
    return str(app.query_one("#entered", Big).value)


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
        patient = Patient(pilot, "zh")
        await patient.enters("N001", Purpose.MISSED)
        await come_to(pilot, NumberPage)
        assert number(app) == "N001"
        assert "前面 2 人" in patient.sees
        assert "请留好原来的小票" in patient.sees
    assert events.after(look(store), 0)[-1].kind == "rejoin"


async def test_a_booked_patient_checks_in_by_telephone_and_gets_a_slip(
    spoken_app: LobbyApp, store: Database, hospital: Hospital, evening: datetime, nurse: By, language: Language
) -> None:
    Desk(store, hospital).expect("bone", now=evening, by=nurse, phone="13800004071")
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("4071")
        await come_to(pilot, NumberPage)
        assert number(spoken_app) == "B001"
        await patient.reads(texts.SLIP_COMING)
        assert "4071" not in patient.sees, "what was entered stays with who entered it"
    found = slips.newest(look(store), 5)
    assert [(job.number, job.printer) for job in found] == [("B001", "lobby")]


@pytest.mark.parametrize("said", ["N007", "9999"])
async def test_an_unknown_number_is_told_kindly_and_what_was_typed_survives(
    spoken_app: LobbyApp, language: Language, said: str
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters(said, Purpose.WHERE)
        await come_to(pilot, ExplainingPage)
        await patient.reads(texts.NO_SUCH_NUMBER if said.startswith("N") else texts.NO_SUCH_DIGITS, said=said)
        await patient.reads(texts.DESK)
        await patient.taps(texts.BACK, EntryPage)
        assert entered(spoken_app) == said
        await patient.taps(texts.DELETE)
        await until_shown(pilot, lambda: entered(spoken_app) == said[:-1])


async def test_the_keypad_keeps_what_was_typed_when_the_language_or_the_size_changes(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, "zh")
        await patient.goes_to_the_keypad()
        await patient.types("N1")
        await tap(pilot, "English")
        patient.language = "en"
        await patient.reads(texts.ENTER_NUMBER)
        assert entered(app) == "N1"
        await patient.taps(texts.LARGE)
        await patient.reads(texts.USUAL_SIZE)
        await come_to(pilot, EntryPage)
        assert entered(app) == "N1"
        await patient.types("2")
        assert entered(app) == "N12"


@pytest.mark.parametrize("size", SIZES)
async def test_every_key_is_large_enough_and_the_letters_of_the_whole_house_are_there(
    app: LobbyApp, hospital: Hospital, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        patient = Patient(pilot, "zh")
        await patient.goes_to_the_keypad()
        seen: dict[str, str] = {}
        for _ in hospital.clinic:
            for target in page(app).query(Target):
                assert target.region.height >= 3
                assert target.region.width >= 12, target.asks
            keys = [target for target in page(app).query(Target) if isinstance(target.asks, TypeKey)]
            seen |= {target.asks.key: target.label for target in keys}
            if find(app, "别的字母") is None:
                break
            drawing = lobby(app).state.drawing
            await patient.taps(texts.LETTERS_MORE)
            await until_shown(pilot, lambda drawing=drawing: lobby(app).state.drawing > drawing)  # type: ignore[misc]
            await come_to(pilot, EntryPage)
    assert set("0123456789") <= set(seen)
    assert {clinic.prefix for clinic in hospital.clinic} <= set(seen), "one from the ER has its letter"
    assert seen["E"] == "E  急诊预检", "a letter says whose it is"


async def test_a_touch_is_one_digit_and_a_letter_begins_anew(app: LobbyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, "zh")
        await patient.goes_to_the_keypad()
        await patient.types("1123")
        await tap(pilot, "B  ")
        await until_shown(pilot, lambda: entered(app) == "B")
        await patient.taps(texts.DELETE)
        await until_shown(pilot, lambda: entered(app) == "")
        await patient.taps(texts.ENTER)
        await pilot.pause()
        assert isinstance(page(app), EntryPage), "nothing was entered"


async def test_a_key_that_is_hit_twice_by_a_trembling_hand_is_one_key(app: LobbyApp, seconds: Seconds) -> None:
    trembling = LobbyApp(app.desk, Patience(settle=0.0, double=0.0), seconds)
    async with trembling.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, "zh")
        await patient.goes_to_the_keypad()
        seconds.go_on(1)
        await patient.types("7")
        seconds.go_on(0.2)
        await tap(pilot, "7")
        await pilot.pause()
        assert entered(trembling) == "7"
        seconds.go_on(0.3)
        await patient.types("7")


async def test_digits_without_the_letter_find_the_only_number_that_has_them(
    spoken_app: LobbyApp, store: Database, hospital: Hospital, evening: datetime, nurse: By, language: Language
) -> None:
    Desk(store, hospital).issue("tcm-night", now=evening, by=nurse)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        await Patient(pilot, language).enters("1", Purpose.WHERE)
        await come_to(pilot, NumberPage)
        assert number(spoken_app) == "N001"


@pytest.mark.parametrize("size", SIZES)
async def test_digits_that_several_clinics_have_are_asked_about_by_clinic(
    spoken_app: LobbyApp,
    store: Database,
    hospital: Hospital,
    evening: datetime,
    nurse: By,
    language: Language,
    size: tuple[int, int],
) -> None:
    desk = Desk(store, hospital)
    for clinic in ("tcm-night", "bone", "service"):
        desk.issue(clinic, now=evening, by=nurse)
    async with spoken_app.run_test(size=size) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("001", Purpose.WHERE)
        await come_to(pilot, WhichOnePage)
        await patient.reads(texts.WHICH_ONE, said="001")
        for clinic in ("tcm-night", "bone", "service"):
            await patient.reads(hospital.clinics[clinic].name)
        await patient.taps(texts.BACK, EntryPage)
        assert entered(spoken_app) == "001"
        await patient.taps(texts.ENTER, WhichOnePage)
        await patient.taps("B001", NumberPage)
        assert number(spoken_app) == "B001"


async def test_who_forgot_the_number_is_told_three_ways_and_may_call_somebody(
    spoken_app: LobbyApp, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_keypad()
        await patient.types("12")
        await patient.taps(texts.FORGOT, ForgotPage)
        for way in texts.FORGOT_WAYS:
            await patient.reads(way)
        await patient.taps(texts.HELP, HelpPage)
        await patient.taps(texts.BACK, ForgotPage)
        await patient.taps(texts.BACK, EntryPage)
        assert entered(spoken_app) == "12"


async def test_several_patients_of_one_telephone_are_sent_to_the_desk(
    spoken_app: LobbyApp, store: Database, hospital: Hospital, evening: datetime, nurse: By, language: Language
) -> None:
    desk = Desk(store, hospital)
    for _ in range(2):
        desk.expect("bone", now=evening, by=nurse, phone="13800004071")
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("4071")
        await come_to(pilot, ExplainingPage)
        assert "4071" in patient.sees
        await patient.reads(texts.DESK)
        await patient.taps(texts.BACK, EntryPage)
        assert entered(spoken_app) == "4071"


async def test_nothing_that_was_entered_is_left_when_its_patient_has_gone(
    spoken_app: LobbyApp, seconds: Seconds, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("4071", Purpose.CHECK_IN)
        await patient.comes_to(ExplainingPage)
        assert "4071" in patient.sees
        seconds.go_on(81)
        await patient.comes_to(IdlePage)
        assert "4071" not in patient.sees
        assert "4071" not in repr(lobby(spoken_app).state)
        await patient.goes_to_the_keypad()
        assert entered(spoken_app) == ""


async def test_a_number_may_be_typed_on_a_keyboard_by_hand(
    app: LobbyApp, store: Database, hospital: Hospital, evening: datetime, nurse: By, seconds: Seconds
) -> None:
    for _ in range(12):
        Desk(store, hospital).issue("tcm-night", now=evening - timedelta(minutes=9), by=nurse)
    async with app.run_test(size=(80, 24)) as pilot:
        await Patient(pilot, "zh").goes_to_the_keypad()
        for key in "n12":
            await pilot.press(key)
            seconds.go_on(1)
            await until_shown(pilot, lambda key=key: entered(app).endswith(key.upper()))  # type: ignore[misc]
        assert entered(app) == "N12"
        await pilot.press("enter")
        await come_to(pilot, NumberPage)
        assert number(app) == "N012"


async def test_a_slip_is_found_by_the_scanner_wherever_the_screen_was_touched_before(
    app: LobbyApp, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    ticket = Desk(store, hospital).issue("tcm-night", now=evening - timedelta(minutes=9), by=nurse)
    async with app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, "zh")
        await patient.goes_to_the_keypad(Purpose.WHERE)
        for widget in ("#now", "EntryPage Words", "#entered"):
            await pilot.click(widget)
        await patient.types("12")
        await patient.scans(ticket.id)
        await patient.comes_to(NumberPage)
        assert number(app) == "N001"


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
