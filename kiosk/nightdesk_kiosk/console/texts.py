"""Every word the console shows."""

from __future__ import annotations

from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.text.bilingual import Language, Text

PLACE = Text(zh="序", en="#")
NUMBER = Text(zh="号码", en="Number")
STATE = Text(zh="状态/依据", en="State, why")
LEVEL = Text(zh="级", en="Lv")
BADGES = Text(zh="优先", en="Badges")
WAITED = Text(zh="等候/限时", en="Wait/limit")
FROM = Text(zh="转自", en="From")
NAME = Text(zh="姓名", en="Name")
OLD_SINCE = Text(zh="{at} 起断线，以下是旧数据", en="CUT OFF since {at}, OLD LIST")
CUT_OFF_NUMBER = Text(zh="断线号", en="cut off")
ABOUT_CUT_OFF = Text(zh="自助机断线时取的号", en="taken while the kiosk was cut off")
OPEN_OF = Text(zh="{n}/{of} 取号中", en="{n} of {of} open")
CLINICS_SHOWN = Text(zh="{n} 个门诊", en="{n} clinics")
ROOM_TAKEN = Text(zh="{number} {who} {m}分", en="{number} {who} {m} min")
ROOM_FREE = Text(zh="空 {who} {m}分", en="free {who} {m} min")
COUNT = Text(zh="{heading} {n}", en="{heading} {n}")
NOT_COME_SECTION = Text(zh="已呼叫未到", en="CALLED, NOT COME")
AWAY_SECTION = Text(zh="外出检查", en="AWAY")
MISSED_SECTION = Text(zh="过号", en="MISSED")
EXPECTED_SECTION = Text(zh="预约待到", en="EXPECTED")
DONE_SECTION = Text(zh="完成", en="done")
LAPSED_SECTION = Text(zh="作废", en="lapsed")
CANCELLED_SECTION = Text(zh="取消", en="cancelled")
ENTRY = Text(zh="{number} {name} {what}", en="{number} {name} {what}")
ENTRY_CALLED = Text(zh="{room} {n}/{of} {m}分", en="{room} {n}/{of} {m} min")
ENTRY_AWAY = Text(zh="{where} {m}/{of}", en="{where} {m}/{of}")
ENTRY_TO_COME = Text(zh="{at}({m} 分后)", en="{at}, in {m} min")
ENTRY_LATE = Text(zh="{at}(晚 {m} 分)", en="{at}, {m} min late")
MORE_OF_SECTION = Text(zh=" ……还有 {n} 位", en=" ... {n} more")
ABOUT_WHO = Text(zh="{number}{name} {level} 级", en="{number}{name} {level}")
ABOUT_NOTE = Text(zh="备注：{note}", en="NOTE {note}")
ABOUT_SINCE = Text(zh="{at} 到", en="since {at}")
ABOUT_FROM = Text(zh="自{clinic}转来", en="from {clinic}")
ABOUT_BACK = Text(zh="看完回{clinic}", en="then back to {clinic}")
ABOUT_PLACE = Text(zh="第 {place} 位：{why}", en="place {place}: {why}")
ABOUT_LEFT = Text(zh="{m} 分后到限时", en="limit in {m} min")
ABOUT_OVER = Text(zh="超过限时 {m} 分", en="{m} min over the limit")
ABOUT_NAMESAKE = Text(zh="同名：{numbers}", en="same name: {numbers}")
ABOUT_PHONE = Text(zh="电话尾号 {phone}", en="tel ..{phone}")
ABOUT_NOBODY = Text(zh="没有选中患者", en="nobody is chosen")
STILL_WAITING = Text(
    zh="数据库还没有答复，到现在什么都没有做，请稍候", en="The database does not answer yet; nothing is done so far"
)
OTHER_DATABASE = Text(
    zh="数据库换成了较早的一份(恢复了备份？)：之后的号码不在里面，请核对",
    en="The database is an earlier one now (a backup was restored?): what came after it is missing, compare",
)
DATABASE_BACK = Text(zh="数据库恢复了，列表是现在的", en="The database is back, the list is as it is now")
CALL_PHONE_WRONG = Text(zh="“{typed}”不是电话号码", en="“{typed}” is no telephone number")
TOO_LATE = Text(
    zh="数据库很久没有答复，没有做这一步；请看清现在的列表再按一次",
    en="The database took too long, so this was not done. Look at the list as it is now and press again",
)
CLOSED = Text(zh="停止取号", en="closed")
OPEN = Text(zh="取号中", en="open")
WAITING = Text(zh="{n} 人候诊", en="{n} waiting")
FREE = Text(zh="空", en="free")
CALLED_TO = Text(zh="{room} 呼叫 {n}/{of}", en="{room}, call {n} of {of}")
INSIDE = Text(zh="{room} 就诊中", en="{room}, inside")
MISSED_TIMES = Text(zh="过号 {n}/{of}", en="missed {n} of {of}")
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
NOT_COME = Text(
    zh="已呼叫未到，请重呼(R)或过号(M)：{numbers}", en="Called and not come, call again (R) or miss (M): {numbers}"
)
OVERDUE = Text(zh="候诊超时，请再看患者(V)：{numbers}", en="Overdue, look at them again (V): {numbers}")
NAMESAKE = Text(zh="{name} ²", en="{name} ²")
SLIPS_TO_FIX = Text(zh="{n} 张小票没有打出：{numbers}(按 P)", en="{n} slip(s) did not come out: {numbers} (P)")
SEEMS_EMPTY = Text(
    zh="{room}似乎没有人({n} 分钟没有叫号)，预计时间不再计入；下班请按 Z",
    en="{room} seems empty (no call for {n} min) and is not counted; Z closes it",
)
OUTDATED = Text(
    zh="config.toml 已修改，仍按旧的运行，请重新启动：{programs}",
    en="config.toml has changed; restart what runs with the earlier one: {programs}",
)
ON_MACHINE = Text(zh="在 {machine}", en="on {machine}")
CONFIG_DIFFERS = Text(
    zh="本机 config.toml 与共享配置不同：{keys}{more}(nightdesk config diff)",
    en="this machine's config.toml differs from the shared one: {keys}{more} (nightdesk config diff)",
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
TELEPHONES = Text(zh="电话预约", en="telephones")
CALL_PHONE = Text(zh="电话(可不填)", en="telephone (or none)")
CALL_AT = Text(zh="几点到，如 21:30(可不填)", en="at what time, 21:30 (or none)")
CALL_AT_WRONG = Text(zh="“{typed}”不是时间；写 21:30", en="“{typed}” is no time of day; write 21:30")
NOTED_CALL = Text(zh="{number} 已登记，{at}", en="{number} is expected {at}")
SLOT = Text(zh="{at} 到", en="at {at}")
SOME_TIME = Text(zh="今晚到", en="tonight")
FROM_ER_SECTION = Text(zh="急诊转来", en="FROM EMERGENCY")
ROOM_OF = Text(zh="{room} {who}", en="{room} {who}")
ENTRY_FROM_ER = Text(zh="{at}转来 {m}分 {where}", en="{at}, {m} min, {where}")
EXTRA = Text(zh="加号", en="extra number")
GIVE = Text(zh="发号", en="give it")
ISSUED = Text(zh="{number} 已发号；{ahead}", en="{number} is given; {ahead}")
AHEAD = Text(zh="前面 {n} 人，约 {low}–{high} 分钟", en="{n} ahead, {low}-{high} min")
NO_FORECAST = Text(zh="小票正在打印", en="the slip is being printed")
ABOUT_ROOM = Text(zh="{room}现在{use}", en="{room} is {use}")
OPEN_ROOM = Text(zh="开诊", en="Open it")
PAUSE_ROOM = Text(zh="暂停(不算有医生)", en="Pause it: nobody counts on it")
CLOSE_ROOM = Text(zh="下班", en="Close it for tonight")
DID_THEY_COME = Text(
    zh="{who}呼叫了 {n} 次({m} 分钟前)，没有按“开始”。来了吗？",
    en="{who} was called {n} time(s), {m} min ago, and not started. Did they come?",
)
CAME_AND_NEXT = Text(zh="来过，已看完；叫下一位", en="Came and was seen: finish, call the next")
MISSED_AND_NEXT = Text(zh="没来：过号，叫下一位", en="Did not come: miss, call the next")
WHY_THIS = Text(zh="为什么先叫 {who}？", en="Why is {who} called out of turn?")
WHY_THIS_OFFERED = (
    Text(zh="病情加重", en="got worse"),
    Text(zh="检查结果已出，补看", en="results are there, a short look"),
    Text(zh="同行家人一起看", en="seen together with family"),
    Text(zh="医生要求", en="the doctor asks for them"),
)
WHICH_NOTE = Text(zh="{who}的备注(现在：{note})", en="Note on {who} (now: {note})")
NO_NOTE = Text(zh="无", en="none")
NOTES_OFFERED = (
    Text(zh="听力不好", en="hears badly"),
    Text(zh="行动不便", en="walks badly"),
    Text(zh="需要翻译", en="needs an interpreter"),
    Text(zh="家属在外等", en="family waits outside"),
)
OWN_WORDS = Text(zh="自己写，Enter 确定", en="own words, then Enter")
WHICH_BADGES = Text(zh="{who}的优先类别", en="Who goes first: {who}")
IS_OF_GROUP = Text(zh="[x] {badge} {group}(去掉)", en="[x] {badge} {group} (take away)")
IS_NOT_OF_GROUP = Text(zh="[ ] {badge} {group}", en="[ ] {badge} {group}")
HOW_FAR_BACK = Text(zh="撤销到哪一步？", en="Take back which steps?")
STEP_BACK = Text(zh="{at} {number} {step}", en="{at} {number} {step}")
STEPS_BACK = Text(zh="{at} {number} {step}(共 {n} 步)", en="{at} {number} {step} (these {n})")
UNDONE_MANY = Text(zh="已撤销 {n} 步", en="{n} steps are taken back")
ALL_CLINICS = Text(zh="全部门诊", en="All clinics in one list")
ABOUT_CLINIC = Text(zh="{clinic}：{state}", en="{clinic}: {state}")
AT_WORK = Text(zh="开诊中", en="at work")
SUSPEND = Text(zh="停诊……", en="Suspend it ...")
RESUME = Text(zh="恢复开诊", en="Resume it")
MOVE = Text(zh="换诊室……", en="Move it to another room ...")
MOVE_HOME = Text(zh="搬回原诊室", en="Back to its own rooms")
WHICH_ROOMS = Text(zh="{clinic}换到哪个诊室？", en="To which room does {clinic} move?")
WHICH_NOTICE = Text(zh="{clinic}停诊，给患者看什么通知？", en="{clinic} is suspended: which notice do patients see?")
NOTICES_OFFERED = (
    Text(zh="医生手术中，请等候", en="The doctor is in surgery, please wait"),
    Text(zh="医生去会诊，请等候", en="The doctor is called away, please wait"),
    Text(zh="今晚停止取号", en="No more numbers tonight"),
)
SERVE_ALL = Text(zh="全部 {n} 人留诊", en="All {n}: serve them all the same")
RELEASE_ALL = Text(zh="全部 {n} 人放行", en="All {n}: release, cancel their numbers")
ALL_DECIDED = Text(zh="{n} 人：{what}(U 可撤销)", en="{n} patients: {what} (U takes it back)")
TRANSFER_TARGET = Text(zh="{clinic}：{what}", en="{clinic}: {what}")
TRANSFER_PLACE = Text(zh="第 {place} 位，约 {low}–{high} 分钟", en="place {place}, {low}-{high} min")
TRANSFER_LEVEL = Text(zh="级别 {level}", en="level {level}")
TRANSFER_WHY = Text(zh="R 写原因(可不写)", en="R: reason (or none)")
WAY_AS_CLINIC = Text(zh="回来：按门诊规定", en="way back: as the clinic says")
WAY_YES = Text(zh="看完要回来", en="comes back afterwards")
WAY_NO = Text(zh="看完不回来", en="does not come back")
PALETTE = Text(zh="要做什么？", en="What do you want to do?")
HELP_HEADING = Text(zh="按键", en="Keys")
HELP_MORE = Text(
    zh="数字键选诊室，F1-F9 叫下一位到该诊室，↑↓ 选患者，Esc 回到列表，Ctrl+P 按名称找，Ctrl+Q 退出",
    en="Digits choose a room, F1 to F9 call the next to one, arrows choose a patient, Esc the list, Ctrl+P finds a "
    "step by its words, Ctrl+Q leaves",
)
TROUBLES_HEADING = Text(zh="现在的问题：{n}", en="What is wrong now: {n}")
ALL_WELL = Text(zh="一切正常", en="All is well")
NEXT_IS = Text(zh="N 叫下一位：{number}", en="N calls {number}")
NOBODY_WAITS = Text(zh="没有人候诊", en="nobody waits")
ROOM_EMPTY = Text(zh="诊室没有患者", en="nobody is in the room")
CALLED_SINCE = Text(zh="已呼叫 {n}/{of} 次，{m} 分钟前", en="CALLED {n} of {of} · {m} min ago")
INSIDE_SINCE = Text(zh="就诊中 {m} 分钟", en="inside for {m} min")
LIST_LINE = Text(zh="{label} {what}", en="{label} {what}")
LIST_NEXT = Text(zh="下面", en="next ")
LIST_BACK = Text(zh="回来", en="back ")
LIST_AWAY = Text(zh="检查", en="away ")
LIST_MISSED = Text(zh="过号", en="miss ")
LIST_NEXT_ONE = Text(zh="{number} {name} {level} {wait} {why}", en="{number} {name} {level} {wait} {why}")
LIST_BACK_ONE = Text(zh="{number} {name} 回来 {m} 分钟", en="{number} {name}, for {m} min")
LIST_AWAY_ONE = Text(zh="{number} {name} {where} {m} 分钟(J 到了)", en="{number} {name} {where} {m} min (J: is here)")
LIST_MISSED_ONE = Text(zh="{number} {name} 过号 {n} 次(J 到了)", en="{number} {name}, {n} times (J: is here)")
NOBODY_TO_COME = Text(zh="没有外出、过号或预约的患者", en="nobody is away, missed or expected")
WHO_IS_HERE = Text(zh="谁到了？", en="Who has come?")
HERE_ONE = Text(zh="{who} {state}", en="{who}, {state}")
BUTTONS_AWAY = Text(zh="呼叫按钮 {port} 读不到：{why}", en="The call buttons on {port} cannot be read: {why}")
BUTTON_LOCKED = Text(zh="已锁定，呼叫按钮不起作用", en="Locked: the call buttons do nothing until somebody signs in")
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
WHY_CANCEL_OFFERED = (
    Text(zh="患者离开", en="has left"),
    Text(zh="取错号", en="took it by mistake"),
    Text(zh="去别处就诊", en="is seen elsewhere"),
)
YES_BECAUSE = Text(zh="是：{why}", en="Yes: {why}")
YES_OTHER_REASON = Text(zh="是：其他原因……", en="Yes, for another reason ...")
FROM_ER_KEY = Text(zh="急诊被拒的转诊", en="Refused transfers")
REFUSED = Text(
    zh="急诊转诊被拒(按 + 处理)：{at} {name}，{why}",
    en="REFUSED TRANSFER (+: decide): {at} {name}: {why}",
)
UNTOLD = Text(
    zh="急诊系统自 {at} 起收不到通知({n} 条)，请电话告知急诊",
    en="Emergency's system has taken no notice since {at} ({n} wait): tell them by telephone",
)
NONE_REFUSED = Text(zh="没有未处理的被拒转诊", en="No refused transfer is left to decide about")
WHICH_REFUSED = Text(zh="处理哪个被拒的转诊？", en="Decide about which refused transfer?")
ONE_REFUSED = Text(zh="{at} {name} 去{clinic}", en="{at} {name} to {clinic}")
WHAT_OF_REFUSED = Text(zh="{at} {name} 去{clinic}：{why}", en="{at} {name} to {clinic}: {why}")
LATER = Text(zh="以后再说", en="Later")
TAKE_IN = Text(zh="接收：加号，急诊的等候算在内", en="Take in with an extra number; the wait there counts")
DEALT_WITH = Text(zh="已另行处理，不再提示", en="Dealt with otherwise: tell of it no more")
NO_NAME = Text(zh="(无姓名)", en="(no name)")
SETTLED = Text(zh="已记下：不再提示", en="Noted, it is told of no more")
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
AT_PLACE = Text(zh="去：{where}", en="at {where}")
BOOKED_AT = Text(zh="预约 {at}", en="booked {at}")
YES = Text(zh="是，取消号码", en="Yes, cancel it")
NO = Text(zh="不，返回", en="No, go back")

NEXT_KEY = Text(zh="下一位", en="Next")
NOTE_KEY = Text(zh="备注", en="Note")
BADGES_KEY = Text(zh="改优先", en="Badges")
TROUBLES_KEY = Text(zh="全部警报", en="Troubles")
NUMBERS_KEY = Text(zh="今晚数字", en="Tonight")
NUMBERS_HEADING = Text(zh="今晚 {day}", en="Tonight, {day}")
ARRIVALS_BY_HOUR = Text(zh="各时段取号", en="Numbers issued by hour")
NOBODY_CAME = Text(zh="还没有人取号", en="nobody has taken a number yet")
HELP_KEY = Text(zh="帮助", en="Help")
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
