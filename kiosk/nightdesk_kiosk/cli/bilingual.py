"""click's commands and options with help in both languages, and global options accepted on either side of a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.clock import parse_moment
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.text.bilingual import LANGUAGES, Text
from nightdesk_queue.text.cleaning import normalised

USAGE = Text(zh="用法：", en="Usage:")
SHOW_HELP = Text(zh="显示这段说明", en="show this text")
EMPTY = Text(zh="不能为空", en="it is empty")
HEADINGS: dict[str, Text] = {
    "Options": Text(zh="选项", en="Options"),
    "Commands": Text(zh="命令", en="Commands"),
}

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


class Id(click.types.StringParamType):
    """An id or a number, also in the full-width characters of a Chinese input method."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return it as it was meant."""
        return normalised(super().convert(value, param, ctx))


class NightFormatter(click.HelpFormatter):
    """click's help with its own few words in the language of the process."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that begins with "Usage:"."""
        super().write_usage(prog, args, prefix or say(USAGE) + " ")

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        super().write_heading(say(HEADINGS[heading]) if heading in HEADINGS else heading)


class NightContext(click.Context):
    """A context that formats help with NightFormatter."""

    formatter_class = NightFormatter


class Bilingual(click.Command):
    """A command whose help is a Text; the global options may also follow it."""

    context_class = NightContext

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

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return `--help`, itself described in the language of the process."""
        found = super().get_help_option(ctx)
        if found:
            found.help = say(SHOW_HELP)
        return found

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the command's line in its group's list."""
        return say(self.about)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(say(self.about))


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
            key="database",
            metavar="URL",
            about=Text(zh="数据库，如 sqlite:///nightdesk.db", en="the database, such as sqlite:///nightdesk.db"),
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


class Word(click.ParamType[str]):
    """A text that is not empty."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text, or refuse an empty one."""
        if not str(value).strip():
            self.fail(say(EMPTY), param, ctx)
        return str(value)
