"""The console as it is seen: rooms above, the list with its sections, what is wrong, and a bar of steps below.

A thread waits for commits of anybody, anywhere, and another reads what is true then: a database that does not answer
never stops the screen, which says since when it shows what is old.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Click, Unmount
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.about_patient import about
from nightdesk_kiosk.console.console_desk import ConsoleDesk, Look
from nightdesk_kiosk.console.panels import CountLine, RoomBar, SectionPanel, Title, TroublePanel
from nightdesk_kiosk.console.possible import is_possible
from nightdesk_kiosk.console.queue_table import QueueTable
from nightdesk_kiosk.console.rows import METER, SHORT_METER, RowMaker, columns
from nightdesk_kiosk.console.sounds import Heard, bells, heard
from nightdesk_kiosk.console.steps import IN_ROOM, KEYS, WHILE_WANTED, WITHOUT_TAP, Key, Step, key_of
from nightdesk_kiosk.widgets.following import Changed, follow
from nightdesk_kiosk.widgets.putting import put
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.config import Clinic
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.store import StopSignal
from nightdesk_queue.text.bilingual import Language, Text, joined

TALL_ROWS = 44
"""Rows from which a list of 25 patients has room beside steps that are high enough for fingers."""
IN_HEAD = (Step.HELP, Step.PERSON, Step.LANGUAGE)
"""What is about the console and not about patients stands beside the title."""
REDRAW_SECONDS = 10.0
"""Waiting minutes grow without a commit."""
WORD_SECONDS = 30.0
"""How long the last word is news."""
BELL_SECONDS = 0.4
"""Between the bells of one sound."""


class ConsolePicture(Vertical):
    """Some clinics, the rooms they are in, and what somebody was told last."""

    DEFAULT_CSS = """
    ConsolePicture { background: $background; }
    ConsolePicture #word { height: auto; min-height: 1; max-height: 3; width: 1fr; padding: 0 1; color: $accent; }
    ConsolePicture #word.aged { color: #8b98a8; }
    ConsolePicture .wanted { height: 1; min-height: 1; padding: 0; text-style: none; }
    ConsolePicture #head { height: 1; background: $panel; }
    ConsolePicture #head Tap { height: 1; min-height: 1; width: auto; padding: 0 1; }
    ConsolePicture #steps { height: auto; layout: grid; grid-size: 8; grid-gutter: 0; grid-rows: 1; }
    ConsolePicture #steps { background: $panel; }
    ConsolePicture #steps Tap { height: 1; min-height: 1; padding: 0; min-width: 8; text-style: none; }
    ConsolePicture Tap.off { color: #8b98a8; text-style: none; background: $surface; }
    ConsolePicture #about-line { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    ConsolePicture #about { height: auto; max-height: 9; padding: 0 1; background: $panel; }
    ConsolePicture #side { width: 28; display: none; border-left: solid $panel; background: $surface; }
    ConsolePicture.wide #side { display: block; }
    ConsolePicture.wide CountLine, ConsolePicture.wide #about-line { display: none; }
    ConsolePicture.wide #steps { grid-size: 10; }
    ConsolePicture.widest #steps { grid-size: 12; }
    ConsolePicture.beside:focus-within #head, ConsolePicture.beside:focus-within Title { background: $primary; }
    ConsolePicture.broadest #steps { grid-gutter: 0 1; }
    ConsolePicture.widest #side { width: 32; }
    ConsolePicture.narrow #steps { grid-size: 5; }
    ConsolePicture.tall RoomBar { grid-rows: 3; }
    ConsolePicture.tall RoomBar Tap { height: 3; min-height: 3; padding: 1 1; }
    ConsolePicture.tall #steps { grid-rows: 3; }
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
        self.shown: tuple[Clinic, ...] = (hospital.clinics[clinic_id or next(iter(hospital.clinics))],)
        """The clinics that are shown."""
        self.room: str | None = room_id or only_room(self.shown)
        """The room that is called to; None until somebody chooses one of several: nobody calls into another's room."""
        self.look: Look | None = None
        self._old_since: datetime | None = None
        """Since when what is shown could not be read anew."""
        self._reads = count()
        self._taken_in = -1
        self._reading = False
        self._read_again = False
        self._heard: Heard | None = None
        self._laid: list[str] = []
        self._targets: dict[Step, Tap] = {}
        self._rows = RowMaker()
        self._last_word = Text("", "")
        self._ages: Timer | None = None
        self._said_at = ""
        self._gone = StopSignal()

    def show_from_the_start(self, clinics: Sequence[Clinic]) -> None:
        """Show these clinics in one list."""
        self.shown = tuple(clinics)
        self.room = self.room or only_room(self.shown)

    @property
    def clinic(self) -> Clinic | None:
        """The clinic that is shown, where it is one."""
        return self.shown[0] if len(self.shown) == 1 else None

    def compose(self) -> ComposeResult:
        """Title, rooms, list, troubles, the last word, steps.

        What takes numbers back stands in sight only while it is wanted, above the other steps, which never move. What
        takes a patient back has no target of its own: `is here` does it, too.
        """
        with Horizontal(id="head"):
            yield Title()
            for key in KEYS:
                if key.step in IN_HEAD:
                    yield self.target(key)
        yield RoomBar(id="rooms")
        with Horizontal(id="body"):
            yield QueueTable()
            with Vertical(id="side"):
                yield SectionPanel()
                yield Static(id="about", markup=False)
        yield CountLine()
        yield Static(id="about-line", markup=False)
        yield TroublePanel()
        yield Static(id="word", markup=False)
        for step in WHILE_WANTED:
            yield self.target(key_of(step), classes="wanted")
        with Vertical(id="steps"):
            for key in KEYS:
                if key.step not in (*WITHOUT_TAP, *IN_HEAD):
                    yield self.target(key)

    def target(self, key: Key, classes: str = "quiet") -> Tap:
        """Return a new target for a step. It is remembered: to look for it at each picture costs more than to draw."""
        tap = self._targets[key.step] = Tap("", key.step, classes=classes, id=f"step-{key.step}")
        return tap

    def on_mount(self) -> None:
        """Draw at once and follow the database from now on."""
        self.draw_now()
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
        self.set_class(self.size.width >= 150, "broadest")
        self.set_class(self.size.height >= TALL_ROWS, "tall")
        self.call_after_refresh(self.show)

    def on_click(self, event: Click) -> None:
        """Take the keyboard's focus on a click anywhere."""
        self.focus_list()

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
            self._away(event.fault)

    @dataclass
    class Read(Message):
        """What was true at a moment, or why it could not be read. `began`: reads are counted as they begin."""

        look: Look | None
        began: int
        fault: Fault | None = None

    def draw(self) -> None:
        """Have what is true now read in a thread, and shown as soon as it is there."""
        if self._reading:
            self._read_again = True
        else:
            self._reading = True
            self._read(self.shown, next(self._reads))

    @work(thread=True, group="look", exit_on_error=False)
    def _read(self, shown: tuple[Clinic, ...], began: int) -> None:
        self.post_message(self._read_of(shown, began))

    def _read_of(self, shown: tuple[Clinic, ...], began: int) -> Read:
        try:
            return self.Read(self.desk.look(shown), began)
        except Fault as fault:
            return self.Read(None, began, fault)

    @on(Read)
    def _was_read(self, event: Read) -> None:
        self._reading = False
        if self._read_again or self._is_other(event.look):
            self._read_again = False
            self.draw()
        self._take_in(event)

    def draw_now(self) -> None:
        """Read and show at once: what a person has asked for must not be what was shown before."""
        self._take_in(self._read_of(self.shown, next(self._reads)))

    def _take_in(self, read: Read) -> None:
        if read.began < self._taken_in:
            return  # another read that began later was faster
        self._taken_in = read.began
        if read.fault is not None:
            self._away(read.fault)
        elif read.look is not None and not self._is_other(read.look):
            if self._old_since is not None:
                self.say(texts.DATABASE_BACK)
            self._old_since = None
            if self.look is not None and self.look.everybody and not read.look.everybody:
                self.say(texts.SIGNED_OUT)
            if self.look is not None and read.look.last_event < self.look.last_event:
                self.say(texts.OTHER_DATABASE)
                self.app.bell()
            self.look = read.look
            self._sound(read.look)
            self.show()

    def _is_other(self, look: Look | None) -> bool:
        """Whether a look is one at clinics that are not shown any more."""
        return look is not None and [one.clinic.id for one in look.queues] != [one.id for one in self.shown]

    def _away(self, fault: Fault) -> None:
        """Say that the database is away, and since when what is seen is old."""
        self.say(texts.DATABASE_AWAY.fill(why=fault.text))
        if self._old_since is None and self.look is not None:
            self._old_since = self.look.at
            self.show()

    def show(self) -> None:
        """Show what was read last."""
        look, hospital, language = self.look, self.desk.hospital, self.language
        if look is None:
            return
        self._follow_rooms(look)
        self.query_one(Title).show(look, self.desk, self.room, language, self._old_since)
        self.query_one(RoomBar).show(look, hospital, self.room, language)
        width = METER if self.has_class("widest") else SHORT_METER
        self.query_one(QueueTable).show(columns(look), self._rows.rows(look, hospital, language, width), language)
        if self.has_class("wide"):
            self.query_one(SectionPanel).show(look, hospital, language)
        else:
            self.query_one(CountLine).show(look, hospital, language)
        self.query_one(TroublePanel).show(look, hospital, language)
        many = any(alarm.event.kind is EventKind.MANY_NUMBERS for alarm in look.alarms)
        self._targets[Step.TAKE_BACK].display = many
        self._targets[Step.FROM_ER].display = bool(look.refused)
        self._show_chosen()

    @on(QueueTable.Highlighted)
    def _highlighted(self) -> None:
        self._show_chosen()

    def _show_chosen(self) -> None:
        """Say who is chosen, and let the steps that cannot be taken now look so."""
        look = self.look
        if look is None:
            return
        chosen = self.chosen()
        said = about(chosen, look, self.desk.hospital) if chosen else [texts.ABOUT_NOBODY]
        put(self.query_one("#about", Static), "\n".join(one.of(self.language) for one in said))
        put(self.query_one("#about-line", Static), joined(said, " · ", " · ").of(self.language))
        role = self.desk.member.role if self.desk.member else None
        mine = self.patient_for(Step.RECALL)
        held = self.patient_for(Step.HOLD)
        for step, tap in self._targets.items():
            about_whom = held if step is Step.HOLD else mine if step in IN_ROOM else chosen
            tap.set_class(not is_possible(step, about_whom, look, self.room, role), "off")

    def chosen(self) -> Ticket | None:
        """Return whom a person has chosen."""
        return self.query_one(QueueTable).chosen()

    def choose(self, ticket_id: str) -> bool:
        """Choose a patient, and return whether they are listed."""
        return self.query_one(QueueTable).choose(ticket_id)

    def follow_patient(self, ticket_id: str) -> None:
        """Keep with the patient a step was about."""
        self.choose(ticket_id)

    def focus_list(self) -> None:
        """Let keys go to the list."""
        self.query_one(QueueTable).focus()

    def patient_for(self, step: Step) -> Ticket | None:
        """Return whom a step is about: who is chosen; of the steps in a room its own patient, unless one is chosen."""
        chosen = self.chosen()
        if step not in IN_ROOM or (chosen and (chosen.room or step is Step.HOLD)):
            return chosen
        inside = self.look.inside if self.look else {}
        return inside.get(self.room or "") or chosen

    def _follow_rooms(self, look: Look) -> None:
        """Lay the room bar anew where a clinic is in other rooms than it was; nobody is called to one it has left."""
        rooms = look.room_ids
        if rooms != self._laid:
            self._laid = rooms
            self.query_one(RoomBar).lay(rooms)
        if self.room is not None and self.room not in rooms:
            self.room = only_room([queue.clinic for queue in look.queues])

    def _sound(self, look: Look) -> None:
        """Ring for what is new from outside: once for a transfer, twice for a page, three times for an alarm."""
        now = heard(look)
        if self.desk.hospital.console.sounds:
            for n in range(bells(self._heard, now)):
                self.set_timer(BELL_SECONDS * n or 0.01, self.app.bell)
        self._heard = now

    def relabel(self) -> None:
        """Speak another language from now on."""
        for step, tap in self._targets.items():
            key = key_of(step)
            tap.update(f"{key.written} {key.label.of(self.language)}")
        self._show_word()
        self.show()

    def say(self, words: Text) -> None:
        """Show the last word: what was done, or why not. After a while it stands with its time and stands back."""
        self._last_word = words
        word = self.query_one("#word", Static)
        word.remove_class("aged")
        self._show_word()
        if self._ages is not None:
            self._ages.stop()
        at = f"{self.desk.clock.now().astimezone(self.desk.hospital.zone):%H:%M}"
        self._ages = self.set_timer(WORD_SECONDS, lambda: self._age(at))

    def _age(self, at: str) -> None:
        self.query_one("#word", Static).add_class("aged")
        self._said_at = at
        self._show_word()

    def _show_word(self) -> None:
        """Show the last word in the language that is spoken now; one that is no news any more with its time."""
        word, words = self.query_one("#word", Static), self._last_word.of(self.language)
        put(word, f"{self._said_at}  {words}" if words and word.has_class("aged") else words)


def only_room(shown: Sequence[Clinic]) -> str | None:
    """Return the room of a single clinic that has one; of several somebody has to choose."""
    rooms = [room for clinic in shown for room in clinic.rooms]
    return rooms[0] if len(rooms) == 1 else None
