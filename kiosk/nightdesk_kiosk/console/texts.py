"""Every word the console shows."""

from __future__ import annotations

from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.text.bilingual import Language, Text

PLACE = Text(zh="序", en="#")
NUMBER = Text(zh="号码", en="Number")
STATE = Text(zh="状态", en="State")
LEVEL = Text(zh="级", en="Lv")
BADGES = Text(zh="优先", en="Badges")
WAITED = Text(zh="已等(分)", en="Waited")
WHY = Text(zh="依据", en="Why")
FROM = Text(zh="转自", en="From")
NAME = Text(zh="姓名", en="Name")
CLOSED = Text(zh="停止取号", en="closed")
OPEN = Text(zh="取号中", en="open")
WAITING = Text(zh="{n} 人候诊", en="{n} waiting")
FREE = Text(zh="空", en="free")
OF_CALLS = Text(zh="第 {n}/{of} 次", en="call {n} of {of}")
CALL_TO = Text(zh="→ {room}", en="→ {room}")
WORKING = Text(zh="……", en="...")
CHOOSE_ROW = Text(zh="先选中一位患者", en="Choose a patient in the list first")
NOT_NOW = Text(zh="现在不行：{why}", en="Not now: {why}")
DONE = Text(zh="{number}：{step}", en="{number}: {step}")
NO_WAY_BACK = Text(
    zh="{number} 已完成；{clinic}已停止接诊，没有回去，请告知患者",
    en="{number} is done; {clinic} takes nobody now, so there is no way back: tell the patient",
)
RECALLED = Text(zh="{number} → {room}(重呼第 {n} 次)", en="{number} → {room} (called again, call {n})")
CALLED = Text(zh="{number} → {room}({why})", en="{number} → {room} ({why})")
DATABASE_AWAY = Text(zh="数据库不可用：{why}", en="The database is away: {why}")
UNFORESEEN = Text(zh="出错了：{why}", en="Something failed: {why}")
ALARM = Text(zh="警报(按 A 确认)：{at} {where}：{what}", en="ALARM (A: seen): {at} {where}: {what}")
MANY_NUMBERS = Text(zh="警报(按 A 确认，K 收回号)：{at} {what}", en="ALARM (A: seen, K: take back): {at} {what}")
PAGE = Text(
    zh="值班呼叫(按 A 应答)：{at} {clinic} {number}，第 {n} 次，无人应答",
    en="PAGE (A: answer): {at} {clinic} {number}, round {n}, nobody answered",
)
OVERDUE = Text(zh="候诊超时，请再看患者(V)：{numbers}", en="Overdue, look at them again (V): {numbers}")
NAMESAKE = Text(zh="{name}(同名)", en="{name} (same name)")
SLIPS_TO_FIX = Text(zh="{n} 张小票没有打出：{numbers}(按 P)", en="{n} slip(s) did not come out: {numbers} (P)")
SEEMS_EMPTY = Text(
    zh="{room}似乎没有人({n} 分钟没有叫号)，预计时间不再计入；下班请按 Z",
    en="{room} seems empty (no call for {n} min) and is not counted; Z closes it",
)
OUTDATED = Text(
    zh="config.toml 已修改，仍按旧的运行，请重新启动：{programs}",
    en="config.toml has changed; restart what runs with the earlier one: {programs}",
)
AWAY_TOO_LONG = Text(zh="检查久未回来：{numbers}", en="Away at an examination too long: {numbers}")
LEFT_OVER = Text(zh="本场已结束，{n} 人未处理：{numbers}(按 E)", en="Session over, {n} undecided: {numbers} (E)")
RELEASED = Text(zh="{number} 已放行", en="{number}: released")
ALARMS_SEEN = Text(zh="已确认 {n} 条警报", en="{n} alarm(s) seen")
PAGE_ANSWERED = Text(zh="已应答{clinic} {number} 的值班呼叫", en="The page for {number} of {clinic} is answered")
MORE_TROUBLES = Text(zh="……还有 {n} 条", en="... and {n} more")
PRINTER_FAULT = Text(
    zh="打印机 {id}：{state}，{cause}；{n} 张小票待打印",
    en="Printer {id}: {state}, {cause}; {n} slip(s) waiting",
)
VOICE_FAULT = Text(zh="语音：{state}，{cause}", en="Voice: {state}, {cause}")
DISPLAY_FAULT = Text(zh="叫号屏 {id}：{state}，{cause}", en="Call screen {id}: {state}, {cause}")
DEVICE_FAULTS = {
    DeviceKind.PRINTER: PRINTER_FAULT,
    DeviceKind.DISPLAY: DISPLAY_FAULT,
    DeviceKind.VOICE: VOICE_FAULT,
}
PRINTER_LOW = Text(zh="打印机 {id}：纸将尽，请备纸卷", en="Printer {id}: paper near its end, have a roll ready")
JOB = Text(zh="任务", en="Job")
KIND = Text(zh="类别", en="Kind")
CAUSE = Text(zh="原因", en="Cause")
TRIES = Text(zh="次数", en="Tries")
COPY = Text(zh="补打", en="Copy")
PAPER = Text(zh="纸：{paper}", en="paper: {paper}")
SLIPS_WAITING = Text(zh="{n} 张待打", en="{n} to print")
RETRY_KEY = Text(zh="重试", en="Retry")
REDIRECT_KEY = Text(zh="换打印机", en="Other printer")
TEST_KEY = Text(zh="测试页", en="Test page")
CLOSE_KEY = Text(zh="Esc 返回", en="Esc Back")
CHOOSE_JOB = Text(zh="先选中一个打印任务", en="Choose a job in the list first")
WHICH_PRINTER = Text(zh="任务 {id} 改到哪台打印机？", en="Which printer shall job {id} go to?")
RETRIED = Text(zh="任务 {id} → {printer}", en="Job {id} → {printer}")
TESTED = Text(zh="测试页 {id} → {printer}", en="Test page {id} → {printer}")
REPRINTED = Text(zh="{number} 补打第 {n} 次 → {printer}", en="{number} printed again, copy {n} → {printer}")
SCREEN = Text(zh="叫号屏 {id}", en="Call screen {id}")
VOICE = Text(zh="语音播报", en="Voice")
SINCE = Text(zh="自 {at}", en="since {at}")
REALLY_TEST = Text(zh="{id} 显示测试画面 15 秒？", en="Shall {id} show its test picture for 15 s?")
YES_TEST = Text(zh="是，测试", en="Yes, test it")
DISPLAY_TESTED = Text(zh="{id} 正在显示测试画面", en="{id} shows its test picture")
WHO = Text(zh="{number}{name}({level} 级，已等 {m} 分钟)", en="{number}{name} (level {level}, {m} min)")
NAMED = Text(zh=" {name}", en=" {name}")
TRANSFER_TO = Text(zh="{who}转到哪个门诊？", en="Where shall {who} go?")
CLINIC = Text(zh="门诊", en="Clinic")
TAKEN = Text(zh="取号", en="Taken")
PHONE = Text(zh="电话尾号", en="Telephone")
FIND_WHAT = Text(zh="号码、姓名或电话尾号", en="number, name, or last digits of a telephone")
FOUND = Text(zh="{n} 位(↑↓ 选，Enter 定)", en="{n} (up, down, Enter)")
NOBODY_FOUND = Text(zh="没有这样的患者", en="nobody like that tonight")
NOT_HERE = Text(zh="{who}{state}({at})，不在候诊中", en="{who} is {state} ({at}) and not in the line")
NEW_FOR = Text(zh="发一个新号", en="Give a new number")
NEW_NUMBER = Text(zh="{clinic}：发号", en="{clinic}: a new number")
NAME_OR_NONE = Text(zh="姓名(可不填)", en="name (or none)")
SLIP_LANGUAGES: dict[Language, Text] = {
    "zh": Text(zh="中文小票", en="slip in 中文"),
    "en": Text(zh="小票加 English", en="and English"),
}
SHORT_NAME = Text(zh="用户名", en="short name")
PIN = Text(zh="密码", en="PIN")
SIGN_IN_WRONG = Text(zh="用户名或密码不对", en="That name and PIN do not belong together")
SIGN_IN_LOCKED = Text(zh="试错太多，{n} 秒后再试", en="Too many wrong tries: again in {n} s")
STATION_UNKNOWN = Text(
    zh="这个工位还没有登记，请管理员先在这里登录一次",
    en="This station is not enrolled: an admin has to sign in here once",
)
SIGNED_IN_AS = Text(zh="{name}({role})", en="{name} ({role})")
LOCKED = Text(zh="已锁定(按 Y 登录)", en="locked (Y: sign in)")
SIGNED_IN = Text(zh="{name} 已登录", en="{name} has signed in")
SIGNED_OUT = Text(zh="已锁定，按 Y 登录", en="Locked. Y signs in")
NO_STAFF = Text(
    zh="还没有人员，谁都可以操作。开始：nightdesk staff add ID --role admin",
    en="There are no staff yet, and everybody may act. Begin with: nightdesk staff add ID --role admin",
)
PERSON_KEY = Text(zh="换人", en="Person")
EXTRA = Text(zh="加号", en="extra number")
GIVE = Text(zh="发号", en="give it")
ISSUED = Text(zh="{number} 已发号；{ahead}", en="{number} is given; {ahead}")
AHEAD = Text(zh="前面 {n} 人，约 {low}–{high} 分钟", en="{n} ahead, {low}-{high} min")
NO_FORECAST = Text(zh="小票正在打印", en="the slip is being printed")
ABOUT_ROOM = Text(zh="{room}现在{use}", en="{room} is {use}")
OPEN_ROOM = Text(zh="开诊", en="Open it")
PAUSE_ROOM = Text(zh="暂停(不算有医生)", en="Pause it: nobody counts on it")
CLOSE_ROOM = Text(zh="下班", en="Close it for tonight")
WHICH_ROOM = Text(zh="叫到哪个诊室？", en="To which room do you call?")
ROOM_AND_WHO = Text(zh="{room}：{inside}", en="{room}: {inside}")
CHOOSE_ROOM = Text(zh="先选诊室(1-9)", en="Choose a room first (1-9)")
NO_ROOM_YET = Text(zh="→ 未选诊室", en="→ no room chosen")
ANOTHER_ROOM = Text(zh="{who}是{room}的患者。仍要“{step}”？", en="{who} is the patient of {room}. {step} all the same?")
WHICH_PAGE = Text(zh="应答哪一条值班呼叫？", en="Which page for a doctor on call do you answer?")
ANSWER_PAGE = Text(zh="{clinic} {number}，{at}，第 {n} 次", en="{clinic} {number}, {at}, round {n}")
ALARMS_ONLY = Text(zh="只确认 {n} 条警报，不应答", en="Only the {n} alarm(s); answer no page")
MISS_ALREADY = Text(zh="{who}才叫了 {n} 次，应叫 {of} 次", en="{who} was called {n} of {of} times")
MISSED_FOR_GOOD = Text(
    zh="{number} 第 {n} 次过号，号码已作废(U 可撤销)", en="{number} missed {n} times: the number has lapsed (U: undo)"
)
CALL_AGAIN = Text(zh="重呼", en="Call again")
MISSED_ALREADY = Text(zh="算过号", en="Missed all the same")
REALLY_CANCEL = Text(zh="取消 {who}？号码将作废", en="Cancel {who}? The place is given up")
REALLY_UNDO = Text(zh="撤销 {number} 的“{step}”({at})？", en="Take back {step} of {number} ({at})?")
YES_UNDO = Text(zh="是，撤销", en="Yes, take it back")
UNDONE = Text(zh="已撤销 {number}：{step}", en="{number}: {step} taken back")
WHICH_LEVEL = Text(zh="{who}的分诊级别？", en="Triage level of {who}?")
WHERE_TO = Text(zh="{who}去哪里？", en="Where does {who} go?")
LEVEL_ONE = Text(zh="I 级：濒危，立即送急诊", en="I: life in danger, to Emergency at once")
LEVEL_TWO = Text(zh="II 级：危重，立即送急诊", en="II: critical, to Emergency at once")
LEVEL_THREE = Text(zh="III 级：急，30 分钟内", en="III: urgent, within 30 minutes")
LEVEL_FOUR = Text(zh="IV 级：一般", en="IV: ordinary")
STAYS = Text(zh="{level}(看过，不变)", en="{level} (looked at: it stays)")
TO_EMERGENCY = Text(
    zh="{who}：{level} 级，不排队。{route}。由谁接手？(各工位都会报警)",
    en="{who}: level {level} waits in no line. {route}. Who takes over? All consoles are alarmed",
)
ALARM_ONLY = Text(zh="只报警，号码留在这里", en="Alarm only; the number stays here")
ALARMED = Text(zh="{number} 已报警：{route}", en="{number}: all consoles are alarmed. {route}")
WHAT_ABOUT = Text(zh="本场已结束，{who}怎么办？", en="The session is over: what about {who}?")
SERVE_LEFT = Text(zh="留诊：仍然看", en="Serve all the same")
MOVE_LEFT = Text(zh="转到其他门诊", en="Move to another clinic")
RELEASE_LEFT = Text(zh="放行：取消号码", en="Release: cancel the number")
NO_LEFTOVERS = Text(zh="没有需要处理的遗留患者", en="Nobody left over to decide about")
REALLY_TAKE_BACK = Text(
    zh="收回 {kiosk} 自 {at} 起取的 {n} 个号？都还没有叫过",
    en="Take back {n} numbers that {kiosk} has given since {at}? None was called yet",
)
YES_TAKE_BACK = Text(zh="是，收回", en="Yes, take them back")
TAKEN_BACK = Text(zh="已收回 {n} 个号(U 可全部恢复)", en="{n} numbers taken back (U gives all of them back)")
NOT_MANY = Text(zh="没有短时间内取号过多的警报", en="No kiosk has given too many numbers just now")
NONE_LEFT = Text(zh="{kiosk} 没有可收回的号(按 A 确认)", en="{kiosk}: no number is left to take back (A: seen)")
SUSPENDED = Text(zh="停诊", en="suspended")
FULL = Text(zh="号已满", en="full")
STATES = {"suspended": SUSPENDED, "full": FULL, "closed": CLOSED}
STATE_CHANGED = Text(zh="{clinic}：{what}", en="{clinic}: {what}")
REALLY_SUSPEND = Text(zh="{clinic}停诊？", en="Suspend {clinic}?")
REALLY_RESUME = Text(zh="{clinic}恢复开诊？", en="Resume {clinic}?")
YES_DO = Text(zh="是", en="Yes")
AT_PLACE = Text(zh="去：{where}", en="at {where}")
SINCE_CALL = Text(zh="{m} 分钟前", en="{m} min ago")
BOOKED_AT = Text(zh="预约 {at}", en="booked {at}")
YES = Text(zh="是，取消号码", en="Yes, cancel it")
NO = Text(zh="不，返回", en="No, go back")

