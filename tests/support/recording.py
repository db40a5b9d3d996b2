"""What every command with `--json` printed in version 0.4.0: the steps that were played, and how to play them.

The recording is `tests/data/recorded_0_4_0.json`. It was made with nightdesk 0.4.0 installed, from the folder of the
project, by

    python tests/support/recording.py tests/data/recorded_0_4_0.json

and is not made again: it is the promise that later versions keep. Steps added later need a 0.4.0 to be recorded with.

The steps come in chapters. Each chapter has a folder, a configuration and a database of its own, so chapters can be
played in any order, and the steps of one build on each other. A step is a line such as

    18:30 issue tcm-night --name 王芳

the time (of 2 March 2026, a Monday, or an ISO 8601 moment) and what is said to `nightdesk`. `{folder}` in it is the
chapter's folder, `{id:N001}` the id of that ticket. A word that begins with `@` says how it is run, see `WAYS`. A step
that ends in an error is said once more in Chinese, the first time that a chapter meets that code; refusals change
nothing, so that is safe.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import termios
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Any

from places import EXAMPLE_FILE

from nightdesk_kiosk.cli import run

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
    with _started(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
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
        with _started(arguments, stdin=its, stdout=its, stderr=subprocess.PIPE, text=True) as process:
            _, err = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        os.close(its)
        os.close(ours)
    return Answer.of(process.returncode, "", err)


def on_full_disk(arguments: list[str]) -> Answer:
    """Run a command whose output cannot be written."""
    with Path("/dev/full").open("w") as full, _started(
        arguments, stdout=full, stderr=subprocess.PIPE, text=True
    ) as process:  # fmt: skip
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    return Answer.of(process.returncode, "", err)


def _started(arguments: list[str], **streams: Any) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen([sys.executable, "-m", "nightdesk_kiosk", *arguments], env=environment, **streams)


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
        arguments = [*self._globals(at), *(self._filled(word) for word in words)]
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
    with chapter.setting(folder):
        player = Player(folder)
        return [player.play(step) for step in chapter.steps]


def changed(text: str, changes: Replacements) -> str:
    """Return a configuration with other lines in place of some; each of them must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


# --- what stands around the steps ----------------------------------------------------------------------------------


@contextmanager
def files_of_bookings(folder: Path) -> Iterator[None]:
    """Lay out files of bookings: a good one, one from a Chinese spreadsheet, one with faults, some that are none."""
    (folder / "good.csv").write_text(
        "clinic,at,name,phone,priority,reference\n"
        "tcm-night,2026-03-02 19:00,Wang,13800001234,elderly,R1\n"
        "postpartum,2026-03-02 18:30,Zhao,,,R2\n"
        '"Evening clinic, Chinese medicine",2026-03-02 19:30,Qian,,,R3\n',
        encoding="utf-8",
    )
    (folder / "chinese.csv").write_bytes(
        "门诊,时间,姓名,电话\r\n中医夜间门诊,2026/3/2 19:15,孙八,5550000\r\n".encode("gb18030")
    )
    (folder / "faults.csv").write_text(
        "clinic,at,name,priority,reference\n"
        "tcm-night,2026-03-02 19:45,Zhou,,R9\n"
        "none,2026-03-02 19:00,A,,\n"
        "tcm-night,soon,B,,\n"
        "tcm-night,2026-03-02 23:00,C,,\n"
        "tcm-night,2026-03-02 10:00,D,,\n"
        "tcm-night,2026-03-02 19:00,E,king,\n"
        'tcm-night,2026-03-02 19:00,"F,,\n'
        "tcm-night,2026-03-02 19:00,G,,,,,\n"
        "tcm-night,2026-03-02 20:00,Wang,,R1\n",
        encoding="utf-8",
    )
    (folder / "headings.csv").write_text("who,when\nWang,now\n", encoding="utf-8")
    (folder / "picture.csv").write_bytes(b"\x89PNG\xff\xff\xff")
    yield


