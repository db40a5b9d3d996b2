"""A first configuration from a dozen questions, and the schema by which editors check one."""

from __future__ import annotations

import io
import json
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from commandline import Nightdesk
from places import EXAMPLE_FILE

from nightdesk_queue.config import load
from nightdesk_queue.config.checking import LISTS, SINGLES
from nightdesk_queue.config.json_schema import json_schema
from nightdesk_queue.config.table import key_of


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_new_configuration_passes_the_check(nightdesk: Nightdesk, tmp_path: Path, language: str) -> None:
    file = tmp_path / "new.toml"
    assert nightdesk("config", "new", str(file), "--defaults", "--lang", language).status == 0
    assert len(load(file).rooms) == 2
    assert nightdesk("config", "new", str(file), "--defaults").status == 2, "a file that is there is left alone"


def test_a_question_is_asked_again_until_its_answer_is_right(
    nightdesk: Nightdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "new.toml"
    answers = ["", 'A "quoted" name', "Mars/X", "Asia/Shanghai", "", "", "", "NNN", "T", "25:00", "18:00", "17:00"]
    answers += ["20:00", "", "3", "nowhere", "tcp://10.0.0.8:9100"]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(answers) + "\n"))
    result = nightdesk("config", "new", str(file))
    assert result.status == 0, result.err
    hospital = load(file)
    clinic = hospital.clinics["evening"]
    assert (hospital.hospital.name.en, clinic.prefix, len(clinic.rooms)) == ('A "quoted" name', "T", 3)
    assert hospital.printers["lobby"].device == "tcp://10.0.0.8:9100"


def test_the_schema_knows_every_table_and_key(nightdesk: Nightdesk) -> None:
    schema = json.loads(nightdesk("config", "schema").out)
    assert schema == json_schema()
    for name, table in {**SINGLES, **LISTS}.items():
        own = schema["properties"][name]
        defined = schema["$defs"][(own.get("items") or own)["$ref"].rpartition("/")[2]]
        assert set(defined["properties"]) == {key_of(one.name) for one in fields(table)}
        assert defined["additionalProperties"] is False
    example = tomllib.loads(EXAMPLE_FILE.read_text(encoding="utf-8"))
    assert set(example) <= set(schema["properties"])
