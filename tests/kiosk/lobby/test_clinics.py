"""Clinics as the lobby shows them: one, twelve or none; closed, suspended, full, moved; and pages of information."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk
from lobby_gallery import screen, text_in
from looking import look
from paper import read_paper
from piloting import until_shown
from textual import events
from textual.widgets import Markdown, Static
from touchscreen import SIZES, Patient, Seconds, find, lobby, lobby_of, number
from virtually import render_plainly

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.messages import Purpose
from nightdesk_kiosk.lobby.pages.choosing import ChoosingPage
from nightdesk_kiosk.lobby.pages.groups import GroupsPage
from nightdesk_kiosk.lobby.pages.idle import IdlePage
from nightdesk_kiosk.lobby.pages.information import ContentsPage, ReadingPage
from nightdesk_kiosk.lobby.pages.number import NumberPage
from nightdesk_kiosk.lobby.pages.services import ServicesPage, WhichOnePage
from nightdesk_kiosk.lobby.pages.signs import SignsPage
from nightdesk_kiosk.lobby.pages.words import ExplainingPage
from nightdesk_kiosk.lobby.target import Target
from nightdesk_printers.slip_making import SlipMaker
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, slips
from nightdesk_queue.text.bilingual import Language, Text

LETTERS = "ABCDFGHJKLMQ"
LONG = Text(
    zh="中西医结合夜间骨伤康复与疼痛治疗联合门诊部第一诊疗中心特需综合服务区域甲乙丙丁戊",
    en="Evening outpatient dept. of rehabilitati",
)


def with_clinics(hospital: Hospital, count: int, name: Callable[[str], Text]) -> Hospital:
    """The hospital with so many clinics instead of its own, open day and night."""
    pattern, room = hospital.clinics["service"], hospital.room[0]
    letters = LETTERS[:count]
    return hospital.changed(
        clinic=[
            pattern.changed(id=f"c{letter}", prefix=letter, name=name(letter), rooms=[f"r{letter}"])
            for letter in letters
        ],
        room=[room.changed(id=f"r{letter}", name=name(letter)) for letter in letters],
        kiosk=[hospital.kiosk[0].changed(clinics=[])],
    )


def short(letter: str) -> Text:
    return Text(zh=f"{letter} 门诊", en=f"Clinic {letter}")


async def turns_to(patient: Patient, label: str) -> None:
    """Touch More until a target is there."""
    await patient.goes_on(texts.MORE, lambda: find(patient.app, label))


# how many ------------------------------------------------------------------------------------------------------------


async def test_a_single_clinic_has_the_page_for_itself(
    spoken: Hospital, store: Database, clock: Clock, seconds: Seconds, language: Language
) -> None:
    app = lobby_of(with_clinics(spoken, 1, short), store, clock, seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.taps(texts.TAKE_A_NUMBER, ChoosingPage)
        only = find(app, patient.word(short("A")))
        assert only is not None
        assert only.region.height >= 10
        await patient.taps(short("A"), SignsPage)
        await patient.taps(texts.NO_SIGN, GroupsPage)
        await patient.taps(texts.NO_GROUP, NumberPage)
        assert (number(app), patient.touches) == ("A001", 4)


@pytest.mark.parametrize("size", SIZES)
async def test_of_twelve_clinics_each_is_reached_and_gives_its_number(
    spoken: Hospital, store: Database, clock: Clock, seconds: Seconds, language: Language, size: tuple[int, int]
) -> None:
    app = lobby_of(with_clinics(spoken, 12, short), store, clock, seconds)
    async with app.run_test(size=size) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.taps(texts.TAKE_A_NUMBER, ChoosingPage)
        seen: list[str] = []
        for letter in LETTERS:
            await turns_to(patient, patient.word(short(letter)))
            seen.append(letter)
        assert seen == list(LETTERS)
        await patient.taps(texts.MORE)
        await turns_to(patient, patient.word(short("A")))
        await turns_to(patient, patient.word(short("Q")))
        await patient.taps(short("Q"), SignsPage)
        await patient.taps(texts.NO_SIGN, GroupsPage)
        await patient.taps(texts.NO_GROUP, NumberPage)
        assert number(app) == "Q001"


@pytest.mark.parametrize("size", SIZES)
async def test_digits_that_all_of_twelve_clinics_have_find_each_of_them(
    spoken: Hospital,
    store: Database,
    clock: Clock,
    evening: datetime,
    nurse: By,
    seconds: Seconds,
    language: Language,
    size: tuple[int, int],
) -> None:
    hospital = with_clinics(spoken, 12, short)
    for clinic in hospital.clinic:
        Desk(store, hospital).issue(clinic.id, now=evening - timedelta(minutes=9), by=nurse)
    app = lobby_of(hospital, store, clock, seconds)
    async with app.run_test(size=size) as pilot:
        patient = Patient(pilot, language)
        await patient.enters("1", Purpose.WHERE)
        await patient.comes_to(WhichOnePage)
        for letter in LETTERS:
            await turns_to(patient, f"{letter}001")
            await patient.reads(short(letter))
        await patient.taps("Q001", NumberPage)
        assert number(app) == "Q001"


async def test_where_no_clinic_is_offered_it_says_so(
    spoken: Hospital, store: Database, clock: Clock, seconds: Seconds, language: Language
) -> None:
    none = spoken.changed(
        clinic=[clinic.changed(kiosk=False) for clinic in spoken.clinic],
        kiosk=[spoken.kiosk[0].changed(clinics=[])],
    )
    app = lobby_of(none, store, clock, seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.taps(texts.TAKE_A_NUMBER, ChoosingPage)
        await patient.reads(texts.NO_CLINIC)
        await patient.taps(texts.BACK, IdlePage)


async def test_where_all_are_closed_each_says_when_it_opens(
    spoken: Hospital, store: Database, evening: datetime, seconds: Seconds, language: Language
) -> None:
    closed = spoken.changed(kiosk=[spoken.kiosk[0].changed(clinics=["tcm-night", "postpartum"])])
    app = lobby_of(closed, store, Clock(evening + timedelta(hours=4), 0.0), seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.taps(texts.TAKE_A_NUMBER, ChoosingPage)
        for clinic in ("tcm-night", "postpartum"):
            target = find(app, patient.word(closed.clinics[clinic].name))
            assert target is not None
            assert target.has_class("closed")
            assert "17:30" in target.below[0]
            assert patient.word(texts.TOMORROW) in target.below[0]
            await patient.taps(closed.clinics[clinic].name, ExplainingPage)
            assert "17:30" in patient.sees
            await patient.reads(texts.DESK)
            await patient.taps(texts.BACK, ChoosingPage)


@pytest.mark.parametrize("size", SIZES)
async def test_names_of_forty_characters_are_read_whole_on_the_way(
    spoken: Hospital, store: Database, clock: Clock, seconds: Seconds, language: Language, size: tuple[int, int]
) -> None:
    app = lobby_of(with_clinics(spoken, 2, named), store, clock, seconds)
    async with app.run_test(size=size) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.taps(texts.TAKE_A_NUMBER, ChoosingPage)
        target = find(app, patient.word(named("B")))
        assert target is not None
        assert read(app, target) == patient.word(named("B")).replace(" ", "") or target.draws(*target.size)
        await patient.taps(named("B"), SignsPage)
        await patient.taps(texts.NO_SIGN, GroupsPage)
        await patient.taps(texts.NO_GROUP, NumberPage)
        assert number(app) == "B001"
        await patient.reads(named("B"))


def named(letter: str) -> Text:
    return Text(zh=LONG.zh[:39] + letter, en=LONG.en[:39] + letter)


def read(app: LobbyApp, target: Target) -> str:
    """The label as it stands on the screen, without spaces and without what stands below it."""
    seen = text_in(screen(app), target.region).replace(" ", "").replace("\n", "")
    return seen[: len(target.label.replace(" ", ""))]


# what staff have changed ---------------------------------------------------------------------------------------------


async def test_suspended_full_and_moved_clinics_say_so_and_why(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, evening: datetime, nurse: By, language: Language
) -> None:
    desk = Desk(store, spoken)
    desk.suspend("service", now=evening, by=nurse, notice="{oops} 100% [b]")
    desk.move("bone", ["tcm-2"], now=evening, by=nurse)
    for _ in range(40):
        desk.issue("tcm-night", now=evening, by=nurse, extra=True)
    async with spoken_app.run_test(size=(120, 33)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.taps(texts.TAKE_A_NUMBER, ChoosingPage)
        below = {one.label: one.below[0] for one in patient.page.query(".row Target").results(Target)}
        assert below[patient.word(spoken.clinics["service"].name)].endswith("{oops} 100% [b]")
        moved = patient.word(texts.MOVED_TO, rooms=spoken.room_name("tcm-2"))
        assert below[patient.word(spoken.clinics["bone"].name)].startswith(moved)
        assert below[patient.word(spoken.clinics["tcm-night"].name)] == patient.word(texts.ALL_GIVEN)
        await patient.taps(spoken.clinics["service"].name, ExplainingPage)
        assert "{oops} 100% [b]" in patient.sees
        await patient.taps(texts.BACK, ChoosingPage)
        await patient.taps(spoken.clinics["bone"].name, SignsPage)


async def test_a_number_and_its_slip_lead_to_the_rooms_a_clinic_has_moved_to(
    spoken_app: LobbyApp, spoken: Hospital, store: Database, evening: datetime, nurse: By, language: Language
) -> None:
    Desk(store, spoken).move("bone", ["tcm-2"], now=evening, by=nurse)
    usual, rooms = spoken.clinics["bone"].route, spoken.room_name("tcm-2")
    assert usual
    async with spoken_app.run_test(size=(120, 33)) as pilot:
        patient = Patient(pilot, language)
        await patient.takes_a_number("bone")
        await patient.reads(rooms)
        assert patient.word(usual) not in patient.sees
    (job,) = slips.newest(look(store), 1)
    maker = SlipMaker(spoken.printers[job.printer], spoken, lambda: evening, rooms)
    with store.snapshot() as tx:
        printed = read_paper(render_plainly(maker.slip(tx, job), 80)).text.replace("\n", "")
    assert (rooms.of(language) in printed, usual.of(language) in printed) == (True, False)


async def test_the_clinics_of_the_idle_page_are_there_at_once_when_somebody_has_left(
    spoken_app: LobbyApp, seconds: Seconds, language: Language
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.reads(texts.NOBODY_WAITS)
        lines = [str(line.content) for line in spoken_app.query("#status .line").results(Static)]
        await patient.taps(texts.TAKE_A_NUMBER, ChoosingPage)
        spoken_app.desk.answer = lambda _effect: None  # type: ignore[method-assign]  # the database is slow just now
        await patient.taps(texts.BACK, IdlePage)
        assert [str(line.content) for line in spoken_app.query("#status .line").results(Static)] == lines


async def test_the_idle_page_follows_the_clinics_and_nothing_on_it_moves(
    spoken_app: LobbyApp,
    spoken: Hospital,
    store: Database,
    evening: datetime,
    nurse: By,
    seconds: Seconds,
    language: Language,
) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await until_shown(pilot, lambda: lobby(spoken_app).state.page.glances)  # type: ignore[union-attr]
        await patient.reads(texts.NOBODY_WAITS)
        lines = list(spoken_app.query("#status .line"))
        Desk(store, spoken).suspend("service", now=evening, by=nurse, notice="台风")
        seconds.go_on(21)
        await until_shown(pilot, lambda: "台风" in patient.sees)
        assert list(spoken_app.query("#status .line")) == lines


# information ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def informed(spoken: Hospital, tmp_path: Path) -> Hospital:
    """A hospital with nine pages of information, the last of them long, and a file that nobody can read."""
    folder = tmp_path / "info"
    folder.mkdir()
    for n in range(1, 9):
        (folder / f"{n}.md").write_text(f"# Page {n}\n\nText {n}\n", encoding="utf-8")
    rows = "\n\n".join(f"Line {n}" for n in range(60))
    (folder / "9.md").write_text(f"# Page 9\n\n[link](https://example.org)\n\n{rows}\n", encoding="utf-8")
    (folder / "broken.md").write_bytes(b"\xff\xfe\xff")
    return spoken.changed(folder=tmp_path, hospital=spoken.hospital.changed(information="info"))


@pytest.mark.parametrize("size", SIZES)
async def test_every_page_of_information_is_reached_and_read_to_its_end(
    informed: Hospital, store: Database, clock: Clock, seconds: Seconds, language: Language, size: tuple[int, int]
) -> None:
    app = lobby_of(informed, store, clock, seconds)
    async with app.run_test(size=size) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.taps(texts.HAVE_NUMBER, ServicesPage)
        await patient.taps(texts.INFORMATION, ContentsPage)
        await patient.taps("Page 1", ReadingPage)
        await patient.reads("Text 1")
        await patient.taps(texts.BACK, ContentsPage)
        await turns_to(patient, "Page 9")
        await patient.taps("Page 9", ReadingPage)
        await until_shown(pilot, lambda: "Line 0" in text_in(screen(app), patient.page.region))

        async def at_the_end() -> bool:
            await until_shown(pilot, lambda: turned(patient))
            return "Line 59" in text_in(screen(app), patient.page.region)

        for _ in range(20):
            if await at_the_end():
                break
            before = patient.page
            await patient.taps(texts.NEXT_PAGE)
            await until_shown(pilot, lambda before=before: patient.page is not before)  # type: ignore[misc]
        assert not patient.page.query_one("#after").visible
        await patient.taps(texts.BACK, ContentsPage)
        await patient.taps(texts.BACK, IdlePage)


async def test_a_text_that_takes_long_to_lay_out_is_read_to_its_end_all_the_same(
    informed: Hospital,
    store: Database,
    clock: Clock,
    seconds: Seconds,
    language: Language,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def late(self: Markdown, _: events.Mount) -> None:
        self.set_timer(0.5, lambda: self.update(str(self._initial_markdown)))

    monkeypatch.setattr(Markdown, "_on_mount", late)
    app = lobby_of(informed, store, clock, seconds)
    async with app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.taps(texts.HAVE_NUMBER, ServicesPage)
        await patient.taps(texts.INFORMATION, ContentsPage)
        await turns_to(patient, "Page 9")
        await patient.taps("Page 9", ReadingPage)
        await until_shown(pilot, lambda: "Line 0" in text_in(screen(app), patient.page.region))
        await until_shown(pilot, lambda: patient.page.query_one("#after").visible)


def turned(patient: Patient) -> bool:
    """Whether the page shows what it was turned to."""
    text = patient.page.query_one("#text")
    first = min(lobby(patient.app).state.page.first, text.max_scroll_y)  # type: ignore[union-attr]
    return bool(text.virtual_size.height > text.size.height and round(text.scroll_y) == first)


async def test_where_nothing_is_written_it_says_whom_to_ask(spoken_app: LobbyApp, language: Language) -> None:
    async with spoken_app.run_test(size=(80, 24)) as pilot:
        patient = Patient(pilot, language)
        await patient.comes_to(IdlePage)
        await patient.taps(texts.HAVE_NUMBER, ServicesPage)
        await patient.taps(texts.INFORMATION, ContentsPage)
        await patient.reads(texts.NO_PAGES)