@contextmanager
def files_of_nights(folder: Path) -> Iterator[None]:
    """Lay out what `simulate` reads: arrivals, consultations, another configuration, and some that are wrong."""
    text = (folder / "config.toml").read_text(encoding="utf-8")
    (folder / "other.toml").write_text(text.replace("return = 2", "return = 9"), encoding="utf-8")
    (folder / "arrivals.csv").write_text(
        "clinic,at,priority,level\ntcm-night,17:40,,\ntcm-night,17:42,elderly,\ntcm-night,17:45,,3\nbone,18:05,,\n",
        encoding="utf-8",
    )
    session = "".join(f"{kind},{seconds}\n" for kind, seconds in [("first", 900), ("return", 420), ("first", 640)] * 4)
    (folder / "consultations.csv").write_text(f"visit_type,seconds\n{session}\n{session}", encoding="utf-8")
    (folder / "no-arrivals.csv").write_text("clinic,at\n", encoding="utf-8")
    (folder / "long.csv").write_text("clinic,at\nbone,2026-03-02T10:00\nbone,2026-03-04T10:00\n", encoding="utf-8")
    (folder / "wrong.csv").write_text("clinic,at,visit_type,seconds\nnone,18:00,third,0\n", encoding="utf-8")
    (folder / "empty.csv").write_text("visit_type,seconds\n", encoding="utf-8")
    (folder / "headings.csv").write_text("who,when\nWang,now\n", encoding="utf-8")
    (folder / "picture.csv").write_bytes(b"\x89PNG\xff\xff\xff")
    yield


FAULTY: dict[str, Replacements] = {
    "many-faults.toml": (
        ('prefix    = "B"', 'prefix = "N"'),
        ("quota = 20", "quota = 0"),
        ('rooms     = ["pp-1"]', 'rooms = ["pp-7"]'),
        ('hotline    = "3570000"', 'hotlines = "3570000"'),
        ('rule         = "interleave"', 'rule = "random"'),
        ("paper_mm = 58", 'paper_mm = "58"'),
        ('last_ticket = "20:40"', 'last_ticket = "21:40"'),
        ('protocol = "cd5220"', 'protocol = "morse"'),
        ('backup  = "duty-room"', 'backup = "lobby"'),
        ('TCM_NIGHT = "tcm-night"', 'TCM_NIGHT = "tcm-nigth"'),
        ('timezone   = "Asia/Shanghai"', 'timezone = "Asia/Peking"'),
        ("[hl7]\n", "[hl8]\nport = 1\n[hl7]\n"),
    ),
    "no-name.toml": (('name = { zh = "康复1室", en = "Rehab room 1" }', ""),),
    "both-hours.toml": (
        ('id        = "postpartum"', 'id = "postpartum"\nhours = "always"'),
        ('id = "tcm-2"', 'id = "tcm-1"'),
    ),
    "no-toml.toml": (("[hospital]", "[hospital"),),
}


@contextmanager
def faulty_configurations(folder: Path) -> Iterator[None]:
    """Lay out configurations that are refused."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for name, changes in FAULTY.items():
        (folder / name).write_text(changed(text, changes), encoding="utf-8")
    (folder / "empty.toml").write_text("", encoding="utf-8")
    (folder / "gb18030.toml").write_bytes(text.encode("gb18030"))
    (folder / "layouts").mkdir()
    (folder / "layouts" / "ticket.toml").write_text("[[row]]\ntext = '{oops}'\n", encoding="utf-8")
    yield


@contextmanager
def unusable_databases(folder: Path) -> Iterator[None]:
    """Lay out databases that cannot be used: of a newer version, another program's, no database, a damaged one."""
    for name in ("newer", "damaged"):
        in_process(["--json", "--config", str(EXAMPLE), "--database", f"sqlite:///{folder}/{name}.db", "issue", "bone"])
    for name, words in (("newer", "PRAGMA user_version = 9999"), ("foreign", "CREATE TABLE recipes (dish TEXT)")):
        connection = sqlite3.connect(folder / f"{name}.db")
        connection.execute(words)
        connection.commit()
        connection.close()
    (folder / "letter.db").write_text("Dear colleagues, this is no database. " * 20, encoding="utf-8")
    (folder / "scrap.db").write_text("note", encoding="utf-8")
    damaged = bytearray((folder / "damaged.db").read_bytes())
    damaged[4096:] = b"\x5a" * (len(damaged) - 4096)
    (folder / "damaged.db").write_bytes(damaged)
    yield


@contextmanager
def devices_around(folder: Path) -> Iterator[None]:
    """Let nobody answer at the lobby printer, a pole display be there, and every word of the voice be recorded."""
    with socket.socket() as away, socket.create_server(("127.0.0.1", 0)) as pole:
        away.bind(("127.0.0.1", 0))  # bound and not listening: it refuses, and nobody else gets the port
        _give_addresses(folder / "config.toml", folder, away.getsockname()[1], pole.getsockname()[1])
        _record_clips(folder / "clips")
        text = (folder / "config.toml").read_text(encoding="utf-8")
        (folder / "layouts").mkdir()
        (folder / "layouts" / "ticket.toml").write_text("[[row]]\ntext = '{oops}'\n", encoding="utf-8")
        (folder / "layout.toml").write_text(f'{text}\n[printing]\ntemplates = "layouts"\n', encoding="utf-8")
        (folder / "mute.toml").write_text(text.replace('"true"', '"no-such-player"'), encoding="utf-8")
        (folder / "one-printer.toml").write_text(text.replace('id      = "duty-room"', 'id = "cellar"').replace(
            '"duty-room"', '"cellar"'), encoding="utf-8")  # fmt: skip
        yield


