"""What the console asks before it acts, and what it does with the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.devices_screen import PrintersScreen
from nightdesk_kiosk.console.dialogs import Choice
from nightdesk_kiosk.console.panels import QueueTable
from nightdesk_queue.commands import calling, clinic_operations, transferring, undo
from nightdesk_queue.commands.transferring import Transfer
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.rules import refusals
from nightdesk_queue.text.bilingual import Text

if TYPE_CHECKING:
    from nightdesk_kiosk.console.console_view import ConsoleView


class Questions:
    """The questions of one console. Each dialog is answered once; Escape is no answer and changes nothing."""

    def __init__(self, view: ConsoleView) -> None:
        self.view = view
        self.desk = view.desk

    @property
    def with_ticket(self) -> Mapping[str, Callable[[Ticket], None]]:
        """What is asked about the chosen patient, by action."""
        asked = {"transfer": self._transfer, "cancel": self._cancel, "level": self._level}
        return asked | ({"hold": self._where_to} if self.view.clinic.hold.places else {})

    @property
    def without_ticket(self) -> Mapping[str, Callable[[], None]]:
        """What is asked about nobody in particular, by action."""
        return {
            "clinic": self._clinic,
            "undo": self._undo,
            "end": self._end,
            "suspend": self._suspend,
            "printers": self._printers,
        }

    def _ask(self, question: Text, answers: Sequence[tuple[Text, str]], go: Callable[[str], object]) -> None:
        """Ask, and go on with the answer unless there was none or it was no."""
        language = self.view.language
        listed = [(words.of(language), value) for words, value in answers]

        def answered(answer: str | None) -> None:
            if answer and answer != "no":
                go(answer)

        self.view.app.push_screen(Choice(question.of(language), listed), answered)

    def _clinic(self) -> None:
        answers = [(clinic.name, clinic.id) for clinic in self.desk.hospital.clinic]
        self._ask(texts.CLINIC_KEY, answers, lambda clinic_id: self.view.call_later(self.view.change_clinic, clinic_id))

    def _transfer(self, ticket: Ticket) -> None:
        def go(clinic_id: str) -> None:
            self.view.take(lambda work: transferring.transfer(work, ticket.id, Transfer(clinic_id)), EventKind.TRANSFER)

        others = [(clinic.name, clinic.id) for clinic in self.desk.hospital.clinic if clinic.id != ticket.clinic]
        self._ask(texts.TRANSFER_TO.fill(number=ticket.number), others, go)

    def _cancel(self, ticket: Ticket) -> None:
        def go(_: str) -> None:
            self.view.take(lambda work: transferring.cancel(work, ticket.id), EventKind.CANCEL)

        self._ask(texts.REALLY_CANCEL.fill(number=ticket.number), [(texts.NO, "no"), (texts.YES, "yes")], go)

    def _level(self, ticket: Ticket) -> None:
        def go(answer: str) -> None:
            self.view.take(lambda work: transferring.set_level(work, ticket.id, int(answer)), EventKind.LEVEL)

        answers = [(texts.LEVEL_THREE, "3"), (texts.LEVEL_FOUR, "4"), (texts.LEVEL_ER, "2")]
        self._ask(texts.WHICH_LEVEL.fill(number=ticket.number), answers, go)

    def _where_to(self, ticket: Ticket) -> None:
        def go(answer: str) -> None:
            self.view.take(lambda work: calling.hold(work, ticket.id, to=answer), EventKind.HOLD)

        # in both languages: another console may speak the other one
        answers = [(place, f"{place.zh} {place.en}") for place in self.view.clinic.hold.places]
        self._ask(texts.WHERE_TO.fill(number=ticket.number), answers, go)

    def _undo(self) -> None:
        try:
            event = self.desk.last_step()
        except Fault as fault:
            self.view.say(texts.DATABASE_AWAY.fill(why=fault.text))
            return
        if event is None:
            self.view.nothing_to_ask(refusals.nothing_to_undo(None).text)
            return
        seq, zone = event.seq, self.desk.hospital.zone
        at = f"{event.at.astimezone(zone):%H:%M}"

        def go(_: str) -> None:
            self.view.take(lambda work: undo.undo(work, expected=seq), EventKind.UNDO)

        question = texts.REALLY_UNDO.fill(number=undo.whom(event, self.desk.hospital), step=event.kind.text, at=at)
        self._ask(question, [(texts.NO, "no"), (texts.YES_UNDO, "yes")], go)

    def _printers(self) -> None:
        self.view.app.push_screen(PrintersScreen(self.desk, self.view.language))

    def _suspend(self) -> None:
        clinic = self.view.clinic
        suspended = bool(self.view.look and self.view.look.queue.suspended)

        def go(_: str) -> None:
            if suspended:
                self.view.take(lambda work: clinic_operations.resume(work, clinic.id), EventKind.RESUME)
            else:
                self.view.take(lambda work: clinic_operations.suspend(work, clinic.id), EventKind.SUSPEND)

        question = texts.REALLY_RESUME if suspended else texts.REALLY_SUSPEND
        self._ask(question.fill(clinic=clinic.name), [(texts.NO, "no"), (texts.YES_DO, "yes")], go)

    def _end(self) -> None:
        """Ask about a leftover of a session: the chosen one, else the first that nobody has decided about."""
        look = self.view.look
        left = [one.ticket for one in look.leftovers if not one.kept] if look else []
        if not left:
            self.view.nothing_to_ask(texts.NO_LEFTOVERS)
            return
        chosen = self.view.query_one(QueueTable).chosen()
        ticket = next((one for one in left if chosen and one.id == chosen.id), left[0])

        def go(answer: str) -> None:
            if answer == "move":
                self._transfer(ticket)
            elif answer == "serve":
                self.view.take(lambda work: transferring.keep(work, ticket.id), EventKind.KEEP)
            else:
                self.view.take_and_say(
                    lambda work: transferring.release(work, ticket.id), texts.RELEASED.fill(number=ticket.number)
                )

        answers = [(texts.SERVE_LEFT, "serve"), (texts.MOVE_LEFT, "move"), (texts.RELEASE_LEFT, "release")]
        self._ask(texts.WHAT_ABOUT.fill(number=ticket.number), answers, go)
