"""Alarms: a person is needed at a kiosk (a danger sign, help, no printer that works), or at a screen that is away.

Alarms are events without a ticket. They stay open on every console until one acknowledges them, or until their cause
has ended.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TypeAlias

from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.domain.event_data import ClockStepped, ManyNumbers, NoPrinter, PressedBefore
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.slips import NewSlip, SlipKind
from nightdesk_queue.queries.alarms import open_alarms
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import slips
from nightdesk_queue.store.events import NewEvent

AlarmData: TypeAlias = NoPrinter | ClockStepped | ManyNumbers | PressedBefore
WAY_PRINTED_EVERY = timedelta(minutes=1)


@command(Command.RAISE_ALARM)
def raise_alarm(
    work: Work,
    kind: EventKind,
    *,
    clinic: str | None = None,
    data: AlarmData | None = None,
) -> int:
    """Record an alarm raised at the station of the work and return its event's seq.

    One of the same kind that is still open at the station is not raised again: staff know of it already, and hundreds
    of taps must not hide other alarms. Its seq is returned. Each step of a clock is told: it has its own numbers.
    """
    if isinstance(data, ClockStepped):
        return record(work, NewEvent(kind=kind, clinic=clinic, data=data))
    known = next((one for one in open_alarms(work.tx) if (one.kind, one.station) == (kind, work.by.station)), None)
    return known.seq if known else record(work, NewEvent(kind=kind, clinic=clinic, data=data))


@command(Command.RAISE_ALARM)
def alarm_at_kiosk(work: Work, kind: EventKind, kiosk: str, *, clinic: str | None = None) -> int:
    """Record what a patient raised at a kiosk; a danger sign prints the way to Emergency, too. Return the alarm's seq.

    Raises Refused: unknown_kiosk.
    """
    if kind is EventKind.RED_FLAG:
        return send_to_emergency(work, kiosk, clinic=clinic)
    return raise_alarm(work, kind, clinic=clinic)


@command(Command.RAISE_ALARM)
def send_to_emergency(work: Work, kiosk: str, *, clinic: str | None = None) -> int:
    """Tell staff of a danger sign at a kiosk, and print the way to Emergency there; return the alarm's seq.

    While the alarm is open the way is printed once a minute at most, however often it is asked for.
    Raises Refused: unknown_kiosk.
    """
    refusals.kiosk_of(work.hospital, kiosk)
    seq = raise_alarm(work, EventKind.RED_FLAG, clinic=clinic)
    last = slips.last_of_event(work.tx, seq, SlipKind.EMERGENCY)
    if last is None or not timedelta(0) <= work.now - last.queued_at < WAY_PRINTED_EVERY:
        printer = work.hospital.printer_for(kiosk, clinic)
        slips.queue(work.tx, NewSlip(SlipKind.EMERGENCY, printer, event=seq), work.now)
    return seq


@command(Command.END_ALARM)
def end_alarms(work: Work, kind: EventKind, station: str) -> int:
    """Record that the cause of a station's alarms of a kind has ended; return how many of them were open."""
    ended = [event for event in open_alarms(work.tx) if event.kind is kind and event.station == station]
    for event in ended:
        record(work, NewEvent(kind=EventKind.ALARM_OVER, about=event.seq))
    return len(ended)


@command(Command.ACKNOWLEDGE_ALARMS)
def acknowledge_one(work: Work, seq: int) -> Event:
    """Record that somebody has seen one alarm, and return it. Raises Refused: unknown_alarm."""
    found = next((event for event in open_alarms(work.tx) if event.seq == seq), None)
    if found is None:
        raise refusals.unknown_alarm(seq)
    record(work, NewEvent(kind=EventKind.ALARM_OVER, about=seq))
    return found


@command(Command.ACKNOWLEDGE_ALARMS)
def acknowledge_alarms(work: Work, *, up_to: int) -> int:
    """Record that somebody has seen the alarms up to event `up_to`; return how many of them were open.

    An alarm that is raised meanwhile stays open.
    """
    count = sum(event.seq <= up_to for event in open_alarms(work.tx))
    if count:
        record(work, NewEvent(kind=EventKind.ALARM_SEEN, about=up_to))
    return count


@command(Command.ACKNOWLEDGE_ALARMS)
def acknowledge_these(work: Work, seqs: Collection[int]) -> int:
    """Record that somebody has seen some alarms and no others; return how many of them were still open."""
    found = [event.seq for event in open_alarms(work.tx) if event.seq in seqs]
    for seq in found:
        record(work, NewEvent(kind=EventKind.ALARM_OVER, about=seq))
    return len(found)
