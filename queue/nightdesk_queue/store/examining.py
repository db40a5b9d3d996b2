"""A look at what a whole database says: does it contradict itself, and can tonight's values be read?"""

from __future__ import annotations

from nightdesk_queue.domain.states import ENDED
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.store import events, pages, slips, tickets
from nightdesk_queue.store.damage import damaged
from nightdesk_queue.store.database import Tx
from nightdesk_queue.text.bilingual import Text

BROKEN_RULE = Text(
    zh="数据库 {path} 前后不一致：{what}({n} 处)；请从备份恢复，或把文件交给 nightdesk 的维护者",
    en="database {path} contradicts itself: {what} ({n} times); restore a backup, or give the file to who maintains it",
)
RECENT = 1000
"""Newest events whose values are read."""
_UNKNOWN_STATES = f"SELECT state FROM tickets WHERE state NOT IN ({', '.join(repr(str(one)) for one in State)}) LIMIT 1"

_RULES: tuple[tuple[Text, str], ...] = (
    (
        Text(zh="号没有取号事件", en="tickets without any event"),
        "SELECT count(*) AS n FROM tickets WHERE state NOT IN ('done', 'cancelled', 'lapsed') "
        "AND NOT EXISTS (SELECT 1 FROM events WHERE events.ticket = tickets.id)",
    ),
    (
        Text(zh="被叫的号没有呼叫事件", en="called tickets without a call"),
        "SELECT count(*) AS n FROM tickets WHERE state = 'called' "
        "AND NOT EXISTS (SELECT 1 FROM events WHERE events.ticket = tickets.id AND kind = 'call')",
    ),
    (
        Text(zh="已结束的号没有结束时间", en="ended tickets without a time of their end"),
        "SELECT count(*) AS n FROM tickets WHERE state IN ('done', 'cancelled', 'lapsed') AND ended_at IS NULL",
    ),
)


def broken_rules(tx: Tx, where: str) -> list[Text]:
    """Return in which ways a database contradicts itself, in words with the fix."""
    counted = [(what, tx.row(sql)) for what, sql in _RULES]
    return [BROKEN_RULE.fill(path=where, what=what, n=row["n"]) for what, row in counted if row and row["n"]]


def read_tonight(tx: Tx) -> None:
    """Read what serves tonight with the functions that serve it. Raises Fault for a value nobody can read."""
    for row in tx.rows("SELECT DISTINCT clinic FROM tickets WHERE state NOT IN ('done', 'cancelled', 'lapsed')"):
        tickets.living(tx, row["clinic"], *(set(State) - ENDED))
    living_but_unknown = tx.row(_UNKNOWN_STATES, {})
    if living_but_unknown is not None:
        raise damaged("tickets", ValueError(str(living_but_unknown["state"])))
    events.after(tx, max(0, events.last_seq(tx) - RECENT), RECENT)
    slips.newest(tx, RECENT)
    pages.open_pages(tx)
