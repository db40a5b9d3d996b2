"""click's commands and options with help in both languages, and global options accepted on either side of a command."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from gettext import gettext
from pathlib import Path
from typing import Any, TypeVar

import click

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.clock import parse_moment
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.text.bilingual import LANGUAGES, Text
from nightdesk_queue.text.cleaning import normalised

LONGEST_WORD = 500
"""Characters of a text that is spoken or kept."""
MACHINE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
NO_MACHINE = Text(
    zh="机器名用字母、数字、- 和 _，最多 40 个", en="a machine's name has letters, digits, - and _, at most 40"
)
LONGEST_ACTOR = 100
"""Characters of the name of who acts, which stands in every event."""
TOO_LONG = Text(zh="太长，最多 {n} 个字符", en="it is too long, {n} characters are the most")
EMPTY = Text(zh="不能为空", en="it is empty")
GLOBAL_OPTIONS = Text(zh="后面还可写全局选项：见 {root} --help", en="Global options may follow too: see {root} --help")

NAMING = frozenset({"ID", "R", "ROOM", "CLINIC", "TICKET", "PRINTER"})
"""What an option is called in its help when its value names something of the hospital."""

LARGEST = 2**63 - 1
"""The largest number the database can compare with."""

F = TypeVar("F", bound=Callable[..., Any])


class NightOption(click.Option):
    """An option whose help is a Text."""

    def __init__(self, *declarations: Any, about: Text, **attributes: Any) -> None:
        super().__init__(*declarations, **attributes)
        self.about = about

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option's line of help in the language of the process."""
        self.help = say(self.about)
        return super().get_help_record(ctx)

    def make_metavar(self, ctx: click.Context) -> str:
        """Return what stands for the value; click names its own types in English without asking gettext."""
        return gettext(super().make_metavar(ctx))


class Id(click.types.StringParamType):
    """An id or a number, also in the full-width characters of a Chinese input method."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return it as it was meant."""
        return normalised(super().convert(value, param, ctx))


class Bilingual(click.Command):
    """A command whose help is a Text; the global options may also follow it."""

    def __init__(self, *args: Any, about: Text, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.about = about
        declared = {name for parameter in self.params for name in parameter.opts}
        self.params += [one for one in global_options(hidden=True) if not declared & set(one.opts)]
        for parameter in self.params:
            # what is a word or a file has a type of its own; every other argument is an id or a number
            if parameter.type is click.STRING and (
                isinstance(parameter, click.Argument) or parameter.metavar in NAMING
            ):
                parameter.type = Id()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line; an error knows its command, which click's parser does not always tell."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the words of the usage line; click asks gettext for none of them."""
        return [gettext(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the command's line in its group's list."""
        return say(self.about)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(say(self.about))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write where the global options are explained, which a command takes and does not list."""
        super().format_epilog(ctx, formatter)
        root = ctx.find_root()
        if ctx is not root:
            formatter.write_paragraph()
            formatter.write_text(say(GLOBAL_OPTIONS.fill(root=root.command_path)))


class NightCommand(Bilingual):
    """One thing to do."""


class NightGroup(Bilingual, click.Group):
    """Several things to do."""


def global_options(*, hidden: bool = False) -> list[click.Parameter]:
    """Return the options every command takes: which hospital, which database, what time it is, who acts."""

    def setting(*declarations: str, key: str, about: Text, **attributes: Any) -> click.Parameter:
        def keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
            if isinstance(value, str) and not value:
                raise click.BadParameter(say(EMPTY), context, parameter)
            if key == "actor" and len(str(value or "")) > LONGEST_ACTOR:
                raise click.BadParameter(say(TOO_LONG.fill(n=LONGEST_ACTOR)), context, parameter)
            if key == "machine_name" and not MACHINE_NAME.fullmatch(str(value or "x")):
                raise click.BadParameter(say(NO_MACHINE), context, parameter)
            if key == "now_text" and isinstance(value, str):
                parse_moment(value)
            if value is not None and value is not False:
                setattr(context.ensure_object(Settings), key, value)

        return NightOption(
            declarations,
            about=about,
            callback=keep,
            expose_value=False,
            hidden=hidden,
            is_eager=True,
            **attributes,
        )

    return [
        setting(
            "--config",
            key="config",
            type=click.Path(path_type=Path, readable=False),
            metavar="FILE",
            about=Text(zh="配置文件(默认 config.toml)", en="the configuration (default: config.toml)"),
        ),
        setting(
            "--database",
            key="database_url",
            metavar="URL",
            about=Text(zh="数据库，如 sqlite:///nightdesk.db", en="the database, such as sqlite:///nightdesk.db"),
        ),
        setting(
            "--machine",
            key="machine_name",
            metavar="NAME",
            about=Text(
                zh="本机名称(默认见 machine.toml，否则主机名)",
                en="this machine's name (default: machine.toml, or the host name)",
            ),
        ),
        setting(
            "--now",
            key="now_text",
            metavar="ISO8601",
            about=Text(
                zh="按这个时刻执行(训练、演示、测试用)",
                en="act as if it were this time (training, demos, tests)",
            ),
        ),
        setting(
            "--training",
            key="training",
            is_flag=True,
            about=Text(
                zh="与 --now 同用：写入正在实际运行的数据库(训练)",
                en="with --now: also write into a database that is in real service",
            ),
        ),
        setting(
            "--actor",
            key="actor",
            metavar="NAME",
            about=Text(zh="操作人，记入事件", en="who acts, kept in the events"),
        ),
        setting(
            "--json",
            key="json",
            is_flag=True,
            about=Text(zh="标准输出每行一个 JSON 对象", en="one JSON object a line on standard output"),
        ),
        setting(
            "--verbose",
            key="verbose",
            is_flag=True,
            about=Text(zh="日志里写下一切(级别 debug)", en="everything in the log (level debug)"),
        ),
        NightOption(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            expose_value=False,
            hidden=hidden,
            # read before the command line is parsed, so that help and errors speak it too
            about=Text(zh="界面语言", en="language of the texts"),
        ),
    ]


def option(*declarations: str, about: Text, **attributes: Any) -> Callable[[F], F]:
    """Declare an option with help in both languages."""
    return click.option(*declarations, cls=NightOption, about=about, **attributes)


def command(group: click.Group, name: str, about: Text) -> Callable[[Callable[..., Any]], click.Command]:
    """Declare a command of a group with help in both languages."""
    return group.command(name, cls=NightCommand, about=about)


class Real(click.FloatRange):
    """A number in a range; `nan` is in none, though no comparison says so."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number. Raises click.BadParameter for one that is none or is out of range."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(
                gettext("{value!r} is not a valid {number_type}.").format(value=value, number_type="float"), param, ctx
            )
        return number


class Word(click.ParamType[str]):
    """A text that is not empty and not longer than LONGEST_WORD."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text. Raises click.BadParameter for an empty or a long one."""
        if not str(value).strip():
            self.fail(say(EMPTY), param, ctx)
        if len(str(value)) > LONGEST_WORD:
            self.fail(say(TOO_LONG.fill(n=LONGEST_WORD)), param, ctx)
        return str(value)
