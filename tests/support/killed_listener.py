"""A listener that is killed at one step of its first message: `python killed_listener.py CONFIG DATABASE STEP`.

It prints its port. Steps: received, applied, stored, committed, answered.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any

from nightdesk_queue.config import load
from nightdesk_queue.store import StopSignal, open_database
from nightdesk_transfers import listener, receiving

STEPS = ("received", "applied", "stored", "committed", "answered")
NOW = "2026-03-02T18:30:00+08:00"


def die() -> None:
    """End at once, as by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        die()
        return function(*args, **kwargs)

    return run


def behind(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        found = function(*args, **kwargs)
        die()
        return found

    return run


def main(config: str, url: str, step: str) -> None:
    if step == "received":
        receiving.Receiver._done = before(receiving.Receiver._done)  # type: ignore[method-assign]
    elif step == "applied":
        receiving.carry_out = behind(receiving.carry_out)
    elif step == "stored":
        receiving.note_message = behind(receiving.note_message)
    elif step == "committed":
        receiving.Receiver.receive_all = behind(receiving.Receiver.receive_all)  # type: ignore[method-assign]
    elif step == "answered":
        answer = listener.Listener._answer

        async def answered(*args: Any, **kwargs: Any) -> None:
            await answer(*args, **kwargs)
            die()

        listener.Listener._answer = answered  # type: ignore[method-assign]
    hospital = load(Path(config))
    assert hospital.hl7 is not None
    table = hospital.hl7.changed(listen="127.0.0.1:0")
    with open_database(url) as database:
        found = listener.Listener(hospital, table, database, lambda: datetime.fromisoformat(NOW), StopSignal())
        Thread(target=found.run, daemon=True).start()
        found.listening.wait()
        sys.stdout.write(f"{found.port}\n")
        sys.stdout.flush()
        time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
