"""Files that commands are given."""

from __future__ import annotations

from pathlib import Path

from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.text.bilingual import Text

UNREADABLE = Text(zh="打不开 {file}：{e}", en="{file} cannot be read: {e}")

TOO_LARGE = Text(zh="{file} 大于 {mb} MB；请拆开", en="{file} is larger than {mb} MB; split it")
LARGEST = 100_000_000
"""Bytes of a file that a command is given: a million bookings."""


def content_of(file: Path) -> bytes:
    """Return what is in a file. Raises Misuse where it cannot be read or is larger than LARGEST."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        raise Misuse("usage", UNREADABLE.fill(file=file, e=error.strerror or error)) from error
    if len(content) > LARGEST:
        raise Misuse("usage", TOO_LARGE.fill(file=file, mb=LARGEST // 1_000_000))
    return content
