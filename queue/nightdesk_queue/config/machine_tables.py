"""What a machine's own small file may hold: what differs between machines that share one configuration."""

from __future__ import annotations

from nightdesk_queue.config.fields import Id
from nightdesk_queue.config.schema import DatabaseTable
from nightdesk_queue.config.service_tables import LogTable
from nightdesk_queue.config.table import Table


class MachineTable(Table):
    """The `[machine]` table. `name`: how the other machines call this one, and devices that hang on its wires."""

    name: Id


class MachineFile(Table):
    """`machine.toml`, beside config.toml: its `[database]` and `[log]` take the place of those there."""

    machine: MachineTable | None = None
    database: DatabaseTable | None = None
    log: LogTable | None = None
