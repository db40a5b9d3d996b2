"""The command line of the full queue: what each new command prints, refuses, and with which exit status."""

from __future__ import annotations

from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET

import pytest
from commandline import Nightdesk, Result
from places import EXAMPLE_FILE

EXAMPLE = EXAMPLE_FILE


@pytest.fixture
def nightdesk(nightdesk: Nightdesk) -> Nightdesk:
    """As programs use it: with --json, unless a test wants what people see."""

    def call(*arguments: str, human: bool = False, **keys: str) -> Result:
        return nightdesk(*([] if human else ["--json"]), *arguments, **keys)

    return call


def test_expect_check_in_and_who_is_expected(nightdesk: Nightdesk) -> None:
    expected = nightdesk("expect", "tcm-night", "--name", "张三", "--phone", "13812345678", "--at", "19:00").json[
        "ticket"
    ]
    assert (expected["state"], expected["phone"], expected["lane"]) == ("expected", "5678", "booked")
    assert expected["slot_at"] == "2026-03-02T19:00:00+08:00"
    assert [line["ticket"]["number"] for line in nightdesk("bookings", "list").lines] == ["N001"]
    assert nightdesk("queue", "tcm-night").json["expected"][0]["number"] == "N001"
    assert nightdesk("check-in", "N001", now="2026-03-02T17:59").error["code"] == "too_early"
    arrived = nightdesk("check-in", "N001").json["ticket"]
    assert (arrived["state"], arrived["ahead"]) == ("waiting", 0)
    assert nightdesk("check-in", "N001").error["code"] == "wrong_state"
    assert nightdesk("expect", "tcm-night", "--at", "late").error["code"] == "bad_time"


def test_undo_prints_what_was_taken_back_and_the_ticket(nightdesk: Nightdesk) -> None:
    assert nightdesk("undo").error["code"] == "nothing_to_undo"
    nightdesk("issue", "bone")
    nightdesk("call", "--room", "bone-1")
    undone = nightdesk("undo").json
    assert (undone["undone"]["kind"], undone["ticket"]["state"]) == ("call", "waiting")
    last = nightdesk("events").lines[-1]
    assert (last["kind"], last["undoes"]) == ("undo", undone["undone"]["seq"])
    nightdesk("call", "--room", "bone-1")
    assert nightdesk("undo", "--station", "console").error["code"] == "nothing_to_undo"


def test_levels_suspension_and_moves(nightdesk: Nightdesk) -> None:
    nightdesk("issue", "bone")
    assert nightdesk("level", "B001", "3").json["ticket"]["level"] == 3
    assert nightdesk("level", "B001", "1").error["code"] == "red_flag"
    assert nightdesk("suspend", "bone", "--notice", "typhoon").json["clinic"]["suspended"] is True
    queue = nightdesk("queue", "bone").json
    assert (queue["open"], queue["suspended"], queue["notice"]) == (False, True, "typhoon")
    assert nightdesk("issue", "bone").error["code"] == "suspended"
    assert nightdesk("resume", "bone").json["clinic"]["suspended"] is False
    assert nightdesk("move", "bone", "--to", "tcm-2").json["clinic"]["rooms"] == ["tcm-2"]
    assert nightdesk("move", "bone", "--to", "nowhere").error["code"] == "unknown_room"
    assert nightdesk("call", "--room", "tcm-2").json["ticket"]["number"] == "B001"
    assert nightdesk("move", "bone").json["clinic"]["rooms"] == ["bone-1"]


def test_an_extra_number_by_staff(nightdesk: Nightdesk) -> None:
    late = "2026-03-02T20:50"
    assert nightdesk("issue", "tcm-night", now=late).error["code"] == "closed"
    assert nightdesk("issue", "tcm-night", "--extra", now=late).json["ticket"]["number"] == "N001"
    assert nightdesk("issue", "tcm-night", "--extra", "--kiosk", "lobby-1", now=late).error["code"] == "staff_only"


