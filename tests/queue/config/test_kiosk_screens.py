"""The screen of a kiosk, as config.toml describes it."""

from __future__ import annotations

import pytest

from nightdesk_queue.config import parse
from nightdesk_queue.domain.errors import ConfigError

CONFIG = """
[hospital]
name = { zh = "院", en = "H" }
[[clinic]]
id = "er"
name = { zh = "急", en = "ER" }
prefix = "E"
hours = "always"
rooms = ["er-1"]
[[room]]
id = "er-1"
name = { zh = "室", en = "R" }
[[kiosk]]
id = "lobby-1"
"""


def test_a_screen_has_a_width_and_a_height_and_its_terminal_columns_and_rows() -> None:
    kiosk = parse(CONFIG + "screen_mm = [476, 268]\ncells = [120, 33]\n").kiosks["lobby-1"]
    assert (kiosk.screen_mm, kiosk.cells) == ([476, 268], [120, 33])


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ("screen_mm = [476]", "kiosk[lobby-1].screen_mm", "two numbers"),
        ("screen_mm = [476, 268, 300]", "kiosk[lobby-1].screen_mm", "two numbers"),
        ("screen_mm = [476, 19]", "kiosk[lobby-1].screen_mm[1]", "out of range"),
        ("cells = []", "kiosk[lobby-1].cells", "two numbers"),
        ("cells = [120, 1001]", "kiosk[lobby-1].cells[1]", "out of range"),
        ("cells = 33", "kiosk[lobby-1].cells", ""),
    ],
)
def test_anything_else_is_a_fault_at_its_key(line: str, key: str, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse(CONFIG + line)
    (fault,) = raised.value.faults
    assert fault.key == key
    assert said in fault.problem.en
