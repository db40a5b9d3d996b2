"""The emergency room's system, as a sender: messages as it writes them, sent to a receiver or over a line."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import hl7
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message

from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Table
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database
from nightdesk_transfers.framing import Frame, FrameReader, framed
from nightdesk_transfers.receiving import Receiver

CHINA = timezone(timedelta(hours=8))
NUMBERS = count(1)


def clocked(moment: datetime) -> str:
    """A time stamp as this sender writes it."""
    return f"{moment.astimezone(CHINA):%Y%m%d%H%M%S%z}"


@dataclass(frozen=True)
class Said:
    """One message: its event, and whatever of it a test cares for."""

    event: str = "A02"
    visit: str = "V1"
    patient: str = "P1"
    target: str = "TCM_NIGHT"
    origin: str = "ED"
    name: str = "陈^小芳^^^^^L"
    born: str = "19940312"
    level: str = "4"
    badges: str = ""
    arrived: str = ""
    at: str = "20260302183000+0800"
    id: str = ""
    kind: str = "ADT"
    sender: str = "ED_TRIAGE"
    facility: str = "ZJFY"
    receiver: str = "NIGHTQ"
    processing: str = "P"
    version: str = "2.5.1"
    accept: str = ""
    application: str = ""
    charset: str = "UNICODE UTF-8"
    prior: str = "P9"
    more: tuple[str, ...] = ()
    header: Mapping[int, str] = field(default_factory=dict)

    def but(self, **changes: object) -> Said:
        """The same with something else in it, under an id of its own."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def control_id(self) -> str:
        """MSH-10."""
        return self.id or f"ED{next(NUMBERS):06d}"

    def text(self, control_id: str) -> str:
        """The message, its segments ending with CR."""
        msh = {
            2: "^~\\&", 3: self.sender, 4: self.facility, 5: self.receiver, 6: "ZJFY", 7: self.at,
            9: f"{self.kind}^{self.event}", 10: control_id, 11: self.processing, 12: self.version, 15: self.accept,
            16: self.application, 18: self.charset, **self.header,
        }  # fmt: skip
        lines = ["MSH|" + "|".join(msh.get(n, "") for n in range(2, max(msh) + 1))]
        lines.append(f"EVN|{self.event}|{self.at}")
        patient = f"{self.patient}^^^ZJFY^MR" if self.patient else ""
        lines.append(f"PID|1||{patient}||{self.name}||{self.born}|F")
        if self.event == "A40":
            lines.append(f"MRG|{self.prior}^^^ZJFY^MR")
        else:
            visit = f"{self.visit}^^^ZJFY^VN" if self.visit else ""
            place = {2: "O", 3: self.target, 6: self.origin, 15: self.badges, 19: visit, 44: self.arrived}
            lines.append("PV1|" + "|".join(place.get(n, "") for n in range(1, 45)))
            if self.level:
                lines.append(f"OBX|1|CE|11283-9^Acuity^LN|1|{self.level}||||||F")
        return "".join(f"{line}\r" for line in (*lines, *self.more))


def booked(event: str, reference: str, slot: datetime, **changes: str) -> str:
    """A booking as the hospital's system sends it."""
    said = {"target": "TCM_NIGHT", "name": "王^五", "phone": "13800001234", "id": f"HIS{next(NUMBERS):06d}", **changes}
    start = clocked(slot)
    return (
        f"MSH|^~\\&|ED_TRIAGE|ZJFY|NIGHTQ|ZJFY|20260302120000+0800||SIU^{event}^SIU_S12|{said['id']}|P|2.5.1\r"
        f"SCH|{reference}|||||BOOKED|||||^^15^{start}^{start}\r"
        f"PID|1||P77^^^ZJFY^MR||{said['name']}||||||||{said['phone']}\r"
        f"RGS|1\rAIL|1||{said['target']}\r"
    )