VOICE: Replacements = (
    ("[hl7]\n", '[voice]\nclips = "clips"\nplayer = ["true"]\nrepeat = 1\n\n[hl7]\n'),
)  # fmt: skip


def _give_addresses(config: Path, folder: Path, printer: int, pole: int) -> None:
    addresses = (
        ("tcp://127.0.0.1:9100", f"tcp://127.0.0.1:{printer}"),
        ("/dev/ttyS1", f"{folder}/no-such-line"),
        ("/dev/ttyUSB1", f"socket://127.0.0.1:{pole}"),
    )
    config.write_text(changed(config.read_text(encoding="utf-8"), addresses), encoding="utf-8")


def _record_clips(folder: Path) -> None:
    rooms = ["er-1", "er-2", "bone-1", "tcm-1", "tcm-2", "pp-1", "counter-1", "counter-2"]
    clinics = ["er", "bone", "tcm-night", "postpartum", "service"]
    words = ["please", "number", "go_to", "doctor", *"0123456789EBNPS"]
    words += [*(f"room-{room}" for room in rooms), *(f"clinic-{clinic}" for clinic in clinics)]
    for language in ("zh", "en"):
        (folder / language).mkdir(parents=True)
        for word in words:
            _record_clip(folder / language / f"{word}.wav")


def _record_clip(file: Path) -> None:
    with wave.open(str(file), "wb") as clip:
        clip.setnchannels(1)
        clip.setsampwidth(2)
        clip.setframerate(8000)
        clip.writeframes(bytes(1600))


@contextmanager
def services(folder: Path) -> Iterator[None]:
    """Let `nightdesk run` serve two printers on a screen, a display that is away and one that is there."""
    with socket.create_server(("127.0.0.1", 0)) as pole:
        _give_addresses(folder / "config.toml", folder, 9100, pole.getsockname()[1])
        config = (folder / "config.toml").read_text(encoding="utf-8")
        (folder / "config.toml").write_text(config.replace("tcp://127.0.0.1:9100", "screen:"), encoding="utf-8")
        where = ["--config", f"{folder}/config.toml", "--database", f"sqlite:///{folder}/night.db"]
        arguments = ["--json", *where, "--now", f"{DAY}T18:30", "run"]
        with (folder / "said").open("w") as said, _started(arguments, stdout=said, stderr=said) as process:
            try:
                yield
            finally:
                process.terminate()
                status = process.wait(PATIENCE_SECONDS)
        assert status == 0, "SIGTERM ends the services with status 0"


# --- the chapters --------------------------------------------------------------------------------------------------


ARRIVING = Chapter(
    "arriving",
    """
    17:35 bookings list
    17:35 queue
    17:35 events
    # who telephones
    17:35 expect tcm-night --name 张三 --phone 13812345678 --at 18:30 --priority elderly --key booking-1
    17:35 expect tcm-night --name 张三 --phone 13812345678 --at 18:30 --priority elderly --key booking-1
    17:36 expect tcm-night --name 李四
    17:36 expect bone --phone "+86 10 8888" --priority veteran --priority pregnant
    17:36 expect tcm-night --at 2026-03-03T18:00 --name Zhao
    17:36 expect tcm-night --at "2026-03-02 19:40" --name Sun
    17:36 expect tcm-night --at 17:00
    17:36 expect tcm-night --at 22:00
    17:36 expect tcm-night --at late
    17:36 expect nowhere
    17:36 expect tcm-night --priority king
    17:36 expect bone --key booking-1
    17:36 expect
    22:30 expect tcm-night
    17:37 bookings list
    17:37 queue tcm-night
    17:37 show N001
    17:37 call N001 --room tcm-1
    17:37 print reprint N001
    # who arrives
    17:20 check-in N001
    18:20 check-in N001 --kiosk lobby-1
    18:21 check-in N001
    18:21 check-in N002
    18:21 check-in N004
    18:21 check-in N099
    18:21 check-in N002 --kiosk nowhere
    18:21 check-in B001 --kiosk lobby-9
    18:21 check-in B001
    20:15 check-in N003
    18:22 bookings list
    # who takes a number
    18:30 issue tcm-night
    18:30 issue tcm-night --name 王芳 --priority pregnant --key a-key --kiosk lobby-1 --language en
    18:31 issue tcm-night --name 王芳 --priority pregnant --key a-key --kiosk lobby-1 --language en
    18:31 issue tcm-night --level 3 --priority elderly --priority disabled --language zh
    18:32 issue bone --level 4 --name "  Smith,   John "
    18:32 issue er
    18:32 issue postpartum --kiosk lobby-1
    18:32 issue service
    18:33 issue nowhere
    18:33 issue tcm-nigth
    18:33 issue bone --priority king
    18:33 issue bone --level 1
    18:33 issue bone --level 2
    18:33 issue bone --level 9
    18:33 issue bone --level three
    18:33 issue bone --language fr
    18:33 issue bone --kiosk lobby-9
    18:33 issue er --kiosk lobby-1
    18:33 issue bone --level 3 --kiosk lobby-1
    18:33 issue bone --extra --kiosk lobby-1
    18:33 issue service --key a-key
    18:33 issue bone --key ""
    18:33 issue bone --unknown
    18:33 issue
    12:00 issue tcm-night
    20:45 issue tcm-night
    2026-03-07T18:00 issue postpartum
    2026-02-17T18:00 issue tcm-night
    20:50 issue tcm-night --extra
    21:05 issue tcm-night --extra
    # looking
    18:34 show N005
    18:34 show n5
    18:34 show {id:N005}
    18:34 show N099
    18:34 show ""
    18:34 show 123456789012345678
    18:34 queue
    18:34 queue tcm-night
    18:34 queue nowhere
    12:00 queue postpartum
    18:35 print jobs
    18:35 report
    18:35 no-shows
    21:30 no-shows
    21:31 bookings list
    21:31 report
    # every number of the day before is still known
    2026-03-03T18:00 show N005
    2026-03-03T18:00 issue tcm-night
    2026-03-03T18:00 check-in N003
    2026-03-03T18:00 report --days 2
    2026-03-03T18:00 events
    """,
)

