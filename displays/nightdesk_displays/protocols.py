"""From the state of a screen to the bytes of its protocol, and from what the device answers to a verdict."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from nightdesk_displays import boardframe, modbus, onbon, pole
from nightdesk_displays.fitting import encodes, last_digits, next_line, pieces, room_in, shown_now, turning
from nightdesk_displays.state import ScreenState, ShownCall
from nightdesk_displays.textsign import TextSign
from nightdesk_queue.config import Display
from nightdesk_queue.config.schema import RegisterField
from nightdesk_queue.language import Text

LINE_DOTS = 16
"""Height of a line of the sign's usual Chinese font; a half-width character is half as wide."""
TEST_NUMBER = "888888"


class SignProtocol(Protocol):
    """Turns states into frames for one display and judges its answers."""

    answers: bool
    """Whether devices of this protocol answer at all; without answers a display is never more than unverified."""

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the bytes that show the whole state."""

    def turns(self, state: ScreenState) -> bool:
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

    def __init__(self, display: Display, others: Collection[int] = ()) -> None:
        self._display = display
        self._others = others
        self._receiver = onbon.Receiver()
        self._sign = TextSign(max(display.height // LINE_DOTS, 1), display.width * 2 // LINE_DOTS)
        # each area of a sign with colours is one line
        self._spread = not display.colours
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

    def turns(self, state: ScreenState) -> bool:
        """Whether it has more to say than lines."""
        return self._sign.turns(state)

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
        return self._sign.shortens(call, self._spread)

    def says(self, call: ShownCall) -> str | None:
        """Return the longest way to say it that fits."""
        return self._sign.says(call, self._spread)


class ModbusProtocol:
    """The newest call that nobody has answered, in the registers of a number display; blank where there is none."""

    answers = True

    def __init__(self, display: Display) -> None:
        self._display = display
        self._receiver = modbus.Receiver()

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame that writes number and room; the fields follow each other and go in one frame."""
        call = _shown(state, now)
        number = TEST_NUMBER if state.testing else call.number if call else ""
        registers = self._display.registers
        values = modbus.values_of(number, registers.number)
        first = registers.number.register_
        if registers.room:
            room = _room_for(call.room.en, registers.room) if call else ""
            more = modbus.values_of(TEST_NUMBER if state.testing else room, registers.room)
            low, high = sorted([(first, values), (registers.room.register_, more)], key=lambda part: part[0])
            first, values = low[0], low[1] + high[1]
        return modbus.write(self._display.address, first, values)

    def turns(self, state: ScreenState) -> bool:
        """Whether several calls take turns."""
        return turning([], _called(state), 1)

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
        """Whether number or room have more characters or digits than their registers."""
        registers = self._display.registers
        fields = [(registers.number, call.number), (registers.room, call.room.en)]
        return any(_too_long(text, field) for field, text in fields if field)

    def says(self, call: ShownCall) -> str | None:
        """Return number and room as their registers hold them."""
        field = self._display.registers.room
        return f"{call.number} {_room_for(call.room.en, field)}" if field else None


class PoleProtocol:
    """The newest call on a pole display: the number above, the room below."""

    answers = False

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return both lines."""
        if state.testing:
            return pole.show("8" * pole.COLUMNS, "ABCDEFGHIJ0123456789")
        calls = [self._lines(call) for call in _called(state)]
        shown = shown_now(_screens(state.pages), calls, 1, now) or shown_now([], _screens(state.notices), 1, now)
        if shown:
            return pole.show(*shown[0])
        return pole.show(state.clock or "", next_line(state.next_up, "en", pole.COLUMNS))

    def turns(self, state: ScreenState) -> bool:
        """Whether calls, pages and notices take turns."""
        calls, pages = _called(state), _screens(state.pages)
        return turning(pages, calls, 1) or (not (pages or calls) and turning([], _screens(state.notices), 1))

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
        """Return both lines."""
        receiver = pole.Receiver()
        receiver.feed(pole.show(*self._lines(call)))
        return " ".join(line.strip() for line in receiver.lines)

    def _lines(self, call: ShownCall) -> tuple[str, str]:
        return _plain(call.label, call.number), room_in(call.room.en, pole.COLUMNS)


class AsciiProtocol:
    """The newest call by a template, a line ending behind it, for everything simple."""

    answers = False

    def __init__(self, display: Display) -> None:
        self._display = display
        self._has_room = "{room" in display.template

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return one line; an empty one where there is no call, so that no old call stays."""
        call = _shown(state, now)
        if state.testing:
            text = f"{TEST_NUMBER} TEST"
        elif call:
            text = self._text(call)
        else:
            text = ""
        return (text + self._display.ending).encode(self._display.charset, errors="replace")

    def turns(self, state: ScreenState) -> bool:
        """Whether several calls take turns."""
        return turning([], _called(state), 1)

    def ping(self) -> bytes | None:
        """Such devices never answer."""
        return None

    def judge(self, received: bytes) -> str | None:
        """Such devices never answer."""
        return None

    def shortens(self, call: ShownCall) -> bool:
        """Whether the device's character set lacks something of the call."""
        return not encodes(self._text(call), self._display.charset)

    def says(self, call: ShownCall) -> str | None:
        """Return the line, `?` for what its character set has not got."""
        charset = self._display.charset
        return self._text(call).encode(charset, errors="replace").decode(charset) if self._has_room else None

    def _text(self, call: ShownCall) -> str:
        return self._display.template.format(
            number=call.number,
            room=call.room.en,
            room_zh=call.room.zh,
            reason=call.reason.en if call.reason else "",
        )


class BoardProtocol:
    """Our own frames, for a terminal that runs `nightdesk board --serial`."""

    answers = False

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame with the whole state."""
        return boardframe.encode(state, now)

    def turns(self, state: ScreenState) -> bool:
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


def protocol_for(display: Display, others: Collection[int] = ()) -> SignProtocol:
    """Return the protocol of a display; `others` are the addresses of the other displays on its line."""
    made: dict[str, Callable[[], SignProtocol]] = {
        "onbon": lambda: OnbonProtocol(display, others),
        "modbus": lambda: ModbusProtocol(display),
        "cd5220": PoleProtocol,
        "ascii": lambda: AsciiProtocol(display),
        "board": BoardProtocol,
    }
    return made[display.protocol]()


def _called(state: ScreenState) -> list[ShownCall]:
    return [call for call in state.calls if call.called]


def _shown(state: ScreenState, now: datetime) -> ShownCall | None:
    """Return the one call a small display shows at this moment."""
    return next(iter(shown_now([], _called(state), 1, now)), None)


def _screens(texts: Sequence[Text]) -> list[tuple[str, str]]:
    """Return texts as screens of a pole display, broken between words: an upper and a lower line each."""
    found = []
    for text in texts:
        lines = [*pieces(text.en, pole.COLUMNS), ""]
        found += [(lines[at], lines[at + 1]) for at in range(0, len(lines) - 1, 2)]
    return found


def _plain(label: str, number: str) -> str:
    """Return a label a pole can show: a masked Chinese name gives way to the number."""
    return label if label.isascii() else number


def _room_for(room: str, field: RegisterField) -> str:
    if field.as_ in ("value", "bcd"):
        return last_digits(room)[-modbus.characters_of(field) :]
    return room_in(room, modbus.characters_of(field))


def _too_long(text: str, field: RegisterField) -> bool:
    said = last_digits(text) if field.as_ in ("value", "bcd") else text
    return not said or len(said) > modbus.characters_of(field)
