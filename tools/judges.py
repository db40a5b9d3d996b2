"""Who judges a mutant: copies of the tree in which it lives for a while, and the tests that run its line.

Which tests run which line is measured once (minutes), and again only for the test files whose own text, or a source
they run, has changed; it is kept in `.mutants/`. For that run pytest loads this file as a plugin: the hooks at its end.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path

import coverage
import pytest
from mistakes import Mutant, Place, Source

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".mutants"
PYTEST = ("pytest", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")
NOTHING: Mapping[str, str] = {}
TEST = "MUTANTS_TEST"
"""Environment: the test that is running, so that what its child processes run counts as its own."""
TIMES = "MUTANTS_TIMES"
"""Environment: the file to which the measuring run writes what each test took."""

# copies of the tree ---------------------------------------------------------------------------------------------


def roots() -> list[str]:
    """Return the folders the packages are imported from."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [str(Path(one).parent) for one in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]


def _ignored(folder: str, names: list[str]) -> list[str]:
    """Return what a copy does without: history, caches, virtual environments."""
    left_out = {".git", ".mutants", ".hypothesis", "__pycache__"}
    return [n for n in names if n in left_out or n.endswith("_cache") or (Path(folder) / n / "pyvenv.cfg").exists()]


class Copy:
    """A copy of the tree, from which its own packages are imported and not the installed ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=_ignored)
        paths = os.pathsep.join(str(folder / root) for root in [*roots(), "tools"])
        self.environment = {**os.environ, "PYTHONPATH": paths}

    def run(
        self, *arguments: str, seconds: float | None = None, variables: Mapping[str, str] = NOTHING
    ) -> tuple[int | None, str]:
        """Run a module of Python; return its exit status (None: it took too long) and what it said."""
        command = [sys.executable, "-P", "-m", *arguments]
        environment = {**self.environment, **variables}
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
            process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=said, stderr=said, start_new_session=True
            )
            status: int | None = None
            try:
                with suppress(subprocess.TimeoutExpired):
                    status = process.wait(seconds)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # and whatever the tests left running
                process.wait()
            said.seek(0)
            return status, said.read()

    @contextmanager
    def holding(self, mutant: Mutant) -> Iterator[None]:
        """Let the copy hold a mutant for a while."""
        self._write(mutant.place.path, mutant.text)
        try:
            yield
        finally:
            self._write(mutant.place.path, (ROOT / mutant.place.path).read_bytes())

    def _write(self, name: str, text: bytes) -> None:
        path = self.folder / name
        path.write_bytes(text)
        # compiled code is told from newer by second and size only, and both may be the same
        Path(cache_from_source(str(path))).unlink(missing_ok=True)


# which tests run which line -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Test:
    """A test: how long it takes, and which lines of which source it runs."""

    __test__ = False
    id: str
    seconds: float
    lines: Mapping[str, list[int]]

    @property
    def file(self) -> str:
        """The file it stands in."""
        return self.id.partition("::")[0]

    @property
    def size(self) -> int:
        """How many lines it runs: the fewer, the more it is about each."""
        return sum(map(len, self.lines.values()))


def measured(copy: Copy, jobs: int) -> list[Test]:
    """Return all tests, having run the files that are new or whose text or sources have changed."""
    kept = KEPT / "tests.json"
    old = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {"digests": {}, "tests": []}
    digests = _digests()
    changed = {path for path in {*digests, *old["digests"]} if digests.get(path) != old["digests"].get(path)}
    tests = [Test(**one) for one in old["tests"]]
    files = {path for path in digests if Path(path).name.startswith("test_")}
    stale = {path for path in files if path in changed or "shared" in changed}
    stale |= files & {test.file for test in tests if changed & test.lines.keys()}
    if stale:
        print(f"Measuring which lines the tests run: {len(stale)} of {len(files)} files ...", flush=True)
        fresh, failed = _measure(copy, sorted(stale), jobs)
        tests = [test for test in tests if test.file in files - stale] + fresh
        kept_digests = {path: digest for path, digest in digests.items() if path not in failed}  # these run again
        KEPT.mkdir(exist_ok=True)
        kept.write_text(
            json.dumps({"digests": kept_digests, "tests": [vars(test) for test in tests]}), encoding="utf-8"
        )
    return tests


def sources() -> list[str]:
    """Return every source file of the packages."""
    return sorted(str(path.relative_to(ROOT)) for root in roots() for path in (ROOT / root).rglob("*.py"))


def _digests() -> dict[str, str]:
    """Return the digest of each source and each test file, and one of all that the tests share."""
    tests = sorted(path for path in (ROOT / "tests").rglob("*.py") if "__pycache__" not in path.parts)
    own = [*sources(), *(str(path.relative_to(ROOT)) for path in tests if path.name.startswith("test_"))]
    digests = {path: hashlib.sha256((ROOT / path).read_bytes()).hexdigest() for path in own}
    common = [path for path in tests if not path.name.startswith("test_")] + [ROOT / "pyproject.toml"]
    return {**digests, "shared": hashlib.sha256(b"".join(path.read_bytes() for path in common)).hexdigest()}


def _measure(copy: Copy, files: list[str], jobs: int) -> tuple[list[Test], set[str]]:
    """Return the tests of some files, and the files in which one fails."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        settings, times = Path(folder, "settings"), Path(folder, "times")
        included = ",".join(f"{copy.folder / root}/*" for root in roots())
        options = (
            "parallel = true",
            f"data_file = {folder}/coverage",
            f"context = ${{{TEST}-}}",
            f"include = {included}",
        )
        settings.write_text("\n".join(("[run]", *options)), encoding="utf-8")
        variables = {"COVERAGE_PROCESS_START": str(settings), TIMES: str(times)}
        _, said = copy.run(*PYTEST, "-p", "judges", "-n", str(jobs), *files, variables=variables)
        if not times.exists():
            sys.exit(f"the tests could not be run:\n{said}")
        seconds, failed = json.loads(times.read_text(encoding="utf-8"))
        for name in failed:
            print(f"fails without any mutant, so it judges none: {name}")
        lines = _lines(Path(folder, "coverage"), copy.folder)
        tests = [Test(name, took, lines[name]) for name, took in seconds.items()]
        return [test for test in tests if test.id not in failed], {test.file for test in tests if test.id in failed}


