"""A virtual call screen from its options to its end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable
from threading import Event, Thread

import click

from nightdesk_displays.line import LINE_ERRORS
from nightdesk_displays.signs import SignFault, VirtualSign, drawn
from nightdesk_displays.signserver import SignServer
from nightdesk_kiosk.speech import say
from nightdesk_queue.errors import Fault
from nightdesk_queue.language import Text

LOOK_SECONDS = 0.05
STARTED = Text(
    zh='虚拟屏 {protocol}：在 config.toml 中写 port = "{address}"',
    en='virtual sign {protocol}: write port = "{address}" in config.toml',
)
COMMANDS = Text(
    zh="命令(每行一个)：{names}；前面加 - 恢复；mend 全部恢复；quit 退出",
    en="commands, one a line: {names}; with - before it to mend it; mend for all; quit",
)
NOT_UNDERSTOOD = Text(zh="不认识 {word}", en="{word} is not understood")
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
    click.echo(say(COMMANDS.fill(names=", ".join(SignFault))), err=True)
    with server:
        Thread(target=obey_all, args=(sign, stop, sys.stdin), daemon=True).start()
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


def obey_all(sign: VirtualSign, stop: Event, words: Iterable[str]) -> None:
    """Obey each word: a fault, `-fault`, `mend`, `quit`."""
    for line in words:
        word = line.strip().lower()
        if word == "quit":
            stop.set()
            return
        name = word.removeprefix("-")
        if word == "mend":
            sign.faults.clear()
        elif name in list(SignFault):
            (sign.faults.discard if word.startswith("-") else sign.faults.add)(SignFault(name))
        elif word:
            click.echo(say(NOT_UNDERSTOOD.fill(word=word)), err=True)
