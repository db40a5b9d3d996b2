"""From the state of a screen to the bytes of its protocol, and from what the device answers to a verdict."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import chain
from typing import Protocol

from nightdesk_displays import asciiline, boardframe, modbus, onbon, pole
from nightdesk_displays.fitting import encodes, forms_of, next_line, pieces
from nightdesk_displays.naming import ambiguous, in_ascii, number_of
from nightdesk_displays.state import ScreenState, ShownCall
from nightdesk_displays.textsign import TextSign
from nightdesk_displays.turns import at_turn, rotation
from nightdesk_queue.config import Display
from nightdesk_queue.config.schema import RegisterField
from nightdesk_queue.language import Text

LINE_DOTS = 16
"""Height of a line of the sign's usual Chinese font; a half-width character is half as wide."""
TEST_NUMBER = "888888"
POLE_GOES_ON = "..."
"""Before a part of a room's name that is not its beginning."""


class SignProtocol(Protocol):
    """Turns states into frames for one display and judges its answers."""

    answers: bool
    """Whether devices of this protocol answer at all; without answers a display is never more than unverified."""

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the bytes that show the whole state."""

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """Whether there is more to say than the screen has room for, so that it is shown in turn."""

    def ping(self) -> bytes | None:
        """Return a question that a living display answers; None where the protocol has none."""

    def judge(self, received: bytes) -> str | None:
        """Take bytes from the device: "ok", a short English cause of refusal, or None while no answer is whole."""

    def shortens(self, call: ShownCall) -> bool:
        """Whether a call does not fit as it should be said."""

    def says(self, call: ShownCall) -> str | None:
        """Return a call as it stands on the screen; None where the room does not, or always stands there whole."""


class OnbonProtocol:
    """The calls of the moment as lines of Chinese text on an Onbon LED sign, an area a line where there are colours."""

    answers = True

    def __init__(self, display: Display, others: Collection[int] = (), rooms: Sequence[Text] = ()) -> None:
        self._display = display
        self._others = others
        self._receiver = onbon.Receiver()
        lines, columns_ = max(display.height // LINE_DOTS, 1), display.width * 2 // LINE_DOTS
        # a room the font has no characters for is named in English
        self._sign = TextSign(lines, columns_, ambiguous([name for room in rooms for name in (room.zh, room.en)]))
        # a sign that hears nothing for three repaints goes blank: better no call than a stale one
        self._timeout = min(3 * display.repaint_seconds, 0xFFFF)

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame with the newest calls, as many as the sign has lines."""
        if not self._display.colours:
            area = self._area(self._display.height)
            return onbon.show_text(self._display.address, area, self._sign.plain(state, now))
        areas = [(self._area(LINE_DOTS, at), text) for at, text in enumerate(self._sign.coloured(state, now))]
        return onbon.show_areas(self._display.address, areas)

    def _area(self, height: int, at: int = 0) -> onbon.Area:
        return onbon.area_for(
            self._display.model,
            self._display.width,
            height,
            y=at * LINE_DOTS,
            id_=at,
            run_mode=onbon.RunMode.BLANK_AFTER_TIMEOUT,
            timeout_seconds=self._timeout,
        )

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """Whether it has more to say than lines."""
        return self._sign.turns(state, now)

    def ping(self) -> bytes | None:
        """Ask whether the sign is there."""
        return onbon.frame(self._display.address, onbon.PING)

    def judge(self, received: bytes) -> str | None:
        """Return what the newest whole answer says that does not come from another sign of this line."""
        verdict = None
        for frame in self._receiver.feed(received):
            if frame.source in self._others:
                continue
            try:
                error = onbon.nak(frame)
            except onbon.FrameError:
                continue
            verdict = "ok" if error is None else f"nak_{error}"
        return verdict

    def shortens(self, call: ShownCall) -> bool:
        """Whether a call is wider than the sign, or has characters it does not know."""
        return self._sign.shortens(call)

    def says(self, call: ShownCall) -> str | None:
        """Return the longest way to say it that fits."""
        return self._sign.says(call)


