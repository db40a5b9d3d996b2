"""Pages read aloud: one at a time, never over a call, and in silence where nothing can be heard."""

from __future__ import annotations

import logging
import threading
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from devices import Running
from voicing import Tool, fake_espeak, programs
from waiting import until

from nightdesk_displays.voice import playing
from nightdesk_displays.voice.playing import SOUND_LOCK, play
from nightdesk_displays.voice.sound import Sound, silence
from nightdesk_displays.voice.speaking import Speaker
from nightdesk_kiosk.lobby import prompter as lobby_prompter
from nightdesk_kiosk.lobby.languages import Languages
from nightdesk_kiosk.lobby.prompter import Prompter
from nightdesk_queue.config import Hospital, Kiosk, VoiceTable
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import Database
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.catalogues import Catalogue

KIOSK = Kiosk(id="lobby-1", languages=["zh", "en", "ja"])
JA = Catalogue("ja", "日本語", "ja+f3", readings={"番号": "ばんごう"})
LANGUAGES = Languages(("zh", "en", "ja"), {"ja": JA})


class Reader(Speaker):
    """A speaker whose sentences are of level 1000. `asked`: what it was to say, and how."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str, str, str]] = []
        self.broken: Exception | None = None

    def prompt_parts(self, words: str, language: str, voice: str, key: str) -> Iterator[Sound]:
        self.asked.append((words, language, voice, key))
        for _ in words.split("."):
            if self.broken:
                raise self.broken
            yield Sound(array("h", [1000] * 10))


class Ear:
    """Hears what is played while `go` is set; until then a sound lasts. `levels`: of what was heard to its end."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.begun = 0
        self.levels: list[int] = []

    def play(self, sound: Sound, stop: threading.Event) -> bool:
        self.begun += 1
        while not self.go.is_set() and not stop.is_set():
            self.go.wait(0.01)
        if stop.is_set():
            return False
        self.levels.append(max(sound.samples))
        return True


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def prompter(hospital: Hospital, store: Database, ear: Ear, reader: Reader) -> Iterator[Prompter]:
    made = Prompter(hospital, KIOSK, LANGUAGES, store, play=ear.play, speaker=reader, rest=0)
    yield made
    made.close()


def heard(ear: Ear, count: int) -> None:
    until(lambda: len(ear.levels) == count, what=f"{count} sentences")


def test_a_page_is_read_in_the_voice_and_the_readings_of_its_language(
    prompter: Prompter, ear: Ear, reader: Reader
) -> None:
    prompter.say("番号. N012", "ja", "number")
    heard(ear, 2)
    prompter.say("您的号", "zh", "")
    heard(ear, 3)
    assert reader.asked == [
        ("ばんごう. N012", "ja", "ja+f3", "number"),
        ("您的号", "zh", "cmn-latn-pinyin", ""),
    ]
    assert prompter.fault is None


def test_other_words_end_what_is_being_said(prompter: Prompter, ear: Ear, reader: Reader) -> None:
    ear.go.clear()
    prompter.say("one. two. three", "en", "a")
    until(lambda: ear.begun == 1)
    prompter.say("four", "en", "b")
    until(lambda: ear.begun == 2)
    ear.go.set()
    heard(ear, 1)
    prompter.close()
    assert [words for words, *_ in reader.asked] == ["one. two. three", "four"]
    assert (ear.begun, ear.levels) == (2, [800])


def test_only_the_newest_of_many_pages_is_said(prompter: Prompter, ear: Ear, reader: Reader) -> None:
    ear.go.clear()
    prompter.say("first", "en", "")
    until(lambda: ear.begun == 1)
    for page in range(50):
        prompter.say(f"page {page}", "en", "")
    ear.go.set()
    heard(ear, 1)
    prompter.close()
    assert reader.asked[-1][0] == "page 49"
    assert len(ear.levels) == 1


def test_a_page_that_is_left_is_quiet_at_once_and_is_not_repeated(prompter: Prompter, ear: Ear, reader: Reader) -> None:
    ear.go.clear()
    prompter.say("one. two", "en", "")
    until(lambda: ear.begun == 1)
    prompter.quiet()
    prompter.repeat()
    prompter.louder()
    ear.go.set()
    prompter.close()
    assert (len(reader.asked), ear.levels) == (1, [])


