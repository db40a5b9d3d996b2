"""The commands about transfers from another system: the listener, the journal, messages sent by hand, the outbox."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click

from nightdesk_kiosk import tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import NightGroup, command, option
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands.interface_journal import settle_message
from nightdesk_queue.commands.notices import retry_notice
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Table
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.domain.events import JsonValue
from nightdesk_queue.domain.foreign import Referred
from nightdesk_queue.domain.interface_messages import JournalEntry
from nightdesk_queue.domain.notices import Notice
from nightdesk_queue.rules import referring
from nightdesk_queue.store import hl7_journal, hl7_notices
from nightdesk_queue.text.bilingual import Text, same
from nightdesk_transfers import availability
from nightdesk_transfers.masking import without_names

if TYPE_CHECKING:
    from nightdesk_transfers.client import Reply

P = ParamSpec("P")
R = TypeVar("R")

hl7_group = NightGroup("hl7", about=Text(zh="急诊系统的转诊(HL7)", en="transfers from Emergency's system (HL7)"))
cli.add_command(hl7_group)

SHOWN = 50
LONGEST_FILE = 10_000_000
NO_TABLE = Text(
    zh='配置里没有 [hl7]；加上 [hl7] 和 [hl7.targets]，如 TCM_NIGHT = "tcm-night"',
    en='the configuration has no [hl7]; add [hl7] and [hl7.targets], such as TCM_NIGHT = "tcm-night"',
)
NO_MESSAGES = Text(zh="没有消息", en="no messages")
NO_NOTICES = Text(zh="没有通知", en="no notices")
NO_MESSAGE_IN = Text(zh="{file} 里没有 HL7 消息(MSH)", en="there is no HL7 message (MSH) in {file}")
FILE_TOO_LONG = Text(zh="{file} 超过 {n} 字节", en="{file} has more than {n} bytes")
LISTENING = Text(
    zh="在 {address} 接收急诊转诊(另一个进程在接收时等它结束)；Ctrl+C 结束",
    en="receiving transfers at {address}, once no other process does; Ctrl+C ends it",
)
NO_ANSWER_WANTED = Text(zh="消息不要求应答(MSH-15、MSH-16)", en="the message asks for no answer (MSH-15, MSH-16)")
KEPT = Text(zh="已收到；执行结果在下一条应答里", en="it is kept; the answer that follows says what became of it")
DRY_RUN = Text(
    zh="试运行，没有改动：{what}。真正执行加 --yes", en="nothing was changed; it would say: {what}. Add --yes to do it"
)
KIND = Text(zh="类型", en="Kind")
SENDER = Text(zh="发送方", en="Sender")
ANSWERED = Text(zh="应答", en="Answer")
TOLD = Text(zh="内容", en="Words")
DONE = Text(zh="已执行，不要再发", en="done; do not send it again")
REFUSED_NOW = Text(
    zh="排队系统现在拒绝：按说明处理；以后要再试，用新的消息号",
    en="refused by the queue now: do as it says; to try again later use a new control id",
)
NEVER_TAKEN = Text(
    zh="这样的消息永远不会接收：先改正再发", en="never taken as it is: correct it before you send it again"
)
EXPLAINED = {
    "AA": DONE, "CA": DONE, "AE": REFUSED_NOW, "CE": REFUSED_NOW, "AR": NEVER_TAKEN, "CR": NEVER_TAKEN,
}  # fmt: skip
NAMES = option("--names", is_flag=True, about=Text(zh="显示姓名等个人信息", en="show names and other personal data"))
LIMIT = option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=SHOWN,
    show_default=True,
    about=Text(zh="最多几条", en="how many at most"),
)


def table_of(hospital: Hospital) -> Hl7Table:
    """Return the table of a hospital that takes transfers. Raises Misuse: no_hl7; Fault: hl7_missing."""
    if hospital.hl7 is None:
        raise Misuse("no_hl7", NO_TABLE)
    availability.require()
    return hospital.hl7


def with_table(
    function: Callable[Concatenate[Settings, Hl7Table, P], R],
) -> Callable[Concatenate[Settings, P], R]:
    """Hand the table of `[hl7]` to a command that needs it."""

    @wraps(function)
    def run(settings: Settings, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return function(settings, table_of(settings.hospital), *args, **kwargs)

    return run


@command(hl7_group, "listen", Text(zh="只运行转诊接收(run 里已包含)", en="receive transfers alone (run does so, too)"))
@settings_of
@with_table
def listen(settings: Settings, table: Hl7Table) -> int:
    """Receive until SIGTERM or SIGINT."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # imported here: no other of these commands starts services
    from nightdesk_kiosk.background.supervisor import Services, transfers_alone  # noqa: PLC0415

    settings.start_log("hl7")
    settings.creates = True
    settings.database.prove_writable()
    services = Services(
        settings.hospital,
        settings.database,
        settings.clock,
        lambda name, fault: click.echo(f"{name}: {say(fault.text)}", err=True),
        build=transfers_alone,
    )
    services.start()
    click.echo(say(LISTENING.fill(address=table.listen)), err=True)
    stop.wait()
    services.stop()
    return 0


