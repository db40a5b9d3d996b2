"""Playing steps of the command line: chapters of them, each in a folder of its own, and what each answered."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path
from threading import Timer
from typing import Any

from beginning import beginning
from places import EXAMPLE_FILE
from processes import Process

from nightdesk_kiosk.cli import run
from nightdesk_queue.store import open_database

EXAMPLE = EXAMPLE_FILE
DAY = "2026-03-02"
TICKET_ID = re.compile(r"[0-9A-F]{18}")
PORT = re.compile(r"(?<=127\.0\.0\.1):\d{5}\b")
"""A free port of this machine; those of the configuration have four digits."""
WALL_CLOCK = ("since", "last_ok")
"""Keys with a moment of the devices' own clock, which `--now` does not set."""
PATIENCE_SECONDS = 30.0

Json = Any
Replacements = tuple[tuple[str, str], ...]


# --- the answers of commands ---------------------------------------------------------------------------------------


@dataclass
class Answer:
    """What one command printed on standard output, its error, and its exit status."""

    status: int
    out: list[Json]
    error: Json

    @classmethod
    def of(cls, status: int, out: str, err: str) -> Answer:
        """Read what a command printed; all it may say on standard error is one error."""
        said = parsed(err) if err.strip() else None
        error = said.get("error", said) if isinstance(said, dict) else said
        return cls(status, [parsed(line) for line in out.splitlines()], error)

    @property
    def code(self) -> str | None:
        """The code of the error."""
        return self.error.get("code") if isinstance(self.error, dict) else None


def parsed(line: str) -> Json:
    """Return a line of JSON; one that is none as the text it is, which no recorded line is equal to."""
    try:
        return json.loads(line)
    except ValueError:
        return line


def is_moment(value: Json) -> bool:
    """Whether a value is an ISO 8601 moment with its offset."""
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


SINCE = {"miss": ["--at-once"]}
"""What a command needs since 0.4.0 to do what it did: a miss before enough calls."""


