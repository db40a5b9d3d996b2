"""The lobby's flow under any order of taps, answers and seconds, by one patient after the other."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from lining import ticket
from places import EXAMPLE_FILE

from nightdesk_kiosk.lobby import exchange
from nightdesk_kiosk.lobby import messages as said
from nightdesk_kiosk.lobby.exchange import Answer, Effect, Issue, Message
from nightdesk_kiosk.lobby.flow import Flow
from nightdesk_kiosk.lobby.messages import Issued, Purpose, Spot
from nightdesk_kiosk.lobby.patience import at_home
from nightdesk_kiosk.lobby.states import (
    AskingGroup,
    AskingSigns,
    Awaited,
    Choosing,
    Entering,
    Explaining,
    Forgot,
    Idle,
    Page,
    Services,
    ShowingEmergency,
    ShowingNumber,
    Suspended,
    Waiting,
    WhichOne,
)
from nightdesk_queue.config import load
from nightdesk_queue.domain.kiosk_state import KioskState
from nightdesk_queue.text.bilingual import same

BONE, ER = (load(EXAMPLE_FILE).clinics[id_] for id_ in ("bone", "er"))
IN_USE, OUT_OF_USE = KioskState("lobby-1"), KioskState("lobby-1", suspended=True)
ON_EVERY_PAGE: tuple[Message, ...] = (
    said.CallHelp(), said.GoToEmergency(), said.ChangeLanguage(), said.ChangeSize(), said.Close(), said.GoBack(),
    said.TouchScreen(), said.PressKey(), said.Scan("N001"), said.SayCannotWalk(),
)  # fmt: skip
ON_PAGE: dict[type[Page], tuple[Message, ...]] = {
    Idle: (said.SeeClinics(), said.SeeServices(), said.SeeGiven(), said.SeeClinics()),
    Choosing: (said.ChooseClinic(BONE), said.ChooseClinic(ER), said.SeeMore(0), said.AskWhy(same("closed"))),
    AskingSigns: (said.NoSigns(None), said.NoSigns(3)),
    AskingGroup: (said.ChooseGroup(None), said.ChooseGroup("pregnant")),
    Services: (said.AskFor(Purpose.WHERE), said.AskFor(Purpose.REPRINT)),
    Entering: (said.TypeKey("N"), said.TypeKey("1"), said.EnterNumber(), said.DeleteKey(), said.ForgetNumber()),
    ShowingNumber: (said.PrintAgain(), said.KeepInMind()),
    WhichOne: (said.ChooseMeant("1"), said.ChooseMeant("2")),
}
TAPS = tuple({repr(tap): tap for taps in (ON_EVERY_PAGE, *ON_PAGE.values()) for tap in taps}.values())
ASKS = exchange.Issue | exchange.Report | exchange.Reprint


class FlowMachine(RuleBasedStateMachine):
    """Each effect is remembered with the patient it was for, and answered when hypothesis says so, or never."""

    def __init__(self) -> None:
        super().__init__()
        self.flow = Flow(("zh", "en"), "run")
        self.now = 0.0
        self.state = self.flow.begin(self.now)
        self.patient = 0
        self.asked: list[tuple[int, Effect]] = []
        self.owner: dict[int, int] = {}
        self.words_of: dict[str, int] = {"closed": -1}
        self.keys: dict[str, int] = {}
        self.signs: set[int] = set()

    def hear(self, message: Message, spot: Spot | None = None) -> tuple[Effect, ...]:
        before = self.state
        self.state, effects = self.flow.step(before, message, self.now, spot)
        gone = self.state.visit != before.visit and self.state.touched is None
        if gone and at_home(self.state.page) and not at_home(before.page):
            self.patient += 1
            assert (self.state.language, self.state.elder) == ("zh", False), "the next patient begins as usual"
            assert (self.state.awaited, self.state.retry) == (None, None)
        for effect in effects:
            self.note(effect)
        return effects

    def note(self, effect: Effect) -> None:
        self.asked.append((self.patient, effect))
        if isinstance(effect, Issue):
            assert self.keys.setdefault(effect.key, self.patient) == self.patient, "a key is one patient's"
            assert self.patient not in self.signs, "nobody with a danger sign gets a number"
        if isinstance(effect, exchange.RaiseAlarm) and effect.clinic is not None:
            self.signs.add(self.patient)

    @rule(data=st.data())
    def tap_what_the_page_has(self, data: st.DataObject) -> None:
        here = ON_PAGE.get(type(self.state.page), ())
        self.tap(data.draw(st.sampled_from(here + ON_EVERY_PAGE)), 2.0)

    @rule(tap=st.sampled_from(TAPS), seconds=st.sampled_from((0.0, 0.1, 1.0, 2.0)), x=st.integers(0, 119))
    def tap_anything(self, tap: Message, seconds: float, x: int) -> None:
        self.tap(tap, seconds, Spot(x, 10))

    def tap(self, tap: Message, seconds: float, spot: Spot | None = None) -> None:
        self.now += seconds
        before, page, awaited, over = self.state, self.state.page, self.state.awaited, self.state.over
        effects = self.hear(tap, spot)
        if awaited is not None:
            assert not any(isinstance(effect, ASKS | exchange.LookAtClinics) for effect in effects), "asked twice"
        if isinstance(over, ShowingEmergency):
            assert not any(isinstance(effect, ASKS) for effect in effects), "Emergency leads to no number"
        if isinstance(page, ShowingNumber) and not (page.out or page.late):
            kept = isinstance(self.state.page, ShowingNumber)
            assert kept or isinstance(tap, said.PrintAgain), "a number went before its slip"
        if self.flow.seconds_left(before, self.now) is not None and not isinstance(tap, said.TypeKey | said.Scan):
            assert self.state.page == page, "a touch in the countdown only extends"

    @rule(seconds=st.sampled_from((0.5, 2.0, 7.0, 30.0, 85.0, 130.0)))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.hear(said.TimePasses())

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), well=st.booleans())
    def answer(self, data: st.DataObject, well: bool) -> None:
        patient, effect = self.asked.pop(data.draw(st.integers(0, len(self.asked) - 1)))
        before = self.state
        self.hear(self.answer_to(effect, patient, data, well=well))
        if patient != self.patient and not isinstance(effect, exchange.LookAtClinics):
            same_page = (self.state.page, self.state.over, self.state.awaited)
            assert same_page == (before.page, before.over, before.awaited), "an answer to a patient who has gone"

    def answer_to(  # noqa: PLR0911 - a table of cases
        self, effect: Effect, patient: int, data: st.DataObject, *, well: bool
    ) -> Answer:
        match effect:
            case exchange.RaiseAlarm(visit, kind):
                return exchange.Alarmed(visit, kind, well)
            case exchange.LookAtSlip(visit):
                return exchange.SlipSeen(visit, None)
            case exchange.LookAtClinics(visit) if well:
                return exchange.Offered(visit, (), data.draw(st.sampled_from((IN_USE, IN_USE, IN_USE, OUT_OF_USE))))
            case exchange.Report(visit, _, purpose) if data.draw(st.booleans()):
                return exchange.Several(visit, (ticket(1), ticket(2)), purpose)
            case exchange.Issue(visit) if data.draw(st.booleans()):
                self.asked.append((patient, effect))
                return exchange.Slowed(visit, 5.0)
            case _ if well:
                n = len(self.owner) + 10
                self.owner[n] = patient
                return exchange.Given(effect.visit, Issued(ticket(n), None, again=n % 2 == 0))
            case _:
                words = same(f"refusal {len(self.words_of)}")
                self.words_of[words.en] = patient
                return exchange.Stopped(effect.visit, words)

    @invariant()
    def what_is_shown_belongs_to_who_stands_here(self) -> None:
        match self.state.page:
            case ShowingNumber(issued):
                last = self.state.given is not None and self.state.given.issued == issued
                assert self.owner[issued.ticket.n] == self.patient or last
            case Explaining(words):
                assert self.words_of[words.en] in (self.patient, -1)

    @invariant()
    def a_last_number_is_kept_for_a_minute_and_no_longer(self) -> None:
        if self.state.given is not None:
            assert self.state.given.until <= self.now + self.flow.patience.again

    @invariant()
    def whoever_stands_still_is_led_home(self) -> None:
        ends = self.flow.patience.leaves_at(self.state)
        if ends is None:
            assert isinstance(self.state.page, Idle | Suspended)
            return
        home, effects = self.flow.step(self.state, said.TimePasses(), ends)
        assert at_home(home.page)
        assert (home.language, home.elder, home.awaited, home.touched, home.over) == ("zh", False, None, None, None)
        assert effects == ()

    @invariant()
    def whoever_waits_is_answered_on_the_page_that_waits(self) -> None:
        assert isinstance(self.state.page, Waiting) == (self.state.awaited is Awaited.NUMBER)
        if self.state.awaited is not None:
            assert any(effect.visit == self.state.visit for _, effect in self.asked)

    @invariant()
    def every_page_has_a_way_back(self) -> None:
        if isinstance(self.state.page, Forgot | Choosing | Services) and self.state.over is None:
            later = max(self.now, self.state.since + 3)
            touched = self.flow.step(self.state, said.PressKey(), later).state
            assert self.flow.step(touched, said.GoBack(), later).state.visit != self.state.visit


TestFlow = FlowMachine.TestCase
TestFlow.settings = settings(max_examples=100, stateful_step_count=30)
