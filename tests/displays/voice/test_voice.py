"""The voice: what is said, how it is read, one call after the other, and a clear status where nothing can be heard."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
import time as time_module
import wave
from array import array
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from desk import Desk
from devices import Running
from looking import known, look
from nightdesk_queue.store.process_lock import Ownership
from places import EXAMPLE_FILE
from waiting import until

from nightdesk_displays.voice import worker as voice_worker
from nightdesk_displays.voice.pinyin import SURNAMES, read, read_masked, surnames
from nightdesk_displays.voice.playing import play, player_of
from nightdesk_displays.voice.sound import RATE, Sound, chime, from_wav, joined, silence, softer, to_wav
from nightdesk_displays.voice.speaking import Speaker
from nightdesk_displays.voice.words import Spoken, SpokenPage, sentence, words_of
from nightdesk_kiosk.cli import run
from nightdesk_queue.config import Hospital, VoiceTable
from nightdesk_queue.config.device_tables import Hours
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, events
from nightdesk_queue.text.bilingual import Text

CALL = Spoken("N012", "tcm-1", Text(zh="中医1诊室", en="Room 1"))
EXAMPLE = EXAMPLE_FILE


# what is said ----------------------------------------------------------------------------------------------------


def test_a_number_is_said_digit_by_digit_and_then_the_room() -> None:
    assert sentence(words_of(CALL, "zh"), "zh") == "请N零一二号到中医1诊室"
    assert sentence(words_of(CALL, "en"), "en") == "Number N zero one two please go to Room 1"


def test_a_masked_name_is_read_with_its_middle_hidden() -> None:
    named = Spoken("N012", "r", Text(zh="室", en="R"), "张*丰")
    assert sentence(words_of(named, "zh"), "zh").startswith("请张某丰N零一二号")
    assert "张" not in sentence(words_of(named, "en"), "en")


@pytest.mark.parametrize(
    ("name", "reading"),
    [("单雄信", "shan4"), ("曾国藩", "zeng1"), ("尉迟恭", "yu4 chi2"), ("仇英", "qiu2"), ("王五", "wang2")],
)
def test_surnames_are_read_as_surnames(name: str, reading: str) -> None:
    assert read(name, {}, name=True).startswith(reading)


def test_a_hospitals_own_lexicon_goes_before_everything_and_digits_are_read() -> None:
    assert read("石家庄诊室", {"石家庄": "shi2 jia1 zhuang1"}).startswith("shi2 jia1 zhuang1")
    assert "yi1" in read("中医1诊室", {})
    assert len(surnames()) == len(SURNAMES.zh.split())


# sounds ----------------------------------------------------------------------------------------------------------


def test_sounds_are_joined_to_the_sample_made_softer_and_survive_a_file() -> None:
    whole = joined([chime(), silence(0.5), Sound(array("h", [100, -100]))])
    assert len(whole.samples) == len(chime().samples) + RATE // 2 + 2
    assert list(softer(whole, 50).samples[-2:]) == [50, -50]
    assert set(softer(whole, 0).samples) == {0}
    again = from_wav(to_wav(whole), "x")
    assert (again.samples, again.rate) == (whole.samples, RATE)


def recorded(file: Path, samples: list[bytes], *, channels: int = 1, rate: int = RATE) -> Path:
    with wave.open(str(file), "wb") as made:
        made.setnchannels(channels)
        made.setsampwidth(len(samples[0]))
        made.setframerate(rate)
        made.writeframes(b"".join(samples))
    return file


@pytest.mark.parametrize(
    ("samples", "channels"),
    [
        ([bytes([128 + 64]), bytes([128 - 64])], 1),
        ([(0x4000).to_bytes(2, "little"), (-0x4000).to_bytes(2, "little", signed=True)], 1),
        ([(0x400000).to_bytes(3, "little"), (-0x400000).to_bytes(3, "little", signed=True)], 1),
        ([(0x40000000).to_bytes(4, "little"), (-0x40000000).to_bytes(4, "little", signed=True)], 1),
        ([v.to_bytes(2, "little", signed=True) for v in (0x7000, 0x1000, -0x4000, -0x4000)], 2),
    ],
)
def test_recordings_of_any_width_and_number_of_channels_are_read(
    tmp_path: Path, samples: list[bytes], channels: int
) -> None:
    file = recorded(tmp_path / "x.wav", samples, channels=channels)
    assert list(from_wav(file.read_bytes(), file).samples) == [0x4000, -0x4000]


def test_sounds_of_several_rates_are_joined_at_the_highest_and_last_as_long_as_before() -> None:
    slow, fast = Sound(array("h", [0, 100] * 4000), 8000), Sound(array("h", [5] * 44100), 44100)
    whole = joined([slow, fast])
    assert whole.rate == 44100
    assert whole.seconds == pytest.approx(2.0, abs=0.001)
    assert set(whole.samples[-44100:]) == {5}
    assert max(whole.samples[:44100]) == 100
    assert joined([slow]).samples == slow.samples


def test_a_file_that_is_no_recording_is_refused_with_its_name(tmp_path: Path) -> None:
    for data in (b"no wave", b"", b"RIFF"):
        with pytest.raises(Fault) as fault:
            from_wav(data, tmp_path / "x.wav")
        assert fault.value.code == "clip"
        assert str(tmp_path / "x.wav") in fault.value.text.en


# speaking --------------------------------------------------------------------------------------------------------


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Programs of the test's own, before all others on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def make(name: str, body: str) -> Path:
        file = folder / name
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return file

    return make


@pytest.fixture
def espeak(tool: Callable[[str, str], Path], tmp_path: Path) -> Path:
    """An espeak-ng that notes what it was asked and says a tenth of a second of one sample."""
    said = tmp_path / "said.wav"
    said.write_bytes(to_wav(Sound(array("h", [7] * (RATE // 10)))))
    tool("espeak-ng", f'echo "$@" >> {tmp_path}/asked; cat {said}')
    return tmp_path / "asked"


def test_a_call_is_chime_chinese_english_and_both_again(espeak: Path) -> None:
    sound = Speaker().call(CALL, ["zh", "en"], repeat=2)
    asked = espeak.read_text().splitlines()
    assert asked[0].startswith("-v cmn-latn-pinyin ")
    assert "qing3 N ling2 yi1 er4 hao4 dao4 zhong1 yi1 yi1 zhen3 shi4" in asked[0]
    assert asked[1].endswith("Number N zero one two please go to Room 1")
    assert sum(sample == 7 for sample in sound.samples) >= 4 * (RATE // 10)
    assert sound.seconds == pytest.approx(chime().seconds + 4 * (0.1 + 0.35), abs=0.01)


def clips(folder: Path, language: str, *names: str, level: int = 9) -> None:
    (folder / language).mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / language / f"{name}.wav").write_bytes(to_wav(Sound(array("h", [level] * 100))))


def test_recorded_clips_are_used_where_all_are_there_and_else_the_engine(espeak: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    clips(folder, "zh", "please", "N", "0", "1", "2", "number", "go_to", "room-tcm-1")
    clips(folder, "en", "please", "N", "0", "1", "2", "go_to")
    speaker = Speaker(folder)
    sound = speaker.call(CALL, ["zh"], repeat=1)
    assert sum(sample == 9 for sample in sound.samples) >= 800
    assert not espeak.exists()
    speaker.call(CALL, ["en"], repeat=1)
    assert "Room 1" in espeak.read_text(), "the room's clip is missing, so the whole sentence is spoken"


def test_a_broken_clip_costs_no_call(espeak: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "clips"
    clips(folder, "zh", "please", "N", "0", "1", "2", "number", "go_to", "room-tcm-1")
    speaker = Speaker(folder)
    (folder / "chime.wav").write_bytes(b"")
    assert speaker.call(CALL, ["zh"], repeat=1).seconds > chime().seconds, "the usual chime in its place"
    assert speaker.spoiled is not None
    (folder / "chime.wav").unlink()
    (folder / "zh" / "number.wav").write_bytes(b"RIFF")
    speaker.call(CALL, ["zh"], repeat=1)
    assert speaker.spoiled is not None
    assert str(folder / "zh" / "number.wav") in speaker.spoiled.text.en
    assert "hao4" in espeak.read_text()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(Fault) as fault:
        speaker.call(CALL, ["zh"], repeat=1)
    assert fault.value.code == "clip", "nothing can speak in its place"
    clips(folder, "zh", "number")
    speaker.call(CALL, ["zh"], repeat=1)
    assert speaker.spoiled is None


def test_an_engine_that_says_nothing_that_can_be_played_is_a_fault_of_the_engine(
    tool: Callable[[str, str], Path],
) -> None:
    tool("espeak-ng", "echo no sound")
    with pytest.raises(Fault) as fault:
        Speaker().call(CALL, ["en"], repeat=1)
    assert fault.value.code == "no_voice"


def test_clips_of_another_rate_go_together_with_the_engine(espeak: Path, tmp_path: Path) -> None:
    (tmp_path / "zh").mkdir()
    for name in ("please", "N", "0", "1", "2", "number", "go_to", "room-tcm-1"):
        recorded(tmp_path / "zh" / f"{name}.wav", [bytes(2)] * 4410, rate=44100)
    sound = Speaker(tmp_path).call(CALL, ["zh", "en"], repeat=2)
    assert sound.rate == 44100
    assert sound.seconds == pytest.approx(chime().seconds + 2 * (0.8 + 0.35 + 0.1 + 0.35), abs=0.02)


def test_without_engine_and_clips_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Fault) as fault:
        Speaker().call(CALL, ["zh"], 1)
    assert fault.value.code == "no_voice"
    assert "espeak-ng" in fault.value.text.zh
    with pytest.raises(Fault) as fault:
        player_of(None)
    assert fault.value.code == "no_player"


def test_a_player_that_fails_or_hangs_is_a_fault_and_never_waited_for_long(
    tool: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("nightdesk_displays.voice.playing.GRACE_SECONDS", 0.2)
    for body in ("echo 'no such device' >&2; exit 1", "exec sleep 60"):
        player = tool("player", body)
        with pytest.raises(Fault) as fault:
            play(silence(0.01), [str(player)], threading.Event(), tmp_path / "n.db")
        assert fault.value.code == "no_sound_device"


def test_a_player_that_leaves_something_behind_is_not_waited_for(
    tool: Callable[[str, str], Path], tmp_path: Path
) -> None:
    player = tool("player", "sleep 60 </dev/null & echo $! > " + str(tmp_path / "left") + "; exit 0")
    began = time_module.monotonic()
    play(silence(0.01), [str(player)], threading.Event(), tmp_path / "n.db")
    os.kill(int((tmp_path / "left").read_text()), 9)
    assert time_module.monotonic() - began < 30


def test_sounds_of_several_processes_never_overlap_and_last_as_long_as_the_player(
    tool: Callable[[str, str], Path], tmp_path: Path
) -> None:
    """A speaker killed with -9 leaves its player behind; the next one waits until that has ended."""
    go, log = tmp_path / "go", tmp_path / "log"
    player = tool("player", f"echo begins >> {log}; while [ ! -e {go} ]; do sleep 0.02; done; echo ends >> {log}")
    code = (
        "import sys, threading; from pathlib import Path\n"
        "from nightdesk_displays.voice.playing import play\n"
        "from nightdesk_displays.voice.sound import silence\n"
        "play(silence(60), [sys.argv[1]], threading.Event(), Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(player), str(tmp_path / "n.db")]
    first = subprocess.Popen(command)
    until(lambda: log.exists() and log.read_text() == "begins\n")
    first.kill()
    first.wait()
    second = subprocess.Popen(command)
    turn = Ownership(tmp_path / "n.db", "voice", "sound")
    assert turn.taken(), "the player that was left behind still has the loudspeaker"
    go.touch()
    assert second.wait(30) == 0
    assert log.read_text() == "begins\nends\nbegins\nends\n"


def test_told_to_stop_it_ends_its_player_at_once(tool: Callable[[str, str], Path], tmp_path: Path) -> None:
    player = tool("player", "exec sleep 60")
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    play(silence(60), [str(player)], stop, tmp_path / "n.db")
    assert not Ownership(tmp_path / "n.db", "voice", "sound").taken()


def test_a_sound_that_cannot_be_stored_is_a_fault(
    tool: Callable[[str, str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nightdesk_displays.voice.playing.to_wav", full)
    with pytest.raises(Fault) as fault:
        play(silence(0.1), [str(tool("player", "exit 0"))], threading.Event(), tmp_path / "n.db")
    assert fault.value.code == "not_played"
    assert "No space left" in fault.value.text.en


# the worker ------------------------------------------------------------------------------------------------------


class Hall:
    """Everything that was heard, and a player that takes its time where wanted."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self.go = threading.Event()
        self.go.set()
        self.fails = False

    def play(self, sound: Sound) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.go.wait(10)
        self.at_once -= 1
        if self.fails:
            raise Fault("no_sound_device", Text(zh="无", en="none"))
        self.heard.append("sound")


