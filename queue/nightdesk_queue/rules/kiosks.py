"""What staff may say of a kiosk, and what one that is suspended says to patients. Pure."""

from __future__ import annotations

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.kiosk_state import KioskState
from nightdesk_queue.text.bilingual import Text

DIMMEST, BRIGHTEST = 10, 100
"""Percent: below the dimmest nobody would find the way out of the menu again."""
OUT_OF_USE = Text(
    zh="这台机器暂停使用，请到{desk}取号或报到", en="this machine is out of use, please go to {desk} for everything"
)
NO_BRIGHTNESS = Text(
    zh="亮度 {n}% 不行，可用 {least} 到 {most}", en="a brightness of {n} % will not do, use {least} to {most}"
)


def by_kiosk(hospital: Hospital, state: KioskState) -> Refused | None:
    """Refuse everybody at a kiosk that staff have suspended, with the way to the desk."""
    if not state.suspended:
        return None
    return Refused("kiosk_suspended", OUT_OF_USE.fill(desk=hospital.hospital.desk))


def known_brightness(percent: int) -> int:
    """Return a brightness that a screen may have. Raises Refused: bad_brightness."""
    if not DIMMEST <= percent <= BRIGHTEST:
        raise Refused("bad_brightness", NO_BRIGHTNESS.fill(n=percent, least=DIMMEST, most=BRIGHTEST))
    return percent
