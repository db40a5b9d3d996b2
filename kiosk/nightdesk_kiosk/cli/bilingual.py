"""click's commands and options with help in both languages, and global options accepted on either side of a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from nightdesk_kiosk.speech import say
from nightdesk_kiosk.wiring import Settings
from nightdesk_queue.language import LANGUAGES, Text

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


class NightCommand(click.Command):
    """A command whose help is a Text; the global options may also follow it."""

    def __init__(self, *args: Any, about: Text, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.about = about
        self.params += global_options(hidden=True)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the command's line in its group's list."""
        return say(self.about)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(say(self.about))


class NightGroup(click.Group):
    """A group whose help is a Text."""

    def __init__(self, *args: Any, about: Text, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.about = about

    get_short_help_str = NightCommand.get_short_help_str
    format_help_text = NightCommand.format_help_text


def global_options(*, hidden: bool = False) -> list[click.Parameter]:
    """Return the options every command takes: which hospital, which database, what time it is, who acts."""

    def setting(*declarations: str, key: str, about: Text, **attributes: Any) -> click.Parameter:
        def keep(context: click.Context, _: click.Parameter, value: object) -> None:
            if value not in (None, False):
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
            type=click.Path(path_type=Path),
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
