"""What a call screen needs to know: who is called and in which room, who is next, notices, pages, a wished test."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.domain.events import Event
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.queries.room_assignments import moved
from nightdesk_queue.queries.waiting_list import waiting_list
from nightdesk_queue.store import clinics as clinic_states
from nightdesk_queue.store import events, pages, tickets
from nightdesk_queue.store.database import Tx


@dataclass(frozen=True, slots=True)
class ScreenScope:
    """What a screen is for: some clinics and rooms, or all of the hospital where none is named.

    `display`: the screen's id, where pages and tests are meant for it.
    """

    clinics: Collection[str] = ()
    rooms: Collection[str] = ()
    display: str | None = None


@dataclass(frozen=True, slots=True)
class ClinicOnScreen:
    """One clinic a screen is for: patients called or inside, and who follows, in calling order."""

    clinic: Clinic
    in_rooms: Sequence[Ticket]
    following: Sequence[Ticket]


@dataclass(frozen=True, slots=True)
class CallScreenFacts:
    """All a call screen may show at one moment. `hospital` has its clinics in the rooms they are in tonight.

    `pages` are those that this screen shows. `test`: the newest wish to test it.
    """

    hospital: Hospital
    clinics: Sequence[ClinicOnScreen]
    states: Mapping[str, ClinicState]
    pages: Sequence[Page]
    test: Event | None


def call_screen_facts(tx: Tx, hospital: Hospital, scope: ScreenScope, now: datetime, following: int) -> CallScreenFacts:
    """Return what a screen needs to know; of who follows so many of each clinic."""
    states = clinic_states.all_of(tx)
    usual, here = hospital.clinics, moved(hospital, states)
    shown = [clinic for clinic in here.clinic if _concerns(clinic, usual[clinic.id], scope)]
    on_screen = []
    for clinic in shown:
        found = tickets.living(tx, clinic.id, State.CALLED, State.SERVING, State.WAITING)
        in_rooms = [one for one in found if one.room and one.state is not State.WAITING]
        waiting = [one for one in found if one.state is State.WAITING]
        line = waiting_list(tx, clinic, waiting).in_order(now)[:following]
        on_screen.append(
            ClinicOnScreen(
                clinic,
                [one for one in in_rooms if not scope.rooms or one.room in scope.rooms],
                [place.ticket for place in line],
            )
        )
    return CallScreenFacts(
        here,
        on_screen,
        states,
        pages=[page for page in pages.active_pages(tx) if _paged_on(here, page, scope.display)],
        test=events.last_display_test(tx, scope.display) if scope.display else None,
    )


def _concerns(clinic: Clinic, usual: Clinic, scope: ScreenScope) -> bool:
    """Whether a screen is for a clinic. One that has moved still calls, and says so, at the rooms it usually has."""
    if scope.clinics and clinic.id not in scope.clinics:
        return False
    return not scope.rooms or bool({*clinic.rooms, *usual.rooms} & set(scope.rooms))


def _paged_on(hospital: Hospital, page: Page, display: str | None) -> bool:
    clinic = hospital.clinics.get(page.clinic)
    return bool(display and clinic and clinic.on_call and clinic.on_call.display == display)
