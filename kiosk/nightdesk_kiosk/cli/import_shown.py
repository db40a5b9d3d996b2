"""What an import of bookings tells: with `--json` every row, else the rows that changed anything or were refused."""

from __future__ import annotations

from collections import Counter

import click

from nightdesk_kiosk import json_output, tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands.booking_import import Change, Taken
from nightdesk_queue.rules.booking_files import HEADINGS
from nightdesk_queue.text.bilingual import Text, joined, same

MOST_SHOWN = 500
"""Rows of the table that people are shown."""
LINE = Text(zh="行", en="Line")
RESULT = Text(zh="结果", en="Result")
GONE = Text(zh="(文件里没有)", en="(not in the file)")
RESULTS: dict[Change, Text] = {
    Change.NEW: Text(zh="已登记", en="taken"),
    Change.KNOWN: Text(zh="已有", en="known"),
    Change.CHANGED: Text(zh="已更改：{what}", en="changed: {what}"),
    Change.MOVED: Text(zh="已改期：{what}", en="moved: {what}"),
    Change.CANCELLED: Text(zh="已取消", en="cancelled"),
    Change.NEVER_TAKEN: Text(zh="对方已取消，未登记", en="cancelled there, never taken"),
}
SUMMARY = Text(
    zh="{new} 个新预约，{known} 个已有，{bad} 行有误", en="{new} taken, {known} known before, {bad} rows with faults"
)
CHANGES = Text(
    zh="其中 {changed} 个更改，{moved} 个改期，{cancelled} 个取消",
    en="{changed} changed, {moved} moved, {cancelled} cancelled",
)
MORE = Text(zh="还有 {n} 行未列出", en="{n} more rows are not listed")
WOULD = Text(zh="以上只是预演，没有写入任何内容", en="this was a rehearsal, nothing was written")


class ImportShown:
    """Counts the rows, and shows them while they come (JSON) or at the end (a table)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._rows: list[tuple[str, str, str]] = []
        self.counts: Counter[str] = Counter()

    def note(self, taken: Taken) -> None:
        """Take note of what became of one row."""
        if taken.refusal is not None:
            self.counts["bad"] += 1
        else:
            self.counts[taken.change] += 1
            self.counts["known_before"] += taken.known
        if self._settings.json:
            tables.emit(_form(self._settings, taken))
            return
        if taken.refusal is None and taken.change is Change.KNOWN and taken.warning is None:
            return
        self.counts["shown"] += 1
        if len(self._rows) < MOST_SHOWN:
            line = say(GONE) if taken.line is None else str(taken.line)
            self._rows.append((line, taken.ticket.number if taken.ticket else "", say(result(taken))))

    def end(self, *, dry_run: bool) -> None:
        """Show the rest."""
        counts = self.counts
        if self._settings.json:
            form: json_output.JsonObject = {
                "taken": counts[Change.NEW],
                "known": counts["known_before"],
                "bad": counts["bad"],
                "changed": counts[Change.CHANGED],
                "moved": counts[Change.MOVED],
                "cancelled": counts[Change.CANCELLED],
                "dry_run": dry_run,
            }
            tables.emit(form)
            return
        if self._rows:
            tables.show_rows([LINE, tables.NUMBER, RESULT], self._rows, same(""))
        if counts["shown"] > len(self._rows):
            click.echo(say(MORE.fill(n=counts["shown"] - len(self._rows))))
        told = SUMMARY.fill(new=counts[Change.NEW], known=counts["known_before"], bad=counts["bad"])
        if counts[Change.CHANGED] or counts[Change.MOVED] or counts[Change.CANCELLED]:
            changes = CHANGES.fill(
                changed=counts[Change.CHANGED], moved=counts[Change.MOVED], cancelled=counts[Change.CANCELLED]
            )
            told = joined([told, changes], "；", "; ")
        click.echo(say(told))
        if dry_run:
            click.echo(say(WOULD))


def result(taken: Taken) -> Text:
    """Return what became of a row in words."""
    if taken.refusal is not None:
        return taken.refusal.text
    told = RESULTS[taken.change].fill(what=joined([HEADINGS[name] for name in taken.changed]))
    return joined([told, taken.warning], "；", "; ") if taken.warning else told


def _form(settings: Settings, taken: Taken) -> json_output.JsonObject:
    ticket = json_output.ticket(taken.ticket, None, settings.hospital.zone) if taken.ticket else None
    error: json_output.JsonObject | None = None
    if taken.refusal:
        error = {"code": taken.refusal.code, "message": say(taken.refusal.text)}
    return {
        "line": taken.line,
        "ticket": ticket,
        "known": taken.known,
        "error": error,
        "change": None if taken.refusal else taken.change,
        "changed": list(taken.changed),
        "warning": say(taken.warning) if taken.warning else None,
    }
