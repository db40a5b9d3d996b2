"""Answers: original and enhanced mode, versions, words, and the same answer to the same message."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from emergency import EmergencyRoom, Said, at

from nightdesk_queue.domain.tickets import State
from nightdesk_queue.store import open_database, tickets
from nightdesk_transfers.framing import Frame

A02 = Said()
CLOSED = at("22:00")


@pytest.mark.parametrize(
    ("accept", "application", "good", "bad"),
    [
        ("", "", ["AA"], ["AE"]),
        ("AL", "NE", ["CA"], ["CE"]),
        ("AL", "", ["CA"], ["CE"]),
        ("AL", "AL", ["CA", "AA"], ["CA", "AE"]),
        ("NE", "AL", ["AA"], ["AE"]),
        ("NE", "NE", [], []),
        ("ER", "NE", [], ["CE"]),
        ("SU", "NE", ["CA"], []),
        ("AL", "ER", ["CA"], ["CA", "AE"]),
        ("al", "ne", ["CA"], ["CE"]),
    ],
)
def test_which_answers_are_given_is_the_senders_wish(
    room: EmergencyRoom, accept: str, application: str, good: list[str], bad: list[str]
) -> None:
    said = A02.but(accept=accept, application=application)
    assert [one.code for one in room.sends_raw(said.text("G1"))] == good
    room.now = CLOSED
    refused = said.but(visit="V2", patient="P2")
    answers = room.sends_raw(refused.text("B1"))
    assert [one.code for one in answers] == bad
    assert all(one["MSA.F2"] == "B1" for one in answers)
    assert len({one["MSH.F10"] for one in answers}) == len(answers)


def test_an_answer_turns_the_header_round(room: EmergencyRoom) -> None:
    answer = room.sends(A02.but(id="ED77"))
    assert [answer[f"MSH.F{n}"] for n in (3, 4, 5, 6)] == ["NIGHTQ", "ZJFY", "ED_TRIAGE", "ZJFY"]
    assert (answer["MSH.F9.R1.C1"], answer["MSH.F9.R1.C2"], answer["MSH.F12"]) == ("ACK", "A02", "2.5.1")
    assert answer["MSA.F2"] == "ED77"
    assert answer["MSH.F7"].endswith("+0800")


@pytest.mark.parametrize("version", ["2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8"])
def test_a_refusal_has_its_words_where_the_senders_version_has_a_place_for_them(
    room: EmergencyRoom, version: str
) -> None:
    room.now = CLOSED
    answer = room.receiver.receive(Frame(A02.but(version=version).text("W1").encode()))[0].decode()
    where = "MSA|AE|W1|" if version < "2.5" else "|closed^closed^L|||"
    assert where in answer
    assert "请患者留在急诊" in answer


def test_delimiters_in_what_is_told_are_escaped(room: EmergencyRoom) -> None:
    answer = room.sends(A02.but(target="A|B^C&D".replace("|", "\\F\\").replace("^", "\\S\\").replace("&", "\\T\\")))
    assert answer.code == "AR"
    assert "A|B^C&D" in answer["ERR.F8"]


def test_the_same_message_again_gets_the_same_answer_and_does_nothing(room: EmergencyRoom) -> None:
    text = A02.text("SAME")
    first = room.sends(text)
    room.now = CLOSED
    assert [room.sends(text).text for _ in range(3)] == [first.text] * 3
    assert count(room) == 1


def test_a_refused_message_gets_the_same_refusal_again_even_if_the_clinic_has_opened(room: EmergencyRoom) -> None:
    opened, room.now = room.now, CLOSED
    text = A02.text("SAME")
    refused = room.sends(text)
    room.now = opened
    assert room.sends(text).text == refused.text
    assert room.sends(A02.text("OTHER")).code == "AA", "a new id is a new question"


def test_a_restart_forgets_no_answer(room: EmergencyRoom, tmp_path: Path) -> None:
    text = A02.text("SAME")
    first = room.sends(text)
    with open_database(f"sqlite:///{tmp_path / 'night.db'}") as again:
        other = EmergencyRoom(room.hospital, again, room.now)
        assert other.sends(text).text == first.text


def test_the_same_id_of_another_sender_or_about_another_patient_is_another_message(room: EmergencyRoom) -> None:
    table = room.table.changed(accept_from=["ED_TRIAGE", "ED_2"])
    both = EmergencyRoom(room.hospital.changed(hl7=table), room.database, room.now)
    both.sends(A02.text("1"))
    assert both.sends(A02.but(sender="ED_2", visit="V2", patient="P2").text("1")).told == "已发号 N002"
    assert both.sends(A02.but(facility="OTHER", visit="V3", patient="P3").text("1")).told == "已发号 N003"
    assert both.sends(A02.but(visit="V4", patient="P4").text("1")).told == "已发号 N004", "its ids began anew"


def test_the_same_message_eight_times_at_once_is_done_once(room: EmergencyRoom) -> None:
    text = A02.text("SAME")
    with ThreadPoolExecutor(8) as pool:
        answers = {one.text for one in pool.map(lambda _: room.sends(text), range(32))}
    assert len(answers) == 1
    assert count(room) == 1


def test_where_the_database_is_away_the_sender_is_told_to_try_again(room: EmergencyRoom, tmp_path: Path) -> None:
    text = A02.text("LATER")
    room.database.close()
    hidden = tmp_path / "night.db"
    for file in tmp_path.glob("night.db*"):
        file.rename(file.with_suffix(file.suffix + ".away"))
    answer = room.sends(text)
    assert (answer.code, answer["ERR.F3.R1.C1"]) == ("AE", "206")
    for file in tmp_path.glob("night.db*.away"):
        file.rename(str(file).removesuffix(".away"))
    assert hidden.exists()
    with open_database(f"sqlite:///{hidden}") as back:
        assert EmergencyRoom(room.hospital, back, room.now).sends(text).told == "已发号 N001"


def count(room: EmergencyRoom) -> int:
    with room.database.snapshot() as tx:
        return len(tickets.living(tx, "tcm-night", *State))
