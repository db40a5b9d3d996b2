"""Alarms that nobody has acknowledged yet: a person is needed at a kiosk, or at a call screen that is away."""

from __future__ import annotations

import math
from datetime import datetime

from nightdesk_queue.domain.event_data import ManyNumbers, NoPrinter, PressedBefore
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.records import Record
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules.kiosk_pace import unseen
from nightdesk_queue.store import events, tickets
from nightdesk_queue.store.database import Tx
from nightdesk_queue.store.timestamps import moment
from nightdesk_queue.text.bilingual import Text

OF_PATIENT = Text(zh="{number} {what}", en="{number}: {what}")
PRESSED_BEFORE = Text(zh="{m} 分钟前(当时自助机断线)：{what}", en="{m} min ago (kiosk cut off): {what}")
MANY_NUMBERS = Text(zh="{kiosk} {m} 分钟内取了 {n} 个号", en="{n} numbers from {kiosk} in {m} minute(s)")


class ToldAlarm(Record):
    """An alarm, and what it says at a moment."""

    event: Event
    text: Text


class ManyGiven(Record):
    """A kiosk that has given many numbers since a moment: its open alarm (a seq), and the numbers nobody has seen."""

    alarm: int
    kiosk: str
    since: datetime
    unseen: tuple[Ticket, ...]


def open_alarms(tx: Tx) -> list[Event]:
    """Return the alarms nobody has acknowledged yet, oldest first."""
    return events.open_alarms(tx)


def told_alarms(tx: Tx, now: datetime) -> list[ToldAlarm]:
    """Return the open alarms and what each says now, oldest first."""
    return [ToldAlarm(alarm, alarm_text(tx, alarm, now)) for alarm in open_alarms(tx)]


def alarm_text(tx: Tx, alarm: Event, now: datetime) -> Text:
    """Return what an alarm says at a moment: for many numbers how many it has become, else its kind,
    with the number of the patient it is about where staff have named one.

    `now`: for an alarm that is over the moment at which it ended.
    """
    if isinstance(alarm.data, PressedBefore):
        return PRESSED_BEFORE.fill(what=alarm.kind.text, m=_minutes(moment(alarm.data.at), now))
    if not isinstance(alarm.data, ManyNumbers):
        return OF_PATIENT.fill(number=alarm.number, what=alarm.kind.text) if alarm.number else alarm.kind.text
    since = moment(alarm.data.since)
    # a clock that was set back takes no number away
    given = max(len(tickets.given_at_kiosk(tx, alarm.data.kiosk, since, now)), alarm.data.count)
    return MANY_NUMBERS.fill(kiosk=alarm.data.kiosk, n=given, m=_minutes(since, now))


def _minutes(since: datetime, now: datetime) -> int:
    """Return the minutes since a moment, begun ones too; at least one, also by a clock that was set back."""
    return max(math.ceil((now - since).total_seconds() / 60), 1)


def kiosks_without_printer(tx: Tx) -> list[str]:
    """Return the kiosks that were alarmed for want of a printer, as long as nobody has acknowledged it."""
    found = (event.data for event in open_alarms(tx) if event.kind is EventKind.NO_PRINTER)
    return list(dict.fromkeys(data.kiosk for data in found if isinstance(data, NoPrinter)))


def many_given(tx: Tx, kiosk: str | None = None) -> list[ManyGiven]:
    """Return the kiosks for whose many numbers an alarm is open, oldest alarm first; of one kiosk where it is named."""
    found = []
    for alarm in open_alarms(tx):
        data = alarm.data
        if isinstance(data, ManyNumbers) and kiosk in (None, data.kiosk):
            since = moment(data.since)
            found.append(ManyGiven(alarm.seq, data.kiosk, since, tuple(unseen_numbers(tx, data.kiosk, since))))
    return found


def unseen_numbers(tx: Tx, kiosk: str, since: datetime) -> list[Ticket]:
    """Return the numbers a kiosk has given since a moment for which nobody has seen a patient, in order of arrival."""
    return [ticket for ticket in tickets.waiting_of_kiosk(tx, kiosk, since) if unseen(ticket)]
