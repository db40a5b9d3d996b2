"""config.toml, read, checked and typed.

`fields` are the kinds of value, `schema` what each table may hold, `references` what must agree between values,
`hospital` the whole with its look-ups. `loading` reads the file and gathers every fault before it gives up.
"""

from nightdesk_queue.config.hospital import Hospital
from nightdesk_queue.config.loading import load, parse
from nightdesk_queue.config.schema import Clinic, Display, Kiosk, OnCall, Printer, PrintingTable, Session, VoiceTable
from nightdesk_queue.config.service_tables import LogTable

__all__ = [
    "Clinic",
    "Display",
    "Hospital",
    "Kiosk",
    "LogTable",
    "OnCall",
    "Printer",
    "PrintingTable",
    "Session",
    "VoiceTable",
    "load",
    "parse",
]
