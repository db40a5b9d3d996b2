"""Events: every change of the hospital's night, of one kind each, with its text and the shape of its data.

An event is written once and never changed. What a person typed is its `reason`; every other fact is a column or stands
in `data`, whose type belongs to the kind (`event_data`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from nightdesk_queue.domain.event_data import (
    Called,
    CheckedIn,
    ClockFixed,
    ClockStepped,
    Ended,
    EventData,
    Issued,
    KioskLook,
    ManyNumbers,
    NoPrinter,
    PageAnswered,
    PageSent,
    Parked,
    PressedBefore,
    Rejoined,
    ReportSent,
    SlipChanged,
    Undid,
)
from nightdesk_queue.domain.people import Role
from nightdesk_queue.domain.tickets import Lane
from nightdesk_queue.text.bilingual import Text

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"


class EventKind(StrEnum):
    """What happened. The first group are the steps of a ticket's life; `states` says when each is allowed."""

    ISSUE = "issue"
    EXPECT = "expect"
    CHECK_IN = "check_in"
    CALL = "call"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    HOLD = "hold"
    RETURN = "return"
    MISS = "miss"
    LAPSE = "lapse"
    REJOIN = "rejoin"
    TRANSFER = "transfer"
    CANCEL = "cancel"
    LEVEL = "level"
    GO_BACK = "go_back"
    NO_SHOW = "no_show"
    KEEP = "keep"
    CHANGE_BOOKING = "change_booking"
    LOOKED = "looked"
    NOTE = "note"
    BADGES = "badges"
    UPDATE = "update"
    HAND_IN = "hand_in"

    SUSPEND = "suspend"
    RESUME = "resume"
    MOVE = "move"
    ROOM_OPEN = "room_open"
    ROOM_PAUSE = "room_pause"
    ROOM_CLOSE = "room_close"
    CLOCK_FIX = "clock_fix"

    UNDO = "undo"

    RED_FLAG = "red_flag"
    HELP = "help"
    CANNOT_WALK = "cannot_walk"
    MANY_NUMBERS = "many_numbers"
    NO_PRINTER = "no_printer"
    NO_DISPLAY = "no_display"
    CLOCK_STEP = "clock_step"
    NOTICE_PARKED = "notice_parked"
    ALARM_SEEN = "alarm_seen"
    ALARM_OVER = "alarm_over"

    PAGE = "page"
    PAGE_ESCALATED = "page_escalated"
    PAGE_ANSWERED = "page_answered"
    PAGE_REOPENED = "page_reopened"

    SLIP_REPRINT = "slip_reprint"
    SLIP_RETRY = "slip_retry"
    SLIP_REDIRECT = "slip_redirect"
    SLIP_TO_BACKUP = "slip_to_backup"
    SLIP_DROPPED = "slip_dropped"
    SLIP_FAILED = "slip_failed"
    SLIP_UNKNOWN = "slip_unknown"

    KIOSK_SUSPEND = "kiosk_suspend"
    KIOSK_RESUME = "kiosk_resume"
    KIOSK_LOOK = "kiosk_look"
    KIOSK_PIN = "kiosk_pin"
    KIOSK_PIN_RIGHT = "kiosk_pin_right"
    KIOSK_PIN_WRONG = "kiosk_pin_wrong"

    STAFF_ADD = "staff_add"
    STAFF_CHANGE = "staff_change"
    STAFF_PIN = "staff_pin"
    STATION_ENROL = "station_enrol"
    SIGN_IN = "sign_in"
    SIGN_IN_WRONG = "sign_in_wrong"
    SIGN_OUT = "sign_out"

    REPORT_SENT = "report_sent"

    DISPLAY_TEST = "display_test"
    SPOKEN = "spoken"

    @property
    def text(self) -> Text:
        """The kind in words for staff."""
        return _TEXTS[self]

    @property
    def shape(self) -> type[EventData] | None:
        """The type of the event's data; None for a kind whose facts are all columns."""
        return _SHAPES.get(self)


_K = EventKind

TICKET_STEPS = (
    _K.ISSUE, _K.EXPECT, _K.CHECK_IN, _K.CALL, _K.RECALL, _K.START, _K.FINISH, _K.HOLD, _K.RETURN, _K.MISS, _K.LAPSE,
    _K.REJOIN, _K.TRANSFER, _K.CANCEL, _K.LEVEL, _K.GO_BACK, _K.NO_SHOW, _K.KEEP, _K.CHANGE_BOOKING, _K.NOTE,
    _K.BADGES, _K.UPDATE,
)  # fmt: skip
"""Steps of a ticket's life."""
CLINIC_STEPS = (_K.SUSPEND, _K.RESUME, _K.MOVE)
"""Steps with a whole clinic."""
ROOM_STEPS = (_K.ROOM_OPEN, _K.ROOM_PAUSE, _K.ROOM_CLOSE)
"""Steps with a room."""
UNDOABLE = (*TICKET_STEPS, *CLINIC_STEPS, *ROOM_STEPS, _K.CLOCK_FIX)
"""What `undo` can take back."""
ALARMS = (
    _K.RED_FLAG,
    _K.HELP,
    _K.CANNOT_WALK,
    _K.MANY_NUMBERS,
    _K.NO_PRINTER,
    _K.NO_DISPLAY,
    _K.CLOCK_STEP,
    _K.NOTICE_PARKED,
)
"""A person is needed: at a kiosk, at a call screen, or for the clock of the machine."""
PAGES_SENT = (_K.PAGE, _K.PAGE_ESCALATED)
"""A page went out to the doctor on call."""
ANSWERS_PAGE = frozenset({_K.CALL, _K.START, _K.CANCEL, _K.LAPSE, _K.NO_SHOW})
"""Steps that answer a ticket's page: somebody is there, or nobody waits any more."""

