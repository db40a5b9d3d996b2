"""A call screen that is away for long: one alarm an outage, none too early, none lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from desk import Desk
from looking import devices_now, look
from painting import signs_on

from nightdesk_kiosk.background import display_outages
from nightdesk_kiosk.background.display_outages import GRACE_SECONDS, DisplayOutages
from nightdesk_queue.commands.device_status import DeviceReporter, Found
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceKind, DeviceState
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.store import Database
from nightdesk_queue.text.bilingual import same


@pytest.fixture
def with_sign(hospital: Hospital) -> Hospital:
    return hospital.changed(display=signs_on("/dev/x", 1))


def offline(store: Database, hospital: Hospital, minutes: float) -> None:
    reporter = DeviceReporter(DeviceKind.DISPLAY, "sign-1", store, hospital)
    found = Found(DeviceState.OFFLINE, cause="port_missing")
    reporter.report(found, datetime.now(UTC) - timedelta(minutes=minutes))


@contextmanager
def served(store: Database) -> Iterator[None]:
    with store.lock(DeviceKind.DISPLAY, "sign-1") as lock:
        assert lock.acquire()
        yield


def alarms(store: Database) -> list[Event]:
    with store.snapshot() as tx:
        return open_alarms(tx)


def test_a_screen_that_is_away_for_minutes_raises_one_alarm(
    store: Database, with_sign: Hospital, evening: datetime
) -> None:
    outages = DisplayOutages(with_sign, store)
    for seconds in (0.0, 299.0):
        outages.look(devices_now(store, with_sign), evening, seconds)
    assert alarms(store) == []
    for seconds in (300.0, 301.0, 900.0):
        outages.look(devices_now(store, with_sign), evening, seconds)
    (alarm,) = alarms(store)
    assert (alarm.kind, alarm.station) == (EventKind.NO_DISPLAY, "display:sign-1")


def test_an_outage_goes_on_when_the_services_are_started_again(
    store: Database, with_sign: Hospital, evening: datetime
) -> None:
    offline(store, with_sign, 4)
    with served(store):
        outages = DisplayOutages(with_sign, store)
        outages.look(devices_now(store, with_sign), evening, 0.0)
        outages.look(devices_now(store, with_sign), evening, 59.0)
        assert alarms(store) == [], "four minutes are not five"
        outages.look(devices_now(store, with_sign), evening, 300.0)
        assert len(alarms(store)) == 1


def test_a_service_that_is_started_again_and_again_still_raises_the_alarm_once(
    desk: Desk, store: Database, with_sign: Hospital, nurse: By
) -> None:
    offline(store, with_sign, 6)
    with served(store):
        for _ in range(3):
            outages = DisplayOutages(with_sign, store)
            outages.look(devices_now(store, with_sign), datetime.now(UTC), 0.0)
            outages.look(devices_now(store, with_sign), datetime.now(UTC), GRACE_SECONDS)
            for event in alarms(store):
                desk.acknowledge_alarms(up_to=event.seq, now=datetime.now(UTC), by=nurse)
    (found,) = look(store).rows("SELECT count(*) AS n FROM events WHERE kind = 'no_display'")
    assert found["n"] == 1


def test_an_alarm_that_could_not_be_written_is_owed(
    store: Database, with_sign: Hospital, evening: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    outages = DisplayOutages(with_sign, store)
    outages.look(devices_now(store, with_sign), evening, 0.0)

    def busy(*_: object, **__: object) -> int:
        raise Fault("database_busy", same("x"))

    with monkeypatch.context() as patch:
        patch.setattr(display_outages, "raise_alarm", busy)
        with pytest.raises(Fault):
            outages.look(devices_now(store, with_sign), evening, 300.0)
    outages.look(devices_now(store, with_sign), evening, 301.0)
    outages.look(devices_now(store, with_sign), evening, 302.0)
    assert len(alarms(store)) == 1