CALLING = Chapter(
    "calling",
    """
    18:00 call --room tcm-1
    18:00 issue tcm-night --name 甲
    18:00 issue tcm-night --name 乙
    18:00 issue tcm-night --name 丙 --priority elderly
    18:01 issue tcm-night --name 丁 --level 3
    18:01 issue tcm-night --name 戊
    18:02 queue tcm-night
    18:02 call --room tcm-1
    18:02 call --room tcm-1
    18:02 call --room tcm-2 N005
    18:02 call --room tcm-2 N004
    18:02 call --room cellar
    18:02 call --room bone-1 N001
    18:02 call --room tcm-2 N099
    18:02 call
    18:03 recall N004
    18:03 recall N001
    18:03 recall N099
    18:03 finish N004
    18:04 start N004
    18:04 start N004
    18:05 start N005
    18:05 queue tcm-night
    18:05 call --room tcm-1
    18:14 finish N004
    18:14 finish N004
    18:14 hold N005 --to 放射科
    18:14 hold N005
    18:14 show N005
    18:15 call --room tcm-2
    18:15 miss N001
    18:16 miss N003
    18:16 miss N003
    18:16 queue tcm-night
    18:17 rejoin N003
    18:17 rejoin N003
    18:17 hold N002
    18:18 call --room tcm-2
    18:18 miss N001
    18:19 call --room tcm-2
    18:19 return N005
    18:19 return N005
    18:19 return N002
    18:19 cancel N003
    18:19 cancel N003
    18:20 queue tcm-night
    18:21 start N099
    18:21 hold N099
    18:21 return N099
    18:21 miss N099
    18:21 rejoin N099
    18:21 cancel N099
    18:21 finish N099
    18:22 rejoin N001
    18:22 cancel N001
    18:23 cancel N002
    18:23 cancel N005
    # missed three times: the ticket lapses
    18:30 issue bone --name 己
    18:31 call --room bone-1
    18:32 miss B001
    18:33 rejoin B001
    18:33 call --room bone-1
    18:33 call --room bone-1 B001
    18:34 miss B001
    18:35 rejoin B001
    18:37 call --room bone-1
    18:38 miss B001
    18:38 rejoin B001
    18:39 show B001
    18:39 queue bone
    # one at an examination too long, one waiting too long
    18:40 issue bone
    18:41 hold B002 --to "X-ray, building 3"
    18:42 issue bone
    20:30 queue bone
    20:31 return B002
    20:31 call --room bone-1
    # after a few calls
    20:32 report
    20:32 report --forecast
    20:32 events
    20:32 events --after 20
    20:32 events --after 4000
    20:32 events --after -1
    20:32 @interrupted events --follow --after 36
    """,
)

