"""Who may do what: one table of roles and commands, asked in one place (`commands/work`)."""

from __future__ import annotations

from enum import StrEnum

from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.people import SIGNED_IN, Role
from nightdesk_queue.text.bilingual import Text, joined


class Command(StrEnum):
    """Everything that writes, one name a command."""

    ISSUE = "issue"
    GIVE_EXTRA = "give_extra"
    ISSUE_WITH_LEVEL = "issue_with_level"
    TELL = "tell"
    EXPECT = "expect"
    CHANGE_BOOKING = "change_booking"
    CHECK_IN = "check_in"
    LAPSE_NO_SHOWS = "lapse_no_shows"
    REPORT = "report"
    CALL = "call"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    HOLD = "hold"
    RETURN = "return"
    MISS = "miss"
    REJOIN = "rejoin"
    TRANSFER = "transfer"
    SET_LEVEL = "set_level"
    LOOK_AT = "look_at"
    SET_NOTE = "set_note"
    SET_BADGES = "set_badges"
    SEND_TO_EMERGENCY = "send_to_emergency"
    KEEP = "keep"
    RELEASE = "release"
    CANCEL = "cancel"
    SUSPEND = "suspend"
    RESUME = "resume"
    MOVE_CLINIC = "move_clinic"
    UNDO = "undo"
    RAISE_ALARM = "raise_alarm"
    ACKNOWLEDGE_ALARMS = "acknowledge_alarms"
    END_ALARM = "end_alarm"
    SET_ROOM = "set_room"
    FIX_CLOCK = "fix_clock"
    ACKNOWLEDGE_PAGES = "acknowledge_pages"
    ESCALATE_PAGE = "escalate_page"
    RESTART_PAGES = "restart_pages"
    NOTE_POST = "note_post"
    REPRINT = "reprint"
    RETRY_SLIP = "retry_slip"
    PRINT_TEST_PAGE = "print_test_page"
    PRINT_LIST = "print_list"
    PRINT_ALARM = "print_alarm"
    MOVE_SLIP = "move_slip"
    REPORT_DEVICE = "report_device"
    TEST_DISPLAY = "test_display"
    NOTE_SPOKEN = "note_spoken"
    NOTE_PROGRAM = "note_program"
    NOTE_REPORT = "note_report"
    TAKE_BACK_NUMBERS = "take_back_numbers"
    SUSPEND_KIOSK = "suspend_kiosk"
    SET_LOOK = "set_look"
    SET_PIN = "set_pin"
    TRY_PIN = "try_pin"
    MANAGE_STAFF = "manage_staff"
    SIGN_IN = "sign_in"
    REFER = "refer"
    NOTE_MESSAGE = "note_message"
    SETTLE_MESSAGE = "settle_message"
    SEND_NOTICE = "send_notice"
    RETRY_NOTICE = "retry_notice"
    FORGET_MESSAGES = "forget_messages"
    WIPE_NAMES = "wipe_names"
    SHARE_CONFIG = "share_config"
    HAND_IN = "hand_in"
    ARCHIVE = "archive"
    REMEMBER_CLINICS = "remember_clinics"


_C = Command

