"""The picture of how data flows, drawn from the description below: `make pictures`.

What is described stands in BOXES, FLOWS and DETOURS; everything after them only draws. No library is needed, and the
same description always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

FILE = Path(__file__).parent / "pictures" / "data-flow.svg"


@dataclass(frozen=True, slots=True)
class Box:
    """One part of the program or one thing outside it, at a place of the grid; `rows` high, `kind` gives its colour."""

    name: str
    column: int
    row: int
    title: str
    words: tuple[str, ...] = ()
    rows: int = 1
    kind: str = "part"


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes from one box to another; `looks` is drawn dashed, as nothing is written on that way.

    `from_row` and `to_row`: at which of a high box's rows the arrow begins and ends.
    """

    source: str
    target: str
    words: str = ""
    looks: bool = False
    from_row: int = 0
    to_row: int = 0


@dataclass(frozen=True, slots=True)
class Detour:
    """What goes from one box to another around all others, above or below them."""

    source: str
    target: str
    words: str
    above: bool
    looks: bool = False


BOXES = (
    Box("patient", 0, 0, "Patient", kind="outside"),
    Box("staff", 0, 1, "Staff", kind="outside"),
    Box("program", 0, 2, "Script, other program", kind="outside"),
    Box("clock", 0, 3, "The clock", kind="outside"),
    Box("lobby", 1, 0, "Lobby", ("kiosk/lobby",)),
    Box("console", 1, 1, "Console", ("kiosk/console",)),
    Box("cli", 1, 2, "Command line", ("kiosk/cli",)),
    Box("timers", 1, 3, "Timers", ("kiosk/background",)),
    Box("queries", 2, 0, "Queries", ("queue/queries",), kind="core"),
    Box("rules", 2, 1, "Rules, pure", ("queue/rules",), kind="core"),
    Box(
        "commands",
        2,
        2,
        "Commands",
        ("queue/commands", "permission, rules, then", "ticket + event + slip + page", "in one transaction"),
        rows=2,
        kind="core",
    ),
    Box(
        "database",
        3,
        0,
        "Database",
        (
            "queue/store",
            "",
            "tickets",
            "events (only added)",
            "slips (the spool)",
            "pages",
            "clinics tonight",
            "consultations",
            "forecasts",
            "devices",
            "",
            "a change feed",
            "a lock for each device",
        ),
        rows=4,
        kind="store",
    ),
    Box("spool", 4, 0, "Spool worker", ("printers/spool",)),
    Box("line", 4, 1, "Line worker", ("displays/line_worker",)),
    Box("voice", 4, 2, "Voice worker", ("displays/voice",)),
    Box("poster", 4, 3, "Page poster", ("kiosk/background",)),
    Box("printer", 5, 0, "Printer", kind="outside"),
    Box("screen", 5, 1, "Call screen", kind="outside"),
    Box("speaker", 5, 2, "Loudspeaker", kind="outside"),
    Box("address", 5, 3, "Doctor on call", ("by HTTP POST",), kind="outside"),
)
FLOWS = (
    Flow("patient", "lobby", "tap"),
    Flow("staff", "console", "key"),
    Flow("program", "cli"),
    Flow("clock", "timers"),
    Flow("queries", "lobby", looks=True),
    Flow("queries", "console", looks=True),
    Flow("lobby", "commands"),
    Flow("console", "commands"),
    Flow("cli", "commands"),
    Flow("timers", "commands", to_row=1),
    Flow("rules", "queries", looks=True),
    Flow("rules", "commands", looks=True),
    Flow("database", "queries", "snapshot", looks=True),
    Flow("commands", "database", "commit", from_row=1, to_row=3),
    Flow("database", "spool", "feed", looks=True),
    Flow("database", "line", "feed", looks=True, from_row=1),
    Flow("database", "voice", "feed", looks=True, from_row=2),
    Flow("database", "poster", "feed", looks=True, from_row=3),
    Flow("spool", "printer", "ESC/POS"),
    Flow("line", "screen", "frames"),
    Flow("voice", "speaker", "sound"),
    Flow("poster", "address"),
)
DETOURS = (
    Detour(
        "database", "lobby", "feed: after every commit, of whatever process, the screens look again", True, looks=True
    ),
    Detour("poster", "commands", "what came of it, as commands: printed, spoken, posted, how each device is", False),
)

WIDTH, HEIGHT = 190, 72
"""Size of a box of one row."""
ACROSS, DOWN = 62, 26
"""Space between columns and between rows."""
EDGE, TURN = 24, 46
"""Space around the picture, and above and below the boxes for what goes around them."""
BACK = 15
"""How far above the middle an arrow to the left runs, so that it is apart from those to the right."""
LINE = 17
"""Height of a line of words."""
FONT = "font-family='DejaVu Sans, Noto Sans, Arial, sans-serif'"
FILLS = {"outside": "#f3f0e6", "part": "#e3edf7", "core": "#dff0e0", "store": "#f7e6d4"}
INK, PALE = "#1f2d3a", "#51697e"


