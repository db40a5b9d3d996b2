"""A fault in config.toml names its line."""

from __future__ import annotations

import pytest

from nightdesk_queue.config import parse
from nightdesk_queue.domain.errors import ConfigError

TEXT = """[hospital]
name = { zh = "院", en = "H" }
timezone = "Mars/Olympus"

[[clinic]]
id = "er"
name = { zh = "急", en = "ER" }
prefix = "E"
hours = "always"
rooms = ["er-1", "er-9"]

[[clinic]]
id = "two"
name = { zh = "二", en = "Two" }
prefix = "toolong"
hours = "always"
rooms = ["er-2"]
  [clinic.order]
  rule = "chance"

[[room]]
id = "er-1"
name = { zh = "室", en = "R" }
[[room]]
id = "er-2"
name = { zh = "室", en = "R" }

[[priority]]
id = "p"
name = { zh = "幼", en = "Infant" }
badge = "幼"
min_age = 9
max_age = 3

[tomorow]
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("hospital.timezone", 3),
        ("clinic[two].prefix", 15),
        ("clinic[two].order.rule", 18),
        ("clinic[er].rooms", 10),
        ("priority[p]", 28),
        ("tomorow", 35),
    ],
)
def test_a_fault_names_the_line_of_its_key(key: str, line: int) -> None:
    with pytest.raises(ConfigError) as error:
        parse(TEXT)
    lines = {fault.key: fault.line for fault in error.value.faults}
    (found,) = {at for name, at in lines.items() if name.startswith(key)}
    assert found == line, lines
