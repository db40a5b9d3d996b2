"""What a member of staff must be, and what must always be left: an admin. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import SIGNED_IN, Role
from nightdesk_queue.domain.staff import StaffMember
from nightdesk_queue.text.bilingual import Text, joined, same
from nightdesk_queue.text.cleaning import clean, normalised

LONGEST_NAME = 60
_ID = re.compile(r"[a-z][a-z0-9_-]{1,19}")

_BAD_ID = Text(
    zh="用户名“{id}”不行：2 到 20 个小写字母、数字、- 或 _，以字母开头",
    en="the short name {id} will not do: 2 to 20 letters, digits, - or _, a letter first",
)
_BAD_ROLE = Text(zh="没有角色 {role}；可用：{known}", en="there is no role {role}; there are: {known}")
_UNKNOWN = Text(zh="没有人员 {id}；有：{known}", en="there is nobody {id} among the staff; there are: {known}")
_EXISTS = Text(zh="已有人员 {id}", en="there is {id} among the staff already")
_FIRST = Text(
    zh="第一个人员必须是管理员：--role admin(否则没有人能登记工位)",
    en="the first member of staff has to be an admin (--role admin): nobody else enrols a station",
)
_SIGN_IN = Text(zh="请先登录(Y)", en="sign in first (Y)")
_LAST = Text(zh="{id} 是最后一个管理员；先另设一个管理员", en="{id} is the last admin; make somebody else one first")


def short_name(typed: str) -> str:
    """Return a short name as it is kept. Raises Refused: bad_staff_id."""
    said = normalised(typed).lower()
    if not _ID.fullmatch(said):
        raise Refused("bad_staff_id", _BAD_ID.fill(id=clean(typed, 40) or "-"))
    return said


def full_name(typed: str | None, short: str) -> str:
    """Return the name of a member as others read it; the short one where none is given."""
    return clean(typed, LONGEST_NAME) or short


def role_of(typed: str) -> Role:
    """Return a role somebody can sign in with. Raises Refused: unknown_role."""
    found = next((role for role in SIGNED_IN if role.value == normalised(typed).lower()), None)
    if found is None:
        known = joined([same(role.value) for role in SIGNED_IN])
        raise Refused("unknown_role", _BAD_ROLE.fill(role=clean(typed, 40) or "-", known=known))
    return found


def known_member(found: Sequence[StaffMember], short: str) -> StaffMember:
    """Return the member of a short name. Raises Refused: unknown_staff."""
    said = normalised(short).lower()
    for member in found:
        if member.id == said:
            return member
    known = joined([same(member.id) for member in found]) if found else same("-")
    raise Refused("unknown_staff", _UNKNOWN.fill(id=clean(short, 40) or "-", known=known))


def sign_in_needed() -> Refused:
    """Return the refusal of what somebody wants to do at a console where nobody has signed in, or who may no more."""
    return Refused("sign_in_needed", _SIGN_IN)


def refuse_new(found: Sequence[StaffMember], short: str, role: Role) -> None:
    """Refuse a member who is there already, and a first one who is no admin. Raises Refused."""
    if any(member.id == short for member in found):
        raise Refused("staff_exists", _EXISTS.fill(id=short))
    if not _admins(found) and role is not Role.ADMIN:
        raise Refused("first_is_admin", _FIRST)


def refuse_last_admin(found: Sequence[StaffMember], short: str) -> None:
    """Refuse a change after which nobody would be an admin. Raises Refused: last_admin."""
    if [admin.id for admin in _admins(found)] == [short]:
        raise Refused("last_admin", _LAST.fill(id=short))


def _admins(found: Sequence[StaffMember]) -> list[StaffMember]:
    return [member for member in found if member.role is Role.ADMIN and not member.disabled]
