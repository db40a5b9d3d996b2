"""What a message asks for, as types: a patient to take in, to describe, to take back; a booking; a merge. Pure.

Which field holds what: docs/hl7.md.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Table
from nightdesk_queue.domain.foreign import ForeignId, Referral
from nightdesk_queue.rules.booking_files import Booking
from nightdesk_queue.text.bilingual import Text
from nightdesk_transfers.fields import Fields, Repetition
from nightdesk_transfers.rejections import Code, Rejected

LEVEL_OBSERVATION = "11283-9"
"""LOINC: acuity assessment at first encounter."""
_MEDICAL_RECORD = ("MR", "PI", "PT")
_MARRIED_NAMES = "A"
_SHEET_IDS = ("I", "")


class Deed(StrEnum):
    """What is done with a patient."""

    REFER = "refer"
    REGISTER = "register"
    UPDATE = "update"
    CANCEL_REGISTRATION = "cancel_registration"
    CANCEL_TRANSFER = "cancel_transfer"


DEEDS: dict[str, Deed] = {
    "A02": Deed.REFER,
    "A09": Deed.REFER,
    "A10": Deed.REFER,
    "A01": Deed.REGISTER,
    "A04": Deed.REGISTER,
    "A08": Deed.UPDATE,
    "A11": Deed.CANCEL_REGISTRATION,
    "A12": Deed.CANCEL_TRANSFER,
}
ARRIVALS = frozenset({"A10"})
MERGES = ("A40",)
BOOKS = ("S12", "S13", "S14")
CANCELS_BOOKING = ("S15",)


@dataclass(frozen=True, slots=True)
class AboutPatient:
    """A patient, and what is done with them."""

    deed: Deed
    said: Referral


@dataclass(frozen=True, slots=True)
class Merge:
    """Patient numbers that are one: the prior and the surviving one of each pair."""

    pairs: tuple[tuple[ForeignId, ForeignId], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A booking that is made, moved or changed."""

    booking: Booking
    who: ForeignId | None


@dataclass(frozen=True, slots=True)
class CancelBooking:
    """A booking that is cancelled, by its reference."""

    reference: str


@dataclass(frozen=True, slots=True)
class Ignore:
    """A message that is nothing for the queue."""


Request: TypeAlias = AboutPatient | Merge | Book | CancelBooking | Ignore


def request_of(fields: Fields, kind: tuple[str, str], hospital: Hospital, table: Hl7Table, now: datetime) -> Request:
    """Return what a message of a type and event asks for. Raises Rejected for what can never be done.

    `kind`: MSH-9.1 and MSH-9.2, in capitals.
    """
    reading = _Reading(fields, hospital, table, now)
    match kind:
        case ("ADT", event) if event in DEEDS:
            return reading.about_patient(event)
        case ("ADT", event) if event in MERGES:
            return reading.merge()
        case ("SIU", event) if event in BOOKS:
            return reading.book()
        case ("SIU", event) if event in CANCELS_BOOKING:
            return CancelBooking(reading.reference())
        case ("ADT" | "SIU", _):
            return Ignore()
        case _:
            raise Rejected(Code.MESSAGE_TYPE, NOT_OURS.fill(kind="^".join(kind)), "MSH", 9)


NOT_OURS = Text(zh="不接收 {kind} 类消息", en="messages of type {kind} are not taken here")
_NO_ID = Text(
    zh="没有就诊号(PV1-19)也没有患者号(PID-3)",
    en="there is neither a visit number (PV1-19) nor a patient number (PID-3)",
)
_NO_TARGET = Text(zh="没有转往的科室(PV1-3.1)", en="PV1-3.1 does not say where to")
_UNKNOWN_TARGET = Text(
    zh="科室代码 {code} 在这里没有对应的门诊；可用：{known}", en="no clinic here has the code {code}; there are {known}"
)
_NO_PRIOR = Text(zh="没有被合并的患者号(MRG-1)", en="MRG-1 does not name the prior patient number")
_NO_REFERENCE = Text(zh="没有预约号(SCH-1 或 SCH-2)", en="neither SCH-1 nor SCH-2 names the booking")
FARTHEST_BOOKING = timedelta(days=400)
_FAR_AWAY = Text(zh="预约时间(SCH-11.4)不合理", en="the time in SCH-11.4 is not one that anybody books")
_NO_TIME = Text(zh="没有预约时间(SCH-11.4)", en="SCH-11.4 does not say when")


