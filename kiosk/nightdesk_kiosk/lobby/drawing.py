"""From the flow's pages to widgets: which widget a page is, and what changes while it stays up."""

from __future__ import annotations

from nightdesk_kiosk.lobby import states
from nightdesk_kiosk.lobby.pages.base import Page
from nightdesk_kiosk.lobby.pages.choosing import ChoosingPage
from nightdesk_kiosk.lobby.pages.groups import GroupsPage
from nightdesk_kiosk.lobby.pages.idle import IdlePage, SuspendedPage
from nightdesk_kiosk.lobby.pages.keypad import EntryPage, LettersPage, PinPage
from nightdesk_kiosk.lobby.pages.number import NumberPage
from nightdesk_kiosk.lobby.pages.service_menu import CleaningPage, ServiceMenuPage
from nightdesk_kiosk.lobby.pages.services import ForgotPage, ServicesPage, WhichOnePage
from nightdesk_kiosk.lobby.pages.signs import SignsPage
from nightdesk_kiosk.lobby.pages.words import EmergencyPage, ExplainingPage, HelpPage, WaitingPage
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.states import CallingHelp, LobbyState, ShowingEmergency

_PAGES: dict[type[object], type[Page]] = {
    states.Choosing: ChoosingPage,
    states.AskingSigns: SignsPage,
    states.AskingGroup: GroupsPage,
    states.Services: ServicesPage,
    states.Entering: EntryPage,
    states.ChoosingLetter: LettersPage,
    states.Forgot: ForgotPage,
    states.WhichOne: WhichOnePage,
    states.Waiting: WaitingPage,
    states.ShowingNumber: NumberPage,
    states.Explaining: ExplainingPage,
    states.EnteringPin: PinPage,
    states.ServiceMenu: ServiceMenuPage,
    states.Cleaning: CleaningPage,
    CallingHelp: HelpPage,
    ShowingEmergency: EmergencyPage,
}
"""The widget of each page that is told its state."""


def drawn(state: LobbyState, scene: Scene) -> Page:
    """Return a new widget for what is up: what lies over the page, else the page."""
    up = state.over or state.page
    match up:
        case states.Idle():
            return IdlePage(scene, up, given=state.given is not None)
        case states.Suspended():
            return SuspendedPage(scene)
        case states.Contents() | states.Reading():
            return _information(scene, up)
        case _:
            return _PAGES[type(up)](scene, up)  # type: ignore[call-arg]  # each takes the state it is listed for


def _information(scene: Scene, page: states.Contents | states.Reading) -> Page:
    # imported here: Markdown is many modules, and most patients read none
    from nightdesk_kiosk.lobby.pages.information import ContentsPage, ReadingPage  # noqa: PLC0415

    return ContentsPage(scene, page) if isinstance(page, states.Contents) else ReadingPage(scene, page)


def clip_of(state: LobbyState) -> str:
    """Return the name of the recording that may stand for a page; empty where its words differ between patients."""
    match state.over or state.page:
        case states.Idle():
            return "idle"
        case states.Services():
            return "services"
        case states.Entering():
            return "keypad"
        case states.Forgot():
            return "forgot"
        case _:
            return ""


async def redraw(widget: Page, state: LobbyState) -> None:
    """Show what has changed on what stays up."""
    match widget, state.over or state.page:
        case IdlePage(), states.Idle() as page:
            await widget.show(page)
        case EntryPage(), states.Entering() as entering:
            widget.show(entering)
        case PinPage(), states.EnteringPin() as pin:
            widget.show(pin)
        case NumberPage(), states.ShowingNumber() as number:
            widget.show(number)
        case WaitingPage(), states.Waiting() as waiting:
            widget.show(waiting)
        case HelpPage(), CallingHelp() as help_:
            widget.show(help_)
        case EmergencyPage(), ShowingEmergency() as emergency:
            widget.show(emergency)
