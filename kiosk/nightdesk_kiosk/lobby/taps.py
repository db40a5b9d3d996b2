"""What a tap leads to on each page of the lobby. Pure: a state and a tap give the next state and the effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypeAlias

from nightdesk_kiosk.lobby.exchange import (
    BeginAnew,
    Issue,
    LookAtClinics,
    RaiseAlarm,
    ReadPages,
    Report,
    Reprint,
    Serve,
    TryPin,
)
from nightdesk_kiosk.lobby.messages import (
    AskFor,
    AskWhy,
    CallHelp,
    ChangeLanguage,
    ChangeSize,
    ChooseClinic,
    ChooseGroup,
    ChooseLetter,
    ChooseMeant,
    Close,
    DeleteKey,
    EnterNumber,
    EnterPin,
    ForgetNumber,
    GoBack,
    GoHome,
    GoToEmergency,
    KeepInMind,
    LockForCleaning,
    NoSigns,
    PrintAgain,
    PrintTest,
    Purpose,
    ReadPage,
    Restart,
    SayCannotWalk,
    Scan,
    SeeAllLetters,
    SeeClinics,
    SeeErrors,
    SeeGiven,
    SeeLetters,
    SeeMore,
    SeePages,
    SeeServices,
    SetBrightness,
    SetTheme,
    SuspendKiosk,
    Tapped,
    TouchScreen,
    TypeKey,
)
from nightdesk_kiosk.lobby.patience import Patience, at_home, of_service
from nightdesk_kiosk.lobby.states import (
    LONGEST_PIN,
    AskingGroup,
    AskingSigns,
    Awaited,
    CallingHelp,
    Choosing,
    ChoosingLetter,
    Cleaning,
    Contents,
    Entering,
    EnteringPin,
    Explaining,
    Forgot,
    Idle,
    LobbyState,
    Page,
    Reading,
    ServiceMenu,
    Services,
    ShowingEmergency,
    ShowingNumber,
    StaffTold,
    Wait,
    Waiting,
    WhichOne,
)
from nightdesk_kiosk.lobby.steps import Step, covered, drawn_anew, shown
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.events import EventKind

Asked: TypeAlias = Tapped | TouchScreen
TOUCHES_OF_NAME = 5


class Rules(Protocol):
    """What a tap may depend on beside the state: how this kiosk is set up."""

    @property
    def languages(self) -> Sequence[str]:
        """Those of the screen, the default first."""

    @property
    def kiosk_run(self) -> str:
        """What no other run shares."""

    @property
    def patience(self) -> Patience:
        """How long things take."""

    @property
    def groups(self) -> bool:
        """Whether there are groups that go first to ask for."""

    def home(self, state: LobbyState, now: float) -> LobbyState:
        """Return the idle page as the next patient finds it."""


def tapped(state: LobbyState, tap: Tapped, rules: Rules, now: float) -> Step:
    """Return what a tap leads to: what every page has first, then what lies over it, then the page's own."""
    match tap:
        case GoToEmergency() if not of_service(state.page):
            return _go_to_emergency(state, now)
        case CallHelp() if not of_service(state.page):
            return _call_help(state, now)
        case ChangeLanguage():
            following = rules.languages.index(state.language) + 1
            language = rules.languages[following % len(rules.languages)]
            return Step(drawn_anew(replace(state, language=language), now))
        case ChangeSize():
            return Step(drawn_anew(replace(state, elder=not state.elder), now))
        case _ if state.over is not None:
            return _tap_over(state, tap, rules, now)
        case GoHome() | GoBack() if isinstance(state.page, ShowingNumber | Waiting):
            # a number goes by a target of its own, and one on its way is waited for
            return Step(state)
        case GoHome():
            return Step(state if at_home(state.page) else rules.home(state, now))
        case GoBack():
            return _back(state, rules, now)
        case _:
            return _tap_on_page(state, tap, rules, now)


