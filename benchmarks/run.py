"""What nightdesk costs, side by side in one run: `make bench`.

Ratios are what counts: both sides of each run on the same machine, in the same minute, on the same disk.
"""

from __future__ import annotations

import os
import select
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import displays
import printing
from desk import Desk
from looking import bare

from nightdesk_displays.line_worker import LineWorker
from nightdesk_displays.virtual.sign import VirtualSign
from nightdesk_queue.config import Display, Hospital, load
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.queries.wait_forecasts import prospects
from nightdesk_queue.queries.waiting_list import waiting_line
from nightdesk_queue.rules.ordering import order as calling_order
from nightdesk_queue.rules.ordering import rules_of
from nightdesk_queue.rules.waits import forecasts as play
from nightdesk_queue.store import Database, events, open_database, slips, tickets
from nightdesk_queue.store.tickets import COLUMNS

ROOT = Path(__file__).parents[1]
BY = By("bench", "bench")
CALLS = 40
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def main() -> None:
    """Run everything, or the benchmarks named on the command line."""
    wanted = sys.argv[1:] or list(BENCHMARKS)
    if unknown := [name for name in wanted if name not in BENCHMARKS]:
        sys.exit(f"unknown: {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
    hospital = load(ROOT / "config.toml")
    with tempfile.TemporaryDirectory(prefix="nightdesk-bench-", dir=os.environ.get("BENCH_FOLDER")) as folder:
        for name in wanted:
            print(f"{name}:")
            for line in BENCHMARKS[name](hospital, Path(folder)):
                print(f"  {line}")


def issue(hospital: Hospital, folder: Path) -> Iterator[str]:
    """desk.issue beside the same three statements in bare sqlite3, alternating in small batches."""
    ours = Desk(open_database(f"sqlite:///{folder / 'ours.db'}"), hospital)
    model = ours.issue("service", now=START, by=BY)
    bare = open_database(f"sqlite:///{folder / 'bare.db'}").connection
    rows = _bare_rows(ours.store, model.id)
    rates: dict[str, list[float]] = {"desk.issue": [], "bare sqlite3": []}
    number = 0
    for _ in range(12):
        began = time.perf_counter()
        for _ in range(BATCH):
            ours.issue(NO_PAGES, now=datetime.now(UTC), by=BY)
        rates["desk.issue"].append(BATCH / (time.perf_counter() - began))
        began = time.perf_counter()
        for _ in range(BATCH):
            number += 1
            _bare_issue(bare, rows, number)
        rates["bare sqlite3"].append(BATCH / (time.perf_counter() - began))
    ours_rate, bare_rate = (statistics.median(rates[name]) for name in ("desk.issue", "bare sqlite3"))
    yield f"desk.issue    {ours_rate:8.0f} a second (WAL, synchronous=FULL)"
    yield f"bare sqlite3  {bare_rate:8.0f} a second (the same three INSERTs, the same file layout)"
    yield f"ratio         {ours_rate / bare_rate:8.2f} (wanted: at least 0.75)"


BATCH = 200
NO_PAGES = "er"
"""A clinic that never closes and pages nobody, whatever the time of the run."""


def _bare_rows(store: Database, ticket: str) -> dict[str, dict[str, object]]:
    return {
        table: dict(bare(store).execute(f"SELECT * FROM {table} WHERE {key} = ?", (ticket,)).fetchone())
        for table, key in (("tickets", "id"), ("events", "ticket"), ("slips", "ticket"))
    }


def _bare_issue(connection: object, rows: dict[str, dict[str, object]], n: int) -> None:
    execute = connection.execute  # type: ignore[attr-defined]
    id_ = new_id(datetime.now(UTC))
    ticket = {**rows["tickets"], "id": id_, "n": n, "number": f"B{n:03d}"}
    event = {**rows["events"], "ticket": id_}
    slip = {**rows["slips"], "ticket": id_}
    execute("BEGIN IMMEDIATE")
    execute(_BARE_TICKET, ticket)
    execute(_BARE_EVENT, event)
    execute(_BARE_SLIP, slip)
    execute("COMMIT")


def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(':' + name for name in columns)})"


_BARE_TICKET = _insert("tickets", COLUMNS)
_BARE_EVENT = _insert(
    "events", ("at", "actor", "station", "kind", "ticket", "number", "clinic", "reason", "before", "after", "undoes")
)
_BARE_SLIP = _insert("slips", ("ticket", "kind", "printer", "home", "state", "queued_at", "changed_at"))


def call(hospital: Hospital, folder: Path) -> Iterator[str]:
    """desk.call with 100 and with 1,000,000 tickets of history, 30 patients waiting in both, one in five in a lane."""
    medians = {}
    for history in (100, 1_000_000):
        desk = Desk(open_database(f"sqlite:///{folder / f'history-{history}.db'}"), hospital)
        _fill(desk, history)
        times = []
        for _ in range(300):
            now = datetime.now(UTC)
            desk.issue(NO_PAGES, now=now, by=BY)
            began = time.perf_counter()
            ticket = desk.call("er-1", now=now, by=BY).ticket
            times.append(time.perf_counter() - began)
            desk.start(ticket.id, now=now, by=BY)
            desk.finish(ticket.id, now=now, by=BY)
        medians[history] = statistics.median(times)
        p50, p99 = medians[history] * 1e3, _p99(times) * 1e3
        yield f"{history:9,} tickets of history: call p50 {p50:.2f} ms, p99 {p99:.2f} ms"
        desk.store.close()
    yield f"ratio {medians[1_000_000] / medians[100]:.2f} (wanted: at most 1.3)"


