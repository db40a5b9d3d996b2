"""Playing a sound on this machine: by the player the configuration names, or the first of the usual ones."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

from nightdesk_displays.voice.sound import Sound, to_wav
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import ProcessLock
from nightdesk_queue.text.bilingual import Text

PLAYERS: tuple[tuple[str, ...], ...] = (("pw-play",), ("paplay",), ("aplay", "-q"))
"""PipeWire, PulseAudio, ALSA."""
SOUND_LOCK = ("voice", "sound")
"""The lock of the loudspeaker."""
GRACE_SECONDS = 5.0
"""How many seconds longer than its sound a player may take before it counts as stuck."""
POLL_SECONDS = 0.05
LONGEST_SOUND_SECONDS = 90.0
NO_PLAYER = Text(
    zh="没有播放程序；安装 alsa-utils(aplay)，或在 [voice] player 中写命令",
    en="there is no player; install alsa-utils (aplay) or name one in [voice] player",
)
NOT_THERE = Text(
    zh="没有 [voice] player 写的命令 {player}；安装它，或改 player",
    en="the command {player} of [voice] player is not there; install it or change player",
)
FAILED = Text(zh="播放失败：{e}；检查声卡和音量", en="it could not be played: {e}; look at the sound card")


def player_of(named: Sequence[str] | None) -> list[str]:
    """Return the command that plays a file. Raises Fault("no_player")."""
    for command in [tuple(named)] if named else PLAYERS:
        if path := shutil.which(command[0]):
            return [path, *command[1:]]
    raise Fault("no_player", NOT_THERE.fill(player=named[0]) if named else NO_PLAYER)


def play(
    sound: Sound, named: Sequence[str] | None, stop: Event, turn: ProcessLock, grace: float = GRACE_SECONDS
) -> None:
    """Play a sound to its end. Raises Fault (no_player, no_sound_device, not_played); a player that hangs is ended.

    One sound at a time for all who take turns by the same lock: it is the player's, too, and lasts as long as it plays,
    whatever becomes of us. When told to `stop` the sound is ended; whoever asks for it has to say it again. `grace`:
    seconds after which a player that takes so much longer than its sound is ended.
    """
    command = player_of(named)
    with turn:
        # a player left behind that never ends is not waited for for ever
        _take_turn(turn, stop, LONGEST_SOUND_SECONDS)
        _play_now(sound, command, stop, turn, grace)


def play_soon(
    sound: Sound,
    named: Sequence[str] | None,
    stop: Event,
    turn: ProcessLock,
    patience: float,
    grace: float = GRACE_SECONDS,
) -> bool:
    """Play a sound whose turn comes within `patience` seconds, as `play` does; False where it was not heard to its end.

    What another is saying is finished first; a sound that comes too late says nothing that is still wanted.
    """
    command = player_of(named)
    with turn:
        if not _take_turn(turn, stop, patience):
            return False
        _play_now(sound, command, stop, turn, grace)
    return not stop.is_set()


def _take_turn(turn: ProcessLock, stop: Event, seconds: float) -> bool:
    """Wait until nobody else plays, at most so long; whether it is our turn, False when told to stop."""
    deadline = time.monotonic() + seconds
    while not turn.acquire():
        if time.monotonic() >= deadline or stop.wait(POLL_SECONDS):
            return False
    return not stop.is_set()


def _play_now(sound: Sound, command: list[str], stop: Event, turn: ProcessLock, grace: float) -> None:
    try:
        with tempfile.TemporaryDirectory(prefix="nightdesk-voice-") as folder:
            file = Path(folder) / "call.wav"
            file.write_bytes(to_wav(sound))
            _play_file([*command, str(file)], Path(folder), sound.seconds + grace, stop, turn)
    except OSError as error:
        raise Fault("not_played", FAILED.fill(e=error.strerror or error)) from error


def _play_file(command: list[str], folder: Path, most: float, stop: Event, turn: ProcessLock) -> None:
    """Run a player for `most` seconds."""
    inherited = (turn.descriptor,) if turn.descriptor is not None else ()
    words = folder / "said"
    with words.open("wb") as said, subprocess.Popen(  # noqa: S603 - the player the configuration or the system names
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said,
        pass_fds=inherited, start_new_session=True,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + most
        try:
            while process.poll() is None and not stop.is_set() and time.monotonic() < deadline:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(POLL_SECONDS)
            hangs = process.poll() is None
        finally:
            process.kill()
    if stop.is_set():
        return
    if hangs:
        raise Fault("no_sound_device", FAILED.fill(e=f"> {most:.0f} s"))
    if process.returncode:
        lines = words.read_text(errors="replace").strip().splitlines()
        raise Fault("no_sound_device", FAILED.fill(e=lines[-1] if lines else process.returncode))
