"""Cleaning of words that came from outside, and masking of names."""

from __future__ import annotations

import unicodedata


def clean(text: str | None, longest: int) -> str | None:
    """Return `text` without control and format characters, spaces folded, at most `longest` characters; None if empty.

    A control character in a name would be a command to a printer (`ESC p` opens the cash drawer).
    """
    if text is None:
        return None
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") else char for char in text)
    return " ".join(kept.split())[:longest].rstrip() or None


def normalised(text: str) -> str:
    """Return a number, an id or a key as it was meant: `Ｎ００１`, as Chinese input methods write it, is `N001`.

    For what is compared, never for what people read: in a sentence full-width punctuation is how Chinese is written.
    """
    return unicodedata.normalize("NFKC", text).strip()


def masked(name: str) -> str:
    """Return a name with its middle hidden: 张三丰 -> 张*丰, 张三 -> 张*."""
    if len(name) <= 1:
        return name
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def ascii_digits(text: str) -> str:
    """Return the digits of a text, full-width ones included, without anything else."""
    return "".join(char for char in normalised(text) if char.isascii() and char.isdigit())
