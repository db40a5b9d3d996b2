"""One clinic's evening in few words: a changed hospital, who stands in line, a whole consultation."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from desk import Desk
from looking import look
from refusing import minutes

from nightdesk_queue.config import Hospital
from nightdesk_queue.config.table import key_of
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries import queue_view


def changed(hospital: Hospital, clinic_id: str, **tables: dict[str, object]) -> Hospital:
    clinics = []
    for clinic in hospital.clinic:
        if clinic.id == clinic_id:
            update: dict[str, object] = {}
            for name, keys in tables.items():
                table = getattr(clinic, name)
                held = {key_of(field.name): getattr(table, field.name) for field in fields(table)}
                update[name] = type(table).read(held | keys)
            clinic = clinic.changed(**update)  # noqa: PLW2901
        clinics.append(clinic)
    return hospital.changed(clinic=clinics)


def line(desk: Desk, clinic: str, now: datetime) -> list[str]:
    found = queue_view.queue_view(look(desk.database), desk.hospital, desk.hospital.clinics[clinic], now).waiting
    return [place.ticket.number for place, _ in found]


def serve(desk: Desk, room: str, now: datetime, by: By, lasts: float = 10) -> Ticket:
    called = desk.call(room, now=now, by=by).ticket
    desk.start(called.id, now=now, by=by)
    return desk.finish(called.id, now=now + minutes(lasts), by=by)
