"""modbus, cd5220, ascii, colours and areas: golden bytes, other people's referees, and texts that fit."""

from __future__ import annotations

import asyncio
import os
import threading
import tty
from dataclasses import fields as fields_of
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onbon_wire import areas_on, texts_on
from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer, ServerAsyncStop
from pymodbus.simulator import DataType, SimData, SimDevice
from waiting import until

from nightdesk_displays import modbus, onbon
from nightdesk_displays.protocols import protocol_for
from nightdesk_displays.screen_state import FRESH, ScreenState, ShownCall
from nightdesk_displays.virtual.sign import SignFault, VirtualSign
from nightdesk_queue.config import Display
from nightdesk_queue.config.device_tables import RegisterField
from nightdesk_queue.text.bilingual import Text

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
HOSPITAL = Text(zh="市中医医院", en="City Hospital")


def call(
    number: str = "N012",
    room: Text | None = None,
    *,
    at: datetime = AT,
    called: bool = True,
    reason: Text | None = None,
) -> ShownCall:
    return ShownCall(number, number, room or Text(zh="中医1诊室", en="Room 1"), at, called, 1, reason)


def state(*calls: ShownCall, **more: object) -> ScreenState:
    return ScreenState(HOSPITAL, tuple(calls), ("N013", "N014"), **more)  # type: ignore[arg-type]


def display(protocol: str, **settings: object) -> Display:
    return Display.read({"id": "s", "port": "x", "protocol": protocol} | settings)


# modbus ----------------------------------------------------------------------------------------------------------


def test_the_known_modbus_frame_to_the_byte() -> None:
    screen = protocol_for(display("modbus"))
    shown = screen.encode(state(call("A012")), AT)
    assert shown.hex() == "0110000000060c00410030003100320020002016fe"
    assert screen.judge(bytes.fromhex("01100000000640")) is None
    assert screen.judge(bytes.fromhex("0b")) == "ok"
    assert protocol_for(display("modbus")).encode(state(), AT)[7:-2] == b"\x00 " * 6, "no call: blank"


def test_modbus_refusals_are_named_and_damaged_answers_passed_over() -> None:
    screen = protocol_for(display("modbus"))
    ok = bytes.fromhex("01100000000 6400b".replace(" ", ""))
    for index in range(len(ok)):
        for bit in range(8):
            damaged = bytearray(ok)
            damaged[index] ^= 1 << bit
            assert protocol_for(display("modbus")).judge(bytes(damaged)) is None
    sign = VirtualSign("modbus")
    refused = sign.feed(
        protocol_for(display("modbus", registers={"number": {"register": 62}})).encode(state(call()), AT)
    )
    assert screen.judge(b"\xff\x00" + refused) == "modbus_address"
    assert screen.judge(ok.replace(b"\x01\x10", b"\x02\x10", 1)) is None, "another unit's"


@pytest.mark.parametrize(
    ("text", "as_", "length", "values"),
    [
        ("N012", "char", 6, [0x4E, 0x30, 0x31, 0x32, 0x20, 0x20]),
        ("N012", "packed", 3, [0x4E30, 0x3132, 0x2020]),
        ("N012", "value", 1, [12]),
        ("N012", "value", 2, [0, 12]),
        ("N99999", "value", 2, [0x0001, 0x869F]),
        ("N012", "bcd", 2, [0x0000, 0x0012]),
        ("N12345", "bcd", 2, [0x0001, 0x2345]),
        ("N12345678", "bcd", 2, [0x1234, 0x5678]),
        ("N123456789", "bcd", 2, [0x2345, 0x6789]),
        ("N12345", "bcd", 1, [0x2345]),
        ("", "bcd", 2, [0, 0]),
    ],
)
def test_a_number_stands_in_registers_as_the_device_wants_it(
    text: str, as_: str, length: int, values: list[int]
) -> None:
    field = RegisterField.read({"register": 0, "length": length, "as": as_})
    assert modbus.values_of(text, field) == values