def in_process(arguments: list[str]) -> Answer:
    """Run a command here."""
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        status = run(arguments)
    return Answer.of(status, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def until_settled(arguments: list[str]) -> Answer:
    """Run a command again and again until nothing in its lines is on its way any more."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = in_process(arguments)
        if not any(_under_way(line) for line in answer.out) or time.monotonic() > deadline:
            return answer
        time.sleep(0.05)


def _under_way(line: Json) -> bool:
    if not isinstance(line, dict):
        return False
    waits = line.get("state") in ("queued", "claimed", "sending", "awaiting")
    return waits or line.get("cause") in ("starting", "not_served")


def interrupted(arguments: list[str]) -> Answer:
    """Run a command that goes on, and interrupt it as Ctrl+C does once it has printed a line."""
    with started(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        too_late = Timer(PATIENCE_SECONDS, process.kill)
        too_late.start()
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=PATIENCE_SECONDS)
        too_late.cancel()
    return Answer.of(process.returncode, line + rest, err)


def in_small_terminal(arguments: list[str]) -> Answer:
    """Run a command in a terminal that is too small for it."""
    ours, its = os.openpty()
    try:
        termios.tcsetwinsize(its, (10, 40))
        with started(arguments, stdin=its, stdout=its, stderr=subprocess.PIPE, text=True) as process:
            _, err = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        os.close(its)
        os.close(ours)
    return Answer.of(process.returncode, "", err)


def on_full_disk(arguments: list[str]) -> Answer:
    """Run a command whose output cannot be written."""
    with Path("/dev/full").open("w") as full, started(
        arguments, stdout=full, stderr=subprocess.PIPE, text=True
    ) as process:  # fmt: skip
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    return Answer.of(process.returncode, "", err)


def started(arguments: list[str], **streams: Any) -> subprocess.Popen[str]:
    """Start a command as a process."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [*beginning(), sys.executable, "-m", "nightdesk_kiosk", *arguments]
    return Process(command, env=environment, **streams)


WAYS: dict[str, Callable[[list[str]], Answer]] = {
    "@settled": until_settled,
    "@interrupted": interrupted,
    "@tiny": in_small_terminal,
    "@full": on_full_disk,
}


# --- playing chapters ----------------------------------------------------------------------------------------------


Setting = Callable[[Path], AbstractContextManager[object]]


@contextmanager
def plain(_: Path) -> Iterator[None]:
    """Set nothing up."""
    yield


@dataclass(frozen=True)
class Chapter:
    """Some steps on one database. `changes` to the example configuration; `setting`: what stands around the steps."""

    name: str
    said: str
    changes: Replacements = ()
    setting: Setting = plain

    @property
    def steps(self) -> list[str]:
        """The steps without empty lines and notes."""
        lines = (line.strip() for line in self.said.splitlines())
        return [line for line in lines if line and not line.startswith("#")]


@dataclass
class Played:
    """A step and its answer; `in_chinese`: the error said in Chinese, where there was one."""

    step: str
    answer: Answer
    in_chinese: Answer | None = None


@dataclass
class Player:
    """Says the steps of one chapter in its folder; remembers the tickets and the kinds of error it has seen."""

    folder: Path
    ids: dict[str, str] = field(default_factory=dict)
    codes: set[str | None] = field(default_factory=lambda: {None})

    def play(self, step: str) -> Played:
        """Say one step, and once more in Chinese if it ends in an error that is new here."""
        at, *words = shlex.split(step)
        way = WAYS[words.pop(0)] if words[0].startswith("@") else in_process
        arguments = [*self._globals(at), *(self._filled(word) for word in words), *SINCE.get(words[0], ())]
        if "--lang" in words:
            return Played(step, self._tidied(way(arguments)))
        answer = self._tidied(way([*arguments, "--lang", "en"]))
        self._remember(answer.out)
        if way is not in_process or answer.code in self.codes:
            return Played(step, answer)
        self.codes.add(answer.code)
        return Played(step, answer, self._tidied(in_process([*arguments, "--lang", "zh"])))

    def _globals(self, at: str) -> list[str]:
        options = {
            "--config": f"{self.folder}/config.toml",
            "--database": f"sqlite:///{self.folder}/night.db",
            "--now": at if "T" in at else f"{DAY}T{at}",
            "--actor": "li",
        }
        return ["--json", *(word for pair in options.items() for word in pair)]

    def _filled(self, word: str) -> str:
        known = re.sub(r"\{id:(\w+)\}", lambda found: self.ids[found[1]], word)
        return known.replace("{folder}", str(self.folder))

    def _tidied(self, answer: Answer) -> Answer:
        return Answer(answer.status, self._without_places(answer.out), self._without_places(answer.error))

    def _without_places(self, value: Json) -> Json:
        if isinstance(value, dict):
            return {
                key: "<moment>" if key in WALL_CLOCK and is_moment(inner) else self._without_places(inner)
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self._without_places(inner) for inner in value]
        return PORT.sub(":<port>", value.replace(str(self.folder), "{folder}")) if isinstance(value, str) else value

    def _remember(self, value: Json) -> None:
        if isinstance(value, dict):
            id_, number = value.get("id"), value.get("number")
            if isinstance(id_, str) and isinstance(number, str) and TICKET_ID.fullmatch(id_):
                self.ids[number] = id_
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            self._remember(inner)


def play(chapter: Chapter, folder: Path) -> list[Played]:
    """Play a whole chapter in an empty folder."""
    text = EXAMPLE.read_text(encoding="utf-8")
    (folder / "config.toml").write_text(changed(text, chapter.changes), encoding="utf-8")
    # a look never creates a database, which one of 0.4.0 did
    open_database(f"sqlite:///{folder}/night.db").close()
    with chapter.setting(folder):
        player = Player(folder)
        return [player.play(step) for step in chapter.steps]


def changed(text: str, changes: Replacements) -> str:
    """Return a configuration with other lines in place of some; each of them must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text
