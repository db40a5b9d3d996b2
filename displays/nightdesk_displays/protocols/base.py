"""What every protocol does for a display, and which of several calls one of little room shows. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_displays.turns import rotation

TEST_NUMBER = "888888"


class SignProtocol(Protocol):
    """Turns states into frames for one display and judges its answers."""

    answers: bool
    """Whether devices of this protocol answer at all; without answers a display is never more than unverified."""

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the bytes that show the whole state."""

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """Whether there is more to say than the screen has room for, so that it is shown in turn."""

    def ping(self) -> bytes | None:
        """Return a question that a living display answers; None where the protocol has none."""

    def judge(self, received: bytes) -> str | None:
        """Take bytes from the device: "ok", a short English cause of refusal, or None while no answer is whole."""

    def shortens(self, call: ShownCall) -> bool:
        """Whether a call does not fit as it should be said."""

    def says(self, call: ShownCall) -> str | None:
        """Return a call as it stands on the screen; None where the room does not, or always stands there whole."""


class NeverAnswers:
    """What the protocols have in common whose devices send nothing back."""

    answers = False

    def ping(self) -> bytes | None:
        """Nobody is asked."""
        return None

    def judge(self, received: bytes) -> str | None:
        """Nobody answers."""
        return None


class WholeState(NeverAnswers):
    """What the protocols have in common that send the whole state, for the other side to show as it likes."""

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """Never: the other side takes turns, if it does."""
        return False

    def shortens(self, call: ShownCall) -> bool:
        """Never: nothing is left out."""
        return False

    def says(self, call: ShownCall) -> str | None:
        """A call stands there whole."""
        return None


def fresh_and_standing(state: ScreenState, now: datetime) -> tuple[list[ShownCall], list[ShownCall]]:
    """Return the calls that nobody has answered yet, new ones and older ones."""
    called = [call for call in state.calls if call.called]
    return [call for call in called if call.fresh(now)], [call for call in called if not call.fresh(now)]


def one_by_one(state: ScreenState, now: datetime) -> list[ShownCall]:
    """Return the calls in the order in which a display for one shows them."""
    fresh, standing = fresh_and_standing(state, now)
    return rotation(fresh, standing, [], [])
