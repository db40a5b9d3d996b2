"""Who acts, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class By:
    """Who did something, and at which station (a console, a kiosk, the command line)."""

    actor: str
    station: str
