"""A process lock as a lock on a file beside the database; the system frees it when its process ends (flock(2))."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from threading import Event
from typing import Self

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.sqlite.sharing import NO_LOCK, open_beside


class FileLock:
    """The lock of one device or task; use as a context manager after `acquire` said True."""

    def __init__(self, database: Path, kind: str, id_: str) -> None:
        self._database = database
        self._path = _path(database, kind, id_)
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Try to become the holder; False while another process is. Raises Fault."""
        try:
            descriptor = open_beside(self._path, self._database)
        except OSError as error:
            raise Fault("database_readonly", NO_LOCK.fill(path=self._path, error=error.strerror)) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def wait(self, stop: Event, seconds: float) -> bool:
        """Try again every `seconds` until it is taken; False when told to stop before."""
        while not self.acquire():
            if stop.wait(seconds):
                return False
        return True

    @property
    def descriptor(self) -> int | None:
        """The lock's file, for a child process that is to hold it, too; None where it is not held."""
        return self._descriptor

    @property
    def held(self) -> bool:
        """Whether this object is the holder."""
        return self._descriptor is not None

    def release(self) -> None:
        """Stop being the holder."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_held(database: Path, kind: str, id_: str) -> bool:
    """Whether a running process holds a lock."""
    try:
        descriptor = os.open(_path(database, kind, id_), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise Fault("database_readonly", NO_LOCK.fill(path=_path(database, kind, id_), error=error.strerror)) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _path(database: Path, kind: str, id_: str) -> Path:
    return database.with_name(f"{database.name}.{kind}-{id_}.lock")
