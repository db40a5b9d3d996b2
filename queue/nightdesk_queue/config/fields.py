"""The kinds of value config.toml holds: each knows what is right and words what is wrong, with the fix."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, time
from string import Formatter
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nightdesk_queue.config.table import Checked, Limits, Reads
from nightdesk_queue.domain.red_flags import EXTRA_FLAGS
from nightdesk_queue.domain.tickets import INSERTED_LANES, Lane
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import clean

if TYPE_CHECKING:
    from pydantic_core import PydanticCustomError

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LOCAL_LINES = ("alt", "hwgrep", "loop", "spy")
NETWORK_LINES = {"socket": frozenset[str](), "rfc2217": frozenset({"ign_set_control", "poll_modem", "timeout"})}
"""The schemes pyserial knows for a line's port; those of a network line with the options they may carry."""
PRINTER_SCHEMES = ("tcp", "serial", "usb", "file", "cups", "screen")
LONGEST_TEXT = 500
"""Characters of a text; far more than any name or any way to a clinic has."""
_PADDED = re.compile(r"([^0-9A-Za-z]?[<>^])?([1-9][0-9]{0,2})?")
"""How a field of a template may be formatted: filled up to a width, never cut, and not by what may be read as part."""
OVERDUE_MINUTES = {3: 30, 4: 60}
"""How long each level may wait by China's four-level triage: III within 30 minutes, IV 60 and more."""
_LEVEL_NAMES = {"3": 3, "4": 4, "III": 3, "IV": 4}


def wrong(problem: Text, fix: Text) -> PydanticCustomError:
    """Return an error for a validator to raise, with what is wrong and the fix in both languages."""
    from pydantic_core import PydanticCustomError  # noqa: PLC0415 - only faults need it

    context = {"zh": problem.zh, "en": problem.en, "fix_zh": fix.zh, "fix_en": fix.en}
    return PydanticCustomError("nightdesk", "{en}", context)


def _texts(value: object) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, dict) and set(value) == {"zh", "en"} and all(isinstance(v, str) for v in value.values()):
        # a line break or an escape in a name would be a line or a command to a printer or a screen
        if any(len(each) > LONGEST_TEXT for each in value.values()):
            raise wrong(
                Text(zh="太长", en="this is too long"),
                Text(zh="最多 {n} 个字符", en="write at most {n} characters").fill(n=LONGEST_TEXT),
            )
        pair = Text(zh=clean(value["zh"], LONGEST_TEXT) or "", en=clean(value["en"], LONGEST_TEXT) or "")
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


def _calendar_date(value: object) -> date:
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
    known = {lane.value: lane for lane in INSERTED_LANES}
    if isinstance(value, str) and value in known:
        return known[value]
    raise wrong(
        Text(zh="没有“{key}”这个队列", en="there is no lane {key}").fill(key=value),
        Text(zh="可用：{names}", en="use one of {names}").fill(names=", ".join(known)),
    )


def _overdue_limits(value: object) -> dict[int, int]:
    """Read minutes by triage level; a single number is level IV's, and level III never waits longer than that."""
    if isinstance(value, bool) or not isinstance(value, int | dict):
        raise _not_limits()
    if isinstance(value, int):
        value = {"4": value, "3": min(value, OVERDUE_MINUTES[3])}
    limits = dict(OVERDUE_MINUTES)
    for key, minutes in value.items():
        level = _LEVEL_NAMES.get(str(key))
        if level is None or isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= minutes <= 24 * 60:
            raise _not_limits()
        limits[level] = minutes
    return limits


def _not_limits() -> PydanticCustomError:
    return wrong(
        Text(zh="不是各级别的分钟数(1-1440)", en="not minutes (1 to 1440) for the triage levels"),
        Text(
            zh="写 overdue_minutes = 90，或 { III = 30, IV = 90 }",
            en="write overdue_minutes = 90, or { III = 30, IV = 90 }",
        ),
    )


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise wrong(
            Text(zh="不是网址", en="not a web address"),
            Text(zh='写成 "http://192.168.1.20:8080/page"', en='write it as "http://192.168.1.20:8080/page"'),
        )
    return value


