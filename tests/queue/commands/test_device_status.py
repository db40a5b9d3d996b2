"""What a worker writes of its device: changes at once, the same state once a minute, an outage as one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from looking import look

from nightdesk_queue.commands.device_status import DeviceReporter, Found
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceKind, DeviceState, DeviceStatus
from nightdesk_queue.store import Database, devices

READY = Found(DeviceState.READY, ok=True)
OFFLINE = Found(DeviceState.OFFLINE, cause="refused")
OUT_OF_PAPER = Found(DeviceState.STOPPED, cause="no_paper")
MINUTE = timedelta(seconds=60)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def reporter(store: Database, hospital: Hospital) -> DeviceReporter:
    return DeviceReporter(DeviceKind.PRINTER, "lobby", store, hospital)


def written(store: Database) -> DeviceStatus:
    found = devices.of_id(look(store), DeviceKind.PRINTER, "lobby")
    assert found is not None
    return found


def test_what_goes_on_well_is_written_again_once_a_minute(
    reporter: DeviceReporter, store: Database, evening: datetime
) -> None:
    reporter.report(READY, evening)
    reporter.report(READY, evening + MINUTE - INSTANT)
    assert (written(store).since, written(store).last_ok) == (evening, evening)
    reporter.report(READY, evening + MINUTE)
    assert (written(store).since, written(store).last_ok) == (evening, evening + MINUTE)
    reporter.report(READY, evening + 2 * MINUTE - INSTANT)
    assert written(store).last_ok == evening + MINUTE


def test_a_change_is_written_at_once_and_an_outage_is_one_whatever_is_found_out_about_it(
    reporter: DeviceReporter, store: Database, evening: datetime
) -> None:
    reporter.report(READY, evening)
    reporter.report(OFFLINE, evening + INSTANT)
    reporter.report(OUT_OF_PAPER, evening + 2 * INSTANT)
    found = written(store)
    assert (found.state, found.cause) == (DeviceState.STOPPED, "no_paper")
    assert (found.since, found.last_ok) == (evening + INSTANT, evening), "away since the first of it"
    reporter.report(READY, evening + 3 * INSTANT)
    found = written(store)
    assert (found.since, found.last_ok, found.cause) == (evening + 3 * INSTANT, evening + 3 * INSTANT, None)


def test_an_outage_goes_on_when_its_worker_is_started_again(
    reporter: DeviceReporter, store: Database, hospital: Hospital, evening: datetime
) -> None:
    reporter.report(READY, evening)
    reporter.report(OFFLINE, evening + MINUTE)
    again = DeviceReporter(DeviceKind.PRINTER, "lobby", store, hospital)
    again.report(OFFLINE, evening + 5 * MINUTE)
    assert (written(store).since, written(store).last_ok) == (evening + MINUTE, evening)
    other = DeviceReporter(DeviceKind.PRINTER, "duty-room", store, hospital)
    other.report(OFFLINE, evening + 6 * MINUTE)
    assert written(store).since == evening + MINUTE, "each device has a row of its own"
