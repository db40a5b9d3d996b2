"""The console full-screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
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
        beside: Sequence[str] = (),
        every_clinic: bool = False,
        redraw_seconds: float = REDRAW_SECONDS,
    ) -> None:
        super().__init__()
        self.console_view = ConsoleView(desk, clinic_id, room_id, language, redraw_seconds=redraw_seconds)
        self._beside = [ConsoleView(desk, one, None, language, redraw_seconds=redraw_seconds) for one in beside]
        if every_clinic:
            self.console_view.show_from_the_start(desk.hospital.clinic)

    def compose(self) -> ComposeResult:
        """The console, or several side by side, each for a clinic of its own."""
        with Horizontal():
            yield self.console_view
            yield from self._beside

    def on_mount(self) -> None:
        """Keys work at once. Where there are no staff it says how to begin."""
        self.console_view.query_one(DataTable).focus()
        look = self.console_view.look
        if look is not None and look.everybody:
            self.console_view.say(texts.NO_STAFF)


def run_console(settings: Settings, clinic_ids: Sequence[str], room_id: str | None, *, every_clinic: bool) -> int:
    """Run the console until it is left. Raises Refused for an unknown clinic or room."""
    hospital = settings.hospital
    clinics = [refusals.known_clinic(hospital, one) for one in clinic_ids]
    if room_id and not clinics:
        clinics = [refusals.clinic_of_room(hospital, room_id)]
    if room_id and room_id not in clinics[0].rooms:
        raise refusals.room_of_another_clinic(hospital, room_id, clinics[0])
    require_terminal("nightdesk console")
    settings.start_log("console", screen=True)
    # undo takes back the last step of this console, not of the one beside it
    station = room_id or terminal_name()
    attend(settings, ProgramKind.CONSOLE, station)
    file = ConfigFile(settings.config)
    desk = ConsoleDesk(hospital, settings.database, settings.clock, settings.by(f"console:{station}"), file)
    app = ConsoleApp(
        desk,
        clinics[0].id if clinics else None,
        room_id,
        speech.language,
        beside=[one.id for one in clinics[1:]],
        every_clinic=every_clinic,
    )
    return app.run_to_end()
