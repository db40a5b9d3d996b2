"""Whether the library that HL7 stands on is installed; a kiosk that only prints numbers need not have it."""

from __future__ import annotations

from importlib.util import find_spec

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text

LOCK = ("task", "hl7")
"""Whoever holds it serves the senders of this hospital."""
NEEDS = Text(
    zh="[hl7] 需要 hl7 库，没有安装；安装：pip install 'nightdesk[hl7]'",
    en="[hl7] needs the library hl7, which is not installed: pip install 'nightdesk[hl7]'",
)


def is_installed() -> bool:
    """Whether messages can be received and sent."""
    return find_spec("hl7") is not None


def require() -> None:
    """Raise Fault: hl7_missing, where messages can be neither received nor sent."""
    if not is_installed():
        raise Fault("hl7_missing", NEEDS)
