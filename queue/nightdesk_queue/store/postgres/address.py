"""The address of a database on a server, `postgresql://USER@HOST[:PORT][,...]/NAME[?OPTION=...]`, as libpq reads it.

The password comes from a file, from PGPASSWORD or from libpq's own password file; one in the address is taken, but
never shown. Source: https://www.postgresql.org/docs/current/libpq-connect.html.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.store.passwords import without_password
from nightdesk_queue.text.bilingual import Text

LONGEST_PASSWORD = 4096
SECRETS = ("password", "sslpassword")
LONGEST_NAME = 63
"""Of a client, as the server keeps it; what is longer it cuts off."""
NOT_READABLE = Text(
    zh="数据库地址 {url} 读不懂：{e}；写 postgresql://用户@主机/数据库",
    en="database address {url} cannot be read: {e}; write postgresql://USER@HOST/NAME",
)
NO_PASSWORD_FILE = Text(
    zh="密码文件 {path} 读不了：{e}；检查 [database] password_file 和权限",
    en="password file {path} cannot be read: {e}; check [database] password_file and its permissions",
)
_DEFAULTS = {
    # a standby cannot serve: of several servers the one that takes writes is meant
    "target_session_attrs": "read-write",
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    # milliseconds that sent bytes may stay unacknowledged: a line that was unplugged is noticed
    "tcp_user_timeout": "8000",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is. `where`: in words for people, without a password."""

    where: str
    parameters: dict[str, str] = field(repr=False)

    def conninfo(self, **more: str | int) -> str:
        """Return libpq's connection string."""
        return make_conninfo("", **{**self.parameters, **more})

    def without_secrets(self, host: str, hostaddr: str, port: int) -> str:
        """Return the connection string of one server of the address, as a command line may show it."""
        shown = {name: value for name, value in self.parameters.items() if name not in SECRETS}
        one = {"host": host, "port": str(port)}
        if "hostaddr" in shown:
            one["hostaddr"] = hostaddr
        return make_conninfo("", **{**shown, **one})

    def seen_as(self, name: str) -> Address:
        """Return the address for who is called so on the server, where the address itself names nobody."""
        given = self.parameters.get("application_name")
        return Address(self.where, {**self.parameters, "application_name": given or _short(name)})

    @property
    def name(self) -> str:
        """The name of the database."""
        return self.parameters.get("dbname") or self.parameters.get("user") or "postgres"


def _short(name: str) -> str:
    """Return a name as the server keeps it: 63 bytes, in ASCII."""
    return name.encode("ascii", "replace")[:LONGEST_NAME].decode()


def read_address(url: str, password_file: Path | None = None) -> Address:
    """Read an address. Raises Misuse for one that cannot be read, Fault for a password file."""
    where = without_password(url)
    try:
        parameters = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except (ProgrammingError, UnicodeError) as error:
        # libpq's words may quote the password
        what = " ".join(without_password(str(error)).split()) if url == where else "?"
        raise Misuse("usage", NOT_READABLE.fill(url=where, e=what)) from None
    if "@" in parameters.get("host", "") or not all(map(_is_port, parameters.get("port", "").split(","))):
        # also what a password does that was written with its own / or @
        raise Misuse("usage", NOT_READABLE.fill(url=where, e="host, port"))
    if password_file is not None:
        parameters["password"] = _password(password_file)
    return Address(where, {**_DEFAULTS, **parameters})


def _is_port(word: str) -> bool:
    return word == "" or (word.isdecimal() and 0 < int(word) < 65536)


def _password(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as opened:
            return opened.read(LONGEST_PASSWORD).strip("\r\n")
    except (OSError, UnicodeError) as error:
        words = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise Fault("password_file", NO_PASSWORD_FILE.fill(path=path, e=words)) from error
