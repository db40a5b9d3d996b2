"""Years: what is long past goes into a file a year, or for good; what was learned and what goes on stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from desk import Desk
from looking import bare, look
from replaying import assert_events_replay_to_the_tickets

from nightdesk_kiosk.background.archiving import Archiving, archive_some
from nightdesk_queue.commands.archiving import oldest_kept
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.queue_view import queue_view
from nightdesk_queue.store import Database, archiving, consultations, open_database, tickets

YEAR = timedelta(days=365)


@pytest.fixture
def keeping(hospital: Hospital, tmp_path: Path) -> Hospital:
    """The example that keeps six months, and files for what is older."""
    return hospital.changed(retention=hospital.retention.changed(months=6, to="years"), folder=tmp_path)


@pytest.fixture
def old(desk: Desk, evening: datetime, nurse: By) -> Iterator[list[str]]:
    """Two patients of a year ago who were served, one who never left, an alarm; and one of tonight."""
    then, ids = evening - YEAR, []
    for n in range(2):
        ticket = desk.issue("bone", now=then + timedelta(minutes=n), by=nurse, name="王芳")
        ids.append(ticket.id)
        desk.call("bone-1", now=then + timedelta(minutes=10 + n), by=nurse)
        desk.start(ticket.id, now=then + timedelta(minutes=11 + n), by=nurse)
        desk.finish(ticket.id, now=then + timedelta(minutes=21 + n), by=nurse)
    ids.append(desk.issue("bone", now=then + timedelta(minutes=30), by=nurse).id)
    desk.alarm(EventKind.HELP, now=then, by=nurse)
    ids.append(desk.issue("bone", now=evening, by=nurse).id)
    return ids


def archive_all(store: Database, hospital: Hospital, now: datetime) -> None:
    while archive_some(store, hospital, now):
        pass


def test_who_has_left_long_ago_is_in_the_file_of_the_year_and_here_no_more(
    store: Database, keeping: Hospital, old: list[str], evening: datetime, tmp_path: Path
) -> None:
    archive_all(store, keeping, evening)
    assert [row["id"] for row in bare(store).execute("SELECT id FROM tickets ORDER BY seq")] == old[2:], "living stay"
    url = f"sqlite:///{tmp_path / 'years' / 'archive-2025.db'}"
    with open_database(url, create=False) as year:
        assert [row["id"] for row in bare(year).execute("SELECT id FROM tickets ORDER BY seq")] == old[:2]
        assert {row["kind"] for row in bare(year).execute("SELECT kind FROM events")} >= {"issue", "finish", "help"}
        assert len(bare(year).execute("SELECT id FROM slips").fetchall()) == 2
        assert year.examine().wrong == ()
        assert_events_replay_to_the_tickets(year)
    assert store.examine().wrong == ()
    learned = consultations.newest(look(store), "bone", evening.date())[0]
    assert sum(count for count, _, _ in learned.values()) == 2, "what was learned stays"
    assert_events_replay_to_the_tickets(store)


def test_a_slip_takes_the_event_along_that_it_refers_to_also_one_about_nobody(
    store: Database, keeping: Hospital, old: list[str], evening: datetime, tmp_path: Path
) -> None:
    with store.transaction() as tx:
        seq = tx.row("SELECT seq FROM events WHERE kind = 'help'")
        assert seq is not None
        assert tx.change("UPDATE slips SET event = :seq WHERE ticket = :ticket", {"seq": seq["seq"], "ticket": old[0]})
    assert archive_some(store, keeping, evening), "the tickets; the event itself leaves later"
    assert bare(store).execute("SELECT 1 FROM events WHERE kind = 'help'").fetchall()
    with open_database(f"sqlite:///{tmp_path / 'years' / 'archive-2025.db'}", create=False) as year:
        kinds = "SELECT events.kind FROM slips JOIN events ON events.seq = slips.event WHERE slips.ticket = "
        assert [row["kind"] for row in bare(year).execute(f"{kinds}'{old[0]}'")] == ["help"]


def test_run_archives_from_the_set_time_on_and_is_done_for_the_day_when_nothing_is_left(
    store: Database, keeping: Hospital, old: list[str], desk: Desk, evening: datetime, nurse: By
) -> None:
    def left() -> list[str]:
        return [row["id"] for row in bare(store).execute("SELECT id FROM tickets ORDER BY seq")]

    moment = [evening.replace(hour=3, minute=0)]
    task = Archiving(keeping, store, lambda: moment[0], Event())
    task.tick()
    assert left() == old, "before the set time nothing leaves"
    moment[0] = evening.replace(hour=4, minute=1)
    for _ in range(6):
        task.tick()
    assert left() == old[2:]
    late = desk.issue("bone", now=evening - YEAR + timedelta(hours=1), by=nurse).id
    desk.cancel(late, now=evening - YEAR + timedelta(hours=1, minutes=1), by=nurse)
    newest = desk.issue("bone", now=evening, by=nurse).id
    task.tick()
    assert late in left(), "it was done for the day"
    moment[0] += timedelta(days=1)
    task.tick()
    assert left() == [*old[2:], newest]


def test_numbers_go_on_and_the_queue_is_as_it_was(
    store: Database, keeping: Hospital, old: list[str], evening: datetime, nurse: By
) -> None:
    before = queue_view(look(store), keeping, keeping.clinics["bone"], evening)
    archive_all(store, keeping, evening)
    after = queue_view(look(store), keeping, keeping.clinics["bone"], evening)
    assert [place.ticket.id for place in after.line] == [place.ticket.id for place in before.line]
    assert [forecast.minutes for forecast in after.ahead.forecasts] == [one.minutes for one in before.ahead.forecasts]
    assert Desk(store, keeping).issue("bone", now=evening, by=nurse).n == 2


def test_what_broke_between_the_two_files_is_found_in_both_and_leaves_once(
    store: Database,
    keeping: Hospital,
    old: list[str],
    evening: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr("nightdesk_kiosk.background.archiving.take_out", breaks)
        archive_some(store, keeping, evening)
    assert len(bare(store).execute("SELECT id FROM tickets").fetchall()) == 4, "nothing has left"
    archive_all(store, keeping, evening)
    with open_database(f"sqlite:///{tmp_path / 'years' / 'archive-2025.db'}", create=False) as year:
        assert len(bare(year).execute("SELECT id FROM tickets").fetchall()) == 2


def test_whose_end_was_taken_back_meanwhile_stays(store: Database, old: list[str], evening: datetime) -> None:
    with store.snapshot() as tx:
        found = archiving.old_tickets(tx, evening.date(), 10)
    with store.transaction() as tx:
        tx.change(
            "INSERT INTO events (at, actor, station, kind, ticket) VALUES ('x', 'a', 's', 'note', :t)", {"t": old[0]}
        )
        assert [bundle.ticket for bundle in found if not archiving.is_still(tx, bundle)] == [old[0]]


def test_without_a_folder_it_is_deleted_and_without_months_nothing_leaves(
    store: Database, hospital: Hospital, old: list[str], evening: datetime
) -> None:
    assert archive_some(store, hospital, evening) == 0
    archive_all(store, hospital.changed(retention=hospital.retention.changed(months=6)), evening)
    assert [row["id"] for row in bare(store).execute("SELECT id FROM tickets ORDER BY seq")] == old[2:]
    assert tickets.by_id(look(store), old[3]) is not None


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [("2026-03-02", 6, "2025-09-01"), ("2026-03-31", 1, "2026-02-01"), ("2026-01-15", 12, "2025-01-01")],
)
def test_whole_months_stay(today: str, months: int, first: str) -> None:
    assert oldest_kept(datetime.fromisoformat(today).date(), months).isoformat() == first
