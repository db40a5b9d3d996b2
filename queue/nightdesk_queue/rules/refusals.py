"""Every "no" of the queue, worded once in both languages: what is wrong and what to do instead.

Functions that check raise `Refused` themselves and return what they checked; the others return the error to raise.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

from nightdesk_queue.config import Clinic, Hospital, Kiosk
from nightdesk_queue.domain.errors import Refused, TooFast
from nightdesk_queue.domain.states import STATE_TEXTS
from nightdesk_queue.domain.tickets import Standing, State, Ticket, level_numeral
from nightdesk_queue.rules.hours import Evening, Opening
from nightdesk_queue.text.bilingual import Text, joined, same
from nightdesk_queue.text.cleaning import clean

URGENT_LEVELS = (1, 2)


def known_clinic(hospital: Hospital, clinic_id: str) -> Clinic:
    """Return the clinic. Raises Refused: unknown_clinic."""
    clinic = hospital.clinics.get(clinic_id)
    if clinic is None:
        raise _unknown(
            "unknown_clinic",
            Text(zh="没有门诊 {id}", en="there is no clinic {id}"),
            clinic_id,
            hospital.clinics,
        )
    return clinic


def clinic_of_room(hospital: Hospital, room: str) -> Clinic:
    """Return the clinic a room belongs to. Raises Refused: unknown_room."""
    clinic = hospital.clinic_of_room.get(room)
    if clinic is None:
        text = Text(zh="没有哪个门诊有诊室 {id}", en="no clinic has a room {id}")
        raise _unknown("unknown_room", text, room, hospital.clinic_of_room)
    return clinic


def known_priorities(hospital: Hospital, ids: Iterable[str]) -> list[str]:
    """Return the priority ids, each once and in their given order. Raises Refused: unknown_priority."""
    listed = list(dict.fromkeys(ids))
    for id_ in listed:
        if id_ not in hospital.priorities:
            text = Text(zh="没有优先类别 {id}", en="there is no priority {id}")
            raise _unknown("unknown_priority", text, id_, hospital.priorities)
    return listed


def known_kiosk(hospital: Hospital, kiosk_id: str | None, clinic: Clinic) -> None:
    """Do nothing where a kiosk offers a clinic. Raises Refused: unknown_kiosk, not_offered."""
    if kiosk_id is None:
        return
    if clinic not in hospital.offered_at(kiosk_of(hospital, kiosk_id)):
        raise Refused(
            "not_offered",
            Text(
                zh="自助机 {kiosk} 不提供{clinic}；请到分诊台取号",
                en="kiosk {kiosk} does not offer {clinic}; ask at triage",
            ).fill(kiosk=kiosk_id, clinic=clinic.name),
        )


def kiosk_of(hospital: Hospital, kiosk_id: str) -> Kiosk:
    """Return a kiosk that is configured. Raises Refused: unknown_kiosk."""
    kiosk = hospital.kiosks.get(kiosk_id)
    if kiosk is None:
        text = Text(zh="没有自助机 {id}", en="there is no kiosk {id}")
        raise _unknown("unknown_kiosk", text, kiosk_id, hospital.kiosks)
    return kiosk


def too_fast(seconds: float) -> TooFast:
    """Return the refusal of a number at a kiosk that has given several in one go."""
    text = Text(zh="这台机器取号太快，请等 {n} 秒再取", en="this kiosk gives its next number in {n} s, please wait")
    return TooFast(text.fill(n=math.ceil(seconds)), seconds)


def not_urgent(level: int) -> Refused:
    """Return the refusal to send a patient of another level than I or II to Emergency as one of those."""
    text = Text(zh="{level} 级不送急诊，只有 I、II 级送", en="level {level} is not sent to Emergency, I and II are")
    return Refused("unknown_level", text.fill(level=level))


def queueing_level(hospital: Hospital, level: int | None) -> int | None:
    """Return a level that may wait: III, IV or none given. Raises Refused: red_flag for I and II, unknown_level."""
    if level in URGENT_LEVELS:
        raise red_flag(hospital)
    if level not in (None, 3, 4):
        raise Refused(
            "unknown_level",
            Text(zh="没有分诊级别 {level}；可用 3 或 4", en="there is no triage level {level}; use 3 or 4").fill(
                level=level
            ),
        )
    return level


def red_flag(hospital: Hospital) -> Refused:
    """Return the refusal for a patient who must not wait: the way to Emergency."""
    emergency = hospital.hospital.emergency
    return Refused(
        "red_flag",
        Text(
            zh="不能排队：{route}(急救电话 {phone})",
            en="no number for this patient: {route} (emergency telephone {phone})",
        ).fill(route=emergency.route, phone=emergency.phone),
    )


def closed(hospital: Hospital, clinic: Clinic, hours: Opening) -> Refused:
    """Return the refusal of a closed clinic, with when it opens next."""
    if hours.next_opens is None:
        text = Text(
            zh="{clinic}已停止取号，近期没有开诊安排",
            en="{clinic} gives no numbers now; no opening is planned",
        )
        return Refused("closed", text.fill(clinic=clinic.name))
    text = Text(zh="{clinic}现在不取号，{when}开始", en="{clinic} gives no numbers now; it opens {when}")
    return Refused("closed", text.fill(clinic=clinic.name, when=day_and_time(hospital, hours.next_opens)))


def day_and_time(hospital: Hospital, moment: datetime) -> Text:
    """Return a moment as people say it in the hospital's zone: `2026-03-02 17:30`."""
    return same(f"{moment.astimezone(hospital.zone):%Y-%m-%d %H:%M}")


