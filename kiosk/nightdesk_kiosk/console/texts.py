"""Every word the console shows."""

from __future__ import annotations

from nightdesk_queue.language import Text

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
CALLED = Text(zh="{number} → {room}({why})", en="{number} → {room} ({why})")
DATABASE_AWAY = Text(zh="数据库不可用：{why}", en="The database is away: {why}")
UNFORESEEN = Text(zh="出错了：{why}", en="Something failed: {why}")
ALARM = Text(zh="警报 {at} {where}：{what}(按 A 确认)", en="ALARM {at} {where}: {what} (A: seen)")
ALARMS_SEEN = Text(zh="已确认 {n} 条警报", en="{n} alarm(s) seen")
PRINTER_FAULT = Text(
    zh="打印机 {id}：{state}，{cause}；{n} 张小票待打印",
    en="Printer {id}: {state}, {cause}; {n} slip(s) waiting",
)
DISPLAY_FAULT = Text(zh="叫号屏 {id}：{state}，{cause}", en="Call screen {id}: {state}, {cause}")
TRANSFER_TO = Text(zh="{number} 转到哪个门诊？", en="Where shall {number} go?")
REALLY_CANCEL = Text(zh="取消 {number}？号码将作废", en="Cancel {number}? The place is given up")
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
REJOIN_KEY = Text(zh="再报到", en="Rejoin")
TRANSFER_KEY = Text(zh="转诊", en="Transfer")
CANCEL_KEY = Text(zh="取消", en="Cancel")
SEEN_KEY = Text(zh="确认警报", en="Seen")
CLINIC_KEY = Text(zh="换门诊", en="Clinic")
LANGUAGE_KEY = Text(zh="English", en="中文")
