"""Handing in: how the tickets that a kiosk gave while it was cut off reach the server, each once and in order. Pure.

The kiosk's own file holds the tickets and a mark: the last one that is known to be on the server. The server knows a
ticket by its id, so one that arrives a second time changes nothing. So it does not matter where the line breaks or the
machine stops: before the ticket was sent, after the server took it, or before the mark was written. What is not marked
is sent again; the mark is written only after the server has said that it has the ticket; and the next ticket is sent
only after the mark of the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class HandingIn:
    """Where a kiosk stands. `mark`: the seq of the last ticket that is handed in; `sent`: the one under way."""

    mark: int = 0
    sent: int | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Send a ticket to the server."""

    seq: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Write that a ticket is handed in."""

    seq: int


@dataclass(frozen=True, slots=True)
class Rest:
    """There is nothing to do until something changes."""


Action: TypeAlias = Send | Mark | Rest


def next_action(state: HandingIn, first_open: int | None) -> tuple[HandingIn, Action]:
    """Return what to do. `first_open`: the first ticket behind the mark in the kiosk's own file, None without one."""
    if first_open is None:
        return replace(state, sent=None), Rest()
    return replace(state, sent=first_open), Send(first_open)


def taken(state: HandingIn, seq: int) -> tuple[HandingIn, Action]:
    """The server has a ticket, now or from before."""
    if seq != state.sent:
        # an answer to what was given up long ago: the ticket is sent again in its turn
        return state, Rest()
    return state, Mark(seq)


def marked(state: HandingIn, seq: int) -> HandingIn:
    """The mark is written."""
    return HandingIn(max(state.mark, seq))


def line_lost(state: HandingIn) -> HandingIn:
    """Nobody can say whether the ticket under way has arrived: it will be sent again."""
    return replace(state, sent=None)
