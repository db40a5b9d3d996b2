"""Files that commands are given."""

from __future__ import annotations

from pathlib import Path

from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.text.bilingual import Text

UNREADABLE = Text(zh="打不开 {file}：{e}", en="{file} cannot be read: {e}")


def content_of(file: Path) -> bytes:
    """Return what is in a file. Raises Misuse where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Misuse("usage", UNREADABLE.fill(file=file, e=error.strerror or error)) from error
