"""The agenda of a night that is played."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from nightdesk_queue.simulation.agenda import Agenda

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def after(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def test_actions_happen_by_their_moment_and_at_one_moment_in_the_order_they_were_noted() -> None:
    agenda, done = Agenda(), list[str]()
    for minutes, name in ((5, "late"), (1, "first"), (1, "second"), (0, "early"), (1, "third")):
        agenda.note(after(minutes), lambda _, name=name: done.append(name))  # type: ignore[misc]
    moments = []
    while agenda.next_moment() is not None:
        moments.append(agenda.do_next())
    assert done == ["early", "first", "second", "third", "late"]
    assert moments == [after(minutes) for minutes in (0, 1, 1, 1, 5)]


def test_an_action_may_note_others_and_is_told_its_own_moment() -> None:
    agenda, told = Agenda(), list[datetime]()

    def again(now: datetime) -> None:
        told.append(now)
        if len(told) < 3:
            agenda.note(now + timedelta(minutes=1), again)

    agenda.note(START, again)
    while agenda.next_moment() is not None:
        agenda.do_next()
    assert told == [after(0), after(1), after(2)]


def test_an_action_that_failed_is_tried_again_in_its_place() -> None:
    agenda, done = Agenda(), list[str]()

    def fail_once(_: datetime) -> None:
        if not done:
            done.append("failed")
            raise OSError
        done.append("done")

    agenda.note(START, fail_once)
    agenda.note(START, lambda _: done.append("the one behind it"))
    with pytest.raises(OSError):
        agenda.do_next()
    assert agenda.next_moment() == START
    agenda.do_next()
    agenda.do_next()
    assert done == ["failed", "done", "the one behind it"]
    assert agenda.next_moment() is None
