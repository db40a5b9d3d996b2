"""What a CD5220 pole display shows of the bytes it hears. Pure.

    0c                          clear both lines
    1b 51 41 <text> 0d          upper line
    1b 51 42 <text> 0d          lower line

Twenty ASCII characters a line; no checksum and no answer. Source: the CD5220 command set of pole displays.
"""

from __future__ import annotations

COLUMNS = 20
CLEAR, ESCAPE, END = 0x0C, 0x1B, 0x0D
ROWS = {b"\x1bQA": 0, b"\x1bQB": 1}
"""The commands that begin a line, and which line."""
UNKNOWN = "\ufffd"
"""What stands for a byte that is no ASCII character."""


class PoleReader:
    """The two lines of a pole display. `lines_taken` counts the lines that came whole.

    A text counts when its end has come. A clear or a new command inside a text drops it, characters beyond the last
    column have no place, and bytes outside a command mean nothing.
    """

    def __init__(self) -> None:
        self.lines = ["", ""]
        self.lines_taken = 0
        self._command = b""
        self._row: int | None = None
        self._text = ""

    def feed(self, received: bytes) -> None:
        """Take bytes as they came."""
        for byte in received:
            self._take(byte)

    def _take(self, byte: int) -> None:
        if byte == CLEAR:
            self.lines, self._command, self._row = ["", ""], b"", None
        elif byte == ESCAPE:
            self._command = bytes([byte])
        elif self._command:
            self._take_command(byte)
        elif self._row is not None:
            self._take_text(self._row, byte)

    def _take_command(self, byte: int) -> None:
        command = self._command + bytes([byte])
        self._row, self._text = ROWS.get(command), ""
        goes_on = any(row.startswith(command) and row != command for row in ROWS)
        self._command = command if goes_on else b""

    def _take_text(self, row: int, byte: int) -> None:
        if byte == END:
            self.lines[row], self._row = self._text, None
            self.lines_taken += 1
        elif len(self._text) < COLUMNS:
            self._text += chr(byte) if 0x20 <= byte < 0x7F else UNKNOWN
