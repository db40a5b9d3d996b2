"""The watcher: one thread that notices commits of any process for all readers of this one.

`PRAGMA data_version` changes when another connection commits. The thread sleeps until the folder of the database is
written to (inotify), then asks; inotify fires before a commit is visible, so it goes on asking for a while. Once a
second it asks anyway. Where inotify is not to be had it asks every 20 ms. A thread a reader that asks by itself would
cost a core thirty times as much.

The same thread looks whether the file is still the one that was opened: SQLite goes on with a file that was removed,
where no other process sees its changes.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.feeds import Watcher
from nightdesk_queue.store.sqlite.faults import faults
from nightdesk_queue.store.sqlite.file_in_use import identity
from nightdesk_queue.text.bilingual import Text

if TYPE_CHECKING:
    import sqlite3

    from inotify_simple import INotify

GONE = Text(
    zh="数据库文件 {path} 不见了，或是空的；请放回原处，程序会自动继续",
    en="the database file {path} is gone or empty; put it back, everything goes on by itself then",
)
SELDOM_SECONDS = 1.0
POLL_SECONDS = 0.02
FIRST_SECONDS, FIRST_PAUSE = 0.02, 0.001
"""For so long after a write to the folder the version is asked every millisecond ..."""
LATER_SECONDS, LATER_PAUSE = 0.5, 0.01
"""... and then for so long every ten: on a slow disk a commit can be seen late."""
NO_VERSION = -1
"""The version of a connection that was not asked yet; every real one differs from it."""


class FileWatcher(Watcher):
    """Notices what is committed to a file. `connect` opens a connection of its own.

    `replaced` is called when the file that was opened is gone, or another has been put in its place.
    """

    def __init__(self, path: Path, connect: Callable[[], sqlite3.Connection], replaced: Callable[[], None]) -> None:
        super().__init__()
        self._path = path
        self._connect = connect
        self._replaced = replaced
        self._file = identity(path)

    def _begin(self) -> Thread:
        # the first version is read here: a commit between now and the thread's first look must not be missed
        connection = self._connect()
        version = _version(connection, self._path)
        return Thread(target=partial(self._run, connection, version), name="database changes", daemon=True)

    def _run(self, opened: sqlite3.Connection, version: int) -> None:
        folder = _Folder(self._path, self._wake_far)
        connection: sqlite3.Connection | None = opened
        try:
            while not self._stop.is_set():
                try:
                    if self._renewed() or connection is None:
                        _close(connection)
                        connection, version = self._connect(), NO_VERSION
                    version = self._look(connection, version, folder)
                except Fault as fault:
                    _close(connection)
                    connection = None
                    self._tell(fault)
                    self._stop.wait(POLL_SECONDS)
        finally:
            _close(connection)
            folder.close()

    def _look(self, connection: sqlite3.Connection, version: int, folder: _Folder) -> int:
        """Ask until something was committed or nothing is likely to be; then sleep. Return the version seen."""
        woken_at = time.monotonic()
        while not self._stop.is_set():
            newest = _version(connection, self._path)
            if newest != version or self._fault is not None:
                version = newest
                self._tell(None)
                woken_at = time.monotonic()
            since = time.monotonic() - woken_at
            if folder.notices and since < FIRST_SECONDS:
                self._stop.wait(FIRST_PAUSE)
            elif folder.notices and since < LATER_SECONDS and not folder.quiet:
                self._stop.wait(LATER_PAUSE)
            else:
                folder.sleep()
                return version
        return version

    def _renewed(self) -> bool:
        """Whether another file stands where the one was that was opened. Raises Fault while there is none."""
        there = identity(self._path)
        if there is None:
            # a connection that is still open would go on with a file that nobody else can see
            self._replaced()
            raise Fault("unreachable", GONE.fill(path=self._path))
        if there == self._file:
            return False
        self._file = there
        self._replaced()
        return True


class _Folder:
    """The folder of the database: sleeps until a file of the database is written to."""

    def __init__(self, path: Path, wake: int) -> None:
        self._name = path.name
        self._wake = wake
        self._inotify = _inotify(path.parent)
        self.quiet = False
        """Whether the last sleep ended without a write."""

    @property
    def notices(self) -> bool:
        """Whether the system tells of writes."""
        return self._inotify is not None

    def sleep(self) -> None:
        """Sleep until something is written, until woken, or for a while."""
        if self._inotify is None:
            select.select([self._wake], [], [], POLL_SECONDS)
            return
        deadline = time.monotonic() + SELDOM_SECONDS
        self.quiet = True
        while self.quiet and (left := deadline - time.monotonic()) > 0:
            ready = select.select([self._inotify.fileno(), self._wake], [], [], left)[0]
            if self._wake in ready:
                return
            if ready:
                self.quiet = not any(event.name.startswith(self._name) for event in self._inotify.read(timeout=0))

    def close(self) -> None:
        """Watch no more."""
        if self._inotify is not None:
            self._inotify.close()


def _inotify(folder: Path) -> INotify | None:
    try:
        from inotify_simple import INotify, flags  # noqa: PLC0415 - only processes that wait for changes pay for it

        watch = INotify()
        watch.add_watch(folder, flags.MODIFY | flags.CREATE | flags.DELETE | flags.MOVED_TO | flags.MOVED_FROM)
    except (ImportError, OSError):
        # another system, or no watches left: the thread asks by itself
        return None
    return watch


def _version(connection: sqlite3.Connection, path: Path) -> int:
    with faults(path):
        version: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return version


def _close(connection: sqlite3.Connection | None) -> None:
    """Close a connection that is not wanted any more; there is none then."""
    if connection is not None:
        connection.close()
