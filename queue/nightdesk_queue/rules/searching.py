"""Whom somebody at the desk means by what they have typed so far. Pure.

A number is found with or without its letter and its zeros, a person by any part of the name, anybody by the last digits
of the telephone. What fits best stands first; of two that fit alike the one who is still here.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from nightdesk_queue.domain.states import LIVING
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.text.cleaning import normalised


class _Fit(IntEnum):
    """How well a ticket fits, the best first."""

    NUMBER = 0
    NAME_BEGINS = 1
    NUMBER_BEGINS = 2
    TELEPHONE = 3
    NAME_HAS = 4


def matching(found: Sequence[Ticket], typed: str) -> list[Ticket]:
    """Return the tickets somebody may mean, best first; all of them, those still here first, while nothing is typed."""
    said = "".join(normalised(typed).casefold().split())
    if not said:
        return sorted(found, key=_rest)
    fits = [(fit, ticket) for ticket in found if (fit := _fit(ticket, said)) is not None]
    return [ticket for _, ticket in sorted(fits, key=lambda one: (one[0], *_rest(one[1])))]


def _rest(ticket: Ticket) -> tuple[bool, int]:
    return ticket.state not in LIVING, -ticket.seq


def _fit(ticket: Ticket, said: str) -> _Fit | None:
    letter, digits = said.rstrip("0123456789"), said[len(said.rstrip("0123456789")) :]
    counted = digits.lstrip("0")
    of_prefix = letter in ("", ticket.prefix.casefold())
    name = "".join(normalised(ticket.name or "").casefold().split())
    fits: list[tuple[_Fit, bool]] = [
        (_Fit.NUMBER, of_prefix and bool(counted) and str(ticket.n) == counted),
        (_Fit.NAME_BEGINS, bool(name) and name.startswith(said)),
        (_Fit.NUMBER_BEGINS, of_prefix and (str(ticket.n).startswith(counted) if counted else not digits)),
        (_Fit.TELEPHONE, not letter and bool(ticket.phone) and (ticket.phone or "").endswith(digits)),
        (_Fit.NAME_HAS, bool(name) and said in name),
    ]
    return next((fit for fit, holds in fits if holds), None)
