"""The shapes of event data: one frozen class for each group of facts that no column holds.

Written as JSON and read back by pydantic, so a shape that does not fit is an error and never a guess. pydantic is
imported when the first is read: who only writes does not wait for it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TypeAlias

from nightdesk_queue.domain.records import Record, adapter
from nightdesk_queue.domain.tickets import Reason

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Issued(Record):
    """`extra`: staff gave the number beyond quota, last ticket and forecast."""

    extra: bool = False


class CheckedIn(Record):
    """`late`: the patient came after the window of the booked time."""

    late: bool = False


class Called(Record):
    """`choice`: why this patient and no other was called."""

    choice: Reason = Reason.STAFF


class Ended(Record):
    """`released`: a leftover patient was let go. `no_way_back`: the clinic to return to took nobody.

    `unseen`: the number was never printed, as its kiosk was cut off and gave the patient another one.
    """

    released: bool = False
    no_way_back: bool = False
    unseen: bool = False


class Rejoined(Record):
    """How many were to be called before a patient who reported again, and how many are."""

    wanted: int
    ahead: int


class PageSent(Record):
    """`round`: how often the page has gone out, the first time included."""

    round: int


class PageAnswered(Record):
    """`by_step`: the kind of the event that answered the page; None where a person acknowledged it."""

    by_step: str | None = None


class SlipChanged(Record):
    """What became of a slip: `job` its id, `copy` the number of the marked copy, printers by id, `why` a code."""

    job: int
    copy: int | None = None
    printer: str | None = None
    from_printer: str | None = None
    why: str | None = None


class PrinterTrouble(Record):
    """One printer that does not work: its id, state and cause, as codes."""

    id: str
    state: str
    cause: str | None = None


class NoPrinter(Record):
    """The kiosk that has no printer, and what is wrong with each it should have."""

    kiosk: str = ""
    printers: tuple[PrinterTrouble, ...] = ()


class ManyNumbers(Record):
    """How many numbers one kiosk gave since `since` (UTC, ISO 8601) when it was noticed."""

    kiosk: str
    count: int
    since: str


class Parked(Record):
    """The notice that another system refused too often: of which event and number, and what it said."""

    event: int
    number: str
    told: str


class PressedBefore(Record):
    """When (UTC, ISO 8601) an alarm was raised at a kiosk that was cut off then, so that nobody heard it."""

    at: str


class KioskLook(Record):
    """How a kiosk is to look: `theme` is day, night or auto; brightness in percent by day and by night."""

    theme: str
    day_percent: int
    night_percent: int


class ClockStepped(Record):
    """A clock that jumped by so many seconds (forward is positive), and the numbers that were taken before that since
    the last jump: where the clock was wrong till now, their times are."""

    seconds: float
    numbers: tuple[str, ...] = ()
    since: str | None = None


class ClockFixed(Record):
    """By how many seconds the times of a ticket were corrected; 0 where it only stood behind such a one."""

    seconds: float


class ReportSent(Record):
    """Which report was delivered: `span` is day, week or month, `day` the first of its days."""

    span: str
    day: str


class Undid(Record):
    """`kind`: the kind of the event that was taken back."""

    kind: str


EventData: TypeAlias = (
    Issued
    | CheckedIn
    | Called
    | Ended
    | Rejoined
    | PageSent
    | PageAnswered
    | SlipChanged
    | NoPrinter
    | ManyNumbers
    | Parked
    | KioskLook
    | ClockStepped
    | ClockFixed
    | PressedBefore
    | ReportSent
    | Undid
)


def to_json(data: EventData) -> str:
    """Return data as the database holds it."""
    return _ENCODE(asdict(data))


def from_json(shape: type[EventData], text: str) -> EventData:
    """Return what `to_json` wrote. Raises pydantic.ValidationError for anything else."""
    return adapter(shape).validate_json(text)
