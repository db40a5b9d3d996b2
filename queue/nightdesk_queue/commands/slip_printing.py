"""Slips people ask for: again, at another printer, a test page, the list of a session."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta

from nightdesk_queue.commands.steps import DeskBase
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.rules import refusals, slip_rules
from nightdesk_queue.rules.hours import evenings, service_day
from nightdesk_queue.rules.slip_rules import REPRINTED, PrintEvent
from nightdesk_queue.store import events, slips
from nightdesk_queue.store.process_lock import Ownership
from nightdesk_queue.store.slips import BEGUN, OUT, SlipJob, SlipKind, SlipState
from nightdesk_queue.store.timestamps import stamp

STAFF, PATIENT = "staff", "patient"
LIST_WITHIN = timedelta(hours=6)
"""A list that could not be printed for so long is no longer waited for."""


class Printing(DeskBase):
    """reprint, retry_slip, retry_slips, test_page, session_list, print_ended_sessions."""

    def reprint(
        self, ticket: str, *, now: datetime, by: By, printer: str | None = None, kiosk: str | None = None
    ) -> SlipJob:
        """Print a patient's slip again, marked as a copy, with the same number.

        `kiosk`: the patient asks there for it, which they may `printing.patient_reprints` times and not while a slip is
        still to come; staff may at any time, but not twice while a copy is still to come.
        Raises Refused: unknown_ticket, unknown_printer, wrong_state, slip_waiting, too_many_copies.
        """
        self._known(printer)
        with self.store.unit() as connection:
            found = find_ticket(connection, self.hospital, ticket, now)
            if found.state is State.EXPECTED:
                raise slip_rules.not_arrived(found)
            last = slips.of_ticket(connection, found.id, REPRINTED)
            kind = last.kind if last else SlipKind.TICKET
            waiting = slips.unprinted(connection, found.id, kind)
            if waiting and (kiosk or waiting.asked_by):
                raise slip_rules.slip_waiting(self.hospital, waiting)
            asked_by = PATIENT if kiosk else STAFF
            limit = self.hospital.printing.patient_reprints
            if kiosk and slips.asked(connection, found.id, PATIENT) >= limit:
                raise slip_rules.too_many_copies(found, limit)
            copy = slips.copies_of(connection, found.id, kind) + 1
            target = printer or self.hospital.printer_for(kiosk or found.kiosk, found.clinic)
            subject = found.clinic if kind == SlipKind.TRANSFER else None
            id_ = slips.queue(
                connection, found.id, kind, target, stamp(now), subject=subject, copy=copy, asked_by=asked_by
            )
            job = _job(connection, id_)
            self._note(connection, PrintEvent.REPRINT, job, str(copy), now, by)
        return job

    def retry_slip(self, job: int, *, now: datetime, by: By, printer: str | None = None) -> SlipJob:
        """Send a slip again that has not come out, to its printer or another one.

        One that may be on paper already comes out as a marked copy.
        Raises Refused: unknown_job, unknown_printer, already_printed, being_printed.
        """
        self._known(printer)
        with self.store.unit() as connection:
            found = slips.by_id(connection, job)
            if found is None:
                raise slip_rules.unknown_job(job)
            served = Ownership(self.store.path, "printer", found.printer).taken()
            if found.state in OUT or (found.state in BEGUN and served):
                raise slip_rules.not_to_retry(found)
            return self._again(connection, found, printer, now, by)

    def retry_slips(self, *, now: datetime, by: By, printer: str | None = None) -> list[SlipJob]:
        """Send all slips again that failed or whose end is not known. Raises Refused: unknown_printer."""
        self._known(printer)
        with self.store.unit() as connection:
            return [self._again(connection, job, printer, now, by) for job in slips.to_mend(connection)]

    def test_page(self, printer: str, *, now: datetime, by: By) -> SlipJob:
        """Print a page with sizes, both languages, rare characters and a QR code. Raises Refused: unknown_printer."""
        self._known(printer)
        with self.store.unit() as connection:
            id_ = slips.queue(connection, None, SlipKind.TEST, printer, stamp(now), subject=by.actor, asked_by=STAFF)
            return _job(connection, id_)

    def session_list(
        self,
        clinic_id: str,
        *,
        now: datetime,
        by: By,
        day: date | None = None,
        printer: str | None = None,
        asked: bool = True,
    ) -> SlipJob:
        """Print the list of a clinic's service day (default: the present one): every number and what became of it.

        Raises Refused: unknown_clinic, unknown_printer.
        """
        clinic = refusals.known_clinic(self.hospital, clinic_id)
        self._known(printer)
        target = printer or clinic.session_list or self.hospital.printer_for(None, clinic.id)
        subject = list_subject(clinic.id, day or service_day(clinic, self.hospital, now))
        asked_by = STAFF if asked else None
        with self.store.unit() as connection:
            id_ = slips.queue(connection, None, SlipKind.LIST, target, stamp(now), subject=subject, asked_by=asked_by)
            return _job(connection, id_)

    def print_ended_sessions(self, *, now: datetime, by: By) -> list[SlipJob]:
        """Print the lists of sessions that ended within the last hours, once each, where a clinic names a printer."""
        printed = []
        for clinic in self.hospital.clinic:
            today = now.astimezone(self.hospital.zone).date()
            for day in (today - timedelta(days=1), today) if clinic.session_list else ():
                closed = [evening.closes for evening in evenings(clinic, self.hospital, day)]
                if closed and max(closed) <= now < max(closed) + LIST_WITHIN and not self._listed(clinic.id, day):
                    printed.append(self.session_list(clinic.id, now=now, by=by, day=day, asked=False))
        return printed

    def _listed(self, clinic: str, day: date) -> bool:
        with self.store.reading() as connection:
            return slips.about(connection, SlipKind.LIST, list_subject(clinic, day)) is not None

    def _known(self, printer: str | None) -> None:
        if printer is not None and printer not in self.hospital.printers:
            raise slip_rules.unknown_printer(self.hospital, printer)

    def _again(
        self, connection: sqlite3.Connection, job: SlipJob, printer: str | None, now: datetime, by: By
    ) -> SlipJob:
        may_be_out = job.state in (SlipState.UNKNOWN, SlipState.SENDING, SlipState.AWAITING)
        copy = slips.next_copy(connection, job) if may_be_out else job.copy
        target = printer or job.printer
        if target not in self.hospital.printers:
            target = self.hospital.printer_for(None)
        moved = slips.move(
            connection,
            job,
            SlipState.QUEUED,
            now,
            printer=target,
            home=target,
            copy=copy,
            settled=0,
            attempts=0,
            worker=None,
            lease_until=None,
            asked_by=job.asked_by or STAFF,
            queued_at=stamp(now),
        )
        assert moved is not None, "the unit's lock makes check and change one"
        event = PrintEvent.RETRY if target == job.printer else PrintEvent.REDIRECT
        self._note(connection, event, moved, f"#{job.id} {target}", now, by)
        return moved

    def _note(
        self, connection: sqlite3.Connection, event: PrintEvent, job: SlipJob, reason: str, now: datetime, by: By
    ) -> None:
        events.append(connection, stamp(now), by, event, ticket=job.ticket, number=job.number, reason=reason)


def list_subject(clinic: str, day: date) -> str:
    """Return what the list of a clinic's service day is about, as the spool holds it."""
    return f"{clinic}/{day.isoformat()}"


def _job(connection: sqlite3.Connection, id_: int) -> SlipJob:
    job = slips.by_id(connection, id_)
    assert job is not None, "a job just written is there"
    return job
