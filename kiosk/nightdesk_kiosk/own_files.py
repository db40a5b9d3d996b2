"""The file that a kiosk keeps of its own, for when the server cannot be reached."""

from __future__ import annotations

from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.store import Database, open_database
from nightdesk_queue.store.opening import is_server


def goes_on_alone(kiosk: Kiosk, database: Database) -> bool:
    """Whether a kiosk goes on giving numbers while the server is away: it has letters of its own."""
    return kiosk.offline_prefix is not None and is_server(database.where)


def open_own_file(hospital: Hospital, kiosk: Kiosk, machine: str) -> Database:
    """Open a kiosk's own file, in the folder of the configuration; made where there is none. Raises Fault."""
    return open_database(f"sqlite:///offline-{kiosk.id}.db", hospital.folder, machine=machine)
