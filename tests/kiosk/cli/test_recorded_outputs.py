"""What programs read stays as it was: every command's JSON is compared with what version 0.4.0 printed.

What was there must be there and equal, in the same order; keys may be added. Words for people may be worded anew.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from places import ROOT
from playing import TICKET_ID, Chapter, Json, Played, play
from recording import CHAPTERS

RECORDED: dict[str, list[dict[str, Any]]] = json.loads(
    (ROOT / "tests" / "data" / "recorded_0_4_0.json").read_text(encoding="utf-8")
)
WORDS = ("message", "mend")
"""Keys with a sentence for people: it must be there, and may say it better."""
SINCE_OVERDUE_LEAD_THEIR_STREAM = frozenset(
    {
        "2026-03-03T18:00 show N005",
        "18:00 simulate --nights 1 --seed 3",
        "18:00 simulate --nights 1 --clinic tcm-night --clinic bone",
        # a room that is idle while somebody waits is not counted any more
        "18:19 return N002",
        "18:22 rejoin N001",
        # the sides of an interval are learned apart: who was called early says nothing of who is late
        "17:55 queue",
    }
)
"""Steps whose figures are others since lanes go on being inserted among the overdue: who stands where, who waits how
long. Their keys, their words and how many there are stay."""
CHECKED_SINCE = ("hl7", "backup")
"""What `check` looks at since 0.5.0: its rows stand among the others."""
SAYS_SO_BY_ITS_STATUS = re.compile(r"\b(print|display|voice) status\b")
"""Steps whose exit status says since 0.5.0 that a device does not work."""
PLACEHOLDER = re.compile(r"<ticket \d+>")
CHINESE = re.compile("[\u4e00-\u9fff]")


class Comparison:
    """Compares recorded values with those of today; a recorded ticket is the same one of today's wherever it stands."""

    def __init__(self) -> None:
        self._tickets: dict[str, str] = {}
        self.other_figures = False
        """Whether the rules of this step have changed, so that numbers may be others."""

    def differences(self, was: Json, now: Json, where: str) -> Iterator[str]:
        """Yield what is not as it was, each in a line."""
        if isinstance(was, dict) and isinstance(now, dict):
            yield from self._in_object(was, now, where)
        elif isinstance(was, list) and isinstance(now, list):
            yield from self._in_list(was, now, where)
        elif not self._same(was, now):
            yield f"{where} was {was!r}, is {now!r}"

    def _in_object(self, was: dict[str, Json], now: dict[str, Json], where: str) -> Iterator[str]:
        for key, value in was.items():
            if key not in now:
                yield f"{where}.{key} is gone"
            elif key in WORDS:
                if not (isinstance(now[key], str) and now[key].strip()):
                    yield f"{where}.{key} says nothing"
            else:
                yield from self.differences(value, now[key], f"{where}.{key}")

    def _in_list(self, was: list[Json], now: list[Json], where: str) -> Iterator[str]:
        if len(was) != len(now):
            yield f"{where} had {len(was)} entries, has {len(now)}"
        for place, (old, new) in enumerate(zip(was, now, strict=False)):
            yield from self.differences(old, new, f"{where}[{place}]")

    def _same(self, was: Json, now: Json) -> bool:
        if isinstance(was, str) and PLACEHOLDER.fullmatch(was):
            return self._same_ticket(was, now)
        if self.other_figures and type(was) in (int, float) and type(now) is type(was):
            return True
        if isinstance(was, float) and isinstance(now, float):
            return math.isclose(was, now, rel_tol=1e-9)
        return type(was) is type(now) and was == now

    def _same_ticket(self, was: str, now: Json) -> bool:
        if not (isinstance(now, str) and TICKET_ID.fullmatch(now)):
            return False
        if was not in self._tickets and now in self._tickets.values():
            return False
        return self._tickets.setdefault(was, now) == now


def differences_of(recorded: dict[str, Any], played: Played, comparison: Comparison) -> Iterator[str]:
    """Yield what one step prints otherwise than it did."""
    answer, chinese = played.answer, played.in_chinese
    comparison.other_figures = recorded["step"] in SINCE_OVERDUE_LEAD_THEIR_STREAM
    if recorded["status"] != answer.status and not SAYS_SO_BY_ITS_STATUS.search(recorded["step"]):
        yield f"exit status was {recorded['status']}, is {answer.status}"
    yield from comparison.differences(recorded["out"], _without_later_checks(recorded["step"], answer.out), "out")
    yield from comparison.differences(recorded["error"], answer.error, "error")
    if recorded["in_chinese"]:
        error = chinese.error if chinese else None
        yield from comparison.differences(recorded["in_chinese"], error, "error in Chinese")
        if not CHINESE.search(str(error)):
            yield "the error is not said in Chinese"


def _without_later_checks(step: str, out: Json) -> Json:
    if " check" not in step or not isinstance(out, list):
        return out
    return [row for row in out if not (isinstance(row, dict) and row.get("kind") in CHECKED_SINCE)]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_every_command_prints_what_0_4_0_printed(chapter: Chapter, tmp_path: Path) -> None:
    comparison = Comparison()
    found = [
        f"{recorded['step']}: {difference}"
        for recorded, played in zip(RECORDED[chapter.name], play(chapter, tmp_path), strict=True)
        for difference in differences_of(recorded, played, comparison)
    ]
    assert not found, "\n".join(["not as recorded:", *found])


def test_the_recording_is_of_these_very_steps() -> None:
    recorded = {name: [step["step"] for step in steps] for name, steps in RECORDED.items()}
    assert recorded == {chapter.name: chapter.steps for chapter in CHAPTERS}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ({"level": 4}, {"level": 3}),
        ({"level": 4}, {"level": "4"}),
        ({"overdue": False}, {"overdue": 0}),
        ({"room": None}, {}),
        ({"room": None}, {"room": "tcm-1"}),
        ([1, 2], [1]),
        ([1], [1, 2]),
        ([1, 2], [2, 1]),
        ({"code": "full", "message": "no place"}, {"code": "closed", "message": "no place"}),
        ({"code": "full", "message": "no place"}, {"code": "full", "message": " "}),
        ({"key": "hl8", "mend": "drop it"}, {"key": "hl8", "fix": "drop it"}),
        ("<ticket 1>", "N001"),
        (["<ticket 1>", "<ticket 1>"], ["0A" * 9, "0B" * 9]),
        (["<ticket 1>", "<ticket 2>"], ["0A" * 9, "0A" * 9]),
        ([], None),
        (0.5, 0.6),
    ],
)
def test_whatever_a_program_could_trip_over_is_a_difference(was: Json, now: Json) -> None:
    assert list(Comparison().differences(was, now, "here"))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ({"level": 4}, {"level": 4, "colour": "red"}),
        ([{"room": {"id": "tcm-1"}}], [{"room": {"id": "tcm-1", "floor": 3}, "since": None}]),
        ({"message": "see the mend"}, {"message": "see how to fix it"}),
        (["<ticket 1>", "<ticket 2>", "<ticket 1>"], ["0A" * 9, "0B" * 9, "0A" * 9]),
        (0.1 + 0.2, 0.3),
    ],
)
def test_added_keys_new_words_and_other_ids_are_no_difference(was: Json, now: Json) -> None:
    assert not list(Comparison().differences(was, now, "here"))
