"""States and causes of devices and slips in words; the database holds their codes."""

from __future__ import annotations

from nightdesk_queue.language import Text, same
from nightdesk_queue.store.slips import SlipState

_STATES: dict[str, Text] = {
    "ready": Text(zh="就绪", en="ready"),
    "online": Text(zh="在线", en="online"),
    "unverified": Text(zh="已发送，无回应协议", en="unverified"),
    "degraded": Text(zh="异常", en="degraded"),
    "offline": Text(zh="离线", en="offline"),
}

_CAUSES: dict[str, Text] = {
    "unreachable": Text(zh="连不上，检查电源和线", en="not reachable, check power and cable"),
    "broken_off": Text(zh="打印中断", en="broke off inside a slip"),
    "missing": Text(zh="设备不在", en="device is not there"),
    "worker_died": Text(zh="上次服务中断", en="the service was interrupted"),
    "not_served": Text(zh="后台服务未运行(nightdesk run)", en="not served: is `nightdesk run` running?"),
    "not_configured": Text(zh="配置里没有这台打印机", en="no such printer in the configuration"),
    "not_spoken": Text(zh="尚不支持这种协议", en="this protocol is not spoken yet"),
    "starting": Text(zh="正在启动", en="starting"),
    "stopped": Text(zh="后台服务已停止", en="the service was stopped"),
    "no_answer": Text(zh="屏没有回应", en="the screen does not answer"),
    "nak_3": Text(zh="屏忙", en="the screen is busy"),
    "nak_5": Text(zh="屏报校验错", en="the screen reports a wrong checksum"),
    "nak_12": Text(zh="屏缺字库", en="the screen lacks the font"),
}

_SLIP_STATES: dict[SlipState, Text] = {
    SlipState.QUEUED: Text(zh="待打印", en="queued"),
    SlipState.CLAIMED: Text(zh="准备打印", en="claimed"),
    SlipState.SENDING: Text(zh="正在发送", en="sending"),
    SlipState.SENT: Text(zh="已发送", en="sent"),
    SlipState.PRINTED: Text(zh="已打印", en="printed"),
    SlipState.FAILED: Text(zh="失败", en="failed"),
}


def state_text(state: str) -> Text:
    """Return a device's state in words."""
    return _STATES.get(state, same(state))


def cause_text(cause: str | None) -> Text:
    """Return the cause of a fault in words; a cause without words of its own is the system's message."""
    return _CAUSES.get(cause, same(cause)) if cause else same("")


def slip_state_text(state: SlipState) -> Text:
    """Return where a slip is, in words."""
    return _SLIP_STATES[state]