def full(hospital: Hospital, clinic: Clinic, session: Evening) -> Refused:
    """Return the refusal of a session that has given all its tickets."""
    text = Text(
        zh="{clinic}本场 {quota} 个号已取完；{ask}",
        en="{clinic} has given all {quota} numbers of this session; {ask}",
    )
    return Refused("full", text.fill(clinic=clinic.name, quota=session.quota, ask=_ask(hospital)))


def no_time_left(hospital: Hospital, clinic: Clinic, session: Evening, told: Standing) -> Refused:
    """Return the refusal of a number that could not be served before closing."""
    text = Text(
        zh="{clinic} {closes} 关诊，前面还有 {n} 人，已排不上；{ask}",
        en="{clinic} closes at {closes} and {n} are waiting, there is not time enough; {ask}",
    )
    closes = f"{session.closes.astimezone(hospital.zone):%H:%M}"
    return Refused("full", text.fill(clinic=clinic.name, closes=closes, n=told.ahead, ask=_ask(hospital)))


def full_for_transfers(target: Clinic, quota: int) -> Refused:
    """Return the refusal of a transfer beyond what a clinic takes."""
    text = Text(
        zh="{clinic}本场接收转诊 {quota} 位，已满；患者仍在原处",
        en="{clinic} takes {quota} transferred patients and has them; the patient stays where they are",
    )
    return Refused("full", text.fill(clinic=target.name, quota=quota))


def suspended(hospital: Hospital, clinic: Clinic, notice: str | None) -> Refused:
    """Return the refusal of a clinic that staff have suspended."""
    text = Text(zh="{clinic}已停诊{why}；{ask}", en="{clinic} is suspended{why}; {ask}")
    why = Text(zh="：{n}", en=": {n}").fill(n=notice) if notice else Text("", "")
    return Refused("suspended", text.fill(clinic=clinic.name, why=why, ask=_ask(hospital)))


def not_suspended(clinic: Clinic) -> Refused:
    """Return the refusal to resume a clinic that runs."""
    text = Text(zh="{clinic}没有停诊", en="{clinic} is not suspended")
    return Refused("not_suspended", text.fill(clinic=clinic.name))


def room_taken(hospital: Hospital, room: str, owner: Clinic) -> Refused:
    """Return the refusal to move into the only room of a clinic that is at work."""
    text = Text(
        zh="{clinic}正在开诊，没有{room}就没有诊室了；换一个诊室，或先停诊{clinic}",
        en="{clinic} is at work and has no other room than {room}; name another, or suspend {clinic} first",
    )
    return Refused("room_taken", text.fill(room=hospital.room_name(room), clinic=owner.name))


def unknown_room(hospital: Hospital, room: str) -> Refused:
    """Return the refusal of a room that is not configured."""
    return _unknown("unknown_room", Text(zh="没有诊室 {id}", en="there is no room {id}"), room, hospital.rooms)


def same_level(ticket: Ticket) -> Refused:
    """Return the refusal to set the level a ticket has."""
    text = Text(zh="{number} 已是 {level} 级", en="{number} is on level {level} already")
    return Refused("same_level", text.fill(number=ticket.number, level=level_numeral(ticket.level)))


def nothing_changed(ticket: Ticket) -> Refused:
    """Return the refusal to write on a ticket what stands there already."""
    text = Text(zh="{number} 已经是这样", en="{number} says so already")
    return Refused("nothing_changed", text.fill(number=ticket.number))


def nobody_left_over(hospital: Hospital, clinic: str) -> Refused:
    """Return the refusal to decide about leftovers where there are none."""
    text = Text(zh="{clinic}没有未处理的遗留患者", en="{clinic} has nobody left over to decide about")
    return Refused("nobody_left_over", text.fill(clinic=hospital.clinic_name(clinic)))


