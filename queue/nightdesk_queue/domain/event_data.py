"""The shapes of event data: one frozen class for each group of facts that no column holds.

Written as JSON and read back by pydantic, so a shape that does not fit is an error and never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pydantic import TypeAdapter

from nightdesk_queue.domain.tickets import Reason


@dataclass(frozen=True, slots=True)
class Issued:
    """`extra`: staff gave the number beyond quota, last ticket and forecast."""

    extra: bool = False


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """`late`: the patient came after the window of the booked time."""

    late: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """`choice`: why this patient and no other was called."""

    choice: Reason = Reason.STAFF


@dataclass(frozen=True, slots=True)
class Ended:
    """`released`: staff let a leftover patient go. `no_way_back`: the clinic to return to took nobody."""

    released: bool = False
    no_way_back: bool = False


@dataclass(frozen=True, slots=True)
class PageSent:
    """`round`: how often the page has gone out, the first time included."""

    round: int


@dataclass(frozen=True, slots=True)
class PageAnswered:
    """`by_step`: the kind of the event that answered the page; None where a person acknowledged it."""

    by_step: str | None = None


@dataclass(frozen=True, slots=True)
class SlipChanged:
    """What became of a slip: `job` its id, `copy` the number of the marked copy, printers by id, `why` a code."""

    job: int
    copy: int | None = None
    printer: str | None = None
    from_printer: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class PrinterTrouble:
    """One printer that does not work: its id, state and cause, as codes."""

    id: str
    state: str
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class NoPrinter:
    """The kiosk that has no printer, and what is wrong with each it should have."""

    kiosk: str = ""
    printers: tuple[PrinterTrouble, ...] = ()


@dataclass(frozen=True, slots=True)
class Undid:
    """`kind`: the kind of the event that was taken back."""

    kind: str


EventData: TypeAlias = Issued | CheckedIn | Called | Ended | PageSent | PageAnswered | SlipChanged | NoPrinter | Undid


_ADAPTERS: dict[type[EventData], TypeAdapter[EventData]] = {}


def _adapter(shape: type[EventData]) -> TypeAdapter[EventData]:
    found = _ADAPTERS.get(shape)
    if found is None:
        found = _ADAPTERS[shape] = TypeAdapter(shape)
    return found


def to_json(data: EventData) -> str:
    """Return data as the database holds it."""
    return _adapter(type(data)).dump_json(data).decode()


def from_json(shape: type[EventData], text: str) -> EventData:
    """Return what `to_json` wrote. Raises pydantic.ValidationError for anything else."""
    return _adapter(shape).validate_json(text)