_OF_PATIENTS = frozenset(
    {
        _C.ISSUE,
        _C.TELL,
        _C.CHECK_IN,
        _C.REPORT,
        _C.REJOIN,
        _C.RETURN,
        _C.REPRINT,
        _C.RAISE_ALARM,
        _C.TRY_PIN,
    }
)
_OF_SERVICES = frozenset(
    {
        _C.WIPE_NAMES,
        _C.ARCHIVE,
        _C.LAPSE_NO_SHOWS,
        _C.RAISE_ALARM,
        _C.END_ALARM,
        _C.ESCALATE_PAGE,
        _C.RESTART_PAGES,
        _C.NOTE_POST,
        _C.PRINT_LIST,
        _C.PRINT_ALARM,
        _C.MOVE_SLIP,
        _C.REPORT_DEVICE,
        _C.NOTE_SPOKEN,
        _C.NOTE_PROGRAM,
        _C.NOTE_REPORT,
        _C.SEND_NOTICE,
        _C.FORGET_MESSAGES,
        _C.HAND_IN,
        _C.REMEMBER_CLINICS,
    }
)
_OF_SERVICES_ONLY = frozenset(
    {
        _C.END_ALARM,
        _C.ESCALATE_PAGE,
        _C.RESTART_PAGES,
        _C.NOTE_POST,
        _C.PRINT_ALARM,
        _C.MOVE_SLIP,
        _C.REPORT_DEVICE,
        _C.NOTE_SPOKEN,
        _C.NOTE_PROGRAM,
        _C.NOTE_REPORT,
        _C.SEND_NOTICE,
        _C.FORGET_MESSAGES,
        _C.HAND_IN,
        _C.REMEMBER_CLINICS,
    }
)
_OF_INTERFACES = frozenset(
    {
        _C.REFER,
        _C.NOTE_MESSAGE,
        _C.ISSUE,
        _C.ISSUE_WITH_LEVEL,
        _C.EXPECT,
        _C.CHANGE_BOOKING,
        _C.CHECK_IN,
        _C.REJOIN,
        _C.TRANSFER,
        _C.SEND_TO_EMERGENCY,
        _C.CANCEL,
        _C.UNDO,
    }
)

_OF_ADMINS_ONLY = frozenset({_C.MANAGE_STAFF, _C.SET_PIN, _C.FIX_CLOCK, _C.WIPE_NAMES, _C.SHARE_CONFIG, _C.ARCHIVE})
_OF_ROOMS = frozenset(
    {
        _C.CALL,
        _C.RECALL,
        _C.START,
        _C.FINISH,
        _C.HOLD,
        _C.RETURN,
        _C.MISS,
        _C.REJOIN,
        _C.CHECK_IN,
        _C.UNDO,
        _C.SET_ROOM,
        _C.SET_NOTE,
        _C.REPRINT,
        _C.RAISE_ALARM,
        _C.ACKNOWLEDGE_ALARMS,
        _C.SIGN_IN,
    }
)
_OF_DOCTORS = _OF_ROOMS | {
    _C.TRANSFER,
    _C.SET_LEVEL,
    _C.LOOK_AT,
    _C.SET_BADGES,
    _C.ISSUE_WITH_LEVEL,
    _C.SEND_TO_EMERGENCY,
    _C.ISSUE,
    _C.TELL,
    _C.GIVE_EXTRA,
    _C.EXPECT,
    _C.KEEP,
    _C.RELEASE,
    _C.CANCEL,
    _C.ACKNOWLEDGE_PAGES,
}
_OF_STAFF = frozenset(Command) - _OF_SERVICES_ONLY

ALLOWED: dict[Role, frozenset[Command]] = {
    Role.PATIENT: _OF_PATIENTS,
    Role.SYSTEM: _OF_SERVICES,
    Role.INTERFACE: _OF_INTERFACES,
    Role.STAFF: _OF_STAFF,
    Role.TRIAGE: _OF_STAFF - _OF_ADMINS_ONLY,
    Role.DOCTOR: _OF_DOCTORS,
    Role.ROOM: _OF_ROOMS,
    Role.ADMIN: _OF_STAFF,
}
"""What each role may do. A kiosk can raise urgency (an alarm), never set a level or give an extra number.

Triage does all of the hall; a doctor gives extra numbers, sends elsewhere and sets levels; whoever helps in a room
calls and notes who came. Staff without a sign-in are those of the command line, who look after the machine, and
everybody where no staff are set up.
"""

