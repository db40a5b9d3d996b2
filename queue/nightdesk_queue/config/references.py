"""What must agree between the tables of config.toml: ids that exist, prefixes that differ, rooms with one owner.

Works on the raw tables and steps over whatever is malformed there (the schema reports that), so one wrong key in a
table never hides a second fault in the same table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import combinations

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from nightdesk_queue.config import screens
from nightdesk_queue.config.fields import clock_time
from nightdesk_queue.config.raw import Entries, Found, RawTables, entry_key, string_at, strings_at, table_at
from nightdesk_queue.config.schema import Session
from nightdesk_queue.domain.tickets import Lane
from nightdesk_queue.text.bilingual import Text

DAY = 24 * 60
LONGEST_SESSION_HOURS = 16
"""A longer one is taken for a session that closes before it opens."""


def faults_between(entries: Entries, raw: RawTables) -> Iterator[Found]:
    """Yield every fault between tables."""
    yield from _repeated_ids(entries)
    yield from _prefixes([*_named("clinic", "prefix", entries), *_named("kiosk", "offline_prefix", entries)])
    yield from _shared_rooms(entries["clinic"])
    for name, tables in entries.items():
        for index, table in enumerate(tables):
            yield from _references(entries, name, entry_key(name, table, index), table)
    for index, clinic in enumerate(entries["clinic"]):
        yield from _rates(entries, entry_key("clinic", clinic, index), clinic)
        yield from _hours_or_sessions(entry_key("clinic", clinic, index), clinic)
        yield from _session_orders(entry_key("clinic", clinic, index), clinic)
        yield from _overlaps(entry_key("clinic", clinic, index), clinic)
    yield from _own_backups(entries["printer"])
    yield from _hidden_clinics(entries)
    yield from screens.check(entries)
    yield from _repeated_buttons(entries["button"])
    yield from _exists(entries, "clinic", "voice.clinics", strings_at(table_at(raw, "voice"), "clinics"))
    hl7 = table_at(raw, "hl7")
    for target, clinic_id in table_at(hl7, "targets").items():
        if isinstance(clinic_id, str):
            yield from _exists(entries, "clinic", f"hl7.targets.{target}", [clinic_id])
    if (origin := string_at(hl7, "origin")) is not None:
        yield from _exists(entries, "clinic", "hl7.origin", [origin])
    for code, group in table_at(hl7, "badges").items():
        if isinstance(group, str):
            yield from _exists(entries, "priority", f"hl7.badges.{code}", [group])


def _repeated_buttons(buttons: list[RawTables]) -> Iterator[Found]:
    """Yield faults of buttons that cannot be told apart: keys of one room, bytes and speed of one line."""
    for (_, first), (j, second) in combinations(enumerate(buttons), 2):
        key = entry_key("button", second, j)
        pressed = string_at(second, "key")
        if pressed and first.get("room") == second.get("room") and pressed == string_at(first, "key"):
            yield f"{key}.key", pressed, _SAME_BUTTON, _OTHER_BUTTON
        if string_at(second, "port") is None or string_at(first, "port") != string_at(second, "port"):
            continue
        one, other = (_bytes_of(string_at(table, "bytes")) for table in (first, second))
        if one and other and (one in other or other in one):
            yield f"{key}.bytes", string_at(second, "bytes"), _SAME_BUTTON, _OTHER_BUTTON
        if first.get("baud", 9600) != second.get("baud", 9600):
            yield (
                f"{key}.baud",
                second.get("baud", 9600),
                Text(zh="同一条线的速率不一致", en="another button on this line has another baud"),
                Text(zh="写成相同的 baud", en="write the same baud for both"),
            )


_SAME_BUTTON = Text(
    zh="与另一个按钮分不清(相同，或一个包含另一个)",
    en="cannot be told from another button: the same, or one has the other in it",
)
_OTHER_BUTTON = Text(zh="给每个按钮不同的按键或字节", en="give each button a key or bytes of its own")


def _bytes_of(written: str | None) -> bytes:
    """Return bytes as they were meant, nothing for what is no hexadecimal (the schema reports that)."""
    try:
        return bytes.fromhex(written or "")
    except ValueError:
        return b""


_POINTERS: dict[str, list[tuple[str, str]]] = {
    "clinic": [
        ("rooms", "room"),
        ("accepts_transfers_from", "clinic"),
        ("printer", "printer"),
        ("session_list", "printer"),
        ("on_call.printer", "printer"),
        ("on_call.display", "display"),
    ],
    "printer": [("backup", "printer")],
    "kiosk": [("printer", "printer"), ("clinics", "clinic")],
    "display": [("clinics", "clinic"), ("rooms", "room")],
    "button": [("room", "room")],
}
"""For each list of tables: the keys that name entries of another, and which."""


def _references(entries: Entries, name: str, key: str, table: RawTables) -> Iterator[Found]:
    for path, target in _POINTERS.get(name, []):
        *outer, last = path.split(".")
        holder = table_at(table, outer[0]) if outer else table
        yield from _exists(entries, target, f"{key}.{path}", strings_at(holder, last))


def _exists(entries: Entries, target: str, key: str, ids: Iterable[str]) -> Iterator[Found]:
    known = [id_ for table in entries[target] if (id_ := string_at(table, "id"))]
    for id_ in ids:
        if id_ in known:
            continue
        near = get_close_matches(id_, known, 1)
        add = Text(zh='加一个 id = "{id}" 的 [[{t}]]，或改这里', en='add a [[{t}]] with id = "{id}", or change this')
        yield (
            key,
            id_,
            Text(zh="没有这个 [[{t}]]", en="there is no such [[{t}]]").fill(t=target),
            Text(zh="是否想写 {near}？", en="did you mean {near}?").fill(near=near[0])
            if near
            else add.fill(t=target, id=id_),
        )


def _rates(entries: Entries, key: str, clinic: RawTables) -> Iterator[Found]:
    order = table_at(clinic, "order")
    known = [id_ for group in entries["priority"] if (id_ := string_at(group, "id"))] + [lane.value for lane in Lane]
    for name in table_at(order, "rates"):
        if name not in known:
            yield (
                f"{key}.order.rates.{name}",
                name,
                Text(zh="没有这个优先类别或队列", en="there is no such priority or lane"),
                Text(zh="可用：{names}", en="use one of {names}").fill(names=", ".join(known)),
            )
    if order.get("rates") and order.get("rule") != "accumulate":
        yield (
            f"{key}.order.rates",
            order["rates"],
            Text(zh='rates 只用于 rule = "accumulate"', en='rates only count with rule = "accumulate"'),
            Text(zh='写 rule = "accumulate"，或去掉 rates', en='write rule = "accumulate", or drop rates'),
        )


def _repeated_ids(entries: Entries) -> Iterator[Found]:
    for name, tables in entries.items():
        ids = [id_ for table in tables if (id_ := string_at(table, "id"))]
        for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
            yield (
                f"{name}[{id_}].id",
                id_,
                Text(zh="编号重复", en="this id is used more than once"),
                Text(zh="给每个 [[{t}]] 不同的 id", en="give each [[{t}]] an id of its own").fill(t=name),
            )


def _named(name: str, key: str, entries: Entries) -> Iterator[tuple[str, str, str]]:
    """Yield the entries of a list that have letters for numbers: how faults name each, the key, the letters."""
    for index, table in enumerate(entries[name]):
        if letters := string_at(table, key):
            yield entry_key(name, table, index), key, letters


def _prefixes(named: Sequence[tuple[str, str, str]]) -> Iterator[Found]:
    """Yield letters that two clinics have, or a clinic and a kiosk that is cut off: a number would be two patients."""
    for (first, _, letters), (second, key, same) in combinations(named, 2):
        if letters == same:
            yield (
                f"{second}.{key}",
                letters,
                Text(zh="{other} 已用这个号码前缀", en="{other} has the same prefix").fill(other=first),
                Text(zh="换一个没有用过的字母", en="choose letters no other clinic uses"),
            )


def _shared_rooms(clinics: list[RawTables]) -> Iterator[Found]:
    owner: dict[str, str] = {}
    for index, clinic in enumerate(clinics):
        key = entry_key("clinic", clinic, index)
        for place, room in enumerate(strings_at(clinic, "rooms")):
            if room in owner:
                yield (
                    f"{key}.rooms[{place}]",
                    room,
                    Text(zh="诊室已属于 {other}", en="the room belongs to {other} already").fill(other=owner[room]),
                    Text(zh="一个诊室只在一个门诊写一次", en="name each room in one clinic only, once"),
                )
            owner.setdefault(room, key)


def _hours_or_sessions(key: str, clinic: RawTables) -> Iterator[Found]:
    if bool(clinic.get("hours")) == bool(clinic.get("sessions")):
        yield (
            f"{key}.hours",
            str(clinic.get("hours", "-")),
            Text(
                zh='hours = "always" 与 sessions 必须且只能写一个',
                en='exactly one of hours = "always" and sessions is needed',
            ),
            Text(
                zh='全天开放写 hours = "always"，否则写 sessions = [...]',
                en='write hours = "always" for a clinic that never closes, sessions = [...] otherwise',
            ),
        )


def _session_orders(key: str, clinic: RawTables) -> Iterator[Found]:
    sessions = clinic.get("sessions")
    for index, raw in enumerate(sessions if isinstance(sessions, list) else []):
        if isinstance(raw, dict):
            yield from _session_order(f"{key}.sessions[{index}]", raw)


def _session_order(key: str, raw: RawTables) -> Iterator[Found]:
    """Check that a session opens, gives its last ticket and closes in this order, midnight counted in."""
    opens, last, closes = (_minute_of_day(raw, name) for name in ("opens", "last_ticket", "closes"))
    if opens is None or closes is None:
        return
    late = closes <= opens
    length = closes - opens + (DAY if late else 0)
    if length > LONGEST_SESSION_HOURS * 60:
        problem = Text(
            zh="关诊 {closes} 早于开诊 {opens}，也不是跨午夜的门诊",
            en="it closes at {closes}, before it opens at {opens}, and does not cross midnight",
        )
        fix = Text(
            zh='检查 opens 与 closes；跨午夜的门诊最长 {h} 小时，全天开放写 hours = "always"',
            en="check opens and closes; a session across midnight lasts {h} hours at most, "
            'a clinic that never closes has hours = "always"',
        )
        yield (
            f"{key}.closes",
            raw["closes"],
            problem.fill(closes=raw["closes"], opens=raw["opens"]),
            fix.fill(h=LONGEST_SESSION_HOURS),
        )
        return
    if last is not None and not 0 < last - opens + (DAY if late and last < opens else 0) <= length:
        yield (
            f"{key}.last_ticket",
            raw["last_ticket"],
            Text(zh="停止取号不在开诊与关诊之间", en="the last ticket is not between opening and closing"),
            Text(zh="让 opens < last_ticket <= closes", en="keep opens < last_ticket <= closes"),
        )


def _minute_of_day(raw: RawTables, key: str) -> int | None:
    """Return a time of day in minutes; None where it is missing or malformed, which the schema reports."""
    try:
        at = clock_time(raw.get(key))
    except PydanticCustomError:
        return None
    return at.hour * 60 + at.minute


def _overlaps(key: str, clinic: RawTables) -> Iterator[Found]:
    sessions = clinic.get("sessions")
    read = [(i, s) for i, raw in enumerate(sessions if isinstance(sessions, list) else []) if (s := _session(raw))]
    for (i, first), (j, second) in combinations(read, 2):
        if _week_minutes(first) & _week_minutes(second):
            yield (
                f"{key}.sessions[{j}].opens",
                f"{second.opens:%H:%M}",
                Text(zh="与 sessions[{i}] 的时间重叠", en="overlaps sessions[{i}]").fill(i=i),
                Text(zh="让一场关诊后另一场再开诊", en="let one session close before the next opens"),
            )


def _session(raw: object) -> Session | None:
    """Return a well-formed session; the schema has already reported any other."""
    try:
        return Session.read(raw)
    except ValidationError:
        return None


def _week_minutes(session: Session) -> set[int]:
    opens = session.opens.hour * 60 + session.opens.minute
    closes = session.closes.hour * 60 + session.closes.minute + (1440 if session.crosses_midnight else 0)
    return {(day * 1440 + minute) % 10080 for day in session.days for minute in range(opens, closes)}


def _own_backups(printers: list[RawTables]) -> Iterator[Found]:
    for index, printer in enumerate(printers):
        backup = string_at(printer, "backup")
        if backup and backup == string_at(printer, "id"):
            yield (
                f"{entry_key('printer', printer, index)}.backup",
                backup,
                Text(zh="备用打印机就是它自己", en="the printer is its own backup"),
                Text(zh="写另一台打印机，或删去 backup", en="name another printer, or leave backup out"),
            )


def _hidden_clinics(entries: Entries) -> Iterator[Found]:
    hidden = {string_at(clinic, "id") for clinic in entries["clinic"] if clinic.get("kiosk") is False}
    for index, kiosk in enumerate(entries["kiosk"]):
        for clinic in strings_at(kiosk, "clinics"):
            if clinic in hidden:
                yield (
                    f"{entry_key('kiosk', kiosk, index)}.clinics",
                    clinic,
                    Text(zh="该门诊写明 kiosk = false", en="that clinic says kiosk = false"),
                    Text(zh="从列表中删去，或改那个门诊", en="take it off the list, or change the clinic"),
                )