MOVING = Chapter(
    "moving",
    """
    18:00 issue er --name 王芳 --priority pregnant
    18:00 issue er
    18:00 issue er
    18:01 issue bone
    18:01 issue tcm-night
    18:02 level E002 3
    18:02 level E002 3
    18:02 level E002 4
    18:02 level E002 1
    18:02 level E002 2
    18:02 level E002 5
    18:02 level E002 high
    18:02 level E099 3
    18:02 level E002
    18:05 transfer E001 --to tcm-night --level 3 --reason 感冒
    18:05 transfer E001 --to tcm-night
    18:05 transfer E001 --to nowhere
    18:05 transfer E099 --to tcm-night
    18:05 transfer B001 --to tcm-night
    18:05 transfer E002 --to tcm-night --level 1
    18:05 transfer E002 --to tcm-night --level 0
    18:05 transfer E002
    12:00 transfer E002 --to postpartum
    18:06 transfer N001 --to service --back --reason "blood pressure"
    18:06 show N001
    18:07 call --room counter-1
    18:08 start N001
    18:12 finish N001
    18:12 show N001
    18:12 queue tcm-night
    18:13 call --room tcm-1
    18:14 start E001
    18:15 transfer E001 --to service --no-back
    18:15 call --room counter-1
    18:16 start E001
    18:20 finish E001
    18:20 transfer E001 --to bone
    # a way back that is closed, or suspended
    18:21 call --room tcm-1 N001
    18:21 transfer N001 --to service --back
    18:22 call --room counter-2
    18:22 start N001
    18:23 transfer E002 --to service --back
    18:24 suspend tcm-night --notice "医生急诊, back at 20:00"
    18:24 suspend tcm-night
    18:25 finish N001
    18:25 show N001
    18:25 issue tcm-night
    18:25 issue tcm-night --extra
    18:25 expect tcm-night --at 19:00
    18:25 transfer E003 --to tcm-night
    18:25 queue tcm-night
    18:26 resume tcm-night
    18:26 resume tcm-night
    18:26 suspend nowhere
    18:26 resume nowhere
    18:26 expect tcm-night --at 18:40 --name 周
    18:27 suspend tcm-night --notice typhoon
    18:28 check-in N002
    18:28 queue tcm-night
    18:29 resume tcm-night
    # other rooms
    18:30 move bone --to tcm-2 --notice "2nd floor"
    18:30 queue bone
    18:30 queue tcm-night
    18:31 call --room tcm-2
    18:31 move tcm-night --to bone-1
    18:31 move service --to er-1 --to er-2
    18:31 move bone --to nowhere
    18:31 move nowhere --to tcm-1
    18:31 move bone --to
    18:32 move bone
    18:32 move bone
    18:32 call --room bone-1
    18:32 move postpartum --to pp-1 --to er-2
    18:33 call --room er-1
    18:33 move tcm-night --to tcm-1 --to bone-1
    18:34 queue
    18:34 print jobs
    18:34 print reprint E001
    18:35 report
    18:35 events
    """,
)

UNDOING = Chapter(
    "undoing",
    """
    18:00 undo
    18:00 undo --station console
    18:00 issue bone --key again
    18:01 undo
    18:01 issue bone --key again
    18:02 issue bone --kiosk lobby-1
    18:03 call --room bone-1
    18:03 undo
    18:04 call --room bone-1
    18:04 start B002
    18:05 undo
    18:06 start B002
    18:12 finish B002
    18:12 undo
    18:13 hold B002 --to X-ray
    18:13 undo
    18:13 hold B002
    18:14 return B002
    18:14 undo
    18:15 transfer B002 --to service --level 3 --back
    18:15 undo
    18:16 cancel B002
    18:16 undo
    18:17 level B003 3
    18:17 undo
    18:18 suspend bone --notice flood
    18:18 undo
    18:19 move bone --to tcm-2
    18:19 undo
    18:20 expect bone
    18:20 check-in B004
    18:20 undo
    18:20 undo
    18:21 undo --station kiosk:lobby-1
    18:22 undo --station kiosk:lobby-1
    18:23 undo --station cli --actor wang
    18:23 issue bone --actor wang
    18:23 undo --station cli --actor wang
    18:24 issue service --kiosk lobby-1
    18:24 call --room counter-1
    18:24 undo --station kiosk:lobby-1
    18:25 miss S001
    18:26 rejoin S001
    18:26 undo
    18:26 undo
    18:27 undo
    18:27 issue bone
    18:28 call --room bone-1
    18:28 miss B006
    18:30 rejoin B006
    18:32 call --room bone-1
    18:32 miss B006
    18:34 rejoin B006
    18:36 call --room bone-1
    18:36 miss B006
    18:37 show B006
    18:37 undo
    # somebody else is in the room by now
    18:38 miss B006
    18:39 issue bone --actor wang
    18:39 call --room bone-1 B007 --actor wang
    18:40 undo --actor li
    18:41 suspend bone --actor wang
    18:41 suspend bone --notice flood
    18:42 undo --actor wang
    2026-03-03T08:00 undo
    2026-03-03T08:00 events
    """,
)

