"""The parts of the console: the list with its highlight, the rooms, and what is wrong. Each is told what it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text as RichText
from textual.containers import Horizontal
from textual.coordinate import Coordinate
from textual.events import Click
from textual.widgets import DataTable, Static

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.console_desk import ConsoleDesk, Look
from nightdesk_kiosk.console.rows import COLUMNS, Row
from nightdesk_kiosk.console.steps import RoomAt
from nightdesk_kiosk.device_wording import cause_text, state_text
from nightdesk_kiosk.widgets.putting import put
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.devices import DeviceHealth, DeviceKind, DeviceState
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.room_state import RoomUse
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries.alarms import ToldAlarm
from nightdesk_queue.text.bilingual import Language, Text, joined

TROUBLES_SHOWN = 4


class QueueTable(DataTable[RichText]):
    """The list. The highlight stays with its patient; when that patient leaves, nobody is chosen until it is moved."""

    DEFAULT_CSS = "QueueTable { height: 1fr; scrollbar-size-horizontal: 0; }"

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=True)
        self._listed: Sequence[Row] = ()
        self._drifted = False

    def _choose_anew(self) -> None:
        """Whoever is highlighted from now on was chosen by a person."""
        self._drifted = False
        self.show_cursor = True

    def _drift(self) -> None:
        """Nobody is chosen, and no row looks so."""
        self._drifted = True
        self.show_cursor = False

    def relabel(self, language: Language) -> None:
        """Name the columns; the rows have to be shown again."""
        highlighted, row = self._highlighted(), self.cursor_row
        self.clear(columns=True)
        for heading in COLUMNS:
            self.add_column(heading.of(language))
        self._fill(highlighted, row)

    def show(self, listed: Sequence[Row]) -> None:
        """Show these rows, the highlight on the patient it was on; only what differs is drawn."""
        was, self._listed = self._listed, listed
        stay = len(was)
        if [row.ticket.id for row in was] == [row.ticket.id for row in listed[:stay]] and self.row_count == stay:
            self._renew(was)
            self._add(listed[stay:])
            return
        highlighted, row = self._highlighted(), self.cursor_row
        self.clear()
        self._fill(highlighted, row)

    def chosen(self) -> Ticket | None:
        """Return the ticket a person has chosen."""
        highlighted = None if self._drifted else self._highlighted()
        return next((row.ticket for row in self._listed if row.ticket.id == highlighted), None)

    def choose(self, ticket_id: str) -> bool:
        """Put the highlight on a ticket, and return whether it is listed."""
        ids = [row.ticket.id for row in self._listed]
        if ticket_id in ids:
            self._choose_anew()
            self.move_cursor(row=ids.index(ticket_id))
        return ticket_id in ids

    # whoever moves the highlight has chosen anew; Home and End go to the first and the last patient

    def action_cursor_up(self) -> None:
        """Move up."""
        self._choose_anew()
        super().action_cursor_up()

    def action_cursor_down(self) -> None:
        """Move down."""
        self._choose_anew()
        super().action_cursor_down()

    def action_page_up(self) -> None:
        """Move up a page."""
        self._choose_anew()
        super().action_page_up()

    def action_page_down(self) -> None:
        """Move down a page."""
        self._choose_anew()
        super().action_page_down()

    def action_scroll_home(self) -> None:
        """Move to the first patient."""
        self._choose_anew()
        self.move_cursor(row=0)

    def action_scroll_end(self) -> None:
        """Move to the last patient."""
        self._choose_anew()
        self.move_cursor(row=max(self.row_count - 1, 0))

    action_scroll_top = action_scroll_home
    action_scroll_bottom = action_scroll_end

    def on_click(self, event: Click) -> None:
        """A click on a row chooses; one on the headings or beside the rows does not."""
        if event.style.meta.get("row", -1) >= 0:
            self._choose_anew()

    def _renew(self, was: Sequence[Row]) -> None:
        """Write the cells that changed in rows that stand where they stood."""
        for index, (old, new) in enumerate(zip(was, self._listed, strict=False)):
            if old.cells == new.cells:
                continue
            for column, (before, after) in enumerate(zip(old.cells, new.cells, strict=True)):
                if before != after:
                    self.update_cell_at(Coordinate(index, column), RichText(after), update_width=True)

    def _add(self, rows: Sequence[Row]) -> None:
        for row in rows:
            # as Text: a name is never taken for markup
            self.add_row(*(RichText(cell) for cell in row.cells), key=row.ticket.id)

    def _fill(self, highlighted: str | None, old_row: int) -> None:
        self._add(self._listed)
        ids = [row.ticket.id for row in self._listed]
        if highlighted in ids:
            self.move_cursor(row=ids.index(highlighted), scroll=False)
        elif ids:
            # the next key must not fall on whoever took the place of the chosen patient
            if highlighted is not None:
                self._drift()
            self.move_cursor(row=min(old_row, len(ids) - 1), scroll=False)

    def _highlighted(self) -> str | None:
        if not self.row_count or not self.is_valid_row_index(self.cursor_row):
            return None
        return self.coordinate_to_cell_key((self.cursor_row, 0)).row_key.value  # type: ignore[arg-type]


class Title(Static):
    """The clock, the clinic and whether it gives numbers, how many wait, which room is called to, and who acts."""

    DEFAULT_CSS = """
    Title { height: 1; background: $panel; text-style: bold; padding: 0 1; width: 1fr; }
    Title { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False, id="title")

    def show(self, look: Look, clinic: Clinic, desk: ConsoleDesk, room: str | None, language: Language) -> None:
        """Show them, and who has signed in."""
        hospital = desk.hospital
        refusal = look.queue.refusal
        state = texts.OPEN if refusal is None else texts.STATES.get(refusal.code, texts.CLOSED)
        count = texts.WAITING.fill(n=len(look.queue.line))
        to = texts.CALL_TO.fill(room=hospital.room_name(room)) if room else texts.NO_ROOM_YET
        clock = f"{look.at.astimezone(hospital.zone):%H:%M}"
        # the clinic last: on a narrow screen its name is what may be cut
        parts = [count, state, to, clinic.short_name]
        if desk.member is not None:
            parts.insert(0, texts.SIGNED_IN_AS.fill(name=desk.member.name, role=desk.member.role.text))
        elif not look.everybody:
            parts.insert(0, texts.LOCKED)
        put(self, f"{clock}  {joined(parts, ' · ', ' · ').of(language)}")