@command(hl7_group, "journal", Text(zh="收到的消息和应答", en="messages that came, and what was answered"))
@LIMIT
@option("--refused", is_flag=True, about=Text(zh="只看拒绝的", en="only those that were refused"))
@settings_of
def journal(settings: Settings, limit: int, refused: bool) -> None:
    """List the newest messages, the newest first."""
    with settings.looking() as tx:
        found = hl7_journal.newest(tx, limit, refused=refused)
    if settings.json:
        for entry in found:
            tables.emit({"message": _form(settings, entry)})
        return
    headings = [same("ID"), tables.AT, KIND, SENDER, ANSWERED, TOLD]
    rows = [
        (str(one.seq), _at(settings, one.at), one.key.kind, one.key.application, _code(one), say(one.told))
        for one in found
    ]
    tables.show_rows(headings, rows, NO_MESSAGES)


@command(hl7_group, "show", Text(zh="一条消息的全文和应答", en="one message and its answer, whole"))
@click.argument("id_", metavar="ID", type=click.IntRange(1))
@NAMES
@settings_of
def show(settings: Settings, id_: int, names: bool) -> None:
    """Show a message; personal data is hidden unless asked for."""
    with settings.looking() as tx:
        entry = hl7_journal.one(tx, id_)
    if entry is None:
        raise referring.unknown_message(id_)
    content = entry.content if names else without_names(entry.content)
    if settings.json:
        form = _form(settings, entry) | {"content": content, "answers": list(entry.answers)}
        tables.emit({"message": form})
        return
    click.echo(f"{entry.seq}  {_at(settings, entry.at)}  {_code(entry)}  {say(entry.told)}")
    for text in (content, *entry.answers):
        click.echo("\n" + _lines(text))


@command(
    hl7_group,
    "replay",
    Text(zh="重新执行一条消息(先试运行)", en="carry out a message of the journal again; a dry run without --yes"),
)
@click.argument("id_", metavar="ID", type=click.IntRange(1))
@option("--yes", is_flag=True, about=Text(zh="真正执行", en="do it"))
@option("--extra", is_flag=True, about=Text(zh="加号：不管门诊时间和限额", en="beyond the clinic's hours and quota"))
@settings_of
@with_table
def replay(settings: Settings, table: Hl7Table, id_: int, yes: bool, extra: bool) -> None:
    """Carry out a message of the journal."""
    from nightdesk_queue.commands.work import working  # noqa: PLC0415
    from nightdesk_transfers.replaying import replay as carry_out_again  # noqa: PLC0415 - needs the library

    hospital = settings.hospital
    if not yes:
        with (
            settings.database.rehearsal() as database,
            working(database, hospital, settings.now, settings.by()) as work,
        ):
            _tell_outcome(settings, carry_out_again(work, hospital, table, id_, extra=extra), done=False)
        return
    with settings.working() as work:
        referred = carry_out_again(work, hospital, table, id_, extra=extra)
    _tell_outcome(settings, referred, done=True)


@command(
    hl7_group,
    "settle",
    Text(zh="被拒的转诊已另行处理，不再提示", en="a refused transfer was dealt with otherwise: tell of it no more"),
)
@click.argument("id_", metavar="ID", type=click.IntRange(1))
@settings_of
def settle(settings: Settings, id_: int) -> None:
    """Settle a refused message."""
    with settings.working() as work:
        entry = settle_message(work, id_)
    if settings.json:
        tables.emit({"message": _form(settings, entry) | {"settled": True}})


