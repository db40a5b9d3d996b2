"""The demo night without a terminal: as fast as the database allows, then a summary."""

from __future__ import annotations

import time
from datetime import datetime
from threading import Thread

import click

from nightdesk_displays.screen_state import ScreenState, screen_state
from nightdesk_kiosk import tables
from nightdesk_kiosk.board.sources import LineAway
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.demo import texts
from nightdesk_kiosk.demo.stage import BEGIN, Stage
from nightdesk_kiosk.night_report_rows import HEADINGS, cells, form
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.queries.call_screens import ScreenScope
from nightdesk_queue.queries.reports import ClinicNight, night
from nightdesk_queue.text.bilingual import same

SETTLE_SECONDS = 10.0


class NightClock(Clock):
    """The time of a night that is played event by event."""

    def __init__(self) -> None:
        super().__init__(BEGIN, 0.0)
        self.moment = BEGIN

    def now(self) -> datetime:
        """Return the moment of the last event."""
        return self.moment


def run_headless(settings: Settings, seed: int) -> int:
    """Play the night, print each clinic's numbers, and return 0. Raises Fault when a device is not finished."""
    began = time.monotonic()
    clock = NightClock()
    frames: list[ScreenState] = []

    def keep(content: ScreenState | LineAway) -> None:
        if isinstance(content, ScreenState):
            frames.append(content)

    with Stage(clock, seed) as stage:
        reader = Thread(target=stage.source.read, args=(keep,), daemon=True)
        reader.start()
        while (moment := stage.night.next_moment()) is not None:
            clock.moment = moment
            stage.night.play(moment)
        _settle(stage, frames)
        with stage.database.snapshot() as tx:
            found = night(tx, stage.hospital, [BEGIN.astimezone(stage.hospital.zone).date()])
        stage.source.stop.set()
        reader.join()
        _print(settings, stage, found, len(frames), time.monotonic() - began)
    return 0


def _settle(stage: Stage, frames: list[ScreenState]) -> None:
    """Wait until the last slip is printed and the call screen has caught up with the database."""
    clinics = stage.hospital.display[0].clinics
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        left = stage.slips_waiting()
        with stage.database.snapshot() as tx:
            current = screen_state(tx, stage.hospital, ScreenScope(clinics), stage.clock.now())
        shown = bool(frames) and frames[-1] == current
        if not left and shown:
            return
        if time.monotonic() > deadline:
            what = texts.SLIPS_LEFT.fill(n=left) if left else texts.SCREEN_BEHIND
            raise Fault("unfinished", texts.UNFINISHED.fill(what=what))
        time.sleep(0.02)


def _print(settings: Settings, stage: Stage, found: list[ClinicNight], frames: int, seconds: float) -> None:
    if settings.json:
        for one in found:
            tables.emit(form(one))
        return
    tables.show_rows(HEADINGS, [cells(one, stage.hospital) for one in found], same(""))
    click.echo(say(texts.PRINTED.fill(n=stage.papers, frames=frames)))
    click.echo(say(texts.PLAYED.fill(seconds=seconds)))
