"""What a slip will look like: of a real ticket or of a sample, drawn in the terminal or as a picture."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_printers import raster, terminal_drawing
from nightdesk_printers import slip_contents as say
from nightdesk_printers.devices import own_fonts
from nightdesk_printers.fonts import find_fonts
from nightdesk_printers.layout import Slip
from nightdesk_printers.rendering import choose
from nightdesk_printers.slip_contents import AlarmFacts, EmergencyFacts, ListFacts, PageFacts, TestFacts, TicketFacts
from nightdesk_printers.slip_making import list_facts
from nightdesk_queue.config import Clinic, Hospital, Printer
from nightdesk_queue.domain.devices import DeviceState
from nightdesk_queue.domain.event_data import NoPrinter, PrinterTrouble
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.slips import SlipKind
from nightdesk_queue.domain.tickets import Lane, Standing, State, Ticket
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.queries.ticket_lookup import find_ticket
from nightdesk_queue.queries.wait_forecasts import standing
from nightdesk_queue.rules.hours import service_day

SAMPLE_ID = "69240B2F4A1C7E9D03"
SAMPLE_N = 12
SAMPLE_STANDING = Standing(5, (50, 90))
SAMPLE_WAIT = timedelta(minutes=7)
SAMPLE_TROUBLE = PrinterTrouble("lobby", DeviceState.STOPPED, "paper_out")


def sample(settings: Settings, kind: SlipKind, printer: Printer, ticket: str | None) -> Slip:
    """Return a slip of a ticket, or of a sample where none is named. Raises ConfigError, Refused("unknown_ticket")."""
    hospital, now = settings.hospital, settings.now
    if kind is SlipKind.TEST:
        back_end = choose(printer, find_fonts(own_fonts(hospital))).text
        return say.test_slip(TestFacts(hospital, printer, back_end, now))
    if kind is SlipKind.ALARM:
        return say.alarm_slip(AlarmFacts(hospital, NoPrinter(next(iter(hospital.kiosks)), (SAMPLE_TROUBLE,)), now))
    if kind is SlipKind.EMERGENCY:
        return say.emergency_slip(EmergencyFacts(hospital, next(iter(hospital.kiosks)), now))
    if kind is SlipKind.LIST:
        return say.list_slip(_list(settings))
    facts = _of_ticket(settings, ticket) if ticket else _of_sample(settings, kind)
    if kind is SlipKind.PAGE:
        return say.page_slip(PageFacts(facts.ticket, hospital, _page(facts.ticket)))
    return say.transfer_slip(facts) if kind is SlipKind.TRANSFER else say.ticket_slip(facts)


def in_terminal(slip: Slip, printer: Printer) -> list[str]:
    """Return a slip drawn with the edges of its paper."""
    return terminal_drawing.framed(terminal_drawing.draw(slip, printer.paper_mm))


def as_png(slip: Slip, printer: Printer, hospital: Hospital, file: Path) -> None:
    """Write a slip as a picture, a dot of paper a pixel. Raises OSError, ValueError."""
    fonts = find_fonts(own_fonts(hospital))
    raster.slip_image(slip, fonts, printer.paper_mm).save(file)


def _of_ticket(settings: Settings, name: str) -> TicketFacts:
    hospital, now = settings.hospital, settings.now
    with settings.looking() as tx:
        found = find_ticket(tx, hospital, name, now)
        return TicketFacts(found, tonight(tx, hospital), standing(tx, hospital, found, now))


def _of_sample(settings: Settings, kind: SlipKind) -> TicketFacts:
    hospital = settings.hospital
    offered = [clinic for clinic in hospital.clinic if clinic.kiosk] or hospital.clinic
    clinic = next((clinic for clinic in offered if clinic.sessions), offered[0])
    other = next((one for one in hospital.clinic if one.id != clinic.id and not one.kiosk), hospital.clinic[0])
    moved = kind is SlipKind.TRANSFER
    return TicketFacts(_ticket(settings, clinic, other if moved else None), hospital, SAMPLE_STANDING)


def _ticket(settings: Settings, clinic: Clinic, origin: Clinic | None) -> Ticket:
    now = settings.now
    prefix = (origin or clinic).prefix
    return Ticket(
        seq=SAMPLE_N,
        id=SAMPLE_ID,
        number=f"{prefix}{SAMPLE_N:03d}",
        prefix=prefix,
        n=SAMPLE_N,
        service_day=service_day(clinic, settings.hospital, now),
        clinic=clinic.id,
        state=State.WAITING,
        lane=Lane.FIRST,
        level=4,
        priority=(),
        arrived_at=now - SAMPLE_WAIT if origin else now,
        queued_at=now,
        origin=origin.id if origin else None,
        transferred_at=now if origin else None,
    )


def _page(ticket: Ticket) -> Page:
    at = ticket.arrived_at
    return Page(1, ticket.id, ticket.number, ticket.clinic, at, 1, at)


def _list(settings: Settings) -> ListFacts:
    clinic = next((one for one in settings.hospital.clinic if one.sessions), settings.hospital.clinic[0])
    day = service_day(clinic, settings.hospital, settings.now)
    with settings.looking() as tx:
        return list_facts(tx, settings.hospital, clinic.id, day, settings.now)
