"""SQL for the journal of messages from other systems. A row is written with what the message did, never before."""

from __future__ import annotations

import json
from datetime import datetime

from nightdesk_queue.domain.interface_messages import AnswerCode, JournalEntry, MessageKey, NewMessage
from nightdesk_queue.store.damage import reads
from nightdesk_queue.store.database import Row, Tx, inserted
from nightdesk_queue.store.timestamps import moment, stamp
from nightdesk_queue.text.bilingual import Text

_COLUMNS = (
    "at", "application", "facility", "control_id", "kind", "whom", "code", "refusal", "told_zh", "told_en",
    "content", "answers", "clinic", "patient", "ticket", "settled",
)  # fmt: skip
_SELECT = f"SELECT seq, {', '.join(_COLUMNS)} FROM hl7_messages"
_INSERT = f"INSERT INTO hl7_messages ({', '.join(_COLUMNS)}) VALUES ({', '.join(':' + name for name in _COLUMNS)})"


def known(tx: Tx, key: MessageKey) -> JournalEntry | None:
    """Return the message that came under a key before; one without a control id is never known."""
    row = tx.row(
        f"{_SELECT} WHERE control_id = :control_id AND control_id <> '' AND application = :application "
        "AND facility = :facility AND kind = :kind AND whom = :whom",
        {
            "control_id": key.control_id,
            "application": key.application,
            "facility": key.facility,
            "kind": key.kind,
            "whom": key.whom,
        },
    )
    return _read(row) if row else None


def next_seq(tx: Tx) -> int:
    """Return the place that the next message will have."""
    row = tx.row("SELECT coalesce(max(seq), 0) + 1 AS seq FROM hl7_messages")
    return int(row["seq"]) if row else 1


def add(tx: Tx, message: NewMessage, at: datetime) -> int:
    """Write a message and return its place."""
    key = message.key
    return inserted(
        tx,
        "hl7_messages",
        _INSERT,
        {
            "at": stamp(at),
            "application": key.application,
            "facility": key.facility,
            "control_id": key.control_id,
            "kind": key.kind,
            "whom": key.whom,
            "code": message.code,
            "refusal": message.refusal,
            "told_zh": message.told.zh,
            "told_en": message.told.en,
            "content": message.content,
            "answers": json.dumps(message.answers, ensure_ascii=False),
            "clinic": message.clinic,
            "patient": message.patient,
            "ticket": message.ticket,
            "settled": int(message.settled),
        },
        many=False,
    )


def one(tx: Tx, seq: int) -> JournalEntry | None:
    """Return the message at a place."""
    row = tx.row(f"{_SELECT} WHERE seq = :seq", {"seq": seq})
    return _read(row) if row else None


def newest(tx: Tx, limit: int, *, refused: bool = False) -> list[JournalEntry]:
    """Return the newest messages, the newest first; `refused`: only those that the queue refused."""
    # spelled as in the index
    wanted = " WHERE code = 'AE'" if refused else ""
    rows = tx.rows(f"{_SELECT}{wanted} ORDER BY seq DESC LIMIT :limit", {"limit": limit})
    return [_read(row) for row in rows]


def open_refusals(tx: Tx, since: datetime) -> list[JournalEntry]:
    """Return the refused transfers nobody has settled since a moment, the oldest first."""
    rows = tx.rows(f"{_SELECT} WHERE settled = 0 AND at >= :since ORDER BY at, seq", {"since": stamp(since)})
    return [_read(row) for row in rows]


def settle(tx: Tx, seq: int, ticket: str | None) -> None:
    """Note that somebody has decided about a refused message; `ticket`: the number they gave."""
    tx.change(
        "UPDATE hl7_messages SET settled = 1, ticket = coalesce(:ticket, ticket) WHERE seq = :seq",
        {"seq": seq, "ticket": ticket},
    )


def reopen(tx: Tx, ticket: str) -> int:
    """Note that a refused transfer is to be decided again: the number that staff gave for it was taken back."""
    return tx.change(
        "UPDATE hl7_messages SET settled = 0, ticket = NULL WHERE code = 'AE' AND ticket IS NOT NULL "
        "AND ticket = :ticket",
        {"ticket": ticket},
    )


def settle_whom(tx: Tx, whom: str, since: datetime) -> int:
    """Note that nothing is to be decided any more about whom a refused message was; return how many there were."""
    return tx.change(
        "UPDATE hl7_messages SET settled = 1 WHERE settled = 0 AND at >= :since AND whom = :whom",
        {"whom": whom, "since": stamp(since)},
    )


def settle_before(tx: Tx, at: datetime) -> int:
    """Note that nothing is to be decided any more about messages that were refused before a moment."""
    return tx.change("UPDATE hl7_messages SET settled = 1 WHERE settled = 0 AND at < :at", {"at": stamp(at)})


def forget_before(tx: Tx, at: datetime, limit: int) -> int:
    """Delete those of the `limit` oldest messages that came before a moment; return how many there were."""
    return tx.change(
        "DELETE FROM hl7_messages WHERE seq IN (SELECT seq FROM hl7_messages ORDER BY seq LIMIT :limit) AND at < :at",
        {"at": stamp(at), "limit": limit},
    )


@reads("hl7_messages")
def _read(row: Row) -> JournalEntry:
    return JournalEntry(
        seq=row["seq"],
        at=moment(row["at"]),
        key=MessageKey(row["application"], row["facility"], row["control_id"], row["kind"], row["whom"]),
        code=AnswerCode(row["code"]),
        refusal=row["refusal"],
        told=Text(zh=row["told_zh"], en=row["told_en"]),
        content=row["content"],
        answers=tuple(json.loads(row["answers"])),
        clinic=row["clinic"],
        patient=row["patient"],
        ticket=row["ticket"],
        settled=bool(row["settled"]),
    )
