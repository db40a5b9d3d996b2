"""The root of the command line: global options, and errors as sentences with an exit status."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from io import TextIOWrapper
from typing import ClassVar, NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import NightGroup, NightOption, global_options
from nightdesk_kiosk.cli.click_catalogue import speak
from nightdesk_kiosk.collector import importing
from nightdesk_kiosk.ui_language import choose_language, say, speech
from nightdesk_queue.domain.errors import ConfigError, Fault, Misuse, NightdeskError
from nightdesk_queue.text.bilingual import Text, same
from nightdesk_queue.text.cleaning import is_command

INTERRUPTED_STATUS = 130
LONGEST_ARGUMENT = 4096
"""Characters of an argument: as long as the longest path."""
LONGEST_ECHO = 60
"""How many characters of a value are said again in a message."""

AT_LINE = Text(zh="第 {n} 行：{place}", en="line {n}: {place}")
ABOUT = Text(
    zh="nightdesk：医院夜间门诊的取号、叫号、打印与转诊。",
    en="nightdesk: numbers, calls, slips and transfers for a hospital's night clinics.",
)

settings_of = click.make_pass_decorator(Settings, ensure=True)
"""Hands a command its settings."""


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        # imported here: it reads the head of an e-mail, and most commands never ask
        from importlib.metadata import version  # noqa: PLC0415

        click.echo(f"nightdesk {version('nightdesk')}")
        context.exit()


@click.pass_context
def _root(context: click.Context) -> None:
    settings = context.ensure_object(Settings)
    context.call_on_close(settings.closing.close)


MODULES = {
    "alarms": ("alarm", "clock", "room"),
    "bookings": ("bookings", "check-in", "expect", "no-shows"),
    "clinic_operations": ("leftover", "level", "move", "page", "resume", "suspend", "undo"),
    "configuration": ("config",),
    "database": ("database",),
    "devices_and_check": ("check", "display", "health"),
    "explaining": ("device", "explain", "export"),
    "hl7": ("hl7",),
    "kiosks": ("kiosk",),
    "lookups": ("events", "queue", "show"),
    "reporting": ("report",),
    "programs": ("board", "console", "demo", "lobby", "printer", "run", "sign"),
    "simulate": ("simulate",),
    "slips": ("print",),
    "staff": ("staff",),
    "issuing": ("issue",),
    "ticket_steps": (
        "badges", "call", "cancel", "finish", "hold", "miss", "note", "recall", "rejoin", "return", "start",
        "transfer",
    ),
    "voice": ("voice",),
}  # fmt: skip
"""The commands by the module that declares them, which is imported when one of them is asked for."""


class Root(NightGroup):
    """The group of all commands. Whoever runs one does not wait for the imports of the others."""

    _module_of: ClassVar = {name: module for module, names in MODULES.items() for name in names}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(self._module_of)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; the import of its module declares it."""
        module = self._module_of.get(cmd_name)
        if module is not None and cmd_name not in self.commands:
            with importing():
                import_module(f"nightdesk_kiosk.cli.{module}")
        return super().get_command(ctx, cmd_name)


cli = Root(
    "nightdesk",
    callback=_root,
    about=ABOUT,
    params=[
        *global_options(),
        NightOption(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            about=Text(zh="显示版本", en="show the version"),
        ),
    ],
)


def main() -> NoReturn:
    """Run the command line of this process and exit."""
    _plug_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # a terminal that lacks a character shows `?`; it never loses the whole answer
            stream.reconfigure(errors="replace")
    status = run(sys.argv[1:])
    # the end of the process gives everything back, what nobody has collected included
    gc.freeze()
    sys.exit(status)