_TEXTS: dict[Command, Text] = {
    _C.ISSUE: Text(zh="取号", en="issuing a number"),
    _C.GIVE_EXTRA: Text(zh="加号", en="an extra number"),
    _C.ISSUE_WITH_LEVEL: Text(zh="设定分诊级别", en="setting a triage level"),
    _C.TELL: Text(zh="告知等候时间", en="telling the wait"),
    _C.EXPECT: Text(zh="预约登记", en="expecting a patient"),
    _C.CHANGE_BOOKING: Text(zh="更改预约", en="changing a booking"),
    _C.CHECK_IN: Text(zh="报到", en="checking in"),
    _C.LAPSE_NO_SHOWS: Text(zh="作废爽约号", en="letting no-shows lapse"),
    _C.REPORT: Text(zh="自助报到", en="reporting at a kiosk"),
    _C.CALL: Text(zh="呼叫", en="calling"),
    _C.RECALL: Text(zh="重呼", en="calling again"),
    _C.START: Text(zh="开始就诊", en="starting a consultation"),
    _C.FINISH: Text(zh="完成就诊", en="finishing a consultation"),
    _C.HOLD: Text(zh="安排检查", en="sending to an examination"),
    _C.RETURN: Text(zh="回诊登记", en="taking a patient back"),
    _C.MISS: Text(zh="过号", en="marking as missed"),
    _C.REJOIN: Text(zh="重新报到", en="rejoining"),
    _C.TRANSFER: Text(zh="转诊", en="transferring"),
    _C.SET_LEVEL: Text(zh="设定分诊级别", en="setting a triage level"),
    _C.LOOK_AT: Text(zh="复看患者", en="looking at a patient again"),
    _C.SET_NOTE: Text(zh="写备注", en="writing a note"),
    _C.SET_BADGES: Text(zh="改优先类别", en="setting who goes first"),
    _C.SEND_TO_EMERGENCY: Text(zh="送急诊", en="sending to Emergency"),
    _C.KEEP: Text(zh="留诊", en="keeping for service"),
    _C.RELEASE: Text(zh="放行", en="releasing"),
    _C.CANCEL: Text(zh="取消号码", en="cancelling a number"),
    _C.SUSPEND: Text(zh="停诊", en="suspending a clinic"),
    _C.RESUME: Text(zh="恢复开诊", en="resuming a clinic"),
    _C.MOVE_CLINIC: Text(zh="换诊室", en="moving a clinic"),
    _C.UNDO: Text(zh="撤销", en="undoing"),
    _C.RAISE_ALARM: Text(zh="报警", en="raising an alarm"),
    _C.ACKNOWLEDGE_ALARMS: Text(zh="确认警报", en="acknowledging alarms"),
    _C.END_ALARM: Text(zh="解除警报", en="ending an alarm"),
    _C.SET_ROOM: Text(zh="开关诊室", en="opening or closing a room"),
    _C.FIX_CLOCK: Text(zh="更正时钟错误", en="correcting for a wrong clock"),
    _C.ACKNOWLEDGE_PAGES: Text(zh="应答值班呼叫", en="answering a page"),
    _C.ESCALATE_PAGE: Text(zh="再次呼叫值班医生", en="sending a page again"),
    _C.RESTART_PAGES: Text(zh="重新计时值班呼叫", en="counting a page anew"),
    _C.NOTE_POST: Text(zh="记录呼叫发送", en="noting a post"),
    _C.REPRINT: Text(zh="补打小票", en="printing a slip again"),
    _C.RETRY_SLIP: Text(zh="重试打印", en="trying a slip again"),
    _C.PRINT_TEST_PAGE: Text(zh="打印测试页", en="printing a test page"),
    _C.PRINT_LIST: Text(zh="打印场次清单", en="printing a list"),
    _C.PRINT_ALARM: Text(zh="打印报警单", en="printing an alarm"),
    _C.MOVE_SLIP: Text(zh="改变小票状态", en="moving a slip on"),
    _C.REPORT_DEVICE: Text(zh="报告设备状态", en="reporting a device"),
    _C.TEST_DISPLAY: Text(zh="测试叫号屏", en="testing a call screen"),
    _C.NOTE_SPOKEN: Text(zh="记录播报", en="noting a spoken call"),
    _C.TAKE_BACK_NUMBERS: Text(zh="收回一批号", en="taking back numbers"),
    _C.SUSPEND_KIOSK: Text(zh="停用或恢复自助机", en="suspending or resuming a kiosk"),
    _C.SET_LOOK: Text(zh="调整自助机显示", en="changing how a kiosk looks"),
    _C.SET_PIN: Text(zh="设置服务密码", en="setting the service PIN"),
    _C.TRY_PIN: Text(zh="输入服务密码", en="trying the service PIN"),
    _C.NOTE_PROGRAM: Text(zh="记录运行中的程序", en="noting a running program"),
    _C.NOTE_REPORT: Text(zh="记录报告送出", en="noting a delivered report"),
    _C.MANAGE_STAFF: Text(zh="管理人员和工位", en="managing staff and stations"),
    _C.SIGN_IN: Text(zh="登录", en="signing in"),
    _C.REFER: Text(zh="接收外部系统的患者", en="taking in another system's patient"),
    _C.NOTE_MESSAGE: Text(zh="记录外部消息", en="noting another system's message"),
    _C.SETTLE_MESSAGE: Text(zh="处理被拒的转诊", en="deciding about a refused transfer"),
    _C.SEND_NOTICE: Text(zh="回传通知", en="sending a notice"),
    _C.RETRY_NOTICE: Text(zh="重发回传通知", en="sending a notice again"),
    _C.WIPE_NAMES: Text(zh="清除过期的姓名", en="wiping old names"),
    _C.ARCHIVE: Text(zh="归档过期的号", en="archiving what is long past"),
    _C.HAND_IN: Text(zh="补登断线时的号", en="handing in numbers given while cut off"),
    _C.REMEMBER_CLINICS: Text(zh="记住门诊状态", en="remembering how the clinics are"),
    _C.SHARE_CONFIG: Text(zh="发布共享配置", en="sharing the configuration"),
    _C.FORGET_MESSAGES: Text(zh="清理消息记录", en="clearing the journal"),
}
_NOT_AT_A_KIOSK = Text(zh="{what}只能由医护操作，不能在自助机上做", en="{what} is for staff, never for a kiosk")
_NOT_A_SERVICE = Text(zh="{what}只能由医护操作，后台服务不能做", en="{what} is for staff, never for a service")
_NOT_THIS_ROLE = Text(
    zh="{what}不是{role}的权限；可以：{roles}", en="{what} is not for the role {role}; it is for: {roles}"
)
_ONLY_A_SERVICE = Text(zh="{what}只能由后台服务完成", en="{what} is for the background services only")


def may(role: Role, command: Command) -> bool:
    """Whether a role may give a command."""
    return command in ALLOWED[role]


def require(role: Role, command: Command) -> None:
    """Do nothing where a role may give a command.

    Raises Refused: staff_only; service_only for a service's command; not_this_role for somebody who has signed in.
    """
    if may(role, command):
        return
    others = [one for one in SIGNED_IN if may(one, command)]
    if role in SIGNED_IN and others:
        roles = joined([one.text for one in others])
        raise Refused("not_this_role", _NOT_THIS_ROLE.fill(what=command_text(command), role=role.text, roles=roles))
    if role is Role.STAFF or role in SIGNED_IN:
        raise Refused("service_only", _ONLY_A_SERVICE.fill(what=command_text(command)))
    words = _NOT_AT_A_KIOSK if role is Role.PATIENT else _NOT_A_SERVICE
    raise Refused("staff_only", words.fill(what=command_text(command)))


def command_text(command: Command) -> Text:
    """Return a command in words."""
    return _TEXTS[command]
