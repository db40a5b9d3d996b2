"""Packages: each says in its first lines what lives there, what it may touch and what it promises."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from places import ROOT

ROOMS = ("queue", "ports", "printers", "displays", "kiosk")
PACKAGES = sorted(path.parent for room in ROOMS for path in (ROOT / room).rglob("__init__.py"))
PARTS = ("\nWhat lives here: ", "\nWhat it may touch: ", "\nWhat it promises: ")


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: str(package.relative_to(ROOT)))
def test_a_package_says_what_it_is(package: Path) -> None:
    source = (package / "__init__.py").read_text(encoding="utf-8")
    words = ast.get_docstring(ast.parse(source))
    assert words is not None
    assert [part for part in PARTS if part not in words] == []


def test_every_package_is_looked_at() -> None:
    assert len(PACKAGES) > 25
