"""Files that hold patients' names: made for their owner alone, or for the group that the folder is shared with.

Whatever the umask: a service's is often 022, with which every user of the machine could read the names.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

PRIVATE, SHARED = 0o600, 0o660


def mode_in(folder: Path) -> int:
    """Return the permissions of a new file: SHARED where the folder hands its group down (setgid), else PRIVATE."""
    try:
        return SHARED if folder.stat().st_mode & stat.S_ISGID else PRIVATE
    except OSError:
        return PRIVATE


def open_private(path: Path, flags: int, mode: int | None = None) -> int:
    """Open a file and return its descriptor; one that is made here has `mode`, by default that of its folder.

    The permissions of a file that is there are left alone. Raises OSError.
    """
    flags |= os.O_CREAT | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags | os.O_EXCL, PRIVATE)
    except FileExistsError:
        return os.open(path, flags & ~os.O_EXCL, PRIVATE)
    wanted = mode_in(path.parent) if mode is None else mode
    if wanted != PRIVATE:
        os.fchmod(descriptor, wanted)
    return descriptor


def private_opener(path: str, flags: int) -> int:
    """Open a file as `open` and its `opener` do. Raises OSError."""
    return open_private(Path(path), flags) if flags & os.O_CREAT else os.open(path, flags | os.O_CLOEXEC)
