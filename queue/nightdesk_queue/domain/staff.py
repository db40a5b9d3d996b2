"""Who works here: people who sign in at consoles by a short name and a PIN."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.domain.people import Role


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One of the staff. `id`: the short name they sign in with, and that stands in every event of theirs.

    A member who is disabled signs in no more; what they did stays theirs.
    """

    id: str
    name: str
    role: Role
    disabled: bool


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A station at which staff may sign in, since an admin has signed in there."""

    station: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Name and PIN were right, and the station is one for staff."""

    member: StaffMember


@dataclass(frozen=True, slots=True)
class SignInWrong:
    """There is nobody of that name who may sign in, or the PIN was another; which of them is not told."""


@dataclass(frozen=True, slots=True)
class SignInLocked:
    """No try is taken for that name for so many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class StationUnknown:
    """Name and PIN were right, but no admin has signed in at this station yet."""


SignInAnswer = SignedIn | SignInWrong | SignInLocked | StationUnknown
"""What whoever signs in is told."""
