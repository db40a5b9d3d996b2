"""`nightdesk run` from its start to its end: the services, and what it tells on standard error meanwhile."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Event

import click

from nightdesk_kiosk.attendance import Attendance, ConfigFile, attend
from nightdesk_kiosk.background.config_watch import Change, ConfigWatch, behind
from nightdesk_kiosk.background.supervisor import Services
from nightdesk_kiosk.bootstrap import REAL_TIME, Settings
from nightdesk_kiosk.logs import fact, stop_log
from nightdesk_kiosk.ui_language import say
from nightdesk_printers.devices.screen import write_paper
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.programs import ProgramKind
from nightdesk_queue.queries.health import SERVICES
from nightdesk_queue.store import programs
from nightdesk_queue.store.opening import is_server
from nightdesk_queue.text.bilingual import Text

SIGNAL_SECONDS = 1.0
"""A signal that comes just before a wait does not end it, so it is a short one."""
WAITS = Text(
    zh="另一个 nightdesk run 正在服务这些设备；本进程等待，它结束后接替",
    en="another nightdesk run serves these devices; this one waits and takes over when it ends",
)
STARTED = Text(zh="后台服务已启动：{names}", en="services started: {names}")
LATE = Text(
    zh="有服务未及时停止；未完成的下次启动时继续",
    en="a service did not stop in time; what it had in hand is taken up at the next start",
)


class ServiceRun:
    """Runs the services until `stop` is set; `reload`: somebody wants config.toml to be read now (SIGHUP)."""

    def __init__(self, settings: Settings, stop: Event, reload: Event) -> None:
        self._settings = settings
        self._stop = stop
        self._reload = reload
        settings.creates = settings.goes_on = True
        self._file = ConfigFile(settings.config, settings.database.machine)
        self._attendance: Attendance | None = None

    def run(self, left_alone: Callable[[], Iterable[Text]]) -> int:
        """Run to the end; return the exit status. `left_alone`: what is not served, told at the start. Raises Fault."""
        settings = self._settings
        settings.start_log("run")
        # who cannot write is told now, not by every service each time it tries
        self._prove_writable()
        real_time = settings.closing.enter_context(settings.database.lock(*REAL_TIME))
        with suppress(Fault):  # a server that is away; the lock is for who types --now
            if settings.now_text is None:
                real_time.acquire()
        waits = self._is_served()
        services = self._started(settings.hospital)
        if waits:
            _tell(WAITS)
        for text in left_alone():
            _tell(text)
        self._attendance = attend(settings, ProgramKind.RUN, "run")
        in_time = self._watch(services).stop()
        stop_log()
        if not in_time:
            _tell(LATE)
        return 0

    def _watch(self, services: Services) -> Services:
        """Take over what changes in the configuration, until stopped; return the services that run then."""
        watch = ConfigWatch(self._settings.config, self._settings.hospital)
        while not self._stop.wait(SIGNAL_SECONDS):
            asked = self._reload.is_set()
            self._reload.clear()
            if change := watch.look(asked=asked):
                services = self._changed(change, services)
        return services

    def _changed(self, change: Change, services: Services) -> Services:
        _tell(change.text)
        if change.hospital is None:
            fact(logging.WARNING, "configuration not taken over")
            return services
        fact(logging.WARNING, "configuration taken over")
        services.stop(hands_over=True)
        new = self._started(change.hospital, after=services)
        with suppress(Fault):  # the database is away; the workers tell of it
            self._note()
        return new

    def _note(self) -> None:
        if self._attendance is not None:
            self._attendance.note(self._file.version())
        with self._settings.looking() as tx:
            running = programs.running(tx)
        if late := behind(self._file.outdated(running)):
            _tell(late)

    def _started(self, hospital: Hospital, after: Services | None = None) -> Services:
        settings = self._settings
        # with --json standard output is for JSON alone; the paper of `screen:` printers goes beside it
        show = (lambda lines: write_paper(sys.stderr, lines)) if settings.json else None
        services = Services(hospital, settings.database, settings.clock, _report, show, after=after)
        services.start()
        _tell(STARTED.fill(names=", ".join(service.name for service in services.services)))
        return services

    def _prove_writable(self) -> None:
        """Raise Fault where nothing can be written; a server that is away is told, and waited for."""
        try:
            self._settings.database.prove_writable()
        except Fault as fault:
            if not is_server(self._settings.database.where) or fault.code != "unreachable":
                raise
            _tell(fault.text)

    def _is_served(self) -> bool:
        try:
            with self._settings.looking() as tx:
                return tx.is_served(*SERVICES)
        except Fault:
            return False


def _tell(text: Text) -> None:
    # the terminal may be closed; the night goes on without it
    with suppress(OSError):
        click.echo(say(text), err=True)


def _report(name: str, fault: Fault) -> None:
    click.echo(f"{name}: {say(fault.text)}", err=True)
