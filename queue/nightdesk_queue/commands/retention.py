"""What is forgotten after a set time: who a patient was. What was learned from the visit stays."""

from __future__ import annotations

from datetime import timedelta

from nightdesk_queue.commands.work import Work, command
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import retention

WIPED_AT_ONCE = 50
"""So many tickets one transaction wipes: a tap waits no longer for it."""


@command(Command.WIPE_NAMES)
def wipe_names(work: Work) -> int:
    """Wipe name, end of telephone and note of patients who came longer ago than `[retention]` says and have left.

    Some at a time; returns how many there were. No undo brings them back.
    """
    before = work.now - timedelta(days=work.hospital.retention.names_days)
    found = retention.named_before(work.tx, before, WIPED_AT_ONCE)
    for ticket in found:
        retention.wipe(work.tx, ticket)
    return len(found)
