"""config.toml, read, checked and typed.

What lives here: `fields` (kinds of value), `schema`, `device_tables` and `service_tables` (what each table may hold),
`references` and `screens` (what must agree between values), `hospital` (the whole with its look-ups), `table` (what all
have in common), `loading` (reads the file), `checking` (finds its faults), `remembered` (what was found faultless),
`wording` (faults in words), `catalogue_files` (the file of a further language).
What it may touch: the configuration file and the folders it names, to read; a folder in the cache of the user.
What it promises: every fault of a file is reported at once, each with its key, its value and the fix in both languages;
a `Hospital` that was loaded has none.
"""

from nightdesk_queue.config.device_tables import Display, Kiosk, Pace, Printer, PrintingTable, VoiceTable
from nightdesk_queue.config.hospital import Hospital
from nightdesk_queue.config.loading import content_of, load, machine_file, parse, version_of
from nightdesk_queue.config.schema import Clinic, OnCall, Session
from nightdesk_queue.config.service_tables import LogTable

__all__ = [
    "Clinic",
    "Display",
    "Hospital",
    "Kiosk",
    "LogTable",
    "OnCall",
    "Pace",
    "Printer",
    "PrintingTable",
    "Session",
    "VoiceTable",
    "content_of",
    "load",
    "machine_file",
    "parse",
    "version_of",
]
