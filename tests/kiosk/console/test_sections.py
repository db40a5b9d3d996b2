"""What the console works out from what it has read: meters, sections, dangers, sounds, what can be done now. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.about_patient import about
from nightdesk_kiosk.console.console_desk import ConsoleDesk, Look
from nightdesk_kiosk.console.possible import is_possible
from nightdesk_kiosk.console.rows import METER, Tone, Wait, meter, rows
from nightdesk_kiosk.console.sections import Entry, Section, SectionKind, counts, in_rows, sections
from nightdesk_kiosk.console.sounds import FOR_ALARM, FOR_PAGE, FOR_TRANSFER, Heard, bells, heard
from nightdesk_kiosk.console.step_help import HELP
from nightdesk_kiosk.console.steps import Step
from nightdesk_kiosk.console.troubles import Danger, troubles
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By, Role
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.store import Database
from nightdesk_queue.text.bilingual import Text

ME = By("liu", "console:tcm-1")


def looked(store: Database, hospital: Hospital, at: datetime, *clinics: str) -> Look:
    shown = [hospital.clinics[one] for one in clinics or ("tcm-night",)]
    return ConsoleDesk(hospital, store, Clock(at, 0.0), ME).look(shown)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


class TestMeter:
    @pytest.mark.parametrize(
        ("waited", "limit", "drawn"),
        [
            (0, 90, "········"),
            (5, 90, "········"),
            (6, 90, "▌·······"),
            (45, 90, "████····"),
            (50, 90, "████····"),
            (51, 90, "████▌···"),
            (89, 90, "███████▌"),
            (90, 90, "███████!"),
            (500, 90, "███████!"),
            (500, None, ""),
        ],
    )
    def test_its_full_width_is_the_limit_and_past_it_stands_a_sign(
        self, waited: int, limit: int | None, drawn: str
    ) -> None:
        assert meter(Wait(waited, limit), METER) == drawn

    @given(waited=st.integers(0, 2000), limit=st.integers(1, 600), width=st.integers(2, 20))
    def test_it_is_as_wide_as_asked_and_every_character_is_on_a_text_console(
        self, waited: int, limit: int, width: int
    ) -> None:
        drawn = meter(Wait(waited, limit), width)
        assert len(drawn) == width
        assert drawn.encode("cp437").decode("cp437") == drawn
        assert ("!" in drawn) == (waited >= limit)

    @pytest.mark.parametrize(
        ("waited", "tone"), [(66, Tone.PLAIN), (68, Tone.SOON), (89, Tone.SOON), (90, Tone.LATE), (91, Tone.LATE)]
    )
    def test_it_is_marked_near_the_limit_and_past_it(self, waited: int, tone: Tone) -> None:
        assert Wait(waited, 90).tone is tone


class TestSections:
    def evening(self, desk: Desk, at: datetime) -> list[Ticket]:
        given = [desk.issue("tcm-night", now=at, by=ME, name=f"P{n}") for n in range(7)]
        desk.call("tcm-1", now=at, by=ME)
        desk.hold("N002", now=at, by=ME, to="X-ray")
        for n, room in ((3, "tcm-2"),):
            desk.call(room, now=at, by=ME)
            for _ in range(2):
                desk.recall(f"N00{n}", now=at, by=ME)
            desk.miss(f"N00{n}", now=at, by=ME)
        desk.cancel("N007", now=at, by=ME)
        desk.expect("tcm-night", now=at, by=ME, name="late", slot_at=at - minutes(10))
        desk.expect("tcm-night", now=at, by=ME, name="soon", slot_at=at + minutes(20))
        return given

    def test_of_who_came_from_emergency_it_says_in_whose_room_they_are(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        came = desk.issue("er", now=evening, by=ME, name="P1")
        desk.transfer(came.number, to="tcm-night", now=evening + minutes(5), by=ME)
        before, *_ = sections(looked(store, hospital, evening + minutes(6)), hospital)
        desk.call("tcm-1", now=evening + minutes(9), by=By("wang", "c"))
        after, *_ = sections(looked(store, hospital, evening + minutes(10)), hospital)
        words = [one.entries[0].words.en for one in (before, after)]
        assert words == ["E001 P1 18:35, 1 min, waiting", "E001 P1 18:35, 5 min, Room 1 wang"]

    def test_everybody_who_is_not_in_the_line_has_a_section_with_a_count(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        self.evening(desk, evening)
        found = sections(looked(store, hospital, evening + minutes(6)), hospital)
        assert [(one.kind, one.count) for one in found] == [
            (SectionKind.FROM_ER, 0),
            (SectionKind.NOT_COME, 1),
            (SectionKind.AWAY, 1),
            (SectionKind.MISSED, 1),
            (SectionKind.EXPECTED, 2),
            (SectionKind.DONE, 0),
            (SectionKind.LAPSED, 0),
            (SectionKind.CANCELLED, 1),
        ]
        called, away, missed, expected = (one.entries for one in found[1:5])
        assert (called[0].words.en, called[0].tone) == ("N001 P0 Room 1 1/3 6 min", Tone.LATE)
        assert away[0].words.en == "N002 P1 X-ray 6/45"
        assert missed[0].words.en == "N003 P2 missed 1 of 3"
        assert [one.words.en.split()[1:] for one in expected] == [
            ["late", "18:20,", "16", "min", "late"],
            ["soon", "18:50,", "in", "14", "min"],
        ]
        assert counts(found).en.startswith("CALLED, NOT COME 1  AWAY 1  MISSED 1  EXPECTED 2  done 0")

    @given(sizes=st.lists(st.integers(0, 30), min_size=4, max_size=4), room=st.integers(5, 40))
    def test_all_headings_are_in_sight_and_nothing_is_left_out_unsaid(self, sizes: list[int], room: int) -> None:
        kinds = list(SectionKind)[1:5]
        entry = Entry(None, Text("x", "x"))  # type: ignore[arg-type]
        found = [Section(kind, n, (entry,) * n) for kind, n in zip(kinds, sizes, strict=True)]
        found += [Section(kind, 1) for kind in list(SectionKind)[5:]]
        laid = in_rows(found, room)
        assert len(laid) <= max(room, 5)
        assert [one.kind for one in laid if isinstance(one, Section)] == kinds
        shown = sum(isinstance(one, Entry) for one in laid)
        unsaid = sum(sizes) - shown
        if room >= 9:
            said = sum(int(one.en.split()[1]) for one in laid if isinstance(one, Text) and "more" in one.en)
            assert said == unsaid

    def test_a_clinic_beside_another_is_named_in_the_list(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        desk.issue("tcm-night", now=evening, by=ME)
        desk.issue("bone", now=evening, by=ME)
        both = rows(looked(store, hospital, evening, "tcm-night", "bone"), hospital, "en")
        assert [(row.cells[1].words, row.cells[7].words) for row in both] == [
            ("N001", hospital.clinics["tcm-night"].short_name.en),
            ("B001", hospital.clinics["bone"].short_name.en),
        ]


class TestAbout:
    def test_everything_that_is_known_is_told(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        desk.issue("er", now=evening, by=ME, name="王芳")
        desk.transfer("E001", to="tcm-night", now=evening + minutes(5), by=ME, way_back=True)
        desk.issue("tcm-night", now=evening + minutes(6), by=ME, name="王 芳")
        look = looked(store, hospital, evening + minutes(30))
        ticket = look.queues[0].line[0].ticket
        said = " ".join(one.en for one in about(ticket, look, hospital))
        for part in (
            "E001 王芳 IV",
            "since 18:30",
            "from Emergency",
            "then back to",
            "place 1",
            "limit in 60 min",
            "same name: N001",
        ):
            assert part in said, said


class TestTroubles:
    def test_what_endangers_life_stands_first_and_devices_after_patients(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        desk.issue("tcm-night", now=evening, by=ME)
        desk.alarm(EventKind.CLOCK_STEP, now=evening, by=By("service", "run"))
        desk.alarm(EventKind.RED_FLAG, now=evening, by=By.at_kiosk("lobby-1"))
        desk.call("tcm-1", now=evening, by=ME)
        found = troubles(looked(store, hospital, evening + minutes(5)), hospital)
        dangers = [one.danger for one in found]
        assert dangers == sorted(dangers)
        assert (dangers[0], found[0].alarm is not None) == (Danger.LIFE, True)
        words = [one.words.en for one in found]
        assert any(one == "Called and not come, call again (R) or miss (M): N001" for one in words)

    def test_who_was_called_just_now_is_no_trouble(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        desk.issue("tcm-night", now=evening, by=ME)
        desk.call("tcm-1", now=evening, by=ME)
        words = [one.words.en for one in troubles(looked(store, hospital, evening + minutes(4.9)), hospital)]
        assert not any("not come" in one for one in words)


class TestSounds:
    @pytest.mark.parametrize(
        ("before", "now", "rings"),
        [
            (None, Heard(frozenset({1}), frozenset(), frozenset()), 0),
            (Heard(frozenset(), frozenset(), frozenset()), Heard(frozenset({1}), frozenset(), frozenset()), FOR_ALARM),
            (
                Heard(frozenset(), frozenset({(1, 1)}), frozenset()),
                Heard(frozenset(), frozenset({(1, 2)}), frozenset({"x"})),
                FOR_PAGE,
            ),
            (
                Heard(frozenset({1}), frozenset(), frozenset()),
                Heard(frozenset(), frozenset(), frozenset({"x"})),
                FOR_TRANSFER,
            ),
            (Heard(frozenset({1}), frozenset(), frozenset({"x"})), Heard(frozenset(), frozenset(), frozenset()), 0),
        ],
    )
    def test_it_rings_for_the_most_urgent_of_what_is_new(self, before: Heard | None, now: Heard, rings: int) -> None:
        assert bells(before, now) == rings

    def test_a_patient_from_the_emergency_room_is_heard_once(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        before = heard(looked(store, hospital, evening))
        desk.issue("er", now=evening, by=ME)
        desk.transfer("E001", to="tcm-night", now=evening, by=ME)
        after = heard(looked(store, hospital, evening))
        assert bells(before, after) == FOR_TRANSFER
        assert bells(after, heard(looked(store, hospital, evening + minutes(1)))) == 0


class TestPossible:
    def test_steps_with_a_patient_follow_the_table_of_states(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        desk.issue("tcm-night", now=evening, by=ME)
        called = desk.call("tcm-1", now=evening, by=ME).ticket
        look = looked(store, hospital, evening)

        def can(step: Step, ticket: Ticket | None = called, role: Role | None = None) -> bool:
            return is_possible(step, ticket, look, "tcm-1", role)

        assert {step for step in (Step.RECALL, Step.START, Step.MISS, Step.TRANSFER) if can(step)} == {
            Step.RECALL,
            Step.START,
            Step.MISS,
            Step.TRANSFER,
        }
        assert not any(can(step) for step in (Step.CANCEL, Step.REJOIN, Step.NEXT, Step.THIS, Step.END))
        assert can(Step.FINISH), "who was called may have come and been seen"
        assert not can(Step.START, None)
        assert can(Step.TRANSFER, role=Role.DOCTOR)
        assert not can(Step.TRANSFER, role=Role.ROOM)
        assert not can(Step.SUSPEND, role=Role.DOCTOR)

    def test_every_step_is_explained(self) -> None:
        assert set(HELP) == set(Step)