class RoomBar(Horizontal):
    """The clinic's rooms, who is in them, and which one is called to."""

    DEFAULT_CSS = """
    RoomBar { height: 1; }
    RoomBar Tap { margin: 0 1 0 0; padding: 0 1; height: 1; min-height: 1; }
    RoomBar Tap.chosen { background: $primary; text-style: bold underline; }
    """

    def lay(self, rooms: Sequence[str]) -> None:
        """Have a target for each of a clinic's rooms."""
        have, need = len(self.query(Tap)), len(rooms)
        for place in range(have + 1, need + 1):
            self.mount(Tap("", RoomAt(place), classes="quiet", id=f"room-{place}"))
        for place, tap in enumerate(self.query(Tap), start=1):
            tap.display = place <= need

    def show(self, look: Look, hospital: Hospital, chosen: str | None, language: Language) -> None:
        """Show who is in which room."""
        occupied = {ticket.room: ticket.number for ticket in (*look.queue.called, *look.queue.serving)}
        for place, room in enumerate(look.queue.clinic.rooms, start=1):
            for tap in self.query(f"#room-{place}").results(Tap):
                use = look.rooms.get(room, RoomUse.OPEN)
                idle = texts.FREE if use is RoomUse.OPEN else use.text
                inside = occupied.get(room) or idle.of(language)
                put(tap, f"{place} {hospital.room_name(room).of(language)}: {inside}")
                tap.set_class(room == chosen, "chosen")


