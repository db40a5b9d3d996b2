"""A ticket's whole story in sentences, from its events, slips, pages and the devices meanwhile: what `explain` tells.

It answers what is asked the morning after: why this slip did not print at 03:12, why N012 was called before N010, why
nobody answered the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nightdesk_kiosk.device_wording import cause_text, slip_kind_text, slip_state_text, state_text
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain import event_data as shapes
from nightdesk_queue.domain.devices import DeviceChange
from nightdesk_queue.domain.events import Event, EventKind
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.slips import SlipJob
from nightdesk_queue.domain.tickets import LEVEL_ORDINARY, Lane, Ticket, reason_text
from nightdesk_queue.queries.ticket_facts import Overtaking, TicketFacts
from nightdesk_queue.text.bilingual import Text, joined, same

BY = Text(zh="{what}({who}，{where}){more}", en="{what} ({who}, {where}){more}")
MORE = Text(zh="：{more}", en=": {more}")
TO_ROOM = Text(zh="到{room}，原因：{why}", en="to {room}, because: {why}")
AT_LEVEL = Text(zh="分诊级别 {level}", en="triage level {level}")
TO_CLINIC = Text(zh="转到{clinic}", en="to {clinic}")
WITH_OTHERS = Text(zh="与自助机 {kiosk} 的其他号一起收回", en="taken back with the other numbers of kiosk {kiosk}")
GONE_TO = Text(zh="去{place}", en="to {place}")
WORDS = Text(zh="“{words}”", en="“{words}”")
PLACES = Text(zh="应排在 {wanted} 人之后，实际 {ahead} 人", en="{wanted} were to be called before, it became {ahead}")
CALLED_TIMES = Text(zh="第 {n} 次", en="call {n}")
ROUND = Text(zh="第 {n} 次", en="round {n}")
TOOK_BACK = Text(zh="撤销“{what}”", en="took back: {what}")
CREDITED = Text(zh="等候从 {at} 算起", en="waits from {at} on")
SLIP = Text(zh="{kind} #{id} 交给打印机 {printer}", en="{kind} #{id} is given to printer {printer}")
SLIP_NOW = Text(zh="{kind} #{id}：{state}{copy}，{n} 次尝试{cause}", en="{kind} #{id}: {state}{copy}, {n} tries{cause}")
COPY = Text(zh="，补打 {n}", en=", copy {n}")
BECAUSE = Text(zh="，曾因：{cause}", en=", in its way was: {cause}")
PRINTER_WAS = Text(zh="打印机 {printer}：{state}{cause}", en="printer {printer}: {state}{cause}")
WITH_CAUSE = Text(zh="({cause})", en=" ({cause})")
PAGE_ANSWERED = Text(zh="值班呼叫已应答：{by}，共 {n} 次", en="the page was answered: {by}, after {n} rounds")
PAGE_OPEN = Text(
    zh="值班呼叫没有人应答，已发 {n} 次{post}", en="nobody has answered the page, {n} rounds went out{post}"
)
POST_FAILED = Text(zh="；发送失败：{cause}", en="; its post failed: {cause}")
CAME_LATER = Text(
    zh="{number} 取号更晚，却先被叫：{why}", en="{number} came later and was called before this patient: {why}"
)
CAME_EARLIER = Text(zh="先于更早取号的 {number} 被叫：{why}", en="called before {number}, who had come earlier: {why}")


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One sentence of a story, and when it happened."""

    at: datetime
    text: Text


def story(facts: TicketFacts, hospital: Hospital) -> list[StoryLine]:
    """Return the story of a ticket in the order in which it happened."""
    told = [
        *_devices(facts.devices),
        *(StoryLine(event.at, _event(event, facts.ticket, hospital)) for event in facts.events),
        *_overtakings(facts.overtakings),
        *_slips(facts.slips),
        *_pages(facts.pages),
    ]
    return sorted(told, key=lambda line: line.at)


def _event(event: Event, ticket: Ticket, hospital: Hospital) -> Text:
    more = [*_details(event, ticket, hospital)]
    if event.reason:
        more.append(WORDS.fill(words=event.reason))
    told = MORE.fill(more=joined(more, "，", ", ")) if more else same("")
    return BY.fill(what=event.kind.text, who=event.actor, where=event.station, more=told)


