"""A virtual sign answers as the real one, breaks on demand, goes blank by itself, and is drawn with straight edges."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from onbon_wire import ACK, CLEAR, KNOWN, PING
from rich.cells import cell_len

import nightdesk_displays
from nightdesk_displays.virtual.drawing import drawn
from nightdesk_displays.virtual.onbon_reader import nak
from nightdesk_displays.virtual.sign import SignFault, VirtualSign

SHOWN = bytes.fromhex(KNOWN["A001"])
BLANKING = SHOWN.replace(bytes.fromhex("000000 0500"), bytes.fromhex("000002 0500")).replace(b"\x96\x1a", b"\xef\xf8")
"""A001 with run mode 2: blank five seconds after the last update."""


def test_a_sign_takes_a_frame_a_ping_and_a_clear() -> None:
    sign = VirtualSign("onbon")
    assert sign.feed(SHOWN) == ACK
    assert sign.lines == ["A001"]
    assert sign.feed(PING) == ACK
    assert sign.lines == ["A001"]
    assert sign.feed(CLEAR) == ACK
    assert sign.lines == []
    assert sign.frames == 1


def test_a_frame_that_wants_no_answer_gets_none() -> None:
    sign = VirtualSign("onbon")
    quiet = bytes.fromhex("a5a5a5a5a5a5a5a5 0100 0080 000000000000fe02 0500 a310000000 0038 5a")
    sign.feed(SHOWN)
    assert sign.feed(quiet) == b""
    assert sign.lines == []


def test_a_sign_hears_its_own_address_and_those_of_all() -> None:
    assert VirtualSign("onbon", address=2).feed(SHOWN) == b""
    for to, crc in (("feff", "4cdc"), ("ffff", "7120")):
        wire = bytes.fromhex(f"a5a5a5a5a5a5a5a5 {to} 0080 000000000000fe02 0500 a200010000 {crc} 5a")
        assert VirtualSign("onbon").feed(wire) == ACK


def test_a_command_that_a_sign_does_not_know_is_refused() -> None:
    sign = VirtualSign("onbon")
    sign.feed(SHOWN)
    unknown = bytes.fromhex("a5a5a5a5a5a5a5a5 0100 0080 000000000000fe02 0500 a400010000 e0f8 5a")
    assert sign.feed(unknown) == nak(0x8000, 1, 5)
    assert sign.lines == ["A001"]


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (SignFault.BUSY, nak(0x8000, 1, 3)),
        (SignFault.CRC, nak(0x8000, 1, 5)),
        (SignFault.NO_FONT, nak(0x8000, 1, 12)),
    ],
)
def test_a_sign_that_refuses_says_why_and_shows_nothing_new(fault: SignFault, answer: bytes) -> None:
    sign = VirtualSign("onbon")
    sign.faults = {fault}
    assert sign.feed(SHOWN) == answer
    assert (sign.lines, sign.frames) == ([], 0)
    sign.faults.clear()
    assert sign.feed(SHOWN) == ACK


def test_a_silent_sign_shows_and_does_not_answer() -> None:
    sign = VirtualSign("onbon")
    sign.faults = {SignFault.SILENT}
    assert sign.feed(SHOWN) == b""
    assert sign.lines == ["A001"]


def test_of_many_answers_some_are_dropped_and_the_same_ones_with_the_same_seed() -> None:
    signs = [VirtualSign("onbon", seed=7) for _ in range(2)]
    for sign in signs:
        sign.faults = {SignFault.DROP}
    answers, again = ([bool(sign.feed(PING)) for _ in range(200)] for sign in signs)
    assert answers == again
    assert 150 < sum(answers) < 200


def test_a_sign_goes_blank_after_its_time_out_and_each_update_begins_it_anew() -> None:
    sign = VirtualSign("onbon")
    assert sign.feed(BLANKING) == ACK
    assert not sign.wait(4.9)
    sign.feed(PING)
    assert not sign.wait(0.05), "a ping is no update, nor the end"
    assert sign.wait(0.1)
    assert sign.lines == []
    assert not sign.wait(1000), "blank once"
    sign.feed(BLANKING)
    sign.wait(4.9)
    sign.feed(BLANKING)
    assert not sign.wait(4.9)
    sign.feed(SHOWN)
    assert not sign.wait(1000), "run mode 0 stays"


def test_a_pole_counts_a_frame_when_both_lines_have_come() -> None:
    sign = VirtualSign("cd5220")
    assert sign.feed(b"\x0c\x1bQAN001 \r") == b""
    assert (sign.lines, sign.frames) == (["N001", ""], 0)
    sign.feed(b"\x1bQBRoom 1\r")
    assert (sign.lines, sign.frames) == (["N001", "Room 1"], 1)


@pytest.mark.parametrize("lines", [["N012", "x"], ["请N012号到中医1诊室", "··", ""], [], ["一" * 40]])
def test_a_drawing_has_straight_edges_in_a_terminal(lines: list[str]) -> None:
    picture = drawn(lines)
    assert len({cell_len(line) for line in picture}) == 1
    assert cell_len(picture[0]) >= 28
    assert len(picture) == max(len(lines), 1) + 2
    assert all(line in row for line, row in zip(lines, picture[1:-1], strict=bool(lines)))


def test_the_contract_names_every_module_of_the_sending_side() -> None:
    root = Path(__file__).parents[3]
    contracts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (own,) = [one for one in contracts if one.get("source_modules") == ["nightdesk_displays.virtual"]]
    room = Path(nightdesk_displays.__file__).parent
    modules = {path.stem for path in room.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    # the one module both sides stand on opens lines and knows no protocol
    sending = modules - {"__init__", "virtual", "ports"}
    assert {f"nightdesk_displays.{name}" for name in sending} <= set(own["forbidden_modules"])
