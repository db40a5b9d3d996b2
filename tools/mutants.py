"""Would the tests notice if the code were wrong? `make mutants`.

A mutant is the sources with one small mistake. A sample of them, drawn by a seed, is tried in copies of the tree, each
against the tests that run the changed line; a mutant that fails a test or hangs is noticed. Those that cannot matter
are listed with a reason in `mutants_that_do_not_matter.toml`, and are never drawn. The exit status is 1 where too few
are noticed.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import re
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import SimpleQueue

from judges import KEPT, PYTEST, ROOT, Copy, Judges, Test, measured
from mistakes import Mutant, Name, Source, mutants_of

GLOBS = (
    "queue/nightdesk_queue/commands/*.py",
    "queue/nightdesk_queue/queries/*.py",
    "queue/nightdesk_queue/rules/*.py",
    "queue/nightdesk_queue/store/*.py",
    "queue/nightdesk_queue/store/sqlite/*.py",
    "printers/nightdesk_printers/printer_session.py",
    "printers/nightdesk_printers/spool.py",
    "displays/nightdesk_displays/protocols/*.py",
    "kiosk/nightdesk_kiosk/lobby/*.py",
)
WANTED = 90.0
"""Percent of the mutants that matter; fewer noticed is a failure."""
NEAREST = 60
"""So many tests try a mutant before all others do."""
PARDONS = ROOT / "tools" / "mutants_that_do_not_matter.toml"


def pardoned() -> set[Name]:
    """Return the names of the mutants that do not matter; each needs a reason."""
    listed = tomllib.loads(PARDONS.read_text(encoding="utf-8")).get("mutant", []) if PARDONS.exists() else []
    for one in listed:
        if one.keys() != {*Name._fields, "reason"} or not one["reason"].strip():
            sys.exit(f"{PARDONS.name}: an entry has exactly {', '.join(Name._fields)} and a reason, not {one}")
    return {Name(*(one[field] for field in Name._fields)) for one in listed}


def mutants_in(globs: Iterable[str]) -> list[Mutant]:
    """Return every mutant of the sources that match."""
    paths = sorted({path for pattern in globs for path in ROOT.glob(pattern)})
    return [m for path in paths for m in mutants_of(Source(str(path.relative_to(ROOT)), path.read_bytes()))]


def drawn(mutants: Iterable[Mutant], seed: int, size: int) -> list[Mutant]:
    """Return a sample of those that parse (0: all). One mutant more or less in the sources hardly changes it."""
    alike: Counter[Name] = Counter()
    lots = []
    for mutant in mutants:
        alike[mutant.name] += 1
        lots.append((hashlib.sha256(repr((seed, alike[mutant.name], *mutant.name)).encode()).digest(), mutant))
    ranked = (mutant for _, mutant in sorted(lots, key=lambda lot: lot[0]))
    return sorted(islice(filter(_parses, ranked), size or None), key=lambda one: (one.place.path, one.line, one.after))


def _parses(mutant: Mutant) -> bool:
    with suppress(SyntaxError, ValueError):
        return bool(ast.parse(mutant.text))
    return False


@dataclass(frozen=True)
class Verdict:
    """What came of one mutant. `by`: the test that noticed it, or what else did; None where nothing did."""

    mutant: Mutant
    by: str | None
    remark: str = ""

    def __str__(self) -> str:
        return f"{'noticed    ' if self.by else 'NOT NOTICED'}  {self.mutant}  ({self.by or self.remark})"


def judged(copy: Copy, mutant: Mutant, tests: list[Test], start: float, types: bool) -> Verdict:
    """Try one mutant in a copy: the nearest tests, then the others. `start`: how long pytest takes to begin."""
    with copy.holding(mutant):
        for some in filter(None, (tests[:NEAREST], tests[NEAREST:])):
            limit = 10 + 5 * (start + sum(test.seconds for test in some))
            quickest_first = [test.id for test in sorted(some, key=lambda test: test.seconds)]
            status, said = copy.run(*PYTEST, "-x", "-n", "0", *quickest_first, seconds=limit)
            if status is None:
                return Verdict(mutant, "the time limit")
            if status != 0:
                failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", said, re.MULTILINE)
                return Verdict(mutant, failed[1] if failed else "pytest, which could not start")
        if types and copy.run("mypy")[0] != 0:
            return Verdict(mutant, "mypy")
    return Verdict(mutant, None, f"by none of {len(tests)} tests" if tests else "no test runs it")


def try_all(mutants: list[Mutant], jobs: int, most: int, types: bool) -> list[Verdict]:
    """Try mutants side by side, each in a copy of its own, and tell each verdict as it comes."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(jobs) as pool:
        copies: SimpleQueue[Copy] = SimpleQueue()
        first = Copy(Path(folder, "0"))
        judges = Judges(measured(first, jobs))
        juries = [(mutant, judges.of(mutant.place)[: most or None]) for mutant in mutants]
        start = _checked(first, {test.id for _, tests in juries for test in tests}, types)
        for copy in (first, *(Copy(Path(folder, str(place))) for place in range(1, jobs))):
            copies.put(copy)

        def attempt(mutant: Mutant, tests: list[Test]) -> Verdict:
            copy = copies.get()
            try:
                return judged(copy, mutant, tests, start, types)
            finally:
                copies.put(copy)

        verdicts = []
        for done in as_completed([pool.submit(attempt, *jury) for jury in juries]):
            verdicts.append(done.result())
            print(f"[{len(verdicts):3}/{len(mutants)}] {verdicts[-1]}", flush=True)
        return verdicts


