"""A kiosk that is cut off from the server: the hospital as it goes on with it alone. Pure."""

from __future__ import annotations

from nightdesk_queue.config import Clinic, Hospital, Kiosk


def as_cut_off(hospital: Hospital, kiosk: Kiosk) -> Hospital:
    """Return the hospital as a kiosk knows it alone.

    Its numbers have letters of their own, so that no other machine can ever give the same one. Nobody is paged, since
    nobody can be told; nobody is refused by a forecast, since none can be made. Quotas are counted apart, from what
    was last known.
    """
    return hospital.changed(clinic=[_alone(clinic, kiosk) for clinic in hospital.clinic])


def _alone(clinic: Clinic, kiosk: Kiosk) -> Clinic:
    return clinic.changed(
        prefix=kiosk.offline_prefix or clinic.prefix,
        on_call=None,
        printer=None,
        stop_by_forecast=False,
        sessions=[session.changed(quota=None) for session in clinic.sessions],
    )
