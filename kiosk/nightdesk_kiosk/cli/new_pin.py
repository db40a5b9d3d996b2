"""A new PIN, typed twice or read from standard input. It is never an argument: other users of the machine see those."""

from __future__ import annotations

import sys

import click

from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands.pin_hashing import HashedPin, hashed
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.rules.pins import good_pin
from nightdesk_queue.text.bilingual import Text

PIPED = Text(zh="从标准输入读一行，不询问", en="read a line of standard input, ask nothing")
NEW_PIN = Text(zh="新密码", en="New PIN")
ONCE_MORE = Text(zh="再输入一次", en="Once more")
DIFFERENT = Text(zh="两次输入不一样；密码没有改动", en="the two are not the same; the PIN is as it was")
NO_TERMINAL = Text(
    zh="没有终端可以输入密码；用 --stdin 从标准输入读一行",
    en="there is no terminal to ask for the PIN; with --stdin a line of standard input is read",
)
LONGEST_LINE = 200
"""Bytes that are read in search of a PIN."""


def new_pin(*, piped: bool) -> HashedPin:
    """Return a new PIN as it may be kept; it takes a twentieth of a second. Raises Refused: weak_pin; Misuse."""
    return hashed(_piped() if piped else _asked())


def _piped() -> str:
    return sys.stdin.buffer.readline(LONGEST_LINE).decode("utf-8", errors="replace")


def _asked() -> str:
    """Ask for a new PIN twice, on standard error: standard output is for the answer."""
    if not sys.stdin.isatty():
        raise Misuse("no_terminal", NO_TERMINAL)
    first = good_pin(click.prompt(say(NEW_PIN), hide_input=True, err=True))
    if good_pin(click.prompt(say(ONCE_MORE), hide_input=True, err=True)) != first:
        raise Misuse("usage", DIFFERENT)
    return first
