"""The far end of a line, as virtual devices hold it: one caller at a time, and every way to lose one."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from waiting import until

from nightdesk_ports.causes import cause_of
from nightdesk_ports.emulated_lines import EmulatedLine, EmulatedSerial, EmulatedTcp
from nightdesk_ports.serial_lines import close_port, open_port

TICK = 0.02


@pytest.fixture
def port() -> Iterator[EmulatedTcp]:
    line = EmulatedTcp()
    line.listen()
    yield line
    line.close()


@pytest.fixture
def serial() -> Iterator[EmulatedSerial]:
    line = EmulatedSerial()
    yield line
    line.close()


def call(line: EmulatedTcp) -> socket.socket:
    caller = socket.create_connection((line.host, line.port), timeout=5)
    caller.settimeout(5)
    return caller


def served(line: EmulatedLine, most: int = 4096) -> bytes:
    """One turn of a device: whoever comes is let in, what has come is read."""
    line.accept()
    return line.read(most) if line.wait(TICK) else b""


def read(line: EmulatedLine) -> Callable[[], bytes]:
    return lambda: served(line)


def ended(caller: socket.socket) -> bool:
    """Whether a connection has ended in order."""
    return caller.recv(1) == b""


@pytest.mark.parametrize("make", [EmulatedTcp, EmulatedSerial])
def test_bytes_go_both_ways_as_many_at_a_time_as_the_device_wants(make: Callable[[], EmulatedLine]) -> None:
    line = make()
    line.listen()
    scheme = "socket://" if isinstance(line, EmulatedTcp) else ""
    master = open_port(f"{scheme}{line.address}", 9600, read_timeout=5)
    try:
        sent = bytes(range(256))
        master.write(sent)
        assert until(lambda: served(line, 1)) == sent[:1]
        heard = bytearray(sent[:1])
        until(lambda: heard.extend(served(line, 100)) or len(heard) == 256)
        assert bytes(heard) == sent
        line.write(sent)
        assert master.read(256) == sent
    finally:
        close_port(master)
        line.close()


def test_the_address_is_known_before_anybody_is_let_in() -> None:
    line = EmulatedTcp()
    assert line.address == f"127.0.0.1:{line.port}"
    with pytest.raises(ConnectionRefusedError):
        call(line)
    line.listen()
    call(line).close()
    line.close()


def test_a_port_that_is_taken_is_an_error_that_says_so(port: EmulatedTcp) -> None:
    with pytest.raises(OSError, match="in use") as error:
        EmulatedTcp(port.port)
    assert cause_of(error.value) == "port_in_use"


def test_one_caller_is_served_at_a_time_and_the_next_when_it_has_left(port: EmulatedTcp) -> None:
    with call(port) as first, call(port) as second:
        second.send(b"second")
        first.send(b"first")
        assert until(read(port)) == b"first"
        assert port.connections == 1
        assert served(port) == b""
        first.close()
        assert until(read(port)) == b"second"
        assert port.connections == 2


def test_nothing_can_be_read_or_written_while_nobody_is_there(port: EmulatedTcp) -> None:
    assert not port.wait(0)
    assert port.read() == b""
    port.write(b"to nobody")
    port.drop()
    with call(port) as caller:
        port.accept()
        port.write(b"to somebody")
        assert caller.recv(100) == b"to somebody"


def test_a_connection_dropped_in_order_ends_and_the_next_is_let_in(port: EmulatedTcp) -> None:
    with call(port) as caller:
        until(lambda: served(port) == b"" and port.connections)
        port.drop()
        assert ended(caller)
    with call(port) as caller:
        caller.send(b"again")
        assert until(read(port)) == b"again"


def test_a_connection_dropped_by_a_reset_is_an_error_for_its_caller(port: EmulatedTcp) -> None:
    with call(port) as caller:
        until(lambda: served(port) == b"" and port.connections)
        port.drop(reset=True)
        with pytest.raises(ConnectionResetError):
            caller.recv(1)


def test_a_caller_that_vanishes_while_it_is_written_to_is_let_go(port: EmulatedTcp) -> None:
    caller = call(port)
    until(lambda: served(port) == b"" and port.connections)
    caller.close()

    def let_go() -> bool:
        port.write(b"x" * 1000)
        return not port.wait(0) and port.read() == b""

    until(let_go)
    with call(port) as after:
        after.send(b"next")
        assert until(read(port)) == b"next"


def test_without_power_a_connection_is_reset_and_so_is_whoever_comes(port: EmulatedTcp) -> None:
    with call(port) as caller:
        until(lambda: served(port) == b"" and port.connections)
        port.switch(on=False)
        with pytest.raises(ConnectionResetError):
            caller.recv(1)
    with call(port) as caller:
        assert served(port) == b""
        with pytest.raises(ConnectionResetError):
            caller.recv(1)
    assert port.connections == 1
    port.switch(on=True)
    with call(port) as caller:
        caller.send(b"back")
        assert until(read(port)) == b"back"


def test_without_power_a_serial_device_neither_hears_nor_speaks(serial: EmulatedSerial) -> None:
    master = open_port(serial.address, 9600)
    serial.switch(on=False)
    master.write(b"N012")
    assert served(serial) == b""
    serial.write(b"lost")
    serial.switch(on=True)
    assert until(read(serial)) == b"N012"
    assert master.read(10) == b""
    close_port(master)


def test_a_serial_line_is_raw_and_stays_when_its_master_leaves(serial: EmulatedSerial) -> None:
    assert serial.address.startswith("/dev/")
    for turn in (b"\r\n\x03\x04\x11\x13\xff", b"again"):
        master = open_port(serial.address, 9600)
        master.write(turn)
        assert until(read(serial)) == turn
        serial.drop(reset=True)
        close_port(master)
    assert served(serial) == b""


def test_a_master_that_reads_nothing_does_not_hold_the_device_up(serial: EmulatedSerial) -> None:
    for _ in range(100):
        serial.write(b"x" * 4096)
    assert not serial.wait(0)


def test_a_closed_line_is_nobodys_and_may_be_closed_again() -> None:
    for line in (EmulatedTcp(), EmulatedSerial()):
        line.close()
        assert not line.wait(0)
        assert line.read() == b""
        line.write(b"x")
        line.close()


def test_both_ends_of_a_serial_line_are_given_back() -> None:
    def held() -> int:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    before = held()
    line = EmulatedSerial()
    assert held() == before + 2
    line.close()
    assert held() == before
