"""The console's list: what each column says of each ticket. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from rich.cells import cell_len, set_cell_size

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.console_desk import Look
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import LANE_TEXTS, State, Ticket, level_numeral
from nightdesk_queue.queries.queue_view import QueueView
from nightdesk_queue.text.bilingual import Language, Text

MINUTE = timedelta(minutes=1)
SOON = 0.75
"""The share of a limit from which a wait is marked."""
NAME, SHORT_NAME = 24, 16
"""Columns of a name, and where there is little room."""
METER, SHORT_METER = 8, 4
"""Characters of a full meter, and of one where there is little room."""


class Tone(Enum):
    """How much a cell wants to be seen."""

    PLAIN = "plain"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one column of one row."""

    words: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    ticket: Ticket
    cells: tuple[Cell, ...]
    widths: tuple[int, ...]
    """Columns that each cell takes in a terminal."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a patient is where they are, against the limit there is for it; both in minutes."""

    minutes: int
    limit: int | None

    @property
    def tone(self) -> Tone:
        """Whether the limit is near, or reached."""
        if self.limit is None:
            return Tone.PLAIN
        share = self.minutes / self.limit
        return Tone.LATE if share >= 1 else Tone.SOON if share >= SOON else Tone.PLAIN


@dataclass(frozen=True, slots=True)
class _Listed:
    """A ticket in the list: its place in the calling order where it waits, and why it is where it is."""

    ticket: Ticket
    place: str
    why: Text


def columns(look: Look) -> tuple[Text, ...]:
    """Return the headings; the clinic has a column where several are shown."""
    first = (texts.PLACE, texts.NUMBER, texts.NAME, texts.LEVEL, texts.BADGES, texts.WAITED, texts.STATE)
    return (*first, texts.CLINIC, texts.FROM) if len(look.queues) > 1 else (*first, texts.FROM)


def rows(look: Look, hospital: Hospital, language: Language, width: int = METER) -> list[Row]:
    """Return the list, with nothing known from before; as `RowMaker` does."""
    return RowMaker().rows(look, hospital, language, width)


_Facts = tuple[str, str, Wait | None, bool, bool, Language, int]
"""What the cells of a ticket depend on besides the ticket itself."""


