"""Every word the lobby shows patients, in their own words. No character here is of ambiguous width on a terminal."""

from __future__ import annotations

from datetime import date, datetime

from nightdesk_kiosk.lobby.messages import Purpose
from nightdesk_queue.text.bilingual import Text

# on every page -----------------------------------------------------------------------------------------------------

EMERGENCY = Text(zh="急诊", en="Emergency")
HELP = Text(zh="请人帮忙", en="Call for help")
LARGE = Text(zh="大字", en="Large")
USUAL_SIZE = Text(zh="小字", en="Smaller")
BACK = Text(zh="返回", en="Back")
MORE = Text(zh="更多", en="More")
SAY_AGAIN = Text(zh="再说一遍", en="Say again")
VOLUME = Text(zh="音量 {percent}", en="Volume {percent}")
SILENT = Text(zh="静音", en="Silent")
DESK = Text(zh="需要找人：{desk}", en="To find somebody: {desk}")
STILL_THERE = Text(zh="还在吗？", en="Still there?")
TOUCH_TO_STAY = Text(zh="碰一下屏幕就继续，不碰就清除", en="Touch the screen to go on, or everything here is wiped")
SECONDS = Text(zh="{n} 秒", en="{n} s")
GOES_HOME = Text(zh="{n} 秒后消失，碰一下屏幕就留着", en="Gone in {n} s. Touch the screen to keep it")

# idle --------------------------------------------------------------------------------------------------------------

TAKE_A_NUMBER = Text(zh="点这里取号", en="Touch to take a number")
TAKE = Text(zh="取号", en="Number")
HAVE_NUMBER = Text(zh="我有号", en="I have a number")
HAVE_NUMBER_FOR = Text(
    zh="预约报到，过号，检查回来，查排队，补小票", en="booked, missed, back from examination, ask, print again"
)
GIVEN = Text(zh="再看刚才的号", en="See the number just given")
INFORMATION = Text(zh="就诊须知", en="Information")
HOTLINE = Text(zh="咨询电话 {hotline}", en="Telephone {hotline}")
OUT_OF_SERVICE = Text(zh="本机停用，请到{desk}", en="This kiosk is out of service. Please go to {desk}")

# clinics -----------------------------------------------------------------------------------------------------------

CHOOSE = Text(zh="看哪里不舒服？", en="Which clinic do you need?")
NO_CLINIC = Text(zh="现在没有开放的门诊", en="No clinic is open now")
OPEN_UNTIL = Text(zh="取号到 {until}", en="Numbers until {until}")
ALWAYS_OPEN = Text(zh="24 小时", en="Day and night")
CLOSED_UNTIL = Text(zh="已停，{when}开始", en="Closed, opens {when}")
CLOSED = Text(zh="已停", en="Closed")
WAIT_NOT_TOLD = Text(zh="等候时间现在看不到", en="Wait not known now")
CUT_OFF = Text(
    zh="号码有效。前面有几人现在看不到，可到{desk}询问",
    en="Your number counts. How many are ahead is not known now; you may ask at {desk}",
)
CUT_OFF_ASK = Text(
    zh="现在查不到，请到{desk}，那里可以帮您",
    en="This cannot be looked up now. Please go to {desk}, they will help you",
)
NOBODY_WAITS = Text(zh="现在没人等", en="Nobody is waiting")
WAITING = Text(zh="{n} 人在等，{wait}", en="{n} waiting, {wait}")
TODAY = Text(zh="今天", en="today")
TOMORROW = Text(zh="明天", en="tomorrow")
DAY_AT = Text(zh="{day} {at}", en="{day} {at}")
SUSPENDED = Text(zh="停诊 {notice}", en="Suspended {notice}")
MOVED_TO = Text(zh="现在在{rooms}", en="Now in {rooms}")
ALL_GIVEN = Text(zh="号已取完", en="No numbers left")

# danger signs ------------------------------------------------------------------------------------------------------

ASK_SIGNS = Text(zh="病人现在有下面的情况吗？", en="Does the patient have any of these now?")
ASK_SIGNS_PART = Text(zh="病人现在有下面的情况吗？第 {n} 页，共 {of} 页", en="Any of these now? Page {n} of {of}")
A_SIGN = Text(zh="有", en="Yes")
A_SIGN_BELOW = Text(zh="有一样就按这里，去急诊", en="any of these: to Emergency")
NO_SIGN = Text(zh="没有", en="None")
NO_SIGN_BELOW = Text(zh="一样也没有，取号", en="none of these: a number")
NO_SIGN_YET = Text(zh="这些都没有，看下一页", en="none of these: next page")

# who goes first ----------------------------------------------------------------------------------------------------

ASK_GROUP = Text(zh="病人属于优先人群吗？", en="Does the patient belong to one of these?")
NO_GROUP = Text(zh="都不是，直接取号", en="No, just a number")
GROUP_FROM = Text(zh="{name}，满 {age} 岁", en="{name}, {age} or older")
GROUP_UP_TO = Text(zh="{name}，{age} 岁以下", en="{name}, up to {age}")

