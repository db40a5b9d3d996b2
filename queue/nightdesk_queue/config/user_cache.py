"""The user's cache folder: what took long to work out, kept for the next program.

It is `$XDG_CACHE_HOME/nightdesk`, else `~/.cache/nightdesk`. Nothing in it is needed: where it cannot be used,
everything works and only takes longer. Whoever reads a file of it has to tell whether it is what was sought.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

KEPT = 20
"""How many files of a kind are kept; the newest ones."""


def cached(name: str) -> Path:
    """Return where a file of the cache is. Raises RuntimeError where the user has no home."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "nightdesk" / name


def keep(kind: str, name: str, write: Callable[[BinaryIO], object]) -> None:
    """Have a file of the cache written, where there is a place for it; the oldest of its kind go.

    `kind`: how the names of such files begin. It is made whole under another name, and only its owner may read it: a
    program that reads meanwhile finds the old one or none.
    """
    import tempfile  # noqa: PLC0415 - whoever only reads does not wait for it

    with suppress(OSError, RuntimeError):
        file = cached(name)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=kind, dir=file.parent)
        with os.fdopen(descriptor, "wb") as new:
            write(new)
        Path(temporary).replace(file)
        for old in sorted(file.parent.glob(f"{kind}*"), key=lambda one: one.stat().st_mtime)[:-KEPT]:
            old.unlink()
