"""The catalogues we ship: every sentence a patient may read, and nothing the voice could not read."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hatchling.builders.wheel import WheelBuilder
from places import ROOT

from nightdesk_kiosk import lobby
from nightdesk_kiosk.lobby.languages import SHIPPED, languages_of
from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.config.catalogue_files import load_catalogue
from nightdesk_queue.config.schema import Emergency, HospitalTable
from nightdesk_queue.domain import red_flags, states
from nightdesk_queue.rules import kiosks, refusals, reporting
from nightdesk_queue.text.bilingual import Text, joined
from nightdesk_queue.text.catalogues import Catalogue, missing

CATALOGUES = sorted(SHIPPED.glob("*.toml"))
OF_GAPS_ALONE = {"{weekday}, {day} {month} {year}", "{day} {month} {at}", "{day} {at}"}
"""Dates and times: in English they have no word of their own, and another language may order them differently."""
FOR_STAFF = {"gallery", "service_texts", "service_desk", "service_menu", "languages"}
"""Modules of the lobby whose words are for who looks after the kiosk, for config.toml, or for pictures in docs."""
TOLD_PATIENTS = {
    "_ask", "ask_desk", "called_already", "closed", "full", "known_kiosk", "no_time_left", "overtaken", "red_flag",
    "several_candidates", "suspended", "too_early", "too_fast", "unknown_ticket",
}  # fmt: skip
"""The refusals a patient may come upon at a kiosk."""


def texts_in(value: object) -> Iterator[Text]:
    """Every text in a value: itself, in a table, in a list."""
    match value:
        case Text():
            yield value
        case dict():
            yield from texts_in(list(value.values()))
        case tuple() | list():
            for one in value:
                yield from texts_in(one)


def of_module(module: ModuleType) -> Iterator[Text]:
    for name, value in vars(module).items():
        if not name.startswith("__"):
            yield from texts_in(value)


def written_in(node: ast.AST) -> Iterator[Text]:
    """Every `Text(zh="...", en="...")` beneath a node of source."""
    for call in ast.walk(node):
        match call:
            case ast.Call(
                func=ast.Name(id="Text"),
                keywords=[
                    ast.keyword(arg="zh", value=ast.Constant(value=str(zh))),
                    ast.keyword(arg="en", value=ast.Constant(value=str(en))),
                ],
            ):
                yield Text(zh=zh, en=en)


def of_the_lobby() -> Iterator[Text]:
    for found in pkgutil.walk_packages(lobby.__path__, f"{lobby.__name__}."):
        if found.name.rpartition(".")[2] in FOR_STAFF:
            continue
        module = importlib.import_module(found.name)
        yield from of_module(module)
        assert module.__file__ is not None
        yield from written_in(ast.parse(Path(module.__file__).read_text(encoding="utf-8")))


def of_the_rules() -> Iterator[Text]:
    files = [module.__file__ for module in (refusals, reporting) if module.__file__]
    trees = [ast.parse(Path(file).read_text(encoding="utf-8")) for file in files]
    defined = [one for tree in trees for one in tree.body if isinstance(one, ast.FunctionDef)]
    functions = [one for one in defined if one.name in TOLD_PATIENTS]
    assert {function.name for function in functions} == TOLD_PATIENTS
    for function in functions:
        yield from written_in(function)
    yield kiosks.OUT_OF_USE
    yield from states.STATE_TEXTS.values()
    yield from of_module(red_flags)


def told_patients() -> list[Text]:
    """Every text a patient may read at a kiosk; what the hospital calls its clinics is the hospital's."""
    name = Text(zh="院", en="")
    defaults = [Emergency().route, HospitalTable(name=name).desk]
    return [*of_the_lobby(), *of_the_rules(), *defaults, joined([name, name])]


def chinese_of(text: str) -> list[str]:
    return re.findall("[\u3400-\u9fff々]", text)


def test_there_is_a_catalogue_of_japanese() -> None:
    assert "ja" in [file.stem for file in CATALOGUES]
    assert len(told_patients()) > 100


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_every_sentence_a_patient_may_read_is_translated(file: Path) -> None:
    assert missing(load_catalogue(file), told_patients()) == []


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_no_sentence_is_translated_that_nobody_says(file: Path) -> None:
    said = set(missing(Catalogue("xx", "nothing"), told_patients()))
    assert sorted(set(load_catalogue(file).texts) - said - {": {n}", ", "} - OF_GAPS_ALONE) == []


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_every_terminal_draws_a_translation_as_wide_as_we_think(file: Path) -> None:
    shown = "".join(load_catalogue(file).texts.values())
    assert {char for char in shown if unicodedata.east_asian_width(char) == "A"} == set()


def test_the_voice_can_read_every_japanese_word_and_no_reading_is_left_over() -> None:
    japanese = load_catalogue(SHIPPED / "ja.toml")
    assert [text for text in japanese.texts.values() if chinese_of(japanese.aloud(text))] == []
    marked = Catalogue("ja", "x", readings={word: f"<{word}>" for word in japanese.readings})
    read = "".join(marked.aloud(text) for text in japanese.texts.values())
    assert [word for word in japanese.readings if f"<{word}>" not in read] == []


def test_a_refusal_is_said_in_japanese(hospital: Hospital) -> None:
    languages = languages_of(hospital, Kiosk(id="k", languages=["ja"]))
    bone = hospital.clinics["bone"]
    said = languages.say(refusals.suspended(hospital, bone, "15 min").text, "ja")
    assert said.startswith(f"{bone.name.en}は休診です：15 min。受付")


def test_catalogues_are_part_of_what_is_installed() -> None:
    shipped = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert {f"nightdesk_kiosk/lobby/catalogues/{file.name}" for file in CATALOGUES} <= shipped


def missing_from(texts: Iterable[Text]) -> list[str]:
    return missing(load_catalogue(SHIPPED / "ja.toml"), texts)


def test_what_would_be_missing_is_found() -> None:
    assert missing_from(texts_in({"a": (Text(zh="新", en="New"), [Text(zh="新 {n}", en="New {n}")])})) == [
        "New",
        "New {n}",
    ]
    tree = ast.parse('def f():\n    return Text(zh="旧", en="Old").fill()')
    assert missing_from(written_in(tree)) == ["Old"]