class _Reading:
    """One message on its way to a request."""

    def __init__(self, fields: Fields, hospital: Hospital, table: Hl7Table, now: datetime) -> None:
        self._fields = fields
        self._hospital = hospital
        self._table = table
        self._now = now

    def about_patient(self, event: str) -> Request:
        deed = DEEDS[event]
        level = self._level()
        code = self._fields.value("PV1", 3)
        clinic = self._table.targets.get(code)
        if deed is Deed.REGISTER and clinic is None:
            return Ignore()
        if deed is Deed.REFER and clinic is None:
            raise self._no_target(code)
        return AboutPatient(
            deed,
            Referral(
                who=self._who(),
                clinic=clinic,
                origin=self._origin(),
                name=self._name(),
                level=self._level_of(level),
                priority=self._priority(),
                arrived_at=self._fields.moment(self._fields.value("PV1", 44)),
                sent_at=self._said_at(),
                arriving=event in ARRIVALS,
                unread=(level,) if level and self._level_of(level) is None else (),
            ),
        )

    def merge(self) -> Request:
        """Return which numbers are one: each prior one with the patient whose segment stands before it."""
        pairs: list[tuple[ForeignId, ForeignId]] = []
        surviving: ForeignId | None = None
        for name, segment in self._fields.in_order("PID", "MRG"):
            if name == "PID":
                surviving = self._patient(segment.repetitions(3))
                continue
            prior = [ForeignId(None, one.value(), "", one.value(4)) for one in segment.repetitions(1) if one.value()]
            pairs += [(one, surviving) for one in prior if surviving is not None]
        if not pairs:
            raise Rejected(Code.REQUIRED_FIELD, _NO_PRIOR, "MRG", 1)
        return Merge(tuple(pairs))

    def book(self) -> Request:
        code = self._place()
        clinic = self._table.targets.get(code)
        if clinic is None:
            raise self._no_target(code, "AIL", 3)
        at = self._fields.moment(self._fields.value("SCH", 11, 4)) or self._fields.moment(
            self._fields.value("AIS", 4) or self._fields.value("AIL", 6)
        )
        if at is None:
            raise Rejected(Code.REQUIRED_FIELD, _NO_TIME, "SCH", 11)
        if abs(at - self._now) > FARTHEST_BOOKING:
            raise Rejected(Code.DATA_TYPE, _FAR_AWAY, "SCH", 11)
        patient = self._optional_who()
        return Book(
            Booking(
                clinic=clinic,
                at=at,
                name=self._name() or "",
                phone=self._fields.value("PID", 13, 12) or self._fields.value("PID", 13),
                priority=self._priority(),
                reference=self.reference(),
            ),
            patient,
        )

    def reference(self) -> str:
        """Return the number of the booking: the placer's, else the filler's."""
        found = self._fields.value("SCH", 1) or self._fields.value("SCH", 2)
        if not found:
            raise Rejected(Code.REQUIRED_FIELD, _NO_REFERENCE, "SCH", 1)
        return found

    def _place(self) -> str:
        """Return the code of the clinic of a booking: where it takes place, else what it is for."""
        fields = (("AIL", 3), ("AIS", 3), ("PV1", 3), ("SCH", 5), ("RGS", 3))
        known = (self._fields.value(*field) for field in fields)
        named = [code for code in known if code]
        return next((code for code in named if code in self._table.targets), named[0] if named else "")

    def _origin(self) -> str | None:
        """Return the clinic of ours that sends: by PV1-6.1, else the one that the sender stands for."""
        emergency = next((clinic.id for clinic in self._hospital.clinic if not clinic.kiosk), None)
        return self._table.targets.get(self._fields.value("PV1", 6)) or self._table.origin or emergency

    def _no_target(self, code: str, segment: str = "PV1", field: int = 3) -> Rejected:
        if not code:
            return Rejected(Code.REQUIRED_FIELD, _NO_TARGET, segment, field)
        known = ", ".join(self._table.targets) or "-"
        return Rejected(Code.TABLE_VALUE, _UNKNOWN_TARGET.fill(code=code, known=known), segment, field)

    def _who(self) -> ForeignId:
        found = self._optional_who()
        if found is None:
            raise Rejected(Code.REQUIRED_FIELD, _NO_ID, "PV1", 19)
        return found

    def _optional_who(self) -> ForeignId | None:
        visit = self._fields.value("PV1", 19)
        patient = self._patient(self._fields.first("PID").repetitions(3))
        if not visit and patient is None:
            return None
        return ForeignId(
            visit or None,
            patient.patient if patient else None,
            self._fields.value("PV1", 19, 4),
            patient.patient_authority if patient else "",
        )

    def _patient(self, repetitions: Iterator[Repetition]) -> ForeignId | None:
        """Return the medical record's number among a person's numbers, else the first."""
        numbers = [one for one in repetitions if one.value()]
        chosen = next((one for one in numbers if one.value(5).upper() in _MEDICAL_RECORD), None)
        found = chosen or (numbers[0] if numbers else None)
        return ForeignId(None, found.value(), "", found.value(4)) if found else None

    def _name(self) -> str | None:
        """Return the name as it is written in Chinese where it is, family name first; of several the first."""
        names = []
        for one in self._fields.first("PID").repetitions(5):
            family, given = one.value(1), one.value(2)
            middle = one.value(3)
            plain = any(ord(char) > 0x2E80 for char in family + given)
            parts = [part for part in (family, given, middle) if part]
            if parts:
                names.append((not plain, ("" if plain else " ").join(parts if plain else [*parts[1:], parts[0]])))
        return min(names, key=lambda one: one[0])[1] if names else None

    def _level(self) -> str:
        """Return the code of the triage level: of the last observation of it, else PV2-25."""
        observed = [
            one.value(5)
            for one in self._fields.segments("OBX")
            if one.value(3) == LEVEL_OBSERVATION and one.value(5) and one.value(11) not in ("D", "W", "X")
        ]
        return observed[-1] if observed else self._fields.value("PV2", 25)

    def _level_of(self, code: str) -> int | None:
        """Return the level that a code means; also as Roman characters, with 级 behind it or zeros before it."""
        plain = unicodedata.normalize("NFKC", code).upper().removesuffix("级").strip()
        return (
            self._table.levels.get(code) or self._table.levels.get(plain) or self._table.levels.get(plain.lstrip("0"))
        )

    def _priority(self) -> tuple[str, ...]:
        """Return the groups that go first to which codes and age of a patient belong."""
        pv1, pid = self._fields.first("PV1"), self._fields.first("PID")
        codes = [one.value() for field in (15, 16) for one in pv1.repetitions(field)]
        codes += [one.value() for one in pid.repetitions(27)]
        named = [self._table.badges[code] for code in codes if code in self._table.badges]
        groups = [group for group in named if group in self._hospital.priorities]
        born = self._fields.moment(pid.value(7)[:8])
        if born is not None:
            age = _years(born.astimezone(self._hospital.zone).date(), self._now.astimezone(self._hospital.zone).date())
            groups += [one.id for one in self._hospital.priority if one.min_age is not None and age >= one.min_age]
        return tuple(dict.fromkeys(groups))

    def _said_at(self) -> datetime | None:
        """Return when the sender says it happened or was written."""
        return self._fields.moment(self._fields.value("EVN", 2)) or self._fields.moment(self._fields.value("MSH", 7))


def _years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def whom_of(fields: Fields) -> str:
    """Return what a message is about: the visit, booking or person that it names first."""
    named = (("PV1", 19), ("SCH", 1), ("SCH", 2), ("PID", 3), ("MRG", 1))
    return next((value for field in named if (value := fields.value(*field))), "")