@command(
    hl7_group,
    "send",
    Text(zh="测试：发送文件里的消息并解释应答", en="send the messages of a file and explain the answers"),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@option(
    "--to", "address", metavar="HOST:PORT", about=Text(zh="发到哪里(默认 [hl7] listen)", en="where to ([hl7] listen)")
)
@option(
    "--authority",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    about=Text(zh="TLS：对方证书的签发机构文件", en="TLS: the file of the authority that signed the certificate"),
)
@settings_of
def send(settings: Settings, file: Path, address: str | None, authority: Path | None) -> int:
    """Send messages as another system would."""
    table = table_of(settings.hospital)
    from nightdesk_transfers.client import Sender  # noqa: PLC0415 - needs the library
    from nightdesk_transfers.decoding import contents  # noqa: PLC0415

    found = contents(_read(file), table.charset)
    if not found.messages:
        raise Misuse("no_message", NO_MESSAGE_IN.fill(file=file))
    refused = False
    with Sender(address or table.listen, authority) as sender:
        for message in found.messages:
            replies = sender.all_answers(message, found.encoding)
            refused = refused or not all(reply.taken for reply in replies)
            _tell_replies(settings, replies)
    return 1 if refused else 0


@command(
    hl7_group, "sample", Text(zh="按本院配置生成一条样例消息", en="a sample message of this hospital's configuration")
)
@click.argument(
    "event",
    type=click.Choice(
        ["A01", "A02", "A04", "A08", "A09", "A10", "A11", "A12", "A40", "S12", "S13", "S14", "S15"],
        case_sensitive=False,
    ),
)
@settings_of
@with_table
def sample(settings: Settings, table: Hl7Table, event: str) -> None:
    """Print a sample message, a segment a line."""
    from nightdesk_transfers.samples import sample as sample_of  # noqa: PLC0415 - needs the library

    text = sample_of(event, settings.hospital, table, settings.now)
    if settings.json:
        tables.emit({"sample": {"event": event, "text": text}})
    else:
        click.echo(_lines(text))


@command(hl7_group, "outbox", Text(zh="回传给急诊的通知", en="notices to Emergency's system"))
@LIMIT
@settings_of
def outbox(settings: Settings, limit: int) -> None:
    """List the newest notices, the newest first."""
    with settings.looking() as tx:
        found = hl7_notices.newest(tx, limit)
    if settings.json:
        for notice in found:
            tables.emit({"notice": _notice_form(settings, notice)})
        return
    headings = [same("ID"), tables.AT, tables.NUMBER, KIND, tables.STATE, TOLD]
    rows = [
        (
            str(one.event),
            _at(settings, one.at),
            one.number,
            say(one.kind.text),
            say(one.state.text),
            one.told or "",
        )
        for one in found
    ]
    tables.show_rows(headings, rows, NO_NOTICES)


@command(hl7_group, "retry", Text(zh="重发一条搁置的通知", en="send a parked notice once more"))
@click.argument("id_", metavar="ID", type=click.IntRange(1))
@settings_of
def retry(settings: Settings, id_: int) -> None:
    """Send a parked notice once more."""
    with settings.working() as work:
        notice = retry_notice(work, id_)
    if settings.json:
        tables.emit({"notice": _notice_form(settings, notice) | {"state": "queued"}})


def _tell_replies(settings: Settings, replies: Sequence[Reply]) -> None:
    for reply in replies:
        if settings.json:
            tables.emit({"answer": {"code": reply.code, "told": reply.told, "text": reply.text}})
            continue
        explained = EXPLAINED.get(reply.code)
        click.echo(f"{reply.code}: {say(explained) if explained else '?'}")
        click.echo(_lines(reply.text) + "\n")
    if not replies and not settings.json:
        click.echo(say(NO_ANSWER_WANTED))


def _read(file: Path) -> bytes:
    try:
        with click.open_file(str(file), "rb") as opened:
            content: bytes = opened.read(LONGEST_FILE + 1)
    except OSError as error:
        unread = Text(zh="{file} 读不了：{e}", en="{file} cannot be read: {e}")
        raise Misuse("file", unread.fill(file=file, e=error.strerror or error)) from error
    if len(content) > LONGEST_FILE:
        raise Misuse("file", FILE_TOO_LONG.fill(file=file, n=LONGEST_FILE))
    return content


def _tell_outcome(settings: Settings, referred: Referred, *, done: bool) -> None:
    if settings.json:
        number = referred.ticket.number if referred.ticket else None
        tables.emit({"replay": {"outcome": referred.outcome.value, "number": number, "done": done}})
    else:
        click.echo(say(referred.text if done else DRY_RUN.fill(what=referred.text)))


def _form(settings: Settings, entry: JournalEntry) -> dict[str, JsonValue]:
    return {
        "id": entry.seq,
        "at": entry.at.astimezone(settings.hospital.zone).isoformat(timespec="milliseconds"),
        "sender": entry.key.application,
        "facility": entry.key.facility,
        "control_id": entry.key.control_id,
        "kind": entry.key.kind,
        "code": entry.code.value,
        "refusal": entry.refusal,
        "told": say(entry.told),
        "clinic": entry.clinic,
        "ticket": entry.ticket,
        "settled": entry.settled,
    }


def _notice_form(settings: Settings, notice: Notice) -> dict[str, JsonValue]:
    return {
        "id": notice.event,
        "at": notice.at.astimezone(settings.hospital.zone).isoformat(timespec="milliseconds"),
        "number": notice.number,
        "ticket": notice.ticket,
        "kind": notice.kind.value,
        "state": notice.state.value,
        "refusals": notice.refusals,
        "told": notice.told,
    }


def _at(settings: Settings, moment: datetime) -> str:
    return f"{moment.astimezone(settings.hospital.zone):%m-%d %H:%M:%S}"


def _code(entry: JournalEntry) -> str:
    return entry.code.value if entry.settled else f"{entry.code.value} !"


def _lines(text: str) -> str:
    return text.strip("\r").replace("\r", "\n")
