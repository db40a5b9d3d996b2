"""Protocols as pure bytes: known frames to the byte, every character, every single-bit flip, random damage."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onbon_wire import ACK, CLEAR, KNOWN, PING, areas_on, texts_on

from nightdesk_displays import boardframe, onbon
from nightdesk_displays.protocols import protocol_for
from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_displays.textsign import TextSign
from nightdesk_displays.virtual.onbon_reader import OnbonReader
from nightdesk_queue.config import Display
from nightdesk_queue.text.bilingual import Text

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
SIGN = onbon.Area(width=64, height=32)


def call(number: str = "N012", *, called: bool = True, room: str = "中医1诊室") -> ShownCall:
    return ShownCall(number, number, Text(zh=room, en="Room 1"), AT, called, 1)


def state(*calls: ShownCall) -> ScreenState:
    return ScreenState(Text(zh="市中医医院", en="City Hospital"), calls, ("N013", "N014"))


class TestOnbon:
    @pytest.mark.parametrize("text", KNOWN)
    def test_reproduces_the_frames_of_a_working_sign_to_the_byte(self, text: str) -> None:
        assert onbon.show_text(1, SIGN, text).hex() == KNOWN[text]

    def test_a_ping_and_a_clear_stand_on_the_line_to_the_byte(self) -> None:
        assert onbon.frame(1, onbon.PING) == PING
        assert onbon.frame(1, bytes.fromhex("a310010000")) == CLEAR

    def test_every_gb2312_character_survives_escaping(self) -> None:
        characters = []
        for high in range(0xA1, 0xF8):
            for low in range(0xA1, 0xFF):
                try:
                    characters.append(bytes([high, low]).decode("gb2312"))
                except UnicodeDecodeError:
                    continue
        assert len(characters) == 7445
        for start in range(0, len(characters), 100):
            text = "".join(characters[start : start + 100])
            wire = onbon.show_text(1, SIGN, text)
            assert wire.count(b"\xa5") == 8
            assert wire.count(b"\x5a") == 1
            assert texts_on(wire) == [text]

    @pytest.mark.parametrize("wire", [bytes.fromhex(known) for known in KNOWN.values()])
    def test_every_single_bit_flip_is_rejected(self, wire: bytes) -> None:
        inner = wire[8:]
        for index in range(len(inner)):
            for bit in range(8):
                damaged = bytearray(inner)
                damaged[index] ^= 1 << bit
                with pytest.raises(onbon.FrameError):
                    onbon.parse(bytes(damaged))

    @given(st.binary(max_size=300), st.integers(1, 0xFFFE))
    def test_any_data_goes_through_a_frame_and_back(self, data: bytes, destination: int) -> None:
        for found in (onbon.parse(onbon.frame(destination, data)), *OnbonReader().feed(onbon.frame(destination, data))):
            assert (found.destination, found.source, found.data) == (destination, 0x8000, data)

    @given(st.binary(max_size=200), st.lists(st.integers(1, 40), max_size=8), st.binary(max_size=50))
    def test_a_receiver_finds_whole_frames_in_any_pieces_after_any_noise(
        self, data: bytes, cuts: list[int], noise: bytes
    ) -> None:
        receiver = onbon.Receiver()
        receiver.feed(noise.replace(b"\x5a", b""))
        stream = onbon.frame(1, data) + onbon.frame(1, onbon.PING)
        found = []
        for cut in cuts:
            found += receiver.feed(stream[:cut])
            stream = stream[cut:]
        found += receiver.feed(stream)
        assert [frame.data for frame in found] == [data, onbon.PING]

    def test_replies_are_told_apart(self) -> None:
        assert onbon.nak(onbon.parse(ACK)) is None
        assert onbon.nak(onbon.Frame(0, 1, b"\xa0\x01\x03")) == 3
        with pytest.raises(onbon.FrameError):
            onbon.nak(onbon.Frame(0, 1, b"\xa3\x06"))

    def test_backslashes_in_a_name_are_no_colour_command(self) -> None:
        assert texts_on(onbon.show_text(1, SIGN, "\\C1x")) == ["\\\\C1x"]

    def test_models_measure_in_bytes_or_in_dots(self) -> None:
        small = onbon.area_for("5k", 64, 32, run_mode=2, timeout_seconds=90)
        large = onbon.area_for("6k", 64, 32, run_mode=2, timeout_seconds=90)
        assert (small.x, small.width) == (0, 8)
        assert (large.x, large.width) == (0x8000, 0x8040)


class TestSignText:
    def test_calls_that_nobody_answered_stand_on_the_sign(self) -> None:
        said = state(call("N012"), call("N009", called=False), call("B003", room="正骨1诊室"))
        shown = TextSign(4, 64).plain(said, AT)
        assert shown == "请N012号到中医1诊室\n请B003号到正骨1诊室\n请准备 N013 N014"

    def test_an_idle_sign_shows_the_hospital(self) -> None:
        assert TextSign(2, 64).plain(state(call(called=False)), AT).split("\n")[0] == "市中医医院"

    def test_a_sign_shows_as_many_calls_as_it_has_lines(self) -> None:
        assert TextSign(2, 64).plain(state(call("N001"), call("N002"), call("N003")), AT).count("\n") == 1

    def test_the_sign_blanks_when_it_hears_nothing(self) -> None:
        protocol = protocol_for(Display(id="s", port="x", protocol="onbon", repaint_seconds=30))
        (area,) = areas_on(protocol.encode(state(), AT))
        assert (area.run_mode, area.timeout_seconds) == (2, 90)


class TestBoard:
    def test_a_state_comes_back_as_it_was(self) -> None:
        sent = state(call(), call("B001", called=False))
        frame = boardframe.encode(sent, AT)
        assert frame[0] == frame[-1] == 0
        assert 0 not in frame[1:-1]
        assert boardframe.decode(frame[1:-1]) == (sent, AT)

    def test_every_single_bit_flip_is_rejected(self) -> None:
        frame = boardframe.encode(state(call()), AT)[1:-1]
        for index in range(len(frame)):
            for bit in range(8):
                damaged = bytearray(frame)
                damaged[index] ^= 1 << bit
                with pytest.raises(boardframe.FrameError):
                    boardframe.decode(bytes(damaged))

    @given(st.lists(st.sampled_from(["N001", "N002", "B777"]), max_size=5), st.data())
    def test_damage_never_shows_a_wrong_number_and_the_next_frame_repairs_it(
        self, numbers: list[str], data: st.DataObject
    ) -> None:
        sent = [state(call(number)) for number in numbers]
        whole = b"".join(boardframe.encode(one, AT) for one in sent)
        stream = bytearray(whole)
        for _ in range(data.draw(st.integers(0, 6))):
            if not stream:
                break
            place = data.draw(st.integers(0, len(stream) - 1))
            kind = data.draw(st.sampled_from(["drop", "insert", "flip"]))
            if kind == "drop":
                del stream[place]
            elif kind == "insert":
                stream.insert(place, data.draw(st.integers(0, 255)))
            else:
                stream[place] ^= 1 << data.draw(st.integers(0, 7))
        receiver = boardframe.Receiver()
        shown = [found for found, _ in receiver.feed(bytes(stream))]
        assert all(found in sent for found in shown)
        assert bytes(stream) != whole or shown == sent
        last = state(call("N999"))
        # a frame whose own end was lost may still be completed by the beginning of the next one
        assert [found for found, _ in receiver.feed(boardframe.encode(last, AT))][-1] == last

    def test_a_hall_full_of_calls_is_shown_however_long_its_frame(self) -> None:
        full = state(*(call(f"N{n:03}") for n in range(1000)))
        receiver = boardframe.Receiver()
        wire = boardframe.encode(full, AT)
        found = [got for at in range(0, len(wire), 997) for got in receiver.feed(wire[at : at + 997])]
        assert found == [(full, AT)]

    def test_a_frame_of_another_version_is_not_understood(self) -> None:
        from cobs import cobs

        plain = bytearray(cobs.decode(boardframe.encode(state(), AT)[1:-1]))
        plain[0] = 2
        with pytest.raises(boardframe.FrameError):
            boardframe.decode(cobs.encode(bytes(plain)))
