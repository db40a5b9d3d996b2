"""The lobby's flow: what each tap, each answer and each second leads to.

A pure state machine: a state and a message give the next state and the effects to carry out. It draws nothing, asks
nobody and has no clock of its own, so every path can be tested without a screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from nightdesk_kiosk.lobby.messages import (
    Alarmed,
    Answer,
    CallHelp,
    ChangeLanguage,
    ChooseClinic,
    DeleteKey,
    Effect,
    EnterNumber,
    Given,
    GoHome,
    GoToEmergency,
    Issue,
    LookAtClinics,
    LookAtSlip,
    Message,
    Offered,
    PressKey,
    PrintAgain,
    RaiseAlarm,
    Report,
    ReportEntry,
    Reprint,
    SeeClinics,
    SeeMore,
    SlipSeen,
    Stopped,
    TakeNumber,
    Tapped,
    TimePasses,
    TouchScreen,
    TypeKey,
)
from nightdesk_kiosk.lobby.states import (
    HOME,
    Awaited,
    CallingHelp,
    Choosing,
    Confirming,
    Entering,
    Explaining,
    Idle,
    LobbyState,
    Page,
    ShowingEmergency,
    ShowingNumber,
    StaffTold,
    Wait,
    Waiting,
)
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.text.bilingual import Language


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds without a touch until the lobby goes back to its idle page by itself, and what is told before.

    `settle`: for so long after a page has changed, taps are not meant for the new page but are the second half of a
    double tap, or a trembling hand. `warn`: before the end the seconds left are shown. `slow`: an answer that takes
    longer is told to be on its way. `slip_late`: a slip that takes longer may not come.
    """

    choosing: float = 60.0
    number: float = 40.0
    settle: float = 0.8
    warn: float = 20.0
    slow: float = 3.0
    slip_late: float = 6.0


