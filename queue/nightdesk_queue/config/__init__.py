"""config.toml, read, checked and typed.

`schema` is what each table may hold, `references` what must agree between tables, `loading` reads the file and
gathers every fault of both before it gives up.
"""

from nightdesk_queue.config.loading import load, parse
from nightdesk_queue.config.schema import (
    Clinic,
    Display,
    Hospital,
    Kiosk,
    OnCall,
    Printer,
    PriorityGroup,
    Room,
    Session,
)

__all__ = [
    "Clinic",
    "Display",
    "Hospital",
    "Kiosk",
    "OnCall",
    "Printer",
    "PriorityGroup",
    "Room",
    "Session",
    "load",
    "parse",
]