class TroublePanel(Static):
    """Pages and alarms first, then patients to look at, then devices that do not work; hidden while all is well.

    `alarm_shown`: the last alarm in sight, `alarms_shown`: how many are; `pages_shown`: the pages in sight.
    """

    DEFAULT_CSS = """
    TroublePanel { height: auto; max-height: 4; background: $error; padding: 0 1; text-style: bold; }
    TroublePanel { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False, id="trouble")
        self.alarm_shown = 0
        self.alarms_shown = 0
        self.pages_shown: Sequence[Page] = ()

    def show(self, look: Look, hospital: Hospital, language: Language) -> None:
        """Show what is wrong, as many lines as there is room for, and how many more there are."""
        lines = [_page(page, hospital) for page in look.pages]
        lines += [_alarm(alarm, hospital) for alarm in look.alarms]
        lines += [
            *_slips(look),
            *_patients(look),
            *_empty_rooms(look, hospital),
            *(_trouble(trouble, hospital) for trouble in look.troubles),
            *_outdated(look),
        ]
        room_for = TROUBLES_SHOWN if len(lines) <= TROUBLES_SHOWN else TROUBLES_SHOWN - 1
        self.pages_shown = look.pages[:room_for]
        in_sight = look.alarms[: room_for - len(self.pages_shown)]
        self.alarms_shown = len(in_sight)
        self.alarm_shown = max((alarm.event.seq for alarm in in_sight), default=0)
        shown = [line.of(language) for line in lines[:room_for]]
        if len(lines) > room_for:
            shown.append(texts.MORE_TROUBLES.fill(n=len(lines) - room_for).of(language))
        self.display = bool(lines)
        put(self, "\n".join(shown))


def _page(page: Page, hospital: Hospital) -> Text:
    return texts.PAGE.fill(
        at=f"{page.at.astimezone(hospital.zone):%H:%M}",
        number=page.number,
        clinic=hospital.clinic_name(page.clinic),
        n=page.rounds,
    )


def _alarm(alarm: ToldAlarm, hospital: Hospital) -> Text:
    at = f"{alarm.event.at.astimezone(hospital.zone):%H:%M}"
    if alarm.event.kind is EventKind.MANY_NUMBERS:
        # it names its kiosk itself
        return texts.MANY_NUMBERS.fill(at=at, what=alarm.text)
    return texts.ALARM.fill(at=at, where=alarm.event.station, what=alarm.text)


def _patients(look: Look) -> Iterator[Text]:
    """Yield who must not be forgotten: the overdue, the ones away too long, the leftovers of a session."""
    for words, found in (
        (texts.OVERDUE, look.queue.overdue),
        (texts.AWAY_TOO_LONG, look.queue.away_too_long),
        (texts.LEFT_OVER, [one.ticket for one in look.leftovers if not one.kept]),
    ):
        if found:
            yield words.fill(numbers=" ".join(ticket.number for ticket in found), n=len(found))


def _slips(look: Look) -> Iterator[Text]:
    """Yield the slips that no printer will print by itself: their patients have none."""
    if look.slips_to_fix:
        numbers = " ".join(dict.fromkeys(job.number or f"#{job.id}" for job in look.slips_to_fix))
        yield texts.SLIPS_TO_FIX.fill(n=len(look.slips_to_fix), numbers=numbers)


def _empty_rooms(look: Look, hospital: Hospital) -> Iterator[Text]:
    """Yield the rooms in which nobody seems to be."""
    for room in look.queue.empty_rooms:
        yield texts.SEEMS_EMPTY.fill(room=hospital.room_name(room), n=look.queue.clinic.empty_after_minutes)


def _outdated(look: Look) -> Iterator[Text]:
    """Yield which programs have to be restarted to run with config.toml as it is now."""
    if look.outdated:
        yield texts.OUTDATED.fill(programs=joined([one.name for one in look.outdated]))


def _trouble(trouble: DeviceHealth, hospital: Hospital) -> Text:
    name = hospital.printer_name(trouble.id) if trouble.kind is DeviceKind.PRINTER else trouble.id
    if trouble.state is DeviceState.LOW:
        return texts.PRINTER_LOW.fill(id=name)
    words = texts.DEVICE_FAULTS[trouble.kind]
    state, cause = state_text(trouble.state), cause_text(trouble.cause)
    return words.fill(id=name, state=state, cause=cause, n=trouble.slips_waiting)
