"""Which input goes through: what a person can have typed, and nothing of what nobody can."""

from __future__ import annotations

import pytest

from nightdesk_kiosk.widgets.input_limit import BURST, InputLimit


def test_what_a_person_types_goes_through_as_it_is() -> None:
    limit = InputLimit()
    now = 0.0
    for piece in (b"n", b"1", b"\x1b[A", b"\x1b[<0;10;5M", b"\x1b[<0;10;5m", "中".encode(), b"\x1b", b"\x1bOP"):
        now += 0.1
        assert limit.take(piece, now) == (piece, False)


def test_a_key_that_is_held_down_goes_through_for_ever() -> None:
    limit = InputLimit()
    assert all(limit.take(b"\x1b[B", number / 30) == (b"\x1b[B", False) for number in range(1000))


def test_keys_of_a_slow_line_come_at_once() -> None:
    assert InputLimit().take(b"n1nf" * 4, 0.0) == (b"n1nf" * 4, False)


def test_a_burst_is_discarded_whole_and_what_follows_a_pause_counts() -> None:
    limit = InputLimit()
    assert limit.take(b"n" * (BURST + 1), 0.0) == (b"", True)
    assert limit.take(b"n", 0.01) == (b"", True)
    assert limit.take(b"n", 0.6) == (b"n", True)
    assert limit.take(b"n", 0.7) == (b"n", False)


def test_the_rest_of_a_sequence_that_was_cut_is_not_taken_for_keys() -> None:
    limit = InputLimit()
    limit.take(b"n" * 5000, 0.0)
    for number in range(1, 100):
        assert limit.take(b"n", number / 100) == (b"", True)
    assert limit.take(b"5;12M\x1b[A", 1.0) == (b"\x1b[A", True)


def test_the_mouse_may_move_as_much_as_it_likes() -> None:
    limit = InputLimit()
    moves = b"".join(b"\x1b[<35;%d;7M" % column for column in range(1, 60))
    for number in range(100):
        assert limit.take(moves + b"\x1b[<0;9;7M", number / 40) == (b"\x1b[<35;59;7M\x1b[<0;9;7M", False)


@pytest.mark.parametrize("size", [1, 2, 5, 64, 4096])
def test_a_bracketed_paste_in_pieces_of_any_size_is_nobodys_key(size: int) -> None:
    limit = InputLimit()
    text = b"\x1b[200~" + b"n f 1 " * 50 + b"\x1b[201~"
    let_through = b""
    if size > len(b"\x1b[200~"):
        for number, at in enumerate(range(0, len(text), size)):
            let_through += limit.take(text[at : at + size], number / 1000)[0]
        assert let_through == b""
    else:
        # the beginning is in pieces; what goes through is not more than a burst
        for number, at in enumerate(range(0, len(text), size)):
            let_through += limit.take(text[at : at + size], number / 1000)[0]
        assert len(let_through) <= len(b"\x1b[200~") + 2 * BURST
    assert limit.take(b"n", 10.0)[0] == b"n"


def test_a_paste_whose_end_never_comes_is_over_after_a_while() -> None:
    limit = InputLimit()
    assert limit.take(b"\x1b[200~n f", 0.0) == (b"", True)
    assert limit.take(b"n", 0.5) == (b"", True)
    assert limit.take(b"n", 2.0)[0] == b"n"