def test_a_room_may_stand_before_or_behind_the_number() -> None:
    said = state(call(room=Text(zh="中医1诊室", en="Room 1")))
    for number, room in ((0, 6), (6, 0)):
        fields = {"number": {"register": number}, "room": {"register": room, "length": 6}}
        sign = VirtualSign("modbus")
        sign.feed(protocol_for(display("modbus", registers=fields)).encode(said, AT))
        shown = "".join(chr(value) for value in sign.registers)
        assert shown[number : number + 6] == "N012  "
        assert shown[room : room + 6] == "Room 1"


@pytest.mark.parametrize("why", [None, "Soldier or veteran"])
def test_a_modbus_room_is_the_room_whatever_the_reason(why: str | None) -> None:
    reason = Text(zh="军", en=why) if why else None
    for length, as_, shown in (
        (6, "char", "Room 1"),
        (50, "char", "Room 1"),
        (2, "char", "1"),
        (3, "packed", "Room 1"),
    ):
        fields = {"room": {"register": 6, "length": length, "as": as_}}
        sign = VirtualSign("modbus")
        said = state(call(room=Text(zh="1", en="Room 1"), reason=reason))
        sign.feed(protocol_for(display("modbus", registers=fields)).encode(said, AT))
        values = sign.registers[6 : 6 + length]
        text = "".join(chr(v) if as_ == "char" else chr(v >> 8) + chr(v & 0xFF) for v in values)
        assert text.strip() == shown
    for as_ in ("value", "bcd"):
        fields = {"room": {"register": 6, "length": 1, "as": as_}}
        sign = VirtualSign("modbus")
        sign.feed(
            protocol_for(display("modbus", registers=fields)).encode(
                state(call(room=Text(zh="12", en="Building 2 Room 12"), reason=reason)), AT
            )
        )
        assert sign.registers[6] == (12 if as_ == "value" else 0x12)


