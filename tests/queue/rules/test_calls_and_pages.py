"""How many calls a patient is short of, and when a page goes out again; also where a clinic is gone from the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from lining import START, ticket

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.rules.calls import calls_missing
from nightdesk_queue.rules.paging import is_due


@pytest.mark.parametrize(("calls", "missing"), [(1, 2), (2, 1), (3, 0), (4, 0)])
def test_who_is_called_is_short_of_the_calls_the_clinic_says(hospital: Hospital, calls: int, missing: int) -> None:
    called = replace(ticket(1), clinic="bone", state=State.CALLED, calls=calls)
    assert calls_missing(hospital, called) == missing
    assert calls_missing(hospital, replace(called, state=State.WAITING)) == 0
    assert calls_missing(hospital, replace(called, clinic="gone")) == 0


def test_a_page_goes_out_again_only_where_its_clinic_still_has_a_doctor_on_call(hospital: Hospital) -> None:
    page = Page(1, "ID1", "B001", "bone", START, 1, START)
    later = START + timedelta(minutes=5)
    assert is_due(hospital, page, later)
    assert not is_due(hospital, page, later - timedelta(seconds=1))
    assert not is_due(hospital, replace(page, resting=True), later)
    assert not is_due(hospital, replace(page, clinic="er"), later), "nobody is on call there"
    assert not is_due(hospital, replace(page, clinic="gone"), later)
