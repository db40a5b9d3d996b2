"""Reports in every format, from real nights; what leaves by itself is delivered once."""

from __future__ import annotations

import csv
import io
import json
import re
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from threading import Event, Thread

import pytest
from desk import Desk
from looking import look

from nightdesk_kiosk.background.report_delivery import ReportDelivery, unsent
from nightdesk_kiosk.reports.files import csv_text, files_of
from nightdesk_kiosk.reports.forms import form
from nightdesk_kiosk.reports.page import page_of
from nightdesk_kiosk.reports.paper import paper_of
from nightdesk_queue.commands.issuing import lapse_no_shows
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.config.service_tables import ReportTable
from nightdesk_queue.domain.devices import DeviceKind, DeviceState, DeviceStatus
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.night_report import NightReport, Span, night_report, period_of
from nightdesk_queue.store import Database, devices, events
from nightdesk_queue.text.bilingual import Text

ME = By("liu", "console:tcm-1")
LATER = datetime(2026, 4, 1, tzinfo=UTC)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


@pytest.fixture
def evenings(desk: Desk, evening: datetime) -> date:
    """Two evenings: Monday with three patients, Sunday before with one. Returns the Monday."""
    before = evening - timedelta(days=1)
    desk.issue("bone", now=before, by=ME)
    desk.issue("tcm-night", now=evening, by=ME, priority=["elderly"])
    desk.issue("tcm-night", now=evening + minutes(5), by=ME)
    desk.issue("er", now=evening + minutes(65), by=ME, level=3)
    desk.call("tcm-1", now=evening + minutes(10), by=ME)
    desk.start("N001", now=evening + minutes(12), by=ME)
    desk.finish("N001", now=evening + minutes(20), by=ME)
    desk.call("tcm-1", now=evening + minutes(100), by=ME)
    desk.start("N002", now=evening + minutes(101), by=ME)
    desk.transfer("E001", to="tcm-night", now=evening + minutes(70), by=ME)
    return evening.date()


@pytest.fixture
def report(desk: Desk, store: Database, evenings: date) -> NightReport:
    return night_report(look(store), desk.hospital, period_of(Span.DAY, evenings), desk.hospital.clinic, LATER)


def of(clinic: str, hospital: Hospital) -> list[Clinic]:
    return [hospital.clinics[clinic]]


