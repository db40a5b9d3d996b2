"""What the programs cost: at rest, from their start to the first answer or picture, and for one change on a screen."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import statistics
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from desk import Desk
from measure import Figure, processor_seconds, side_by_side, until

from nightdesk_displays.virtual.server import SignServer
from nightdesk_displays.virtual.sign import VirtualSign
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.console.app import ConsoleApp
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_printers.virtual import PrinterServer, VirtualPrinter
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import open_database

ROOT = Path(__file__).parents[1]
BY = By("bench", "bench")
IDLE_SECONDS, SETTLE_SECONDS = 15, 8
PRINTERS, SIGNS = 2, 5
WAITING = 300
PROTOCOLS = ("onbon", "board", "onbon", "board", "onbon")


def idle(_: Hospital, folder: Path) -> Iterator[Figure]:
    """Processor time of the services, the console and the board while nothing happens, all at the same time."""
    with ExitStack() as stack:
        signs = [VirtualSign(PROTOCOLS[n]) for n in range(SIGNS)]
        lines = [stack.enter_context(SignServer([sign])) for sign in signs]
        papers = [stack.enter_context(PrinterServer(VirtualPrinter(), mm_a_second=0)) for _ in range(PRINTERS)]
        config = folder / "idle.toml"
        config.write_text(_config(folder, [line.address for line in lines], [one.address for one in papers]))
        run = stack.enter_context(_started(config, "run"))
        until(lambda: all(sign.frames for sign in signs))
        console = stack.enter_context(_in_terminal(config, "console"))
        board = stack.enter_context(_in_terminal(config, "board"))
        time.sleep(SETTLE_SECONDS)
        pids = [run.pid, console.pid, board.pid]
        before = [processor_seconds(pid) for pid in pids]
        time.sleep(IDLE_SECONDS)
        shares = [(processor_seconds(pid) - was) / IDLE_SECONDS * 100 for pid, was in zip(pids, before, strict=True)]
    yield Figure("run at rest", shares[0], "% a core", f"{PRINTERS} printers, {SIGNS} signs, {IDLE_SECONDS} s", 0.5)
    yield Figure("console at rest", shares[1], "% a core", f"{IDLE_SECONDS} s", 1.0)
    yield Figure("board at rest", shares[2], "% a core", f"{IDLE_SECONDS} s", 1.0)


def start(_: Hospital, folder: Path) -> Iterator[Figure]:
    """Whole processes: one command beside the imports nobody can do without, the lobby beside an empty app."""
    options = ["--config", str(ROOT / "config.toml"), "--database", f"sqlite:///{folder / 'start.db'}"]
    command = [sys.executable, "-m", "nightdesk_kiosk", *options, "issue", "er", "--json"]
    imports = [sys.executable, "-c", "import click, pydantic, sqlite3"]
    ours, bare = side_by_side([lambda: _whole(command), lambda: _whole(imports)], 9)
    compared = f"{ours * 1e3:.0f} ms; import click, pydantic, sqlite3: {bare * 1e3:.0f} ms"
    yield Figure("nightdesk issue, whole process", ours / bare, "x", compared, 1.6)
    lobby, empty = side_by_side(
        [lambda: _whole([sys.executable, "-c", _LOBBY, *options]), lambda: _whole([sys.executable, "-c", _EMPTY])], 7
    )
    compared = f"{lobby * 1e3:.0f} ms; an empty Textual app: {empty * 1e3:.0f} ms"
    yield Figure("lobby to its first picture", lobby / empty, "x", compared, 1.5)


def redraw(hospital: Hospital, folder: Path) -> Iterator[Figure]:
    """The console with 300 who wait: from the news of one change until its table is drawn."""
    with open_database(f"sqlite:///{folder / 'redraw.db'}") as database:
        desk = Desk(database, hospital)
        for _ in range(WAITING):
            desk.issue("er", now=datetime.now(UTC), by=BY)
        app = ConsoleApp(ConsoleDesk(hospital, database, Clock(), BY), "er", None, "en")
        taken = asyncio.run(_redraws(app, desk))
    milliseconds = statistics.median(taken) * 1e3
    yield Figure("console redraw", milliseconds, "ms", f"one change, {WAITING} waiting, reading included", 10.0)


async def _redraws(app: ConsoleApp, desk: Desk) -> list[float]:
    taken = []
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        view = app.console_view
        for _ in range(15):
            desk.issue("er", now=datetime.now(UTC), by=BY)
            await pilot.pause()
            began = time.perf_counter()
            view.draw_now()
            taken.append(time.perf_counter() - began)
            desk.undo(now=datetime.now(UTC), by=BY)
    return taken


def _whole(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _started(config: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "nightdesk_kiosk", "--config", str(config), name]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _in_terminal(config: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a full-screen program in a terminal of its own whose picture nobody looks at."""
    far, near = pty.openpty()
    termios.tcsetwinsize(near, (40, 120))
    command = [sys.executable, "-m", "nightdesk_kiosk", "--config", str(config), name]
    process = subprocess.Popen(command, stdin=near, stdout=near, stderr=subprocess.DEVNULL, start_new_session=True)
    os.close(near)
    drain = threading.Thread(target=_drain, args=(far,), daemon=True)
    drain.start()
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        drain.join(5)
        os.close(far)


def _drain(far: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(far, 65536):
            pass


def _config(folder: Path, ports: Sequence[str], printers: Sequence[str]) -> str:
    displays = (
        f'[[display]]\nid = "sign-{n}"\nport = "{port}"\nprotocol = "{PROTOCOLS[n]}"\n' for n, port in enumerate(ports)
    )
    devices = (f'[[printer]]\nid = "printer-{n}"\ndevice = "{device}"\n' for n, device in enumerate(printers))
    return "".join([_BASE.format(folder=folder), *displays, *devices])


_BASE = """
[hospital]
name = {{ zh = "院", en = "H" }}
[database]
url = "sqlite:///{folder}/idle.db"
[[clinic]]
id = "er"
name = {{ zh = "急", en = "ER" }}
prefix = "E"
hours = "always"
rooms = ["er-1"]
[[room]]
id = "er-1"
name = {{ zh = "室", en = "R" }}
"""
_LOBBY = """
import asyncio, sys
from pathlib import Path
from nightdesk_kiosk.collector import importing, rest
with importing():  # as `nightdesk lobby` does
    from nightdesk_kiosk.bootstrap import Settings
    from nightdesk_kiosk.lobby.app import LobbyApp, find_kiosk
    from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
rest()  # as the first picture of a screen is
settings = Settings(Path(sys.argv[2]), sys.argv[4])
app = LobbyApp(LobbyDesk(settings.hospital, settings.database, settings.clock, find_kiosk(settings, None)))
async def show():
    async with app.run_test(size=(80, 24)) as pilot: await pilot.pause()
asyncio.run(show())
"""
_EMPTY = """
import asyncio
from textual.app import App
async def show():
    async with App().run_test(size=(80, 24)) as pilot: await pilot.pause()
asyncio.run(show())
"""
