"""What nightdesk costs, side by side in one run: `make bench` measures what is promised, names measure the rest.

Ratios are what counts: both sides of each run on the same machine, in the same minute, on the same disk. The status is
1 where a limit is not kept.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import consoles
import contention
import displays
import forecasts
import printing
import programs
import queue_costs
import servers
import taps
import transfers
from measure import Figure

from nightdesk_queue.config import Hospital, load

ROOT = Path(__file__).parents[1]
Benchmark = Callable[[Hospital, Path], Iterator[Figure]]
PROMISED: dict[str, Benchmark] = {
    "issue": queue_costs.issue,
    "start": programs.start,
    "redraw": programs.redraw,
    "tap": taps.tap,
    "consoles": consoles.consoles,
    "idle": programs.idle,
    "history": queue_costs.history,
    "import": queue_costs.importing,
    "waits": contention.waits,
    "transfers": transfers.transfers,
    "leavers": forecasts.leavers,
    "server": servers.server,
}
MORE: dict[str, Callable[[Hospital, Path], Iterator[str]]] = {
    "render": printing.render,
    "tap_to_byte": printing.tap_to_byte,
    "spool": printing.spool,
    "bus": displays.bus,
    "recovery": displays.recovery,
    "province": servers.province,
}


def main() -> int:
    """Run what is promised, or the benchmarks named on the command line."""
    wanted = sys.argv[1:] or list(PROMISED)
    if unknown := [name for name in wanted if name not in PROMISED and name not in MORE]:
        sys.exit(f"unknown: {', '.join(unknown)}; there are: {', '.join([*PROMISED, *MORE])}")
    hospital = load(ROOT / "config.toml")
    kept = True
    with tempfile.TemporaryDirectory(prefix="nightdesk-bench-", dir=os.environ.get("BENCH_FOLDER")) as folder:
        for name in wanted:
            if name in MORE:
                for line in MORE[name](hospital, Path(folder)):
                    print(f"{name:12} {line}", flush=True)
                continue
            for figure in PROMISED[name](hospital, Path(folder)):
                kept = kept and figure.holds
                print(figure.line, flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
