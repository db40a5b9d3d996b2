"""A server, lines and sessions that break at random: what was acknowledged to anybody stands, once, and all go on.

Run as a program, this file is one of the processes: somebody who gives numbers, or who calls to a room.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from desk import Desk
from pg_servers import Server
from proxying import Proxy
from replaying import assert_events_replay_to_the_tickets
from waiting import until

from nightdesk_queue.config import parse
from nightdesk_queue.domain.errors import Fault, Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.queue_view import queue_view
from nightdesk_queue.store import open_database, tickets

pytestmark = pytest.mark.postgres
SECONDS = float(os.environ.get("NIGHTDESK_CHAOS_SECONDS", "12"))
ROOMS = ["r0", "r1", "r2", "r3"]
HOSPITAL = parse(f"""
hospital = {{ name = {{ zh = "院", en = "H" }} }}
room = [{", ".join(f'{{ id = "{room}", name = {{ zh = "室", en = "R" }} }}' for room in ROOMS)}]
clinic = [{{ id = "c", name = {{ zh = "科", en = "C" }}, prefix = "B", hours = "always", rooms = {ROOMS} }}]
""")


def say(*words: object) -> None:
    sys.stdout.write(f"{time.monotonic():.3f} {' '.join(map(str, words))}\n")
    sys.stdout.flush()


def issue(desk: Desk, who: str, stop: Path) -> None:
    """Give numbers; each has a key, with which it is asked for until it is had."""
    key = None
    while key or not stop.exists():
        key = key or f"{who}-{time.monotonic_ns()}"
        try:
            ticket = desk.issue("c", now=datetime.now(UTC), by=By(who, who), key=key)
            say("issued", key, ticket.id, ticket.number)
            key = None
        except Fault as fault:
            say("error", type(fault).__name__, fault.code)
        time.sleep(0.1)


def call(desk: Desk, room: str, stop: Path) -> None:
    """Call patients to a room and see them; after a fault it is looked who is inside."""
    by, patient, is_sure = By(room, room), None, False
    while not is_sure or not stop.exists():
        now = datetime.now(UTC)
        try:
            if not is_sure:
                with desk.database.snapshot() as tx:
                    patient, is_sure = tickets.in_room(tx, room), True
            elif patient is None:
                patient = desk.call(room, now=now, by=by).ticket
            elif patient.state == "called":
                patient = desk.start(patient.id, now=now, by=by)
            else:
                say("finished", desk.finish(patient.id, now=now, by=by).id)
                patient = None
            if patient is not None:
                say("called", patient.id)
        except (Fault, Refused) as error:
            assert isinstance(error, Fault) or error.code == "nobody_waiting", error
            is_sure = False
            say("error", type(error).__name__, error.code)
            time.sleep(0.1)


class Crowd(ExitStack):
    """Processes that work until they are told to stop, and what each has said."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._stop = folder / "stop"
        self._processes: dict[Path, subprocess.Popen[bytes]] = {}

    def add(self, who: str, url: str, machine: str) -> None:
        command = [sys.executable, "-X", "faulthandler", __file__, url, machine, who, str(self._stop)]
        there = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with (out := self._stop.with_name(f"{who}.out")).open("wb") as said:
            one = self.enter_context(subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=there))
        self.callback(one.send_signal, signal.SIGABRT)  # where it still runs it writes where it stood
        self._processes[out] = one

    def said(self, word: str) -> list[tuple[float, str, list[str]]]:
        """When which process said a word, and of what."""
        lines = [(out.stem, line.split()) for out in self._processes for line in out.read_text().splitlines()]
        return [(float(line[0]), who, line[2:]) for who, line in lines if line[1:2] == [word]]

    def wait_for(self, word: str, since: float = 0.0, seconds: float = 60) -> None:
        until(lambda: len({who for at, who, _ in self.said(word) if at > since}) == len(self._processes), seconds)

    def end(self, url: str) -> None:
        """Tell all to stop, see that each does so by itself, and that all that was acknowledged stands."""
        self._stop.touch()
        until(lambda: all(one.poll() is not None for one in self._processes.values()), 30)
        for out, process in self._processes.items():
            assert process.returncode == 0 and "Traceback" not in out.read_text(), out.read_text()[-4000:]
        issued, errors = self.said("issued"), Counter(" ".join(of) for _, _, of in self.said("error"))
        longest = max((after - at, at) for (at, who, _), (after, same, _) in pairwise(issued) if who == same)
        say(len(issued), "numbers;", dict(errors), "longest pause of an issuer, and since when:", longest)
        with open_database(url) as store:
            assert store.examine().wrong == ()
            assert_events_replay_to_the_tickets(store)
            with store.snapshot() as tx:
                rows = tx.rows("SELECT * FROM tickets ORDER BY queued_at, seq")
                slips = tx.rows("SELECT ticket FROM slips WHERE kind = 'ticket'")
                view = queue_view(tx, HOSPITAL, HOSPITAL.clinics["c"], datetime.now(UTC))
        assert sorted(of for _, _, of in issued) == sorted([row["key"], row["id"], row["number"]] for row in rows)
        assert len(rows) == len({(row["service_day"], row["n"]) for row in rows})
        assert sorted(row["ticket"] for row in slips) == sorted(row["id"] for row in rows)
        called = {(of[0], room) for _, room, of in self.said("called")}
        assert called == {(row["id"], row["room"]) for row in rows if row["state"] != "waiting"}, "each by one room"
        assert {of[0] for _, _, of in self.said("finished")} <= {row["id"] for row in rows if row["state"] == "done"}
        assert [place.ticket.id for place in view.line] == [row["id"] for row in rows if row["state"] == "waiting"]
        assert {one.id: one.state for one in view.everybody} == {r["id"]: r["state"] for r in rows if not r["ended_at"]}


