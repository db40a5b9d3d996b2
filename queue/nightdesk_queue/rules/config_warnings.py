"""What a configuration may say and hardly means: told by `check`, refused by nobody. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from nightdesk_queue.config import Hospital
from nightdesk_queue.text.bilingual import Text, joined, same

SOUNDS_LIKE = {"E": "一(yī)", "R": "二(èr)"}
"""Letters whose Chinese name is near a digit's in a noisy lobby."""
SAME_ADDRESS = Text(
    zh="打印机 {printers} 是同一个地址 {address}；每台打印机要有自己的地址",
    en="printers {printers} have one address, {address}; give each printer its own",
)
SAME_NAME = Text(
    zh="诊室 {rooms} 都叫“{name}”；患者会走错，请改名",
    en="rooms {rooms} are all called {name}; patients will go astray",
)
HOLIDAYS_PAST = Text(
    zh="holidays 的最后一天 {last} 已过去；请填写今年的节假日",
    en="the last of the holidays, {last}, is past; enter those to come",
)
SOUNDS = Text(
    zh="号码字母 {prefix} 的读音接近“{digit}”，患者可能听错；可换一个字母(如 A、M、T)",
    en="prefix {prefix} sounds like the digit {digit} when spoken in Chinese; another letter (A, M, T) is told apart",
)


def config_warnings(hospital: Hospital, today: date) -> list[Text]:
    """Return what somebody should look at in a configuration that works."""
    return [
        *_addresses(hospital),
        *_rooms(hospital),
        *_holidays(hospital, today),
        *_sounds(hospital),
    ]


def _addresses(hospital: Hospital) -> Iterator[Text]:
    real = [printer for printer in hospital.printers.values() if not printer.on_screen]
    for one, other in combinations(real, 2):
        if one.device == other.device:
            yield SAME_ADDRESS.fill(printers=f"{one.id}, {other.id}", address=one.device)


def _rooms(hospital: Hospital) -> Iterator[Text]:
    by_name: dict[tuple[str, str], list[str]] = {}
    for room in hospital.rooms.values():
        by_name.setdefault((room.name.zh.strip(), room.name.en.strip().casefold()), []).append(room.id)
    for ids in by_name.values():
        if len(ids) > 1:
            yield SAME_NAME.fill(rooms=joined([same(id_) for id_ in ids]), name=hospital.room_name(ids[0]))


def _holidays(hospital: Hospital, today: date) -> Iterator[Text]:
    days = hospital.hospital.holidays
    if days and max(days) < today:
        yield HOLIDAYS_PAST.fill(last=max(days).isoformat())


def _sounds(hospital: Hospital) -> Iterator[Text]:
    """Yield the prefixes that sound like digits, where numbers are spoken in Chinese."""
    if hospital.voice is None:
        return
    for prefix in dict.fromkeys(clinic.prefix for clinic in hospital.clinic):
        if (digit := SOUNDS_LIKE.get(prefix[-1])) is not None and "zh" in hospital.hospital.languages:
            yield SOUNDS.fill(prefix=prefix, digit=digit)
