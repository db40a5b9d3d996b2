"""The core's tests run over both engines: whoever asks for `store` gets a file, and then a database on a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import BOTH, Engine, new_database

from nightdesk_queue.store import Database, open_database


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Which engine serves this test's databases."""
    assert isinstance(request.param, Engine)
    return request.param


@pytest.fixture
def store(engine: Engine, tmp_path: Path) -> Iterator[Database]:
    with new_database(engine, tmp_path) as url, open_database(url) as opened:
        yield opened
