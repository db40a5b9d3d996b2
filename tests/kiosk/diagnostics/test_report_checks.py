"""`check` tells of reports before the first morning without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightdesk_kiosk.diagnostics import report_checks
from nightdesk_kiosk.diagnostics.report_checks import report_findings
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.service_tables import ReportTable

MAIL = {"to": ["a@b.example"], "sender": "c@d.example", "server": "mail.example:587", "user": "desk"}


def said(hospital: Hospital, here: Path, **table: object) -> list[tuple[bool, str]]:
    wanted = hospital.changed(folder=here, report=ReportTable.read(table))
    return [(one.ok, one.text.en) for one in report_findings(wanted)]


def test_where_no_report_is_wanted_nothing_is_said(hospital: Hospital) -> None:
    assert list(report_findings(hospital)) == []


def test_a_report_that_can_leave_says_when(hospital: Hospital, tmp_path: Path) -> None:
    assert said(hospital, tmp_path, folder="deep/reports") == [(True, "leaves every day at 08:30")]


def test_what_stands_in_its_way_is_told(hospital: Hospital, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIGHTDESK_SMTP_PASSWORD", raising=False)
    monkeypatch.setattr(report_checks, "find_spec", lambda _: None)
    monkeypatch.setattr(report_checks.os, "access", lambda *_: False)
    found = said(hospital, tmp_path, folder="reports", mail=MAIL)
    assert [ok for ok, _ in found] == [False, False, False]
    assert "nightdesk[reports]" in found[0][1]
    assert "cannot be written" in found[1][1]
    assert "NIGHTDESK_SMTP_PASSWORD" in found[2][1]


def test_a_table_needs_no_library_for_what_is_not_drawn(
    hospital: Hospital, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_checks, "find_spec", lambda _: None)
    assert said(hospital, tmp_path, folder="reports", formats=["csv"])[0][0]
