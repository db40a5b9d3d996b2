"""Fields of a message, read without an exception whatever stands there. Pure.

The `hl7` package parses; its own access raises for a component that is not there, and its unescape takes the bytes of
a multi-byte character one by one and drops what it does not know. Here an absent field is an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

import hl7

from nightdesk_transfers.decoding import Encoding

NULL = '""'
"""HL7's word for "delete what you have"; here the same as nothing said."""
_FORMATTING = {".br": " ", ".sp": " ", ".ce": " ", ".sk": " ", ".in": "", ".ti": "", ".fi": "", ".nf": ""}
_HEXADECIMAL = re.compile(r"X((?:[0-9A-Fa-f]{2})+)")
_HEADER = re.compile(r"MSH([^\w\s])(?!\1)[^\w\s]{1,5}?\1")
LONGEST_VALUE = 1000
FAULTS = (hl7.HL7Exception, ValueError, IndexError, KeyError, AssertionError, TypeError, RecursionError)
"""What the package raises for a message it cannot parse."""


class Fields:
    """A parsed message, asked for its values by segment, field, component and subcomponent, counted from 1."""

    def __init__(self, message: hl7.Message, encoding: Encoding, zone: tzinfo) -> None:
        self._message = message
        self._encoding = encoding
        self._zone = zone
        self._segments: dict[str, list[Segment]] = {}
        for one in message:
            self._segments.setdefault(_leaf(one[0]), []).append(Segment(one, self))
        self._none = Segment([], self)

    @classmethod
    def of(cls, text: str, encoding: Encoding, zone: tzinfo) -> Fields:
        """Parse a message. Raises one of `FAULTS`."""
        if not _HEADER.match(text):
            raise ValueError("MSH-1 and MSH-2 are no delimiters")
        return cls(hl7.parse(text), encoding, zone)

    def segments(self, name: str) -> list[Segment]:
        """Return the segments with a name, in order."""
        return self._segments.get(name, [])

    def in_order(self, *names: str) -> Iterator[tuple[str, Segment]]:
        """Go through the segments with some names, as they stand in the message."""
        for one in self._message:
            if (name := _leaf(one[0])) in names:
                yield name, Segment(one, self)

    def first(self, name: str) -> Segment:
        """Return the first segment with a name; an empty one where there is none."""
        found = self._segments.get(name)
        return found[0] if found else self._none

    def value(self, segment: str, field: int, component: int = 1, sub: int = 1) -> str:
        """Return a value of the first segment with a name."""
        return self.first(segment).value(field, component, sub)

    def moment(self, written: str) -> datetime | None:
        """Return a time stamp, in the sender's zone where it names none; None for what is no time stamp."""
        try:
            read = hl7.parse_datetime(written) if written else None
            return (read if read.tzinfo else read.replace(tzinfo=self._zone)).astimezone(UTC) if read else None
        except (*FAULTS, OverflowError, AttributeError):
            return None

    def unescaped(self, written: str) -> str:
        """Return a value with its escapes resolved (HL7 v2.5.1, 2.7); one that nobody knows is left out."""
        escape = str(self._message.esc)
        if escape not in written:
            return written
        first, *rest = written.split(escape)
        found = [first]
        inside = True
        for at, part in enumerate(rest):
            if not inside:
                found.append(part)
            elif at == len(rest) - 1:
                # an escape that does not end is a backslash that somebody typed
                found.append(escape + part)
            else:
                found.append(self._resolved(part))
            inside = not inside
        return "".join(found)

    def _resolved(self, sequence: str) -> str:
        _, field, repetition, component, sub = self._message.separators
        delimiters = {"F": field, "S": component, "T": sub, "R": repetition, "E": str(self._message.esc)}
        if sequence in delimiters:
            return str(delimiters[sequence])
        if found := _HEXADECIMAL.fullmatch(sequence):
            return bytes.fromhex(found[1]).decode(self._encoding.codec, errors="replace")
        return _FORMATTING.get(sequence[:3], "")


class Segment:
    """One segment of a message."""

    def __init__(self, parts: list[object], fields: Fields) -> None:
        self._parts = parts
        self._fields = fields

    def value(self, field: int, component: int = 1, sub: int = 1) -> str:
        """Return a value of the first repetition of a field, an empty text where there is none."""
        if field >= len(self._parts):
            return ""
        held = self._parts[field]
        first = held[0] if isinstance(held, hl7.Field) and held else held
        return Repetition(first, self._fields).value(component, sub)

    def whole(self, field: int) -> str:
        """Return a field as it stands there, delimiters and escapes and all; an id is compared by it."""
        return str(self._parts[field])[:LONGEST_VALUE].strip() if field < len(self._parts) else ""

    def repetitions(self, field: int) -> Iterator[Repetition]:
        """Go through the repetitions of a field."""
        if field >= len(self._parts):
            return
        held = self._parts[field]
        for one in held if isinstance(held, hl7.Field) else [held]:
            yield Repetition(one, self._fields)


class Repetition:
    """One repetition of a field."""

    def __init__(self, part: object, fields: Fields) -> None:
        self._part = part
        self._fields = fields

    def value(self, component: int = 1, sub: int = 1) -> str:
        """Return a component, or a subcomponent of it, without white space around it."""
        held = _nth(_nth(self._part, component, hl7.Repetition), sub, hl7.Component)
        text = self._fields.unescaped(_leaf(held)[:LONGEST_VALUE]).strip()
        return "" if text == NULL else text


def _nth(part: object, n: int, kind: type[list[object]]) -> object:
    """Return the n-th part of what has parts of a kind; what has none is its own first."""
    if isinstance(part, kind):
        return part[n - 1] if n <= len(part) else ""
    return part if n == 1 else ""


def _leaf(part: object) -> str:
    while isinstance(part, list):
        part = part[0] if part else ""
    return str(part)