def _plug_closed_streams() -> None:
    """Open something in the place of standard streams that are closed (`2>&-`).

    An answer whose standard output is closed is told on standard error: what was asked for is done all the same, and a
    number that was given must be told to somebody.
    The next file to be opened would take their place, and what is written there would be written into it. Python gives
    such a stream as None, which nobody who writes to it expects.
    """
    closed = set()
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
            closed.add(descriptor)
    if 1 in closed and 2 not in closed:
        os.dup2(2, 1)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; every error has become a message on standard error."""
    speech.language = choose_language(arguments)
    speak(speech.language)
    as_json = "--json" in arguments
    try:
        _refuse_unreadable(arguments)
        result = cli.main(list(arguments), prog_name="nightdesk", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED_STATUS
    except (BrokenPipeError, SystemExit):
        # click ends so, and we do, when the reader of our output has gone; what was asked for has been done
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - a person never sees a traceback
        return _report(_readable(_worded(error), arguments), as_json)


def _refuse_unreadable(arguments: Sequence[str]) -> None:
    for argument in arguments:
        if len(argument) > LONGEST_ARGUMENT:
            text = Text(
                zh="参数太长：{n} 个字符，最多 {most}", en="an argument has {n} characters, {most} are the most"
            )
            raise Misuse("usage", text.fill(n=len(argument), most=LONGEST_ARGUMENT))
        try:
            argument.encode()
        except UnicodeEncodeError:
            text = Text(zh="参数 {a} 不是 UTF-8 文字", en="the argument {a} is not UTF-8 text")
            raise Misuse("usage", text.fill(a=ascii(argument))) from None


def _worded(error: Exception) -> NightdeskError:
    """Return any error as one of ours, with words for a person."""
    if isinstance(error, NightdeskError):
        return error
    if isinstance(error, click.ClickException):
        misuse = Misuse("usage", _usage(error))
        misuse.__cause__ = error
        return misuse
    if isinstance(error, OSError) and error.filename is None and error.errno is not None:
        text = Text(
            zh="输出写不出去：{e}；要做的事可能已完成，用 show 或 queue 核对",
            en="the answer could not be written: {e}; what was asked for may be done, look with show or queue",
        )
        return Fault("output", text.fill(e=error.strerror))
    if os.environ.get("NIGHTDESK_TRACEBACK"):
        sys.excepthook(type(error), error, error.__traceback__)
    return _unexpected(error)


def _usage(wrong: click.ClickException) -> Text:
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context else "nightdesk"
    words = Text(zh="{what}用 {path} --help 查看写法", en="{what} See {path} --help")
    return words.fill(what=_ended(_what(wrong)), path=path)


def _ended(words: Text) -> Text:
    """Return a sentence with its full stop, where it is not a question."""
    return Text(
        zh=words.zh if words.zh.endswith(("?", "？")) else words.zh + "。",
        en=words.en if words.en.endswith("?") else words.en + ".",
    )


def _what(wrong: click.ClickException) -> Text:
    """Return click's complaint, without a full stop at the end."""
    if isinstance(wrong, NoArgsIsHelpError):
        return Text(zh="还缺一个命令", en="A command is missing")
    if isinstance(wrong, click.MissingParameter) and wrong.param:
        # click's own sentence has an English full stop and line breaks in every language
        return Text(zh="缺少 {name}", en="{name} is missing").fill(name=wrong.param.get_error_hint(wrong.ctx))
    # click has said it in the language of the process, and no other is shown
    return same(wrong.format_message().rstrip(".。"))


def _readable(error: NightdeskError, arguments: Sequence[str]) -> NightdeskError:
    """Return an error whose words say no long value in full and send nothing to the terminal but characters."""
    values = [*arguments, *(argument.partition("=")[2] for argument in arguments)]
    cuts = {_visible(value): _visible(value[:LONGEST_ECHO]) + "…" for value in values if len(value) > LONGEST_ECHO}

    def echo(words: str) -> str:
        words = _visible(words)
        for value, cut in cuts.items():
            words = words.replace(value, cut)
        return words

    def echo_both(text: Text) -> Text:
        return Text(zh=echo(text.zh), en=echo(text.en))

    error.text = echo_both(error.text)
    if isinstance(error, ConfigError):
        error.faults = [
            replace(
                fault,
                key=echo(fault.key),
                value=echo(fault.value),
                problem=echo_both(fault.problem),
                fix=echo_both(fault.fix),
            )
            for fault in error.faults
        ]
    return error


def _visible(text: str) -> str:
    """Return a text with control and format characters written out: ESC would be a command to the terminal."""
    return "".join(ascii(char)[1:-1] if is_command(char) else char for char in text)


def _unexpected(error: Exception) -> Fault:
    text = Text(
        zh="程序出错：{kind}：{error}。已写入的内容不受影响；设 NIGHTDESK_TRACEBACK=1 重试可看详情",
        en="something unforeseen failed: {kind}: {error}. What was written stays; "
        "try again with NIGHTDESK_TRACEBACK=1 for details",
    )
    return Fault("internal", text.fill(kind=type(error).__name__, error=error))


def _report(error: NightdeskError, as_json: bool) -> int:
    if isinstance(error.__cause__, NoArgsIsHelpError) and not as_json:
        click.echo(error.__cause__.ctx.get_help())
        return error.exit_status
    if as_json:
        # imported here, as it knows everything that can be told
        from nightdesk_kiosk import json_output  # noqa: PLC0415

        click.echo(json_output.line(json_output.error(error, speech.language)), err=True)
        return error.exit_status
    label = Text(zh="错误", en="error") if error.exit_status != 1 else Text(zh="未执行", en="refused")
    click.secho(f"{say(label)}: {say(error.text)}", err=True, fg="red")
    if isinstance(error, ConfigError):
        for fault in error.faults:
            place = same(f"{fault.key} = {fault.value}")
            if fault.line is not None:
                place = AT_LINE.fill(n=fault.line, place=place)
            click.echo(f"  {say(place)}\n      {say(fault.problem)}\n      → {say(fault.fix)}", err=True)
    return error.exit_status
