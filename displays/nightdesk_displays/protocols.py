"""From the state of a screen to the bytes of its protocol, and from what the device answers to a verdict."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from nightdesk_displays import boardframe, modbus, onbon, pole
from nightdesk_displays.fitting import fitted, last_digits, page_of, room_in, shortened, within
from nightdesk_displays.onbon import Colour
from nightdesk_displays.state import ScreenState, ShownCall
from nightdesk_queue.config import Display
from nightdesk_queue.config.schema import RegisterField
from nightdesk_queue.language import Text

LINE_DOTS = 16
"""Height of a line of the sign's usual Chinese font; a half-width character is half as wide."""
TEST_LINES = ("888888 测试", "ABC 123 红绿黄")
TEST_NUMBER = "888888"
WIDE = 99
"""Columns of a sign on which everything fits."""
NEXT = Text(zh="请准备 {numbers}", en="Next {numbers}")


class SignProtocol(Protocol):
    """Turns states into frames for one display and judges its answers."""

    answers: bool
    """Whether devices of this protocol answer at all; without answers a display is never more than unverified."""
    capacity: int
    """How many calls it shows at once; more are shown in turn."""

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the bytes that show the whole state."""

    def ping(self) -> bytes | None:
        """Return a question that a living display answers; None where the protocol has none."""

    def judge(self, received: bytes) -> str | None:
        """Take bytes from the device: "ok", a short English cause of refusal, or None while no answer is whole."""

    def shortens(self, call: ShownCall) -> bool:
        """Whether a call does not fit as it should be said."""


class OnbonProtocol:
    """The calls of the moment as lines of Chinese text on an Onbon LED sign, an area a line where there are colours."""

    answers = True

    def __init__(self, display: Display, others: Collection[int] = ()) -> None:
        self._display = display
        self._others = others
        self._receiver = onbon.Receiver()
        self._lines = max(display.height // LINE_DOTS, 1)
        self._columns = display.width * 2 // LINE_DOTS
        self.capacity = self._lines
        # a sign that hears nothing for three repaints goes blank: better no call than a stale one
        self._timeout = min(3 * display.repaint_seconds, 0xFFFF)

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame with the newest calls, as many as the sign has lines."""
        if not self._display.colours:
            area = self._area(self._display.height)
            return onbon.show_text(self._display.address, area, sign_text(state, self._lines, self._columns, now))
        lines = coloured_lines(state, self._lines, self._columns, now)
        areas = [(self._area(LINE_DOTS, at), text) for at, text in enumerate(lines)]
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
        return shortened(call, "zh", self._columns * self._lines) or not _encodes(call.label + call.room.zh, "gb2312")


class ModbusProtocol:
    """The newest call that nobody has answered, in the registers of a number display; blank where there is none."""

    answers = True
    capacity = 1

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
            room = room_in(call.room.en, modbus.characters_of(registers.room)) if call else ""
            more = modbus.values_of(TEST_NUMBER if state.testing else room, registers.room)
            low, high = sorted([(first, values), (registers.room.register_, more)], key=lambda part: part[0])
            first, values = low[0], low[1] + high[1]
        return modbus.write(self._display.address, first, values)

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


class PoleProtocol:
    """The newest call on a pole display: the number above, the room below."""

    answers = False
    capacity = 1

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return both lines."""
        call = _shown(state, now)
        if state.testing:
            return pole.show("8" * pole.COLUMNS, "ABCDEFGHIJ0123456789")
        if call:
            return pole.show(_plain(call.label, call.number), room_in(call.room.en, pole.COLUMNS))
        words = [text.en for text in (*state.pages, *state.notices)]
        if words:
            return pole.show(words[0][: pole.COLUMNS], words[0][pole.COLUMNS :])
        following = NEXT.en.format(numbers=" ".join(state.next_up)) if state.next_up else ""
        return pole.show(state.clock or "", following)

    def ping(self) -> bytes | None:
        """Pole displays never answer."""
        return None

    def judge(self, received: bytes) -> str | None:
        """Pole displays never answer."""
        return None

    def shortens(self, call: ShownCall) -> bool:
        """Whether the room's English name is wider than the pole, or not ASCII."""
        return len(call.room.en) > pole.COLUMNS or not call.room.en.isascii()


