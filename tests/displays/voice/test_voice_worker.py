"""The worker that speaks: one call after the other, none forgotten, none that is no longer true."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from desk import Desk
from devices import Running
from looking import known, look
from voicing import Hall, Quick, Tool
from waiting import until

from nightdesk_displays.voice import worker as voice_worker
from nightdesk_displays.voice.worker import VoiceTiming, VoiceWorker
from nightdesk_queue.config import Hospital, VoiceTable
from nightdesk_queue.config.device_tables import Hours
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, events
from nightdesk_queue.text.bilingual import Text


@pytest.fixture
def hall() -> Hall:
    return Hall()


def speaking(
    store: Database, hospital: Hospital, hall: Hall, clock: Callable[[], datetime], **rules: object
) -> Running:
    voice = VoiceTable.read(rules)
    worker = voice_worker_of(store, hospital, hall, clock, voice)
    return Running(worker.run, worker.stop)


def voice_worker_of(
    store: Database, hospital: Hospital, hall: Hall, clock: Callable[[], datetime], voice: VoiceTable | None = None
) -> VoiceWorker:
    """A worker whose speaker is quick and whose sounds are heard in the hall; it tries again at once."""
    stop, rules = threading.Event(), voice or VoiceTable()
    timing = VoiceTiming(retry=0.05, look=0.05)
    return VoiceWorker(hospital, rules, store, clock, stop, hall.play, speaker=Quick(hall), timing=timing)


def voice_state(store: Database) -> tuple[str, str | None]:
    found = known(look(store), DeviceKind.VOICE).get("voice")
    return (found.state, found.cause) if found else ("", None)


def test_many_calls_at_once_are_all_spoken_one_after_the_other(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    for clinic in ("tcm-night", "tcm-night", "bone", "postpartum", "service", "service"):
        desk.issue(clinic, now=evening, by=nurse)
    hall.go.clear()
    with speaking(store, hospital, hall, lambda: evening):
        until(lambda: voice_state(store)[0] == "speaking")
        rooms = ("tcm-1", "tcm-2", "bone-1", "pp-1", "counter-1", "counter-2")
        for room in rooms:
            desk.call(room, now=evening, by=nurse)
        hall.go.set()
        until(lambda: hall.heard == len(rooms))
    assert [said.split()[1] for said in hall.said] == list(rooms)
    assert hall.most_at_once == 1


def test_a_call_that_was_answered_missed_or_taken_back_meanwhile_is_not_spoken(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    for _ in range(3):
        desk.issue("tcm-night", now=evening, by=nurse)
    desk.issue("bone", now=evening, by=nurse)
    hall.go.clear()
    with speaking(store, hospital, hall, lambda: evening):
        until(lambda: voice_state(store)[0] == "speaking")
        desk.call("bone-1", now=evening, by=nurse)
        until(lambda: hall.at_once == 1)
        desk.call("tcm-1", now=evening, by=nurse)
        desk.start("N001", now=evening, by=nurse)
        desk.call("tcm-2", now=evening, by=nurse)
        desk.recall("N002", now=evening, by=nurse)
        hall.go.set()
        until(lambda: hall.heard == 2)
    assert hall.numbers == ["B001", "N002"], "once, although called twice"


def test_a_call_of_the_last_moments_is_spoken_after_a_start_and_an_old_one_is_not(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=nurse)
    desk.call("tcm-1", now=evening - timedelta(minutes=16), by=nurse)
    desk.call("tcm-2", now=evening - timedelta(seconds=10), by=nurse)
    with speaking(store, hospital, hall, lambda: evening):
        until(lambda: hall.heard)
    assert hall.numbers == ["N002"]


def test_a_page_is_spoken_each_time_it_goes_out_until_somebody_answers(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    night = evening.replace(hour=23)
    clinic = hospital.clinic_name("bone").en
    with speaking(store, hospital, hall, lambda: night):
        desk.issue("bone", now=night, by=nurse)
        until(lambda: hall.heard == 1)
        Desk(store, hospital).escalate(night + timedelta(minutes=5))
        until(lambda: hall.heard == 2)
        hall.go.clear()
        Desk(store, hospital).escalate(night + timedelta(minutes=10))
        until(lambda: hall.at_once == 1)
        Desk(store, hospital).escalate(night + timedelta(minutes=15))
        desk.call("bone-1", now=night + timedelta(minutes=15), by=nurse)
        hall.go.set()
        until(lambda: hall.heard == 4)
    assert [*hall.said[:3], hall.said[3].split()[0]] == [f"page {clinic}"] * 3 + ["B001"], "the call answered it"


def test_a_page_is_not_spoken_while_its_patient_is_away(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    night = evening.replace(hour=23)
    hall.go.clear()
    with speaking(store, hospital, hall, lambda: night):
        desk.issue("bone", now=night, by=nurse)
        until(lambda: hall.at_once == 1)
        away = desk.issue("bone", now=night, by=nurse)
        desk.hold(away.id, now=night, by=nurse)
        desk.call("bone-1", now=night, by=nurse)
        hall.go.set()
        until(lambda: hall.heard == 2)
    assert hall.numbers == ["page", "B001"], "the page of who is there, and the call that answered it"


def test_pages_are_not_spoken_where_the_hospital_does_not_want_it(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    night = evening.replace(hour=23)
    with speaking(store, hospital, hall, lambda: night, pages=False):
        desk.issue("bone", now=night, by=nurse)
        desk.issue("bone", now=night, by=nurse)
        desk.call("bone-1", now=night, by=nurse)
        until(lambda: hall.heard)
    assert hall.numbers == ["B001"]


def test_quiet_hours_night_volume_and_a_clinics_own_languages(
    store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    spoken = [clinic.changed(spoken=["zh"]) for clinic in hospital.clinic]
    hospital = hospital.changed(clinic=spoken)
    desk = Desk(store, hospital)
    now = [evening]
    night = {"from": time(22, 0), "to": time(6, 0), "volume": 30}
    quiet = {"from": time(1, 0), "to": time(5, 0)}
    with speaking(store, hospital, hall, lambda: now[0], night=night, quiet=quiet, pages=False):
        until(lambda: voice_state(store)[0] == "speaking")
        for hours, count in ((0, 1), (5, 2), (7, 2)):
            now[0] = evening + timedelta(hours=hours)
            ticket = desk.issue("bone", now=now[0], by=nurse)
            desk.call("bone-1", now=now[0], by=nurse)
            until(
                lambda count=count, hours=hours: hall.heard == count and (hours < 7 or voice_state(store)[0] == "quiet")
            )
            desk.start(ticket.id, now=now[0], by=nurse)
            desk.finish(ticket.id, now=now[0], by=nurse)
    assert hall.levels == [800, 300]
    assert [said.split()[3] for said in hall.said] == ["zh", "zh"]
    assert Hours.read({"from": time(8), "to": time(9)}).holds(time(8))


def test_names_are_spoken_masked_where_the_clinic_says_so_and_never_in_a_sensitive_one(
    store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    def named(sensitive: bool) -> Hospital:
        change = {"announce": "number" if sensitive else "masked_name", "sensitive": sensitive}
        return hospital.changed(clinic=[clinic.changed(**change) for clinic in hospital.clinic])

    desk = Desk(store, hospital)
    for sensitive, whole, name in ((False, "张三丰", "张*丰"), (True, "张三丰", "None"), (False, "佳", "None")):
        ticket = desk.issue("tcm-night", now=evening, by=nurse, name=whole)
        with speaking(store, named(sensitive), hall, lambda: evening):
            until(lambda: voice_state(store)[0] == "speaking")
            desk.call("tcm-1", now=evening, by=nurse)
            until(lambda name=name, ticket=ticket: any(f"{ticket.number} tcm-1 {name}" in said for said in hall.said))
        desk.start(ticket.id, now=evening, by=nurse)
        desk.finish(ticket.id, now=evening, by=nurse)


def test_without_a_sound_device_the_status_says_so_and_speech_goes_on_when_it_is_back(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=nurse)
    hall.fails = True
    with speaking(store, hospital, hall, lambda: evening):
        until(lambda: voice_state(store)[0] == "speaking")
        desk.call("tcm-1", now=evening, by=nurse)
        until(lambda: voice_state(store) == ("offline", "no_sound_device"))
        hall.fails = False
        until(lambda: hall.heard and voice_state(store) == ("speaking", None))
    assert hall.numbers == ["N001"] * len(hall.said), "what nobody heard is said again"


def test_a_call_that_cannot_be_spoken_stops_no_other_and_is_tried_again_while_it_is_true(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    hall.broken = {"N001": Fault("clip", Text(zh="坏", en="broken"))}
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=nurse)
    with speaking(store, hospital, hall, lambda: evening):
        desk.call("tcm-1", now=evening, by=nurse)
        desk.call("tcm-2", now=evening, by=nurse)
        until(lambda: hall.heard == 1 and hall.numbers.count("N001") >= 2)
        hall.broken.clear()
        until(lambda: hall.heard == 2)
        said = len(hall.said)
        until(lambda: voice_state(store) == ("speaking", None))
        assert len(hall.said) == said, "what was heard is not said again"


def test_what_was_heard_is_not_said_again_after_a_restart_and_what_was_not_is(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=nurse)
    desk.issue("bone", now=evening, by=nurse)
    desk.call("tcm-1", now=evening, by=nurse)
    with speaking(store, hospital, hall, lambda: evening):
        until(lambda: hall.heard == 1)
        hall.go.clear()
        desk.call("tcm-2", now=evening, by=nurse)
        until(lambda: hall.at_once == 1)
        desk.call("bone-1", now=evening, by=nurse)
        # stopped while it speaks: what may have been cut off is said again
        threading.Timer(0.2, hall.go.set).start()
    hall.said = []
    hall.heard = 0
    with speaking(store, hall=hall, hospital=hospital, clock=lambda: evening + timedelta(minutes=10)):
        until(lambda: hall.heard == 2)
    assert hall.numbers == ["N002", "B001"]


def test_any_error_in_one_call_is_told_and_silences_no_other(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    hall.broken = {"N001": ValueError("odd")}
    for clinic in ("tcm-night", "bone"):
        desk.issue(clinic, now=evening, by=nurse)
    with speaking(store, hospital, hall, lambda: evening):
        desk.call("tcm-1", now=evening, by=nurse)
        until(lambda: voice_state(store) == ("offline", "ValueError: odd"))
        desk.call("bone-1", now=evening, by=nurse)
        until(lambda: hall.heard == 1)
    assert set(hall.numbers) == {"N001", "B001"}


def test_after_a_failing_database_it_goes_on_where_it_was(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for clinic in ("tcm-night", "bone"):
        desk.issue(clinic, now=evening, by=nurse)
    worker = voice_worker_of(store, hospital, hall, lambda: evening)

    def busy(*_: object) -> int:
        raise Fault("database_busy", Text(zh="忙", en="busy"))

    desk.call("tcm-1", now=evening, by=nurse)
    with monkeypatch.context() as patch:
        patch.setattr(voice_worker, "note_spoken", busy)
        with pytest.raises(Fault):
            worker.run()
    desk.call("bone-1", now=evening, by=nurse)
    with Running(worker.run, worker.stop):
        until(lambda: hall.heard == 2)
    assert hall.numbers == ["N001", "B001"]


def test_quiet_hours_that_end_are_seen_without_a_call(
    store: Database, hospital: Hospital, evening: datetime, hall: Hall
) -> None:
    moments = [evening.replace(hour=2)]
    quiet = Hours.read({"from": "01:00", "to": "05:00"})
    with speaking(store, hospital, hall, lambda: moments[0], quiet=quiet):
        until(lambda: voice_state(store)[0] == "quiet")
        moments[0] = evening.replace(hour=6)
        until(lambda: voice_state(store)[0] == "speaking")


def test_without_a_sound_device_the_status_says_so_before_anybody_is_called(
    store: Database, hospital: Hospital, evening: datetime, tool: Tool
) -> None:
    player = tool("player", "echo no cards >&2; exit 1")
    stop = threading.Event()
    voice = VoiceTable.read({"player": [str(player)]})
    worker = VoiceWorker(hospital, voice, store, lambda: evening, stop)
    with Running(worker.run, stop):
        until(lambda: voice_state(store) == ("offline", "no_sound_device"))


def test_however_long_a_call_waits_for_its_turn_it_is_spoken_while_it_is_true(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=nurse)
    now = [evening]
    hall.go.clear()
    with speaking(store, hospital, hall, lambda: now[0]):
        desk.call("tcm-1", now=evening, by=nurse)
        until(lambda: hall.at_once == 1)
        desk.call("tcm-2", now=evening, by=nurse)
        now[0] = evening + timedelta(minutes=4)
        hall.go.set()
        until(lambda: hall.heard == 2)


def test_a_patient_who_is_recalled_again_and_again_keeps_the_place_of_the_first_call(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    for clinic in ("tcm-night", "tcm-night", "bone"):
        desk.issue(clinic, now=evening, by=nurse)
    hall.go.clear()
    with speaking(store, hospital, hall, lambda: evening):
        until(lambda: voice_state(store)[0] == "speaking")
        for room in ("tcm-1", "tcm-2", "bone-1"):
            desk.call(room, now=evening, by=nurse)
        for _ in range(4):
            for number in ("N002", "B001"):
                desk.recall(number, now=evening, by=nurse)
        hall.go.set()
        until(lambda: hall.heard == 3)
        # a recall of somebody who was heard is said anew
        desk.recall("N001", now=evening, by=nurse)
        until(lambda: hall.heard == 4)
    assert [said.split()[1] for said in hall.said] == ["tcm-1", "tcm-2", "bone-1", "tcm-1"]


@pytest.mark.parametrize(
    ("waiting", "languages", "times"), [(1, 2, 2), (2, 2, 2), (3, 2, 1), (5, 2, 1), (6, 1, 1), (30, 1, 1)]
)
def test_the_more_calls_wait_the_shorter_each_is(waiting: int, languages: int, times: int) -> None:
    said = voice_worker.shortened(["zh", "en"], 2, waiting)
    assert (len(said.languages), said.times) == (languages, times)


def test_a_backlog_is_counted_by_patients_whose_call_is_still_true(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    worker = voice_worker_of(store, hospital, hall, lambda: evening)
    for clinic in ("tcm-night", "tcm-night", "bone"):
        desk.issue(clinic, now=evening, by=nurse)
    for room in ("tcm-1", "tcm-2", "bone-1"):
        desk.call(room, now=evening, by=nurse)
    desk.start("N002", now=evening, by=nurse)
    with store.snapshot() as tx:
        first, *later = events.to_speak_after(tx, 0)
        assert worker._waiting(tx, first, later) == 2
