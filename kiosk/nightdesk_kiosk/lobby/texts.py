"""Every word the lobby shows."""

from __future__ import annotations

from datetime import date

from nightdesk_queue.text.bilingual import Language, Text

TOUCH = Text(zh="请触摸屏幕取号", en="Touch here to take a number")
CHOOSE = Text(zh="请选择要看的门诊", en="Which clinic do you need?")
OPEN_UNTIL = Text(zh="可取号，至 {until}", en="Open until {until}")
ALWAYS_OPEN = Text(zh="24小时开放", en="Open day and night")
CLOSED_UNTIL = Text(zh="停止取号，{when}开始", en="Closed, opens {when}")
CLOSED = Text(zh="停止取号", en="Closed")
NOBODY_WAITS = Text(zh="现在无人等候", en="nobody is waiting")
WAITING = Text(zh="{n} 人等候，约 {low}-{high} 分钟", en="{n} waiting, about {low}-{high} min")
TODAY = Text(zh="今天", en="today")
TOMORROW = Text(zh="明天", en="tomorrow")
MORE = Text(zh="更多", en="More")
BACK = Text(zh="返回", en="Back")
HELP = Text(zh="请人帮忙", en="Call for help")
HELP_COMING = Text(zh="已通知工作人员，请稍候", en="Staff have been told, please wait here")
ASK_FLAGS = Text(zh="病人现在有没有下面任何一种情况？", en="Does any of this apply to the patient now?")
NO_FLAG = Text(zh="都没有，取号", en="None: take a number")
A_FLAG = Text(zh="有，需要急诊", en="Yes: Emergency")
PLEASE_WAIT = Text(zh="正在取号……", en="One moment ...")
ONE_MOMENT = Text(zh="请稍候……", en="One moment ...")
WAITING_AND_HELP = Text(
    zh="还在办理，工作人员已被呼叫，请稍候", en="Still working, and staff are being called, please wait"
)
WAITING_NO_HELP = Text(
    zh="还在办理；没能通知到工作人员，着急请到分诊台",
    en="Still working; staff could not be told, go to the desk if it is urgent",
)
NO_SUCH_NUMBER = Text(
    zh="没有找到 {said}；请再看一下小票，或到分诊台",
    en="{said} was not found; look at your slip again, or ask at the desk",
)
NO_SUCH_PHONE = Text(
    zh="没有尾号 {said} 的预约；请到分诊台", en="there is no booking with the digits {said}; please ask at the desk"
)
YOUR_NUMBER = Text(zh="您的号码", en="Your number")
AHEAD = Text(zh="前面还有 {n} 人，约等 {low}-{high} 分钟", en="{n} ahead of you, about {low}-{high} minutes")
NEXT = Text(zh="您是下一位", en="You are next")
GO_TO = Text(zh="请到：{route}", en="Please go to: {route}")
LISTEN = Text(zh="请留意叫号", en="Listen for your number")
HAVE_NUMBER = Text(zh="我有号 / 预约报到", en="I have a number or booking")
ENTER_NUMBER = Text(
    zh="请输入号码(如 N012)，预约请输电话后四位", en="Your number (N012), or the last 4 digits of your phone"
)
DELETE = Text(zh="删除", en="Delete")
ENTER = Text(zh="确定", en="OK")
KEEP_SLIP = Text(zh="请保留原来的小票", en="Please keep the slip you have")
SUSPENDED = Text(zh="停诊 {notice}", en="Suspended {notice}")
MOVED_TO = Text(zh="现在在：{rooms}", en="Now in: {rooms}")
ALL_GIVEN = Text(zh="号已满，请咨询分诊台", en="No numbers left, ask at the desk")
DONE = Text(zh="知道了", en="Done")
SLIP_COMING = Text(zh="正在打印小票……", en="Your slip is being printed ...")
SLIP_READY = Text(zh="请取走小票", en="Please take your slip")
SLIP_ELSEWHERE = Text(zh="小票在{printer}打印，请到那里取", en="Your slip comes out at {printer}, please take it there")
SLIP_LATE = Text(
    zh="打印机没有响应，请记住号码 {number}，工作人员会看到",
    en="The printer does not answer: remember your number {number}; staff can see it",
)
SLIP_TROUBLE = Text(
    zh="{why}：请记住号码 {number}，已通知工作人员", en="{why}: remember your number {number}, staff have been told"
)
PRINTER_TROUBLE = Text(zh="打印机有故障", en="The printer does not work")
PRINTER_TROUBLES: dict[str, Text] = {
    "paper_out": Text(zh="打印机缺纸", en="The printer is out of paper"),
    "cover_open": Text(zh="打印机盖子没合上", en="The printer's cover is open"),
    "cutter": Text(zh="打印机卡纸", en="The printer's paper is stuck"),
    "head_hot": Text(zh="打印机过热，请稍候", en="The printer has to cool down"),
    "unreachable": Text(zh="打印机连不上", en="The printer cannot be reached"),
    "missing": Text(zh="打印机没有接上", en="The printer is not connected"),
}
"""Why a slip does not come, as a patient is told it."""
REPRINT = Text(zh="再打一张小票", en="Print my slip again")
EMERGENCY = Text(zh="请马上去急诊", en="Go to Emergency now")
STAFF_TOLD = Text(zh="已通知工作人员", en="Staff have been told")
STAFF_NOT_TOLD = Text(zh="请自己告诉工作人员！", en="Please tell staff yourself!")
CALLING_HELP = Text(zh="正在通知工作人员……", en="Telling staff ...")
HELP_NOT_TOLD = Text(zh="没能通知到，请直接到分诊台", en="Staff could not be told, please go to the desk")
STILL_WAITING = Text(
    zh="还在取号，请稍候；着急请到分诊台", en="Still working, please wait; if it is urgent go to the desk"
)
EMERGENCY_LINE = Text(zh="急诊：{route}", en="Emergency: {route}")
OUT_OF_ORDER = Text(zh="取号机暂时不能用，请到分诊台", en="This kiosk cannot give numbers now, please go to the desk")
TIME_LEFT = Text(zh="{n} 秒后返回，触摸屏幕可继续", en="Going back in {n} s, touch to stay")
OTHER_LANGUAGE = Text(zh="English", en="中文")

_WEEKDAYS = Text(
    zh="星期一 星期二 星期三 星期四 星期五 星期六 星期日",
    en="Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
)
_MONTHS = tuple("January February March April May June July August September October November December".split())  # noqa: SIM905


def long_date(day: date, language: Language) -> str:
    """Return a date with its weekday, the way the language writes it."""
    weekday = _WEEKDAYS.of(language).split()[day.weekday()]
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日 {weekday}"
    return f"{weekday}, {day.day} {_MONTHS[day.month - 1]} {day.year}"
