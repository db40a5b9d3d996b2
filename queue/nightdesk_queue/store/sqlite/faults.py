"""SQLite's own errors as faults with words and a fix."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text

LITTLE_SPACE = 64 * 1024
"""Bytes free on a disk below which a failed write means that it is full."""

_CAUSES: dict[int, tuple[str, Text]] = {
    sqlite3.SQLITE_BUSY: (
        "database_busy",
        Text(
            zh="数据库 {path} 一直被占用；请再试，若仍不行，看看哪个程序锁住了它",
            en="database {path} stays locked; try again, and if it goes on, see which program holds it",
        ),
    ),
    sqlite3.SQLITE_READONLY: (
        "database_readonly",
        Text(
            zh="数据库 {path} 只读；请给运行 nightdesk 的用户写权限(文件和所在文件夹)",
            en="database {path} is read-only; let the user who runs nightdesk write to the file and its folder",
        ),
    ),
    sqlite3.SQLITE_FULL: (
        "disk_full",
        Text(
            zh="磁盘已满，数据库 {path} 写不进去；请腾出空间，没有任何内容写了一半",
            en="the disk is full, database {path} cannot grow; free some space, nothing was half-written",
        ),
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "database_unreachable",
        Text(
            zh="打不开数据库 {path}；检查文件夹是否存在、是否可写",
            en="database {path} cannot be opened; see that its folder exists and can be written",
        ),
    ),
    sqlite3.SQLITE_NOTADB: (
        "database_foreign",
        Text(zh="{path} 不是数据库；请换一个文件", en="{path} is not a database; name another file"),
    ),
    sqlite3.SQLITE_CORRUPT: (
        "database_damaged",
        Text(
            zh="数据库 {path} 已损坏；请停止写入并从备份恢复",
            en="database {path} is damaged; stop and restore a backup",
        ),
    ),
}
_CAUSES[sqlite3.SQLITE_IOERR] = (
    "database_io",
    Text(
        zh="数据库 {path} 读写失败：{error}；检查磁盘、配额和文件大小限制，没有任何内容写了一半",
        en="database {path} cannot be read or written: {error}; check the disk, quotas and limits on file size, "
        "nothing was half-written",
    ),
)
NO_WAL = Text(
    zh="数据库 {path} 所在的磁盘不支持 WAL(得到 {mode})；请放到本机磁盘上，不要放网络盘",
    en="the disk of database {path} does not do WAL (it gave {mode}); use a disk of this machine, not a shared one",
)
_OTHER = Text(zh="数据库 {path} 出错：{error}", en="database {path} failed: {error}")


def _free_bytes(folder: Path) -> int:
    """Return the space that is left for this user on the disk of a folder."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def _cause(code: int, path: Path) -> int:
    """Return SQLite's error, made more exact by a look at the disk it happened on."""
    folder = path.parent
    if code == sqlite3.SQLITE_IOERR and folder.is_dir() and _free_bytes(folder) < LITTLE_SPACE:
        return sqlite3.SQLITE_FULL
    if code == sqlite3.SQLITE_CANTOPEN and folder.is_dir() and not path.is_dir() and not os.access(folder, os.W_OK):
        return sqlite3.SQLITE_READONLY
    return code


def fault_of(error: sqlite3.Error, path: Path) -> Fault:
    """Return one of SQLite's own errors as a Fault that names the file and the fix."""
    code = _cause(getattr(error, "sqlite_errorcode", 0) & 0xFF, path)
    if "UTF-8" in str(error):
        # Python's own error, without a code: bytes that nobody wrote stand in a text
        code = sqlite3.SQLITE_CORRUPT
    name, text = _CAUSES.get(code, ("database", _OTHER))
    return Fault(name, text.fill(path=path, error=error))


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Turn SQLite's own errors into Faults. IntegrityError passes: it means a promise of ours."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        raise fault_of(error, path) from error
