"""Character sets of devices: whether one has all of a text, asked here by printers and screens alike."""

from __future__ import annotations


def encodable(text: str, charset: str) -> bool:
    """Whether a character set has every character of a text."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