class RowMaker:
    """Makes the rows of one list again and again; a row whose ticket and facts are as they were is the same object.

    Of three hundred who wait one has changed: the others cost a comparison.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[Ticket, _Facts, Row]] = {}

    def rows(self, look: Look, hospital: Hospital, language: Language, width: int) -> list[Row]:
        """Return the list: patients in rooms, then who waits in calling order, then the held, missed and expected.

        `width`: characters of a full meter.
        """
        namesakes, several, known = look.namesakes, len(look.queues) > 1, self._known
        made: dict[str, tuple[Ticket, _Facts, Row]] = {}
        for part in _PARTS:
            for queue in look.queues:
                for one in part(queue, hospital, look.at):
                    ticket = one.ticket
                    wait = wait_of(ticket, queue.clinic, look.at)
                    facts = (one.place, one.why.en, wait, ticket.id in namesakes, several, language, width)
                    before = known.get(ticket.id)
                    if before is not None and before[0] is ticket and before[1] == facts:
                        made[ticket.id] = before
                    else:
                        made[ticket.id] = ticket, facts, _row(one, queue.clinic, hospital, facts)
        self._known = made
        return [row for _, _, row in made.values()]


def _row(one: _Listed, clinic: Clinic, hospital: Hospital, facts: _Facts) -> Row:
    _, _, wait, is_namesake, several, language, width = facts
    cells = _cells(one, hospital, language, wait, width)
    if is_namesake:
        cells[2] = Cell(texts.NAMESAKE.fill(name=one.ticket.name).of(language))
    if several:
        cells.insert(7, Cell(clinic.short_name.of(language)))
    return Row(one.ticket, tuple(cells), tuple(cell_len(cell.words) for cell in cells))


def wait_of(ticket: Ticket, clinic: Clinic, now: datetime) -> Wait | None:
    """Return how long a patient waits, was called or is away, and the limit of that; None for who is not there.

    Who waits is measured from the credited arrival, which is what the order goes by.
    """
    match ticket.state:
        case State.EXPECTED:
            return None
        case State.WAITING:
            return Wait(minutes_since(ticket.queued_at, now), clinic.order.overdue_minutes[ticket.level])
        case State.HELD:
            return Wait(minutes_since(ticket.held_at or ticket.queued_at, now), clinic.hold.remind_after_minutes)
        case State.CALLED:
            return Wait(minutes_since(ticket.called_at or now, now), clinic.missed.called_minutes)
        case State.SERVING:
            return Wait(minutes_since(ticket.started_at or now, now), None)
        case _:
            return Wait(minutes_since(ticket.queued_at, now), None)


def meter(wait: Wait, width: int) -> str:
    """Return a wait as a bar whose full width is its limit; past the limit it ends in `!`.

    The characters are those of code page 437, which every text console has; half a block is the smallest step.
    """
    if wait.limit is None:
        return ""
    if wait.minutes >= wait.limit:
        return "█" * (width - 1) + "!"
    halves = wait.minutes * width * 2 // wait.limit
    return ("█" * (halves // 2) + "▌" * (halves % 2)).ljust(width, "·")


def minutes_since(since: datetime, now: datetime) -> int:
    """Return whole minutes, never negative."""
    return max((now - since) // MINUTE, 0)


def badges(ticket: Ticket, hospital: Hospital) -> str:
    """Return the badges of the groups a patient belongs to."""
    return " ".join(hospital.priorities[id_].badge for id_ in ticket.priority if id_ in hospital.priorities)


def came_by(ticket: Ticket, hospital: Hospital) -> Text:
    """Return where a patient came from: another clinic, or a kiosk that was cut off; empty for others."""
    if ticket.origin is None and ticket.prefix in hospital.offline_prefixes:
        return texts.CUT_OFF_NUMBER
    return origin(ticket, hospital)


def origin(ticket: Ticket, hospital: Hospital) -> Text:
    """Return the clinic a patient was transferred from; nothing for who was not."""
    clinic = hospital.clinics.get(ticket.origin or "")
    return clinic.short_name if clinic else Text("", "")


def _in_rooms(queue: QueueView, hospital: Hospital, now: datetime) -> Iterator[_Listed]:
    for ticket in (*queue.serving, *queue.called):
        yield _Listed(ticket, "", _where(ticket, queue.clinic, hospital))


def _waiting(queue: QueueView, hospital: Hospital, now: datetime) -> Iterator[_Listed]:
    for place, one in enumerate(queue.line, start=1):
        lane = LANE_TEXTS.get(one.ticket.lane)
        why = Text(zh=f"{lane.zh}·{one.text.zh}", en=f"{lane.en}, {one.text.en}") if lane else one.text
        yield _Listed(one.ticket, str(place), why)


def _away(queue: QueueView, hospital: Hospital, now: datetime) -> Iterator[_Listed]:
    for ticket in queue.held:
        where = texts.AT_PLACE.fill(where=ticket.held_to) if ticket.held_to else STATE_TEXTS[State.HELD]
        yield _Listed(ticket, "", where)


def _missed(queue: QueueView, hospital: Hospital, now: datetime) -> Iterator[_Listed]:
    for ticket in queue.missed:
        times = texts.MISSED_TIMES.fill(n=ticket.missed, of=queue.clinic.missed.lapse_after)
        yield _Listed(ticket, "", times)


def _expected(queue: QueueView, hospital: Hospital, now: datetime) -> Iterator[_Listed]:
    for ticket in queue.expected:
        at = ticket.slot_at
        slot = texts.BOOKED_AT.fill(at=f"{at.astimezone(hospital.zone):%m-%d %H:%M}") if at else None
        yield _Listed(ticket, "", slot or STATE_TEXTS[State.EXPECTED])


_PARTS = (_in_rooms, _waiting, _away, _missed, _expected)


def _cells(one: _Listed, hospital: Hospital, language: Language, wait: Wait | None, width: int) -> list[Cell]:
    ticket = one.ticket
    return [
        Cell(one.place),
        Cell(ticket.number),
        Cell(_cut(ticket.name or "", NAME if width >= METER else SHORT_NAME)),
        Cell(level_numeral(ticket.level)),
        Cell(badges(ticket, hospital) if ticket.priority else ""),
        _waited(wait, width),
        Cell(one.why.of(language)),
        Cell(came_by(ticket, hospital).of(language)),
    ]


def _cut(name: str, columns: int) -> str:
    """Return a name that leaves room for the other columns; the whole of it stands beside the list."""
    return name if cell_len(name) <= columns else f"{set_cell_size(name, columns - 1).rstrip()}…"


def _waited(wait: Wait | None, width: int) -> Cell:
    if wait is None:
        return Cell("")
    if wait.limit is None:
        return Cell(f"{wait.minutes:>3}")
    return Cell(f"{wait.minutes:>3}/{wait.limit:<2} {meter(wait, width)}", wait.tone)


def _where(ticket: Ticket, clinic: Clinic, hospital: Hospital) -> Text:
    name = hospital.room_name(ticket.room or "")
    if ticket.state is not State.CALLED:
        return texts.INSIDE.fill(room=name)
    return texts.CALLED_TO.fill(room=name, n=ticket.calls, of=clinic.missed.recalls)
