"""What was found out about one thing that was tried."""

from __future__ import annotations

from dataclasses import dataclass

from nightdesk_queue.domain.errors import ConfigFault
from nightdesk_queue.text.bilingual import Text

FAULT = Text(zh="{key} = {value}：{p}；{m}", en="{key} = {value}: {p}; {m}")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one thing. `warning`: what somebody should know although it works."""

    kind: str
    id: str
    ok: bool
    text: Text
    warning: Text | None = None


def fault_text(fault: ConfigFault) -> Text:
    """Return a fault of a file that config.toml names in one sentence."""
    return FAULT.fill(key=fault.key, value=fault.value, p=fault.problem, m=fault.fix)