def test_hold_says_where_and_a_transfer_may_come_back(nightdesk: Nightdesk) -> None:
    nightdesk("issue", "er")
    held = nightdesk("hold", "E001", "--to", "X-ray").json["ticket"]
    assert (held["state"], held["held_to"]) == ("held", "X-ray")
    assert nightdesk("queue", "er", now="2026-03-02T19:20").json["held"][0]["remind"] is True
    moved = nightdesk("transfer", "E001", "--to", "tcm-night", "--back").json["ticket"]
    assert (moved["back_to"], moved["held_to"]) == ("er", None)


def test_leftovers_are_listed_and_decided(nightdesk: Nightdesk) -> None:
    for _ in range(3):
        nightdesk("issue", "tcm-night")
    assert nightdesk("leftover", "list").lines == []
    night = "2026-03-02T22:00"
    assert [line["kept"] for line in nightdesk("leftover", "list", "tcm-night", now=night).lines] == [False] * 3
    nightdesk("leftover", "serve", "N001", now=night)
    nightdesk("leftover", "release", "N002", now=night)
    assert nightdesk("leftover", "move", "N003", "--to", "service", now=night).json["ticket"]["clinic"] == "service"
    left = nightdesk("leftover", "list", now=night).lines
    assert [(line["ticket"]["number"], line["kept"]) for line in left] == [("N001", True)]


def test_pages_are_listed_and_answered(nightdesk: Nightdesk) -> None:
    night = "2026-03-03T03:00"
    nightdesk("issue", "bone", now=night)
    (page,) = nightdesk("page", "list", now=night).lines
    assert (page["page"]["number"], page["page"]["rounds"], page["page"]["answered_at"]) == ("B001", 1, None)
    assert nightdesk("page", "ack", "B007", now=night).error["code"] == "unknown_page"
    answered = nightdesk("--actor", "wang", "page", "ack", "B001", now="2026-03-03T03:02").json["page"]
    assert (answered["answered_at"], answered["answered_by"]) == ("2026-03-03T03:02:00+08:00", "wang")
    assert nightdesk("page", "ack", now=night).lines == []


def test_a_file_of_bookings(nightdesk: Nightdesk, tmp_path: Path) -> None:
    file = tmp_path / "b.csv"
    file.write_text("clinic,at,name\ntcm-night,2026-03-02 19:00,A\nnone,2026-03-02 19:00,B\n", encoding="utf-8")
    first = nightdesk("bookings", "import", str(file))
    assert first.status == 1
    assert [line.get("line") for line in first.lines] == [2, 3, None]
    assert first.lines[1]["error"]["code"] == "unknown_clinic"
    assert first.lines[-1] == {
        "taken": 1, "known": 0, "bad": 1, "changed": 0, "moved": 0, "cancelled": 0, "dry_run": False,
    }  # fmt: skip
    again = nightdesk("bookings", "import", str(file)).lines[-1]
    assert (again["taken"], again["known"], again["bad"]) == (0, 1, 1)
    assert nightdesk("bookings", "import", str(tmp_path / "none.csv")).status == 2
    assert [one["ticket"]["state"] for one in nightdesk("no-shows", now="2026-03-02T22:00").lines] == ["lapsed"]


def test_reports(nightdesk: Nightdesk) -> None:
    nightdesk("issue", "bone")
    nightdesk("call", "--room", "bone-1", now="2026-03-02T18:33")
    by_clinic = {line["clinic"]: line for line in nightdesk("report").lines}
    assert by_clinic["bone"]["issued"] == 1
    (quality,) = nightdesk("report", "--forecast").lines
    assert quality == {"clinic": "bone", "told": 1, "coverage": 1.0, "mae": 3.0}
    assert nightdesk("report", "--forecast", "--day", "2026-03-09").lines == []
    assert nightdesk("report", "--day", "soon").error["code"] == "usage"


