"""Feeds and the thread behind them: one thread notices the commits of all processes, for all readers of this one."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Self

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.database import StopSignal

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
    """Counts the commits of all processes and wakes the feeds; each engine says how its thread notices them."""

    def __init__(self) -> None:
        self._feeds: list[Feed] = []
        self._guard = Lock()
        self._count = 0
        self._fault: Fault | None = None
        self._stop = Event()
        self._thread: Thread | None = None
        self._wake_far, self._wake_near = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def add(self, feed: Feed) -> None:
        """Wake this feed, too; the first one starts the thread. Raises Fault when the database cannot be read."""
        with self._guard:
            self._feeds.append(feed)
            if self._thread is None:
                self._thread = self._begin()
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

    def _begin(self) -> Thread:
        """Return the thread, not yet started. A commit from now on must not be missed. Raises Fault."""
        raise NotImplementedError

    def _tell(self, fault: Fault | None) -> None:
        """Wake every feed: something was committed, or the database cannot be read."""
        self._fault = fault
        self._count += 1
        with self._guard:
            for feed in self._feeds:
                feed.wake()
