"""The ASCII protocol: one line of text, for everything simple. Pure.

    <text in the device's character set> <line ending: 0d 0a, 0a or 0d>

An empty line clears. No checksum and no answer; the template in `[[display]]` says what the text is.
"""

from __future__ import annotations


def line(text: str, ending: str, charset: str) -> bytes:
    """Return a text as a line; a control character would be a line or a command of its own and becomes a space."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return plain.encode(charset, errors="replace") + ending.encode("ascii")
