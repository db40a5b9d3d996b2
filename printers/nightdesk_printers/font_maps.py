"""Which characters a face of a font file has, kept so that the next program need not read a large font to know it.

A file for each face, in the user's cache: a line that says of which file in which state, then the code points as
32-bit numbers. What does not say exactly that is not used, and the font is read. Where nothing can be kept, everything
works as before and only takes half a second longer.
"""

from __future__ import annotations

import sys
from array import array
from functools import lru_cache
from pathlib import Path
from zlib import crc32

from nightdesk_queue.config import user_cache

KIND = "font-"
LARGEST = 5_000_000
"""Bytes of a kept map that is read: more than there are characters."""
WIDTH = "I"
"""Of a code point in a kept map."""


@lru_cache(maxsize=64)
def characters(file: Path, index: int) -> frozenset[int] | None:
    """Return the code points a face can draw; None for a file that is no outline font."""
    state = _state(file, index)
    if state is None:
        return None
    kept = _recall(state)
    if kept is None:
        kept = _read(file, index)
        if kept:
            _keep(state, kept)
    return kept


def _read(file: Path, index: int) -> frozenset[int] | None:
    from fontTools.ttLib import TTFont, TTLibError  # noqa: PLC0415 - only who has no kept map pays for it

    try:
        with file.open("rb") as opened, TTFont(opened, fontNumber=index, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError, AssertionError):
        return None


def _state(file: Path, index: int) -> bytes | None:
    """Return what tells a font, as it is now, from every other; None where it cannot be looked at."""
    try:
        facts = file.stat()
    except OSError:
        return None
    return f"{file.absolute()}\t{index}\t{facts.st_size}\t{facts.st_mtime_ns}\t{sys.byteorder}\n".encode()


def _recall(state: bytes) -> frozenset[int] | None:
    try:
        held = user_cache.cached(_name(state)).read_bytes()[:LARGEST]
    except (OSError, RuntimeError):
        return None
    points = array(WIDTH)
    if not held.startswith(state) or (len(held) - len(state)) % points.itemsize:
        return None
    points.frombytes(held[len(state) :])
    return frozenset(points) or None


def _keep(state: bytes, found: frozenset[int]) -> None:
    points = array(WIDTH, sorted(found)).tobytes()
    user_cache.keep(KIND, _name(state), lambda new: new.write(state + points))


def _name(state: bytes) -> str:
    return f"{KIND}{crc32(state):08x}.characters"
