"""What patients do at a kiosk beside taking a number: they call for help, and report with what they remember."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from desk import Desk
from looking import look
from refusing import minutes, refused

from nightdesk_queue.commands.alarms import raise_alarm, send_to_emergency
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipKind
from nightdesk_queue.domain.tickets import Lane, State, Ticket
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.queries.ticket_lookup import candidates
from nightdesk_queue.store import Database, events, slips

KIOSK = "lobby-1"
PATIENT = By.at_kiosk(KIOSK)


def raised(desk: Desk, kind: EventKind, now: datetime, by: By = PATIENT) -> int:
    return desk.do(lambda work: raise_alarm(work, kind), now, by)


class TestAlarms:
    def test_an_alarm_that_is_open_is_not_raised_again(self, desk: Desk, store: Database, evening: datetime) -> None:
        first = raised(desk, EventKind.HELP, evening)
        assert raised(desk, EventKind.HELP, evening + minutes(30)) == first
        assert [alarm.seq for alarm in open_alarms(look(store))] == [first]
        assert events.last_seq(look(store)) == first, "hundreds of taps write nothing"

    def test_another_kind_and_another_station_raise_their_own(
        self, desk: Desk, store: Database, evening: datetime
    ) -> None:
        raised(desk, EventKind.HELP, evening)
        raised(desk, EventKind.CANNOT_WALK, evening)
        raised(desk, EventKind.HELP, evening, By.at_kiosk("lobby-2"))
        assert len(open_alarms(look(store))) == 3

    def test_once_it_was_acknowledged_it_is_raised_again(
        self, desk: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        first = raised(desk, EventKind.HELP, evening)
        desk.acknowledge_alarms(up_to=first, now=evening, by=nurse)
        again = raised(desk, EventKind.HELP, evening)
        assert again > first
        assert [alarm.seq for alarm in open_alarms(look(store))] == [again]


class TestTheWayToEmergency:
    def send(self, desk: Desk, now: datetime, kiosk: str = KIOSK, clinic: str | None = "bone") -> int:
        return desk.do(lambda work: send_to_emergency(work, kiosk, clinic=clinic), now, PATIENT)

    def printed(self, store: Database) -> list[datetime]:
        return [job.queued_at for job in slips.newest(look(store), 100) if job.kind is SlipKind.EMERGENCY]

    def test_it_is_printed_at_the_kiosk_and_staff_are_told(
        self, desk: Desk, store: Database, evening: datetime
    ) -> None:
        seq = self.send(desk, evening)
        (alarm,) = open_alarms(look(store))
        assert (alarm.seq, alarm.kind, alarm.station, alarm.clinic) == (
            seq,
            EventKind.RED_FLAG,
            "kiosk:lobby-1",
            "bone",
        )
        (job,) = slips.newest(look(store), 10)
        assert (job.kind, job.event, job.printer, job.ticket) == (SlipKind.EMERGENCY, seq, "lobby", None)

    def test_it_is_printed_once_a_minute_however_often_it_is_asked_for(
        self, desk: Desk, store: Database, evening: datetime
    ) -> None:
        asked = (0, 1, 59.999999, 60, 61, 119, 120)
        alarms = {self.send(desk, evening + timedelta(seconds=second)) for second in asked}
        assert len(alarms) == 1
        assert self.printed(store) == [evening + minutes(minute) for minute in (0, 1, 2)]

    def test_a_clock_that_was_set_back_withholds_it_from_nobody(
        self, desk: Desk, store: Database, evening: datetime
    ) -> None:
        self.send(desk, evening)
        self.send(desk, evening - minutes(60))
        assert len(self.printed(store)) == 2

    def test_a_new_alarm_has_a_way_of_its_own_at_once(
        self, desk: Desk, store: Database, evening: datetime, nurse: By
    ) -> None:
        seq = self.send(desk, evening)
        desk.acknowledge_alarms(up_to=seq, now=evening, by=nurse)
        self.send(desk, evening)
        assert len(self.printed(store)) == 2

    def test_a_kiosk_that_is_not_there_is_refused(self, desk: Desk, store: Database, evening: datetime) -> None:
        with refused("unknown_kiosk"):
            self.send(desk, evening, "lobby-9")
        assert open_alarms(look(store)) == []


class TestReports:
    def report(self, desk: Desk, said: str, now: datetime) -> Ticket:
        return desk.report(said, now=now, by=PATIENT, kiosk=KIOSK)

    def test_who_comes_back_from_an_examination_waits_again_in_the_lane_of_returns(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.issue("bone", now=evening, by=nurse)
        desk.hold("B001", now=evening, by=nurse, to="X-ray")
        back = self.report(desk, "B001", evening + minutes(20))
        assert (back.state, back.lane, back.held_to) == (State.WAITING, Lane.RETURN, None)
        assert self.report(desk, "B001", evening + minutes(21)) == back, "asking again changes nothing"

    @pytest.mark.parametrize("said", ["2", "02", "002", " 2 ", "２"])
    def test_digits_alone_are_the_only_living_number_that_has_them(
        self, desk: Desk, evening: datetime, nurse: By, said: str
    ) -> None:
        desk.issue("bone", now=evening, by=nurse)
        for _ in range(2):
            desk.issue("tcm-night", now=evening, by=nurse)
        assert self.report(desk, said, evening).number == "N002"

    def test_who_has_gone_does_not_make_digits_ambiguous(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.issue("bone", now=evening, by=nurse)
        desk.issue("tcm-night", now=evening, by=nurse)
        desk.cancel("B001", now=evening, by=nurse)
        assert self.report(desk, "1", evening).number == "N001"
        desk.cancel("N001", now=evening, by=nurse)
        with refused("unknown_ticket"):
            self.report(desk, "1", evening)

    def test_digits_of_several_clinics_are_refused_with_the_names_of_these(
        self, desk: Desk, hospital: Hospital, evening: datetime, nurse: By
    ) -> None:
        for clinic in ("bone", "tcm-night"):
            desk.issue(clinic, now=evening, by=nurse)
        desk.issue("service", now=evening, by=nurse)
        desk.cancel("S001", now=evening, by=nurse)
        with pytest.raises(Refused) as refusal:
            self.report(desk, "1", evening)
        assert refusal.value.code == "ask_desk"
        for language, words in (("zh", refusal.value.text.zh), ("en", refusal.value.text.en)):
            names = {
                id_: clinic.name.zh if language == "zh" else clinic.name.en for id_, clinic in hospital.clinics.items()
            }
            assert names["bone"] in words
            assert names["tcm-night"] in words
            assert names["service"] not in words

    @pytest.mark.parametrize("said", ["0", "000", "99", "1234567890", "9" * 30])
    def test_digits_nobody_has_are_no_number(self, desk: Desk, evening: datetime, nurse: By, said: str) -> None:
        desk.issue("bone", now=evening, by=nurse)
        with refused("unknown_ticket"):
            self.report(desk, said, evening)

    def test_four_digits_are_the_last_ones_of_a_telephone(self, desk: Desk, evening: datetime, nurse: By) -> None:
        desk.expect("bone", now=evening, by=nurse, phone="13800004321")
        arrived = self.report(desk, "4321", evening)
        assert (arrived.number, arrived.state, arrived.kiosk) == ("B001", State.WAITING, KIOSK)

    def test_two_patients_of_one_telephone_at_one_clinic_are_sent_to_the_desk(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        for _ in range(2):
            desk.expect("bone", now=evening, by=nurse, phone="4321")
        with pytest.raises(Refused) as refusal:
            self.report(desk, "4321", evening)
        assert refusal.value.code == "ask_desk"
        assert "several patients have 4321" in refusal.value.text.en

    def test_a_telephone_of_the_day_before_yesterday_finds_nobody(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.expect("bone", now=evening, by=nurse, phone="4321")
        tomorrow = evening + timedelta(days=1)
        assert [one.number for one in candidates(look(desk.database), desk.hospital, "4321", tomorrow)] == ["B001"]
        assert candidates(look(desk.database), desk.hospital, "4321", tomorrow + timedelta(days=1)) == []

    def test_a_telephone_and_a_number_of_the_same_digits_are_two_candidates_and_one_ticket_is_one(
        self, desk: Desk, evening: datetime, nurse: By
    ) -> None:
        desk.expect("bone", now=evening, by=nurse, phone="0001")
        desk.issue("service", now=evening, by=nurse)
        found = candidates(look(desk.database), desk.hospital, "0001", evening)
        assert [one.number for one in found] == ["B001", "S001"]
        assert [one.number for one in candidates(look(desk.database), desk.hospital, "B001", evening)] == ["B001"]
