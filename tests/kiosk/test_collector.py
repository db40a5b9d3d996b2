"""The garbage collector keeps out of people's way."""

from __future__ import annotations

import subprocess
import sys

_SAYS = """
import gc
from nightdesk_kiosk.collector import ENOUGH, QuietCollector, importing

class Circle:
    def __init__(self): self.me = self

def circles(n):
    for _ in range(n): Circle()

def full(): return gc.get_stats()[2]["collections"]

with importing():
    circles(100_000)
print("works again", gc.isenabled(), gc.get_freeze_count() > 0)
quiet = QuietCollector()
before = full()
circles(1_000_000)
kept = [[n] for n in range(500_000)]
print("full ones by themselves", full() - before)
quiet.collect()
print("when it is quiet", full() - before)
quiet.collect()
print("nothing new", full() - before)
"""


def test_a_screen_is_looked_through_when_it_is_quiet_and_at_no_other_time() -> None:
    """In a process of its own: the collector is one for all of a process."""
    done = subprocess.run([sys.executable, "-c", _SAYS], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == [
        "works again True True",
        "full ones by themselves 0",
        "when it is quiet 1",
        "nothing new 1",
    ]