def _lines(data_file: Path, folder: Path) -> dict[str, dict[str, list[int]]]:
    """Return by test and source the lines it runs."""
    recorded = coverage.Coverage(data_file=str(data_file), config_file=False)
    recorded.combine()
    data = recorded.get_data()
    lines: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for path in data.measured_files():
        for line, tests in data.contexts_by_lineno(path).items():
            for test in tests:
                lines[test][str(Path(path).relative_to(folder))].append(line)
    return lines


class Judges:
    """The tests, found by what they run."""

    def __init__(self, tests: Iterable[Test]) -> None:
        self._by_line: dict[tuple[str, int], set[Test]] = defaultdict(set)
        self._by_file: dict[str, set[Test]] = defaultdict(set)
        for test in tests:
            for path, lines in test.lines.items():
                self._by_file[path].add(test)
                for line in lines:
                    self._by_line[path, line].add(test)
        self._mentions: dict[str, set[Place]] = defaultdict(set)
        for path in sources():
            for node, place in Source(path, (ROOT / path).read_bytes()).places():
                if isinstance(node, ast.Name | ast.Attribute):
                    self._mentions[node.id if isinstance(node, ast.Name) else node.attr].add(place)

    def of(self, place: Place) -> list[Test]:
        """Return the tests that run a statement, the nearest first.

        What runs at import is judged by the tests that run a line with a name it binds, else by all of its file. The
        nearest: those that run the fewest lines, one case of each test before a second of any.
        """
        found = self._on(place)
        if place.at_import:
            found = found.union(*map(self._on, self._reached(place.binds))) or self._by_file[place.path]
        cases: Counter[str] = Counter()
        ranked = []
        for test in sorted(found, key=lambda test: (test.size, test.id)):
            function = test.id.partition("[")[0]
            ranked.append((cases[function], test.size, test.id, test))
            cases[function] += 1
        return [test for *_, test in sorted(ranked)]

    def _on(self, place: Place) -> set[Test]:
        return set().union(*(self._by_line.get((place.path, line), ()) for line in range(place.first, place.last + 1)))

    def _reached(self, names: Iterable[str]) -> Iterator[Place]:
        """Give the statements that mention some names, or others that are bound at import from these."""
        to_do, seen = list(names), set(names)
        while to_do:
            for place in self._mentions.get(to_do.pop(), ()):
                yield place
                to_do += [name for name in place.binds if name not in seen]
                seen.update(place.binds)


# the measuring run ----------------------------------------------------------------------------------------------

_seconds: dict[str, float] = defaultdict(float)
_failed: set[str] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let the lines that run from here on count as this test's."""
    recording = coverage.Coverage.current()
    assert recording is not None
    os.environ[TEST] = item.nodeid
    recording.switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        recording.switch_context("")
        del os.environ[TEST]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take note of how long a test took, and whether it failed."""
    _seconds[report.nodeid] += report.duration
    if report.failed:
        _failed.add(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write down the lines; in the first process the times as well."""
    recording = coverage.Coverage.current()
    if recording is not None:
        recording.save()
    if not hasattr(session.config, "workerinput"):
        Path(os.environ[TIMES]).write_text(json.dumps([_seconds, sorted(_failed)]), encoding="utf-8")
