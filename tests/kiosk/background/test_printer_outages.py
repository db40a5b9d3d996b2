"""A kiosk without a printer: an alarm that could not be written is raised at the next look, and once."""

from __future__ import annotations

from datetime import datetime

import pytest
from looking import devices_now, look

from nightdesk_kiosk.background import printer_outages
from nightdesk_kiosk.background.printer_outages import PrinterOutages
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.queries.alarms import kiosks_without_printer
from nightdesk_queue.store import Database
from nightdesk_queue.text.bilingual import same


def test_an_alarm_that_could_not_be_written_is_owed(
    store: Database, hospital: Hospital, evening: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    outages = PrinterOutages(hospital, store, alarm_after=20.0)
    outages.look(devices_now(store, hospital), evening, 0.0)

    def busy(*_: object, **__: object) -> int:
        raise Fault("database_busy", same("x"))

    with monkeypatch.context() as patch:
        patch.setattr(printer_outages, "raise_alarm", busy)
        with pytest.raises(Fault):
            outages.look(devices_now(store, hospital), evening, 20.0)
    for seconds in (21.0, 22.0):
        outages.look(devices_now(store, hospital), evening, seconds)
    with store.snapshot() as tx:
        assert kiosks_without_printer(tx) == [kiosk.id for kiosk in hospital.kiosk]
    (found,) = look(store).rows("SELECT count(*) AS n FROM events WHERE kind = 'no_printer'")
    assert found["n"] == len(hospital.kiosk)
