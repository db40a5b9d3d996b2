"""The commands as one object, so that a test says what happens in one line: each call is a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from nightdesk_queue.commands import (
    alarms,
    calling,
    clinic_operations,
    issuing,
    kiosk_check_in,
    pages,
    slip_printing,
    telling,
    transferring,
)
from nightdesk_queue.commands import undo as undoing
from nightdesk_queue.commands.issuing import Applicant, Caller
from nightdesk_queue.commands.transferring import Transfer
from nightdesk_queue.commands.undo import Undone
from nightdesk_queue.commands.work import Work, working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.domain.events import UNDOABLE, Event, EventKind
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.people import By, Role
from nightdesk_queue.domain.slips import SlipJob
from nightdesk_queue.domain.tickets import Call, Standing, Ticket
from nightdesk_queue.queries.due_work import lists_due, pages_due
from nightdesk_queue.queries.expected_patients import expected
from nightdesk_queue.store import Database, events

T = TypeVar("T")


def at_kiosk(by: By, kiosk: str | None) -> By:
    """Who acts at a kiosk acts as a patient."""
    return replace(by, role=Role.PATIENT) if kiosk else by


class Desk:
    """The commands of one hospital's queue on one database."""

    def __init__(self, database: Database, hospital: Hospital) -> None:
        self.database = database
        self.hospital = hospital

    def do(self, command: Callable[[Work], T], now: datetime, by: By) -> T:
        """Do a command in a transaction of its own."""
        with working(self.database, self.hospital, now, by) as work:
            return command(work)

    def issue(
        self,
        clinic: str,
        *,
        now: datetime,
        by: By,
        name: str | None = None,
        priority: Iterable[str] = (),
        level: int | None = None,
        key: str | None = None,
        kiosk: str | None = None,
        language: str | None = None,
        extra: bool = False,
    ) -> Ticket:
        who = Applicant(name, tuple(priority), level, key, kiosk, language, extra)
        return self.do(lambda work: issuing.issue(work, clinic, who), now, at_kiosk(by, kiosk))

    def issue_and_tell(self, clinic: str, who: Applicant, *, now: datetime, by: By) -> tuple[Ticket, Standing | None]:
        return self.do(lambda work: issuing.issue_and_tell(work, clinic, who)[:2], now, at_kiosk(by, who.kiosk))

    def expect(
        self,
        clinic: str,
        *,
        now: datetime,
        by: By,
        name: str | None = None,
        phone: str | None = None,
        slot_at: datetime | None = None,
        priority: Iterable[str] = (),
        key: str | None = None,
    ) -> Ticket:
        who = Caller(name, phone, slot_at, tuple(priority), key)
        return self.do(lambda work: issuing.expect(work, clinic, who), now, by)

    def check_in(self, ticket: str, *, now: datetime, by: By, kiosk: str | None = None) -> Ticket:
        return self.do(lambda work: issuing.check_in(work, ticket, kiosk=kiosk), now, at_kiosk(by, kiosk))

    def expected(self) -> list[Ticket]:
        with self.database.snapshot() as tx:
            return expected(tx)

    def mark_no_shows(self, *, now: datetime, by: By) -> list[Ticket]:
        return self.do(issuing.lapse_no_shows, now, by)

    def report(self, said: str, *, now: datetime, by: By, kiosk: str | None = None) -> Ticket:
        return self.do(lambda work: kiosk_check_in.report(work, said, kiosk=kiosk), now, at_kiosk(by, kiosk))

    def call(self, room: str, *, now: datetime, by: By, ticket: str | None = None) -> Call:
        return self.do(lambda work: calling.call(work, room, ticket=ticket), now, by)

    def recall(self, ticket: str, *, now: datetime, by: By) -> Call:
        return self.do(lambda work: calling.recall(work, ticket), now, by)

    def start(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        return self.do(lambda work: calling.start(work, ticket), now, by)

    def finish(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        return self.do(lambda work: calling.finish(work, ticket), now, by)

    def hold(self, ticket: str, *, now: datetime, by: By, to: str | None = None) -> Ticket:
        return self.do(lambda work: calling.hold(work, ticket, to=to), now, by)

    def return_(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        return self.do(lambda work: calling.return_(work, ticket), now, by)

    def miss(self, ticket: str, *, now: datetime, by: By, at_once: bool = True) -> Ticket:
        return self.do(lambda work: calling.miss(work, ticket, at_once=at_once), now, by)

    def rejoin(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        return self.do(lambda work: calling.rejoin(work, ticket), now, by)

    def transfer(
        self,
        ticket: str,
        *,
        to: str,
        now: datetime,
        by: By,
        level: int | None = None,
        reason: str | None = None,
        way_back: bool | None = None,
    ) -> Ticket:
        wanted = Transfer(to, level, reason, way_back)
        return self.do(lambda work: transferring.transfer(work, ticket, wanted), now, by)

    def set_level(self, ticket: str, level: int, *, now: datetime, by: By) -> Ticket:
        return self.do(lambda work: transferring.set_level(work, ticket, level), now, by)

    def keep(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        return self.do(lambda work: transferring.keep(work, ticket), now, by)

    def release(self, ticket: str, *, now: datetime, by: By) -> Ticket:
        return self.do(lambda work: transferring.release(work, ticket), now, by)

    def cancel(self, ticket: str, *, now: datetime, by: By, reason: str | None = None) -> Ticket:
        return self.do(lambda work: transferring.cancel(work, ticket, reason=reason), now, by)

    def suspend(self, clinic: str, *, now: datetime, by: By, notice: str | None = None) -> ClinicState:
        return self.do(lambda work: clinic_operations.suspend(work, clinic, notice=notice), now, by)

    def resume(self, clinic: str, *, now: datetime, by: By) -> ClinicState:
        return self.do(lambda work: clinic_operations.resume(work, clinic), now, by)

    def move(
        self, clinic: str, rooms: Sequence[str], *, now: datetime, by: By, notice: str | None = None
    ) -> ClinicState:
        return self.do(lambda work: clinic_operations.move_clinic(work, clinic, rooms, notice=notice), now, by)

    def test_display(self, display: str, *, now: datetime, by: By) -> None:
        self.do(lambda work: clinic_operations.test_display(work, display), now, by)

    def undo(
        self,
        *,
        now: datetime,
        by: By,
        station: str | None = None,
        actor: str | None = None,
        expected: int | None = None,
    ) -> Undone:
        return self.do(lambda work: undoing.undo(work, station=station, actor=actor, expected=expected), now, by)

    def last_step(self, station: str) -> Event | None:
        with self.database.snapshot() as tx:
            return events.last_of_station(tx, station, UNDOABLE)

    def reprint(
        self, ticket: str, *, now: datetime, by: By, printer: str | None = None, kiosk: str | None = None
    ) -> SlipJob:
        return self.do(
            lambda work: slip_printing.reprint(work, ticket, printer=printer, kiosk=kiosk), now, at_kiosk(by, kiosk)
        )

    def retry_slip(self, job: int, *, now: datetime, by: By, printer: str | None = None) -> SlipJob:
        return self.do(lambda work: slip_printing.retry_slip(work, job, printer=printer), now, by)

    def retry_slips(self, *, now: datetime, by: By, printer: str | None = None) -> list[SlipJob]:
        return self.do(lambda work: slip_printing.retry_slips(work, printer=printer), now, by)

    def test_page(self, printer: str, *, now: datetime, by: By) -> SlipJob:
        return self.do(lambda work: slip_printing.print_test_page(work, printer), now, by)

    def session_list(
        self, clinic: str, *, now: datetime, by: By, day: date | None = None, printer: str | None = None
    ) -> SlipJob:
        return self.do(lambda work: slip_printing.print_list(work, clinic, day=day, printer=printer), now, by)

    def print_ended_sessions(self, days: Sequence[date], *, now: datetime, by: By) -> list[SlipJob]:
        with self.database.snapshot() as tx:
            due = lists_due(tx, self.hospital, days, now)
        return [
            self.do(lambda work, c=clinic, d=day: slip_printing.print_list(work, c, day=d, asked=False), now, by)
            for clinic, day in due
        ]

    def tell(self, ticket: Ticket, *, now: datetime, by: By) -> Standing | None:
        return self.do(lambda work: telling.tell(work, ticket), now, by)

    def alarm(self, kind: EventKind, *, now: datetime, by: By) -> int:
        return self.do(lambda work: alarms.raise_alarm(work, kind), now, by)

    def acknowledge_alarms(self, *, up_to: int, now: datetime, by: By) -> int:
        return self.do(lambda work: alarms.acknowledge_alarms(work, up_to=up_to), now, by)

    def acknowledge_pages(self, name: str | None = None, *, now: datetime, by: By) -> list[Page]:
        return self.do(lambda work: pages.acknowledge_pages(work, name), now, by)

    def escalate(self, now: datetime) -> list[Page]:
        with self.database.snapshot() as tx:
            due = pages_due(tx, self.hospital, now)
        service = By.service("run")
        return [page for page in due if self.do(lambda work, p=page: pages.escalate_page(work, p), now, service)]