def _fill(desk: Desk, history: int) -> None:
    """Write a history of finished tickets with their events and slips, then let 30 patients wait."""
    first = desk.issue(NO_PAGES, now=START, by=BY)
    row = dict(bare(desk.store).execute("SELECT * FROM tickets WHERE id = ?", (first.id,)).fetchone())
    with desk.store.transaction() as tx:
        for number in range(history):
            day = START.date() - timedelta(days=1 + number // 900)
            at = (START - timedelta(minutes=number)).isoformat(timespec="microseconds")
            id_ = f"{number:016d}"
            done = {**row, "id": id_, "n": number % 900 + 1, "service_day": day.isoformat(), "state": "done"}
            tickets.insert(tx, {**done, "arrived_at": at, "queued_at": at})
            for kind in ("issue", "call", "start", "finish"):
                events.append(tx, at, BY, kind, ticket=id_, before={"state": "x"}, after={"state": "y"})
            slips.queue(tx, id_, "ticket", "lobby", at)
        connection.execute("UPDATE slips SET state = 'printed'")
    for number in range(30):
        desk.issue(NO_PAGES, now=datetime.now(UTC), by=BY, priority=[] if number % 5 else ["veteran"])


CALLER = """
import sys, time
from datetime import datetime, UTC
from pathlib import Path
from nightdesk_queue.config import load
from desk import Desk
from nightdesk_queue.model import By
from nightdesk_queue.store import Database
desk = Desk(open_database(sys.argv[1]), load(Path(sys.argv[2])))
by = By("bench", "bench")
for line in sys.stdin:
    ticket = desk.issue("bone", now=datetime.now(UTC), by=by)
    print(ticket.number, flush=True)
    sys.stdin.readline()
    desk.call("bone-1", ticket=ticket.id, now=datetime.now(UTC), by=by)
    print(time.perf_counter_ns(), flush=True)
    sys.stdin.readline()
    desk.start(ticket.id, now=datetime.now(UTC), by=by)
    desk.finish(ticket.id, now=datetime.now(UTC), by=by)
    print("done", flush=True)
"""


def press_to_frame(hospital: Hospital, folder: Path) -> Iterator[str]:
    """A call committed in one process, until the first byte leaves on the line of another."""
    url = f"sqlite:///{folder / 'press.db'}"
    for protocol in ("board", "onbon"):
        with _line() as (far, port), open_database(url) as store:
            display = Display(id="sign", port=port, protocol=protocol, clinics=["bone"])
            stop = threading.Event()
            worker = LineWorker([display], hospital, store, lambda: datetime.now(UTC), stop)
            thread = threading.Thread(target=worker.run)
            thread.start()
            times = _press(url, FarSign(far, protocol))
            stop.set()
            thread.join()
        yield f"{protocol:6} p50 {statistics.median(times):5.1f} ms, p99 {_p99(times):5.1f} ms, {len(times)} calls"


class FarSign:
    """A sign at the far end, which answers, and when the frame began with which it came to show something."""

    def __init__(self, far: int, protocol: str) -> None:
        self.sign = VirtualSign(protocol)
        self._far = far
        self._began = 0

    def until(self, wanted: Callable[[str], bool]) -> int:
        """Hear until the sign shows what is wanted; return when the first byte of that frame came, in ns."""
        while True:
            if not select.select([self._far], [], [], 0.01)[0]:
                if wanted("".join(self.sign.lines)):
                    return self._began
                continue
            now, frames = time.perf_counter_ns(), self.sign.frames
            self._began = self._began or now
            if answer := self.sign.feed(os.read(self._far, 65536)):
                os.write(self._far, answer)
            if self.sign.frames > frames:
                if wanted("".join(self.sign.lines)):
                    began, self._began = self._began, 0
                    return began
                self._began = 0

    def hear(self, seconds: float) -> None:
        """Hear for a while."""
        deadline = time.monotonic() + seconds
        self.until(lambda _: time.monotonic() > deadline)
        self._began = 0


def _press(url: str, far: FarSign) -> list[float]:
    command = [sys.executable, "-c", CALLER, url, str(ROOT / "config.toml")]
    caller = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert caller.stdin is not None
    assert caller.stdout is not None

    def say() -> str:
        assert caller.stdin is not None
        assert caller.stdout is not None
        caller.stdin.write("go\n")
        caller.stdin.flush()
        return caller.stdout.readline().strip()

    times = []
    for _ in range(CALLS):
        number = say()
        # the sign stands idle, its confirmation is over
        far.hear(1.3)
        committed = say()
        heard = far.until(lambda shown, number=number: displays.is_called(number, shown))
        # perf_counter is one clock for all processes of a machine
        times.append((heard - int(committed)) / 1e6)
        say()
    caller.stdin.close()
    caller.wait()
    return times


@contextmanager
def _line() -> Iterator[tuple[int, str]]:
    far, near = os.openpty()
    tty.setraw(far)
    tty.setraw(near)
    try:
        yield far, os.ttyname(near)
    finally:
        os.close(near)
        os.close(far)


def start(hospital: Hospital, folder: Path) -> Iterator[str]:
    """Import and start time: the bare interpreter, the CLI, one whole command, the lobby's first picture."""
    config, database = str(ROOT / "config.toml"), f"sqlite:///{folder / 'start.db'}"
    lobby = (
        "import asyncio; from pathlib import Path\n"
        "from nightdesk_kiosk.clock import Clock; from nightdesk_kiosk.lobby.app import LobbyApp\n"
        "from nightdesk_kiosk.lobby.desk import LobbyDesk; from nightdesk_queue.config import load\n"
        "from nightdesk_queue.store import Database\n"
        f"hospital = load(Path({config!r})); kiosk = next(iter(hospital.kiosks.values()))\n"
        f"app = LobbyApp(LobbyDesk(hospital, open_database({database!r}), Clock(), kiosk))\n"
        "async def show():\n"
        "    async with app.run_test(size=(80, 24)) as pilot: await pilot.pause()\n"
        "asyncio.run(show())"
    )
    cases = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import nightdesk_kiosk.cli": [sys.executable, "-c", "import nightdesk_kiosk.cli"],
        "nightdesk queue (config, database)": _cli(config, database, "queue", "bone", "--json"),
        "nightdesk issue (config, database, commit)": _cli(config, database, "issue", "bone", "--json"),
        "import the lobby": [sys.executable, "-c", "import nightdesk_kiosk.lobby.app"],
        "lobby, to its first picture": [sys.executable, "-c", lobby],
    }
    for name, command in cases.items():
        times = []
        for _ in range(7):
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - began)
        yield f"{name:44} {statistics.median(times) * 1e3:6.0f} ms"


