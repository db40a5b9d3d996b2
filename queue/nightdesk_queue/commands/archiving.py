"""What leaves the database after years, in small transactions: a tap waits no longer for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import archiving
from nightdesk_queue.store.archiving import Bundle

AT_ONCE = 20
"""So many tickets one transaction takes out."""


def oldest_kept(today: date, months: int) -> date:
    """Return the first service day that stays."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, 1)


@command(Command.ARCHIVE)
def keep(work: Work, bundles: Sequence[Bundle]) -> None:
    """Write bundles into the archive that this work is on; what is there from a try that broke off stays."""
    for bundle in bundles:
        archiving.put(work.tx, bundle)


@command(Command.ARCHIVE)
def take_out(work: Work, bundles: Sequence[Bundle]) -> int:
    """Take out what is in the archive, or is not to be kept; return how much went. No undo brings it back."""
    gone = [bundle for bundle in bundles if archiving.is_still(work.tx, bundle)]
    for bundle in gone:
        archiving.remove(work.tx, bundle)
    return len(gone)
