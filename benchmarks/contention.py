"""How long eight processes that issue at once wait for their turn to write."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from measure import Figure

from nightdesk_queue.commands import issuing
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital, load
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import open_database

PROCESSES, NUMBERS = 8, 250
PAUSE_SECONDS = 0.03
"""Mean pause between two numbers of one process: eight of them give more than a province needs."""
WORST_MS, P99_MS = 300.0, 5.0
CONFIG = Path(__file__).parents[1] / "config.toml"


def waits(hospital: Hospital, folder: Path) -> Iterator[Figure]:
    """Yield the waits with pauses between the numbers, and the worst one without any."""
    del hospital
    for pause, name in ((PAUSE_SECONDS, "eight writers"), (0.0, "eight writers without a pause")):
        url = f"sqlite:///{folder / f'contention-{pause}.db'}"
        open_database(url).close()
        began = time.perf_counter()
        found = sorted(_measured(url, pause))
        rate = len(found) / (time.perf_counter() - began)
        p99, worst = found[len(found) * 99 // 100] * 1e3, found[-1] * 1e3
        compared = f"median {found[len(found) // 2] * 1e3:.1f} ms, {rate:.0f} numbers/s"
        yield Figure(f"{name}, p99", p99, "ms", compared, P99_MS if pause else None)
        yield Figure(f"{name}, worst", worst, "ms", compared, WORST_MS)


def _measured(url: str, pause: float) -> list[float]:
    command = [sys.executable, __file__, url, str(pause)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    return [wait for process in processes for wait in json.loads(process.communicate(timeout=120)[0])]


def _write(url: str, pause: float) -> None:
    hospital = load(CONFIG)
    found = []
    with open_database(url) as database:
        for _ in range(NUMBERS):
            time.sleep(random.uniform(0, 2 * pause))
            asked = time.perf_counter()
            with working(database, hospital, datetime.now(UTC), By("bench", "bench")) as work:
                found.append(time.perf_counter() - asked)
                issuing.issue(work, "er")
    print(json.dumps(found))


if __name__ == "__main__":
    _write(sys.argv[1], float(sys.argv[2]))
