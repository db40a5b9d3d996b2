"""Following the database from a screen: a thread waits for commits and posts a message for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import ChangeFeed, StopSignal

WAIT_SECONDS = 60.0
"""Longest wait for a commit; a commit or the request to stop ends it."""
AGAIN_SECONDS = 0.5
"""After a fault, before the database is asked again."""


@dataclass
class Changed(Message):
    """Something was committed, by anybody; or the database cannot be read, and `fault` says why."""

    fault: Fault | None = None


def follow(changes: Callable[[], ChangeFeed], stop: StopSignal, post: Callable[[Changed], object]) -> None:
    """Post a message for the state that is there and for each commit after it, until told to stop."""
    while not stop.is_set():
        try:
            with changes() as feed:
                while not stop.is_set():
                    if feed.wait(WAIT_SECONDS, stop):
                        post(Changed())
        except Fault as fault:
            post(Changed(fault))
            stop.wait(AGAIN_SECONDS)
