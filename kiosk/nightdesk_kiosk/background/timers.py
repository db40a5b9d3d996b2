"""What happens by the clock: pages that nobody answers go out again, no-shows lapse, lists of sessions that are over
are printed, a kiosk without a printer raises an alarm; and posting pages.

Each takes the lock of its task, so that a second `nightdesk run` waits instead of doing everything twice. All state is
in the database: killed at any instant, the next start goes on from there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from threading import Event
from typing import ClassVar
from urllib.error import URLError
from urllib.request import Request, urlopen

from nightdesk_kiosk.background.display_outages import DisplayWatch
from nightdesk_kiosk.background.printer_outages import PrinterWatch
from nightdesk_kiosk.json_output import JsonObject
from nightdesk_ports.backoff import Backoff
from nightdesk_queue.commands import Desk, paging
from nightdesk_queue.config import Hospital
from nightdesk_queue.store import Store, pages
from nightdesk_queue.store.pages import Page
from nightdesk_queue.store.process_lock import Ownership

TIMER_TASK = ("task", "timer")
"""The lock of whoever keeps time; another process waits."""
TICK_SECONDS = 0.5
SELDOM_SECONDS = 30.0
POST_SECONDS = 10.0
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0

Now = Callable[[], datetime]


class _Task:
    """Ticks until `stop` is set, whenever no other process does; `lock` names the task."""

    lock: ClassVar[tuple[str, str]]

    def __init__(self, hospital: Hospital, store: Store, clock: Now, stop: Event) -> None:
        self.hospital = hospital
        self.store = store
        self.clock = clock
        self.stop = stop

    def run(self) -> None:
        """Work whenever no other process does. Raises Fault when the database fails."""
        with self.store.another() as store, Ownership(store.path, *self.lock) as ownership:
            while not self.stop.wait(TICK_SECONDS):
                if ownership.held or ownership.take():
                    self.tick(store)

    def tick(self, store: Store) -> None:
        """Do what is due."""
        raise NotImplementedError


class Timer(_Task):
    """Sends unanswered pages out again, lets no-shows lapse, prints lists of sessions, watches the kiosks' printers."""

    lock = TIMER_TASK
    _seldom_at = 0.0

    def __init__(self, hospital: Hospital, store: Store, clock: Now, stop: Event) -> None:
        super().__init__(hospital, store, clock, stop)
        self._watches = (PrinterWatch(hospital), DisplayWatch(hospital))

    def tick(self, store: Store) -> None:
        """Send out the pages that are due and watch the printers; now and then look for no-shows and ended sessions."""
        now = self.clock()
        paging.escalate(store, self.hospital, now)
        for watch in self._watches:
            watch.look(store, now, time.monotonic())
        if time.monotonic() >= self._seldom_at:
            desk = Desk(store, self.hospital)
            desk.mark_no_shows(now=now, by=paging.TIMER)
            desk.print_ended_sessions(now=now, by=paging.TIMER)
            self._seldom_at = time.monotonic() + SELDOM_SECONDS


class PagePoster(_Task):
    """Posts each round of a page to the clinic's address until it has arrived, is answered, or a new round begins.

    `sending` is written before a post leaves. Found after a crash it may or may not have arrived; it goes out again
    under the same `Idempotency-Key`, by which the receiver knows it.
    """

    lock = ("task", "posts")

    def __init__(self, hospital: Hospital, store: Store, clock: Now, stop: Event) -> None:
        super().__init__(hospital, store, clock, stop)
        self._pauses: dict[tuple[int, int], tuple[float, Backoff]] = {}

    def tick(self, store: Store) -> None:
        """Post what is due and not in its pause."""
        with store.reading() as connection:
            due = pages.posts_due(connection)
        for page in due:
            if not self.stop.is_set() and time.monotonic() >= self._pause(page)[0]:
                self._post(store, page)

    def _post(self, store: Store, page: Page) -> None:
        clinic = self.hospital.clinics.get(page.clinic)
        address = clinic.on_call.post if clinic and clinic.on_call else None
        if address is None:
            self._note(store, page, "sent", "no_address")
            return
        self._note(store, page, "sending")
        request = Request(  # noqa: S310 - the configuration allows http and https only
            address,
            data=json.dumps(self._form(page), ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json", "Idempotency-Key": f"{page.ticket}-{page.rounds}"},
        )
        try:
            with urlopen(request, timeout=POST_SECONDS) as answer:  # noqa: S310 - as above
                answer.read(1)
        except (URLError, OSError, ValueError) as error:
            backoff = self._pause(page)[1]
            self._pauses[page.id, page.rounds] = (time.monotonic() + backoff.next_pause(), backoff)
            self._note(store, page, "due", f"{getattr(error, 'reason', None) or error}"[:200])
        else:
            self._note(store, page, "sent")

    def _form(self, page: Page) -> JsonObject:
        name = self.hospital.clinic_name(page.clinic)
        return {
            "page": page.id,
            "round": page.rounds,
            "number": page.number,
            "clinic": page.clinic,
            "clinic_name": {"zh": name.zh, "en": name.en},
            "since": page.at.astimezone(self.hospital.zone).isoformat(),
            "at": page.last_at.astimezone(self.hospital.zone).isoformat(),
        }

    def _pause(self, page: Page) -> tuple[float, Backoff]:
        """Return when a round may be posted again, and what tells the pause after another failure."""
        return self._pauses.get((page.id, page.rounds), (0.0, Backoff(SHORTEST_PAUSE, LONGEST_PAUSE)))

    def _note(self, store: Store, page: Page, state: str, cause: str | None = None) -> None:
        with store.unit() as connection:
            pages.post_went(connection, page, state, cause)
