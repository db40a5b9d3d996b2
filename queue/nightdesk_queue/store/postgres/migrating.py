"""Making the tables of a database on a server, and bringing an older layout up to date.

Our tables stand in a schema of their own, `nightdesk`, so that a database may hold other things and a restore can keep
the old ones beside the new. One process makes or changes the layout; others that start meanwhile wait for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.postgres.connections import Connection
from nightdesk_queue.store.postgres.layout import CREATED, LAYOUT, MIGRATIONS, SCHEMA
from nightdesk_queue.store.postgres.locks import TAKE_WRITE_LOCK
from nightdesk_queue.text.bilingual import Text

NEWER = Text(
    zh="数据库 {where} 属于更新版本的 nightdesk(布局 {v}，本程序只认识到 {known})；请升级本程序",
    en="database {where} belongs to a newer nightdesk (layout {v}, this one knows {known}); upgrade this nightdesk",
)
FOREIGN = Text(
    zh="数据库 {where} 里的 {schema} 不是 nightdesk 的；请换一个数据库",
    en="what is called {schema} in database {where} is not nightdesk's; name another database",
)
EMPTY = Text(
    zh="数据库 {where} 里还没有 nightdesk 的表；用 nightdesk database create 创建，或先启动 nightdesk run",
    en="database {where} holds no tables of nightdesk yet; make them with nightdesk database create, or start "
    "nightdesk run first",
)
TOO_OLD = Text(
    zh="数据库服务器 {where} 是 PostgreSQL {v}；需要 14 或更新",
    en="the server of {where} is PostgreSQL {v}; 14 or newer is needed",
)
OLDEST_SERVER = 140000
_TEXT = re.compile(r"\bTEXT\b")


def prepare(connection: Connection, where: str, *, create: bool) -> None:
    """See that the tables are there in today's layout; make or migrate them. Raises Fault, psycopg.Error.

    `create`: a database without our tables is given them.
    """
    if connection.info.server_version < OLDEST_SERVER:
        raise Fault("database_old", TOO_OLD.fill(where=where, v=connection.info.server_version // 10000))
    found = layout_of(connection, where)
    if found is None and not create:
        raise Fault("database_missing", EMPTY.fill(where=where))
    if found == LAYOUT:
        return
    with connection.transaction():
        connection.execute(TAKE_WRITE_LOCK)
        bring_up_to_date(connection, where)


def bring_up_to_date(connection: Connection, where: str) -> None:
    """Make the tables or migrate them, within a transaction that holds the write lock. Raises Fault, psycopg.Error."""
    # another process may have been faster
    found = layout_of(connection, where)
    if found is None:
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        _execute(connection, CREATED)
        _note(connection, LAYOUT)
        return
    for layout, statements in MIGRATIONS:
        if layout > found:
            _execute(connection, statements)
            _note(connection, layout)


def layout_of(connection: Connection, where: str) -> int | None:
    """Return the layout that is there; None without any. Raises Fault for one that is newer, or not ours."""
    row = connection.execute(
        "SELECT to_regnamespace(%(schema)s) IS NOT NULL AS schema, EXISTS (SELECT FROM pg_attribute "
        "WHERE attrelid = to_regclass(%(table)s) AND attname = 'layout' AND atttypid = 'int8'::regtype) AS marked",
        {"schema": SCHEMA, "table": f"{SCHEMA}.layouts"},
    ).fetchone()
    assert row is not None, "a SELECT without a table has a row"
    if not row["schema"]:
        return None
    newest = (
        connection.execute(f"SELECT max(layout) AS layout FROM {SCHEMA}.layouts").fetchone() if row["marked"] else None
    )
    if newest is None or newest["layout"] is None:
        raise Fault("database_foreign", FOREIGN.fill(where=where, schema=SCHEMA))
    found = int(newest["layout"])
    if found > LAYOUT:
        raise Fault("database_newer", NEWER.fill(where=where, v=found, known=LAYOUT))
    return found


def collated(statement: str) -> str:
    """Return a statement that makes tables, every text compared by its code points."""
    return _TEXT.sub('TEXT COLLATE "C"', statement)


def _execute(connection: Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        connection.execute(collated(statement))


def _note(connection: Connection, layout: int) -> None:
    connection.execute("INSERT INTO layouts (layout) VALUES (%(layout)s)", {"layout": layout})