def too_early(hospital: Hospital, ticket: Ticket, opens: datetime) -> Refused:
    """Return the refusal to check in before the slot's window."""
    text = Text(zh="{number} 还没到报到时间，{at} 起可报到", en="{number} can check in from {at} on")
    return Refused("too_early", text.fill(number=ticket.number, at=day_and_time(hospital, opens)))


def too_late(hospital: Hospital, clinic: Clinic, slot_at: datetime) -> Refused:
    """Return the refusal of a booking in the past."""
    text = Text(zh="预约时间 {at} 已过；写一个以后的时间", en="the slot {at} is over; name one to come")
    return Refused("too_late", text.fill(at=day_and_time(hospital, slot_at), clinic=clinic.name))


def no_session_then(hospital: Hospital, clinic: Clinic, slot_at: datetime) -> Refused:
    """Return the refusal of a booking at a time when the clinic is closed."""
    text = Text(
        zh="{clinic}在 {at} 不开诊；换一个开诊时间", en="{clinic} is closed at {at}; name a time when it is open"
    )
    return Refused("closed", text.fill(clinic=clinic.name, at=day_and_time(hospital, slot_at)))


def not_left_over(ticket: Ticket) -> Refused:
    """Return the refusal to decide about somebody whose session is not over."""
    text = Text(
        zh="{number} 不是上一场遗留的患者；用 transfer、cancel 等命令",
        en="{number} is not left over from a session; use transfer, cancel and so on",
    )
    return Refused("not_left_over", text.fill(number=ticket.number))


def nothing_to_undo(station: str | None) -> Refused:
    """Return the refusal where a station (None: this one) has done nothing that could be taken back."""
    if station is None:
        here = Text(zh="这里没有可撤销的操作", en="nothing was done here that could be taken back")
        return Refused("nothing_to_undo", here)
    text = Text(zh="工位 {station} 没有可撤销的操作", en="station {station} has done nothing that could be taken back")
    return Refused("nothing_to_undo", text.fill(station=station))


def moved_on(number: Text, step: Text, why: Text) -> Refused:
    """Return the refusal to take back a step in whose way a later one stands."""
    text = Text(zh="{number} 的“{step}”不能撤销：{why}", en="{step} of {number} cannot be taken back: {why}")
    return Refused("moved_on", text.fill(number=number, step=step, why=why))


def nobody_waiting(clinic: Clinic) -> Refused:
    """Return the refusal of a call to an empty queue."""
    text = Text(zh="{clinic}没有人候诊", en="nobody is waiting at {clinic}")
    return Refused("nobody_waiting", text.fill(clinic=clinic.name))


def only_just_back(clinic: Clinic, ticket: Ticket, seconds: int) -> Refused:
    """Return the refusal of a call where only patients wait who reported again this minute."""
    text = Text(
        zh="{clinic}只有刚重新报到的 {number}，{s} 秒后可叫；急需可指定号码呼叫",
        en="only {number} is waiting at {clinic}, who reported again just now and can be called in {s} s; "
        "call that number by name if you must",
    )
    return Refused("nobody_waiting", text.fill(clinic=clinic.name, number=ticket.number, s=seconds))


def unknown_display(name: str, known: Iterable[str]) -> Refused:
    """Return the refusal of a call screen that the configuration does not have."""
    return _unknown("unknown_display", Text(zh="没有叫号屏 {id}", en="there is no call screen {id}"), name, known)


def unknown_page(name: str) -> Refused:
    """Return the refusal of a page nobody has sent, or that has been answered."""
    text = Text(zh="没有未应答的值班呼叫 {name}", en="there is no unanswered page {name}")
    return Refused("unknown_page", text.fill(name=clean(name, 40) or "-"))


def unknown_alarm(seq: int) -> Refused:
    """Return the refusal of an alarm nobody has raised, or that is over."""
    return Refused("unknown_alarm", Text(zh="没有未确认的警报 {n}", en="there is no open alarm {n}").fill(n=seq))


def _ask(hospital: Hospital) -> Text:
    hotline = hospital.hospital.hotline
    if hotline:
        return Text(zh="请咨询分诊台或拨打 {n}", en="ask at triage or telephone {n}").fill(n=hotline)
    return Text(zh="请咨询分诊台", en="ask at triage")


def room_busy(hospital: Hospital, room: str, occupant: Ticket) -> Refused:
    """Return the refusal of a call to a room that has a patient."""
    finish = Text(zh="先完成、去检查或转诊", en="finish, hold or transfer that patient first")
    decide = Text(zh="先开始就诊、过号或转诊", en="start, miss or transfer that patient first")
    return Refused(
        "room_busy",
        Text(zh="{room}有 {number}({state})；{fix}", en="{room} has {number} ({state}); {fix}").fill(
            room=hospital.rooms[room].name,
            number=occupant.number,
            state=STATE_TEXTS[occupant.state],
            fix=finish if occupant.state is State.SERVING else decide,
        ),
    )


