"""What the console has done for staff, each answered by a word: also where it could not be done. Any thread may."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.console_desk import ConsoleDesk
from nightdesk_kiosk.console.questions import Take
from nightdesk_kiosk.console.steps import ticket_of, words_for
from nightdesk_queue.commands.issuing import Applicant, Caller, expect
from nightdesk_queue.commands.slip_printing import reprint
from nightdesk_queue.domain.errors import Fault, Refused
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.text.bilingual import Text


@dataclass(frozen=True, slots=True)
class Word:
    """What is said after an act; `ticket` is the one to highlight."""

    words: Text
    ticket: Ticket | None = None


class Acts:
    """The acts of one console. None of them raises: a thread that ends without a word leaves the nurse waiting."""

    def __init__(self, desk: ConsoleDesk) -> None:
        self._desk = desk

    def take(self, step: Take) -> Word:
        """Do a command."""

        def do() -> Word:
            result = self._desk.act(step.command)
            return Word(step.done or words_for(result, step.kind, self._desk.hospital, step.many), ticket_of(result))

        return _answered(do)

    def acknowledge(self, alarms: Collection[int]) -> Word:
        """Acknowledge these alarms."""
        return _answered(lambda: Word(texts.ALARMS_SEEN.fill(n=self._desk.acknowledge(alarms))))

    def answer_page(self, page: Page) -> Word:
        """Answer one page."""

        def do() -> Word:
            self._desk.answer_page(page)
            clinic = self._desk.hospital.clinic_name(page.clinic)
            return Word(texts.PAGE_ANSWERED.fill(clinic=clinic, number=page.number))

        return _answered(do)

    def reprint(self, ticket: Ticket) -> Word:
        """Print a slip again."""

        def do() -> Word:
            job = self._desk.act(lambda work: reprint(work, ticket.id))
            printer = self._desk.hospital.printer_name(job.printer)
            return Word(texts.REPRINTED.fill(number=ticket.number, n=job.copy, printer=printer), ticket)

        return _answered(do)

    def expect(self, clinic: str, who: Caller) -> Word:
        """Note somebody who telephoned."""

        def do() -> Word:
            ticket = self._desk.act(lambda work: expect(work, clinic, who))
            zone = self._desk.hospital.zone
            at = texts.SOME_TIME
            if who.slot_at is not None:
                local, today = who.slot_at.astimezone(zone), self._desk.clock.now().astimezone(zone).date()
                at = texts.SLOT.fill(at=f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}")
            return Word(texts.NOTED_CALL.fill(number=ticket.number, at=at), ticket)

        return _answered(do)

    def issue(self, clinic: str, who: Applicant) -> Word:
        """Give a number."""

        def do() -> Word:
            given = self._desk.issue(clinic, who)
            ahead = texts.NO_FORECAST
            if told := given.standing:
                low, high = told.wait_minutes
                ahead = texts.AHEAD.fill(n=told.ahead, low=low, high=high)
            return Word(texts.ISSUED.fill(number=given.ticket.number, ahead=ahead), given.ticket)

        return _answered(do)


def _answered(do: Callable[[], Word]) -> Word:
    try:
        return do()
    except Refused as refused:
        return Word(texts.NOT_NOW.fill(why=refused.text))
    except Fault as fault:
        return Word(texts.DATABASE_AWAY.fill(why=fault.text))
    except Exception as error:  # noqa: BLE001 - the nurse must not wait for an answer that never comes
        return Word(texts.UNFORESEEN.fill(why=f"{type(error).__name__}: {error}"))
