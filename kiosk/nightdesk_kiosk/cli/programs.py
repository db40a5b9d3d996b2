"""The commands that run until they are ended: the background services and the full-screen apps.

Each imports what it needs when it runs.
"""

from __future__ import annotations

import os
import signal
import sys
from threading import Event

import click

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import command, option
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.collector import importing
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.text.bilingual import Text

BAUD = option(
    "--baud",
    type=click.IntRange(300, 4_000_000),
    default=9600,
    show_default=True,
    about=Text(zh="波特率", en="baud rate"),
)


@command(cli, "run", Text(zh="后台服务：打印、叫号屏与语音", en="the background services: spool, call screens, voice"))
@settings_of
def run_services(settings: Settings) -> int:
    """Run the background services until SIGTERM or SIGINT."""
    stop, reload = Event(), Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # asked now: a terminal that has gone away is none any more
    at_terminal = os.isatty(0) or os.isatty(2)
    signal.signal(signal.SIGHUP, lambda *_: (stop if at_terminal else reload).set())
    # imported here, after the signals are caught: a stop asked for while starting is a clean stop, too
    with importing():
        from nightdesk_kiosk.background.service_run import ServiceRun  # noqa: PLC0415
        from nightdesk_kiosk.diagnostics.checks import unserved  # noqa: PLC0415

    about = Text(zh="{kind} {id}：{text}", en="{kind} {id}: {text}")

    def left_alone() -> list[Text]:
        return [about.fill(kind=one.kind, id=one.id, text=one.text) for one in unserved(settings)]

    return ServiceRun(settings, stop, reload).run(left_alone)


@command(cli, "lobby", Text(zh="患者触摸屏", en="the patients' touchscreen"))
@option("--kiosk", metavar="ID", about=Text(zh="哪台自助机(默认第一台)", en="which kiosk (default: the first)"))
@settings_of
def lobby(settings: Settings, kiosk: str | None) -> int:
    """Run the lobby."""
    with importing():
        from nightdesk_kiosk.lobby.app import run_lobby  # noqa: PLC0415

    settings.creates = settings.goes_on = True
    return run_lobby(settings, kiosk)


@command(cli, "console", Text(zh="医护工作台", en="the staff's console"))
@option(
    "--clinic",
    multiple=True,
    metavar="ID",
    about=Text(zh="显示哪个门诊；几个则并排", en="the clinic shown; several stand side by side (repeatable)"),
)
@option("--all", "every_clinic", is_flag=True, about=Text(zh="全部门诊在一个列表里", en="all clinics in one list"))
@option("--room", metavar="ID", about=Text(zh="为哪个诊室呼叫", en="the room called to"))
@option(
    "--doctor",
    is_flag=True,
    about=Text(zh="只看一个诊室(要 --room，60×20 起)", en="one room's own view (with --room; from 60×20 on)"),
)
@settings_of
def console(settings: Settings, clinic: tuple[str, ...], room: str | None, every_clinic: bool, doctor: bool) -> int:
    """Run the console."""
    with importing():
        from nightdesk_kiosk.console.app import run_console  # noqa: PLC0415

    if doctor and room is None:
        raise Misuse("no_room", Text(zh="--doctor 要和 --room 一起用", en="--doctor needs --room"))
    if doctor and (every_clinic or len(clinic) > 1):
        alone = Text(zh="--doctor 只看一个门诊，不能加 --all", en="--doctor shows one clinic, no more")
        raise Misuse("usage", alone)
    if every_clinic and clinic:
        raise Misuse("usage", Text(zh="--all 和 --clinic 只写一个", en="name --all or --clinic, not both"))
    settings.goes_on = True
    return run_console(settings, clinic, room, every_clinic=every_clinic, doctor=doctor)


@command(
    cli,
    "board",
    Text(zh="全屏叫号屏：来自数据库或串口", en="a call screen: from the database or a serial line"),
)
@option(
    "--serial",
    metavar="PORT",
    about=Text(zh="串口(pyserial 地址)", en="the serial line (any address pyserial opens)"),
)
@BAUD
@option(
    "--clinic",
    multiple=True,
    metavar="ID",
    about=Text(zh="只显示这些门诊", en="only these clinics (repeatable)"),
)
@settings_of
def board(settings: Settings, serial: str | None, baud: int, clinic: tuple[str, ...]) -> int:
    """Run a call screen."""
    with importing():
        from nightdesk_kiosk.board.app import run_board  # noqa: PLC0415

    settings.goes_on = settings.impatient = True
    return run_board(settings, serial, baud, clinic)


