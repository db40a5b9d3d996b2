"""Help and Emergency: a person is called, and said to know only once they do."""

from __future__ import annotations

from threading import Event

import pytest
from looking import connected, look
from piloting import until_shown
from touchscreen import SIZES, Patient, Seconds, come_to, find, lobby, number, page

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.countdown import Countdown
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.messages import Purpose
from nightdesk_kiosk.lobby.pages.idle import IdlePage, SuspendedPage
from nightdesk_kiosk.lobby.pages.keypad import EntryPage
from nightdesk_kiosk.lobby.pages.number import NumberPage
from nightdesk_kiosk.lobby.pages.services import ServicesPage
from nightdesk_kiosk.lobby.pages.words import EmergencyPage, HelpPage, WaitingPage
from nightdesk_kiosk.lobby.states import ShowingNumber
from nightdesk_queue.commands.kiosk_operations import suspend_kiosk
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.red_flags import flags_of
from nightdesk_queue.domain.slips import SlipKind
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.store import Database, slips
from nightdesk_queue.text.bilingual import Language, same


def away(*_: object) -> None:
    raise Fault("disk_full", same("x"))


def alarms(store: Database) -> list[tuple[str, str | None]]:
    return [(alarm.kind, alarm.clinic) for alarm in open_alarms(look(store))]


async def test_staff_are_said_to_know_only_once_they_do(
    spoken_app: LobbyApp, hospital: Hospital, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LobbyDesk, "alarm", away)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_signs("bone")
        await patient.taps(texts.A_SIGN, EmergencyPage)
        await patient.reads(texts.STAFF_NOT_TOLD)
        for known in (texts.STAFF_TOLD, texts.HELP_COMING, texts.WHEELCHAIR_COMING):
            assert patient.word(known) not in patient.sees
        await patient.reads(hospital.hospital.emergency.route)
        await patient.taps(texts.CLOSE, IdlePage)
        await patient.taps(texts.HELP, HelpPage)
        await patient.reads(texts.HELP_NOT_TOLD)
        monkeypatch.undo()
        await patient.taps(texts.HELP, HelpPage)
        await patient.reads(texts.HELP_COMING)


@pytest.mark.parametrize("size", SIZES)
async def test_a_danger_sign_gives_no_number_but_the_way_to_emergency_on_paper_too_and_an_alarm(
    spoken_app: LobbyApp, store: Database, hospital: Hospital, language: Language, size: tuple[int, int]
) -> None:
    async with spoken_app.run_test(size=size) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_signs("bone")
        for flag in flags_of(hospital.clinics["bone"].red_flags):
            for word in patient.word(flag).split():
                assert word in patient.sees
        await patient.taps(texts.A_SIGN, EmergencyPage)
        await patient.reads(hospital.hospital.emergency.route)
        await patient.reads(hospital.hospital.emergency.route.zh)
        assert hospital.hospital.emergency.phone not in patient.sees, "it would read as a number"
        await patient.reads(texts.STAFF_TOLD)
    (alarm,) = open_alarms(look(store))
    assert (alarm.kind, alarm.clinic, alarm.station) == ("red_flag", "bone", "kiosk:lobby-1")
    assert [(job.kind, job.printer) for job in slips.newest(look(store), 10)] == [(SlipKind.EMERGENCY, "lobby")]


