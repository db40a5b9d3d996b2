"""What tests of printers share: a desk whose slips go to a spool."""

from __future__ import annotations

from datetime import datetime

import pytest
from spool_evening import Evening

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database


@pytest.fixture
def evening_desk(store: Database, hospital: Hospital, evening: datetime, nurse: By) -> Evening:
    return Evening(store, hospital, evening, nurse)
