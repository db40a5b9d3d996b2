"""What the service menu does: it tries the PIN, suspends the kiosk, prints a test page, changes how it looks."""

from __future__ import annotations

from contextlib import AbstractContextManager

from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby import service_texts as words
from nightdesk_kiosk.lobby.exchange import PinTried, Serve, Served, TryPin
from nightdesk_kiosk.lobby.messages import PrintTest, SeeErrors, SetBrightness, SetTheme, SuspendKiosk
from nightdesk_queue.commands.kiosk_operations import resume_kiosk, set_look, suspend_kiosk
from nightdesk_queue.commands.pins import check_pin
from nightdesk_queue.commands.slip_printing import print_test_page
from nightdesk_queue.commands.work import Work, working
from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.domain.device_wording import cause_text, state_text
from nightdesk_queue.domain.kiosk_state import KioskState
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.pins import NoPin, PinAnswer, PinLocked, PinRight, PinWrong
from nightdesk_queue.store import Database, devices, kiosks
from nightdesk_queue.text.bilingual import Text

MOST_ERRORS = 6
SERVICE = "service"
"""Who acts: whoever knows the PIN."""


class ServiceDesk:
    """The reads and commands of the service menu. Whoever opened it by the PIN acts as staff."""

    def __init__(self, hospital: Hospital, database: Database, clock: Clock, kiosk: Kiosk) -> None:
        self._hospital = hospital
        self._database = database
        self._clock = clock
        self._kiosk = kiosk
        self._patient = By.at_kiosk(kiosk.id)
        self._staff = By(SERVICE, self._patient.station)

    def answer(self, effect: TryPin | Serve) -> PinTried | Served:
        """Do what was asked for. Raises Refused, Fault."""
        if isinstance(effect, TryPin):
            return self._try(effect)
        return self._serve(effect)

    def _try(self, tried: TryPin) -> PinTried:
        answer = check_pin(self._database, self._hospital, self._clock.now(), self._patient, tried.pin)
        if isinstance(answer, PinRight):
            return PinTried(tried.visit, self._state())
        return PinTried(tried.visit, None, _refusal(answer))

    def _serve(self, effect: Serve) -> Served:
        match effect.wish:
            case SuspendKiosk(suspended):
                change = suspend_kiosk if suspended else resume_kiosk
                with self._working() as work:
                    return Served(effect.visit, change(work, self._kiosk.id), words.DONE)
            case SetTheme(theme):
                was = self._state()
                with self._working() as work:
                    state = set_look(work, self._kiosk.id, theme, was.day_percent, was.night_percent)
                return Served(effect.visit, state, words.DONE)
            case SetBrightness(by_day, percent):
                was = self._state()
                day, night = (percent, was.night_percent) if by_day else (was.day_percent, percent)
                with self._working() as work:
                    state = set_look(work, self._kiosk.id, was.theme, day, night)
                return Served(effect.visit, state, words.DONE if self._kiosk.backlight else words.NO_DIMMING)
            case PrintTest():
                printer = self._hospital.printer_for(self._kiosk.id)
                with self._working() as work:
                    print_test_page(work, printer)
                return Served(effect.visit, self._state(), words.TEST_QUEUED.fill(printer=printer))
            case SeeErrors():
                lines = self._errors()
                return Served(effect.visit, self._state(), None if lines else words.NO_ERRORS, lines)

    def _errors(self) -> tuple[Text, ...]:
        """Return what last happened to the printers of this kiosk, the newest first."""
        zone = self._hospital.zone
        with self._database.snapshot() as tx:
            found = [
                change
                for printer in self._hospital.printers_of(self._kiosk)
                for change in devices.history(tx, printer, MOST_ERRORS)
            ]
        newest = sorted(found, key=lambda change: change.at, reverse=True)[:MOST_ERRORS]
        line = Text(zh="{at} {device} {state} {cause}", en="{at} {device} {state} {cause}")
        return tuple(
            line.fill(
                at=f"{one.at.astimezone(zone):%m-%d %H:%M}",
                device=one.device,
                state=state_text(one.state),
                cause=cause_text(one.cause),
            )
            for one in newest
        )

    def _state(self) -> KioskState:
        with self._database.snapshot() as tx:
            return kiosks.state_of(tx, self._kiosk.id)

    def _working(self) -> AbstractContextManager[Work]:
        return working(self._database, self._hospital, self._clock.now(), self._staff)


def _refusal(answer: PinAnswer) -> Text:
    match answer:
        case PinWrong(left):
            return words.PIN_WRONG.fill(n=left)
        case PinLocked(seconds):
            return words.PIN_LOCKED.fill(n=seconds)
        case NoPin() | PinRight():
            return words.NO_PIN