async def test_who_was_sent_to_emergency_gets_no_number_by_going_on(
    spoken_app: LobbyApp, store: Database, hospital: Hospital, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        await patient.taps(texts.EMERGENCY, EmergencyPage)
        assert find(spoken_app, patient.word(texts.NO_GROUP)) is None
        await patient.taps(texts.CLOSE, IdlePage)
    assert alarms(store) == [("red_flag", "bone")]
    assert [job.kind for job in slips.newest(look(store), 10)] == [SlipKind.EMERGENCY]


async def test_who_cannot_walk_has_somebody_called(
    spoken_app: LobbyApp, store: Database, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.taps(texts.EMERGENCY, EmergencyPage)
        await patient.reads(texts.STAFF_TOLD)
        monkeypatch.setattr(LobbyDesk, "alarm", away)
        await patient.taps(texts.CANNOT_WALK)
        await patient.reads(texts.STAFF_NOT_TOLD)
        monkeypatch.undo()
        await patient.taps(texts.CANNOT_WALK)
        await patient.reads(texts.WHEELCHAIR_COMING)
    assert alarms(store) == [("red_flag", None), ("cannot_walk", None)]


async def test_the_help_button_calls_a_person_and_says_where_the_desk_is(
    spoken_app: LobbyApp, store: Database, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.taps(texts.HELP, HelpPage)
        await patient.reads(texts.HELP_COMING)
        await patient.reads(texts.DESK)
        await patient.taps(texts.BACK, IdlePage)
    assert alarms(store) == [("help", None)]


async def test_an_alarm_that_is_open_is_not_raised_again(spoken_app: LobbyApp, store: Database) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, "zh" if spoken_app.desk.languages.ids[0] == "zh" else "en")
        await patient.comes_to(IdlePage)
        for _ in range(3):
            await patient.taps(texts.HELP, HelpPage)
            await patient.reads(texts.HELP_COMING)
            await patient.taps(texts.EMERGENCY, EmergencyPage)
            await patient.reads(texts.STAFF_TOLD)
            await patient.taps(texts.CLOSE, IdlePage)
    assert alarms(store) == [("help", None), ("red_flag", None)]


@pytest.fixture
def staff_reached(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Alarms reach staff only when the test says so."""
    reached, alarm = Event(), LobbyDesk.alarm

    def later(desk: LobbyDesk, kind: EventKind, clinic: Clinic | None) -> None:
        assert reached.wait(30)
        alarm(desk, kind, clinic)

    monkeypatch.setattr(LobbyDesk, "alarm", later)
    return reached


@pytest.mark.parametrize("over", ["help", "emergency"])
async def test_help_and_emergency_while_the_number_is_on_its_way_do_not_lose_it_nor_that_staff_know(
    spoken_app: LobbyApp, store: Database, hospital: Hospital, language: Language, over: str, staff_reached: Event
) -> None:
    label, kind = (texts.HELP, HelpPage) if over == "help" else (texts.EMERGENCY, EmergencyPage)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        with connected(store) as other_writer:
            other_writer.execute("BEGIN IMMEDIATE")
            await patient.taps(texts.NO_GROUP, WaitingPage)
            await patient.reads(texts.PLEASE_WAIT)
            await patient.taps(label, kind)
            await patient.reads(texts.CALLING_HELP if over == "help" else texts.TELLING_STAFF)
            other_writer.execute("ROLLBACK")
        await until_shown(pilot, lambda: isinstance(lobby(spoken_app).state.page, ShowingNumber))
        assert isinstance(patient.page, kind), "help and the way to Emergency come first"
        staff_reached.set()
        await patient.reads(texts.HELP_COMING if over == "help" else texts.STAFF_TOLD)
        await patient.taps(texts.BACK if over == "help" else texts.CLOSE, NumberPage)
        assert number(spoken_app) == "B001"
    assert [alarm[0] for alarm in alarms(store)] == ["help" if over == "help" else "red_flag"]


@pytest.mark.parametrize("label", [texts.HELP, texts.EMERGENCY])
async def test_help_and_emergency_are_there_in_the_last_seconds_too(
    spoken_app: LobbyApp, store: Database, seconds: Seconds, language: Language, label: texts.Text
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.taps(texts.HAVE_NUMBER, ServicesPage)
        seconds.go_on(65)
        await until_shown(pilot, lambda: spoken_app.query(Countdown))
        await patient.taps(label, HelpPage if label is texts.HELP else EmergencyPage)
        await until_shown(pilot, lambda: alarms(store))
        assert not spoken_app.query(Countdown)


async def test_help_leads_back_to_the_page_and_what_was_typed(spoken_app: LobbyApp, language: Language) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.taps(texts.HAVE_NUMBER, ServicesPage)
        await patient.taps(texts.PURPOSES[Purpose.WHERE], EntryPage)
        await patient.types("N12")
        await patient.taps(texts.HELP, HelpPage)
        await patient.reads(texts.HELP_COMING)
        await patient.taps(texts.BACK, EntryPage)
        assert page(spoken_app).entered == "N12"


@pytest.mark.parametrize("over", ["help", "emergency"])
async def test_what_lies_over_a_suspended_kiosk_goes_by_itself(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, seconds: Seconds, language: Language, nurse: By, over: str
) -> None:
    with working(store, spoken, spoken_app.desk.clock.now(), nurse) as work:
        suspend_kiosk(work, "lobby-1")
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(SuspendedPage)
        await patient.taps(
            texts.HELP if over == "help" else texts.EMERGENCY, HelpPage if over == "help" else EmergencyPage
        )
        await until_shown(pilot, lambda: alarms(store))
        seconds.go_on(90)
        await patient.comes_to(SuspendedPage)
        assert lobby(spoken_app).state.over is None
        await patient.taps("English" if language == "zh" else "中文")
        await until_shown(pilot, lambda: lobby(spoken_app).state.language != language)
        seconds.go_on(90)
        await until_shown(pilot, lambda: lobby(spoken_app).state.language == language)
        await come_to(pilot, SuspendedPage)
