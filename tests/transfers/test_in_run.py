"""`nightdesk run` with `[hl7]`: a transfer that comes over the line is in the queue, and its slip comes out."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from emergency import Line, Said
from places import EXAMPLE_FILE
from processes import Process

from nightdesk_queue.domain.slips import OUT, SlipKind
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.store import Database, open_database, slips, tickets


def port_in(log: Path) -> int | None:
    """Where a listener says in the log that it listens."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    found = [line.rpartition("port=")[2].split()[0] for line in lines if "listening for transfers" in line]
    return int(found[-1]) if found else None


def printed(store: Database) -> bool:
    with store.snapshot() as tx:
        found = [slips.of_ticket(tx, one.id, [SlipKind.TRANSFER]) for one in tickets.living(tx, "bone", *State)]
    return any(job is not None and job.state in OUT for job in found)


def test_a_transfer_over_the_line_is_in_the_queue_and_on_paper(tmp_path: Path) -> None:
    text = EXAMPLE_FILE.read_text(encoding="utf-8").replace("127.0.0.1:2575", "127.0.0.1:0")
    text = text.replace("tcp://127.0.0.1:9100", "screen:") + '\n[log]\nfile = "n.log"\n'
    # no call screens: their ports are not there
    text = text[: text.index("[[display]]")] + text[text.index("[hl7]") :]
    config = tmp_path / "config.toml"
    config.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "nightdesk_kiosk", "--config", str(config), "run"]
    with (
        open_database(f"sqlite:///{tmp_path / 'nightdesk.db'}") as store,
        store.changes() as feed,
        Process(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as served,
    ):
        try:
            while (port := port_in(tmp_path / "n.log")) is None:
                feed.wait(0.1)
                assert served.poll() is None
            with closing(Line(port)) as line:
                line.sends(Said(target="BONE_24H", arrived=""))
                assert line.answer().told == "已发号 B001"
            for _ in range(100):
                if printed(store):
                    break
                feed.wait(0.2)
            assert printed(store)
        finally:
            served.send_signal(signal.SIGTERM)
            assert served.wait(20) == 0
