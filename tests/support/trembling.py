"""Patients with trembling hands before a lobby: taps that miss, double taps, slow readers, people who go back or away.

A tap lands beside what it was aimed at by a normal distribution of one row and four columns; a third of them are
doubled within 0.1 to 1.5 seconds. Everything is drawn from one seed. Time is simulated: a slow reader costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from textual.pilot import Pilot
from touchscreen import Seconds

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby import messages as said
from nightdesk_kiosk.lobby.app import LobbyApp
from nightdesk_kiosk.lobby.lobby_view import LobbyView
from nightdesk_kiosk.lobby.states import (
    AskingGroup,
    AskingSigns,
    Choosing,
    Explaining,
    Idle,
    ShowingNumber,
    Waiting,
)
from nightdesk_kiosk.lobby.target import Target
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.slips import OUT, SlipState
from nightdesk_queue.store import Database, slips

ROWS_OFF, COLUMNS_OFF = 1.0, 4.0
DOUBLED, DOUBLE_SECONDS = 1 / 3, (0.1, 1.5)
MOST_TAPS = 60
"""Whoever has tapped so often has given up."""
PRINTED_AFTER = (1.0, 9.0)
LONGEST_STEP = 15.0
"""Seconds between two looks of the lobby at its clock while nothing happens."""


class SimulatedClock(Clock):
    """The desk's clock, moved by the lobby's seconds."""

    def __init__(self, start: datetime, seconds: Seconds) -> None:
        super().__init__(start, 0.0)
        self._start, self._seconds, self._first = start, seconds, seconds.now

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._seconds.now - self._first)


@dataclass
class Evening:
    """What became of all patients."""

    stayed: int = 0
    served: int = 0
    left: int = 0
    with_sign: int = 0
    wrong: list[str] = field(default_factory=list)
    """Numbers of another clinic, second numbers, numbers for danger signs, numbers dismissed before their slip."""
    lost: list[str] = field(default_factory=list)
    """Who stayed and holds no number."""


def open_all_night(hospital: Hospital) -> Hospital:
    """The hospital with clinics that never close and take everybody, so that a refusal is the lobby's fault."""
    clinics = [clinic.changed(sessions=[], hours="always", on_call=None) for clinic in hospital.clinic]
    return hospital.changed(clinic=clinics)


class Hand:
    """A hand that trembles: taps in cells, on a pilot."""

    def __init__(self, pilot: Pilot[Any], seconds: Seconds, chance: Random) -> None:
        self._pilot, self._seconds, self._chance = pilot, seconds, chance

    @property
    def view(self) -> LobbyView:
        return self._pilot.app.query_one(LobbyView)

    async def wait(self, seconds: float) -> None:
        """Let time pass in steps in which the lobby looks at its clock."""
        while seconds > 0:
            step = min(seconds, LONGEST_STEP if seconds > LONGEST_STEP else 1.0)
            self._seconds.go_on(step)
            seconds -= step
            await self.view._tick()
            await self.settle()

    async def settle(self) -> None:
        """Let the desk answer and the picture follow."""
        await self._pilot.pause()
        await self._pilot.app.workers.wait_for_complete()
        await self._pilot.pause()

    async def tap(self, target: Target) -> None:
        """Tap at the middle of a target, or beside it; a third of the taps are doubled."""
        region = target.region
        middle = region.x + region.width / 2, region.y + region.height / 2
        await self._touch(*middle)
        if self._chance.random() < DOUBLED:
            self._seconds.go_on(self._chance.uniform(*DOUBLE_SECONDS))
            await self._touch(*middle)

    async def _touch(self, x: float, y: float) -> None:
        size = self._pilot.app.size
        column = round(self._chance.gauss(x, COLUMNS_OFF) - 0.5)
        row = round(self._chance.gauss(y, ROWS_OFF) - 0.5)
        place = (min(max(column, 0), size.width - 1), min(max(row, 0), size.height - 1))
        await self._pilot.click(offset=place)
        await self.settle()


@dataclass
class Patient:
    """One patient: where they want to go, and what kind of person they are."""

    want: Clinic
    sign: bool
    group: str | None
    slow: bool
    hesitates: bool
    foreigner: bool
    leaves_after: int | None

    @classmethod
    def of(cls, chance: Random, clinics: list[Clinic], groups: list[str]) -> Patient:
        """Draw a patient."""
        return cls(
            want=chance.choice(clinics),
            sign=chance.random() < 0.06,
            group=chance.choice(groups) if chance.random() < 0.25 else None,
            slow=chance.random() < 0.2,
            hesitates=chance.random() < 0.15,
            foreigner=chance.random() < 0.15,
            leaves_after=chance.randrange(1, 5) if chance.random() < 0.1 else None,
        )


