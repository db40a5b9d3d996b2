"""Which programs run, and whether they run with what stands in config.toml now.

A program that runs for a night takes a lock and writes which configuration it read. Whoever looks compares that with
the file: a lobby that nobody restarted goes on with the rooms of yesterday.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.logs import fact
from nightdesk_queue.commands.programs import note_program
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital, content_of, version_of
from nightdesk_queue.domain.errors import ConfigError, Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.programs import Program, ProgramKind
from nightdesk_queue.store import Database, programs

MOST_OF_A_KIND = 64
"""Programs of one kind at one database; more than any hospital has screens."""
Stamp = tuple[int, int, int]


def stamp_of(path: Path) -> Stamp | None:
    """Return what changes when a file is written or replaced; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class ConfigFile:
    """A configuration file and the version of what stands in it, read anew only when the file has changed."""

    def __init__(self, path: Path, machine: str) -> None:
        self.path = path.resolve()
        self._machine = machine
        self._stamp: Stamp | None = None
        self._content: str | None = None
        self._version: str | None = None

    def content(self) -> str | None:
        """Return what stands in the file now; None while it cannot be read."""
        self._look()
        return self._content

    def version(self) -> str | None:
        """Return the version of what stands in the file now; None while it cannot be read."""
        self._look()
        return self._version

    def _look(self) -> None:
        stamp = stamp_of(self.path)
        if stamp == self._stamp:
            return
        self._stamp, self._content, self._version = stamp, None, None
        with suppress(ConfigError):
            self._content = content_of(self.path)
            self._version = version_of(self._content, self.path)

    def outdated(self, running: Sequence[Program]) -> list[Program]:
        """Return those of the programs of this machine that run with something else than stands in the file now.

        Nobody is outdated while the file cannot be read.
        """
        version = self.version()
        here = [one for one in running if one.machine == self._machine]
        return [one for one in here if version and (one.file, one.version) != (str(self.path), version)]


class Attendance:
    """One program's entry among those that run, from `attend` to the end of its process."""

    def __init__(self, database: Database, hospital: Hospital, program: Program) -> None:
        self._database = database
        self._hospital = hospital
        self._program = program

    def note(self, version: str | None = None) -> None:
        """Write what the program runs with from now on. Raises Fault."""
        if version is not None:
            self._program = replace(self._program, version=version, read_at=datetime.now(UTC))
        by = By.service(self._program.id)
        with working(self._database, self._hospital, datetime.now(UTC), by) as work:
            note_program(work, self._program)


def attend(settings: Settings, kind: ProgramKind, station: str) -> Attendance | None:
    """Enter a program among those that run; None where that cannot be written, which stops no program."""
    try:
        for place in range(1, MOST_OF_A_KIND + 1):
            lock = settings.database.lock(programs.LOCK, f"{kind}-{place}")
            if lock.acquire():
                settings.closing.enter_context(lock)
                program = _program(settings, kind, station, place)
                entered = Attendance(settings.database, settings.hospital, program)
                entered.note()
                return entered
    except (Fault, ConfigError) as fault:
        fact(logging.WARNING, "program not noted", cause=fault.code)
    return None


def _program(settings: Settings, kind: ProgramKind, station: str, place: int) -> Program:
    return Program(
        id=f"{kind}-{place}",
        kind=kind,
        station=station,
        machine=settings.database.machine,
        pid=os.getpid(),
        file=str(settings.config.resolve()),
        version=version_of(content_of(settings.config), settings.config),
        read_at=datetime.now(UTC),
    )
