"""Reports that leave by themselves at a set time: the day's, on Mondays the week's, on the first the month's.

What was delivered is an event, so that a restart delivers nothing twice; a file is written whole or not at all. A mail
that may or may not have arrived goes out again under the same Message-ID, by which the receiver knows it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import smtplib
import ssl
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from threading import Event

from nightdesk_kiosk.background.timers import TICK_SECONDS, Now, Task
from nightdesk_kiosk.logs import fact
from nightdesk_kiosk.reports.files import ReportFile, files_of
from nightdesk_kiosk.reports.sheets import span_of, title_of
from nightdesk_ports.backoff import Backoff
from nightdesk_queue.commands.reports import note_report_sent
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.service_tables import MailTable, ReportTable
from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.night_report import NightReport, Period, Span, night_report, period_of
from nightdesk_queue.queries.reports_sent import was_sent
from nightdesk_queue.store import Database, Tx
from nightdesk_queue.store.private_files import private_opener
from nightdesk_queue.text.bilingual import Text

SENDER = By.service("reports")
SMTP_SECONDS = 30.0
LOOKS_BACK = 7
"""Days whose report is made up for after an outage."""
SHORTEST_PAUSE, LONGEST_PAUSE = 30.0, 900.0
PASSWORD = "NIGHTDESK_SMTP_PASSWORD"  # noqa: S105 - the name of the variable it is read from
"""The environment variable with the password of the mail server: config.toml is no place for one."""
NOT_WRITTEN = Text(zh="报告写不进 {folder}：{e}", en="the report cannot be written into {folder}: {e}")
NOT_MAILED = Text(zh="报告发不出去({server})：{e}", en="the report cannot be mailed ({server}): {e}")


class ReportDelivery(Task):
    """Delivers what is due and was not delivered yet. `pauses`: seconds before a failed one is tried again."""

    lock = ("task", "reports")

    def __init__(
        self,
        hospital: Hospital,
        table: ReportTable,
        database: Database,
        clock: Now,
        stop: Event,
        tick_seconds: float = TICK_SECONDS,
        pauses: tuple[float, float] = (SHORTEST_PAUSE, LONGEST_PAUSE),
    ) -> None:
        super().__init__(hospital, database, clock, stop, tick_seconds)
        self._table = table
        self._backoff = Backoff(*pauses)
        self._next_at = 0.0
        self._delivered: set[Period] = set()
        """What has left in this process."""

    def tick(self) -> None:
        """Deliver what is due. Raises Fault when the database fails, or when a report cannot be delivered."""
        if time.monotonic() < self._next_at:
            return
        # whatever goes wrong, it is not tried again at once: a service that ends is started again in two seconds
        self._next_at = time.monotonic() + self._backoff.next_pause()
        with self.database.snapshot() as tx:
            due = unsent(tx, self._table, self.hospital, self.clock())
        for period in due:
            if period not in self._delivered:
                with self.database.snapshot() as tx:
                    report = night_report(tx, self.hospital, period, self.hospital.clinic, self.clock())
                self._deliver(report)
                # it has left; where that cannot be noted it does not leave again
                self._delivered.add(period)
            with working(self.database, self.hospital, self.clock(), SENDER) as work:
                note_report_sent(work, period)
            fact(logging.INFO, "report delivered", span=period.span, day=period.days[0].isoformat())
        self._backoff.reset()
        self._next_at = 0.0

    def _deliver(self, report: NightReport) -> None:
        try:
            files = files_of(report, self.hospital, self._table.formats)
        except Misuse as missing:
            raise Fault("report_not_made", missing.text) from missing
        if self._table.folder is not None:
            _write_all(self.hospital.folder / self._table.folder, files)
        if self._table.mail is not None:
            _mail(mail_of(report, self.hospital, self._table.mail, files, self.clock()), self._table.mail)


def unsent(tx: Tx, table: ReportTable, hospital: Hospital, now: datetime) -> list[Period]:
    """Return the periods whose report is due and was not delivered, the earliest first.

    Of days those since the last one delivered, a week at most; where none ever was, the newest.
    """
    today = _today(table, hospital, now)
    days = [period_of(Span.DAY, today - timedelta(days=back)) for back in range(1, LOOKS_BACK + 1)]
    known = next((place for place, period in enumerate(days) if was_sent(tx, SENDER.station, period)), None)
    found = days[:1] if known is None else days[:known]
    if table.weekly:
        found.append(period_of(Span.WEEK, _last(today, timedelta(days=today.weekday()))))
    if table.monthly:
        found.append(period_of(Span.MONTH, _last(today, timedelta(days=today.day - 1))))
    due = [period for period in found if not was_sent(tx, SENDER.station, period)]
    return sorted(due, key=lambda period: (period.days[-1], len(period.days)))


def _today(table: ReportTable, hospital: Hospital, now: datetime) -> date:
    """Return the day whose eve is the last that is over and due: it is when its service day has changed, too."""
    local = now.astimezone(hospital.zone)
    since = max(table.at, hospital.hospital.day_starts)
    return local.date() if local.time() >= since else local.date() - timedelta(days=1)


def _last(today: date, since_begin: timedelta) -> date:
    """Return the last day before the week or month that a day lies in."""
    return today - since_begin - timedelta(days=1)


def _write_all(folder: Path, files: Sequence[ReportFile]) -> None:
    """Write files for their owner's eyes alone, each whole or not at all. Raises Fault."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            unfinished = folder / f".{file.name}.part"
            with open(unfinished, "wb", opener=private_opener) as opened:
                opened.write(file.content)
                opened.flush()
                os.fsync(opened.fileno())
            unfinished.replace(folder / file.name)
    except OSError as error:
        raise Fault("report_not_written", NOT_WRITTEN.fill(folder=folder, e=error.strerror or error)) from error


