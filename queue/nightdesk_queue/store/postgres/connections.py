"""Connections to the server: each with a deadline for every answer, and a pool of them.

A line can break without a word: a cable is pulled, a router forgets. So no answer is waited for without end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import abc, pq
from psycopg.types.numeric import Int8Dumper
from psycopg_pool import ConnectionPool

from nightdesk_queue.store.postgres.address import Address
from nightdesk_queue.store.postgres.layout import SCHEMA

MOST = 16
"""Connections a process has at most; each transaction or snapshot takes one while it lasts."""
_SESSION = """
SET search_path TO {schema};
SET TimeZone TO 'UTC';
SET lock_timeout TO {lock_ms};
SET statement_timeout TO {statement_ms};
SET idle_in_transaction_session_timeout TO {idle_ms};
SET client_connection_check_interval TO 2000;
SET tcp_keepalives_idle TO 3;
SET tcp_keepalives_interval TO 1;
SET tcp_keepalives_count TO 3
"""
"""What each session is told. A process that stopped, or whose line is gone, must not keep the write lock for long."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take, seconds: a connection, one from the pool, the write lock, an answer, silence within a
    transaction that reads; and how long it is asked what became of a commit whose answer was lost."""

    connect: int = 3
    pool: float = 3.0
    lock: float = 8.0
    answer: float = 12.0
    idle: float = 60.0
    settle: float = 10.0


IMPATIENT = Patience(connect=2, pool=1.0, lock=1.8, answer=2.0, settle=0.5)
"""Of a kiosk that goes on alone: a patient stands there."""
LONG_WORK = Patience(lock=30.0, answer=3600.0, idle=3600.0)
"""Of a copy of everything, and of what makes or changes the layout."""


SIGN_OF_LIFE_SECONDS = 3.0
"""So long an answer is waited for that takes the server no time: whether it is there at all."""


class Row:
    """One row of a result; columns by name, or all values in order."""

    __slots__ = ("_names", "_values")

    def __init__(self, names: dict[str, int], values: Sequence[Any]) -> None:
        self._names = names
        self._values = values

    def __getitem__(self, name: str, /) -> Any:
        return self._values[self._names[name]]

    def keys(self) -> Sequence[str]:
        """Return the names of the columns."""
        return list(self._names)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)


def _rows(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], Row]:
    names = {column.name: at for at, column in enumerate(cursor.description or ())}
    return lambda values: Row(names, values)


class _Flag(Int8Dumper):
    """Whether something is so, as 0 or 1: the tables hold numbers, in both engines."""

    def dump(self, obj: Any) -> abc.Buffer | None:
        return b"1" if obj else b"0"


class Connection(psycopg.Connection[Row]):
    """A connection on which no answer is waited for longer than `answer_seconds`."""

    answer_seconds: float | None = None
    client: str
    """What the tokens of its commits belong to."""
    commits: int = 0

    def wait(self, gen: abc.PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for what the server says. Raises psycopg.OperationalError when it says nothing in time."""
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            if timeout is None:
                # what is under way cannot be taken back, and nothing more can be said on this line
                self.pgconn.finish()
            raise

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open on a line that stands."""
        return not self.closed and self.pgconn.transaction_status != pq.TransactionStatus.IDLE


def connect(address: Address, patience: Patience) -> Connection:
    """Open one connection. Raises psycopg.Error."""
    connection = Connection.connect(
        address.conninfo(connect_timeout=patience.connect), autocommit=True, row_factory=_rows
    )
    try:
        set_up(connection, patience)
    except BaseException:
        connection.close()
        raise
    return connection


def set_up(connection: Connection, patience: Patience) -> None:
    """Tell a new session what it has to know. Raises psycopg.Error."""
    connection.prepare_threshold = 2
    connection.prepared_max = 512
    # a number has one type whatever its size, so that a statement is prepared once
    connection.adapters.register_dumper(int, Int8Dumper)
    connection.adapters.register_dumper(bool, _Flag)
    connection.answer_seconds = patience.answer
    connection.client = uuid4().hex
    connection.execute(
        _SESSION.format(
            schema=SCHEMA,
            lock_ms=round(patience.lock * 1000),
            statement_ms=round(patience.answer * 1000),
            idle_ms=round(patience.idle * 1000),
        )
    )


def pool_of(address: Address, patience: Patience) -> ConnectionPool[Connection]:
    """Return a pool, open and empty: connections are made as they are needed."""
    # what it tells of is told by us, in words; its own lines would be written across a screen
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    return ConnectionPool(
        address.conninfo(connect_timeout=patience.connect),
        connection_class=Connection,
        kwargs={"autocommit": True, "row_factory": _rows},
        configure=lambda connection: set_up(connection, patience),
        min_size=0,
        max_size=MOST,
        timeout=patience.pool,
        # a server that comes back is noticed by the next who asks; the pool's own pauses grow to a minute
        reconnect_timeout=0.5,
        max_idle=600,
        num_workers=2,
        open=True,
        name="nightdesk",
    )
