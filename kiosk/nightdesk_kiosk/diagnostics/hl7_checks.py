"""Whether transfers from another system can be received: the port, the other system's listener, codes without a place.

Nothing is sent.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_address

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.diagnostics.finding import Finding
from nightdesk_ports.causes import cause_of, words_of
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Table
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.tickets import level_numeral
from nightdesk_queue.text.bilingual import Text, joined, same
from nightdesk_transfers import availability

CONNECT_SECONDS = 3.0
SERVED = Text(zh="{address} 正在接收", en="{address} is being served")
FREE = Text(zh="{address} 可用，run 启动后接收", en="{address} is free; run receives there")
NOT_FREE = Text(zh="{address} 不能打开：{e}", en="{address} cannot be opened: {e}")
REACHED = Text(zh="急诊系统 {address} 已连通", en="Emergency's listener {address} was reached")
NOT_REACHED = Text(zh="急诊系统 {address} 连不上：{e}", en="Emergency's listener {address} is not reached: {e}")
NO_CLINIC_CODE = Text(
    zh="门诊没有代码，急诊不能转来：{names}；写在 [hl7.targets]",
    en="clinics without a code cannot be transferred to: {names}; write them in [hl7.targets]",
)
NO_BADGE_CODE = Text(
    zh="优先类别没有代码：{names}；写在 [hl7.badges]", en="groups without a code: {names}; write them in [hl7.badges]"
)
NO_LEVEL_CODE = Text(
    zh="分诊级别没有代码：{names}；写在 [hl7.levels]", en="levels without a code: {names}; write them in [hl7.levels]"
)
OPEN_TO_ALL = Text(
    zh="{address} 对整个网络开放；写 networks 或 [hl7.tls]",
    en="{address} is open to the whole network; write networks, or [hl7.tls]",
)


def hl7_findings(settings: Settings) -> Iterator[Finding]:
    """Yield what was found of `[hl7]`; nothing where the hospital has none."""
    table = settings.hospital.hl7
    if table is None:
        return
    if not availability.is_installed():
        yield Finding("hl7", "hl7", False, availability.NEEDS)
        return
    warnings = list(_unmapped(settings.hospital, table))
    ok, text = _listening(settings, table)
    if table.tls is not None:
        # imported here: it stands on the library, which is there by now
        from nightdesk_transfers.listener import tls_context  # noqa: PLC0415

        try:
            tls_context(table.tls, settings.hospital.folder)
        except Fault as fault:
            ok, text = False, fault.text
    yield Finding("hl7", "hl7", ok, text, joined(warnings, "；", "; ") if warnings else None)
    if table.notices is not None:
        yield _reached(table.notices.to)


def _unmapped(hospital: Hospital, table: Hl7Table) -> Iterator[Text]:
    mapped = set(table.targets.values())
    if clinics := [clinic.name for clinic in hospital.clinic if clinic.id not in mapped]:
        yield NO_CLINIC_CODE.fill(names=joined(clinics))
    groups = set(table.badges.values())
    if without := [group.name for group in hospital.priority if group.id not in groups and group.min_age is None]:
        yield NO_BADGE_CODE.fill(names=joined(without))
    levels = set(table.levels.values())
    if missing := [same(level_numeral(level)) for level in (1, 2, 3, 4) if level not in levels]:
        yield NO_LEVEL_CODE.fill(names=joined(missing))
    if not (_is_loopback(table.listen) or table.networks or table.tls):
        yield OPEN_TO_ALL.fill(address=table.listen)


def _is_loopback(address: str) -> bool:
    host = address.rpartition(":")[0].strip("[]")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listening(settings: Settings, table: Hl7Table) -> tuple[bool, Text]:
    """Return whether the address is served or could be, and that in words."""
    try:
        with settings.looking() as tx:
            served = tx.is_served(*availability.LOCK)
    except Fault:
        served = False
    if served:
        return True, SERVED.fill(address=table.listen)
    host, _, port = table.listen.rpartition(":")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with closing(socket.create_server((host.strip("[]"), int(port)), family=family)):
            return True, FREE.fill(address=table.listen)
    except OSError as error:
        return False, NOT_FREE.fill(address=table.listen, e=words_of(cause_of(error)))


def _reached(address: str) -> Finding:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
    except (OSError, UnicodeError) as error:
        text = NOT_REACHED.fill(address=address, e=words_of(cause_of(error)))
        return Finding("hl7", "notices", False, text)
    return Finding("hl7", "notices", True, REACHED.fill(address=address))
