"""Messages as they may be shown: nothing by which somebody can be recognised. Pure, and without the library.

What is shown is named; everything else is hidden. A field nobody thought of, a note or a segment of the sender's own
may hold a name.
"""

from __future__ import annotations

HIDDEN = "***"
_SHOWN: dict[str, frozenset[int]] = {
    "MSH": frozenset(range(1, 30)),
    "MSA": frozenset({1, 2, 3}),
    "ERR": frozenset(range(1, 13)),
    "EVN": frozenset({1, 2, 6}),
    "PID": frozenset({1, 8}),
    "PV1": frozenset({1, 2, 3, 4, 6, 15, 16, 18, 19, 36, 41, 44, 45}),
    "PV2": frozenset({24, 25}),
    "OBX": frozenset({1, 2, 3, 4, 11, 14}),
    "SCH": frozenset({1, 2, 6, 11, 25}),
    "RGS": frozenset({1, 2, 3}),
    "AIL": frozenset({1, 2, 3, 4, 6}),
    "AIS": frozenset({1, 2, 3, 4, 10}),
}
_RECORD_NUMBERS = ("MR", "PI", "PT")
_LEVEL = "11283-9"


def without_names(content: str) -> str:
    """Return a message in which nobody can be recognised; of what is no message how long it is."""
    lines = content.split("\r")
    if not lines[0].startswith("MSH") or len(lines[0]) < 5:
        return f"{HIDDEN} ({len(content)})" if content else ""
    return "\r".join(_shown(line, lines[0][3], lines[0][4]) for line in lines)


def _shown(line: str, separator: str, component: str) -> str:
    name, *fields = line.split(separator)
    shown = _SHOWN.get(name, frozenset())
    # MSH-1 is the separator itself, so the first part behind the name is MSH-2
    first = 2 if name == "MSH" else 1
    hidden = [
        value if n in shown or not value else _special(name, n, value, fields, component)
        for n, value in enumerate(fields, start=first)
    ]
    return separator.join((name, *hidden))


def _special(name: str, n: int, value: str, fields: list[str], component: str) -> str:
    """Return what is shown of a field that is hidden but in one case: a record's number, a triage level."""
    if name in ("PID", "MRG") and n == (3 if name == "PID" else 1):
        kinds = [(one, one.split(component)) for one in value.split("~")]
        return "~".join(one if len(parts) > 4 and parts[4] in _RECORD_NUMBERS else HIDDEN for one, parts in kinds)
    if name == "OBX" and n == 5 and len(fields) > 2 and fields[2].split(component)[0] == _LEVEL:
        return value
    return HIDDEN
