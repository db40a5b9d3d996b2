"""The reference of config.toml, docs/configuration.md, made from the schema: `make reference`.

The schema says which keys there are, their type and limits, the tables their defaults; here stands what each means, in
which unit, and an example. A key without a meaning here is an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from datetime import time
from pathlib import Path
from typing import Any

from nightdesk_queue.config.device_tables import DayHours, NightVolume
from nightdesk_queue.config.json_schema import json_schema
from nightdesk_queue.config.table import Table, key_of
from nightdesk_queue.text.bilingual import Text

FILE = Path(__file__).parent / "configuration.md"
HEAD = """# Configuration

Every key of `config.toml`, made from the program's own schema by `make reference`. `nightdesk config new` writes a
first file, `nightdesk check` checks one and names the line of each fault, `nightdesk config schema` prints the JSON
Schema by which editors complete and check. A text in both languages is written `{ zh = "中文", en = "English" }`; a
time of day `"18:30"` is local to the hospital.
"""
TABLES: dict[str, tuple[str, str]] = {
    "HospitalTable": ("[hospital]", "The hospital as a whole."),
    "Emergency": ("[hospital.emergency]", "Where patients are sent who must not wait in any queue."),
    "DatabaseTable": ("[database]", "Where the data is."),
    "Clinic": ("[[clinic]]", "A queue: an evening clinic, a 24-hour clinic or a service counter."),
    "Session": (
        "[[clinic.sessions]]",
        "One evening of a clinic; one that closes after midnight belongs to its first day.",
    ),
    "ConsultMinutes": (
        "[clinic.consult_minutes]",
        "The hospital's own guess of a mean consultation, until the night tells.",
    ),
    "OnCall": ("[clinic.on_call]", "When a doctor is paged instead of sitting at the desk."),
    "OrderRules": ("[clinic.order]", "Who is next inside a triage level."),
    "MissedRules": ("[clinic.missed]", "Patients who were called and did not come."),
    "TransferRules": ("[clinic.transfer]", "Patients who come from another clinic."),
    "HoldRules": ("[clinic.hold]", "Patients who are sent to an examination."),
    "BookingRules": ("[clinic.booking]", "When a booked patient may report."),
    "Room": ("[[room]]", "A consulting room or a counter."),
    "PriorityGroup": ("[[priority]]", "A group of patients with a badge."),
    "Printer": ("[[printer]]", "A receipt printer."),
    "PrintingTable": ("[printing]", "How slips look, and what happens while a printer is away."),
    "Kiosk": ("[[kiosk]]", "A touchscreen in the lobby."),
    "Pace": ("[kiosk.pace]", "How fast one kiosk gives numbers."),
    "DayHours": ("[[kiosk]] day", "When the screen is bright."),
    "Display": ("[[display]]", "A call screen on a line; docs/screens.md has the protocols."),
    "Beacon": ("[display.beacon]", "A lamp or a gong on a relay."),
    "Registers": ("[display.registers]", "The register map of a Modbus display."),
    "RegisterField": ("[display.registers.number], [display.registers.room]", "Where a Modbus display takes a text."),
    "Button": ("[[button]]", "A physical call button of a room: a key of a foot pedal or keypad, or bytes on a line."),
    "VoiceTable": ("[voice]", "Calls are spoken where this table stands."),
    "NightVolume": ("[voice.night]", "When it is night, and how loud calls are then."),
    "Hours": ("[voice.quiet]", "Hours in which nothing is spoken."),
    "LogTable": ("[log]", "Facts for those who look after the machine."),
    "ReportTable": ("[report]", "Reports that `nightdesk run` delivers by itself; without this table none."),
    "MailTable": ("[report.mail]", "To whom reports are mailed. The password is read from NIGHTDESK_SMTP_PASSWORD."),
    "ConsoleTable": ("[console]", "Consoles at which staff sign in."),
    "Hl7Table": ("[hl7]", "Transfers from the emergency room's system: accepted, and not served yet."),
}
MEANINGS: dict[str, dict[str, str]] = {
    "HospitalTable": {
        "name": "on slips, screens and the kiosk",
        "timezone": "IANA name of the zone of all local times",
        "day_starts": "when a clinic that never closes changes its service day",
        "languages": "languages of slips and screens, the first one first",
        "emergency": "where emergencies are sent",
        "hotline": "telephone number patients may ask at",
        "desk": "where people are, as it stands in a sentence that sends a patient there",
        "information": "folder with Markdown pages for patients",
        "holidays": "days on which evening clinics stay closed",
        "working_weekends": "weekend days that are worked like weekdays",
    },
    "Emergency": {"phone": "telephone number of the emergency service", "route": "the way there, in large type"},
    "DatabaseTable": {"url": "address; a relative one starts at the configuration's folder"},
    "Clinic": {
        "id": "name in commands and other tables",
        "name": "on screens and slips",
        "prefix": "letters in front of its numbers",
        "hours": "`always`: it never closes; else give sessions",
        "sessions": "its evenings",
        "on_holidays": "whether it works on holidays; by default only one that never closes",
        "kiosk": "whether kiosks offer it",
        "short": "name where there is little room",
        "about": "what it is for, in a patient's words",
        "rooms": "ids of its rooms",
        "route": "the way there, on slips",
        "consult_minutes": "guess of a mean consultation, minutes",
        "red_flags": "danger signs asked for besides the usual ones",
        "on_call": "when a doctor on call is paged",
        "accepts_transfers_from": "ids of clinics it takes patients from; all where not named",
        "announce": "what screens and the voice tell of a patient",
        "order": "who is next",
        "missed": "patients who did not come",
        "transfer": "patients from other clinics",
        "hold": "patients at an examination",
        "booking": "booked patients",
        "stop_by_forecast": "stop giving numbers once nobody more can be served before closing",
        "empty_after_minutes": "minutes a room is idle, while somebody waits, until no forecast counts on it",
        "printer": "printer of slips for numbers that staff issue here",
        "session_list": "printer of the list at the end of a session",
        "sensitive": "screens and voice tell the number and nothing else",
        "spoken": "languages of its calls; as [voice] says where not named",
    },
    "Session": {
        "days": "`daily`, `Mon-Fri` or `Mon,Wed,Sat-Sun`",
        "opens": "numbers are given from then on",
        "last_ticket": "numbers are given until then",
        "closes": "the end of the session",
        "quota": "most numbers of a session; without it no limit",
    },
    "ConsultMinutes": {"first": "of a first visit, minutes", "return": "of a results review, minutes"},
    "OnCall": {
        "from": "begin of the hours",
        "to": "end of the hours; the same as `from`: day and night",
        "printer": "printer of the page",
        "display": "call screen of the page",
        "post": "web address to which the page is posted",
        "escalate_after_minutes": "minutes until a page that nobody answers goes out again",
        "comes_in_minutes": "how long the doctor usually takes to come",
    },
    "OrderRules": {
        "rule": "lanes inserted among the ordinary, or accumulating priority",
        "insert_every": "by lane: one after so many ordinary patients (2 where not named)",
        "when_returns_lead": "the same for returns while more of them wait than first visits",
        "booked": "booked patients by their slot among the others, or ahead of them once due",
        "overdue_minutes": "minutes a patient may wait, by level or for level IV",
        "rates": "for `accumulate`: how fast a priority or a lane accumulates; 1 where not named",
        "look_again_minutes": "minutes for which a patient somebody has looked at is not told of as overdue",
    },
    "MissedRules": {
        "recalls": "calls before a patient counts as missed",
        "lapse_after": "misses after which a number lapses",
        "rejoin": "how a missed patient comes back: inserted, some places back, at the end",
        "places": "with `places`: how many places back the first time, the second ...",
        "called_minutes": "minutes after a call until staff are told of who has not come",
        "cool_down_seconds": "seconds after reporting again in which *next* does not call the patient",
    },
    "TransferRules": {
        "credit": "how much of the waiting already done counts",
        "quota": "most transferred patients a session",
        "way_back": "whether patients return to where they came from",
    },
    "HoldRules": {
        "places": "where patients are usually sent; the console asks which",
        "remind_after_minutes": "minutes until staff are reminded of who is still away",
    },
    "BookingRules": {"early_minutes": "minutes before the slot", "late_minutes": "minutes after it"},
    "Room": {"id": "name in commands and other tables", "name": "on screens, slips and spoken"},
    "PriorityGroup": {
        "id": "name in commands",
        "name": "on screens and slips",
        "badge": "one to four characters beside the number",
        "min_age": "years from which it is for (older patients)",
        "max_age": "years up to which it is for (infants)",
        "kiosk": "whether patients may say at a kiosk that they belong to it",
    },
    "Printer": {
        "id": "name in commands and other tables",
        "name": "where patients find it",
        "device": "`tcp://host:9100` (`?baud=` of a line behind a device server), `serial:///dev/ttyUSB0?baud=19200`, "
        "`usb://04b8:0e15`, `file:///dev/usb/lp0`, `cups://queue` or `screen:`",
        "paper_mm": "width of the paper, mm",
        "text": "drawn as dots, in its own font, or whichever the line is fast enough for",
        "charset": "Chinese codes of its own font",
        "chinese_size": "which command enlarges Chinese",
        "backup": "printer that takes its slips while it is away",
        "idle_release_seconds": "seconds without a slip after which its one connection is let go for others",
        "paper_mm_a_second": "how fast its paper moves at most; an answer that comes sooner than the slip can be out "
        "proves nothing; 0 believes every answer",
    },
    "PrintingTable": {
        "templates": "folder with layouts of your own",
        "fonts": "font files to draw with",
        "keep_minutes": "minutes after which a slip is not printed any more",
        "backup_after_seconds": "seconds a slip waits before the backup takes it",
        "patient_reprints": "how often a patient may have a slip again at a kiosk",
    },
    "Kiosk": {
        "id": "name in commands",
        "printer": "its printer",
        "clinics": "clinics it offers; all where not named",
        "languages": "those of its screen; the hospital's where not named. Each beyond zh and en needs a catalogue",
        "catalogues": "folder with catalogues of your own, such as `ko.toml`",
        "elder": "whether it begins in the large mode",
        "speaks": "whether the large mode reads its pages aloud",
        "volume": "percent, at the beginning",
        "screen_mm": "width and height of the picture, mm",
        "cells": "columns and rows of its terminal; with screen_mm, `check` says how large the letters are",
        "pace": "how fast it gives numbers",
        "day": "when the screen is bright",
        "backlight": "file that dims the screen",
    },
    "Pace": {
        "at_once": "numbers that may follow one another as fast as they are asked for",
        "seconds_each": "seconds after which one more becomes free",
        "alarm_after": "so many numbers are told to staff, and stop nobody else by forecast",
        "alarm_minutes": "within so many minutes",
    },
    "DayHours": {"from": "first minute of the day", "to": "first minute of the night"},
    "Display": {
        "id": "name in commands",
        "port": "serial port or any address pyserial opens (`socket://host:port`)",
        "baud": "bits a second",
        "protocol": "what it speaks",
        "clinics": "clinics it shows; all where not named",
        "rooms": "rooms it shows; all where not named",
        "model": "family of an Onbon card",
        "address": "its own on the bus",
        "width": "dots",
        "height": "dots",
        "repaint_seconds": "seconds after which everything is sent again",
        "colours": "new calls red, others green, notices yellow",
        "registers": "of a Modbus display",
        "beacon": "of a beacon",
        "template": "of the `ascii` protocol; with `{number}`, `{room}`, `{room_zh}`, `{reason}`",
        "idle": "of the `ascii` protocol while nobody is called; with `{clock}`, `{next}`, `{notice}`",
        "ending": "line ending of the `ascii` protocol",
        "charset": "of the `ascii` protocol",
        "alarm_after_minutes": "minutes offline after which consoles are told",
        "answer_seconds": "seconds it may take to answer; 0.5, and learned, where not named",
    },
    "Beacon": {
        "coil": "number of the coil",
        "function": "Modbus function by which it is switched",
        "on": "what it is on for",
    },
    "Registers": {"number": "where the number goes", "room": "where the room goes"},
    "RegisterField": {
        "register": "the first register",
        "length": "how many registers",
        "as": "a character or two a register, digits as a value or in BCD",
    },
    "VoiceTable": {
        "languages": "languages of calls, the first one first",
        "repeat": "how often each call is said; once while three wait",
        "volume": "percent",
        "night": "hours and volume of the night",
        "quiet": "hours in which nothing is spoken",
        "clips": "folder with recorded words",
        "player": "command that plays a WAV file",
        "lexicon": "readings of characters, pinyin with tone numbers",
        "clinics": "whose calls; all where not named",
        "pages": "whether the doctor on call is asked for aloud",
    },
    "Button": {
        "room": "room whose console reads it",
        "command": "what it does",
        "key": "key it sends, by its name in Textual; with modifiers `ctrl+f1`",
        "port": "serial line it is on",
        "baud": "bits a second",
        "bytes": "what comes on the line, hexadecimal",
    },
    "NightVolume": {"from": "begin", "to": "end", "volume": "percent"},
    "Hours": {"from": "begin", "to": "end"},
    "ReportTable": {
        "at": "when the report of the evening before is delivered; not before its service day is over",
        "folder": "folder it is written into; starts at the folder of config.toml",
        "formats": "formats, each in every language of the hospital",
        "weekly": "whether the week's report comes with it on Mondays",
        "monthly": "whether the month's comes with it on the first",
        "mail": "mail",
    },
    "MailTable": {
        "to": "addresses",
        "sender": "address it comes from",
        "server": "host and port of the mail server",
        "security": "how the line to the server is guarded",
        "user": "name to sign in with at the server",
    },
    "ConsoleTable": {
        "lock_minutes": "minutes without a touch after which a console is locked",
        "next_finishes_called": "whether *next* also finishes who was called and not started; else it asks",
        "sounds": "whether consoles ring for transfers, pages and alarms",
    },
    "LogTable": {
        "file": "file; standard error without one",
        "level": "least level that is written",
        "size": "bytes at which the file is renewed",
        "count": "old files that are kept",
    },
    "Hl7Table": {
        "listen": "host and port",
        "accept_from": "addresses that may send",
        "targets": "our clinic by the sender's code",
    },
}
EXAMPLES = {
    "screen_mm": "[476, 268]", "cells": "[120, 33]", "information": '"info"',
    "days": '"Mon-Fri"', "name": '{ zh = "急诊", en = "Emergency" }', "languages": '["zh", "en"]',
    "holidays": "[2027-02-17]", "working_weekends": "[2027-02-20]", "rooms": '["room-1"]', "prefix": '"N"',
    "insert_every": "{ return = 2, priority = 2 }", "overdue_minutes": "{ III = 30, IV = 60 }",
    "rates": "{ elderly = 2.0 }", "places": "[5, 10]",
    "sessions": '[{ opens = "17:30", last_ticket = "20:30", closes = "21:00" }]',
    "route": '{ zh = "3层东", en = "Floor 3 east" }', "lexicon": '{ "单" = "shan4" }', "url": '"sqlite:///nightdesk.db"',
    "badge": '"孕"', "id": '"tcm-night"', "port": '"/dev/ttyUSB0"', "device": '"tcp://192.168.1.50:9100"',
    "post": '"https://pager.example/nightdesk"', "targets": '{ "TCM" = "tcm-night" }', "player": '["aplay", "-q"]',
}  # fmt: skip


_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true, false",
    "string": "text",
    "object": "a table",
}
_TABLES = {table.__name__: table for table in (*Table.__subclasses__(), DayHours, NightVolume)}


def reference() -> str:
    """Return the text of the reference. Raises KeyError for a table or a key without a meaning."""
    defined = json_schema()["$defs"]
    tables = {name for name, one in defined.items() if "properties" in one}
    if missing := tables - TABLES.keys():
        raise KeyError(", ".join(sorted(missing)))
    return HEAD + "".join(_table(name, defined[name]) for name in TABLES)


def _table(name: str, schema: dict[str, Any]) -> str:
    heading, about = TABLES[name]
    rows = "".join(_rows(name, schema))
    head = "| key | meaning | default | allowed | example |\n| --- | --- | --- | --- | --- |\n"
    return f"\n## `{heading}`\n\n{about}\n\n{head}{rows}"


def _rows(name: str, schema: dict[str, Any]) -> Iterator[str]:
    needed = schema.get("required", ())
    held = {key_of(one.name): one for one in fields(_TABLES[name])}
    for key, value in schema["properties"].items():
        default = "needed" if key in needed else _default(held[key])
        cells = (f"`{key}`", MEANINGS[name][key], default, _allowed(value), _example(key, value))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _default(one: Field[Any]) -> str:
    found = (
        one.default if one.default is not MISSING else one.default_factory() if callable(one.default_factory) else None
    )
    written = _written(found)
    return f"`{written}`" if written else ""


def _written(value: object) -> str:
    """Return a default as it would stand in the file; nothing for an empty one, or for a table of its own."""
    match value:
        case Text():
            return f'{{ zh = "{value.zh}", en = "{value.en}" }}'
        case time():
            return f'"{value:%H:%M}"'
        case (0, 1, 2, 3, 4, 5, 6):
            return '"daily"'
        case dict() if value:
            return "{ " + ", ".join(f"{key} = {one}" for key, one in value.items()) + " }"
        case bool() | int() | float() | str() | list() if value not in ([], ""):
            return json.dumps(value, ensure_ascii=False)
    return ""


def _allowed(value: dict[str, Any]) -> str:  # noqa: PLR0911 - one answer a form of the schema
    if "$ref" in value:
        return "a table"
    if "anyOf" in value:
        return " or ".join(dict.fromkeys(_allowed(one) for one in value["anyOf"] if one.get("type") != "null"))
    if "enum" in value:
        return ", ".join(f"`{json.dumps(one)[1:-1] if isinstance(one, str) else one}`" for one in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    kind = value.get("type", "a table")
    if kind == "array":
        return f"list: {_allowed(value.get('items', {}))}"
    least, most = value.get("minimum", value.get("exclusiveMinimum")), value.get("maximum")
    if least is not None or most is not None:
        return f"{least if least is not None else ''} to {most}" if most is not None else f"from {least}"
    words = {
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true, false",
        "string": "text",
        "object": "a table",
    }
    return words.get(kind, "date") if isinstance(kind, str) else "date"


def _example(key: str, value: dict[str, Any]) -> str:
    if key in EXAMPLES:
        return f"`{key} = {EXAMPLES[key]}`"
    options = [value, *value.get("anyOf", ())]
    for one in options:
        if one.get("examples"):
            return f'`{key} = "{one["examples"][0]}"`'
        if one.get("enum"):
            return f"`{key} = {json.dumps(one['enum'][-1], ensure_ascii=False)}`"
    found = value.get("default")
    return f"`{key} = {json.dumps(found, ensure_ascii=False)}`" if isinstance(found, bool | int | float | str) else ""


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
