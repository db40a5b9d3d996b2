"""Playing on this machine: one sound at a time, and a clear fault where nothing can be heard."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time as time_module
from pathlib import Path

import pytest
from devices import Running
from looking import look
from voicing import Tool
from waiting import until

from nightdesk_displays.voice.playing import SOUND_LOCK, play, play_soon
from nightdesk_displays.voice.sound import silence
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import Database


def test_a_player_that_fails_or_hangs_is_a_fault_and_never_waited_for_long(tool: Tool, store: Database) -> None:
    for body in ("echo 'no such device' >&2; exit 1", "exec sleep 60"):
        player = tool("player", body)
        with pytest.raises(Fault) as fault:
            play(silence(0.01), [str(player)], threading.Event(), store.lock(*SOUND_LOCK), grace=0.2)
        assert fault.value.code == "no_sound_device"


def test_a_player_that_leaves_something_behind_is_not_waited_for(tool: Tool, tmp_path: Path, store: Database) -> None:
    player = tool("player", "sleep 60 </dev/null & echo $! > " + str(tmp_path / "left") + "; exit 0")
    began = time_module.monotonic()
    play(silence(0.01), [str(player)], threading.Event(), store.lock(*SOUND_LOCK))
    os.kill(int((tmp_path / "left").read_text()), 9)
    assert time_module.monotonic() - began < 30


def test_sounds_of_several_processes_never_overlap_and_last_as_long_as_the_player(
    tool: Tool, tmp_path: Path, store: Database
) -> None:
    """A speaker killed with -9 leaves its player behind; the next one waits until that has ended."""
    go, log = tmp_path / "go", tmp_path / "log"
    player = tool("player", f"echo begins >> {log}; while [ ! -e {go} ]; do sleep 0.02; done; echo ends >> {log}")
    code = (
        "import sys, threading\n"
        "from nightdesk_displays.voice.playing import SOUND_LOCK, play\n"
        "from nightdesk_displays.voice.sound import silence\n"
        "from nightdesk_queue.store import open_database\n"
        "with open_database(sys.argv[2]) as database:\n"
        "    play(silence(60), [sys.argv[1]], threading.Event(), database.lock(*SOUND_LOCK))"
    )
    command = [sys.executable, "-c", code, str(player), f"sqlite:///{store.where}"]
    first = subprocess.Popen(command)
    until(lambda: log.exists() and log.read_text() == "begins\n")
    first.kill()
    first.wait()
    second = subprocess.Popen(command)
    assert look(store).is_served(*SOUND_LOCK), "the player that was left behind still has the loudspeaker"
    go.touch()
    assert second.wait(30) == 0
    assert log.read_text() == "begins\nends\nbegins\nends\n"


def test_told_to_stop_it_ends_its_player_at_once(tool: Tool, tmp_path: Path, store: Database) -> None:
    begun, stop = tmp_path / "begun", threading.Event()
    player = tool("player", f"touch {begun}; exec sleep 60")
    with Running(lambda: play(silence(60), [str(player)], stop, store.lock(*SOUND_LOCK)), stop):
        until(begun.exists)
        assert look(store).is_served(*SOUND_LOCK)
    assert not look(store).is_served(*SOUND_LOCK)


def test_a_sound_that_cannot_be_stored_is_a_fault(tool: Tool, store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nightdesk_displays.voice.playing.to_wav", full)
    with pytest.raises(Fault) as fault:
        play(silence(0.1), [str(tool("player", "exit 0"))], threading.Event(), store.lock(*SOUND_LOCK))
    assert fault.value.code == "not_played"
    assert "No space left" in fault.value.text.en


def test_a_sound_that_must_come_soon_is_dropped_while_another_lasts(
    tool: Tool, tmp_path: Path, store: Database
) -> None:
    log, stop = tmp_path / "log", threading.Event()
    player = [str(tool("player", f"echo played >> {log}"))]
    with store.lock(*SOUND_LOCK) as other:
        assert other.acquire()
        assert not play_soon(silence(0.01), player, stop, store.lock(*SOUND_LOCK), patience=0.1)
        assert not log.exists()
    assert play_soon(silence(0.01), player, stop, store.lock(*SOUND_LOCK), patience=0.1)
    assert log.read_text() == "played\n"
    assert not look(store).is_served(*SOUND_LOCK)


def test_a_sound_that_is_stopped_while_it_waits_or_before_is_never_begun(
    tool: Tool, tmp_path: Path, store: Database
) -> None:
    log, stop = tmp_path / "log", threading.Event()
    player = [str(tool("player", f"echo played >> {log}"))]
    told: list[bool] = []
    with store.lock(*SOUND_LOCK) as other:
        assert other.acquire()
        with Running(lambda: told.append(play_soon(silence(0), player, stop, store.lock(*SOUND_LOCK), 60)), stop):
            pass
    assert told == [False]
    assert not play_soon(silence(0), player, stop, store.lock(*SOUND_LOCK), 60)
    assert not log.exists()


def test_a_sound_that_is_stopped_was_not_heard_to_its_end(tool: Tool, tmp_path: Path, store: Database) -> None:
    begun, stop = tmp_path / "begun", threading.Event()
    player, told = [str(tool("player", f"touch {begun}; exec sleep 60"))], list[bool]()
    with Running(lambda: told.append(play_soon(silence(60), player, stop, store.lock(*SOUND_LOCK), 60)), stop):
        until(begun.exists)
    assert told == [False]


class Queue:
    """A turn that comes when it was asked for so many times."""

    def __init__(self, asks: int) -> None:
        self.asks = asks
        self.held, self.descriptor = False, None

    def acquire(self) -> bool:
        self.asks -= 1
        self.held = self.asks <= 0
        return self.held

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        raise AssertionError("nobody waits for ever")

    def release(self) -> None:
        self.held = False

    def __enter__(self) -> Queue:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def test_a_sound_waits_for_its_turn(tool: Tool, tmp_path: Path) -> None:
    log, stop = tmp_path / "log", threading.Event()
    player = [str(tool("player", f"echo played >> {log}"))]
    play(silence(0.01), player, stop, Queue(3))
    assert play_soon(silence(0.01), player, stop, Queue(3), patience=60)
    assert log.read_text() == "played\n" * 2
