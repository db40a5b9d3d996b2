"""The virtual printer is the other side: it shares nothing with the encoder but what a printer can confirm."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from nightdesk_printers.capability import Capability


def loaded_by(module: str) -> set[str]:
    """The modules of ours that are in memory once a fresh interpreter has imported one."""
    code = f"import json, sys, {module}; print(json.dumps([n for n in sys.modules if n.startswith('nightdesk_')]))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(out.stdout))


def test_importing_the_virtual_printer_loads_no_encoder() -> None:
    printers = {name for name in loaded_by("nightdesk_printers.virtual") if name.startswith("nightdesk_printers.")}
    others = {name for name in printers if not name.startswith("nightdesk_printers.virtual")}
    assert others == {"nightdesk_printers.capability"}


def test_what_a_printer_can_confirm_is_a_word_that_needs_nothing_else() -> None:
    assert loaded_by("nightdesk_printers.capability") == {"nightdesk_printers", "nightdesk_printers.capability"}
    assert list(Capability) == ["print_complete", "in_order_answer", "status_only", "none"]


@pytest.mark.parametrize("module", ["nightdesk_ports.emulated_lines", "nightdesk_ports.backoff"])
def test_the_far_end_of_a_line_needs_no_serial_port_and_no_core(module: str) -> None:
    assert not {name for name in loaded_by(module) if not name.startswith("nightdesk_ports")}
