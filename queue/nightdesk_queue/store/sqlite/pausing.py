"""A pause between two tries for something that other processes hold."""

from __future__ import annotations

import time


def sleep_about(seconds: float) -> None:
    """Sleep for half to one and a half times `seconds`, by chance, so that those who wait do not try in step."""
    import random  # noqa: PLC0415 - only who has to wait needs it; a command that finds the way free starts sooner

    time.sleep(seconds * random.uniform(0.5, 1.5))