@dataclass(frozen=True)
class Answered:
    """An answer, read back by the `hl7` package and found right by hl7apy."""

    text: str

    @property
    def message(self) -> hl7.Message:
        """The answer as the package reads it."""
        return hl7.parse(self.text)

    def __getitem__(self, key: str) -> str:
        """A field by its accessor: `MSA.1`, `ERR.8`."""
        try:
            return str(self.message[key])
        except (KeyError, IndexError):
            return ""

    @property
    def code(self) -> str:
        """MSA-1."""
        return self["MSA.F1"]

    @property
    def told(self) -> str:
        """What it says in words."""
        return self["ERR.F8"] or self["MSA.F3"]

    @property
    def refusal(self) -> str:
        """Our own code of a refusal."""
        return self["ERR.F5.R1.C1"]


def valid(text: str) -> Answered:
    """Let hl7apy judge an answer, and return it."""
    parsed = parse_message(text, validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False)
    assert parsed.validate(), text
    return Answered(text)


class EmergencyRoom:
    """Sends to a receiver without a line between, at a moment that the test sets."""

    def __init__(self, hospital: Hospital, database: Database, now: datetime) -> None:
        assert hospital.hl7 is not None
        self.hospital = hospital
        self.table: Hl7Table = hospital.hl7
        self.database = database
        self.now = now
        self.receiver = Receiver(hospital, self.table, database, lambda: self.now)
        self.by = By.interface("ED_TRIAGE")

    def where(self, clinic: str, **transfer: object) -> EmergencyRoom:
        """The same where a clinic has other rules for transfers."""
        one = self.hospital.clinics[clinic]
        changed = one.changed(transfer=one.transfer.changed(**transfer))
        clinics = [changed if other.id == clinic else other for other in self.hospital.clinic]
        return EmergencyRoom(self.hospital.changed(clinic=clinics), self.database, self.now)

    def sends(self, said: Said | str) -> Answered:
        """Send a message and return the one answer it gets."""
        [answer] = self.sends_raw(said if isinstance(said, str) else said.text(said.control_id))
        return answer

    def sends_raw(self, raw: str | bytes) -> list[Answered]:
        """Send what stands in a frame and return the answers."""
        content = raw.encode() if isinstance(raw, str) else raw
        return [valid(answer.decode()) for answer in self.receiver.receive(Frame(content))]


class Line:
    """A connection to a listener: sends bytes as they are and waits for answers."""

    def __init__(self, port: int, line: socket.socket | None = None) -> None:
        self.line = line or socket.create_connection(("127.0.0.1", port), timeout=10)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = FrameReader(1_000_000)
        self.found: list[bytes] = []

    def sends(self, said: Said | str | bytes) -> None:
        """Send a message in a frame."""
        text = said.text(said.control_id) if isinstance(said, Said) else said
        self.raw(framed(text.encode() if isinstance(text, str) else text))

    def raw(self, data: bytes) -> None:
        """Send bytes."""
        self.line.sendall(data)

    def answers(self, n: int = 1, seconds: float = 10.0) -> list[Answered]:
        """Wait for answers."""
        deadline = time.monotonic() + seconds
        while len(self.found) < n:
            self.line.settimeout(max(deadline - time.monotonic(), 0.01))
            data = self.line.recv(65_536)
            assert data, "the listener closed the connection"
            self.found += [frame.content for frame in self.reader.feed(data)]
        taken, self.found = self.found[:n], self.found[n:]
        return [valid(one.decode()) for one in taken]

    def answer(self, seconds: float = 10.0) -> Answered:
        """Wait for one answer."""
        return self.answers(1, seconds)[0]

    @property
    def is_closed(self) -> bool:
        """Whether the listener ends the connection."""
        self.line.settimeout(10)
        try:
            return self.line.recv(1) == b""
        except (ConnectionError, TimeoutError) as error:
            return isinstance(error, ConnectionError)

    def close(self) -> None:
        """End the connection."""
        self.line.close()


def at(moment: str) -> datetime:
    """A moment of the evening, by the hospital's clock."""
    return datetime.fromisoformat(f"2026-03-02T{moment}:00+08:00").astimezone(UTC)
