"""The voice for tests: programs that stand in for espeak-ng and players, recordings, and a hall that hears."""

from __future__ import annotations

import os
import stat
import threading
import wave
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from nightdesk_displays.voice.sound import RATE, Sound, silence, to_wav
from nightdesk_displays.voice.speaking import Speaker
from nightdesk_displays.voice.words import Spoken, SpokenPage
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Language, Text

CALL = Spoken("N012", "tcm-1", Text(zh="中医1诊室", en="Room 1"))
Tool: TypeAlias = Callable[[str, str], Path]
"""Makes a program of a name from the lines of a shell script."""


def programs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """Programs of the test's own, before all others on the path."""
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def make(name: str, body: str) -> Path:
        file = folder / name
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return file

    return make


def fake_espeak(tool: Tool, folder: Path) -> Path:
    """An espeak-ng that says a tenth of a second of one sample; the file in which it notes what it was asked."""
    said = folder / "said.wav"
    said.write_bytes(to_wav(Sound(array("h", [7] * (RATE // 10)))))
    tool("espeak-ng", f'echo "$@" >> {folder}/asked; cat {said}')
    return folder / "asked"


def recorded(file: Path, samples: list[bytes], *, channels: int = 1, rate: int = RATE) -> Path:
    """A WAV file of some samples, and its name."""
    with wave.open(str(file), "wb") as made:
        made.setnchannels(channels)
        made.setsampwidth(len(samples[0]))
        made.setframerate(rate)
        made.writeframes(b"".join(samples))
    return file


def clips(folder: Path, language: str, *names: str, level: int = 9) -> None:
    """Clips of some words of a language, of a hundred samples of one level."""
    (folder / language).mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / language / f"{name}.wav").write_bytes(to_wav(Sound(array("h", [level] * 100))))


class Hall:
    """Everything that was heard, and a player that takes its time where wanted.

    `said`: what the speaker was asked to say; `broken`: numbers it cannot say, with what it raises instead.
    """

    def __init__(self) -> None:
        self.said: list[str] = []
        self.levels: list[int] = []
        self.heard = 0
        self.at_once = 0
        self.most_at_once = 0
        self.go = threading.Event()
        self.go.set()
        self.fails = False
        self.broken: dict[str, Exception] = {}

    @property
    def numbers(self) -> list[str]:
        """The numbers of the calls that were to be said, in order."""
        return [said.split()[0] for said in self.said]

    def play(self, sound: Sound) -> None:
        """Hear a sound to its end."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.go.wait(10)
        self.at_once -= 1
        if self.fails:
            raise Fault("no_sound_device", Text(zh="无", en="none"))
        self.heard += 1
        self.levels.append(max(sound.samples, default=0))


class Quick(Speaker):
    """A speaker that makes a short sound of level 1000 and remembers its words."""

    def __init__(self, hall: Hall) -> None:
        super().__init__()
        self._hall = hall

    def call(self, spoken: Spoken | SpokenPage, languages: Sequence[Language], repeat: int) -> Sound:
        if isinstance(spoken, SpokenPage):
            self._hall.said.append(f"page {spoken.clinic_name.en}")
            return silence(0.001)
        self._hall.said.append(f"{spoken.number} {spoken.room} {spoken.name} {'+'.join(languages)} {repeat}")
        if spoken.number in self._hall.broken:
            raise self._hall.broken[spoken.number]
        return Sound(array("h", [1000] * 10))
