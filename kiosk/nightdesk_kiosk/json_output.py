"""The JSON other programs read: one object a line, field names as promised in docs/commands.md.

Moments are ISO 8601 with the hospital's offset.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nightdesk_queue.domain.errors import ConfigError, NightdeskError
from nightdesk_queue.domain.event_data import (
    Called,
    CheckedIn,
    Ended,
    EventData,
    Issued,
    PageAnswered,
    PageSent,
    SlipChanged,
    Undid,
    to_json,
)
from nightdesk_queue.domain.events import Event, EventKind, JsonValue
from nightdesk_queue.text.bilingual import Language, Text

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from nightdesk_queue.commands.undo import Undone
    from nightdesk_queue.domain.clinic_state import ClinicState
    from nightdesk_queue.domain.devices import DeviceHealth
    from nightdesk_queue.domain.pages import Page
    from nightdesk_queue.domain.slips import SlipJob
    from nightdesk_queue.domain.tickets import Call, Standing, Ticket
    from nightdesk_queue.queries.queue_view import QueueView

JsonObject = dict[str, JsonValue]


def line(value: Mapping[str, JsonValue], *, ascii_only: bool = False) -> str:
    """Return one line of JSON."""
    return json.dumps(value, ensure_ascii=ascii_only)


def ticket(found: Ticket, standing: Standing | None, zone: ZoneInfo) -> JsonObject:
    """Return a ticket; `ahead` and `wait_minutes` are null unless the patient waits."""
    return {
        "id": found.id,
        "number": found.number,
        "clinic": found.clinic,
        "state": found.state.value,
        "lane": found.lane.value,
        "priority": list(found.priority),
        "level": found.level,
        "service_day": found.service_day.isoformat(),
        "arrived_at": _moment(found.arrived_at, zone),
        "queued_at": _moment(found.queued_at, zone),
        "room": found.room,
        "calls": found.calls,
        "missed": found.missed,
        "origin": found.origin,
        "name": found.name,
        "phone": found.phone,
        "note": found.note,
        "slot_at": _moment_or_none(found.slot_at, zone),
        "called_at": _moment_or_none(found.called_at, zone),
        "started_at": _moment_or_none(found.started_at, zone),
        "ended_at": _moment_or_none(found.ended_at, zone),
        "held_at": _moment_or_none(found.held_at, zone),
        "held_to": found.held_to,
        "back_to": next(iter(found.ways_back), None),
        "ways_back": list(found.ways_back),
        "ahead": standing.ahead if standing else None,
        "wait_minutes": list(standing.wait_minutes) if standing else None,
    }


def call(made: Call, zone: ZoneInfo) -> JsonObject:
    """Return a call and the ticket it was for."""
    return {
        "call": {
            "number": made.ticket.number,
            "clinic": made.ticket.clinic,
            "room": made.room,
            "reason": made.reason.value,
            "reason_text": pair(made.text),
            "at": _moment(made.at, zone),
        },
        "ticket": ticket(made.ticket, None, zone),
    }


def queue(view: QueueView, zone: ZoneInfo) -> JsonObject:
    """Return a clinic's queue, `waiting` in calling order with a reason each."""
    namesakes = view.namesakes
    waiting: list[JsonValue] = [
        ticket(place.ticket, standing, zone)
        | {
            "reason": place.reason.value,
            "reason_text": pair(place.text),
            "overdue": place.overdue,
            "same_name": place.ticket.id in namesakes,
        }
        for place, standing in view.waiting
    ]
    away = {found.id for found in view.away_too_long}
    held: list[JsonValue] = [ticket(found, None, zone) | {"remind": found.id in away} for found in view.held]
    return {
        "clinic": view.clinic.id,
        "open": view.giving,
        "opens_at": _moment_or_none(view.opening.next_opens, zone),
        "suspended": view.suspended,
        "notice": view.notice,
        "rooms": list(view.clinic.rooms),
        "empty_rooms": list(view.empty_rooms),
        "waiting": waiting,
        "called": [ticket(found, None, zone) for found in view.called],
        "serving": [ticket(found, None, zone) for found in view.serving],
        "held": held,
        "missed": [ticket(found, None, zone) for found in view.missed],
        "expected": [ticket(found, None, zone) for found in view.expected],
    }


def event(found: Event, zone: ZoneInfo) -> JsonObject:
    """Return one event."""
    return {
        "seq": found.seq,
        "at": _moment(found.at, zone),
        "actor": found.actor,
        "station": found.station,
        "kind": found.kind,
        "ticket": found.ticket,
        "number": found.number,
        "clinic": found.clinic,
        "reason": _reason(found),
        "words": found.reason,
        "before": _columns(found.before),
        "after": _columns(found.after),
        "undoes": found.undoes,
        "role": found.role.value,
        "lane": found.lane.value if found.lane else None,
        "level": found.level,
        "target": found.target,
        "about": found.about,
        "act": found.act,
        "data": _data(found.data),
    }


def _data(data: EventData | None) -> JsonObject | None:
    return json.loads(to_json(data)) if data is not None else None


