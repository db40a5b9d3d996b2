"""A desk and a printer's spool at one moment of an evening: what was asked for, and what is on the paper."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from desk import Desk
from devices import Running
from looking import known, look
from virtually import AT_ONCE, BRISK, QUICK, spooling
from waiting import until

from nightdesk_printers.printer_session import Pace
from nightdesk_printers.virtual import PrintedSlip, PrinterServer
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.domain.devices import DeviceKind, DeviceStatus
from nightdesk_queue.domain.event_data import SlipChanged
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipJob, SlipState
from nightdesk_queue.store import Database, events, slips

FAULTY = replace(QUICK, reply=0.5, printed=0.3, stalled=0.5)
"""For printers that break: what never comes is not waited for as long."""


class Evening:
    """A desk at one moment, on a hospital whose printing rules the test sets."""

    def __init__(self, store: Database, hospital: Hospital, now: datetime, nurse: By, **rules: object) -> None:
        self.store = store
        self.now = now
        self.by = nurse
        self.hospital = hospital.changed(printing=hospital.printing.changed(**rules))

    @property
    def desk(self) -> Desk:
        """The commands."""
        return Desk(self.store, self.hospital)

    def issue(self, count: int = 1) -> list[str]:
        """Give out so many numbers."""
        return [self.desk.issue("bone", now=self.now, by=self.by).number for _ in range(count)]

    def clock(self) -> datetime:
        """The hospital's time."""
        return self.now

    def spool(self, served: Printer, pace: Pace = BRISK) -> Running:
        """A worker that serves a printer."""
        return spooling(self.store, self.hospital, served, self.clock, FAULTY, pace)


def lobby_printer(server: PrinterServer, **settings: Any) -> Printer:
    """The printer of the lobby, which is a virtual one."""
    return Printer.read({"id": "lobby", "device": server.address, "text": "native"} | AT_ONCE | settings)


def jobs(store: Database) -> list[SlipJob]:
    """Every slip, in the order they were asked for."""
    return slips.newest(look(store), 2000)


def all_ended(store: Database, seconds: float = 15.0) -> list[SlipJob]:
    """Every slip, once none is on its way any more."""
    return until(lambda: list(jobs(store)) if not any(job.open for job in jobs(store)) else [], seconds)


def whole(server: PrinterServer) -> list[PrintedSlip]:
    """The slips on a virtual printer's paper that came out to their end."""
    with server.lock:
        return [slip for slip in server.printer.slips if slip.whole]


def printer_status(store: Database, id_: str = "lobby") -> DeviceStatus | None:
    """What the worker of a printer last wrote; None before it wrote anything."""
    return known(look(store), DeviceKind.PRINTER).get(id_)


def printer_state(store: Database, id_: str = "lobby") -> str:
    """The state a printer's worker last wrote; nothing before it wrote any."""
    found = printer_status(store, id_)
    return found.state if found else ""


def told_of_slips(store: Database, kind: EventKind) -> list[tuple[Event, SlipChanged]]:
    """The events of a kind that tell what became of slips."""
    found = [event for event in events.after(look(store), 0) if event.kind is kind]
    return [(event, event.data) for event in found if isinstance(event.data, SlipChanged)]


def agree(found: list[SlipJob], papers: list[PrintedSlip], numbers: set[str]) -> None:
    """What the spool says of each slip is what the paper shows; nothing is on paper twice unmarked."""
    assert {job.number for job in found} == numbers
    originals = Counter(slip.number for slip in papers if "COPY" not in slip.text)
    copies = Counter((slip.number, copy_of(slip)) for slip in papers if "COPY" in slip.text)
    assert not [number for number, count in originals.items() if count > 1], "twice unmarked"
    assert not [copy for copy, count in copies.items() if count > 1], "a copy twice"
    for job in found:
        out = originals[job.number] if job.copy == 0 else copies[job.number, job.copy]
        if job.state is SlipState.PRINTED:
            assert out == 1, f"{job} is not on paper"
        else:
            assert job.state in (SlipState.UNKNOWN, SlipState.FAILED, SlipState.DROPPED)
            assert job.cause
    assert all(number in numbers for number in originals)


def copy_of(slip: PrintedSlip) -> int:
    """The number on a marked copy."""
    line = next(line.text for line in slip.lines if "COPY" in line.text)
    return int(line.rpartition(" ")[2])
