"""Telling systemd that this program has started, still works, and is about to end: sd_notify(3).

A program that hangs says no more that it works, and systemd starts it anew. Where nobody listens nothing is said, and
whatever goes wrong while telling goes wrong silently: it must never be what stops the program.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class Watchdog:
    """What systemd is told. `seconds`: how often it wants to hear `alive`, None where it does not ask.

    A screen calls `alive` from its event loop and nowhere else: one that hangs must not be told alive by a thread.
    """

    def __init__(self, address: str | None, seconds: float | None) -> None:
        self.seconds = seconds
        # an abstract address is written with @ in the place of the zero byte that it begins with
        self._address = f"\0{address[1:]}" if address and address[0] == "@" else address

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Watchdog:
        """Return the one that systemd has asked for by its variables; one that is silent where it has not."""
        address = environment.get("NOTIFY_SOCKET", "")
        limit = environment.get("WATCHDOG_USEC", "")
        # the limit may be meant for a program that started this one
        ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        if not address.startswith(("/", "@")):
            return cls(None, None)
        asked = ours and limit.isascii() and limit.isdigit() and len(limit) < 20 and int(limit) > 0
        return cls(address, int(limit) / 1_000_000 / 2 if asked else None)

    def ready(self) -> None:
        """Tell that the program has started."""
        self._tell(b"READY=1")

    def alive(self) -> None:
        """Tell that the program works; silent where nobody asks for it."""
        if self.seconds is not None:
            self._tell(b"WATCHDOG=1")

    def stopping(self) -> None:
        """Tell that the program is about to end."""
        self._tell(b"STOPPING=1")

    def _tell(self, state: bytes) -> None:
        if self._address is None:
            return
        with suppress(OSError, ValueError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            # systemd that takes no messages is not waited for: the screen would stand still
            line.sendto(state, socket.MSG_DONTWAIT, self._address)
