"""The languages of a kiosk: the two, and each that has a catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightdesk_kiosk.lobby import languages as lobby_languages
from nightdesk_kiosk.lobby.languages import languages_of
from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.domain.errors import ConfigError
from nightdesk_queue.text.bilingual import Text

BACK = Text(zh="返回", en="Back")
BONE = Text(zh="骨伤门诊", en="Bone clinic")


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of our own catalogues, in which there is one of Korean."""
    folder = tmp_path / "shipped"
    monkeypatch.setattr(lobby_languages, "SHIPPED", folder)
    write(folder / "ko.toml", "ko", "한국어", espeak="ko", texts={"Back": "뒤로"})
    return folder


def write(file: Path, language: str, name: str, *, espeak: str = "", texts: dict[str, str]) -> None:
    file.parent.mkdir(exist_ok=True)
    lines = [f'"{english}" = "{translation}"' for english, translation in texts.items()]
    head = f'language = "{language}"\nname = "{name}"\nespeak = "{espeak}"\n[texts]\n'
    file.write_text(head + "\n".join(lines), encoding="utf-8")


def faults_of(hospital: Hospital, kiosk: Kiosk) -> list[tuple[str, str, str, str]]:
    with pytest.raises(ConfigError) as error:
        languages_of(hospital, kiosk)
    return [(fault.key, fault.value, fault.problem.en, fault.fix.en) for fault in error.value.faults]


def test_a_kiosk_that_names_no_language_has_those_of_the_hospital(hospital: Hospital) -> None:
    found = languages_of(hospital, Kiosk(id="k"))
    assert found.ids == ("zh", "en")
    assert [found.say(BACK, language) for language in found.ids] == ["返回", "Back"]
    assert [found.name_of(language) for language in found.ids] == ["中文", "English"]
    assert [found.espeak(language) for language in found.ids] == ["cmn-latn-pinyin", "en"]
    assert [found.for_slip(language) for language in found.ids] == ["zh", "en"]
    assert found.aloud("10号", "zh") == "10号"


def test_a_third_language_is_one_more_file(hospital: Hospital, shipped: Path) -> None:
    found = languages_of(hospital, Kiosk(id="k", languages=["ko", "zh", "ko", "en"]))
    assert found.ids == ("ko", "zh", "en")
    assert (found.name_of("ko"), found.espeak("ko")) == ("한국어", "ko")
    assert (found.say(BACK, "ko"), found.say(BONE, "ko")) == ("뒤로", "Bone clinic")
    assert found.for_slip("ko") == "en"


def test_a_kiosks_own_catalogue_goes_before_ours_sentence_by_sentence(
    hospital: Hospital, shipped: Path, tmp_path: Path
) -> None:
    write(tmp_path / "own" / "ko.toml", "ko", "우리말", texts={"Bone clinic": "정형외과"})
    write(tmp_path / "own" / "ug.toml", "ug", "ئۇيغۇرچە", texts={"Back": "قايتىش"})
    here = hospital.changed(folder=tmp_path)
    found = languages_of(here, Kiosk(id="k", languages=["ko", "ug"], catalogues="own"))
    assert (found.say(BACK, "ko"), found.say(BONE, "ko")) == ("뒤로", "정형외과")
    assert (found.name_of("ko"), found.espeak("ko")) == ("우리말", "ko")
    assert (found.say(BACK, "ug"), found.espeak("ug")) == ("قايتىش", "")


def test_a_language_without_a_catalogue_says_where_it_was_looked_for_and_which_there_are(
    hospital: Hospital, shipped: Path, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    here = hospital.changed(folder=tmp_path)
    told = faults_of(here, Kiosk(id="k", languages=["zh", "fr", "ko", "ug"], catalogues="own"))
    assert [(key, value, problem.split(";")[0]) for key, value, problem, _ in told] == [
        ("kiosk[k].languages", "fr", "there is no catalogue of the language fr"),
        ("kiosk[k].languages", "ug", "there is no catalogue of the language ug"),
    ]
    assert f"{tmp_path / 'own'}, {shipped}" in told[0][2]
    assert told[0][3] == "put fr.toml there, or name one of: zh, en, ko"


def test_every_fault_of_every_catalogue_is_told(hospital: Hospital, shipped: Path, tmp_path: Path) -> None:
    write(shipped / "fr.toml", "fr", "", texts={"Back": "Retour"})
    write(shipped / "ko.toml", "ko", "한국어", texts={"Back": ""})
    told = faults_of(hospital.changed(folder=tmp_path), Kiosk(id="k", languages=["fr", "ko"], catalogues="gone"))
    assert [key for key, *_ in told] == ["kiosk[k].catalogues", "name", "texts.Back"]
    assert told[0][1:3] == ("gone", f"there is no folder {tmp_path / 'gone'}")
