"""The console's reads and commands: what it shows is read in one snapshot, each command is a transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from nightdesk_kiosk.attendance import ConfigFile
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.config_share import difference_keys
from nightdesk_kiosk.console import texts
from nightdesk_queue.commands.alarms import acknowledge_these
from nightdesk_queue.commands.issuing import Applicant, Told, issue_and_tell
from nightdesk_queue.commands.pages import acknowledge_pages
from nightdesk_queue.commands.staff import sign_in, sign_out
from nightdesk_queue.commands.undo import last_steps
from nightdesk_queue.commands.work import Work, working
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.config.sharing import Difference
from nightdesk_queue.domain.devices import NOT_CONFIGURED, DeviceHealth, DeviceKind
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import Event
from nightdesk_queue.domain.interface_messages import JournalEntry
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.programs import Program
from nightdesk_queue.domain.room_state import RoomState, RoomUse
from nightdesk_queue.domain.slips import SlipJob
from nightdesk_queue.domain.staff import SignedIn, SignInAnswer, StaffMember
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.queries.alarms import ManyGiven, ToldAlarm, many_given, told_alarms
from nightdesk_queue.queries.device_health import device_health, troubles
from nightdesk_queue.queries.foreign_patients import refused_transfers
from nightdesk_queue.queries.leftovers import Leftover, leftovers
from nightdesk_queue.queries.night_report import NightReport, Span, night_report, period_of
from nightdesk_queue.queries.queue_view import QueueView, queue_view
from nightdesk_queue.queries.tonight import tickets_tonight
from nightdesk_queue.queries.transfer_preview import Target, transfer_targets
from nightdesk_queue.rules.hours import tonight_of
from nightdesk_queue.rules.staff import sign_in_needed
from nightdesk_queue.store import ChangeFeed, Database, Tx, events, hl7_notices, pages, programs, rooms, slips, staff

T = TypeVar("T")
JOBS_SHOWN = 50
LATE_SECONDS = 3.0
"""A step that could not begin for so long is not taken any more."""


@dataclass(frozen=True, slots=True)
class PrinterLook:
    """One printer at one moment, and its newest jobs, open ones first."""

    health: DeviceHealth
    jobs: list[SlipJob]


@dataclass(frozen=True, slots=True)
class DevicesLook:
    """All devices at one moment: printers with their jobs, call screens, the voice where there is one."""

    printers: list[PrinterLook]
    screens: list[DeviceHealth]


@dataclass(frozen=True, slots=True)
class Look:
    """All the console shows at one moment. `queues`: of the clinics that are shown."""

    queues: tuple[QueueView, ...]
    alarms: list[ToldAlarm]
    pages: list[Page]
    leftovers: list[Leftover]
    troubles: list[DeviceHealth]
    slips_to_fix: list[SlipJob]
    at: datetime
    outdated: list[Program] = field(default_factory=list)
    """Programs that run with an earlier configuration."""
    rooms: Mapping[str, RoomState] = field(default_factory=dict)
    """What staff have said of rooms; one nobody has spoken of is open."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The names of staff by their short names."""
    last_event: int = 0
    """The seq of the newest event of the database; one that is smaller than before is another database."""
    refused: list[JournalEntry] = field(default_factory=list)
    """Transfers of other systems that the queue refused, and about which nobody has decided."""
    untold: tuple[int, datetime | None] = (0, None)
    """How many notices to another system are not taken yet, and when the first of them happened."""
    differs: list[Difference] = field(default_factory=list)
    """In what this machine's configuration differs from the one all machines share."""
    everybody: bool = False
    """Whether there are no staff, and everybody may act."""

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(len(queue.line) for queue in self.queues)

    @property
    def inside(self) -> dict[str, Ticket]:
        """Who is in which room, or was called to it."""
        found = (ticket for queue in self.queues for ticket in (*queue.called, *queue.serving))
        return {ticket.room: ticket for ticket in found if ticket.room}

    @property
    def next_ids(self) -> frozenset[str]:
        """Who is next in each clinic."""
        return frozenset(queue.line[0].ticket.id for queue in self.queues if queue.line)

    @property
    def room_ids(self) -> list[str]:
        """The rooms the clinics shown are in tonight."""
        return list(dict.fromkeys(room for queue in self.queues for room in queue.clinic.rooms))

    @property
    def namesakes(self) -> frozenset[str]:
        """The tickets of patients who bear the same name as somebody else in their clinic."""
        return frozenset().union(*(queue.namesakes for queue in self.queues))

    def by_id(self, ticket_id: str) -> Ticket | None:
        """Return a patient of the clinics shown, in any queue of them."""
        return next((one for queue in self.queues for one in queue.everybody if one.id == ticket_id), None)

    def same_name(self, ticket: Ticket) -> list[Ticket]:
        """Return who else in a patient's clinic bears their name."""
        return [one for queue in self.queues if queue.clinic.id == ticket.clinic for one in queue.same_name(ticket)]

    def ended(self, state: State) -> int:
        """Return how many tickets of tonight have ended in a state."""
        return sum(queue.ended.get(state, 0) for queue in self.queues)

    def use_of(self, room: str) -> RoomUse:
        """Return what staff have said of a room."""
        known = self.rooms.get(room)
        return known.use_at(self.at) if known else RoomUse.OPEN


