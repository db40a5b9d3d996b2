"""What each slip says: facts about a ticket in, rows of a slip out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nightdesk_printers.layout import Line, Qr, Row, Rule, Slip
from nightdesk_queue.config import Hospital
from nightdesk_queue.language import Language, Text
from nightdesk_queue.model import LEVEL_ORDINARY, Standing, Ticket, level_numeral
from nightdesk_queue.store.pages import Page

NUMBER_SIZE = 6
"""Times the normal height: 18 mm, legible at arm's length without glasses."""

AHEAD = Text(zh="前面还有 {n} 人", en="{n} ahead of you")
NEXT = Text(zh="您是下一位", en="You are next")
WAIT = Text(zh="预计等候 {low}-{high} 分钟", en="About {low}-{high} minutes")
ROUTE = Text(zh="地点：{route}", en="Where: {route}")
TAKEN = Text(zh="取号时间：{at}", en="Taken: {at}")
LISTEN = Text(zh="请留意叫号，过号请到分诊台", en="Listen for your number; if you miss it, tell the desk")
COPY = Text(zh="补打 {n}", en="COPY {n}")
NO_LONGER_WAITING = Text(zh="请到分诊台询问", en="Ask at the desk")
WANTED = Text(zh="请值班医生到诊", en="Doctor on call, please come")
PAGED = Text(zh="第 {n} 次呼叫", en="call no. {n}")
PAGED_AT = Text(zh="呼叫时间：{at}", en="Since: {at}")
ANSWERED = Text(zh="已应答：{at} {by}", en="Answered: {at} {by}")
ANSWER = Text(zh="应答：在工作台按 A，或 nightdesk page ack", en="Answer: key A on the console, or nightdesk page ack")
HOTLINE = Text(zh="咨询电话：{n}", en="Telephone: {n}")


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """All a ticket slip tells; `standing` is None when the patient waits no more, `copy` is 0 for the original."""

    ticket: Ticket
    hospital: Hospital
    standing: Standing | None
    copy: int = 0


def languages_of(facts: TicketFacts) -> list[Language]:
    """Return the slip's languages: Chinese and the patient's; both of the hospital's where nobody has chosen."""
    chosen = facts.ticket.language
    if chosen is None:
        others = [language for language in facts.hospital.hospital.languages if language != "zh"]
        return ["zh", *others]
    return ["zh"] if chosen == "zh" else ["zh", "en"]


def ticket_slip(facts: TicketFacts) -> Slip:
    """Return the slip a patient takes along."""
    languages = languages_of(facts)
    rows: list[Row] = []
    if facts.copy:
        rows.append(Line(" / ".join(COPY.fill(n=facts.copy).of(language) for language in ("zh", "en")), bold=True))
    rows += _titles(facts.hospital.hospital.name, languages, size=1)
    rows += _titles(facts.hospital.clinic_name(facts.ticket.clinic), languages, size=2)
    rows.append(Line(facts.ticket.number, size=NUMBER_SIZE, bold=True))
    for text in _told(facts):
        rows += [Line(text.of(language), bold=language == "zh") for language in languages]
    rows.append(Rule())
    for text in _small_print(facts):
        rows += [Line(text.of(language), align="left") for language in languages]
    rows.append(Qr(facts.ticket.id))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """All a duty room's page tells: for whom, since when, the how-manieth time, and whether somebody has answered."""

    ticket: Ticket
    hospital: Hospital
    page: Page
    copy: int = 0


def page_slip(facts: PageFacts) -> Slip:
    """Return the slip that wakes the doctor on call."""
    page, languages = facts.page, facts.hospital.hospital.languages
    told = [PAGED.fill(n=page.rounds), PAGED_AT.fill(at=_local(page.at, facts.hospital))]
    if page.closed_at:
        told.append(ANSWERED.fill(at=_local(page.closed_at, facts.hospital), by=page.closed_by or ""))
    rows: list[Row] = []
    if facts.copy:
        rows.append(Line(" / ".join(COPY.fill(n=facts.copy).of(language) for language in ("zh", "en")), bold=True))
    rows += [Line(WANTED.of(language), size=2, bold=True) for language in languages]
    rows += _titles(facts.hospital.clinic_name(page.clinic), languages, size=2)
    rows.append(Line(page.number, size=NUMBER_SIZE, bold=True))
    if facts.ticket.level < LEVEL_ORDINARY:
        rows.append(Line(level_numeral(facts.ticket.level), size=2, bold=True))
    rows += [Line(text.of(language)) for text in told for language in languages]
    rows.append(Rule())
    rows += [Line(ANSWER.of(language), align="left") for language in languages]
    return tuple(rows)


def _titles(name: Text, languages: list[Language], size: int) -> list[Row]:
    return [Line(name.of(language), size=size if language == "zh" else 1, bold=True) for language in languages]


def _told(facts: TicketFacts) -> list[Text]:
    if facts.standing is None:
        return [NO_LONGER_WAITING]
    low, high = facts.standing.wait_minutes
    ahead = AHEAD.fill(n=facts.standing.ahead) if facts.standing.ahead else NEXT
    return [ahead, WAIT.fill(low=low, high=high)]


def _small_print(facts: TicketFacts) -> list[Text]:
    texts = []
    clinic = facts.hospital.clinics.get(facts.ticket.clinic)
    if clinic and clinic.route:
        texts.append(ROUTE.fill(route=clinic.route))
    texts.append(TAKEN.fill(at=_local(facts.ticket.arrived_at, facts.hospital)))
    texts.append(LISTEN)
    if facts.hospital.hospital.hotline:
        texts.append(HOTLINE.fill(n=facts.hospital.hospital.hotline))
    return texts


def _local(moment: datetime, hospital: Hospital) -> str:
    return f"{moment.astimezone(hospital.zone):%Y-%m-%d %H:%M}"
