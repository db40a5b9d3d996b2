"""The commands about the database as a whole: what it is, backups, and the way back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import click

from nightdesk_kiosk import tables
from nightdesk_kiosk.background.archiving import archive_some, first_kept
from nightdesk_kiosk.background.backups import folder_of
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import NightGroup, command, option
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands.retention import wipe_names
from nightdesk_queue.domain.backups import Backup, Created
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.domain.events import JsonValue
from nightdesk_queue.store import archiving, open_database, programs, retention
from nightdesk_queue.store.opening import compact_database, create_on_server, restore_database, verify_backup
from nightdesk_queue.store.passwords import without_password
from nightdesk_queue.store.tables import copy as copy_all
from nightdesk_queue.text.bilingual import Text, joined

database_group = NightGroup("database", about=Text(zh="数据库与备份", en="the database and its backups"))
cli.add_command(database_group)

NO_FOLDER = Text(
    zh="写到哪个文件夹？写 nightdesk database backup 文件夹，或在配置里写 [backup] to",
    en="into which folder? Say nightdesk database backup FOLDER, or write [backup] to in the configuration",
)
STATUS = Text(
    zh="{where}\n{engine}，布局 {layout}，{size} MB，其中 {pending} MB 还在日志里；运行中的程序：{programs}\n"
    "备份：{backup}",
    en="{where}\n{engine}, layout {layout}, {size} MB, {pending} MB of them in the journal; programs that run: "
    "{programs}\nbackups: {backup}",
)
NONE = Text(zh="没有", en="none")
MADE = Text(zh="已备份并核对：{path}({size} MB，{n} 行)", en="made and verified: {path} ({size} MB, {n} rows)")
WHOLE = Text(zh="完整：{path}", en="whole: {path}")
WITHOUT_MANIFEST = Text(
    zh="{path} 的页面完好；没有清单，不能核对内容",
    en="{path}: its pages are whole; without a manifest no more is known",
)
WIPED = Text(
    zh="已清除 {n} 个号的姓名等({days} 天以前)", en="{n} tickets older than {days} days say no more who it was"
)
WOULD_WIPE = Text(zh="会清除 {n} 个号的姓名等({days} 天以前)", en="{n} tickets older than {days} days would be wiped")
NO_MONTHS = Text(
    zh="没有写 [retention] months：多少个月以前的移走？",
    en="[retention] months is not written: after how many months should they leave?",
)
ARCHIVED = Text(zh="{day} 以前的 {n} 个号已移到 {to}", en="{n} tickets from before {day} are in {to} now")
WOULD_ARCHIVE = Text(zh="会把 {day} 以前的 {n} 个号移到 {to}", en="{n} tickets from before {day} would go to {to}")
DELETED = Text(zh="{day} 以前的 {n} 个号已删除", en="{n} tickets from before {day} are deleted")
WOULD_DELETE = Text(zh="会删除 {day} 以前的 {n} 个号", en="{n} tickets from before {day} would be deleted")
COMPACTED = Text(
    zh="{where} 现在是 {size} MB；已还给系统 {n} MB", en="{where} is {size} MB now; {n} MB were given back"
)
RESTORED = Text(
    zh="已恢复 {path}；原来的数据库保存为 {kept}", en="{path} is restored; the one before is kept as {kept}"
)
CONNECTED = Text(zh="  已连接：{machine}({n} 个连接)", en="  connected: {machine} ({n} connections)")
STANDBY = Text(
    zh="  备用服务器 {name}：{state}，{sync}，落后 {n} 字节", en="  standby {name}: {state}, {sync}, {n} bytes behind"
)
CREATED = Text(zh="{where} 已就绪；新建：{names}", en="{where} is ready; made: {names}")
CREATED_PARTS = {
    Created.ROLE: Text(zh="用户", en="role"),
    Created.DATABASE: Text(zh="数据库", en="database"),
    Created.TABLES: Text(zh="表", en="tables"),
}
COPIED = Text(
    zh="已从 {source} 复制到 {target} 并逐表核对：{n} 行",
    en="copied from {source} to {target}, each table verified: {n} rows",
)
RESTORED_NEW = Text(zh="已恢复 {path}", en="{path} is restored")


@command(database_group, "status", Text(zh="引擎、布局、大小、谁在用", en="engine, layout, size, and who uses it"))
@settings_of
def status(settings: Settings) -> None:
    """Show what the database is."""
    database = settings.database
    found = database.status(settings.now)
    with settings.looking() as tx:
        running = programs.running(tx)
    table = settings.hospital.backup
    known = database.backups(folder_of(settings.hospital, table)) if table else []
    newest = str(known[-1][1]) if known else None
    if settings.json:
        tables.emit(
            {
                "database": {
                    "where": database.where,
                    "engine": found.engine,
                    "layout": found.layout,
                    "bytes": found.bytes,
                    "pending_bytes": found.pending_bytes,
                    "programs": [say(one.name) for one in running],
                    "backup": newest,
                    "connected": [{"machine": one.machine, "connections": one.connections} for one in found.connected],
                    "standbys": [
                        {"name": one.name, "state": one.state, "sync": one.sync, "bytes_behind": one.bytes_behind}
                        for one in found.standbys
                    ],
                }
            }
        )
        return
    click.echo(
        say(
            STATUS.fill(
                where=database.where,
                engine=found.engine,
                layout=found.layout,
                size=_megabytes(found.bytes),
                pending=_megabytes(found.pending_bytes),
                programs=joined([one.name for one in running]) if running else NONE,
                backup=newest or NONE,
            )
        )
    )
    for one in found.connected:
        click.echo(say(CONNECTED.fill(machine=one.machine, n=one.connections)))
    for other in found.standbys:
        behind = STANDBY.fill(name=other.name, state=other.state, sync=other.sync, n=other.bytes_behind)
        click.echo(say(behind))


@command(
    database_group, "create", Text(zh="在服务器上建立用户、数据库和表", en="make role, database and tables on a server")
)
@click.argument("url")
@option(
    "--admin",
    metavar="URL",
    about=Text(
        zh="管理员的地址(缺省：同一服务器，本机用户)", en="the administrator's address (default: the same server)"
    ),
)
@option(
    "--role-password-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    about=Text(zh="新用户的密码文件", en="a file with the new role's password"),
)
@settings_of
def create(settings: Settings, url: str, admin: str | None, role_password_file: Path | None) -> None:
    """Make role, database and tables; what is there already stays."""
    made = create_on_server(url, admin, role_password_file)
    names = joined([CREATED_PARTS[part] for part in made], "、", ", ") if made else NONE
    if settings.json:
        tables.emit({"created": {"where": without_password(url), "made": [str(part) for part in made]}})
    else:
        click.echo(say(CREATED.fill(where=without_password(url), names=names)))


@command(
    database_group,
    "copy",
    Text(zh="整库复制到一个空的数据库并核对", en="copy all of it into an empty database, and verify"),
)
@click.argument("source")
@click.argument("target")
@option(
    "--target-password-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    about=Text(zh="目标的密码文件", en="a file with the target's password"),
)
@settings_of
def copy(settings: Settings, source: str, target: str, target_password_file: Path | None) -> None:
    """Copy a database."""
    closing = settings.closing
    read = closing.enter_context(open_database(source, create=False, machine=settings.machine))
    written = closing.enter_context(open_database(target, password_file=target_password_file, machine=settings.machine))
    with click.progressbar(length=100, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        rows = copy_all(read, written, lambda done, total: bar.update(done * 100 // max(total, 1) - bar.pos))
    if settings.json:
        tables.emit({"copied": {"from": read.where, "to": written.where, "rows": dict(rows)}})
    else:
        click.echo(say(COPIED.fill(source=read.where, target=written.where, n=sum(rows.values()))))


@command(
    database_group, "backup", Text(zh="在运行中备份并核对", en="make a backup while everything runs, and verify it")
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@option(
    "--portable",
    is_flag=True,
    about=Text(
        zh="即使装有 pg_dump，也做成任何数据库都能用的文件",
        en="a file for any database, also where pg_dump is installed",
    ),
)
@settings_of
def backup(settings: Settings, folder: Path | None, portable: bool) -> None:
    """Make a backup."""
    table = settings.hospital.backup
    if folder is None and table is None:
        raise Misuse("usage", NO_FOLDER)
    into = folder if folder is not None else folder_of(settings.hospital, table) if table else Path()
    with click.progressbar(length=100, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        made = settings.database.backup(
            into,
            settings.now,
            lambda done, total: bar.update(done * 100 // max(total, 1) - bar.pos),
            portable=portable or (table is not None and table.portable),
        )
    rows = sum(made.manifest.rows.values()) if made.manifest else 0
    _tell(settings, made, MADE.fill(path=made.path, size=_megabytes(made.path.stat().st_size), n=rows))


@command(database_group, "verify", Text(zh="核对一个备份是否完整", en="prove a backup whole"))
@click.argument("file", type=click.Path(path_type=Path))
@settings_of
def verify(settings: Settings, file: Path) -> None:
    """Prove a backup whole."""
    found = verify_backup(file)
    _tell(settings, found, (WHOLE if found.manifest else WITHOUT_MANIFEST).fill(path=file))


@command(
    database_group,
    "restore",
    Text(
        zh="用备份恢复(先停止所有程序；原数据库保留)", en="put a backup in place; every program has to be stopped first"
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@settings_of
def restore(settings: Settings, file: Path) -> None:
    """Put a backup in the database's place."""
    url, folder = settings.address
    secret = settings.password_file
    kept = restore_database(file, url, folder, settings.now, secret)
    if settings.json:
        tables.emit({"restored": {"file": str(file), "kept": kept}})
    else:
        click.echo(
            say(
                RESTORED.fill(path=without_password(url), kept=kept)
                if kept
                else RESTORED_NEW.fill(path=without_password(url))
            )
        )


