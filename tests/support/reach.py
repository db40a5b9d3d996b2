"""What reach means, measured on the screen: targets, gaps, whole words, contrast, characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from lobby_gallery import Cell, text_in
from textual.widget import Widget

from nightdesk_kiosk.lobby.countdown import Countdown
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.big import Big
from nightdesk_kiosk.widgets.words import Words

LEAST_ROWS, LEAST_COLUMNS = 3, 12
GAP_ROWS, GAP_COLUMNS = 1, 2
TEXT, TEXT_LARGE_MODE, GROUND = 4.5, 7.0, 3.0
BLOCKS = "\u2580\u2584\u2588"


def faults(view: LobbyView, cells: list[list[Cell]], *, elder: bool) -> Iterator[str]:
    """Everything on the page that cannot be reached or read."""
    yield from targets_reach(view)
    yield from words_are_whole(view, cells)
    yield from contrasts(view, cells, elder=elder)
    yield from plain_characters(cells)


def shown(view: LobbyView) -> list[Target]:
    found = [one for one in view.query(Target) if one.display and one.visible and one.region.area]
    return [one for one in found if not covered(view, one)]


def covered(view: LobbyView, widget: Widget) -> bool:
    """Whether the countdown lies over the whole of a widget."""
    return any(
        counting not in widget.ancestors_with_self and counting.region.contains_region(widget.region)
        for counting in view.query(Countdown)
    )


def targets_reach(view: LobbyView) -> Iterator[str]:
    """Targets are large enough, on the screen, and apart from one another; the bar is there."""
    found = shown(view)
    for target in found:
        region = target.region
        if region.height < LEAST_ROWS or region.width < LEAST_COLUMNS:
            yield f"{target.label!r} is {region.width}x{region.height}"
        if not view.region.contains_region(region):
            yield f"{target.label!r} at {region} is cut off"
    for one in found:
        for other in found:
            if one is not other and (one.region.y, one.region.x) <= (other.region.y, other.region.x):
                yield from apart(one, other)
    bar = {target.id for target in found} & {"emergency", "help", "language", "size"}
    if len(bar) < 4:
        yield f"the bar has only {bar}"


def apart(one: Target, other: Target) -> Iterator[str]:
    a, b = one.region, other.region
    columns = max(a.x, b.x) - min(a.right, b.right)
    rows = max(a.y, b.y) - min(a.bottom, b.bottom)
    if columns < GAP_COLUMNS and rows < GAP_ROWS:
        yield f"{one.label!r} and {other.label!r} are {columns} columns and {rows} rows apart"


def words_are_whole(view: LobbyView, cells: list[list[Cell]]) -> Iterator[str]:
    """What a widget says is on the screen: drawn, or whole in plain letters, and nothing lies over it."""
    for widget in view.query(Widget):
        if covered(view, widget):
            continue
        if not widget.display or not isinstance(widget, Words | Target | Big) or not widget.region.area:
            continue
        seen = text_in(cells, widget.content_region)
        said = widget.label if isinstance(widget, Target) else widget.value if isinstance(widget, Big) else widget.text
        if any(block in seen for block in BLOCKS) or not said:
            continue
        if squeezed(said) not in squeezed(seen):
            yield f"{type(widget).__name__} says {said!r} and shows {seen!r}"
        if not view.region.contains_region(widget.region):
            yield f"{said!r} at {widget.region} is cut off"


def squeezed(text: str) -> str:
    return "".join(text.split())


def contrasts(view: LobbyView, cells: list[list[Cell]], *, elder: bool) -> Iterator[str]:
    """Ink stands out from its ground, and the ground of a target from the page around it."""
    least = TEXT_LARGE_MODE if elder else TEXT
    worst: dict[str, float] = {}
    for row in cells:
        for cell in row:
            if cell.char.strip():
                key = f"{cell.ink} on {cell.ground}"
                worst[key] = contrast(cell.ink, cell.ground)
    yield from (f"{key}: {found:.2f}" for key, found in worst.items() if found < least)
    for target in shown(view):
        region = target.region
        ground = cells[region.y][region.x].ground
        around = cells[region.y][region.x - 1].ground if region.x else cells[region.y - 1][region.x].ground
        if contrast(ground, around) < GROUND:
            yield f"{target.label!r} {ground} beside {around}: {contrast(ground, around):.2f}"


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: tuple[int, int, int]) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [value / 255 for value in color]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def plain_characters(cells: list[list[Cell]]) -> Iterator[str]:
    """No character whose width differs between terminals, but for the blocks that words are drawn with."""
    ambiguous = {
        cell.char
        for row in cells
        for cell in row
        if cell.char and cell.char not in BLOCKS and unicodedata.east_asian_width(cell.char) == "A"
    }
    if ambiguous:
        yield f"ambiguous characters: {sorted(ambiguous)}"


def plain_where_large(view: LobbyView, cells: list[list[Cell]]) -> Iterator[str]:
    """What counts most in the large mode is drawn: the ways on, to Emergency, and what is one's own."""
    for target in shown(view):
        counts = target.has_class("go") or target.has_class("stop") or target.has_class("mine")
        in_bar = target.id in ("emergency", "help", "language", "size")
        seen = text_in(cells, target.content_region)
        if counts and not in_bar and not any(block in seen for block in BLOCKS):
            yield f"{target.label!r} is plain"