def _columns(held: Mapping[str, JsonValue] | None) -> JsonObject | None:
    """Return an event's columns, the ways back also as the text of version 0.4 under its old key."""
    if held is None or "ways_back" not in held:
        return dict(held) if held is not None else None
    ways_back = held["ways_back"]
    packed = ",".join(map(str, ways_back)) if isinstance(ways_back, list) else ""
    return {**held, "back_to": packed or None}


def _reason(found: Event) -> str | None:
    """Return what version 0.4 called an event's reason: typed words, or a fact that has a place of its own now."""
    kind, data = found.kind, found.data
    if kind in (EventKind.SPOKEN, EventKind.ALARM_SEEN):
        return str(found.about)
    if kind is EventKind.DISPLAY_TEST:
        return found.target
    return found.reason if data is None else _of_data(data) or found.reason


def _of_slip(data: SlipChanged) -> str:
    if data.from_printer:
        return f"#{data.job} {data.from_printer} → {data.printer}"
    if data.copy is not None:
        return str(data.copy)
    return f"#{data.job} {data.printer or data.why}"


_OF_DATA: dict[type[EventData], Callable[[Any], str | None]] = {
    Called: lambda data: data.choice.value,
    Issued: lambda data: "extra" if data.extra else None,
    CheckedIn: lambda data: "late" if data.late else None,
    Ended: lambda data: "released" if data.released else "no_way_back" if data.no_way_back else None,
    PageSent: lambda data: str(data.round),
    PageAnswered: lambda data: data.by_step or "acknowledged",
    Undid: lambda data: data.kind,
    SlipChanged: _of_slip,
}
"""What version 0.4 called the reason, by the shape of an event's data."""


def _of_data(data: EventData) -> str | None:
    words = _OF_DATA.get(type(data))
    return words(data) if words else None


def undone(taken_back: Undone, zone: ZoneInfo) -> JsonObject:
    """Return the event that was taken back and the ticket as it is now, null where it was about a clinic."""
    found = taken_back.ticket
    return {"undone": event(taken_back.event, zone), "ticket": ticket(found, None, zone) if found else None}


def page(found: Page, zone: ZoneInfo) -> JsonObject:
    """Return a page for the doctor on call."""
    return {
        "id": found.id,
        "number": found.number,
        "clinic": found.clinic,
        "at": _moment(found.at, zone),
        "rounds": found.rounds,
        "last_at": _moment(found.last_at, zone),
        "answered_at": _moment_or_none(found.closed_at, zone),
        "answered_by": found.closed_by,
        "post": found.post_state.value if found.post_state else None,
        "post_cause": found.post_cause,
        "resting": found.resting,
    }


def clinic_state(state: ClinicState, rooms: Sequence[str], zone: ZoneInfo) -> JsonObject:
    """Return what staff have changed about a clinic."""
    return {
        "clinic": state.clinic,
        "suspended": state.suspended,
        "rooms": list(rooms),
        "notice": state.words,
        "changed_at": _moment(state.changed_at, zone),
    }


def slip_job(job: SlipJob, zone: ZoneInfo) -> JsonObject:
    """Return one job of the spool."""
    return {
        "id": job.id,
        "number": job.number,
        "kind": job.kind.value,
        "printer": job.printer,
        "state": job.state.value,
        "cause": job.cause,
        "attempts": job.attempts,
        "copy": job.copy,
        "last_cause": job.last_cause,
        "queued_at": _moment(job.queued_at, zone),
        "changed_at": _moment(job.changed_at, zone),
    }


def printer(device: str, health: DeviceHealth, zone: ZoneInfo) -> JsonObject:
    """Return one printer at an address; `waiting` is how many slips are on their way to it."""
    return {
        "id": health.id,
        "device": device,
        "state": health.state.value,
        "cause": health.cause,
        "paper": health.paper,
        "capability": health.capability,
        "since": _moment_or_none(health.since, zone),
        "last_ok": _moment_or_none(health.last_ok, zone),
        "waiting": health.slips_waiting,
    }


def display(protocol: str, health: DeviceHealth, zone: ZoneInfo) -> JsonObject:
    """Return one call screen of a protocol."""
    return {
        "id": health.id,
        "protocol": protocol,
        "state": health.state.value,
        "since": _moment_or_none(health.since, zone),
        "last_ok": _moment_or_none(health.last_ok, zone),
        "cause": health.cause,
    }


def error(raised: NightdeskError, language: Language) -> JsonObject:
    """Return an error; a configuration's error lists its faults."""
    body: JsonObject = {"code": raised.code, "message": raised.text.of(language)}
    if isinstance(raised, ConfigError):
        body["faults"] = [
            {
                "file": fault.file,
                "key": fault.key,
                "value": fault.value,
                "message": fault.problem.of(language),
                "fix": fault.fix.of(language),
                "mend": fault.fix.of(language),
                "line": fault.line,
            }
            for fault in raised.faults
        ]
    return {"error": body}


def pair(text: Text) -> JsonObject:
    """Return a text in both languages."""
    return {"zh": text.zh, "en": text.en}


def _moment_or_none(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return _moment(moment, zone) if moment else None


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat()