def _red_flag(value: object) -> str:
    if isinstance(value, str) and value in EXTRA_FLAGS:
        return str(value)
    raise wrong(
        Text(zh="不认识的危险征象", en="unknown red flag"),
        Text(zh="可用：{names}", en="use one of {names}").fill(names=", ".join(EXTRA_FLAGS)),
    )


def _zone_name(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong(
            Text(zh="没有这个时区", en="no such time zone"),
            Text(zh='写 IANA 时区名，如 "Asia/Shanghai"', en='use an IANA name such as "Asia/Shanghai"'),
        ) from None
    return value


def _database_url(value: str) -> str:
    if not re.fullmatch(r"(?:sqlite:///|postgres(?:ql)?://).+", value):
        raise wrong(
            Text(zh="不支持这种数据库地址", en="this kind of database address is not served"),
            Text(
                zh='写 "sqlite:///nightdesk.db"(绝对路径用四个斜杠)，或 "postgresql://用户@主机/数据库"',
                en='write "sqlite:///nightdesk.db" (four slashes for an absolute path) or "postgresql://user@host/name"',
            ),
        )
    return value


def _printer_address(value: str) -> str:
    scheme, colon, rest = value.partition(":")
    if not colon or scheme not in PRINTER_SCHEMES or (scheme != "screen" and not rest.strip("/")):
        raise wrong(
            Text(zh="不认识的打印机地址", en="not a printer address"),
            Text(
                zh='写 "tcp://主机:9100"、"serial:///dev/ttyUSB0?baud=19200"、"usb://04b8:0e15"、"file:///dev/usb/lp0"、'
                '"cups://队列" 或 "screen:"',
                en='use "tcp://host:9100", "serial:///dev/ttyUSB0?baud=19200", "usb://04b8:0e15", '
                '"file:///dev/usb/lp0", "cups://queue" or "screen:"',
            ),
        )
    for its, check in (("tcp", _check_tcp), ("serial", _check_baud), ("usb", _check_usb), ("cups", _check_cups)):
        if scheme == its:
            check(value)
    return value


def _check_tcp(value: str) -> None:
    try:
        parts = urlsplit(value)
        fine = bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if fine and parts.query:
        # the line behind a serial device server
        _check_baud(value)
    if not fine:
        raise wrong(
            Text(zh="主机或端口不对", en="the host or port is not right"),
            Text(zh='写成 "tcp://192.168.1.50:9100"', en='write it as "tcp://192.168.1.50:9100"'),
        )


def _check_baud(value: str) -> None:
    query = parse_qs(urlsplit(value).query, keep_blank_values=True)
    baud = query.pop("baud", ["9600"])[-1]
    if query or not (baud.isascii() and baud.isdigit()) or not 300 <= int(baud) <= 4_000_000:
        raise wrong(
            Text(zh="波特率或参数不对", en="not a baud rate, or a parameter nobody knows"),
            Text(zh="写成 ?baud=9600、19200、38400 或 115200", en="write ?baud=9600, 19200, 38400 or 115200"),
        )


def _check_usb(value: str) -> None:
    if not re.fullmatch(r"usb://[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}(/[^/\s]+)?", value):
        raise wrong(
            Text(zh="不是 USB 打印机的地址", en="not the address of a USB printer"),
            Text(
                zh='写成 "usb://厂商号:产品号"，如 "usb://04b8:0e15"；同型号两台时加序列号 "usb://04b8:0e15/序列号"',
                en='write "usb://vendor:product" such as "usb://04b8:0e15"; with two alike, '
                'add the serial number: "usb://04b8:0e15/SERIAL"',
            ),
        )


def _check_cups(value: str) -> None:
    if not re.fullmatch(r"cups://([A-Za-z0-9.-]+(:\d{1,5})?/)?[^/\s?#]+", value):
        raise wrong(
            Text(zh="不是 CUPS 队列", en="not a CUPS queue"),
            Text(
                zh='写成 "cups://队列名" 或 "cups://主机:631/队列名"',
                en='write "cups://queue" or "cups://host:631/queue"',
            ),
        )


def _port_address(value: str) -> str:
    scheme, separator, _ = value.partition("://")
    if not separator or scheme in LOCAL_LINES:
        return value
    try:
        parts = urlsplit(value)
        options = set(parse_qs(parts.query, keep_blank_values=True))
        fine = (
            parts.scheme in NETWORK_LINES
            and bool(parts.hostname)
            and bool(parts.port)
            and not parts.path.strip("/")
            and options <= NETWORK_LINES[parts.scheme]
        )
    except ValueError:
        fine = False
    if not fine:
        raise wrong(
            Text(zh="不是串口的地址", en="not the address of a serial line"),
            Text(
                zh='写 "/dev/ttyUSB0"、"socket://192.168.1.60:5005" 或 "rfc2217://192.168.1.60:2217"',
                en='use "/dev/ttyUSB0", "socket://192.168.1.60:5005" or "rfc2217://192.168.1.60:2217"',
            ),
        )
    return value


def _fields_of(template: str, known: Collection[str]) -> set[str] | None:
    """Return the fields of a template; None where it is malformed or one is not known, converted or cut."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        return None
    fields = [(name, spec or "", conversion) for _, name, spec, conversion in parts if name is not None]
    fine = all(name in known and _PADDED.fullmatch(spec) and not conversion for name, spec, conversion in fields)
    return {name for name, _, _ in fields} if fine else None


def _runs_together(template: str) -> bool:
    """Whether nothing stands between two fields: N012 and 3 would be read as N0123."""
    parts = [(before, name) for before, name, _, _ in Formatter().parse(template) if name is not None]
    return any(not between or re.search("^[0-9A-Za-z]|[0-9A-Za-z]$", between) for between, _ in parts[1:])


def _screen_template(value: str) -> str:
    known = ("number", "room", "room_zh", "reason")
    fields = _fields_of(value, known)
    if not fields or "number" not in fields or _runs_together(value):
        raise wrong(
            Text(
                zh="模板里没有 {number}，有不认识的字段，或与别的字段连在一起",
                en="no {number} in it, a field nobody knows, or nothing between it and another field",
            ).fill(number="{number}"),
            Text(zh='写成 "{n} {r}"；可用：{names}', en='write "{n} {r}"; use {names}').fill(
                n="{number}", r="{room}", names=", ".join(known)
            ),
        )
    return value


def _idle_template(value: str) -> str:
    known = ("clock", "next", "notice")
    if _fields_of(value, known) is None:
        raise wrong(
            Text(zh="模板有不认识的字段", en="a field nobody knows"),
            Text(zh='写成 "{c}"；可用：{names}', en='write "{c}"; use {names}').fill(
                c="{clock}", names=", ".join(known)
            ),
        )
    return value


_BOTH = {
    "type": "object",
    "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
    "required": ["zh", "en"],
    "additionalProperties": False,
}
_DAYS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
BiText = Annotated[Text, Reads(_texts, _BOTH)]
ClockTime = Annotated[time, Reads(clock_time, {"type": "string", "pattern": r"^\d{2}:\d{2}$", "examples": ["18:30"]})]
CalendarDate = Annotated[
    date, Reads(_calendar_date, {"type": ["string", "object"], "format": "date", "examples": ["2027-02-17"]})
]
Weekdays = Annotated[tuple[int, ...], Reads(_weekdays, _DAYS)]
HelpedLane = Annotated[Lane, Reads(_helped_lane, {"type": "string", "enum": [str(lane) for lane in INSERTED_LANES]})]
RedFlag = Annotated[str, Reads(_red_flag, {"type": "string", "enum": sorted(EXTRA_FLAGS)})]
Id = Annotated[str, Limits(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
Minutes = Annotated[int, Limits(ge=1, le=24 * 60)]
OverdueLimits = Annotated[
    dict[int, int],
    Reads(_overdue_limits, {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}}),
]
WebAddress = Annotated[str, Checked(_web_address)]
ZoneName = Annotated[str, Checked(_zone_name)]
DatabaseUrl = Annotated[str, Checked(_database_url)]
PortAddress = Annotated[str, Limits(min_length=1), Checked(_port_address)]
PrinterAddress = Annotated[str, Checked(_printer_address)]
ScreenTemplate = Annotated[str, Checked(_screen_template)]
IdleTemplate = Annotated[str, Checked(_idle_template)]