def _left(box: Box) -> float:
    return EDGE + box.column * (WIDTH + ACROSS)


def _top(box: Box) -> float:
    return EDGE + TURN + box.row * (HEIGHT + DOWN)


def _height(box: Box) -> float:
    return box.rows * HEIGHT + (box.rows - 1) * DOWN


def _level(box: Box, row: int) -> float:
    """Return the middle of one of a box's rows."""
    return _top(box) + row * (HEIGHT + DOWN) + HEIGHT / 2


def _text(x: float, y: float, words: str, size: int, ink: str, weight: str = "normal") -> str:
    return (
        f"<text x='{x:g}' y='{y:g}' font-size='{size}' font-weight='{weight}' fill='{ink}' text-anchor='middle' "
        f"{FONT}>{escape(words)}</text>"
    )


def _drawn(box: Box) -> Iterator[str]:
    left, top, height = _left(box), _top(box), _height(box)
    yield (
        f"<rect x='{left:g}' y='{top:g}' width='{WIDTH}' height='{height:g}' rx='7' fill='{FILLS[box.kind]}' "
        f"stroke='{INK}' stroke-width='1.2'/>"
    )
    lines = 1 + len(box.words)
    first = top + height / 2 - (lines - 1) * LINE / 2 + 5
    yield _text(left + WIDTH / 2, first, box.title, 14, INK, "bold")
    for at, words in enumerate(box.words, start=1):
        yield _text(left + WIDTH / 2, first + at * LINE, words, 12, PALE)


def _path(points: str, looks: bool) -> str:
    dash = " stroke-dasharray='5 4'" if looks else ""
    return f"<path d='{points}' fill='none' stroke='{INK}' stroke-width='1.4'{dash} marker-end='url(#tip)'/>"


def _flowing(flow: Flow, boxes: dict[str, Box]) -> Iterator[str]:
    source, target = boxes[flow.source], boxes[flow.target]
    if source.column == target.column:
        middle = _left(source) + WIDTH / 2
        down = target.row > source.row
        begin = _top(source) + (_height(source) if down else 0)
        end = _top(target) + (0 if down else _height(target))
        yield _path(f"M{middle:g} {begin:g} L{middle:g} {end:g}", flow.looks)
        return
    onward = target.column > source.column
    x, end = _left(source) + (WIDTH if onward else 0), _left(target) + (0 if onward else WIDTH)
    apart = 0 if onward else BACK
    y, level = _level(source, flow.from_row) - apart, _level(target, flow.to_row) - apart
    bend = (x + end) / 2
    yield _path(f"M{x:g} {y:g} C{bend:g} {y:g} {bend:g} {level:g} {end:g} {level:g}", flow.looks)
    if flow.words:
        yield _text(bend, (y + level) / 2 - 6, flow.words, 11, PALE)


def _around(detour: Detour, boxes: dict[str, Box], lowest: float) -> Iterator[str]:
    source, target = boxes[detour.source], boxes[detour.target]
    begin, end = _left(source) + WIDTH / 2, _left(target) + WIDTH / 2
    beyond = EDGE + TURN / 2 if detour.above else lowest + TURN / 2
    first, last = (_top(box) + (0 if detour.above else _height(box)) for box in (source, target))
    yield _path(f"M{begin:g} {first:g} L{begin:g} {beyond:g} L{end:g} {beyond:g} L{end:g} {last:g}", detour.looks)
    yield _text((begin + end) / 2, beyond - 7 if detour.above else beyond + 17, detour.words, 12, PALE)


def picture() -> str:
    """Return the picture as SVG."""
    boxes = {box.name: box for box in BOXES}
    lowest = max(_top(box) + _height(box) for box in BOXES)
    width, height = max(_left(box) for box in BOXES) + WIDTH + EDGE, lowest + TURN + EDGE
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:g} {height:g}' width='{width:g}' "
        f"height='{height:g}'>",
        "<title>How data flows through nightdesk</title>",
        "<defs><marker id='tip' viewBox='0 0 10 10' refX='9' refY='5' markerWidth='8' markerHeight='8' orient='auto'>"
        f"<path d='M0 1 L10 5 L0 9 z' fill='{INK}'/></marker></defs>",
        f"<rect width='{width:g}' height='{height:g}' fill='#ffffff'/>",
    ]
    for flow in FLOWS:
        parts.extend(_flowing(flow, boxes))
    for detour in DETOURS:
        parts.extend(_around(detour, boxes, lowest))
    for box in BOXES:
        parts.extend(_drawn(box))
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    FILE.write_text(picture(), encoding="utf-8")
