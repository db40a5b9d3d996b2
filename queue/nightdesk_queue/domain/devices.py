"""Devices: printers, call screens and the voice, and how well each is.

`DeviceStatus` is what a background worker last wrote. `DeviceHealth` is what is true now: the same, or offline where no
running process serves the device.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from nightdesk_queue.domain.records import Record


class DeviceKind(StrEnum):
    """What a device is."""

    PRINTER = "printer"
    DISPLAY = "display"
    VOICE = "voice"


class DeviceState(StrEnum):
    """How a device is. A printer whose paper is near its end is `low` and still prints."""

    READY = "ready"
    LOW = "low"
    STOPPED = "stopped"
    ONLINE = "online"
    UNVERIFIED = "unverified"
    DEGRADED = "degraded"
    SPEAKING = "speaking"
    QUIET = "quiet"
    OFFLINE = "offline"

    @property
    def works(self) -> bool:
        """Whether the device does its work."""
        return self in _WORKING


_WORKING = frozenset(
    {
        DeviceState.READY,
        DeviceState.LOW,
        DeviceState.ONLINE,
        DeviceState.UNVERIFIED,
        DeviceState.SPEAKING,
        DeviceState.QUIET,
    }
)

NOT_SERVED = "not_served"
"""The cause of a device that no running process serves."""
STARTING = "starting"
"""The cause of a device whose worker has begun and knows nothing yet."""
STOPPED = "stopped"
"""The cause of a device whose worker was told to end."""
NOT_CONFIGURED = "not_configured"
"""The cause of a printer that slips wait for and the configuration has lost."""


class DeviceStatus(Record):
    """A device's last known state. `cause` is a short code or the system's message of the fault, None without one.

    `machine`: on which the worker runs that wrote it. Of printers besides: `paper` (`ok`, `near_end`, `out`; None where
    the printer does not say), and what it can confirm (`capability`), found out once at `address`.
    """

    kind: DeviceKind
    id: str
    state: DeviceState
    since: datetime
    last_ok: datetime | None
    cause: str | None
    paper: str | None = None
    capability: str | None = None
    address: str | None = None
    machine: str | None = None


class DeviceChange(Record):
    """A state that a device went over to, and when."""

    kind: DeviceKind
    device: str
    at: datetime
    state: DeviceState
    cause: str | None


class DeviceHealth(Record):
    """How a device is now. `served`: a running process looks after it. `since`: since when it is so, if anybody knows.

    `slips_waiting`: of a printer, how many slips are on their way to it. `machine`: which one serves it.
    """

    kind: DeviceKind
    id: str
    state: DeviceState
    cause: str | None
    served: bool
    since: datetime | None = None
    last_ok: datetime | None = None
    paper: str | None = None
    capability: str | None = None
    slips_waiting: int = 0
    machine: str | None = None

    @property
    def works(self) -> bool:
        """Whether the device does its work."""
        return self.state.works

    @classmethod
    def of(
        cls, kind: DeviceKind, id_: str, status: DeviceStatus | None, *, served: bool, slips_waiting: int = 0
    ) -> DeviceHealth:
        """Return a device's health from its last known state and whether anybody serves it."""
        if served:
            state, cause = (status.state, status.cause) if status else (DeviceState.OFFLINE, STARTING)
        else:
            state, cause = DeviceState.OFFLINE, NOT_SERVED
        return cls(
            kind,
            id_,
            state,
            cause,
            served,
            since=_since(status, served=served),
            last_ok=status.last_ok if status else None,
            paper=status.paper if status else None,
            capability=status.capability if status else None,
            slips_waiting=slips_waiting,
            machine=status.machine if status and served else None,
        )


def _since(status: DeviceStatus | None, *, served: bool) -> datetime | None:
    """Return since when a device is as it is; one that worked is not served since it was last found working."""
    if status is None:
        return None
    if not served and status.state.works:
        return status.last_ok or status.since
    return status.since
