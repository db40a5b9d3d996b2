"""Links other than TCP: files, USB through pyusb with a backend of ours, CUPS through tools of ours, the terminal."""

from __future__ import annotations

import array
import os
import socket
import stat
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import usb.backend
import usb.core
from paper import read_paper
from virtually import QUICK

from nightdesk_printers.capability import Capability
from nightdesk_printers.devices import DeviceFault, EscPosPrinter, Outcome, Progress, open_device
from nightdesk_printers.devices.cups import queue_state
from nightdesk_printers.devices.tcp import TcpLink
from nightdesk_printers.devices.usb import UsbLink
from nightdesk_printers.fonts import Fonts
from nightdesk_printers.layout import Line, Slip
from nightdesk_printers.rendering import PATIENCE_SECONDS, Renderer, seconds_on_the_line
from nightdesk_printers.virtual import VirtualPrinter
from nightdesk_queue.config import Printer

SLIP: Slip = (Line("一"), Line("N012", 4))
QUIET = Progress(lambda: None)


def at(device: str) -> Printer:
    return Printer(id="p", device=device, text="native", paper_mm_a_second=0)


def test_a_plain_file_collects_whole_slips(tmp_path: Path) -> None:
    path = tmp_path / "paper.bin"
    device = open_device(at(f"file://{path}"))
    assert device.look().capability is Capability.NONE
    for _ in range(2):
        assert device.print(SLIP, QUIET) is Outcome.SENT
    device.close()
    paper = read_paper(path.read_bytes())
    assert [line for line, _, height in paper.lines if height >= 4] == ["N012"] * 2
    assert paper.cuts == 2


def test_a_missing_device_node_is_a_fault_and_never_a_new_file() -> None:
    device = open_device(at("file:///dev/nightdesk-lp9"))
    for step in (device.look, lambda: device.print(SLIP, QUIET)):
        with pytest.raises(DeviceFault) as fault:
            step()
        assert (fault.value.code, fault.value.begun) == ("missing", False)
    assert not Path("/dev/nightdesk-lp9").exists()


def test_a_device_that_takes_no_byte_is_a_fault_in_time(tmp_path: Path) -> None:
    pipe = tmp_path / "stuck"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        pass
    device = open_device(at(f"file:{pipe}"), timing=replace(QUICK, stalled=0.1))
    with pytest.raises(DeviceFault) as fault:
        device.print(SLIP, QUIET)
    assert (fault.value.code, fault.value.begun) == ("stalled", True)
    device.close()
    os.close(reader)
    os.close(writer)


def test_the_screen_shows_the_slip_and_the_terminal_is_the_paper(capsys: pytest.CaptureFixture[str]) -> None:
    assert open_device(at("screen:")).print(SLIP, QUIET) is Outcome.PRINTED
    assert "一" in capsys.readouterr().out


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.2])
def test_a_silent_network_printer_that_throws_the_rest_away_has_not_taken_the_slip(
    delay: float,
) -> None:
    server = socket.create_server(("127.0.0.1", 0))

    def half_close() -> None:
        connection, _ = server.accept()
        while b"\x1c&" not in connection.recv(64):
            continue
        connection.shutdown(socket.SHUT_WR)
        threading.Event().wait(delay)  # the delay is what is tested
        connection.close()

    thread = threading.Thread(target=half_close)
    thread.start()
    timing = replace(QUICK, reply=0.02, probe=0.02)
    long = (*SLIP, *(Line("x" * 48) for _ in range(200)))
    address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    renderer = Renderer(at(address), Fonts([], ask_fontconfig=False))
    with server, pytest.raises(DeviceFault) as fault:
        EscPosPrinter(address, TcpLink(address, close_seconds=5.0), renderer, timing).print(long, QUIET)
    thread.join()
    assert (fault.value.code, fault.value.begun) == ("broken_off", True)


# USB -------------------------------------------------------------------------------------------------------------


