"""Screens under test: a clock that stands still, and pictures that do not depend on the machine."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from commandline import Nightdesk, Result
from places import EXAMPLE_FILE

from nightdesk_kiosk.cli import run
from nightdesk_kiosk.clock import Clock
from nightdesk_queue.store import open_database

EXAMPLE = EXAMPLE_FILE


@pytest.fixture
def clock(evening: datetime) -> Clock:
    return Clock(evening, 0.0)


@pytest.fixture
def nightdesk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Nightdesk:
    """The command line on the example hospital and a database of the test's own, on one evening."""

    # a look never creates a database
    open_database(f"sqlite:///{tmp_path}/n.db").close()

    def call(*arguments: str, now: str = "2026-03-02T18:30") -> Result:
        options = ["--config", str(EXAMPLE), "--database", f"sqlite:///{tmp_path}/n.db", "--now", now]
        status = run([*options, *arguments])
        out, err = capsys.readouterr()
        return Result(status, out, err)

    return call
