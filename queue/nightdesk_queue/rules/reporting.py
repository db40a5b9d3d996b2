"""What a patient is told who reports and cannot be taken: they are being called, or the desk has to decide."""

from __future__ import annotations

from collections.abc import Sequence

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.text.bilingual import Text, joined


def called_already(hospital: Hospital, ticket: Ticket) -> Refused:
    """Return what to tell a patient who reports while being called."""
    text = Text(zh="{number} 正在叫号，请到{room}", en="{number} is being called, please go to {room}")
    room = hospital.room_name(ticket.room or "")
    return Refused("called_already", text.fill(number=ticket.number, room=room))


def ask_desk(ticket: Ticket) -> Refused:
    """Return what to tell a patient whose number cannot report again."""
    text = Text(zh="{number} {state}，请到分诊台", en="{number} is {state}, please ask at the desk")
    return Refused("ask_desk", text.fill(number=ticket.number, state=STATE_TEXTS[ticket.state]))


def several_candidates(hospital: Hospital, digits: str, found: Sequence[Ticket]) -> Refused:
    """Return what to tell a patient whose digits are those of several: of which clinics, or to ask at the desk."""
    clinics = list(dict.fromkeys(ticket.clinic for ticket in found))
    if len(clinics) < len(found):
        text = Text(zh="尾号 {tail} 不止一位，请到分诊台", en="several patients have {tail}, please ask at the desk")
        return Refused("ask_desk", text.fill(tail=digits))
    text = Text(
        zh="{tail} 是哪个门诊的号？{clinics}；请带上字母", en="{tail} is a number of {clinics}: name its letter, too"
    )
    names = joined([hospital.clinic_name(clinic) for clinic in clinics])
    return Refused("ask_desk", text.fill(tail=digits, clinics=names))