def test_a_page_is_repeated_from_its_beginning(prompter: Prompter, ear: Ear, reader: Reader) -> None:
    prompter.say("one. two", "en", "x")
    heard(ear, 2)
    prompter.repeat()
    heard(ear, 4)
    assert reader.asked[0] == reader.asked[1]


def test_the_volume_goes_by_steps_and_each_is_heard(prompter: Prompter, ear: Ear) -> None:
    assert prompter.volume == 80
    prompter.say("one", "en", "")
    heard(ear, 1)
    for change, volume in (
        (prompter.louder, 100), (prompter.louder, 100), (prompter.quieter, 80), (prompter.quieter, 60),
        (prompter.quieter, 40), (prompter.quieter, 20),
    ):  # fmt: skip
        count = len(ear.levels)
        change()
        assert prompter.volume == volume
        heard(ear, count + 1)
        assert ear.levels[-1] == volume * 10


def test_off_is_silent(prompter: Prompter, ear: Ear, reader: Reader) -> None:
    for _ in range(5):
        prompter.quieter()
    assert prompter.volume == 0
    prompter.say("one", "en", "")
    prompter.quieter()
    assert prompter.volume == 0
    prompter.close()
    assert (reader.asked, ear.begun) == ([], 0)


def test_a_step_up_from_off_says_the_page(prompter: Prompter, ear: Ear) -> None:
    for _ in range(4):
        prompter.quieter()
    prompter.say("one", "en", "")
    prompter.louder()
    heard(ear, 1)
    assert (prompter.volume, ear.levels) == (20, [200])


def test_a_volume_between_two_steps_goes_to_the_next_one(hospital: Hospital, store: Database, ear: Ear) -> None:
    for volume, louder, quieter in ((50, 60, 40), (0, 20, 0), (15, 20, 0), (100, 100, 80)):
        for name, wanted in (("louder", louder), ("quieter", quieter)):
            made = Prompter(hospital, Kiosk(id="k", volume=volume), LANGUAGES, store, play=ear.play, speaker=Reader())
            getattr(made, name)()
            assert made.volume == wanted
            made.close()


def test_the_next_patient_hears_it_as_loud_as_at_the_beginning(prompter: Prompter, ear: Ear, reader: Reader) -> None:
    ear.go.clear()
    prompter.say("one", "en", "")
    until(lambda: ear.begun == 1)
    prompter.quieter()
    prompter.start_over()
    ear.go.set()
    assert prompter.volume == 80
    prompter.repeat()
    prompter.close()
    assert ear.levels == []


def test_a_kiosk_that_does_not_speak_says_nothing(
    hospital: Hospital, store: Database, ear: Ear, reader: Reader
) -> None:
    made = Prompter(hospital, Kiosk(id="k", speaks=False), LANGUAGES, store, play=ear.play, speaker=reader)
    made.say("one", "en", "")
    made.louder()
    made.close()
    assert reader.asked == []


def test_what_is_being_said_ends_with_the_program(prompter: Prompter, ear: Ear) -> None:
    ear.go.clear()
    prompter.say("one", "en", "")
    until(lambda: ear.begun == 1)
    prompter.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "prompter"]
    prompter.say("two", "en", "")
    assert (ear.begun, ear.levels) == (1, [])