# the number --------------------------------------------------------------------------------------------------------

YOUR_NUMBER = Text(zh="您的号", en="Your number")
AHEAD = Text(zh="前面 {n} 人", en="{n} ahead of you")
NEXT = Text(zh="您是下一位", en="You are next")
ABOUT = Text(zh="大约等 {wait}", en="Wait: {wait}")
LATEST = Text(zh="最晚 {at} 左右叫到", en="Latest about {at}")
DOCTOR_COMES = Text(
    zh="正在叫值班医生，大约 {n} 分钟到", en="The doctor is being called and comes in about {n} minutes"
)
GO_TO = Text(zh="请到 {route}", en="Go to: {route}")
LISTEN = Text(zh="叫到 {number} 再进诊室", en="Go in when {number} is called")
KEPT_IN_MIND = Text(zh="我记住了", en="I have it")
PRINT_AGAIN = Text(zh="再打一张小票", en="Print my slip again")
KEEP_SLIP = Text(zh="请留好原来的小票", en="Please keep the slip you have")
SLIP_COMING = Text(zh="正在打印小票", en="Your slip is being printed")
SLIP_READY = Text(zh="小票在下面，请拿好", en="Please take your slip below")
SLIP_ELSEWHERE = Text(zh="小票在{printer}，请到那里取", en="Your slip comes out at {printer}, take it there")
NO_SLIP = Text(
    zh="{why}。没有小票也行：记住 {number}，或拍下屏幕，或到{desk}请人写下",
    en="{why}. You need no slip: remember {number}, take a picture, or have it written down at {desk}",
)
NO_SLIP_TOLD = Text(
    zh="{why}，已通知工作人员。没有小票也行：记住 {number}，或到{desk}请人写下",
    en="{why}; staff have been told. You need no slip: remember {number}, or have it written down at {desk}",
)
PRINTER_SLOW = Text(zh="小票还没有出来", en="Your slip has not come out yet")
PRINTER_TROUBLE = Text(zh="打印机有故障", en="The printer does not work")
PRINTER_TROUBLES: dict[str, Text] = {
    "paper_out": Text(zh="打印机缺纸", en="The printer is out of paper"),
    "cover_open": Text(zh="打印机盖子没合上", en="The printer's cover is open"),
    "cutter": Text(zh="打印机卡纸", en="The printer's paper is stuck"),
    "head_hot": Text(zh="打印机过热", en="The printer has to cool down"),
    "unreachable": Text(zh="打印机连不上", en="The printer cannot be reached"),
    "missing": Text(zh="打印机没有接上", en="The printer is not connected"),
}
"""Why a slip does not come, as a patient is told it."""

# waiting for an answer ---------------------------------------------------------------------------------------------

PLEASE_WAIT = Text(zh="正在取号", en="One moment")
ONE_MOMENT = Text(zh="请稍候", en="One moment please")
STILL_WAITING = Text(
    zh="还在办理，请稍候。着急请到{desk}", en="Still working, please wait. If it is urgent go to {desk}"
)
SLOWED = Text(
    zh="这里刚取了很多号，请等 {n} 秒，会自动给您号",
    en="Many numbers were taken here just now. Yours comes by itself in {n} s",
)
OUT_OF_ORDER = Text(zh="取号机暂时不能用，请到{desk}", en="This kiosk does not work just now, please go to {desk}")

# somebody with a number --------------------------------------------------------------------------------------------

