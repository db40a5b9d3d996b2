"""Tables of config.toml about the program itself: the log, reports, consoles."""

from __future__ import annotations

from dataclasses import field
from datetime import time
from typing import Annotated, Literal, TypeAlias

from nightdesk_queue.config.fields import ClockTime, wrong
from nightdesk_queue.config.table import Limits, Table
from nightdesk_queue.text.bilingual import Text


class LogTable(Table):
    """The `[log]` table: where facts for those who look after the machine are written, and from which level on.

    `file` starts at the configuration's folder; without it lines go to standard error. A file that has reached `size`
    bytes is renewed, and `count` old ones are kept (0: none, and the file grows).
    """

    file: Annotated[str, Limits(min_length=1)] | None = None
    level: Literal["debug", "info", "warning", "error"] = "info"
    size: Annotated[int, Limits(ge=1000, le=1_000_000_000)] = 5_000_000
    count: Annotated[int, Limits(ge=0, le=100)] = 5


class RetentionTable(Table):
    """The `[retention]` table: how long it is kept who a patient was. `at`: when it is looked for, in a quiet hour.

    `months`: after so many, tickets, events and slips leave the database (never, where it is not named): for a file a
    year in the folder `to`, from the configuration's on; for good where no folder is named.
    """

    names_days: Annotated[int, Limits(ge=1, le=3650)] = 30
    months: Annotated[int, Limits(ge=1, le=1200)] | None = None
    to: Annotated[str, Limits(min_length=1, max_length=500)] | None = None
    at: ClockTime = time(4)


class BackupTable(Table):
    """The `[backup]` table: backups that `nightdesk run` makes. `to`: a folder, from the configuration's on.

    `portable`: of a server, a file that any database can be filled from, also where `pg_dump` is installed.
    """

    to: Annotated[str, Limits(min_length=1, max_length=500)]
    every_minutes: Annotated[int, Limits(ge=1, le=7 * 24 * 60)] = 60
    keep: Annotated[int, Limits(ge=1, le=10_000)] = 48
    portable: bool = False


ReportFormat: TypeAlias = Literal["pdf", "html", "csv", "json"]
MailAddress = Annotated[str, Limits(pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+$", max_length=200)]


class MailTable(Table):
    """`[report.mail]`: to whom reports are mailed, and by which server.

    `security`: how the line to the server is guarded. The password of `user` is read from NIGHTDESK_SMTP_PASSWORD.
    """

    to: Annotated[list[MailAddress], Limits(min_length=1, max_length=50)]
    sender: MailAddress
    server: Annotated[str, Limits(pattern=r"^[^\s:]+:\d{1,5}$")]
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: Annotated[str, Limits(min_length=1, max_length=200)] | None = None


class ReportTable(Table):
    """The `[report]` table: reports that leave by themselves every day at a time. `folder` starts at the file's folder.

    The day's report is that of the evening before, and leaves when its service day is over; on Mondays the week's comes
    with it, on the first the month's.
    """

    at: ClockTime = time(8, 30)
    folder: Annotated[str, Limits(min_length=1)] | None = None
    formats: Annotated[list[ReportFormat], Limits(min_length=1)] = field(default_factory=lambda: ["pdf"])
    weekly: bool = True
    monthly: bool = True
    mail: MailTable | None = None

    def __post_init__(self) -> None:
        """Raise where a report would go nowhere."""
        if self.folder is None and self.mail is None:
            raise wrong(
                Text(zh="报告没有去处", en="the report goes nowhere"),
                Text(zh='写 folder = "reports"，或 [report.mail]', en='write folder = "reports", or [report.mail]'),
            )


class ConsoleTable(Table):
    """The `[console]` table. `lock_minutes`: where staff sign in, a console that is left for so long is locked.

    `sounds`: whether it rings for transfers, pages and alarms. `next_finishes_called`: whether *next* also finishes who
    was called and not started, as where doctors press nothing when a patient comes in; who did not come is missed by a
    key of their own.
    """

    lock_minutes: Annotated[int, Limits(ge=1, le=720)] = 10
    sounds: bool = True
    next_finishes_called: bool = False
