"""What staff have changed about a clinic tonight: suspended, moved to other rooms, and the notice of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ClinicState:
    """One clinic's changes. `rooms` None: those of the configuration, since `moved_at`.

    `notice` and `move_notice` are staff's own words for patients, about the suspension and about the move.
    """

    clinic: str
    suspended: bool
    notice: str | None
    rooms: tuple[str, ...] | None
    move_notice: str | None
    moved_at: datetime | None
    changed_at: datetime

    @property
    def words(self) -> str | None:
        """The notice that matters most now."""
        return self.notice if self.suspended else self.move_notice
