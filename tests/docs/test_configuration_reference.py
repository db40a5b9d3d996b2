"""docs/configuration.md is what the schema says today, docs/hl7.md what the receiver answers."""

from __future__ import annotations

import sys

from places import ROOT

sys.path.insert(0, str(ROOT / "docs"))

import configuration_reference
import hl7_examples


def test_the_reference_of_the_configuration_is_that_of_today() -> None:
    written = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert written == configuration_reference.reference(), "run make reference"


def test_the_examples_of_messages_are_what_the_receiver_answers_today() -> None:
    assert (ROOT / "docs" / "hl7.md").read_text(encoding="utf-8") == hl7_examples.written(), "run make reference"
