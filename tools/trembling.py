"""A thousand patients with trembling hands before one lobby: `python tools/trembling.py --patients 1000 --seed 1`.

Prints what became of them, and exits with 1 where somebody who stayed holds no number or the wrong one, a number went
before its slip was out, somebody got two, or somebody with a danger sign got one. A patient takes about two seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from mashing import Mashed, mash  # noqa: E402 - the tests' own random hand
from touchscreen import Seconds  # noqa: E402 - the tests' own finger
from trembling import Evening, SimulatedClock, evening, open_all_night  # noqa: E402 - as above

from nightdesk_kiosk.lobby.app import LobbyApp  # noqa: E402 - after the path is known
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk  # noqa: E402 - as above
from nightdesk_kiosk.lobby.patience import Patience  # noqa: E402 - as above
from nightdesk_queue.config import load  # noqa: E402 - as above
from nightdesk_queue.store import open_database  # noqa: E402 - as above

BEGIN = datetime(2026, 3, 2, 18, 30, tzinfo=timezone(timedelta(hours=8)))
SERVED_AT_LEAST = 0.995


async def mashed(events: int, seed: int, size: tuple[int, int]) -> Mashed:
    """Send random taps and keys instead."""
    hospital = open_all_night(load(ROOT / "config.toml"))
    kiosk = next(iter(hospital.kiosks.values())).changed(speaks=False)
    seconds = Seconds()
    with tempfile.TemporaryDirectory() as folder, open_database(f"sqlite:///{folder}/night.db") as store:
        app = LobbyApp(LobbyDesk(hospital, store, SimulatedClock(BEGIN, seconds), kiosk), Patience(), seconds)
        async with app.run_test(size=size) as pilot:
            return await mash(app, pilot, store, seconds, events, seed)


async def run(patients: int, seed: int, size: tuple[int, int], *, elder: bool) -> Evening:
    """Let them come, one after the other, in simulated time."""
    hospital = open_all_night(load(ROOT / "config.toml"))
    kiosk = next(iter(hospital.kiosks.values())).changed(elder=elder, speaks=False)
    seconds = Seconds()
    with tempfile.TemporaryDirectory() as folder, open_database(f"sqlite:///{folder}/night.db") as store:
        desk = LobbyDesk(hospital, store, SimulatedClock(BEGIN, seconds), kiosk)
        app = LobbyApp(desk, Patience(), seconds)
        async with app.run_test(size=size) as pilot:
            return await evening(app, pilot, store, seconds, patients, seed)


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", default="120x33", help="columns and rows of the terminal")
    parser.add_argument("--elder", action="store_true", help="in the large mode")
    parser.add_argument("--random", type=int, metavar="EVENTS", help="so many random taps and keys instead of patients")
    asked = parser.parse_args()
    columns, rows = map(int, asked.size.split("x"))
    if asked.random:
        seen = asyncio.run(mashed(asked.random, asked.seed, (columns, rows)))
        print(f"{asked.random} taps and keys: {seen.issued} numbers, {seen.confirmed} confirmations")
        print(*seen.strange, sep="\n")
        return 1 if seen.strange or seen.issued > seen.confirmed else 0
    found = asyncio.run(run(asked.patients, asked.seed, (columns, rows), elder=asked.elder))
    share = found.served / found.stayed if found.stayed else 1.0
    print(f"{found.served} of {found.stayed} who stayed hold the number they wanted ({share:.2%});")
    print(f"{found.left} went away, {found.with_sign} had a danger sign")
    for line in (*found.wrong, *found.lost):
        print(line)
    return 0 if share >= SERVED_AT_LEAST and not found.wrong else 1


if __name__ == "__main__":
    sys.exit(main())
