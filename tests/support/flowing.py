"""The lobby's flow for examples: a kiosk, a number, and what messages lead to."""

from __future__ import annotations

from dataclasses import replace

from lining import ticket
from places import EXAMPLE_FILE

from nightdesk_kiosk.lobby.exchange import Message
from nightdesk_kiosk.lobby.flow import Flow
from nightdesk_kiosk.lobby.messages import Issued, Purpose
from nightdesk_kiosk.lobby.patience import Patience
from nightdesk_kiosk.lobby.states import (
    Awaited,
    Entering,
    LobbyState,
    Over,
    Page,
)
from nightdesk_kiosk.lobby.steps import Step
from nightdesk_queue.config import load
from nightdesk_queue.domain.kiosk_state import KioskState
from nightdesk_queue.text.bilingual import same

BONE = load(EXAMPLE_FILE).clinics["bone"]
FLOW = Flow(("zh", "en", "ja"), "run")
ISSUED = Issued(ticket(1), None)
WORDS = same("no")
KIOSK = KioskState("lobby-1")
ENTRY = Entering(Purpose.CHECK_IN, "N01")


def on(page: Page, awaited: Awaited | None = None, over: Over | None = None) -> LobbyState:
    """A lobby on a page since second 100, touched then."""
    return LobbyState(page, "zh", False, 7, 3, since=100.0, over=over, touched=100.0, awaited=awaited, looked=100.0)


def after(state: LobbyState, *messages: Message, now: float = 110.0, flow: Flow = FLOW) -> Step:
    """What several messages of one moment lead to; the effects are those of the last. Nothing has to settle."""
    step = Step(state)
    for message in messages:
        step = replace(flow, patience=Patience(settle=0.0, double=0.0)).step(step.state, message, now)
    return step