class ModbusProtocol:
    """One call that nobody has answered, in the registers of a number display; blank where there is none."""

    answers = True

    def __init__(self, display: Display, rooms: Sequence[Text] = ()) -> None:
        self._display = display
        self._receiver = modbus.Receiver()
        self._ambiguous = ambiguous([in_ascii(room) for room in rooms])

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame that writes number and room; the fields follow each other and go in one frame."""
        call = at_turn(_one_by_one(state, now), now)
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
        return len(_one_by_one(state, now)) > 1

    def ping(self) -> bytes | None:
        """A number display is asked by writing to it."""
        return None

    def judge(self, received: bytes) -> str | None:
        """Return what the newest whole answer of this unit says."""
        verdict = None
        for answer in self._receiver.feed(received):
            if answer.unit == self._display.address:
                verdict = "ok" if answer.error is None else f"modbus_{answer.error}"
        return verdict

    def shortens(self, call: ShownCall) -> bool:
        """Whether number or room have more characters or digits than their registers, or others than those know."""
        number, room = self._display.registers.number, self._display.registers.room
        if len(_in_field(call.number, number)) > modbus.characters_of(number):
            return True
        if room is None:
            return False
        name = call.room.en
        whole = len(modbus.DIGITS.findall(name)) == 1 if _digits_only(room) else True
        return not (whole and name.isascii() and len(_in_field(name, room)) <= modbus.characters_of(room))

    def says(self, call: ShownCall) -> str | None:
        """Return number and room as their registers hold them; None where only the number stands there."""
        number, room = self._display.registers.number, self._display.registers.room
        if room is None:
            return None
        said = _in_field(call.number, number)[-modbus.characters_of(number) :]
        return f"{said} {self._room(call.room, room)}".strip()

    def _room(self, room: Text, field: RegisterField) -> str:
        """Return a room as its field holds it: its number, or its name, shortened to what no other room is called."""
        size = modbus.characters_of(field)
        if _digits_only(field):
            return number_of(room)[-size:]
        name = in_ascii(room)
        return next((form for form in forms_of(name, self._ambiguous) if len(form) <= size), name[:size])


class PoleProtocol:
    """One call on a pole display: the number above, the room below, in several turns where its name is long."""

    answers = False

    def __init__(self, rooms: Sequence[Text] = ()) -> None:
        self._ambiguous = ambiguous([in_ascii(room) for room in rooms])

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return both lines."""
        if state.testing:
            return pole.show("8" * pole.COLUMNS, "ABCDEFGHIJ0123456789")
        idle = state.clock or "", next_line(state.next_up, "en", pole.COLUMNS)
        return pole.show(*(at_turn(self._screens(state, now), now) or idle))

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """Whether calls, pages and notices take turns."""
        return len(self._screens(state, now)) > 1

    def ping(self) -> bytes | None:
        """Pole displays never answer."""
        return None

    def judge(self, received: bytes) -> str | None:
        """Pole displays never answer."""
        return None

    def shortens(self, call: ShownCall) -> bool:
        """Whether the room's English name is wider than the pole, or not ASCII."""
        return len(call.room.en) > pole.COLUMNS or not call.room.en.isascii()

    def says(self, call: ShownCall) -> str | None:
        """Return both lines, of each turn."""
        screens = self._call(call)
        return " ".join([screens[0][0], *(lower for _, lower in screens)])

    def _screens(self, state: ScreenState, now: datetime) -> list[tuple[str, str]]:
        fresh, standing = _fresh_and_standing(state, now)
        pages, notices = ([_screens(text) for text in texts] for texts in (state.pages, state.notices))
        told = rotation([self._call(call) for call in fresh], [self._call(call) for call in standing], pages, notices)
        return list(chain.from_iterable(told))

    def _call(self, call: ShownCall) -> list[tuple[str, str]]:
        # a masked Chinese name gives way to the number
        upper = call.label if call.label.isascii() and len(call.label) <= pole.COLUMNS else call.number
        if call.reason and len(reasoned := f"{upper} ({call.reason.en})") <= pole.COLUMNS:
            upper = reasoned
        name = in_ascii(call.room)
        if fitting := [form for form in forms_of(name, self._ambiguous) if len(form) <= pole.COLUMNS]:
            return [(upper, fitting[0])]
        first, *more = pieces(name, pole.COLUMNS - len(POLE_GOES_ON))
        return [(upper, first), *((upper, POLE_GOES_ON + part) for part in more)]


