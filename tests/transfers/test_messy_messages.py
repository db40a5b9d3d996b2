"""Messages as real senders write them: line ends, character sets, escapes, batches, strange segments. All are taken."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from emergency import EmergencyRoom, Said

from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import tickets
from nightdesk_transfers.framing import Frame as frame  # noqa: N813 - it reads as what it does

A02 = Said(id="MESS1")
TEXT = A02.text("MESS1")
CHINESE = "陈小芳"


def the_ticket(room: EmergencyRoom) -> Ticket:
    with room.database.snapshot() as tx:
        [ticket] = tickets.living(tx, "tcm-night", *State)
    return ticket


def bare(said: Said, **changes: object) -> str:
    return said.but(**changes).text("MESS1")


MESSES: dict[str, bytes] = {
    "LF": TEXT.replace("\r", "\n").encode(),
    "CRLF": TEXT.replace("\r", "\r\n").encode(),
    "all of them": TEXT.replace("\r", "\r\n", 1).replace("\rPV1", "\nPV1").encode(),
    "empty lines": TEXT.replace("\r", "\r\r\n\n").encode(),
    "a BOM": b"\xef\xbb\xbf" + TEXT.encode(),
    "no last CR": TEXT.rstrip("\r").encode(),
    "spaces before segments": TEXT.replace("\r", "\r  ").encode(),
    "white space before MSH": b"\r\n " + TEXT.encode(),
    "NUL bytes behind": TEXT.encode() + b"\x00\x00",
    "lower-case type": bare(A02, kind="adt", event="a02").encode(),
    "lower-case segment names": TEXT.replace("PID|", "pid|").replace("PV1|", "Pv1|").encode(),
    "a type with its structure": TEXT.replace("ADT^A02", "ADT^A02^ADT_A02", 1).encode(),
    "the event in EVN alone": TEXT.replace("ADT^A02", "ADT", 1).encode(),
    "a wrong EVN-1": TEXT.replace("EVN|A02", "EVN|A08").encode(),
    "Z-segments": (TEXT + "ZPI|1|x^y&z|~~~\rZZZ\rZ\r").encode(),
    "unknown segments": TEXT.replace("PID|", "QQQ|1|2|3\rPID|", 1).encode(),
    "segments without fields": (TEXT + "NTE\rAL1\rDG1|\r").encode(),
    "repetitions": bare(A02, name="陈^小芳^^^^^L~Chen^Xiaofang^^^^^A", badges="A1~B6~ZZ").encode(),
    "the Latin name first": bare(A02, name="Chen^Xiaofang^^^^^A~陈^小芳^^^^^L").encode(),
    "the national number first": TEXT.replace("P1^^^ZJFY^MR", "330106199403120000^^^CN^NI~P1^^^ZJFY^MR").encode(),
    "escapes in the name": bare(A02, name="陈^小\\X e8 8a b3\\".replace(" ", "")).encode(),
    "GB18030 by MSH-18": bare(A02, charset="GB 18030-2000").encode("gb18030"),
    "GBK by MSH-18": bare(A02, charset="GBK").encode("gbk"),
    "GB2312 by MSH-18": bare(A02, charset="GB2312").encode("gb2312"),
    "GB18030 without MSH-18": bare(A02, charset="").encode("gb18030"),
    "UTF-8 without MSH-18": bare(A02, charset="").encode(),
    "several sets in MSH-18": bare(A02, charset="UNICODE UTF-8~GB 18030-2000").encode(),
    "UTF-8 that calls itself ASCII": bare(A02, charset="ASCII").encode(),
    "GBK that calls itself UTF-8": bare(A02, charset="UNICODE UTF-8").encode("gbk"),
    "UTF-8 that calls itself GBK": bare(A02, charset="GBK").encode(),
    "UTF-8 that calls itself GB18030": bare(A02, charset="GB 18030-2000", target="TCM_NIGHT^三诊区").encode(),
    "UTF-8 that calls itself Latin": bare(A02, charset="8859/1").encode(),
    "a set that nobody knows": bare(A02, charset="ISO IR87").encode(),
    "other delimiters": TEXT.replace("^~\\&", "*+\\&", 1).replace("^", "*").replace("|ADT*", "|ADT*").encode(),
    "another field separator": TEXT.replace("|", "#").encode(),
    "no version": bare(A02, version="").encode(),
    "version 2.3.1": bare(A02, version="2.3.1").encode(),
    "version 2.8": bare(A02, version="2.8").encode(),
    "no processing id": bare(A02, processing="").encode(),
    "deletes": TEXT.replace("|F\r", '|F|""|""\r', 1).encode(),
    "a short PV1": (TEXT.replace("|" * 25 + "\r", "\r")).encode(),
    "many OBX": (TEXT + "OBX|2|NM|8867-4^Heart rate^LN||88|/min\r" * 50).encode(),
    "a long note": (TEXT + "NTE|1||" + "x" * 20_000 + "\r").encode(),
}


def answered_in(mess: str) -> str:
    """The set of the answer: the one that the sender has named."""
    return "utf-8" if mess.endswith(("itself UTF-8", "itself Latin")) or "GB" not in mess else "gb18030"


@pytest.mark.parametrize("mess", MESSES)
def test_the_patient_is_in_the_queue_whatever_the_mess(room: EmergencyRoom, mess: str) -> None:
    answers = room.receiver.receive(frame(MESSES[mess]))
    [answer] = answers
    text = answer.decode(answered_in(mess))
    assert "MSA|AA|MESS1|" in text, text
    ticket = the_ticket(room)
    assert (ticket.name, ticket.level) == (CHINESE, 4)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("O\\T\\Brien^Pat", "Pat O&Brien"),
        ("Smith\\F\\Jones^A\\S\\B", "A^B Smith|Jones"),
        ("Back\\E\\slash^X", "X Back\\slash"),
        ("A\\.br\\B^C", "C A B"),
        ("D\\H\\E\\N\\^F", "F DE"),
        ("G\\Zlocal\\H^I", "I GH"),
        ("C:\\dir^J", "J C:\\dir"),
        ("\\X41\\\\X42\\^K", "K AB"),
        ("\\XZZ\\L^M", "M L"),
        ("欧阳^娜娜", "欧阳娜娜"),
        ("^", None),
        ('""^""', None),
        ("\x1b[31mred^N", "N [31mred"),
    ],
)
def test_escapes_in_a_name(room: EmergencyRoom, name: str, shown: str | None) -> None:
    room.sends(A02.but(name=name))
    assert the_ticket(room).name == shown


def test_the_answer_is_in_the_senders_character_set(room: EmergencyRoom) -> None:
    for charset, codec in (("GB 18030-2000", "gb18030"), ("UNICODE UTF-8", "utf-8"), ("GBK", "gbk")):
        said = A02.but(charset=charset, id="")
        [answer] = room.receiver.receive(frame(said.text(said.control_id).encode(codec)))
        assert "号" in answer.decode(codec) or "没有改动" in answer.decode(codec)
        assert charset.encode() in answer


@pytest.mark.parametrize("wrapped", ["FHS|^~\\&\rBHS|^~\\&\r{}BTS|2\rFTS|1\r", "BHS|^~\\&\r{}BTS|2\r"])
def test_a_batch_is_answered_as_a_batch(room: EmergencyRoom, wrapped: str) -> None:
    two = A02.text("B1") + A02.but(visit="V2", patient="P2").text("B2")
    [answer] = room.receiver.receive(frame(wrapped.format(two).encode()))
    text = answer.decode()
    assert text.startswith(wrapped[:4]), "with a file header where one came"
    assert text.count("MSA|AA|") == 2
    assert "BTS|2\r" in text


def test_messages_that_share_a_frame_are_answered_each(room: EmergencyRoom) -> None:
    two = A02.text("J1") + A02.but(visit="V2", patient="P2").text("J2")
    assert [answer["MSA.F2"] for answer in room.sends_raw(two)] == ["J1", "J2"]


def test_one_bad_message_in_a_batch_keeps_no_good_one_out(room: EmergencyRoom) -> None:
    batch = "BHS|^~\\&\r" + A02.but(target="NOWHERE").text("K1") + A02.text("K2") + "BTS|2\r"
    [answer] = room.receiver.receive(frame(batch.encode()))
    assert b"MSA|AR|K1" in answer
    assert b"MSA|AA|K2" in answer


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"MS",
        b"MSH",
        b"MSH|",
        b"MSH|^",
        b"MSHX|^~\\&|A",
        b"MSH||||||||||||",
        b"PID|1||P1\rPV1|1\r",
        b"\xff\xfe\xfd",
        "病人".encode(),
    ],
)
def test_what_is_no_message_is_answered_no_and_kept(room: EmergencyRoom, raw: bytes) -> None:
    answers = room.receiver.receive(frame(raw))
    assert all(b"MSA|AR|" in answer for answer in answers)
    assert len(answers) == 1
    with room.database.snapshot() as tx:
        assert tx.row("SELECT count(*) AS n FROM tickets") is not None
        row = tx.row("SELECT count(*) AS n FROM hl7_messages")
    assert row is not None
    assert row["n"] == 1


def test_an_answer_is_not_answered(room: EmergencyRoom) -> None:
    ack = A02.but(kind="ACK").text("X1") + "MSA|AA|ED1\r"
    assert room.sends_raw(ack) == []


def test_the_wait_is_read_in_the_senders_zone(room: EmergencyRoom) -> None:
    table = room.table.changed(timezone="UTC")
    other = EmergencyRoom(room.hospital.changed(hl7=table), room.database, room.now)
    arrived = room.now - timedelta(minutes=30)
    other.sends(A02.but(arrived=f"{arrived.astimezone(UTC):%Y%m%d%H%M%S}"))
    assert the_ticket(room).arrived_at == arrived
