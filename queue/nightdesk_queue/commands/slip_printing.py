"""Slips people ask for: again, at another printer, a test page, the list of a session, the slip of an alarm."""

from __future__ import annotations

from datetime import date

from nightdesk_queue.commands.steps import found
from nightdesk_queue.commands.work import Work, command, record
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.domain.event_data import SlipChanged
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.slips import BEGUN, OUT, REPRINTED, AskedBy, NewSlip, SlipJob, SlipKind, SlipState
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.rules import refusals, slip_rules
from nightdesk_queue.rules.hours import service_day
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import slips
from nightdesk_queue.store.events import NewEvent
from nightdesk_queue.store.timestamps import stamp


@command(Command.REPRINT)
def reprint(work: Work, ticket: str, *, printer: str | None = None, kiosk: str | None = None) -> SlipJob:
    """Print a patient's slip again, marked as a copy, with the same number.

    `kiosk`: the patient asks there for it, which they may `printing.patient_reprints` times and not while a slip is
    still to come; staff may at any time, but not twice while a copy is still to come.
    Raises Refused: unknown_ticket, unknown_printer, wrong_state, slip_waiting, too_many_copies.
    """
    _refuse_unknown(work, printer)
    patient = found(work, ticket)
    if patient.state is State.EXPECTED:
        raise slip_rules.not_arrived(patient)
    last = slips.of_ticket(work.tx, patient.id, REPRINTED)
    kind = last.kind if last else SlipKind.TICKET
    waiting = slips.unprinted(work.tx, patient.id, kind)
    if waiting and (kiosk or waiting.asked_by):
        raise slip_rules.slip_waiting(work.hospital, waiting)
    limit = work.hospital.printing.patient_reprints
    if kiosk and slips.asked(work.tx, patient.id, AskedBy.PATIENT) >= limit:
        raise slip_rules.too_many_copies(patient, limit)
    copy = slips.copies_of(work.tx, patient.id, kind) + 1
    job = _queued(
        work,
        NewSlip(
            kind,
            printer or work.hospital.printer_for(kiosk or patient.kiosk, patient.clinic),
            ticket=patient.id,
            clinic=patient.clinic if kind is SlipKind.TRANSFER else None,
            copy=copy,
            asked_by=AskedBy.PATIENT if kiosk else AskedBy.STAFF,
        ),
    )
    _note(work, EventKind.SLIP_REPRINT, job, SlipChanged(job.id, copy=copy))
    return job


@command(Command.RETRY_SLIP)
def retry_slip(work: Work, job: int, *, printer: str | None = None) -> SlipJob:
    """Send a slip again that has not come out, to its printer or another one.

    One that may be on paper already comes out as a marked copy.
    Raises Refused: unknown_job, unknown_printer, already_printed, being_printed.
    """
    _refuse_unknown(work, printer)
    slip = slips.by_id(work.tx, job)
    if slip is None:
        raise slip_rules.unknown_job(job)
    if slip.state in OUT or (slip.state in BEGUN and work.tx.is_served(DeviceKind.PRINTER, slip.printer)):
        raise slip_rules.not_to_retry(slip)
    return _again(work, slip, printer)


@command(Command.RETRY_SLIP)
def retry_slips(work: Work, *, printer: str | None = None) -> list[SlipJob]:
    """Send all slips again that failed or whose end is not known. Raises Refused: unknown_printer."""
    _refuse_unknown(work, printer)
    return [_again(work, job, printer) for job in slips.to_fix(work.tx)]


@command(Command.PRINT_TEST_PAGE)
def print_test_page(work: Work, printer: str) -> SlipJob:
    """Print a page with sizes, both languages, rare characters and a QR code. Raises Refused: unknown_printer."""
    _refuse_unknown(work, printer)
    return _queued(work, NewSlip(SlipKind.TEST, printer, asked_by=AskedBy.STAFF))


@command(Command.PRINT_LIST)
def print_list(
    work: Work, clinic_id: str, *, day: date | None = None, printer: str | None = None, asked: bool = True
) -> SlipJob:
    """Print the list of a clinic's service day (default: the present one): every number and what became of it.

    Raises Refused: unknown_clinic, unknown_printer.
    """
    clinic = refusals.known_clinic(work.hospital, clinic_id)
    _refuse_unknown(work, printer)
    return _queued(
        work,
        NewSlip(
            SlipKind.LIST,
            printer or clinic.session_list or work.hospital.printer_for(None, clinic.id),
            clinic=clinic.id,
            service_day=day or service_day(clinic, work.hospital, work.now),
            asked_by=AskedBy.STAFF if asked else None,
        ),
    )


@command(Command.PRINT_ALARM)
def print_alarm(work: Work, printer: str, event: int) -> SlipJob:
    """Print an alarm at the printer of a duty room, where somebody is at night. `event`: the seq of the alarm."""
    return _queued(work, NewSlip(SlipKind.ALARM, printer, event=event))


def _refuse_unknown(work: Work, printer: str | None) -> None:
    if printer is not None and printer not in work.hospital.printers:
        raise slip_rules.unknown_printer(work.hospital, printer)


def _again(work: Work, job: SlipJob, printer: str | None) -> SlipJob:
    may_be_out = job.state in (SlipState.UNKNOWN, SlipState.SENDING, SlipState.AWAITING)
    copy = slips.next_copy(work.tx, job) if may_be_out else job.copy
    target = printer or job.printer
    if target not in work.hospital.printers:
        target = work.hospital.printer_for(None)
    moved = slips.move(
        work.tx,
        job,
        SlipState.QUEUED,
        work.now,
        printer=target,
        home=target,
        copy=copy,
        settled=0,
        attempts=0,
        worker=None,
        lease_until=None,
        asked_by=job.asked_by or AskedBy.STAFF,
        queued_at=stamp(work.now),
    )
    assert moved is not None, "the transaction makes check and change one"
    kind = EventKind.SLIP_RETRY if target == job.printer else EventKind.SLIP_REDIRECT
    _note(work, kind, moved, SlipChanged(job.id, printer=target))
    return moved


def _note(work: Work, kind: EventKind, job: SlipJob, data: SlipChanged) -> None:
    record(work, NewEvent(kind=kind, ticket=job.ticket, number=job.number, data=data))


def _queued(work: Work, slip: NewSlip) -> SlipJob:
    job = slips.by_id(work.tx, slips.queue(work.tx, slip, work.now))
    assert job is not None, "a job just written is there"
    return job
