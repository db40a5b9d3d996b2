"""Which input from the terminal a person can have typed or tapped; the rest is discarded. Pure: bytes and a time in.

Text that is pasted, a cable that chatters or a terminal that comes back after a stall sends more in a moment than a
person does in a minute. Textual would make an event of each character, and the app would be busy with them for
minutes. On the console each character could also be a step: nobody means to call forty patients at once.
"""

from __future__ import annotations

import re
from itertools import pairwise

BURST = 24
"""Keys and presses that may come at once: what somebody typed while the line was slow."""
PER_SECOND = 50.0
"""Keys and presses a second in the long run; a key that is held down repeats about 30 times a second."""
FULL = BURST * 1.5
"""The level after a flood: as if this many had come too many. It is gone half a second after the last of it."""
LARGEST = 1024
"""Bytes that are looked at closely; what is more in one piece is a flood in any case."""
PASTE_SECONDS = 1.0
"""After so long without input a paste is over, even if its end never came."""
NEW_SECONDS = 0.02
"""Input after so long a pause begins with a whole key, not inside an escape sequence."""

_ESC = b"\x1b"
_PASTE_BEGINS, _PASTE_ENDS = b"\x1b[200~", b"\x1b[201~"
# mouse reports as xterm's modes 1006 and 1000 send them, other sequences, characters of UTF-8
_TOKEN = re.compile(
    rb"\x1b\[M.{3}|\x1b\[[0-?]*[ -/]*[@-~]|\x1bO.|\x1b[^\x1b]?|[\xc0-\xff][\x80-\xbf]*|.",
    re.DOTALL,
)
_MOTION = re.compile(rb"\x1b\[<(?:3[2-9]|[45][0-9]|6[0-3]);[0-9]+;[0-9]+M")
# what a terminal reports by itself: a new size, a mode, focus
_REPORT = re.compile(rb"\x1b\[(?:48;[0-9:;]*t|\?[0-9;]*\$y|[IO])")


class InputLimit:
    """A leaky bucket of keys and presses. While it is too full, nothing is let through."""

    def __init__(self) -> None:
        self._level = 0.0
        self._at = float("-inf")
        self._flooded = False
        self._pasting = False
        self._tail = b""

    def take(self, data: bytes, now: float) -> tuple[bytes, bool]:
        """Return what may go on of `data`, and whether something before it was discarded.

        After something was discarded a reader must forget what it had of an unfinished sequence.
        """
        pause = now - self._at
        self._level = max(0.0, self._level - pause * PER_SECOND)
        self._at = now
        if self._pasting and pause > PASTE_SECONDS:
            self._pasting, self._tail = False, b""
        typed, pasted = self._without_pastes(data)
        return self._within_limit(typed, pause, discarded=pasted)

    def _without_pastes(self, data: bytes) -> tuple[bytes, bool]:
        """Take bracketed pastes out: no screen has a field for them."""
        if not self._pasting and _PASTE_BEGINS not in data:
            return data, False
        kept = []
        left = data
        while left:
            if self._pasting:
                # the end may be in two pieces
                _, end, after = (self._tail + left).partition(_PASTE_ENDS)
                self._pasting = not end
                self._tail = b"" if end else (self._tail + left)[1 - len(_PASTE_ENDS) :]
                left = after
            else:
                before, begin, left = left.partition(_PASTE_BEGINS)
                self._pasting = bool(begin)
                kept.append(before)
        return b"".join(kept), True

    def _within_limit(self, data: bytes, pause: float, *, discarded: bool) -> tuple[bytes, bool]:
        if len(data) > LARGEST:
            self._level, self._flooded = FULL, True
            return b"", True
        if self._flooded and pause < NEW_SECONDS:
            # this may be the rest of a sequence whose beginning was discarded
            data = data[data.find(_ESC) :] if _ESC in data else b""
            discarded = True
        if not data:
            return b"", discarded
        tokens = _without_motions(_TOKEN.findall(data))
        self._level += sum(1 for token in tokens if not _MOTION.fullmatch(token) and not _REPORT.fullmatch(token))
        if self._level > BURST:
            # nobody typed any of this; half of it would be as wrong as all of it
            self._level, self._flooded = min(self._level, FULL), True
            return b"", True
        discarded = discarded or self._flooded
        self._flooded = False
        return b"".join(tokens), discarded


def _without_motions(tokens: list[bytes]) -> list[bytes]:
    """Return the tokens with only the last of the mouse's movements that follow one another."""
    following = pairwise([*tokens, b""])
    return [token for token, after in following if not (_MOTION.fullmatch(token) and _MOTION.fullmatch(after))]
