"""Lines of every kind: a device that is another machine's serial port (RFC 2217), and a virtual sign's own port."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from desk import Desk
from devices import Line
from onbon_wire import ACK
from painting import display_state, painting, sign_on
from serial import SerialException, rfc2217
from waiting import until

from nightdesk_displays import onbon
from nightdesk_displays.line_timing import LineTiming
from nightdesk_displays.virtual.server import SignServer
from nightdesk_displays.virtual.sign import VirtualSign
from nightdesk_ports.causes import LINE_ERRORS, cause_of
from nightdesk_ports.serial_lines import WRITE_SECONDS, allow_frame, close_port, open_port, unsent
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database


class FarPort:
    """The serial port of the far machine, as far as an RFC 2217 server asks for it."""

    def __init__(self) -> None:
        self.baudrate, self.bytesize, self.parity, self.stopbits = 1200, 8, "N", 1
        self.xonxoff = self.rtscts = self.dtr = self.rts = self.break_condition = False
        self.cts = self.dsr = self.cd = True
        self.ri = False

    def reset_input_buffer(self) -> None: ...

    def reset_output_buffer(self) -> None: ...


class PortServer:
    """A serial device server by pyserial's own RFC 2217 code, with a sign on its port. `write` sends to the client."""

    def __init__(self, sign: VirtualSign) -> None:
        self.sign = sign
        self.far = FarPort()
        self._stop = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.address = f"rfc2217://127.0.0.1:{self._listener.getsockname()[1]}"
        self._connection: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def write(self, data: bytes) -> None:
        assert self._connection
        self._connection.sendall(data)

    def drop(self) -> None:
        if self._connection:
            self._connection.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            with self._connection:
                self._serve(self._connection)

    def _serve(self, connection: socket.socket) -> None:
        manager = rfc2217.PortManager(self.far, self)
        while not self._stop.is_set():
            if not select.select([connection], [], [], 0.05)[0]:
                continue
            try:
                received = connection.recv(4096)
            except OSError:
                return
            if not received:
                return
            answer = self.sign.feed(b"".join(manager.filter(received)))
            connection.sendall(b"".join(manager.escape(answer)))

    def __enter__(self) -> PortServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        self._listener.close()


@pytest.fixture
def sign() -> Iterator[VirtualSign]:
    yield VirtualSign("onbon")


def test_a_sign_on_another_machines_serial_port_is_painted_at_its_baud_and_again_after_the_connection_broke(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, sign: VirtualSign
) -> None:
    with (
        PortServer(sign) as server,
        painting(store, hospital, [sign_on(server.address, baud=19200)], lambda: evening, LineTiming()),
    ):
        desk.issue("tcm-night", now=evening, by=nurse)
        desk.call("tcm-1", now=evening, by=nurse)
        until(lambda: sign.lines == ["请N001号到中医1诊室"] and display_state(store) == "online")
        assert server.far.baudrate == 19200
        server.drop()
        sign.lines = []
        until(lambda: sign.lines == ["请N001号到中医1诊室"] and display_state(store) == "online")


def test_every_byte_goes_through_a_port_server_unchanged() -> None:
    # 0xFF is a command byte of telnet
    heard: list[bytes] = []

    class Ear(VirtualSign):
        def feed(self, received: bytes) -> bytes:
            heard.append(received)
            return received

    with PortServer(Ear("onbon")) as server:
        port = open_port(server.address, 9600)
        try:
            allow_frame(port, 100_000, 300)
            port.write(bytes(range(256)))
            echo = bytearray()

            def whole() -> bool:
                echo.extend(port.read(4096))
                return len(echo) >= 256

            until(whole)
        finally:
            close_port(port)
    assert b"".join(heard) == bytes(range(256)) == bytes(echo)


def test_a_long_frame_may_take_the_time_it_needs_on_the_line(tmp_path: Path) -> None:
    with Line(tmp_path / "ttyS9") as line:
        port = open_port(str(line.path), 9600)
        allow_frame(port, 96_000, 9600)
        assert port.write_timeout == WRITE_SECONDS + 100
        allow_frame(port, 10, 9600)
        assert port.write_timeout == WRITE_SECONDS + 100
        close_port(port)


