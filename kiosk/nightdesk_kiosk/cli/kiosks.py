"""The commands about kiosks, the touchscreens in the lobby."""

from __future__ import annotations

from nightdesk_kiosk.cli.bilingual import NightGroup
from nightdesk_kiosk.cli.root import cli
from nightdesk_queue.text.bilingual import Text

kiosk_group = NightGroup("kiosk", about=Text(zh="自助机", en="touchscreens"))
cli.add_command(kiosk_group)
