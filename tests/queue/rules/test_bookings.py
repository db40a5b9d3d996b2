"""Expected patients: what is kept of a telephone number, when they may check in, when they will not come any more."""

from __future__ import annotations

import pytest

from nightdesk_queue.rules.bookings import phone_tail


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("13800138000", "8000"),
        ("+86 (138) 0013-80 0-0", "8000"),
        ("138001380\uff10\uff10", "8000"),
        ("3570000 ext. 12", "0012"),
        ("12", "12"),
        ("\u0661\u0662\u0663\u0664", None),
        ("none", None),
        ("", None),
        (None, None),
    ],
)
def test_of_a_telephone_number_the_last_four_digits_are_kept_whatever_stands_between(
    said: str | None, kept: str | None
) -> None:
    assert phone_tail(said) == kept
