"""What a tap costs the database, counted by the engine itself: every statement it runs, transactions' own included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from desk import Desk

from nightdesk_kiosk.lobby.exchange import Given, Issue, LookAtClinics, LookAtSlip
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database
from nightdesk_queue.store.sqlite.engine import SqliteDatabase

MOST_STATEMENTS = 19
MOST_TRANSACTIONS = 2


@pytest.fixture
def statements(store: Database) -> Iterator[list[str]]:
    """Every statement that runs on the connection that is open, in order."""
    assert isinstance(store, SqliteDatabase)
    ran: list[str] = []
    connection = store.borrow()
    connection.set_trace_callback(ran.append)
    store.give_back(connection)
    yield ran
    connection = store.borrow()
    connection.set_trace_callback(None)
    store.give_back(connection)


def begun(statements: list[str]) -> int:
    """How many transactions and snapshots were begun."""
    return sum(statement.startswith("BEGIN") for statement in statements)


@pytest.mark.parametrize("clinic", ["tcm-night", "bone"])
def test_a_number_and_the_first_look_at_its_slip_cost_few_statements(
    lobby_desk: LobbyDesk,
    statements: list[str],
    store: Database,
    hospital: Hospital,
    evening: datetime,
    nurse: By,
    clinic: str,
) -> None:
    for minutes in (20, 10, 5):
        Desk(store, hospital).issue(clinic, now=evening - timedelta(minutes=minutes), by=nurse)
    statements.clear()
    given = lobby_desk.answer(Issue(1, hospital.clinics[clinic], None, "zh", "key"))
    assert isinstance(given, Given)
    lobby_desk.answer(LookAtSlip(1, given.issued.ticket))
    assert 0 < len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    assert begun(statements) == MOST_TRANSACTIONS


def test_the_clinics_on_offer_are_looked_up_in_one_snapshot(
    lobby_desk: LobbyDesk, statements: list[str], hospital: Hospital
) -> None:
    lobby_desk.answer(LookAtClinics(1))
    assert begun(statements) == 1
    assert 0 < len(statements) <= 3 + 5 * len(hospital.offered_at(lobby_desk.kiosk)), "\n".join(statements)
