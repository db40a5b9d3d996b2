"""From the state of a screen to the bytes of its protocol, and from what the device answers to a verdict."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from nightdesk_displays import boardframe, onbon
from nightdesk_displays.state import ScreenState
from nightdesk_queue.config import Display

LINE_DOTS = 16
"""Height of a line of the sign's usual Chinese font."""

SPOKEN = ("onbon", "board")
"""The protocols there are today; displays of the others are left alone and `check` says so."""


class SignProtocol(Protocol):
    """Turns states into frames for one display and judges its answers."""

    answers: bool
    """Whether devices of this protocol answer at all; without answers a display is never more than unverified."""

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame that shows the whole state."""

    def judge(self, received: bytes) -> str | None:
        """Take bytes from the device: "ok", a short English cause of refusal, or None while no answer is whole."""


class OnbonProtocol:
    """The calls of the moment as lines of Chinese text on an Onbon LED sign."""

    answers = True

    def __init__(self, display: Display) -> None:
        self._display = display
        self._receiver = onbon.Receiver()
        # a sign that hears nothing for three repaints goes blank: better no call than a stale one
        self._area = onbon.area_for(
            display.model,
            display.width,
            display.height,
            run_mode=onbon.RunMode.BLANK_AFTER_TIMEOUT,
            timeout_seconds=min(3 * display.repaint_seconds, 0xFFFF),
        )

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame with the newest calls, as many as the sign has lines."""
        return onbon.show_text(self._display.address, self._area, sign_text(state, self._display.height // LINE_DOTS))

    def judge(self, received: bytes) -> str | None:
        """Return what the newest whole answer says."""
        verdict = None
        for frame in self._receiver.feed(received):
            try:
                error = onbon.nak(frame)
            except onbon.FrameError:
                continue
            verdict = "ok" if error is None else f"nak_{error}"
        return verdict


class BoardProtocol:
    """Our own frames, for a terminal that runs `nightdesk board --serial`."""

    answers = False

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame with the whole state."""
        return boardframe.encode(state, now)

    def judge(self, received: bytes) -> str | None:
        """Boards never answer."""
        return None


def sign_text(state: ScreenState, lines: int) -> str:
    """Return what a text sign of so many lines shows.

    A page for the doctor on call, then calls that nobody has answered yet, then notices; else the hospital's name.
    """
    shown = [page.zh for page in state.pages]
    shown += [
        f"请{call.label}号到{call.room.zh}" if call.label == call.number else f"请{call.label}到{call.room.zh}"
        for call in state.calls
        if call.called
    ]
    shown = shown or [notice.zh for notice in state.notices]
    return "\n".join(shown[: max(lines, 1)]) or state.hospital.zh


def protocol_for(display: Display) -> SignProtocol | None:
    """Return the protocol of a display; None for one that is not spoken yet."""
    if display.protocol == "onbon":
        return OnbonProtocol(display)
    return BoardProtocol() if display.protocol == "board" else None
