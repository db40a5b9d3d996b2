"""What `check` finds of the database: whether it is whole, whose its files are, which copy of it there is.

Whether the kiosks' service menu has a PIN is a fact of the database, too.
"""

from __future__ import annotations

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.diagnostics.finding import Finding
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.pins import SERVICE
from nightdesk_queue.store import pins
from nightdesk_queue.text.bilingual import Text, joined, same

LAST_COPY = Text(zh="最近的副本：{name}({at})", en="newest copy: {name} ({at})")
NO_COPY = Text(zh="没有找到副本", en="no copy of it was found")
NO_PIN = Text(
    zh="没有设置服务密码，自助机的服务菜单打不开；用 nightdesk kiosk pin 设置",
    en="no PIN is set, and the service menu of the kiosks stays shut; nightdesk kiosk pin sets one",
)


def database_finding(settings: Settings) -> Finding:
    """Examine the whole database; one that is not there yet is told and not created."""
    try:
        database = settings.database
        found = database.examine()
        without_pin = not found.wrong and _has_no_pin(settings)
    except Fault as fault:
        # a first start creates it, a typing error in the address looks the same
        missing = fault.code == "database_missing"
        return Finding("database", "", missing, fault.text, fault.text if missing else None)
    warnings = [*found.warnings, *([NO_PIN] if without_pin else [])]
    warning = joined(warnings, "；", "; ") if warnings else None
    if not found.wrong:
        return Finding("database", "", True, same(database.where), warning)
    copy = NO_COPY
    if found.last_copy is not None:
        name, at = found.last_copy
        copy = LAST_COPY.fill(name=name, at=f"{at.astimezone(settings.hospital.zone):%Y-%m-%d %H:%M}")
    return Finding("database", "", False, joined([*found.wrong, copy], "；", "; "), warning)


def _has_no_pin(settings: Settings) -> bool:
    with settings.looking() as tx:
        return pins.in_force(tx, SERVICE.id) is None
