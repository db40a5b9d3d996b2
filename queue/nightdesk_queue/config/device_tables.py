"""What the tables of devices may hold: printers, kiosks, call screens, the voice."""

from __future__ import annotations

from dataclasses import field
from datetime import time
from typing import Annotated, Literal, TypeAlias

from nightdesk_queue.config.fields import (
    BiText,
    ClockTime,
    Id,
    IdleTemplate,
    Minutes,
    PortAddress,
    PrinterAddress,
    ScreenTemplate,
    wrong,
)
from nightdesk_queue.config.table import Checked, Limits, Table
from nightdesk_queue.text.bilingual import Language, Text


class PrintingTable(Table):
    """The `[printing]` table: how slips look, and what happens to them while a printer is away.

    `templates`: a folder with layouts that take the place of the built-in ones. `fonts`: font files to draw with,
    before those the system has. Both are taken from the configuration's folder. A slip older than `keep_minutes` is not
    printed any more; one that has waited `backup_after_seconds` goes to the backup printer. `patient_reprints`: how
    often a patient may have a slip again at a kiosk.
    """

    templates: str | None = None
    fonts: list[str] = field(default_factory=list)
    keep_minutes: Minutes = 60
    backup_after_seconds: Annotated[int, Limits(ge=0, le=3600)] = 15
    patient_reprints: Annotated[int, Limits(ge=0, le=20)] = 2


class Printer(Table):
    """A receipt printer and where it is.

    `name`: where patients find it. `charset`: the Chinese codes its own font knows; `chinese_size`: whether `GS !`
    enlarges Chinese characters, or only `FS !` does. `idle_release_seconds`: after so long without a slip its one
    connection is let go for others; without it the connection is kept. `paper_mm_a_second`: how fast its paper moves at
    most; an answer that comes sooner than the slip can be out proves nothing. 0 believes every answer. `machine`: the
    only one that serves it, where it hangs on a wire of that machine.
    """

    id: Id
    name: BiText | None = None
    device: PrinterAddress
    paper_mm: Literal[58, 80] = 80
    text: Literal["auto", "raster", "native"] = "auto"
    charset: Literal["gb18030", "gbk", "gb2312"] = "gb18030"
    chinese_size: Literal["gs", "fs"] = "gs"
    backup: Id | None = None
    machine: Id | None = None
    idle_release_seconds: Annotated[int, Limits(ge=1, le=3600)] | None = None
    paper_mm_a_second: Annotated[int, Limits(ge=0, le=1000)] = 300

    @property
    def on_screen(self) -> bool:
        """Whether its slips are drawn in a terminal instead of printed; it then confirms nothing."""
        return self.device.startswith("screen:")

    @property
    def wired(self) -> bool:
        """Whether it hangs on one machine: a printer of the network can be served by any."""
        return not self.device.startswith(("tcp:", "cups:", "screen:"))


class Pace(Table):
    """`[kiosk.pace]`: how fast one kiosk gives numbers.

    `at_once` numbers may follow one another as fast as they are asked for; one more becomes free every `seconds_each`.
    `alarm_after` numbers within `alarm_minutes` are told to staff, and stop nobody else by forecast.
    """

    at_once: Annotated[int, Limits(ge=1, le=100)] = 4
    seconds_each: Annotated[int, Limits(ge=0, le=600)] = 20
    alarm_after: Annotated[int, Limits(ge=2, le=1000)] = 8
    alarm_minutes: Annotated[int, Limits(ge=1, le=60)] = 2


def _pair(numbers: list[int]) -> list[int]:
    """Return numbers that are a width and a height. Raises ValueError for fewer or more."""
    if len(numbers) != 2:
        raise wrong(
            Text(zh="这里要两个数：横向和纵向", en="two numbers belong here: across and down"),
            Text(zh="写成 [120, 33] 这样", en="write them as in [120, 33]"),
        )
    return numbers


Millimetres: TypeAlias = Annotated[list[Annotated[int, Limits(ge=20, le=5000)]], Checked(_pair)]
"""Width and height."""
Cells: TypeAlias = Annotated[list[Annotated[int, Limits(ge=10, le=1000)]], Checked(_pair)]
"""Columns and rows."""


class Hours(Table):
    """A part of the day, in local time; `from` may be later than `to`."""

    from_: ClockTime
    to: ClockTime

    def holds(self, at: time) -> bool:
        """Whether a time of day lies in it."""
        if self.from_ <= self.to:
            return self.from_ <= at < self.to
        return at >= self.from_ or at < self.to


class DayHours(Hours):
    """When it is day: `from` is the first minute of the bright screen, `to` the first of the dark one."""

    from_: ClockTime = time(7, 0)
    to: ClockTime = time(18, 0)