def _details(event: Event, ticket: Ticket, hospital: Hospital) -> Iterator[Text]:
    after = event.after or {}
    if event.kind in (EventKind.ISSUE, EventKind.EXPECT, EventKind.HAND_IN) and event.clinic:
        yield hospital.clinic_name(event.clinic)
        if after.get("level", LEVEL_ORDINARY) != LEVEL_ORDINARY:
            yield AT_LEVEL.fill(level=after["level"])
    if event.kind is EventKind.CALL and isinstance(event.data, shapes.Called):
        why = reason_text(event.data.choice, event.lane or Lane.FIRST)
        yield TO_ROOM.fill(room=hospital.room_name(str(after.get("room") or ticket.room or "")), why=why)
    if event.kind is EventKind.RECALL:
        yield CALLED_TIMES.fill(n=after.get("calls", "?"))
    if event.target is not None and (told := _OF_TARGET.get(event.kind)) is not None:
        yield told(event.target, hospital)
    if event.kind is EventKind.HOLD and after.get("held_to"):
        yield GONE_TO.fill(place=after["held_to"])
    if event.kind is EventKind.LEVEL:
        yield AT_LEVEL.fill(level=after.get("level", "?"))
    if (queued_at := after.get("queued_at")) and event.kind is not EventKind.ISSUE:
        yield CREDITED.fill(at=f"{datetime.fromisoformat(str(queued_at)).astimezone(hospital.zone):%H:%M}")
    if event.data is not None and (word := _OF_DATA.get(type(event.data))) is not None:
        yield word(event.data)


_OF_TARGET: dict[EventKind, Callable[[str, Hospital], Text]] = {
    EventKind.TRANSFER: lambda clinic, hospital: TO_CLINIC.fill(clinic=hospital.clinic_name(clinic)),
    EventKind.CANCEL: lambda kiosk, _: WITH_OTHERS.fill(kiosk=kiosk),
}
_OF_DATA: dict[type[shapes.EventData], Callable[[Any], Text]] = {
    shapes.Rejoined: lambda data: PLACES.fill(wanted=data.wanted, ahead=data.ahead),
    shapes.PageSent: lambda data: ROUND.fill(n=data.round),
    shapes.Undid: lambda data: TOOK_BACK.fill(what=EventKind(data.kind).text),
    shapes.SlipChanged: lambda data: joined(
        [
            same(f"#{data.job}"),
            *([same(f"{data.from_printer} → {data.printer}")] if data.from_printer else []),
            *([cause_text(data.why)] if data.why else []),
        ]
    ),
}


def _overtakings(found: Sequence[Overtaking]) -> Iterator[StoryLine]:
    for one in found:
        words = CAME_LATER if one.passed_us else CAME_EARLIER
        yield StoryLine(one.at, words.fill(number=one.number, why=reason_text(one.reason, one.lane)))


def _slips(jobs: Sequence[SlipJob]) -> Iterator[StoryLine]:
    for job in jobs:
        kind = slip_kind_text(job.kind)
        yield StoryLine(job.queued_at, SLIP.fill(kind=kind, id=job.id, printer=job.home))
        cause = job.cause or job.last_cause
        yield StoryLine(
            job.changed_at,
            SLIP_NOW.fill(
                kind=kind,
                id=job.id,
                state=slip_state_text(job.state),
                copy=COPY.fill(n=job.copy) if job.copy else same(""),
                n=job.attempts,
                cause=BECAUSE.fill(cause=cause_text(cause)) if cause else same(""),
            ),
        )


def _devices(changes: Sequence[DeviceChange]) -> Iterator[StoryLine]:
    for one in changes:
        cause = WITH_CAUSE.fill(cause=cause_text(one.cause)) if one.cause else same("")
        yield StoryLine(one.at, PRINTER_WAS.fill(printer=one.device, state=state_text(one.state), cause=cause))


def _pages(found: Sequence[Page]) -> Iterator[StoryLine]:
    for page in found:
        if page.closed_at is not None:
            yield StoryLine(page.closed_at, PAGE_ANSWERED.fill(by=page.closed_by, n=page.rounds))
            continue
        post = POST_FAILED.fill(cause=page.post_cause) if page.post_cause else same("")
        yield StoryLine(page.last_at, PAGE_OPEN.fill(n=page.rounds, post=post))
