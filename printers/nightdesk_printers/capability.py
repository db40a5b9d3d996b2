"""What a printer can confirm: the one word that a printer and whoever prints on it share."""

from __future__ import annotations

from enum import StrEnum


class Capability(StrEnum):
    """What a printer can confirm, best first; found out once and kept."""

    COMPLETE = "print_complete"
    ANSWER = "in_order_answer"
    STATUS = "status_only"
    NONE = "none"
