"""A step of the lobby's flow: the next state, and what the desk is to be asked."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from nightdesk_kiosk.lobby.exchange import Effect
from nightdesk_kiosk.lobby.states import LobbyState, Over, Page


class Step(NamedTuple):
    """What a message leads to: the next state, and what the desk is to be asked, in this order."""

    state: LobbyState
    effects: tuple[Effect, ...] = ()


def shown(state: LobbyState, page: Page, now: float) -> LobbyState:
    """Return the state with another page, for which no answer is on its way, and nothing over it."""
    return drawn_anew(replace(state, page=page, over=None, visit=state.visit + 1, awaited=None, retry=None), now)


def covered(state: LobbyState, over: Over | None, now: float) -> LobbyState:
    """Return the state with something over its page; the page goes on, and an answer on its way still finds it."""
    return drawn_anew(replace(state, over=over), now)


def drawn_anew(state: LobbyState, now: float) -> LobbyState:
    """Return the state, to be drawn anew; taps that were meant for what stood there before do not count."""
    return replace(state, drawing=state.drawing + 1, since=now)
