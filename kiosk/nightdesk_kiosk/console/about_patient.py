"""Lines about the patient who is chosen: everything that is known, so that nobody has to open anything. Pure."""

from __future__ import annotations

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.console_desk import Look
from nightdesk_kiosk.console.rows import Wait, origin, wait_of
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import State, Ticket, level_numeral
from nightdesk_queue.queries.queue_view import QueueView
from nightdesk_queue.text.bilingual import Text, same


def about(ticket: Ticket, look: Look, hospital: Hospital) -> list[Text]:
    """Return who a patient is, since when they wait, what is next for them, and the note of staff."""
    queue = next((one for one in look.queues if one.clinic.id == ticket.clinic), None)
    name = texts.NAMED.fill(name=ticket.name) if ticket.name else Text("", "")
    said = [texts.ABOUT_WHO.fill(number=ticket.number, name=name, level=level_numeral(ticket.level))]
    if ticket.note:
        said.append(texts.ABOUT_NOTE.fill(note=ticket.note))
    said.append(texts.ABOUT_SINCE.fill(at=f"{ticket.arrived_at.astimezone(hospital.zone):%H:%M}"))
    if ticket.prefix in hospital.offline_prefixes:
        said.append(texts.ABOUT_CUT_OFF)
    if ticket.origin:
        said.append(texts.ABOUT_FROM.fill(clinic=origin(ticket, hospital)))
    if ticket.ways_back:
        said.append(texts.ABOUT_BACK.fill(clinic=hospital.clinic_name(ticket.ways_back[0])))
    if queue is not None:
        said.extend(_place(ticket, queue))
        said.extend(_limit(wait_of(ticket, queue.clinic, look.at)))
    others = [one.number for one in look.same_name(ticket)]
    if others:
        said.append(texts.ABOUT_NAMESAKE.fill(numbers=" ".join(others)))
    if ticket.phone:
        said.append(texts.ABOUT_PHONE.fill(phone=ticket.phone))
    return said


def _place(ticket: Ticket, queue: QueueView) -> list[Text]:
    if ticket.state is not State.WAITING:
        return [STATE_TEXTS[ticket.state]]
    for place, one in enumerate(queue.line, start=1):
        if one.ticket.id == ticket.id:
            return [texts.ABOUT_PLACE.fill(place=same(str(place)), why=one.text)]
    return []


def _limit(wait: Wait | None) -> list[Text]:
    if wait is None or wait.limit is None:
        return []
    left = wait.limit - wait.minutes
    return [texts.ABOUT_LEFT.fill(m=left)] if left > 0 else [texts.ABOUT_OVER.fill(m=-left)]
