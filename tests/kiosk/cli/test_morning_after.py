"""What is asked the morning after: a ticket's story, a report that adds up, a table for Excel, health."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from commandline import Nightdesk

from nightdesk_queue.commands.device_status import DeviceReporter, Found
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceKind, DeviceState
from nightdesk_queue.queries.health import SERVICES
from nightdesk_queue.store import open_database


def told(nightdesk: Nightdesk, ticket: str, language: str = "en") -> str:
    return nightdesk("explain", ticket, "--lang", language).out


def test_a_story_says_why_somebody_was_called_before_somebody_else(nightdesk: Nightdesk) -> None:
    for minute, more in ((0, []), (1, []), (2, ["--priority", "elderly"])):
        nightdesk("issue", "tcm-night", *more, now=f"2026-03-02T18:0{minute}")
    nightdesk("call", "N003", "--room", "tcm-1", now="2026-03-02T18:05")
    nightdesk("call", "--room", "tcm-2", now="2026-03-02T18:06")
    assert "called before N001, who had come earlier: chosen by staff" in told(nightdesk, "N003")
    assert "N003 came later and was called before this patient: chosen by staff" in told(nightdesk, "N001")
    assert "N003 取号更晚，却先被叫：医护选呼" in told(nightdesk, "N001", "zh")


def test_a_story_says_what_stood_in_the_way_of_a_slip(nightdesk: Nightdesk, hospital: Hospital, tmp_path: Path) -> None:
    now = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    with open_database(f"sqlite:///{tmp_path}/n.db") as store:
        reporter = DeviceReporter(DeviceKind.PRINTER, "lobby", store, hospital)
        reporter.report(Found(DeviceState.STOPPED, cause="paper_out"), now)
        nightdesk("issue", "bone", now="2026-03-02T18:00")
        reporter.report(Found(DeviceState.READY, ok=True), now.replace(minute=1))
    story = told(nightdesk, "B001")
    assert "printer lobby: " in story
    assert story.index("printer lobby") < story.index("is given to printer lobby")
    history = nightdesk("--json", "device", "history", "lobby").lines
    assert [(one["state"], one["cause"]) for one in history] == [("stopped", "paper_out"), ("ready", None)]


def test_a_story_tells_of_a_page_nobody_answered(nightdesk: Nightdesk) -> None:
    nightdesk("issue", "bone", now="2026-03-03T03:00")
    assert "nobody has answered the page" in told(nightdesk, "B001")
    nightdesk("page", "ack", "--actor", "li", now="2026-03-03T03:04")
    assert "the page was answered: li" in told(nightdesk, "B001")


def test_what_became_of_the_issued_numbers_adds_up(nightdesk: Nightdesk) -> None:
    for _ in range(7):
        nightdesk("issue", "tcm-night")
    nightdesk("issue", "tcm-night", "--actor", "x")
    nightdesk("undo", "--actor", "x")
    nightdesk("cancel", "N001")
    nightdesk("transfer", "N002", "--to", "bone")
    for number, room in (("N003", "tcm-1"), ("N004", "tcm-2")):
        nightdesk("call", number, "--room", room)
    nightdesk("start", "N003")
    nightdesk("finish", "N003", now="2026-03-02T18:45")
    nightdesk("miss", "N004", "--at-once")
    by_clinic = {line["clinic"]: line for line in nightdesk("--json", "report").lines}
    (day,) = by_clinic["tcm-night"]["by_day"]
    parts = {"served": 1, "moved_out": 1, "missed": 1, "cancelled": 1, "lapsed": 0, "taken_back": 1, "waiting": 3}
    assert {name: day[name] for name in parts} == parts
    assert day["issued"] == sum(parts.values()) == by_clinic["tcm-night"]["issued"]


def test_a_report_of_several_days_has_a_row_a_day_and_a_csv_for_excel(nightdesk: Nightdesk, tmp_path: Path) -> None:
    nightdesk("issue", "bone")
    nightdesk("issue", "bone", now="2026-03-03T18:00")
    days = nightdesk("--json", "report", "--days", "2", now="2026-03-03T19:00").lines[1]["by_day"]
    assert [(one["day"], one["issued"]) for one in days] == [("2026-03-02", 1), ("2026-03-03", 1)]
    file = tmp_path / "r.csv"
    nightdesk("report", "--days", "2", "--csv", str(file), now="2026-03-03T19:00")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) == 1 + 2 * 5


@pytest.mark.parametrize(("names", "shown"), [([], False), (["--names"], True)])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_has_names_only_where_they_are_asked_for(
    nightdesk: Nightdesk, tmp_path: Path, kind: str, names: list[str], shown: bool
) -> None:
    nightdesk("issue", "bone", "--name", "=1+1")
    file = tmp_path / f"out.{kind}"
    assert nightdesk("export", str(file), "--from", "2026-03-01", "--to", "2026-03-02", *names).status == 0
    assert file.stat().st_mode & 0o077 == 0
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    else:
        rows = [[str(cell) for cell in row] for row in openpyxl.load_workbook(file).active.iter_rows(values_only=True)]
    assert rows[1][:2] == ["2026-03-02", "B001"]
    assert ("'=1+1" in rows[1]) is shown, "and no spreadsheet takes it for a formula"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--from", "soon"],
        ["--from", "2026-03-02", "--to", "2026-03-01"],
        ["--from", "2024-01-01", "--to", "2026-03-01"],
    ],
)
def test_a_span_that_is_none_is_a_misuse(nightdesk: Nightdesk, tmp_path: Path, arguments: list[str]) -> None:
    assert nightdesk("export", str(tmp_path / "x.csv"), *arguments).status == 2


def test_events_are_filtered_by_ticket_kind_and_time(nightdesk: Nightdesk) -> None:
    nightdesk("issue", "bone", now="2026-03-02T18:00")
    nightdesk("issue", "bone", now="2026-03-02T18:10")
    nightdesk("cancel", "B001", now="2026-03-02T18:20")

    def found(*arguments: str) -> list[tuple[str, str]]:
        return [(one["number"], one["kind"]) for one in nightdesk("--json", "events", *arguments).lines]

    assert found("--ticket", "B001") == [("B001", "issue"), ("B001", "cancel")]
    assert found("--kind", "issue") == [("B001", "issue"), ("B002", "issue")]
    assert found("--since", "2026-03-02T18:10", "--until", "2026-03-02T18:15") == [("B002", "issue")]
    assert [one["number"] for one in nightdesk("--json", "print", "jobs", "--ticket", "B002").lines] == ["B002"]
    assert len(nightdesk("--json", "print", "jobs", "--since", "2026-03-02T18:05").lines) == 1


class TestHealth:
    def test_without_services_it_is_critical(self, nightdesk: Nightdesk) -> None:
        result = nightdesk("health")
        assert (result.status, "CRITICAL" in result.out, "waiting=0" in result.out) == (2, True, True)
        assert nightdesk("health", "--lang", "zh").out.startswith("严重")

    def test_a_kiosk_without_a_printer_is_critical_and_told(self, nightdesk: Nightdesk, tmp_path: Path) -> None:
        nightdesk("issue", "bone", now="2026-03-02T18:00")
        with open_database(f"sqlite:///{tmp_path}/n.db") as store, store.lock(*SERVICES) as lock:
            assert lock.acquire()
            found = nightdesk("--json", "health")
        assert (found.status, found.json["health"]) == (2, "critical")
        assert found.json["figures"]["waiting"] == 1
        assert found.json["figures"]["longest_wait_minutes"] == 30

    def test_what_cannot_be_found_out_is_unknown(self, nightdesk: Nightdesk, tmp_path: Path) -> None:
        (tmp_path / "n.db").write_text("no database, " * 50)
        found = nightdesk("health")
        assert (found.status, found.out.startswith("UNKNOWN")) == (3, True)
