"""States and causes of devices and slips in words; the database holds their codes."""

from __future__ import annotations

from nightdesk_queue.domain.devices import DeviceState
from nightdesk_queue.domain.slips import SlipKind, SlipState
from nightdesk_queue.text.bilingual import Text, same

_STATES: dict[DeviceState, Text] = {
    DeviceState.READY: Text(zh="就绪", en="ready"),
    DeviceState.LOW: Text(zh="纸将尽", en="paper low"),
    DeviceState.STOPPED: Text(zh="停止", en="stopped"),
    DeviceState.SPEAKING: Text(zh="可播报", en="speaks"),
    DeviceState.QUIET: Text(zh="静音时段", en="quiet hours"),
    DeviceState.ONLINE: Text(zh="在线", en="online"),
    DeviceState.UNVERIFIED: Text(zh="已发送，无回应协议", en="unverified"),
    DeviceState.DEGRADED: Text(zh="异常", en="degraded"),
    DeviceState.OFFLINE: Text(zh="离线", en="offline"),
}

_CAUSES: dict[str, Text] = {
    "unreachable": Text(zh="连不上，检查电源和线", en="not reachable, check power and cable"),
    "broken_off": Text(zh="打印中断", en="broke off inside a slip"),
    "cover_open": Text(zh="盖子未合，请合上", en="cover open, close it"),
    "paper_out": Text(zh="缺纸，请换纸卷", en="out of paper, put in a roll"),
    "cutter": Text(zh="切刀卡住，请清除卡纸", en="cutter stuck, clear the paper"),
    "head_hot": Text(zh="打印头过热，稍后自动继续", en="head hot, goes on by itself"),
    "printer_error": Text(zh="打印机故障，关机再开", en="printer error, switch it off and on"),
    "printer_offline": Text(zh="打印机脱机", en="printer is offline"),
    "stalled": Text(zh="不再接收数据", en="takes no more data"),
    "called": Text(zh="已呼叫，不再需要", en="called, not needed"),
    "serving": Text(zh="就诊中，不再需要", en="inside, not needed"),
    "done": Text(zh="已完成，不再需要", en="done, not needed"),
    "cancelled": Text(zh="已取消，不再需要", en="cancelled, not needed"),
    "lapsed": Text(zh="已作废，不再需要", en="lapsed, not needed"),
    "answered": Text(zh="已应答，不再需要", en="answered, not needed"),
    "resting": Text(zh="患者暂离，暂不需要", en="the patient is away, not needed"),
    "moved_on": Text(zh="已转走，不再需要", en="moved on, not needed"),
    "not_made": Text(zh="小票做不出来，检查模板", en="could not be made, check the template"),
    "replaced": Text(zh="患者已有断线时的号", en="the patient has a number given while cut off"),
    "too_old": Text(zh="太旧，不再打印", en="too old to print"),
    "missing": Text(zh="设备不在", en="device is not there"),
    "worker_died": Text(zh="上次服务中断", en="the service was interrupted"),
    "not_served": Text(zh="后台服务未运行(nightdesk run)", en="not served: is `nightdesk run` running?"),
    "not_configured": Text(zh="配置里没有这台打印机", en="no such printer in the configuration"),
    "no_voice_table": Text(zh="配置里没有 [voice]，不播报", en="no [voice] in the configuration: nothing is spoken"),
    "starting": Text(zh="正在启动", en="starting"),
    "stopped": Text(zh="后台服务已停止", en="the service was stopped"),
    "no_answer": Text(zh="没有回应", en="does not answer"),
    "modbus_function": Text(zh="屏不支持该功能码", en="the screen lacks this function"),
    "modbus_address": Text(zh="寄存器地址不对，检查 registers", en="wrong register, check registers"),
    "modbus_value": Text(zh="寄存器数值不对", en="the screen refuses the value"),
    "modbus_device": Text(zh="屏故障", en="the screen has failed"),
    "modbus_busy": Text(zh="屏忙", en="the screen is busy"),
    "no_player": Text(zh="没有播放程序，安装 alsa-utils", en="no player, install alsa-utils"),
    "not_played": Text(zh="播放不了，检查磁盘空间", en="could not be played, look at the disk's room"),
    "no_voice": Text(zh="没有语音，安装 espeak-ng 或放录音", en="no voice, install espeak-ng or give clips"),
    "clip": Text(zh="有录音不能用，运行 nightdesk check 看是哪个", en="a clip cannot be used: see nightdesk check"),
    "no_pinyin": Text(zh="缺 pypinyin，安装 nightdesk[voice]", en="pypinyin is missing, install nightdesk[voice]"),
    "no_sound_device": Text(zh="没有声音设备", en="no sound device"),
    "nak_3": Text(zh="屏忙", en="the screen is busy"),
    "nak_5": Text(zh="屏报校验错", en="the screen reports a wrong checksum"),
    "nak_12": Text(zh="屏缺字库", en="the screen lacks the font"),
}

