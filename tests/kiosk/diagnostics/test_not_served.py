"""What is configured and not served yet is told: a warning that leaves the exit status alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from places import EXAMPLE_FILE

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli import run
from nightdesk_kiosk.diagnostics.checks import NO_HL7, findings, unserved
from nightdesk_kiosk.diagnostics.finding import Finding
from nightdesk_queue.domain.pins import SERVICE
from nightdesk_queue.queries.health import SERVICES
from nightdesk_queue.store import open_database, pins

HL7 = '\n[hl7]\nlisten = "127.0.0.1:2575"\n'
CONFIG = """
[hospital]
name = { zh = "院", en = "H" }
[[clinic]]
id = "er"
name = { zh = "急", en = "ER" }
prefix = "E"
hours = "always"
rooms = ["er-1"]
[[room]]
id = "er-1"
name = { zh = "室", en = "R" }
[[printer]]
id = "lobby"
device = "screen:"
"""


def config(folder: Path, more: str = "") -> Path:
    path = folder / "config.toml"
    path.write_text(CONFIG + more, encoding="utf-8")
    with open_database(f"sqlite:///{folder}/nightdesk.db") as store, store.transaction() as tx:
        # without one there is another warning
        pins.save(tx, SERVICE.id, "hash")
    return path


def test_check_warns_of_hl7_and_ends_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = config(tmp_path, HL7)
    assert run(["--config", str(path), "--json", "check"]) == 3, "nobody serves the devices"
    capsys.readouterr()
    store = open_database(f"sqlite:///{tmp_path}/nightdesk.db")
    services = store.lock(*SERVICES)
    assert services.acquire()
    assert run(["--config", str(path), "--json", "check"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [row] = [row for row in rows if row["warning"]]
    assert (row["kind"], row["ok"], row["message"]) == ("config", True, "1 clinics, 1 rooms")
    assert row["warning"] == NO_HL7.en
    assert run(["--config", str(path), "--lang", "zh", "check"]) == 0
    shown = capsys.readouterr().out
    assert "!" in shown
    assert "HL7" in shown
    services.release()
    store.close()


def test_check_has_no_warning_without_the_table(tmp_path: Path) -> None:
    settings = Settings(config(tmp_path))
    with settings.closing:
        assert not any(finding.warning for finding in findings(settings))


def test_run_says_so_when_it_starts(tmp_path: Path) -> None:
    told = Finding("config", str(tmp_path / "config.toml"), True, NO_HL7)
    for more, wanted in ((HL7, [told]), ("", [])):
        settings = Settings(config(tmp_path, more))
        with settings.closing:
            assert unserved(settings) == wanted


def test_the_example_hospital_is_warned_of_too() -> None:
    settings = Settings(EXAMPLE_FILE, database_url="sqlite:////nowhere/x.db")
    assert [finding.text for finding in unserved(settings)] == [NO_HL7]