ENDING = Chapter(
    "ending",
    """
    17:40 issue tcm-night --name 甲
    17:40 issue tcm-night --name 乙
    17:41 issue tcm-night
    17:41 issue tcm-night
    17:41 issue tcm-night
    17:41 issue tcm-night
    17:42 expect tcm-night --at 18:00 --name 庚
    17:42 expect tcm-night --name 辛
    17:42 expect bone --name 壬
    17:43 call --room tcm-1
    17:44 start N001
    17:50 call --room tcm-2
    17:51 miss N002
    17:52 hold N003
    20:30 call --room tcm-2
    20:35 issue tcm-night
    20:36 leftover list
    20:36 leftover serve N001
    # nothing is ever purged
    21:10 leftover list
    21:10 leftover list tcm-night
    21:10 leftover list nowhere
    21:10 leftover serve N001 N005
    21:10 leftover serve N001 N099
    21:10 leftover serve
    21:11 leftover release N002 N004
    21:11 leftover release N002
    21:11 leftover move N003 --to service
    21:11 leftover move N005 --to bone
    21:11 leftover move N005 --to nowhere
    21:11 leftover move N005
    21:12 leftover move N006 --to tcm-night
    21:12 leftover list
    21:12 no-shows
    21:12 no-shows
    21:13 finish N001
    21:13 report
    21:13 report --day 2026-03-02
    21:13 report --day 2026-03-01
    21:13 report --day soon
    21:13 report --days 0
    21:13 report --days 7
    21:13 report --forecast
    21:13 report --forecast --days 3
    21:13 report --forecast --day 2026-03-09
    21:14 print list tcm-night
    2026-03-03T18:00 leftover list
    2026-03-03T18:00 leftover serve N006
    2026-03-03T18:00 leftover release N006
    2026-03-03T18:01 no-shows
    2026-03-03T18:01 queue
    2026-03-03T18:01 events
    """,
)

PAGING = Chapter(
    "paging",
    """
    21:59 issue bone
    21:59 page list
    21:59 page ack
    23:00 issue bone --name 王芳
    23:01 issue bone
    23:02 issue bone
    23:02 issue bone
    23:03 page list
    23:03 page list --last 2
    23:03 page list --last 0
    23:03 print jobs
    23:04 page ack B002
    23:04 page ack B002
    23:04 page ack B099
    23:04 page ack 2 --actor wang
    23:05 call B004 --room bone-1
    23:05 page list
    23:06 undo
    23:06 page list
    23:07 page ack
    23:07 page ack
    23:08 issue er
    23:09 transfer E001 --to bone
    23:09 cancel E001
    23:10 page list --last 1
    2026-03-03T03:00 issue bone
    2026-03-03T03:00 page list --last 1
    2026-03-03T03:01 report
    2026-03-03T03:01 events
    """,
)

PRINTING = Chapter(
    "printing",
    """
    18:00 print jobs
    18:00 print retry
    18:00 print status
    18:00 issue bone
    18:00 issue er
    18:01 transfer E001 --to bone
    18:01 print jobs
    18:01 print jobs --last 1
    18:01 print jobs --last 0
    18:02 print status
    18:02 print reprint B001
    18:02 print reprint B001
    18:02 print reprint E001 --printer duty-room
    18:02 print reprint B001 --printer nowhere
    18:02 print reprint B099
    18:02 print reprint
    18:03 print retry 1
    18:03 print retry 1 --to duty-room
    18:03 print retry 1 --to nowhere
    18:03 print retry 99
    18:03 print retry 0
    18:03 print retry first
    18:03 print retry --to nowhere
    18:03 print retry --to duty-room
    18:04 print test lobby
    18:04 print test nowhere
    18:04 print test
    18:05 print list bone
    18:05 print list bone --day 2026-03-01 --printer duty-room
    18:05 print list bone --day soon
    18:05 print list bone --printer nowhere
    18:05 print list nowhere
    18:06 print preview ticket --png {folder}/ticket.png
    18:06 print preview transfer --png {folder}/transfer.png --ticket E001
    18:06 print preview test --png {folder}/test.png --printer duty-room
    18:06 print preview ticket --png {folder}/no/ticket.png
    18:06 print preview ticket --png {folder}/ticket.unknown
    18:06 print preview ticket --ticket B099
    18:06 print preview ticket --printer nowhere
    18:06 print preview letter
    18:06 print template letter
    18:07 print
    18:07 print dance
    18:07 print jobs
    18:07 print status
    18:07 display status
    18:07 display test lobby-sign
    18:07 display test nowhere
    18:07 display test
    18:07 voice status
    18:08 events
    """,
)