class Bus(usb.backend.IBackend):  # type: ignore[misc]
    """A bus with one printer on it, as libusb would show it to pyusb."""

    def __init__(self) -> None:
        self.printer = VirtualPrinter()
        self.plugged_in = True
        self.claimed = False
        self.driver = True
        self.stuck = False

    def enumerate_devices(self) -> list[str]:
        return ["printer"] if self.plugged_in else []

    def get_device_descriptor(self, dev: object) -> Any:
        return Fields(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=0x04B8, idProduct=0x0E15, bcdDevice=0x100, iManufacturer=0, iProduct=0,
            iSerialNumber=0, bNumConfigurations=1, address=5, bus=1, port_number=1, port_numbers=(1,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: object, config: int) -> Any:
        return Fields(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[], extralen=0,
        )  # fmt: skip

    def get_interface_descriptor(self, dev: object, intf: int, alt: int, config: int) -> Any:
        if intf or alt:
            raise IndexError
        return Fields(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2, bInterfaceClass=7,
            bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[], extralen=0,
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: object, ep: int, intf: int, alt: int, config: int) -> Any:
        return Fields(
            bLength=7, bDescriptorType=5, bEndpointAddress=(0x01, 0x82)[ep], bmAttributes=2, wMaxPacketSize=64,
            bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[], extralen=0,
        )  # fmt: skip

    def open_device(self, dev: object) -> str:
        return "handle"

    def close_device(self, dev_handle: object) -> None:
        pass

    def get_configuration(self, dev_handle: object) -> int:
        return 1

    def claim_interface(self, dev_handle: object, intf: int) -> None:
        assert not self.driver
        self.claimed = True

    def release_interface(self, dev_handle: object, intf: int) -> None:
        self.claimed = False

    def is_kernel_driver_active(self, dev_handle: object, intf: int) -> bool:
        return self.driver

    def detach_kernel_driver(self, dev_handle: object, intf: int) -> None:
        self.driver = False

    def bulk_write(self, dev_handle: object, ep: int, intf: int, data: Any, timeout: int) -> int:
        self._there()
        if self.stuck:
            raise usb.core.USBTimeoutError("timed out")
        self.printer.receive(bytes(data))
        self.printer.work()
        return len(data)

    def bulk_read(self, dev_handle: object, ep: int, intf: int, buff: Any, timeout: int) -> int:
        self._there()
        said = self.printer.replies()
        if not said:
            raise usb.core.USBTimeoutError("timed out")
        buff[: len(said)] = array.array("B", said)
        return len(said)

    def _there(self) -> None:
        if not self.plugged_in:
            raise usb.core.USBError("no such device")


class Fields:
    """A descriptor."""

    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)


def usb_printer(bus: Bus, address: str = "usb://04b8:0e15") -> EscPosPrinter:
    renderer = Renderer(at(address), Fonts([], ask_fontconfig=False))
    return EscPosPrinter(address, UsbLink(address, bus), renderer, replace(QUICK, stalled=0.1, reply=0.2))


def test_a_usb_printer_is_taken_from_the_system_asked_and_given_back() -> None:
    bus = Bus()
    device = usb_printer(bus)
    assert device.print(SLIP, QUIET) is Outcome.PRINTED
    assert [slip.number for slip in bus.printer.slips] == ["N012"]
    assert bus.claimed
    device.close()
    assert not bus.claimed


def test_a_usb_printer_may_be_pulled_out_and_put_back() -> None:
    bus = Bus()
    device = usb_printer(bus)
    device.look()
    bus.plugged_in = False
    with pytest.raises(DeviceFault) as fault:
        device.print(SLIP, QUIET)
    assert (fault.value.code, fault.value.begun) == ("missing", False)
    assert "04b8:0e15" in fault.value.text.en
    bus.plugged_in = bus.driver = True
    assert device.print(SLIP, QUIET) is Outcome.PRINTED
    bus.stuck = True
    with pytest.raises(DeviceFault):
        device.look()
    device.close()


