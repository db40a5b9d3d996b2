"""What a printer's faults say: the cause in both languages, and never only the system's English."""

from __future__ import annotations

import errno
import os
import re
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from devices import Line
from virtually import QUICK, device_for, serving

from nightdesk_ports.causes import WORDS, LineCause, WriteTimeoutError
from nightdesk_ports.descriptor import LinkClosed
from nightdesk_ports.serial_lines import close_port, open_port
from nightdesk_printers.devices import DeviceFault, EscPosPrinter, Progress, open_device
from nightdesk_printers.devices.base import broken_off, missing, unreachable
from nightdesk_printers.fonts import Fonts
from nightdesk_printers.layout import Line as SlipLine
from nightdesk_printers.rendering import Renderer
from nightdesk_printers.virtual import Breakage
from nightdesk_queue.config import Printer
from nightdesk_queue.text.bilingual import Text

CHINESE = re.compile(r"[\u3400-\u9fff]")


def fault_of(device: str) -> DeviceFault:
    """What is said of a printer that is looked at."""
    with pytest.raises(DeviceFault) as fault:
        open_device(Printer(id="p", device=device, text="native")).look()
    return fault.value


class Denied:
    """A link that nobody here may open."""

    talks = True
    closed = 0

    def open(self) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/dev/usb/lp0")

    def write_some(self, data: bytes, seconds: float) -> int:
        return 0

    def receive(self, seconds: float) -> bytes:
        return b""

    def finish(self) -> None: ...

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("device", ["serial:///dev/ttyUSB0", "file:///dev/usb/lp0"])
def test_a_denied_port_says_so_in_both_languages_with_its_fix(device: str) -> None:
    printer = Printer(id="p", device=device, text="native", paper_mm_a_second=0)
    link = Denied()
    with pytest.raises(DeviceFault) as fault:
        EscPosPrinter(device, link, Renderer(printer, Fonts([], ask_fontconfig=False))).look()
    assert (fault.value.code, fault.value.begun, link.closed) == ("unreachable", False, 1)
    assert "无权打开端口，加入 dialout 或 lp 组" in fault.value.text.zh
    assert "no right to open the port, join group dialout or lp" in fault.value.text.en
    assert "Permission denied" not in fault.value.text.zh + fault.value.text.en


def test_each_kind_of_printer_that_is_away_says_why_in_both_languages(tmp_path: Path) -> None:
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    with taken, Line(tmp_path / "ttyS9") as line:
        holder = open_port(str(line.path), 9600)
        said = {
            f"serial://{tmp_path}/ttyS1": LineCause.MISSING,
            f"serial://{line.path}": LineCause.IN_USE,
            "serial:///dev/null": LineCause.NOT_A_LINE,
            f"tcp://127.0.0.1:{taken.getsockname()[1]}": LineCause.REFUSED,
            "tcp://a..b": LineCause.UNREACHABLE,
        }
        for device, cause in said.items():
            fault = fault_of(device)
            assert fault.code == "unreachable"
            assert fault.text.zh == f"打印机 {device} 连不上：{WORDS[cause].zh}"
            assert fault.text.en == f"printer {device} cannot be reached: {WORDS[cause].en}"
        close_port(holder)


def test_a_file_whose_folder_is_away_names_the_folder(tmp_path: Path) -> None:
    fault = fault_of(f"file:{tmp_path}/none/paper.bin")
    assert fault.code == "unreachable"
    assert f"文件夹 {tmp_path}/none 不在" in fault.text.zh
    assert f"folder {tmp_path}/none is not there" in fault.text.en


def test_a_node_that_is_away_is_named() -> None:
    fault = fault_of("file:///dev/nightdesk-lp9")
    assert fault.code == "missing"
    assert "没有 /dev/nightdesk-lp9" in fault.text.zh
    assert "no /dev/nightdesk-lp9" in fault.text.en


@pytest.mark.parametrize("breakage", [Breakage.RESET, Breakage.CLOSE])
def test_a_connection_that_breaks_inside_a_slip_says_so_in_both_languages(breakage: Breakage) -> None:
    with serving() as server:
        device = device_for(server, timing=replace(QUICK, stalled=0.2))
        device.look()

        def cut() -> None:
            server.break_(breakage)

        with pytest.raises(DeviceFault) as fault:
            device.print((SlipLine("一"),), Progress(cut))
        device.close()
    assert (fault.value.code, fault.value.begun) == ("broken_off", True)
    assert "线路断开" in fault.value.text.zh
    assert "the line broke" in fault.value.text.en


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OSError(errno.EIO, "Input/output error"), LineCause.BROKEN),
        (LinkClosed("the far end has closed"), LineCause.BROKEN),
        (WriteTimeoutError("no byte taken for 20 s"), LineCause.WRITE_TIMEOUT),
    ],
    ids=str,
)
def test_a_lost_line_is_worded_by_its_cause(error: OSError, cause: LineCause) -> None:
    fault = broken_off("tcp://h", error, begun=False)
    assert (fault.code, fault.begun) == ("broken_off", False)
    assert WORDS[cause].zh in fault.text.zh
    assert WORDS[cause].en in fault.text.en
    assert CHINESE.search(fault.text.en) is None


def test_words_that_are_not_ours_are_kept_and_get_a_fix() -> None:
    for why in (OSError(errno.ENOSPC, "No space left on device"), "lp: Error - unknown destination"):
        fault = unreachable("cups://front", why)
        assert fault.code == "unreachable"
        assert "检查电源、网线和地址" in fault.text.zh
        assert "check its power, cable and address" in fault.text.en
        assert str(why) in fault.text.en


def test_words_of_ours_stand_alone_in_their_language() -> None:
    words = Text(zh="队列已停用", en="the queue is disabled")
    assert unreachable("p", words).text == Text(
        zh="打印机 p 连不上：队列已停用", en="printer p cannot be reached: the queue is disabled"
    )
    assert broken_off("p", words).text.zh == "打印机 p 连接中断：队列已停用；恢复后自动继续"
    assert missing("p", "lp").text.zh == "打印机 p 不在：没有 lp；检查电源和连线"