_SLIP_STATES: dict[SlipState, Text] = {
    SlipState.QUEUED: Text(zh="待打印", en="queued"),
    SlipState.CLAIMED: Text(zh="准备打印", en="claimed"),
    SlipState.SENDING: Text(zh="正在发送", en="sending"),
    SlipState.AWAITING: Text(zh="等待打印完成", en="awaiting"),
    SlipState.UNKNOWN: Text(zh="是否打出不明", en="unknown"),
    SlipState.DROPPED: Text(zh="不再需要", en="dropped"),
    SlipState.SENT: Text(zh="已发送", en="sent"),
    SlipState.PRINTED: Text(zh="已打印", en="printed"),
    SlipState.FAILED: Text(zh="失败", en="failed"),
}

_SLIP_KINDS: dict[SlipKind, Text] = {
    SlipKind.TICKET: Text(zh="号票", en="ticket"),
    SlipKind.TRANSFER: Text(zh="转诊单", en="transfer"),
    SlipKind.PAGE: Text(zh="值班呼叫", en="page"),
    SlipKind.TEST: Text(zh="测试页", en="test"),
    SlipKind.LIST: Text(zh="场次清单", en="list"),
    SlipKind.ALARM: Text(zh="报警单", en="alarm"),
    SlipKind.EMERGENCY: Text(zh="急诊指引", en="way to Emergency"),
}

_PAPERS: dict[str, Text] = {
    "ok": Text(zh="有纸", en="ok"),
    "near_end": Text(zh="将尽", en="near its end"),
    "out": Text(zh="缺纸", en="out"),
}

_CAPABILITIES: dict[str, Text] = {
    "print_complete": Text(zh="确认打印完成", en="confirms each slip"),
    "in_order_answer": Text(zh="按序应答", en="answers in order"),
    "status_only": Text(zh="只报状态", en="status only"),
    "none": Text(zh="不应答", en="never answers"),
}


def state_text(state: DeviceState) -> Text:
    """Return a device's state in words."""
    return _STATES[state]


def cause_text(cause: str | None) -> Text:
    """Return the cause of a fault in words; a cause without words of its own is the system's message."""
    return _CAUSES.get(cause, same(cause)) if cause else same("")


def slip_state_text(state: SlipState) -> Text:
    """Return where a slip is, in words."""
    return _SLIP_STATES[state]


def slip_kind_text(kind: SlipKind) -> Text:
    """Return what a slip is, in words."""
    return _SLIP_KINDS[kind]


def paper_text(paper: str | None) -> Text:
    """Return how much paper there is, in words; nothing where the printer does not say."""
    return _PAPERS.get(paper, same(paper)) if paper else same("")


def capability_text(capability: str | None) -> Text:
    """Return what a printer can confirm, in words; nothing where it is not known yet."""
    return _CAPABILITIES.get(capability, same(capability)) if capability else same("")
