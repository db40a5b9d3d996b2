"""Putting the rooms together: from the global options to a hospital, a database and work on it. Imports no screen."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from nightdesk_kiosk.clock import Clock, parse_moment
from nightdesk_queue.commands.work import Work, working
from nightdesk_queue.config import Hospital, load, machine_file
from nightdesk_queue.config.machine_tables import MachineFile
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import By, Role
from nightdesk_queue.store import Database, Tx, open_database
from nightdesk_queue.text.bilingual import Text

REAL_TIME = ("task", "real-time")
"""The lock of `nightdesk run` while it serves a database by the real clock."""
IN_SERVICE = Text(
    zh="nightdesk run 正在按真实时间使用 {where}，--now 会写入错误的时间；请用另一个数据库，或加 --training",
    en="nightdesk run serves {where} by the real clock and --now would write wrong times into it; use another "
    "database, or add --training",
)
STATION = "cli"
"""The station of the command line."""


@dataclass
class Settings:
    """The global options of the command line, and what they lead to once it is needed."""

    config: Path = field(default_factory=lambda: Path(os.environ.get("NIGHTDESK_CONFIG") or "config.toml"))
    database_url: str | None = None
    machine_name: str | None = field(default_factory=lambda: os.environ.get("NIGHTDESK_MACHINE") or None)
    now_text: str | None = None
    actor: str | None = None
    training: bool = False
    json: bool = False
    verbose: bool = False
    creates: bool = False
    """Whether a database that is missing is created: a look never does, a path with a typing error is told."""
    goes_on: bool = False
    """Whether a server that cannot be reached yet is waited for: a program that runs all night starts without it."""
    impatient: bool = False
    """Whether a server that does not answer at once is done without: a patient stands there."""
    closing: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def hospital(self) -> Hospital:
        """The hospital of the configuration. Raises ConfigError."""
        return load(self.config)

    @cached_property
    def database(self) -> Database:
        """The database; a relative address in the configuration starts at the configuration's folder. Raises Fault."""
        url, folder = self.address
        return self.closing.enter_context(
            open_database(
                url,
                folder,
                create=self.creates,
                late=self.goes_on,
                impatient=self.impatient,
                password_file=self.password_file,
                machine=self.machine,
            )
        )

    @property
    def address(self) -> tuple[str, Path | None]:
        """The address of the database, and the folder where a relative one starts. Raises ConfigError."""
        if self.database_url is not None:
            return self.database_url, None
        return (self.own_file.database or self.hospital.database).url, self.config.resolve().parent

    @property
    def password_file(self) -> Path | None:
        """The file with the password of a server, None where none is named. Raises ConfigError."""
        if self.database_url is not None:
            return None
        named = (self.own_file.database or self.hospital.database).password_file
        return self.config.resolve().parent / named if named else None

    @cached_property
    def own_file(self) -> MachineFile:
        """What stands in this machine's own file. Raises ConfigError."""
        return machine_file(self.config)

    @cached_property
    def machine(self) -> str | None:
        """The name of this machine: `--machine`, that of its own file, None for the host name. Raises ConfigError."""
        own = self.own_file.machine
        return self.machine_name or (own.name if own else None)

    @contextmanager
    def working(self, kiosk: str | None = None) -> Iterator[Work]:
        """Open a transaction in which a command is done: by staff on the command line, or at a kiosk."""
        # a faulty configuration is told before a database is opened
        hospital = self.hospital
        self.creates = True
        with working(self.database, hospital, self.now, self.by(kiosk=kiosk)) as work:
            if self.now_text is not None and not self.training and work.tx.is_served(*REAL_TIME):
                raise Refused("in_service", IN_SERVICE.fill(where=self.database.where))
            yield work

    @contextmanager
    def looking(self) -> Iterator[Tx]:
        """Open a snapshot in which queries are asked."""
        with self.database.snapshot() as tx:
            yield tx

    @cached_property
    def clock(self) -> Clock:
        """The real clock, or one that starts at `--now`."""
        return Clock(None if self.now_text is None else self._start())

    @cached_property
    def now(self) -> datetime:
        """The one moment at which this command happens."""
        return self.clock.now() if self.now_text is None else self._start()

    def start_log(self, process: str, *, screen: bool = False) -> None:
        """Open the log of this process, as `[log]` and `--verbose` say. Raises ConfigError."""
        # imported here: a command that logs nothing does not pay for it
        from nightdesk_kiosk.logs import start_log  # noqa: PLC0415

        hospital = self.hospital
        start_log(process, self.own_file.log or hospital.log, hospital.folder, verbose=self.verbose, screen=screen)

    def _start(self) -> datetime:
        return parse_moment(self.now_text or "", self.hospital.zone)

    def by(self, station: str = STATION, *, kiosk: str | None = None) -> By:
        """Return who acts: `--actor`, or the user of the machine; as a patient where a kiosk is named."""
        actor = self.actor or _user()
        return By.at_kiosk(kiosk, actor) if kiosk else By(actor, station, Role.STAFF)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
