"""The worker that speaks: one call after the other, none forgotten, none cut off, none that is no longer true.

Calls come from the event log, so they wait in the database while one is being spoken, however many come at once. A call
that was answered, missed or taken back before its turn is not spoken. Without a player, a voice or a sound device it
says so in its status and goes on watching: nothing waits for it, and a call nobody could hear is spoken when it can be.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event as Flag

from nightdesk_displays.voice.playing import play
from nightdesk_displays.voice.sound import Sound, softer
from nightdesk_displays.voice.speaking import Speaker
from nightdesk_displays.voice.words import Spoken
from nightdesk_queue.config import Hospital, VoiceTable
from nightdesk_queue.devicelog import DeviceLog
from nightdesk_queue.errors import Fault
from nightdesk_queue.language import Language
from nightdesk_queue.model import Event, State, Ticket
from nightdesk_queue.store import Feed, Store, events, tickets
from nightdesk_queue.store.ownership import Ownership
from nightdesk_queue.text import masked

POLL_SECONDS = 0.05
OWNER_SECONDS = 1.0
BEFORE = timedelta(minutes=3)
"""Calls made so shortly before the start are spoken yet: some may have been waiting for their turn."""
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
            recent = events.calls_after(connection, max(events.last_seq(connection) - RECENT_EVENTS, 0))
            newest = events.last_seq(connection)
        fresh = [event.seq for event in recent if event.at >= since]
        self._done = min(fresh) - 1 if fresh else newest

    def _speak_next(self, store: Store) -> bool:
        """Speak the oldest call that has not been spoken; whether there was one."""
        with store.reading() as connection:
            waiting = events.calls_after(connection, self._done)
            event = waiting[0] if waiting else None
            ticket = tickets.by_id(connection, event.ticket) if event and event.ticket else None
        if event is None:
            return False
        self._done = event.seq
        self._try(store, event, ticket, waiting[1:])
        return True

    def _retries(self) -> bool:
        return bool(self._unheard) and time.monotonic() >= self._again_at

    def _speak_unheard(self, store: Store) -> bool:
        """Try again what could not be heard, the oldest first, until one fails; whether anything was due."""
        if not self._retries():
            return False
        event = self._unheard.pop(0)
        with store.reading() as connection:
            ticket = tickets.by_id(connection, event.ticket) if event.ticket else None
            later = events.calls_after(connection, event.seq)
        self._try(store, event, ticket, later)
        return True

    def _try(self, store: Store, event: Event, ticket: Ticket | None, later: list[Event]) -> None:
        """Speak a call that is still true; keep it for later where that fails. One bad call never stops the others."""
        if ticket and self._still_true(event, ticket, later) and not self._speak(store, ticket):
            self._unheard.append(event)
            self._again_at = time.monotonic() + RETRY_SECONDS

    def _still_true(self, event: Event, ticket: Ticket, later: list[Event]) -> bool:
        superseded = any(other.ticket == event.ticket for other in later)
        wanted = not self.voice.clinics or ticket.clinic in self.voice.clinics
        return ticket.state is State.CALLED and not superseded and wanted

    def _speak(self, store: Store, ticket: Ticket) -> bool:
        """Speak a call, or not in quiet hours; False where it could not be heard."""
        local = self.clock().astimezone(self.hospital.zone).time()
        if self.voice.quiet and self.voice.quiet.holds(local):
            self._report(store, "quiet", ok=True)
            return True
        night = self.voice.night
        volume = night.volume if night and night.holds(local) else self.voice.volume
        try:
            sound = self.speaker.call(self._words(ticket), self._languages(ticket), self.voice.repeat)
            self._play(softer(sound, volume))
        except Fault as fault:
            self._report(store, "offline", ok=False, cause=fault.code)
            return False
        self._report(store, "speaking", ok=True)
        return True

    def _words(self, ticket: Ticket) -> Spoken:
        clinic = self.hospital.clinics.get(ticket.clinic)
        named = clinic is not None and clinic.announce == "masked_name" and not clinic.sensitive and ticket.name
        room = ticket.room or ""
        name = masked(ticket.name) if named and ticket.name else None
        return Spoken(ticket.number, room, self.hospital.room_name(room), name)

    def _languages(self, ticket: Ticket) -> list[Language]:
        clinic = self.hospital.clinics.get(ticket.clinic)
        return clinic.spoken if clinic and clinic.spoken else self.voice.languages

    def _report(self, store: Store, state: str, *, ok: bool, cause: str | None = None) -> None:
        self._log.report(store, state, ok=ok, now=datetime.now(UTC), cause=cause)
