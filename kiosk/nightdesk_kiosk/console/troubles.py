"""What is wrong, the most dangerous first: one list for the panel, and for the page that shows all of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.console_desk import Look
from nightdesk_kiosk.console.refused_transfers import named
from nightdesk_kiosk.device_wording import cause_text, state_text
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceHealth, DeviceKind, DeviceState
from nightdesk_queue.domain.events import RAISED_BY_PATIENTS, EventKind
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.alarms import ToldAlarm
from nightdesk_queue.text.bilingual import Text, joined, same


class Danger(IntEnum):
    """How dangerous a trouble is, the most dangerous first."""

    LIFE = 0
    PAGE = 1
    PATIENT = 2
    SLIP = 3
    DEVICE = 4
    PROGRAM = 5


UNTOLD_MINUTES = 10
KEYS_SHOWN = 3
"""Of the configuration, where this machine's differs."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One line. `alarm` or `page`: what it tells of, where it is one."""

    danger: Danger
    words: Text
    alarm: ToldAlarm | None = None
    page: Page | None = None


def troubles(look: Look, hospital: Hospital) -> list[Trouble]:
    """Return everything that is wrong; of the same danger what came first stands first."""
    found = [
        *(Trouble(_danger_of(alarm), _alarm(alarm, hospital), alarm=alarm) for alarm in look.alarms),
        *(Trouble(Danger.PAGE, _page(page, hospital), page=page) for page in look.pages),
        *(Trouble(Danger.PATIENT, words) for words in _refused(look, hospital)),
        *(Trouble(Danger.PATIENT, words) for words in _patients(look)),
        *(Trouble(Danger.PATIENT, words) for words in _empty_rooms(look, hospital)),
        *(Trouble(Danger.SLIP, words) for words in _slips(look)),
        *(Trouble(Danger.DEVICE, _device(trouble, hospital)) for trouble in look.troubles),
        *(Trouble(Danger.DEVICE, words) for words in _untold(look, hospital)),
        *(Trouble(Danger.PROGRAM, words) for words in _outdated(look)),
        *(Trouble(Danger.PROGRAM, words) for words in _differs(look)),
    ]
    return sorted(found, key=lambda trouble: trouble.danger)


def _danger_of(alarm: ToldAlarm) -> Danger:
    return Danger.LIFE if alarm.event.kind in RAISED_BY_PATIENTS else Danger.SLIP


def _page(page: Page, hospital: Hospital) -> Text:
    return texts.PAGE.fill(
        at=f"{page.at.astimezone(hospital.zone):%H:%M}",
        number=page.number,
        clinic=hospital.clinic_name(page.clinic),
        n=page.rounds,
    )


def _alarm(alarm: ToldAlarm, hospital: Hospital) -> Text:
    at = f"{alarm.event.at.astimezone(hospital.zone):%H:%M}"
    if alarm.event.kind is EventKind.MANY_NUMBERS:
        # it names its kiosk itself
        return texts.MANY_NUMBERS.fill(at=at, what=alarm.text)
    return texts.ALARM.fill(at=at, where=alarm.event.station, what=alarm.text)


def _refused(look: Look, hospital: Hospital) -> Iterator[Text]:
    """Yield whom Emergency has sent and the queue refused: they are still there, and somebody has to decide."""
    for entry in look.refused:
        yield texts.REFUSED.fill(**named(entry, hospital), why=entry.told)


def _patients(look: Look) -> Iterator[Text]:
    """Yield who must not be forgotten: overdue, called and not come, away too long, left over from a session."""
    groups: tuple[tuple[Text, Sequence[Ticket]], ...] = (
        (texts.OVERDUE, [one for queue in look.queues for one in queue.overdue]),
        (texts.NOT_COME, [one for queue in look.queues for one in queue.not_come]),
        (texts.AWAY_TOO_LONG, [one for queue in look.queues for one in queue.away_too_long]),
        (texts.LEFT_OVER, [one.ticket for one in look.leftovers if not one.kept]),
    )
    for words, found in groups:
        if found:
            yield words.fill(numbers=" ".join(ticket.number for ticket in found), n=len(found))


def _slips(look: Look) -> Iterator[Text]:
    """Yield the slips that no printer will print by itself: their patients have none."""
    if look.slips_to_fix:
        numbers = " ".join(dict.fromkeys(job.number or f"#{job.id}" for job in look.slips_to_fix))
        yield texts.SLIPS_TO_FIX.fill(n=len(look.slips_to_fix), numbers=numbers)


def _empty_rooms(look: Look, hospital: Hospital) -> Iterator[Text]:
    """Yield the rooms in which nobody seems to be."""
    for queue in look.queues:
        for room in queue.empty_rooms:
            yield texts.SEEMS_EMPTY.fill(room=hospital.room_name(room), n=queue.clinic.empty_after_minutes)


def _untold(look: Look, hospital: Hospital) -> Iterator[Text]:
    """Yield that another system has not heard for a while what became of its patients."""
    count, first = look.untold
    if first is not None and look.at - first > timedelta(minutes=UNTOLD_MINUTES):
        yield texts.UNTOLD.fill(n=count, at=f"{first.astimezone(hospital.zone):%H:%M}")


def _outdated(look: Look) -> Iterator[Text]:
    """Yield which programs have to be restarted to run with config.toml as it is now."""
    if look.outdated:
        yield texts.OUTDATED.fill(programs=joined([one.name for one in look.outdated]))


def _differs(look: Look) -> Iterator[Text]:
    """Yield in which keys this machine's config.toml differs from the one that all machines share."""
    if look.differs:
        keys = [same(one.key) for one in look.differs[:KEYS_SHOWN]]
        more = len(look.differs) - len(keys)
        yield texts.CONFIG_DIFFERS.fill(keys=joined(keys, "，", ", "), more=f" +{more}" if more else "")


def _device(trouble: DeviceHealth, hospital: Hospital) -> Text:
    name = hospital.printer_name(trouble.id) if trouble.kind is DeviceKind.PRINTER else trouble.id
    if trouble.state is DeviceState.LOW:
        return texts.PRINTER_LOW.fill(id=name)
    words = texts.DEVICE_FAULTS[trouble.kind]
    state, cause = state_text(trouble.state), cause_text(trouble.cause)
    return words.fill(id=name, state=state, cause=cause, n=trouble.slips_waiting)
