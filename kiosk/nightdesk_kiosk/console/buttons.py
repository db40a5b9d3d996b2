"""Physical call buttons: keys of a pedal or keypad, and bytes that come on a serial line.

A button acts on its room's patient in whatever dialog the console is, so that nobody has to look. Bytes read on a line
are matched here; the thread that reads them only posts what was pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.message import Message

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.questions import Take
from nightdesk_ports.backoff import Backoff
from nightdesk_ports.causes import LINE_ERRORS, cause_of, words_of
from nightdesk_ports.serial_lines import close_port, open_port
from nightdesk_queue.commands import calling
from nightdesk_queue.commands.work import Work
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.device_tables import Button
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.queries.ticket_lookup import patient_in
from nightdesk_queue.store import StopSignal
from nightdesk_queue.text.bilingual import Text

READ_SECONDS = 0.2
"""How long a read waits: after so long the thread sees that it is to end."""
LONGEST_PATTERN = 16


@dataclass
class Pressed(Message):
    """A button was pressed."""

    button: Button


@dataclass
class LineAway(Message):
    """The line of some buttons cannot be read; `why` says so in words."""

    port: str
    why: Text


def buttons_of(hospital: Hospital, room: str | None) -> list[Button]:
    """Return the buttons a console reads: those of the room it was started for, none without one."""
    return [one for one in hospital.button if one.room == room]


def taken(button: Button, *, came: bool) -> Take:
    """Return the step a button takes with its room. `came`: whether *next* finishes who was called and not started."""
    room = button.room
    match button.command:
        case "next":
            return Take(lambda work: calling.call_next(work, room, came=came), EventKind.CALL)
        case "recall":
            return Take(lambda work: calling.recall(work, _inside(work, room)), EventKind.RECALL)
        case "start":
            return Take(lambda work: calling.start(work, _inside(work, room)), EventKind.START)
        case "finish":
            return Take(lambda work: calling.finish_visit(work, _inside(work, room)), EventKind.FINISH)
        case "miss":
            return Take(lambda work: calling.miss(work, _inside(work, room)), EventKind.MISS)


def _inside(work: Work, room: str) -> str:
    """Return the ticket of whoever is in a room. Raises Refused: unknown_room, nobody_in_room."""
    return patient_in(work.tx, work.hospital, room).id


class Matcher:
    """Bytes as they come on a line, matched against the patterns of its buttons, none of which is part of another."""

    def __init__(self, buttons: Sequence[Button]) -> None:
        self._buttons = sorted(buttons, key=lambda one: -len(one.pattern))
        self._kept = bytearray()

    def feed(self, data: bytes) -> list[Button]:
        """Take in what was read, and return what was pressed with it."""
        found = []
        for byte in data:
            self._kept.append(byte)
            if button := next((one for one in self._buttons if self._kept.endswith(one.pattern)), None):
                found.append(button)
                self._kept.clear()
        del self._kept[:-LONGEST_PATTERN]
        return found


def read_line(port: str, buttons: Sequence[Button], stop: StopSignal, post: Callable[[Message], object]) -> None:
    """Read the line of some buttons until told to stop; an unplugged line is opened again."""
    backoff = Backoff(0.5, 10.0)
    told = False
    while not stop.is_set():
        try:
            line = open_port(port, buttons[0].baud, read_timeout=READ_SECONDS, writes=False)
        except (*LINE_ERRORS, ValueError) as error:
            told = _tell(error, port, post, told=told)
            stop.wait(backoff.next_pause())
            continue
        told = False
        matcher = Matcher(buttons)
        try:
            while not stop.is_set():
                for button in matcher.feed(line.read(line.in_waiting or 1)):
                    post(Pressed(button))
                backoff.reset()
        except LINE_ERRORS as error:
            told = _tell(error, port, post, told=told)
            stop.wait(backoff.next_pause())
        finally:
            close_port(line)


def _tell(error: BaseException, port: str, post: Callable[[Message], object], *, told: bool) -> bool:
    """Say once that a line is away."""
    if not told:
        post(LineAway(port, texts.BUTTONS_AWAY.fill(port=port, why=words_of(cause_of(error)))))
    return True
