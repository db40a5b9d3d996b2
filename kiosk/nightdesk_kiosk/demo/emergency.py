"""The emergency room of the demo night: another vendor's system, which sends its transfers as HL7 messages.

It is a sender like any other: it knows an address, codes and control ids, and nothing of the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text

NOT_LISTENING = Text(zh="还没有接收急诊转诊", en="transfers are not received yet")


@dataclass(frozen=True, slots=True)
class Sent:
    """A patient whom Emergency transfers `minute` minutes after the start. Codes are those of its own system.

    `taken_back_after`: minutes after which Emergency takes the transfer back; None where it does not.
    """

    minute: float
    target: str
    level: str
    badge: str
    born: str
    sex: str
    waited: int
    taken_back_after: float | None = None


SENT = (
    Sent(36, "TCM_NIGHT", "4", "B6", "19970412", "F", 32),
    Sent(78, "BONE_24H", "3", "", "20100903", "M", 18),
    Sent(112, "TCM_NIGHT", "4", "", "19810225", "F", 25, taken_back_after=0.5),
    Sent(131, "TCM_NIGHT", "3", "", "19391130", "M", 41),
)


class Line(Protocol):
    """Where the listener of `run` is reached."""

    port: int


class EmergencySystem:
    """Sends to a listener on this machine, one connection a message, as small systems do."""

    def __init__(self, hospital: Hospital, line: Line) -> None:
        self._hospital = hospital
        self._line = line

    def send(self, event: str, number: int, name: str, said: Sent, now: datetime) -> bool:
        """Send an event about its patient of a number and return whether it was taken.

        The same again has the same control id, as a sender's that got no answer. Raises Fault where none comes.
        """
        # imported here: a demo without the library has no such sender
        from nightdesk_transfers.client import Sender  # noqa: PLC0415
        from nightdesk_transfers.samples import SamplePatient, sample  # noqa: PLC0415

        table = self._hospital.hl7
        if table is None or not self._line.port:
            raise Fault("hl7_not_listening", NOT_LISTENING)
        control_id = f"ED-{number}-{event}"
        who = SamplePatient(
            number=f"P{number:05}",
            name=f"{name[0]}^{name[1:]}",
            visit=f"V{number:05}",
            target=said.target,
            level=said.level,
            badge=said.badge,
            born=said.born,
            sex=said.sex,
            waited=said.waited,
            control_id=control_id,
        )
        with Sender(f"127.0.0.1:{self._line.port}") as sender:
            return sender.exchange(sample(event, self._hospital, table, now, who), control_id).taken
