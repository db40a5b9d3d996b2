"""Several processes on one database, and processes that are killed: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import Engine, new_database
from looking import bare, look
from places import EXAMPLE_FILE, ROOT
from waiting import until

from nightdesk_queue.store import open_database, slips, tickets

EXAMPLE = EXAMPLE_FILE
SUPPORT = ROOT / "tests" / "support"

PREAMBLE = f"""
import sys
from datetime import datetime, UTC
from pathlib import Path
from nightdesk_queue.config import load, parse
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import open_database
sys.path.insert(0, {str(SUPPORT)!r})
from desk import Desk
hospital = load(Path({str(EXAMPLE)!r}))
"""
ISSUE_MANY = """
desk = Desk(open_database(sys.argv[1]), hospital)
for _ in range(int(sys.argv[2])):
    print(desk.issue("bone", now=datetime.now(UTC), by=By("p", "t")).number, flush=True)
"""
CALL_MANY = """
text = Path(sys.argv[3]).read_text()
desk = Desk(open_database(sys.argv[1]), parse(text))
room = sys.argv[2]
while True:
    try:
        ticket = desk.call(room, now=datetime.now(UTC), by=By("d", room)).ticket
    except Refused as refused:
        assert refused.code == "nobody_waiting", refused
        break
    print(ticket.number, flush=True)
    desk.start(ticket.id, now=datetime.now(UTC), by=By("d", room))
    desk.finish(ticket.id, now=datetime.now(UTC), by=By("d", room))
"""
EIGHT_ROOMS = """
[hospital]
name = { zh = "院", en = "H" }
[[clinic]]
id = "bone"
name = { zh = "科", en = "C" }
prefix = "B"
hours = "always"
rooms = ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7"]
""" + "".join(f'[[room]]\nid = "r{n}"\nname = {{ zh = "室", en = "R" }}\n' for n in range(8))


@pytest.fixture
def url(engine: Engine, tmp_path: Path) -> Iterator[str]:
    with new_database(engine, tmp_path) as address:
        yield address


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def outputs(running: list[subprocess.Popen[str]]) -> list[str]:
    lines: list[str] = []
    for process in running:
        out, err = process.communicate(timeout=240)
        assert (process.returncode, err) == (0, "")
        lines += out.split()
    return lines


def test_eight_processes_issue_sixteen_hundred_different_numbers_without_a_gap(url: str) -> None:
    printed = outputs([start(ISSUE_MANY, url, "200") for _ in range(8)])
    assert len(printed) == 1600
    with open_database(url) as store:
        ns = [row["n"] for row in bare(store).execute("SELECT n FROM tickets ORDER BY n")]
        assert ns == list(range(1, 1601))
        # the doctor on call is paged for each of them, too, if this runs in those hours
        assert slips.waiting_by_printer(look(store))["lobby"] == 1600
    assert sorted(printed) == sorted(f"B{n:03d}" for n in ns)


def test_eight_rooms_calling_at_once_never_get_the_same_patient(url: str, tmp_path: Path) -> None:
    config = tmp_path / "eight.toml"
    config.write_text(EIGHT_ROOMS, encoding="utf-8")
    issued = outputs([start(ISSUE_MANY, url, "160")])
    called = outputs([start(CALL_MANY, url, f"r{n}", str(config)) for n in range(8)])
    assert sorted(called) == sorted(issued)


@pytest.mark.parametrize("part", range(2))
def test_a_killed_process_has_printed_only_numbers_that_exist(url: str, part: int) -> None:
    open_database(url).close()
    chance = random.Random(part)
    printed: list[str] = []
    for _ in range(25):
        process = start(ISSUE_MANY, url, "100000")
        assert process.stdout is not None
        printed.append(process.stdout.readline().strip())
        time.sleep(chance.uniform(0, 0.03))  # the random moment is the test, nothing is waited for
        os.kill(process.pid, signal.SIGKILL)
        rest = process.communicate()[0]
        printed += [line for line in rest.split("\n") if line.endswith(tuple("0123456789")) and len(line) >= 4]
    with open_database(url) as store:
        numbers = {row["number"] for row in bare(store).execute("SELECT number FROM tickets")}
        assert set(printed) <= numbers
        assert len(printed) == len(set(printed))
        jobs = slips.newest(look(store), 1_000_000)
        assert {job.number for job in jobs} == numbers
        assert all(job.state == "queued" for job in jobs)
        assert store.examine().wrong == ()
        assert tickets.last_issued(look(store), "B") is not None


def test_a_writer_waits_for_another_and_then_goes_on(url: str) -> None:
    with open_database(url) as store:
        with store.transaction():
            process = start(ISSUE_MANY, url, "1")
            assert process.poll() is None
        assert outputs([process]) == ["B001"]
        until(lambda: (last := tickets.last_issued(look(store), "B")) and last[1] == 1)
