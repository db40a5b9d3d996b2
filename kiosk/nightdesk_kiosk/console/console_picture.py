"""The console as it is seen: rooms above, the list, what is wrong, and a bar of steps below.

A thread waits for commits of anybody, anywhere; the console draws anew after each.
"""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Click, Unmount
from textual.widgets import Static

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.console_desk import ConsoleDesk, Look
from nightdesk_kiosk.console.panels import QueueTable, RoomBar, Title, TroublePanel
from nightdesk_kiosk.console.rows import rows
from nightdesk_kiosk.console.steps import KEYS, Step
from nightdesk_kiosk.widgets.following import Changed, follow
from nightdesk_kiosk.widgets.putting import put
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.store import StopSignal
from nightdesk_queue.text.bilingual import Language, Text

TALL_ROWS = 44
"""Rows from which a list of 25 patients has room beside steps that are high enough for fingers."""
IN_HEAD = (Step.PERSON, Step.LANGUAGE)
"""What is about the console and not about patients stands beside the title."""
REDRAW_SECONDS = 10.0
"""Waiting minutes grow without a commit."""


class ConsolePicture(Vertical):
    """One clinic at a time, the rooms it is in, and what somebody was told last."""

    DEFAULT_CSS = """
    ConsolePicture { background: $background; }
    ConsolePicture #word { height: auto; min-height: 1; max-height: 3; width: 1fr; padding: 0 1; color: $accent; }
    ConsolePicture #step-take_back { height: 1; min-height: 1; padding: 0; text-style: none; }
    ConsolePicture #head { height: 1; background: $panel; }
    ConsolePicture #head Tap { height: 1; min-height: 1; width: auto; padding: 0 1; }
    ConsolePicture #steps { height: auto; layout: grid; grid-size: 7; grid-gutter: 0 1; grid-rows: 1; }
    ConsolePicture #steps { background: $panel; }
    ConsolePicture #steps Tap { height: 1; min-height: 1; padding: 0; min-width: 8; text-style: none; }
    ConsolePicture.wide #steps { grid-size: 8; }
    ConsolePicture.widest #steps { grid-size: 11; }
    ConsolePicture.narrow #steps { grid-size: 5; }
    ConsolePicture.tall RoomBar { height: 3; }
    ConsolePicture.tall RoomBar Tap { height: 3; min-height: 3; padding: 1 1; }
    ConsolePicture.tall #steps { grid-rows: 3; grid-gutter: 0 1; }
    ConsolePicture.tall #steps Tap { height: 3; padding: 1 0; text-style: bold; }
    """

    def __init__(
        self,
        desk: ConsoleDesk,
        clinic_id: str | None = None,
        room_id: str | None = None,
        language: Language = "zh",
        *,
        redraw_seconds: float = REDRAW_SECONDS,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.desk = desk
        self.language: Language = language
        self._redraw_seconds = redraw_seconds
        hospital = desk.hospital
        self.clinic = hospital.clinics[clinic_id] if clinic_id else next(iter(hospital.clinics.values()))
        self.room: str | None = room_id or only_room(self.clinic)
        """The room that is called to; None until somebody chooses one of several: nobody calls into another's room."""
        self.look: Look | None = None
        self._laid: list[str] = []
        self._last_word = Text("", "")
        self._gone = StopSignal()

    def compose(self) -> ComposeResult:
        """Title, rooms, list, troubles, the last word, steps.

        What takes numbers back stands in sight only while it is wanted, above the other steps, which never move. What
        takes a patient back has no target of its own: `is here` does it, too.
        """
        with Horizontal(id="head"):
            yield Title()
            for key in KEYS:
                if key.step in IN_HEAD:
                    yield Tap(key.key, key.step, classes="quiet", id=f"step-{key.step}")
        yield RoomBar(id="rooms")
        yield QueueTable()
        yield TroublePanel()
        yield Static(id="word", markup=False)
        yield Tap("", Step.TAKE_BACK, id=f"step-{Step.TAKE_BACK}")
        with Vertical(id="steps"):
            for key in KEYS:
                if key.step not in (Step.TAKE_BACK, Step.RETURN, *IN_HEAD):
                    yield Tap(key.key, key.step, classes="quiet", id=f"step-{key.step}")

    def on_mount(self) -> None:
        """Draw at once and follow the database from now on."""
        self.relabel()
        self._follow()
        self.set_interval(self._redraw_seconds, self.draw)

    def on_unmount(self, event: Unmount) -> None:
        """End the feed."""
        self._gone.set()

    def on_resize(self) -> None:
        """Let steps take as few rows as their words allow, and be higher where the list has room enough beside them."""
        self.set_class(self.size.width < 78, "narrow")
        self.set_class(self.size.width >= 96, "wide")
        self.set_class(self.size.width >= 119, "widest")
        self.set_class(self.size.height >= TALL_ROWS, "tall")

    def on_click(self, event: Click) -> None:
        """Take the keyboard's focus on a click anywhere."""
        self.query_one(QueueTable).focus()

    # what is shown ---------------------------------------------------------------------------------------------

    @work(thread=True, group="changes", exit_on_error=False)
    def _follow(self) -> None:
        """Wait in a thread for commits of anybody and tell of each, until the screen goes."""
        follow(self.desk.changes, self._gone, self.post_message)

    @on(Changed)
    def _changed(self, event: Changed) -> None:
        if event.fault is None:
            self.draw()
        else:
            self.say(texts.DATABASE_AWAY.fill(why=event.fault.text))

    def draw(self) -> None:
        """Show what is true now."""
        try:
            look = self.look = self.desk.look(self.clinic)
        except Fault as fault:
            self.say(texts.DATABASE_AWAY.fill(why=fault.text))
            return
        hospital = self.desk.hospital
        self._follow_rooms(look)
        self.query_one(Title).show(look, self.clinic, self.desk, self.room, self.language)
        self.query_one(RoomBar).show(look, hospital, self.room, self.language)
        self.query_one(QueueTable).show(rows(look, hospital, self.language))
        self.query_one(TroublePanel).show(look, hospital, self.language)
        many = any(alarm.event.kind is EventKind.MANY_NUMBERS for alarm in look.alarms)
        self.query_one(f"#step-{Step.TAKE_BACK}").display = many

    def _follow_rooms(self, look: Look) -> None:
        """Lay the room bar anew where the clinic is in other rooms than it was; nobody is called to one it has left."""
        rooms = look.queue.clinic.rooms
        if rooms != self._laid:
            self._laid = rooms
            self.query_one(RoomBar).lay(rooms)
        if self.room is not None and self.room not in rooms:
            self.room = only_room(look.queue.clinic)

    def relabel(self) -> None:
        """Speak another language from now on."""
        self.query_one(QueueTable).relabel(self.language)
        for key in KEYS:
            for tap in self.query(f"#step-{key.step}").results(Tap):
                tap.update(f"{key.written} {key.label.of(self.language)}")
        self.say(self._last_word)
        self.draw()

    def say(self, words: Text) -> None:
        """Show the last word: what was done, or why not."""
        self._last_word = words
        put(self.query_one("#word", Static), words.of(self.language))


def only_room(clinic: Clinic) -> str | None:
    """Return the room of a clinic that has one; of several somebody has to choose."""
    return clinic.rooms[0] if len(clinic.rooms) == 1 else None
