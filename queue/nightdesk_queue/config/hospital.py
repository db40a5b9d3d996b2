"""The whole configuration as one object, with the look-ups everybody needs."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from nightdesk_queue.config.device_tables import Button, Display, Kiosk, Printer, PrintingTable, VoiceTable
from nightdesk_queue.config.hl7_tables import Hl7Table
from nightdesk_queue.config.schema import Clinic, DatabaseTable, HospitalTable, PriorityGroup, Room
from nightdesk_queue.config.service_tables import BackupTable, ConsoleTable, LogTable, ReportTable, RetentionTable
from nightdesk_queue.config.table import Table
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.text.bilingual import Text, joined

Moves = tuple[tuple[str, tuple[str, ...]], ...]
"""Clinics and the rooms they have moved to, the oldest move first."""


class Hospital(Table):
    """The whole configuration. Built by `loading`, which has checked every reference in it."""

    hospital: HospitalTable
    database: DatabaseTable = DatabaseTable()
    clinic: list[Clinic]
    room: list[Room]
    priority: list[PriorityGroup] = field(default_factory=list)
    printer: list[Printer] = field(default_factory=list)
    kiosk: list[Kiosk] = field(default_factory=list)
    display: list[Display] = field(default_factory=list)
    button: list[Button] = field(default_factory=list)
    printing: PrintingTable = PrintingTable()
    voice: VoiceTable | None = None
    hl7: Hl7Table | None = None
    log: LogTable | None = None
    console: ConsoleTable = ConsoleTable()
    report: ReportTable | None = None
    backup: BackupTable | None = None
    retention: RetentionTable = RetentionTable()
    folder: Path = Path()
    """Where the file was read from, and where relative paths in it start; never written in the file."""
    moved: tuple[str, ...] = ()
    """Clinics that are in other rooms than the file says; never written in the file."""

    def with_rooms(self, moves: Moves) -> Hospital:
        """Return this hospital with some clinics in other rooms, the oldest move first; a room taken is gone elsewhere.

        A clinic whose only rooms were taken keeps them by name; they belong to the one that moved in last. The way to
        a clinic that moved is the names of its rooms: the file's words lead to where it was.
        """
        found = self._moved_to.get(moves)
        if found is None:
            new = dict(moves)
            own = {clinic.id: list(new.get(clinic.id, clinic.rooms)) for clinic in self.clinic}
            owner = {room: clinic.id for clinic in self.clinic if clinic.id not in new for room in clinic.rooms}
            owner |= {room: clinic_id for clinic_id, rooms in moves for room in rooms}
            clinics = []
            for clinic in self.clinic:
                left = [room for room in own[clinic.id] if owner[room] == clinic.id]
                kept = left or own[clinic.id]
                route = joined([self.room_name(room) for room in kept]) if clinic.id in new else clinic.route
                clinics.append(clinic.changed(rooms=kept, route=route))
            found = self.changed(clinic=clinics, moved=tuple(new))
            self._moved_to.clear()
            self._moved_to[moves] = found
        return found

    @cached_property
    def _moved_to(self) -> dict[Moves, Hospital]:
        """The last answer of `with_rooms`: staff move clinics once a night, and everybody asks all the time."""
        return {}

    @cached_property
    def zone(self) -> ZoneInfo:
        """The hospital's time zone."""
        return ZoneInfo(self.hospital.timezone)

    @cached_property
    def clinics(self) -> dict[str, Clinic]:
        """Clinics by id, in the file's order."""
        return {clinic.id: clinic for clinic in self.clinic}

    @cached_property
    def rooms(self) -> dict[str, Room]:
        """Rooms by id."""
        return {room.id: room for room in self.room}

    @cached_property
    def clinic_of_room(self) -> dict[str, Clinic]:
        """The clinic each room belongs to."""
        moved_at = {clinic_id: place for place, clinic_id in enumerate(self.moved)}
        oldest_first = sorted(self.clinic, key=lambda clinic: moved_at.get(clinic.id, -1))
        return {room: clinic for clinic in oldest_first for room in clinic.rooms}

    @cached_property
    def offline_prefixes(self) -> tuple[str, ...]:
        """The letters of the numbers that kiosks give while they are cut off."""
        return tuple(kiosk.offline_prefix for kiosk in self.kiosk if kiosk.offline_prefix)

    @property
    def prefixes(self) -> list[str]:
        """The letters of all numbers: those of the clinics first."""
        return [*(clinic.prefix for clinic in self.clinic), *self.offline_prefixes]

    def giver(self, ticket: Ticket) -> str:
        """Return the id of the clinic for which a number was given."""
        clinic = self.clinic_of_prefix.get(ticket.prefix)
        return clinic.id if clinic else (ticket.origin or ticket.clinic)

    @cached_property
    def clinic_of_prefix(self) -> dict[str, Clinic]:
        """The clinic that issues numbers with a prefix."""
        return {clinic.prefix: clinic for clinic in self.clinic}

    @cached_property
    def priorities(self) -> dict[str, PriorityGroup]:
        """Priority groups by id."""
        return {group.id: group for group in self.priority}

    @cached_property
    def printers(self) -> dict[str, Printer]:
        """Printers by id; one drawn in the terminal where none is configured."""
        listed = self.printer or [Printer(id="screen", device="screen:")]
        return {printer.id: printer for printer in listed}

    @cached_property
    def kiosks(self) -> dict[str, Kiosk]:
        """Kiosks by id; one that offers every public clinic where none is configured."""
        listed = self.kiosk or [Kiosk(id="lobby-1")]
        return {kiosk.id: kiosk for kiosk in listed}

    def clinic_name(self, clinic_id: str) -> Text:
        """Return a clinic's name, or its id where the configuration no longer has it."""
        clinic = self.clinics.get(clinic_id)
        return clinic.name if clinic else Text(zh=clinic_id, en=clinic_id)

    @property
    def room_names(self) -> list[Text]:
        """The names of all rooms: a clinic may be moved to any of them."""
        return [room.name for room in self.rooms.values()]

    def room_name(self, room_id: str) -> Text:
        """Return a room's name, or its id where the configuration no longer has it."""
        room = self.rooms.get(room_id)
        return room.name if room else Text(zh=room_id, en=room_id)

    def offered_at(self, kiosk: Kiosk) -> list[Clinic]:
        """Return the clinics a kiosk offers, in the order it shows them."""
        if kiosk.clinics:
            return [self.clinics[clinic] for clinic in kiosk.clinics]
        return [clinic for clinic in self.clinic if clinic.kiosk]

    def printer_name(self, printer_id: str) -> Text:
        """Return where patients find a printer; its id where the configuration has no name for it."""
        printer = self.printers.get(printer_id)
        return printer.name if printer and printer.name else Text(zh=printer_id, en=printer_id)

    def printer_for(self, kiosk_id: str | None, clinic_id: str | None = None) -> str:
        """Return the id of the printer for a kiosk's slips; for those of staff (None) their clinic's, if it has one."""
        first = next(iter(self.kiosks.values()))
        clinic = self.clinics.get(clinic_id or "")
        if kiosk_id is None and clinic and clinic.printer:
            return clinic.printer
        kiosk = self.kiosks.get(kiosk_id, first) if kiosk_id else first
        return kiosk.printer or next(iter(self.printers))

    def printers_of(self, kiosk: Kiosk) -> list[str]:
        """Return the printers a kiosk's slips may come out of: its own, then that one's backup."""
        own = self.printer_for(kiosk.id)
        backup = self.printers[own].backup
        return [own, backup] if backup else [own]
