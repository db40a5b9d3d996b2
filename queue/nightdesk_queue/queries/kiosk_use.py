"""Whether patients may use a kiosk now."""

from __future__ import annotations

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.store.database import Tx


def out_of_use(tx: Tx, hospital: Hospital, kiosk: str | None) -> Refused | None:
    """Return why a kiosk gives no numbers and takes no check-ins, or None; so for staff, who are at none."""
    if kiosk is None:
        return None
    # imported here: a command of staff does not wait for it
    from nightdesk_queue.rules.kiosks import by_kiosk  # noqa: PLC0415
    from nightdesk_queue.store import kiosks  # noqa: PLC0415

    return by_kiosk(hospital, kiosks.state_of(tx, kiosk))
