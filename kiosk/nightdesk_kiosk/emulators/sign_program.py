"""A virtual call screen from its options to its end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from json import dumps
from threading import Event, Thread

import click

from nightdesk_displays.virtual.drawing import drawn
from nightdesk_displays.virtual.server import SignServer
from nightdesk_displays.virtual.sign import SignFault, VirtualSign
from nightdesk_kiosk.device_wording import cause_text
from nightdesk_kiosk.emulators.fault_words import Breakable
from nightdesk_kiosk.ui_language import say
from nightdesk_ports.causes import LINE_ERRORS, cause_of
from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.cleaning import normalised

LOOK_SECONDS = 0.05
STARTED = Text(
    zh='虚拟屏 {protocol}：在 config.toml 中写 port = "{address}"',
    en='virtual sign {protocol}: write port = "{address}" in config.toml',
)
HIGHEST_PORT = 65535
NOT_A_PORT = Text(zh="{port} 不是 TCP 端口；写 0 到 {highest}", en="{port} is no TCP port; use 0 to {highest}")
NO_PORT = Text(zh="端口 {port} 打不开：{e}", en="port {port} cannot be opened: {e}")


def run_sign(protocol: str, port: str, baud: int, address: int, *, json: bool = False) -> int:
    """Run a virtual sign until it is told to stop; with `json` what it shows is a JSON object a line.

    Raises Misuse for a TCP port that cannot be, Fault for a port that cannot be opened.
    """
    port = normalised(port)
    if port.isdigit() and not (port.isascii() and int(port) <= HIGHEST_PORT):
        raise Misuse("usage", NOT_A_PORT.fill(port=port, highest=HIGHEST_PORT))
    sign = VirtualSign(protocol, address)
    try:
        server = SignServer([sign], port, baud)
    except (*LINE_ERRORS, ValueError) as error:
        raise Fault("unreachable", NO_PORT.fill(port=port, e=cause_text(cause_of(error)))) from error
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    click.echo(say(STARTED.fill(protocol=protocol, address=server.address)), err=True)
    breakable = Breakable(
        list(SignFault),
        lambda name: sign.faults.add(SignFault(name)),
        lambda name: sign.faults.discard(SignFault(name)) if name else sign.faults.clear(),
    )
    breakable.explain()
    with server:
        Thread(target=breakable.obey_all, args=(sys.stdin, stop), daemon=True).start()
        show_until(server, sign, stop, _as_json if json else _as_picture)
    return 0


def _as_picture(lines: list[str]) -> str:
    return "\n".join(drawn(lines))


def _as_json(lines: list[str]) -> str:
    return dumps({"lines": lines}, ensure_ascii=False)


def show_until(server: SignServer, sign: VirtualSign, stop: Event, form: Callable[[list[str]], str]) -> None:
    """Show the sign whenever it changes, until told to stop."""
    shown: list[str] | None = None
    while not stop.wait(LOOK_SECONDS):
        with server.lock:
            lines = list(sign.lines)
        if lines != shown:
            shown = lines
            click.echo(form(lines))
