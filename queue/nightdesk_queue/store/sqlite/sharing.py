"""Who may use a database file: its owner, or a group it was given to.

SQLite puts two files beside a database (`-wal`, `-shm`), owned by whoever opens it first. Opened by another user, even
for a look, they belong to that user, and the owner's next write fails. So a stranger is refused before anything is
touched, unless the files a stranger makes can be written by all who share the database: a folder that hands its group
down (setgid) and a file that its group may write.

A database holds names. It is made 0600, and 0660 where the folder shares with a group, whatever the umask; SQLite gives
the files beside it the mode of the database.
"""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.records import Record
from nightdesk_queue.store import private_files
from nightdesk_queue.store.private_files import PRIVATE, SHARED, mode_in
from nightdesk_queue.text.bilingual import Text

SIDECARS = ("-wal", "-shm")
OTHERS_FILE = Text(
    zh="数据库 {path} 属于用户 {owner}，你是 {user}；请以 {owner} 运行(sudo -u {owner} nightdesk …)，或与一个组共用："
    "chgrp 组 文件夹和文件，chmod g+rwxs 文件夹，chmod 660 文件",
    en="database {path} belongs to {owner} and you are {user}; run as {owner} (sudo -u {owner} nightdesk ...), or "
    "share it with a group: chgrp GROUP the folder and its files, chmod g+rwxs the folder, chmod 660 the files",
)
NO_LOCK = Text(
    zh="锁文件 {path} 不能用：{error}；请让运行 nightdesk 的用户可以读写它",
    en="lock file {path} cannot be used: {error}; let the user who runs nightdesk read and write it",
)
SIDECAR_OF_ANOTHER = Text(
    zh="{path} 属于用户 {owner}，数据库的用户 {user} 不能写，每次写入都会失败；请停掉所有 nightdesk 程序后执行 "
    "chown {user} {path}",
    en="{path} belongs to {owner} and {user}, who owns the database, cannot write it, so every write fails; stop every "
    "nightdesk program, then chown {user} {path}",
)
LEFT_JOURNAL = "-wal.of-another-file"
"""What a journal is called that was put aside. It may hold the last moments of a file that a crash left behind."""
PUT_ASIDE = Text(
    zh="{path} 是被换下的数据库文件的日志，已放在一边、没有使用；确认不再需要后删除",
    en="{path} is the journal of a database file that was replaced; it was put aside and not used. Delete it when "
    "nobody needs it any more",
)
TOO_OPEN = Text(
    zh="{path} 可被本机其他用户读取(权限 {mode})，里面有患者姓名；请 chmod {wanted}",
    en="{path} can be read by other users of this machine (mode {mode}) and holds patients' names; chmod {wanted}",
)


class User(Record):
    """Somebody who runs a program: user id and all group ids."""

    uid: int
    groups: frozenset[int]

    @classmethod
    def of_process(cls) -> User:
        """Return who runs this process."""
        return cls(os.geteuid(), frozenset({os.getegid(), *os.getgroups()}))


def may_use(file: os.stat_result, folder: os.stat_result, user: User) -> bool:
    """Whether what a user makes beside a database stays writable for everybody who uses it."""
    # SQLite gives files that root makes to the owner of the database
    if user.uid in (0, file.st_uid):
        return True
    everybody = stat.S_IRWXO & ~stat.S_IXOTH
    if file.st_mode & everybody == everybody and folder.st_mode & stat.S_IWOTH:
        return True
    group = stat.S_IRGRP | stat.S_IWGRP
    hands_down = bool(folder.st_mode & stat.S_ISGID) and folder.st_gid == file.st_gid
    return file.st_mode & group == group and hands_down and file.st_gid in user.groups


def refuse_stranger(path: Path) -> None:
    """Refuse a user whose look would take the database from its owner. Raises Fault."""
    try:
        file, folder = path.stat(), path.parent.stat()
    except OSError:
        return
    user = User.of_process()
    if stat.S_ISREG(file.st_mode) and not may_use(file, folder, user):
        words = OTHERS_FILE.fill(path=path, owner=_name(file.st_uid), user=_name(user.uid))
        raise Fault("database_of_another_user", words)


def open_beside(path: Path, database: Path) -> int:
    """Open a file for reading and writing, made with the permissions of its database if there is none. Raises OSError.

    Who finds it made by somebody else leaves its permissions alone.
    """
    try:
        mode = stat.S_IMODE(database.stat().st_mode) & 0o666
    except OSError:
        mode = mode_in(database.parent)
    return private_files.open_private(path, os.O_RDWR, mode)


def faulty_files(path: Path) -> tuple[list[Text], list[Text]]:
    """Return what is wrong with the files of a database, and what should be changed although it works."""
    try:
        file = path.stat()
    except OSError:
        return [], []
    return _not_writable(path, file), [*_too_open(path, file), *_left_journals(path)]


def _not_writable(path: Path, file: os.stat_result) -> list[Text]:
    found = []
    for ending in SIDECARS:
        beside = path.with_name(path.name + ending)
        try:
            there = beside.stat()
        except OSError:
            continue
        shared = there.st_gid == file.st_gid and there.st_mode & stat.S_IWGRP and file.st_mode & stat.S_IWGRP
        if there.st_uid != file.st_uid and not shared and not there.st_mode & stat.S_IWOTH:
            owner, user = _name(there.st_uid), _name(file.st_uid)
            found.append(SIDECAR_OF_ANOTHER.fill(path=beside, owner=owner, user=user))
    return found


def _too_open(path: Path, file: os.stat_result) -> list[Text]:
    mode = stat.S_IMODE(file.st_mode)
    wanted = SHARED if mode & stat.S_IWGRP else PRIVATE
    if not mode & ~wanted & 0o077:
        return []
    return [TOO_OPEN.fill(path=path, mode=f"{mode:04o}", wanted=f"{wanted:o}")]


def _left_journals(path: Path) -> list[Text]:
    left = path.with_name(f"{path.name}{LEFT_JOURNAL}")
    return [PUT_ASIDE.fill(path=left)] if left.exists() else []


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
