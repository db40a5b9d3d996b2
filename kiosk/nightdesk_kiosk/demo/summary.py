"""The demo night in numbers, as both of its ends show it: a table on the screen and one on standard output."""

from __future__ import annotations

from nightdesk_kiosk.demo import texts
from nightdesk_kiosk.speech import say
from nightdesk_queue.config import Hospital
from nightdesk_queue.report import ClinicNight

HEADINGS = (
    texts.CLINIC,
    texts.ISSUED,
    texts.SERVED,
    texts.MISSED,
    texts.TRANSFERRED,
    texts.P50,
    texts.P90,
)


def cells(one: ClinicNight, hospital: Hospital) -> list[str]:
    """Return one clinic's row, in the order of HEADINGS; `-` where nobody was served."""
    numbers = (one.issued, one.served, one.missed, one.transferred, one.p50, one.p90)
    name = say(hospital.clinic_name(one.clinic))
    return [name, *("-" if number is None else str(number) for number in numbers)]
