"""Configurations that were found faultless, kept so that the next command need not check the same text again.

A file for each text, in the user's cache. It holds the text itself, which code read it, and the tables that came of it.
Whatever is not exactly that (another text, another release, a damaged file, one that somebody else may write) is not
used, and the configuration is checked. Where nothing can be kept, everything works as before and only takes longer.
"""

from __future__ import annotations

import os
import pickle
import stat
import sys
from dataclasses import fields
from enum import EnumType
from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import crc32

from nightdesk_queue.config import user_cache
from nightdesk_queue.config.hospital import Hospital

KIND = "config-"
LARGEST = 10_000_000
"""Bytes of a kept file that is read."""
_PACKAGE = Path(__file__).parents[1]
_READERS = ("config", "domain", "text")
"""The packages whose code a kept configuration is made of."""
_LEFT_OUT = ("folder", "moved")
"""What a `Hospital` holds that is not in the text of its file."""


def recall(text: str) -> Hospital | None:
    """Return what a text was read as before; None where nothing that can be trusted is kept."""
    try:
        with user_cache.cached(_name(text)).open("rb") as kept:
            facts = os.fstat(kept.fileno())
            if facts.st_uid != os.getuid() or facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return None
            held = _Unpickler(BytesIO(kept.read(LARGEST))).load()
        code, its_text, tables = held
        return Hospital(**tables) if (code, its_text) == (_code(), text) else None
    # a damaged pickle may raise anything, and whatever it is, the text is checked again
    except Exception:  # noqa: BLE001
        return None


def keep(text: str, hospital: Hospital) -> None:
    """Keep what a text was read as, where there is a place for it."""
    tables = {one.name: getattr(hospital, one.name) for one in fields(hospital) if one.name not in _LEFT_OUT}
    user_cache.keep(KIND, _name(text), lambda new: pickle.dump((_code(), text, tables), new))


def _name(text: str) -> str:
    """Return what the file of a text is called; texts that share a name take each other's place."""
    return f"{KIND}{crc32(text.encode()):08x}.pickle"


def _code() -> tuple[object, ...]:
    """Return what tells one release, one state of a checkout and one Python from another."""
    times = [
        (entry.name, entry.stat().st_mtime_ns)
        for package in _READERS
        for entry in os.scandir(_PACKAGE / package)
        if entry.name.endswith(".py")
    ]
    return str(_PACKAGE), sys.version, sorted(times)


def _member(of: Any, name: Any) -> Any:
    """Return the member of an enum and nothing else. Raises pickle.UnpicklingError."""
    if isinstance(of, EnumType) and name in of.__members__:
        return of.__members__[name]
    raise pickle.UnpicklingError(f"{of}.{name}")


class _Unpickler(pickle.Unpickler):
    """A reader that makes tables, texts and times, and calls nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class a configuration may hold. Raises pickle.UnpicklingError for any other."""
        if (module, name) == ("builtins", "getattr"):
            # the first releases of Python 3.11 write a member of an enum as getattr(Enum, name)
            return _member
        ours = module.startswith("nightdesk_queue.") and "." not in name
        if ours or (module, name) in {("datetime", "time"), ("datetime", "date")}:
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")
