"""SQL for how staff have set up each kiosk; one without a row is in use and looks as it comes."""

from __future__ import annotations

from nightdesk_queue.domain.kiosk_state import KioskState, KioskTheme
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx

_SAVE = """
INSERT INTO kiosks (id, suspended, theme, day_percent, night_percent)
    VALUES (:id, :suspended, :theme, :day_percent, :night_percent)
ON CONFLICT (id) DO UPDATE SET suspended = excluded.suspended, theme = excluded.theme,
    day_percent = excluded.day_percent, night_percent = excluded.night_percent
"""


def state_of(tx: Tx, kiosk: str) -> KioskState:
    """Return how a kiosk is set up."""
    row = tx.row("SELECT * FROM kiosks WHERE id = :id", {"id": kiosk})
    return _read(row) if row else KioskState(kiosk)


def save(tx: Tx, state: KioskState) -> None:
    """Write how a kiosk is set up."""
    tx.change(
        _SAVE,
        {
            "id": state.id,
            "suspended": int(state.suspended),
            "theme": state.theme,
            "day_percent": state.day_percent,
            "night_percent": state.night_percent,
        },
    )


@reads("kiosks")
def _read(row: Row) -> KioskState:
    return KioskState(
        id=row["id"],
        suspended=bool(row["suspended"]),
        theme=KioskTheme(row["theme"]),
        day_percent=row["day_percent"],
        night_percent=row["night_percent"],
    )
