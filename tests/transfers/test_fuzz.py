"""Whatever is sent: no crash, no effect but a wanted one, no leak, and the next good message is served."""

from __future__ import annotations

import gc
import random
import time
from datetime import datetime

from emergency import EmergencyRoom, Said
from listening import listening

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.store import Database, hl7_journal, tickets
from nightdesk_transfers.framing import Frame, FrameReader, framed

FRAMES, STREAMS = 10_000, 1_000
MARKS = [
    b"|",
    b"^",
    b"~",
    b"&",
    b"\\",
    b"\r",
    b"\n",
    b"\x00",
    b"\x0b",
    b"\x1c",
    b"MSH|^~\\&|",
    b'""',
    b"\xff",
    "陈".encode(),
]


def mangled(chance: random.Random, message: bytes) -> bytes:
    """A message with a few of its bytes changed, doubled, taken out or put elsewhere."""
    found = bytearray(message)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(found) or 1)
        match chance.randrange(6):
            case 0:
                found[at : at + chance.randint(1, 30)] = b""
            case 1:
                found[at:at] = chance.choice(MARKS) * chance.randint(1, 4)
            case 2:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case 3:
                found[at:at] = found[at : at + chance.randint(1, 200)]
            case 4:
                del found[at:]
            case _:
                cut = found[at : at + 40]
                del found[at : at + 40]
                found += cut
    return bytes(found)


def test_ten_thousand_mangled_frames_do_nothing_that_was_not_asked(room: EmergencyRoom) -> None:
    chance = random.Random(15)
    events = ["A01", "A02", "A04", "A08", "A11", "A12", "A40"]
    rejected = 0
    for n in range(FRAMES):
        said = Said(chance.choice(events), visit=f"V{chance.randrange(50)}", patient=f"P{chance.randrange(50)}")
        raw = mangled(chance, said.text(f"F{n}").encode())
        content = raw.replace(b"\x0b", b"").replace(b"\x1c", b"")
        answers = room.receiver.receive(Frame(content))
        rejected += any(b"|AR|" in answer for answer in answers)
    assert rejected, "some are no messages any more"
    with room.database.snapshot() as tx:
        living = [one for clinic in room.hospital.clinics for one in tickets.living(tx, clinic, *State)]
        kept = hl7_journal.newest(tx, FRAMES)
    given = {entry.ticket for entry in kept if entry.code.value == "AA" and entry.ticket}
    assert {ticket.id for ticket in living} <= given, "every number was asked for by a message that was answered AA"
    assert all(ticket.clinic in ("tcm-night", "bone", "er") for ticket in living)


def test_a_thousand_streams_end_no_listener_and_leave_no_connection(
    receiving: Hospital, store: Database, evening: datetime
) -> None:
    chance = random.Random(16)
    with listening(receiving, store, evening) as server:
        for n in range(STREAMS):
            line = server.line()
            good = framed(Said(visit="V1", patient="P1").text("STREAM").encode())
            line.raw(mangled(chance, good * chance.randint(1, 3))[:3000])
            line.close()
            server.lines.clear()
            if n % 100 == 99:
                began = time.monotonic()
                last = server.line()
                last.sends(Said(visit="V1", patient="P1"))
                assert last.answers(1)[0].text
                assert time.monotonic() - began < 5
                last.close()
        deadline = time.monotonic() + 15
        while server.listener._connections and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not server.listener._connections
        assert not server.listener._tasks
    gc.collect()


def test_random_bytes_never_raise_in_the_reader_and_cost_no_more_than_allowed() -> None:
    chance = random.Random(17)
    reader = FrameReader(2_000)
    for _ in range(STREAMS):
        data = bytes(chance.choice((0x0B, 0x1C, 0x0D, 0x41, chance.randrange(256))) for _ in range(500))
        for frame in reader.feed(data):
            assert len(frame.content) <= 4_096