class AsciiProtocol:
    """The newest call by a template, a line ending behind it, for everything simple."""

    answers = False
    capacity = 1

    def __init__(self, display: Display) -> None:
        self._display = display

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return one line; an empty one where there is no call, so that no old call stays."""
        call = _shown(state, now)
        if state.testing:
            text = f"{TEST_NUMBER} TEST"
        elif call:
            text = self._display.template.format(
                number=call.number,
                room=call.room.en,
                room_zh=call.room.zh,
                reason=call.reason.en if call.reason else "",
            )
        else:
            text = ""
        return (text + self._display.ending).encode(self._display.charset, errors="replace")

    def ping(self) -> bytes | None:
        """Such devices never answer."""
        return None

    def judge(self, received: bytes) -> str | None:
        """Such devices never answer."""
        return None

    def shortens(self, call: ShownCall) -> bool:
        """Whether the device's character set lacks something of the call."""
        said = self._display.template.format(number=call.number, room=call.room.en, room_zh=call.room.zh, reason="")
        return not _encodes(said, self._display.charset)


class BoardProtocol:
    """Our own frames, for a terminal that runs `nightdesk board --serial`."""

    answers = False
    capacity = 1000

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame with the whole state."""
        return boardframe.encode(state, now)

    def ping(self) -> bytes | None:
        """Boards never answer."""
        return None

    def judge(self, received: bytes) -> str | None:
        """Boards never answer."""
        return None

    def shortens(self, call: ShownCall) -> bool:
        """A board wraps what is long."""
        return False


def sign_text(state: ScreenState, lines: int, width: int = WIDE, now: datetime | None = None) -> str:
    """Return what a text sign of so many lines and columns shows, several calls in turn where there are more than
    lines.

    A page for the duty room, then calls that nobody has answered yet, then notices; else the hospital, the time and who
    is next. A line that is wider than the sign goes on in the next one, so a single call may take them all.
    """
    lines = max(lines, 1)
    if state.testing:
        return "\n".join(TEST_LINES[:lines])
    calls = [call for call in state.calls if call.called]
    if now:
        calls = list(page_of(calls, lines, now))
    room_for = width * max(lines // max(len(calls) + len(state.pages), 1), 1)
    shown = [page.zh for page in state.pages]
    shown += [_said(call, room_for) for call in calls]
    shown = shown or [notice.zh for notice in state.notices]
    if not shown:
        shown = [state.hospital.zh] if lines > 1 or not state.clock else []
        shown += [state.clock] if state.clock else []
        shown += _next(state, width) if now else []
    return "\n".join(shown[:lines])


def coloured_lines(state: ScreenState, lines: int, width: int, now: datetime) -> list[str]:
    """Return the lines of a sign with colours: new calls red, other calls and the rest green, notices yellow.

    As many as the sign has, empty ones behind, so that nothing old stays in an area.
    """
    if state.testing:
        shown = [colour + TEST_LINES[at % 2] for at, colour in enumerate(Colour)]
        return [*shown, *([""] * lines)][:lines]
    shown = [Colour.RED + within(page.zh, width) for page in state.pages]
    for call in page_of([call for call in state.calls if call.called], lines, now):
        shown.append((Colour.RED if call.fresh(now) else Colour.GREEN) + _said(call, width))
    if not shown:
        shown = [Colour.YELLOW + within(notice.zh, width) for notice in state.notices]
    if shown:
        shown += [Colour.GREEN + line for line in _next(state, width)]
    else:
        shown = [Colour.GREEN + line for line in sign_text(state, lines, width, now).split("\n")]
    return [*shown, *([""] * lines)][:lines]


def _next(state: ScreenState, width: int) -> list[str]:
    """Return the line that says who is next; none where nobody waits."""
    return [within(NEXT.zh.format(numbers=" ".join(state.next_up)), width)] if state.next_up else []


def _said(call: ShownCall, width: int) -> str:
    """Return a call in characters an Onbon sign knows: an unknown name gives way to the number, an unknown room to
    English.
    """
    label = call.label if _encodes(call.label, "gb2312") else call.number
    room = call.room if _encodes(call.room.zh, "gb2312") else Text(zh=call.room.en, en=call.room.en)
    reason = call.reason if call.reason and _encodes(call.reason.zh, "gb2312") else None
    return fitted(replace(call, label=label, room=room, reason=reason), "zh", width)


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


def _shown(state: ScreenState, now: datetime) -> ShownCall | None:
    """Return the one call a small display shows at this moment."""
    shown = page_of([call for call in state.calls if call.called], 1, now)
    return shown[0] if shown else None


def _plain(label: str, number: str) -> str:
    """Return a label a pole can show: a masked Chinese name gives way to the number."""
    return label if label.isascii() else number


def _encodes(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _too_long(text: str, field: RegisterField) -> bool:
    said = last_digits(text) if field.as_ in ("value", "bcd") else text
    return not said or len(said) > modbus.characters_of(field)
