"""What a database on a server costs: numbers and calls beside SQLite and beside bare SQL, round trips, how soon another
process sees a commit, and a province of forty hospitals on one server.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import psycopg
from desk import Desk
from measure import Figure
from pg_servers import Server
from proxying import Proxy

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_queue.commands import issuing
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital, load
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, open_database
from nightdesk_queue.store.postgres.connections import Connection

BY = By("bench", "bench")
CLINIC, ROOM, KIOSK = "er", "er-1", "lobby-1"
ROUNDS, BATCH = 8, 40
CONFIG = Path(__file__).parents[1] / "config.toml"
HOSPITALS, EVENTS_A_SECOND, PROVINCE_SECONDS = 40, 12, 60
PROCESSES = 4
"""That share the hospitals of the province: one process would measure itself."""


def server(hospital: Hospital, folder: Path) -> Iterator[Figure]:
    """Yield what one number and one call cost on both engines, and beside bare SQL on the server."""
    with Server(durable=True) as running:
        running.initialise()
        running.start()
        ours = Desk(open_database(running.create("ours")), hospital)
        plain = _Plain(running.create("plain"), hospital)
        file = Desk(open_database(f"sqlite:///{folder / 'beside.db'}"), hospital)
        taken: dict[str, list[float]] = {"postgres": [], "sqlite": [], "bare": []}
        works: dict[str, Callable[[], object]] = {
            "postgres": lambda: _issue(ours),
            "sqlite": lambda: _issue(file),
            "bare": plain.issue,
        }
        for work in works.values():
            for _ in range(20):
                work()
        for _ in range(ROUNDS):
            for name, work in works.items():
                taken[name] += [_seconds(work) for _ in range(BATCH)]
        for name in ("postgres", "sqlite"):
            yield Figure(f"issue on {name}", 1 / statistics.median(taken[name]), "/s", _spread(taken[name]))
        ratio = statistics.median(taken["bare"]) / statistics.median(taken["postgres"])
        yield Figure("issue / bare SQL on postgres", ratio, "x", _spread(taken["bare"]), 0.85, at_least=True)
        for name, desk in (("postgres", ours), ("sqlite", file)):
            calls = [_call(desk) for _ in range(ROUNDS * BATCH)]
            yield Figure(f"call on {name}", 1 / statistics.median(calls), "/s", _spread(calls))
        trips = _round_trips(running, hospital)
        yield Figure("round trips a tap", trips["tap"], "trips", "at a kiosk, with the wait that is told", 6)
        yield Figure("round trips a call", trips["call"], "trips", "")
        seen = _seen_after(running, hospital, ours.database)
        yield Figure("commit to another process, p99", seen[len(seen) * 99 // 100] * 1e3, "ms", _spread(seen), 50)
        ours.database.close()
        plain.close()


def province(hospital: Hospital, folder: Path) -> Iterator[str]:
    """Yield the p99 of numbers and calls of forty hospitals, each a database of its own, on one server."""
    del hospital, folder
    with Server(["max_connections=400"], durable=True) as running:
        running.initialise()
        running.start()
        urls = [running.create(f"h{n}") for n in range(HOSPITALS)]
        for url in urls:
            open_database(url).close()
        began = perf_counter()
        processes = [
            subprocess.Popen([sys.executable, __file__, *urls[n::PROCESSES]], stdout=subprocess.PIPE, text=True)
            for n in range(PROCESSES)
        ]
        said = [process.communicate(timeout=300)[0] for process in processes]
        lasted = perf_counter() - began
    found: dict[str, list[float]] = {"issue": [], "call": [], "late": []}
    for line in "".join(said).splitlines():
        kind, took = line.split()
        found[kind].append(float(took))
    events = len(found["issue"]) + 3 * len(found["call"])
    yield f"{HOSPITALS} hospitals, {events} events in {lasted:.0f} s ({events / lasted / HOSPITALS:.1f}/s each)"
    for kind in ("issue", "call", "late"):
        yield f"{kind}: {_spread(sorted(found[kind]))}"


def _work(urls: list[str]) -> None:
    """Play some hospitals for a minute, each event in its time; tell how long each number and each call took."""
    hospital, done, late = load(CONFIG), [], []

    def play(url: str, first: float) -> None:
        desk = Desk(open_database(url), hospital)
        due, end = first, first + PROVINCE_SECONDS
        while due < end:
            time.sleep(max(0.0, due - time.monotonic()))
            late.append(max(0.0, time.monotonic() - due))
            done.append(("issue", _seconds(lambda: _issue(desk))))
            done.append(("call", _call(desk)))
            # a number, a call, a start and a finish
            due += 4 / EVENTS_A_SECOND
        desk.database.close()

    begin = time.monotonic() + 2
    threads = [Thread(target=play, args=(url, begin + n / len(urls))) for n, url in enumerate(urls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for kind, took in [*done, *(("late", one) for one in late)]:
        print(kind, took)


def _issue(desk: Desk) -> None:
    with working(desk.database, desk.hospital, datetime.now(UTC), BY) as work:
        issuing.issue(work, CLINIC)


def _call(desk: Desk) -> float:
    """Return how long a call takes; its patient is served at once, and leaves."""
    began = perf_counter()
    called = desk.call(ROOM, now=datetime.now(UTC), by=BY).ticket
    took = perf_counter() - began
    desk.start(called.id, now=datetime.now(UTC), by=BY)
    desk.finish(called.id, now=datetime.now(UTC), by=BY)
    return took


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _spread(times: list[float]) -> str:
    found = sorted(times)
    return f"p50 {found[len(found) // 2] * 1e3:.2f} ms, p99 {found[len(found) * 99 // 100] * 1e3:.2f} ms"


def _round_trips(running: Server, hospital: Hospital) -> dict[str, int]:
    """Return how many round trips a tap at a kiosk takes, with all it is told, and a call."""
    with Proxy(running.folder) as line, open_database(line.url("ours")) as database:
        desk = Desk(database, hospital)
        kiosk = LobbyDesk(hospital, database, Clock(), hospital.kiosks[KIOSK])
        counted: dict[str, int] = {}
        for n in range(3):
            before = line.trips
            kiosk.issue(hospital.clinics["bone"], "zh", f"trip{n}")
            counted["tap"] = line.trips - before
            desk.issue(CLINIC, now=datetime.now(UTC), by=BY)
            before = line.trips
            called = desk.call(ROOM, now=datetime.now(UTC), by=BY).ticket
            counted["call"] = line.trips - before
            desk.start(called.id, now=datetime.now(UTC), by=BY)
            desk.finish(called.id, now=datetime.now(UTC), by=BY)
    return counted


def _seen_after(running: Server, hospital: Hospital, database: Database) -> list[float]:
    """Return how long after each commit of another process a feed of this one wakes, sorted."""
    woken: list[float] = []
    stop = Event()

    def listen() -> None:
        with database.changes() as feed:
            feed.changed()
            while not stop.is_set():
                if feed.wait(0.5):
                    woken.append(time.monotonic())

    listener = Thread(target=listen)
    listener.start()
    time.sleep(0.5)
    writer = subprocess.run(
        [sys.executable, __file__, "--write", running.url("ours")], stdout=subprocess.PIPE, text=True, check=True
    )
    time.sleep(0.5)
    stop.set()
    listener.join()
    committed = [float(line) for line in writer.stdout.split()]
    # each commit is seen by the first waking that follows its beginning
    return sorted(max(0.0, next((at for at in woken if at >= one - 0.002), one + 9) - one) for one in committed)


def _write(url: str) -> None:
    desk = Desk(open_database(url), load(CONFIG))
    for _ in range(100):
        time.sleep(0.02)
        _issue(desk)
        print(time.monotonic())
    desk.database.close()


class _Plain:
    """The statements of one issue on a connection of our own, each time with another number and id."""

    def __init__(self, url: str, hospital: Hospital) -> None:
        with open_database(url) as database:
            desk = Desk(database, hospital)
            desk.issue(CLINIC, now=datetime.now(UTC), by=BY)
            self._statements = _said(lambda: _issue(desk))
        self._connection = psycopg.connect(url, autocommit=True, prepare_threshold=2)
        self._connection.execute("SET search_path TO nightdesk")
        self._n = 2

    def issue(self) -> None:
        """Give one number."""
        self._n += 1
        id_ = f"{self._n:018X}"
        execute = self._connection.execute
        execute("BEGIN")
        execute("SELECT pg_advisory_xact_lock(1)")
        for sql, values in self._statements:
            cursor = execute(sql, self._renewed(sql, values, id_))
            if cursor.description:
                cursor.fetchall()
        execute("NOTIFY nightdesk_changes")
        execute("COMMIT")

    def _renewed(self, sql: str, values: dict[str, Any], id_: str) -> dict[str, Any]:
        if "INSERT INTO tickets" in sql:
            return {**values, "id": id_, "n": self._n}
        return {**values, "ticket": id_} if "INSERT" in sql else values

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _said(work: Callable[[], object]) -> list[tuple[str, dict[str, Any]]]:
    """Return the statements of a piece of work as the server is told them, with their values."""
    heard: list[tuple[str, dict[str, Any]]] = []
    execute = Connection.execute

    def hear(self: Connection, query: Any, params: Any = None, **named: Any) -> Any:
        if params is not None:
            heard.append((query, dict(params)))
        return execute(self, query, params, **named)

    Connection.execute = hear  # type: ignore[method-assign]
    try:
        work()
    finally:
        Connection.execute = execute  # type: ignore[method-assign]
    return heard


if __name__ == "__main__":
    if sys.argv[1] == "--write":
        _write(sys.argv[2])
    else:
        _work(sys.argv[1:])
