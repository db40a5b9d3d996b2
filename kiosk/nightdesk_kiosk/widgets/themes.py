"""The colours of all screens: few, and each means one thing.

Targets are grounds that stand out from the page by at least 3:1 (WCAG 2.2, 1.4.11), and words on any ground here have
a contrast of at least 7:1 (1.4.6) in the lobby's themes. Amber is yours, your number, your way; green is only for going
on; red is only for Emergency; grey is closed.
"""

from __future__ import annotations

from textual.theme import Theme

DARK_GROUNDS = {
    "ground-plain": "#cfd9e4",
    "ground-go": "#6fdc9a",
    "ground-stop": "#ff8d82",
    "ground-mine": "#ffc24b",
    "ground-closed": "#a3acb6",
    "ink": "#000000",
}
"""Grounds of targets on a dark page, and what is written on them."""
LIGHT_GROUNDS = {
    "ground-plain": "#1d4468",
    "ground-go": "#0f5132",
    "ground-stop": "#98100f",
    "ground-mine": "#6b4100",
    "ground-closed": "#50565c",
    "ink": "#ffffff",
}
"""The same on a bright page."""

NIGHT = Theme(
    name="night",
    dark=True,
    primary="#0b5cad",
    secondary="#7fd1ff",
    accent="#ffd54a",
    foreground="#ffffff",
    background="#06101c",
    surface="#0e1c2e",
    panel="#16283f",
    success="#0b7a3b",
    warning="#ffd54a",
    error="#c62828",
    variables={"button-color-foreground": "#ffffff", "footer-key-foreground": "#ffd54a", **DARK_GROUNDS},
)
"""For staff. Text on every ground here has a contrast of at least 4.5:1."""

LOBBY_NIGHT = Theme(
    name="lobby-night",
    dark=True,
    primary="#cfd9e4",
    secondary="#cfd9e4",
    accent="#ffc24b",
    foreground="#ffffff",
    background="#05080c",
    surface="#05080c",
    panel="#05080c",
    success="#6fdc9a",
    warning="#ffc24b",
    error="#ff8d82",
    variables={"button-color-foreground": "#000000", **DARK_GROUNDS},
)
"""For patients in a dark hall."""

LOBBY_DAY = Theme(
    name="lobby-day",
    dark=False,
    primary="#1d4468",
    secondary="#1d4468",
    accent="#6b4100",
    foreground="#000000",
    background="#ffffff",
    surface="#ffffff",
    panel="#ffffff",
    success="#0f5132",
    warning="#6b4100",
    error="#98100f",
    variables={"button-color-foreground": "#ffffff", **LIGHT_GROUNDS},
)
"""For patients by daylight."""
