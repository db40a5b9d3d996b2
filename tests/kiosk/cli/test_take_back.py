"""On the command line: the alarm of many numbers, and taking them back."""

from __future__ import annotations

import pytest
from commandline import Nightdesk


def give(nightdesk: Nightdesk, count: int, now: str) -> None:
    for _ in range(count):
        assert nightdesk("issue", "bone", "--kiosk", "lobby-1", now=now).status == 0


def taken(nightdesk: Nightdesk, *arguments: str, now: str = "2026-03-02T18:30") -> list[str]:
    result = nightdesk("--json", "kiosk", "take-back", "lobby-1", *arguments, now=now)
    assert result.status == 0
    assert {line["ticket"]["state"] for line in result.lines} <= {"cancelled"}
    return [line["ticket"]["number"] for line in result.lines]


def test_numbers_typed_for_a_kiosk_are_not_slowed_down_and_counted_in_its_alarm(nightdesk: Nightdesk) -> None:
    give(nightdesk, 9, "2026-03-02T18:30")
    give(nightdesk, 4, "2026-03-02T18:31")
    assert "13 numbers from lobby-1" in nightdesk("alarm", "list", now="2026-03-02T18:31").out
    assert "lobby-1 3 分钟内取了 13 个号" in nightdesk("--lang", "zh", "alarm", "list", now="2026-03-02T18:33").out
    listed = nightdesk("--json", "alarm", "list", now="2026-03-02T18:31").json
    assert listed["alarm"]["kind"] == "many_numbers"
    assert listed["alarm"]["data"] == {"kiosk": "lobby-1", "count": 8, "since": "2026-03-02T10:30:00.000000+00:00"}
    assert listed["text"]["en"] == "13 numbers from lobby-1 in 1 minute(s)"


def test_an_alarm_that_is_over_says_what_it_had_become(nightdesk: Nightdesk) -> None:
    give(nightdesk, 9, "2026-03-02T18:30")
    nightdesk("alarm", "ack", now="2026-03-02T18:31")
    give(nightdesk, 2, "2026-03-02T18:40")
    (alarm,) = nightdesk("--json", "alarm", "list", "--all", now="2026-03-02T18:50").lines
    assert alarm["text"]["en"] == "9 numbers from lobby-1 in 1 minute(s)"


def test_those_since_the_alarm_began_to_count_are_taken_back(nightdesk: Nightdesk) -> None:
    give(nightdesk, 1, "2026-03-02T18:20")
    give(nightdesk, 9, "2026-03-02T18:30")
    assert taken(nightdesk, now="2026-03-02T18:55") == [f"B{n:03}" for n in range(2, 11)]
    assert nightdesk("--json", "alarm", "list").lines == []


def test_without_an_alarm_those_of_the_last_five_minutes_are(nightdesk: Nightdesk) -> None:
    for minute in (24, 25, 30):
        give(nightdesk, 1, f"2026-03-02T18:{minute}")
    assert taken(nightdesk) == ["B002", "B003"]


def test_or_those_of_as_many_minutes_as_are_named_whatever_the_alarm_says(nightdesk: Nightdesk) -> None:
    give(nightdesk, 9, "2026-03-02T18:20")
    give(nightdesk, 1, "2026-03-02T18:30")
    assert taken(nightdesk, "--minutes", "3") == ["B010"]


def test_people_read_the_numbers_and_how_they_come_back(nightdesk: Nightdesk) -> None:
    give(nightdesk, 2, "2026-03-02T18:30")
    words = nightdesk("kiosk", "take-back", "lobby-1").out
    assert words == "2 number(s) taken back: B001 B002; nightdesk undo gives all of them back\n"
    assert nightdesk("undo").out.startswith("cancel of the numbers of lobby-1 is taken back")
    assert "已收回 2 个号：B001 B002" in nightdesk("--lang", "zh", "kiosk", "take-back", "lobby-1").out
    assert "taken back with the other numbers of kiosk lobby-1" in nightdesk("explain", "B002").out
    assert "no number that could be taken back" in nightdesk("kiosk", "take-back", "lobby-1").out
    assert "没有可收回的号" in nightdesk("--lang", "zh", "kiosk", "take-back", "lobby-1").out


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [(("lobby-9",), 1, "unknown_kiosk"), (("lobby-1", "--minutes", "0"), 2, "usage"), ((), 2, "usage")],
)
def test_what_cannot_be_meant_is_said(nightdesk: Nightdesk, arguments: tuple[str, ...], status: int, code: str) -> None:
    result = nightdesk("--json", "kiosk", "take-back", *arguments)
    assert (result.status, result.error["code"]) == (status, code)
