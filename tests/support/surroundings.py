"""What stands around the chapters of recorded steps: files, faulty configurations, databases, devices, services."""

from __future__ import annotations

import socket
import sqlite3
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playing import DAY, EXAMPLE, PATIENCE_SECONDS, Replacements, changed, in_process, started


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
        # a booking that changes its clinic; 0.4.0 refused one that changed its time, too
        "postpartum,2026-03-02 20:00,Wang,,R1\n",
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
        with (folder / "said").open("w") as said, started(arguments, stdout=said, stderr=said) as process:
            try:
                yield
            finally:
                process.terminate()
                status = process.wait(PATIENCE_SECONDS)
        assert status == 0, "SIGTERM ends the services with status 0"
