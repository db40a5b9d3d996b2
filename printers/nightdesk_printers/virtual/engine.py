"""The virtual printer itself: bytes in, paper and replies out. No IO and no clock; its owner moves it on.

Data is buffered and processed in order; real-time commands (DLE EOT, DLE ENQ) are executed when they arrive, wherever
they stand. Without paper, with the cover open, the cutter stuck or the head hot it is offline: nothing is processed and
no question in the data is answered until that is fixed. Rows of dots are printed one by one, so paper may end inside a
picture.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from nightdesk_printers.capability import Capability
from nightdesk_printers.virtual.commands_in import LF, Command, next_command
from nightdesk_printers.virtual.paper import Dots, FeedPrinted, PrintedSlip, QrPrinted, TextLine

LINE_ROWS = 30
"""Rows of dots of a line of normal size with its space."""
ROLL_ROWS = 80_000
"""A new roll: 10 m at 8 rows a mm. Shorter than a real one, so that its end is seen."""
VOID_MARK = "VOID"
"""What stands on paper that counts for nothing."""
QUESTIONS = re.compile(rb"\x1d\(H\x06\x0000(?P<mark>.{4})|\x1dr1", re.DOTALL)
"""GS ( H, which asks for a mark when all before it is printed, and GS r 1."""
LONGEST_QUESTION = 11
NEAR_END_ROWS = 4_000
"""The sensor sees the end of the roll half a metre ahead."""


class VirtualPrinter:
    """A printer. `capability`: the best it can confirm; with NONE it says nothing at all.

    Without `status` it is one of the clones that answer questions in the data but tell no status, neither asked nor by
    themselves. `clears_always`: DLE ENQ 2 throws away what is in the buffers at any time; most printers do so only
    after an error that they recover from by it. `hasty`: it answers a question in the data when it receives it, and not
    when what stands before is on paper, as some clones do.
    """

    def __init__(
        self,
        capability: Capability = Capability.COMPLETE,
        roll_rows: int = ROLL_ROWS,
        *,
        status: bool = True,
        clears_always: bool = False,
        hasty: bool = False,
    ) -> None:
        self.capability = capability
        self.tells_status = status and capability is not Capability.NONE
        self.clears_always = clears_always
        self.hasty = hasty
        self.rows_left = roll_rows
        self.roll_rows = roll_rows
        self.paper_taken_out = False
        self.near_end = False
        self.cover_open = False
        self.cutter_stuck = False
        self.cutter_error = False
        self.head_hot = False
        self.silent = False
        self.slips: list[PrintedSlip] = []
        self.rows_printed = 0
        self.cuts = 0
        self.received = 0
        self.realtime = 0
        """Real-time commands executed so far."""
        self.unknown: list[bytes] = []
        """Commands that it does not know."""
        self._buffer = b""
        self._unread = b""
        """What came last, in which a hasty printer looks for questions."""
        self._tail = b""
        self._out = b""
        self._reports = False
        self._reported = b""
        self._slip = PrintedSlip()
        self._line = ""
        self._style: dict[str, int] = {}
        self._chinese = False
        self._stored_qr = b""
        self._reset()

    # its state -------------------------------------------------------------------------------------------------

    @property
    def paper_out(self) -> bool:
        """Whether there is no paper under the head."""
        return self.paper_taken_out or self.rows_left <= 0

    @property
    def paper_near_end(self) -> bool:
        """Whether the sensor sees the end of the roll."""
        return self.near_end or self.rows_left <= NEAR_END_ROWS

    @property
    def offline(self) -> bool:
        """Whether it processes nothing."""
        return self.paper_out or self.cover_open or self.cutter_error or self.head_hot

    @property
    def unfinished(self) -> PrintedSlip:
        """The slip that is partly printed and not cut yet."""
        return self._slip

    @property
    def waiting_bytes(self) -> int:
        """Bytes that have arrived and are not processed."""
        return len(self._buffer)

    def new_roll(self) -> None:
        """Put a new roll in."""
        self.rows_left, self.paper_taken_out, self.near_end = self.roll_rows, False, False
        self.changed()

    def power_off(self) -> None:
        """Switch the power off: what was in its buffers is lost."""
        self.clear()
        self._reset()
        self._tail, self._out, self._reports, self._reported = b"", b"", False, b""
        self.cutter_error = False

    def changed(self) -> None:
        """Report by itself, where that was asked for, what has changed about paper, cover or errors."""
        if self._reports and self._automatic() != self._reported:
            self._reported = self._automatic()
            self._say(self._reported)

    # bytes in, bytes out ---------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Take bytes: real-time commands are executed now, the rest is buffered."""
        self.received += len(data)
        if self.hasty:
            self._answer_at_once(data)
        if not self._tail:
            # as far as no real-time command can begin, nothing has to be looked at
            plain = data.partition(b"\x10")[0]
            self._buffer += plain
            data = data[len(plain) :]
        for byte in data:
            self._tail += bytes([byte])
            if len(self._tail) == 1 and byte != 0x10:
                self._flush_tail()
            elif len(self._tail) == 2 and byte not in (0x04, 0x05):
                kept, self._tail = (self._tail[:1], b"\x10") if byte == 0x10 else (self._tail, b"")
                self._buffer += kept
            elif len(self._tail) == 3:
                self._execute(self._tail[1], byte)

    def replies(self) -> bytes:
        """Return what it has to say since the last time."""
        said, self._out = self._out, b""
        return said

    def work(self, most: int = 1 << 30) -> bool:
        """Process at most so many commands; whether any was processed."""
        done = False
        while most > 0 and not self.offline and (command := self._next_command()):
            if not self._process(command):
                return True
            self._buffer = self._buffer[command.length :]
            done, most = True, most - 1
        return done

    def _next_command(self) -> Command | None:
        # NUL does nothing, and thousands of them come after a slip that broke off
        self._buffer = self._buffer.lstrip(b"\0")
        return next_command(self._buffer)

    def clear(self) -> None:
        """Throw away what is in the buffers; what is printed stays on the paper, unfinished."""
        self._buffer, self._line = b"", ""
        if self._slip.elements:
            self.slips.append(self._slip)
            self._slip = PrintedSlip()

    # real-time commands ----------------------------------------------------------------------------------------

    def _flush_tail(self) -> None:
        self._buffer += self._tail
        self._tail = b""

    def _execute(self, kind: int, n: int) -> None:
        if kind == 0x04 and n in (1, 2, 3, 4):
            if self.tells_status:
                self._say(bytes([self._realtime(n)]))
        elif kind == 0x05 and n in (1, 2):
            if n == 2 and (self.clears_always or self.cutter_error):
                self.clear()
                self._reset()
            self.cutter_error = self.cutter_error and self.cutter_stuck
            self.changed()
        else:
            self._flush_tail()
            return
        self.realtime += 1
        self._tail = b""

    def _realtime(self, n: int) -> int:
        bits = {
            1: 0x08 * self.offline,
            2: 0x04 * self.cover_open | 0x20 * self.paper_out | 0x40 * self.cutter_error,
            3: 0x08 * self.cutter_error | 0x40 * self.head_hot,
            4: 0x0C * self.paper_near_end | 0x60 * self.paper_out,
        }
        return 0x12 | bits[n]

    def _automatic(self) -> bytes:
        return bytes(
            [
                0x10 | 0x08 * self.offline | 0x20 * self.cover_open,
                0x08 * self.cutter_error | 0x40 * self.head_hot,
                0x03 * self.paper_near_end | 0x0C * self.paper_out,
                0x0F,
            ]
        )

    def _say(self, data: bytes) -> None:
        if not self.silent:
            self._out += data

    # commands in order -----------------------------------------------------------------------------------------

    def _process(self, command: Command) -> bool:
        """Execute a command; False where it could not be finished for want of paper or by a stuck cutter."""
        name = command.name
        if name == bytes([LF]):
            return self._end_line()
        if name == b"\x1dv":
            return self._raster(command)
        if name == b"\x1dV":
            return self._cut()
        if name in _QUIET:
            _QUIET[name](self, command)
        elif name in (b"\x1bd", b"\x1bJ"):
            return self._feed(command.arguments[0] * (LINE_ROWS if name == b"\x1bd" else 1))
        elif name == b"\x1d(":
            return self._block(command)
        elif name[0] >= 0x20:
            self._line += self._character(name)
        elif name != b"\r":
            self.unknown.append(name + command.arguments)
        return True

    def _reset(self) -> None:
        self._line = ""
        self._chinese = False
        self._style = {"align": 0, "bold": 0, "width": 1, "height": 1}

    def _size(self, n: int) -> None:
        self._style |= {"width": (n >> 4) + 1, "height": (n & 7) + 1}

    def _character(self, code: bytes) -> str:
        if code[0] >= 0x80 and not self._chinese:
            # without FS & each byte is a character of some code page
            return "?" * len(code)
        return code.decode("gb18030", errors="replace")

    def _end_line(self) -> bool:
        rows = LINE_ROWS * self._style["height"]
        if self._line:
            style = self._style
            line = TextLine(self._line, style["width"], style["height"], bool(style["bold"]), style["align"])
            self._slip.elements.append(line)
            self._line = ""
        return self._spend(rows)

    def _feed(self, rows: int) -> bool:
        if self._line:
            self._end_line()
        self._slip.elements.append(FeedPrinted(rows))
        return self._spend(rows)

    def _raster(self, command: Command) -> bool:
        width = int.from_bytes(command.arguments[1:3], "little")
        dots = Dots(width)
        self._slip.elements.append(dots)
        for at in range(0, len(command.data), width):
            if self.paper_out:
                # the rest of the picture is still to come
                rest = command.data[at:]
                head = b"\x1dv0\x00" + command.arguments[1:3] + (len(rest) // width).to_bytes(2, "little")
                self._buffer = head + rest + self._buffer[command.length :]
                return False
            dots.rows.append(command.data[at : at + width])
            self._spend(1)
        return True

    def _cut(self) -> bool:
        if self.cutter_stuck:
            self.cutter_error = True
            self.changed()
            return False
        # what ends in a void mark is no slip any more, however far it had come
        self._slip.whole = VOID_MARK not in self._slip.text
        self.slips.append(self._slip)
        self._slip = PrintedSlip()
        self.cuts += 1
        return True

    def _answer_at_once(self, data: bytes) -> None:
        """Answer the questions that are whole now; a question may come in pieces."""
        self._unread += data
        end = 0
        for asked in QUESTIONS.finditer(self._unread):
            end = asked.end()
            if asked["mark"]:
                self._say_complete(asked["mark"])
            else:
                self._say_paper()
        self._unread = self._unread[end:][-LONGEST_QUESTION:]

    def _say_complete(self, mark: bytes) -> None:
        if self.capability is Capability.COMPLETE:
            self._say(b"\x37\x22" + mark + b"\x00")

    def _say_paper(self) -> None:
        if self.capability in (Capability.COMPLETE, Capability.ANSWER):
            self._say(bytes([0x03 * self.paper_near_end]))

    def _block(self, command: Command) -> bool:
        kind, data = command.arguments, command.data
        if kind == b"H" and data[:2] == b"00":
            if not self.hasty:
                self._say_complete(data[2:6])
        elif kind == b"k" and data[:2] == b"1P":
            self._stored_qr = data[3:]
        elif kind == b"k" and data[:2] == b"1Q":
            self._slip.elements.append(QrPrinted(self._stored_qr.decode("utf-8", errors="replace")))
            return self._spend(8 * LINE_ROWS)
        return True

    def _ask_paper(self, _: Command) -> None:
        if not self.hasty:
            self._say_paper()

    def _report_changes(self, command: Command) -> None:
        self._reports = bool(command.arguments[0]) and self.tells_status
        if self._reports:
            self._reported = self._automatic()
            self._say(self._reported)

    def _spend(self, rows: int) -> bool:
        """Use up paper. What has been told to print is printed; the next command finds the paper gone."""
        self.rows_printed += rows
        self.rows_left = max(self.rows_left - rows, 0)
        self.changed()
        return True

    def _set(self, **style: int) -> None:
        self._style |= style

    def _set_chinese(self, on: bool) -> None:
        self._chinese = on


def _ignored(_: VirtualPrinter, __: Command) -> None:
    """A command that changes nothing on the paper here."""


_QUIET: dict[bytes, Callable[[VirtualPrinter, Command], None]] = {
    b"\x1b@": lambda printer, _: printer._reset(),
    b"\x1c&": lambda printer, _: printer._set_chinese(True),
    b"\x1c.": lambda printer, _: printer._set_chinese(False),
    b"\x1c!": _ignored,
    b"\x1ba": lambda printer, command: printer._set(align=command.arguments[0] & 3),
    b"\x1bE": lambda printer, command: printer._set(bold=command.arguments[0] & 1),
    b"\x1d!": lambda printer, command: printer._size(command.arguments[0]),
    b"\x1dr": lambda printer, command: printer._ask_paper(command),
    b"\x1da": lambda printer, command: printer._report_changes(command),
}
"""Commands that print nothing themselves."""
