"""How every device is now: what its worker last wrote, or offline where no running process serves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import NOT_CONFIGURED, DeviceHealth, DeviceKind, DeviceState
from nightdesk_queue.store import devices, slips
from nightdesk_queue.store.database import Tx

VOICE = "voice"
"""The id of the one voice of a hospital."""


def device_health(tx: Tx, hospital: Hospital) -> list[DeviceHealth]:
    """Return the health of all configured devices: printers, call screens, the voice where there is one.

    Printers that slips wait for and the configuration has lost come last.
    """
    known, waiting = devices.known(tx), slips.waiting_by_printer(tx)
    found = []
    for kind, id_ in configured_devices(hospital):
        served = tx.is_served(kind, id_)
        slips_waiting = waiting.get(id_, 0) if kind is DeviceKind.PRINTER else 0
        found.append(DeviceHealth.of(kind, id_, known.get((kind, id_)), served=served, slips_waiting=slips_waiting))
    return [*found, *_lost(hospital, waiting)]


def health_of(tx: Tx, kind: DeviceKind, id_: str) -> DeviceHealth:
    """Return the health of one device; of a printer without its waiting slips."""
    return DeviceHealth.of(kind, id_, devices.of_id(tx, kind, id_), served=tx.is_served(kind, id_))


def printer_health(tx: Tx, hospital: Hospital) -> dict[str, DeviceHealth]:
    """Return the health of every configured printer, by id."""
    return printers_among(device_health(tx, hospital))


def printers_among(found: Sequence[DeviceHealth]) -> dict[str, DeviceHealth]:
    """Return the configured printers of what `device_health` found, by id."""
    return {one.id: one for one in found if one.kind is DeviceKind.PRINTER and one.cause != NOT_CONFIGURED}


def display_health(tx: Tx, hospital: Hospital) -> list[DeviceHealth]:
    """Return the health of every call screen, in the configuration's order."""
    return displays_among(device_health(tx, hospital))


def displays_among(found: Sequence[DeviceHealth]) -> list[DeviceHealth]:
    """Return the call screens of what `device_health` found, in the same order."""
    return [one for one in found if one.kind is DeviceKind.DISPLAY]


def voice_health(tx: Tx) -> DeviceHealth:
    """Return the health of the voice."""
    return health_of(tx, DeviceKind.VOICE, VOICE)


def configured_devices(hospital: Hospital) -> Iterator[tuple[DeviceKind, str]]:
    """Yield every device of the configuration: printers, call screens, the voice where there is one."""
    yield from ((DeviceKind.PRINTER, id_) for id_ in hospital.printers)
    yield from ((DeviceKind.DISPLAY, display.id) for display in hospital.display)
    if hospital.voice:
        yield DeviceKind.VOICE, VOICE


def _lost(hospital: Hospital, waiting: dict[str, int]) -> Iterator[DeviceHealth]:
    for printer, count in waiting.items():
        if printer not in hospital.printers:
            yield DeviceHealth(
                DeviceKind.PRINTER, printer, DeviceState.OFFLINE, NOT_CONFIGURED, served=False, slips_waiting=count
            )


def troubles(tx: Tx, hospital: Hospital) -> list[DeviceHealth]:
    """Return the devices that staff must look after, printers first.

    A printer whose paper is near its end is one; a printer that nobody serves is none until somebody waits for paper.
    Call screens that nobody serves are one trouble, not one a screen: their ids stand together.
    """
    found = device_health(tx, hospital)
    printers = [one for one in found if one.kind is DeviceKind.PRINTER and _is_printer_trouble(one)]
    screens = [one for one in found if one.kind is DeviceKind.DISPLAY and not one.works]
    unserved = [one for one in screens if not one.served]
    together = [replace(unserved[0], id=", ".join(one.id for one in unserved))] if unserved else []
    voice = [one for one in found if one.kind is DeviceKind.VOICE and not one.works]
    return [*printers, *together, *(one for one in screens if one.served), *voice]


def _is_printer_trouble(printer: DeviceHealth) -> bool:
    if printer.state is DeviceState.LOW:
        return True
    return not printer.works and (printer.served or printer.slips_waiting > 0)
