"""What comes into the lobby's flow and what goes out of it: one class a message, its fields are its whole meaning.

Taps and time come from the patient, answers from the desk. Effects go out to the desk. An effect and its answer name
the visit they are for: by the time an answer comes, another patient may stand at the kiosk.
"""

from __future__ import annotations

from typing import TypeAlias

from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.records import Record
from nightdesk_queue.domain.slips import SlipJob
from nightdesk_queue.domain.tickets import Standing, Ticket
from nightdesk_queue.queries.queue_view import ClinicGlance
from nightdesk_queue.text.bilingual import Language, Text


class Issued(Record):
    """A number just given, or one that reported; what to tell with it, and whether a slip comes out now.

    `again`: the patient may have the slip printed again.
    """

    ticket: Ticket
    standing: Standing | None
    slip: bool = True
    again: bool = False


# what a patient does -----------------------------------------------------------------------------------------------


class GoHome(Record):
    """The way back to the idle page was tapped."""


class SeeClinics(Record):
    """Show the clinics on offer."""


class SeeMore(Record):
    """Show the clinics that did not fit; after the last the first again."""


class ChooseClinic(Record):
    """A clinic was chosen."""

    clinic: Clinic


class TakeNumber(Record):
    """No danger sign applies, and a number is asked for."""


class EnterNumber(Record):
    """The patient has a number or a booking; the entry begins empty."""


class TypeKey(Record):
    """One letter or digit of the keypad."""

    key: str


class DeleteKey(Record):
    """Take the last character back."""


class ReportEntry(Record):
    """The entry is complete."""


class PrintAgain(Record):
    """The slip is asked for again."""


class CallHelp(Record):
    """Help by a person is asked for."""


class GoToEmergency(Record):
    """A danger sign applies."""


class ChangeLanguage(Record):
    """The other language is asked for."""


class TouchScreen(Record):
    """A touch beside every target: it counts as use, and leads from the idle page to the clinics."""


class PressKey(Record):
    """A key of a keyboard: it counts as use."""


class TimePasses(Record):
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


class LookAtClinics(Record):
    """Look up the clinics on offer."""

    visit: int


class Issue(Record):
    """Take a number; `key` is the same for every try of one confirmation."""

    visit: int
    clinic: Clinic
    language: Language
    key: str


class Report(Record):
    """Check in or rejoin with what was entered."""

    visit: int
    said: str


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


Effect: TypeAlias = LookAtClinics | Issue | Report | Reprint | RaiseAlarm | LookAtSlip


# what the desk answers ---------------------------------------------------------------------------------------------


class Offered(Record):
    """The clinics on offer."""

    visit: int
    glances: tuple[ClinicGlance, ...]


class Given(Record):
    """A number was given, has reported, or is printed again."""

    visit: int
    issued: Issued


class Stopped(Record):
    """What was asked for could not be done; `words` say why."""

    visit: int
    words: Text


class Alarmed(Record):
    """An alarm was written, or could not be: then nobody has been told."""

    visit: int
    told: bool


class SlipSeen(Record):
    """How far a slip is, None where there is none or nobody can say."""

    visit: int
    job: SlipJob | None


Answer: TypeAlias = Offered | Given | Stopped | Alarmed | SlipSeen
Message: TypeAlias = Tapped | TouchScreen | PressKey | TimePasses | Answer
