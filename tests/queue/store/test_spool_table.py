"""The spool's table: which slip comes next, who may move it, and which are dropped and come back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from looking import bare, look

from nightdesk_queue.domain.slips import NewSlip, SlipKind, SlipState
from nightdesk_queue.store import Database, slips

Fill = Callable[..., None]


@pytest.fixture
def fill(store: Database, evening: datetime) -> Fill:
    """Put test pages into the spool, one for each state, at a printer; `unknown!` is one nobody asks about any more."""

    def put(*states: str, printer: str = "lobby") -> None:
        for state in states:
            with store.transaction() as tx:
                id_ = slips.queue(tx, NewSlip(SlipKind.TEST, printer), evening)
            values = (state.rstrip("!"), int(state.endswith("!")), id_)
            bare(store).execute("UPDATE slips SET state = ?, settled = ? WHERE id = ?", values)

    return put


def test_next_is_a_slip_whose_end_is_unknown_then_the_oldest_that_waits(store: Database, fill: Fill) -> None:
    fill("queued", printer="duty-room")
    fill("printed", "claimed", "queued", "queued", "unknown!", "unknown")
    found = []
    while job := slips.next_job(look(store), "lobby"):
        found.append(job.id)
        bare(store).execute("UPDATE slips SET state = 'printed' WHERE id = ?", (job.id,))
    assert found == [7, 4, 5]


def test_a_slip_is_moved_only_from_where_it_was_read(store: Database, fill: Fill, evening: datetime) -> None:
    fill("queued")
    job = slips.by_id(look(store), 1)
    assert job is not None
    later = evening + timedelta(seconds=1)
    with store.transaction() as tx:
        moved = slips.move(tx, job, SlipState.CLAIMED, later, worker="w", cause="x")
        assert moved is not None
        assert (moved.state, moved.worker, moved.cause, moved.changed_at) == (SlipState.CLAIMED, "w", "x", later)
        assert slips.move(tx, job, SlipState.CLAIMED, later, worker="other") is None
        forward = slips.move(tx, moved, SlipState.SENDING, later)
        assert forward is not None
        assert (forward.cause, forward.worker) == (None, "w"), "a cause is over with the state it explained"


@pytest.mark.parametrize(("column", "value"), [("printer", "duty-room"), ("copy", 1), ("state", "sending")])
def test_a_slip_that_went_elsewhere_meanwhile_is_not_moved(
    store: Database, fill: Fill, evening: datetime, column: str, value: object
) -> None:
    fill("queued")
    job = slips.by_id(look(store), 1)
    assert job is not None
    bare(store).execute(f"UPDATE slips SET {column} = ?", (value,))
    with store.transaction() as tx:
        assert slips.move(tx, job, SlipState.CLAIMED, evening) is None


def test_only_the_worker_that_has_a_slip_renews_its_lease(store: Database, fill: Fill, evening: datetime) -> None:
    fill("queued")
    with store.transaction() as tx:
        queued = slips.by_id(tx, 1)
        assert queued is not None
        mine = slips.move(tx, queued, SlipState.CLAIMED, evening, worker="mine")
        assert mine is not None
        slips.renew(tx, mine, evening)
    assert [job.lease_until for job in slips.newest(look(store), 9)] == [evening]
    bare(store).execute("UPDATE slips SET worker = 'theirs'")
    with store.transaction() as tx:
        slips.renew(tx, mine, evening + timedelta(seconds=1))
    assert [job.lease_until for job in slips.newest(look(store), 9)] == [evening], "it is another worker's by now"


def test_waiting_slips_are_those_on_their_way_by_printer(store: Database, fill: Fill) -> None:
    fill("queued", "claimed", "sending", "awaiting", "unknown", "unknown!", "failed", "printed", "sent", "dropped")
    fill("queued", printer="duty-room")
    assert slips.waiting_by_printer(look(store)) == {"lobby": 5, "duty-room": 1}
    assert [job.id for job in slips.to_fix(look(store))] == [6, 7]
    assert [job.id for job in slips.in_hand(look(store), "lobby")] == [2, 3, 4]
    assert [job.id for job in slips.queued(look(store), "lobby")] == [1]


def test_a_printers_newest_slips_begin_with_those_on_their_way_or_stuck(store: Database, fill: Fill) -> None:
    fill("queued", "failed", "unknown!", "printed", "dropped", "sent")
    fill("queued", printer="duty-room")
    found = [job.id for job in slips.newest_of_printer(look(store), "lobby", 9)]
    assert found == [3, 2, 1, 6, 5, 4]
    assert [job.id for job in slips.newest_of_printer(look(store), "lobby", 4)] == [3, 2, 1, 6]
