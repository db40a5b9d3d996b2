"""What each table of config.toml may hold: types, defaults, and rules inside one table.

Every model refuses unknown keys and is frozen once read. Rules that need two tables are in `references`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import cached_property
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    field_validator,
)
from pydantic_core import PydanticCustomError

from nightdesk_queue.language import Language, Text
from nightdesk_queue.model import Lane
from nightdesk_queue.safety import EXTRA_FLAGS

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PRINTER_SCHEMES = ("tcp", "serial", "file", "screen")
LONGEST_SESSION_HOURS = 16


def wrong(problem: Text, mend: Text, key: str = "", value: str = "") -> PydanticCustomError:
    """Return an error for a validator to raise, with what is wrong and the mend in both languages.

    A validator of a whole table names the `key` it blames and the `value` there.
    """
    context = {
        "zh": problem.zh,
        "en": problem.en,
        "mend_zh": mend.zh,
        "mend_en": mend.en,
        "key": key,
        "value": value,
    }
    return PydanticCustomError("nightdesk", "{en}", context)


def _texts(value: object) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, dict) and set(value) == {"zh", "en"} and all(isinstance(v, str) for v in value.values()):
        pair = Text(zh=value["zh"].strip(), en=value["en"].strip())
        if pair.zh and pair.en:
            return pair
    raise wrong(
        Text(zh="需要中英文两个文本", en="a text in both languages is needed"),
        Text(zh='写成 { zh = "中文", en = "English" }', en='write { zh = "中文", en = "English" }'),
    )


def clock_time(value: object) -> time:
    """Read `17:30`. Raises for anything else."""
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    raise wrong(
        Text(zh="不是一天中的时刻", en="not a time of day"),
        Text(zh='写成 "17:30"(00:00 至 23:59)', en='write it as "17:30" (00:00 to 23:59)'),
    )


def _calendar_date(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise wrong(
        Text(zh="不是有效日期", en="not a date"),
        Text(zh='写成 "2026-02-17"', en='write it as "2026-02-17"'),
    )


def _weekdays(value: object) -> tuple[int, ...]:
    """Read `daily`, `Mon-Fri` or `Mon,Wed,Sat-Sun` as weekday numbers, Monday 0."""
    if isinstance(value, tuple):
        return value
    days: set[int] = set()
    parts = ["Mon-Sun"] if value == "daily" else str(value).split(",")
    for part in parts:
        first, _, last = part.strip().partition("-")
        if first not in WEEKDAYS or (last and last not in WEEKDAYS):
            raise wrong(
                Text(zh="不认识的星期写法", en="not a set of weekdays"),
                Text(
                    zh='写成 "daily"、"Mon-Fri" 或 "Mon,Wed,Sat-Sun"',
                    en='write "daily", "Mon-Fri" or "Mon,Wed,Sat-Sun"',
                ),
            )
        start = WEEKDAYS.index(first)
        end = WEEKDAYS.index(last) if last else start
        days.update(day % 7 for day in range(start, end + 1 if end >= start else end + 8))
    return tuple(sorted(days))


def _helped_lane(value: object) -> Lane:
    known = {lane.value: lane for lane in Lane if lane is not Lane.FIRST}
    if isinstance(value, str) and value in known:
        return known[value]
    raise wrong(
        Text(zh="没有“{key}”这个队列", en="there is no lane {key}").fill(key=value),
        Text(zh="可用：{names}", en="use one of {names}").fill(names=", ".join(known)),
    )


def _red_flag(value: object) -> str:
    if isinstance(value, str) and value in EXTRA_FLAGS:
        return str(value)
    raise wrong(
        Text(zh="不认识的危险征象", en="unknown red flag"),
        Text(zh="可用：{names}", en="use one of {names}").fill(names=", ".join(EXTRA_FLAGS)),
    )


BiText = Annotated[Text, PlainValidator(_texts)]
ClockTime = Annotated[time, PlainValidator(clock_time)]
CalendarDate = Annotated[date, BeforeValidator(_calendar_date)]
Weekdays = Annotated[tuple[int, ...], PlainValidator(_weekdays)]
HelpedLane = Annotated[Lane, PlainValidator(_helped_lane)]
RedFlag = Annotated[str, PlainValidator(_red_flag)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]


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
    timezone: str = "Asia/Shanghai"
    day_starts: ClockTime = time(8, 0)
    languages: list[Language] = Field(default=["zh", "en"], min_length=1)
    emergency: Emergency = Emergency()
    hotline: str | None = None
    holidays: list[CalendarDate] = []
    working_weekends: list[CalendarDate] = []

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise wrong(
                Text(zh="没有这个时区", en="no such time zone"),
                Text(zh='写 IANA 时区名，如 "Asia/Shanghai"', en='use an IANA name such as "Asia/Shanghai"'),
            ) from None
        return value

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

    url: str = "sqlite:///nightdesk.db"

    @field_validator("url")
    @classmethod
    def _served(cls, value: str) -> str:
        if not re.fullmatch(r"sqlite:///.+", value):
            raise wrong(
                Text(zh="不支持这种数据库地址", en="this kind of database address is not served"),
                Text(
                    zh='写 "sqlite:///nightdesk.db"；绝对路径用四个斜杠',
                    en='write "sqlite:///nightdesk.db"; four slashes for an absolute path',
                ),
            )
        return value


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
    """When a doctor is paged instead of sitting at the desk."""

    from_: ClockTime = Field(alias="from")
    to: ClockTime
    printer: Id | None = None
    display: Id | None = None
    post: str | None = None
    escalate_after_minutes: Minutes = 5


class OrderRules(Table):
    """`[clinic.order]`: who is next inside a triage level."""

    rule: Literal["interleave", "accumulate"] = "interleave"
    insert_every: dict[HelpedLane, Annotated[int, Field(ge=1)]] = {}
    booked: Literal["equal", "first"] = "equal"
    overdue_minutes: Minutes | None = None


class MissedRules(Table):
    """`[clinic.missed]`: what happens to patients who do not come."""

    recalls: Annotated[int, Field(ge=1, le=20)] = 3
    lapse_after: Annotated[int, Field(ge=1, le=20)] = 3


class TransferRules(Table):
    """`[clinic.transfer]`: how much of the waiting already done counts here."""

    credit: Literal["arrival", "half", "none"] = "arrival"


class Clinic(Table):
    """A queue: an evening clinic, a 24-hour clinic or a service counter."""

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


class Printer(Table):
    """A receipt printer and where it is."""

    id: Id
    device: str
    paper_mm: Literal[58, 80] = 80
    text: Literal["auto", "raster", "native"] = "auto"
    backup: Id | None = None

    @field_validator("device")
    @classmethod
    def _known_device(cls, value: str) -> str:
        scheme, colon, rest = value.partition(":")
        if not colon or scheme not in PRINTER_SCHEMES or (scheme != "screen" and not rest.strip("/")):
            raise wrong(
                Text(zh="不认识的打印机地址", en="not a printer address"),
                Text(
                    zh='写 "tcp://主机:9100"、"serial:///dev/ttyUSB0?baud=19200"、"file:///dev/usb/lp0" 或 "screen:"',
                    en='use "tcp://host:9100", "serial:///dev/ttyUSB0?baud=19200", "file:///dev/usb/lp0" or "screen:"',
                ),
            )
        if scheme == "tcp":
            _check_tcp(value)
        if scheme == "serial":
            _check_baud(value)
        return value


def _check_tcp(value: str) -> None:
    try:
        parts = urlsplit(value)
        fine = bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise wrong(
            Text(zh="主机或端口不对", en="the host or port is not right"),
            Text(zh='写成 "tcp://192.168.1.50:9100"', en='write it as "tcp://192.168.1.50:9100"'),
        )


def _check_baud(value: str) -> None:
    query = parse_qs(urlsplit(value).query, keep_blank_values=True)
    baud = query.pop("baud", ["9600"])[-1]
    if query or not baud.isdigit() or not 300 <= int(baud) <= 4_000_000:
        raise wrong(
            Text(zh="波特率或参数不对", en="not a baud rate, or a parameter nobody knows"),
            Text(zh="写成 ?baud=9600、19200、38400 或 115200", en="write ?baud=9600, 19200, 38400 or 115200"),
        )


class Kiosk(Table):
    """A touchscreen in the lobby: its printer and the clinics it offers (all, where none are named)."""

    id: Id
    printer: Id | None = None
    clinics: list[Id] = []


class Display(Table):
    """A call screen on a serial line. `width` and `height` are dots; `address` is the sign's own on its bus."""

    id: Id
    port: Annotated[str, Field(min_length=1)]
    baud: Annotated[int, Field(ge=300, le=4_000_000)] = 9600
    protocol: Literal["onbon", "modbus", "cd5220", "ascii", "board"]
    clinics: list[Id] = []
    rooms: list[Id] = []
    model: Literal["5k", "6k"] = "6k"
    address: Annotated[int, Field(ge=1, le=0xFFFE)] = 1
    width: Annotated[int, Field(ge=16, le=2048)] = 64
    height: Annotated[int, Field(ge=8, le=1024)] = 32
    repaint_seconds: Annotated[int, Field(ge=1, le=60)] = 30


