"""Programs that run for a night, and which configuration each of them began with."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from nightdesk_queue.domain.records import Record
from nightdesk_queue.text.bilingual import Text


class ProgramKind(StrEnum):
    """What a program is."""

    RUN = "run"
    LOBBY = "lobby"
    CONSOLE = "console"
    BOARD = "board"

    @property
    def text(self) -> Text:
        """The kind in words."""
        return _TEXTS[self]


_NAME = Text(zh="{kind} {station}", en="{kind} {station}")
_TEXTS: dict[ProgramKind, Text] = {
    ProgramKind.RUN: Text(zh="后台服务", en="the background services"),
    ProgramKind.LOBBY: Text(zh="自助机", en="lobby"),
    ProgramKind.CONSOLE: Text(zh="工作台", en="console"),
    ProgramKind.BOARD: Text(zh="叫号屏", en="board"),
}


class Program(Record):
    """A running program. `id` is also the name of the lock it holds while it runs.

    `file`: its configuration, with `version` of what stands in it (see `config.version_of`), read at `read_at`.
    """

    id: str
    kind: ProgramKind
    station: str
    machine: str
    pid: int
    file: str
    version: str
    read_at: datetime

    @property
    def name(self) -> Text:
        """What people call it: its kind, and where it stands; the services are one."""
        if self.kind is ProgramKind.RUN:
            return self.kind.text
        return _NAME.fill(kind=self.kind.text, station=self.station)
