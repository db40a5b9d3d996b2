"""What is done on one connection: a transaction, or a snapshot.

A transaction takes the write lock of the database with its first words, so writers are serialised and the order of
`seq` is the order of commit: the lock is freed after what was written can be seen. Each leaves a token of its client,
so that a commit whose answer was lost can be asked after.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.asking_ahead import Questions
from nightdesk_queue.store.database import Row, Tx, Value, Values
from nightdesk_queue.store.postgres.connections import MOST, Connection
from nightdesk_queue.store.postgres.faults import UNKNOWN_OUTCOME, OutcomeUnknown, fault_of, is_lost
from nightdesk_queue.store.postgres.locks import TAKE_WRITE_LOCK, held_keys, key_of
from nightdesk_queue.store.postgres.statements import statement
from nightdesk_queue.store.postgres.watcher import CHANNEL

if TYPE_CHECKING:
    from nightdesk_queue.store.postgres.engine import PostgresDatabase

_NONE: Values = {}
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGIN_WRITING = f"BEGIN; SET LOCAL idle_in_transaction_session_timeout TO 3000; {TAKE_WRITE_LOCK}"
"""A writer that stopped, or whose line is gone, is ended after 3 s, well before others give up waiting for the lock."""
_STAMP = (
    "INSERT INTO commits (client, token) VALUES ('{client}', {token}) "
    "ON CONFLICT (client) DO UPDATE SET token = excluded.token, at = now()"
)
_NOTICE = ("BEGIN", "SET LOCAL synchronous_commit TO off", f"NOTIFY {CHANNEL}", "COMMIT")
"""The notice is a transaction of its own, in the same words to the server: NOTIFY commits under one lock of the whole
server, and many hospitals on one server must not wait for each other's disk. Where the server dies between the two,
everybody reads again when it is back."""
_OUTCOME = "UPDATE commits SET asked = asked + 1 WHERE client = %(client)s AND token = %(token)s"
"""Asked by a write: what stands then, stands on the standbys, too. The number of a transaction would tell nothing:
after a crash the server gives the same numbers again (seen, with pg_xact_status)."""
SETTLE_PAUSE = 0.2


class PostgresTx:
    """An open transaction or snapshot on one connection."""

    __slots__ = ("_connection", "_known", "_served", "later", "wrote")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._served: frozenset[int] | None = None
        self._known: dict[Question, list[Row]] = {}
        """The answers to what was asked ahead, as long as nothing is written."""
        self.later: list[Question] = []
        """What is written with the next trip to the server."""
        self.wrote = False

    def rows(self, sql: str, values: Values = _NONE, /) -> list[Row]:
        """Return all rows of a query."""
        if self._known and (found := self._known.pop(_question(sql, values), None)) is not None:
            return found
        return self._execute(sql, values).fetchall()

    def row(self, sql: str, values: Values = _NONE, /) -> Row | None:
        """Return the first row of a query, None without one."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def change(self, sql: str, values: Values = _NONE, /) -> int:
        """Write, and return how many rows were changed."""
        return self._execute(sql, values).rowcount

    def write(self, sql: str, values: Values = _NONE, /) -> None:
        """Write with the next trip to the server."""
        self.wrote = True
        self._known.clear()
        self.later.append(_question(sql, values))

    def ahead(self, *asks: Callable[[Tx], object]) -> None:
        """Fetch what some functions will ask, in one trip."""
        questions = Questions()
        questions.ahead(*asks)
        asked = dict.fromkeys(_question(sql, values) for sql, values in questions.noted)
        with self._connection.pipeline():
            cursors = [self._send(question) for question in asked]
            # the first answer that is waited for brings all
            answers = [cursor.fetchall() for cursor in cursors]
        self._known = dict(zip(asked, answers, strict=True))

    @contextmanager
    def part(self) -> Iterator[None]:
        """Give a part of a transaction, which alone is undone where it raises."""
        # what is written before it must not be undone with it, and what is written in it must
        self._flush()
        self._connection.execute("SAVEPOINT part")
        try:
            yield
            self._flush()
        except BaseException:
            self.later.clear()
            self._known.clear()
            self._connection.execute("ROLLBACK TO part; RELEASE part")
            raise
        self._connection.execute("RELEASE part")

    def is_served(self, kind: str, id_: str, /) -> bool:
        """Whether a running process holds the lock of this name; all locks are looked up at once."""
        if self._served is None:
            self._served = held_keys(self._connection)
        return key_of(kind, id_) in self._served

    def _flush(self) -> None:
        if self.later:
            with self._connection.pipeline():
                self.send_later()

    def send_later(self) -> None:
        """Send what is to be written; within a pipeline it travels with what follows."""
        later, self.later = self.later, []
        for question in later:
            self._send(question)

    def _send(self, question: Question) -> psycopg.Cursor[Any]:
        sql, values = question
        return self._connection.execute(statement(sql).text, dict(values))

    def _execute(self, sql: str, values: Values) -> psycopg.Cursor[Any]:
        said = statement(sql)
        if said.writes:
            self.wrote = True
            self._known.clear()
        if not self.later:
            return self._connection.execute(said.text, values)
        with self._connection.pipeline():
            self.send_later()
            return self._connection.execute(said.text, values)


