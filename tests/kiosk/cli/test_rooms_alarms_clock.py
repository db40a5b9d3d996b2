"""The commands about rooms, alarms and the clock, and `--now` beside a service that keeps real time."""

from __future__ import annotations

from pathlib import Path

import pytest
from commandline import Nightdesk

from nightdesk_kiosk.bootstrap import REAL_TIME
from nightdesk_queue.store import open_database


@pytest.mark.parametrize(("words", "use"), [("open", "open"), ("pause", "paused"), ("close", "closed")])
def test_a_room_is_opened_paused_and_closed(nightdesk: Nightdesk, words: str, use: str) -> None:
    assert nightdesk("--json", "room", words, "tcm-2").json["room"] == {"room": "tcm-2", "use": use, "until": None}
    assert nightdesk("--json", "events").lines[-1]["kind"] == f"room_{words}"
    assert nightdesk("--json", "room", words, "cellar").status == 1


def test_a_pause_ends_by_itself(nightdesk: Nightdesk) -> None:
    until = nightdesk("--json", "room", "pause", "tcm-2", "--minutes", "10").json["room"]["until"]
    assert until == "2026-03-02T18:40:00+08:00"
    assert "18:40" in nightdesk("room", "pause", "tcm-2", "--minutes", "10", "--lang", "zh").out


def test_alarms_are_listed_and_acknowledged(nightdesk: Nightdesk) -> None:
    assert "no alarms" in nightdesk("alarm", "list").out
    assert nightdesk("--json", "alarm", "ack").json == {"acknowledged": 0}
    assert nightdesk("--json", "alarm", "ack", "7").error["code"] == "unknown_alarm"


@pytest.mark.parametrize("by", ["1h", "-1", "-1w", "+99999999999d", "-9999999999d", "soon"])
def test_a_span_that_cannot_be_read_is_a_misuse(nightdesk: Nightdesk, by: str) -> None:
    result = nightdesk("clock", "fix", "--from", "2026-03-02T19:00", "--to", "2026-03-02T19:30", "--by", by)
    assert result.status == 2
    assert "-1h" in result.err


def test_a_wrong_clock_is_corrected(nightdesk: Nightdesk) -> None:
    nightdesk("issue", "bone", now="2026-03-02T19:20")
    fixed = nightdesk("--json", "clock", "fix", "--from", "2026-03-02T19:00", "--to", "2026-03-02T19:30", "--by", "-1h")
    assert fixed.json["ticket"]["arrived_at"] == "2026-03-02T18:20:00+08:00"


def test_another_time_is_not_written_into_a_database_in_real_service(nightdesk: Nightdesk, tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path}/n.db") as store, store.lock(*REAL_TIME) as lock:
        assert lock.acquire()
        refused = nightdesk("--json", "issue", "bone")
        assert (refused.status, refused.error["code"]) == (1, "in_service")
        assert nightdesk("--json", "queue", "bone").status == 0
        assert nightdesk("--json", "issue", "bone", "--training").status == 0
    assert nightdesk("--json", "issue", "bone").status == 0