def test_pymodbus_own_server_takes_our_frames_and_refuses_an_illegal_address() -> None:
    """A real RTU server of pymodbus on a pseudo-terminal; our bytes in, its bytes back."""
    far, near = os.openpty()
    for number in (far, near):
        tty.setraw(number)
    os.set_blocking(far, False)
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def serve() -> None:
        device = SimDevice(id=1, simdata=[SimData(0, values=[0] * 16, datatype=DataType.REGISTERS)])
        server = ModbusSerialServer(device, framer=FramerType.RTU, port=os.ttyname(near), baudrate=9600)
        started.set()
        await server.serve_forever()

    def run() -> None:
        loop.run_until_complete(serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(10)

    def answer(frame: bytes) -> str:
        screen = protocol_for(display("modbus"))

        def ask() -> str | None:
            os.write(far, frame)
            got = b""
            try:
                got = until(lambda: _read(far), 1.0)
            except AssertionError:
                return None
            return screen.judge(got)

        return str(until(ask, 15))

    try:
        assert answer(protocol_for(display("modbus")).encode(state(call()), AT)) == "ok"
        beyond = protocol_for(display("modbus", registers={"number": {"register": 4000}}))
        assert answer(beyond.encode(state(call()), AT)) == "modbus_address"
        wrong = bytearray(protocol_for(display("modbus")).encode(state(call()), AT))
        wrong[-1] ^= 1
        os.write(far, bytes(wrong))
        with pytest.raises(AssertionError):
            until(lambda: _read(far), 0.5)
    finally:
        asyncio.run_coroutine_threadsafe(ServerAsyncStop(), loop).result(10)
        thread.join(10)
        loop.close()
        os.close(far)
        os.close(near)


def _read(number: int) -> bytes:
    try:
        return os.read(number, 256)
    except BlockingIOError:
        return b""


# cd5220 and ascii ------------------------------------------------------------------------------------------------


def test_golden_bytes_of_a_pole_display() -> None:
    shown = protocol_for(display("cd5220")).encode(state(call("S003", Text(zh="1号窗口", en="Counter 1"))), AT)
    assert shown == b"\x0c\x1bQAS003                \r\x1bQBCounter 1           \r"
    idle = protocol_for(display("cd5220")).encode(state(clock="18:30"), AT)
    assert idle == b"\x0c\x1bQA18:30               \r\x1bQBNext N013 N014      \r"


def test_the_ascii_protocol_follows_its_template_and_clears_an_old_call() -> None:
    screen = protocol_for(display("ascii", template="{number}>{room_zh}", charset="gb2312", ending="\r"))
    assert screen.encode(state(call()), AT) == "N012>中医1诊室\r".encode("gb2312")
    assert screen.encode(state(call(called=False)), AT) == b"\r"


def test_an_ascii_device_says_what_its_hospital_wants_when_nobody_is_called() -> None:
    notice = Text(zh="正骨停诊", en="Bone: suspended")
    quiet = state(clock="18:30", notices=(notice,))
    assert protocol_for(display("ascii")).encode(quiet, AT) == b"\r\n"
    screen = protocol_for(display("ascii", idle="{clock} Next {next} {notice}", ending="\n"))
    assert screen.encode(quiet, AT) == b"18:30 Next N013 N014 Bone: suspended\n"
    chinese = protocol_for(
        display("ascii", template="{number} {room_zh}", idle="{notice}", charset="gb2312", ending="\n")
    )
    assert chinese.encode(quiet, AT) == "正骨停诊\n".encode("gb2312")


def test_an_ascii_device_without_chinese_is_told_the_number_of_the_room() -> None:
    screen = protocol_for(display("ascii", template="{number} {room}", ending="\n"))
    said = call(room=Text(zh="中医十二诊室", en="中医十二诊室"))
    assert screen.encode(state(said), AT) == b"N012 12\n"
    assert screen.shortens(said)
    odd = call(room=Text(zh="x", en="Room\n1\x1b"))
    assert screen.encode(state(odd), AT) == b"N012 Room 1 \n"


def test_screens_say_which_calls_they_must_shorten() -> None:
    long = call(room=Text(zh="产后康复盆底肌治疗三诊室", en="Pelvic floor rehabilitation room 3"))
    rare = call(room=Text(zh="䶮诊室", en="Yan's room"))
    assert protocol_for(display("onbon")).shortens(long)
    assert protocol_for(display("onbon", width=192)).shortens(rare)
    assert not protocol_for(display("onbon", width=192)).shortens(call())
    assert protocol_for(display("cd5220")).shortens(long)
    assert protocol_for(display("ascii", template="{number} {room_zh}")).shortens(call())
    assert not protocol_for(display("ascii")).shortens(call())


# onbon with colours ----------------------------------------------------------------------------------------------


def test_a_coloured_sign_has_an_area_a_line_new_calls_red_others_green_notices_yellow() -> None:
    screen = protocol_for(display("onbon", colours=True, width=128, height=48))
    old = call("N011", at=AT - FRESH - timedelta(seconds=1))
    wire = screen.encode(state(call("N012"), old), AT)
    first, second, third = texts_on(wire)
    assert (first, second) == (r"\C1N012到中医1诊室", r"\C2N011到中医1诊室")
    assert third.startswith(r"\C2请准备")
    notice = state(notices=(Text(zh="正骨停诊", en="Bone: suspended"),))
    wire = screen.encode(notice, AT)
    assert texts_on(wire)[0] == r"\C3正骨停诊"
    assert texts_on(wire)[2] == ""


words = st.integers(0, 0xFFFF)
small = st.integers(0, 0xFF)
areas = st.builds(
    onbon.Area, words, words, words, words, small, small, small, words, small, small, small, small, small, small, small,
    small,
)  # fmt: skip


@given(st.lists(st.tuples(areas, st.text(alphabet="A1中医诊室", max_size=9)), min_size=1, max_size=4))
def test_areas_are_read_back_as_they_were_written(wanted: list[tuple[onbon.Area, str]]) -> None:
    found = areas_on(onbon.show_areas(1, wanted))
    names = [field.name for field in fields_of(onbon.Area)]
    assert [(onbon.Area(**{name: getattr(one, name) for name in names}), one.text) for one in found] == wanted


@pytest.mark.parametrize("colours", [False, True])
def test_a_sign_that_hears_nothing_for_three_repaints_goes_blank_and_a_ping_keeps_no_old_call(colours: bool) -> None:
    screen = protocol_for(display("onbon", repaint_seconds=20, width=192, colours=colours))
    sign = VirtualSign("onbon")
    sign.feed(screen.encode(state(call()), AT))
    assert not sign.wait(59.9)
    sign.feed(screen.ping() or b"")
    assert "N012" in "".join(sign.lines)
    assert sign.wait(0.2)
    assert sign.lines == []
    assert not sign.wait(1000)
    sign.feed(screen.encode(state(call()), AT))
    assert sign.lines
    sign.wait(59.9)
    sign.feed(screen.encode(state(call()), AT))
    assert not sign.wait(59.9), "each update counts anew"


def test_several_calls_of_one_second_all_stand_on_the_sign() -> None:
    calls = [call(f"N0{n}0", Text(zh=f"{n}诊", en=f"Room {n}")) for n in range(1, 5)]
    for colours in (False, True):
        wire = protocol_for(display("onbon", colours=colours, height=64)).encode(state(*calls), AT)
        shown = "".join(texts_on(wire))
        assert all(one.number in shown for one in calls)


@pytest.mark.parametrize("protocol", ["onbon", "modbus", "cd5220", "ascii"])
def test_more_calls_than_a_screen_has_room_for_are_all_shown_in_turn(protocol: str) -> None:
    calls = [call(f"N0{n}0", Text(zh=f"{n}诊", en=f"Room {n}")) for n in range(1, 6)]
    screen = protocol_for(display(protocol))
    sign = VirtualSign(protocol)
    seen = ""
    for second in range(0, 60, 2):
        sign.feed(screen.encode(state(*calls), AT + timedelta(seconds=second)))
        seen += "".join(sign.lines)
    assert all(one.number in seen for one in calls)


def test_what_a_sign_cannot_write_gives_way_to_what_it_can() -> None:
    rare = ShownCall("䶮*", "N012", Text(zh="䶮诊室", en="Room 9"), AT, True, 1)
    wire = protocol_for(display("onbon", width=192)).encode(state(rare), AT)
    assert texts_on(wire) == [r"请N012号到Room 9\n请准备 N013 N014"]


def test_no_persons_text_becomes_a_colour_or_a_line() -> None:
    sly = call(room=Text(zh=r"诊\C1室\n二", en="x"))
    wire = protocol_for(display("onbon", width=256)).encode(state(sly), AT)
    assert r"诊\\C1室\\n二" in texts_on(wire)[0]


@pytest.mark.parametrize("protocol", ["onbon", "modbus", "cd5220", "ascii", "board"])
def test_the_test_picture_lights_everything(protocol: str) -> None:
    sign = VirtualSign(protocol)
    for colours in (False, True):
        sign.feed(protocol_for(display(protocol, colours=colours)).encode(state(call(), testing=True), AT))
        shown = "\n".join(sign.lines)
        assert "888888" in shown or (sign.board and sign.board.testing)


def test_what_a_sign_answers_is_judged_by_its_words() -> None:
    sign = VirtualSign("onbon", address=3)
    screen = protocol_for(display("onbon", address=3, width=192))
    frame = screen.encode(state(call()), AT)
    assert screen.judge(sign.feed(frame)) == "ok"
    assert sign.lines == ["请N012号到中医1诊室", "请准备 N013 N014"]
    assert screen.judge(sign.feed(screen.ping() or b"")) == "ok"
    for fault, verdict in ((SignFault.BUSY, "nak_3"), (SignFault.CRC, "nak_5"), (SignFault.NO_FONT, "nak_12")):
        sign.faults = {fault}
        assert screen.judge(sign.feed(frame)) == verdict
