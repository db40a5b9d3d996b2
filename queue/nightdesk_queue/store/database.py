"""The protocol `Database`: what everybody may ask of the data, whatever engine serves it.

One hospital is one database. Writers are serialised, so the order of `seq` is the order of commit. Readers see one
moment. Every engine's own errors have become a `Fault` with words and a fix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias

from nightdesk_queue.domain.records import Record
from nightdesk_queue.text.bilingual import Text

if TYPE_CHECKING:
    from nightdesk_queue.domain.backups import Backup, DatabaseStatus
    from nightdesk_queue.store.tables import Tables

Value: TypeAlias = "str | int | float | None"
Values: TypeAlias = Mapping[str, Value]


class Row(Protocol):
    """One row of a result; columns by name, or all values in the order of `keys`."""

    def __getitem__(self, name: str, /) -> Any:
        """Return a column."""

    def keys(self) -> Sequence[str]:
        """Return the names of the columns."""

    def __iter__(self) -> Iterator[Any]:
        """Go through the values."""


class Tx(Protocol):
    """A transaction or a snapshot that is open. SQL is one text for all engines, with `:name` for values."""

    def rows(self, sql: str, values: Values = ..., /) -> list[Row]:
        """Return all rows of a query."""

    def row(self, sql: str, values: Values = ..., /) -> Row | None:
        """Return the first row of a query, None without one."""

    def change(self, sql: str, values: Values = ..., /) -> int:
        """Write, and return how many rows were changed."""

    def write(self, sql: str, values: Values = ..., /) -> None:
        """Write, and ask nothing about it: it may be sent with what follows, and what is wrong with it is told then."""

    def ahead(self, *asks: Callable[[Tx], object]) -> None:
        """Say what will be asked: functions that ask, which an engine may call to fetch their answers together."""

    def part(self) -> AbstractContextManager[None]:
        """Give a part of a transaction, which alone is undone where it raises."""

    def is_served(self, kind: str, id_: str, /) -> bool:
        """Whether a running process holds the lock of this name."""


class ProcessLock(Protocol):
    """A lock that one process holds; the system frees it when that process ends. A context manager that releases."""

    @property
    def held(self) -> bool:
        """Whether this object holds it."""

    @property
    def descriptor(self) -> int | None:
        """A file that a child process can inherit to hold the lock, too; None where there is none."""

    def acquire(self) -> bool:
        """Try to take it; False while another process holds it."""

    def wait(self, stop: Event, seconds: float) -> bool:
        """Try again every `seconds` until it is taken; False when told to stop before."""

    def release(self) -> None:
        """Free the lock."""

    def __enter__(self) -> Self:
        """Return the lock itself."""

    def __exit__(self, *_: object) -> None:
        """Release it."""


class ChangeFeed(Protocol):
    """Tells one reader that something was committed, by any process, since it last asked. A context manager."""

    def changed(self) -> bool:
        """Whether something was committed since the last call; True the first time. Raises Fault."""

    def wait(self, seconds: float, stop: Event | None = None, readable: Sequence[int] = ()) -> bool:
        """Wait for a commit, at most `seconds` or until told to stop; whether there was one. Raises Fault.

        `readable`: descriptors; it waits no longer once one of them can be read.
        """

    def close(self) -> None:
        """End the feed."""

    def __enter__(self) -> Self:
        """Return the feed itself."""

    def __exit__(self, *_: object) -> None:
        """Close it."""


class Examination(Record):
    """What a look at the whole database found: what is wrong, what should be changed, and the newest copy of it."""

    wrong: tuple[Text, ...]
    warnings: tuple[Text, ...]
    last_copy: tuple[str, datetime] | None
    """Its name and when it was made."""


class Database(Protocol):
    """One hospital's database. Any thread may use it; each transaction and snapshot has a connection of its own."""

    @property
    def where(self) -> str:
        """Where it is, in words for people; without a password."""

    @property
    def machine(self) -> str:
        """The name of the machine that this process runs on, as others see it."""

    def transaction(self) -> AbstractContextManager[Tx]:
        """Give a transaction, written whole or not at all. Raises Fault when it cannot be written."""

    def snapshot(self) -> AbstractContextManager[Tx]:
        """Give one moment of the database for several queries. Raises Fault."""

    def changes(self) -> ChangeFeed:
        """Give a feed that wakes its reader within 50 ms of a commit anywhere."""

    def lock(self, kind: str, id_: str) -> ProcessLock:
        """Give the lock of a device or a task, not yet taken."""

    def rehearsal(self) -> AbstractContextManager[Database]:
        """Give a copy of the database in which anything may be tried; it is gone afterwards. Raises Fault."""

    def tables(self) -> AbstractContextManager[Tables]:
        """Give all tables at one moment, to be copied. Raises Fault."""

    def filling(self) -> AbstractContextManager[Tables]:
        """Give all tables in one transaction that fills a new database. Raises Fault."""

    def prove_writable(self) -> None:
        """Raise Fault where nothing can be written, which a start wants to know at once."""

    def examine(self) -> Examination:
        """Look at the whole database: every page, its own rules, and whether tonight's values can be read."""

    def backup(
        self, folder: Path, at: datetime, progress: Callable[[int, int], None] = ..., *, portable: bool = ...
    ) -> Backup:
        """Write a backup of one moment into a folder, proved whole, while everybody goes on. Raises Fault.

        `portable`: a file that any engine can be filled from, also where the server's own programs could make one.
        """

    def backups(self, folder: Path) -> list[tuple[datetime, Path]]:
        """Return the backups of this database in a folder with when they were made, the oldest first."""

    def rotate_backups(self, folder: Path, keep: int) -> list[Path]:
        """Delete all its backups in a folder but the newest ones; return what is gone. Raises Fault."""

    def settle(self) -> None:
        """Move what was committed into the main file as far as nobody is in the way; a plain copy lacks no more."""

    def tidy(self) -> int:
        """Give some of the room back that deleted rows left, in a moment in which nobody waits for it.

        Returns how many pages were given back, 0 when nothing is left to do. Raises Fault.
        """

    def status(self, at: datetime) -> DatabaseStatus:
        """Return what it is: engine, layout, size. Raises Fault."""

    def close(self) -> None:
        """Close every connection; what was committed stays."""

    def __enter__(self) -> Self:
        """Return the database itself."""

    def __exit__(self, *_: object) -> None:
        """Close it."""


