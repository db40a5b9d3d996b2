"""The examples of docs/hl7.md: each message with its answer, made by the receiver itself: `make reference`.

A database in a temporary folder, a fixed evening, and the example hospital; what stands between the two marks of the
document is replaced by what comes out.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from nightdesk_queue.config import Hospital, load
from nightdesk_queue.store import open_database
from nightdesk_transfers.framing import Frame
from nightdesk_transfers.receiving import Receiver
from nightdesk_transfers.samples import KINDS, sample

FILE = Path(__file__).parent / "hl7.md"
CONFIGURATION = Path(__file__).parent.parent / "tests" / "data" / "config.example.toml"
BEGIN, END = "<!-- made by docs/hl7_examples.py -->\n", "<!-- end -->\n"
NOW = datetime.fromisoformat("2026-11-23T18:35:12+08:00")
BEFORE = {"A08": "A04", "A10": "A09", "A11": "A04", "A12": "A02", "S13": "S12", "S14": "S12", "S15": "S12"}
"""What has come before a message of which an example is shown."""
TITLES = {
    "A01": "A01: admitted",
    "A02": "A02: transferred to a clinic of ours",
    "A04": "A04: registered",
    "A08": "A08: facts have changed",
    "A09": "A09: has left for the clinic",
    "A10": "A10: has arrived at the clinic",
    "A11": "A11: the registration is cancelled",
    "A12": "A12: the transfer is cancelled",
    "A40": "A40: two patient numbers are one person",
    "S12": "S12: booked",
    "S13": "S13: the booking has moved",
    "S14": "S14: the booking has changed",
    "S15": "S15: the booking is cancelled",
}


def examples() -> str:
    """Return the examples as Markdown."""
    hospital = load(CONFIGURATION)
    found = [f"#### {TITLES[event]}\n\n{_shown(*_exchange(hospital, event))}" for event in KINDS]
    refused = _exchange(hospital, "A02", later=timedelta(hours=3))
    rejected = _exchange(hospital, "A02", ("TCM_NIGHT", "WARD_7"))
    enhanced = _exchange(hospital, "A02", ("|2.5.1||||", "|2.5.1|||AL|AL"))
    garbage = "GET / HTTP/1.1"
    found += [
        f"#### AE: refused by the queue now\n\n{_shown(*refused)}",
        f"#### AR: never to be sent again so\n\n{_shown(*rejected)}",
        f"#### The enhanced mode: MSH-15 and MSH-16 are AL\n\n{_shown(*enhanced)}",
        f"#### No message at all\n\n{_shown(*_answered(hospital, garbage))}",
    ]
    return "\n".join(found)


def written() -> str:
    """Return the whole document with the examples of today."""
    text = FILE.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n{examples()}\n{END}{rest.partition(END)[2]}"


def _exchange(
    hospital: Hospital, event: str, change: tuple[str, str] = ("", ""), later: timedelta = timedelta(0)
) -> tuple[str, list[str]]:
    """Return a sample message and its answers; what must come before it has come."""
    with _receiver(hospital, NOW + later) as receiver:
        table = hospital.hl7
        assert table is not None
        first = {
            "A08": "A02",
            "A09": "",
            "A10": "A09",
            "A11": "A04",
            "A12": "A02",
            "S13": "S12",
            "S14": "S12",
            "S15": "S12",
        }
        if before := first.get(event):
            receiver.receive(
                Frame(sample(before, hospital, table, NOW - timedelta(minutes=1)).replace("SAMPLE", "BEFORE").encode())
            )
        text = sample(event, hospital, table, NOW)
        text = text.replace(*change) if change[0] else text
        return text, [answer.decode() for answer in receiver.receive(Frame(text.encode()))]


def _answered(hospital: Hospital, text: str) -> tuple[str, list[str]]:
    with _receiver(hospital, NOW) as receiver:
        return text, [answer.decode() for answer in receiver.receive(Frame(text.encode()))]


@contextmanager
def _receiver(hospital: Hospital, now: datetime) -> Iterator[Receiver]:
    with tempfile.TemporaryDirectory() as folder, open_database(f"sqlite:///{folder}/n.db") as database:
        assert hospital.hl7 is not None
        yield Receiver(hospital, hospital.hl7, database, lambda: now)


def _shown(text: str, answers: list[str]) -> str:
    blocks = [text, *answers]
    return "\n".join("```\n" + block.strip("\r").replace("\r", "\n") + "\n```\n" for block in blocks)


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
