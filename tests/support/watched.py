"""A database whose every statement is noted: who asked it, and how much work the engine had with it."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

from nightdesk_queue.store.database import Row, Tx, Values

T = TypeVar("T")
NOTHING: Values = {}


class Noted:
    """Statements by their text: the functions of `store` that asked them, and the most steps one of them took.

    A step is an instruction of SQLite's own machine: what a statement costs, whatever else the computer does.
    """

    def __init__(self) -> None:
        self.askers: dict[str, set[str]] = {}
        self.steps: dict[str, int] = {}
        self.count = 0
        self.hear: Callable[[str, Values], object] = lambda *_: None

    def add(self, sql: str, askers: set[str], steps: int) -> None:
        self.askers.setdefault(sql, set()).update(askers)
        self.steps[sql] = max(steps, self.steps.get(sql, 0))
        self.count += 1

    @property
    def functions(self) -> set[str]:
        return set().union(*self.askers.values())


class WatchedTx:
    """A transaction or snapshot that notes its statements."""

    def __init__(self, tx: Any, noted: Noted) -> None:
        self._tx = tx
        self._noted = noted

    def rows(self, sql: str, values: Values = NOTHING, /) -> list[Row]:
        return self._ask(sql, values, lambda: self._tx.rows(sql, values))

    def row(self, sql: str, values: Values = NOTHING, /) -> Row | None:
        return self._ask(sql, values, lambda: self._tx.row(sql, values))

    def change(self, sql: str, values: Values = NOTHING, /) -> int:
        return self._ask(sql, values, lambda: self._tx.change(sql, values))

    def write(self, sql: str, values: Values = NOTHING, /) -> None:
        self._ask(sql, values, lambda: self._tx.write(sql, values))

    def ahead(self, *asks: Callable[[Any], object]) -> None:
        self._tx.ahead(*asks)

    def part(self) -> Any:
        return self._tx.part()

    def is_served(self, kind: str, id_: str, /) -> bool:
        served: bool = self._tx.is_served(kind, id_)
        return served

    def _ask(self, sql: str, values: Values, ask: Callable[[], T]) -> T:
        self._noted.hear(sql, values)
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        connection: sqlite3.Connection = self._tx._connection
        connection.set_progress_handler(step, 1)
        try:
            return ask()
        finally:
            connection.set_progress_handler(None, 1)
            self._noted.add(sql, _askers(), steps)


class WatchedDatabase:
    """A database that hands out watched transactions and snapshots; all else is the database's own."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self.noted = Noted()

    def transaction(self) -> AbstractContextManager[Tx]:
        return self._watch(self._database.transaction())

    def snapshot(self) -> AbstractContextManager[Tx]:
        return self._watch(self._database.snapshot())

    @contextmanager
    def _watch(self, unit: AbstractContextManager[Tx]) -> Iterator[Tx]:
        with unit as tx:
            yield WatchedTx(tx, self.noted)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


def _askers() -> set[str]:
    """The public functions of `store` that asked: `tickets.by_id`."""
    found = set()
    frame = sys._getframe(2)
    while frame is not None and frame.f_back is not None:
        module = str(frame.f_globals.get("__name__", ""))
        name = frame.f_code.co_name
        if module.startswith("nightdesk_queue.store.") and not name.startswith(("_", "<")):
            found.add(f"{module.rpartition('.')[2]}.{name}")
        frame = frame.f_back
    return found