class AsciiProtocol:
    """One call by a template, a line ending behind it, for everything simple."""

    answers = False

    def __init__(self, display: Display) -> None:
        self._display = display
        self._has_room = "{room" in display.template

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return one line; the idle template where there is no call, empty by default, so that no old call stays."""
        if state.testing:
            text = f"{TEST_NUMBER} TEST"
        elif call := at_turn(_one_by_one(state, now), now):
            text = self._text(call)
        else:
            text = self._idle(state)
        return asciiline.line(text, self._display.ending, self._display.charset)

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """Whether several calls take turns."""
        return len(_one_by_one(state, now)) > 1

    def ping(self) -> bytes | None:
        """Such devices never answer."""
        return None

    def judge(self, received: bytes) -> str | None:
        """Such devices never answer."""
        return None

    def shortens(self, call: ShownCall) -> bool:
        """Whether the device's character set lacks something of the call."""
        template = self._display.template
        names = [name for field, name in (("{room}", call.room.en), ("{room_zh}", call.room.zh)) if field in template]
        return not all(encodes(name, self._display.charset) for name in names)

    def says(self, call: ShownCall) -> str | None:
        """Return the line; None where the room does not stand in it."""
        return self._text(call) if self._has_room else None

    def _text(self, call: ShownCall) -> str:
        return self._display.template.format(
            number=call.number,
            room=self._known(call.room.en) or in_ascii(call.room),
            room_zh=self._known(call.room.zh) or self._known(call.room.en) or in_ascii(call.room),
            reason=self._in_one_language(call.reason),
        )

    def _idle(self, state: ScreenState) -> str:
        return self._display.idle.format(
            clock=state.clock or "",
            next=" ".join(state.next_up),
            notice="; ".join(self._in_one_language(notice) for notice in state.notices),
        )

    def _in_one_language(self, text: Text | None) -> str:
        """Return a text in Chinese on a device that is given Chinese names, else in English; "" if it knows neither."""
        if text is None:
            return ""
        chinese = self._known(text.zh) if "{room_zh}" in self._display.template else ""
        return chinese or self._known(text.en)

    def _known(self, text: str) -> str:
        return text if encodes(text, self._display.charset) else ""


class BoardProtocol:
    """Our own frames, for a terminal that runs `nightdesk board --serial`."""

    answers = False

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame with the whole state."""
        return boardframe.encode(state, now)

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """A board takes turns by itself."""
        return False

    def ping(self) -> bytes | None:
        """Boards never answer."""
        return None

    def judge(self, received: bytes) -> str | None:
        """Boards never answer."""
        return None

    def shortens(self, call: ShownCall) -> bool:
        """A board wraps what is long."""
        return False

    def says(self, call: ShownCall) -> str | None:
        """A board says rooms whole."""
        return None


def protocol_for(display: Display, others: Collection[int] = (), rooms: Sequence[Text] = ()) -> SignProtocol:
    """Return the protocol of a display.

    `others`: the addresses of the other displays on its line. `rooms`: all that calls on it may name, so that none is
    shortened to what another is called, too.
    """
    made: dict[str, Callable[[], SignProtocol]] = {
        "onbon": lambda: OnbonProtocol(display, others, rooms),
        "modbus": lambda: ModbusProtocol(display, rooms),
        "cd5220": lambda: PoleProtocol(rooms),
        "ascii": lambda: AsciiProtocol(display),
        "board": BoardProtocol,
    }
    return made[display.protocol]()


def _fresh_and_standing(state: ScreenState, now: datetime) -> tuple[list[ShownCall], list[ShownCall]]:
    called = [call for call in state.calls if call.called]
    return [call for call in called if call.fresh(now)], [call for call in called if not call.fresh(now)]


def _one_by_one(state: ScreenState, now: datetime) -> list[ShownCall]:
    """Return the calls in the order in which a display for one shows them."""
    fresh, standing = _fresh_and_standing(state, now)
    return rotation(fresh, standing, [], [])


def _screens(text: Text) -> list[tuple[str, str]]:
    """Return a text as screens of a pole display, broken between words: an upper and a lower line each."""
    lines = [*pieces(text.en, pole.COLUMNS), ""]
    return [(lines[at], lines[at + 1]) for at in range(0, len(lines) - 1, 2)]


def _digits_only(field: RegisterField) -> bool:
    return field.as_ in ("value", "bcd")


def _in_field(text: str, field: RegisterField) -> str:
    return modbus.last_digits(text) if _digits_only(field) else text
