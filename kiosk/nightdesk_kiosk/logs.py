"""The log: one line a fact, for those who look after the machine. Never a name, a telephone number or a typed text.

A line is the time, the process, the level, what happened, and its ids:
`2026-03-02T18:30:00.000+08:00 run[412] WARNING slip failed, event=91 ticket=... number=N012`.
It goes to the file of `[log]`, which is renewed at its size, else to standard error; full-screen programs write to the
file only, since standard error may be their picture.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import sys
from datetime import datetime
from io import FileIO, TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from nightdesk_queue.config import LogTable
from nightdesk_queue.store.private_files import private_opener

LOG = logging.getLogger("nightdesk")
_PLAIN = re.compile(r"[\w.:+@/#-]+", re.ASCII)
_JOURNAL = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3}
"""Syslog's levels, by which the journal sorts (sd-daemon(3))."""


def fact(level: int, what: str, **ids: object) -> None:
    """Log one fact with its ids; those that are None are left out. The caller passes no personal data."""
    if LOG.isEnabledFor(level):
        told = " ".join(f"{name.rstrip('_')}={_word(value)}" for name, value in ids.items() if value is not None)
        LOG.log(level, "%s", f"{what}, {told}" if told else what)


def start_log(
    process: str, table: LogTable | None = None, folder: Path = Path(), *, verbose: bool = False, screen: bool = False
) -> None:
    """Open the log of this process. A relative file starts at `folder`; one that cannot be opened ends nothing.

    `verbose`: everything, whatever the table says. `screen`: the terminal belongs to a full-screen program.
    """
    stop_log()
    level = "debug" if verbose else table.level if table else "warning"
    LOG.setLevel(level.upper())
    LOG.propagate = False
    LOG.addHandler(_handler(process, table, folder, screen=screen))


def stop_log() -> None:
    """Close the log; what is told afterwards goes nowhere."""
    for handler in list(LOG.handlers):
        LOG.removeHandler(handler)
        handler.close()
    LOG.addHandler(logging.NullHandler())
    LOG.propagate = False


class SharedFile(RotatingFileHandler):
    """A log file that several processes write and any of them may renew: each line is written under a lock."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line to the file that has the name now; a full disk costs the line and nothing else."""
        try:
            with open(f"{self.baseFilename}.lock", "a", encoding="utf-8", opener=private_opener) as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._follow()
                super().emit(record)
        except OSError:
            pass

    def _open(self) -> TextIOWrapper:
        descriptor = private_opener(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        return TextIOWrapper(FileIO(descriptor, "a"), encoding=self.encoding, write_through=True)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Say nothing: standard error may be a picture, and the log must not end what it tells of."""

    def _follow(self) -> None:
        """Close the file when another process has renewed it; the next line opens the new one."""
        if self.stream is not None and not _is_same(self.stream.fileno(), Path(self.baseFilename)):
            self.stream.close()
            self.stream = None


class Line(logging.Formatter):
    """Writes a record on one line; with the journal's mark and without the time where the journal reads."""

    def __init__(self, process: str, *, journal: bool = False) -> None:
        super().__init__()
        self._process = process
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        words = f"{self._process}[{os.getpid()}] {record.levelname} {record.getMessage()}".replace("\n", " ")
        if self._journal:
            return f"<{_JOURNAL.get(record.levelno, 6)}>{words}"
        at = datetime.fromtimestamp(record.created).astimezone()
        return f"{at.isoformat(timespec='milliseconds')} {words}"


def _handler(process: str, table: LogTable | None, folder: Path, *, screen: bool) -> logging.Handler:
    if table and table.file:
        path = folder / table.file
        if os.access(path if path.exists() else path.parent, os.W_OK):
            handler: logging.Handler = SharedFile(
                path, maxBytes=table.size, backupCount=table.count, encoding="utf-8", delay=True
            )
            handler.setFormatter(Line(process))
            return handler
    if screen and sys.stderr.isatty():
        return logging.NullHandler()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line(process, journal="JOURNAL_STREAM" in os.environ))
    return handler


def _word(value: object) -> str:
    """Return a value as one word, quoted where it is not plain."""
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=True)


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        there = path.stat()
    except OSError:
        return False
    here = os.fstat(descriptor)
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)
