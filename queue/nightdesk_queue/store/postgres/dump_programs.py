"""PostgreSQL's own programs for dumps, `pg_dump` and `pg_restore`, where they are installed.

A password is handed over in the environment, since a command line can be read by every user of a machine. What they
write comes through a pipe, so they end when this process does.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer
from typing import IO

LONGEST_SECONDS = 3600.0
"""A program that says nothing more is ended then."""
LONGEST_WORDS = 300
_VERSION = re.compile(r"\(PostgreSQL\) (?P<major>\d+)")


class ProgramFailed(Exception):
    """A program ended with an error. `words`: what it said, `unknown_format`: it is older than what it should read."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words
        self.unknown_format = "unsupported version" in words


@dataclass(frozen=True, slots=True)
class DumpPrograms:
    """Where the two programs are, and for servers up to which version."""

    dump: str
    restore: str
    major: int


def find_programs() -> DumpPrograms | None:
    """Return the programs of this machine; None where one is not installed, or cannot be run."""
    dump, restore = shutil.which("pg_dump"), find_restore()
    if dump is None or restore is None:
        return None
    majors = [_major(dump), _major(restore)]
    return DumpPrograms(dump, restore, min(majors)) if all(majors) else None


def find_restore() -> str | None:
    """Return where `pg_restore` is; None where it is not installed."""
    return shutil.which("pg_restore")


@contextmanager
def output_of(command: Sequence[str], password: str | None = None) -> Iterator[IO[bytes]]:
    """Give what a program writes. Raises ProgramFailed at the end where it failed, OSError where it cannot be run."""
    environment = {**os.environ, "LC_ALL": "C"}
    if password is not None:
        environment["PGPASSWORD"] = password
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(  # noqa: S603 - found on the search path, by whoever runs us
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=environment
        ) as process:
            assert process.stdout is not None, "it was asked for"
            deadline = Timer(LONGEST_SECONDS, process.kill)
            deadline.start()
            try:
                yield process.stdout
            except BaseException:
                process.kill()
                raise
            finally:
                deadline.cancel()
        if process.returncode != 0:
            said.seek(0)
            raise ProgramFailed(_first_words(said.read(10_000)) or f"exit {process.returncode}")


def _major(program: str) -> int:
    try:
        told = subprocess.run(  # noqa: S603 - as above
            [program, "--version"], capture_output=True, timeout=20, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeError):
        return 0
    found = _VERSION.search(told.stdout)
    return int(found["major"]) if found and told.returncode == 0 else 0


def _first_words(said: bytes) -> str:
    return " ".join(said.decode(errors="replace").split())[:LONGEST_WORDS]
