"""The configuration that all machines share, as somebody pushes it."""

from __future__ import annotations

from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.config import parse
from nightdesk_queue.config.sharing import fingerprint_of
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import shared_config
from nightdesk_queue.store.shared_config import SharedConfig


@command(Command.SHARE_CONFIG)
def push_config(work: Work, content: str, machine: str) -> SharedConfig:
    """Share a configuration with all machines, and return it. Raises ConfigError for a faulty one."""
    parse(content)
    shared = SharedConfig(fingerprint_of(content), content, work.now, work.by.actor, machine)
    shared_config.save(work.tx, shared)
    return shared
