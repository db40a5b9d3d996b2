"""The words of the spool's state machine: what happens to a slip and its printer, what is done next, what is written.

Steps are done by a worker, and each ends in events. Actions are what a worker writes after an event. Seconds are of a
clock that never jumps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from nightdesk_printers.devices.base import Outcome, Seen
from nightdesk_queue.domain.devices import DeviceState
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.slips import SlipJob, SlipState

# steps ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Look for slips whose worker has ended, each of which is a `WorkerGone`; then `TakenOver`."""


@dataclass(frozen=True, slots=True)
class Look:
    """Ask the printer how it is: `Looked` or `NotLooked`."""


@dataclass(frozen=True, slots=True)
class Print:
    """Print a slip: `Unneeded`, or `Taken`, `Sending`, `Awaiting` and then `CameOut`, `Broke` or `NotMade`."""

    job: SlipJob


@dataclass(frozen=True, slots=True)
class Settle:
    """Find out what became of a slip that had begun: `CameOutAfterAll`, `Missing` or `NotSettled`.

    `last`: this device printed no other slip since.
    """

    job: SlipJob
    last: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """Let the printer be for a while; where `offers`, every slip that another printer takes is an `OutTooLong` first.

    Then `Rested`.
    """

    offers: bool


@dataclass(frozen=True, slots=True)
class Release:
    """Let go of the printer's connection, which others need; then `Released`."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait for a commit, at most until this moment; then `NothingLeft`."""

    until: float


Step: TypeAlias = "TakeOver | Look | Print | Settle | Rest | Release | Sleep"

# events --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WorkerGone:
    """A worker has ended that had a slip in hand."""

    job: SlipJob


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Every slip was looked at whose worker may have ended."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The printer was asked how it is."""

    seen: Seen


@dataclass(frozen=True, slots=True)
class NotLooked:
    """The printer cannot be asked."""

    cause: str


@dataclass(frozen=True, slots=True)
class Unneeded:
    """Nobody needs a slip any more that has not begun."""

    job: SlipJob
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A worker takes a slip in hand."""

    job: SlipJob


@dataclass(frozen=True, slots=True)
class Sending:
    """The first byte of a slip is about to leave."""

    job: SlipJob


@dataclass(frozen=True, slots=True)
class Awaiting:
    """All bytes of a slip have left."""

    job: SlipJob


@dataclass(frozen=True, slots=True)
class CameOut:
    """A slip is out, as far as this printer can tell."""

    job: SlipJob
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Broke:
    """A slip did not come to its end. `begun`: the device knows that bytes have left; `nothing_taken`: that none has
    been taken, although they were offered."""

    job: SlipJob
    cause: str
    begun: bool
    nothing_taken: bool


@dataclass(frozen=True, slots=True)
class NotMade:
    """A slip cannot be made, whatever printer it is for. `note`: what was wrong."""

    job: SlipJob
    note: str


@dataclass(frozen=True, slots=True)
class CameOutAfterAll:
    """The printer says that a slip which had begun is out."""

    job: SlipJob


@dataclass(frozen=True, slots=True)
class Missing:
    """A slip that had begun is not out, or nobody can tell, and the printer is ready for it again.

    `unneeded`: why nobody needs it any more. `other`: a printer that works and would take it.
    """

    job: SlipJob
    unneeded: str | None = None
    other: str | None = None


@dataclass(frozen=True, slots=True)
class NotSettled:
    """The printer cannot be asked what became of a slip."""

    cause: str


@dataclass(frozen=True, slots=True)
class OutTooLong:
    """A printer does not print, and another one takes this slip."""

    job: SlipJob
    other: str


@dataclass(frozen=True, slots=True)
class Rested:
    """The pause of a printer that failed is over."""


@dataclass(frozen=True, slots=True)
class Released:
    """The connection was let go."""


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """There was no slip to print."""


Happened: TypeAlias = (
    "WorkerGone | TakenOver | Looked | NotLooked | Unneeded | Taken | Sending | Awaiting | CameOut | Broke | NotMade "
    "| CameOutAfterAll | Missing | NotSettled | OutTooLong | Rested | Released | NothingLeft"
)

# actions -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """Write that this worker has the slip in hand, for the so-manieth time."""

    job: SlipJob
    attempts: int


@dataclass(frozen=True, slots=True)
class Move:
    """Move a slip on. `leave`: no worker has it in hand any more."""

    job: SlipJob
    state: SlipState
    cause: str | None = None
    leave: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """Move a slip where it stays, and tell why in an event; `note` says more there."""

    job: SlipJob
    kind: EventKind
    why: str
    note: str | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class QueueCopy:
    """Queue a slip that may be half printed again, as the next marked copy."""

    job: SlipJob


@dataclass(frozen=True, slots=True)
class PassOn:
    """Give a slip to another printer; one that has begun becomes a marked copy."""

    job: SlipJob
    target: str


@dataclass(frozen=True, slots=True)
class Report:
    """Tell how the printer is."""

    state: DeviceState
    ok: bool = False
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class NoteCause:
    """Write into every slip that waits for the printer why it waits."""

    cause: str


Action: TypeAlias = "Claim | Move | End | QueueCopy | PassOn | Report | NoteCause"
