"""Who took the last step with a patient, where and how long ago, for whoever reached for the same patient. Pure."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import Event
from nightdesk_queue.text.bilingual import Text, same

LONGEST_IN_SECONDS = 120
"""Seconds from which on a time is told in minutes."""


def by_whom(hospital: Hospital, refused: Refused, last: Event, now: datetime) -> Refused:
    """Return a refusal with who took the last step with its patient, where and how long ago."""
    text = Text(
        zh="{refused}。上一步：{step}({where})，{actor}，{ago}",
        en="{refused}. Last step: {step} ({where}) by {actor}, {ago}",
    )
    room = (last.after or {}).get("room")
    where = hospital.room_name(room) if isinstance(room, str) else same(last.station)
    told = text.fill(refused=refused.text, step=last.kind.text, where=where, actor=last.actor, ago=_ago(last.at, now))
    return Refused(refused.code, told)


def _ago(moment: datetime, now: datetime) -> Text:
    seconds = max(int((now - moment).total_seconds()), 0)
    if seconds < LONGEST_IN_SECONDS:
        return Text(zh="{n} 秒前", en="{n} s ago").fill(n=seconds)
    return Text(zh="{n} 分钟前", en="{n} min ago").fill(n=seconds // 60)
