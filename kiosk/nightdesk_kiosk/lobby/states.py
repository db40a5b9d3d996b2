"""The states of the lobby: one class a page, and the state around it. Only the flow makes new ones."""

from __future__ import annotations

from enum import Enum, auto
from typing import TypeAlias

from nightdesk_kiosk.lobby.messages import EnterNumber, GoHome, Issued
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.records import Record
from nightdesk_queue.domain.slips import SlipJob
from nightdesk_queue.queries.queue_view import ClinicGlance
from nightdesk_queue.text.bilingual import Language, Text

CHOICES_A_PAGE = 6
LONGEST_ENTRY = 6
HOME = GoHome()


class StaffTold(Enum):
    """Whether staff know of an alarm. They are said to know only once they do."""

    UNKNOWN = auto()
    YES = auto()
    NO = auto()


class Wait(Enum):
    """How a patient is told that an answer with a number is on its way."""

    FOR_NUMBER = auto()
    FOR_ANSWER = auto()
    LONG = auto()
    HELP_CALLED = auto()
    HELP_NOT_TOLD = auto()


class Idle(Record):
    """The clock and the way in."""


class Choosing(Record):
    """The clinics, from the `first` on as many as fit."""

    glances: tuple[ClinicGlance, ...]
    first: int = 0

    @property
    def shown(self) -> tuple[ClinicGlance, ...]:
        """Those that fit."""
        return self.glances[self.first : self.first + CHOICES_A_PAGE]

    @property
    def following(self) -> int:
        """Where the next page begins; after the last the first again."""
        following = self.first + CHOICES_A_PAGE
        return following if following < len(self.glances) else 0


class Confirming(Record):
    """The danger signs of the chosen clinic."""

    clinic: Clinic


class Entering(Record):
    """The keypad and what has been entered."""

    entered: str = ""

    def with_key(self, key: str) -> Entering:
        """Add a letter or digit; a prefix begins anew."""
        return Entering(key if key.isalpha() else (self.entered + key)[:LONGEST_ENTRY])

    def without_last(self) -> Entering:
        """Take the last character back."""
        return Entering(self.entered[:-1])


class Waiting(Record):
    """A number is on its way to this page. `back`: where a refusal leads."""

    wait: Wait
    back: GoHome | EnterNumber = HOME


class ShowingNumber(Record):
    """The number. `late`: its slip should have come by now; `looking`: how far it is, is being looked up."""

    issued: Issued
    job: SlipJob | None = None
    late: bool = False
    looking: bool = False


class CallingHelp(Record):
    """Help was asked for."""

    told: StaffTold = StaffTold.UNKNOWN


class ShowingEmergency(Record):
    """The way to Emergency."""

    told: StaffTold = StaffTold.UNKNOWN


class Explaining(Record):
    """Why it cannot be done, and where Back leads."""

    words: Text
    back: GoHome | EnterNumber = HOME


Page: TypeAlias = (
    Idle | Choosing | Confirming | Entering | Waiting | ShowingNumber | CallingHelp | ShowingEmergency | Explaining
)


class Awaited(Enum):
    """Which answer the page waits for. While it does, nothing is asked for a second time."""

    CLINICS = auto()
    NUMBER = auto()


class LobbyState(Record):
    """All there is to know of a lobby at one moment. Seconds are of a clock that only goes forward.

    `visit` counts pages; a page keeps its number while only its language or its words change. `since`: when the page
    was drawn anew. `deadline`: when the lobby goes home by itself; None where nobody has touched it since it did.
    """

    page: Page
    language: Language
    visit: int
    since: float
    deadline: float | None = None
    awaited: Awaited | None = None
