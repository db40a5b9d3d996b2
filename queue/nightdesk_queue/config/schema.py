"""What each table of config.toml may hold: keys, kinds of value, defaults.

Every model refuses unknown keys and is frozen once read. Rules that need two values are in `references`.
"""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from nightdesk_queue.config.fields import (
    OVERDUE_MINUTES,
    BiText,
    CalendarDate,
    ClockTime,
    DatabaseUrl,
    HelpedLane,
    Id,
    IdleTemplate,
    Minutes,
    OverdueLimits,
    PortAddress,
    PrinterAddress,
    RedFlag,
    ScreenTemplate,
    WebAddress,
    Weekdays,
    ZoneName,
    wrong,
)
from nightdesk_queue.text.bilingual import Language, Text


class Table(BaseModel):
    """A table of config.toml: unknown keys are refused, no type is guessed, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class Emergency(Table):
    """Where patients are sent who must not wait in any queue."""

    phone: str = "120"
    route: BiText = Text(zh="请立即前往急诊科", en="Go to Emergency at once")


class HospitalTable(Table):
    """The `[hospital]` table."""

    name: BiText
    timezone: ZoneName = "Asia/Shanghai"
    day_starts: ClockTime = time(8, 0)
    languages: list[Language] = Field(default=["zh", "en"], min_length=1)
    emergency: Emergency = Emergency()
    hotline: str | None = None
    holidays: list[CalendarDate] = []
    working_weekends: list[CalendarDate] = []

    @field_validator("languages")
    @classmethod
    def _languages_once(cls, value: list[Language]) -> list[Language]:
        if len(set(value)) != len(value):
            raise wrong(
                Text(zh="语言重复", en="a language is named twice"),
                Text(zh="每种语言只写一次", en="name each language once"),
            )
        return value


class DatabaseTable(Table):
    """The `[database]` table. Only `sqlite:///` addresses are served so far."""

    url: DatabaseUrl = "sqlite:///nightdesk.db"


class Session(Table):
    """One evening of a clinic, in local times; one that closes after midnight belongs to the day it opened."""

    days: Weekdays = (0, 1, 2, 3, 4, 5, 6)
    opens: ClockTime
    last_ticket: ClockTime
    closes: ClockTime
    quota: Annotated[int, Field(ge=1)] | None = None

    @property
    def crosses_midnight(self) -> bool:
        """Whether it closes on the day after it opened."""
        return self.closes <= self.opens


class ConsultMinutes(Table):
    """The hospital's own guess of a consultation's mean length, by visit type."""

    first: Minutes = 15
    return_: Minutes = Field(default=10, alias="return")


class OnCall(Table):
    """When a doctor is paged instead of sitting at the desk; `from` = `to` means day and night."""

    from_: ClockTime = Field(alias="from")
    to: ClockTime
    printer: Id | None = None
    display: Id | None = None
    post: WebAddress | None = None
    escalate_after_minutes: Minutes = 5


class OrderRules(Table):
    """`[clinic.order]`: who is next inside a triage level.

    `insert_every`: one of a lane after so many ordinary patients (2 where a lane is not named); `when_returns_lead`
    takes the place of the returns' number while more of them wait than first visits. `overdue_minutes`: by level.
    `rates`: for `accumulate`, by priority id or lane; 1 where none is named.
    """

    rule: Literal["interleave", "accumulate"] = "interleave"
    insert_every: dict[HelpedLane, Annotated[int, Field(ge=1)]] = {}
    when_returns_lead: Annotated[int, Field(ge=1)] = 1
    booked: Literal["equal", "first"] = "equal"
    overdue_minutes: OverdueLimits = OVERDUE_MINUTES
    rates: dict[str, Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]] = {}


class MissedRules(Table):
    """`[clinic.missed]`: what happens to patients who do not come."""

    recalls: Annotated[int, Field(ge=1, le=20)] = 3
    lapse_after: Annotated[int, Field(ge=1, le=20)] = 3
    rejoin: Literal["insert", "places", "end"] | None = None
    places: list[Annotated[int, Field(ge=1, le=1000)]] = []
    cool_down_seconds: Annotated[int, Field(ge=0, le=3600)] = 60

    @model_validator(mode="after")
    def _places_and_rejoin_agree(self) -> Self:
        if (self.rejoin == "places") != bool(self.places) and self.rejoin is not None:
            raise wrong(
                Text(zh='rejoin = "places" 与 places 要一起写', en='rejoin = "places" and places belong together'),
                Text(
                    zh="写 places = [5, 10](第一次退 5 位，第二次 10 位，再往后排到末尾)，或去掉 places",
                    en="write places = [5, 10] (5 back the first time, 10 the second, then the end), or drop places",
                ),
            )
        return self

    @property
    def comes_back(self) -> Literal["insert", "places", "end"]:
        """How a missed patient who reports again comes back into the line."""
        return self.rejoin or ("places" if self.places else "insert")


class TransferRules(Table):
    """`[clinic.transfer]`: how much of the waiting already done counts here, how many are taken, and the way back.

    `quota`: transferred patients a session (or service day) takes. `way_back`: after finishing here, a transferred
    patient returns to the clinic they came from.
    """

    credit: Literal["arrival", "half", "none"] = "arrival"
    quota: Annotated[int, Field(ge=1)] | None = None
    way_back: bool = False


class HoldRules(Table):
    """`[clinic.hold]`: when staff are reminded of a patient who is still away, and where patients are usually sent.

    With `places` the console asks which of them it is.
    """

    places: list[BiText] = []
    remind_after_minutes: Minutes = 45


class BookingRules(Table):
    """`[clinic.booking]`: how long before and after the slot a booked patient may report."""

    early_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 60
    late_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 30


class Clinic(Table):
    """A queue: an evening clinic, a 24-hour clinic or a service counter.

    `printer` takes the slips of numbers that staff issue here and of transfers from here; `session_list` the list at
    the end of each session, which nobody prints without it. `sensitive`: screens and voice tell the number and nothing
    about the patient; `spoken`: in which languages calls are spoken (as `[voice]` says where it is not named).
    """

    id: Id
    name: BiText
    prefix: Annotated[str, Field(pattern=r"^[A-Z]{1,2}$")]
    hours: Literal["always"] | None = None
    sessions: list[Session] = []
    on_holidays: Literal["open", "closed"] | None = None
    kiosk: bool = True
    rooms: list[Id] = Field(min_length=1)
    route: BiText | None = None
    consult_minutes: ConsultMinutes = ConsultMinutes()
    red_flags: list[RedFlag] = []
    on_call: OnCall | None = None
    accepts_transfers_from: list[Id] | None = None
    announce: Literal["number", "masked_name"] = "number"
    order: OrderRules = OrderRules()
    missed: MissedRules = MissedRules()
    transfer: TransferRules = TransferRules()
    hold: HoldRules = HoldRules()
    booking: BookingRules = BookingRules()
    stop_by_forecast: bool = True
    printer: Id | None = None
    session_list: Id | None = None
    sensitive: bool = False
    spoken: list[Language] | None = None

    @model_validator(mode="after")
    def _sensitive_means_number(self) -> Self:
        if self.sensitive and self.announce != "number":
            raise wrong(
                Text(zh="sensitive 的门诊只显示号码", en="a sensitive clinic shows numbers only"),
                Text(zh='写 announce = "number"，或去掉 sensitive', en='write announce = "number", or drop sensitive'),
            )
        return self

    @property
    def always_open(self) -> bool:
        """Whether the clinic never closes."""
        return self.hours == "always"

    @property
    def open_on_holidays(self) -> bool:
        """Whether holidays make no difference; by default only clinics that never close are open then."""
        return self.on_holidays == "open" if self.on_holidays else self.always_open


class Room(Table):
    """A consulting room or a counter."""

    id: Id
    name: BiText


class PriorityGroup(Table):
    """A group of patients with a badge: older patients, soldiers, pregnant women ..."""

    id: Id
    name: BiText
    badge: Annotated[str, Field(min_length=1, max_length=4)]
    min_age: Annotated[int, Field(ge=0, le=120)] | None = None


class PrintingTable(Table):
    """The `[printing]` table: how slips look, and what happens to them while a printer is away.

    `templates`: a folder with layouts that take the place of the built-in ones. `fonts`: font files to draw with,
    before those the system has. Both are taken from the configuration's folder. A slip older than `keep_minutes` is not
    printed any more; one that has waited `backup_after_seconds` goes to the backup printer. `patient_reprints`: how
    often a patient may have a slip again at a kiosk.
    """

    templates: str | None = None
    fonts: list[str] = []
    keep_minutes: Minutes = 60
    backup_after_seconds: Annotated[int, Field(ge=0, le=3600)] = 15
    patient_reprints: Annotated[int, Field(ge=0, le=20)] = 2


class Printer(Table):
    """A receipt printer and where it is.

    `name`: where patients find it. `charset`: the Chinese codes its own font knows; `chinese_size`: whether `GS !`
    enlarges Chinese characters, or only `FS !` does.
    """

    id: Id
    name: BiText | None = None
    device: PrinterAddress
    paper_mm: Literal[58, 80] = 80
    text: Literal["auto", "raster", "native"] = "auto"
    charset: Literal["gb18030", "gbk", "gb2312"] = "gb18030"
    chinese_size: Literal["gs", "fs"] = "gs"
    backup: Id | None = None


class Kiosk(Table):
    """A touchscreen in the lobby: its printer and the clinics it offers (all, where none are named)."""

    id: Id
    printer: Id | None = None
    clinics: list[Id] = []


HIGHEST_UNIT = 247
"""Of Modbus over a serial line; the others are reserved."""


class RegisterField(Table):
    """Where a Modbus display takes a text: `length` registers from `register` on.

    `as`: `char` one character a register, `packed` two (the first in the high byte), `value` the digits as one number,
    `bcd` four digits a register. What is left over is filled with spaces, or zeros for digits.
    """

    register_: Annotated[int, Field(ge=0, le=0xFFFF, alias="register")] = 0
    length: Annotated[int, Field(ge=1, le=60)] = 6
    as_: Literal["char", "packed", "value", "bcd"] = Field(default="char", alias="as")

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.register_ + self.length > 0x10000:
            raise wrong(
                Text(zh="寄存器超出 65535", en="it goes beyond register 65535"),
                Text(zh="减小 register 或 length", en="make register or length smaller"),
            )
        return self


class Registers(Table):
    """`[display.registers]`: the register map of a Modbus display. A field it has no place for is not sent."""

    number: RegisterField = RegisterField()
    room: RegisterField | None = None

    @model_validator(mode="after")
    def _one_behind_the_other(self) -> Self:
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
        return self


class Display(Table):
    """A call screen on a serial line. `width` and `height` are dots; `address` is the sign's own on its bus.

    `colours`: new calls red, others green, notices yellow, on signs that have them. `template`, `idle` (where nobody
    is called), `ending` and `charset` are those of the `ascii` protocol. After `alarm_after_minutes` offline the
    consoles are told.
    """

    id: Id
    port: PortAddress
    baud: Annotated[int, Field(ge=300, le=4_000_000)] = 9600
    protocol: Literal["onbon", "modbus", "cd5220", "ascii", "board"]
    clinics: list[Id] = []
    rooms: list[Id] = []
    model: Literal["5k", "6k"] = "6k"
    address: Annotated[int, Field(ge=1, le=0xFFFE)] = 1
    width: Annotated[int, Field(ge=16, le=2048)] = 64
    height: Annotated[int, Field(ge=16, le=1024)] = 32
    repaint_seconds: Annotated[int, Field(ge=1, le=60)] = 30
    colours: bool = False
    registers: Registers = Registers()
    template: ScreenTemplate = "{number} {room}"
    idle: IdleTemplate = ""
    ending: Literal["\r\n", "\n", "\r"] = "\r\n"
    charset: Literal["ascii", "gb2312", "gbk", "gb18030", "utf-8"] = "ascii"
    alarm_after_minutes: Minutes = 5

    @model_validator(mode="after")
    def _unit_exists(self) -> Self:
        if self.protocol == "modbus" and self.address > HIGHEST_UNIT:
            raise wrong(
                Text(zh="Modbus 地址最大 247", en="a Modbus unit has an address up to 247"),
                Text(zh="写屏上设定的地址", en="write the address that is set at the display"),
            )
        return self


class Hours(Table):
    """A part of the day, in local time; `from` may be later than `to`."""

    from_: ClockTime = Field(alias="from")
    to: ClockTime

    def holds(self, at: time) -> bool:
        """Whether a time of day lies in it."""
        if self.from_ <= self.to:
            return self.from_ <= at < self.to
        return at >= self.from_ or at < self.to


class NightVolume(Hours):
    """When it is night, and how loud calls are then, in percent."""

    volume: Annotated[int, Field(ge=0, le=100)] = 40


class VoiceTable(Table):
    """The `[voice]` table: calls are spoken where it stands, one after the other, each `repeat` times.

    `clips`: a folder with recorded words, used where it has all that a call needs; else espeak-ng speaks. `quiet`:
    hours in which nothing is spoken. `player`: the command that plays a WAV file (found by itself where not named).
    `lexicon`: how to read characters, in pinyin with tone numbers. `clinics`: whose calls (all, where none are named).
    `pages`: whether the doctor on call is asked for aloud, too.
    """

    languages: list[Language] = Field(default=["zh", "en"], min_length=1)
    repeat: Annotated[int, Field(ge=1, le=5)] = 2
    volume: Annotated[int, Field(ge=0, le=100)] = 80
    night: NightVolume | None = None
    quiet: Hours | None = None
    clips: str | None = None
    player: list[str] | None = None
    lexicon: dict[Annotated[str, Field(min_length=1)], str] = {}
    clinics: list[Id] = []
    pages: bool = True
