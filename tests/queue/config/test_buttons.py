"""`[[button]]` in config.toml: what it takes, and which fault is named for the rest."""

from __future__ import annotations

import pytest
from places import EXAMPLE_FILE

from nightdesk_queue.config.checking import check
from nightdesk_queue.domain.errors import ConfigError

EXAMPLE = EXAMPLE_FILE.read_text(encoding="utf-8")
KEY = '\n[[button]]\nroom = "tcm-1"\ncommand = "next"\nkey = "f13"\n'
LINE = '\n[[button]]\nroom = "tcm-1"\ncommand = "finish"\nport = "/dev/ttyS0"\nbytes = "01 4E0D"\n'


def test_keys_and_bytes_are_taken() -> None:
    buttons = check(EXAMPLE + KEY + LINE, "config.toml").button
    assert [(one.command, one.key) for one in buttons] == [("next", "f13"), ("finish", None)]
    assert bytes(buttons[1].pattern) == b"\x01N\r"


@pytest.mark.parametrize(
    ("written", "key", "words"),
    [
        (KEY.replace('key = "f13"', ""), "button[0]", "a key, or bytes"),
        (KEY + 'port = "/dev/ttyS0"\nbytes = "01"\n', "button[0]", "a key, or bytes"),
        (LINE.replace('bytes = "01 4E0D"', ""), "button[0]", "a key, or bytes"),
        (LINE.replace("01 4E0D", "1 4E"), "button[0].bytes", ""),
        (KEY.replace("tcm-1", "nowhere"), "button[0].room", "no such [[room]]"),
        (KEY.replace('"next"', '"dance"'), "button[0].command", ""),
        (KEY + KEY, "button[1].key", "cannot be told from another button"),
        (LINE + LINE.replace("01 4E0D", "014e0d"), "button[1].bytes", "cannot be told from another button"),
        (LINE + LINE.replace("01 4E0D", "4E"), "button[1].bytes", "cannot be told from another button"),
        (LINE + LINE.replace("01 4E0D", "55") + "baud = 1200\n", "button[1].baud", "another baud"),
        (KEY.replace("f13", "enter"), "button[0]", "editing and dialogs"),
    ],
)
def test_a_button_that_cannot_be_is_named_with_the_fix(written: str, key: str, words: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        check(EXAMPLE + written, "config.toml")
    faults = [(one.key, one.problem.en) for one in refusal.value.faults]
    assert any(found.startswith(key) and words in problem for found, problem in faults), faults
