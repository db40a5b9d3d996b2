"""The lobby's flow under any order of taps, answers and seconds, by one patient after the other."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from lining import ticket
from places import EXAMPLE_FILE

from nightdesk_kiosk.lobby import messages as said
from nightdesk_kiosk.lobby.flow import Flow
from nightdesk_kiosk.lobby.messages import Answer, Effect, Issue, Issued, Message
from nightdesk_kiosk.lobby.states import (
    Awaited,
    CallingHelp,
    Choosing,
    Confirming,
    Entering,
    Explaining,
    Idle,
    Page,
    ShowingEmergency,
    ShowingNumber,
    StaffTold,
    Waiting,
)
from nightdesk_queue.config import load
from nightdesk_queue.text.bilingual import same

BONE, ER = (load(EXAMPLE_FILE).clinics[id_] for id_ in ("bone", "er"))
TAPS: tuple[Message, ...] = (
    said.GoHome(),
    said.SeeClinics(),
    said.SeeMore(),
    said.ChooseClinic(BONE),
    said.ChooseClinic(ER),
    said.TakeNumber(),
    said.EnterNumber(),
    said.TypeKey("N"),
    said.TypeKey("1"),
    said.DeleteKey(),
    said.ReportEntry(),
    said.PrintAgain(),
    said.CallHelp(),
    said.GoToEmergency(),
    said.ChangeLanguage(),
    said.TouchScreen(),
    said.PressKey(),
)
ON_EVERY_PAGE: tuple[Message, ...] = (said.CallHelp(), said.ChangeLanguage())
ON_PAGE: dict[type[Page], tuple[Message, ...]] = {
    Idle: (said.SeeClinics(), said.TouchScreen()),
    Choosing: (said.ChooseClinic(BONE), said.ChooseClinic(ER), said.EnterNumber(), said.GoHome()),
    Confirming: (said.TakeNumber(), said.GoToEmergency(), said.SeeClinics()),
    Entering: (said.TypeKey("N"), said.TypeKey("1"), said.ReportEntry(), said.DeleteKey(), said.SeeClinics()),
    Waiting: (said.PressKey(),),
    ShowingNumber: (said.PrintAgain(), said.GoHome()),
    CallingHelp: (said.GoHome(),),
    ShowingEmergency: (said.GoHome(),),
    Explaining: (said.GoHome(), said.EnterNumber()),
}
ASKS = said.LookAtClinics | said.Issue | said.Report | said.Reprint


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
        self.words_of: dict[str, int] = {}
        self.keys: set[str] = set()

    def hear(self, message: Message) -> tuple[Effect, ...]:
        before = self.state
        self.state, effects = self.flow.step(before, message, self.now)
        if isinstance(self.state.page, Idle) and self.state.visit != before.visit:
            self.patient += 1
            assert self.state.language == "zh", "the next patient begins in the default language"
            assert self.state.awaited is None
        self.asked += [(self.patient, effect) for effect in effects]
        for effect in effects:
            if isinstance(effect, Issue):
                assert effect.key not in self.keys
                self.keys.add(effect.key)
        return effects

    @rule(data=st.data())
    def tap_what_the_page_has(self, data: st.DataObject) -> None:
        self.tap(data.draw(st.sampled_from(ON_PAGE[type(self.state.page)] + ON_EVERY_PAGE)), 1.0)

    @rule(tap=st.sampled_from(TAPS), seconds=st.sampled_from((0.0, 0.1, 1.0)))
    def tap_anything(self, tap: Message, seconds: float) -> None:
        self.tap(tap, seconds)

    def tap(self, tap: Message, seconds: float) -> None:
        self.now += seconds
        awaited, waiting = self.state.awaited, isinstance(self.state.page, Waiting)
        effects = self.hear(tap)
        if awaited is Awaited.CLINICS and isinstance(tap, said.SeeClinics | said.TouchScreen):
            assert effects == ()
        if waiting:
            assert not any(isinstance(effect, ASKS) for effect in effects)

    @rule(seconds=st.sampled_from((0.5, 2.0, 7.0, 30.0, 70.0)))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.hear(said.TimePasses())

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), well=st.booleans())
    def answer(self, data: st.DataObject, well: bool) -> None:
        patient, effect = self.asked.pop(data.draw(st.integers(0, len(self.asked) - 1)))
        before = self.state
        self.hear(self.answer_to(effect, patient, well=well))
        if patient != self.patient:
            assert self.state == before, "an answer to a patient who has gone"

    def answer_to(self, effect: Effect, patient: int, *, well: bool) -> Answer:
        match effect:
            case said.RaiseAlarm(visit):
                return said.Alarmed(visit, well)
            case said.LookAtSlip(visit):
                return said.SlipSeen(visit, None)
            case said.LookAtClinics(visit) if well:
                return said.Offered(visit, ())
            case _ if well:
                n = len(self.owner) + 1
                self.owner[n] = patient
                return said.Given(effect.visit, Issued(ticket(n), None, again=n % 2 == 0))
            case _:
                words = same(f"refusal {len(self.words_of)}")
                self.words_of[words.en] = patient
                return said.Stopped(effect.visit, words)

    @invariant()
    def what_is_shown_belongs_to_who_stands_here(self) -> None:
        match self.state.page:
            case ShowingNumber(issued):
                assert self.owner[issued.ticket.n] == self.patient
            case Explaining(words):
                assert self.words_of[words.en] == self.patient

    @invariant()
    def the_deadline_leads_home(self) -> None:
        if self.state.deadline is None:
            assert isinstance(self.state.page, Idle)
            assert (self.state.language, self.state.awaited) == ("zh", None)
            return
        home, effects = self.flow.step(self.state, said.TimePasses(), self.state.deadline)
        assert (home.page, home.language, home.awaited, home.deadline) == (Idle(), "zh", None, None)
        assert effects == ()

    @invariant()
    def whoever_waits_is_answered_on_the_page_that_waits(self) -> None:
        assert isinstance(self.state.page, Waiting) == (self.state.awaited is Awaited.NUMBER)
        if self.state.awaited is not None or self.state.page == CallingHelp(StaffTold.UNKNOWN):
            assert any(effect.visit == self.state.visit for _, effect in self.asked)


TestFlow = FlowMachine.TestCase
TestFlow.settings = settings(max_examples=100, stateful_step_count=30)