OTHER_RULES = Chapter(
    "other rules",
    """
    17:30 expect tcm-night --at 17:50 --name 甲
    17:31 issue tcm-night
    17:32 issue tcm-night --priority elderly
    17:32 issue tcm-night
    17:33 expect tcm-night
    17:33 issue tcm-night --extra
    17:34 issue er
    17:34 issue er
    17:34 issue bone
    17:44 transfer E001 --to tcm-night
    17:44 transfer E002 --to tcm-night
    17:45 transfer B001 --to service
    17:45 check-in N001
    17:46 queue tcm-night
    17:50 call --room tcm-1
    17:50 start N001
    17:51 call --room tcm-2
    17:51 miss N003
    17:52 show N003
    17:52 issue postpartum
    17:53 call --room counter-1
    17:53 start B001
    17:54 finish B001
    17:54 show B001
    20:36 issue postpartum
    17:55 queue
    17:55 print jobs
    17:55 events
    """,
    changes=(
        ("quota = 40", "quota = 3"),
        ('rule         = "interleave"', 'rule = "accumulate"\nrates = { elderly = 2.0, first = 1.0 }'),
        ('booked       = "equal"', 'booked = "first"'),
        ("lapse_after  = 3", "lapse_after = 1"),
        ('credit       = "arrival"', 'credit = "half"\nquota = 1'),
        ('id        = "service"', 'id = "service"\nprinter = "duty-room"\ntransfer = { way_back = true }'),
    ),
)

BOOKINGS = Chapter(
    "bookings",
    """
    17:00 bookings import {folder}/good.csv
    17:00 bookings import {folder}/good.csv
    17:01 bookings import {folder}/chinese.csv
    17:02 bookings import {folder}/faults.csv
    17:02 bookings import {folder}/faults.csv --lang zh
    17:03 bookings import {folder}/headings.csv
    17:03 bookings import {folder}/picture.csv
    17:03 bookings import {folder}/none.csv
    17:03 bookings import
    17:03 bookings
    17:04 bookings list
    18:10 check-in N001
    18:10 cancel N002
    18:11 bookings import {folder}/good.csv
    18:11 queue postpartum
    21:05 no-shows
    21:05 bookings list
    21:05 events
    """,
    setting=files_of_bookings,
)

SIMULATING = Chapter(
    "simulating",
    """
    18:00 simulate --nights 1 --seed 3
    18:00 simulate --nights 1 --clinic tcm-night --clinic bone
    18:00 simulate --nights 1 --clinic tcm-night --rooms 1 --per-hour 6 --no-show 0.2 --examination 0.3 --priority 0.5
    18:00 simulate --nights 1 --clinic tcm-night --clinic bone --arrivals {folder}/arrivals.csv
    18:00 simulate --nights 1 --clinic tcm-night --consultations {folder}/consultations.csv
    18:00 simulate --nights 1 --clinic tcm-night --against {folder}/other.toml --plot {folder}/night.svg
    18:00 simulate --clinic nowhere
    18:00 simulate --nights 0
    18:00 simulate --no-show 2
    18:00 simulate --plot {folder}/night.gif
    18:00 simulate --nights 1 --clinic service --per-hour 1 --plot {folder}/no/night.svg
    18:00 simulate --arrivals {folder}/none.csv
    18:00 simulate --arrivals {folder}/no-arrivals.csv
    18:00 simulate --arrivals {folder}/long.csv
    18:00 simulate --arrivals {folder}/wrong.csv
    18:00 simulate --arrivals {folder}/headings.csv
    18:00 simulate --arrivals {folder}/picture.csv
    18:00 simulate --consultations {folder}/none.csv
    18:00 simulate --consultations {folder}/empty.csv
    18:00 simulate --consultations {folder}/wrong.csv
    18:00 simulate --against {folder}/none.toml
    """,
    setting=files_of_nights,
)

