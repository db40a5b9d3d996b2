"""The message that tells the emergency room's system what has become of a patient. Pure.

The same event gives the same message, byte for byte: its control id and its time are the event's.
"""

from __future__ import annotations

from datetime import tzinfo

from nightdesk_queue.config.hl7_tables import Hl7Notices, Hl7Table
from nightdesk_queue.domain.notices import Notice, NoticeKind
from nightdesk_transfers.answers import APPLICATION, escaped


def control_id_of(notice: Notice) -> str:
    """Return the id under which a notice goes out, however often."""
    return f"NQE{notice.event:09d}"


def message_of(notice: Notice, table: Hl7Table, back: Hl7Notices, zone: tzinfo) -> str:
    """Return the message of a notice: A08 with its status in the configured field, or A02 for who is sent back."""
    event = back.sent_back_as if notice.kind is NoticeKind.SENT_BACK else "A08"
    at = f"{notice.at.astimezone(zone):%Y%m%d%H%M%S%z}"
    receiver = table.accept_from[0] if table.accept_from else ""
    facility = table.facilities[0] if table.facilities else ""
    kind = f"ADT^{event}^ADT_{'A01' if event == 'A08' else event}"
    header = ["MSH", "^~\\&", APPLICATION, "", escaped(receiver), escaped(facility), at, "", kind]
    header += [control_id_of(notice), "P", "2.5.1", "", "", "", "", "", "UNICODE UTF-8"]
    visit = _number(notice.who.visit, notice.who.visit_authority, "VN")
    segments: dict[str, dict[int, str]] = {
        "EVN": {1: event, 2: at},
        "PID": {3: _number(notice.who.patient, notice.who.patient_authority, "MR"), 5: "^^^^^^S"},
        "PV1": {
            2: "O",
            3: escaped(code_of(notice.clinic, table)),
            19: visit,
        },
    }
    name, _, field = back.status_field.partition("-")
    segments.setdefault(name, {})[int(field)] = notice.kind.value.upper()
    lines = ["|".join(header), *(_segment(name, fields) for name, fields in segments.items())]
    return "".join(f"{line}\r" for line in lines)


def code_of(clinic: str, table: Hl7Table) -> str:
    """Return the other system's code of a clinic of ours; our own id where it has none."""
    return next((code for code, id_ in table.targets.items() if id_ == clinic), clinic)


def _number(number: str | None, authority: str, kind: str) -> str:
    return f"{escaped(number)}^^^{escaped(authority)}^{kind}" if number else ""


def _segment(name: str, fields: dict[int, str]) -> str:
    return "|".join([name, *(fields.get(n, "") for n in range(1, max(fields) + 1))])
