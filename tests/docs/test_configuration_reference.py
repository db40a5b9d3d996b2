"""docs/configuration.md is what the schema says today."""

from __future__ import annotations

import sys

from places import ROOT

sys.path.insert(0, str(ROOT / "docs"))

import configuration_reference


def test_the_reference_of_the_configuration_is_that_of_today() -> None:
    written = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert written == configuration_reference.reference(), "run make reference"
