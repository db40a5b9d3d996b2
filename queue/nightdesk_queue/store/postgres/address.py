"""The address of a database on a server, `postgresql://USER@HOST[:PORT][,...]/NAME[?OPTION=...]`, as libpq reads it.

The password comes from a file, from PGPASSWORD or from libpq's own password file; one in the address is taken, but
never shown. Source: https://www.postgresql.org/docs/current/libpq-connect.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.text.bilingual import Text

PREFIXES = ("postgresql://", "postgres://")
LONGEST_PASSWORD = 4096
NOT_READABLE = Text(
    zh="数据库地址 {url} 读不懂：{e}；写 postgresql://用户@主机/数据库",
    en="database address {url} cannot be read: {e}; write postgresql://USER@HOST/NAME",
)
NO_PASSWORD_FILE = Text(
    zh="密码文件 {path} 读不了：{e}；检查 [database] password_file 和权限",
    en="password file {path} cannot be read: {e}; check [database] password_file and its permissions",
)
_HIDDEN = re.compile(r"(?<=://)([^/@:]*):[^/@]*@|((?:^|[?&])(?:ssl)?password=)[^&]*")
_DEFAULTS = {
    # a standby cannot serve: of several servers the one that takes writes is meant
    "target_session_attrs": "read-write",
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    # milliseconds that sent bytes may stay unacknowledged: a line that was unplugged is noticed
    "tcp_user_timeout": "8000",
    "application_name": "nightdesk",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is. `where`: in words for people, without a password."""

    where: str
    parameters: dict[str, str] = field(repr=False)

    def conninfo(self, **more: str | int) -> str:
        """Return libpq's connection string."""
        return make_conninfo("", **{**self.parameters, **more})

    @property
    def name(self) -> str:
        """The name of the database."""
        return self.parameters.get("dbname") or self.parameters.get("user") or "postgres"


def without_password(url: str) -> str:
    """Return an address with its password taken out."""
    return _HIDDEN.sub(lambda found: f"{found[1]}@" if found[1] is not None else f"{found[2]}***", url)


def read_address(url: str, password_file: Path | None = None) -> Address:
    """Read an address. Raises Misuse for one that cannot be read, Fault for a password file."""
    where = without_password(url)
    try:
        parameters = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except (ProgrammingError, UnicodeError) as error:
        # libpq's words may quote the password
        what = " ".join(without_password(str(error)).split()) if url == where else "?"
        raise Misuse("usage", NOT_READABLE.fill(url=where, e=what)) from None
    if password_file is not None:
        parameters["password"] = _password(password_file)
    return Address(where, {**_DEFAULTS, **parameters})


def _password(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as opened:
            return opened.read(LONGEST_PASSWORD).strip("\r\n")
    except (OSError, UnicodeError) as error:
        words = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise Fault("password_file", NO_PASSWORD_FILE.fill(path=path, e=words)) from error
