"""The worker that speaks calls one after the other: none forgotten, none cut off, none that is no longer true.

Calls come from the event log, so they wait in the database while one is being spoken, however many come at once. A call
that was answered, missed or taken back before its turn is not spoken. Without a player, a voice or a sound device it
reports that and goes on watching; a call that nobody could hear is spoken when it can be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from threading import Event as Flag

from nightdesk_displays.voice.playing import SOUND_LOCK, play
from nightdesk_displays.voice.sound import Sound, silence, softer
from nightdesk_displays.voice.speaking import Speaker
from nightdesk_displays.voice.words import Spoken, SpokenPage
from nightdesk_queue.commands.device_status import DeviceReporter, Found
from nightdesk_queue.commands.voice import note_spoken
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital, VoiceTable
from nightdesk_queue.config.device_tables import Hours
from nightdesk_queue.domain.devices import STOPPED, DeviceKind, DeviceState
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import PAGES_SENT, Event, EventKind
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.queries.device_health import VOICE
from nightdesk_queue.rules.announcing import announced_name
from nightdesk_queue.store import ChangeFeed, Database, Tx, events, pages, tickets
from nightdesk_queue.text.bilingual import Language

POLL_SECONDS = 0.05
OWNER_SECONDS = 1.0
BEFORE = timedelta(minutes=15)
"""Calls made so shortly before the start are spoken while they are true: many may have been waiting for their turn."""
RECENT_EVENTS = 2000
"""How many events back the newest calls are looked for."""
ONCE_FROM, FIRST_LANGUAGE_FROM = 3, 6
MOST_COUNTED = 12
"""More waiting calls are not counted: what is said can get no shorter."""
TRY_OUT_SECONDS = 0.1
"""Of silence, which only a sound device takes."""
SPEAKER = By.service("voice")

Play = Callable[[Sound], None]


@dataclass(frozen=True, slots=True)
class VoiceTiming:
    """Seconds: between attempts to speak what could not be heard, and between looks whether a call could be heard."""

    retry: float = 5.0
    look: float = 60.0


@dataclass(frozen=True, slots=True)
class Said:
    """In which languages a call is said, and how many times."""

    languages: Sequence[Language]
    times: int


def shortened(languages: Sequence[Language], repeat: int, waiting: int) -> Said:
    """Return how a call is said while so many wait: a whole one lasts 20 s, thirty of them would take nine minutes.

    Once each from ONCE_FROM waiting calls, in the first language only from FIRST_LANGUAGE_FROM.
    """
    times = 1 if waiting >= ONCE_FROM else repeat
    return Said(languages[:1] if waiting >= FIRST_LANGUAGE_FROM else languages, times)


def _is_anew(event: Event, later: Event) -> bool:
    """Whether a later event makes one meaningless: the patient was called anew, or is paged and not called any more."""
    return later.ticket == event.ticket and not _replaces(event, later)


def _replaces(event: Event, later: Event) -> bool:
    """Whether a later event repeats one: a recall of the same call, one more round of a page."""
    if later.ticket != event.ticket:
        return False
    if event.kind in PAGES_SENT:
        return later.kind is EventKind.PAGE_ESCALATED
    return later.kind is EventKind.RECALL


class VoiceWorker:
    """Speaks a hospital's calls until `stop` is set.

    `player` plays a sound to its end, `speaker` makes a call's sound; by default on this machine, from the
    hospital's clips.
    """

    def __init__(
        self,
        hospital: Hospital,
        voice: VoiceTable,
        database: Database,
        clock: Callable[[], datetime],
        stop: Flag,
        player: Play | None = None,
        *,
        speaker: Speaker | None = None,
        timing: VoiceTiming | None = None,
    ) -> None:
        self.hospital = hospital
        self.voice = voice
        self.clock = clock
        self.stop = stop
        clips = hospital.folder / voice.clips if voice.clips else None
        self.speaker = speaker or Speaker(clips, voice.lexicon)
        self.timing = timing or VoiceTiming()
        self._play = player or (lambda sound: play(sound, voice.player, stop, database.lock(*SOUND_LOCK)))
        self._tries_out = player is None
        self._database = database
        self._reporter = DeviceReporter(DeviceKind.VOICE, VOICE, database, hospital)
        self._done: int | None = None
        self._spoken: set[int] = set()
        self._unheard: list[Event] = []
        self._again_at = self._look_at = 0.0

    def run(self) -> None:
        """Speak until told to stop. Raises Fault when the database fails; called again it goes on where it was."""
        lock = self._database.lock(DeviceKind.VOICE, VOICE)
        if not lock.wait(self.stop, OWNER_SECONDS):
            return
        with lock, self._database.changes() as feed:
            if self._done is None:
                self._done = self._begin()
            self._look()
            while lock.held and not self.stop.is_set():
                feed.changed()
                if not (self._speak_next() or self._speak_unheard()):
                    self._wait(feed)
            self._report(DeviceState.OFFLINE, cause=STOPPED)

    def _wait(self, feed: ChangeFeed) -> None:
        """Wait for the next commit; meanwhile look now and then whether a call could be heard."""
        while not (self.stop.is_set() or self._retries()):
            self._look_again()
            until = min(self._look_at, self._again_at if self._unheard else self._look_at)
            if feed.wait(max(until - time.monotonic(), 0), self.stop):
                return

    def _begin(self) -> int:
        """Return the event before the first of the last moments that nobody has heard; older ones are over."""
        since = self.clock() - BEFORE
        with self._database.snapshot() as tx:
            newest = events.last_seq(tx)
            before = max(newest - RECENT_EVENTS, 0)
            recent = events.to_speak_after(tx, before)
            self._spoken = events.spoken_after(tx, before)
        fresh = [event.seq for event in recent if event.at >= since]
        return min(fresh) - 1 if fresh else newest

    def _look(self) -> None:
        """Tell whether a call could be heard now: quiet hours, and a sound that nobody hears."""
        self._look_at = time.monotonic() + self.timing.look
        if self._now_in(self.voice.quiet):
            self._report(DeviceState.QUIET, ok=True)
            return
        try:
            if self._tries_out:
                self._play(silence(TRY_OUT_SECONDS))
        except Fault as fault:
            self._report(DeviceState.OFFLINE, cause=fault.code)
        else:
            self._report(DeviceState.SPEAKING, ok=True)

    def _look_again(self) -> None:
        """Between calls, now and then: quiet hours begin and end, a sound card comes back."""
        if time.monotonic() >= self._look_at:
            self._look()

    def _speak_next(self) -> bool:
        """Speak the oldest event that has not been spoken; whether there was one."""
        with self._database.snapshot() as tx:
            event = next(iter(events.to_speak_after(tx, self._done or 0)), None)
        if event is None:
            return False
        self._try(event)
        # only now: what a failing database kept from being looked at is owed
        self._done = event.seq
        return True

    def _retries(self) -> bool:
        return bool(self._unheard) and time.monotonic() >= self._again_at

    def _speak_unheard(self) -> bool:
        """Try again what could not be heard, until one fails, which comes last then; whether anything was due."""
        if not self._retries():
            return False
        self._try(self._unheard[0])
        del self._unheard[0]
        return True

    def _try(self, event: Event) -> None:
        """Speak what is still true; keep it for later where that fails. One bad call never stops the others."""
        if event.seq in self._spoken:
            return
        with self._database.snapshot() as tx:
            later = events.to_speak_after(tx, event.seq)
            wanted = self._announcement(tx, event, later)
            waiting = self._waiting(tx, event, later) if wanted else 0
        if wanted is None:
            return
        if self._now_in(self.voice.quiet):
            self._report(DeviceState.QUIET, ok=True)
            return
        spoken, languages = wanted
        if not self._speak(spoken, shortened(languages, self.voice.repeat, waiting)):
            self._unheard.append(event)
            self._again_at = time.monotonic() + self.timing.retry
            return
        # a recall that was made meanwhile has been said with it, at the place of the first call
        self._note([event, *(one for one in later if _replaces(event, one) and one.seq not in self._spoken)])

    def _note(self, said: Sequence[Event]) -> None:
        self._spoken |= {event.seq for event in said}
        with working(self._database, self.hospital, self.clock(), SPEAKER) as work:
            for event in said:
                note_spoken(work, event)

    def _waiting(self, tx: Tx, event: Event, later: Sequence[Event]) -> int:
        """Return how many patients' calls wait to be spoken, this one included."""
        pending = [one for one in (*self._unheard, *later) if one.seq not in self._spoken and one.ticket is not None]
        others = {one.ticket: one for one in pending if one.ticket != event.ticket}
        count = 1
        for one in islice(others.values(), MOST_COUNTED):
            behind = [other for other in later if other.seq > one.seq]
            count += self._announcement(tx, one, behind) is not None
        return count

    def _announcement(
        self, tx: Tx, event: Event, later: Sequence[Event]
    ) -> tuple[Spoken | SpokenPage, list[Language]] | None:
        """Return what an event says and in which languages; None where it is over, called anew later, or not for us.

        A call that nobody has heard yet keeps its place when it is repeated: the newest one is said there.
        """
        ticket = tickets.by_id(tx, event.ticket) if event.ticket else None
        if ticket is None or any(_is_anew(event, other) for other in later):
            return None
        if event.kind in PAGES_SENT:
            page = pages.of_ticket(tx, ticket.id)
            if page is None or page.resting or not self.voice.pages or not self._concerns(page.clinic):
                return None
            return self._page(page)
        return self._call(ticket) if ticket.state is State.CALLED and self._concerns(ticket.clinic) else None

    def _concerns(self, clinic: str) -> bool:
        return not self.voice.clinics or clinic in self.voice.clinics

    def _page(self, page: Page) -> tuple[SpokenPage, list[Language]]:
        return SpokenPage(page.clinic, self.hospital.clinic_name(page.clinic)), self._languages(page.clinic)

    def _call(self, ticket: Ticket) -> tuple[Spoken, list[Language]]:
        room = ticket.room or ""
        name = announced_name(self.hospital.clinics.get(ticket.clinic), ticket)
        room_name = self.hospital.room_name(room)
        return Spoken(ticket.number, room, room_name, name, ticket.name if name else None), self._languages(
            ticket.clinic
        )

    def _languages(self, clinic: str) -> list[Language]:
        found = self.hospital.clinics.get(clinic)
        return found.spoken if found and found.spoken else self.voice.languages

    def _now_in(self, hours: Hours | None) -> bool:
        return bool(hours and hours.holds(self.clock().astimezone(self.hospital.zone).time()))

    def _speak(self, spoken: Spoken | SpokenPage, said: Said) -> bool:
        """Speak; False where it could not be heard to its end."""
        night = self.voice.night
        volume = night.volume if night and self._now_in(night) else self.voice.volume
        try:
            sound = self.speaker.call(spoken, said.languages, said.times)
            self._play(softer(sound, volume))
        except Fault as fault:
            self._report(DeviceState.OFFLINE, cause=fault.code)
            return False
        except Exception as error:  # noqa: BLE001 - one call that cannot be spoken must not stop the others
            self._report(DeviceState.OFFLINE, cause=f"{type(error).__name__}: {error}"[:120])
            return False
        if self.stop.is_set():
            # it may have been cut off: after the next start it is said again
            return False
        self._report(DeviceState.SPEAKING, ok=True, cause=self.speaker.spoiled.code if self.speaker.spoiled else None)
        return True

    def _report(self, state: DeviceState, *, ok: bool = False, cause: str | None = None) -> None:
        self._reporter.report(Found(state, ok, cause), datetime.now(UTC))
