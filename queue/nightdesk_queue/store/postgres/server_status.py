"""What a database on a server is at a moment: versions, size, who is connected, and how far its standbys are."""

from __future__ import annotations

from datetime import datetime

from nightdesk_queue.domain.backups import Connected, DatabaseStatus, Standby
from nightdesk_queue.store.database import Tx

_SELF = """
SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS size,
    (SELECT max(layout) FROM layouts) AS layout, current_setting('synchronous_standby_names') AS synchronous
"""
_CONNECTED = """
SELECT CASE WHEN application_name LIKE 'nightdesk %' THEN substr(application_name, 11)
    ELSE coalesce(nullif(application_name, ''), host(client_addr), '?') END AS machine, count(*) AS n
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' GROUP BY 1 ORDER BY 1
"""
_STANDBYS = """
SELECT application_name AS name, coalesce(state, '?') AS state, coalesce(sync_state, '?') AS sync,
    coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::bigint AS behind FROM pg_stat_replication
ORDER BY 1
"""


def status_of(tx: Tx, at: datetime) -> DatabaseStatus:
    """Return what the database is. What this user may not see of others is left out by the server."""
    row = tx.row(_SELF)
    assert row is not None, "a server has a version"
    return DatabaseStatus(
        engine=f"PostgreSQL {row['version']}",
        layout=row["layout"],
        bytes=row["size"],
        pending_bytes=0,
        checked_at=at,
        connected=tuple(Connected(one["machine"], one["n"]) for one in tx.rows(_CONNECTED)),
        standbys=tuple(Standby(one["name"], one["state"], one["sync"], one["behind"]) for one in tx.rows(_STANDBYS)),
    )
