"""`voice` and what `check` says of the voice."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import pytest
from places import EXAMPLE_FILE
from voicing import Tool, clips, fake_espeak, programs

from nightdesk_displays.voice.sound import RATE
from nightdesk_kiosk.cli import run
from nightdesk_queue.store import open_database


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    return programs(tmp_path / "bin", monkeypatch)


@pytest.fixture
def espeak(tool: Tool, tmp_path: Path) -> Path:
    return fake_espeak(tool, tmp_path)


def test_voice_test_writes_a_wav_of_a_text_or_of_a_whole_call(
    espeak: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ["--config", str(EXAMPLE_FILE), "--database", f"sqlite:///{tmp_path}/n.db"]
    open_database(f"sqlite:///{tmp_path}/n.db").close()
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
    speaks.write_text(EXAMPLE_FILE.read_text(encoding="utf-8") + "\n[voice]\n", encoding="utf-8")
    assert run(["--config", str(speaks), *config[2:], "--json", "voice", "status"]) == 3
    assert '"not_served"' in capsys.readouterr().out


def checked(tmp_path: Path, capsys: pytest.CaptureFixture[str], voice: str) -> dict[str, object]:
    config = tmp_path / "config.toml"
    config.write_text(EXAMPLE_FILE.read_text(encoding="utf-8") + f"\n[voice]\n{voice}\n", encoding="utf-8")
    run(["--config", str(config), "--lang", "en", "--json", "check"])
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (told,) = [line for line in found if line["kind"] == "voice"]
    return dict(told)


def test_check_says_what_speaks_and_which_clips_are_missing_or_broken(
    espeak: Path, tool: Tool, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    player = tool("pw-play", "exit 0")
    told = checked(tmp_path, capsys, 'languages = ["en"]')
    assert told["ok"], told
    assert told["message"] == f"played by {player}; en: by espeak-ng"
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