def _checked(copy: Copy, tests: set[str], types: bool) -> float:
    """Return how long pytest takes to begin. Stop where something would be noticed that is no mutant's doing."""
    began = time.monotonic()
    status, said = copy.run(*PYTEST, "--collect-only", "-n", "0", *sorted(tests)) if tests else (0, "")
    took = time.monotonic() - began
    if status == 0 and types:
        status, said = copy.run("mypy")
    if status != 0:
        sys.exit(f"without any mutant:\n{said}")
    return took


def told(verdicts: list[Verdict], pardons: int) -> int:
    """Tell the share and who was not noticed, keep these for the list, and return the exit status."""
    missed = sorted((one for one in verdicts if not one.by), key=lambda one: (one.mutant.place.path, one.mutant.line))
    KEPT.mkdir(exist_ok=True)
    entries = [{**one.mutant.name._asdict(), "reason": ""} for one in missed]
    lines = ["[[mutant]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in one.items()) for one in entries]
    (KEPT / "not_noticed.toml").write_text("\n".join(lines), encoding="utf-8")
    print("\nNot noticed (as entries for the list: .mutants/not_noticed.toml):" if missed else "")
    for one in missed:
        print(f"  {one.mutant}  ({one.remark})")
    share = 100 * (len(verdicts) - len(missed)) / len(verdicts) if verdicts else 100.0
    print(f"{len(verdicts) - len(missed)} of {len(verdicts)} mutants that matter are noticed: {share:.1f} %.", end=" ")
    print(f"{pardons} do not matter. Wanted: {WANTED:.0f} %.")
    return int(share < WANTED)


def _toml(value: str) -> str:
    return f"'{value}'" if "'" not in value else json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", type=int, default=60, help="how many mutants to try; 0: all")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws others")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--only", nargs="+", default=GLOBS, metavar="GLOB", help="sources to change")
    parser.add_argument("--tests", type=int, default=0, help="most tests for one mutant; 0: all that run its line")
    parser.add_argument("--types", action="store_true", help="let mypy see what the tests do not notice")
    parser.add_argument("--list", action="store_true", help="only show the sample")
    asked = parser.parse_args()
    mutants, pardons = mutants_in(asked.only), pardoned()
    matching = {mutant.name for mutant in mutants_in(sorted({one.file for one in pardons}))}
    for stale in sorted(pardons - matching):
        print(f"{PARDONS.name}: there is no such mutant any more: {stale}")
    sample = drawn((mutant for mutant in mutants if mutant.name not in pardons), asked.seed, asked.sample)
    if asked.list:
        print(*sample, sep="\n")
        return 0
    return told(try_all(sample, asked.jobs, asked.tests, asked.types), sum(m.name in pardons for m in mutants))


if __name__ == "__main__":
    sys.exit(main())
