"""The virtual printer against other people's code, and its own promises."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from virtually import serving
from waiting import until

from nightdesk_printers.capability import Capability
from nightdesk_printers.paper_drawing import draw
from nightdesk_printers.virtual import Breakage, VirtualPrinter
from nightdesk_printers.virtual.commands_in import next_command

ASK_ALL = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"

THEIR_CLIENT = """
import logging, sys, warnings
warnings.simplefilter("ignore")
from escpos.printer import Network
printer = Network("127.0.0.1", int(sys.argv[1]), timeout=5)
print(printer.is_online(), printer.paper_status())
printer.set(align="center", custom_size=True, width=4, height=4)
printer.textln("N012")
printer.set_with_default()
printer.textln("hello")
printer.qr("69240B2F", native=True)
printer.cut()
printer.close()
"""


def ask_with_python_escpos(port: int) -> str:
    """In a process of its own: python-escpos sets up logging for everybody when it is imported."""
    command = [sys.executable, "-c", THEIR_CLIENT, str(port)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def test_python_escpos_finds_a_printer_online_with_paper_and_prints_on_it() -> None:
    with serving() as server:
        assert ask_with_python_escpos(server.port) == "True 2"
        until(lambda: server.printer.slips)
        (slip,) = server.printer.slips
        assert (slip.number, slip.whole) == ("N012", True)
        assert "hello" in slip.text
        server.break_(Breakage.NEAR_END)
        assert ask_with_python_escpos(server.port) == "True 1"
        server.mend()
        server.break_(Breakage.PAPER_OUT)
        assert ask_with_python_escpos(server.port) == "False 0"


@pytest.mark.parametrize(
    ("flag", "replies"),
    [
        (None, "12121212"),
        ("cover_open", "1a161212"),
        ("paper_taken_out", "1a321272"),
        ("near_end", "1212121e"),
        ("cutter_error", "1a521a12"),
        ("head_hot", "1a125212"),
    ],
)
def test_realtime_replies_have_the_bits_of_the_manual(flag: str | None, replies: str) -> None:
    printer = VirtualPrinter()
    if flag:
        setattr(printer, flag, True)
    printer.receive(ASK_ALL)
    assert printer.replies().hex() == replies


def test_data_waits_for_paper_and_questions_in_it_are_answered_in_order() -> None:
    printer = VirtualPrinter()
    printer.paper_taken_out = True
    printer.receive(b"\x1b@N1\n\x1dr\x01\x1d(H\x06\x0000abcd")
    assert not printer.work()
    assert printer.replies() == b""
    printer.receive(b"\x10\x04\x04")
    assert printer.replies() == b"\x72", "asked in real time it answers at once"
    printer.new_roll()
    assert printer.work()
    assert printer.replies() == b"\x00\x37\x22abcd\x00"


def test_without_an_error_to_recover_from_nothing_is_thrown_away() -> None:
    printer = VirtualPrinter()
    printer.receive(b"\x1b@one\ntwo\n\x10\x05\x02three\n\x1dV\x00")
    printer.work()
    assert [(slip.text, slip.whole) for slip in printer.slips] == [("one\ntwo\nthree", True)]


def test_clearing_throws_away_what_waits_and_what_hangs_out_is_no_whole_slip() -> None:
    printer = VirtualPrinter(clears_always=True)
    printer.receive(b"\x1b@one\n")
    printer.work()
    printer.receive(b"two\n")
    printer.receive(b"\x10\x05\x02")
    printer.work()
    assert [(slip.text, slip.whole) for slip in printer.slips] == [("one", False)]
    printer.receive(b"three\n\x1dV\x00")
    printer.work()
    assert [(slip.text, slip.whole) for slip in printer.slips] == [("one", False), ("three", True)]


def test_paper_ends_inside_a_picture_and_the_rest_follows_on_a_new_roll() -> None:
    printer = VirtualPrinter(roll_rows=10)
    printer.receive(b"\x1dv0\x00\x01\x00\x10\x00" + bytes(range(64, 80)))
    printer.work()
    assert printer.paper_out
    assert len(printer.unfinished.picture(8)) == 10
    printer.new_roll()
    printer.work()
    assert len(printer.unfinished.picture(8)) == 16


def test_every_change_is_reported_by_itself_once_that_was_asked_for() -> None:
    printer = VirtualPrinter()
    printer.receive(b"\x1da\xff")
    printer.work()
    assert printer.replies() == b"\x10\x00\x00\x0f"
    printer.cover_open = True
    printer.changed()
    printer.changed()
    assert printer.replies() == b"\x38\x00\x00\x0f"


def test_a_printer_that_can_nothing_says_nothing() -> None:
    printer = VirtualPrinter(Capability.NONE)
    printer.receive(ASK_ALL + b"\x1da\xff\x1dr\x01\x1d(H\x06\x0000abcd")
    printer.work()
    assert printer.replies() == b""


@given(st.binary(max_size=80))
def test_any_bytes_are_read_without_an_error_and_always_go_on(data: bytes) -> None:
    printer = VirtualPrinter()
    printer.receive(data)
    printer.work()
    at = 0
    while command := next_command(data[at:]):
        assert command.length > 0
        at += command.length


@given(st.binary(max_size=60), st.integers(1, 7))
def test_it_does_not_matter_how_the_bytes_are_cut(data: bytes, size: int) -> None:
    whole, pieces = VirtualPrinter(), VirtualPrinter()
    whole.receive(data)
    whole.work()
    for at in range(0, len(data), size):
        pieces.receive(data[at : at + size])
        pieces.work()
    if b"\x10\x05" not in data:
        assert pieces.slips == whole.slips
        assert pieces.unfinished == whole.unfinished


def test_paper_is_drawn_in_a_terminal_text_as_text_and_dots_as_braille() -> None:
    printer = VirtualPrinter()
    printer.receive(b"\x1b@\x1c&\x1d!\x33N1\n\x1d!\x00hi\n\x1dv0\x00\x08\x00\x08\x00" + b"\xff" * 64 + b"\x1dV\x00")
    printer.work()
    lines = draw(printer.slips[0], 58)
    assert any("█" in line for line in lines)
    assert any(line.strip() == "hi" for line in lines)
    assert any("⠛" in line or "⣿" in line for line in lines)
