"""Who a patient was is forgotten after a set time: in the ticket and in its events, and what was learned stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from desk import Desk
from looking import bare
from replaying import assert_events_replay_to_the_tickets

from nightdesk_kiosk.background.forgetting import Forgetting
from nightdesk_queue.commands.describing import set_note
from nightdesk_queue.commands.retention import WIPED_AT_ONCE, wipe_names
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.service_tables import RetentionTable
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, retention

NURSE = By("nurse", "console")
SERVICE = By.service("retention")


def everything(store: Database) -> str:
    found: list[Any] = []
    for table in ("tickets", "events"):
        found += [tuple(row) for row in bare(store).execute(f"SELECT * FROM {table}")]
    return repr(found)


@pytest.fixture
def left(desk: Desk, evening: datetime) -> Desk:
    """A patient who was here and has left, with a name, a telephone and a note."""
    desk.expect("tcm-night", name="陈小芳", phone="13800001234", now=evening, by=NURSE)
    desk.check_in("N001", now=evening, by=NURSE)
    desk.do(lambda work: set_note(work, "N001", "大儿子陪同"), evening, NURSE)
    desk.call("tcm-1", now=evening, by=NURSE)
    desk.start("N001", now=evening, by=NURSE)
    desk.finish("N001", now=evening + timedelta(minutes=9), by=NURSE)
    return desk


def test_after_the_days_nobody_can_tell_who_it_was(left: Desk, store: Database, evening: datetime) -> None:
    assert left.do(wipe_names, evening + timedelta(days=29), SERVICE) == 0
    assert "陈小芳" in everything(store)
    learned = bare(store).execute("SELECT count(*) AS n FROM consultations").fetchone()["n"]
    assert left.do(wipe_names, evening + timedelta(days=31), SERVICE) == 1
    kept = everything(store)
    assert not [word for word in ("陈小芳", "1234", "大儿子") if word in kept]
    assert "N001" in kept
    assert bare(store).execute("SELECT count(*) AS n FROM consultations").fetchone()["n"] == learned == 1
    assert_events_replay_to_the_tickets(store)
    assert left.do(wipe_names, evening + timedelta(days=31), SERVICE) == 0


def test_who_is_still_here_keeps_their_name(desk: Desk, store: Database, evening: datetime) -> None:
    desk.issue("bone", name="陈小芳", now=evening, by=NURSE)
    assert desk.do(wipe_names, evening + timedelta(days=60), SERVICE) == 0
    assert "陈小芳" in everything(store)


def test_one_transaction_wipes_so_many_and_no_more(desk: Desk, store: Database, evening: datetime) -> None:
    for n in range(WIPED_AT_ONCE + 3):
        desk.cancel(desk.issue("bone", name=f"P{n}", now=evening, by=NURSE).id, now=evening, by=NURSE)
    later = evening + timedelta(days=31)
    with store.snapshot() as tx:
        assert retention.count_named_before(tx, later - timedelta(days=30)) == WIPED_AT_ONCE + 3
    assert [desk.do(wipe_names, later, SERVICE) for _ in range(3)] == [WIPED_AT_ONCE, 3, 0]


def test_run_does_it_from_the_set_time_on_once_a_day(
    left: Desk, hospital: Hospital, store: Database, evening: datetime
) -> None:
    table = RetentionTable(names_days=1)
    moment = [evening]
    task = Forgetting(hospital.changed(retention=table), store, lambda: moment[0], Event())
    task.tick()
    assert "陈小芳" in everything(store)
    moment[0] = evening.replace(hour=3, minute=0) + timedelta(days=2)
    task.tick()
    moment[0] = evening.replace(hour=4, minute=1) + timedelta(days=2)
    task.tick()
    task.tick()
    assert "陈小芳" not in everything(store)
