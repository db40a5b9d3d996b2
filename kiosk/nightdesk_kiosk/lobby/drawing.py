"""From the flow's pages to widgets: which widget a page is, and what changes while it stays up."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from nightdesk_kiosk.lobby import states, texts
from nightdesk_kiosk.lobby.messages import GoHome
from nightdesk_kiosk.lobby.pages import (
    ChoosePage,
    ConfirmPage,
    EmergencyPage,
    EntryPage,
    IdlePage,
    NumberPage,
    Page,
    WordPage,
)
from nightdesk_kiosk.lobby.states import (
    CallingHelp,
    Choosing,
    Confirming,
    Entering,
    Explaining,
    Idle,
    LobbyState,
    ShowingEmergency,
    ShowingNumber,
    StaffTold,
    Wait,
    Waiting,
)
from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.text.bilingual import Text

WAIT_WORDS: dict[Wait, Text] = {
    Wait.FOR_NUMBER: texts.PLEASE_WAIT,
    Wait.FOR_ANSWER: texts.ONE_MOMENT,
    Wait.LONG: texts.STILL_WAITING,
    Wait.HELP_CALLED: texts.WAITING_AND_HELP,
    Wait.HELP_NOT_TOLD: texts.WAITING_NO_HELP,
}
HELP_WORDS: dict[StaffTold, Text] = {
    StaffTold.UNKNOWN: texts.CALLING_HELP,
    StaffTold.YES: texts.HELP_COMING,
    StaffTold.NO: texts.HELP_NOT_TOLD,
}


def drawn(state: LobbyState, hospital: Hospital, kiosk: Kiosk, now: datetime) -> Page:
    """Return a new widget for the page that is up."""
    page, language = state.page, state.language
    widget: Page
    match page:
        case Idle():
            widget = IdlePage(hospital, language, now)
        case Choosing():
            widget = ChoosePage(hospital, language, page, now)
        case Confirming(clinic):
            widget = ConfirmPage(hospital, language, clinic)
        case Entering():
            widget = EntryPage(hospital, language, _prefixes(hospital, kiosk), page)
        case ShowingNumber():
            widget = NumberPage(hospital, language, page)
        case Waiting(wait):
            widget = WordPage(hospital, language, WAIT_WORDS[wait], back=None)
        case CallingHelp(told):
            widget = WordPage(hospital, language, HELP_WORDS[told], back=GoHome())
        case Explaining(words, back):
            widget = WordPage(hospital, language, words, back=back)
        case ShowingEmergency(told):
            widget = EmergencyPage(hospital, language, told)
        case _:
            assert_never(page)
    return widget


def redraw(widget: Page, page: states.Page) -> None:
    """Show what has changed on a page that stays up."""
    match widget, page:
        case EntryPage(), Entering():
            widget.show(page)
        case NumberPage(), ShowingNumber():
            widget.show(page)
        case WordPage(), Waiting(wait):
            widget.show(WAIT_WORDS[wait])
        case WordPage(), CallingHelp(told):
            widget.show(HELP_WORDS[told])
        case EmergencyPage(), ShowingEmergency(told):
            widget.show(told)


def _prefixes(hospital: Hospital, kiosk: Kiosk) -> list[str]:
    """Return those on offer here first; a patient transferred to one of them has the letter of another."""
    offered = [clinic.prefix for clinic in hospital.offered_at(kiosk)]
    return [*offered, *(clinic.prefix for clinic in hospital.clinic if clinic.prefix not in offered)]