class Visit:
    """One patient's visit to the kiosk."""

    def __init__(self, patient: Patient, hand: Hand, chance: Random, print_slip: Callable[[str], None]) -> None:
        self.patient, self._hand, self._chance, self._print = patient, hand, chance, print_slip
        self.number: str | None = None
        self.early = False
        self.gone = False
        self._print_at: float | None = None
        self._waited = 0.0

    @property
    def _view(self) -> LobbyView:
        return self._hand.view

    async def go(self) -> None:
        """Do what it takes until the number is read, the way to Emergency is shown, or the patient goes away."""
        for taps in range(MOST_TAPS):
            if self.patient.leaves_after is not None and taps >= self.patient.leaves_after:
                self.gone = True
                return
            await self._read()
            if await self._done():
                return
            if (target := self._next()) is not None:
                await self._hand.tap(target)

    async def _read(self) -> None:
        await self._hand.wait(self._chance.uniform(20, 50) if self.patient.slow else self._chance.uniform(1.5, 6))

    async def _done(self) -> bool:
        state = self._view.state
        if isinstance(state.page, ShowingNumber):
            await self._watch(state.page)
            return True
        return self.patient.sign and isinstance(state.page, Idle) and state.over is not None

    async def _watch(self, page: ShowingNumber) -> None:
        """Stand before the number until the slip is out; whatever is touched meanwhile, the number stays."""
        self.number = page.issued.ticket.id
        until = self._chance.uniform(*PRINTED_AFTER)
        while until > 0:
            await self._hand.wait(1.0)
            until -= 1.0
            if self._chance.random() < 0.2:
                # anything but saying that the number was read
                others = [one for one in self._targets() if not isinstance(one.asks, said.KeepInMind)]
                await self._hand.tap(self._chance.choice(others))
            self.early |= self._missing() and until > 0
        self._print(self.number)
        await self._hand.wait(2.0)
        while (close := self._find(said.Close)) is not None:
            await self._hand.tap(close)
            await self._hand.wait(2.0)
        if (done := self._find(said.KeepInMind)) is not None:
            await self._hand.tap(done)

    def _missing(self) -> bool:
        """Whether the number went although its slip is not out; one that is late may be dismissed by its owner."""
        state = self._view.state
        return state.over is None and not isinstance(state.page, ShowingNumber | Waiting)

    def _targets(self) -> list[Target]:
        return [one for one in self._view.query(Target) if one.display and one.region.area]

    def _find(self, asks: type[object], **wanted: object) -> Target | None:
        for one in self._targets():
            if isinstance(one.asks, asks) and all(getattr(one.asks, key) == value for key, value in wanted.items()):
                return one
        return None

    def _next(self) -> Target | None:  # noqa: PLR0911 - a table of pages
        """Return what somebody who reads would tap; None to look again."""
        state, patient = self._view.state, self.patient
        if state.over is not None:
            return self._find(said.Close)
        if patient.foreigner and not isinstance(state.page, Idle):
            patient.foreigner = False
            return self._find(said.ChangeLanguage)
        if patient.hesitates and isinstance(state.page, AskingSigns):
            patient.hesitates = False
            return self._find(said.GoBack)
        match state.page:
            case Idle():
                return self._find(said.SeeClinics)
            case Choosing():
                return self._find(said.ChooseClinic, clinic=patient.want) or self._find(said.SeeMore)
            case AskingSigns(clinic) | AskingGroup(clinic) if clinic != patient.want:
                return self._find(said.GoBack)
            case AskingSigns():
                return self._find(said.GoToEmergency) if patient.sign else self._find(said.NoSigns)
            case AskingGroup():
                return self._find(said.ChooseGroup, group=patient.group) or self._find(said.SeeMore)
            case Explaining():
                return self._find(said.GoBack)
            case Waiting():
                return None
            case _:
                return self._find(said.GoBack) or self._find(said.GoHome)


async def evening(
    app: LobbyApp, pilot: Pilot[Any], store: Database, seconds: Seconds, patients: int, seed: int
) -> Evening:
    """Let so many patients come one after the other, and return what became of them."""
    chance = Random(seed)
    found = Evening()
    desk = app.desk
    clinics = list(desk.hospital.offered_at(desk.kiosk))
    groups = [group.id for group in desk.hospital.priority if group.kiosk]
    held: dict[str, str] = {}

    def print_slip(ticket: str) -> None:
        with store.transaction() as tx:
            job = slips.of_ticket(tx, ticket)
            if job is not None and job.state not in OUT:
                slips.move(tx, job, SlipState.PRINTED, desk.clock.now())

    hand = Hand(pilot, seconds, chance)
    for n in range(patients):
        patient = Patient.of(chance, clinics, groups)
        visit = Visit(patient, hand, chance, print_slip)
        before = _tickets(store)
        await visit.go()
        # whoever comes next comes to an idle page: the countdown has run out, or the number was put away
        await hand.wait(400.0)
        given = {id_: clinic for id_, clinic in _tickets(store).items() if id_ not in before}
        _judge(found, f"patient {n} of seed {seed}", visit, given)
        held.update(given)
        assert isinstance(hand.view.state.page, Idle), hand.view.state.page
    return found


def _tickets(store: Database) -> dict[str, str]:
    with store.snapshot() as tx:
        return {row["id"]: row["clinic"] for row in tx.rows("SELECT id, clinic FROM tickets")}


def _judge(found: Evening, who: str, visit: Visit, given: dict[str, str]) -> None:
    patient = visit.patient
    if len(given) > 1:
        found.wrong.append(f"{who} got {len(given)} numbers")
    if visit.early:
        found.wrong.append(f"{who}: the number went before its slip was out")
    if patient.sign:
        found.with_sign += 1
        if given:
            found.wrong.append(f"{who} has a danger sign and got a number")
        return
    if visit.gone:
        found.left += 1
        return
    found.stayed += 1
    if list(given.values()) == [patient.want.id]:
        found.served += 1
    elif given:
        found.wrong.append(f"{who} wanted {patient.want.id} and got {given}")
    else:
        found.lost.append(f"{who} stayed and got nothing")
