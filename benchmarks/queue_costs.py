"""What the queue costs: numbers beside bare SQLite, statements a tap, and the same work after a hundred and after a
million tickets of the clinic that is asked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from desk import Desk
from history import write_history
from looking import connected
from measure import Figure, side_by_side
from watched import WatchedDatabase

from nightdesk_kiosk.cli.spreadsheets import open_table
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_queue.commands import issuing
from nightdesk_queue.commands.booking_import import take_all
from nightdesk_queue.commands.issuing import Applicant
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.queue_view import queue_view
from nightdesk_queue.queries.reports import night
from nightdesk_queue.rules import booking_files
from nightdesk_queue.store import Database, open_database

BY = By("bench", "bench")
CLINIC, PREFIX, ROOM = "er", "E", "er-1"
"""A clinic that never closes and pages nobody, whatever the time of the run."""
ROUNDS, BATCH = 10, 60
FEW, MANY = 100, 1_000_000
WAITING = 30
IMPORTED = 20_000


def issue(hospital: Hospital, folder: Path) -> Iterator[Figure]:
    """Numbers a second, beside bare sqlite3 that executes the very statements of one issue, both committing durably."""
    ours = Desk(open_database(f"sqlite:///{folder / 'ours.db'}"), hospital)
    plain_database = open_database(f"sqlite:///{folder / 'plain.db'}")
    first = Desk(plain_database, hospital).issue(CLINIC, now=datetime.now(UTC), by=BY)
    plain = _Plain(plain_database, _statements(ours), first.service_day)

    def our_batch() -> None:
        for _ in range(BATCH):
            with working(ours.database, hospital, datetime.now(UTC), BY) as work:
                issuing.issue(work, CLINIC)

    taken = side_by_side([our_batch, plain.batch], ROUNDS)
    rate, plain_rate = (BATCH / one for one in taken)
    compared = f"bare sqlite3, the same statements: {plain_rate:.0f}/s"
    yield Figure("issue", rate, "/s", compared)
    yield Figure("issue / bare sqlite3", rate / plain_rate, "x", "durable commits both, in turns", 0.9, at_least=True)
    yield Figure("statements a tap", len(plain.statements), "SQL", "BEGIN and COMMIT not counted")


def _statements(desk: Desk) -> list[tuple[str, dict[str, object]]]:
    """Return what one issue executes, with its values."""
    heard: list[tuple[str, dict[str, object]]] = []
    watched = WatchedDatabase(desk.database)
    watched.noted.hear = lambda sql, values: heard.append((sql, dict(values)))
    Desk(watched, desk.hospital).issue(CLINIC, now=datetime.now(UTC), by=BY)
    return heard


class _Plain:
    """The statements of one issue on a connection of our own, each time with another number and id."""

    def __init__(self, database: Database, statements: list[tuple[str, dict[str, object]]], service_day: date) -> None:
        self.statements = statements
        self._connection = sqlite3.connect(database.where, isolation_level=None, cached_statements=256)
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._day = service_day.isoformat()
        self._n = 1

    def batch(self) -> None:
        """Issue as many as the other side."""
        for _ in range(BATCH):
            self._issue()

    def _issue(self) -> None:
        self._n += 1
        execute = self._connection.execute
        id_ = f"{self._n:018X}"
        execute("BEGIN IMMEDIATE")
        for sql, values in self.statements:
            execute(sql, self._renewed(sql, values, id_)).fetchall()
        execute("COMMIT")

    def _renewed(self, sql: str, values: dict[str, object], id_: str) -> dict[str, object]:
        if "INSERT INTO tickets" in sql:
            return {**values, "id": id_, "n": self._n, "service_day": self._day}
        return {**values, "ticket": id_} if "INSERT" in sql else values


def importing(hospital: Hospital, folder: Path) -> Iterator[Figure]:
    """Bookings of a file a second, the first time and again."""
    database = open_database(f"sqlite:///{folder / 'import.db'}")
    now = datetime.now(UTC)
    begin = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    lines = [
        f"{CLINIC},{begin + timedelta(minutes=15 * (n // 40)):%Y-%m-%dT%H:%MZ},Patient {n},138{n:08d},{n}\n"
        for n in range(IMPORTED)
    ]
    file = folder / "bookings.csv"
    file.write_text("clinic,at,name,phone,reference\n" + "".join(lines), encoding="utf-8")
    rates = []
    for _ in range(2):
        started = perf_counter()
        with open_table(file) as table:
            rows = booking_files.bookings(table.rows, hospital)
            taken = sum(one.ticket is not None for one in take_all(database, hospital, rows, now, BY))
        rates.append(taken / (perf_counter() - started))
    database.close()
    yield Figure("import, new rows", rates[0], "/s", f"the same file again: {rates[1]:.0f}/s", 5000, at_least=True)


def history(hospital: Hospital, folder: Path) -> Iterator[Figure]:
    """What is done at a desk, after few and after very many tickets of the clinic asked, in turns."""
    sides = [_Side(hospital, folder, past) for past in (FEW, MANY)]
    for name in ("issue", "tap", "queue", "undo", "report", "console", "lobby"):
        few, many = side_by_side([side.work(name) for side in sides], 40)
        compared = f"{many * 1e3:.2f} ms after 10^6 tickets, {few * 1e3:.2f} ms after 10^2"
        yield Figure(f"{name} with history", many / few, "x", compared, 1.3)
    for side in sides:
        side.database.close()


@dataclass
class _Side:
    """A database with a history, and 30 patients who wait."""

    hospital: Hospital
    folder: Path
    past: int

    def __post_init__(self) -> None:
        self.database = open_database(f"sqlite:///{self.folder / f'history-{self.past}.db'}")
        with connected(self.database) as connection:
            write_history(connection, self.past, clinic=CLINIC, prefix=PREFIX, room=ROOM, before=datetime.now(UTC))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.desk = Desk(self.database, self.hospital)
        for _ in range(WAITING):
            self.desk.issue(CLINIC, now=datetime.now(UTC), by=BY)

    def work(self, name: str) -> Callable[[], object]:
        """Return one thing that is done; what it writes is taken back, so that it stays the same work."""
        clinic = self.hospital.clinics[CLINIC]
        console = ConsoleDesk(self.hospital, self.database, Clock(), BY)
        lobby = LobbyDesk(self.hospital, self.database, Clock(), next(iter(self.hospital.kiosks.values())))
        works: dict[str, Callable[[], object]] = {
            "issue": self._issue,
            "tap": lambda: self.desk.issue_and_tell(CLINIC, Applicant(), now=datetime.now(UTC), by=BY),
            "queue": self._queue,
            "undo": lambda: self.desk.undo(now=datetime.now(UTC), by=BY),
            "report": self._report,
            "console": lambda: console.look([clinic]),
            "lobby": lobby.glances,
        }
        return works[name]

    def _issue(self) -> None:
        self.desk.issue(CLINIC, now=datetime.now(UTC), by=BY)

    def _queue(self) -> None:
        with self.database.snapshot() as tx:
            queue_view(tx, self.hospital, self.hospital.clinics[CLINIC], datetime.now(UTC))

    def _report(self) -> None:
        with self.database.snapshot() as tx:
            night(tx, self.hospital, [datetime.now(UTC).date()])
