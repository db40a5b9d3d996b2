"""How a machine's config.toml differs from the one that all machines share."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from nightdesk_queue.config import content_of
from nightdesk_queue.config.sharing import Difference, differences, fingerprint_of
from nightdesk_queue.store import Database, Tx, shared_config


def differences_here(database: Database, config: Path) -> list[Difference]:
    """Return in what a file differs from the shared configuration; nothing where nobody has shared one.

    Raises Fault, ConfigError.
    """
    with database.snapshot() as tx:
        return difference_keys(tx, content_of(config))


def difference_keys(tx: Tx, content: str) -> list[Difference]:
    """Return in what a text differs from the shared configuration; nothing where nobody has shared one.

    A look at a screen asks this each time, so the shared text is fetched only where its fingerprint differs.
    """
    known = shared_config.fingerprint(tx)
    if known is None or known == _fingerprint(content):
        return []
    shared = shared_config.newest(tx)
    return _differences(content, shared.content) if shared else []


@lru_cache(maxsize=4)
def _fingerprint(content: str) -> str | None:
    try:
        return fingerprint_of(content)
    except ValueError:
        # a file that is half written: what stands in it is told where it is read
        return None


@lru_cache(maxsize=4)
def _differences(here: str, there: str) -> list[Difference]:
    try:
        return differences(here, there)
    except ValueError:
        return []
