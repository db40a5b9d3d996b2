"""Slips and the jobs that print them.

queued -> claimed -> sending -> awaiting -> printed | sent, with these ways out:

- before a byte has left, a slip goes back to `queued` with its cause, here or at the backup printer;
- once a byte has left, a slip whose end is not known is `unknown`. Until it is `settled` the worker asks the printer,
  then prints it again as a marked copy or records that it came out after all;
- `failed` slips cannot be made, `dropped` ones are no longer needed by anybody; both say why in `cause`.

`sent` means that every byte was handed over, `printed` that the printer itself confirmed it. A job in `claimed`,
`sending` or `awaiting` belongs to `worker` until `lease_until`; only that worker moves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class SlipState(StrEnum):
    """Where a slip is on its way to paper."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    AWAITING = "awaiting"
    SENT = "sent"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


class SlipKind(StrEnum):
    """What a slip is: whose, and by which template it is laid out."""

    TICKET = "ticket"
    TRANSFER = "transfer"
    PAGE = "page"
    TEST = "test"
    LIST = "list"
    ALARM = "alarm"
    EMERGENCY = "emergency"


class AskedBy(StrEnum):
    """Who asked for a slip."""

    STAFF = "staff"
    PATIENT = "patient"


OUT = (SlipState.SENT, SlipState.PRINTED)
"""States of a slip that has come out, as far as anybody can tell."""
BEGUN = (SlipState.CLAIMED, SlipState.SENDING, SlipState.AWAITING)
"""States in which a worker has the slip in hand."""
REPRINTED = (SlipKind.TICKET, SlipKind.TRANSFER)
"""Kinds of slip a patient holds, and may have again."""


@dataclass(frozen=True, slots=True)
class NewSlip:
    """A slip that is asked for. `ticket` is None for slips about no ticket.

    `clinic`: where a transfer leads, or whose list it is; `service_day`: of a list. `event`: the seq of the alarm it
    tells of. `copy`: the number of the marked copy, 0 for the original.
    """

    kind: SlipKind
    printer: str
    ticket: str | None = None
    clinic: str | None = None
    service_day: date | None = None
    event: int | None = None
    copy: int = 0
    asked_by: AskedBy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipJob:
    """A slip to print: whose, on which printer, how far it is.

    `ticket` and `number` are None for slips about no ticket; `clinic`, `service_day` and `event` then say what they are
    about (see `NewSlip`). `home` is the printer it was meant for, `printer` the one that has it now. `settled`: an
    `unknown` slip that nobody asks about any more. `last_cause`: what last stood in its way, kept once it is out.
    `machine`: where its worker runs.
    """

    id: int
    ticket: str | None
    number: str | None
    kind: SlipKind
    clinic: str | None
    service_day: date | None
    event: int | None
    printer: str
    home: str
    state: SlipState
    settled: bool
    cause: str | None
    attempts: int
    copy: int
    asked_by: AskedBy | None
    worker: str | None
    machine: str | None
    lease_until: datetime | None
    queued_at: datetime
    changed_at: datetime
    last_cause: str | None = None

    @property
    def open(self) -> bool:
        """Whether it is still on its way."""
        return self.state in (SlipState.QUEUED, *BEGUN) or (self.state is SlipState.UNKNOWN and not self.settled)
