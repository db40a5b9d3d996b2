"""What the lobby's flow asks of the desk, and what the desk answers: one class a message.

An effect and its answer name the visit they are for: by the time an answer comes, another patient may stand there.
"""

from __future__ import annotations

from typing import TypeAlias

from nightdesk_kiosk.lobby.messages import (
    Issued,
    PressKey,
    PrintTest,
    Purpose,
    Scan,
    SeeErrors,
    SetBrightness,
    SetTheme,
    SuspendKiosk,
    TapName,
    Tapped,
    TimePasses,
    TouchScreen,
)
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.kiosk_state import KioskState
from nightdesk_queue.domain.records import Record
from nightdesk_queue.domain.slips import SlipJob
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.queue_view import ClinicGlance
from nightdesk_queue.text.bilingual import Text

# what the desk is asked --------------------------------------------------------------------------------------------


class LookAtClinics(Record):
    """Look up the clinics on offer, and how the kiosk is set up."""

    visit: int


class LookAtLast(Record):
    """Look up the number that was given here within so many seconds: the lobby has begun anew, perhaps by a crash."""

    visit: int
    seconds: float


class Issue(Record):
    """Take a number; `key` is the same for every try of one confirmation, `language` the slip's."""

    visit: int
    clinic: Clinic
    group: str | None
    language: str
    key: str


class Report(Record):
    """Check in, rejoin or come back with what was entered, or with the id of a ticket."""

    visit: int
    said: str
    purpose: Purpose


class Reprint(Record):
    """Print a slip again."""

    visit: int
    issued: Issued


class RaiseAlarm(Record):
    """Call staff to the kiosk."""

    visit: int
    kind: EventKind
    clinic: Clinic | None


class LookAtSlip(Record):
    """Look up how far a slip is."""

    visit: int
    ticket: Ticket


class ReadPages(Record):
    """Read the pages of information."""

    visit: int


class TryPin(Record):
    """Try a PIN for the service menu."""

    visit: int
    pin: str


class Serve(Record):
    """Do what service staff asked for."""

    visit: int
    wish: SetTheme | SetBrightness | SuspendKiosk | PrintTest | SeeErrors


class BeginAnew(Record):
    """End this run of the lobby; the next begins at once."""


Effect: TypeAlias = (
    LookAtClinics
    | LookAtLast
    | Issue
    | Report
    | Reprint
    | RaiseAlarm
    | LookAtSlip
    | ReadPages
    | TryPin
    | Serve
    | BeginAnew
)  # fmt: skip


# what the desk answers ---------------------------------------------------------------------------------------------


class Offered(Record):
    """The clinics on offer, and how the kiosk is set up."""

    visit: int
    glances: tuple[ClinicGlance, ...]
    kiosk: KioskState


class Given(Record):
    """A number was given, has reported, or is printed again."""

    visit: int
    issued: Issued


class LastSeen(Record):
    """The number that was given last, None where there is none; it may be seen again for so many seconds."""

    visit: int
    issued: Issued | None
    seconds: float


class Slowed(Record):
    """Too many numbers came from this kiosk: the next is given after so many seconds."""

    visit: int
    seconds: float


class Several(Record):
    """What was entered is the number of several; which of them is meant has to be asked."""

    visit: int
    tickets: tuple[Ticket, ...]
    purpose: Purpose


class Stopped(Record):
    """What was asked for could not be done; `words` say why. `ticket`: the id of the one that may report now."""

    visit: int
    words: Text
    ticket: str | None = None


class Alarmed(Record):
    """An alarm was written, or could not be: then nobody has been told."""

    visit: int
    kind: EventKind
    told: bool


class SlipSeen(Record):
    """How far a slip is, None where there is none or nobody can say. `staff_told`: staff know of the printer."""

    visit: int
    job: SlipJob | None
    staff_told: bool = False


class InformationPage(Record):
    """One page of information: its name, its title and its Markdown."""

    name: str
    title: str
    text: str


class PagesRead(Record):
    """The pages of information, in the order of their names."""

    visit: int
    pages: tuple[InformationPage, ...]


class PinTried(Record):
    """Whether the PIN was right; `words` say what was wrong."""

    visit: int
    kiosk: KioskState | None
    words: Text | None = None


class Served(Record):
    """What service staff asked for is done, or why not; `lines`: the last errors."""

    visit: int
    kiosk: KioskState
    words: Text | None = None
    lines: tuple[Text, ...] = ()


Answer: TypeAlias = (
    Offered | LastSeen | Given | Slowed | Several | Stopped | Alarmed | SlipSeen | PagesRead | PinTried | Served
)
Message: TypeAlias = Tapped | TouchScreen | PressKey | TapName | Scan | TimePasses | Answer