@command(
    cli,
    "demo",
    Text(zh="演示一整夜(虚拟设备，60 倍速)", en="a whole night on virtual devices, 60 times as fast"),
)
@option(
    "--headless",
    is_flag=True,
    about=Text(zh="不用终端，只打印小结", en="without a terminal: print the night's summary"),
)
@option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    about=Text(zh="随机种子", en="seed of the night's chances"),
)
@option(
    "--speed",
    type=click.IntRange(1, 600),
    default=60,
    show_default=True,
    about=Text(zh="几倍速", en="times as fast"),
)
@settings_of
def demo(settings: Settings, headless: bool, seed: int, speed: int) -> int:
    """Play the demo night."""
    if headless or not (sys.stdin.isatty() and sys.stdout.isatty()):
        with importing():
            from nightdesk_kiosk.demo.headless import run_headless  # noqa: PLC0415

        return run_headless(settings, seed)
    with importing():
        from nightdesk_kiosk.demo.app import run_demo  # noqa: PLC0415

    return run_demo(seed, speed)


@command(
    cli,
    "printer",
    Text(zh="虚拟打印机：测试与培训用", en="a virtual printer, for tests and training"),
)
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=9100,
    show_default=True,
    about=Text(zh="TCP 端口；0 为任意空闲端口", en="TCP port; 0 takes a free one"),
)
@option("--serial", is_flag=True, about=Text(zh="改用伪终端串口", en="a pseudo-terminal as a serial line instead"))
@option(
    "--paper",
    type=click.Choice(["58", "80"]),
    default="80",
    show_default=True,
    about=Text(zh="纸宽，毫米", en="width of the paper in mm"),
)
@option(
    "--can",
    type=click.Choice(["print_complete", "in_order_answer", "status_only", "none"]),
    default="print_complete",
    show_default=True,
    about=Text(zh="能确认到什么程度", en="the best it can confirm"),
)
@option(
    "--fault",
    multiple=True,
    metavar="WORD[@BYTE]",
    about=Text(zh="故障，可加第几个字节时发生", en="a fault, at once or once so many bytes have come (repeatable)"),
)
@option(
    "--habit",
    multiple=True,
    type=click.Choice(["hasty", "clears_always", "no_status"]),
    about=Text(
        zh="像某些打印机那样：收到就回答、总是清空缓冲、不报状态",
        en="be like some printers: answer on receipt, clear the buffers at any time, tell no status (repeatable)",
    ),
)
@option(
    "--speed",
    type=click.IntRange(0, 1000),
    default=250,
    show_default=True,
    about=Text(zh="走纸速度，毫米/秒；0 为立即", en="how fast its paper moves in mm a second; 0 prints at once"),
)
@settings_of
def printer(
    _: Settings,
    *,
    port: int,
    serial: bool,
    paper: str,
    fault: tuple[str, ...],
    can: str,
    habit: tuple[str, ...],
    speed: int,
) -> int:
    """Run a virtual printer."""
    with importing():
        from nightdesk_kiosk.emulators.printer_program import Model, run_printer  # noqa: PLC0415

    return run_printer(port, Model(can, habit, speed), serial=serial, paper_mm=int(paper), faults=fault)


@command(
    cli,
    "sign",
    Text(zh="虚拟叫号屏：测试与培训用", en="a virtual call screen, for tests and training"),
)
@option(
    "--protocol",
    type=click.Choice(["onbon", "modbus", "cd5220", "ascii", "board"]),
    default="onbon",
    show_default=True,
    about=Text(zh="协议", en="its protocol"),
)
@option(
    "--port",
    default="pty",
    show_default=True,
    metavar="PORT",
    about=Text(zh="pty、TCP 端口号，或串口", en="pty, a TCP port to listen on, or a serial port"),
)
@BAUD
@option(
    "--address",
    type=click.IntRange(1, 0xFFFE),
    default=1,
    show_default=True,
    about=Text(zh="总线地址", en="its address on the bus"),
)
@settings_of
def sign(settings: Settings, protocol: str, port: str, baud: int, address: int) -> int:
    """Run a virtual call screen."""
    with importing():
        from nightdesk_kiosk.emulators.sign_program import run_sign  # noqa: PLC0415

    return run_sign(protocol, port, baud, address, json=settings.json)
