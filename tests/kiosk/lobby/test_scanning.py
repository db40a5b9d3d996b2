"""Keys that may come from a scanner: a code with Enter behind it, or digits typed by hand."""

from __future__ import annotations

from nightdesk_kiosk.lobby.scanning import LONGEST, PAUSE_SECONDS, ScannedKeys

CODE = "69240B2F4A1C7E9D03"


def typed(keys: ScannedKeys, text: str, every: float) -> float:
    now = 100.0
    for char in text:
        now += every
        keys.add(char, now)
    return now


def test_a_code_is_what_was_typed_fast_before_enter_and_is_read_once() -> None:
    keys = ScannedKeys()
    now = typed(keys, CODE, 0.005)
    assert keys.by_hand(now) == ""
    assert keys.code(now + 0.01) == CODE
    assert keys.code(now + 0.02) is None


def test_enter_alone_or_behind_one_key_or_late_is_no_code() -> None:
    assert ScannedKeys().code(1.0) is None
    keys = ScannedKeys()
    assert keys.code(typed(keys, "7", 0.01)) is None
    keys = ScannedKeys()
    assert keys.code(typed(keys, CODE, 0.005) + PAUSE_SECONDS + 0.01) is None


def test_what_was_typed_by_hand_is_given_once_no_enter_has_followed() -> None:
    keys = ScannedKeys()
    now = typed(keys, "N012", 0.1)
    assert keys.by_hand(now + PAUSE_SECONDS - 0.01) == ""
    assert keys.by_hand(now + PAUSE_SECONDS + 0.01) == "N012"
    assert keys.by_hand(now + 9) == ""


def test_keys_before_a_pause_are_no_part_of_a_code() -> None:
    keys = ScannedKeys()
    typed(keys, "99", 0.01)
    for n, char in enumerate("N012"):
        keys.add(char, 200.0 + n * 0.01)
    assert keys.code(200.05) == "N012"


def test_a_code_without_end_is_cut() -> None:
    keys = ScannedKeys()
    assert len(keys.code(typed(keys, "A" * 500, 0.001)) or "") == LONGEST
