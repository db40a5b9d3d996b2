"""Words that tests of the desk share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from nightdesk_queue.domain.errors import Refused


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What follows is refused by a rule, with this code and a sentence in both languages."""
    with pytest.raises(Refused) as refusal:
        yield
    assert refusal.value.code == code
    assert refusal.value.text.zh
    assert refusal.value.text.en


def minutes(count: float) -> timedelta:
    """A span of time."""
    return timedelta(minutes=count)