class Kiosk(Table):
    """A touchscreen in the lobby: its printer and the clinics it offers (all, where none are named).

    `languages`: those of the hospital where none are named; each beyond Chinese and English needs a catalogue.
    `elder`: whether it begins in the large mode. `speaks`: whether the large mode reads its pages aloud; `volume`:
    percent, at the beginning. `screen_mm`: width and height of the picture, `cells`: columns and rows of its terminal;
    with both, `check` says how large the letters are. `day`: hours of the bright screen; `backlight`: the file that
    dims the screen (Linux: /sys/class/backlight/*/brightness). `offline_prefix`: the letters of the numbers that it
    gives while the server cannot be reached; without them it gives none then.
    """

    id: Id
    printer: Id | None = None
    clinics: list[Id] = field(default_factory=list)
    languages: list[Annotated[str, Limits(pattern=r"^[a-z]{2,3}$")]] = field(default_factory=list)
    catalogues: str | None = None
    elder: bool = False
    speaks: bool = True
    volume: Annotated[int, Limits(ge=0, le=100)] = 80
    screen_mm: Millimetres | None = None
    cells: Cells | None = None
    pace: Pace = Pace()
    day: DayHours = DayHours()
    backlight: str | None = None
    offline_prefix: Annotated[str, Limits(pattern=r"^[A-Z]{1,2}$")] | None = None


HIGHEST_UNIT = 247
"""Of Modbus over a serial line; the others are reserved."""


class RegisterField(Table):
    """Where a Modbus display takes a text: `length` registers from `register` on.

    `as`: `char` one character a register, `packed` two (the first in the high byte), `value` the digits as one number,
    `bcd` four digits a register. What is left over is filled with spaces, or zeros for digits.
    """

    register_: Annotated[int, Limits(ge=0, le=0xFFFF)] = 0
    length: Annotated[int, Limits(ge=1, le=60)] = 6
    as_: Literal["char", "packed", "value", "bcd"] = "char"

    def __post_init__(self) -> None:
        """Raise where the map ends before the text does."""
        if self.register_ + self.length > 0x10000:
            raise wrong(
                Text(zh="寄存器超出 65535", en="it goes beyond register 65535"),
                Text(zh="减小 register 或 length", en="make register or length smaller"),
            )


class Registers(Table):
    """`[display.registers]`: the register map of a Modbus display. A field it has no place for is not sent."""

    number: RegisterField = RegisterField()
    room: RegisterField | None = None

    def __post_init__(self) -> None:
        """Raise where one text does not begin where the other ends."""
        first, second = self.number, self.room
        if second and first.register_ > second.register_:
            first, second = second, first
        if second and first.register_ + first.length != second.register_:
            raise wrong(
                Text(zh="number 与 room 的寄存器重叠或不相连", en="number and room overlap, or leave a gap"),
                Text(
                    zh="两段要首尾相连，一次写完，不碰别的寄存器",
                    en="let one begin where the other ends: they are written at once, and nothing else is touched",
                ),
            )


BeaconCause: TypeAlias = Literal["call", "page", "alarm"]


class Beacon(Table):
    """`[display.beacon]`: the coil of a relay, by which Modbus function it is switched, and what it is on for.

    `call`: a new call, for as long as it stands out; `page`: a doctor on call who has not answered; `alarm`: an open
    alarm of the consoles.
    """

    coil: Annotated[int, Limits(ge=0, le=0xFFFF)] = 0
    function: Literal[5, 15] = 5
    on: Annotated[list[Literal["call", "page", "alarm"]], Limits(min_length=1)] = field(
        default_factory=lambda: ["call"]
    )


