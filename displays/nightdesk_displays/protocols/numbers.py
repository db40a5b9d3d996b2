"""Modbus number displays: number and room of one call in registers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from nightdesk_displays import modbus
from nightdesk_displays.fitting import forms_of
from nightdesk_displays.protocols.base import TEST_NUMBER, one_by_one
from nightdesk_displays.room_names import ambiguous, in_ascii, last_digits, marks_of, number_of
from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_displays.turns import at_turn
from nightdesk_queue.config import Display
from nightdesk_queue.config.device_tables import RegisterField
from nightdesk_queue.text.bilingual import Text


class ModbusProtocol:
    """One call that nobody has answered, in the registers of a number display; blank where there is none."""

    answers = True

    def __init__(self, display: Display, rooms: Sequence[Text] = ()) -> None:
        self._display = display
        self._receiver = modbus.Receiver()
        self._ambiguous = ambiguous([in_ascii(room) for room in rooms])

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame that writes number and room; the fields follow each other and go in one frame."""
        call = at_turn(one_by_one(state, now), now)
        number = TEST_NUMBER if state.testing else call.number if call else ""
        registers = self._display.registers
        values = modbus.values_of(number, registers.number)
        first = registers.number.register_
        if registers.room:
            room = self._room(call.room, registers.room) if call else ""
            more = modbus.values_of(TEST_NUMBER if state.testing else room, registers.room)
            low, high = sorted([(first, values), (registers.room.register_, more)], key=lambda part: part[0])
            first, values = low[0], low[1] + high[1]
        return modbus.write(self._display.address, first, values)

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """Whether several calls take turns."""
        return len(one_by_one(state, now)) > 1

    def ping(self) -> bytes | None:
        """A number display is asked by writing to it."""
        return None

    def judge(self, received: bytes) -> str | None:
        """Return what the newest whole answer of this unit says."""
        return self._receiver.verdict(self._display.address, received)

    def shortens(self, call: ShownCall) -> bool:
        """Whether number or room have more characters or digits than their registers, or others than those know."""
        number, room = self._display.registers.number, self._display.registers.room
        if len(_in_field(call.number, number)) > modbus.characters_of(number):
            return True
        if room is None:
            return False
        name = call.room.en
        if _digits_only(room):
            marks = marks_of(call.room)
            return not (len(marks) == 1 and marks[0].isdigit() and len(marks[0]) <= modbus.characters_of(room))
        return not (name.isascii() and len(name) <= modbus.characters_of(room))

    def says(self, call: ShownCall) -> str | None:
        """Return number and room as their registers hold them; None where only the number stands there."""
        number, room = self._display.registers.number, self._display.registers.room
        if room is None:
            return None
        said = _in_field(call.number, number)[-modbus.characters_of(number) :]
        return f"{said} {self._room(call.room, room)}".strip()

    def _room(self, room: Text, field: RegisterField) -> str:
        """Return a room as its field holds it: its number, or its name, shortened to what no other room is called.

        Nothing where not even that fits: half a name may be another room's.
        """
        size = modbus.characters_of(field)
        if _digits_only(field):
            return number_of(room)[-size:]
        name = in_ascii(room)
        return next((form for form in forms_of(name, self._ambiguous) if len(form) <= size), "")


def _digits_only(field: RegisterField) -> bool:
    return field.as_ in ("value", "bcd")


def _in_field(text: str, field: RegisterField) -> str:
    return last_digits(text) if _digits_only(field) else text
