"""From a job of the spool to its slip: the facts as they are now, put into the template.

What a slip says is looked up when it is printed, not when it is asked for: paper that comes out twenty minutes late
should not promise the queue of twenty minutes ago.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from nightdesk_printers import slip_contents as say
from nightdesk_printers.layout import Slip
from nightdesk_printers.slip_contents import AlarmFacts, EmergencyFacts, ListFacts, PageFacts, TestFacts, TicketFacts
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.domain.errors import ConfigError
from nightdesk_queue.domain.event_data import NoPrinter
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.slips import SlipJob, SlipKind
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.queries import wait_forecasts
from nightdesk_queue.queries.room_assignments import tonight
from nightdesk_queue.rules import slip_rules
from nightdesk_queue.store import Tx, events, pages, tickets
from nightdesk_queue.text.bilingual import Text

Clock = Callable[[], datetime]


class SlipMaker:
    """Makes the slips of one printer. `back_end`: how it prints, in words, for the test page.

    `cut_off`: they are slips of a kiosk's own file, in which no wait can be told.
    """

    def __init__(
        self, printer: Printer, hospital: Hospital, clock: Clock, back_end: Text, *, cut_off: bool = False
    ) -> None:
        self.printer = printer
        self.hospital = hospital
        self.clock = clock
        self.back_end = back_end
        self.cut_off = cut_off

    def slip(self, tx: Tx, job: SlipJob) -> Slip:
        """Return the slip of a job; laid out by the built-in template where the hospital's own has become faulty.

        Raises Fault when the database fails.
        """
        try:
            return self._slip(tx, job, self.hospital)
        except ConfigError:
            # `check` and `run` tell of the template's faults; the patient gets a slip all the same
            plain = self.hospital.printing.changed(templates=None)
            return self._slip(tx, job, self.hospital.changed(printing=plain))

    def unneeded(self, tx: Tx, job: SlipJob, *, delayed: bool) -> str | None:
        """Return why nobody needs a slip any more, None where somebody does."""
        ticket, page = _about(tx, job)
        return slip_rules.unneeded(job, ticket, page, self.hospital.printing, self.clock(), delayed=delayed)

    def _slip(self, tx: Tx, job: SlipJob, hospital: Hospital) -> Slip:
        ticket, page = _about(tx, job)
        now = self.clock()
        hospital = tonight(tx, hospital)
        if ticket is not None:
            if job.kind is SlipKind.PAGE and page:
                return say.page_slip(PageFacts(ticket, hospital, page, job.copy))
            standing = None if self.cut_off else wait_forecasts.standing(tx, hospital, ticket, now)
            facts = TicketFacts(ticket, hospital, standing, job.copy, self.cut_off)
            return say.transfer_slip(facts) if job.kind is SlipKind.TRANSFER else say.ticket_slip(facts)
        if job.kind is SlipKind.LIST and job.clinic and job.service_day:
            return say.list_slip(list_facts(tx, hospital, job.clinic, job.service_day, now))
        if job.kind is SlipKind.ALARM:
            return say.alarm_slip(_alarm_facts(tx, hospital, job))
        if job.kind is SlipKind.EMERGENCY:
            alarm = events.by_seq(tx, job.event) if job.event is not None else None
            return say.emergency_slip(EmergencyFacts(hospital, alarm.station if alarm else "", job.queued_at))
        return say.test_slip(TestFacts(hospital, self.printer, self.back_end, now))


def _about(tx: Tx, job: SlipJob) -> tuple[Ticket | None, Page | None]:
    if job.ticket is None:
        return None, None
    page = pages.newest_of_ticket(tx, job.ticket) if job.kind is SlipKind.PAGE else None
    return tickets.by_id(tx, job.ticket), page


def _alarm_facts(tx: Tx, hospital: Hospital, job: SlipJob) -> AlarmFacts:
    alarm = events.by_seq(tx, job.event) if job.event is not None else None
    data = alarm.data if alarm and isinstance(alarm.data, NoPrinter) else NoPrinter()
    return AlarmFacts(hospital, data, alarm.at if alarm else job.queued_at)


def list_facts(tx: Tx, hospital: Hospital, clinic: str, day: date, now: datetime) -> ListFacts:
    """Return the facts of a session's list: the clinic's tickets of a service day, and those moved there, by number."""
    found = [ticket for ticket in tickets.of_days(tx, [day]) if ticket.clinic == clinic]
    return ListFacts(hospital, clinic, day, sorted(found, key=lambda ticket: ticket.number), now)