class ConsoleDesk:
    """What a console may do. Any thread may use it."""

    def __init__(
        self, hospital: Hospital, database: Database, clock: Clock, by: By, file: ConfigFile | None = None
    ) -> None:
        self.hospital = hospital
        self.clock = clock
        self.by = by
        self.member: StaffMember | None = None
        """Who has signed in."""
        self._nobody = by
        self._database = database
        self._file = file

    def sign_in(self, short: str, pin: str) -> SignInAnswer:
        """Try a short name and a PIN; from now on steps are that person's. Raises Fault."""
        answer = sign_in(self._database, self.hospital, self.clock.now(), self._nobody.station, short, pin)
        if isinstance(answer, SignedIn):
            self.member = answer.member
            self.by = By(answer.member.id, self._nobody.station, answer.member.role)
        return answer

    def leave(self) -> By | None:
        """Let nobody act here until somebody signs in, at once, and return who has left; None where nobody was."""
        left = self.by if self.member is not None else None
        self.member, self.by = None, self._nobody
        return left

    def note_leaving(self, left: By) -> None:
        """Write that somebody has left. Raises Fault."""
        # not by `act`: whoever may no more can still leave
        with working(self._database, self.hospital, self.clock.now(), left) as work:
            sign_out(work)

    def tonight(self) -> list[Ticket]:
        """Return everybody of tonight, over all clinics and states. Raises Fault."""
        with self._database.snapshot() as tx:
            return tickets_tonight(tx, self.hospital, self.clock.now())

    def issue(self, clinic: str, who: Applicant) -> Told:
        """Give a number, with what its patient is to be told. Raises Refused, Fault."""
        return self.act(lambda work: issue_and_tell(work, clinic, who))

    @property
    def machine(self) -> str:
        """The machine that this console runs on."""
        return self._database.machine

    def changes(self) -> ChangeFeed:
        """Give a feed that tells when anybody has committed anything. Raises Fault."""
        return self._database.changes()

    def look(self, shown: Sequence[Clinic]) -> Look:
        """Return what there is to see of some clinics and of the devices, all of one moment. Raises Fault."""
        now = self.clock.now()
        with self._database.snapshot() as tx:
            found = staff.all_of(tx)
            return Look(
                tuple(queue_view(tx, self.hospital, clinic, now) for clinic in shown),
                told_alarms(tx, now),
                pages.active_pages(tx),
                leftovers(tx, self.hospital, [clinic.id for clinic in shown], now),
                troubles(tx, self.hospital),
                slips.to_fix(tx),
                now,
                self._file.outdated(programs.running(tx)) if self._file else [],
                rooms.all_of(tx),
                {one.id: one.name for one in found},
                events.last_seq(tx),
                refused_transfers(tx, shown, now) if self.hospital.hl7 else [],
                hl7_notices.waiting(tx) if self.hospital.hl7 and self.hospital.hl7.notices else (0, None),
                differs=self._differs(tx),
                everybody=all(one.disabled for one in found),
            )

    def _differs(self, tx: Tx) -> list[Difference]:
        content = self._file.content() if self._file else None
        return difference_keys(tx, content) if content else []

    def devices(self) -> DevicesLook:
        """Return every device, and the jobs of every printer. Raises Fault."""
        with self._database.snapshot() as tx:
            found = device_health(tx, self.hospital)
            printers = [one for one in found if one.kind is DeviceKind.PRINTER and one.cause != NOT_CONFIGURED]
            return DevicesLook(
                [PrinterLook(one, slips.newest_of_printer(tx, one.id, JOBS_SHOWN)) for one in printers],
                [one for one in found if one.kind is not DeviceKind.PRINTER],
            )

    def numbers(self, shown: Sequence[Clinic]) -> NightReport:
        """Return tonight in numbers for some clinics. Raises Fault."""
        now = self.clock.now()
        with self._database.snapshot() as tx:
            return night_report(tx, self.hospital, period_of(Span.DAY, tonight_of(self.hospital, now)), shown, now)

    def act(self, command: Callable[[Work], T]) -> T:
        """Do a command in a transaction, as whoever has signed in and in the role they have now. Raises Refused, Fault.

        Also a question that was open when the console locked is asked here: nobody goes on for who has left. A step
        that had to wait for the database too long is not taken: whoever pressed the key has seen another list.
        """
        asked = time.monotonic()
        with working(self._database, self.hospital, self.clock.now(), self.by) as work:
            if time.monotonic() - asked > LATE_SECONDS:
                raise Refused("too_late", texts.TOO_LATE)
            return command(replace(work, by=self._allowed(work.tx), now=self.clock.now()))

    def _allowed(self, tx: Tx) -> By:
        if self.member is None:
            if staff.is_needed(tx):
                raise sign_in_needed()
            return self.by
        member = next((one for one in staff.all_of(tx) if one.id == self.by.actor), None)
        if member is None or member.disabled:
            raise sign_in_needed()
        return By(member.id, self.by.station, member.role)

    def last_steps(self) -> list[Event]:
        """Return what undo would take back, one step after the other. Raises Fault."""
        with self._database.snapshot() as tx:
            return last_steps(tx, self.by, self.clock.now())

    def transfer_targets(self, ticket: Ticket, level: int) -> list[Target]:
        """Return what a patient would get at each clinic on a level. Raises Fault."""
        with self._database.snapshot() as tx:
            return transfer_targets(tx, self.hospital, ticket, level, self.clock.now())

    def many_given(self) -> list[ManyGiven]:
        """Return the kiosks for whose many numbers an alarm is open, oldest first. Raises Fault."""
        with self._database.snapshot() as tx:
            return many_given(tx)

    def acknowledge(self, alarms: Collection[int]) -> int:
        """Acknowledge these alarms and no others; return how many were still open. Raises Refused, Fault."""
        return self.act(lambda work: acknowledge_these(work, alarms))

    def answer_page(self, page: Page) -> None:
        """Answer one page. Raises Refused where somebody else was faster; Fault."""
        self.act(lambda work: acknowledge_pages(work, name=str(page.id)))