@command(
    database_group,
    "wipe-names",
    Text(
        zh="清除过期的姓名、电话尾号和备注(run 每天会做)",
        en="wipe old names, ends of telephones and notes (run does so)",
    ),
)
@option("--dry-run", is_flag=True, about=Text(zh="只显示会清除多少", en="show how many, and do nothing"))
@settings_of
def wipe(settings: Settings, dry_run: bool) -> None:
    """Forget who patients were that have left long ago."""
    days = settings.hospital.retention.names_days
    with settings.looking() as tx:
        count = retention.count_named_before(tx, settings.now - timedelta(days=days))
    if not dry_run:
        _in_steps(count, lambda: _wipe_some(settings))
    if settings.json:
        tables.emit({"wiped": {"tickets": count, "days": days, "done": not dry_run}})
    else:
        click.echo(say((WOULD_WIPE if dry_run else WIPED).fill(n=count, days=days)))


@command(
    database_group,
    "archive",
    Text(
        zh="把过期的号移到年度档案或删除(run 每天会做)",
        en="move what is long past into a file a year, or delete it (run does so)",
    ),
)
@option("--dry-run", is_flag=True, about=Text(zh="只显示会移走多少", en="show how many, and do nothing"))
@settings_of
def archive(settings: Settings, dry_run: bool) -> None:
    """Let tickets, events and slips leave that are older than `[retention] months`."""
    hospital = settings.hospital
    months = hospital.retention.months
    if months is None:
        raise Misuse("usage", NO_MONTHS)
    day = first_kept(hospital, settings.now, months)
    with settings.looking() as tx:
        count = archiving.count_old(tx, day)
    if not dry_run:
        _in_steps(count, lambda: archive_some(settings.database, hospital, settings.now, settings.by()))
        for _ in iter(settings.database.tidy, 0):
            pass
    kept = str(hospital.folder / hospital.retention.to) if hospital.retention.to else None
    if settings.json:
        tables.emit({"archived": {"tickets": count, "before": day.isoformat(), "to": kept, "done": not dry_run}})
    else:
        words = (WOULD_ARCHIVE if dry_run else ARCHIVED) if kept else (WOULD_DELETE if dry_run else DELETED)
        click.echo(say(words.fill(n=count, day=day.isoformat(), to=kept or "")))


