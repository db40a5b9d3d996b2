"""An independent reading of ESC/POS, written from the command reference and not from our encoder.

It knows only the commands a slip may use and fails on any other control byte, so a stray command cannot pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Printed:
    """What would be on the paper: each line with the size it was printed in, QR contents, and cuts."""

    lines: list[tuple[str, int, int]] = field(default_factory=list)
    qr: list[str] = field(default_factory=list)
    cuts: int = 0
    asked: int = 0
    bands: list[tuple[int, int]] = field(default_factory=list)
    """Pictures: width in bytes and rows."""

    @property
    def text(self) -> str:
        return "\n".join(line for line, _, _ in self.lines)

    def size_of(self, text: str) -> tuple[int, int]:
        return next((width, height) for line, width, height in self.lines if line.strip() == text)


def read_paper(data: bytes) -> Printed:
    """Interpret a stream of ESC/POS bytes."""
    paper = Printed()
    position, width, height, chinese = 0, 1, 1, False
    line = bytearray()
    line_size = (1, 1)
    stored = b""

    def take(count: int) -> bytes:
        nonlocal position
        part = data[position : position + count]
        assert len(part) == count, "the stream ends inside a command"
        position += count
        return part

    while position < len(data):
        byte = data[position]
        if byte == 0x0A:
            position += 1
            paper.lines.append((line.decode("gb18030"), *line_size))
            line.clear()
            continue
        if byte >= 0x20:
            size = 1
            if byte >= 0x81:
                assert chinese, "a Chinese character before FS &"
                size = 4 if 0x30 <= data[position + 1] <= 0x39 else 2
            if not line:
                line_size = (width, height)
            line += take(size)
            continue
        command = take(2)
        if command == b"\x1b@":
            width, height, chinese = 1, 1, False
        elif command == b"\x1c&":
            chinese = True
        elif command in (b"\x1ba", b"\x1bE"):
            assert take(1)[0] in (0, 1, 2)
        elif command == b"\x1d!":
            value = take(1)[0]
            width, height = (value >> 4) + 1, (value & 7) + 1
        elif command == b"\x1bJ":
            take(1)
        elif command == b"\x1dv":
            assert take(2) == b"0\x00"
            across, down = int.from_bytes(take(2), "little"), int.from_bytes(take(2), "little")
            dots = take(across * down)
            assert not any(dots[at] == 0x10 and dots[at + 1] in (4, 5, 0x14) for at in range(len(dots) - 1))
            paper.bands.append((across, down))
        elif command == b"\x1c!":
            assert take(1)[0] in (0x00, 0x0C)
        elif command == b"\x1bd":
            paper.lines += [("", 1, 1)] * take(1)[0]
        elif command == b"\x1dV":
            kind = take(1)[0]
            if kind >= 65:
                take(1)
            paper.cuts += 1
        elif command == b"\x1dr":
            assert take(1) == b"\x01"
            paper.asked += 1
        elif command == b"\x1d(":
            assert take(1) == b"k"
            length = int.from_bytes(take(2), "little")
            block = take(length)
            assert block[:1] == b"1"
            if block[1] == 80:
                stored = block[3:]
            elif block[1] == 81:
                paper.qr.append(stored.decode())
        else:
            raise AssertionError(f"unexpected command {command!r} at {position}")
    if line:
        paper.lines.append((line.decode("gb18030"), *line_size))
    return paper
