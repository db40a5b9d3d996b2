"""The commands about the staff, who sign in at consoles."""

from __future__ import annotations

import click

from nightdesk_kiosk import json_output, tables
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.cli.bilingual import NightGroup, command, option
from nightdesk_kiosk.cli.new_pin import PIPED, new_pin
from nightdesk_kiosk.cli.root import cli, settings_of
from nightdesk_kiosk.ui_language import say
from nightdesk_queue.commands.staff import add_member, set_disabled, set_role, set_staff_pin
from nightdesk_queue.domain.people import SIGNED_IN
from nightdesk_queue.domain.pins import PinOwner
from nightdesk_queue.domain.staff import StaffMember
from nightdesk_queue.rules.pins import seconds_locked
from nightdesk_queue.rules.staff import role_of
from nightdesk_queue.store import Tx, pins, staff
from nightdesk_queue.text.bilingual import Text, same

staff_group = NightGroup("staff", about=Text(zh="人员", en="people who sign in at consoles"))
cli.add_command(staff_group)

ROLE = click.Choice([role.value for role in SIGNED_IN])
ACTIVE = Text(zh="可登录", en="may sign in")
DISABLED = Text(zh="已停用", en="disabled")
LOCKED = Text(zh="锁定 {n} 秒", en="locked for {n} s")
NOBODY = Text(
    zh="还没有人员，谁都可以使用工作台。开始：nightdesk staff add ID --role admin",
    en="there are no staff yet, and everybody may use a console. Begin with: nightdesk staff add ID --role admin",
)
PIN_SET = Text(zh="{id} 的密码已更改", en="the PIN of {id} is changed")


@command(staff_group, "list", Text(zh="人员一览", en="list the staff and their roles"))
@settings_of
def list_staff(settings: Settings) -> None:
    """List the staff."""
    with settings.looking() as tx:
        found = staff.all_of(tx)
        locked = {member.id: _locked(tx, settings, member) for member in found}
    _show(settings, found, locked)


@command(staff_group, "add", Text(zh="新增人员", en="add somebody; a PIN is asked for"))
@click.argument("id_", metavar="ID")
@option("--name", about=Text(zh="姓名", en="the full name"))
@option("--role", type=ROLE, required=True, about=Text(zh="角色", en="what they may do"))
@option("--stdin", "piped", is_flag=True, about=PIPED)
@settings_of
def add(settings: Settings, id_: str, name: str | None, role: str, piped: bool) -> None:
    """Add somebody. The first has to be an admin."""
    # hashed before the transaction, which nobody else could write in meanwhile
    pin = new_pin(piped=piped)
    with settings.working() as work:
        member = add_member(work, id_, name, role_of(role), pin)
    _show(settings, [member])


@command(staff_group, "role", Text(zh="更改角色", en="give somebody another role"))
@click.argument("id_", metavar="ID")
@click.argument("role", type=ROLE)
@settings_of
def role(settings: Settings, id_: str, role: str) -> None:
    """Give somebody another role."""
    with settings.working() as work:
        member = set_role(work, id_, role_of(role))
    _show(settings, [member])


@command(staff_group, "pin", Text(zh="更改密码", en="give somebody a new PIN, which ends a lock"))
@click.argument("id_", metavar="ID")
@option("--stdin", "piped", is_flag=True, about=PIPED)
@settings_of
def pin(settings: Settings, id_: str, piped: bool) -> None:
    """Give somebody a new PIN."""
    new = new_pin(piped=piped)
    with settings.working() as work:
        member = set_staff_pin(work, id_, new)
    if settings.json:
        tables.emit({"staff": _form(member)})
    else:
        click.echo(say(PIN_SET.fill(id=member.id)))


@command(staff_group, "disable", Text(zh="停用：不能再登录", en="let somebody sign in no more"))
@click.argument("id_", metavar="ID")
@settings_of
def disable(settings: Settings, id_: str) -> None:
    """Let somebody sign in no more."""
    with settings.working() as work:
        member = set_disabled(work, id_, disabled=True)
    _show(settings, [member])


@command(staff_group, "enable", Text(zh="恢复：可以登录", en="let somebody sign in again"))
@click.argument("id_", metavar="ID")
@settings_of
def enable(settings: Settings, id_: str) -> None:
    """Let somebody sign in again."""
    with settings.working() as work:
        member = set_disabled(work, id_, disabled=False)
    _show(settings, [member])


def _locked(tx: Tx, settings: Settings, member: StaffMember) -> int:
    kept = pins.in_force(tx, PinOwner.of_staff(member.id).id)
    return seconds_locked(kept, settings.now) if kept else 0


def _show(settings: Settings, found: list[StaffMember], locked: dict[str, int] | None = None) -> None:
    locked = locked or {}
    if settings.json:
        for member in found:
            tables.emit({"staff": _form(member, locked.get(member.id, 0))})
        return
    headings = [same("ID"), Text(zh="姓名", en="Name"), Text(zh="角色", en="Role"), tables.STATE]
    rows = [(member.id, member.name, say(member.role.text), _state(member, locked)) for member in found]
    tables.show_rows(headings, rows, NOBODY)


def _state(member: StaffMember, locked: dict[str, int]) -> str:
    if member.disabled:
        return say(DISABLED)
    seconds = locked.get(member.id, 0)
    return say(LOCKED.fill(n=seconds)) if seconds else say(ACTIVE)


def _form(member: StaffMember, locked: int = 0) -> json_output.JsonObject:
    return {
        "id": member.id,
        "name": member.name,
        "role": member.role.value,
        "disabled": member.disabled,
        "locked_seconds": locked,
    }
