"""The commands about config.toml: its schema for editors, its reference, and a first one from a dozen questions."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from nightdesk_kiosk import tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import NightGroup, command, option
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands.config_sharing import push_config
from nightdesk_queue.config import content_of, parse
from nightdesk_queue.config.loading import MACHINE_FILE
from nightdesk_queue.config.sharing import differences, own_tables_of
from nightdesk_queue.domain.errors import ConfigError, Fault, Misuse, Refused
from nightdesk_queue.store import shared_config
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
NOTHING_SHARED = Text(
    zh="还没有共享配置；在配置正确的那台机器上执行 nightdesk config push",
    en="no configuration is shared yet; run nightdesk config push on the machine that has the right one",
)
OWN_TABLES = Text(
    zh="本机的 [database] 或 [log] 与共享配置不同；先把本机的写进 {file}，再取回",
    en="this machine's [database] or [log] differ from the shared ones; write them into {file} first, then pull",
)
PUSHED = Text(
    zh="已发布({fingerprint})；其他机器执行 nightdesk config pull",
    en="shared ({fingerprint}); on the other machines: nightdesk config pull",
)
PULLED = Text(
    zh="已写入 {file}，原来的保存为 {kept}；nightdesk run 会自动读取，其他程序请重新启动",
    en="{file} is written, the one before is kept as {kept}; nightdesk run reads it by itself, restart other programs",
)
SHARED = Text(zh="共享配置：{machine} 的 {by} 于 {at} 发布", en="shared by {by} on {machine} at {at}")
ALIKE = Text(zh="没有不同", en="they do not differ")
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


@command(
    config_group,
    "push",
    Text(zh="把本机的配置发布给所有机器", en="share this machine's configuration with all machines"),
)
@settings_of
def push(settings: Settings) -> None:
    """Share this machine's configuration."""
    content = content_of(settings.config)
    with settings.working() as work:
        shared = push_config(work, content, settings.database.machine)
    _told(settings, "pushed", shared.fingerprint, PUSHED.fill(fingerprint=shared.fingerprint))


@command(
    config_group,
    "pull",
    Text(zh="取回共享配置，写进本机的文件", en="write the shared configuration into this machine's file"),
)
@settings_of
def pull(settings: Settings) -> None:
    """Write the shared configuration into this machine's file; the one before is kept."""
    with settings.looking() as tx:
        shared = shared_config.newest(tx)
    if shared is None:
        raise Refused("nothing_shared", NOTHING_SHARED)
    parse(shared.content)
    file, content = settings.config.resolve(), content_of(settings.config)
    if own_tables_of(content) != own_tables_of(shared.content):
        raise Refused("own_tables", OWN_TABLES.fill(file=file.with_name(MACHINE_FILE)))
    kept = file.with_name(f"{file.name}.before-pull")
    try:
        _write(kept, content)
        _write(file, shared.content)
    except OSError as error:
        raise Fault("config_not_written", CANNOT_WRITE.fill(file=file, e=error.strerror or error)) from error
    _told(settings, "pulled", shared.fingerprint, PULLED.fill(file=file, kept=kept.name))


@command(
    config_group,
    "diff",
    Text(zh="本机的配置与共享配置有何不同", en="how this machine's configuration differs from the shared one"),
)
@settings_of
def diff(settings: Settings) -> int:
    """Show in which keys the two differ; 1 where they do."""
    content = content_of(settings.config)
    with settings.looking() as tx:
        shared = shared_config.newest(tx)
    if shared is None:
        raise Refused("nothing_shared", NOTHING_SHARED)
    found = differences(content, shared.content)
    if settings.json:
        for one in found:
            tables.emit({"key": one.key, "here": one.here, "shared": one.there})
    else:
        at = shared.pushed_at.astimezone(settings.hospital.zone)
        told = SHARED.fill(machine=shared.machine, by=shared.pushed_by, at=f"{at:%Y-%m-%d %H:%M}")
        click.echo(say(told), err=True)
        headers = [Text(zh="键", en="Key"), Text(zh="本机", en="Here"), Text(zh="共享", en="Shared")]
        tables.show_rows(headers, [(one.key, one.here, one.there) for one in found], ALIKE)
    return 1 if found else 0


def _told(settings: Settings, what: str, fingerprint: str, words: Text) -> None:
    if settings.json:
        tables.emit({what: {"fingerprint": fingerprint}})
    else:
        click.echo(say(words))


def _write(file: Path, content: str) -> None:
    """Put a text in a file's place as a whole. Raises OSError."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with open(unfinished, "w", encoding="utf-8", opener=private_opener) as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


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
