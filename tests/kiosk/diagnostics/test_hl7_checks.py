"""`check` on `[hl7]`: the port, the other system's listener, and every code that has no place."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.diagnostics.finding import Finding
from nightdesk_kiosk.diagnostics.hl7_checks import hl7_findings
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Notices
from nightdesk_queue.store import open_database
from nightdesk_transfers import availability


def found(hospital: Hospital, folder: Path, **changes: object) -> list[Finding]:
    assert hospital.hl7 is not None
    settings = Settings(database_url=f"sqlite:///{folder / 'n.db'}")
    settings.hospital = hospital.changed(hl7=hospital.hl7.changed(**{"listen": "127.0.0.1:0", **changes}))
    with settings.closing:
        return list(hl7_findings(settings))


def test_a_free_port_is_fine_and_what_has_no_code_is_named(hospital: Hospital, tmp_path: Path) -> None:
    [finding] = found(hospital, tmp_path)
    assert finding.ok
    assert "is free" in finding.text.en
    assert finding.warning is not None
    assert "Evening postpartum rehabilitation" in finding.warning.en
    assert "Evening clinic, Chinese medicine" not in finding.warning.en
    assert "Soldier or veteran" in finding.warning.en
    assert "Pregnant" not in finding.warning.en
    assert "Older patient" not in finding.warning.en, "age makes them so"


def test_nothing_is_warned_of_where_everything_has_a_code(hospital: Hospital, tmp_path: Path) -> None:
    targets = {clinic.id.upper(): clinic.id for clinic in hospital.clinic}
    badges = {group.id: group.id for group in hospital.priority}
    assert found(hospital, tmp_path, targets=targets, badges=badges)[0].warning is None


def test_a_level_without_a_code_is_named(hospital: Hospital, tmp_path: Path) -> None:
    [finding] = found(hospital, tmp_path, levels={"red": 1, "yellow": 3, "green": 4})
    assert finding.warning is not None
    assert "levels without a code: II;" in finding.warning.en


def test_an_address_that_is_open_to_all_is_warned_of(hospital: Hospital, tmp_path: Path) -> None:
    def warned(**changes: object) -> bool:
        warning = found(hospital, tmp_path, **changes)[0].warning
        return warning is not None and "open to the whole network" in warning.en

    assert warned(listen="0.0.0.0:0")
    assert not warned(listen="0.0.0.0:0", networks=["10.0.0.0/8"])
    assert not warned(listen="127.0.0.1:0")
    assert not warned(listen="localhost:0")


def test_a_port_in_use_is_told_unless_our_own_run_has_it(hospital: Hospital, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        [finding] = found(hospital, tmp_path, listen=listen)
        assert not finding.ok
        assert listen in finding.text.en
        with open_database(f"sqlite:///{tmp_path / 'n.db'}") as store, store.lock(*availability.LOCK) as lock:
            assert lock.acquire()
            [finding] = found(hospital, tmp_path, listen=listen)
    assert finding.ok
    assert "being served" in finding.text.en


def test_the_other_systems_listener_is_tried(hospital: Hospital, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as theirs:
        address = f"127.0.0.1:{theirs.getsockname()[1]}"
        _, reached = found(hospital, tmp_path, notices=Hl7Notices(to=address))
        assert reached.ok
    _, gone = found(hospital, tmp_path, notices=Hl7Notices(to=address))
    assert not gone.ok
    assert address in gone.text.en


def test_a_missing_library_is_named_with_what_to_install(
    hospital: Hospital, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(availability, "is_installed", lambda: False)
    [finding] = found(hospital, tmp_path)
    assert not finding.ok
    assert "nightdesk[hl7]" in finding.text.en


def test_without_the_table_nothing_is_said(hospital: Hospital, tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'n.db'}")
    settings.hospital = hospital.changed(hl7=None)
    assert list(hl7_findings(settings)) == []
