"""What every command takes, and the one place where permissions are asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from types import TracebackType
from typing import Concatenate, ParamSpec, TypeVar

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By, Role
from nightdesk_queue.domain.states import WrongState
from nightdesk_queue.rules import last_steps, permissions
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import events
from nightdesk_queue.store.database import Database, Tx
from nightdesk_queue.store.events import NewEvent

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class Act:
    """The events of one transaction belong together: `first` is the seq of the first of them, once there is one."""

    first: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """An open transaction, the hospital as configured, the moment, and who acts where."""

    tx: Tx
    hospital: Hospital
    now: datetime
    by: By
    act: Act = field(default_factory=Act)


class working:  # noqa: N801 - it reads as what it is for: with working(...) as work
    """A transaction for one command or several that are one act. Raises Fault when it cannot be written.

    A class and not a generator, since every tap passes it.
    """

    __slots__ = ("_by", "_hospital", "_now", "_transaction")

    def __init__(self, database: Database, hospital: Hospital, now: datetime, by: By) -> None:
        self._transaction = database.transaction()
        self._hospital = hospital
        self._now = now
        self._by = by

    def __enter__(self) -> Work:
        return Work(self._transaction.__enter__(), self._hospital, self._now, self._by)

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.__exit__(kind, raised, trace)


def record(work: Work, event: NewEvent) -> int:
    """Write an event of this work and return its seq."""
    seq = events.append(work.tx, event, work.now, work.by, work.act.first)
    if work.act.first is None:
        work.act.first = seq
    return seq


COMMANDS: dict[str, Command] = {}
"""What each function asks leave for, by its dotted name."""


def command(name: Command) -> Callable[[Callable[Concatenate[Work, P], R]], Callable[Concatenate[Work, P], R]]:
    """Declare a command: before it begins, the table of permissions is asked. Raises Refused: staff_only.

    Where a patient is not where the command needs them, the refusal says who took the last step, where and when: two
    have reached for one patient, and one of them has to know.
    """

    def declare(function: Callable[Concatenate[Work, P], R]) -> Callable[Concatenate[Work, P], R]:
        COMMANDS[f"{function.__module__}.{function.__qualname__}"] = name

        @wraps(function)
        def run(work: Work, /, *args: P.args, **kwargs: P.kwargs) -> R:
            permissions.require(work.by.role, name)
            try:
                return function(work, *args, **kwargs)
            except WrongState as refused:
                raise _told_by_whom(work, refused) from refused

        return run

    return declare


def _told_by_whom(work: Work, refused: WrongState) -> Refused:
    if work.by.role is Role.PATIENT:
        return refused  # patients read no names of staff
    last = events.last_of_ticket(work.tx, refused.ticket)
    return last_steps.by_whom(work.hospital, refused, last, work.now) if last else refused
