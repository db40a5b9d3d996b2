"""The watcher: one thread that notices commits of any process for all readers of this one.

`PRAGMA data_version` changes when another connection commits. The thread sleeps until the folder of the database is
written to (inotify), then asks; inotify fires before a commit is visible, so it goes on asking for a while. Once a
second it asks anyway. Where inotify is not to be had it asks every 20 ms. A thread a reader that asks by itself would
cost a core thirty times as much.

The same thread looks whether the file is still the one that was opened: SQLite goes on with a file that was removed,
where no other process sees its changes.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Self

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.database import StopSignal
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
SLICE_SECONDS = 0.1
"""A plain `Event` cannot wake a waiting reader, so it is looked at so often."""


class Feed:
    """One reader's view: whether anything was committed since it last asked."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._seen = -1
        self._far, self._near = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._closed = False
        try:
            watcher.add(self)
        except BaseException:
            self.close()
            raise

    def changed(self) -> bool:
        """Whether something was committed since the last call; True the first time. Raises Fault."""
        self._drain()
        count = self._watcher.count()
        if count == self._seen:
            return False
        self._seen = count
        return True

    def wait(self, seconds: float, stop: Event | None = None, readable: Sequence[int] = ()) -> bool:
        """Wait for a commit, at most `seconds` or until told to stop; whether there was one. Raises Fault.

        `readable`: descriptors; it waits no longer once one of them can be read.
        """
        if isinstance(stop, StopSignal):
            stop.on_set(self.wake)
        try:
            return self._wait(seconds, stop, readable)
        finally:
            if isinstance(stop, StopSignal):
                stop.forget(self.wake)

    def _wait(self, seconds: float, stop: Event | None, readable: Sequence[int]) -> bool:
        deadline = time.monotonic() + seconds
        sliced = stop is not None and not isinstance(stop, StopSignal)
        while not self.changed():
            left = deadline - time.monotonic()
            if left <= 0 or (stop is not None and stop.is_set()):
                return False
            ready = select.select([self._far, *readable], [], [], min(left, SLICE_SECONDS) if sliced else left)[0]
            if any(one != self._far for one in ready):
                return False
        return True

    def wake(self) -> None:
        """Let the waiting reader look again."""
        with suppress(OSError):  # full: it will look anyway; closed: nobody reads
            os.write(self._near, b"\0")

    def close(self) -> None:
        """End the feed."""
        if not self._closed:
            self._closed = True
            self._watcher.remove(self)
            os.close(self._far)
            os.close(self._near)

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._far, 4096):
                pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Watcher:
    """Counts the commits of all processes and wakes the feeds. `connect` opens a connection of its own.

    `replaced` is called when the file that was opened is gone, or another has been put in its place.
    """

    def __init__(self, path: Path, connect: Callable[[], sqlite3.Connection], replaced: Callable[[], None]) -> None:
        self._path = path
        self._connect = connect
        self._replaced = replaced
        self._feeds: list[Feed] = []
        self._guard = Lock()
        self._count = 0
        self._fault: Fault | None = None
        self._file = identity(path)
        self._stop = Event()
        self._thread: Thread | None = None
        self._wake_far, self._wake_near = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def add(self, feed: Feed) -> None:
        """Wake this feed, too; the first one starts the thread. Raises Fault when the database cannot be read."""
        with self._guard:
            self._feeds.append(feed)
            if self._thread is None:
                # the first version is read here: a commit between now and the thread's first look must not be missed
                connection = self._connect()
                version = _version(connection, self._path)
                run = partial(self._run, connection, version)
                self._thread = Thread(target=run, name="database changes", daemon=True)
                self._thread.start()

    def remove(self, feed: Feed) -> None:
        """Wake this feed no more."""
        with self._guard:
            if feed in self._feeds:
                self._feeds.remove(feed)

    def count(self) -> int:
        """Return how many commits were noticed. Raises Fault while the database cannot be read."""
        if self._fault is not None:
            raise self._fault
        return self._count

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        with suppress(OSError):
            os.write(self._wake_near, b"\0")
        if self._thread is not None:
            self._thread.join(5)
        os.close(self._wake_far)
        os.close(self._wake_near)

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

    def _tell(self, fault: Fault | None) -> None:
        self._fault = fault
        self._count += 1
        with self._guard:
            for feed in self._feeds:
                feed.wake()


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
