"""Sounds as samples: joined, made softer, stored as WAV. Pure but for reading a file it is given.

16-bit mono throughout. Recordings of other widths, channels and rates become that when they are read and joined.
"""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text

RATE = 22050
"""Samples a second of what we make ourselves; espeak-ng's too."""
CHIME_HERTZ = (880.0, 659.3)
"""Two falling tones, A5 and E5, as on a railway platform."""
CHIME_SECONDS = 0.45
LOUDEST = 32767
NOT_WAV = Text(
    zh="录音 {file} 不能用：{e}；请存成未压缩的 WAV(PCM)",
    en="clip {file} cannot be used: {e}; save it as an uncompressed WAV (PCM)",
)


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
    """Return sounds behind each other, all at the highest rate of any."""
    rate = max((sound.rate for sound in sounds), default=RATE)
    samples = array("h")
    for sound in sounds:
        samples.extend(resampled(sound, rate).samples)
    return Sound(samples, rate)


def resampled(sound: Sound, rate: int) -> Sound:
    """Return a sound at another rate: between two samples lies a straight line, which is good enough for speech."""
    if sound.rate == rate or not sound.samples:
        return Sound(sound.samples, rate)
    source, last = sound.samples, len(sound.samples) - 1
    samples = array("h")
    for at in range(len(source) * rate // sound.rate):
        whole, part = divmod(at * sound.rate, rate)
        low, high = source[whole], source[min(whole + 1, last)]
        samples.append(low + (high - low) * part // rate)
    return Sound(samples, rate)


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
    """Read a WAV file of PCM samples; `name` stands in the fault. Raises Fault("clip") for anything else."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.readframes(file.getnframes())
        if not rate:
            raise wave.Error("0 Hz")
        samples = _in_16_bits(frames[: len(frames) - len(frames) % (channels * width)], width)
        return Sound(_mixed(samples, channels), rate)
    except (wave.Error, EOFError, ValueError) as error:
        raise Fault("clip", NOT_WAV.fill(file=name, e=str(error) or type(error).__name__)) from error


def _in_16_bits(frames: bytes, width: int) -> array[int]:
    """Return samples of `width` bytes as 16-bit ones: the upper two bytes; single bytes are unsigned (RIFF WAVE)."""
    if width == 1:
        return array("h", ((byte - 128) << 8 for byte in frames))
    upper = bytearray(2 * (len(frames) // width))
    upper[0::2], upper[1::2] = frames[width - 2 :: width], frames[width - 1 :: width]
    return array("h", bytes(upper))


def _mixed(samples: array[int], channels: int) -> array[int]:
    """Return samples of several channels as one."""
    if channels == 1:
        return samples
    return array("h", (sum(samples[at : at + channels]) // channels for at in range(0, len(samples), channels)))
