"""The console as one widget: rooms above, the list, what is wrong, and a bar of steps below.

It polls the database's change counter every 50 ms and draws anew when anybody, anywhere, has committed something.
Steps run in threads that only post messages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text as RichText
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Click, Key, Mount, Unmount
from textual.message import Message
from textual.widgets import DataTable, Static

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.desk import ConsoleDesk, DeviceTrouble, Look
from nightdesk_kiosk.console.dialogs import Choice
from nightdesk_kiosk.console.rows import COLUMNS, rows
from nightdesk_kiosk.device_texts import cause_text, state_text
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.alarms import ALARM_TEXTS, Alarm
from nightdesk_queue.desk import Desk
from nightdesk_queue.errors import Fault, Refused
from nightdesk_queue.language import Language, Text, joined
from nightdesk_queue.model import REASON_TEXTS, Call, Ticket
from nightdesk_queue.states import STEP_TEXTS, Step

POLL_SECONDS = 0.05
TROUBLES_SHOWN = 4
REDRAW_SECONDS = 2.0
"""Waiting minutes grow without a commit."""

STEPS: tuple[tuple[str, str, Text], ...] = (
    ("n", "next", texts.NEXT_KEY),
    ("g", "this", texts.THIS_KEY),
    ("r", "recall", texts.RECALL_KEY),
    ("s", "start", texts.START_KEY),
    ("f", "finish", texts.FINISH_KEY),
    ("m", "miss", texts.MISS_KEY),
    ("h", "hold", texts.HOLD_KEY),
    ("b", "return", texts.RETURN_KEY),
    ("j", "rejoin", texts.REJOIN_KEY),
    ("t", "transfer", texts.TRANSFER_KEY),
    ("x", "cancel", texts.CANCEL_KEY),
    ("a", "seen", texts.SEEN_KEY),
    ("c", "clinic", texts.CLINIC_KEY),
    ("l", "language", texts.LANGUAGE_KEY),
)
"""Key, action and label of everything the console does."""


class ConsoleView(Vertical):
    """A console for one clinic at a time; `n` calls to the chosen room."""

    DEFAULT_CSS = """
    ConsoleView { background: $background; }
    ConsoleView #title { height: 1; background: $panel; text-style: bold; padding: 0 1; width: 1fr; }
    ConsoleView #rooms { height: 3; }
    ConsoleView #rooms Tap { margin: 0 1 0 0; padding: 0 1; height: 3; }
    ConsoleView #rooms Tap.chosen { background: $primary; text-style: bold underline; }
    ConsoleView DataTable { height: 1fr; scrollbar-size-horizontal: 0; }
    ConsoleView #trouble { height: auto; max-height: 4; background: $error; padding: 0 1; text-style: bold; }
    ConsoleView #trouble, ConsoleView #title, ConsoleView #word { text-wrap: nowrap; text-overflow: ellipsis; }
    ConsoleView #word { height: 1; width: 1fr; padding: 0 1; color: $accent; }
    ConsoleView #steps { height: auto; layout: grid; grid-size: 7; grid-gutter: 0 1; grid-rows: 1; background: $panel; }
    ConsoleView #steps Tap { height: 1; min-height: 1; padding: 0; min-width: 8; text-style: none; }
    ConsoleView.narrow #steps { grid-size: 5; }
    ConsoleView.narrow #rooms, ConsoleView.narrow #rooms Tap { height: 1; min-height: 1; }
    ConsoleView.tall #steps { grid-rows: 3; grid-gutter: 0 1; }
    ConsoleView.tall #steps Tap { height: 3; padding: 1 0; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(f"{key},{key.upper()}", f"step('{action}')", label.en, id=f"console.{action}")
            for key, action, label in STEPS
        ),
        *(Binding(str(digit), f"room({digit})", show=False, id=f"console.room{digit}") for digit in range(1, 10)),
    ]

    @dataclass
    class Said(Message):
        """A step was taken or refused; `ticket` is the one to highlight."""

        words: Text
        ticket: Ticket | None = None

    def __init__(
        self,
        desk: ConsoleDesk,
        clinic_id: str | None = None,
        room_id: str | None = None,
        language: Language = "zh",
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.desk = desk
        self.language: Language = language
        hospital = desk.hospital
        self.clinic = hospital.clinics[clinic_id] if clinic_id else next(iter(hospital.clinics.values()))
        self.room = room_id or self.clinic.rooms[0]
        self.look: Look | None = None
        self._alarm_shown = 0
        self._drifted = False

    def compose(self) -> ComposeResult:
        """Title, rooms, list, troubles, the last word, steps."""
        yield Static(id="title", markup=False)
        yield Horizontal(id="rooms")
        table: DataTable[RichText] = DataTable(cursor_type="row", zebra_stripes=True)
        yield table
        yield Static(id="trouble", markup=False)
        yield Static(id="word", markup=False)
        with Vertical(id="steps"):
            for key, action, _ in STEPS:
                yield Tap(key, f"step:{action}", classes="quiet", id=f"step-{action}")

    async def on_mount(self, event: Mount) -> None:
        """Draw at once and follow the database from now on."""
        self._relabel()
        await self._lay_rooms()
        self.set_interval(POLL_SECONDS, self._follow)
        self.set_interval(REDRAW_SECONDS, self._draw)

    def on_unmount(self, event: Unmount) -> None:
        """Let go of the database."""
        self.desk.close()

    def on_resize(self) -> None:
        """Steps are three rows high where there is room for fingers, and five a row where the pane is narrow."""
        self.set_class(self.size.width < 78, "narrow")
        self.set_class(self.size.height >= 20, "tall")

    def on_click(self, event: Click) -> None:
        """A click anywhere brings the keys here; one in the list chooses."""
        self._drifted = False
        self.query_one(DataTable).focus()

    # what is shown ---------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        try:
            if self.desk.changed():
                self._draw()
        except Fault as fault:
            self._say(texts.DATABASE_AWAY.fill(why=fault.text))

    def _draw(self) -> None:
        try:
            self.look = self.desk.look(self.clinic)
        except Fault as fault:
            self._say(texts.DATABASE_AWAY.fill(why=fault.text))
            return
        self._draw_title(self.look)
        self._draw_rooms(self.look)
        self._draw_list(self.look)
        self._draw_trouble(self.look)

    def _draw_title(self, look: Look) -> None:
        state = texts.OPEN if look.queue.opening.issuing else texts.CLOSED
        count = texts.WAITING.fill(n=len(look.queue.waiting))
        room = texts.CALL_TO.fill(room=self.desk.hospital.room_name(self.room))
        parts = [self.clinic.name, state, count, room]
        clock = f"{look.at.astimezone(self.desk.hospital.zone):%H:%M}"
        self.query_one("#title", Static).update(f"{clock}  {joined(parts, ' · ', ' · ').of(self.language)}")

    def _draw_rooms(self, look: Look) -> None:
        occupied = {ticket.room: ticket for ticket in (*look.queue.called, *look.queue.serving)}
        for index, room_id in enumerate(self.clinic.rooms, start=1):
            taps = self.query(f"#room-{index}")
            if taps:
                name = self.desk.hospital.room_name(room_id).of(self.language)
                ticket = occupied.get(room_id)
                inside = f"{ticket.number}" if ticket else texts.FREE.of(self.language)
                tap = taps.first(Tap)
                tap.update(f"{index} {name}: {inside}")
                tap.set_class(room_id == self.room, "chosen")

    def _draw_list(self, look: Look) -> None:
        table = self.query_one(DataTable)
        chosen = self._chosen()
        old_row = table.cursor_row
        table.clear()
        listed = rows(look, self.desk.hospital, self.language)
        for row in listed:
            # as Text: a name is never taken for markup
            table.add_row(*(RichText(cell) for cell in row.cells), key=row.ticket.id)
        ids = [row.ticket.id for row in listed]
        if chosen in ids:
            table.move_cursor(row=ids.index(chosen), scroll=False)
        elif ids:
            # the chosen patient has left the list: the next key must not fall on whoever took the place
            self._drifted = self._drifted or chosen is not None
            table.move_cursor(row=min(old_row, len(ids) - 1), scroll=False)

    def _draw_trouble(self, look: Look) -> None:
        zone = self.desk.hospital.zone
        lines = [
            texts.ALARM.fill(
                at=f"{event.at.astimezone(zone):%H:%M}",
                where=event.station,
                what=ALARM_TEXTS[Alarm(event.kind)],
            )
            for event in look.alarms
        ]
        lines += [_trouble(trouble) for trouble in look.troubles]
        panel = self.query_one("#trouble", Static)
        panel.display = bool(lines)
        self._alarm_shown = max((event.seq for event in look.alarms[:TROUBLES_SHOWN]), default=0)
        shown = [line.of(self.language) for line in lines[:TROUBLES_SHOWN]]
        if len(lines) > TROUBLES_SHOWN:
            shown[-1] += f"  +{len(lines) - TROUBLES_SHOWN}"
        panel.update("\n".join(shown))

    def _relabel(self) -> None:
        table = self.query_one(DataTable)
        chosen = self._chosen()
        table.clear(columns=True)
        for heading in COLUMNS:
            table.add_column(heading.of(self.language))
        for key, action, label in STEPS:
            self.query_one(f"#step-{action}", Tap).update(f"{key.upper()} {label.of(self.language)}")
        self._draw()
        if chosen:
            self._choose(chosen)

    async def _lay_rooms(self) -> None:
        holder = self.query_one("#rooms", Horizontal)
        await holder.remove_children()
        await holder.mount_all(
            Tap("", f"room:{index}", classes="quiet", id=f"room-{index}")
            for index in range(1, len(self.clinic.rooms) + 1)
        )
        self._draw()

    def _say(self, words: Text) -> None:
        self.query_one("#word", Static).update(words.of(self.language))

    # what staff do ---------------------------------------------------------------------------------------------

    @on(Tap.Tapped)
    async def _tapped(self, event: Tap.Tapped) -> None:
        event.stop()
        kind, _, detail = event.wish.partition(":")
        if kind == "room":
            self.action_room(int(detail))
        else:
            await self.action_step(detail)
        self.query_one(DataTable).focus()

    def action_room(self, index: int) -> None:
        """Choose the room that `n` calls to."""
        if index <= len(self.clinic.rooms):
            self.room = self.clinic.rooms[index - 1]
            self._draw()

    async def action_step(self, action: str) -> None:
        """Do what a key or a tap asks for."""
        if action == "next":
            # taken down now: by the time the step runs somebody may have chosen another room
            room, now, by = self.room, self.desk.clock.now(), self.desk.by
            self._take(lambda desk: desk.call(room, now=now, by=by))
        elif action == "language":
            self.language = "en" if self.language == "zh" else "zh"
            self._relabel()
        elif action == "clinic":
            self._ask_clinic()
        elif action == "seen":
            self._acknowledge(self._alarm_shown)
        elif ticket := self._chosen_ticket():
            self._step_for(action, ticket)
        else:
            self._say(texts.CHOOSE_ROW)

    def _step_for(self, action: str, ticket: Ticket) -> None:
        now, by, id_, room = self.desk.clock.now(), self.desk.by, ticket.id, self.room
        steps: dict[str, Callable[[Desk], Ticket | Call]] = {
            "this": lambda desk: desk.call(room, ticket=id_, now=now, by=by),
            "recall": lambda desk: desk.recall(id_, now=now, by=by),
            "start": lambda desk: desk.start(id_, now=now, by=by),
            "finish": lambda desk: desk.finish(id_, now=now, by=by),
            "miss": lambda desk: desk.miss(id_, now=now, by=by),
            "hold": lambda desk: desk.hold(id_, now=now, by=by),
            "return": lambda desk: desk.return_(id_, now=now, by=by),
            "rejoin": lambda desk: desk.rejoin(id_, now=now, by=by),
        }
        if action == "transfer":
            self._ask_transfer(ticket)
        elif action == "cancel":
            self._ask_cancel(ticket)
        else:
            self._take(steps[action], Step.CALL if action == "this" else Step(action))

    def _ask_clinic(self) -> None:
        clinics = self.desk.hospital.clinic
        answers = [(clinic.name.of(self.language), clinic.id) for clinic in clinics]
        self.app.push_screen(Choice(texts.CLINIC_KEY.of(self.language), answers), self._change_clinic)

    async def _change_clinic(self, clinic_id: str | None) -> None:
        if clinic_id:
            self.clinic = self.desk.hospital.clinics[clinic_id]
            self.room = self.clinic.rooms[0]
            await self._lay_rooms()

    def _ask_transfer(self, ticket: Ticket) -> None:
        def go(clinic_id: str | None) -> None:
            if clinic_id:
                now, by = self.desk.clock.now(), self.desk.by
                self._take(lambda desk: desk.transfer(ticket.id, to=clinic_id, now=now, by=by), Step.TRANSFER)

        others = [clinic for clinic in self.desk.hospital.clinic if clinic.id != ticket.clinic]
        question = texts.TRANSFER_TO.fill(number=ticket.number).of(self.language)
        self.app.push_screen(Choice(question, [(c.name.of(self.language), c.id) for c in others]), go)

    def _ask_cancel(self, ticket: Ticket) -> None:
        def go(answer: str | None) -> None:
            if answer == "yes":
                now, by = self.desk.clock.now(), self.desk.by
                self._take(lambda desk: desk.cancel(ticket.id, now=now, by=by), Step.CANCEL)

        question = texts.REALLY_CANCEL.fill(number=ticket.number).of(self.language)
        answers = [(texts.NO.of(self.language), "no"), (texts.YES.of(self.language), "yes")]
        self.app.push_screen(Choice(question, answers), go)

    @work(thread=True, group="step", exit_on_error=False)
    def _take(self, step: Callable[[Desk], Ticket | Call], name: Step = Step.CALL) -> None:
        self.post_message(self.Said(texts.WORKING))

        def take() -> ConsoleView.Said:
            result = self.desk.act(step)
            return self.Said(self._words(result, name), _ticket_of(result))

        self._answer(take)

    def _answer(self, work: Callable[[], Said]) -> None:
        """Post what `work` says, or why it could not be done; a thread of ours never ends without a word."""
        try:
            said = work()
        except Refused as refused:
            said = self.Said(texts.NOT_NOW.fill(why=refused.text))
        except Fault as fault:
            said = self.Said(texts.DATABASE_AWAY.fill(why=fault.text))
        except Exception as error:  # noqa: BLE001 - the nurse must not wait for an answer that never comes
            said = self.Said(texts.UNFORESEEN.fill(why=f"{type(error).__name__}: {error}"))
        self.post_message(said)

    @work(thread=True, group="step", exit_on_error=False)
    def _acknowledge(self, up_to: int) -> None:
        self._answer(lambda: self.Said(texts.ALARMS_SEEN.fill(n=self.desk.alarms_seen(up_to))))

    def _words(self, result: Ticket | Call, name: Step) -> Text:
        if isinstance(result, Call):
            room = self.desk.hospital.room_name(result.room)
            return texts.CALLED.fill(number=result.ticket.number, room=room, why=REASON_TEXTS[result.reason])
        return texts.DONE.fill(number=result.number, step=STEP_TEXTS[name])

    @on(Said)
    def _said(self, event: Said) -> None:
        self._say(event.words)
        self._draw()
        if event.ticket:
            self._choose(event.ticket.id)

    def _choose(self, ticket_id: str) -> None:
        table = self.query_one(DataTable)
        for index, key in enumerate(table.rows):
            if key.value == ticket_id:
                self._drifted = False
                table.move_cursor(row=index)

    def _chosen(self) -> str | None:
        table = self.query_one(DataTable)
        if not table.row_count or not table.is_valid_row_index(table.cursor_row):
            return None
        return table.coordinate_to_cell_key((table.cursor_row, 0)).row_key.value  # type: ignore[arg-type]

    def on_key(self, event: Key) -> None:
        """Whoever moves the highlight has chosen anew."""
        if event.key in ("up", "down", "pageup", "pagedown", "home", "end"):
            self._drifted = False

    def _chosen_ticket(self) -> Ticket | None:
        chosen = self._chosen()
        if self.look is None or chosen is None or self._drifted:
            return None
        listed = rows(self.look, self.desk.hospital, self.language)
        return next((row.ticket for row in listed if row.ticket.id == chosen), None)


def _ticket_of(result: Ticket | Call) -> Ticket:
    return result.ticket if isinstance(result, Call) else result


def _trouble(trouble: DeviceTrouble) -> Text:
    words = texts.PRINTER_FAULT if trouble.kind == "printer" else texts.DISPLAY_FAULT
    return words.fill(
        id=trouble.id,
        state=state_text(trouble.state),
        cause=cause_text(trouble.cause),
        n=trouble.slips_waiting,
    )
