"""The states of the lobby: one class a page, what may lie over it, and the state around them.

Only the flow makes new ones.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TypeAlias

from nightdesk_kiosk.lobby.exchange import InformationPage, Issue
from nightdesk_kiosk.lobby.messages import Issued, Purpose, Spot
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.kiosk_state import KioskState
from nightdesk_queue.domain.records import Record
from nightdesk_queue.domain.slips import OUT, SlipJob
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.queue_view import ClinicGlance
from nightdesk_queue.text.bilingual import Text

LONGEST_ENTRY = 9
LONGEST_PIN = 12


class StaffTold(Enum):
    """Whether staff know of an alarm. They are said to know only once they do."""

    NOT_ASKED = auto()
    UNKNOWN = auto()
    YES = auto()
    NO = auto()


class Wait(Enum):
    """How a patient is told that an answer is on its way."""

    FOR_NUMBER = auto()
    FOR_ANSWER = auto()
    LONG = auto()
    SLOWED = auto()


# pages -------------------------------------------------------------------------------------------------------------


class Idle(Record):
    """The way in, the clock, and which clinics are open. `glances` is empty until they were looked up."""

    glances: tuple[ClinicGlance, ...] = ()


class Suspended(Record):
    """The kiosk is out of service."""


class Choosing(Record):
    """The clinics, from the `first` on as many as fit."""

    glances: tuple[ClinicGlance, ...]
    first: int = 0


class AskingSigns(Record):
    """The danger signs of the chosen clinic, from the `first` on as many as fit.

    `earlier`: where the pages before began.
    """

    clinic: Clinic
    first: int = 0
    earlier: tuple[int, ...] = ()


class AskingGroup(Record):
    """Who goes first: does the patient belong to them? From the `first` group on as many as fit."""

    clinic: Clinic
    first: int = 0


class Services(Record):
    """What somebody with a number or a booking can do, from the `first` on as much as fits."""

    first: int = 0


class Entering(Record):
    """The keypad and what has been entered. `letters`: the first of the letters that are shown."""

    purpose: Purpose
    entered: str = ""
    letters: int = 0

    def with_key(self, key: str) -> Entering:
        """Add a letter or digit; a prefix begins anew."""
        entered = key if key.isalpha() else (self.entered + key)[:LONGEST_ENTRY]
        return Entering(self.purpose, entered, self.letters)

    def without_last(self) -> Entering:
        """Take the last character back; a prefix goes as a whole."""
        kept = "" if self.entered.isalpha() else self.entered[:-1]
        return Entering(self.purpose, kept, self.letters)


class ChoosingLetter(Record):
    """All letters with their clinics, from the `first` on as many as fit. `entry`: the keypad to go back to."""

    entry: Entering
    first: int = 0


class Forgot(Record):
    """What to do for somebody who does not remember the number. `entry`: the keypad to go back to."""

    entry: Entering


class WhichOne(Record):
    """Several numbers are meant by what was entered; from the `first` on as many as fit."""

    tickets: tuple[Ticket, ...]
    purpose: Purpose
    entry: Entering
    first: int = 0


class Waiting(Record):
    """An answer is on its way to this page.

    `back`: the page a refusal leads to. `seconds`: how long a slowed number has to wait.
    """

    wait: Wait
    back: Page
    seconds: int = 0


class ShowingNumber(Record):
    """The number. `late`: its slip should have come by now; `looking`: how far it is, is being looked up.

    `out_at`: when it was first seen to be out; `staff_told`: staff know of the printer's trouble. `new`: it was given
    just now, so it can be seen again for a while.
    """

    issued: Issued
    job: SlipJob | None = None
    late: bool = False
    looking: bool = False
    out_at: float | None = None
    staff_told: bool = False
    new: bool = False

    @property
    def out(self) -> bool:
        """Whether no slip has to be waited for: it is out, or none comes."""
        return not self.issued.slip or (self.job is not None and self.job.state in OUT)


class Explaining(Record):
    """Why it cannot be done, and where Back leads. `report`: the id of a ticket that may report now."""

    words: Text
    back: Page
    report: str | None = None


class Contents(Record):
    """The pages of information by their titles, from the `first` on as many as fit."""

    pages: tuple[InformationPage, ...]
    first: int = 0


class Reading(Record):
    """One page of information from the `first` row on."""

    pages: tuple[InformationPage, ...]
    page: InformationPage
    first: int = 0


class EnteringPin(Record):
    """The PIN of the service menu. `words`: what was wrong with the last."""

    entered: str = ""
    words: Text | None = None


class ServiceMenu(Record):
    """What service staff can do. `words`: what became of the last; `lines`: the last errors."""

    kiosk: KioskState
    words: Text | None = None
    lines: tuple[Text, ...] | None = None


class Cleaning(Record):
    """The screen is being cleaned; touches mean nothing until then."""

    kiosk: KioskState
    until: float


Page: TypeAlias = (
    Idle | Suspended | Choosing | AskingSigns | AskingGroup | Services | Entering | ChoosingLetter | Forgot | WhichOne
    | Waiting | ShowingNumber | Explaining | Contents | Reading | EnteringPin | ServiceMenu | Cleaning
)  # fmt: skip


# what may lie over a page ------------------------------------------------------------------------------------------


class CallingHelp(Record):
    """Help was asked for."""

    told: StaffTold = StaffTold.UNKNOWN


class ShowingEmergency(Record):
    """The way to Emergency. `walk`: whether staff know that the patient cannot walk."""

    told: StaffTold = StaffTold.UNKNOWN
    walk: StaffTold = StaffTold.NOT_ASKED


Over: TypeAlias = CallingHelp | ShowingEmergency


class Awaited(Enum):
    """Which answer the page waits for. While it does, nothing is asked for a second time."""

    CLINICS = auto()
    NUMBER = auto()
    PAGES = auto()
    PIN = auto()
    SERVICE = auto()


class GivenLast(Record):
    """The number that was given last at this kiosk, which can be seen again `until` then."""

    issued: Issued
    until: float


class LobbyState(Record):
    """All there is to know of a lobby at one moment. Seconds are of a clock that only goes forward.

    `visit` counts pages; a page keeps its number while only its language, its size or what lies over it changes.
    `drawing` counts what is drawn anew, `since` is when. `touched`: the last touch; None where nobody has touched it
    since it went home. `spot`: where the last tap was. `retry`, `retry_at`: a slowed number is asked for again then.
    `names`: when the hospital's name was touched. `looked`: when the idle page last asked for the clinics, `offered`:
    what they were like when they were last looked up; the idle page shows it until it has asked anew.
    """

    page: Page
    language: str
    elder: bool
    visit: int
    drawing: int
    since: float
    over: Over | None = None
    touched: float | None = None
    awaited: Awaited | None = None
    spot: Spot | None = None
    given: GivenLast | None = None
    retry: Issue | None = None
    retry_at: float = 0.0
    names: tuple[float, ...] = ()
    looked: float | None = None
    offered: tuple[ClinicGlance, ...] = ()
