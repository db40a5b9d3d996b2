"""Danger signs asked before any number is given.

Source: the red flags of emergency triage as hospitals post them at registration; a kiosk may only raise urgency,
never lower it, so any "yes" ends without a ticket and with the way to Emergency.
"""

from __future__ import annotations

from nightdesk_queue.text.bilingual import Text

COMMON_FLAGS: dict[str, Text] = {
    "unresponsive": Text(zh="神志不清或叫不醒", en="Confused or not responding"),
    "breathing": Text(zh="呼吸困难", en="Cannot breathe well"),
    "chest_pain": Text(zh="胸痛", en="Chest pain"),
    "stroke": Text(zh="口角歪斜、手脚无力、说话不清", en="Face drooping, weak arm, slurred speech"),
    "bleeding": Text(zh="大量出血", en="Heavy bleeding"),
    "seizure": Text(zh="抽搐", en="Seizure"),
    "pregnancy": Text(
        zh="怀孕并有出血、剧烈腹痛头痛、视物模糊、发烧或临产",
        en="Pregnant with bleeding, severe pain, blurred sight, fever or labour",
    ),
}
"""Asked for every clinic."""

EXTRA_FLAGS: dict[str, Text] = {
    "open_wound": Text(zh="伤口裂开或看见骨头", en="Open wound or visible bone"),
    "cold_or_numb_limb": Text(zh="手脚发凉、发白、麻木或不能动", en="A limb cold, pale, numb or not moving"),
    "head_or_spine": Text(zh="头、颈、背或骨盆受伤", en="Injured head, neck, back or pelvis"),
    "extreme_pain": Text(zh="疼痛异常剧烈", en="Pain out of all proportion"),
    "fall_or_traffic": Text(zh="高处坠落或车祸", en="Fall from height or traffic accident"),
}
"""Asked beside the common ones where a clinic's `red_flags` names them."""


def flags_of(red_flags: list[str]) -> list[Text]:
    """Return what to ask for a clinic with these extra `red_flags`, its own first."""
    return [EXTRA_FLAGS[flag] for flag in red_flags] + list(COMMON_FLAGS.values())