class Quick(Speaker):
    """A speaker that makes no sound but remembers its words."""

    said: list[str]

    def call(self, spoken: Spoken | SpokenPage, languages: object, repeat: int) -> Sound:
        if isinstance(spoken, SpokenPage):
            self.said.append(f"page {spoken.clinic_name.en}")
            return silence(0.001)
        self.said.append(f"{spoken.number} {spoken.room} {spoken.name} {languages} {repeat}")
        return silence(0.001)


@pytest.fixture
def hall(monkeypatch: pytest.MonkeyPatch) -> Hall:
    Quick.said = []
    monkeypatch.setattr(voice_worker, "Speaker", Quick)
    return Hall()


def speaking(
    store: Database, hospital: Hospital, hall: Hall, clock: Callable[[], datetime], **rules: object
) -> Running:
    stop = threading.Event()
    voice = VoiceTable.model_validate(rules)
    return Running(voice_worker.VoiceWorker(hospital, voice, store, clock, stop, hall.play).run, stop)


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
        until(lambda: len(hall.heard) == len(rooms))
    assert [said.split()[1] for said in Quick.said] == list(rooms)
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
        until(lambda: len(hall.heard) == 2)
    assert [said.split()[0] for said in Quick.said] == ["B001", "N002"], "once, although called twice"


