"""How staff have set up a kiosk: whether it is in use, and how bright it is by day and by night."""

from __future__ import annotations

from enum import StrEnum

from nightdesk_queue.domain.records import Record
from nightdesk_queue.text.bilingual import Text


class KioskTheme(StrEnum):
    """Which colours a kiosk shows."""

    AUTO = "auto"
    """Those of the time of day."""
    DAY = "day"
    NIGHT = "night"

    @property
    def text(self) -> Text:
        """The theme in words for staff."""
        return _TEXTS[self]


_TEXTS = {
    KioskTheme.AUTO: Text(zh="自动", en="by the hour"),
    KioskTheme.DAY: Text(zh="日间", en="day"),
    KioskTheme.NIGHT: Text(zh="夜间", en="night"),
}


class KioskState(Record):
    """One kiosk. `suspended`: it gives no number and takes no check-in. Brightness in percent, by day and by night."""

    id: str
    suspended: bool = False
    theme: KioskTheme = KioskTheme.AUTO
    day_percent: int = 100
    night_percent: int = 60
