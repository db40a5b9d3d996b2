"""The commands about config.toml: its schema for editors, its reference, and a first one from a dozen questions."""

from __future__ import annotations

import json
from pathlib import Path

import click

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import NightGroup, command, option
from nightdesk_kiosk.cli.root import cli
from nightdesk_kiosk.cli.ticket_steps import settings_of
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.config import parse
from nightdesk_queue.domain.errors import ConfigError, Misuse
from nightdesk_queue.store.private_files import private_opener
from nightdesk_queue.text.bilingual import Text

config_group = NightGroup("config", about=Text(zh="配置文件", en="the configuration file"))
cli.add_command(config_group)

EXISTS = Text(
    zh="{file} 已存在；换一个文件名，或加 --force", en="{file} is there already; name another, or add --force"
)
CANNOT_WRITE = Text(zh="{file} 写不进去：{e}", en="{file} cannot be written: {e}")
WRITTEN = Text(zh="已写入 {file}；接下来：nightdesk check", en="{file} is written; next: nightdesk check")
AGAIN = Text(zh="不行：{why}", en="that will not do: {why}")
QUESTIONS: dict[str, tuple[Text, str]] = {
    "hospital_zh": (Text(zh="医院中文名", en="the hospital's name in Chinese"), "市中医医院"),
    "hospital_en": (Text(zh="医院英文名", en="its name in English"), "City Hospital"),
    "timezone": (Text(zh="时区", en="its time zone"), "Asia/Shanghai"),
    "hotline": (Text(zh="咨询电话", en="the telephone patients may ask at"), "120"),
    "clinic_zh": (Text(zh="夜间门诊中文名", en="the evening clinic's name in Chinese"), "中医夜间门诊"),
    "clinic_en": (Text(zh="夜间门诊英文名", en="its name in English"), "Evening clinic"),
    "prefix": (Text(zh="号码字母", en="the letter of its numbers"), "N"),
    "opens": (Text(zh="开诊时间", en="it opens at"), "17:30"),
    "last_ticket": (Text(zh="停止取号时间", en="gives the last number at"), "20:30"),
    "closes": (Text(zh="结束时间", en="closes at"), "21:00"),
    "rooms": (Text(zh="有几个诊室", en="in how many rooms"), "2"),
    "printer": (Text(zh="打印机地址(没有写 screen:)", en="the printer's address (screen: for none)"), "screen:"),
}
MOST_ROOMS = 50
_HEAD = """[hospital]
name     = {{ zh = {hospital_zh}, en = {hospital_en} }}
timezone = {timezone}
hotline  = {hotline}

[database]
url = "sqlite:///nightdesk.db"

[[clinic]]
id       = "evening"
name     = {{ zh = {clinic_zh}, en = {clinic_en} }}
prefix   = {prefix}
sessions = [{{ opens = {opens}, last_ticket = {last_ticket}, closes = {closes} }}]
rooms    = [{room_ids}]
"""
_ROOM = """
[[room]]
id   = "room-{n}"
name = {{ zh = "{n}诊室", en = "Room {n}" }}
"""
_TAIL = """
[[printer]]
id     = "lobby"
device = {printer}

[[kiosk]]
id      = "lobby-1"
printer = "lobby"

[[priority]]
id      = "elderly"
name    = {{ zh = "老年人", en = "Older patient" }}
badge   = "老"
min_age = 80

[[priority]]
id    = "veteran"
name  = {{ zh = "军人及优抚对象", en = "Soldier or veteran" }}
badge = "军"

[[priority]]
id    = "pregnant"
name  = {{ zh = "孕妇", en = "Pregnant" }}
badge = "孕"
"""


@command(config_group, "schema", Text(zh="JSON Schema：编辑器据此补全和检查", en="the JSON Schema, for editors"))
@settings_of
def schema(_: Settings) -> None:
    """Print the JSON Schema of config.toml."""
    # imported here: it needs pydantic, other commands may not
    from nightdesk_queue.config.json_schema import json_schema  # noqa: PLC0415

    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


@command(config_group, "new", Text(zh="回答十几个问题，写一份配置", en="a first configuration from a dozen questions"))
@click.argument("file", type=click.Path(path_type=Path), default=Path("config.toml"))
@option("--force", is_flag=True, about=Text(zh="覆盖已有文件", en="write over a file that is there"))
@option("--defaults", is_flag=True, about=Text(zh="不提问，全用默认值", en="ask nothing, take every default"))
@settings_of
def new(_: Settings, file: Path, force: bool, defaults: bool) -> None:
    """Write a configuration that passes `check`."""
    if file.exists() and not force:
        raise Misuse("usage", EXISTS.fill(file=file))
    answers: dict[str, str] = {}
    for name, (question, usual) in QUESTIONS.items():
        answers[name] = usual if defaults else _asked(name, question, usual, answers)
    try:
        with open(file, "w", encoding="utf-8", opener=private_opener) as opened:
            opened.write(_written(answers))
    except OSError as error:
        raise Misuse("usage", CANNOT_WRITE.fill(file=file, e=error.strerror or error)) from error
    click.echo(say(WRITTEN.fill(file=file)))


def _asked(name: str, question: Text, usual: str, before: dict[str, str]) -> str:
    """Ask until the answer makes a configuration that is right, as far as it goes."""
    while True:
        answer = str(click.prompt(say(question), default=usual)).strip()
        trial = {key: default for key, (_, default) in QUESTIONS.items()} | before | {name: answer}
        # the times that follow are not known yet
        if name == "opens":
            trial |= {"last_ticket": "23:58", "closes": "23:59"}
        elif name == "last_ticket":
            trial["closes"] = answer
        try:
            parse(_written(trial))
        except ConfigError as error:
            click.echo(say(AGAIN.fill(why=error.faults[0].fix)), err=True)
        else:
            return answer


def _written(answers: dict[str, str]) -> str:
    """Return the text of a configuration; every answer is quoted, whatever is in it."""
    count = int(answers["rooms"]) if answers["rooms"].isascii() and answers["rooms"].isdigit() else 0
    numbers = range(1, min(count, MOST_ROOMS) + 1)
    # a text of JSON is one of TOML, but for what TOML does not escape alike
    quoted = {name: json.dumps(answer, ensure_ascii=False).replace("\x7f", "") for name, answer in answers.items()}
    room_ids = ", ".join(f'"room-{n}"' for n in numbers)
    return (
        _HEAD.format(**quoted, room_ids=room_ids) + "".join(_ROOM.format(n=n) for n in numbers) + _TAIL.format(**quoted)
    )