CONFIGURATIONS = Chapter(
    "configurations",
    """
    18:00 queue --config {folder}/many-faults.toml
    18:00 check --config {folder}/many-faults.toml
    18:00 queue --config {folder}/no-name.toml
    18:00 queue --config {folder}/both-hours.toml
    18:00 queue --config {folder}/no-toml.toml
    18:00 queue --config {folder}/empty.toml
    18:00 queue --config {folder}/gb18030.toml
    18:00 queue --config {folder}/none.toml
    18:00 queue --config {folder}
    18:00 print preview ticket
    # wrong usage
    18:00 dance
    18:00 queue tcm-night bone
    18:00 queue --dance
    18:00 queue --lang fr
    18:00 queue --now yesterday
    18:00 queue --now 1066-10-14T09:00
    18:00 queue --now ""
    18:00 queue --actor ""
    18:00 queue --config ""
    18:00 page dance
    18:00 leftover
    18:00 sign --port 99999
    18:00 sign --port {folder}/no-such-line
    18:00 sign --protocol morse
    18:00 printer --fault fire
    18:00 printer --paper 60
    18:00 demo --speed 0
    # no terminal, and one that is too small
    18:00 lobby
    18:00 lobby --kiosk nowhere
    18:00 console
    18:00 board
    18:00 @tiny lobby
    """,
    changes=(("[hl7]\n", '[printing]\ntemplates = "layouts"\n\n[hl7]\n'),),
    setting=faulty_configurations,
)

DATABASES = Chapter(
    "databases",
    """
    18:00 queue bone --database sqlite:///{folder}/newer.db
    18:00 issue bone --database sqlite:///{folder}/foreign.db
    18:00 issue bone --database sqlite:///{folder}/letter.db
    18:00 issue bone --database sqlite:///{folder}/scrap.db
    18:00 issue bone --database sqlite:///{folder}/damaged.db
    18:00 issue bone --database sqlite:///{folder}/no/night.db
    18:00 issue bone --database sqlite:///{folder}
    18:00 issue bone --database oracle://night
    18:00 issue bone --database ""
    18:00 run --database sqlite:///{folder}/no/night.db
    18:00 @full queue bone
    """,
    setting=unusable_databases,
)

CHECKING = Chapter(
    "checking",
    """
    18:00 check
    18:00 check --lang zh
    18:00 issue bone
    18:00 check --config {folder}/layout.toml
    18:00 check --config {folder}/mute.toml
    18:00 print test duty-room
    18:00 check --config {folder}/one-printer.toml
    18:00 check --database sqlite:///{folder}/no/night.db
    18:00 print status
    18:00 display status
    18:00 voice status
    18:00 voice test N012 --room tcm-1 --wav {folder}/call.wav
    18:00 voice test N012 --room tcm-1
    18:00 voice test N012 --room tcm-1 --config {folder}/mute.toml
    18:00 voice test N012 --room tcm-1 --wav {folder}/no/call.wav
    18:00 voice test N012 --room nowhere
    18:00 voice test ""
    18:00 voice test
    """,
    changes=VOICE,
    setting=devices_around,
)

SERVING = Chapter(
    "serving",
    """
    18:30 @settled print status
    18:30 @settled display status
    18:30 issue bone
    18:30 issue tcm-night
    18:30 @settled print jobs
    18:30 print retry 1
    18:30 print reprint B001
    18:30 print test duty-room
    18:30 @settled print jobs
    18:30 print retry
    18:30 display test counter-pole
    18:30 display test lobby-sign
    18:30 voice status
    """,
    setting=services,
)

CHAPTERS = (
    ARRIVING,
    CALLING,
    MOVING,
    UNDOING,
    ENDING,
    PAGING,
    PRINTING,
    OTHER_RULES,
    BOOKINGS,
    SIMULATING,
    CONFIGURATIONS,
    DATABASES,
    CHECKING,
    SERVING,
)


# --- recording -----------------------------------------------------------------------------------------------------


def recorded_form(played: Played, names: dict[str, str]) -> Json:
    """Return a step as the recording holds it: ids of tickets named in their order of appearance."""
    form = {
        "step": played.step,
        "status": played.answer.status,
        "out": played.answer.out,
        "error": played.answer.error,
        "in_chinese": played.in_chinese.error if played.in_chinese else None,
    }
    return _named(form, names)


def _named(value: Json, names: dict[str, str]) -> Json:
    if isinstance(value, dict):
        return {key: _named(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_named(inner, names) for inner in value]
    if isinstance(value, str) and TICKET_ID.fullmatch(value):
        return names.setdefault(value, f"<ticket {len(names) + 1}>")
    return value


def record(file: Path) -> None:
    """Play everything and write it down, a step a line."""
    chapters = []
    for chapter in CHAPTERS:
        with TemporaryDirectory(prefix="nightdesk-") as folder:
            names: dict[str, str] = {}
            steps = [recorded_form(played, names) for played in play(chapter, Path(folder))]
        lines = ",\n".join(json.dumps(step, ensure_ascii=False) for step in steps)
        chapters.append(f"{json.dumps(chapter.name)}: [\n{lines}\n]")
    file.write_text("{\n" + ",\n".join(chapters) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    record(Path(sys.argv[1]))