# over a page -------------------------------------------------------------------------------------------------------


def _go_to_emergency(state: LobbyState, now: float) -> Step:
    if isinstance(state.over, ShowingEmergency):
        return Step(state)
    alarm = RaiseAlarm(state.visit, EventKind.RED_FLAG, _clinic_of(state.page))
    return Step(covered(state, ShowingEmergency(), now), (alarm,))


def _clinic_of(page: Page) -> Clinic | None:
    return page.clinic if isinstance(page, AskingSigns | AskingGroup) else None


def _call_help(state: LobbyState, now: float) -> Step:
    if isinstance(state.over, CallingHelp) and state.over.told is StaffTold.UNKNOWN:
        return Step(state)
    return Step(covered(state, CallingHelp(), now), (RaiseAlarm(state.visit, EventKind.HELP, None),))


def _tap_over(state: LobbyState, tap: Tapped, rules: Rules, now: float) -> Step:
    match state.over, tap:
        case ShowingEmergency() as over, SayCannotWalk() if over.walk in (StaffTold.NOT_ASKED, StaffTold.NO):
            asked = replace(state, over=replace(over, walk=StaffTold.UNKNOWN))
            return Step(asked, (RaiseAlarm(state.visit, EventKind.CANNOT_WALK, None),))
        case ShowingEmergency(), Close():
            # who was sent to Emergency does not go on to a number; one that is given already must be seen
            kept = isinstance(state.page, ShowingNumber) or state.awaited is Awaited.NUMBER
            return Step(covered(state, None, now) if kept else rules.home(state, now))
        case CallingHelp(), Close():
            return Step(covered(state, None, now))
        case _:
            return Step(state)


# pages -------------------------------------------------------------------------------------------------------------


def _back(state: LobbyState, rules: Rules, now: float) -> Step:
    match state.page:
        case AskingSigns(clinic, _, earlier) if earlier:
            return Step(shown(state, AskingSigns(clinic, earlier[-1], earlier[:-1]), now))
        case AskingSigns():
            return see_clinics(state)
        case AskingGroup(clinic):
            return Step(shown(state, AskingSigns(clinic), now))
        case Entering():
            return Step(shown(state, Services(), now))
        case Forgot(entry) | WhichOne(entry=entry) | ChoosingLetter(entry):
            return Step(shown(state, entry, now))
        case Explaining(back=back):
            return Step(rules.home(state, now) if at_home(back) else shown(state, back, now))
        case Reading(pages):
            return Step(shown(state, Contents(pages), now))
        case _:
            return Step(state if at_home(state.page) else rules.home(state, now))


def see_clinics(state: LobbyState) -> Step:
    """Return the step that looks the clinics up; they are asked for once."""
    if state.awaited or not isinstance(state.page, Idle | AskingSigns):
        return Step(state)
    return Step(replace(state, awaited=Awaited.CLINICS), (LookAtClinics(state.visit),))


def _tap_on_page(state: LobbyState, tap: Tapped, rules: Rules, now: float) -> Step:
    """Take a tap that only one page has; on any other it comes from a page that is gone."""
    match state.page, tap:
        case Idle(), _:
            return _on_idle(state, tap, now)
        case ((Choosing() | AskingSigns() | AskingGroup()), _):
            return _towards_number(state, tap, rules, now)
        case ((Services() | Entering() | ChoosingLetter() | Forgot() | WhichOne() | Explaining()), _):
            return _with_number(state, tap, now)
        case ShowingNumber() as page, KeepInMind() if page.out or page.late:
            return Step(rules.home(state, now))
        case ShowingNumber(issued) as page, PrintAgain() if issued.again:
            # a refusal leads back to the number
            asked = _waits(state, Waiting(Wait.FOR_ANSWER, replace(page, looking=False)), now)
            return Step(asked, (Reprint(asked.visit, issued),))
        case Contents(pages), SeeMore(first):
            return Step(shown(state, Contents(pages, first), now))
        case ((Contents(pages) | Reading(pages)), ReadPage(name, first)):
            wanted = next((one for one in pages if one.name == name), None)
            return Step(shown(state, Reading(pages, wanted, first), now) if wanted else state)
        case ((EnteringPin() | ServiceMenu()), _):
            return _serve(state, tap, rules, now)
        case _:
            return Step(state)


