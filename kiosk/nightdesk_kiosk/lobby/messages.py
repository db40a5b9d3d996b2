"""What comes into the lobby's flow and what goes out of it: one class a message, its fields are its whole meaning.

Taps and time come from the patient, answers from the desk. Effects go out to the desk. An effect and its answer name
the visit they are for: by the time an answer comes, another patient may stand at the kiosk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.slips import SlipJob
from nightdesk_queue.domain.tickets import Standing, Ticket
from nightdesk_queue.queries.queue_view import ClinicGlance
from nightdesk_queue.text.bilingual import Language, Text


@dataclass(frozen=True, slots=True)
class Issued:
    """A number just given, or one that reported; what to tell with it, and whether a slip comes out now.

    `again`: the patient may have the slip printed again.
    """

    ticket: Ticket
    standing: Standing | None
    slip: bool = True
    again: bool = False


# what a patient does -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GoHome:
    """The way back to the idle page was tapped."""


@dataclass(frozen=True, slots=True)
class SeeClinics:
    """Show the clinics on offer."""


@dataclass(frozen=True, slots=True)
class SeeMore:
    """Show the clinics that did not fit; after the last the first again."""


@dataclass(frozen=True, slots=True)
class ChooseClinic:
    """A clinic was chosen."""

    clinic: Clinic


@dataclass(frozen=True, slots=True)
class TakeNumber:
    """No danger sign applies, and a number is asked for."""


@dataclass(frozen=True, slots=True)
class EnterNumber:
    """The patient has a number or a booking; the entry begins empty."""


@dataclass(frozen=True, slots=True)
class TypeKey:
    """One letter or digit of the keypad."""

    key: str


@dataclass(frozen=True, slots=True)
class DeleteKey:
    """Take the last character back."""


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """The entry is complete."""


@dataclass(frozen=True, slots=True)
class PrintAgain:
    """The slip is asked for again."""


@dataclass(frozen=True, slots=True)
class CallHelp:
    """Help by a person is asked for."""


@dataclass(frozen=True, slots=True)
class GoToEmergency:
    """A danger sign applies."""


@dataclass(frozen=True, slots=True)
class ChangeLanguage:
    """The other language is asked for."""


@dataclass(frozen=True, slots=True)
class TouchScreen:
    """A touch beside every target: it counts as use, and leads from the idle page to the clinics."""


@dataclass(frozen=True, slots=True)
class PressKey:
    """A key of a keyboard: it counts as use."""


@dataclass(frozen=True, slots=True)
class TimePasses:
    """Some time has passed."""


Tapped: TypeAlias = (
    GoHome
    | SeeClinics
    | SeeMore
    | ChooseClinic
    | TakeNumber
    | EnterNumber
    | TypeKey
    | DeleteKey
    | ReportEntry
    | PrintAgain
    | CallHelp
    | GoToEmergency
    | ChangeLanguage
)
"""What a target on the screen may ask for."""


# what the desk is asked --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LookAtClinics:
    """Look up the clinics on offer."""

    visit: int


@dataclass(frozen=True, slots=True)
class Issue:
    """Take a number; `key` is the same for every try of one confirmation."""

    visit: int
    clinic: Clinic
    language: Language
    key: str


@dataclass(frozen=True, slots=True)
class Report:
    """Check in or rejoin with what was entered."""

    visit: int
    said: str


@dataclass(frozen=True, slots=True)
class Reprint:
    """Print a slip again."""

    visit: int
    issued: Issued


@dataclass(frozen=True, slots=True)
class RaiseAlarm:
    """Call staff to the kiosk."""

    visit: int
    kind: EventKind
    clinic: Clinic | None


@dataclass(frozen=True, slots=True)
class LookAtSlip:
    """Look up how far a slip is."""

    visit: int
    ticket: Ticket


Effect: TypeAlias = LookAtClinics | Issue | Report | Reprint | RaiseAlarm | LookAtSlip


# what the desk answers ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """The clinics on offer."""

    visit: int
    glances: tuple[ClinicGlance, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A number was given, has reported, or is printed again."""

    visit: int
    issued: Issued


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was asked for could not be done; `words` say why."""

    visit: int
    words: Text


@dataclass(frozen=True, slots=True)
class Alarmed:
    """An alarm was written, or could not be: then nobody has been told."""

    visit: int
    told: bool


@dataclass(frozen=True, slots=True)
class SlipSeen:
    """How far a slip is, None where there is none or nobody can say."""

    visit: int
    job: SlipJob | None


Answer: TypeAlias = Offered | Given | Stopped | Alarmed | SlipSeen
Message: TypeAlias = Tapped | TouchScreen | PressKey | TimePasses | Answer
