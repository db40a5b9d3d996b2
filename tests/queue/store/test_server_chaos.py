"""A server, lines and sessions that break at random: what was acknowledged to anybody stands, once, and all go on.

NIGHTDESK_CHAOS_SECONDS says how long, NIGHTDESK_CHAOS_SEED which night is tried again.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from looking import bare, look
from places import ROOT
from proxying import Proxy
from replaying import assert_events_replay_to_the_tickets
from servers import Server
from waiting import until

from nightdesk_queue.config import parse
from nightdesk_queue.queries.queue_view import queue_view
from nightdesk_queue.store import Database, open_database

pytestmark = pytest.mark.postgres

SECONDS = float(os.environ.get("NIGHTDESK_CHAOS_SECONDS", "12"))
END_SECONDS = 30
ROOMS = ["r0", "r1", "r2", "r3"]
HOUSE = f"""
hospital = {{ name = {{ zh = "院", en = "H" }} }}
room = [{", ".join(f'{{ id = "{room}", name = {{ zh = "室", en = "R" }} }}' for room in ROOMS)}]
clinic = [{{ id = "c", name = {{ zh = "科", en = "C" }}, prefix = "B", hours = "always", rooms = {ROOMS} }}]
"""
PREAMBLE = f"""
import faulthandler, signal, sys, time
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, {str(ROOT / "tests" / "support")!r})
from desk import Desk
from nightdesk_queue.config import parse
from nightdesk_queue.domain.errors import Fault, Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import open_database, tickets
faulthandler.register(signal.SIGUSR1)
url, machine, who, stop = *sys.argv[1:4], Path(sys.argv[4])
def say(*words):
    print(f"{{time.monotonic():.3f}}", *words, flush=True)
def rest_after(fault):
    say("fault", fault.code, type(fault).__name__)
    time.sleep(0.1)
def act(command, *on, **more):
    return command(*on, now=datetime.now(UTC), by=By(who, who), **more)
with open_database(url, machine=machine) as database, database.changes() as feed:
    desk, count = Desk(database, parse({HOUSE!r})), 0
    patient, is_sure = None, False
    say("ready")
    while not stop.exists():"""
ISSUE = """
        count, ticket = count + 1, None
        while ticket is None:
            try:
                ticket = act(desk.issue, "c", key=f"{who}-{count}")
            except Fault as fault:
                rest_after(fault)
        say("issued", ticket.key, ticket.id, ticket.number)
        time.sleep(0.1)
"""
CALL = """
        try:
            if not is_sure:
                with database.snapshot() as tx:
                    patient, is_sure = tickets.in_room(tx, who), True
                if patient is not None:
                    say("called", patient.id)
            elif patient is None:
                patient = act(desk.call, who).ticket
                say("called", patient.id)
            elif patient.state == "called":
                patient = act(desk.start, patient.id)
            else:
                say("finished", act(desk.finish, patient.id).id)
                patient = None
        except Fault as fault:
            is_sure = False
            rest_after(fault)
        except Refused as refused:
            assert refused.code == "nobody_waiting", refused
            time.sleep(0.05)
"""


class Crowd:
    """Processes that work until they are told to stop, and what each has said; a context manager that ends them."""

    def __init__(self, folder: Path) -> None:
        self._stop = folder / "stop"
        self._processes: dict[Path, subprocess.Popen[bytes]] = {}

    def add(self, code: str, who: str, url: str, machine: str) -> None:
        command = [sys.executable, "-c", PREAMBLE + code, url, machine, who, str(self._stop)]
        with (out := self._stop.with_name(f"{who}.out")).open("wb") as said:
            self._processes[out] = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)

    def lines(self, word: str) -> list[tuple[float, str, list[str]]]:
        """When which process said a word, and what it said to it."""
        found = [(out.stem, line.split()) for out in self._processes for line in out.read_text().splitlines()]
        return [(float(line[0]), who, line[2:]) for who, line in found if line[1:2] == [word]]

    def first_after(self, word: str, since: float = 0.0) -> dict[str, float]:
        """Wait until each has said a word after a moment, and return when each first did."""
        until(lambda: len({who for at, who, _ in self.lines(word) if at > since}) == len(self._processes), 60, word)
        return {who: at for at, who, _ in reversed(self.lines(word)) if at > since}

    def end(self) -> None:
        """Tell all to stop, and see that each does."""
        self._stop.touch()
        until(lambda: all(one.poll() is not None for one in self._processes.values()), END_SECONDS, self._wrong())

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()
