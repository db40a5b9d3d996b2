"""What each slip says: facts in, the fields of its template filled, rows of a slip out.

Pure but for reading templates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from nightdesk_printers.cause_wording import cause_text
from nightdesk_printers.layout import Slip
from nightdesk_printers.templating import Fields, Value, template_of
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.domain.device_wording import state_text
from nightdesk_queue.domain.devices import DeviceState
from nightdesk_queue.domain.event_data import NoPrinter, PrinterTrouble
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.slips import SlipKind
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import LEVEL_ORDINARY, Standing, State, Ticket, level_numeral
from nightdesk_queue.text.bilingual import Language, Text, joined, same

AHEAD = Text(zh="前面还有 {n} 人", en="{n} ahead of you")
NEXT = Text(zh="您是下一位", en="You are next")
WAIT = Text(zh="预计等候 {low}-{high} 分钟", en="About {low}-{high} minutes")
LISTEN = Text(zh="请留意叫号，过号请到{desk}", en="Listen for your number; if you miss it, go to {desk}")
COPY = Text(zh="补打 {n}", en="COPY {n}")
NO_LONGER_WAITING = Text(zh="请到{desk}询问", en="Ask at {desk}")
NO_WAIT_TOLD = Text(
    zh="号码有效，等候时间现在看不到，可到{desk}询问",
    en="Your number counts. The wait cannot be told now; you may ask at {desk}",
)
LEVEL = Text(zh="分诊 {level} 级", en="Triage level {level}")
ANSWERED = same("{at} {by}")
ANSWER = Text(zh="应答：在工作台按 A，或 nightdesk page ack", en="Answer: key A on the console, or nightdesk page ack")
SUMMARY = Text(
    zh="取号 {issued} · 完成 {done} · 过号作废 {lapsed} · 取消 {cancelled} · 在候 {living}",
    en="{issued} issued · {done} done · {lapsed} lapsed · {cancelled} cancelled · {living} still here",
)
NOBODY = Text(zh="没有号码", en="no numbers")
ONE_PRINTER = Text(zh="{id}：{state} {cause}", en="{id}: {state} {cause}")
NO_TIME = "--:--"
SAMPLE = "䶮 㛃 𠮷 喆 堃 玥"
"""Surnames and given names that printers and fonts lack most often."""


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """All a ticket slip tells; `standing` is None when the patient waits no more, `copy` is 0 for the original.

    `cut_off`: the kiosk cannot reach the server, and nobody can tell how long the wait is.
    """

    ticket: Ticket
    hospital: Hospital
    standing: Standing | None
    copy: int = 0
    cut_off: bool = False


@dataclass(frozen=True, slots=True)
class PageFacts:
    """All a duty room's page tells: for whom, since when, the how-manieth time, and whether somebody has answered."""

    ticket: Ticket
    hospital: Hospital
    page: Page
    copy: int = 0


@dataclass(frozen=True, slots=True)
class TestFacts:
    """All a test page tells: of which printer, and by which back end it is printed."""

    __test__ = False

    hospital: Hospital
    printer: Printer
    back_end: Text
    at: datetime


@dataclass(frozen=True, slots=True)
class ListFacts:
    """All the list of a session tells. `tickets`: those of a clinic and a service day, by number."""

    hospital: Hospital
    clinic: str
    day: date
    tickets: Sequence[Ticket]
    at: datetime


@dataclass(frozen=True, slots=True)
class AlarmFacts:
    """All a printer alarm tells: which kiosk has no printer, and what is wrong with those it should have."""

    hospital: Hospital
    alarm: NoPrinter
    at: datetime


@dataclass(frozen=True, slots=True)
class EmergencyFacts:
    """All the way to Emergency tells: from which kiosk, and when a danger sign was said there."""

    hospital: Hospital
    kiosk: str
    at: datetime


def languages_of(ticket: Ticket, hospital: Hospital) -> list[Language]:
    """Return the slip's languages: Chinese and the patient's; both of the hospital's where nobody has chosen."""
    if ticket.language is None:
        others = [language for language in hospital.hospital.languages if language != "zh"]
        return ["zh", *others]
    return ["zh"] if ticket.language == "zh" else ["zh", "en"]


