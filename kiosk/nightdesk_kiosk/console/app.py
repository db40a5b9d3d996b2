"""The console full-screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from nightdesk_kiosk.attendance import ConfigFile, attend
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.console_picture import REDRAW_SECONDS
from nightdesk_kiosk.console.console_view import ConsoleView
from nightdesk_kiosk.ui_language import speech
from nightdesk_kiosk.widgets.app import NightApp, require_terminal, terminal_name
from nightdesk_queue.domain.programs import ProgramKind
from nightdesk_queue.rules import refusals
from nightdesk_queue.text.bilingual import Language


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
        redraw_seconds: float = REDRAW_SECONDS,
    ) -> None:
        super().__init__()
        self.console_view = ConsoleView(desk, clinic_id, room_id, language, redraw_seconds=redraw_seconds)

    def compose(self) -> ComposeResult:
        """The console and nothing else."""
        yield self.console_view

    def on_mount(self) -> None:
        """Keys work at once. Where there are no staff it says how to begin."""
        self.query_one(DataTable).focus()
        look = self.console_view.look
        if look is not None and look.everybody:
            self.console_view.say(texts.NO_STAFF)


def run_console(settings: Settings, clinic_id: str | None, room_id: str | None) -> int:
    """Run the console until it is left. Raises Refused for an unknown clinic or room."""
    hospital = settings.hospital
    if room_id:
        clinic_id = clinic_id or refusals.clinic_of_room(hospital, room_id).id
    if clinic_id:
        clinic = refusals.known_clinic(hospital, clinic_id)
        if room_id and room_id not in clinic.rooms:
            raise refusals.room_of_another_clinic(hospital, room_id, clinic)
    require_terminal("nightdesk console")
    settings.start_log("console", screen=True)
    # undo takes back the last step of this console, not of the one beside it
    station = room_id or terminal_name()
    attend(settings, ProgramKind.CONSOLE, station)
    file = ConfigFile(settings.config)
    desk = ConsoleDesk(hospital, settings.database, settings.clock, settings.by(f"console:{station}"), file)
    return ConsoleApp(desk, clinic_id, room_id, speech.language).run_to_end()
