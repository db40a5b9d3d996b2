"""Reads a kiosk's pages aloud, one at a time, in a thread of its own; nothing here waits for a sound.

What is being said ends when other words are to be said or the page is left. Calls go before: the loudspeaker is taken
for a sentence at a time and let go in between, and a prompt whose turn does not come soon is dropped. Without engine,
player or sound device the lobby works as before, in silence.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, Event, Thread
from typing import TypeAlias

from nightdesk_displays.voice.playing import SOUND_LOCK, play_soon
from nightdesk_displays.voice.sound import Sound, softer
from nightdesk_displays.voice.speaking import REST_SECONDS, Speaker
from nightdesk_kiosk.lobby.languages import Languages, PatientLanguage
from nightdesk_kiosk.logs import fact
from nightdesk_queue.config import Hospital, Kiosk, VoiceTable
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import Database
from nightdesk_queue.text.bilingual import same

STEP, LOUDEST = 20, 100
"""Percent of volume by which a touch changes it, and the most."""
PATIENCE_SECONDS = 3.0
"""How long a prompt waits for a call to be over."""
CLOSING_SECONDS = 5.0

Play: TypeAlias = Callable[[Sound, Event], bool]
"""Plays a sound until it is over or told to stop; whether it was heard to its end. Raises Fault."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words to be said in a language; `key`: of the clip that may stand for them, empty without one."""

    words: str
    language: PatientLanguage
    key: str


class Prompter:
    """Says what a page says. Any thread may call it, and no call waits.

    `fault`: why the newest prompt could not be heard, None where it could. `play` and `speaker` are this machine's and
    the hospital's where not given; `rest`: seconds between two sentences.
    """

    def __init__(
        self,
        hospital: Hospital,
        kiosk: Kiosk,
        languages: Languages,
        database: Database,
        *,
        play: Play | None = None,
        speaker: Speaker | None = None,
        rest: float = REST_SECONDS,
    ) -> None:
        self.fault: Fault | None = None
        self._kiosk = kiosk
        self._languages = languages
        self._speaker = speaker or prompt_speaker(hospital)
        self._play = play or _player(hospital, database)
        self._rest = rest
        self._volume = kiosk.volume
        self._changed = Condition()
        self._page: Prompt | None = None
        self._next: Prompt | None = None
        self._stop = Event()
        self._closed = False
        self._thread: Thread | None = None

    @property
    def volume(self) -> int:
        """How loud it speaks, in percent; 0 is off."""
        return self._volume

    def say(self, words: str, language: PatientLanguage, key: str) -> None:
        """Stop what is being said and say this instead. `key` is empty for words that no clip can stand for."""
        with self._changed:
            self._page = Prompt(words, language, key)
            self._begin()

    def repeat(self) -> None:
        """Say the page from its beginning."""
        with self._changed:
            self._begin()

    def louder(self) -> None:
        """Speak a step louder, and say the page again so that the difference is heard."""
        with self._changed:
            self._volume = min(self._volume // STEP * STEP + STEP, LOUDEST)
            self._begin()

    def quieter(self) -> None:
        """Speak a step more quietly, the last step is off; say the page again."""
        with self._changed:
            self._volume = max(-(-self._volume // STEP) * STEP - STEP, 0)
            self._begin()

    def quiet(self) -> None:
        """Stop at once: the page was left."""
        with self._changed:
            self._page = None
            self._begin()

    def start_over(self) -> None:
        """Stop at once, and be as loud as at the beginning: the patient has gone."""
        with self._changed:
            self._volume = self._kiosk.volume
            self._page = None
            self._begin()

    def close(self) -> None:
        """Stop at once and end the thread."""
        with self._changed:
            self._closed = True
            self._begin()
            thread = self._thread
        if thread:
            thread.join(CLOSING_SECONDS)

    def _begin(self) -> None:
        """End what is being said and begin with the page, where there is one that may be heard."""
        self._stop.set()
        self._stop = Event()
        heard = self._kiosk.speaks and self._volume > 0 and not self._closed
        self._next = self._page if heard else None
        if self._next and self._thread is None:
            self._thread = Thread(target=self._run, name="prompter", daemon=True)
            self._thread.start()
        self._changed.notify()

    def _run(self) -> None:
        while taken := self._taken():
            self._try(*taken)

    def _taken(self) -> tuple[Prompt, Event] | None:
        """Wait for the next prompt and take it with what ends it; None when closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._next or self._closed)
            prompt, self._next = self._next, None
            return (prompt, self._stop) if prompt else None

    def _try(self, prompt: Prompt, stop: Event) -> None:
        """Say a prompt; where it cannot be heard that is logged once, until one can be."""
        try:
            self._speak(prompt, stop)
        except Fault as fault:
            self._note(fault)
        except Exception as error:  # noqa: BLE001 - a page that cannot be said is still there to be read
            self._note(Fault("no_voice", same(f"{type(error).__name__}: {error}"[:120])))

    def _speak(self, prompt: Prompt, stop: Event) -> None:
        words = self._languages.aloud(prompt.words, prompt.language)
        voice = self._languages.espeak(prompt.language)
        for sound in self._speaker.prompt_parts(words, prompt.language, voice, prompt.key):
            if stop.is_set() or not self._play(softer(sound, self._volume), stop):
                return
            self.fault = None
            stop.wait(self._rest)

    def _note(self, fault: Fault) -> None:
        if self.fault is None or self.fault.code != fault.code:
            fact(logging.WARNING, "page not spoken", kiosk=self._kiosk.id, cause=fault.code)
        self.fault = fault


def prompt_speaker(hospital: Hospital) -> Speaker:
    """Return a speaker with the hospital's clips and readings."""
    voice = hospital.voice or VoiceTable()
    return Speaker(hospital.folder / voice.clips if voice.clips else None, voice.lexicon)


def _player(hospital: Hospital, database: Database) -> Play:
    player = hospital.voice.player if hospital.voice else None
    return lambda sound, stop: play_soon(sound, player, stop, database.lock(*SOUND_LOCK), PATIENCE_SECONDS)
