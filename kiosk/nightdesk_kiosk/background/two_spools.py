"""A printer's worker that goes on while the server is away: it prints from the server, or from a kiosk's own file.

A printer has one connection, so one worker works at a time. A kiosk's own file comes first: who stands there has no
paper yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from threading import Event, Thread

from nightdesk_kiosk.own_files import open_own_file
from nightdesk_printers.spool import SpoolWorker
from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import Database, StopSignal, slips

LOOK_SECONDS = 0.3
JOIN_SECONDS = 30.0
MakeWorker = Callable[[Database, Event, bool], SpoolWorker]
"""Makes a worker on a database, told when to stop, and whether it is a kiosk's own file."""


class TwoSpools:
    """Works for one printer of kiosks that go on alone."""

    def __init__(
        self,
        printer: str,
        hospital: Hospital,
        kiosks: Sequence[Kiosk],
        database: Database,
        make: MakeWorker,
        stop: Event,
    ) -> None:
        self._printer = printer
        self._hospital = hospital
        self._kiosks = kiosks
        self._database = database
        self._make = make
        self._stop = stop
        self._fault: Fault | None = None

    def run(self) -> None:
        """Print until told to stop. Raises Fault when a kiosk's own file fails."""
        with ExitStack() as opened:
            machine = self._database.machine
            own = [opened.enter_context(open_own_file(self._hospital, kiosk, machine)) for kiosk in self._kiosks]
            while not self._stop.is_set():
                first = self._first_with_slips(own)
                if first is not None:
                    self._work(first, partial(self._is_served, own, first), cut_off=True)
                else:
                    self._work(self._database, lambda: self._first_with_slips(own) is not None, cut_off=False)
                    if self._fault is not None:
                        self._stop.wait(LOOK_SECONDS)

    def _is_served(self, own: Sequence[Database], one: Database) -> bool:
        return self._first_with_slips(own) is not one

    def _work(self, database: Database, is_over: Callable[[], bool], *, cut_off: bool) -> None:
        """Let the worker of one database work until the other is to have the printer, or until it fails."""
        turn = StopSignal()
        worker = Thread(target=self._guarded, args=(self._make(database, turn, cut_off),), daemon=True)
        worker.start()
        while worker.is_alive() and not self._stop.is_set() and not is_over():
            worker.join(LOOK_SECONDS)
        turn.set()
        worker.join(JOIN_SECONDS)

    def _guarded(self, worker: SpoolWorker) -> None:
        try:
            self._fault = None
            worker.run()
        except Fault as fault:
            self._fault = fault

    def _first_with_slips(self, own: Sequence[Database]) -> Database | None:
        for database in own:
            with database.snapshot() as tx:
                if self._printer in slips.waiting_by_printer(tx):
                    return database
        return None
