"""Sounds as samples: joined, made softer, stored as WAV. Pure but for reading a file it is given.

16-bit mono throughout; a clip of another kind is refused with its name, so that nothing is played at the wrong speed.
"""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nightdesk_queue.errors import Fault
from nightdesk_queue.language import Text

RATE = 22050
"""Samples a second of what we make ourselves; espeak-ng's too."""
CHIME_HERTZ = (880.0, 659.3)
"""Two falling tones, A5 and E5, as on a railway platform."""
CHIME_SECONDS = 0.45
LOUDEST = 32767
NOT_WAV = Text(
    zh="录音 {file} 不能用：{e}；需要 16 位单声道 WAV", en="clip {file} cannot be used: {e}; 16-bit mono WAV is needed"
)
RATES = Text(zh="采样率 {rates} 不一致", en="its sample rates {rates} differ")


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples at a rate."""

    samples: array[int]
    rate: int = RATE

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


def silence(seconds: float, rate: int = RATE) -> Sound:
    """Return nothing for a while."""
    return Sound(array("h", bytes(2 * round(seconds * rate))), rate)


def chime(rate: int = RATE) -> Sound:
    """Return two soft falling tones."""
    samples = array("h")
    for hertz in CHIME_HERTZ:
        count = round(CHIME_SECONDS * rate)
        for at in range(count):
            fade = math.exp(-4.0 * at / count) * min(1.0, at / (0.01 * rate))
            samples.append(round(0.6 * LOUDEST * fade * math.sin(2 * math.pi * hertz * at / rate)))
    return Sound(samples, rate)


def joined(sounds: Sequence[Sound]) -> Sound:
    """Return sounds of one rate behind each other. Raises ValueError for several rates."""
    rates = {sound.rate for sound in sounds}
    if len(rates) > 1:
        raise ValueError(RATES.en.format(rates=sorted(rates)))
    samples = array("h")
    for sound in sounds:
        samples.extend(sound.samples)
    return Sound(samples, rates.pop() if rates else RATE)


def softer(sound: Sound, percent: int) -> Sound:
    """Return a sound at a volume of 0 to 100 percent."""
    return Sound(array("h", (sample * percent // 100 for sample in sound.samples)), sound.rate)


def to_wav(sound: Sound) -> bytes:
    """Return a sound as a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes(sound.samples.tobytes())
    return buffer.getvalue()


def from_wav(data: bytes, name: Path | str) -> Sound:
    """Read a WAV file; `name` stands in the fault. Raises Fault("clip") for anything but 16-bit mono."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise wave.Error(f"{file.getnchannels()} channel(s), {8 * file.getsampwidth()} bit")
            samples = array("h", file.readframes(file.getnframes()))
            return Sound(samples, file.getframerate())
    except (wave.Error, EOFError, ValueError) as error:
        raise Fault("clip", NOT_WAV.fill(file=name, e=error)) from error
