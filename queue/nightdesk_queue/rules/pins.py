"""What a PIN of the service menu must be, and for how long it is locked after wrong tries. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil

from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.pins import Pin
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import normalised

SHORTEST, LONGEST = 4, 12
"""Digits of a PIN."""
FREE_FAILURES = 3
"""With so many failures in a row the first lock begins."""
FIRST_LOCK = timedelta(seconds=30)
"""How long it lasts; each further failure doubles it."""
LONGEST_LOCK = timedelta(hours=1)
_DOUBLINGS = 20
"""So often doubled, a lock is far beyond the longest: no larger power is worked out."""

NO_DIGITS = Text(
    zh="密码要 {least} 到 {most} 位，只能用数字", en="the PIN must have {least} to {most} digits, and nothing else"
)
ALL_THE_SAME = Text(
    zh="密码每一位都一样，太容易猜；请换一个", en="all digits of the PIN are the same, choose one that is hard to guess"
)
IN_A_ROW = Text(
    zh="密码是连续的数字(如 1234)，太容易猜；请换一个",
    en="the digits of the PIN follow one another, as in 1234; choose one that is hard to guess",
)


def digits_of(typed: str) -> str | None:
    """Return what was typed as the digits of a PIN, full-width ones too; None where it cannot be one."""
    meant = normalised(typed)
    return meant if SHORTEST <= len(meant) <= LONGEST and meant.isascii() and meant.isdigit() else None


def good_pin(typed: str) -> str:
    """Return the digits of a new PIN. Raises Refused: weak_pin."""
    digits = digits_of(typed)
    if digits is None:
        raise Refused("weak_pin", NO_DIGITS.fill(least=SHORTEST, most=LONGEST))
    # from each digit to the next, in a circle: 7890 and 3210 go on by one step, too
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    if steps == {0}:
        raise Refused("weak_pin", ALL_THE_SAME)
    if steps in ({1}, {9}):
        raise Refused("weak_pin", IN_A_ROW)
    return digits


def lock_after(failures: int) -> timedelta:
    """Return how long no try is taken after so many failures in a row; nothing while some are free."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    return min(FIRST_LOCK * (1 << min(failures - FREE_FAILURES, _DOUBLINGS)), LONGEST_LOCK)


def tries_left(failures: int) -> int:
    """Return how many wrong tries there may be after so many failures; the last of them locks."""
    return max(FREE_FAILURES - failures, 0)


def seconds_locked(pin: Pin, now: datetime) -> int:
    """Return for how many seconds no try is taken, 0 where one is.

    A lock that would last twice the longest was set by a clock that has been set back since: it is over, or nobody
    could open the menu for as long as the clock was wrong.
    """
    left = pin.locked_until - now if pin.locked_until is not None else timedelta(0)
    return ceil(left.total_seconds()) if timedelta(0) < left <= 2 * LONGEST_LOCK else 0