def test_a_virtual_sign_goes_blank_by_itself_when_updates_stay_away(tmp_path: Path, sign: VirtualSign) -> None:
    seen: list[list[str]] = []
    area = onbon.area_for("6k", 64, 32, run_mode=onbon.RunMode.BLANK_AFTER_TIMEOUT, timeout_seconds=1)
    with (
        Line(tmp_path / "ttyS9") as line,
        SignServer([sign], str(line.path), changed=lambda: seen.append(list(sign.lines))),
    ):
        line.write(onbon.show_text(1, area, "A001"))
        until(lambda: seen == [["A001"], []], what=f"{seen}")


def test_a_virtual_sign_on_a_port_that_vanishes_hears_again_when_it_is_back(tmp_path: Path, sign: VirtualSign) -> None:
    frame = onbon.frame(1, onbon.PING)
    with Line(tmp_path / "ttyS9") as line, SignServer([sign], str(line.path)):
        line.write(frame)
        until(lambda: line.read() == ACK)
        line.pull_out()
        line.plug_in()

        def answers() -> bool:
            line.write(frame)
            return ACK in line.read()

        until(answers)


# opening and closing ---------------------------------------------------------------------------------------------


def test_who_writes_has_the_line_alone_and_who_only_reads_does_not_ask(tmp_path: Path) -> None:
    with Line(tmp_path / "ttyS9") as line:
        writer = open_port(str(line.path), 9600)
        with pytest.raises(SerialException) as error:
            open_port(str(line.path), 9600)
        assert cause_of(error.value) == "port_in_use"
        close_port(writer)
        reader, other = (open_port(str(line.path), 9600, writes=False) for _ in range(2))
        close_port(reader)
        close_port(other)


def test_a_line_whose_far_end_reads_nothing_gives_up_in_the_time_it_was_given(tmp_path: Path) -> None:
    with Line(tmp_path / "ttyS9") as line:
        port = open_port(str(line.path), 9600, write_seconds=0.1)
        with pytest.raises(SerialException) as error:
            port.write(b"x" * 1_000_000)
        assert cause_of(error.value) == "write_timeout"
        close_port(port)
        allowed = open_port(str(line.path), 9600, write_seconds=0.1)
        assert allow_frame(allowed, 960, 9600, write_seconds=0.1) == allowed.write_timeout == pytest.approx(1.1)
        close_port(allowed)


def test_a_read_waits_for_its_first_byte_as_long_as_asked(tmp_path: Path) -> None:
    with Line(tmp_path / "ttyS9") as line:
        patient = open_port(str(line.path), 9600, read_timeout=5, writes=False)
        threading.Timer(0.05, line.write, [b"N"]).start()
        assert patient.read(1) == b"N"
        close_port(patient)


def test_bytes_the_far_end_has_not_taken_are_counted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = open_port(f"socket://127.0.0.1:{server.getsockname()[1]}", 9600, write_seconds=0.1)
        far, _ = server.accept()
        assert unsent(port) == 0
        with pytest.raises(SerialException):
            port.write(b"x" * 50_000_000)
        assert unsent(port) > 0
        far.close()
        close_port(port)
    loop = open_port("loop://", 9600)
    assert unsent(loop) == 0, "a line without a descriptor holds nothing back that we could see"
    close_port(loop)


def test_a_network_line_whose_far_end_is_gone_breaks_by_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = open_port(f"socket://127.0.0.1:{server.getsockname()[1]}", 9600)
        connection = port._socket
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 15_000
        close_port(port)
        assert connection.fileno() == -1


def test_a_port_that_was_pulled_out_can_be_closed_and_opened_again_under_its_name(tmp_path: Path) -> None:
    with Line(tmp_path / "ttyS9") as line:
        port = open_port(str(line.path), 9600)
        line.pull_out()
        with pytest.raises(LINE_ERRORS):
            until(lambda: port.read(1))
        close_port(port)
        close_port(port)
        line.plug_in()
        again = open_port(str(line.path), 9600)
        again.write(b"N012")
        assert until(line.read) == b"N012"
        close_port(again)


@pytest.mark.parametrize("address", ["nonsense://x", "socket://nobody"])
def test_an_address_that_cannot_be_is_an_error_like_any_other(address: str) -> None:
    with pytest.raises((*LINE_ERRORS, ValueError)):
        open_port(address, 9600)
