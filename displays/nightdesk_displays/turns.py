"""More to say than a screen has room for: what is said is packed on several screens, which are shown in turn. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

Said = TypeVar("Said")

TURN_SECONDS = 4.0
"""How long a screen shows some of what it has to say when there is more than it has room for."""


def packed(sayings: Sequence[Sequence[Sequence[Said]]], places: int) -> list[list[list[Said]]]:
    """Return sayings on screens of so many places, in their order, as lists of screens that belong together.

    A saying is a block of rows, or several that must be read one after the other. Short ones share a screen; one that
    is longer has screens of its own, which nothing else comes between.
    """
    found: list[list[list[Said]]] = []
    roomy = False
    for saying in sayings:
        parts = [list(block[at : at + places]) for block in saying for at in range(0, len(block), places)]
        if roomy and len(parts) == 1 and len(found[-1][0]) + len(parts[0]) <= places:
            found[-1][0] += parts[0]
        else:
            found.append(parts)
        roomy = len(found[-1]) == 1
    return found


def rotation(
    fresh: Sequence[Said], standing: Sequence[Said], pages: Sequence[Said], notices: Sequence[Said]
) -> list[Said]:
    """Return what is said of new calls, older calls, pages and notices in the order in which it is shown.

    New calls come twice as often as older ones; pages and calls alternate, so that neither keeps the other away;
    notices come after two rounds of those, and wait while a call is new.
    """
    calls = [*fresh, *fresh, *standing] if standing else list(fresh)
    told = _alternate(calls, pages)
    if not told:
        return list(notices)
    return told if fresh or not notices else [*told, *told, *notices]


def _alternate(one: Sequence[Said], other: Sequence[Said]) -> list[Said]:
    if not (one and other):
        return [*one, *other]
    rounds = max(len(one), len(other))
    return [each for at in range(rounds) for each in (one[at % len(one)], other[at % len(other)])]


def at_turn(screens: Sequence[Said], now: datetime, turn_seconds: float = TURN_SECONDS) -> Said | None:
    """Return the screen whose turn it is; None where there is none."""
    return screens[int(now.timestamp() // turn_seconds) % len(screens)] if screens else None
