"""Catalogues of further languages: read whole, or refused with every fault in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightdesk_queue.config.catalogue_files import LARGEST, LONGEST_TEXT, load_catalogue
from nightdesk_queue.domain.errors import ConfigError, ConfigFault
from nightdesk_queue.text.bilingual import Text

HEAD = 'language = "ja"\nname = "日本語"\nespeak = "ja"\n'


def faults(folder: Path, content: str | bytes, name: str = "ja.toml") -> list[ConfigFault]:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ConfigError) as error:
        load_catalogue(file)
    found = error.value.faults
    assert {fault.file for fault in found} == {str(file)}
    assert all(fault.problem.zh and fault.fix.zh and fault.problem.en and fault.fix.en for fault in found)
    return found


def test_a_catalogue_is_read(tmp_path: Path) -> None:
    file = tmp_path / "ja.toml"
    file.write_text(
        '\ufefflanguage = "ja"\nname = "日本語"\n[texts]\n"Back" = "戻る"\n"a\\nb" = "c\\nd"\n'
        '[readings]\n"戻" = "もど"\n',
        encoding="utf-8",
    )
    read = load_catalogue(file)
    assert (read.language, read.name, read.espeak) == ("ja", "日本語", "")
    assert read.of(Text(zh="返回", en="Back")) == "戻る"
    assert read.aloud("戻る") == "もどる"


def test_every_fault_is_told_at_once_with_its_key_and_its_line(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        'language = "en"\nname = ""\nespeak = "; rm"\nvoise = 1\n[texts]\n"Back" = ""\n"{n} s" = "{m} 秒"\n'
        '"Open {at}" = "{at"\n"More" = "a\\u001b[2J"\n"Now" = "a\\nb"\n"Here" = "\\u202ea"\n"Long" = "'
        + "あ" * 2001
        + '"\n"Number" = 7\n[readings]\n"前" = ""\n',
    )
    assert [(fault.key, fault.line) for fault in found] == [
        ("voise", 4),
        ("language", 1),
        ("name", 2),
        ("espeak", 3),
        ("texts.Back", 6),
        ("texts.{n} s", 7),
        ("texts.Open {at}", 8),
        ("texts.More", 9),
        ("texts.Now", 10),
        ("texts.Here", 11),
        ("texts.Long", 12),
        ("texts.Number", 13),
        ("readings.前", 15),
    ]
    by_key = {fault.key: fault for fault in found}
    assert by_key["texts.{n} s"].fix.en == "write these and no other: {n}"
    assert "2000" in by_key["texts.Long"].fix.en
    assert "\x1b" not in by_key["texts.More"].value
    assert "control character" in by_key["texts.Here"].problem.en


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert [fault.key for fault in faults(tmp_path, "")] == ["language", "name", "texts"]
    assert [fault.key for fault in faults(tmp_path, HEAD + "[texts]\n")] == ["texts"]
    assert [fault.key for fault in faults(tmp_path, HEAD + 'texts = "x"\nreadings = 1\n')] == ["texts", "readings"]


def test_a_misspelt_key_is_guessed(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, HEAD + '[texts]\n"a" = "b"\n[reading]\n')
    assert (fault.key, fault.fix.en, fault.line) == ("reading", "did you mean readings?", 6)


@pytest.mark.parametrize("language", ["zh", "en", "EN", "japanese", "j", ""])
def test_a_language_is_a_code_and_neither_of_the_two(tmp_path: Path, language: str) -> None:
    content = f'language = "{language}"\nname = "x"\n[texts]\n"a" = "b"\n'
    assert [fault.key for fault in faults(tmp_path, content, f"{language or 'x'}.toml")] == ["language"]


def test_a_file_is_named_for_its_language(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, HEAD + '[texts]\n"a" = "b"\n', "jp.toml")
    assert fault.fix.en == "name the file ja.toml"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("language = ", "not TOML"),
        ("a = " + "[" * 5000, "not TOML"),
        (b"name = '\xff'", "cannot be read"),
        (b"#" * (LARGEST + 1), "larger than 200 kB"),
    ],
)
def test_what_is_no_catalogue_at_all_is_one_fault(tmp_path: Path, content: str | bytes, problem: str) -> None:
    (fault,) = faults(tmp_path, content)
    assert problem in fault.problem.en


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.toml", tmp_path):
        with pytest.raises(ConfigError) as error:
            load_catalogue(path)
        assert "cannot be read" in error.value.faults[0].problem.en


def test_what_is_written_in_several_scripts_is_no_control_character(tmp_path: Path) -> None:
    file = tmp_path / "fa.toml"
    file.write_text('language = "fa"\nname = "فارسی"\n[texts]\n"Wait" = "می\u200cشود"\n', encoding="utf-8")
    assert load_catalogue(file).texts["Wait"] == "می\u200cشود"


@pytest.mark.parametrize("char", ["\u0007", "\u202e", "\u2028", "\u2029"])
def test_what_would_move_or_turn_a_line_is_refused(tmp_path: Path, char: str) -> None:
    (fault,) = faults(tmp_path, f'{HEAD}[texts]\n"Back" = "a\\u{ord(char):04x}b"\n')
    assert "control character" in fault.problem.en
    assert char not in fault.value


def test_a_catalogue_may_be_as_large_as_it_may_be(tmp_path: Path) -> None:
    file = tmp_path / "ja.toml"
    content = f'{HEAD}[texts]\n"Long" = "{"a" * LONGEST_TEXT}"\n#'
    file.write_text(content + "x" * (LARGEST - len(content.encode())), encoding="utf-8")
    assert file.stat().st_size == LARGEST
    assert len(load_catalogue(file).texts["Long"]) == LONGEST_TEXT
