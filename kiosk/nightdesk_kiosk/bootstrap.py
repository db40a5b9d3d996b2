"""Putting the rooms together: from the global options to a hospital, a database and a desk."""

from __future__ import annotations

import getpass
import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from nightdesk_kiosk.clock import Clock, parse_moment
from nightdesk_queue.commands import Desk
from nightdesk_queue.config import Hospital, load
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Store


@dataclass
class Settings:
    """The global options of the command line, and what they lead to once it is needed."""

    config: Path = field(default_factory=lambda: Path(os.environ.get("NIGHTDESK_CONFIG") or "config.toml"))
    database: str | None = None
    now_text: str | None = None
    actor: str | None = None
    json: bool = False
    closing: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def hospital(self) -> Hospital:
        """The hospital of the configuration. Raises ConfigError."""
        return load(self.config)

    @cached_property
    def store(self) -> Store:
        """The database; a relative address in the configuration starts at the configuration's folder. Raises Fault."""
        if self.database is not None:
            store = Store.open(self.database)
        else:
            store = Store.open(self.hospital.database.url, self.config.resolve().parent)
        return self.closing.enter_context(store)

    @cached_property
    def desk(self) -> Desk:
        """The desk on that database."""
        hospital = self.hospital
        return Desk(self.store, hospital)

    @cached_property
    def clock(self) -> Clock:
        """The real clock, or one that starts at `--now`."""
        return Clock(None if self.now_text is None else self._start())

    @cached_property
    def now(self) -> datetime:
        """The one moment at which this command happens."""
        return self.clock.now() if self.now_text is None else self._start()

    def _start(self) -> datetime:
        return parse_moment(self.now_text or "", self.hospital.zone)

    def by(self, station: str) -> By:
        """Return who acts at a station: `--actor`, or the user of the machine."""
        return By(self.actor or _user(), station)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