class Step(NamedTuple):
    """What a message leads to: the next state, and what the desk is to be asked, in this order."""

    state: LobbyState
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """The flow of one kiosk. `languages`: the default first. `kiosk_run`: no two runs of any kiosk share it."""

    languages: Sequence[Language]
    kiosk_run: str
    patience: Patience = Patience()

    def begin(self, now: float) -> LobbyState:
        """Return the idle page in the default language."""
        return LobbyState(Idle(), self.languages[0], visit=0, since=now)

    def step(self, state: LobbyState, message: Message, now: float) -> Step:
        """Return what a message leads to at a moment."""
        match message:
            case TimePasses():
                return self._pass_time(state, now)
            case Offered() | Given() | Stopped() | Alarmed() | SlipSeen():
                # an answer counts only for the page that asked: by now another patient may stand here
                return self._hear(state, message, now) if message.visit == state.visit else Step(state)
            case PressKey():
                return Step(self._touched(state, now))
            case TouchScreen():
                starts = isinstance(state.page, Idle) and not self.settling(state, now)
                return self._alive(self._see_clinics(state) if starts else Step(state), now)
            case TypeKey():
                # keys are meant for the page they are on, however fast they follow one another
                return self._alive(_type(state, message), now)
            case _:
                return Step(state) if self.settling(state, now) else self._alive(self._tap(state, message, now), now)

    def settling(self, state: LobbyState, now: float) -> bool:
        """Whether the page is so new that a tap cannot be meant for it."""
        return now - state.since < self.patience.settle

    def seconds_left(self, state: LobbyState, now: float) -> int | None:
        """Return the seconds to show until the lobby goes home; None while there are many, and at home."""
        if state.deadline is None or isinstance(state.page, Idle):
            return None
        left = state.deadline - now
        return int(left) + 1 if left <= self.patience.warn else None

    # what patients do ----------------------------------------------------------------------------------------------

    def _tap(self, state: LobbyState, tap: Tapped, now: float) -> Step:
        match tap:
            case GoHome():
                return Step(state if isinstance(state.page, Idle) else self._home(state, now))
            case CallHelp():
                return self._call_help(state, now)
            case GoToEmergency():
                return self._go_to_emergency(state, now)
            case ChangeLanguage():
                return Step(self._change_language(state, now))
            case SeeClinics():
                return self._see_clinics(state)
            case _:
                return self._tap_on_page(state, tap, now)

    def _tap_on_page(self, state: LobbyState, tap: Tapped, now: float) -> Step:
        """Take a tap that only one page has; on any other it comes from a page that is gone."""
        match state.page, tap:
            case Choosing() as page, SeeMore():
                return Step(_shown(state, replace(page, first=page.following), now))
            case Choosing(), ChooseClinic(clinic):
                return Step(_shown(state, Confirming(clinic), now))
            case (Choosing(), EnterNumber()) | (Explaining(back=EnterNumber()), EnterNumber()):
                return Step(_shown(state, Entering(), now))
            case Entering() as page, DeleteKey():
                return Step(replace(state, page=page.without_last()))
            case _:
                return self._ask_for_number(state, tap, now)

    def _ask_for_number(self, state: LobbyState, tap: Tapped, now: float) -> Step:
        """Take a tap that is answered by a number. The page that waits for it has no other target."""
        match state.page, tap:
            case Entering(entered), ReportEntry() if entered:
                asked = _waits(state, Waiting(Wait.FOR_ANSWER, EnterNumber()), now)
                return Step(asked, (Report(asked.visit, entered),))
            case Confirming(clinic), TakeNumber():
                asked = _waits(state, Waiting(Wait.FOR_NUMBER), now)
                # one key a confirmation: however often the database is asked, it is one number
                key = f"{self.kiosk_run}-{asked.visit}"
                return Step(asked, (Issue(asked.visit, clinic, state.language, key),))
            case ShowingNumber(issued), PrintAgain() if issued.again:
                asked = _waits(state, Waiting(Wait.FOR_ANSWER), now)
                return Step(asked, (Reprint(asked.visit, issued),))
            case _:
                return Step(state)

    def _see_clinics(self, state: LobbyState) -> Step:
        if state.awaited or not isinstance(state.page, Idle | Confirming | Entering):
            return Step(state)
        return Step(replace(state, awaited=Awaited.CLINICS), (LookAtClinics(state.visit),))

    def _call_help(self, state: LobbyState, now: float) -> Step:
        match state.page:
            case Waiting() as page:
                # a number is on its way to this page and must be seen
                state = replace(state, page=replace(page, wait=Wait.HELP_CALLED))
            case CallingHelp(StaffTold.UNKNOWN):
                return Step(state)
            case _:
                state = _shown(state, CallingHelp(), now)
        return Step(state, (RaiseAlarm(state.visit, EventKind.HELP, None),))

    def _go_to_emergency(self, state: LobbyState, now: float) -> Step:
        if isinstance(state.page, ShowingEmergency):
            return Step(state)
        clinic = state.page.clinic if isinstance(state.page, Confirming) else None
        state = _shown(state, ShowingEmergency(), now)
        return Step(state, (RaiseAlarm(state.visit, EventKind.RED_FLAG, clinic),))

    def _change_language(self, state: LobbyState, now: float) -> LobbyState:
        if isinstance(state.page, Waiting):
            return state  # the answer on its way belongs to this page
        following = self.languages.index(state.language) + 1
        return replace(state, language=self.languages[following % len(self.languages)], since=now)

    # what the desk answers -----------------------------------------------------------------------------------------

    def _hear(self, state: LobbyState, answer: Answer, now: float) -> Step:
        match state.awaited, answer:
            case Awaited.CLINICS, Offered(_, glances):
                return Step(_shown(state, Choosing(glances), now))
            case Awaited.NUMBER, Given(_, issued):
                return Step(self._touched(_shown(state, ShowingNumber(issued), now), now))
            case Awaited(), Stopped(_, words):
                back = state.page.back if isinstance(state.page, Waiting) else HOME
                return Step(_shown(state, Explaining(words, back), now))
            case _:
                return Step(replace(state, page=self._told(state, answer, now)))

    def _told(self, state: LobbyState, answer: Answer, now: float) -> Page:
        """Return the page with what it is told while it stays up."""
        match state.page, answer:
            case Waiting() as page, Alarmed(_, told):
                return page if told else replace(page, wait=Wait.HELP_NOT_TOLD)
            case CallingHelp() | ShowingEmergency() as page, Alarmed(_, told):
                return replace(page, told=StaffTold.YES if told else StaffTold.NO)
            case ShowingNumber() as page, SlipSeen(_, job):
                late = now - state.since > self.patience.slip_late
                return replace(page, job=job, late=late, looking=False)
            case _:
                return state.page

    # time ----------------------------------------------------------------------------------------------------------

    def _pass_time(self, state: LobbyState, now: float) -> Step:
        if state.deadline is not None and now >= state.deadline:
            return Step(self._home(state, now))
        match state.page:
            case ShowingNumber(looking=False) as page:
                looking = replace(state, page=replace(page, looking=True))
                return Step(looking, (LookAtSlip(state.visit, page.issued.ticket),))
            case Waiting(Wait.FOR_NUMBER | Wait.FOR_ANSWER) as page if now - state.since > self.patience.slow:
                return Step(replace(state, page=replace(page, wait=Wait.LONG)))
            case _:
                return Step(state)

    def _home(self, state: LobbyState, now: float) -> LobbyState:
        """Return the idle page as the next patient finds it; one that is so already is not drawn anew."""
        if isinstance(state.page, Idle) and state.language == self.languages[0] and state.awaited is None:
            return replace(state, deadline=None)
        return replace(_shown(state, Idle(), now), language=self.languages[0], deadline=None)

    def _alive(self, step: Step, now: float) -> Step:
        return step._replace(state=self._touched(step.state, now))

    def _touched(self, state: LobbyState, now: float) -> LobbyState:
        """Return the state of a lobby in front of which somebody stands."""
        patience = self.patience.number if isinstance(state.page, ShowingNumber) else self.patience.choosing
        return replace(state, deadline=now + patience)


def _shown(state: LobbyState, page: Page, now: float) -> LobbyState:
    """Return the state with another page, for which no answer is on its way."""
    return replace(state, page=page, visit=state.visit + 1, since=now, awaited=None)


def _waits(state: LobbyState, page: Waiting, now: float) -> LobbyState:
    return replace(_shown(state, page, now), awaited=Awaited.NUMBER)


def _type(state: LobbyState, typed: TypeKey) -> Step:
    if isinstance(state.page, Entering):
        return Step(replace(state, page=state.page.with_key(typed.key)))
    return Step(state)