_TEXTS: dict[EventKind, Text] = {
    _K.ISSUE: Text(zh="取号", en="issue"),
    _K.HAND_IN: Text(zh="断线时取的号，补登", en="taken while cut off, handed in"),
    _K.CALL: Text(zh="呼叫", en="call"),
    _K.RECALL: Text(zh="重呼", en="recall"),
    _K.START: Text(zh="开始就诊", en="start"),
    _K.FINISH: Text(zh="完成", en="finish"),
    _K.HOLD: Text(zh="去检查", en="hold"),
    _K.RETURN: Text(zh="回诊", en="return"),
    _K.MISS: Text(zh="过号", en="miss"),
    _K.LAPSE: Text(zh="作废", en="lapse"),
    _K.REJOIN: Text(zh="重新报到", en="rejoin"),
    _K.TRANSFER: Text(zh="转诊", en="transfer"),
    _K.CANCEL: Text(zh="取消", en="cancel"),
    _K.EXPECT: Text(zh="预约登记", en="expect"),
    _K.CHECK_IN: Text(zh="报到", en="check in"),
    _K.LEVEL: Text(zh="改分诊级别", en="set the level"),
    _K.GO_BACK: Text(zh="完成并回原科室", en="finish and go back"),
    _K.NO_SHOW: Text(zh="爽约", en="no-show"),
    _K.KEEP: Text(zh="留诊", en="keep for service"),
    _K.CHANGE_BOOKING: Text(zh="更改预约", en="change the booking"),
    _K.SUSPEND: Text(zh="停诊", en="suspend"),
    _K.RESUME: Text(zh="恢复开诊", en="resume"),
    _K.MOVE: Text(zh="换诊室", en="move"),
    _K.ROOM_OPEN: Text(zh="诊室开诊", en="open the room"),
    _K.ROOM_PAUSE: Text(zh="诊室暂停", en="pause the room"),
    _K.ROOM_CLOSE: Text(zh="诊室下班", en="close the room"),
    _K.CLOCK_FIX: Text(zh="更正时钟错误", en="correct for a wrong clock"),
    _K.CLOCK_STEP: Text(zh="本机时钟跳变，请核对时间", en="the clock of the machine jumped, look at it"),
    _K.ALARM_OVER: Text(zh="警报解除", en="alarm over"),
    _K.UNDO: Text(zh="撤销", en="undo"),
    _K.RED_FLAG: Text(zh="危险征象，请立即查看", en="danger sign, look at once"),
    _K.HELP: Text(zh="请求帮助", en="help wanted"),
    _K.CANNOT_WALK: Text(zh="走不动，请推轮椅来", en="cannot walk, bring a wheelchair"),
    _K.MANY_NUMBERS: Text(zh="短时间内取号过多，请查看", en="many numbers in a short time, look at it"),
    _K.LOOKED: Text(zh="看过，级别不变", en="looked at, level stays"),
    _K.NOTE: Text(zh="备注", en="note"),
    _K.BADGES: Text(zh="改优先类别", en="set who goes first"),
    _K.UPDATE: Text(zh="更新资料", en="update"),
    _K.NOTICE_PARKED: Text(
        zh="急诊系统不接收通知，请电话告知急诊", en="Emergency's system refuses a notice, tell them by telephone"
    ),
    _K.KIOSK_SUSPEND: Text(zh="自助机停用", en="kiosk suspended"),
    _K.KIOSK_RESUME: Text(zh="自助机恢复", en="kiosk back in use"),
    _K.KIOSK_LOOK: Text(zh="自助机显示设置", en="look of the kiosk changed"),
    _K.KIOSK_PIN: Text(zh="自助机服务密码已更改", en="service PIN of the kiosks changed"),
    _K.KIOSK_PIN_RIGHT: Text(zh="输入服务密码正确", en="service PIN entered"),
    _K.KIOSK_PIN_WRONG: Text(zh="输入服务密码错误", en="wrong service PIN entered"),
    _K.STAFF_ADD: Text(zh="新增人员", en="member of staff added"),
    _K.STAFF_CHANGE: Text(zh="人员更改", en="member of staff changed"),
    _K.STAFF_PIN: Text(zh="人员密码已更改", en="PIN of a member of staff changed"),
    _K.STATION_ENROL: Text(zh="工位已登记", en="station enrolled"),
    _K.SIGN_IN: Text(zh="登录", en="signed in"),
    _K.SIGN_IN_WRONG: Text(zh="登录失败", en="sign-in failed"),
    _K.SIGN_OUT: Text(zh="退出登录", en="signed out"),
    _K.NO_DISPLAY: Text(zh="叫号屏离线，请口头叫号", en="the call screen is offline, call by voice"),
    _K.NO_PRINTER: Text(zh="没有可用的打印机，患者只能记号码", en="no printer works, patients have no slips"),
    _K.ALARM_SEEN: Text(zh="警报已确认", en="alarm seen"),
    _K.PAGE: Text(zh="呼叫值班医生", en="doctor on call paged"),
    _K.PAGE_ESCALATED: Text(zh="再次呼叫值班医生", en="paged again"),
    _K.PAGE_ANSWERED: Text(zh="值班医生已应答", en="page answered"),
    _K.PAGE_REOPENED: Text(zh="重新呼叫值班医生", en="page open again"),
    _K.SLIP_REPRINT: Text(zh="补打小票", en="slip asked for again"),
    _K.SLIP_RETRY: Text(zh="小票重试", en="slip tried again"),
    _K.SLIP_REDIRECT: Text(zh="小票改到另一打印机", en="slip sent to another printer"),
    _K.SLIP_TO_BACKUP: Text(zh="小票转备用打印机", en="slip to the backup printer"),
    _K.SLIP_DROPPED: Text(zh="小票不再需要", en="slip no longer needed"),
    _K.SLIP_FAILED: Text(zh="小票打印失败", en="slip failed"),
    _K.SLIP_UNKNOWN: Text(zh="小票是否打出不明", en="not known whether the slip came out"),
    _K.REPORT_SENT: Text(zh="报告已送出", en="report delivered"),
    _K.DISPLAY_TEST: Text(zh="测试叫号屏", en="call screen tested"),
    _K.SPOKEN: Text(zh="已语音播报", en="spoken"),
}