def test_a_call_of_the_last_moments_is_spoken_after_a_start_and_an_old_one_is_not(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=nurse)
    desk.call("tcm-1", now=evening - timedelta(minutes=16), by=nurse)
    desk.call("tcm-2", now=evening - timedelta(seconds=10), by=nurse)
    with speaking(store, hospital, hall, lambda: evening):
        until(lambda: hall.heard)
    assert [said.split()[0] for said in Quick.said] == ["N002"]


def test_a_page_is_spoken_each_time_it_goes_out_until_somebody_answers(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    night = evening.replace(hour=23)
    clinic = hospital.clinic_name("bone").en
    with speaking(store, hospital, hall, lambda: night):
        desk.issue("bone", now=night, by=nurse)
        until(lambda: len(hall.heard) == 1)
        Desk(store, hospital).escalate(night + timedelta(minutes=5))
        until(lambda: len(hall.heard) == 2)
        hall.go.clear()
        Desk(store, hospital).escalate(night + timedelta(minutes=10))
        until(lambda: hall.at_once == 1)
        Desk(store, hospital).escalate(night + timedelta(minutes=15))
        desk.call("bone-1", now=night + timedelta(minutes=15), by=nurse)
        hall.go.set()
        until(lambda: len(hall.heard) == 4)
    assert [*Quick.said[:3], Quick.said[3].split()[0]] == [f"page {clinic}"] * 3 + ["B001"], "the call answered it"


def test_pages_are_not_spoken_where_the_hospital_does_not_want_it(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    night = evening.replace(hour=23)
    with speaking(store, hospital, hall, lambda: night, pages=False):
        desk.issue("bone", now=night, by=nurse)
        desk.issue("bone", now=night, by=nurse)
        desk.call("bone-1", now=night, by=nurse)
        until(lambda: hall.heard)
    assert [said.split()[0] for said in Quick.said] == ["B001"]


def test_a_page_says_who_is_wanted_where_and_no_number_that_a_patient_would_take_for_a_call() -> None:
    page = SpokenPage("bone", Text(zh="正骨门诊", en="Bone setting"))
    assert sentence(words_of(page, "zh"), "zh") == "请值班医生到正骨门诊"
    assert sentence(words_of(page, "en"), "en") == "Doctor on call, please come to Bone setting"
    assert [word.key for word in words_of(page, "zh")] == ["doctor", "clinic:bone"]


def test_quiet_hours_night_volume_and_a_clinics_own_languages(
    store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = [clinic.model_copy(update={"spoken": ["zh"]}) for clinic in hospital.clinic]
    hospital = hospital.altered(clinic=spoken)
    desk = Desk(store, hospital)
    loud: list[int] = []
    monkeypatch.setattr(voice_worker, "softer", lambda sound, percent: loud.append(percent) or sound)
    now = [evening]
    night = {"from": time(22, 0), "to": time(6, 0), "volume": 30}
    quiet = {"from": time(1, 0), "to": time(5, 0)}
    with speaking(store, hospital, hall, lambda: now[0], night=night, quiet=quiet):
        until(lambda: voice_state(store)[0] == "speaking")
        for hours, count in ((0, 1), (5, 2), (7, 2)):
            now[0] = evening + timedelta(hours=hours)
            ticket = desk.issue("bone", now=now[0], by=nurse)
            desk.call("bone-1", now=now[0], by=nurse)
            until(
                lambda count=count, hours=hours: (
                    len(hall.heard) == count and (hours < 7 or voice_state(store)[0] == "quiet")
                )
            )
            desk.start(ticket.id, now=now[0], by=nurse)
            desk.finish(ticket.id, now=now[0], by=nurse)
    assert loud == [80, 30]
    assert all("['zh']" in said for said in Quick.said)
    assert Hours.model_validate({"from": time(8), "to": time(9)}).holds(time(8))


def test_names_are_spoken_masked_where_the_clinic_says_so_and_never_in_a_sensitive_one(
    store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    def named(sensitive: bool) -> Hospital:
        change = {"announce": "number" if sensitive else "masked_name", "sensitive": sensitive}
        return hospital.altered(clinic=[clinic.model_copy(update=change) for clinic in hospital.clinic])

    desk = Desk(store, hospital)
    for sensitive, name in ((False, "张*丰"), (True, "None")):
        ticket = desk.issue("tcm-night", now=evening, by=nurse, name="张三丰")
        with speaking(store, named(sensitive), hall, lambda: evening):
            until(lambda: voice_state(store)[0] == "speaking")
            desk.call("tcm-1", now=evening, by=nurse)
            until(lambda name=name, ticket=ticket: any(f"{ticket.number} tcm-1 {name}" in said for said in Quick.said))
        desk.start(ticket.id, now=evening, by=nurse)
        desk.finish(ticket.id, now=evening, by=nurse)


def test_without_a_sound_device_the_status_says_so_and_speech_goes_on_when_it_is_back(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=nurse)
    monkeypatch.setattr(voice_worker, "RETRY_SECONDS", 0.05)
    hall.fails = True
    with speaking(store, hospital, hall, lambda: evening):
        until(lambda: voice_state(store)[0] == "speaking")
        desk.call("tcm-1", now=evening, by=nurse)
        until(lambda: voice_state(store) == ("offline", "no_sound_device"))
        hall.fails = False
        until(lambda: hall.heard and voice_state(store) == ("speaking", None))
    assert [said.split()[0] for said in Quick.said] == ["N001"] * len(Quick.said), "what nobody heard is said again"


def test_a_call_that_cannot_be_spoken_stops_no_other_and_is_tried_again_while_it_is_true(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(voice_worker, "RETRY_SECONDS", 0.05)
    broken = ["N001"]

    def call(self: Quick, spoken: Spoken, languages: object, repeat: int) -> Sound:
        self.said.append(spoken.number)
        if spoken.number in broken:
            raise Fault("clip", Text(zh="坏", en="broken"))
        return silence(0.001)

    monkeypatch.setattr(Quick, "call", call)
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=nurse)
    with speaking(store, hospital, hall, lambda: evening):
        desk.call("tcm-1", now=evening, by=nurse)
        desk.call("tcm-2", now=evening, by=nurse)
        until(lambda: len(hall.heard) == 1 and Quick.said.count("N001") >= 2)
        broken.clear()
        until(lambda: len(hall.heard) == 2)
        said = len(Quick.said)
        until(lambda: voice_state(store) == ("speaking", None))
        assert len(Quick.said) == said, "what was heard is not said again"


def test_what_was_heard_is_not_said_again_after_a_restart_and_what_was_not_is(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall
) -> None:
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=nurse)
    desk.issue("bone", now=evening, by=nurse)
    desk.call("tcm-1", now=evening, by=nurse)
    with speaking(store, hospital, hall, lambda: evening):
        until(lambda: len(hall.heard) == 1)
        hall.go.clear()
        desk.call("tcm-2", now=evening, by=nurse)
        until(lambda: hall.at_once == 1)
        desk.call("bone-1", now=evening, by=nurse)
        # stopped while it speaks: what may have been cut off is said again
        threading.Timer(0.2, hall.go.set).start()
    Quick.said = []
    hall.heard = []
    with speaking(store, hall=hall, hospital=hospital, clock=lambda: evening + timedelta(minutes=10)):
        until(lambda: len(hall.heard) == 2)
    assert [said.split()[0] for said in Quick.said] == ["N002", "B001"]


def test_any_error_in_one_call_is_told_and_silences_no_other(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    call = Quick.call

    def failing(self: Quick, spoken: Spoken, languages: object, repeat: int) -> Sound:
        if spoken.number == "N001":
            raise ValueError("odd")
        return call(self, spoken, languages, repeat)

    monkeypatch.setattr(Quick, "call", failing)
    for clinic in ("tcm-night", "bone"):
        desk.issue(clinic, now=evening, by=nurse)
    with speaking(store, hospital, hall, lambda: evening):
        desk.call("tcm-1", now=evening, by=nurse)
        until(lambda: voice_state(store) == ("offline", "ValueError: odd"))
        desk.call("bone-1", now=evening, by=nurse)
        until(lambda: len(hall.heard) == 1)
    assert [said.split()[0] for said in Quick.said] == ["B001"]


def test_after_a_failing_database_it_goes_on_where_it_was(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, hall: Hall,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for clinic in ("tcm-night", "bone"):
        desk.issue(clinic, now=evening, by=nurse)
    stop = threading.Event()
    worker = voice_worker.VoiceWorker(hospital, VoiceTable(), store, lambda: evening, stop, hall.play)
    append = events.append

    def busy(*_: object, **__: object) -> int:
        raise Fault("database_busy", Text(zh="忙", en="busy"))

    desk.call("tcm-1", now=evening, by=nurse)
    monkeypatch.setattr(voice_worker.events, "append", busy)
    with pytest.raises(Fault):
        worker.run()
    monkeypatch.setattr(voice_worker.events, "append", append)
    desk.call("bone-1", now=evening, by=nurse)
    with Running(worker.run, stop):
        until(lambda: len(hall.heard) == 2)
    assert [said.split()[0] for said in Quick.said] == ["N001", "B001"]


def test_quiet_hours_that_end_are_seen_without_a_call(
    store: Database, hospital: Hospital, evening: datetime, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice_worker, "LOOK_SECONDS", 0.05)
    moments = [evening.replace(hour=2)]
    quiet = Hours.model_validate({"from": "01:00", "to": "05:00"})
    with speaking(store, hospital, hall, lambda: moments[0], quiet=quiet):
        until(lambda: voice_state(store)[0] == "quiet")
        moments[0] = evening.replace(hour=6)
        until(lambda: voice_state(store)[0] == "speaking")


def test_without_a_sound_device_the_status_says_so_before_anybody_is_called(
    store: Database, hospital: Hospital, evening: datetime, tool: Callable[[str, str], Path]
) -> None:
    player = tool("player", "echo no cards >&2; exit 1")
    stop = threading.Event()
    voice = VoiceTable.model_validate({"player": [str(player)]})
    worker = voice_worker.VoiceWorker(hospital, voice, store, lambda: evening, stop)
    with Running(worker.run, stop):
        until(lambda: voice_state(store) == ("offline", "no_sound_device"))


@pytest.mark.parametrize(
    ("whole", "hidden", "reading"),
    [
        ("尉迟恭", "尉*恭", "yu4 mou3 gong1"),
        ("令狐冲", "令*冲", "ling2 mou3 chong1"),
        ("单雄信", "单*信", "shan4 mou3 xin4"),
        ("那英", "那*", "na1 mou3"),
        ("王小明", "王*明", "wang2 mou3 ming2"),
    ],
)
def test_a_masked_name_is_read_as_the_whole_one_is(whole: str, hidden: str, reading: str) -> None:
    assert read_masked(whole, hidden, {}) == reading


def test_shorter_words_of_the_lexicon_count_before_a_longer_one() -> None:
    lexicon = {"单": "shan4", "重庆": "chong2 qing4"}
    assert read("单位重庆", lexicon) == "shan4 wei4 chong2 qing4"
    assert read("单某雪", {"雪": "xue3"}, name=True) == "shan4 mou3 xue3"


def test_the_letter_a_is_no_article_and_odd_digits_break_nothing(tool: Callable[[str, str], Path]) -> None:
    said = sentence(words_of(Spoken("A0²①", "r", Text(zh="室", en="Room 1")), "en"), "en")
    assert said == "Number [[eI]] zero ² ① please go to Room 1"
    tool("espeak-ng", "echo no such voice >&2; exit 1")
    with pytest.raises(Fault) as fault:
        Speaker().call(CALL, ["en"], repeat=1)
    assert fault.value.text.en == "espeak-ng failed: no such voice"


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
        until(lambda: len(hall.heard) == 2)


# the commands ----------------------------------------------------------------------------------------------------


def test_voice_test_writes_a_wav_of_a_text_or_of_a_whole_call(
    espeak: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ["--config", str(EXAMPLE), "--database", f"sqlite:///{tmp_path}/n.db"]
    wav = tmp_path / "out.wav"
    assert run([*config, "voice", "test", "请保持安静", "--wav", str(wav)]) == 0
    with wave.open(str(wav)) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, RATE)
    assert run([*config, "--json", "voice", "test", "N012", "--room", "tcm-1", "--wav", str(wav)]) == 0
    assert '"seconds"' in capsys.readouterr().out
    assert "qing3 bao3 chi2 an1 jing4" in espeak.read_text()
    assert run([*config, "voice", "test", "x", "--wav", str(tmp_path / "no" / "x.wav")]) == 2
    assert run([*config, "--json", "voice", "test", "N012", "--room", "nope", "--wav", str(wav)]) == 1
    assert "tcm-1" in capsys.readouterr().err
    assert run([*config, "--json", "voice", "status"]) == 0
    assert '"no_voice_table"' in capsys.readouterr().out
    speaks = tmp_path / "config.toml"
    speaks.write_text(EXAMPLE.read_text(encoding="utf-8") + "\n[voice]\n", encoding="utf-8")
    assert run(["--config", str(speaks), *config[2:], "--json", "voice", "status"]) == 0
    assert '"not_served"' in capsys.readouterr().out


def checked(tmp_path: Path, capsys: pytest.CaptureFixture[str], voice: str) -> dict[str, object]:
    config = tmp_path / "config.toml"
    config.write_text(EXAMPLE.read_text(encoding="utf-8") + f"\n[voice]\n{voice}\n", encoding="utf-8")
    run(["--config", str(config), "--lang", "en", "--json", "check"])
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (told,) = [line for line in found if line["kind"] == "voice"]
    return dict(told)


def test_check_says_what_speaks_and_which_clips_are_missing_or_broken(
    espeak: Path, tool: Callable[[str, str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    tool("aplay", "exit 0")
    told = checked(tmp_path, capsys, 'languages = ["en"]')
    assert told["ok"], told
    assert "aplay" in str(told["message"]) or "play" in str(told["message"])
    assert "en: by espeak-ng" in str(told["message"])
    clips(tmp_path / "clips", "en", "please", *"0123456789", "go_to", "room-bone-1", "clinic-bone", "doctor")
    bone_only = 'clips = "clips"\nlanguages = ["en"]\nclinics = ["bone"]'
    told = checked(tmp_path, capsys, bone_only)
    assert told["ok"]
    assert "clips en/B.wav are missing" in str(told["message"])
    clips(tmp_path / "clips", "en", "B")
    assert "every clip is there" in str(checked(tmp_path, capsys, bone_only)["message"])
    (tmp_path / "clips" / "en" / "7.wav").write_bytes(b"noise")
    told = checked(tmp_path, capsys, bone_only)
    assert not told["ok"]
    assert "7.wav cannot be used" in str(told["message"])
    assert "there is no folder of clips" in str(checked(tmp_path, capsys, 'clips = "nowhere"')["message"])
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    told = checked(tmp_path, capsys, 'languages = ["zh"]')
    assert not told["ok"]
    assert "there is no player" in str(told["message"])
    assert "no espeak-ng" in str(told["message"])
