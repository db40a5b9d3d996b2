"""The same name twice in one line is marked for staff."""

from __future__ import annotations

from datetime import datetime

from desk import Desk
from looking import look

from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.queue_view import queue_view


def test_the_same_name_twice_in_a_line_is_marked_after_a_transfer_too(desk: Desk, evening: datetime, nurse: By) -> None:
    first = desk.issue("tcm-night", now=evening, by=nurse, name="王 芳")
    desk.issue("tcm-night", now=evening, by=nurse, name="李强")
    moved = desk.issue("er", now=evening, by=nurse, name="王芳")
    clinic = desk.hospital.clinics["tcm-night"]
    assert queue_view(look(desk.database), desk.hospital, clinic, evening).namesakes == frozenset()
    desk.transfer(moved.id, to="tcm-night", now=evening, by=nurse)
    assert queue_view(look(desk.database), desk.hospital, clinic, evening).namesakes == {first.id, moved.id}
