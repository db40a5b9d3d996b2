"""The console full-screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Key
from textual.widgets import Input

from nightdesk_kiosk.attendance import ConfigFile, attend
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.buttons import LineAway, Pressed, buttons_of, read_line
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.console_picture import REDRAW_SECONDS
from nightdesk_kiosk.console.console_view import ConsoleView
from nightdesk_kiosk.console.doctor_view import DoctorView
from nightdesk_kiosk.ui_language import speech
from nightdesk_kiosk.widgets.app import SMALLEST, NightApp, Smallest, fits_terminal, require_terminal, terminal_name
from nightdesk_queue.domain.programs import ProgramKind
from nightdesk_queue.rules import refusals
from nightdesk_queue.store import StopSignal
from nightdesk_queue.text.bilingual import Language

DOCTORS_SIZE = Smallest(60, 20)
"""The smallest terminal of the doctor's view."""


class ConsoleApp(NightApp):
    """One console; Ctrl+Q leaves it."""

    HAS_KEYS = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", show=False)]

    def __init__(
        self,
        desk: ConsoleDesk,
        clinic_id: str | None = None,
        room_id: str | None = None,
        language: Language = "zh",
        *,
        beside: Sequence[str] = (),
        every_clinic: bool = False,
        doctor: bool = False,
        redraw_seconds: float = REDRAW_SECONDS,
    ) -> None:
        super().__init__(smallest=DOCTORS_SIZE if doctor else SMALLEST)
        view = DoctorView if doctor else ConsoleView
        self.console_view = view(desk, clinic_id, room_id, language, redraw_seconds=redraw_seconds)
        self._beside = [ConsoleView(desk, one, None, language, redraw_seconds=redraw_seconds) for one in beside]
        for one in (self.console_view, *self._beside) if self._beside else ():
            # which of several has the keyboard is seen
            one.add_class("beside")
        self._buttons = buttons_of(desk.hospital, room_id)
        self._gone = StopSignal()
        if every_clinic:
            self.console_view.show_from_the_start(desk.hospital.clinic)

    def takes(self, key: Key) -> bool:
        """Take the key of a physical button, unless it is a character for a line that is typed in."""
        if key.is_printable and isinstance(self.focused, Input):
            return False
        button = next((one for one in self._buttons if one.key == key.key), None)
        if button is not None:
            self.console_view.press(button)
        return button is not None

    @work(thread=True, group="buttons", exit_on_error=False)
    def _read_buttons(self, port: str) -> None:
        read_line(port, [one for one in self._buttons if one.port == port], self._gone, self.post_message)

    @on(Pressed)
    def _pressed(self, event: Pressed) -> None:
        self.touch()
        self.console_view.press(event.button)

    @on(LineAway)
    def _line_away(self, event: LineAway) -> None:
        self.console_view.say(event.why)

    def on_unmount(self) -> None:
        """Let the threads that read buttons end."""
        self._gone.set()

    def compose(self) -> ComposeResult:
        """The console, or several side by side, each for a clinic of its own."""
        with Horizontal():
            yield self.console_view
            yield from self._beside

    def on_mount(self) -> None:
        """Keys work at once. Where there are no staff it says how to begin."""
        self.console_view.focus_list()
        look = self.console_view.look
        if look is not None and look.everybody:
            self.console_view.say(texts.NO_STAFF)
        for port in dict.fromkeys(one.port for one in self._buttons if one.port):
            self._read_buttons(port)


def run_console(
    settings: Settings, clinic_ids: Sequence[str], room_id: str | None, *, every_clinic: bool, doctor: bool
) -> int:
    """Run the console until it is left; for a room in a terminal too small for the hall the doctor's view.

    Raises Refused for an unknown clinic or room.
    """
    hospital = settings.hospital
    clinics = [refusals.known_clinic(hospital, one) for one in clinic_ids]
    if room_id and not clinics:
        clinics = [refusals.clinic_of_room(hospital, room_id)]
    if room_id and room_id not in clinics[0].rooms:
        raise refusals.room_of_another_clinic(hospital, room_id, clinics[0])
    one_clinic = not every_clinic and len(clinic_ids) < 2
    doctor = doctor or (room_id is not None and one_clinic and not fits_terminal(SMALLEST))
    require_terminal("nightdesk console", DOCTORS_SIZE if doctor else SMALLEST)
    settings.start_log("console", screen=True)
    # undo takes back the last step of this console, not of the one beside it
    station = room_id or terminal_name()
    attend(settings, ProgramKind.CONSOLE, station)
    file = ConfigFile(settings.config, settings.database.machine)
    desk = ConsoleDesk(hospital, settings.database, settings.clock, settings.by(f"console:{station}"), file)
    app = ConsoleApp(
        desk,
        clinics[0].id if clinics else None,
        room_id,
        speech.language,
        beside=[one.id for one in clinics[1:]],
        every_clinic=every_clinic,
        doctor=doctor,
    )
    return app.run_to_end()
