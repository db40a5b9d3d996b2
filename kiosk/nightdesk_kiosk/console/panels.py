"""The parts of the console around its list: title, rooms, sections, what is wrong. Each is told what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.text import Text as RichText
from textual.containers import Horizontal
from textual.events import Click, Resize
from textual.message import Message
from textual.widgets import Static

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.console_desk import ConsoleDesk, Look
from nightdesk_kiosk.console.queue_table import STYLES
from nightdesk_kiosk.console.rows import minutes_since
from nightdesk_kiosk.console.sections import Entry, Section, counts, in_rows, sections
from nightdesk_kiosk.console.steps import RoomAt
from nightdesk_kiosk.console.troubles import troubles
from nightdesk_kiosk.widgets.putting import put
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.room_state import RoomUse
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.text.bilingual import Language, Text, joined

TROUBLES_SHOWN = 4
ROOM_COLUMNS = 20
"""What a room needs to say who is in it."""


class Title(Static):
    """The clock, the clinics and whether they give numbers, how many wait, which room is called to, and who acts."""

    DEFAULT_CSS = """
    Title { height: 1; background: $panel; text-style: bold; padding: 0 1; width: 1fr; }
    Title { text-wrap: nowrap; text-overflow: ellipsis; }
    Title.old { background: $error; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False, id="title")

    def show(
        self, look: Look, desk: ConsoleDesk, room: str | None, language: Language, old_since: datetime | None
    ) -> None:
        """Show them, and who has signed in. `old_since`: since when what is shown could not be read anew."""
        hospital = desk.hospital
        to = texts.CALL_TO.fill(room=hospital.room_name(room)) if room else texts.NO_ROOM_YET
        # the clinic last: on a narrow screen its name is what may be cut
        parts = [texts.WAITING.fill(n=look.waiting), _giving(look), to, _clinics(look)]
        if desk.member is not None:
            parts.insert(0, texts.SIGNED_IN_AS.fill(name=desk.member.name, role=desk.member.role.text))
        elif not look.everybody:
            parts.insert(0, texts.LOCKED)
        if old_since is not None:
            parts.insert(0, texts.OLD_SINCE.fill(at=f"{old_since.astimezone(hospital.zone):%H:%M:%S}"))
        self.set_class(old_since is not None, "old")
        clock = f"{look.at.astimezone(hospital.zone):%H:%M}"
        put(self, f"{clock}  {joined(parts, ' · ', ' · ').of(language)}")


def _giving(look: Look) -> Text:
    refused = [queue.refusal for queue in look.queues if queue.refusal is not None]
    if len(look.queues) > 1:
        return texts.OPEN_OF.fill(n=len(look.queues) - len(refused), of=len(look.queues))
    return texts.STATES.get(refused[0].code, texts.CLOSED) if refused else texts.OPEN


def _clinics(look: Look) -> Text:
    shown = [queue.clinic.short_name for queue in look.queues]
    return joined(shown) if len(shown) < 3 else texts.CLINICS_SHOWN.fill(n=len(shown))