def mail_of(
    report: NightReport, hospital: Hospital, table: MailTable, files: Sequence[ReportFile], now: datetime
) -> EmailMessage:
    """Return the mail of a report, in both languages, with its files."""
    title, span = title_of(report.period, hospital), span_of(report.period)
    name = f"{report.period.span}-{report.period.days[0].isoformat()}"
    mail = EmailMessage()
    mail["Subject"] = f"{title.zh} {span.zh} / {title.en}, {span.en}"
    mail["From"] = table.sender
    mail["To"] = ", ".join(table.to)
    mail["Date"] = format_datetime(now)
    # the same report has the same id, however often it goes out
    mail["Message-ID"] = f"<{hashlib.sha256(f'{title.zh} {name}'.encode()).hexdigest()[:24]}.{name}@nightdesk>"
    total = report.total.now
    body = Text(
        zh="取号 {issued}，就诊 {served}，过号 {missed}。", en="Issued {issued}, served {served}, missed {missed}."
    )
    said = body.fill(issued=total.issued, served=total.served, missed=total.missed)
    mail.set_content(f"{said.zh}\n{said.en}\n")
    for file in files:
        mail.add_attachment(file.content, maintype=file.kind[0], subtype=file.kind[1], filename=file.name)
    return mail


def _mail(mail: EmailMessage, table: MailTable) -> None:
    """Hand a mail to the server. Raises Fault."""
    host, _, port = table.server.rpartition(":")
    try:
        with _server(host, int(port), table) as server:
            if table.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if table.user is not None:
                server.login(table.user, os.environ.get(PASSWORD, ""))
            if refused := server.send_message(mail):
                # the others have it; it would reach them twice
                fact(logging.WARNING, "report refused for some", recipients=len(refused))
    except (OSError, smtplib.SMTPException) as error:
        raise Fault("report_not_mailed", NOT_MAILED.fill(server=table.server, e=error)) from error


def _server(host: str, port: int, table: MailTable) -> smtplib.SMTP:
    """Return a connection to the server. Its certificate is looked at: a password goes over this line."""
    if table.security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=SMTP_SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=SMTP_SECONDS)