def disturb(server: Server, line: Proxy, chance: random.Random) -> None:
    """Break the server, or a line to it, or both at once, for a while."""
    of_server = chance.choice(["crash", "restart", "ended sessions", "nothing"])
    of_line = chance.choice(["away", "silent", "forsake", "nothing"])
    say("disturbed", of_server, "/", of_line)
    with getattr(line, of_line, nullcontext)() or nullcontext():
        if of_server == "ended sessions":
            some = f"application_name = 'nightdesk m{chance.randint(0, 2)}' AND random() < {chance.random()}"
            server.sql("postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {some}")
        elif of_server != "nothing":
            server.freeze(frozen=of_server == "crash")  # while it is killed it makes no child that is overlooked
            server.stop(signal.SIGKILL if of_server == "crash" else signal.SIGINT)
        time.sleep(1 if of_line == "silent" else chance.uniform(0, 1))
        if of_server in ("crash", "restart"):
            server.start()


def test_twelve_processes_go_on_while_server_lines_and_sessions_break(tmp_path: Path) -> None:
    chance = random.Random(seed := int(os.environ.get("NIGHTDESK_CHAOS_SEED") or random.randrange(10**6)))
    say("NIGHTDESK_CHAOS_SEED", seed)
    disk = ("fsync=on", "commit_delay=15000", "commit_siblings=0")  # a slow one: much breaks in the middle of a commit
    with Server(disk) as server, Proxy(server.folder) as one, Proxy(server.folder) as two, Crowd(tmp_path) as crowd:
        server.initialise()
        server.start()
        urls = [server.url("postgres"), one.url("postgres"), two.url("postgres")]
        for n, who in enumerate([*ROOMS, *(f"i{n}" for n in range(8))]):
            crowd.add(who, urls[n % 3], f"m{n % 3}")
        crowd.wait_for("ready")
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            disturb(server, chance.choice([one, two]), chance)
            time.sleep(chance.uniform(0.2, 2.5))
        crowd.end(urls[0])


def test_four_issuers_go_on_with_the_standby_that_is_promoted_and_no_number_is_lost(tmp_path: Path) -> None:
    with Server() as primary, Server() as standby, Crowd(tmp_path) as crowd:
        primary.initialise()
        primary.start()
        open_database(primary.url("postgres")).close()
        source = f"host={primary.folder} port=5432 user=nightdesk"
        standby.run("pg_basebackup", "-d", source, "-D", standby.data, "-R", "-c", "fast", "--no-sync")
        standby.start()
        primary.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.sql("postgres", "SELECT pg_reload_conf()")
        until(lambda: primary.sql("postgres", "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))
        hosts = f"host={standby.folder},{primary.folder}&port=5432&target_session_attrs=read-write"
        for n in range(4):
            crowd.add(f"i{n}", f"postgresql://nightdesk@/postgres?{hosts}", f"m{n}")
        until(lambda: len(crowd.said("issued")) > 100, 60)
        primary.stop(signal.SIGKILL)
        promoted_at = time.monotonic()
        standby.sql("postgres", "SELECT pg_promote()")
        crowd.wait_for("issued", promoted_at, 30)
        say("all went on within", time.monotonic() - promoted_at)
        crowd.end(standby.url("postgres"))


if __name__ == "__main__":
    url, machine, who, stop = sys.argv[1:]
    with open_database(url, machine=machine) as database, nullcontext() if machine == "m0" else database.changes():
        say("ready")
        (call if who in ROOMS else issue)(Desk(database, HOSPITAL), who, Path(stop))