RAISED_BY_PATIENTS = frozenset({_K.RED_FLAG, _K.CANNOT_WALK, _K.HELP})
"""Alarms that a person at a kiosk raises: somebody needs help there now."""

_SHAPES: dict[EventKind, type[EventData]] = {
    _K.ISSUE: Issued,
    _K.CHECK_IN: CheckedIn,
    _K.CALL: Called,
    _K.RECALL: Called,
    _K.FINISH: Ended,
    _K.MISS: Ended,
    _K.CANCEL: Ended,
    _K.REJOIN: Rejoined,
    _K.UNDO: Undid,
    _K.NO_PRINTER: NoPrinter,
    _K.MANY_NUMBERS: ManyNumbers,
    _K.NOTICE_PARKED: Parked,
    _K.RED_FLAG: PressedBefore,
    _K.HELP: PressedBefore,
    _K.CANNOT_WALK: PressedBefore,
    _K.KIOSK_LOOK: KioskLook,
    _K.CLOCK_STEP: ClockStepped,
    _K.CLOCK_FIX: ClockFixed,
    _K.REPORT_SENT: ReportSent,
    _K.PAGE: PageSent,
    _K.PAGE_ESCALATED: PageSent,
    _K.PAGE_ANSWERED: PageAnswered,
    _K.SLIP_REPRINT: SlipChanged,
    _K.SLIP_RETRY: SlipChanged,
    _K.SLIP_REDIRECT: SlipChanged,
    _K.SLIP_TO_BACKUP: SlipChanged,
    _K.SLIP_DROPPED: SlipChanged,
    _K.SLIP_FAILED: SlipChanged,
    _K.SLIP_UNKNOWN: SlipChanged,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change, as written: the columns it touched `before` and `after` (None where there was no ticket).

    `reason`: words a person typed. `lane` and `level`: those a call was made from. `target`: the clinic a transfer led
    to, the call screen that was tested, the room, kiosk, station or member of staff that was changed, or the kiosk
    whose numbers were taken back. `about`: the seq of another event (the call that was spoken, the last alarm that was
    seen). `undoes`: the seq of the event that this one took back. `act`: the seq of the first event of the same act,
    where one act wrote several.
    """

    seq: int
    at: datetime
    actor: str
    role: Role
    station: str
    kind: EventKind
    ticket: str | None = None
    number: str | None = None
    clinic: str | None = None
    reason: str | None = None
    before: dict[str, JsonValue] | None = None
    after: dict[str, JsonValue] | None = None
    undoes: int | None = None
    lane: Lane | None = None
    level: int | None = None
    target: str | None = None
    about: int | None = None
    act: int | None = None
    data: EventData | None = None
