"""From the state of a screen to the bytes of its protocol, and from a device's answer to a verdict.

What lives here: `base` (what a protocol does), `led` (Onbon signs), `numbers` (Modbus displays), `simple` (devices that
never answer), `beacon` (a lamp on a relay), `state_lines` (JSON for screens of others), and `protocol_for` (finds the
protocol of a configured display).
What it may touch: nothing; states and bytes come in and go out.
What it promises: a number or a room is shown whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from nightdesk_displays.protocols.base import SignProtocol
from nightdesk_displays.protocols.beacon import BeaconProtocol
from nightdesk_displays.protocols.led import OnbonProtocol
from nightdesk_displays.protocols.numbers import ModbusProtocol
from nightdesk_displays.protocols.simple import AsciiProtocol, BoardProtocol, PoleProtocol
from nightdesk_displays.protocols.state_lines import StateLinesProtocol
from nightdesk_queue.config import Display
from nightdesk_queue.text.bilingual import Text

__all__ = ["AsciiProtocol", "OnbonProtocol", "SignProtocol", "protocol_for"]


def protocol_for(display: Display, others: Collection[int] = (), rooms: Sequence[Text] = ()) -> SignProtocol:
    """Return the protocol of a display.

    `others`: the addresses of the other displays on its line. `rooms`: all that calls on it may name, so that none is
    shortened to what another is called, too.
    """
    made: dict[str, Callable[[], SignProtocol]] = {
        "onbon": lambda: OnbonProtocol(display, others, rooms),
        "modbus": lambda: ModbusProtocol(display, rooms),
        "cd5220": lambda: PoleProtocol(rooms),
        "ascii": lambda: AsciiProtocol(display),
        "board": BoardProtocol,
        "beacon": lambda: BeaconProtocol(display),
        "json": StateLinesProtocol,
    }
    return made[display.protocol]()