def _on_idle(state: LobbyState, tap: Tapped, now: float) -> Step:
    match tap:
        case SeeClinics():
            return see_clinics(state)
        case SeeServices():
            return Step(shown(state, Services(), now))
        case SeeGiven() if state.given is not None:
            return Step(shown(state, ShowingNumber(state.given.issued), now))
        case SeePages() if state.awaited is None:
            return Step(replace(state, awaited=Awaited.PAGES), (ReadPages(state.visit),))
        case _:
            return Step(state)


def _towards_number(state: LobbyState, tap: Tapped, rules: Rules, now: float) -> Step:
    match state.page, tap:
        case Choosing() as page, SeeMore(first):
            return Step(shown(state, replace(page, first=first), now))
        case Choosing(), ChooseClinic(clinic):
            return Step(shown(state, AskingSigns(clinic), now))
        case Choosing() as page, AskWhy(words):
            return Step(shown(state, Explaining(words, page), now))
        case AskingSigns(clinic, first, earlier), NoSigns(following) if following is not None:
            return Step(shown(state, AskingSigns(clinic, following, (*earlier, first)), now))
        case AskingSigns(clinic), NoSigns() if rules.groups:
            return Step(shown(state, AskingGroup(clinic), now))
        case AskingSigns(clinic), NoSigns():
            return _issue(state, clinic, None, rules, now)
        case AskingGroup() as page, SeeMore(first):
            return Step(shown(state, replace(page, first=first), now))
        case AskingGroup(clinic), ChooseGroup(group):
            return _issue(state, clinic, group, rules, now)
        case _:
            return Step(state)


def _issue(state: LobbyState, clinic: Clinic, group: str | None, rules: Rules, now: float) -> Step:
    asked = _waits(state, Waiting(Wait.FOR_NUMBER, Idle()), now)
    # one key a confirmation: however often the database is asked, it is one number
    wish = Issue(asked.visit, clinic, group, state.language, f"{rules.kiosk_run}-{asked.visit}")
    return Step(replace(asked, retry=wish), (wish,))


def _with_number(state: LobbyState, tap: Tapped, now: float) -> Step:
    match state.page, tap:
        case Services(), SeeMore(first):
            return Step(shown(state, Services(first), now))
        case Services(), AskFor(purpose):
            return Step(shown(state, Entering(purpose), now))
        case Services(), SeePages() if state.awaited is None:
            return Step(replace(state, awaited=Awaited.PAGES), (ReadPages(state.visit),))
        case ((Entering() | ChoosingLetter()), _):
            return _on_keypad(state, tap, now)
        case WhichOne() as page, SeeMore(first):
            return Step(shown(state, replace(page, first=first), now))
        case WhichOne(tickets, purpose, entry), ChooseMeant(ticket) if any(one.id == ticket for one in tickets):
            return _report(state, ticket, purpose, entry, now)
        case Explaining(_, back, report), ChooseMeant(ticket) if report == ticket:
            return _report(state, ticket, Purpose.CHECK_IN, back, now)
        case _:
            return Step(state)


