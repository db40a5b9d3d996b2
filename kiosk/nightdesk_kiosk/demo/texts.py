"""Every word of the demo that is not a screen's own."""

from __future__ import annotations

from nightdesk_queue.text.bilingual import Text

TITLE = Text(zh="一夜演示", en="Demo night")
LOBBY = Text(zh="F1 取号屏(可点按)", en="F1 Lobby (tap it)")
BOARD = Text(zh="F2 叫号屏", en="F2 Call screen")
CONSOLE = Text(zh="F3 工作台", en="F3 Console")
SLIP = Text(zh="F4 最近的小票", en="F4 Last slip")
KEYS = Text(
    zh="F1-F4 全屏/还原 · F5 取/装纸 · Tab · P 暂停 · Q 退出", en="F1-F4 one/all · F5 paper · Tab · P pause · Q quit"
)
NO_PAPER = Text(zh="打印机缺纸", en="printer out of paper")
PAUSED = Text(zh="已暂停", en="paused")
INTRODUCTION = Text(
    zh="这一夜以 {speed} 倍速播放\n\n试试：\n· 点按取号屏，取一个号\n· F3 工作台，按 N 叫下一位\n"
    "· F5 取走打印纸，再按装回\n· P 暂停，Q 退出\n\n然后：nightdesk config new 写一份\n自己医院的配置",
    en="This night plays at {speed}x\n\nTry:\n- tap the lobby, take a number\n- F3 console, N calls the next\n"
    "- F5 takes the paper out, and back\n- P pauses, Q leaves\n\nThen: nightdesk config new writes\n"
    "a configuration of your own",
)
NO_SLIP = Text(zh="还没有小票", en="No slip yet")
OVER = Text(zh="这一夜结束了", en="The night is over")
PRINTED = Text(
    zh="打印小票 {n} 张，叫号屏收到 {frames} 帧",
    en="{n} slips printed, {frames} frame(s) shown on the call screen",
)
PLAYED = Text(zh="17:20 起的一夜，用时 {seconds:.1f} 秒", en="One night from 17:20 on, played in {seconds:.1f} s")
UNFINISHED = Text(zh="未完成：{what}", en="unfinished: {what}")
SLIPS_LEFT = Text(zh="还有 {n} 张小票未打印", en="{n} slips were not printed")
SCREEN_BEHIND = Text(zh="叫号屏与数据库不一致", en="the call screen does not show the database's state")
