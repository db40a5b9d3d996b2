"""When the doctor on call is paged, and when a page goes out again. Pure.

At 3 a.m. nobody is at the desk, so a ticket pages somebody until somebody answers. While its patient is away for an
examination there is nobody to come for: the page rests, and goes out again when they are back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.text.cleaning import normalised


def is_due(hospital: Hospital, page: Page, now: datetime) -> bool:
    """Whether an unanswered page goes out again now; never while it rests or where nobody is on call any more."""
    if page.resting:
        return False
    clinic = hospital.clinics.get(page.clinic)
    if clinic is None or clinic.on_call is None:
        return False
    every = timedelta(minutes=clinic.on_call.escalate_after_minutes)
    # a clock that was set back must not silence a page
    return now - page.last_at >= every or page.last_at - now >= every


def is_named(page: Page, name: str) -> bool:
    """Whether a person means this page: by its id, its ticket's number, or its ticket's id."""
    return normalised(name).upper() in (str(page.id), page.number, page.ticket)