@command(
    database_group,
    "compact",
    Text(
        zh="把已删除内容的空间还给系统(run 和 archive 也会做)",
        en="give the room of what was deleted back to the system (run and archive do so, too)",
    ),
)
@settings_of
def compact(settings: Settings) -> None:
    """Give room back."""
    database, where = settings.database, settings.database.where
    before = database.status(settings.now).bytes
    steps = compact_database(database)
    with click.progressbar(steps, file=sys.stderr, hidden=not sys.stderr.isatty()) as shown:
        for _ in shown:
            pass
    url, folder = settings.address
    with open_database(url, folder, create=False, password_file=settings.password_file) as again:
        again.settle()
        after = again.status(settings.now).bytes
    if settings.json:
        tables.emit({"compacted": {"where": where, "bytes": after, "given_back": max(0, before - after)}})
    else:
        click.echo(say(COMPACTED.fill(where=where, n=_megabytes(max(0, before - after)), size=_megabytes(after))))


def _in_steps(count: int, step: Callable[[], int]) -> None:
    """Do work in steps until one does nothing, and show how much of it is done: nobody at a kiosk waits for it."""
    with click.progressbar(length=count, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        while done := step():
            bar.update(done)


def _wipe_some(settings: Settings) -> int:
    with settings.working() as work:
        return wipe_names(work)


def _tell(settings: Settings, found: Backup, words: Text) -> None:
    if not settings.json:
        click.echo(say(words))
        return
    manifest = found.manifest
    form: dict[str, JsonValue] = {
        "file": str(found.path),
        "layout": None,
        "made_at": None,
        "sha256": None,
        "rows": None,
    }
    if manifest is not None:
        rows: dict[str, JsonValue] = dict(manifest.rows)
        form |= {"layout": manifest.layout, "made_at": manifest.made_at, "sha256": manifest.sha256, "rows": rows}
    tables.emit({"backup": form})


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}"