class StopSignal(Event):
    """The request that workers end. It also ends the wait of whoever waits for a commit.

    `hands_over`: others go on with the same devices at once, so that a call screen keeps what it shows.
    """

    def __init__(self) -> None:
        super().__init__()
        self.hands_over = False
        self._callbacks: list[Callable[[], None]] = []
        self._guard = Lock()

    def on_set(self, callback: Callable[[], None]) -> None:
        """Call `callback` on the request, at once where it was made already."""
        with self._guard:
            self._callbacks.append(callback)
        if self.is_set():
            callback()

    def forget(self, callback: Callable[[], None]) -> None:
        """Call `callback` no more."""
        with self._guard:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

    def set(self) -> None:
        """Tell everybody to end."""
        super().set()
        with self._guard:
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()


def inserted(tx: Tx, table: str, sql: str, values: Values, *, many: bool) -> int:
    """Insert a row by a statement and return its seq.

    `many`: it is one of many in its transaction. A tap is one statement; many are sooner written by two each, since
    SQLite keeps what RETURNING gives apart first, which takes as long as the writing itself.
    """
    if many:
        tx.change(sql, values)
    # writes are serialised, so the newest is ours
    row = tx.row(f"SELECT max(seq) AS seq FROM {table}") if many else tx.row(f"{sql} RETURNING seq", values)
    assert row is not None, "an aggregate, or an INSERT with RETURNING, has a row"
    seq: int = row["seq"]
    return seq


def listed(name: str, values: Sequence[str]) -> tuple[str, dict[str, Value]]:
    """Return what stands in `IN (...)` for a list of values, `:name0, :name1`, and the values by those names."""
    named: dict[str, Value] = {f"{name}{at}": value for at, value in enumerate(values)}
    return ", ".join(f":{key}" for key in named), named
