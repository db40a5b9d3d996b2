"""Screens under test: a clock that stands still, and pictures that do not depend on the machine."""

from __future__ import annotations

from datetime import datetime

import pytest

from nightdesk_kiosk.clock import Clock


@pytest.fixture
def clock(evening: datetime) -> Clock:
    return Clock(evening, 0.0)
