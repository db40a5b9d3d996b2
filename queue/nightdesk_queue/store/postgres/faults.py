"""The server's errors as faults with words and a fix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from psycopg_pool import PoolTimeout

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text, same

LONGEST = 200
UNREACHABLE = Text(
    zh="连不上数据库 {where}：{e}；检查服务器、网络和地址，恢复后会自动继续",
    en="database {where} cannot be reached: {e}; check the server, the network and the address, everything goes on by "
    "itself then",
)
NO_ANSWER = Text(
    zh="数据库 {where} 没有按时回答；检查服务器和网络，恢复后会自动继续",
    en="database {where} gave no answer in time; check the server and the network, everything goes on by itself then",
)
UNKNOWN_OUTCOME = Text(
    zh="写入数据库 {where} 时线路断了，不知道是否写成；看一看再决定是否重做",
    en="the line to database {where} broke while something was written; whether it was is not known, look before you "
    "do it again",
)
BUSY = Text(
    zh="数据库 {where} 一直被占用；请再试，若仍不行，用 nightdesk database status 看谁在用",
    en="database {where} stays locked; try again, and if it goes on, see with nightdesk database status who uses it",
)
READ_ONLY = Text(
    zh="数据库 {where} 只读(备用服务器，或被设为只读)；请连主服务器，或在地址里写上所有服务器",
    en="database {where} is read-only (a standby, or set so); connect to the primary, or name all servers in the "
    "address",
)
PASSWORD = Text(
    zh="数据库 {where} 不接受用户名或密码；检查 [database] password_file、PGPASSWORD 或密码文件",
    en="database {where} does not take the user or the password; check [database] password_file, PGPASSWORD or the "
    "password file",
)
NO_PASSWORD = Text(
    zh="数据库 {where} 要密码而没有给；写 [database] password_file，或设 PGPASSWORD",
    en="database {where} asks for a password and none was given; write [database] password_file, or set PGPASSWORD",
)
NOT_ADMITTED = Text(
    zh="数据库服务器不让本机连接 {where}；请在服务器的 pg_hba.conf 里允许(需要时用 TLS)",
    en="the server does not admit this machine to {where}; allow it in the server's pg_hba.conf, with TLS if asked",
)
MISSING = Text(
    zh="服务器上没有数据库 {where}；用 nightdesk database create 创建，或改正地址",
    en="there is no database {where} on the server; make it with nightdesk database create, or correct the address",
)
TOO_MANY = Text(
    zh="数据库服务器的连接已满，{where} 连不上；请增大 max_connections，或停掉不用的程序",
    en="the server has no connection left for {where}; raise max_connections, or stop programs nobody needs",
)
DENIED = Text(
    zh="数据库 {where} 不允许该用户这样做：{e}；请由管理员授权，或用 nightdesk database create 创建",
    en="database {where} does not let this user do that: {e}; grant it, or make it with nightdesk database create",
)
FULL = Text(
    zh="数据库服务器磁盘已满，{where} 写不进去；请腾出空间，没有任何内容写了一半",
    en="the server's disk is full, {where} cannot grow; free some space, nothing was half-written",
)
DAMAGED = Text(
    zh="数据库 {where} 已损坏：{e}；请停止写入并从备份恢复",
    en="database {where} is damaged: {e}; stop and restore a backup",
)
TLS = Text(
    zh="与数据库 {where} 的加密连接不成：{e}；检查证书和 sslmode",
    en="no encrypted connection to database {where}: {e}; check the certificates and sslmode",
)
OTHER = Text(zh="数据库 {where} 出错：{e}", en="database {where} failed: {e}")

_BY_CLASS: tuple[tuple[type[psycopg.Error] | tuple[type[psycopg.Error], ...], str, Text], ...] = (
    ((errors.LockNotAvailable, errors.DeadlockDetected), "database_busy", BUSY),
    (errors.QueryCanceled, "database_busy", BUSY),
    (errors.ReadOnlySqlTransaction, "database_readonly", READ_ONLY),
    ((errors.InvalidPassword, errors.InvalidAuthorizationSpecification), "database_password", PASSWORD),
    (errors.InvalidCatalogName, "database_missing", MISSING),
    (errors.TooManyConnections, "database_full", TOO_MANY),
    (errors.DiskFull, "disk_full", FULL),
    (errors.InsufficientPrivilege, "database_denied", DENIED),
    ((errors.DataCorrupted, errors.IndexCorrupted), "database_damaged", DAMAGED),
)
_BY_WORDS: tuple[tuple[re.Pattern[str], str, Text], ...] = tuple(
    (re.compile(f"{words.en}|{words.zh}", re.IGNORECASE), code, text)
    for words, code, text in (
        (same(r"no password supplied"), "database_password", NO_PASSWORD),
        (Text(zh=r"的证书认证失败", en=r"certificate authentication failed"), "database_tls", TLS),
        (Text(zh=r"认证失败", en=r"authentication failed"), "database_password", PASSWORD),
        (Text(zh=r"角色 .*不存在", en=r"role .* does not exist"), "database_password", PASSWORD),
        (Text(zh=r"不允许角色", en=r"not permitted to log in"), "database_password", PASSWORD),
        (Text(zh=r"数据库 .*不存在", en=r"database .* does not exist"), "database_missing", MISSING),
        (
            same(r"session is read-only|session is not read-write|in hot standby mode"),
            "database_readonly",
            READ_ONLY,
        ),
        (
            Text(zh=r"连接过多|连接槽位|太多的客户", en=r"too many (clients|connections)|connection slots"),
            "database_full",
            TOO_MANY,
        ),
        (same(r"pg_hba\.conf"), "database_denied", NOT_ADMITTED),
        (Text(zh=r"证书", en=r"certificate|\bSSL (?!connection has been closed)"), "database_tls", TLS),
    )
)
"""libpq tells of a failed connection in words only, without a code: those of the server in its own language, which in a
hospital is English or Chinese. What is not known here is told as unreachable, with the words.
Source: PostgreSQL's catalogues of messages, src/backend/po/zh_CN.po.
"""


class OutcomeUnknown(Fault):
    """The line broke while a transaction was committed, and nobody can say whether it was."""


def fault_of(error: BaseException, where: str) -> Fault:
    """Return one of the server's errors as a Fault that names the database and the fix."""
    told = " ".join(str(error).split())[:LONGEST]
    if isinstance(error, (PoolTimeout, errors._WaitTimeout, errors.ConnectionTimeout)):
        return Fault("unreachable", NO_ANSWER.fill(where=where))
    for kinds, code, text in _BY_CLASS:
        if isinstance(error, kinds):
            return Fault(code, text.fill(where=where, e=told))
    tries = [line for line in str(error).splitlines() if line.startswith("- host:")]
    if any("read-only" in one for one in tries) and not all("read-only" in one for one in tries):
        # of several servers the primary is away: a standby may be promoted yet
        return Fault("unreachable", UNREACHABLE.fill(where=where, e=_last_line(str(error))))
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        for words, code, text in _BY_WORDS:
            if words.search(told):
                return Fault(code, text.fill(where=where, e=told))
    if is_lost(error):
        return Fault("unreachable", UNREACHABLE.fill(where=where, e=_last_line(str(error))))
    return Fault("database", OTHER.fill(where=where, e=told))


def is_lost(error: BaseException) -> bool:
    """Whether an error means that the connection is gone: the server ended it, or nobody answers."""
    if isinstance(error, (errors.IdleInTransactionSessionTimeout, errors.TransactionTimeout)):
        return True
    if not isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return False
    if isinstance(error, errors.PipelineAborted):
        # what came before it has failed, and says why
        return False
    # 08: connection exceptions; 57P01 to 57P05: the server shuts down, crashed, starts, or ended this session
    state = error.sqlstate
    return state is None or state.startswith("08") or (state.startswith("57P")) or state in ("25P03", "25P04")


@contextmanager
def faults(where: str) -> Iterator[None]:
    """Turn the server's own errors into Faults. IntegrityError passes: it means a promise of ours."""
    try:
        yield
    except psycopg.IntegrityError:
        raise
    except psycopg.Error as error:
        raise fault_of(error, where) from error


def _last_line(words: str) -> str:
    lines = [" ".join(line.split()) for line in words.splitlines() if line.strip()]
    return (lines[0] if lines else "?")[:LONGEST]
