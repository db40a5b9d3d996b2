"""The hospital as it is tonight: the configuration with what staff have changed since (clinics in other rooms)."""

from __future__ import annotations

from collections.abc import Mapping

from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.clinic_state import ClinicState
from nightdesk_queue.store import clinics
from nightdesk_queue.store.database import Tx


def tonight(tx: Tx, hospital: Hospital) -> Hospital:
    """Return the hospital with its clinics in the rooms where they are now."""
    return moved(hospital, clinics.all_of(tx))


def moved(hospital: Hospital, states: Mapping[str, ClinicState]) -> Hospital:
    """Return the hospital with moved clinics in their rooms; rooms the configuration has lost are left out."""
    moves = []
    for state in sorted(states.values(), key=lambda state: state.moved_at or state.changed_at):
        rooms = tuple(room for room in state.rooms or () if room in hospital.rooms)
        if rooms and state.clinic in hospital.clinics:
            moves.append((state.clinic, rooms))
    return hospital.with_rooms(tuple(moves)) if moves else hospital


def clinic_tonight(tx: Tx, hospital: Hospital, clinic_id: str) -> Clinic:
    """Return one clinic with the rooms it has now."""
    return tonight(tx, hospital).clinics[clinic_id]
