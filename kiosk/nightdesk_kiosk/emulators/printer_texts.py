"""Every word of the virtual printer."""

from __future__ import annotations

from nightdesk_printers.virtual import Breakage
from nightdesk_queue.text.bilingual import Text

TITLE = Text(zh="虚拟打印机 {address}", en="Virtual printer {address}")
WAITING = Text(
    zh='等待小票。在 config.toml 中写 device = "{address}"，再启动 nightdesk run',
    en='Waiting for slips. Write device = "{address}" in config.toml and start nightdesk run',
)
READY = Text(zh="就绪", en="ready")
OFFLINE = Text(zh="脱机", en="offline")
STATE = Text(
    zh="{state} · 纸 {mm} 毫米 · 已切 {cuts} 张 · 收到 {bytes} 字节 · 缓冲 {buffer} · 连接 {connections} 次",
    en="{state} · {mm} mm of paper · {cuts} cut · {bytes} bytes in, {buffer} waiting · {connections} connection(s)",
)
UNKNOWN = Text(zh="不认识的命令 {n} 条，最近：{last}", en="{n} unknown command(s), the last: {last}")
TORN = Text(zh="（未完成）", en="(unfinished)")
HELP = Text(zh="按键：再按恢复 · M 全部恢复 · Q 退出", en="Keys: again to fix · M fixes all · Q quits")
NO_PORT = Text(zh="端口 {port} 打不开：{e}；换一个 --port", en="port {port} cannot be opened: {e}; use another --port")
STARTED = Text(zh="虚拟打印机：{address}", en="virtual printer: {address}")
MEND = Text(zh="全部恢复", en="Fix all")

BREAKAGES: dict[Breakage, Text] = {
    Breakage.PAPER_OUT: Text(zh="缺纸", en="Paper out"),
    Breakage.NEAR_END: Text(zh="纸将尽", en="Paper low"),
    Breakage.COVER: Text(zh="开盖", en="Cover open"),
    Breakage.CUTTER: Text(zh="卡刀", en="Cutter stuck"),
    Breakage.HOT: Text(zh="过热", en="Head hot"),
    Breakage.SILENT: Text(zh="不应答", en="Silent"),
    Breakage.SLOW: Text(zh="每秒1字节", en="1 byte/s"),
    Breakage.RESET: Text(zh="断线(复位)", en="Reset line"),
    Breakage.CLOSE: Text(zh="断线", en="Drop line"),
    Breakage.POWER: Text(zh="断电", en="Power off"),
}
KEYS: dict[str, Breakage] = {
    "p": Breakage.PAPER_OUT,
    "n": Breakage.NEAR_END,
    "c": Breakage.COVER,
    "k": Breakage.CUTTER,
    "h": Breakage.HOT,
    "s": Breakage.SILENT,
    "1": Breakage.SLOW,
    "r": Breakage.RESET,
    "d": Breakage.CLOSE,
    "o": Breakage.POWER,
}
