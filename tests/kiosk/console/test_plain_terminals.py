"""The console without colours, and on the text console of a machine."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from desk import Desk
from looking import bare
from terminals import OnTerminal
from waiting import until

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import open_database

ME = By("liu", "console:tcm-1")


@pytest.mark.parametrize(
    "env", [{"NO_COLOR": "1"}, {"TERM": "linux", "COLORTERM": ""}, {"TERM": "linux", "NO_COLOR": "1", "COLORTERM": ""}]
)
def test_a_patient_is_chosen_and_called_on_a_plain_terminal(
    env: dict[str, str], tmp_path: Path, hospital: Hospital, evening: datetime
) -> None:
    with open_database(f"sqlite:///{tmp_path / 'n.db'}") as store:
        for name in ("Huang", "Zhang"):
            Desk(store, hospital).issue("tcm-night", now=evening, by=ME, name=name)
        command = ("console", "--clinic", "tcm-night", "--room", "tcm-1", "--now", "2026-03-02T18:40")
        with OnTerminal(tmp_path, *command, env=env, size=(100, 30)) as terminal:
            terminal.shows("2 waiting")
            terminal.shows("►")
            drawn = terminal.words
            assert "Huang" in drawn
            assert "10/90" in drawn
            terminal.forget()
            terminal.type("\x1b[B")
            terminal.shows("►2")
            terminal.type("\x1b[Hn")
            until(
                lambda: bare(store).execute("SELECT count(*) FROM tickets WHERE state = 'called'").fetchone()[0] == 1,
                20.0,
                "a called patient",
            )
            terminal.shows("N001 → Room 1")
