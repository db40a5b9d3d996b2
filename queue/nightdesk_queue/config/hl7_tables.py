"""The tables of config.toml about the emergency room's own system: its messages, and the notices that go back."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo

from nightdesk_queue.config.fields import Id, ZoneName, wrong
from nightdesk_queue.config.table import Checked, Limits, Table
from nightdesk_queue.text.bilingual import Text

Charset: TypeAlias = Literal["utf-8", "gb18030", "gbk"]
NoticeKind: TypeAlias = Literal["called", "started", "finished", "missed", "lapsed", "sent_back"]

_ADDRESS = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:\[\]]+):\d{1,5}")
_FIELD = re.compile(r"[A-Z][A-Z0-9]{2}-[1-9]\d?")
_TAKEN = frozenset({"PID-3", "PID-5", "PV1-2", "PV1-3", "PV1-19"})
"""Fields of a notice that say whom it is about."""
LEVELS = {"1": 1, "2": 2, "3": 3, "4": 4, "I": 1, "II": 2, "III": 3, "IV": 4, "一": 1, "二": 2, "三": 3, "四": 4}
"""The triage levels as most systems write them."""
BADGES = {"B6": "pregnant"}
"""HL7 table 0009: an ambulatory status that goes first; it counts where the hospital has such a group."""


def _address(value: str) -> str:
    port = value.rpartition(":")[2]
    if not _ADDRESS.fullmatch(value) or int(port) > 65535:
        raise wrong(
            Text(zh="不是主机和端口", en="not a host and a port"),
            Text(zh='写成 "127.0.0.1:2575" 或 "[::1]:2575"', en='write "127.0.0.1:2575" or "[::1]:2575"'),
        )
    return value


def _network(value: str) -> str:
    from ipaddress import ip_network  # noqa: PLC0415 - only who is told networks needs it

    try:
        ip_network(value)
    except ValueError:
        raise wrong(
            Text(zh="不是网络地址", en="not a network"),
            Text(zh='写成 "10.20.0.0/16" 或一个地址', en='write "10.20.0.0/16", or one address'),
        ) from None
    return value


def _field_name(value: str) -> str:
    if not _FIELD.fullmatch(value) or value.startswith(("MSH-", "EVN-")) or value in _TAKEN:
        raise wrong(
            Text(zh="不是可用的字段", en="not a field that can be used"),
            Text(zh='写成 "PV2-24" 或 "ZNQ-1"', en='write "PV2-24" or "ZNQ-1"'),
        )
    return value


Address = Annotated[str, Checked(_address)]
Network = Annotated[str, Checked(_network)]
FieldName = Annotated[str, Checked(_field_name)]
Code = Annotated[str, Limits(min_length=1, max_length=60)]


class Hl7Tls(Table):
    """`[hl7.tls]`: files of the certificate, its key, and the authority whose clients may send.

    Relative paths start at the configuration's folder. Without `client_authority` any client may connect.
    """

    certificate: Annotated[str, Limits(min_length=1)]
    key: Annotated[str, Limits(min_length=1)]
    client_authority: Annotated[str, Limits(min_length=1)] | None = None


class Hl7Notices(Table):
    """`[hl7.notices]`: the emergency room's listener is told what becomes of the patients it sent.

    `authority`: the file of the authority that signed the listener's certificate; without it the line is not guarded.
    """

    to: Address
    tell: list[NoticeKind] = field(
        default_factory=lambda: ["called", "started", "finished", "missed", "lapsed", "sent_back"]
    )
    status_field: FieldName = "PV2-24"
    sent_back_as: Literal["A02", "A08"] = "A02"
    refusals: Annotated[int, Limits(ge=1, le=100)] = 5
    authority: Annotated[str, Limits(min_length=1)] | None = None


class Hl7Table(Table):
    """The `[hl7]` table: transfers from the emergency room's own system, HL7 v2 over MLLP.

    `targets`, `levels` and `badges` say what a sender's code (PV1-3.1, the triage level, PV1-15 and others) is here.
    """

    listen: Address = "127.0.0.1:2575"
    accept_from: list[Code] = field(default_factory=list)
    facilities: list[Code] = field(default_factory=list)
    networks: list[Network] = field(default_factory=list)
    receiver: list[Code] = field(default_factory=list)
    targets: dict[str, Id] = field(default_factory=dict)
    origin: Id | None = None
    levels: dict[str, Annotated[int, Limits(ge=1, le=4)]] = field(default_factory=lambda: dict(LEVELS))
    badges: dict[str, Id] = field(default_factory=lambda: dict(BADGES))
    charset: Charset = "utf-8"
    timezone: ZoneName | None = None
    max_bytes: Annotated[int, Limits(ge=1_000, le=10_000_000)] = 200_000
    connections: Annotated[int, Limits(ge=1, le=1000)] = 32
    idle_seconds: Annotated[int, Limits(ge=1, le=86_400)] = 600
    quiet_seconds: Annotated[int, Limits(ge=1, le=60)] = 10
    per_minute: Annotated[int, Limits(ge=1, le=1_000_000)] = 6_000
    journal_days: Annotated[int, Limits(ge=1, le=3650)] = 30
    tls: Hl7Tls | None = None
    notices: Hl7Notices | None = None

    def zone_or(self, own: ZoneInfo) -> ZoneInfo:
        """Return the zone of times that the sender gives without an offset; `own`: the hospital's, the default."""
        return ZoneInfo(self.timezone) if self.timezone else own
