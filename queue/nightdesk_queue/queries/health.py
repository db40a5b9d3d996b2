"""How the whole hospital's night is, in one word and a few figures, for a program that watches it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceHealth, DeviceKind
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.queries.device_health import device_health, printers_among
from nightdesk_queue.rules.slip_rules import kiosks_without_printer
from nightdesk_queue.store import events, pages, slips, tickets
from nightdesk_queue.store.database import Tx
from nightdesk_queue.text.bilingual import Text

SERVICES = ("task", "timer")
"""The lock of the process that serves the devices."""
PAGE_MINUTES = 15
"""A page that nobody has answered for so long is critical."""


class Grade(IntEnum):
    """How bad it is; the values are the exit statuses that monitoring understands (Nagios plugin guidelines)."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that is not as it should be."""

    grade: Grade
    text: Text


@dataclass(frozen=True, slots=True)
class Health:
    """All concerns, the worst first, and the figures."""

    concerns: tuple[Concern, ...]
    figures: dict[str, int]

    @property
    def grade(self) -> Grade:
        """The worst of the concerns."""
        return max((one.grade for one in self.concerns), default=Grade.OK)


NOT_RUNNING = Text(
    zh="nightdesk run 没有运行：不打印、不叫屏、不呼叫值班医生",
    en="nightdesk run is not running: nothing is printed, shown or paged",
)
NO_PRINTER = Text(zh="自助机 {kiosk} 没有可用的打印机", en="kiosk {kiosk} has no printer that works")
AWAY = Text(zh="{kind} {id} 不可用({cause})", en="{kind} {id} does not work ({cause})")
DANGER = Text(zh="{n} 个危险征象或求助未处理", en="{n} danger sign(s) or call(s) for help nobody has looked at")
ALARMS = Text(zh="{n} 个警报未确认", en="{n} open alarm(s)")
PAGE = Text(zh="{n} 个值班呼叫未应答，最久 {m} 分钟", en="{n} page(s) unanswered, the oldest for {m} min")
SLIPS = Text(zh="{n} 张小票失败或不明", en="{n} slip(s) failed or unknown")


def health(tx: Tx, hospital: Hospital, now: datetime) -> Health:
    """Return what a program that watches the night should know."""
    facts = _Facts(device_health(tx, hospital), events.open_alarms(tx), pages.active_pages(tx))
    concerns = tuple(sorted(_concerns(tx, hospital, facts, now), key=lambda one: -one.grade))
    return Health(concerns, _figures(tx, hospital, facts, now))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What concerns and figures are both taken from."""

    devices: Sequence[DeviceHealth]
    alarms: Sequence[Event]
    pages: Sequence[Page]


def _concerns(tx: Tx, hospital: Hospital, facts: _Facts, now: datetime) -> Iterator[Concern]:
    if tx.is_served(*SERVICES):
        yield from _devices(hospital, facts.devices)
    else:
        yield Concern(Grade.CRITICAL, NOT_RUNNING)
    alarms = facts.alarms
    danger = sum(one.kind in (EventKind.RED_FLAG, EventKind.HELP) for one in alarms)
    if danger:
        yield Concern(Grade.CRITICAL, DANGER.fill(n=danger))
    if len(alarms) > danger:
        yield Concern(Grade.WARNING, ALARMS.fill(n=len(alarms) - danger))
    if unanswered := facts.pages:
        minutes = max(0, round((now - unanswered[0].at).total_seconds() / 60))
        grade = Grade.CRITICAL if minutes >= PAGE_MINUTES else Grade.WARNING
        yield Concern(grade, PAGE.fill(n=len(unanswered), m=minutes))
    if failed := len(slips.to_fix(tx)):
        yield Concern(Grade.WARNING, SLIPS.fill(n=failed))


def _devices(hospital: Hospital, found: Sequence[DeviceHealth]) -> Iterator[Concern]:
    for kiosk in kiosks_without_printer(hospital, printers_among(found)):
        yield Concern(Grade.CRITICAL, NO_PRINTER.fill(kiosk=kiosk.id))
    for device in found:
        if not device.works:
            told = AWAY.fill(kind=device.kind, id=device.id, cause=device.cause or device.state)
            yield Concern(Grade.WARNING, told)


def _figures(tx: Tx, hospital: Hospital, facts: _Facts, now: datetime) -> dict[str, int]:
    waiting = [
        ticket
        for clinic in hospital.clinic
        for ticket in tickets.living(tx, clinic.id, State.WAITING)
        if ticket.arrived_at <= now
    ]
    oldest = max((now - (one.waits_from or one.queued_at) for one in waiting), default=timedelta(0))
    devices = facts.devices
    return {
        "waiting": len(waiting),
        "longest_wait_minutes": max(0, round(oldest.total_seconds() / 60)),
        "printers": sum(one.kind is DeviceKind.PRINTER for one in devices),
        "printers_working": sum(one.kind is DeviceKind.PRINTER and one.works for one in devices),
        "displays": sum(one.kind is DeviceKind.DISPLAY for one in devices),
        "displays_working": sum(one.kind is DeviceKind.DISPLAY and one.works for one in devices),
        "slips_waiting": sum(one.slips_waiting for one in devices),
        "open_alarms": len(facts.alarms),
        "open_pages": len(facts.pages),
    }
