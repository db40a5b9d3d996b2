"""Playing a sound on this machine: by the player the configuration names, or the first of the usual ones."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from nightdesk_displays.voice.sound import Sound, to_wav
from nightdesk_queue.errors import Fault
from nightdesk_queue.language import Text

PLAYERS: tuple[tuple[str, ...], ...] = (("pw-play",), ("paplay",), ("aplay", "-q"))
"""PipeWire, PulseAudio, ALSA."""
GRACE_SECONDS = 5.0
"""A player that takes so much longer than the sound lasts is stuck."""
POLL_SECONDS = 0.05
NO_PLAYER = Text(
    zh="没有播放程序；安装 alsa-utils(aplay)，或在 [voice] player 中写命令",
    en="there is no player; install alsa-utils (aplay) or name one in [voice] player",
)
FAILED = Text(zh="播放失败：{e}；检查声卡和音量", en="it could not be played: {e}; look at the sound card")


def player_of(named: Sequence[str] | None) -> list[str]:
    """Return the command that plays a file. Raises Fault("no_player")."""
    for command in [tuple(named)] if named else PLAYERS:
        if path := shutil.which(command[0]):
            return [path, *command[1:]]
    raise Fault("no_player", NO_PLAYER)


def play(sound: Sound, named: Sequence[str] | None, stop: Event) -> None:
    """Play a sound to its end. Raises Fault (no_player, no_sound_device); a player that hangs is ended."""
    command = player_of(named)
    with tempfile.TemporaryDirectory(prefix="nightdesk-voice-") as folder:
        file = Path(folder) / "call.wav"
        file.write_bytes(to_wav(sound))
        try:
            process = subprocess.Popen(  # noqa: S603 - the player the configuration or the system names
                [*command, str(file)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
        except OSError as error:
            raise Fault("no_player", FAILED.fill(e=error)) from error
        _wait(process, sound.seconds + GRACE_SECONDS, stop)


def _wait(process: subprocess.Popen[bytes], seconds: float, stop: Event) -> None:
    with process:
        try:
            _, said = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Fault("no_sound_device", FAILED.fill(e=f"> {seconds:.0f} s")) from None
    if process.returncode and not stop.is_set():
        words = (said or b"").decode(errors="replace").strip().splitlines()
        raise Fault("no_sound_device", FAILED.fill(e=words[-1] if words else process.returncode))
