"""Danger signs asked before any number is given.

Source: the red flags of emergency triage as hospitals post them at registration; a kiosk may only raise urgency,
never lower it, so any "yes" ends without a ticket and with the way to Emergency.
"""

from __future__ import annotations

from nightdesk_queue.text.bilingual import Text

COMMON_FLAGS: dict[str, Text] = {
    "unresponsive": Text(zh="叫不醒、说胡话", en="Cannot be woken, or confused"),
    "breathing": Text(zh="喘不上气", en="Cannot breathe well"),
    "chest_pain": Text(zh="胸口痛", en="Chest pain"),
    "stroke": Text(zh="嘴歪、手脚没力、说不清话", en="Face drooping, weak arm, slurred speech"),
    "bleeding": Text(zh="流很多血", en="Heavy bleeding"),
    "seizure": Text(zh="抽搐", en="Seizure"),
    "pregnancy": Text(
        zh="怀孕：出血、剧痛、眼花、发烧、要生",
        en="Pregnant with bleeding, severe pain, blurred sight, fever or labour",
    ),
}
"""Asked for every clinic, in a patient's words."""

EXTRA_FLAGS: dict[str, Text] = {
    "open_wound": Text(zh="伤口裂开、看见骨头", en="Open wound or visible bone"),
    "cold_or_numb_limb": Text(zh="手脚发凉发白、麻、不能动", en="A limb cold, pale, numb or not moving"),
    "head_or_spine": Text(zh="头、脖子、背、骨盆受伤", en="Injured head, neck, back or pelvis"),
    "extreme_pain": Text(zh="痛得特别厉害", en="Pain out of all proportion"),
    "fall_or_traffic": Text(zh="从高处摔下、车祸", en="Fall from height or traffic accident"),
}
"""Asked beside the common ones where a clinic's `red_flags` names them."""


def flags_of(red_flags: list[str]) -> list[Text]:
    """Return what to ask for a clinic with these extra `red_flags`, its own first."""
    return [EXTRA_FLAGS[flag] for flag in red_flags] + list(COMMON_FLAGS.values())
