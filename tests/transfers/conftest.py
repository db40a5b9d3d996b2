"""What the tests of transfers share: a hospital that takes them, and an emergency room that sends."""

from __future__ import annotations

from datetime import datetime

import pytest
from emergency import EmergencyRoom

from nightdesk_queue.config import Hospital
from nightdesk_queue.store import Database


@pytest.fixture
def receiving(hospital: Hospital) -> Hospital:
    """The example hospital, its emergency clinic known to the sender, too."""
    assert hospital.hl7 is not None
    targets = {**hospital.hl7.targets, "ED": "er"}
    return hospital.changed(hl7=hospital.hl7.changed(listen="127.0.0.1:0", targets=targets))


@pytest.fixture
def room(receiving: Hospital, store: Database, evening: datetime) -> EmergencyRoom:
    return EmergencyRoom(receiving, store, evening)
