"""What all tests share: the example hospital, a database file of their own, a desk, and moments of one evening."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from desk import Desk
from engines import start_server
from hypothesis import settings
from places import EXAMPLE_FILE

from nightdesk_kiosk.ui_language import speech
from nightdesk_queue.config import Hospital, load
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, open_database

# how long one example takes says more about the machine than about the code
settings.register_profile("without deadlines", deadline=None)
settings.load_profile("without deadlines")

SHANGHAI = ZoneInfo("Asia/Shanghai")
EXAMPLE = EXAMPLE_FILE
EVENING = datetime(2026, 3, 2, 18, 30, tzinfo=SHANGHAI)
NURSE = By("nurse", "console")


def pytest_configure(config: pytest.Config) -> None:
    """Keep checked configurations in a folder of this run: what a person's programs keep is theirs."""
    kept = tempfile.TemporaryDirectory(prefix="nightdesk-tests-")
    config.add_cleanup(kept.cleanup)
    os.environ["XDG_CACHE_HOME"] = kept.name
    if not hasattr(config, "workerinput"):
        start_server(config)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Run two processes a core: half of a test's time is spent waiting for devices, screens and servers."""
    del config
    return 2 * (os.cpu_count() or 1)


@pytest.fixture(scope="session")
def hospital() -> Hospital:
    return load(EXAMPLE)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    with open_database(f"sqlite:///{tmp_path / 'night.db'}") as opened:
        yield opened


@pytest.fixture
def desk(store: Database, hospital: Hospital) -> Desk:
    return Desk(store, hospital)


@pytest.fixture
def evening() -> datetime:
    return EVENING


@pytest.fixture
def nurse() -> By:
    return NURSE


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever runs the tests, in whatever locale, the programs under test speak English unless told otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NIGHTDESK_LANG", "NIGHTDESK_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    speech.language = "en"
    yield
    speech.language = "en"