NEXT_KEY = Text(zh="下一位", en="Next")
THIS_KEY = Text(zh="叫选中", en="This one")
RECALL_KEY = Text(zh="重呼", en="Recall")
START_KEY = Text(zh="开始", en="Start")
FINISH_KEY = Text(zh="完成", en="Finish")
MISS_KEY = Text(zh="过号", en="Miss")
HOLD_KEY = Text(zh="去检查", en="Hold")
RETURN_KEY = Text(zh="回诊", en="Return")
REJOIN_KEY = Text(zh="到了", en="Is here")
TRANSFER_KEY = Text(zh="转诊", en="Transfer")
CANCEL_KEY = Text(zh="取消", en="Cancel")
SEEN_KEY = Text(zh="确认警报", en="Seen")
UNDO_KEY = Text(zh="撤销", en="Undo")
LEVEL_KEY = Text(zh="改级别", en="Level")
ISSUE_KEY = Text(zh="发号", en="Issue")
FIND_KEY = Text(zh="查找", en="Find")
ROOM_KEY = Text(zh="诊室", en="Room")
END_KEY = Text(zh="收尾", en="End")
SUSPEND_KEY = Text(zh="停/开诊", en="Suspend")
PRINTERS_KEY = Text(zh="设备", en="Devices")
REPRINT_KEY = Text(zh="补打", en="Reprint")
TAKE_BACK_KEY = Text(zh="收回一批号", en="Take back numbers")
CLINIC_KEY = Text(zh="换门诊", en="Clinic")
LANGUAGE_KEY = Text(zh="English", en="中文")