def ticket_slip(facts: TicketFacts) -> Slip:
    """Return the slip a patient takes along. Raises ConfigError for a faulty template."""
    return _of_patient(SlipKind.TICKET, facts)


def transfer_slip(facts: TicketFacts) -> Slip:
    """Return the slip of a patient who was transferred. Raises ConfigError for a faulty template."""
    return _of_patient(SlipKind.TRANSFER, facts)


def page_slip(facts: PageFacts) -> Slip:
    """Return the slip that pages the doctor on call. Raises ConfigError for a faulty template."""
    page, hospital = facts.page, facts.hospital
    answered = None
    if page.closed_at:
        answered = ANSWERED.fill(at=local(page.closed_at, hospital), by=page.closed_by or "")
    fields: Fields = {
        "copy": _copy(facts.copy),
        "hospital": hospital.hospital.name,
        "clinic": hospital.clinic_name(page.clinic),
        "number": page.number,
        "level": level_numeral(facts.ticket.level) if facts.ticket.level < LEVEL_ORDINARY else None,
        "round": page.rounds,
        "since": local(page.at, hospital),
        "answered": answered,
        "how": ANSWER,
    }
    return template_of(SlipKind.PAGE, folder_of(hospital)).fill(fields, hospital.hospital.languages)


def test_slip(facts: TestFacts) -> Slip:
    """Return a printer's test page. Raises ConfigError for a faulty template."""
    fields: Fields = {
        "hospital": facts.hospital.hospital.name,
        "printer": facts.printer.id,
        "device": facts.printer.device,
        "back_end": facts.back_end,
        "paper": facts.printer.paper_mm,
        "at": local(facts.at, facts.hospital),
        "sample": SAMPLE,
    }
    return template_of(SlipKind.TEST, folder_of(facts.hospital)).fill(fields, facts.hospital.hospital.languages)


test_slip.__test__ = False  # type: ignore[attr-defined]  # a slip, not a test, wherever it is imported


def list_slip(facts: ListFacts) -> Slip:
    """Return the list of a session, in the hospital's first language. Raises ConfigError for a faulty template."""
    count = {state: sum(ticket.state is state for ticket in facts.tickets) for state in State}
    ended = (State.DONE, State.LAPSED, State.CANCELLED)
    summary = SUMMARY.fill(
        issued=len(facts.tickets),
        done=count[State.DONE],
        lapsed=count[State.LAPSED],
        cancelled=count[State.CANCELLED],
        living=sum(ticket.state not in ended for ticket in facts.tickets),
    )
    fields: Fields = {
        "hospital": facts.hospital.hospital.name,
        "clinic": facts.hospital.clinic_name(facts.clinic),
        "day": facts.day.isoformat(),
        "at": local(facts.at, facts.hospital),
        "summary": summary,
        "nobody": None if facts.tickets else NOBODY,
    }
    entries = [_entry(ticket, facts.hospital) for ticket in facts.tickets]
    languages = facts.hospital.hospital.languages[:1]
    return template_of(SlipKind.LIST, folder_of(facts.hospital)).fill(fields, languages, {"tickets": entries})


def alarm_slip(facts: AlarmFacts) -> Slip:
    """Return the slip that tells the duty room of a kiosk without a printer.

    Raises ConfigError for a faulty template.
    """
    fields: Fields = {
        "hospital": facts.hospital.hospital.name,
        "kiosk": facts.alarm.kiosk,
        "what": joined([_printer_trouble(printer) for printer in facts.alarm.printers]),
        "at": local(facts.at, facts.hospital),
    }
    return template_of(SlipKind.ALARM, folder_of(facts.hospital)).fill(fields, facts.hospital.hospital.languages)


def emergency_slip(facts: EmergencyFacts) -> Slip:
    """Return the slip that shows the way to Emergency. Raises ConfigError for a faulty template."""
    table = facts.hospital.hospital
    fields: Fields = {
        "hospital": table.name,
        "route": table.emergency.route,
        "kiosk": facts.kiosk,
        "at": local(facts.at, facts.hospital),
    }
    return template_of(SlipKind.EMERGENCY, folder_of(facts.hospital)).fill(fields, table.languages)


