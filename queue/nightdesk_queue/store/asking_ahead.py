"""Questions that are known before they are asked: on a server they are asked together, in one trip over the network.

A function that asks is called once with somebody who only notes its questions and knows no answer. What it would ask
then is fetched, and when it asks in earnest the answer is there. A question that was not foreseen is simply asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nightdesk_queue.store.database import Row, Values

if TYPE_CHECKING:
    from nightdesk_queue.store.database import Tx

_NONE: Values = {}


class Questions:
    """Notes what is asked of it; every answer is empty."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, Values]] = []

    def rows(self, sql: str, values: Values = _NONE, /) -> list[Row]:
        """Note a question."""
        self.noted.append((sql, values))
        return []

    def row(self, sql: str, values: Values = _NONE, /) -> Row | None:
        """Note a question."""
        self.noted.append((sql, values))
        return None

    def change(self, sql: str, values: Values = _NONE, /) -> int:
        """Refuse: who only wants to know writes nothing."""
        raise AssertionError(f"a question writes: {sql}, {sorted(values)}")

    def write(self, sql: str, values: Values = _NONE, /) -> None:
        """Refuse, as `change` does."""
        self.change(sql, values)

    def ahead(self, *asks: Callable[[Tx], object]) -> None:
        """Note the questions of others, too."""
        for ask in asks:
            ask(self)

    @contextmanager
    def part(self) -> Iterator[None]:
        """Give nothing."""
        yield

    def is_served(self, kind: str, id_: str, /) -> bool:
        """Say no."""
        del kind, id_
        return False
