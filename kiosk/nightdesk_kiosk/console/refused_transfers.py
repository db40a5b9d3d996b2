"""Transfers of another system that the queue refused: staff take the patient in by hand, or note that it is settled."""

from __future__ import annotations

from collections.abc import Sequence

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.console_desk import Look
from nightdesk_kiosk.console.questions import Answer, Question, Take
from nightdesk_kiosk.widgets.typed_keys import digit_for
from nightdesk_queue.commands.interface_journal import settle_message
from nightdesk_queue.commands.work import Work
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.interface_messages import JournalEntry
from nightdesk_queue.domain.tickets import Ticket
from nightdesk_queue.text.bilingual import Text, same
from nightdesk_transfers import availability

ASKED_AT_ONCE = 8


def named(entry: JournalEntry, hospital: Hospital) -> dict[str, Text | str]:
    """Return whose transfer it was, where to and when, as the words of staff name them."""
    return {
        "at": f"{entry.at.astimezone(hospital.zone):%H:%M}",
        "name": same(entry.patient) if entry.patient else texts.NO_NAME,
        "clinic": hospital.clinic_name(entry.clinic or "-"),
    }


def which(look: Look | None, hospital: Hospital) -> Question | Text:
    """Ask about the refused transfer; about which of them, where there are several."""
    found = look.refused if look else []
    if not found:
        return texts.NONE_REFUSED
    if len(found) == 1:
        return about(found[0], hospital)
    answers = [
        Answer(texts.ONE_REFUSED.fill(**named(entry, hospital)), about(entry, hospital), digit_for(place))
        for place, entry in enumerate(found[:ASKED_AT_ONCE], start=1)
    ]
    return Question(texts.WHICH_REFUSED, tuple(answers))


def about(entry: JournalEntry, hospital: Hospital) -> Question:
    """Ask whether a patient is taken in beyond hours and quota, or was dealt with otherwise."""
    words = texts.WHAT_OF_REFUSED.fill(**named(entry, hospital), why=entry.told)
    answers = (
        Answer(texts.LATER, None, 1),
        Answer(texts.TAKE_IN, Take(lambda work: _taken_in(work, hospital, entry), EventKind.ISSUE), 2),
        Answer(texts.DEALT_WITH, Take(lambda work: _settled(work, entry), EventKind.UPDATE, done=texts.SETTLED), 3),
    )
    return Question(words, answers)


def _settled(work: Work, entry: JournalEntry) -> Sequence[Ticket]:
    settle_message(work, entry.seq)
    return ()


def _taken_in(work: Work, hospital: Hospital, entry: JournalEntry) -> Ticket:
    # imported here: consoles without transfers need not have what it stands on
    availability.require()
    from nightdesk_transfers.replaying import take_in  # noqa: PLC0415

    assert hospital.hl7 is not None, "asked only where there is one"
    return take_in(work, hospital, hospital.hl7, entry.seq)
