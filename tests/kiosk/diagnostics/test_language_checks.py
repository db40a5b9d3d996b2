"""What `check` says of the kiosks: their languages, and whether their pages can be read aloud."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from places import EXAMPLE_FILE
from voicing import Tool, fake_espeak, programs

from nightdesk_kiosk.cli import run
from nightdesk_kiosk.diagnostics.language_checks import language_findings
from nightdesk_queue.config import Hospital, Kiosk


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """Programs of the test's own and no others."""
    made = programs(tmp_path / "bin", monkeypatch)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
    return made


@pytest.fixture
def sounding(tool: Tool, tmp_path: Path) -> Path:
    """A machine with a player and an engine; what the engine was asked."""
    tool("aplay", "exit 0")
    asked = fake_espeak(tool, tmp_path)
    tool("cat", f"exec /bin/cat {tmp_path / 'said.wav'}")
    return asked


def with_kiosks(hospital: Hospital, folder: Path, *kiosks: Kiosk) -> Hospital:
    return hospital.changed(kiosk=list(kiosks), folder=folder)


def found(hospital: Hospital) -> list[tuple[str, str, bool, str, str | None]]:
    return [
        (one.kind, one.id, one.ok, one.text.en, one.warning.en if one.warning else None)
        for one in language_findings(hospital)
    ]


def test_a_kiosk_tells_its_languages_and_that_it_speaks(hospital: Hospital, sounding: Path, tmp_path: Path) -> None:
    here = with_kiosks(hospital, tmp_path, Kiosk(id="a", languages=["ja", "zh", "en"]), Kiosk(id="b", speaks=False))
    assert found(here) == [
        ("languages", "a", True, "日本語, 中文, English", None),
        ("prompts", "a", True, "the large mode is read aloud: 日本語, 中文, English", None),
    ]
    assert [line.split()[1] for line in sounding.read_text().splitlines()] == ["ja", "cmn-latn-pinyin", "en"]


def test_a_kiosk_that_cannot_speak_works_and_says_what_to_install(
    hospital: Hospital, tool: Tool, tmp_path: Path
) -> None:
    here = with_kiosks(hospital, tmp_path, Kiosk(id="a", elder=True))
    [(kind, _, ok, text, warning)] = found(here)
    assert (kind, ok, text) == ("prompts", True, "the large mode is silent")
    assert warning is not None
    assert warning.startswith("there is no player")
    tool("aplay", "exit 0")
    [(_, _, ok, text, warning)] = found(here)
    assert (ok, text) == (True, "the large mode is silent")
    assert warning is not None
    assert "there is no espeak-ng" in warning
    assert warning.count("there is no") == 1, "what all languages lack is said once"
    assert "speaks = false" in warning


def test_a_kiosk_nobody_has_set_up_for_the_large_mode_says_nothing_of_it(
    hospital: Hospital, tool: Tool, tmp_path: Path
) -> None:
    assert found(with_kiosks(hospital, tmp_path, Kiosk(id="a"))) == []


def test_a_language_that_no_voice_speaks_is_named(hospital: Hospital, sounding: Path, tmp_path: Path) -> None:
    (tmp_path / "bo.toml").write_text('language = "bo"\nname = "བོད་སྐད"\n[texts]\n"Back" = "ཕྱིར་ལོག"\n', encoding="utf-8")
    here = with_kiosks(hospital, tmp_path, Kiosk(id="a", languages=["zh", "bo"], catalogues="."))
    _, (_, _, ok, text, warning) = found(here)
    assert (ok, text) == (True, "the large mode is read aloud: 中文")
    assert warning is not None
    assert warning.startswith("བོད་སྐད is not read aloud: there is no voice of espeak-ng for bo")


def test_every_fault_of_a_catalogue_is_told_with_its_place(hospital: Hospital, sounding: Path, tmp_path: Path) -> None:
    (tmp_path / "fr.toml").write_text('language = "fr"\nname = "français"\n[texts]\n"{n} s" = "s"\n', encoding="utf-8")
    here = with_kiosks(
        hospital, tmp_path, Kiosk(id="a", languages=["fr", "ko"], catalogues="."), Kiosk(id="b", elder=True)
    )
    told = found(here)
    faults = [("languages", "a", False)] * 2
    assert [(kind, id_, ok) for kind, id_, ok, _, _ in told] == [*faults, ("prompts", "b", True)]
    assert told[0][3].startswith(f"{tmp_path / 'fr.toml'}:4: texts.{{n}} s = s: its {{gaps}} are not those")
    assert told[1][3].startswith("config.toml: kiosk[a].languages = ko: there is no catalogue of the language ko")


def test_check_tells_it(tmp_path: Path, sounding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    text = EXAMPLE_FILE.read_text(encoding="utf-8") + '\n[[kiosk]]\nid = "third"\nlanguages = ["xx"]\n'
    config.write_text(text, encoding="utf-8")
    assert run(["--config", str(config), "--json", "check"]) == 3
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [told] = [row for row in rows if row["kind"] == "languages"]
    assert (told["id"], told["ok"]) == ("third", False)
    assert "put xx.toml there" in told["message"]