Question: TypeAlias = "tuple[str, tuple[tuple[str, Value], ...]]"
"""A statement with its values."""


def _question(sql: str, values: Values) -> Question:
    return sql, tuple(sorted(values.items()))


class _Unit:
    """What transactions and snapshots have in common: a connection that is taken, begun on, and given back."""

    __slots__ = ("_committed", "_connection", "_database", "_token", "_tx")

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def _begin(self, words: str) -> psycopg.Cursor[Any]:
        """Begin on a connection that stands: one that broke while nobody used it is put away. Raises Fault."""
        for left in reversed(range(MOST + 1)):
            connection = self._connection = self._database.borrow()
            try:
                return connection.execute(words)
            except psycopg.Error as error:
                connection.close()
                self._database.give_back(connection)
                # a line that broke while nobody used it is tried anew; one that is silent would be silent again
                if not left or not is_lost(error) or isinstance(error, psycopg.errors._WaitTimeout):
                    raise fault_of(error, self._database.where) from error
        raise AssertionError("the last try returns or raises")

    def _end(self) -> None:
        """Give the connection back, with nothing open on it."""
        connection = self._connection
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except psycopg.Error:
            connection.close()
        finally:
            self._database.give_back(connection)

    def _raise_fault(self, raised: BaseException | None) -> None:
        if isinstance(raised, psycopg.Error) and not isinstance(raised, psycopg.IntegrityError):
            raise fault_of(raised, self._database.where) from raised


class ReadUnit(_Unit):
    """A snapshot as a context manager; a class and not a generator, since every look passes it."""

    __slots__ = ()

    def __enter__(self) -> PostgresTx:
        self._begin(_BEGIN_READING)
        return PostgresTx(self._connection)

    def __exit__(self, _: object, raised: BaseException | None, __: object) -> None:
        self._end()
        self._raise_fault(raised)


class WriteUnit(_Unit):
    """A transaction as a context manager; a class and not a generator, since every ticket passes it."""

    __slots__ = ()

    def __enter__(self) -> PostgresTx:
        self._begin(_BEGIN_WRITING)
        self._connection.commits += 1
        self._token = self._connection.client, self._connection.commits
        self._tx = PostgresTx(self._connection)
        return self._tx

    def __exit__(self, _: object, raised: BaseException | None, __: object) -> None:
        try:
            if raised is None:
                self._commit()
        except psycopg.Error as error:
            raised = error
        finally:
            self._end()
        self._raise_fault(raised)

    def _commit(self) -> None:
        """Commit; where the answer is lost, ask what became of it. Raises psycopg.Error, Fault."""
        try:
            self._send_commit()
        except psycopg.Error as error:
            if self._committed is not None and self._committed.statusmessage == "COMMIT":
                # what failed is the notice behind it: others see the change with the next one, or within a minute
                return
            if not is_lost(error) or not self._tx.wrote:
                raise
            self._connection.close()
            if not self._was_committed():
                raise
            return
        if self._committed is not None and self._committed.statusmessage == "ROLLBACK":
            # a statement failed and nobody undid it: the server has taken everything back
            raise psycopg.errors.InFailedSqlTransaction("an earlier statement failed")

    def _send_commit(self) -> None:
        """Send the end of the transaction in one trip; `_committed` has what the server says of it."""
        connection = self._connection
        self._committed: psycopg.Cursor[Any] | None = None
        if not self._tx.wrote:
            self._committed = connection.execute("COMMIT")
            return
        client, token = self._token
        with connection.pipeline():
            self._tx.send_later()
            connection.execute(_STAMP.format(client=client, token=token))
            self._committed = connection.execute("COMMIT")
            for words in _NOTICE:
                connection.execute(words)

    def _was_committed(self) -> bool:
        """Ask the server, over another line, whether the transaction stands. Raises OutcomeUnknown."""
        deadline = time.monotonic() + self._database.settle_seconds
        while True:
            outcome = self._outcome()
            if outcome is not None:
                return outcome
            if time.monotonic() > deadline:
                raise OutcomeUnknown("unreachable", UNKNOWN_OUTCOME.fill(where=self._database.where))
            time.sleep(SETTLE_PAUSE)

    def _outcome(self) -> bool | None:
        """Return what became of the transaction; None while it is under way or nobody answers."""
        try:
            connection = self._database.borrow()
        except Fault:
            return None
        try:
            # the lock: the session that broke has ended; the write: what stands, stands on the standbys too
            with connection.transaction():
                connection.execute(TAKE_WRITE_LOCK)
                client, token = self._token
                found = connection.execute(_OUTCOME, {"client": client, "token": token}).rowcount == 1
        except psycopg.Error:
            connection.close()
            return None
        finally:
            self._database.give_back(connection)
        return found
