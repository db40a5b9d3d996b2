"""Whether there is a way back: backups that are made, and how old the newest is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from nightdesk_kiosk.background.backups import folder_of, is_due
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.diagnostics.finding import Finding
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text

NOBODY_MAKES = Text(
    zh='没有配置备份；写 [backup] to = "文件夹"，或定时运行 nightdesk database backup 文件夹。不要直接复制数据库文件',
    en='no backups are made; write [backup] to = "FOLDER", or run nightdesk database backup FOLDER now and then. A '
    "plain copy of the file is none",
)
NEWEST = Text(zh="最新备份 {path}", en="the newest backup is {path}")
NO_BACKUP = Text(zh="还没有备份；run 会马上做", en="there is no backup yet; run makes one at once")
TOO_OLD = Text(
    zh="最新备份 {path} 太旧(应每 {n} 分钟一个)；run 在运行吗？",
    en="the newest backup, {path}, is too old (one every {n} min is wanted); does run run?",
)
NOT_WRITABLE = Text(zh="备份文件夹 {folder} 写不进", en="the folder for backups, {folder}, cannot be written")


def backup_findings(settings: Settings) -> Iterator[Finding]:
    """Yield how old the newest backup is, or that nobody makes any."""
    table = settings.hospital.backup
    if table is None:
        yield Finding("backup", "backup", True, NOBODY_MAKES)
        return
    folder = folder_of(settings.hospital, table)
    if not os.access(_nearest(folder), os.W_OK):
        yield Finding("backup", "backup", False, NOT_WRITABLE.fill(folder=folder))
        return
    try:
        known = settings.database.backups(folder)
    except Fault:
        return
    if not known:
        yield Finding("backup", "backup", True, NO_BACKUP)
        return
    # one more round than wanted: the next one may be under way
    late = is_due(known, table.changed(every_minutes=2 * table.every_minutes), settings.now)
    words = TOO_OLD.fill(path=known[-1][1], n=table.every_minutes) if late else NEWEST.fill(path=known[-1][1])
    yield Finding("backup", "backup", not late, words)


def _nearest(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there: it is made at the first backup."""
    return next(one for one in (folder, *folder.absolute().parents) if one.exists())
