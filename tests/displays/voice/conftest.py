"""What tests of the voice share: programs that stand in for the engine and the player."""

from __future__ import annotations

from pathlib import Path

import pytest
from voicing import Tool, fake_espeak, programs


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    return programs(tmp_path / "bin", monkeypatch)


@pytest.fixture
def espeak(tool: Tool, tmp_path: Path) -> Path:
    return fake_espeak(tool, tmp_path)
