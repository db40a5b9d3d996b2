"""The virtual printer without a terminal: paper on standard output, faults by words on standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from threading import Event, Thread

import click

from nightdesk_kiosk.printer import texts
from nightdesk_kiosk.printer.app import paper_lines
from nightdesk_kiosk.speech import say
from nightdesk_printers.devices.screen import write_paper
from nightdesk_printers.virtual import Breakage, PrinterServer

LOOK_SECONDS = 0.05


def run_plain(server: PrinterServer, paper_mm: int, stop: Event, words: Iterable[str] = sys.stdin) -> None:
    """Show each slip as it is cut and obey each word, until `stop` is set or `quit` is said."""
    click.echo(say(texts.COMMANDS.fill(names=", ".join(Breakage))), err=True)
    Thread(target=_obey, args=(server, stop, words), daemon=True).start()
    shown = 0
    while not stop.wait(LOOK_SECONDS):
        with server.lock:
            new = server.printer.slips[shown:]
        for slip in new:
            write_paper(sys.stdout, paper_lines(slip, paper_mm))
        shown += len(new)


def _obey(server: PrinterServer, stop: Event, words: Iterable[str]) -> None:
    for line in words:
        word = line.strip().lower()
        if word == "quit":
            stop.set()
            return
        if word:
            obey(server, word)


def obey(server: PrinterServer, word: str) -> None:
    """Break (`cover`), mend (`-cover`) or mend all (`mend`)."""
    name = word.removeprefix("-").replace(" ", "_")
    if word == "mend":
        server.mend()
    elif name not in list(Breakage):
        click.echo(say(texts.NOT_UNDERSTOOD.fill(word=word)), err=True)
    elif word.startswith("-"):
        server.mend(Breakage(name))
    else:
        server.break_(Breakage(name))
