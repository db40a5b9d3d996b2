"""Every no of the lobby has its words in both languages, and no number is lost or given twice by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from looking import connected, look
from touchscreen import Patient, Seconds, find, number

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.messages import Purpose
from nightdesk_kiosk.lobby.pages.groups import GroupsPage
from nightdesk_kiosk.lobby.pages.idle import IdlePage, SuspendedPage
from nightdesk_kiosk.lobby.pages.keypad import EntryPage
from nightdesk_kiosk.lobby.pages.number import NumberPage
from nightdesk_kiosk.lobby.pages.words import ExplainingPage, HelpPage, WaitingPage
from nightdesk_queue.commands.kiosk_operations import resume_kiosk, suspend_kiosk
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.rules.kiosks import OUT_OF_USE
from nightdesk_queue.store import Database, events, open_database
from nightdesk_queue.store.sqlite import engine, units
from nightdesk_queue.text.bilingual import Language


def issued(store: Database) -> list[str]:
    """The numbers that were given, and came out of the database again."""
    return [str(event.number) for event in events.after(look(store), 0) if event.kind == "issue"]


async def to_a_refusal(patient: Patient) -> None:
    """Confirm, and see why there is no number."""
    await patient.taps(texts.NO_GROUP, ExplainingPage)
    await patient.reads(texts.DESK)


# the database ---------------------------------------------------------------------------------------------------------


async def test_a_database_that_is_locked_for_a_while_gives_one_number_once_it_is_free(
    spoken_app: LobbyApp, store: Database, seconds: Seconds, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        with connected(store) as other:
            other.execute("BEGIN IMMEDIATE")
            await patient.taps(texts.NO_GROUP, WaitingPage)
            await patient.reads(texts.PLEASE_WAIT)
            seconds.go_on(5)
            await patient.reads(texts.STILL_WAITING)
            other.execute("ROLLBACK")
        await patient.comes_to(NumberPage)
        assert number(spoken_app) == "B001"
    assert issued(store) == ["B001"]


async def test_a_database_that_stays_locked_is_said_in_words_and_the_next_try_gives_the_first_number(
    spoken_app: LobbyApp, store: Database, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (engine, units):
        monkeypatch.setattr(module, "BUSY_SECONDS", 0.3)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        with connected(store) as other:
            other.execute("BEGIN IMMEDIATE")
            await to_a_refusal(patient)
            await patient.reads(texts.OUT_OF_ORDER)
            other.execute("ROLLBACK")
        await patient.taps(texts.BACK, IdlePage)
        assert await patient.takes_a_number("bone") == "B001"
    assert issued(store) == ["B001"]


async def test_a_number_that_comes_after_its_patient_has_gone_is_not_lost(
    spoken_app: LobbyApp, store: Database, seconds: Seconds, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        with connected(store) as other:
            other.execute("BEGIN IMMEDIATE")
            await patient.taps(texts.NO_GROUP, WaitingPage)
            seconds.go_on(81)
            await patient.comes_to(IdlePage)
            other.execute("ROLLBACK")
        await patient.taps(texts.GIVEN, NumberPage)
        assert number(spoken_app) == "B001"
    assert issued(store) == ["B001"]


async def test_a_database_that_is_away_is_said_in_words_everywhere_and_all_goes_on_when_it_is_back(
    spoken_app: LobbyApp, store: Database, language: Language, tmp_path: Path
) -> None:
    file = Path(store.where)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        file.rename(tmp_path / "away")
        await to_a_refusal(patient)
        await patient.reads(texts.OUT_OF_ORDER)
        await patient.taps(texts.BACK, IdlePage)
        await patient.taps(texts.TAKE_A_NUMBER, ExplainingPage)
        await patient.reads(texts.OUT_OF_ORDER)
        await patient.taps(texts.BACK, IdlePage)
        await patient.enters("B001", Purpose.WHERE)
        await patient.comes_to(ExplainingPage)
        await patient.reads(texts.OUT_OF_ORDER)
        await patient.taps(texts.BACK, EntryPage)
        assert patient.page.entered == "B001", "what was typed survives"
        await patient.taps(texts.HELP, HelpPage)
        await patient.reads(texts.HELP_NOT_TOLD)
        await patient.taps(texts.BACK, EntryPage)
        (tmp_path / "away").rename(file)
        for _ in range(2):
            await patient.taps(texts.BACK)
        assert await patient.takes_a_number("bone") == "B001"
    assert issued(store) == ["B001"]


class ReadOnly:
    """A database that takes no writes while `on`, as on a disk that was mounted again after an error."""

    on = False

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        begin, end = engine.WriteUnit.__enter__, engine.WriteUnit.__exit__

        def begun(unit: engine.WriteUnit) -> engine.SqliteTx:
            tx = begin(unit)
            tx.rows(f"PRAGMA query_only = {int(self.on)}")
            return tx

        def ended(unit: engine.WriteUnit, *raised: Any) -> None:
            unit._connection.execute("PRAGMA query_only = 0")
            end(unit, *raised)

        monkeypatch.setattr(units.WriteUnit, "__enter__", begun)
        monkeypatch.setattr(units.WriteUnit, "__exit__", ended)


async def test_a_database_that_is_read_only_is_said_in_words_and_no_number_is_lost(
    spoken_app: LobbyApp, store: Database, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = ReadOnly(monkeypatch)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        disk.on = True
        await to_a_refusal(patient)
        await patient.reads(texts.OUT_OF_ORDER)
        assert issued(store) == []
        disk.on = False
        await patient.taps(texts.BACK, IdlePage)
        assert await patient.takes_a_number("bone") == "B001"
    assert issued(store) == ["B001"]


async def test_a_database_that_is_replaced_gives_its_own_numbers_from_then_on(
    spoken_app: LobbyApp,
    spoken: Hospital,
    store: Database,
    evening: datetime,
    nurse: By,
    seconds: Seconds,
    language: Language,
    tmp_path: Path,
) -> None:
    with open_database(f"sqlite:///{tmp_path}/other.db") as other:
        for _ in range(3):
            Desk(other, spoken).issue("bone", now=evening - timedelta(minutes=9), by=nurse)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        assert await patient.takes_a_number("bone") == "B001"
        seconds.go_on(7)
        await patient.reads(texts.PRINTER_SLOW)
        await patient.taps(texts.KEPT_IN_MIND, IdlePage)
        await patient.goes_to_the_groups("bone")
        (tmp_path / "other.db").replace(store.where)
        await patient.taps(texts.NO_GROUP, NumberPage)
        assert number(spoken_app) == "B004"
    assert issued(store) == ["B001", "B002", "B003", "B004"]


async def test_what_nobody_foresaw_is_said_in_words_too(
    spoken_app: LobbyApp, store: Database, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        monkeypatch.setattr(LobbyDesk, "issue", broken)
        await to_a_refusal(patient)
        await patient.reads(texts.OUT_OF_ORDER)


# what staff and the hour have changed -------------------------------------------------------------------------------


async def test_a_kiosk_out_of_service_says_so_until_it_is_back(
    spoken_app: LobbyApp,
    spoken: Hospital,
    store: Database,
    evening: datetime,
    nurse: By,
    seconds: Seconds,
    language: Language,
) -> None:
    desk = Desk(store, spoken)
    ticket = desk.issue("bone", now=evening - timedelta(minutes=9), by=nurse)
    desk.do(lambda work: suspend_kiosk(work, "lobby-1"), evening, nurse)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(SuspendedPage)
        await patient.reads(texts.OUT_OF_SERVICE)
        for offset in ((40, 6), (40, 12)):
            await pilot.click(offset=offset)
        await patient.scans(ticket.id)
        await pilot.pause(0.3)
        assert isinstance(patient.page, SuspendedPage)
        await patient.taps(texts.HELP, HelpPage)
        await patient.reads(texts.HELP_COMING)
        await patient.taps(texts.BACK, SuspendedPage)
        desk.do(lambda work: resume_kiosk(work, "lobby-1"), evening, nurse)
        seconds.go_on(20)
        await patient.comes_to(IdlePage)


async def test_a_kiosk_taken_out_of_service_between_choosing_and_confirming_gives_no_number(
    spoken_app: LobbyApp,
    spoken: Hospital,
    store: Database,
    evening: datetime,
    nurse: By,
    language: Language,
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        Desk(store, spoken).do(lambda work: suspend_kiosk(work, "lobby-1"), evening, nurse)
        await to_a_refusal(patient)
        await patient.reads(OUT_OF_USE)
        await patient.taps(texts.BACK, SuspendedPage)
    assert issued(store) == []


Change = Callable[[Desk, Clock, datetime, By], object]


def suspended(desk: Desk, clock: Clock, now: datetime, by: By) -> None:
    desk.suspend("tcm-night", now=now, by=by, notice="台风 typhoon")


def full(desk: Desk, clock: Clock, now: datetime, by: By) -> None:
    for _ in range(40):
        desk.issue("tcm-night", now=now, by=by, extra=True)


def closed(desk: Desk, clock: Clock, now: datetime, by: By) -> None:
    clock.restart(now + timedelta(hours=2, minutes=15))


@pytest.mark.parametrize(("change", "said"), [(suspended, "台风 typhoon"), (full, "40"), (closed, "2026-03-03 17:30")])
async def test_a_clinic_that_stops_between_choosing_and_confirming_says_why(
    spoken_app: LobbyApp,
    spoken: Hospital,
    store: Database,
    clock: Clock,
    evening: datetime,
    nurse: By,
    language: Language,
    change: Change,
    said: str,
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("tcm-night")
        change(Desk(store, spoken), clock, evening, nurse)
        before = issued(store)
        await to_a_refusal(patient)
        await patient.reads(spoken.clinics["tcm-night"].name)
        assert said in patient.sees
        await patient.taps(texts.BACK, IdlePage)
    assert issued(store) == before


async def test_a_booking_that_cannot_check_in_yet_is_told_when(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, evening: datetime, nurse: By, language: Language
) -> None:
    Desk(store, spoken).expect("tcm-night", now=evening, by=nurse, slot_at=evening + timedelta(minutes=90))
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("N001", Purpose.CHECK_IN)
        await patient.comes_to(ExplainingPage)
        assert "2026-03-02 19:00" in patient.sees
        await patient.taps(texts.BACK, EntryPage)
        assert patient.page.entered == "N001"


async def test_a_number_that_cannot_report_any_more_is_sent_to_the_desk(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, evening: datetime, nurse: By, language: Language
) -> None:
    desk = Desk(store, spoken)
    desk.issue("tcm-night", now=evening, by=nurse)
    desk.cancel("N001", now=evening, by=nurse)
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("N001", Purpose.MISSED)
        await patient.comes_to(ExplainingPage)
        assert "N001" in patient.sees
        await patient.reads(texts.DESK)


# too many, and no printer -------------------------------------------------------------------------------------------


async def test_after_many_numbers_the_next_waits_a_while_and_comes_by_itself_once(
    spoken_app: LobbyApp,
    spoken: Hospital,
    store: Database,
    clock: Clock,
    evening: datetime,
    nurse: By,
    seconds: Seconds,
    language: Language,
) -> None:
    for _ in range(spoken.kiosk[0].pace.at_once):
        Desk(store, spoken).issue("bone", now=evening, by=nurse, kiosk="lobby-1")
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.goes_to_the_groups("bone")
        await patient.taps(texts.NO_GROUP, WaitingPage)
        await patient.reads(texts.SLOWED, n=21)
        seconds.go_on(12)
        await patient.reads(texts.SLOWED, n=9)
        await patient.taps("English" if language == "zh" else "中文")
        patient.language = "en" if language == "zh" else "zh"
        await patient.reads(texts.SLOWED, n=9)
        assert len(issued(store)) == 4
        clock.restart(evening + timedelta(seconds=20))
        seconds.go_on(9)
        await patient.comes_to(NumberPage)
        assert number(spoken_app) == "B005"
    assert len(issued(store)) == 5


async def test_a_slip_that_nobody_prints_leaves_the_number_and_says_what_to_do(
    spoken_app: LobbyApp, store: Database, seconds: Seconds, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.takes_a_number("bone")
        assert find(spoken_app, patient.word(texts.KEPT_IN_MIND)) is None
        seconds.go_on(6.1)
        await patient.reads(texts.NO_SLIP, why=texts.PRINTER_SLOW.of(language), number="B001")
        seconds.go_on(80)
        await pilot.pause(0.3)
        assert number(spoken_app) == "B001", "who has no slip has the time to write it down"
        await patient.taps(texts.KEPT_IN_MIND, IdlePage)


async def test_a_clock_that_is_set_back_or_forward_ends_no_page_and_loses_no_number(
    spoken_app: LobbyApp, store: Database, clock: Clock, evening: datetime, seconds: Seconds, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        for hours in (-1, 1):
            await patient.goes_to_the_groups("bone")
            clock.restart(evening + timedelta(hours=hours))
            await pilot.pause(0.3)
            assert isinstance(patient.page, GroupsPage)
            await patient.taps(texts.NO_GROUP, NumberPage)
            clock.restart(evening)
            await pilot.pause(0.3)
            given = number(spoken_app)
            seconds.go_on(200)
            await patient.comes_to(IdlePage)
    assert issued(store) == ["B001", "B002"]
    assert given == "B002"