class Display(Table):
    """A call screen on a serial line. `width` and `height` are dots; `address` is the sign's own on its bus.

    `colours`: new calls red, others green, notices yellow, on signs that have them. `template`, `idle` (where nobody
    is called), `ending` and `charset` are those of the `ascii` protocol. After `alarm_after_minutes` offline the
    consoles are told. `answer_seconds`: how long it may take to answer; learned from its late answers where not named.
    `machine`: the only one that serves it, where it hangs on a wire of that machine.
    """

    id: Id
    port: PortAddress
    machine: Id | None = None
    baud: Annotated[int, Limits(ge=300, le=4_000_000)] = 9600
    protocol: Literal["onbon", "modbus", "cd5220", "ascii", "board", "beacon", "json"]
    clinics: list[Id] = field(default_factory=list)
    rooms: list[Id] = field(default_factory=list)
    model: Literal["5k", "6k"] = "6k"
    address: Annotated[int, Limits(ge=1, le=0xFFFE)] = 1
    width: Annotated[int, Limits(ge=16, le=2048)] = 64
    height: Annotated[int, Limits(ge=16, le=1024)] = 32
    repaint_seconds: Annotated[int, Limits(ge=1, le=60)] = 30
    colours: bool = False
    registers: Registers = Registers()
    beacon: Beacon = Beacon()
    template: ScreenTemplate = "{number} {room}"
    idle: IdleTemplate = ""
    ending: Literal["\r\n", "\n", "\r"] = "\r\n"
    charset: Literal["ascii", "gb2312", "gbk", "gb18030", "utf-8"] = "ascii"
    alarm_after_minutes: Minutes = 5
    answer_seconds: Annotated[float, Limits(ge=0.05, le=10)] | None = None

    @property
    def wired(self) -> bool:
        """Whether it hangs on one machine: a line that the network brings can be served by any."""
        return "://" not in self.port

    def __post_init__(self) -> None:
        """Raise where a Modbus unit cannot have the address."""
        if self.protocol in ("modbus", "beacon") and self.address > HIGHEST_UNIT:
            raise wrong(
                Text(zh="Modbus 地址最大 247", en="a Modbus unit has an address up to 247"),
                Text(zh="写屏上设定的地址", en="write the address that is set at the display"),
            )


EDITING_KEYS = frozenset(
    [
        "enter",
        "escape",
        "tab",
        "shift+tab",
        "space",
        "backspace",
        "delete",
        "up",
        "down",
        "left",
        "right",
        "home",
        "end",
        "pageup",
        "pagedown",
        "ctrl+q",
        "ctrl+c",
    ]
)
"""Keys that lines and dialogs are worked with: none of them may mean something else there."""
ButtonCommand: TypeAlias = Literal["next", "recall", "start", "finish", "miss"]


class Button(Table):
    """A physical call button of a room: a key of a pedal or keypad, or bytes that come on a serial line.

    It is read by the console of its room, in whatever dialog that is. `bytes`: in hexadecimal, `01 4E 0D`.
    """

    room: Id
    command: ButtonCommand
    key: Annotated[str, Limits(pattern=r"^[a-z0-9_]+(\+[a-z0-9_]+)*$", max_length=30)] | None = None
    port: PortAddress | None = None
    baud: Annotated[int, Limits(ge=300, le=4_000_000)] = 9600
    bytes: Annotated[str, Limits(pattern=r"^[0-9A-Fa-f]{2}( ?[0-9A-Fa-f]{2}){0,15}$")] | None = None

    def __post_init__(self) -> None:
        """Raise where it has neither a key nor bytes on a line, or both, or a key that dialogs need."""
        on_line = self.port is not None or self.bytes is not None
        if (self.key is not None) == on_line or (self.port is None) != (self.bytes is None):
            raise wrong(
                Text(zh="按钮要么是按键，要么是串口上的字节", en="a button is a key, or bytes on a serial line"),
                Text(zh='写 key = "f13"，或 port 和 bytes', en='write key = "f13", or port and bytes'),
            )
        if self.key in EDITING_KEYS:
            raise wrong(
                Text(zh="{key} 是编辑和窗口用的键", en="{key} is a key that editing and dialogs need").fill(
                    key=self.key
                ),
                Text(zh="给按钮设别的键，如 f13", en="set the button to another key, such as f13"),
            )

    @property
    def pattern(self) -> bytearray:
        """What comes on the line when it is pressed."""
        return bytearray.fromhex(self.bytes or "")


class NightVolume(Hours):
    """When it is night, and how loud calls are then, in percent."""

    volume: Annotated[int, Limits(ge=0, le=100)] = 40


class VoiceTable(Table):
    """The `[voice]` table: calls are spoken where it stands, one after the other, each `repeat` times.

    `clips`: a folder with recorded words, used where it has all that a call needs; else espeak-ng speaks. `quiet`:
    hours in which nothing is spoken. `player`: the command that plays a WAV file (found by itself where not named).
    `lexicon`: how to read characters, in pinyin with tone numbers. `clinics`: whose calls (all, where none are named).
    `pages`: whether the doctor on call is asked for aloud, too. `machine`: the one whose loudspeaker it is.
    """

    languages: Annotated[list[Language], Limits(min_length=1)] = field(default_factory=lambda: ["zh", "en"])
    repeat: Annotated[int, Limits(ge=1, le=5)] = 2
    volume: Annotated[int, Limits(ge=0, le=100)] = 80
    night: NightVolume | None = None
    quiet: Hours | None = None
    clips: str | None = None
    player: list[str] | None = None
    lexicon: dict[Annotated[str, Limits(min_length=1)], str] = field(default_factory=dict)
    clinics: list[Id] = field(default_factory=list)
    pages: bool = True
    machine: Id | None = None
