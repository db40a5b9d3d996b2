"""What every engine promises to who uses a database."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime

import pytest
from desk import Desk
from looking import look, url_of
from waiting import until

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.store import Database, StopSignal, events, open_database, pins

HOLD_A_LOCK = """
import sys
from nightdesk_queue.store import open_database
with open_database(sys.argv[1]) as database, database.lock("printer", "lobby") as lock:
    assert lock.acquire()
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_feed_sees_commits_of_its_own_process_and_of_others_once(
    store: Database, desk: Desk, evening: datetime, nurse: By
) -> None:
    feed = store.changes()
    assert feed.changed()
    assert not feed.changed()
    desk.alarm(EventKind.HELP, now=evening, by=nurse)
    assert feed.wait(15)
    assert not feed.changed()
    with open_database(url_of(store)) as other:
        Desk(other, desk.hospital).acknowledge_alarms(up_to=99, now=evening, by=nurse)
    assert feed.wait(15)
    feed.close()


def test_an_alarm_sounds_until_somebody_has_seen_it(desk: Desk, store: Database, evening: datetime, nurse: By) -> None:
    first = desk.alarm(EventKind.RED_FLAG, now=evening, by=nurse)
    second = desk.alarm(EventKind.HELP, now=evening, by=nurse)
    assert desk.acknowledge_alarms(up_to=first, now=evening, by=nurse) == 1
    assert [event.seq for event in open_alarms(look(store))] == [second], "only what was seen is silenced"
    assert desk.acknowledge_alarms(up_to=second, now=evening, by=nurse) == 1
    assert open_alarms(look(store)) == []
    assert desk.acknowledge_alarms(up_to=second, now=evening, by=nurse) == 0
    assert len(events.after(look(store), 0)) == 4


def test_a_snapshot_is_one_moment(store: Database) -> None:
    with store.snapshot() as before:
        assert pins.in_force(before, "a") is None
        with store.transaction() as tx:
            pins.save(tx, "a", "hash")
        assert pins.in_force(before, "a") is None
    assert pins.in_force(look(store), "a") is not None


def test_what_raises_is_undone_whole_and_a_part_of_it_alone(store: Database) -> None:
    with pytest.raises(KeyError), store.transaction() as tx:
        pins.save(tx, "whole", "hash")
        raise KeyError
    with store.transaction() as tx:
        pins.save(tx, "first", "hash")
        with pytest.raises(KeyError), tx.part():
            pins.save(tx, "part", "hash")
            raise KeyError
        pins.save(tx, "last", "hash")
    found = {row["id"] for row in look(store).rows("SELECT id FROM pins")}
    assert found == {"first", "last"}


def test_a_promise_that_is_broken_is_not_committed_by_who_goes_on(store: Database) -> None:
    with store.transaction() as tx:
        pins.save(tx, "before", "hash")
        with pytest.raises(Exception, match=r"(?i)unique"), tx.part():
            for _ in range(2):
                tx.change("INSERT INTO pins (id, hash) VALUES ('twice', 'hash')")
        pins.save(tx, "after", "hash")
    assert {row["id"] for row in look(store).rows("SELECT id FROM pins")} == {"before", "after"}


def test_a_row_is_asked_by_name_and_read_in_order(store: Database) -> None:
    row = look(store).row("SELECT :a AS first, 2 AS second, 'it is 5:30' AS third, '50%' AS fourth", {"a": "x"})
    assert row is not None
    assert list(row.keys()) == ["first", "second", "third", "fourth"]
    assert tuple(row) == ("x", 2, "it is 5:30", "50%")
    assert row["third"] == "it is 5:30"


def test_texts_are_ordered_by_their_code_points(store: Database) -> None:
    names = ["a", "B", "_", "ä", "号", "A1", "a 1", "Z"]
    with store.transaction() as tx:
        for name in names:
            pins.save(tx, name, "hash")
    assert [row["id"] for row in look(store).rows("SELECT id FROM pins ORDER BY id")] == sorted(names)


def test_a_lock_has_one_holder_in_this_process_and_in_others(store: Database) -> None:
    with store.lock("printer", "lobby") as lock, store.lock("printer", "lobby") as second:
        assert lock.acquire()
        assert lock.held
        assert not second.acquire()
        assert look(store).is_served("printer", "lobby")
        assert not look(store).is_served("printer", "other")
        with open_database(url_of(store)) as other, other.lock("printer", "lobby") as theirs:
            assert not theirs.acquire()
            assert look(other).is_served("printer", "lobby")
            lock.release()
            assert theirs.acquire()
            assert not second.acquire()
    assert not look(store).is_served("printer", "lobby")


def test_who_is_killed_holds_no_lock(store: Database) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_A_LOCK, url_of(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    assert look(store).is_served("printer", "lobby")
    process.kill()
    process.communicate()
    until(lambda: not look(store).is_served("printer", "lobby"))
    with store.lock("printer", "lobby") as lock:
        assert lock.acquire()


def test_who_waits_for_a_lock_ends_when_told_so(store: Database) -> None:
    stop = StopSignal()
    stop.set()
    with store.lock("printer", "lobby") as lock, store.lock("printer", "lobby") as second:
        assert lock.wait(stop, 0.01)
        assert not second.wait(stop, 0.01)


def test_a_feed_wakes_who_waits_and_ends_with_the_stop(store: Database) -> None:
    stop = StopSignal()
    with store.changes() as feed:
        feed.changed()
        began = time.monotonic()
        stop.set()
        assert not feed.wait(60, stop)
        assert time.monotonic() - began < 30


def test_who_only_looked_or_wrote_nothing_wakes_nobody(store: Database) -> None:
    with store.changes() as feed:
        feed.changed()
        with store.transaction():
            pass
        with store.snapshot() as tx:
            tx.rows("SELECT 1 AS one")
        assert not feed.wait(0.3)


def test_a_rehearsal_changes_nothing(store: Database, desk: Desk, evening: datetime, nurse: By) -> None:
    desk.issue("bone", now=evening, by=nurse, name="王芳")
    with store.rehearsal() as copy:
        assert Desk(copy, desk.hospital).issue("bone", now=evening, by=nurse).number == "B002"
        assert len(events.after(look(copy), 0)) == 2
    assert desk.issue("bone", now=evening, by=nurse).number == "B002"


def test_a_closed_database_says_so(store: Database) -> None:
    store.close()
    if store.where.startswith("postgres"):
        with pytest.raises(Fault), store.snapshot():
            pass


def test_what_is_written_unasked_belongs_to_the_part_it_is_written_in(store: Database) -> None:
    insert = "INSERT INTO pins (id, hash) VALUES (:id, 'hash')"
    with store.transaction() as tx:
        tx.write(insert, {"id": "before"})
        with pytest.raises(KeyError), tx.part():
            tx.write(insert, {"id": "undone"})
            raise KeyError
        with tx.part():
            tx.write(insert, {"id": "kept"})
        tx.write(insert, {"id": "after"})
    assert {row["id"] for row in look(store).rows("SELECT id FROM pins")} == {"before", "kept", "after"}


def test_what_was_asked_ahead_is_asked_anew_once_something_is_written(store: Database) -> None:
    with store.transaction() as tx:
        tx.ahead(lambda ask: pins.in_force(ask, "a"))
        pins.save(tx, "a", "hash")
        assert pins.in_force(tx, "a") is not None
        tx.ahead(lambda ask: pins.in_force(ask, "a"), lambda ask: pins.in_force(ask, "b"))
        assert pins.in_force(tx, "a") is not None
        assert pins.in_force(tx, "b") is None