def test_what_cannot_be_heard_is_logged_once_until_it_can(
    prompter: Prompter, ear: Ear, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[tuple[int, str, dict[str, object]]] = []
    monkeypatch.setattr(lobby_prompter, "fact", lambda level, what, **ids: logged.append((level, what, ids)))
    told = (logging.WARNING, "page not spoken", {"kiosk": "lobby-1", "cause": "no_sound_device"})
    reader.broken = Fault("no_sound_device", Text(zh="无", en="none"))
    for count in (1, 2):
        prompter.say("one", "en", "")
        until(lambda count=count: len(reader.asked) == count and prompter.fault is reader.broken)
    prompter.close()
    assert logged == [told]


def test_it_speaks_again_when_it_can_and_a_new_fault_is_logged(
    prompter: Prompter, ear: Ear, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[object] = []
    monkeypatch.setattr(lobby_prompter, "fact", lambda level, what, **ids: logged.append(ids["cause"]))
    reader.broken = ZeroDivisionError("by zero")
    prompter.say("one", "en", "")
    until(lambda: prompter.fault)
    assert prompter.fault is not None
    assert (prompter.fault.code, prompter.fault.text.en) == ("no_voice", "ZeroDivisionError: by zero")
    reader.broken = None
    prompter.repeat()
    until(lambda: prompter.fault is None)
    reader.broken = ZeroDivisionError("by zero")
    prompter.repeat()
    until(lambda: prompter.fault)
    prompter.close()
    assert logged == ["no_voice", "no_voice"]


# on the loudspeaker that calls have, too -------------------------------------------------------------------------


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    return programs(tmp_path / "bin", monkeypatch)


@pytest.fixture
def spoken(hospital: Hospital, store: Database, tool: Tool, tmp_path: Path) -> Iterator[tuple[Prompter, Path]]:
    """A prompter that speaks by espeak-ng and a player, and the player's log."""
    fake_espeak(tool, tmp_path)
    log = tmp_path / "log"
    player = str(tool("player", f"echo prompt >> {log}"))
    here = hospital.changed(voice=VoiceTable(player=[player]))
    made = Prompter(here, KIOSK, LANGUAGES, store, rest=1)
    yield made, log
    made.close()


def test_a_call_that_is_being_spoken_is_finished_first(
    spoken: tuple[Prompter, Path], store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompter, log = spoken
    tried = threading.Event()
    take_turn = playing._take_turn

    def watched(*arguments: object) -> bool:
        tried.set()
        return take_turn(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(playing, "_take_turn", watched)
    with store.lock(*SOUND_LOCK) as call:
        assert call.acquire()
        prompter.say("Your number", "en", "")
        assert tried.wait(15)
        assert not log.exists()
    until(log.exists)
    assert log.read_text() == "prompt\n"


def test_a_prompt_whose_turn_does_not_come_is_dropped(
    spoken: tuple[Prompter, Path], store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompter, log = spoken
    monkeypatch.setattr(lobby_prompter, "PATIENCE_SECONDS", 0.05)
    dropped = threading.Event()
    play_soon = lobby_prompter.play_soon

    def watched(*arguments: object) -> bool:
        in_time = play_soon(*arguments)  # type: ignore[arg-type]
        if not in_time:
            dropped.set()
        return in_time

    monkeypatch.setattr(lobby_prompter, "play_soon", watched)
    with store.lock(*SOUND_LOCK) as call:
        assert call.acquire()
        prompter.say("Your number. Go to Room 1", "en", "")
        assert dropped.wait(15)
    prompter.repeat()
    until(lambda: log.exists() and log.read_text() == "prompt\nprompt\n")
    assert prompter.fault is None


def test_a_call_is_spoken_between_two_sentences_and_not_after_the_page(
    spoken: tuple[Prompter, Path], store: Database, tool: Tool, tmp_path: Path
) -> None:
    prompter, log = spoken
    go, stop = tmp_path / "go", threading.Event()
    tool("player", f"echo prompt >> {log}; while [ ! -e {go} ]; do sleep 0.02; done")
    caller = [str(tool("caller", f"echo call >> {log}"))]
    prompter.say("Your number. Go to Room 1", "en", "")
    until(log.exists)
    with Running(lambda: play(silence(0.01), caller, stop, store.lock(*SOUND_LOCK)), stop):
        go.touch()
        until(lambda: log.read_text().count("\n") == 3)
    assert log.read_text().split() == ["prompt", "call", "prompt"]


def test_without_an_engine_or_a_player_the_lobby_is_silent_and_goes_on(
    hospital: Hospital, store: Database, tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    silent = Prompter(hospital, KIOSK, LANGUAGES, store)
    silent.say("Your number", "en", "")
    until(lambda: silent.fault and silent.fault.code == "no_voice")
    fake_espeak(tool, tmp_path)
    tool("cat", f"exec /bin/cat {tmp_path / 'said.wav'}")
    silent.repeat()
    until(lambda: silent.fault and silent.fault.code == "no_player")
    silent.close()
