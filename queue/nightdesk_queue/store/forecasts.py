"""SQL for what patients were told about their wait, and how long it was in the end."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.rules.waits import CALIBRATED_ON, Forecast, score
from nightdesk_queue.store.timestamps import moment, stamp


@dataclass(frozen=True, slots=True)
class Told:
    """One forecast and its outcome, minutes: the estimate, the interval that was told, and the wait until the call."""

    clinic: str
    wait: float
    low: int
    high: int
    waited: float


def remember(
    connection: sqlite3.Connection, ticket: str, clinic: str, at: datetime, ahead: int, forecast: Forecast
) -> None:
    """Write what a patient was told. Older forecasts stay open beside it, for the case that a step is taken back."""
    low, high = forecast.minutes
    connection.execute(
        "INSERT INTO forecasts (ticket, clinic, at, ahead, wait, half, low, high) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (ticket, clinic, stamp(at), ahead, forecast.wait, forecast.half, low, high),
    )


def settle(connection: sqlite3.Connection, ticket: str, clinic: str, now: datetime) -> None:
    """Note how long a patient waited who is called now, by the newest forecast; those before it are forgotten.

    A forecast for another clinic has lost its meaning.
    """
    *older, row = connection.execute(
        "SELECT * FROM forecasts WHERE ticket = ? AND waited IS NULL ORDER BY id", (ticket,)
    ).fetchall() or [None]
    if row is None:
        return
    for one in older:
        connection.execute("DELETE FROM forecasts WHERE id = ?", (one["id"],))
    waited = (now - moment(row["at"])).total_seconds() / 60
    if row["clinic"] != clinic or waited < 0:
        connection.execute("DELETE FROM forecasts WHERE id = ?", (row["id"],))
        return
    connection.execute(
        "UPDATE forecasts SET waited = ?, score = ?, settled_at = ? WHERE id = ?",
        (waited, score(row["wait"], row["half"], waited), stamp(now), row["id"]),
    )


def forget(connection: sqlite3.Connection, ticket: str, since: datetime) -> None:
    """Forget what a patient was told from a moment on: the step that led there was taken back."""
    connection.execute("DELETE FROM forecasts WHERE ticket = ? AND waited IS NULL AND at >= ?", (ticket, stamp(since)))


def unsettle(connection: sqlite3.Connection, ticket: str, called_at: datetime) -> None:
    """Take back what a call has settled: the patient goes on waiting for what they were told."""
    connection.execute(
        "UPDATE forecasts SET waited = NULL, score = NULL, settled_at = NULL WHERE ticket = ? AND settled_at = ?",
        (ticket, stamp(called_at)),
    )


def scores(connection: sqlite3.Connection, clinic: str) -> list[float]:
    """Return the newest residual scores of a clinic's forecasts that had a width at all."""
    rows = connection.execute(
        "SELECT score FROM forecasts WHERE clinic = ? AND waited IS NOT NULL AND score IS NOT NULL "
        "ORDER BY id DESC LIMIT ?",
        (clinic, CALIBRATED_ON),
    ).fetchall()
    return [row[0] for row in rows]


def settled(connection: sqlite3.Connection, since: datetime, until: datetime) -> list[Told]:
    """Return the forecasts told in a span of time whose patients have been called."""
    rows = connection.execute(
        "SELECT * FROM forecasts WHERE waited IS NOT NULL AND at >= ? AND at < ? ORDER BY id",
        (stamp(since), stamp(until)),
    ).fetchall()
    return [Told(row["clinic"], row["wait"], row["low"], row["high"], row["waited"]) for row in rows]
