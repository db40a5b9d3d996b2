"""The watcher: one thread that listens for commits (LISTEN), and reads again after every time its line was away.

Source: https://www.postgresql.org/docs/current/sql-notify.html. A line can be gone without a word, so the thread asks
for a sign of life every second.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from threading import Thread

import psycopg

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.feeds import Watcher
from nightdesk_queue.store.postgres.connections import SIGN_OF_LIFE_SECONDS, Connection
from nightdesk_queue.store.postgres.faults import fault_of

CHANNEL = "nightdesk_changes"
ASKED_EVERY_SECONDS = 1.0
PAUSE_SECONDS = 0.5
"""Between two tries to reach a server that is away."""


class ServerWatcher(Watcher):
    """Notices what is committed on the server. `connect` opens a connection of its own."""

    def __init__(self, where: str, connect: Callable[[], Connection]) -> None:
        super().__init__()
        self._where = where
        self._connect = connect

    @property
    def fault(self) -> Fault | None:
        """Why the server cannot be reached now; None while it can."""
        return self._fault

    def _begin(self) -> Thread:
        # heard from here on: what is committed between now and the thread's first look is not missed
        connection: Connection | None = None
        try:
            connection = self._listening()
        except Fault as fault:
            # the thread goes on trying, and who asks meanwhile is told
            self._fault = fault
        return Thread(target=self._run, args=(connection,), name="database changes", daemon=True)

    def _listening(self) -> Connection:
        connection = self._connect()
        connection.answer_seconds = SIGN_OF_LIFE_SECONDS
        try:
            connection.execute(f"LISTEN {CHANNEL}")
        except psycopg.Error as error:
            connection.close()
            raise fault_of(error, self._where) from error
        return connection

    def _run(self, opened: Connection | None) -> None:
        connection = opened
        while not self._stop.is_set():
            try:
                if connection is None:
                    connection = self._listening()
                    self._tell(None)
                self._listen(connection)
            except Fault as fault:
                self._tell(fault)
            except (psycopg.Error, OSError, ValueError) as error:
                # the socket of a line that broke may be closed beneath the wait
                if self._fault is not None or isinstance(error, psycopg.errors._WaitTimeout):
                    self._tell(fault_of(error, self._where))
            stood = connection is not None and self._fault is None
            if connection is not None:
                connection.close()
                connection = None
            # a line that has stood is tried again at once, before anybody is told
            if not stood and not self._stop.is_set():
                self._rest()

    def _listen(self, connection: Connection) -> None:
        """Tell of every commit until told to stop. Raises psycopg.Error when the line is gone."""
        heard_at = time.monotonic()
        while not self._stop.is_set():
            left = heard_at + ASKED_EVERY_SECONDS - time.monotonic()
            ready = select.select([connection.fileno(), self._wake_far], [], [], max(0.0, left))[0]
            if self._wake_far in ready:
                return
            if not ready:
                connection.execute("SELECT 1")
            # also what came with the sign of life
            noticed = [one.channel for one in connection.notifies(timeout=0)]
            heard_at = time.monotonic()
            if noticed:
                self._tell(None)

    def _rest(self) -> None:
        select.select([self._wake_far], [], [], PAUSE_SECONDS)
