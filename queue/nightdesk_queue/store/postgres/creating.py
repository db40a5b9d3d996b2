"""Making a database on a server: its role, the database that belongs to it, and our tables in it."""

from __future__ import annotations

from pathlib import Path

from psycopg.sql import SQL, Identifier, Literal

from nightdesk_queue.domain.backups import Created
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.store.postgres.address import Address, read_address
from nightdesk_queue.store.postgres.connections import LONG_WORK, Connection, connect
from nightdesk_queue.store.postgres.faults import faults
from nightdesk_queue.store.postgres.migrating import layout_of, prepare
from nightdesk_queue.text.bilingual import Text

NO_NAMES = Text(
    zh="地址 {where} 里没有用户或数据库名；写 postgresql://用户@主机/数据库",
    en="address {where} names no user or no database; write postgresql://USER@HOST/NAME",
)


def create(url: str, admin: str | None, password_file: Path | None) -> list[Created]:
    """Make what is not there of role, database and tables; return what was made. Raises Misuse, Fault."""
    address = read_address(url, password_file)
    role, name = address.parameters.get("user"), address.parameters.get("dbname")
    if not role or not name:
        raise Misuse("usage", NO_NAMES.fill(where=address.where))
    made: list[Created] = []
    by = read_address(admin) if admin else _administrator(address)
    with faults(by.where), connect(by, LONG_WORK) as connection:
        if not _has(connection, "SELECT 1 FROM pg_roles WHERE rolname = %(name)s", role):
            connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(role)))
            if password := address.parameters.get("password"):
                connection.execute(
                    SQL("ALTER ROLE {} PASSWORD {}").format(
                        Identifier(role), Literal(_hashed(connection, role, password))
                    )
                )
            made.append(Created.ROLE)
        if not _has(connection, "SELECT 1 FROM pg_database WHERE datname = %(name)s", name):
            connection.execute(
                SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                    Identifier(name), Identifier(role)
                )
            )
            made.append(Created.DATABASE)
    with faults(address.where), connect(address, LONG_WORK) as connection:
        if layout_of(connection, address.where) is None:
            made.append(Created.TABLES)
        prepare(connection, address.where, create=True)
    return made


def _administrator(address: Address) -> Address:
    """Return the address of the same server's own database, for the user of this machine."""
    kept = {name: value for name, value in address.parameters.items() if name not in ("user", "password")}
    return Address(address.where, {**kept, "dbname": "postgres"})


def _has(connection: Connection, question: str, name: str) -> bool:
    return connection.execute(question, {"name": name}).fetchone() is not None


def _hashed(connection: Connection, role: str, password: str) -> str:
    """Return a password as the server keeps it, so that it stands in no log of the server."""
    return connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
