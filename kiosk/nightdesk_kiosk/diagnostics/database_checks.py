"""What `check` finds of the database: whether it is whole, whose its files are, and which copy of it there is."""

from __future__ import annotations

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.diagnostics.finding import Finding
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text, joined, same

LAST_COPY = Text(zh="最近的副本：{name}({at})", en="newest copy: {name} ({at})")
NO_COPY = Text(zh="没有找到副本", en="no copy of it was found")


def database_finding(settings: Settings) -> Finding:
    """Examine the whole database; one that is not there yet is told and not created."""
    try:
        database = settings.database
        found = database.examine()
    except Fault as fault:
        # a first start creates it, a typing error in the address looks the same
        missing = fault.code == "database_missing"
        return Finding("database", "", missing, fault.text, fault.text if missing else None)
    warning = joined(list(found.warnings), "；", "; ") if found.warnings else None
    if not found.wrong:
        return Finding("database", "", True, same(database.where), warning)
    copy = NO_COPY
    if found.last_copy is not None:
        name, at = found.last_copy
        copy = LAST_COPY.fill(name=name, at=f"{at.astimezone(settings.hospital.zone):%Y-%m-%d %H:%M}")
    return Finding("database", "", False, joined([*found.wrong, copy], "；", "; "), warning)
