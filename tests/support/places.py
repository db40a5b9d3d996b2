"""Where the tests' own files lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The project's folder."""
EXAMPLE_FILE = ROOT / "tests" / "data" / "config.example.toml"
"""The example hospital, which must always load."""
