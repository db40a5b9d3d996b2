"""Changes of a kiosk: staff take it out of use and back, and say how it looks."""

from __future__ import annotations

from dataclasses import replace

from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.domain.event_data import KioskLook
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.kiosk_state import KioskState, KioskTheme
from nightdesk_queue.rules import refusals
from nightdesk_queue.rules.kiosks import known_brightness
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import kiosks
from nightdesk_queue.store.events import NewEvent


@command(Command.SUSPEND_KIOSK)
def suspend_kiosk(work: Work, kiosk: str) -> KioskState:
    """Take a kiosk out of use: it gives no number and takes no check-in, and goes on raising alarms.

    One that is out of use already stays so. Raises Refused: unknown_kiosk.
    """
    return _set_suspended(work, kiosk, suspended=True)


@command(Command.SUSPEND_KIOSK)
def resume_kiosk(work: Work, kiosk: str) -> KioskState:
    """Put a kiosk back in use; one that is in use already stays so. Raises Refused: unknown_kiosk."""
    return _set_suspended(work, kiosk, suspended=False)


@command(Command.SET_LOOK)
def set_look(work: Work, kiosk: str, theme: KioskTheme, day_percent: int, night_percent: int) -> KioskState:
    """Say which colours a kiosk shows, and how bright it is by day and by night.

    Raises Refused: unknown_kiosk, bad_brightness.
    """
    was = _known(work, kiosk)
    state = replace(
        was, theme=theme, day_percent=known_brightness(day_percent), night_percent=known_brightness(night_percent)
    )
    if state != was:
        kiosks.save(work.tx, state)
        look = KioskLook(theme, day_percent, night_percent)
        record(work, NewEvent(kind=EventKind.KIOSK_LOOK, target=kiosk, data=look))
    return state


def _set_suspended(work: Work, kiosk: str, *, suspended: bool) -> KioskState:
    was = _known(work, kiosk)
    if was.suspended is suspended:
        return was
    state = replace(was, suspended=suspended)
    kiosks.save(work.tx, state)
    kind = EventKind.KIOSK_SUSPEND if suspended else EventKind.KIOSK_RESUME
    record(work, NewEvent(kind=kind, target=kiosk))
    return state


def _known(work: Work, kiosk: str) -> KioskState:
    return kiosks.state_of(work.tx, refusals.kiosk_of(work.hospital, kiosk).id)
