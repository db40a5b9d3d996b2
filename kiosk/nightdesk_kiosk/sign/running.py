"""A virtual call screen from its options to its end."""

from __future__ import annotations

import signal
import sys
from threading import Event, Thread

import click

from nightdesk_displays.ports import LINE_ERRORS
from nightdesk_displays.signs import SignFault, VirtualSign, drawn
from nightdesk_displays.signserver import SignServer
from nightdesk_kiosk.faults_by_words import Breakable
from nightdesk_kiosk.speech import say
from nightdesk_queue.errors import Fault
from nightdesk_queue.language import Text

LOOK_SECONDS = 0.05
STARTED = Text(
    zh='虚拟屏 {protocol}：在 config.toml 中写 port = "{address}"',
    en='virtual sign {protocol}: write port = "{address}" in config.toml',
)
NO_PORT = Text(zh="端口 {port} 打不开：{e}", en="port {port} cannot be opened: {e}")


def run_sign(protocol: str, port: str, baud: int, address: int) -> int:
    """Run a virtual sign until it is told to stop. Raises Fault for a port that cannot be opened."""
    sign = VirtualSign(protocol, address)
    try:
        server = SignServer([sign], port, baud)
    except (*LINE_ERRORS, ValueError) as error:
        raise Fault("unreachable", NO_PORT.fill(port=port, e=error)) from error
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
        show_until(server, sign, stop)
    return 0


def show_until(server: SignServer, sign: VirtualSign, stop: Event) -> None:
    """Draw the sign whenever it changes, until told to stop."""
    shown: list[str] | None = None
    while not stop.wait(LOOK_SECONDS):
        with server.lock:
            lines = list(sign.lines)
        if lines != shown:
            shown = lines
            click.echo("\n".join(drawn(lines)))
