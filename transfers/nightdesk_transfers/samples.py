"""Sample messages of a hospital's own configuration, for the vendor of the emergency room's system. Pure.

The person in them does not exist. Each is what a sender would send for a clinic, a level and a badge of this hospital.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Table
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.text.bilingual import Text
from nightdesk_transfers.requests import BOOKS, CANCELS_BOOKING, DEEDS, MERGES

KINDS = (*sorted(DEEDS), *MERGES, *BOOKS, *CANCELS_BOOKING)
"""The events of which there is a sample."""
_NO_TARGETS = Text(
    zh='[hl7.targets] 是空的；先写上急诊的科室代码，如 TCM_NIGHT = "tcm-night"',
    en='[hl7.targets] is empty; first write the codes of Emergency there, such as TCM_NIGHT = "tcm-night"',
)
_STRUCTURES = {
    "A04": "A01", "A08": "A01", "A10": "A09", "A11": "A09", "A40": "A39", "S13": "S12", "S14": "S12", "S15": "S12",
}  # fmt: skip
"""The structure of an event where it has not its own (HL7 table 0354)."""


@dataclass(frozen=True, slots=True)
class SamplePatient:
    """Who a sample is about. `visit`, `target`, `level`, `badge`: codes of the sender; what is missing is chosen.

    `born`: YYYYMMDD. `waited`: minutes since they came to the emergency room. `control_id`: of the message (MSH-10).
    """

    number: str = "P00012345"
    name: str = "王^小芳"
    born: str = "19960312"
    sex: str = "F"
    visit: str | None = None
    target: str | None = None
    level: str | None = None
    badge: str | None = None
    waited: int = 25
    control_id: str | None = None


ANYBODY = SamplePatient()


def sample(event: str, hospital: Hospital, table: Hl7Table, now: datetime, who: SamplePatient = ANYBODY) -> str:
    """Return a message of an event, segments ending with CR. Raises Misuse where no clinic has a code."""
    if not table.targets:
        raise Misuse("no_targets", _NO_TARGETS)
    local = now.astimezone(hospital.zone)
    kind = "SIU" if event.startswith("S") else "ADT"
    at = f"{local:%Y%m%d%H%M%S%z}"
    structure = f"{kind}_{_STRUCTURES.get(event, event)}"
    header = ["MSH", "^~\\&", table.accept_from[0] if table.accept_from else "ED"]
    header += [(table.facilities or ["HOSPITAL"])[0], (table.receiver or ["NIGHTDESK"])[0], "HOSPITAL", at, ""]
    header += [f"{kind}^{event}^{structure}", who.control_id or f"SAMPLE{local:%Y%m%d%H%M%S}", "P", "2.5.1"]
    header += ["", "", "", "", "", "UNICODE UTF-8"]
    body = _booking(hospital, table, local) if kind == "SIU" else _patient(event, table, local, who)
    return "".join(f"{line}\r" for line in ["|".join(header), *body])


def _patient(event: str, table: Hl7Table, local: datetime, about: SamplePatient) -> list[str]:
    at = f"{local:%Y%m%d%H%M%S%z}"
    who = f"PID|1||{about.number}^^^HOSPITAL^MR||{about.name}^^^^^L||{about.born}|{about.sex}"
    if event in MERGES:
        return [f"EVN|{event}|{at}", who, "MRG|P00099999^^^HOSPITAL^MR"]
    code = about.target or next(iter(table.targets))
    level = about.level or next((code for code, level in table.levels.items() if level == 4), "")
    arrived = f"{local - timedelta(minutes=about.waited):%Y%m%d%H%M%S%z}"
    badge = next(iter(table.badges), "") if about.badge is None else about.badge
    number = about.visit or f"V{local:%Y%m%d}0001"
    visit = {2: "O", 3: code, 6: "ED", 15: badge, 19: f"{number}^^^HOSPITAL^VN", 44: arrived}
    lines = [f"EVN|{event}|{at}", who, _segment("PV1", visit)]
    if event not in ("A11", "A12"):
        lines.append(f"OBX|1|CE|11283-9^Acuity assessment at first encounter^LN|1|{level}||||||F")
    return lines


def _booking(hospital: Hospital, table: Hl7Table, local: datetime) -> list[str]:
    code = next(iter(table.targets))
    slot = (local + timedelta(hours=1)).replace(minute=0, second=0)
    start, end = f"{slot:%Y%m%d%H%M%S%z}", f"{slot + timedelta(minutes=15):%Y%m%d%H%M%S%z}"
    return [
        _segment("SCH", {1: f"B{local:%Y%m%d}0001", 6: "BOOKED", 11: f"^^15^{start}^{end}"}),
        f"PID|1||{ANYBODY.number}^^^HOSPITAL^MR||{ANYBODY.name}^^^^^L||{ANYBODY.born}|{ANYBODY.sex}||||||^^^^^^^^^^^13800000000",
        "RGS|1",
        _segment("AIL", {1: "1", 3: code}),
    ]


def _segment(name: str, fields: dict[int, str]) -> str:
    return "|".join([name, *(fields.get(n, "") for n in range(1, max(fields) + 1))])
