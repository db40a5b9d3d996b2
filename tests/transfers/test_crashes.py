"""Killed between any two steps, eight at once under load: after the sender's next try one effect and one answer."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
from emergency import Line, Said
from killed_listener import STEPS
from listening import listening
from places import EXAMPLE_FILE, ROOT
from processes import Process

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.interface_messages import JournalEntry
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.store import Database, hl7_journal, tickets

SCRIPT = ROOT / "tests" / "support" / "killed_listener.py"
A02 = Said()


@contextmanager
def killed_at(step: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A listener in a process of its own that dies at a step of its first message, and its port."""
    command = [sys.executable, str(SCRIPT), str(EXAMPLE_FILE), f"sqlite:///{folder / 'night.db'}", step]
    with Process(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def state(store: Database) -> tuple[list[Ticket], list[JournalEntry]]:
    with store.snapshot() as tx:
        return tickets.living(tx, "tcm-night", *State), hl7_journal.newest(tx, 100)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_the_next_try_has_one_effect_and_the_answer_of_the_first(
    step: str, receiving: Hospital, store: Database, evening: datetime, tmp_path: Path
) -> None:
    text = A02.text("KILLED")
    with killed_at(step, tmp_path) as (process, port):
        line = Line(port)
        line.sends(text)
        first = line.answer().text if step == "answered" else None
        assert process.wait(20) == -signal.SIGKILL
        line.close()
    living, kept = state(store)
    done = step in ("committed", "answered")
    assert (len(living), len(kept)) == ((1, 1) if done else (0, 0)), "whole or not at all"
    with listening(receiving, store, evening) as server:
        again = server.line()
        again.sends(text)
        answer = again.answer()
    living, kept = state(store)
    assert (len(living), len(kept), answer.code) == (1, 1, "AA")
    assert answer.text == kept[0].answers[0]
    assert first in (None, answer.text)


def test_killed_at_any_moment_under_load_every_patient_is_there_once(
    receiving: Hospital, store: Database, evening: datetime, tmp_path: Path
) -> None:
    chance = random.Random(3)
    texts = [A02.but(visit=f"V{n}", patient=f"P{n}").text(f"L{n}") for n in range(60)]
    told: dict[int, str] = {}

    def sends(port: int, mine: list[int]) -> None:
        with suppress(OSError, AssertionError), closing(Line(port)) as line:
            for n in mine:
                line.sends(texts[n])
                told.setdefault(n, line.answer().text)

    for _ in range(4):
        with killed_at("never", tmp_path) as (process, port):
            order = list(range(60))
            chance.shuffle(order)
            senders = [Thread(target=sends, args=(port, order[k::8]), daemon=True) for k in range(8)]
            for sender in senders:
                sender.start()
            with store.changes() as feed:
                # in the middle of the work, wherever that is
                for _ in range(chance.randint(2, 6)):
                    feed.wait(2)
            process.send_signal(signal.SIGKILL)
            for sender in senders:
                sender.join(20)
    with listening(receiving, store, evening) as server:
        line = server.line()
        last = []
        for text in texts:
            line.sends(text)
            last.append(line.answer().text)
    living, kept = state(store)
    assert len(living) == len({one.number for one in living}) == len(kept) == 60
    assert all(last[n] == answer for n, answer in told.items()), "who was answered before is answered so again"
