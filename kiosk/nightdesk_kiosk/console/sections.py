"""Who is not in the line: called and not come, away, missed, expected, ended tonight; each with a count. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.console_desk import Look
from nightdesk_kiosk.console.rows import Tone, minutes_since, wait_of
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import Lane, State, Ticket
from nightdesk_queue.queries.queue_view import QueueView
from nightdesk_queue.text.bilingual import Text, joined


@dataclass(frozen=True, slots=True)
class Entry:
    """One patient of a section, and how much they want to be seen."""

    ticket: Ticket
    words: Text
    tone: Tone = Tone.PLAIN


class SectionKind(Enum):
    """Which patients a section has. The first five are looked at one by one, of the others the count is enough."""

    FROM_ER = "from_er"
    NOT_COME = "not_come"
    AWAY = "away"
    MISSED = "missed"
    EXPECTED = "expected"
    DONE = "done"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


LISTED = frozenset(
    {SectionKind.FROM_ER, SectionKind.NOT_COME, SectionKind.AWAY, SectionKind.MISSED, SectionKind.EXPECTED}
)


@dataclass(frozen=True, slots=True)
class Section:
    """A kind with its count, and the patients, who is to be looked at first standing first."""

    kind: SectionKind
    count: int
    entries: tuple[Entry, ...] = ()

    @property
    def heading(self) -> Text:
        """The kind in words."""
        return _HEADINGS[self.kind]


_HEADINGS = {
    SectionKind.FROM_ER: texts.FROM_ER_SECTION,
    SectionKind.NOT_COME: texts.NOT_COME_SECTION,
    SectionKind.AWAY: texts.AWAY_SECTION,
    SectionKind.MISSED: texts.MISSED_SECTION,
    SectionKind.EXPECTED: texts.EXPECTED_SECTION,
    SectionKind.DONE: texts.DONE_SECTION,
    SectionKind.LAPSED: texts.LAPSED_SECTION,
    SectionKind.CANCELLED: texts.CANCELLED_SECTION,
}
Part = Callable[[QueueView], Sequence[Ticket]]


def sections(look: Look, hospital: Hospital) -> list[Section]:
    """Return the sections of the clinics shown."""
    now = look.at

    def section(kind: SectionKind, found: Sequence[tuple[Clinic, Ticket]], words: Callable[..., Text]) -> Section:
        entries = []
        for clinic, ticket in found:
            wait = wait_of(ticket, clinic, now)
            tone = wait.tone if wait else Tone.PLAIN
            said = texts.ENTRY.fill(number=ticket.number, name=ticket.name or "", what=words(ticket, clinic))
            entries.append(Entry(ticket, said, tone))
        return Section(kind, len(found), tuple(entries))

    def called(ticket: Ticket, clinic: Clinic) -> Text:
        room = hospital.room_name(ticket.room or "")
        since = minutes_since(ticket.called_at or now, now)
        return texts.ENTRY_CALLED.fill(room=room, n=ticket.calls, of=clinic.missed.recalls, m=since)

    def away(ticket: Ticket, clinic: Clinic) -> Text:
        since = minutes_since(ticket.held_at or now, now)
        return texts.ENTRY_AWAY.fill(where=ticket.held_to or "", m=since, of=clinic.hold.remind_after_minutes)

    def missed(ticket: Ticket, clinic: Clinic) -> Text:
        return texts.MISSED_TIMES.fill(n=ticket.missed, of=clinic.missed.lapse_after)

    def expected(ticket: Ticket, clinic: Clinic) -> Text:
        return _slot(ticket, hospital, now)

    def from_er(ticket: Ticket, clinic: Clinic) -> Text:
        came = ticket.transferred_at or ticket.queued_at
        where = _taken_over(ticket.room, look, hospital) if ticket.room else STATE_TEXTS[ticket.state]
        at = f"{came.astimezone(hospital.zone):%H:%M}"
        return texts.ENTRY_FROM_ER.fill(at=at, m=minutes_since(came, now), where=where)

    return [
        section(SectionKind.FROM_ER, _of(look, lambda queue: _from_emergency(queue, hospital)), from_er),
        section(SectionKind.NOT_COME, _of(look, lambda queue: queue.called), called),
        section(SectionKind.AWAY, _of(look, lambda queue: queue.held), away),
        section(SectionKind.MISSED, _of(look, lambda queue: queue.missed), missed),
        section(SectionKind.EXPECTED, sorted(_of(look, lambda queue: queue.expected), key=_slot_order), expected),
        Section(SectionKind.DONE, look.ended(State.DONE)),
        Section(SectionKind.LAPSED, look.ended(State.LAPSED)),
        Section(SectionKind.CANCELLED, look.ended(State.CANCELLED)),
    ]


def counts(found: Sequence[Section]) -> Text:
    """Return the headings with their counts in one line."""
    each = [
        texts.COUNT.fill(heading=one.heading, n=one.count)
        for one in found
        if one.count or one.kind is not SectionKind.FROM_ER
    ]
    return joined(each, "  ", "  ")


def in_rows(found: Sequence[Section], rows: int) -> list[Section | Entry | Text]:
    """Return what fits into so many rows: all headings, then patients, one of each section in turn.

    Sections without patients share the last row. Where patients are left out, a row of the section says how many.
    """
    # of who came from Emergency there is a heading only where there is somebody
    listed = [one for one in found if one.kind in LISTED]
    with_rows = [one for one in listed if one.entries or one.kind is not SectionKind.FROM_ER]
    room_for = max(rows - len(with_rows) - 1, 0)
    given = [0] * len(with_rows)
    while room_for > 0 and any(n < len(one.entries) for n, one in zip(given, with_rows, strict=True)):
        for place, one in enumerate(with_rows):
            if room_for > 0 and given[place] < len(one.entries):
                given[place] += 1
                room_for -= 1
    laid: list[Section | Entry | Text] = []
    for n, one in zip(given, with_rows, strict=True):
        laid.append(one)
        shown = n if n == len(one.entries) else max(n - 1, 0)
        laid.extend(one.entries[:shown])
        if n and n < len(one.entries):
            laid.append(texts.MORE_OF_SECTION.fill(n=len(one.entries) - shown))
    laid.append(counts([one for one in found if one.kind not in LISTED]))
    return laid


def _of(look: Look, part: Part) -> list[tuple[Clinic, Ticket]]:
    return [(queue.clinic, ticket) for queue in look.queues for ticket in part(queue)]


def _from_emergency(queue: QueueView, hospital: Hospital) -> list[Ticket]:
    """Return who was sent here by a clinic that no kiosk gives numbers for, which an emergency room is one of."""
    er = {clinic.id for clinic in hospital.clinic if not clinic.kiosk}
    return [ticket for ticket in queue.everybody if _is_sent_by(ticket, er)]


def _is_sent_by(ticket: Ticket, er: Collection[str]) -> bool:
    """Whether an emergency room has sent a patient here; who is back from there by a way back was not."""
    return ticket.origin in er and ticket.transferred_at is not None and ticket.lane is not Lane.RETURN


def _slot_order(found: tuple[Clinic, Ticket]) -> tuple[bool, float, int]:
    ticket = found[1]
    return ticket.slot_at is None, ticket.slot_at.timestamp() if ticket.slot_at else 0.0, ticket.seq


def _slot(ticket: Ticket, hospital: Hospital, now: datetime) -> Text:
    if ticket.slot_at is None:
        return Text("", "")
    at = f"{ticket.slot_at.astimezone(hospital.zone):%H:%M}"
    minutes = int((ticket.slot_at - now).total_seconds() // 60)
    if minutes > 24 * 60:
        return texts.BOOKED_AT.fill(at=f"{ticket.slot_at.astimezone(hospital.zone):%m-%d %H:%M}")
    if minutes >= 0:
        return texts.ENTRY_TO_COME.fill(at=at, m=minutes)
    return texts.ENTRY_LATE.fill(at=at, m=-minutes)


def _taken_over(room: str, look: Look, hospital: Hospital) -> Text:
    """Return where a patient from Emergency is, and whose room it is where that is known."""
    name = hospital.room_name(room)
    state = look.rooms.get(room)
    if state is None or not state.active_by:
        return name
    return texts.ROOM_OF.fill(room=name, who=look.names.get(state.active_by, state.active_by))