def _cli(config: str, database: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "nightdesk_kiosk", "--config", config, "--database", database, *arguments]


def order(hospital: Hospital, folder: Path) -> Iterator[str]:
    """The whole order of a queue, read from the database and put in calling order, by how many wait."""
    clinic = hospital.clinics[NO_PAGES]
    for waiting in (10, 100, 1_000):
        with open_database(f"sqlite:///{folder / f'order-{waiting}.db'}") as store:
            _crowd(Desk(store, hospital), waiting)
            with store.snapshot() as tx:
                found = tickets.living(tx, clinic.id, State.WAITING)
                pure = _median(lambda found=found: calling_order(found, rules_of(clinic), {}, NIGHT))
                read = _median(lambda connection=connection: waiting_line(tx, clinic, NIGHT))
        yield f"{waiting:5,} waiting: order {pure * 1e3:7.3f} ms, with reading the database {read * 1e3:7.3f} ms"


def forecast(hospital: Hospital, folder: Path) -> Iterator[str]:
    """What everybody of 100 in line is told, from the database to the last interval."""
    with open_database(f"sqlite:///{folder / 'forecast.db'}") as store:
        _crowd(Desk(store, hospital), 100)
        with store.snapshot() as tx:
            known = prospects(tx, hospital, NO_PAGES, NIGHT)
            means = [known.consultation] * 100
            pure = _median(lambda: play(known.busy, means, known.learned))
            whole = _median(lambda: prospects(tx, hospital, NO_PAGES, NIGHT).standings())
    yield f"100 waiting: forecasts {pure * 1e3:.3f} ms, with reading the database {whole * 1e3:.3f} ms"


NIGHT = START + timedelta(minutes=45)


def _crowd(desk: Desk, waiting: int) -> None:
    """Let so many wait: one in five with a priority, one in ten on level III, one in ten back from an examination."""
    for number in range(waiting):
        now = START + timedelta(seconds=2 * number)
        ticket = desk.issue(
            NO_PAGES,
            now=now,
            by=BY,
            level=3 if number % 10 == 3 else None,
            priority=["veteran"] if number % 5 == 1 else [],
        )
        if number % 10 == 7:
            desk.hold(ticket.id, now=now, by=BY)
            desk.return_(ticket.id, now=now, by=BY)


def _median(work: Callable[[], object], times: int = 30) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


Benchmark = Callable[[Hospital, Path], Iterator[str]]
BENCHMARKS: dict[str, Benchmark] = {
    "issue": issue,
    "call": call,
    "order": order,
    "forecast": forecast,
    "press_to_frame": press_to_frame,
    "start": start,
    "render": printing.render,
    "tap_to_byte": printing.tap_to_byte,
    "spool": printing.spool,
    "bus": displays.bus,
    "recovery": displays.recovery,
    "idle": displays.idle,
}

if __name__ == "__main__":
    main()