# CUPS ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`lp` and `lpstat` that note what they were told; the queue is as `state` says."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (tmp_path / "state").write_text("printer front is idle.  enabled\n")
    for name, body in {
        "lp": f'echo "$@" >> {tmp_path}/called; cat >> {tmp_path}/data; echo "request id is front-1"',
        "lpstat": f'case "$*" in *nowhere*) echo "Invalid destination" >&2; exit 1;; esac; cat {tmp_path}/state',
    }.items():
        tool = folder / name
        tool.write_text(f"#!/bin/sh\n{body}\n")
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return tmp_path


def test_a_cups_queue_gets_raw_bytes_and_nothing_is_called_printed(tools: Path) -> None:
    device = open_device(at("cups://server:631/front"))
    assert device.print(SLIP, QUIET) is Outcome.SENT
    assert (tools / "called").read_text() == "-h server:631 -d front -o raw -t nightdesk -- -\n"
    assert [line for line, _, height in read_paper((tools / "data").read_bytes()).lines if height >= 4] == ["N012"]


def test_a_cups_queue_that_is_disabled_or_unknown_or_without_tools_is_a_fault_before_any_byte(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tools / "state").write_text("printer front disabled since today\n")
    with pytest.raises(DeviceFault) as disabled:
        open_device(at("cups://front")).print(SLIP, QUIET)
    assert not disabled.value.begun
    with pytest.raises(DeviceFault) as unknown:
        open_device(at("cups://nowhere")).look()
    assert unknown.value.code == "unreachable"
    assert not (tools / "data").exists()
    monkeypatch.setenv("PATH", str(tools / "empty"))
    with pytest.raises(DeviceFault) as missing:
        open_device(at("cups://front")).look()
    assert missing.value.code == "missing"


@pytest.mark.parametrize(
    ("printer", "accepting", "obstacle"),
    [
        ("printer hall is idle.  enabled since Mon", "hall accepting requests since Mon", None),
        ("printer disabled-hall is idle.  enabled since Mon", "disabled-hall accepting requests since Mon", None),
        ("printer hall disabled since Mon -\n\tout of paper", "hall accepting requests since Mon", "out of paper"),
        ("printer hall disabled since Mon -\n\treason unknown", "hall accepting requests since Mon", "reason unknown"),
        ("printer hall is idle.", "hall not accepting requests since Mon -\n\tmoving house", "moving house"),
        ("printer hall is idle.", "hall not accepting requests since Mon -", "no reason given"),
    ],
)
def test_what_keeps_a_cups_queue_from_printing_is_read_in_its_own_words(
    printer: str, accepting: str, obstacle: str | None
) -> None:
    name = "disabled-hall" if "disabled-hall" in printer else "hall"
    found = queue_state(name, printer, accepting).obstacle
    assert (found is None) if obstacle is None else (found is not None and obstacle in found.en)


def test_a_slip_that_cups_refuses_has_not_been_taken(tools: Path) -> None:
    lp = tools / "bin" / "lp"
    lp.write_text("#!/bin/sh\necho 'lp: the queue takes nothing' >&2\nexit 1\n")
    with pytest.raises(DeviceFault) as refused:
        open_device(at("cups://front")).print(SLIP, QUIET)
    assert (refused.value.begun, refused.value.nothing_taken) == (False, True)
    assert "takes nothing" in refused.value.text.en


@pytest.mark.parametrize(
    ("device", "native"),
    [("tcp://10.0.0.9:4001?baud=9600", True), ("tcp://10.0.0.9:4001?baud=115200", False), ("tcp://10.0.0.9", False)],
)
def test_a_slow_line_behind_a_serial_device_server_gets_native_text(device: str, native: bool) -> None:
    seconds = seconds_on_the_line(Printer(id="p", device=device))
    assert (seconds is not None and seconds > PATIENCE_SECONDS) is native
