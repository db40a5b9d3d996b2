"""Damage inside values: what a row holds and nobody wrote, told as a fault that says what to do.

A file can be whole as SQLite sees it and still hold a state that does not exist or half a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text

P = ParamSpec("P")
R = TypeVar("R")

DAMAGED_VALUE = Text(
    zh="数据库已损坏：{table} 里有读不懂的值({what})；请停止所有程序并从备份恢复",
    en="the database is damaged: {table} holds a value that cannot be read ({what}); stop every program and restore a "
    "backup",
)
LONGEST = 60


def damaged(table: str, error: Exception) -> Fault:
    """Return the fault of a value of a table that cannot be read."""
    what = " ".join(str(error).split())[:LONGEST]
    return Fault("database_damaged", DAMAGED_VALUE.fill(table=table, what=what or type(error).__name__))


def reads(table: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function that reads a row of a table: what it cannot read is damage. Raises Fault."""

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def read(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise damaged(table, error) from error

        return read

    return declare
