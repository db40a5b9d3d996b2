"""Every word a call screen shows."""

from __future__ import annotations

from nightdesk_queue.text.bilingual import Text

PLEASE = Text(zh="请到", en="please go to")
REASON = Text(zh=" ({why})", en=" ({why})")
TEST = Text(zh="测试 红绿黄", en="test picture")
INSIDE = Text(zh="就诊中", en="inside")
NEXT = Text(zh="请准备", en="Next")
NOBODY = Text(zh="请留意叫号", en="Listen for your number")
NO_DATA_SINCE = Text(zh="{at} 起没有数据，请听从工作人员安排", en="No data since {at}, please ask staff")
CUT_OFF_SINCE = Text(zh="{at} 起断线，请听从工作人员安排", en="Cut off since {at}, please ask staff")
WAITING_FOR_LINE = Text(zh="等待信号：{port}", en="Waiting for {port}")
LINE_AWAY = Text(zh="线路 {port} 断开：{why}", en="Line {port} is away: {why}")
