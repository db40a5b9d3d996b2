"""The commands about devices: the call screens, and `check`, which tries everything. The spool has its own module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nightdesk_kiosk import json_output, tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import NightGroup, command
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.device_wording import cause_text, state_text
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands.clinic_operations import test_display
from nightdesk_queue.domain.errors import Fault, NightdeskError
from nightdesk_queue.domain.events import JsonValue
from nightdesk_queue.queries.device_health import display_health
from nightdesk_queue.queries.health import NOT_RUNNING, SERVICES, Concern, Grade, Health
from nightdesk_queue.queries.health import health as nightdesk_health
from nightdesk_queue.text.bilingual import Text, joined, same

if TYPE_CHECKING:
    from nightdesk_kiosk.diagnostics.finding import Finding

displays = NightGroup("display", about=Text(zh="叫号屏", en="the call screens"))
cli.add_command(displays)

TESTING = Text(
    zh="{id} 显示测试画面 15 秒(需要 nightdesk run)", en="{id} shows its test picture for 15 s (by nightdesk run)"
)


@command(displays, "status", Text(zh="各叫号屏的状态", en="the state of every call screen"))
@settings_of
def status(settings: Settings) -> int:
    """List the call screens; the exit status says whether all of them work."""
    hospital = settings.hospital
    with settings.looking() as tx:
        found = display_health(tx, hospital)
    rows = []
    for display, health in zip(hospital.display, found, strict=True):
        if settings.json:
            tables.emit(json_output.display(display.protocol, health, hospital.zone))
            continue
        since = f"{health.since.astimezone(hospital.zone):%m-%d %H:%M:%S}" if health.since else ""
        rows.append((display.id, display.protocol, say(state_text(health.state)), since, say(cause_text(health.cause))))
    if not settings.json:
        tables.show_rows(
            [
                same("ID"),
                Text(zh="协议", en="Protocol"),
                tables.STATE,
                Text(zh="自", en="Since"),
                Text(zh="原因", en="Cause"),
            ],
            rows,
            Text(zh="没有配置叫号屏", en="no call screens are configured"),
        )
    return 0 if all(health.works for health in found) else Fault.exit_status


@command(displays, "test", Text(zh="测试一块屏：全亮、中文、颜色", en="test a screen: all segments, Chinese, colours"))
@click.argument("display")
@settings_of
def test(settings: Settings, display: str) -> None:
    """Have a call screen show its test picture for a quarter of a minute."""
    with settings.working() as work:
        test_display(work, display)
    if settings.json:
        tables.emit({"display": display, "testing": True})
    else:
        click.echo(say(TESTING.fill(id=display)))


@command(cli, "check", Text(zh="检查配置并试连每台设备", en="validate the configuration and try every device"))
@settings_of
def check(settings: Settings) -> int:
    """Validate the configuration, open the database and try every device."""
    # imported here: trying devices needs their libraries, other commands do not
    from nightdesk_kiosk.diagnostics.checks import findings  # noqa: PLC0415

    found = findings(settings)
    if settings.json:
        for finding in found:
            form: json_output.JsonObject = {
                "kind": finding.kind,
                "id": finding.id,
                "ok": finding.ok,
                "message": say(finding.text),
                "warning": say(finding.warning) if finding.warning else None,
            }
            tables.emit(form)
    else:
        tables.show_rows(
            [Text(zh="类别", en="Kind"), same("ID"), same(""), Text(zh="结果", en="Found")],
            [(finding.kind, finding.id, mark(finding), said(finding)) for finding in found],
            same(""),
        )
    served = _is_served(settings)
    if not served and not settings.json:
        click.echo(say(NOT_RUNNING), err=True)
    return 0 if served and all(finding.ok for finding in found) else Fault.exit_status


def _is_served(settings: Settings) -> bool:
    """Whether a running `nightdesk run` serves the devices."""
    try:
        with settings.looking() as tx:
            return tx.is_served(*SERVICES)
    except Fault:
        return False


def said(finding: Finding) -> str:
    """Return what was found in words, with its warning."""
    return say(joined([finding.text, finding.warning], "；", "; ") if finding.warning else finding.text)


def mark(finding: Finding) -> str:
    """Return the sign before what was found: fine, fine with a warning, or not fine."""
    if not finding.ok:
        return "✗"
    return "!" if finding.warning else "✓"


HEALTH_WORDS = {
    Grade.OK: Text(zh="正常", en="OK"),
    Grade.WARNING: Text(zh="警告", en="WARNING"),
    Grade.CRITICAL: Text(zh="严重", en="CRITICAL"),
    Grade.UNKNOWN: Text(zh="未知", en="UNKNOWN"),
}
ALL_WELL = Text(zh="一切正常", en="all is well")


@command(cli, "health", Text(zh="供监控程序：一行结论和数字", en="for monitoring: one line, figures, an exit status"))
@settings_of
def health(settings: Settings) -> int:
    """Say in one line how the night is; what cannot be found out is unknown."""
    try:
        with settings.looking() as tx:
            found = nightdesk_health(tx, settings.hospital, settings.now)
    except NightdeskError as error:
        found = Health((Concern(Grade.UNKNOWN, error.text),), {})
    concerns = [one.text for one in found.concerns] or [ALL_WELL]
    if settings.json:
        told: list[JsonValue] = [{"grade": one.grade.name.lower(), "text": say(one.text)} for one in found.concerns]
        tables.emit({"health": found.grade.name.lower(), "concerns": told, "figures": {**found.figures}})
    else:
        figures = " ".join(f"{name}={value}" for name, value in found.figures.items())
        click.echo(f"{say(HEALTH_WORDS[found.grade])} - {say(joined(concerns, '；', '; '))} | {figures}")
    return int(found.grade)
