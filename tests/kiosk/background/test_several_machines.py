"""Several machines on one server: who serves what, and who takes over when a machine dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk import Desk
from engines import Engine, new_database
from looking import look
from places import EXAMPLE_FILE
from virtually import serving
from waiting import until

from nightdesk_kiosk.background.supervisor import everything
from nightdesk_kiosk.clock import Clock
from nightdesk_queue.config import Hospital, load, parse
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, StopSignal, devices, open_database

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    with new_database(Engine.POSTGRES, tmp_path) as url, open_database(url) as opened:
        yield opened


def machine_of(store: Database, printer: str) -> str | None:
    """Which machine serves a printer now."""
    seen = look(store)
    status = devices.of_id(seen, DeviceKind.PRINTER, printer)
    return status.machine if status and seen.is_served(DeviceKind.PRINTER, printer) else None


def names(hospital: Hospital, store: Database) -> set[str]:
    found = everything(hospital, store, Clock(), StopSignal(), None)
    return {one.name for one in found if one.name.split()[0] in ("printer", "display", "voice")}


def test_a_wire_is_served_by_its_machine_and_the_network_by_any(tmp_path: Path) -> None:
    text = EXAMPLE_FILE.read_text(encoding="utf-8")
    text = text.replace('id      = "duty-room"\n', 'id      = "duty-room"\nmachine = "desk"\n')
    text = text.replace('id       = "lobby-sign"\n', 'id       = "lobby-sign"\nmachine  = "lobby"\n')
    hospital = parse(f'{text}\n[voice]\nmachine = "lobby"\n')
    common = {"printer lobby", "display counter-pole"}
    with open_database(f"sqlite:///{tmp_path / 'a.db'}", machine="lobby") as at_lobby:
        assert names(hospital, at_lobby) == common | {"display lobby-sign", "voice"}
    with open_database(f"sqlite:///{tmp_path / 'a.db'}", machine="desk") as at_desk:
        assert names(hospital, at_desk) == common | {"printer duty-room"}


def test_when_a_machine_dies_the_next_one_takes_its_printer_of_the_network_over(
    store: Database, tmp_path: Path
) -> None:
    with ExitStack() as closing:
        printer = closing.enter_context(serving())
        text = EXAMPLE_FILE.read_text(encoding="utf-8").split("[[display]]")[0]
        text = text.replace('text    = "auto"', 'text = "native"\npaper_mm_a_second = 0')
        lines = [f'device = "{printer.address}"' if line.startswith("device") else line for line in text.splitlines()]
        (tmp_path / "config.toml").write_text("\n".join(lines), encoding="utf-8")
        hospital = load(tmp_path / "config.toml")
        running: dict[str, subprocess.Popen[bytes]] = {}
        for machine in ("first", "second"):
            command = [sys.executable, "-m", "nightdesk_kiosk", "--config", str(tmp_path / "config.toml")]
            options = ["--database", store.where, "--machine", machine, "run"]
            running[machine] = subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL)
            closing.callback(running[machine].wait)
            closing.callback(stop, running[machine])
        serves = until(lambda: machine_of(store, "lobby"), 60)
        other = "second" if serves == "first" else "first"
        os.kill(running[serves].pid, signal.SIGKILL)
        until(lambda: machine_of(store, "lobby") == other, 60)
        ticket = Desk(store, hospital).issue("bone", now=datetime.now(UTC), by=By("n", "t"))
        until(lambda: any(ticket.number in slip.text for slip in printer.printer.slips), 60)


def stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