class TestFigures:
    def test_each_patient_counts_where_they_were(self, report: NightReport) -> None:
        tcm, er = report.clinics["tcm-night"].now, report.clinics["er"].now
        assert (tcm.issued, tcm.served, tcm.transferred, tcm.waits, tcm.p50, tcm.p90, tcm.over) == (
            2,
            1,
            1,
            2,
            12,
            96,
            1,
        )
        assert (er.issued, er.served, er.waits) == (1, 0, 0)
        assert report.total.now.issued == 3
        assert (report.clinics["bone"].now.issued, report.clinics["bone"].before.issued) == (0, 1)

    def test_hours_levels_and_badges(self, report: NightReport) -> None:
        assert {hour: one.issued for hour, one in report.hours.items()} == {18: 2, 19: 1}
        assert {level: one.issued for level, one in report.levels.items()} == {3: 1, 4: 2}
        assert {group: one.issued for group, one in report.groups.items()} == {"elderly": 1}
        assert report.arrivals["tcm-night"] == {18: 2}

    def test_of_some_clinics_only_theirs(self, desk: Desk, store: Database, evenings: date) -> None:
        period = period_of(Span.DAY, evenings)
        found = night_report(look(store), desk.hospital, period, of("er", desk.hospital), LATER)
        assert (list(found.clinics), found.total.now.issued) == (["er"], 1)

    def test_a_number_that_was_taken_back_counts_nowhere(self, desk: Desk, store: Database, evening: datetime) -> None:
        desk.issue("tcm-night", now=evening, by=ME)
        desk.undo(now=evening, by=ME)
        found = night_report(
            look(store), desk.hospital, period_of(Span.DAY, evening.date()), desk.hospital.clinic, LATER
        )
        assert found.total.now.issued == 0

    def test_a_device_was_away_as_long_as_it_did_not_work(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        states = [(0, DeviceState.READY), (30, DeviceState.OFFLINE), (40, DeviceState.OFFLINE), (75, DeviceState.LOW)]
        for after, state in states:
            at = evening + minutes(after)
            with store.transaction() as tx:
                status = DeviceStatus(DeviceKind.PRINTER, "lobby", state, at, at, None)
                devices.note_change(tx, status, at)
                devices.save(tx, status)
        found = night_report(look(store), hospital, period_of(Span.DAY, evening.date()), hospital.clinic, LATER)
        assert [(one.id, one.times, one.minutes) for one in found.away] == [("lobby", 1, 45)]

    def test_a_device_that_is_away_still_is_away_until_now_and_no_longer(
        self, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        with store.transaction() as tx:
            status = DeviceStatus(DeviceKind.PRINTER, "lobby", DeviceState.OFFLINE, evening, None, None)
            devices.note_change(tx, status, evening)
        days = period_of(Span.DAY, evening.date())
        found = night_report(look(store), hospital, days, hospital.clinic, evening + minutes(10))
        assert [one.minutes for one in found.away] == [10]

    def test_who_was_expected_and_never_came_took_no_number(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        for name in ("lapses", "cancels", "comes"):
            desk.expect("tcm-night", now=evening, by=ME, name=name, slot_at=evening + minutes(10))
        desk.cancel("N002", now=evening, by=ME)
        desk.check_in("N003", now=evening + minutes(5), by=ME)
        desk.do(lapse_no_shows, evening + timedelta(hours=5), By.service("run"))
        found = night_report(look(store), hospital, period_of(Span.DAY, evening.date()), hospital.clinic, LATER)
        assert (found.total.now.issued, found.hours[18].issued) == (1, 1)

    def test_a_page_that_ends_because_the_patient_gives_up_was_not_answered(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        night = evening + timedelta(hours=8)
        for _ in range(2):
            desk.issue("bone", now=night, by=ME)
        desk.cancel("B001", now=night + minutes(40), by=ME)
        desk.acknowledge_pages(now=night + minutes(3), by=ME)
        found = night_report(look(store), hospital, period_of(Span.DAY, evening.date()), hospital.clinic, LATER).pages
        assert (found.paged, found.answered, found.p50) == (2, 1, 3)

    def test_pages_and_how_long_until_they_were_answered(
        self, desk: Desk, store: Database, hospital: Hospital, evening: datetime
    ) -> None:
        night = evening + timedelta(hours=8)
        for after in (0, 1):
            desk.issue("bone", now=night + minutes(after), by=ME)
        desk.call("bone-1", now=night + minutes(7), by=ME)
        days = period_of(Span.DAY, evening.date())
        found = night_report(look(store), hospital, days, hospital.clinic, LATER).pages
        assert (found.paged, found.answered, found.p50) == (2, 1, 7)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href") and tag not in ("use",)]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


class TestFormats:
    @pytest.mark.parametrize(("language", "title"), [("zh", "日报"), ("en", "daily report")])
    def test_the_page_is_one_file_without_script_or_other_addresses(
        self, report: NightReport, hospital: Hospital, language: str, title: str
    ) -> None:
        page = page_of(report, hospital, language)  # type: ignore[arg-type]
        read = _Words()
        read.feed(page)
        assert "script" not in read.tags
        assert [one for one in read.addresses if not one.startswith("#")] == []
        assert read.tags.count("svg") == 2
        text = " ".join(read.words)
        assert title in text
        assert hospital.clinic_name("tcm-night").of(language) in text  # type: ignore[arg-type]

    def test_a_name_in_the_configuration_is_no_markup_of_the_page(
        self, report: NightReport, hospital: Hospital
    ) -> None:
        wrong = hospital.hospital.changed(name=hospital.hospital.name.fill().__class__("<b>x", "<script>x"))
        page = page_of(report, hospital.changed(hospital=wrong), "en")
        assert "<script>" not in page
        assert "&lt;script&gt;x" in page

    def test_the_sheet_of_paper_is_one_page_with_a_title(self, report: NightReport, hospital: Hospital) -> None:
        sheet = paper_of(report, hospital, "zh")
        assert sheet.startswith(b"%PDF-")
        assert len(re.findall(rb"/Type /Page\b", sheet)) == 1
        assert "日报".encode("utf-16-be").hex().encode() in sheet.hex().encode() or b"/Title" in sheet

    def test_the_csv_has_every_sheet_and_the_json_the_same_numbers(
        self, report: NightReport, hospital: Hospital
    ) -> None:
        rows = list(csv.reader(io.StringIO(csv_text(report, hospital, "en"))))
        titles = [row[0] for row in rows if len(row) == 1]
        assert titles[:3] == ["By clinic (in brackets: the day before)", "By hour of arrival", "By triage level"]
        total = next(row for row in rows if row and row[0] == "All")
        read = json.loads(json.dumps(form(report)))
        assert total[1] == f"{read['total']['now']['issued']} ({read['total']['before']['issued']})" == "3 (1)"
        assert read["levels"]["III"]["issued"] == 1

    def test_the_same_report_is_the_same_page_twice(self, report: NightReport, hospital: Hospital) -> None:
        assert page_of(report, hospital, "en") == page_of(report, hospital, "en")

    def test_files_are_named_by_span_day_and_language(self, report: NightReport, hospital: Hospital) -> None:
        names = [one.name for one in files_of(report, hospital, ["csv", "json"])]
        assert names == [
            "nightdesk-day-2026-03-02-zh.csv", "nightdesk-day-2026-03-02-en.csv", "nightdesk-day-2026-03-02.json",
        ]  # fmt: skip


class MailServer:
    """A mail server that takes one mail after the other; it refuses the first `refuses` of them."""

    def __init__(self, refuses: int = 0) -> None:
        self.mails: list[bytes] = []
        self._refuses = refuses
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as line:
                self._talk(line)

    def _talk(self, line: object) -> None:
        def say(words: str) -> None:
            line.write(f"{words}\r\n".encode())  # type: ignore[attr-defined]
            line.flush()  # type: ignore[attr-defined]

        say("220 test")
        while said := line.readline():  # type: ignore[attr-defined]
            verb = said[:4].upper()
            if verb == b"DATA":
                if self._refuses:
                    self._refuses -= 1
                    say("451 not now")
                    continue
                say("354 go on")
                mail = b""
                while (part := line.readline()) != b".\r\n":  # type: ignore[attr-defined]
                    mail += part.removeprefix(b".") if part.startswith(b"..") else part
                self.mails.append(mail)
            elif verb == b"QUIT":
                say("221 bye")
                return
            say("250 fine")


@pytest.fixture
def server() -> Iterator[MailServer]:
    opened = MailServer()
    yield opened
    opened.close()


def delivery(hospital: Hospital, store: Database, at: datetime, **table: object) -> ReportDelivery:
    wanted = ReportTable.read({"weekly": False, "monthly": False, **table})
    return ReportDelivery(hospital, wanted, store, lambda: at, Event(), 0.01, (0.01, 0.01))


class TestDelivery:
    def test_a_report_is_written_once_however_often_the_service_starts(
        self, store: Database, hospital: Hospital, evenings: date, evening: datetime, tmp_path: Path
    ) -> None:
        morning = evening + timedelta(hours=15)
        here = hospital.changed(folder=tmp_path)
        for _ in range(3):
            delivery(here, store, morning, folder="reports", formats=["csv"]).tick()
        names = sorted(one.name for one in (tmp_path / "reports").iterdir())
        assert names == ["nightdesk-day-2026-03-02-en.csv", "nightdesk-day-2026-03-02-zh.csv"]
        assert oct((tmp_path / "reports" / names[0]).stat().st_mode)[-3:] == "600"
        sent = [one for one in events.after(look(store), 0) if one.kind is EventKind.REPORT_SENT]
        assert len(sent) == 1

    def test_a_mail_has_both_languages_and_the_files(
        self, store: Database, hospital: Hospital, evenings: date, evening: datetime, server: MailServer
    ) -> None:
        mail = {"to": ["office@hospital.example"], "sender": "desk@hospital.example", "server": server.address}
        morning = evening + timedelta(hours=15)
        delivery(hospital, store, morning, formats=["html"], mail={**mail, "security": "none"}).tick()
        read = message_from_bytes(server.mails[0], policy=default)
        assert "日报" in read["Subject"]
        assert "daily report" in read["Subject"]
        names = [part.get_filename() for part in read.iter_attachments()]  # type: ignore[attr-defined]
        assert names == ["nightdesk-day-2026-03-02-zh.html", "nightdesk-day-2026-03-02-en.html"]

    def test_a_mail_that_was_refused_goes_out_again_under_the_same_id(
        self, store: Database, hospital: Hospital, evenings: date, evening: datetime
    ) -> None:
        server = MailServer(refuses=1)
        mail = {"to": ["a@b.example"], "sender": "c@d.example", "server": server.address, "security": "none"}
        sender = delivery(hospital, store, evening + timedelta(hours=15), formats=["json"], mail=mail)
        with pytest.raises(Fault) as fault:
            sender.tick()
        assert fault.value.code == "report_not_mailed"
        sender._next_at = 0.0
        sender.tick()
        sender.tick()
        server.close()
        assert len(server.mails) == 1
        assert message_from_bytes(server.mails[0])["Message-ID"].endswith("day-2026-03-02@nightdesk>")

    def test_a_folder_that_cannot_be_written_is_a_fault_in_words_and_nothing_is_noted(
        self, store: Database, hospital: Hospital, evenings: date, evening: datetime, tmp_path: Path
    ) -> None:
        (tmp_path / "reports").write_text("no folder")
        here = hospital.changed(folder=tmp_path)
        with pytest.raises(Fault) as fault:
            delivery(here, store, evening + timedelta(hours=15), folder="reports", formats=["json"]).tick()
        assert fault.value.code == "report_not_written"
        assert not [one for one in events.after(look(store), 0) if one.kind is EventKind.REPORT_SENT]

    @pytest.mark.parametrize(
        ("at", "wanted"),
        [
            ("2026-03-02 08:29", ["month 2026-02-01", "day 2026-02-28", "week 2026-02-16"]),
            ("2026-03-02 08:30", ["month 2026-02-01", "day 2026-03-01", "week 2026-02-23"]),
            ("2026-03-04 12:00", ["month 2026-02-01", "week 2026-02-23", "day 2026-03-03"]),
        ],
    )
    def test_what_is_due_is_what_ended_before_the_last_time_of_delivery(
        self, store: Database, hospital: Hospital, at: str, wanted: list[str]
    ) -> None:
        now = datetime.fromisoformat(at).replace(tzinfo=hospital.zone)
        found = unsent(look(store), ReportTable.read({"folder": "reports"}), hospital, now)
        assert sorted(f"{one.span} {one.days[0].isoformat()}" for one in found) == sorted(wanted)

    def test_a_day_is_over_when_its_service_day_is_however_early_its_report_is_wanted(
        self, store: Database, hospital: Hospital
    ) -> None:
        table = ReportTable.read({"folder": "reports", "at": "06:00", "weekly": False, "monthly": False})
        early = datetime(2026, 3, 4, 7, 59, tzinfo=hospital.zone)
        days = [unsent(look(store), table, hospital, early + minutes(n))[0].days[0] for n in (0, 1)]
        assert days == [date(2026, 3, 2), date(2026, 3, 3)]

    def test_days_that_were_missed_are_made_up_for_once_delivering_has_begun(
        self, store: Database, hospital: Hospital, tmp_path: Path
    ) -> None:
        here = hospital.changed(folder=tmp_path)
        first = datetime(2026, 3, 4, 9, 0, tzinfo=hospital.zone)
        for at in (first, first + timedelta(days=3), first + timedelta(days=20)):
            delivery(here, store, at, folder="reports", formats=["json"]).tick()
        days = sorted(one.name[14:24] for one in (tmp_path / "reports").iterdir())
        assert days == [f"2026-03-{day:02d}" for day in (3, 4, 5, 6, *range(23, 24))]

    def test_a_mail_whose_delivery_cannot_be_noted_does_not_go_out_again(
        self, store: Database, hospital: Hospital, evenings: date, evening: datetime, server: MailServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        mail = {"to": ["a@b.example"], "sender": "c@d.example", "server": server.address, "security": "none"}
        sender = delivery(hospital, store, evening + timedelta(hours=15), formats=["json"], mail=mail)
        full = Fault("disk_full", Text(zh="满", en="full"))

        def fails(*_: object) -> int:
            raise full

        with monkeypatch.context() as broken:
            broken.setattr("nightdesk_kiosk.background.report_delivery.note_report_sent", fails)
            for _ in range(3):
                sender._next_at = 0.0
                with pytest.raises(Fault):
                    sender.tick()
        assert sender._next_at > 0, "it is not tried again at once"
        sender._next_at = 0.0
        sender.tick()
        assert len(server.mails) == 1
        assert [one.kind for one in events.after(look(store), 0)][-1] is EventKind.REPORT_SENT
