"""Who acts, in which role, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nightdesk_queue.text.bilingual import Text


class Role(StrEnum):
    """What somebody is to the hospital; `rules/permissions` says what each role may do."""

    PATIENT = "patient"
    """Whoever stands at a kiosk."""
    SYSTEM = "system"
    """A background service."""
    INTERFACE = "interface"
    """Another system of the hospital that sends patients; an event keeps it as a service, its actor says which."""
    STAFF = "staff"
    """Triage nurses and doctors who have not signed in: on the command line, and where nobody has to."""
    TRIAGE = "triage"
    """A triage nurse."""
    DOCTOR = "doctor"
    """A doctor in a room."""
    ROOM = "room"
    """Whoever helps in a room: calls and notes who came."""
    ADMIN = "admin"
    """Who says which staff there are, and at which stations they may sign in."""

    @property
    def text(self) -> Text:
        """The role in words for staff."""
        return _TEXTS[self]


SIGNED_IN = (Role.TRIAGE, Role.DOCTOR, Role.ROOM, Role.ADMIN)
"""Roles of people who have signed in by name and PIN."""
_TEXTS = {
    Role.PATIENT: Text(zh="患者", en="patient"),
    Role.SYSTEM: Text(zh="后台服务", en="service"),
    Role.INTERFACE: Text(zh="外部系统", en="other system"),
    Role.STAFF: Text(zh="医护", en="staff"),
    Role.TRIAGE: Text(zh="分诊", en="triage"),
    Role.DOCTOR: Text(zh="医生", en="doctor"),
    Role.ROOM: Text(zh="诊室", en="room"),
    Role.ADMIN: Text(zh="管理员", en="admin"),
}


@dataclass(frozen=True, slots=True)
class By:
    """Who did something (`actor`, an id or a name), in which role, and at which station.

    A station is a console, a kiosk, the command line or a service. It is shown and compared, never parsed.
    """

    actor: str
    station: str
    role: Role = Role.STAFF

    @property
    def signed_in(self) -> bool:
        """Whether this is a person who has signed in."""
        return self.role in SIGNED_IN

    @classmethod
    def at_kiosk(cls, kiosk: str, actor: str = "patient") -> By:
        """Return a patient at a kiosk."""
        return cls(actor, f"kiosk:{kiosk}", Role.PATIENT)

    @classmethod
    def service(cls, station: str) -> By:
        """Return a background service that works for a station: `run`, `spool:lobby`, `kiosk:lobby-1`."""
        return cls("nightdesk", station, Role.SYSTEM)

    @classmethod
    def interface(cls, system: str) -> By:
        """Return another system that sends messages: its name, as it calls itself."""
        return cls(system, "hl7", Role.INTERFACE)

    @property
    def recorded_role(self) -> Role:
        """The role as an event keeps it, where staff are staff and every program is a service."""
        if self.signed_in:
            return Role.STAFF
        return Role.SYSTEM if self.role is Role.INTERFACE else self.role
