"""The shape of numbers: a 5×7 dot matrix for digits and capitals, drawn with half blocks at any whole size.

Slips on a terminal, the lobby and the call screens all draw their numbers from here. Two dots stand in one character
cell above each other (`▀ ▄ █`), so dots are as high as they are wide on a usual terminal.
"""

from __future__ import annotations

from collections.abc import Sequence

HEIGHT = 7
_SHAPES = {
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00110 01000 10000 11111",
    "3": "01110 10001 00001 00110 00001 10001 01110",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
    "A": "01110 10001 10001 11111 10001 10001 10001",
    "B": "11110 10001 10001 11110 10001 10001 11110",
    "C": "01110 10001 10000 10000 10000 10001 01110",
    "D": "11110 10001 10001 10001 10001 10001 11110",
    "E": "11111 10000 10000 11110 10000 10000 11111",
    "F": "11111 10000 10000 11110 10000 10000 10000",
    "G": "01110 10001 10000 10111 10001 10001 01110",
    "H": "10001 10001 10001 11111 10001 10001 10001",
    "I": "01110 00100 00100 00100 00100 00100 01110",
    "J": "00111 00010 00010 00010 00010 10010 01100",
    "K": "10001 10010 10100 11000 10100 10010 10001",
    "L": "10000 10000 10000 10000 10000 10000 11111",
    "M": "10001 11011 10101 10101 10001 10001 10001",
    "N": "10001 11001 10101 10011 10001 10001 10001",
    "O": "01110 10001 10001 10001 10001 10001 01110",
    "P": "11110 10001 10001 11110 10000 10000 10000",
    "Q": "01110 10001 10001 10001 10101 10010 01101",
    "R": "11110 10001 10001 11110 10100 10010 10001",
    "S": "01111 10000 10000 01110 00001 00001 11110",
    "T": "11111 00100 00100 00100 00100 00100 00100",
    "U": "10001 10001 10001 10001 10001 10001 01110",
    "V": "10001 10001 10001 10001 10001 01010 00100",
    "W": "10001 10001 10001 10101 10101 11011 10001",
    "X": "10001 10001 01010 00100 01010 10001 10001",
    "Y": "10001 10001 01010 00100 00100 00100 00100",
    "Z": "11111 00001 00010 00100 01000 10000 11111",
    ":": "0 1 1 0 1 1 0",
    "-": "000 000 000 111 000 000 000",
    " ": "000 000 000 000 000 000 000",
}
BLOCKS = "▀▄█"
"""What is drawn with."""
_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def drawable(text: str) -> bool:
    """Whether every character has a shape; any other would be drawn as a space."""
    return all(char in _SHAPES or char == " " for char in text.upper())


def dots(text: str, scale: int = 1) -> list[list[bool]]:
    """Return `text` as rows of dots, HEIGHT·scale of them; a character without a shape becomes a space."""
    shapes = [_SHAPES.get(char, _SHAPES[" "]).split() for char in text.upper()]
    rows = ["0".join(shape[row] for shape in shapes) for row in range(HEIGHT)]
    return [[dot == "1" for dot in row for _ in range(scale)] for row in rows for _ in range(scale)]


def is_drawn(row: str) -> bool:
    """Whether a row of a screen is drawn with blocks, not written."""
    return any(block in row for block in BLOCKS)


def half_blocks(rows: Sequence[Sequence[bool]]) -> list[str]:
    """Return rows of dots as lines of text, two rows in a line."""
    even = [*rows, [False] * len(rows[0])] if len(rows) % 2 else list(rows)
    return [
        "".join(_BLOCKS[upper, lower] for upper, lower in zip(even[i], even[i + 1], strict=True))
        for i in range(0, len(even), 2)
    ]


def big(text: str, scale: int = 1) -> list[str]:
    """Return `text` in large characters as lines of equal width."""
    return half_blocks(dots(text, scale))


def scale_to_fit(text: str, columns: int, lines: int, largest: int = 8) -> int:
    """Return the largest whole scale at which `text` fits, 0 where it does not fit at all."""
    width = len(dots(text)[0])
    return min(columns // width, lines * 2 // HEIGHT, largest)
