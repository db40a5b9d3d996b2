"""Addresses as people may see them: without a password."""

from __future__ import annotations

import re

_HIDDEN = re.compile(r"(?<=://)([^/@:]*):.*@|((?:^|[?&])(?:ssl)?password=)[^&]*")


def without_password(url: str) -> str:
    """Return an address with its password taken out."""
    return _HIDDEN.sub(lambda found: f"{found[1]}@" if found[1] is not None else f"{found[2]}***", url)
