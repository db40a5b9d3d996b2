"""The console's list: what each column says of each ticket. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.console_desk import Look
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import LANE_TEXTS, State, Ticket, level_numeral
from nightdesk_queue.text.bilingual import Language, Text

MINUTE = timedelta(minutes=1)
COLUMNS: tuple[Text, ...] = (
    texts.PLACE,
    texts.NUMBER,
    texts.NAME,
    texts.STATE,
    texts.LEVEL,
    texts.BADGES,
    texts.WAITED,
    texts.WHY,
    texts.FROM,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    ticket: Ticket
    cells: tuple[str, ...]


def rows(look: Look, hospital: Hospital, language: Language) -> list[Row]:
    """Return the list: patients in rooms, then who waits in calling order, then the held, missed and expected."""
    queue = look.queue
    listed: list[tuple[Ticket, str, Text]] = [(ticket, "", _where(ticket, hospital, look)) for ticket in queue.serving]
    listed += [(ticket, "", _where(ticket, hospital, look)) for ticket in queue.called]
    listed += [(place.ticket, str(index), place.text) for index, place in enumerate(queue.line, start=1)]
    listed += [(ticket, "", _away(ticket)) for ticket in queue.held]
    listed += [(ticket, "", Text("", "")) for ticket in queue.missed]
    listed += [(ticket, "", _slot(ticket, hospital)) for ticket in queue.expected]
    namesakes = queue.namesakes
    found = [_row(ticket, place, why, hospital, language, look.at) for ticket, place, why in listed]
    return [_marked(row, language) if row.ticket.id in namesakes else row for row in found]


def _marked(row: Row, language: Language) -> Row:
    """Return the row of a patient whose name somebody else here bears, too."""
    place, number, _, *rest = row.cells
    return Row(row.ticket, (place, number, texts.NAMESAKE.fill(name=row.ticket.name).of(language), *rest))


def _row(ticket: Ticket, place: str, why: Text, hospital: Hospital, language: Language, now: datetime) -> Row:
    origin = hospital.clinics.get(ticket.origin) if ticket.origin else None
    # the wait that counts: since the credited arrival, which is what the order goes by
    waited = _minutes(ticket.held_at or ticket.queued_at, now)
    cells = (
        place,
        ticket.number,
        ticket.name or "",
        _state(ticket).of(language),
        level_numeral(ticket.level),
        _badges(ticket, hospital) if ticket.priority else "",
        "" if ticket.state is State.EXPECTED else str(waited),
        why.of(language),
        origin.name.of(language) if origin else "",
    )
    return Row(ticket, cells)


def _badges(ticket: Ticket, hospital: Hospital) -> str:
    return " ".join(hospital.priorities[id_].badge for id_ in ticket.priority if id_ in hospital.priorities)


def _state(ticket: Ticket) -> Text:
    state = STATE_TEXTS[ticket.state]
    if ticket.state is State.WAITING and ticket.lane in LANE_TEXTS:
        return Text(zh=f"{state.zh}·{LANE_TEXTS[ticket.lane].zh}", en=f"{state.en}, {LANE_TEXTS[ticket.lane].en}")
    return state


def _away(ticket: Ticket) -> Text:
    return texts.AT_PLACE.fill(where=ticket.held_to) if ticket.held_to else Text("", "")


def _slot(ticket: Ticket, hospital: Hospital) -> Text:
    if ticket.slot_at is None:
        return Text("", "")
    return texts.BOOKED_AT.fill(at=f"{ticket.slot_at.astimezone(hospital.zone):%m-%d %H:%M}")


def _where(ticket: Ticket, hospital: Hospital, look: Look) -> Text:
    room = hospital.rooms.get(ticket.room or "")
    name = room.name if room else Text("", "")
    if ticket.state is not State.CALLED:
        return name
    count = texts.OF_CALLS.fill(n=ticket.calls, of=look.queue.clinic.missed.recalls)
    since = texts.SINCE_CALL.fill(m=_minutes(ticket.called_at or look.at, look.at))
    return Text(zh=f"{name.zh} {count.zh} {since.zh}", en=f"{name.en}, {count.en}, {since.en}")


def _minutes(since: datetime, now: datetime) -> int:
    return max((now - since) // MINUTE, 0)
