"""Posting pages for the doctor on call over HTTP.

Exactly once does not exist over HTTP: `sending` is written before a post leaves. Found after a crash it may or may not
have arrived; it goes out again under the same `Idempotency-Key`, by which the receiver knows it.
"""

from __future__ import annotations

import json
import logging
import time
from datetime import datetime
from threading import Event
from urllib.error import URLError
from urllib.request import Request, urlopen

from nightdesk_kiosk.background.timers import TICK_SECONDS, TIMER, Now, Task
from nightdesk_kiosk.json_output import JsonObject
from nightdesk_kiosk.logs import fact
from nightdesk_ports.backoff import Backoff
from nightdesk_queue.commands.pages import note_post
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.pages import Page, PostState
from nightdesk_queue.store import Database, pages

POST_SECONDS = 10.0
LONGEST_CAUSE = 200
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class PagePoster(Task):
    """Posts each round of a page to the clinic's address until it has arrived, is answered, or a new round begins.

    `pauses`: seconds before a failed post goes out again, the shortest and the longest.
    """

    lock = ("task", "posts")

    def __init__(
        self,
        hospital: Hospital,
        database: Database,
        clock: Now,
        stop: Event,
        tick_seconds: float = TICK_SECONDS,
        pauses: tuple[float, float] = (SHORTEST_PAUSE, LONGEST_PAUSE),
    ) -> None:
        super().__init__(hospital, database, clock, stop, tick_seconds)
        self._limits = pauses
        self._pauses: dict[tuple[int, int], tuple[float, Backoff]] = {}

    def tick(self) -> None:
        """Post what is due and not in its pause."""
        with self.database.snapshot() as tx:
            due = pages.posts_due(tx)
        for page in due:
            if not self.stop.is_set() and time.monotonic() >= self._pause(page)[0]:
                self._post(page)

    def _post(self, page: Page) -> None:
        clinic = self.hospital.clinics.get(page.clinic)
        address = clinic.on_call.post if clinic and clinic.on_call else None
        if address is None:
            self._note(page, PostState.SENT, "no_address")
            return
        self._note(page, PostState.SENDING)
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
            self._note(page, PostState.DUE, f"{getattr(error, 'reason', None) or error}"[:LONGEST_CAUSE])
            fact(logging.WARNING, "page not posted", page=page.id, round=page.rounds, ticket=page.ticket)
        else:
            self._note(page, PostState.SENT)
            fact(logging.INFO, "page posted", page=page.id, round=page.rounds, ticket=page.ticket)

    def _form(self, page: Page) -> JsonObject:
        name = self.hospital.clinic_name(page.clinic)
        return {
            "page": page.id,
            "round": page.rounds,
            "number": page.number,
            "clinic": page.clinic,
            "clinic_name": {"zh": name.zh, "en": name.en},
            "since": self._local(page.at),
            "at": self._local(page.last_at),
        }

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self.hospital.zone).isoformat()

    def _pause(self, page: Page) -> tuple[float, Backoff]:
        """Return when a round may be posted again, and what tells the pause after another failure."""
        return self._pauses.get((page.id, page.rounds), (0.0, Backoff(*self._limits)))

    def _note(self, page: Page, state: PostState, cause: str | None = None) -> None:
        with working(self.database, self.hospital, self.clock(), TIMER) as work:
            note_post(work, page, state, cause)
