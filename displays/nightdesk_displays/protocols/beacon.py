"""A beacon: a lamp or a gong on a relay with Modbus, on while somebody is called, paged or wanted. Pure."""

from __future__ import annotations

from datetime import datetime

from nightdesk_displays import modbus
from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_queue.config import Display


class BeaconProtocol:
    """One coil: on for a new call, while a page is unanswered, while an alarm is open, as the display says."""

    answers = True

    def __init__(self, display: Display) -> None:
        self._display = display
        self._receiver = modbus.Receiver()

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame that switches the coil."""
        beacon = self._display.beacon
        return modbus.switch(self._display.address, beacon.coil, self._is_on(state, now), function=beacon.function)

    def _is_on(self, state: ScreenState, now: datetime) -> bool:
        causes = {
            "call": any(call.fresh(now) for call in state.calls),
            "page": bool(state.pages),
            "alarm": state.alarm,
        }
        return state.testing or any(causes[name] for name in self._display.beacon.on)

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """Never: it is on or off."""
        return False

    def ping(self) -> bytes | None:
        """A relay is asked by switching it."""
        return None

    def judge(self, received: bytes) -> str | None:
        """Return what the newest whole answer of this unit says."""
        return self._receiver.verdict(self._display.address, received)

    def shortens(self, call: ShownCall) -> bool:
        """Never: it says nothing of a call."""
        return False

    def says(self, call: ShownCall) -> str | None:
        """Nothing of a call."""
        return None
