"""What call screens need of the rest of config.toml: a line each or an address each, and room for a whole number."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from nightdesk_queue.config.raw import Entries, Found, RawTables, entry_key, string_at, strings_at, table_at
from nightdesk_queue.text.bilingual import Text

BUS_PROTOCOLS = {"onbon", "modbus"}
"""Protocols whose frames carry an address."""
WITHOUT_PAGES = {"ascii", "modbus"}
DIGITS = 3
"""How many digits a number has behind its prefix."""
HALF_WIDTH_DOTS = 8
"""Width of a letter or digit on an Onbon sign."""
CHARACTERS = {"char": 1, "packed": 2}
"""How many characters of a number a Modbus register holds; fields of digits leave the prefix out."""


def check(entries: Entries) -> Iterator[Found]:
    """Yield every fault between displays, and between a display and its clinics."""
    yield from _shared_lines(entries["display"])
    yield from _no_pages(entries)
    for index, display in enumerate(entries["display"]):
        key = entry_key("display", display, index)
        yield from _foreign_rooms(entries["clinic"], key, display)
        yield from _narrow(_longest_number(entries["clinic"]), key, display)


def _shared_lines(displays: list[RawTables]) -> Iterator[Found]:
    """Yield faults of lines that displays share: their protocol must have addresses, and each one of its own."""
    for (_, first), (j, second) in combinations(enumerate(displays), 2):
        port = string_at(second, "port")
        if not port or port != string_at(first, "port"):
            continue
        key = entry_key("display", second, j)
        protocols = {string_at(first, "protocol"), string_at(second, "protocol")}
        if len(protocols) > 1 or not protocols <= BUS_PROTOCOLS:
            yield (
                f"{key}.port",
                port,
                Text(zh="另一块屏已用这个端口", en="another display has this port"),
                Text(
                    zh="只有同一协议的 onbon 或 modbus 屏可共用一条线：换一个端口",
                    en="only onbon or modbus displays of one protocol share a line: name another port",
                ),
            )
        elif first.get("address", 1) == second.get("address", 1):
            yield (
                f"{key}.address",
                second.get("address", 1),
                Text(zh="这条线上另一块屏已用这个地址", en="another display on this line has this address"),
                Text(zh="给每块屏不同的 address", en="give each display an address of its own"),
            )
        elif first.get("baud", 9600) != second.get("baud", 9600):
            yield (
                f"{key}.baud",
                second.get("baud", 9600),
                Text(zh="同一条线上波特率不同", en="displays on one line differ in baud"),
                Text(zh="一条线只有一个波特率", en="give a line one baud rate"),
            )


def _foreign_rooms(clinics: list[RawTables], key: str, display: RawTables) -> Iterator[Found]:
    """Yield rooms of a display that belong to none of its clinics: it shows those clinics' calls to those rooms."""
    wanted = strings_at(display, "clinics")
    rooms = {room for clinic in clinics if string_at(clinic, "id") in wanted for room in strings_at(clinic, "rooms")}
    for room in strings_at(display, "rooms"):
        if wanted and room not in rooms:
            yield (
                f"{key}.rooms",
                room,
                Text(zh="不是这块屏的门诊的诊室", en="not a room of this display's clinics"),
                Text(zh="删去它，或把它的门诊加进 clinics", en="take it out, or add its clinic to clinics"),
            )


def _no_pages(entries: Entries) -> Iterator[Found]:
    """Yield pages that go to a display whose protocol shows none."""
    without = {string_at(one, "id") for one in entries["display"] if string_at(one, "protocol") in WITHOUT_PAGES}
    for index, clinic in enumerate(entries["clinic"]):
        display = string_at(table_at(clinic, "on_call"), "display")
        if display and display in without:
            yield (
                f"{entry_key('clinic', clinic, index)}.on_call.display",
                display,
                Text(zh="这种屏不显示值班呼叫", en="a display of this kind shows no pages"),
                Text(zh="写一块 board、onbon 或 cd5220 屏", en="name a board, onbon or cd5220 display"),
            )


def _longest_number(clinics: list[RawTables]) -> int:
    """Return how many characters the longest number has; a transfer brings any clinic's to any display."""
    return max((len(string_at(clinic, "prefix") or "") for clinic in clinics), default=1) + DIGITS


def _narrow(number: int, key: str, display: RawTables) -> Iterator[Found]:
    """Yield displays too narrow for a whole number: part of one would be another clinic's."""
    width = display.get("width")
    if string_at(display, "protocol") == "onbon" and isinstance(width, int) and width < number * HALF_WIDTH_DOTS:
        yield (
            f"{key}.width",
            width,
            Text(zh="放不下一个 {n} 个字符的号码", en="too narrow for a number of {n} characters").fill(n=number),
            Text(zh="至少 {w} 点", en="at least {w} dots").fill(w=number * HALF_WIDTH_DOTS),
        )
    field = table_at(table_at(display, "registers"), "number")
    each, length = CHARACTERS.get(string_at(field, "as") or "char"), field.get("length", 6)
    if string_at(display, "protocol") == "modbus" and each and isinstance(length, int) and length * each < number:
        yield (
            f"{key}.registers.number.length",
            length,
            Text(zh="放不下一个 {n} 个字符的号码", en="too short for a number of {n} characters").fill(n=number),
            Text(zh="至少 {n} 个寄存器", en="at least {n} registers").fill(n=-(-number // each)),
        )
