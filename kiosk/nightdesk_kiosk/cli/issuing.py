"""The command that gives a number; it loads nothing that only other steps need."""

from __future__ import annotations

import click

from nightdesk_kiosk import tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import Word, command, option
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_queue.commands import issuing
from nightdesk_queue.commands.issuing import Applicant
from nightdesk_queue.text.bilingual import LANGUAGES, Text


@command(cli, "issue", Text(zh="取一个号", en="take a number"))
@click.argument("clinic")
@option("--name", metavar="NAME", about=Text(zh="患者姓名", en="the patient's name"))
@option(
    "--priority",
    multiple=True,
    metavar="ID",
    about=Text(zh="优先类别(可多次)", en="priority group (repeatable)"),
)
@option("--level", type=click.IntRange(1, 4), about=Text(zh="分诊级别，1-4", en="triage level, 1-4"))
@option(
    "--key",
    type=Word(),
    metavar="K",
    about=Text(zh="同一 key 只给一个号", en="the same key twice gives the same ticket"),
)
@option("--kiosk", metavar="ID", about=Text(zh="从哪台自助机取号", en="the kiosk it is taken at"))
@option(
    "--extra", is_flag=True, about=Text(zh="加号：超出限号和末号", en="an extra number beyond quota and last ticket")
)
@option("--language", type=click.Choice(LANGUAGES), about=Text(zh="患者的语言", en="the patient's language"))
@settings_of
def issue(
    settings: Settings,
    clinic: str,
    name: str | None,
    priority: tuple[str, ...],
    level: int | None,
    key: str | None,
    kiosk: str | None,
    language: str | None,
    extra: bool,
) -> None:
    """Take a number."""
    who = Applicant(name, priority, level, key, kiosk, language, extra, paced=False)
    with settings.working(kiosk) as work:
        ticket, waits, _ = issuing.issue_and_tell(work, clinic, who)
    tables.show_ticket(settings, ticket, waits)
