"""One teenager does not close the clinic: a kiosk's pace, its alarm, and numbers that are taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from desk import Desk
from looking import bare, look
from refusing import minutes, refused

from nightdesk_queue.commands.alarms import raise_alarm
from nightdesk_queue.commands.issuing import Applicant, issue
from nightdesk_queue.commands.taking_back import take_back_numbers
from nightdesk_queue.config import Hospital, Pace
from nightdesk_queue.domain.errors import TooFast
from nightdesk_queue.domain.event_data import ManyNumbers
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.queries.alarms import alarm_text, many_given, open_alarms
from nightdesk_queue.queries.queue_view import ClinicGlance, glances
from nightdesk_queue.rules import waits
from nightdesk_queue.store import Database, events, pages

KIOSK = "lobby-1"
PATIENT = By.at_kiosk(KIOSK)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def with_pace(hospital: Hospital, **pace: int) -> Hospital:
    """The hospital with a second kiosk, and another pace of both."""
    first = hospital.kiosk[0].changed(pace=Pace(**pace))
    return hospital.changed(kiosk=[first, first.changed(id="lobby-2")])


@pytest.fixture
def hurried(store: Database, hospital: Hospital) -> Desk:
    """A desk whose kiosks never slow anybody down, so that eight numbers are eight lines."""
    return Desk(store, with_pace(hospital, seconds_each=0))


def give(desk: Desk, count: int, now: datetime, clinic: str = "bone", kiosk: str = KIOSK, apart: float = 1) -> datetime:
    """Give numbers at a kiosk, some seconds apart, and return when the last was given."""
    for n in range(count):
        now += seconds(apart if n else 0)
        desk.issue(clinic, now=now, by=By.at_kiosk(kiosk), kiosk=kiosk)
    return now


def alarms(store: Database) -> list[Event]:
    return open_alarms(look(store))


def living(store: Database) -> set[str]:
    """The numbers that wait."""
    return {row["number"] for row in bare(store).execute("SELECT number FROM tickets WHERE state = 'waiting'")}


class TestPace:
    def test_the_fifth_number_at_once_is_refused_with_the_seconds_until_it_may_be_given(
        self, desk: Desk, store: Database, evening: datetime
    ) -> None:
        now = give(desk, 4, evening)
        written = events.last_seq(look(store))
        with pytest.raises(TooFast) as refusal:
            give(desk, 1, now + seconds(2))
        # the first has gone for five seconds: fifteen are left
        assert (refusal.value.code, refusal.value.seconds) == ("too_fast", 15)
        assert "15" in refusal.value.text.zh
        assert "15" in refusal.value.text.en
        assert events.last_seq(look(store)) == written
        give(desk, 1, now + seconds(2 + refusal.value.seconds))

    def test_the_same_key_again_gets_its_number_however_fast(self, desk: Desk, evening: datetime) -> None:
        given = desk.issue("bone", now=evening, by=PATIENT, kiosk=KIOSK, key="k")
        give(desk, 3, evening, apart=0)
        assert desk.issue("bone", now=evening, by=PATIENT, kiosk=KIOSK, key="k").id == given.id
        with refused("too_fast"):
            desk.issue("bone", now=evening, by=PATIENT, kiosk=KIOSK, key="another")

    def test_staff_are_never_slowed_down_at_a_kiosk_either(self, desk: Desk, evening: datetime, nurse: By) -> None:
        give(desk, 4, evening)
        for _ in range(6):
            desk.issue("bone", now=evening, by=nurse)
            desk.do(lambda work: issue(work, "bone", Applicant(kiosk=KIOSK)), evening, nurse)
        assert alarms(desk.database) == [], "they know what they do"

    def test_whoever_types_numbers_for_a_kiosk_is_not_slowed_down(self, desk: Desk, evening: datetime) -> None:
        for _ in range(6):
            desk.issue_and_tell("bone", Applicant(kiosk=KIOSK, paced=False), now=evening, by=PATIENT)

    def test_each_kiosk_has_a_pace_of_its_own(self, store: Database, hospital: Hospital, evening: datetime) -> None:
        desk = Desk(store, with_pace(hospital, at_once=1))
        give(desk, 1, evening)
        give(desk, 1, evening, kiosk="lobby-2")
        with refused("too_fast"):
            give(desk, 1, evening, kiosk="lobby-2")

    def test_a_kiosk_rests_for_all_its_clinics(self, desk: Desk, evening: datetime) -> None:
        give(desk, 2, evening, "bone", apart=0)
        give(desk, 2, evening, "service", apart=0)
        with refused("too_fast"):
            give(desk, 1, evening, "tcm-night")

    def test_who_gets_no_number_anyway_is_told_that_and_not_to_wait(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        give(desk, 4, evening)
        desk.suspend("bone", now=evening, by=nurse)
        with refused("suspended"):
            give(desk, 1, evening)

    def test_who_checks_in_takes_nobodys_turn(self, desk: Desk, evening: datetime, nurse: By) -> None:
        for _ in range(6):
            expected = desk.expect("bone", now=evening, by=nurse)
            desk.check_in(expected.id, now=evening, by=PATIENT, kiosk=KIOSK)
        give(desk, 4, evening)

    def test_a_clock_that_was_set_back_keeps_nobody_waiting(self, desk: Desk, evening: datetime) -> None:
        give(desk, 4, evening + minutes(60))
        give(desk, 4, evening)


class TestAlarm:
    def test_the_eighth_number_in_two_minutes_raises_an_alarm_at_the_kiosk_as_part_of_its_act(
        self, hurried: Desk, store: Database, evening: datetime
    ) -> None:
        give(hurried, 7, evening)
        assert alarms(store) == []
        last = give(hurried, 1, evening + minutes(2))
        (alarm,) = alarms(store)
        assert (alarm.kind, alarm.station, alarm.at) == (EventKind.MANY_NUMBERS, "kiosk:lobby-1", last)
        assert isinstance(alarm.data, ManyNumbers)
        assert (alarm.data.kiosk, alarm.data.count) == (KIOSK, 8)
        assert datetime.fromisoformat(alarm.data.since) == evening
        assert datetime.fromisoformat(alarm.data.since).utcoffset() == timedelta(0)
        issued = events.by_seq(look(store), alarm.act or 0)
        assert issued is not None
        assert (issued.kind, issued.number) == (EventKind.ISSUE, "B008")

    def test_eight_numbers_in_more_than_two_minutes_raise_none(
        self, hurried: Desk, store: Database, evening: datetime
    ) -> None:
        give(hurried, 7, evening)
        give(hurried, 1, evening + minutes(2) + timedelta(microseconds=1))
        assert alarms(store) == []

    def test_numbers_of_two_kiosks_are_not_added_up(self, hurried: Desk, store: Database, evening: datetime) -> None:
        give(hurried, 7, evening)
        give(hurried, 7, evening, kiosk="lobby-2")
        assert alarms(store) == []
        give(hurried, 1, evening + seconds(10), kiosk="lobby-2")
        assert [alarm.station for alarm in alarms(store)] == ["kiosk:lobby-2"]

    def test_one_alarm_stands_however_many_follow_and_an_acknowledged_one_is_raised_again_while_it_goes_on(
        self, hurried: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        now = give(hurried, 12, evening)
        (alarm,) = alarms(store)
        hurried.acknowledge_alarms(up_to=alarm.seq, now=now, by=nurse)
        give(hurried, 1, now + seconds(1))
        (again,) = alarms(store)
        assert isinstance(again.data, ManyNumbers)
        assert again.data.count == 13

    def test_a_slow_kiosk_still_raises_it_where_somebody_goes_on_and_on(
        self, desk: Desk, store: Database, evening: datetime
    ) -> None:
        give(desk, 4, evening, apart=0)
        for n in range(4):
            assert alarms(store) == []
            give(desk, 1, evening + seconds(20 * (n + 1)))
        assert [alarm.kind for alarm in alarms(store)] == [EventKind.MANY_NUMBERS]

    def test_it_says_how_many_it_has_become_and_in_how_many_minutes(
        self, hurried: Desk, store: Database, evening: datetime
    ) -> None:
        give(hurried, 8, evening, apart=0)
        (alarm,) = alarms(store)
        assert alarm_text(look(store), alarm, evening).en == "8 numbers from lobby-1 in 1 minute(s)"
        give(hurried, 5, evening + seconds(61))
        told = alarm_text(look(store), alarm, evening + seconds(90))
        assert (told.zh, told.en) == ("lobby-1 2 分钟内取了 13 个号", "13 numbers from lobby-1 in 2 minute(s)")
        assert alarm_text(look(store), alarm, evening).en == "8 numbers from lobby-1 in 1 minute(s)", "as it was then"
        assert alarm_text(look(store), alarm, evening - minutes(60)).en.startswith("8 "), "by a clock set back"

    def test_another_alarm_says_its_kind(self, desk: Desk, store: Database, evening: datetime) -> None:
        desk.alarm(EventKind.HELP, now=evening, by=PATIENT)
        (alarm,) = alarms(store)
        assert alarm_text(look(store), alarm, evening) == EventKind.HELP.text


class TestForecast:
    """Its clinic gives no number that could not be served before closing at 21:00; two rooms, fifteen minutes each."""

    @pytest.fixture
    def desk(self, store: Database, hospital: Hospital) -> Desk:
        clinics = [one.changed(stop_by_forecast=True) for one in hospital.clinic]
        return Desk(store, with_pace(hospital.changed(clinic=clinics), seconds_each=0))

    def glance(self, desk: Desk, now: datetime) -> ClinicGlance:
        (found,) = glances(look(desk.database), desk.hospital, [desk.hospital.clinics["tcm-night"]], now)
        return found

    def test_numbers_nobody_stayed_for_stop_nobody_else_and_count_in_what_is_told(
        self, desk: Desk, evening: datetime
    ) -> None:
        now = give(desk, 20, evening, "tcm-night")
        assert self.glance(desk, now).refusal is None
        assert self.glance(desk, now).standing.ahead == 20
        ticket, told = desk.issue_and_tell("tcm-night", Applicant(kiosk="lobby-2"), now=now, by=By.at_kiosk("lobby-2"))
        assert ticket.number == "N021"
        assert told is not None
        assert told.ahead == 20

    def test_as_many_who_came_one_by_one_do_stop_others(self, desk: Desk, evening: datetime, nurse: By) -> None:
        now = give(desk, 16, evening, "tcm-night", apart=20)
        assert self.glance(desk, now).refusal is not None
        with refused("full"):
            give(desk, 1, now, "tcm-night", kiosk="lobby-2")

    def test_those_left_of_a_burst_stop_nobody_after_its_first_were_called_in_vain(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        give(desk, 8, evening, "tcm-night", apart=0)
        for _ in range(2):
            desk.issue("tcm-night", now=evening, by=nurse)
        later = evening + minutes(90)
        for _ in range(4):
            number = desk.call("tcm-1", now=later, by=nurse).ticket.id
            desk.miss(number, now=later, by=nurse)
        assert self.glance(desk, later).refusal is None
        for number in ("N005", "N006", "N007", "N008"):
            desk.set_level(number, 3, now=later, by=nurse)
        assert self.glance(desk, later).refusal is not None, "they would, were they patients"

    def test_a_second_forecast_is_worked_out_only_where_there_is_a_doubtful_number(
        self, desk: Desk, evening: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        played = []
        monkeypatch.setattr(
            "nightdesk_queue.queries.wait_forecasts.forecasts",
            lambda *facts: played.append(facts) or waits.forecasts(*facts),
        )
        give(desk, 7, evening, "tcm-night", apart=0)
        played.clear()
        self.glance(desk, evening)
        assert len(played) == 1
        give(desk, 1, evening, "tcm-night")
        played.clear()
        self.glance(desk, evening)
        assert len(played) == 2


class TestTakingBack:
    def take(self, desk: Desk, since: datetime, now: datetime, by: By, kiosk: str = KIOSK) -> list[str]:
        taken = desk.do(lambda work: take_back_numbers(work, kiosk, since=since), now, by)
        assert {ticket.state for ticket in taken} <= {State.CANCELLED}
        return [ticket.number for ticket in taken]

    def test_what_was_given_since_then_and_waits_unseen_is_cancelled_and_the_alarm_is_over(
        self, hurried: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        give(hurried, 1, evening - seconds(1))
        give(hurried, 8, evening, apart=0)
        give(hurried, 8, evening, kiosk="lobby-2", apart=0)
        hurried.issue("bone", now=evening, by=nurse)
        assert self.take(hurried, evening, evening, nurse) == [f"B{n:03}" for n in range(2, 10)]
        assert living(store) == {"B001", *(f"B{n:03}" for n in range(10, 19))}
        hurried.cancel("B001", now=evening, by=nurse)
        targets = [event.target for event in events.after(look(store), 0) if event.kind is EventKind.CANCEL]
        assert targets == [*[KIOSK] * 8, None], "the others were given up by their patients"
        assert [alarm.station for alarm in alarms(store)] == ["kiosk:lobby-2"]
        _, end = events.newest_alarms(look(store), 10)[0]
        assert end is not None
        assert (end.kind, end.actor) == (EventKind.ALARM_OVER, nurse.actor)

    def test_whom_somebody_has_seen_keeps_the_number(
        self, hurried: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        give(hurried, 8, evening, apart=0)
        hurried.call("bone-1", ticket="B001", now=evening, by=nurse)
        hurried.undo(now=evening, by=nurse)
        hurried.call("bone-1", ticket="B002", now=evening, by=nurse)
        hurried.transfer("B003", to="service", now=evening, by=nurse)
        hurried.set_level("B004", 3, now=evening, by=nurse)
        hurried.hold("B005", now=evening, by=nurse)
        hurried.return_("B005", now=evening, by=nurse)
        hurried.hold("B006", now=evening, by=nurse)
        expected = hurried.expect("bone", now=evening, by=nurse)
        hurried.check_in(expected.id, now=evening, by=PATIENT, kiosk=KIOSK)
        assert self.take(hurried, evening, evening, nurse) == ["B001", "B007", "B008"]

    def test_one_undo_gives_all_of_them_back(
        self, hurried: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        give(hurried, 9, evening, apart=0)
        before = [tuple(row) for row in look(store).rows("SELECT * FROM tickets ORDER BY seq")]
        self.take(hurried, evening, evening, nurse)
        assert living(store) == set()
        step = hurried.last_step(nurse.station)
        assert step is not None
        hurried.undo(now=evening + minutes(1), by=nurse, expected=step.seq)
        assert [tuple(row) for row in look(store).rows("SELECT * FROM tickets ORDER BY seq")] == before
        with refused("nothing_to_undo"):
            hurried.undo(now=evening + minutes(1), by=nurse)

    def test_their_places_are_free_again_until_they_are_given_back(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        clinics = [
            one.changed(stop_by_forecast=False, sessions=[session.changed(quota=10) for session in one.sessions])
            for one in hospital.clinic
        ]
        desk = Desk(store, with_pace(hospital.changed(clinic=clinics), seconds_each=0))
        desk.issue("tcm-night", now=evening, by=nurse)
        give(desk, 9, evening, "tcm-night", apart=0)
        with refused("full"):
            desk.issue("tcm-night", now=evening, by=nurse)
        self.take(desk, evening, evening, nurse)
        other = replace(nurse, station="console:2")
        for _ in range(9):
            desk.issue("tcm-night", now=evening, by=other)
        with refused("full"):
            desk.issue("tcm-night", now=evening, by=other)
        for number in ("N011", "N012", "N013"):
            desk.cancel(number, now=evening, by=other)
        with refused("full"):
            desk.issue("tcm-night", now=evening, by=other)

    def test_a_number_given_back_and_then_given_up_by_its_patient_has_taken_its_place(
        self, store: Database, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        clinics = [
            one.changed(stop_by_forecast=False, sessions=[session.changed(quota=1) for session in one.sessions])
            for one in hospital.clinic
        ]
        desk = Desk(store, hospital.changed(clinic=clinics))
        give(desk, 1, evening, "tcm-night")
        self.take(desk, evening, evening, nurse)
        desk.undo(now=evening, by=nurse)
        desk.cancel("N001", now=evening, by=nurse)
        with refused("full"):
            desk.issue("tcm-night", now=evening, by=nurse)

    def test_the_doctor_on_call_is_woken_no_more_for_them(
        self, hurried: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        night = evening + minutes(5 * 60)
        give(hurried, 3, night)
        assert len(pages.open_pages(look(store))) == 3
        self.take(hurried, night, night + seconds(9), nurse)
        assert pages.open_pages(look(store)) == []

    def test_where_nothing_is_left_nothing_is_cancelled_and_the_alarm_is_over_all_the_same(
        self, hurried: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        last = give(hurried, 8, evening)
        assert self.take(hurried, last + seconds(1), last, nurse) == []
        assert alarms(store) == []
        assert self.take(hurried, last + seconds(1), last, nurse) == []

    def test_only_staff_take_numbers_back_and_only_those_of_a_kiosk_there_is(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        with refused("staff_only"):
            self.take(desk, evening, evening, PATIENT)
        with refused("unknown_kiosk"):
            self.take(desk, evening, evening, nurse, kiosk="lobby-9")

    def test_what_can_be_taken_back_is_known_by_kiosk_oldest_alarm_first(
        self, hurried: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        hurried.do(lambda work: raise_alarm(work, EventKind.HELP), evening, PATIENT)
        assert many_given(look(store)) == []
        give(hurried, 8, evening, kiosk="lobby-2")
        give(hurried, 9, evening + seconds(30))
        hurried.call("bone-1", now=evening + minutes(1), by=nurse)
        first, second = many_given(look(store))
        assert (first.kiosk, first.since, len(first.unseen)) == ("lobby-2", evening, 7)
        assert (second.kiosk, second.since, len(second.unseen)) == (KIOSK, evening + seconds(30), 9)
        assert many_given(look(store), KIOSK) == [second]
