"""Line workers for tests: painting in a thread, less patient than at night, and as patient as a test says meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from devices import Running
from looking import known, look

from nightdesk_displays.line_timing import LineTiming
from nightdesk_displays.line_worker import LineWorker
from nightdesk_queue.config import Display, Hospital
from nightdesk_queue.domain.devices import DeviceKind, DeviceStatus
from nightdesk_queue.store import Database

HASTY = LineTiming(answer=0.2, longest_pause=0.1, darken=0.3)
"""Short where nothing answers; an orderly end is not waited for."""


class Painting(Running):
    """A line worker in a thread."""

    def __init__(self, worker: LineWorker) -> None:
        super().__init__(worker.run, worker.stop)
        self.worker = worker

    def wait_for_answers(self, seconds: float) -> None:
        """From now on wait so long for an answer."""
        self.worker.timing = replace(self.worker.timing, answer=seconds)


def painting(
    store: Database,
    hospital: Hospital,
    displays: Sequence[Display],
    clock: Callable[[], datetime],
    timing: LineTiming = HASTY,
) -> Painting:
    """Give a worker for the displays of one line, which begins where the test enters it."""
    return Painting(LineWorker(displays, hospital, store, clock, threading.Event(), timing))


def sign_on(port: str, protocol: str = "onbon", **settings: Any) -> Display:
    """A sign of the evening clinic on a line."""
    return Display.read(
        {"id": "sign", "port": port, "protocol": protocol, "clinics": ["tcm-night"], "width": 192} | settings
    )


def signs_on(port: str, count: int, protocol: str = "onbon", **settings: Any) -> list[Display]:
    """Signs of the evening clinic on one bus, by address: `sign-1`, `sign-2`, …"""
    return [sign_on(port, protocol, **({"id": f"sign-{n}", "address": n} | settings)) for n in range(1, count + 1)]


def display_status(store: Database, id_: str = "sign") -> DeviceStatus | None:
    """What the worker of a screen last wrote; None before it wrote anything."""
    return known(look(store), DeviceKind.DISPLAY).get(id_)


def display_state(store: Database, id_: str = "sign") -> str:
    """The state a screen's worker last wrote; nothing before it wrote any."""
    found = display_status(store, id_)
    return found.state if found else ""