SERVICES = Text(zh="您要办什么？", en="What do you need?")
PURPOSES: dict[Purpose, Text] = {
    Purpose.CHECK_IN: Text(zh="预约报到", en="I have a booking"),
    Purpose.MISSED: Text(zh="我过号了", en="I was missed"),
    Purpose.BACK: Text(zh="检查回来了", en="Back from examination"),
    Purpose.WHERE: Text(zh="排到哪里了", en="Where am I in the queue?"),
    Purpose.REPRINT: Text(zh="补打小票", en="Print my slip again"),
}
"""What somebody with a number can do here."""
PURPOSES_BELOW: dict[Purpose, Text] = {
    Purpose.CHECK_IN: Text(zh="输电话后四位或号", en="phone digits or number"),
    Purpose.MISSED: Text(zh="叫过我，我没在", en="called while I was away"),
    Purpose.BACK: Text(zh="拿结果回诊室", en="with my results"),
    Purpose.WHERE: Text(zh="前面几人，等多久", en="how many, how long"),
    Purpose.REPRINT: Text(zh="小票丢了或看不清", en="lost or unreadable"),
}
INFORMATION_BELOW = Text(zh="路线，时间，要带什么", en="ways, hours, what to bring")
ENTER_NUMBER = Text(
    zh="请输小票上的号，或预约电话后四位，或扫小票上的码",
    en="Your number, or the last 4 digits of your phone, or scan your slip",
)
DELETE = Text(zh="删除", en="Delete")
ENTER = Text(zh="确定", en="OK")
LETTERS = Text(zh="号码的字母", en="Letter of the number")
LETTERS_MORE = Text(zh="别的字母", en="Other letters")
FORGOT = Text(zh="不记得号", en="I forgot it")
FORGOT_WAYS = (
    Text(zh="预约的：输电话后四位", en="Booked: the last 4 digits of your phone"),
    Text(zh="有小票：扫小票上的码", en="With a slip: scan its code"),
    Text(zh="都没有：到{desk}报姓名", en="Neither: your name is enough at {desk}"),
)
"""The ways on for somebody who does not remember a number."""
WHICH_ONE = Text(zh="{said} 是哪个门诊的号？", en="{said}: a number of which clinic?")
REPORT_NOW = Text(zh="现在报到", en="Report now")
NO_SUCH_NUMBER = Text(
    zh="没有找到 {said}。请再看一下小票，或到{desk}",
    en="{said} was not found. Look at your slip again, or go to {desk}",
)
NO_SUCH_DIGITS = Text(
    zh="没有号或预约是 {said}。请再试一次，或到{desk}",
    en="No number and no booking has {said}. Try again, or go to {desk}",
)
STANDING_OF: dict[str, Text] = {
    "expected": Text(zh="{number} 是预约的号，还没有报到", en="{number} is booked and has not reported yet"),
    "missed": Text(zh="{number} 叫过了，您没在", en="{number} was called while you were away"),
    "held": Text(zh="{number} 去检查了，还没有回来报到", en="{number} is at an examination and has not reported back"),
    "serving": Text(zh="{number} 正在看病", en="{number} is with the doctor"),
    "done": Text(zh="{number} 已经看完了", en="{number} has been seen"),
    "cancelled": Text(zh="{number} 已取消，请到{desk}", en="{number} was cancelled, please go to {desk}"),
    "lapsed": Text(zh="{number} 已作废，请到{desk}", en="{number} is void, please go to {desk}"),
}
"""How a number stands that does not wait, by its state, for somebody who asks."""

# help and Emergency ------------------------------------------------------------------------------------------------

CALLING_HELP = Text(zh="正在叫人", en="Calling somebody")
HELP_COMING = Text(zh="已通知工作人员，请在这里等", en="Staff have been told. Please wait here")
HELP_NOT_TOLD = Text(zh="没能通知到，请到{desk}", en="Staff could not be told. Please go to {desk}")
GO_NOW = Text(zh="马上去急诊", en="Go to Emergency now")
TELLING_STAFF = Text(zh="正在通知护士", en="Telling a nurse")
STAFF_TOLD = Text(zh="护士已知道", en="A nurse knows")
STAFF_NOT_TOLD = Text(zh="没能通知到护士，请大声叫人！", en="Nobody could be told. Please call out for help!")
CANNOT_WALK = Text(zh="走不动", en="I cannot walk")
CANNOT_WALK_BELOW = Text(zh="在这里等，有人来接", en="Stay here, somebody comes")
WHEELCHAIR_COMING = Text(zh="已叫人来接，请在这里等", en="Somebody was called. Stay here")
CLOSE = Text(zh="知道了", en="Close")

# information -------------------------------------------------------------------------------------------------------

NO_PAGES = Text(zh="没有就诊须知，有问题请到{desk}", en="There is no information here. Please ask at {desk}")
NEXT_PAGE = Text(zh="下一页", en="Next page")
PREVIOUS_PAGE = Text(zh="上一页", en="Page before")

_WEEKDAYS = tuple(
    Text(zh=zh, en=en)
    for zh, en in (
        ("星期一", "Monday"), ("星期二", "Tuesday"), ("星期三", "Wednesday"), ("星期四", "Thursday"),
        ("星期五", "Friday"), ("星期六", "Saturday"), ("星期日", "Sunday"),
    )
)  # fmt: skip
_MONTHS = tuple(
    Text(zh=f"{n}月", en=name)
    for n, name in enumerate(
        (
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ),
        start=1,
    )
)  # fmt: skip
_DATE = Text(zh="{year}年{month}{day}日 {weekday}", en="{weekday}, {day} {month} {year}")
_DAY = Text(zh="{month}{day}日 {at}", en="{day} {month} {at}")


def long_date(day: date) -> Text:
    """Return a date with its weekday, the way each language writes it."""
    weekday, month = _WEEKDAYS[day.weekday()], _MONTHS[day.month - 1]
    return _DATE.fill(year=day.year, month=month, day=day.day, weekday=weekday)


def day_and_time(moment: datetime) -> Text:
    """Return a moment of another day in local time, without its year."""
    return _DAY.fill(month=_MONTHS[moment.month - 1], day=moment.day, at=f"{moment:%H:%M}")