class RoomBar(Horizontal):
    """The rooms of the clinics, who is in them since when, and which one is called to."""

    DEFAULT_CSS = """
    RoomBar { height: auto; layout: grid; grid-rows: 1; grid-gutter: 0 1; }
    RoomBar Tap { padding: 0 1; height: 1; min-height: 1; min-width: 8; text-wrap: nowrap; text-overflow: ellipsis; }
    RoomBar Tap.chosen { background: $primary; text-style: bold underline; }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._targets: list[Tap] = []

    def lay(self, rooms: Sequence[str]) -> None:
        """Have a target for each room."""
        for place in range(len(self._targets) + 1, len(rooms) + 1):
            tap = Tap("", RoomAt(place), classes="quiet", id=f"room-{place}")
            self._targets.append(tap)
            self.mount(tap)
        for place, tap in enumerate(self._targets, start=1):
            tap.display = place <= len(rooms)
        self._arrange(len(rooms))

    def on_resize(self, event: Resize) -> None:
        """Have as many rooms beside each other as are readable."""
        self._arrange(sum(tap.display for tap in self._targets))

    def _arrange(self, rooms: int) -> None:
        beside = max(self.size.width // ROOM_COLUMNS, 1)
        rows = -(-rooms // beside)
        self.styles.grid_size_columns = -(-rooms // rows) if rooms else 1

    def show(self, look: Look, hospital: Hospital, chosen: str | None, language: Language) -> None:
        """Show who is in which room."""
        for place, (room, tap) in enumerate(zip(look.room_ids, self._targets, strict=False), start=1):
            words = texts.ROOM_AND_WHO.fill(room=hospital.room_name(room), inside=_in_room(room, look))
            put(tap, f"{place} {words.of(language)}")
            tap.set_class(room == chosen, "chosen")


def _in_room(room: str, look: Look) -> Text:
    """Return who is in a room, whose it is, and for how long; of an empty one for how long it has been."""
    state = look.rooms.get(room)
    whose = look.names.get(state.active_by or "", state.active_by or "") if state else ""
    there = look.inside.get(room)
    if there is not None:
        since = there.called_at if there.state is State.CALLED else there.started_at
        minutes = minutes_since(since or look.at, look.at)
        return texts.ROOM_TAKEN.fill(number=there.number, who=whose, m=minutes)
    use = look.use_of(room)
    if use is not RoomUse.OPEN:
        return use.text
    if state is None or state.active_at is None:
        return texts.FREE
    return texts.ROOM_FREE.fill(who=whose, m=minutes_since(state.active_at, look.at))


@dataclass
class WantsNumbers(Message):
    """Somebody tapped the counts of the night."""


class SectionPanel(Static):
    """Who is called and has not come, is away, missed or expected, and how many have ended tonight. A tap chooses."""

    DEFAULT_CSS = """
    SectionPanel { height: 1fr; padding: 0 1; }
    SectionPanel { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    @dataclass
    class Chosen(Message):
        """Somebody tapped a patient of a section."""

        ticket: str

    def __init__(self) -> None:
        super().__init__(markup=False, id="sections")
        self._laid: Sequence[Section | Entry | Text] = ()

    def show(self, look: Look, hospital: Hospital, language: Language) -> None:
        """Show what fits."""
        self._laid = in_rows(sections(look, hospital), max(self.size.height, 8))
        drawn = RichText("\n").join(_line(one, language) for one in self._laid)
        if self.content != drawn:
            self.update(drawn)

    def on_click(self, event: Click) -> None:
        """Choose the patient on whose row the tap was."""
        place = event.get_content_offset(self)
        if place is not None and place.y < len(self._laid):
            one = self._laid[place.y]
            if isinstance(one, Entry):
                event.stop()
                self.post_message(self.Chosen(one.ticket.id))
            elif one is self._laid[-1]:
                event.stop()
                self.post_message(WantsNumbers())


def _line(one: Section | Entry | Text, language: Language) -> RichText:
    match one:
        case Section():
            return RichText(texts.COUNT.fill(heading=one.heading, n=one.count).of(language), "bold #7fd1ff")
        case Entry():
            return RichText(f" {one.words.of(language)}", STYLES[one.tone])
        case Text():
            return RichText(one.of(language))


class CountLine(Static):
    """The counts of the sections in one line, where there is no room for more."""

    DEFAULT_CSS = (
        "CountLine { height: 1; padding: 0 1; background: $surface; text-wrap: nowrap; text-overflow: ellipsis; }"
    )

    def __init__(self) -> None:
        super().__init__(markup=False, id="counts")

    def on_click(self, event: Click) -> None:
        """Show the night in numbers."""
        event.stop()
        self.post_message(WantsNumbers())

    def show(self, look: Look, hospital: Hospital, language: Language) -> None:
        """Show them."""
        put(self, counts(sections(look, hospital)).of(language))


class TroublePanel(Static):
    """What is wrong, the most dangerous first; hidden while all is well.

    `alarms_shown`: the alarms in sight (their seqs); `pages_shown`: the pages in sight.
    """

    DEFAULT_CSS = """
    TroublePanel { height: auto; max-height: 4; background: $error; padding: 0 1; text-style: bold; }
    TroublePanel { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, most: int = TROUBLES_SHOWN) -> None:
        super().__init__(markup=False, id="trouble")
        self._most = most
        self.alarms_shown: Sequence[int] = ()
        self.pages_shown: Sequence[Page] = ()

    def show(self, look: Look, hospital: Hospital, language: Language) -> None:
        """Show as many lines as there is room for, and how many more there are."""
        found = troubles(look, hospital)
        room_for = self._most if len(found) <= self._most else max(self._most - 1, 1)
        in_sight = found[:room_for]
        self.alarms_shown = [one.alarm.event.seq for one in in_sight if one.alarm is not None]
        self.pages_shown = [one.page for one in in_sight if one.page is not None]
        shown = [one.words.of(language) for one in in_sight]
        if len(found) > room_for:
            more = texts.MORE_TROUBLES.fill(n=len(found) - room_for).of(language)
            # where one line is all there is, the count must not be what is cut
            shown = [f"{more} · {shown[0]}"] if self._most == 1 else [*shown, more]
        self.display = bool(found)
        put(self, "\n".join(shown))
