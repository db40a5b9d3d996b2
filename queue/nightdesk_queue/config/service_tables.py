"""Tables of config.toml about the program itself and other programs: the log, transfers from another system."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from nightdesk_queue.config.fields import Id
from nightdesk_queue.config.table import Limits, Table


class LogTable(Table):
    """The `[log]` table: where facts for those who look after the machine are written, and from which level on.

    `file` starts at the configuration's folder; without it lines go to standard error. A file that has reached `size`
    bytes is renewed, and `count` old ones are kept (0: none, and the file grows).
    """

    file: Annotated[str, Limits(min_length=1)] | None = None
    level: Literal["debug", "info", "warning", "error"] = "info"
    size: Annotated[int, Limits(ge=1000, le=1_000_000_000)] = 5_000_000
    count: Annotated[int, Limits(ge=0, le=100)] = 5


class Hl7Table(Table):
    """The `[hl7]` table: transfers from the emergency room's own system. Accepted, and not served yet."""

    listen: Annotated[str, Limits(pattern=r"^[^\s:]+:\d{1,5}$")] = "127.0.0.1:2575"
    accept_from: list[str] = field(default_factory=list)
    targets: dict[str, Id] = field(default_factory=dict)


class ConsoleTable(Table):
    """The `[console]` table. `lock_minutes`: where staff sign in, a console that is left for so long is locked.

    `sounds`: whether it rings for transfers, pages and alarms.
    """

    lock_minutes: Annotated[int, Limits(ge=1, le=720)] = 10
    sounds: bool = True
