"""SQL for what patients were told about their wait, and how long it was in the end."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.domain.records import Record
from nightdesk_queue.rules.waits import CALIBRATED_ON, Forecast, Residual, residual
from nightdesk_queue.store.database import Tx
from nightdesk_queue.store.timestamps import moment, stamp


class Told(Record):
    """One forecast and its outcome, minutes: the estimate, the interval that was told, and the wait until the call."""

    clinic: str
    wait: float
    low: int
    high: int
    waited: float


def remember(tx: Tx, ticket: str, clinic: str, at: datetime, ahead: int, forecast: Forecast) -> None:
    """Write what a patient was told. Older forecasts stay open beside it, for the case that a step is taken back."""
    low, high = forecast.minutes
    tx.write(
        "INSERT INTO forecasts (ticket, clinic, at, ahead, wait, half, low, high) "
        "VALUES (:ticket, :clinic, :at, :ahead, :wait, :half, :low, :high)",
        {
            "ticket": ticket,
            "clinic": clinic,
            "at": stamp(at),
            "ahead": ahead,
            "wait": forecast.wait,
            "half": forecast.half,
            "low": low,
            "high": high,
        },
    )


def settle(tx: Tx, ticket: str, clinic: str, now: datetime) -> None:
    """Note how long a patient waited who is called now, by the newest forecast; those before it are forgotten.

    A forecast for another clinic has lost its meaning.
    """
    told = tx.rows("SELECT * FROM forecasts WHERE ticket = :ticket AND waited IS NULL ORDER BY id", {"ticket": ticket})
    if not told:
        return
    *older, row = told
    for one in older:
        tx.change("DELETE FROM forecasts WHERE id = :id", {"id": one["id"]})
    waited = (now - moment(row["at"])).total_seconds() / 60
    if row["clinic"] != clinic or waited < 0:
        tx.change("DELETE FROM forecasts WHERE id = :id", {"id": row["id"]})
        return
    tx.change(
        "UPDATE forecasts SET waited = :waited, settled_at = :at WHERE id = :id",
        {"waited": waited, "at": stamp(now), "id": row["id"]},
    )


def forget(tx: Tx, ticket: str, since: datetime) -> None:
    """Forget what a patient was told from a moment on: the step that led there was taken back."""
    tx.change(
        "DELETE FROM forecasts WHERE ticket = :ticket AND waited IS NULL AND at >= :since",
        {"ticket": ticket, "since": stamp(since)},
    )


def unsettle(tx: Tx, ticket: str, called_at: datetime) -> None:
    """Take back what a call has settled: the patient goes on waiting for what they were told."""
    tx.change(
        "UPDATE forecasts SET waited = NULL, settled_at = NULL WHERE ticket = :ticket AND settled_at = :at",
        {"ticket": ticket, "at": stamp(called_at)},
    )


def residuals(tx: Tx, clinic: str) -> list[Residual]:
    """Return the newest residuals of a clinic's forecasts that had a width at all, the newest first."""
    rows = tx.rows(
        "SELECT wait, half, waited FROM forecasts "
        "WHERE clinic = :clinic AND waited IS NOT NULL AND half > 0 ORDER BY id DESC LIMIT :limit",
        {"clinic": clinic, "limit": CALIBRATED_ON},
    )
    found = (residual(row["wait"], row["half"], row["waited"]) for row in rows)
    return [one for one in found if one is not None]


def settled(tx: Tx, since: datetime, until: datetime) -> list[Told]:
    """Return the forecasts told in a span of time whose patients have been called."""
    rows = tx.rows(
        "SELECT * FROM forecasts WHERE waited IS NOT NULL AND at >= :since AND at < :until ORDER BY at, id",
        {"since": stamp(since), "until": stamp(until)},
    )
    return [Told(row["clinic"], row["wait"], row["low"], row["high"], row["waited"]) for row in rows]