def test_simulate_ends_with_the_forecasts_quality(nightdesk: Nightdesk, tmp_path: Path) -> None:
    chance = Random(2)
    rows = ["visit_type,seconds"]
    for _ in range(40):
        rows += [f"first,{chance.lognormvariate(6.59, 0.446):.0f}" for _ in range(25)] + [""]
    file, plot = tmp_path / "c.csv", tmp_path / "p.svg"
    file.write_text("\n".join(rows), encoding="utf-8")
    found = nightdesk("simulate", "--nights", "2", "--consultations", str(file), "--plot", str(plot))
    assert found.status == 0
    last = found.lines[-1]
    assert list(last) == ["forecast"]
    assert sorted(last["forecast"]) == ["baselines", "coverage", "mae"]
    assert sorted(last["forecast"]["baselines"]) == ["head_of_line", "last_patient", "rolling_average"]
    assert all(last["forecast"]["mae"] < 0.5 * error for error in last["forecast"]["baselines"].values())
    assert ET.parse(plot).getroot().tag.endswith("svg")
    lanes = [line for line in found.lines if "lane" in line]
    assert {"clinic", "p50", "p90", "max", "overtaken", "most_overtaken", "overdue"} <= lanes[0].keys()


def test_simulate_compares_two_configurations_side_by_side(nightdesk: Nightdesk, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(EXAMPLE.read_text(encoding="utf-8").replace("return = 2", "return = 9"), encoding="utf-8")
    arguments = ("simulate", "--clinic", "tcm-night", "--nights", "3", "--against", str(other))
    names = {line["config"] for line in nightdesk(*arguments).lines[:-1]}
    assert names == {str(EXAMPLE), str(other)}
    table = nightdesk(*arguments, human=True).out
    assert f"{EXAMPLE} | {other}" in table.replace("\n", "")
    assert " | " in table


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--consultations", "none.csv"], "cannot be read"),
        (["--plot", "p.gif"], ".svg"),
        (["--clinic", "none"], "no clinic"),
        (["--nights", "0"], "range"),
    ],
)
def test_simulate_says_what_is_wrong(nightdesk: Nightdesk, arguments: list[str], words: str) -> None:
    found = nightdesk("simulate", *arguments, human=True)
    assert found.status in (1, 2)
    assert words in found.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["bookings", "list"],
        ["leftover", "list"],
        ["page", "list"],
        ["report"],
        ["report", "--forecast"],
        ["no-shows"],
        ["page", "ack"],
    ],
)
def test_an_empty_night_is_no_error_in_either_language(nightdesk: Nightdesk, arguments: list[str]) -> None:
    for language in ("zh", "en"):
        found = nightdesk("--lang", language, *arguments, human=True)
        assert (found.status, found.err) == (0, "")
        assert found.out.strip()


def test_a_way_back_that_is_closed_is_said(nightdesk: Nightdesk) -> None:
    nightdesk("issue", "tcm-night")
    nightdesk("transfer", "N001", "--to", "service", "--back")
    nightdesk("call", "--room", "counter-1")
    nightdesk("start", "N001")
    late = "2026-03-02T21:05"
    assert "did not go back there" in nightdesk("finish", "N001", human=True, now=late).out
    assert nightdesk("show", "N001").json["ticket"]["back_to"] == "tcm-night"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["level", "B001", "5"], "不在范围"),
        (["level", "B001", "abc"], "不是可用的数字"),
        (["issue", "bone", "--language", "fr"], "可用"),
    ],
)
def test_what_click_says_of_values_is_in_chinese_too(nightdesk: Nightdesk, arguments: list[str], words: str) -> None:
    found = nightdesk("--lang", "zh", *arguments, human=True)
    assert found.status == 2
    assert words in found.err
    assert " is not " not in found.err


def test_people_see_how_often_and_when_a_patient_was_called(
    nightdesk: Nightdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    nightdesk("issue", "bone")
    nightdesk("call", "--room", "bone-1")
    nightdesk("recall", "B001", now="2026-03-02T18:32")
    shown = nightdesk("queue", "bone", human=True, now="2026-03-02T18:35").out
    assert "call 2 of 3, 3 min ago" in shown
