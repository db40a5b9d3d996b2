"""What call screens cost: twenty signs on one bus, and a line that breaks."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from desk import Desk

from nightdesk_displays.line_worker import LineWorker
from nightdesk_displays.virtual.server import SignServer
from nightdesk_displays.virtual.sign import SignFault, VirtualSign
from nightdesk_queue.config import Display, Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import open_database

BY = By("bench", "bench")
CLINIC, ROOM = "er", "er-1"
SIGNS, CALLS = 20, 15


def is_called(number: str, shown: str) -> bool:
    """Whether a number stands on a sign as a call: who is next stands there, too, and leads nowhere."""
    return any(f"{number}{behind}" in shown for behind in ("到", "号到", " ")) and f"准备 {number}" not in shown


def bus(hospital: Hospital, folder: Path) -> Iterator[str]:
    """A call until the last of twenty signs on one bus shows it; all well, and with one that is dead."""
    for dead in (0, 1):
        signs = [VirtualSign("onbon", n) for n in range(1, SIGNS + 1)]
        for sign in signs[:dead]:
            sign.faults = {SignFault.SILENT}
        with SignServer(signs) as server, open_database(f"sqlite:///{folder / f'bus-{dead}.db'}") as store:
            displays = [
                Display.read(
                    {"id": f"s{n}", "port": server.address, "protocol": "onbon", "address": n, "clinics": [CLINIC]}
                )
                for n in range(1, SIGNS + 1)
            ]
            stop = threading.Event()
            worker = LineWorker(displays, hospital, store, lambda: datetime.now(UTC), stop)
            thread = threading.Thread(target=worker.run)
            thread.start()
            alive = signs[dead:]
            _until(lambda alive=alive: all(sign.lines for sign in alive))
            taken = []
            desk = Desk(store, hospital)
            for _ in range(CALLS):
                ticket = desk.issue(CLINIC, now=datetime.now(UTC), by=BY)
                began = time.perf_counter()
                desk.call(ROOM, now=datetime.now(UTC), by=BY)
                _until(lambda alive=alive, n=ticket.number: all(is_called(n, "".join(sign.lines)) for sign in alive))
                taken.append((time.perf_counter() - began) * 1000)
                desk.start(ticket.id, now=datetime.now(UTC), by=BY)
                desk.finish(ticket.id, now=datetime.now(UTC), by=BY)
            stop.set()
            thread.join()
            words = "one of them dead" if dead else "all well"
            yield f"{SIGNS} signs, {words:16}  p50 {statistics.median(taken):6.0f} ms   most {max(taken):6.0f} ms"


def recovery(hospital: Hospital, folder: Path) -> Iterator[str]:
    """From the moment a line breaks until its sign shows the present state again; the port is back at once."""
    sign = VirtualSign("onbon")
    with SignServer([sign], "0") as server, open_database(f"sqlite:///{folder / 'recovery.db'}") as store:
        display = Display(id="s", port=server.address, protocol="onbon", clinics=[CLINIC])
        stop = threading.Event()
        worker = LineWorker([display], hospital, store, lambda: datetime.now(UTC), stop)
        thread = threading.Thread(target=worker.run)
        thread.start()
        _until(lambda: sign.frames)
        taken = []
        for _ in range(CALLS):
            frames = sign.frames
            began = time.perf_counter()
            server.drop()
            _until(lambda frames=frames: sign.frames > frames)
            taken.append((time.perf_counter() - began) * 1000)
        stop.set()
        thread.join()
        yield f"painted again  p50 {statistics.median(taken):6.0f} ms   most {max(taken):6.0f} ms"


def _until(condition: object) -> None:
    while not condition():  # type: ignore[operator]
        time.sleep(0.001)
