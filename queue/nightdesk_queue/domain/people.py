"""Who acts, in which role, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the hospital; `rules/permissions` says what each role may do."""

    PATIENT = "patient"
    """Whoever stands at a kiosk."""
    SYSTEM = "system"
    """A background service."""
    STAFF = "staff"
    """Triage nurses and doctors, at a console or on the command line."""


@dataclass(frozen=True, slots=True)
class By:
    """Who did something (`actor`, an id or a name), in which role, and at which station.

    A station is a console, a kiosk, the command line or a service. It is shown and compared, never parsed.
    """

    actor: str
    station: str
    role: Role = Role.STAFF

    @classmethod
    def at_kiosk(cls, kiosk: str, actor: str = "patient") -> By:
        """Return a patient at a kiosk."""
        return cls(actor, f"kiosk:{kiosk}", Role.PATIENT)

    @classmethod
    def service(cls, station: str) -> By:
        """Return a background service that works for a station: `run`, `spool:lobby`, `kiosk:lobby-1`."""
        return cls("nightdesk", station, Role.SYSTEM)
