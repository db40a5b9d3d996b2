"""The worker that speaks: one call after the other, none forgotten, none cut off, none that is no longer true.

Calls come from the event log, so they wait in the database while one is being spoken, however many come at once. A call
that was answered, missed or taken back before its turn is not spoken. Without a player, a voice or a sound device it
says so in its status and goes on watching: nothing waits for it, and a call nobody could hear is spoken when it can be.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from sqlite3 import Connection
from threading import Event as Flag

from nightdesk_displays.voice.playing import play
from nightdesk_displays.voice.sound import Sound, softer
from nightdesk_displays.voice.speaking import Speaker
from nightdesk_displays.voice.words import Spoken, SpokenPage
from nightdesk_queue.config import Hospital, VoiceTable
from nightdesk_queue.devicelog import DeviceLog
from nightdesk_queue.errors import Fault
from nightdesk_queue.language import Language
from nightdesk_queue.model import Event, State, Ticket
from nightdesk_queue.store import Feed, Store, events, pages, tickets
from nightdesk_queue.store.ownership import Ownership
from nightdesk_queue.store.pages import Page
from nightdesk_queue.text import masked

POLL_SECONDS = 0.05
OWNER_SECONDS = 1.0
BEFORE = timedelta(minutes=15)
"""Calls made so shortly before the start are spoken while they are true: many may have been waiting for their turn."""
RETRY_SECONDS = 5.0
"""Between attempts to speak what could not be heard."""
RECENT_EVENTS = 1000
"""So far back calls of the last moments are looked for."""

Play = Callable[[Sound], None]


class VoiceWorker:
    """Speaks a hospital's calls until `stop` is set. `player` plays a sound to its end; by default on this machine."""

    def __init__(
        self,
        hospital: Hospital,
        voice: VoiceTable,
        store: Store,
        clock: Callable[[], datetime],
        stop: Flag,
        player: Play | None = None,
    ) -> None:
        self.hospital = hospital
        self.voice = voice
        self.clock = clock
        self.stop = stop
        self.speaker = Speaker(hospital.folder / voice.clips if voice.clips else None, voice.lexicon)
        self._play = player or (lambda sound: play(sound, voice.player, stop))
        self._home = store
        self._log = DeviceLog("voice", "voice")
        self._done = 0
        self._unheard: list[Event] = []
        self._again_at = 0.0

    def run(self) -> None:
        """Speak until told to stop. Raises Fault when the database fails."""
        lock = Ownership(self._home.path, "voice", "voice")
        while not lock.take():
            if self.stop.wait(OWNER_SECONDS):
                return
        with lock, self._home.another() as store, Feed(store) as feed:
            self._begin(store)
            self._report(store, "speaking", ok=False)
            while not self.stop.is_set():
                feed.changed()
                if not (self._speak_next(store) or self._speak_unheard(store)):
                    while not (feed.changed() or self._retries() or self.stop.wait(POLL_SECONDS)):
                        continue
            self._report(store, "offline", ok=False, cause="stopped")

    def _begin(self, store: Store) -> None:
        """Begin with the calls of the last moments; older ones have been heard or are over."""
        since = self.clock() - BEFORE
        with store.reading() as connection:
            recent = events.spoken_after(connection, max(events.last_seq(connection) - RECENT_EVENTS, 0))
            newest = events.last_seq(connection)
        fresh = [event.seq for event in recent if event.at >= since]
        self._done = min(fresh) - 1 if fresh else newest

    def _speak_next(self, store: Store) -> bool:
        """Speak the oldest event that has not been spoken; whether there was one."""
        with store.reading() as connection:
            event = next(iter(events.spoken_after(connection, self._done)), None)
        if event is None:
            return False
        self._done = event.seq
        self._try(store, event)
        return True

    def _retries(self) -> bool:
        return bool(self._unheard) and time.monotonic() >= self._again_at

    def _speak_unheard(self, store: Store) -> bool:
        """Try again what could not be heard, the oldest first, until one fails; whether anything was due."""
        if not self._retries():
            return False
        self._try(store, self._unheard.pop(0))
        return True

    def _try(self, store: Store, event: Event) -> None:
        """Speak what is still true; keep it for later where that fails. One bad call never stops the others."""
        with store.reading() as connection:
            wanted = self._announcement(connection, event)
        if wanted and not self._speak(store, *wanted):
            self._unheard.append(event)
            self._again_at = time.monotonic() + RETRY_SECONDS

    def _announcement(self, connection: Connection, event: Event) -> tuple[Spoken | SpokenPage, list[Language]] | None:
        """Return what an event says and in which languages; None where it is over, said anew later, or not for us."""
        ticket = tickets.by_id(connection, event.ticket) if event.ticket else None
        later = events.spoken_after(connection, event.seq)
        if ticket is None or any(other.ticket == ticket.id for other in later):
            return None
        if event.kind in events.PAGES:
            page = pages.of_ticket(connection, ticket.id)
            return self._page(page) if page and self.voice.pages and self._concerns(page.clinic) else None
        return self._call(ticket) if ticket.state is State.CALLED and self._concerns(ticket.clinic) else None

    def _concerns(self, clinic: str) -> bool:
        return not self.voice.clinics or clinic in self.voice.clinics

    def _page(self, page: Page) -> tuple[SpokenPage, list[Language]]:
        return SpokenPage(page.clinic, self.hospital.clinic_name(page.clinic)), self._languages(page.clinic)

    def _call(self, ticket: Ticket) -> tuple[Spoken, list[Language]]:
        clinic = self.hospital.clinics.get(ticket.clinic)
        named = clinic is not None and clinic.announce == "masked_name" and not clinic.sensitive and ticket.name
        room = ticket.room or ""
        name = masked(ticket.name) if named and ticket.name else None
        return Spoken(ticket.number, room, self.hospital.room_name(room), name), self._languages(ticket.clinic)

    def _languages(self, clinic: str) -> list[Language]:
        found = self.hospital.clinics.get(clinic)
        return found.spoken if found and found.spoken else self.voice.languages

    def _speak(self, store: Store, spoken: Spoken | SpokenPage, languages: list[Language]) -> bool:
        """Speak, or not in quiet hours; False where it could not be heard."""
        local = self.clock().astimezone(self.hospital.zone).time()
        if self.voice.quiet and self.voice.quiet.holds(local):
            self._report(store, "quiet", ok=True)
            return True
        night = self.voice.night
        volume = night.volume if night and night.holds(local) else self.voice.volume
        try:
            sound = self.speaker.call(spoken, languages, self.voice.repeat)
            self._play(softer(sound, volume))
        except Fault as fault:
            self._report(store, "offline", ok=False, cause=fault.code)
            return False
        self._report(store, "speaking", ok=True, cause=self.speaker.spoiled.code if self.speaker.spoiled else None)
        return True

    def _report(self, store: Store, state: str, *, ok: bool, cause: str | None = None) -> None:
        self._log.report(store, state, ok=ok, now=datetime.now(UTC), cause=cause)
