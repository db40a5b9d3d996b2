"""The file that all processes use: nobody opens another one of its name while somebody still has the old one open.

SQLite finds a database's journal by name. When a file is replaced beneath running processes (a backup is put in its
place), the journal of the old one stands beside the new one: whoever opens that applies the one to the other, and the
last to close the old one deletes what stands there by then. So every process holds a shared lock while it has a file
open, and which file that is stands in the lock. Another one is opened only when all have let go, and a journal that is
left then is put aside. Source: https://www.sqlite.org/howtocorrupt.html, 2.5.
"""

from __future__ import annotations

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.sqlite.pausing import sleep_about
from nightdesk_queue.store.sqlite.sharing import LEFT_JOURNAL, SIDECARS, open_beside
from nightdesk_queue.text.bilingual import Text

Identity: TypeAlias = "tuple[int, int]"
"""What tells a file from another of its name: device and inode."""

REPLACED = Text(
    zh="数据库文件 {path} 被换过，还有程序在用原来的文件；它们放开后自动继续",
    en="the database file {path} was replaced while programs still use the old one; all goes on when they have let go",
)
PATIENCE_SECONDS, PAUSE_SECONDS = 2.0, 0.01
"""How long a process waits for the others to let go of the old file; they notice within a second."""
JOURNAL, INDEX = SIDECARS
LONGEST = 200
"""Bytes of the lock that are read."""


def inode(path: Path) -> Identity | None:
    """Return a file's identity, whatever is in it; None where there is none."""
    return _identity(path, empty=True)


def identity(path: Path) -> Identity | None:
    """Return what tells a file from another of its name; None where there is none, or an empty one."""
    return _identity(path, empty=False)


def _identity(path: Path, *, empty: bool) -> Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found.st_size or empty else None


@dataclass(frozen=True, slots=True)
class _Record:
    """What stands in the lock: the file in use, and its journal where there is one."""

    file: Identity | None = None
    journal: Identity | None = None

    @classmethod
    def read(cls, descriptor: int) -> _Record:
        """Read it; what cannot be read says nothing."""
        try:
            numbers = [int(word) for word in os.pread(descriptor, LONGEST, 0).split()]
        except ValueError:
            return cls()
        file = (numbers[0], numbers[1]) if len(numbers) >= 2 else None
        return cls(file, (numbers[2], numbers[3]) if len(numbers) >= 4 else None)

    def write(self, descriptor: int) -> None:
        """Write it over what stands there."""
        numbers = [*(self.file or ()), *(self.journal or ())]
        # one write of one length: whoever reads meanwhile sees the old or the new one
        os.pwrite(descriptor, " ".join(map(str, numbers)).encode().ljust(LONGEST), 0)


class FileInUse:
    """One process's use of one database file, from its first connection to the end of its last.

    `retire`: no further connection is opened to it.
    """

    def __init__(self, path: Path, identity: Identity) -> None:
        self.identity = identity
        # through whichever link: SQLite puts the journal beside the file itself
        self._path = path.resolve()
        self._descriptor: int | None = None
        self._guard = Lock()
        self._connections = 0
        self._retired = False

    def enter(self) -> None:
        """Become one of its users. Raises Fault where others still use another file of this name after a while."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._entered():
            if time.monotonic() > deadline:
                raise Fault("unreachable", REPLACED.fill(path=self._path))
            sleep_about(PAUSE_SECONDS)

    def opening(self) -> None:
        """Count a connection that is about to be opened. Raises Fault where this file is not the one any more."""
        with self._guard:
            if self._retired:
                raise Fault("unreachable", REPLACED.fill(path=self._path))
            self._connections += 1

    def note_journal(self) -> None:
        """Note the journal that belongs to the file, which stands beside it once a connection has read."""
        with self._guard:
            record = _Record(self.identity, inode(self._beside(JOURNAL)))
            if self._descriptor is not None and _Record.read(self._descriptor) != record:
                record.write(self._descriptor)

    def closed(self) -> None:
        """Count a connection that was closed."""
        with self._guard:
            self._connections -= 1
            self._leave_if_done()

    def retire(self) -> None:
        """Let the others go on with another file once the last connection to this one is closed."""
        with self._guard:
            self._retired = True
            self._leave_if_done()

    def _leave_if_done(self) -> None:
        if self._retired and self._connections <= 0 and self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _entered(self) -> bool:
        try:
            descriptor = open_beside(self._beside(".file.lock"), self._path)
        except OSError:
            # who may not make the lock cannot write the database either; SQLite says so in its own words
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            if _Record.read(descriptor).file != self.identity:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._take_the_place(descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_SH)
            self._descriptor = descriptor
        except BlockingIOError:
            os.close(descriptor)
            return False
        return True

    def _take_the_place(self, descriptor: int) -> None:
        """Make this the file in use; nobody uses any. The journal of the one before is put aside, as it is not ours."""
        before = _Record.read(descriptor)
        journal = self._beside(JOURNAL)
        if before.file is not None and before.journal is not None and inode(journal) == before.journal:
            journal.rename(self._beside(LEFT_JOURNAL))
            self._beside(INDEX).unlink(missing_ok=True)
        _Record(self.identity).write(descriptor)

    def _beside(self, ending: str) -> Path:
        return self._path.with_name(f"{self._path.name}{ending}")
