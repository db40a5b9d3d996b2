"""Played nights: production's order and forecasts, files of other hospitals, and how good the forecasts are."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from xml.etree import ElementTree as ET

import pytest

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.domain.tickets import Lane
from nightdesk_queue.rules.waits import VisitType
from nightdesk_queue.simulation.doctors import drawn_doctors
from nightdesk_queue.simulation.nights import Plan, play_nights
from nightdesk_queue.simulation.outcome import forecast_summary, lane_summaries
from nightdesk_queue.simulation.people import (
    Arrival,
    Habits,
    Session,
    lognormal,
    read_arrivals,
    read_consultations,
)
from nightdesk_queue.simulation.plot import evening_svg
from nightdesk_queue.simulation.trial import forecast_trial

STEADY = Habits(no_show=0.0, examination=0.0, priority=0.0, urgent=0.0)


def recorded(sessions: int, patients: int, pace: float, seed: int) -> list[Session]:
    """Consultations of mean 13.4 minutes and coefficient of variation 0.47, each evening with a pace of its own."""
    chance = Random(seed)
    found = []
    for _ in range(sessions):
        own = lognormal(chance, 1.0, pace) if pace else 1.0
        kinds = [VisitType.RETURN if chance.random() < 0.3 else VisitType.FIRST for _ in range(patients)]
        found.append([(kind, own * lognormal(chance, 11.5 if kind == "return" else 14.2)) for kind in kinds])
    return found


@pytest.mark.parametrize(("patients", "pace"), [(30, 0.0), (30, 0.2), (16, 0.15)])
def test_forecasts_halve_the_error_of_the_usual_estimators_and_hold_what_they_promise(
    hospital: Hospital, evening: datetime, patients: int, pace: float
) -> None:
    sessions = recorded(150, patients, pace, seed=4)
    outcome = forecast_trial(hospital, hospital.clinics["tcm-night"], sessions, opens=evening)
    found = forecast_summary(outcome.judged)
    assert found
    assert found.told > 1000
    assert 0.77 <= found.coverage <= 0.86
    assert all(found.mae < 0.5 * error for error in found.baselines.values()), found


def test_the_same_seed_plays_the_same_nights(hospital: Hospital) -> None:
    clinics = [hospital.clinics["tcm-night"]]
    one, two = (play_nights(hospital, clinics, Plan(nights=3)) for _ in range(2))
    assert one == two
    assert play_nights(hospital, clinics, Plan(nights=3, seed=2)) != one


def test_given_arrivals_are_who_comes(hospital: Hospital, evening: datetime) -> None:
    clinic = hospital.clinics["tcm-night"]
    arrivals = [Arrival("tcm-night", evening + timedelta(minutes=n)) for n in range(5)]
    plan = Plan(nights=2, begin=evening.date(), arrivals=arrivals, habits=STEADY)
    outcome = play_nights(hospital, [clinic], plan)
    (lane,) = lane_summaries(outcome, ["tcm-night"])
    assert (lane.lane, lane.called, lane.most_overtaken) == (Lane.FIRST, 10, 0)


def test_who_is_turned_away_misses_and_comes_late_is_counted(hospital: Hospital) -> None:
    plan = Plan(nights=5, per_hour=40.0, habits=Habits(no_show=0.3, comes_late=0.5))
    outcome = play_nights(hospital, [hospital.clinics["tcm-night"]], plan)
    assert outcome.turned_away["tcm-night"] > 100
    assert outcome.lapsed["tcm-night"] > 5
    lanes = {one.lane for one in lane_summaries(outcome, ["tcm-night"])}
    assert lanes == {Lane.FIRST, Lane.RETURN, Lane.MISSED, Lane.PRIORITY}


def test_a_rule_that_inserts_more_often_makes_its_lane_wait_less(hospital: Hospital) -> None:
    def returns(every: int) -> float:
        clinic = hospital.clinics["tcm-night"]
        order = clinic.order.changed(insert_every=dict.fromkeys((Lane.RETURN,), every))
        changed = clinic.changed(order=order)
        plan = Plan(nights=15, per_hour=12.0, habits=Habits(examination=0.3, no_show=0.0, priority=0.0))
        outcome = play_nights(hospital, [changed], plan)
        waits = [one.minutes for one in outcome.waits if one.lane is Lane.RETURN]
        return sum(waits) / len(waits)

    assert returns(1) < returns(2) < returns(6)


def test_consultations_are_read_with_sessions_a_blank_line_apart() -> None:
    content = "\ufeffvisit_type,seconds\nfirst,600\nreturn,300.5\n\n\nfirst,900\n".encode()
    assert read_consultations(content, "f.csv") == [
        [(VisitType.FIRST, 10.0), (VisitType.RETURN, 300.5 / 60)],
        [(VisitType.FIRST, 15.0)],
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("visit_type,seconds\nfirst,600\nsecond,600\n", "line 3"),
        ("visit_type,seconds\nfirst,-1\n", "line 2"),
        ("visit_type,seconds\nfirst,nan\n", "line 2"),
        ("visit_type,seconds\nfirst\n", "line 2"),
        ("minutes\n3\n", "line 1"),
        ("", "no consultations"),
    ],
)
def test_a_faulty_file_of_consultations_is_refused_with_its_line(content: str, line: str) -> None:
    with pytest.raises(Misuse) as misuse:
        read_consultations(content.encode(), "f.csv")
    assert line in misuse.value.text.en


def test_arrivals_before_noon_belong_to_the_following_morning(hospital: Hospital, evening: datetime) -> None:
    content = b"clinic,at,priority,level\ntcm-night,18:05,,\nbone,01:30,veteran elderly,3\n"
    first, second = read_arrivals(content, "a.csv", hospital, evening)
    assert (first.at.hour, first.priority, first.level) == (18, (), 4)
    assert (second.at.date() - first.at.date()).days == 1
    assert (second.priority, second.level) == (("veteran", "elderly"), 3)
    for bad in (b"clinic,at\nnone,18:00\n", b"clinic,at\nbone,99:00\n", b"clinic,at,level\nbone,18:00,1\n"):
        with pytest.raises(Misuse) as misuse:
            read_arrivals(bad, "a.csv", hospital, evening)
        assert "line 2" in misuse.value.text.en


def test_the_evening_is_a_picture_with_a_line_for_each_configuration(hospital: Hospital) -> None:
    clinics = [hospital.clinics["tcm-night"], hospital.clinics["postpartum"]]
    outcome = play_nights(hospital, clinics, Plan(nights=1))
    ids = [clinic.id for clinic in clinics]
    svg = ET.fromstring(evening_svg(hospital, ids, [("a", outcome.samples), ("b & c", outcome.samples)], "zh"))
    paths = svg.findall(".//{http://www.w3.org/2000/svg}path")
    assert len(paths) == 4
    words = {text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert {"中医夜间门诊: 候诊人数", "b & c"} <= words


def test_forecasts_notice_a_doctor_who_goes_home_without_a_word(hospital: Hospital) -> None:
    clinic, plan = hospital.clinics["tcm-night"], Plan(nights=60, rooms=2, habits=Habits(leavers=1.0))
    noticed, unnoticed = (
        forecast_summary([one for one in play_nights(hospital, [changed], plan).judged if one.after_leaving])
        for changed in (clinic, clinic.changed(empty_after_minutes=60))
    )
    assert noticed is not None
    assert unnoticed is not None
    assert noticed.coverage > 0.65
    assert unnoticed.coverage < 0.5
    assert noticed.mae < unnoticed.mae


def test_doctors_who_leave_are_drawn_by_chance_and_the_first_stays(evening: datetime) -> None:
    last = evening + timedelta(hours=3)
    everyone = drawn_doctors(3, evening, last, Habits(leavers=1.0), "1")
    assert [one.room for one in everyone.absences] == ["room-2", "room-3"]
    assert all(everyone.away(one.room, last) and not everyone.away(one.room, evening) for one in everyone.absences)
    assert drawn_doctors(3, evening, last, Habits(), "1").absences == ()


def test_a_doctor_on_a_break_comes_back_and_nobody_is_left_over(hospital: Hospital, evening: datetime) -> None:
    doctors = drawn_doctors(1, evening, evening + timedelta(hours=3), Habits(breaks=1.0), "1")
    (absence,) = doctors.absences
    assert absence.until is not None
    assert timedelta(minutes=10) <= absence.until - absence.begins <= timedelta(minutes=30)
    assert not doctors.away("room-1", absence.until)
    clinic = hospital.clinics["tcm-night"]
    outcome = play_nights(hospital, [clinic], Plan(nights=10, rooms=1, habits=Habits(breaks=1.0, leavers=1.0)))
    assert outcome.left_over == {"tcm-night": 0}
