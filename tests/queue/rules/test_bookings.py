"""Expected patients: what is kept of a telephone number, when they may check in, when they will not come any more."""

from __future__ import annotations

import pytest

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.rules.booking_files import slot_time
from nightdesk_queue.rules.bookings import phone_tail


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("13800138000", "8000"),
        ("+86 (138) 0013-80 0-0", "8000"),
        ("138001380\uff10\uff10", "8000"),
        ("3570000", "0000"),
        ("021-5555 6666", "6666"),
        ("0571 8888 1234", "1234"),
        ("3570000 ext. 12", None),
        ("3570000转12", None),
        ("1.38E+10", None),
        ("13800138000.0", None),
        ("13800138000/13900139000", None),
        ("13800138000 13900139000", None),
        ("8765432 1234567", None),
        ("1234567890123456", None),
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


def test_a_time_that_cannot_be_read_is_quoted_up_to_forty_characters(hospital: Hospital) -> None:
    for said, quoted in (("x" * 40, "x" * 40), ("y" * 41, "y" * 40)):
        with pytest.raises(Refused) as refusal:
            slot_time(said, hospital)
        assert refusal.value.text.en == f"{quoted} is not a time; write 2026-11-23 18:30"