def not_called_enough(ticket: Ticket, missing: int) -> Refused:
    """Return the refusal of a miss before a patient was called as often as the clinic says."""
    text = Text(
        zh="{number} 才叫了 {n} 次，应叫 {of} 次；请重呼，或加 --at-once",
        en="{number} was called {n} of {of} times; call again, or add --at-once",
    )
    return Refused("not_called_enough", text.fill(number=ticket.number, n=ticket.calls, of=ticket.calls + missing))


def wrong_room(hospital: Hospital, ticket: Ticket, room: str, clinic: Clinic) -> Refused:
    """Return the refusal to call a ticket to a room of another clinic."""
    own = hospital.clinics.get(ticket.clinic)
    rooms = joined([hospital.rooms[id_].name for id_ in own.rooms]) if own else same("-")
    return Refused(
        "wrong_room",
        Text(
            zh="{number} 在{own}候诊，{room}属于{clinic}；可用诊室：{rooms}，或先转诊",
            en="{number} is in the queue of {own}, {room} belongs to {clinic}; use {rooms}, or transfer first",
        ).fill(
            number=ticket.number,
            own=own.name if own else ticket.clinic,
            room=hospital.rooms[room].name,
            clinic=clinic.name,
            rooms=rooms,
        ),
    )


def room_of_another_clinic(hospital: Hospital, room: str, clinic: Clinic) -> Refused:
    """Return the refusal of a room named together with a clinic it does not belong to."""
    text = Text(zh="{room}不属于{clinic}", en="{room} does not belong to {clinic}")
    return Refused("wrong_room", text.fill(room=hospital.rooms[room].name, clinic=clinic.name))


def unknown_ticket(name: str) -> Refused:
    """Return the refusal of a number or id nobody holds."""
    text = Text(
        zh="没有号码 {name}；写号码(如 N012)或票据编号",
        en="there is no ticket {name}; give a number such as N012, or its id",
    )
    return Refused("unknown_ticket", text.fill(name=clean(name, 40) or "-"))


def same_clinic_for_key(known: Ticket, clinic: Clinic) -> Ticket:
    """Return the ticket an idempotency key gave before. Raises Refused: key_in_use for one of another clinic."""
    if known.prefix != clinic.prefix:
        text = Text(zh="这个 key 已用于 {number}；请换一个", en="this key has given {number} already; use another")
        raise Refused("key_in_use", text.fill(number=known.number))
    return known


def accepted(hospital: Hospital, ticket: Ticket, target: Clinic) -> None:
    """Do nothing where a clinic takes a patient by transfer. Raises Refused: same_clinic, not_accepted."""
    if ticket.clinic == target.id:
        text = Text(zh="{number} 已在{clinic}", en="{number} is at {clinic} already")
        raise Refused("same_clinic", text.fill(number=ticket.number, clinic=target.name))
    accepted_from(hospital, ticket.clinic, target, ticket.number)


def accepted_from(hospital: Hospital, origin: str, target: Clinic, number: str | None) -> None:
    """Do nothing where a clinic takes patients from another; `number`: whose. Raises Refused: not_accepted."""
    sources = target.accepts_transfers_from
    if sources is not None and origin not in sources:
        names = joined([hospital.clinics[id_].name for id_ in sources]) if sources else same("-")
        text = Text(
            zh="{clinic}不接收从这里转来的 {number}；只接收：{names}",
            en="{clinic} does not take {number} from here, only from: {names}",
        )
        who = same(number) if number else Text(zh="患者", en="patients")
        raise Refused("not_accepted", text.fill(clinic=target.name, number=who, names=names))


def overtaken(ticket: Ticket) -> Refused:
    """Return the refusal when another process changed the ticket in between."""
    text = Text(
        zh="{number} 刚被别人改动；请再看一次",
        en="{number} was changed by somebody else just now; look again",
    )
    return Refused("wrong_state", text.fill(number=ticket.number))


def _unknown(code: str, text: Text, id_: str, known: Iterable[str]) -> Refused:
    # imported here: only a name that nobody knows is compared with those there are
    from difflib import get_close_matches  # noqa: PLC0415

    names = list(known)
    near = get_close_matches(id_, names, 1)
    fix = (
        Text(zh="；是否想写 {near}？", en="; did you mean {near}?").fill(near=near[0])
        if near
        else Text(zh="；可用：{names}", en="; use one of {names}").fill(names=", ".join(names))
    )
    filled = text.fill(id=clean(id_, 40) or "-")
    return Refused(code, Text(zh=filled.zh + fix.zh, en=filled.en + fix.en))
