"""Sounds as samples: joined, made softer, read from recordings of every kind."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from voicing import recorded

from nightdesk_displays.voice.sound import RATE, Sound, chime, from_wav, joined, silence, softer, to_wav
from nightdesk_queue.domain.errors import Fault


def test_sounds_are_joined_to_the_sample_made_softer_and_survive_a_file() -> None:
    whole = joined([chime(), silence(0.5), Sound(array("h", [100, -100]))])
    assert len(whole.samples) == len(chime().samples) + RATE // 2 + 2
    assert list(softer(whole, 50).samples[-2:]) == [50, -50]
    assert set(softer(whole, 0).samples) == {0}
    again = from_wav(to_wav(whole), "x")
    assert (again.samples, again.rate) == (whole.samples, RATE)


@pytest.mark.parametrize(
    ("samples", "channels"),
    [
        ([bytes([128 + 64]), bytes([128 - 64])], 1),
        ([(0x4000).to_bytes(2, "little"), (-0x4000).to_bytes(2, "little", signed=True)], 1),
        ([(0x400000).to_bytes(3, "little"), (-0x400000).to_bytes(3, "little", signed=True)], 1),
        ([(0x40000000).to_bytes(4, "little"), (-0x40000000).to_bytes(4, "little", signed=True)], 1),
        ([v.to_bytes(2, "little", signed=True) for v in (0x7000, 0x1000, -0x4000, -0x4000)], 2),
    ],
)
def test_recordings_of_any_width_and_number_of_channels_are_read(
    tmp_path: Path, samples: list[bytes], channels: int
) -> None:
    file = recorded(tmp_path / "x.wav", samples, channels=channels)
    assert list(from_wav(file.read_bytes(), file).samples) == [0x4000, -0x4000]


def test_sounds_of_several_rates_are_joined_at_the_highest_and_last_as_long_as_before() -> None:
    slow, fast = Sound(array("h", [0, 100] * 4000), 8000), Sound(array("h", [5] * 44100), 44100)
    whole = joined([slow, fast])
    assert whole.rate == 44100
    assert whole.seconds == pytest.approx(2.0, abs=0.001)
    assert set(whole.samples[-44100:]) == {5}
    assert max(whole.samples[:44100]) == 100
    assert joined([slow]).samples == slow.samples


def test_a_file_that_is_no_recording_is_refused_with_its_name(tmp_path: Path) -> None:
    for data in (b"no wave", b"", b"RIFF"):
        with pytest.raises(Fault) as fault:
            from_wav(data, tmp_path / "x.wav")
        assert fault.value.code == "clip"
        assert str(tmp_path / "x.wav") in fault.value.text.en
