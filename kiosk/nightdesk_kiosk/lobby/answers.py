"""What an answer of the desk leads to. Pure; the answer is known to be for the page that is up."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from nightdesk_kiosk.lobby.exchange import (
    Alarmed,
    Given,
    LastSeen,
    Offered,
    PagesRead,
    PinTried,
    Served,
    Several,
    SlipSeen,
    Slowed,
    Stopped,
)
from nightdesk_kiosk.lobby.patience import Patience, at_home
from nightdesk_kiosk.lobby.states import (
    Awaited,
    CallingHelp,
    Choosing,
    Contents,
    Entering,
    EnteringPin,
    Explaining,
    GivenLast,
    Idle,
    LobbyState,
    ServiceMenu,
    ShowingEmergency,
    ShowingNumber,
    StaffTold,
    Suspended,
    Wait,
    Waiting,
    WhichOne,
)
from nightdesk_kiosk.lobby.steps import drawn_anew, shown
from nightdesk_queue.domain.events import EventKind

Heard: TypeAlias = (
    Alarmed | Offered | LastSeen | Given | Slowed | Several | Stopped | SlipSeen | PagesRead | PinTried | Served
)


def heard(state: LobbyState, answer: Heard, patience: Patience, now: float) -> LobbyState:
    """Return the state an answer leads to."""
    match answer:
        case Alarmed():
            return _alarmed(state, answer)
        case SlipSeen():
            return _slip_seen(state, answer, patience, now)
        case Offered():
            return _offered(state, answer, now)
        case LastSeen(_, issued, seconds) if issued is not None and state.given is None:
            return drawn_anew(replace(state, given=GivenLast(issued, now + seconds)), state.since)
        case PinTried() | Served():
            return _served(state, answer, now)
        case PagesRead(_, pages) if state.awaited is Awaited.PAGES:
            return _under_cover(state, shown(state, Contents(pages), now))
        case Stopped() if state.awaited is not None:
            return _stopped(state, answer, now)
        case _ if state.awaited is Awaited.NUMBER:
            return _numbered(state, answer, now)
        case _:
            return state


def _numbered(state: LobbyState, answer: Heard, now: float) -> LobbyState:
    match state.page, answer:
        case _, Given(_, issued):
            showing = replace(shown(state, ShowingNumber(issued, new=issued.slip), now), touched=now)
            return _under_cover(state, showing)
        case Waiting(back=Entering() as entry), Several(_, tickets, purpose):
            return _under_cover(state, shown(state, WhichOne(tickets, purpose, entry), now))
        case Waiting() as page, Slowed(_, seconds):
            # asked for again by itself, with the same key
            waits = replace(page, wait=Wait.SLOWED, seconds=int(seconds) + 1)
            return replace(state, page=waits, retry_at=now + seconds)
        case Waiting(), Several(_, tickets, purpose):
            return _under_cover(state, shown(state, WhichOne(tickets, purpose, Entering(purpose)), now))
        case _:
            return state


def _under_cover(before: LobbyState, after: LobbyState) -> LobbyState:
    """Return the next state with what lay over the page still over it: help or the way to Emergency comes first.

    Then it is still the same visit: whether staff know is yet to be answered.
    """
    return after if before.over is None else replace(after, over=before.over, visit=before.visit)


def _stopped(state: LobbyState, answer: Stopped, now: float) -> LobbyState:
    if state.awaited is Awaited.PIN:
        return replace(state, page=EnteringPin(words=answer.words), awaited=None)
    if isinstance(state.page, ServiceMenu):
        return replace(state, page=replace(state.page, words=answer.words), awaited=None)
    back = state.page.back if isinstance(state.page, Waiting) else Idle()
    return _under_cover(state, shown(state, Explaining(answer.words, back, answer.ticket), now))


def _offered(state: LobbyState, answer: Offered, now: float) -> LobbyState:
    state = replace(state, offered=answer.glances)
    if state.awaited is Awaited.CLINICS and not answer.kiosk.suspended:
        return _under_cover(state, shown(state, Choosing(answer.glances), now))
    if not at_home(state.page) and state.awaited is not Awaited.CLINICS:
        return state
    page = Suspended() if answer.kiosk.suspended else Idle(answer.glances)
    if type(page) is type(state.page):
        return replace(state, page=page)
    return _under_cover(state, replace(shown(state, page, now), looked=now))


def _alarmed(state: LobbyState, answer: Alarmed) -> LobbyState:
    told = StaffTold.YES if answer.told else StaffTold.NO
    match state.over, answer.kind:
        case CallingHelp(), EventKind.HELP:
            return replace(state, over=CallingHelp(told))
        case ShowingEmergency() as over, EventKind.RED_FLAG:
            return replace(state, over=replace(over, told=told))
        case ShowingEmergency() as over, EventKind.CANNOT_WALK:
            return replace(state, over=replace(over, walk=told))
        case _:
            return state


def _slip_seen(state: LobbyState, answer: SlipSeen, patience: Patience, now: float) -> LobbyState:
    page = state.page
    if not isinstance(page, ShowingNumber):
        return state
    late = now - state.since > patience.slip_late
    seen = replace(page, job=answer.job, late=page.late or late, looking=False, staff_told=answer.staff_told)
    if seen.out and seen.out_at is None:
        seen = replace(seen, out_at=now)
    return replace(state, page=seen)


def _served(state: LobbyState, answer: PinTried | Served, now: float) -> LobbyState:
    match state.page, answer:
        case EnteringPin(), PinTried(_, kiosk, _) if kiosk is not None and state.awaited is Awaited.PIN:
            return shown(state, ServiceMenu(kiosk), now)
        case EnteringPin(), PinTried(_, _, words):
            return replace(state, page=EnteringPin(words=words), awaited=None)
        case ServiceMenu(), Served(_, kiosk, words, lines):
            menu = ServiceMenu(kiosk, words, lines or None)
            return drawn_anew(replace(state, page=menu, awaited=None), now)
        case _:
            return state