def _on_keypad(state: LobbyState, tap: Tapped, now: float) -> Step:
    match state.page, tap:
        case Entering() as page, DeleteKey():
            return Step(replace(state, page=page.without_last()))
        case Entering() as page, SeeLetters(first):
            return Step(drawn_anew(replace(state, page=replace(page, letters=first)), now))
        case Entering() as page, SeeAllLetters():
            return Step(shown(state, ChoosingLetter(page), now))
        case ChoosingLetter(entry), SeeAllLetters(first):
            return Step(shown(state, ChoosingLetter(entry, first), now))
        case ChoosingLetter(entry), ChooseLetter(key):
            return Step(shown(state, entry.with_key(key), now))
        case Entering() as page, ForgetNumber():
            return Step(shown(state, Forgot(page), now))
        case Entering(purpose, entered) as page, EnterNumber() if entered:
            return _report(state, entered, purpose, page, now)
        case _:
            return Step(state)


def _report(state: LobbyState, said: str, purpose: Purpose, back: Page, now: float) -> Step:
    asked = _waits(state, Waiting(Wait.FOR_ANSWER, back), now)
    return Step(asked, (Report(asked.visit, said, purpose),))


def _waits(state: LobbyState, page: Waiting, now: float) -> LobbyState:
    return replace(shown(state, page, now), awaited=Awaited.NUMBER)


# keys and codes ----------------------------------------------------------------------------------------------------


def type_key(state: LobbyState, typed: TypeKey) -> Step:
    """Return what a key of a keypad leads to."""
    match state.page:
        case Entering() as page:
            return Step(replace(state, page=page.with_key(typed.key)))
        case EnteringPin(entered) if typed.key.isdecimal() and state.awaited is None:
            return Step(replace(state, page=EnteringPin((entered + typed.key)[:LONGEST_PIN])))
        case _:
            return Step(state)


def scanned(state: LobbyState, scan: Scan, now: float) -> Step:
    """Return what a scanned code leads to: on the pages for numbers and on the idle page it is a number reported."""
    if state.over is not None or state.awaited is not None:
        return Step(state)
    match state.page:
        case Entering(purpose) as page:
            return _report(state, scan.said, purpose, page, now)
        case WhichOne(_, purpose, entry) | Forgot(Entering(purpose) as entry):
            return _report(state, scan.said, purpose, entry, now)
        case Idle() | Services() | Choosing() | Explaining():
            return _report(state, scan.said, Purpose.CHECK_IN, Idle(), now)
        case EnteringPin() if scan.said.isdecimal() and len(scan.said) <= LONGEST_PIN:
            # no scanner: a keyboard, under the fingers of somebody who types fast
            return Step(replace(state, awaited=Awaited.PIN), (TryPin(state.visit, scan.said),))
        case _:
            return Step(state)


# service -----------------------------------------------------------------------------------------------------------


def touch_name(state: LobbyState, patience: Patience, now: float) -> Step:
    """Count touches of the hospital's name: five soon after one another open the entry of the service PIN."""
    if not at_home(state.page) or state.over is not None:
        return Step(state)
    names = tuple(at for at in (*state.names, now) if now - at <= patience.name)
    if len(names) < TOUCHES_OF_NAME:
        return Step(replace(state, names=names))
    return Step(shown(replace(state, names=()), EnteringPin(), now))


def _serve(state: LobbyState, tap: Tapped, rules: Rules, now: float) -> Step:
    match state.page, tap:
        case EnteringPin(entered), DeleteKey():
            return Step(replace(state, page=EnteringPin(entered[:-1])))
        case EnteringPin(entered), EnterPin() if entered and state.awaited is None:
            return Step(replace(state, awaited=Awaited.PIN), (TryPin(state.visit, entered),))
        case ServiceMenu(), (SetTheme() | SetBrightness() | SuspendKiosk() | PrintTest() | SeeErrors()) as wish:
            if state.awaited is not None:
                return Step(state)
            return Step(replace(state, awaited=Awaited.SERVICE), (Serve(state.visit, wish),))
        case ServiceMenu(kiosk), LockForCleaning():
            return Step(shown(state, Cleaning(kiosk, now + rules.patience.cleaning), now))
        case ServiceMenu(), Restart():
            return Step(rules.home(state, now), (BeginAnew(),))
        case _:
            return Step(state)