class Hl7Table(Table):
    """The `[hl7]` table: transfers from the emergency room's own system."""

    listen: Annotated[str, Field(pattern=r"^[^\s:]+:\d{1,5}$")] = "127.0.0.1:2575"
    accept_from: list[str] = []
    targets: dict[str, Id] = {}


class Hospital(Table):
    """The whole configuration. Built by `loading`, which has checked every reference in it."""

    hospital: HospitalTable
    database: DatabaseTable = DatabaseTable()
    clinic: list[Clinic]
    room: list[Room]
    priority: list[PriorityGroup] = []
    printer: list[Printer] = []
    kiosk: list[Kiosk] = []
    display: list[Display] = []
    hl7: Hl7Table | None = None

    def altered(self, **tables: object) -> Hospital:
        """Return this hospital with other tables in place of some; `model_copy` would carry stale look-ups along."""
        own = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate({**own, **tables})

    @cached_property
    def zone(self) -> ZoneInfo:
        """The hospital's time zone."""
        return ZoneInfo(self.hospital.timezone)

    @cached_property
    def clinics(self) -> dict[str, Clinic]:
        """Clinics by id, in the file's order."""
        return {clinic.id: clinic for clinic in self.clinic}

    @cached_property
    def rooms(self) -> dict[str, Room]:
        """Rooms by id."""
        return {room.id: room for room in self.room}

    @cached_property
    def clinic_of_room(self) -> dict[str, Clinic]:
        """The clinic each room belongs to."""
        return {room: clinic for clinic in self.clinic for room in clinic.rooms}

    @cached_property
    def clinic_of_prefix(self) -> dict[str, Clinic]:
        """The clinic that issues numbers with a prefix."""
        return {clinic.prefix: clinic for clinic in self.clinic}

    @cached_property
    def priorities(self) -> dict[str, PriorityGroup]:
        """Priority groups by id."""
        return {group.id: group for group in self.priority}

    @cached_property
    def printers(self) -> dict[str, Printer]:
        """Printers by id; one drawn in the terminal where none is configured."""
        listed = self.printer or [Printer(id="screen", device="screen:")]
        return {printer.id: printer for printer in listed}

    @cached_property
    def kiosks(self) -> dict[str, Kiosk]:
        """Kiosks by id; one that offers every public clinic where none is configured."""
        listed = self.kiosk or [Kiosk(id="lobby-1")]
        return {kiosk.id: kiosk for kiosk in listed}

    def clinic_name(self, clinic_id: str) -> Text:
        """Return a clinic's name, or its id where the configuration no longer has it."""
        clinic = self.clinics.get(clinic_id)
        return clinic.name if clinic else Text(zh=clinic_id, en=clinic_id)

    def room_name(self, room_id: str) -> Text:
        """Return a room's name, or its id where the configuration no longer has it."""
        room = self.rooms.get(room_id)
        return room.name if room else Text(zh=room_id, en=room_id)

    def offered_at(self, kiosk: Kiosk) -> list[Clinic]:
        """Return the clinics a kiosk offers, in the order it shows them."""
        if kiosk.clinics:
            return [self.clinics[clinic] for clinic in kiosk.clinics]
        return [clinic for clinic in self.clinic if clinic.kiosk]

    def printer_for(self, kiosk_id: str | None) -> str:
        """Return the id of the printer for a kiosk's slips, or for those issued by staff (None)."""
        first = next(iter(self.kiosks.values()))
        kiosk = self.kiosks.get(kiosk_id, first) if kiosk_id else first
        return kiosk.printer or next(iter(self.printers))


RawTables = dict[str, Any]
