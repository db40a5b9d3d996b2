"""Consoles with 300 who wait, in real terminals: a key to its picture, *next* to its answer, changes of others."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from desk import Desk
from measure import Figure
from taps import in_terminal, quantile, until_bytes

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import open_database

ROOT = Path(__file__).parents[1]
WAITING, KEYS, CALLS, CHANGES = 300, 60, 20, 20
START_SECONDS, ANSWER_SECONDS, PAUSE = 30.0, 10.0, 0.1
BY = By("bench", "bench")
DOWN = b"\x1b[B"


def consoles(hospital: Hospital, folder: Path) -> Iterator[Figure]:
    """Milliseconds from a key to the first byte that only the picture after it has; three consoles follow a fourth."""
    url, config = f"sqlite:///{folder / 'consoles.db'}", folder / "consoles.toml"
    rule = "\n[console]\nsounds = false\n"
    config.write_text((ROOT / "config.toml").read_text(encoding="utf-8") + rule, encoding="utf-8")
    command = [sys.executable, "-m", "nightdesk_kiosk", "--config", str(config), "--database", url, "--lang", "en"]
    with open_database(url) as database, ExitStack() as stack:
        desk = Desk(database, hospital)
        for n in range(WAITING):
            desk.issue("er", now=datetime.now(UTC), by=BY, name=f"Patient {n}")
        command += ["console", "--clinic", "er", "--room", "er-1"]
        terminals = [stack.enter_context(in_terminal(command)) for _ in range(3)]
        for terminal in terminals:
            until_bytes(terminal, b"300 waiting", START_SECONDS)
        time.sleep(1)
        yield from _keys(terminals[0])
        yield from _calls(terminals[0])
        for terminal in terminals:
            until_quiet(terminal)
        yield from _changes(terminals, desk)


def _keys(terminal: int) -> Iterator[Figure]:
    taken = []
    for place in range(2, KEYS + 2):
        time.sleep(PAUSE)
        began = time.perf_counter()
        os.write(terminal, DOWN)
        taken.append(until_bytes(terminal, f"place {place}:".encode(), ANSWER_SECONDS) - began)
    for name, share, limit in (("p50", 0.5, 60.0), ("p99", 0.99, 150.0)):
        yield Figure(f"console, key to picture, {name}", quantile(taken, share), "ms", f"{WAITING} waiting", limit)


def _calls(terminal: int) -> Iterator[Figure]:
    taken = []
    for n in range(1, CALLS + 1):
        time.sleep(PAUSE)
        began = time.perf_counter()
        os.write(terminal, b"n")
        taken.append(until_bytes(terminal, f"E{n:03d} → ".encode(), ANSWER_SECONDS) - began)
        # nobody is finished by *next* who was called a moment ago and not started
        os.write(terminal, b"s")
        until_bytes(terminal, f"E{n:03d}: start".encode(), ANSWER_SECONDS)
    yield Figure("console, next to answer, p50", quantile(taken, 0.5), "ms", f"{WAITING} waiting", 150.0)


def _changes(terminals: list[int], desk: Desk) -> Iterator[Figure]:
    taken = []
    waiting = WAITING - CALLS
    for n in range(1, CHANGES + 1):
        time.sleep(PAUSE)
        desk.issue("er", now=datetime.now(UTC), by=BY)
        began = time.perf_counter()
        shown = f"{waiting + n} waiting".encode()
        taken += [until_bytes(terminal, shown, ANSWER_SECONDS, settle=False) - began for terminal in terminals]
    compared = f"three consoles, {WAITING} waiting"
    yield Figure("others' change to be seen, p90", quantile(taken, 0.9), "ms", compared, 100.0)


def until_quiet(terminal: int) -> None:
    """Read what a terminal still has to say."""
    while select.select([terminal], [], [], 0.5)[0]:
        os.read(terminal, 65536)
