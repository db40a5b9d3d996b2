"""From a call to its sound: clips where all are there, else the engine; a broken clip costs no call."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from voicing import CALL, Tool, clips, recorded

from nightdesk_displays.voice.playing import player_of
from nightdesk_displays.voice.sound import RATE, chime
from nightdesk_displays.voice.speaking import REST_SECONDS, Speaker
from nightdesk_queue.domain.errors import Fault


def test_a_call_is_chime_chinese_english_and_both_again(espeak: Path) -> None:
    sound = Speaker().call(CALL, ["zh", "en"], repeat=2)
    asked = espeak.read_text().splitlines()
    assert asked[0].startswith("-v cmn-latn-pinyin ")
    assert "qing3 N ling2 yi1 er4 hao4 dao4 zhong1 yi1 yi1 zhen3 shi4" in asked[0]
    assert asked[1].endswith("Number N zero one two please go to Room 1")
    assert sum(sample == 7 for sample in sound.samples) >= 4 * (RATE // 10)
    assert sound.seconds == pytest.approx(chime().seconds + 4 * (0.1 + 0.35), abs=0.01)


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
    tool: Tool,
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


def test_what_an_engine_complains_of_is_told(tool: Tool) -> None:
    tool("espeak-ng", "echo no such voice >&2; exit 1")
    with pytest.raises(Fault) as fault:
        Speaker().call(CALL, ["en"], repeat=1)
    assert fault.value.text.en == "espeak-ng failed: no such voice"


# pages read aloud ------------------------------------------------------------------------------------------------


def test_a_page_is_read_slowly_sentence_by_sentence_with_a_rest_in_between(espeak: Path) -> None:
    sound = Speaker().prompt("您的号\nN012", "zh", "cmn-latn-pinyin", "number")
    assert [line.partition(" --stdout")[0] for line in espeak.read_text().splitlines()] == [
        "-v cmn-latn-pinyin -s 120"
    ] * 2
    assert "nin2 de5 hao4" in espeak.read_text()
    assert sound.seconds == pytest.approx(0.1 + REST_SECONDS + 0.1, abs=0.01)
    assert Speaker().prompt("───", "zh", "cmn-latn-pinyin", "number").seconds == 0


def test_each_part_of_a_page_is_read_by_a_voice_that_can_read_it(espeak: Path) -> None:
    Speaker().prompt("ばんごうは Bone clinic で", "ja", "ja", "")
    asked = [line.split(" -s 120 --stdout -- ") for line in espeak.read_text().splitlines()]
    assert asked == [["-v ja", "ばんごうは"], ["-v en", "Bone clinic"], ["-v ja", "で"]]


def test_a_recorded_page_is_played_whole_and_its_words_are_not_read(espeak: Path, tmp_path: Path) -> None:
    clips(tmp_path / "clips", "ja", "prompt-signs", level=5)
    speaker = Speaker(tmp_path / "clips")
    assert set(speaker.prompt("あり。なし。", "ja", "ja", "signs").samples) == {5}
    assert not espeak.exists()
    speaker.prompt("あり", "ja", "ja", "")
    speaker.prompt("あり", "ja", "ja", "number")
    assert len(espeak.read_text().splitlines()) == 2, "words that vary, and a page without a clip"


def test_a_broken_recording_of_a_page_costs_nothing(
    espeak: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips(tmp_path, "en", "prompt-home")
    (tmp_path / "en" / "prompt-home.wav").write_bytes(b"RIFF")
    speaker = Speaker(tmp_path)
    assert speaker.prompt("Touch. Here.", "en", "en", "home").seconds == pytest.approx(0.2 + REST_SECONDS, abs=0.01)
    assert speaker.spoiled is not None
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(Fault) as fault:
        speaker.prompt("Touch", "en", "en", "home")
    assert fault.value.code == "clip"


def test_a_language_that_no_voice_speaks_needs_recordings(espeak: Path) -> None:
    for attempt in (lambda: Speaker().prompt("a", "bo", "", "home"), lambda: Speaker().try_prompt("bo", "")):
        with pytest.raises(Fault) as fault:
            attempt()
        assert fault.value.code == "no_voice"
        assert "bo/prompt-*.wav" in fault.value.text.en
    Speaker().try_prompt("ja", "ja")
    assert espeak.read_text() == "-v ja -s 120 --stdout -- 0\n"


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize(
    ("words", "language", "voice"),
    [("您的号 N012", "zh", "cmn-latn-pinyin"), ("Your number A012", "en", "en"), ("ばんごう N012、Bone", "ja", "ja")],
)
def test_the_engine_itself_reads_a_page(words: str, language: str, voice: str) -> None:
    sound = Speaker().prompt(words, language, voice, "")
    assert 0.5 < sound.seconds < 20
    assert max(sound.samples) > 1000
