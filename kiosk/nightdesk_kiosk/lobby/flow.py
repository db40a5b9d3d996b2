"""The lobby's flow: what each tap, each answer and each second leads to.

A pure state machine: a state and a message give the next state and the effects to carry out. It draws nothing, asks
nobody and has no clock of its own, so every path can be tested without a screen. `taps` says what a tap leads to on
each page, `answers` what an answer leads to; here is what holds for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace

from nightdesk_kiosk.lobby import answers, taps
from nightdesk_kiosk.lobby.exchange import (
    Alarmed,
    Given,
    LastSeen,
    LookAtClinics,
    LookAtSlip,
    Message,
    Offered,
    PagesRead,
    PinTried,
    Served,
    Several,
    SlipSeen,
    Slowed,
    Stopped,
)
from nightdesk_kiosk.lobby.messages import (
    CallHelp,
    GoToEmergency,
    NoSigns,
    PressKey,
    SayCannotWalk,
    Scan,
    Spot,
    TapName,
    TimePasses,
    TouchScreen,
    TypeKey,
)
from nightdesk_kiosk.lobby.patience import Patience, at_home, near
from nightdesk_kiosk.lobby.states import (
    Cleaning,
    GivenLast,
    Idle,
    LobbyState,
    ServiceMenu,
    ShowingNumber,
    Suspended,
    Wait,
    Waiting,
)
from nightdesk_kiosk.lobby.steps import Step, drawn_anew, shown
from nightdesk_queue.domain.records import Record


class Flow(Record):
    """The flow of one kiosk. `languages`: the default first. `kiosk_run`: no two runs of any kiosk share it.

    `elder`: whether it begins in the large mode. `groups`: whether there are groups that go first to ask for.
    """

    languages: Sequence[str]
    kiosk_run: str
    patience: Patience = field(default_factory=Patience)
    elder: bool = False
    groups: bool = True

    def begin(self, now: float) -> LobbyState:
        """Return the idle page in the default language."""
        return LobbyState(Idle(), self.languages[0], self.elder, visit=0, drawing=0, since=now)

    def step(self, state: LobbyState, message: Message, now: float, spot: Spot | None = None) -> Step:
        """Return what a message leads to at a moment. `spot`: where the screen was touched, None for a key."""
        match message:
            case TimePasses():
                return self._pass_time(state, now)
            case Alarmed() | Offered() | LastSeen() | Given() | Slowed() | Several() | Stopped() | SlipSeen():
                return self._hear(state, message, now)
            case PagesRead() | PinTried() | Served():
                return self._hear(state, message, now)
            case PressKey():
                return Step(self._touched(state, now))
            case _ if isinstance(state.page, Cleaning):
                return Step(state)
            case Scan():
                return self._alive(taps.scanned(state, message, now), now, None)
            case TypeKey():
                return self._type(state, message, now, spot)
            case TapName():
                return self._alive(taps.touch_name(state, self.patience, now), now, spot)
            case _:
                return self._tap(state, message, now, spot)

    def settling(self, state: LobbyState, spot: Spot | None, now: float) -> bool:
        """Whether the page is so new that a tap cannot be meant for it."""
        return self.patience.settling(state, spot, now)

    def seconds_left(self, state: LobbyState, now: float) -> int | None:
        """Return the seconds to show until the lobby goes home; None while there are many, and at home."""
        return self.patience.seconds_left(state, now)

    # what patients do ----------------------------------------------------------------------------------------------

    def _tap(self, state: LobbyState, tap: taps.Asked, now: float, spot: Spot | None) -> Step:
        if self.settling(state, spot, now) or (isinstance(tap, NoSigns) and self.patience.unread(state, now)):
            return Step(state)
        urgent = isinstance(tap, GoToEmergency | CallHelp | SayCannotWalk)
        if self.seconds_left(state, now) is not None and not urgent:
            # the touch that ends the countdown is meant for it, and for nothing that was hidden behind it
            return Step(drawn_anew(self._touched(replace(state, spot=spot), now), now))
        if isinstance(tap, TouchScreen):
            starts = isinstance(state.page, Idle) and state.over is None
            step = taps.see_clinics(state) if starts else Step(state)
        else:
            step = taps.tapped(state, tap, self, now)
        return self._alive(step, now, spot)

    def _type(self, state: LobbyState, typed: TypeKey, now: float, spot: Spot | None) -> Step:
        """Take a key of the keypad: meant for its page however fast it follows another, unless it trembles."""
        if state.over is not None:
            return Step(state)
        touched = state.touched if state.touched is not None else state.since
        again = now - touched < self.patience.key and near(spot, state.spot)
        if self.seconds_left(state, now) is not None or again:
            return Step(self._touched(replace(state, spot=spot), now))
        return self._alive(taps.type_key(state, typed), now, spot)

    # what the desk answers -----------------------------------------------------------------------------------------

    def _hear(self, state: LobbyState, answer: answers.Heard, now: float) -> Step:
        if isinstance(answer, Given) and answer.visit != state.visit and answer.issued.slip:
            # whoever asked for it has gone home meanwhile: the number must not be lost
            return Step(self._with_last(state, answer, now))
        if answer.visit != state.visit:
            # by now another patient may stand here
            return Step(state)
        return Step(answers.heard(state, answer, self.patience, now))

    def _with_last(self, state: LobbyState, answer: Given, now: float) -> LobbyState:
        kept = replace(state, given=GivenLast(answer.issued, now + self.patience.again))
        return drawn_anew(kept, state.since) if isinstance(state.page, Idle) else kept

    # time ----------------------------------------------------------------------------------------------------------

    def _pass_time(self, state: LobbyState, now: float) -> Step:
        ends = self.patience.leaves_at(state)
        if ends is not None and now >= ends:
            return Step(self.home(state, now))
        state = self._forgetting(state, now)
        match state.page:
            case Idle() | Suspended() if state.over is None and self._left_behind(state, now):
                return Step(self.home(state, now))
            case Idle() | Suspended() if state.looked is None or now - state.looked >= self.patience.look:
                return Step(replace(state, looked=now), (LookAtClinics(state.visit),))
            case ShowingNumber(looking=False) as page:
                looking = replace(state, page=replace(page, looking=True))
                return Step(looking, (LookAtSlip(state.visit, page.issued.ticket),))
            case Waiting(Wait.SLOWED) as page:
                return self._again(state, page, now)
            case Waiting(Wait.FOR_NUMBER | Wait.FOR_ANSWER) as page if now - state.since > self.patience.slow:
                return Step(replace(state, page=replace(page, wait=Wait.LONG)))
            case Cleaning(kiosk, until) if now >= until:
                return Step(shown(state, ServiceMenu(kiosk), now))
            case _:
                return Step(state)

    def _again(self, state: LobbyState, page: Waiting, now: float) -> Step:
        """Ask for a slowed number again once it may be given; until then say how long."""
        if state.retry is None:
            return Step(state)
        if now >= state.retry_at:
            waits = replace(page, wait=Wait.FOR_NUMBER, seconds=0)
            return Step(replace(state, page=waits, since=now), (state.retry,))
        return Step(replace(state, page=replace(page, seconds=int(state.retry_at - now) + 1)))

    def _forgetting(self, state: LobbyState, now: float) -> LobbyState:
        """Return the state without a last number whose time is over."""
        if state.given is None or now < state.given.until:
            return state
        kept = replace(state, given=None)
        return drawn_anew(kept, state.since) if isinstance(state.page, Idle) else kept

    def _left_behind(self, state: LobbyState, now: float) -> bool:
        """Whether somebody has changed the language or the size of the idle page and gone away."""
        usual = (state.language, state.elder) == (self.languages[0], self.elder)
        return not usual and state.touched is not None and now - state.touched >= self.patience.page

    def home(self, state: LobbyState, now: float) -> LobbyState:
        """Return the idle page as the next patient finds it; one that is so already is not drawn anew.

        Nothing of the patient is kept but the number just given, for a while.
        """
        given = state.given
        if isinstance(state.page, ShowingNumber) and state.page.new:
            given = GivenLast(state.page.issued, now + self.patience.again)
        usual = (state.language, state.elder) == (self.languages[0], self.elder)
        if at_home(state.page) and state.over is None and usual and state.awaited is None:
            return replace(state, touched=None, spot=None)
        page = state.page if at_home(state.page) else Idle(state.offered)
        left = replace(state, language=self.languages[0], elder=self.elder, given=given, looked=None)
        return replace(shown(left, page, now), touched=None, names=())

    def _alive(self, step: Step, now: float, spot: Spot | None) -> Step:
        return step._replace(state=replace(self._touched(step.state, now), spot=spot or step.state.spot))

    def _touched(self, state: LobbyState, now: float) -> LobbyState:
        """Return the state of a lobby in front of which somebody stands."""
        return replace(state, touched=now)
