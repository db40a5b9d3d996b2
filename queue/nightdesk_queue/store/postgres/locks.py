"""Locks of devices and tasks as advisory locks of one session; the server frees them when that session ends.

Source: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS. A session can take the same lock
twice, so what this process holds is remembered here as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from threading import Event, RLock
from typing import Self

import psycopg

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.postgres.connections import SIGN_OF_LIFE_SECONDS, Connection
from nightdesk_queue.store.postgres.faults import fault_of, is_lost

_HELD = """
SELECT (classid::bigint << 32) | objid::bigint AS key FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_END_OURS = """
SELECT pg_terminate_backend(pid, 2000) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1
AND pid = %(pid)s AND pid <> pg_backend_pid() AND ((classid::bigint << 32) | objid::bigint) = ANY(%(keys)s)
"""
LOOK_SECONDS = 1.0
"""How often a holder asks whether its session still stands."""


def key_of(kind: str, id_: str) -> int:
    """Return the number of a lock: 64 bits of a digest of its name, signed, as the server takes them."""
    return int.from_bytes(blake2b(f"{kind}\0{id_}".encode(), digest_size=8).digest(), "big", signed=True)


WRITE_KEY = key_of("database", "write")
"""The lock that every transaction takes."""
TAKE_WRITE_LOCK = f"SELECT pg_advisory_xact_lock({WRITE_KEY})"
"""Waits for that lock inside a transaction, whose end frees it."""


def held_keys(connection: Connection) -> frozenset[int]:
    """Return the keys of all locks that are held in this database."""
    return frozenset(row["key"] for row in connection.execute(_HELD).fetchall())


class LockSession:
    """The one session of a process that holds its locks. It is opened when the first is asked for.

    Where the session breaks, the locks are free for others. When the server can be reached again, each is asked for
    anew; one that another process has taken meanwhile is lost.
    """

    def __init__(self, connect: Callable[[], Connection], where: str) -> None:
        self._connect = connect
        self._where = where
        self._connection: Connection | None = None
        self._keys: dict[int, object] = {}
        self._pid = self._pid_before = 0
        self._guard = RLock()
        self._looked_at = 0.0

    def acquire(self, key: int, owner: object) -> bool:
        """Take a lock; False while another process, or another part of this one, holds it. Raises Fault."""
        with self._guard:
            if key in self._keys and self.holds(key, self._keys[key]):
                return False
            taken = self._ask(key)
            if taken:
                self._keys[key] = owner
            return taken

    def holds(self, key: int, owner: object) -> bool:
        """Whether a lock is still held, looked up once a second. True while the server cannot be reached."""
        with self._guard:
            if key in self._keys and time.monotonic() - self._looked_at >= LOOK_SECONDS:
                self._look()
            return self._keys.get(key) is owner

    def release(self, key: int, owner: object) -> None:
        """Free a lock."""
        with self._guard:
            if self._keys.get(key) is not owner:
                return
            del self._keys[key]
            if self._connection is None:
                return
            try:
                self._connection.execute("SELECT pg_advisory_unlock(%(key)s)", {"key": key})
            except psycopg.Error:
                self._drop()
            if not self._keys:
                self._drop()

    def close(self) -> None:
        """End the session, and free every lock with it."""
        with self._guard:
            self._keys.clear()
            self._drop()

    def _ask(self, key: int) -> bool:
        for is_last in (False, True):
            fresh = self._connection is None
            if self._connection is None:
                self._connection = self._opened()
            try:
                row = self._connection.execute("SELECT pg_try_advisory_lock(%(key)s) AS taken", {"key": key}).fetchone()
            except psycopg.Error as error:
                self._drop()
                if is_last or fresh or not is_lost(error):
                    raise fault_of(error, self._where) from error
                self._take_again()
            else:
                return bool(row and row["taken"])
        return False

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        if self._connection is not None:
            try:
                self._connection.execute("SELECT 1")
            except psycopg.Error:
                self._drop()
        if self._connection is None:
            with suppress(Fault, psycopg.Error):
                self._take_again()

    def _take_again(self) -> None:
        """Ask anew for every lock on a new session; those that somebody else has are lost. Raises Fault."""
        connection = self._opened()
        try:
            # the server may believe that the session which broke still stands
            connection.execute(
                _END_OURS,
                {"pid": self._pid_before, "keys": list(self._keys)},
            )
            for key in sorted(self._keys):
                row = connection.execute("SELECT pg_try_advisory_lock(%(key)s) AS taken", {"key": key}).fetchone()
                if not (row and row["taken"]):
                    self._keys.pop(key)
        except psycopg.Error as error:
            connection.close()
            raise fault_of(error, self._where) from error
        self._connection = connection

    def _opened(self) -> Connection:
        """Open the session. Raises Fault."""
        connection = self._connect()
        connection.answer_seconds = SIGN_OF_LIFE_SECONDS
        self._pid_before, self._pid = self._pid, connection.info.backend_pid
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class SessionLock:
    """The lock of one device or task; use as a context manager after `acquire` said True."""

    def __init__(self, session: LockSession, kind: str, id_: str) -> None:
        self._session = session
        self._key = key_of(kind, id_)
        self._taken = False

    def acquire(self) -> bool:
        """Try to become the holder; False while another process is. Raises Fault."""
        self._taken = self._session.acquire(self._key, self)
        return self._taken

    def wait(self, stop: Event, seconds: float) -> bool:
        """Try again every `seconds` until it is taken; False when told to stop before. Raises Fault."""
        while not self.acquire():
            if stop.wait(seconds):
                return False
        return True

    @property
    def descriptor(self) -> int | None:
        """None: a child process cannot hold it, too."""
        return None

    @property
    def held(self) -> bool:
        """Whether this object is the holder still: the lock of a session that broke may have gone to another."""
        return self._taken and self._session.holds(self._key, self)

    def release(self) -> None:
        """Stop being the holder."""
        if self._taken:
            self._taken = False
            self._session.release(self._key, self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
