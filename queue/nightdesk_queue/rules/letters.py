"""How large the letters of a kiosk are to the eye, and how many rows its terminal may have. Pure.

EN 301 549 (5.1.4) asks for capitals of at least 0.7 degrees of view. A capital fills about six tenths of its row.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan, degrees, floor, radians, tan

VIEWING_MM = 600
"""How far from the screen somebody stands who touches it."""
CAPITAL_OF_ROW = 0.6
SMALLEST_DEGREES = 0.7
FEWEST_ROWS = 24
"""The lobby needs so many."""


@dataclass(frozen=True, slots=True)
class Letters:
    """The capitals of plain text: their height, what they take of the view, and the most rows that would do."""

    mm: float
    degrees: float
    most_rows: int

    @property
    def large_enough(self) -> bool:
        """Whether somebody who stands at the screen can read them."""
        return self.degrees >= SMALLEST_DEGREES

    @property
    def fewer_rows_help(self) -> bool:
        """Whether the lobby could do with so few rows that they were large enough."""
        return self.most_rows >= FEWEST_ROWS


def letters_of(height: int, rows: int) -> Letters:
    """Return the capitals of a picture of so many millimetres with so many rows."""
    capital = CAPITAL_OF_ROW * height / rows
    least = VIEWING_MM * tan(radians(SMALLEST_DEGREES))
    return Letters(capital, degrees(atan(capital / VIEWING_MM)), floor(CAPITAL_OF_ROW * height / least))