def _printer_trouble(printer: PrinterTrouble) -> Text:
    state, cause = state_text(DeviceState(printer.state)), cause_text(printer.cause)
    return ONE_PRINTER.fill(id=printer.id, state=state, cause=cause)


def folder_of(hospital: Hospital) -> Path | None:
    """Return the folder of the hospital's own templates; None where it has none."""
    name = hospital.printing.templates
    return hospital.folder / name if name else None


def local(moment: datetime, hospital: Hospital) -> str:
    """Return a moment as slips tell it."""
    return f"{moment.astimezone(hospital.zone):%Y-%m-%d %H:%M}"


def _of_patient(kind: SlipKind, facts: TicketFacts) -> Slip:
    languages = languages_of(facts.ticket, facts.hospital)
    return template_of(kind, folder_of(facts.hospital)).fill(_patient_fields(kind, facts), languages)


def _patient_fields(kind: SlipKind, facts: TicketFacts) -> Fields:
    ticket, hospital, standing = facts.ticket, facts.hospital, facts.standing
    clinic = hospital.clinics.get(ticket.clinic)
    fields: dict[str, Value | None] = {
        "copy": _copy(facts.copy),
        "hospital": hospital.hospital.name,
        "clinic": hospital.clinic_name(ticket.clinic),
        "number": ticket.number,
        "ahead": None,
        "wait": None,
        "route": clinic.route if clinic else None,
        "taken": local(ticket.arrived_at, hospital),
        "listen": LISTEN.fill(desk=hospital.hospital.desk),
        "ask": None if standing or facts.cut_off else NO_LONGER_WAITING.fill(desk=hospital.hospital.desk),
        "hotline": hospital.hospital.hotline,
        "badges": _badges(ticket, hospital),
        "level": LEVEL.fill(level=level_numeral(ticket.level)) if ticket.level < LEVEL_ORDINARY else None,
        "id": ticket.id,
    }
    if standing:
        low, high = standing.wait_minutes
        fields["ahead"] = AHEAD.fill(n=standing.ahead) if standing.ahead else NEXT
        fields["wait"] = WAIT.fill(low=low, high=high)
    elif facts.cut_off:
        fields["wait"] = NO_WAIT_TOLD.fill(desk=hospital.hospital.desk)
    if kind is SlipKind.TICKET:
        fields["slot"] = local(ticket.slot_at, hospital) if ticket.slot_at else None
    else:
        fields["origin"] = hospital.clinic_name(ticket.origin) if ticket.origin else None
        fields["moved"] = local(ticket.transferred_at, hospital) if ticket.transferred_at else None
    return fields


def _badges(ticket: Ticket, hospital: Hospital) -> Text | None:
    groups = [hospital.priorities[id_] for id_ in ticket.priority if id_ in hospital.priorities]
    if not groups:
        return None
    return Text(
        zh=" ".join(f"[{group.badge}] {group.name.zh}" for group in groups),
        en=" ".join(f"[{group.badge}] {group.name.en}" for group in groups),
    )


def _copy(copy: int) -> str | None:
    """Return the mark of a copy in both languages, whatever the patient's: staff must see it, too."""
    return " / ".join(COPY.fill(n=copy).of(language) for language in ("zh", "en")) if copy else None


def _entry(ticket: Ticket, hospital: Hospital) -> Fields:
    def clock(moment: datetime | None) -> str:
        return f"{moment.astimezone(hospital.zone):%H:%M}" if moment else NO_TIME

    began = ticket.started_at or ticket.called_at or ticket.ended_at
    waited = f"{max(round((began - ticket.arrived_at).total_seconds() / 60), 0)}'" if began else NO_TIME
    return {
        "number": ticket.number,
        "state": STATE_TEXTS[ticket.state],
        "taken": clock(ticket.arrived_at),
        "ended": clock(ticket.ended_at),
        "waited": waited,
    }
