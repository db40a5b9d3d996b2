"""PostgreSQL when something is wrong: every fault has words, what was acknowledged stays, and all goes on by itself."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Barrier, Event
from uuid import uuid4

import psycopg
import pytest
from looking import look
from pg_servers import Server
from processes import Process
from proxying import Loss, Proxy
from waiting import until

from nightdesk_queue.domain.errors import Fault, Misuse, NightdeskError
from nightdesk_queue.store import ChangeFeed, Database, ProcessLock, open_database, pins
from nightdesk_queue.store.postgres import locks
from nightdesk_queue.store.postgres.address import read_address
from nightdesk_queue.store.postgres.connections import MOST, Patience
from nightdesk_queue.store.postgres.engine import PostgresDatabase
from nightdesk_queue.store.postgres.faults import OutcomeUnknown, fault_of

pytestmark = pytest.mark.postgres

LOG = logging.getLogger(__name__)
SECRET = "geheim-7391"
GUARDED = "local all guarded,changed,stranger scram-sha-256\nlocal all outcast reject\n"
"""Who has to give a password and who is turned away, in words of pg_hba.conf."""
HASTY = Patience(connect=1, pool=1.0)
END = "SELECT pg_terminate_backend(pid, 5000) FROM {} WHERE pid <> pg_backend_pid() AND {}"
LAY_OUT = """
import sys
from nightdesk_queue.store import open_database
print("ready", flush=True)
sys.stdin.readline()
open_database(sys.argv[1]).close()
"""
HOLD_A_LOCK = """
import sys
from nightdesk_queue.store import open_database
with open_database(sys.argv[1]) as database, database.lock("printer", "lobby") as lock:
    assert lock.acquire()
    print("held", flush=True)
    sys.stdin.read()
"""
STOP_INSIDE = """
import os, signal, sys
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import pins
from nightdesk_queue.store.postgres.address import read_address
from nightdesk_queue.store.postgres.connections import Patience
from nightdesk_queue.store.postgres.engine import PostgresDatabase
with PostgresDatabase(read_address(sys.argv[1]), patience=Patience(idle=1)) as database:
    try:
        with database.transaction() as tx:
            pins.save(tx, "stopped", "hash")
            print("inside", flush=True)
            os.kill(os.getpid(), signal.SIGSTOP)
    except Fault as fault:
        print(fault.code, flush=True)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that every test leaves running."""
    with Server() as one:
        one.initialise()
        rules = one.data / "pg_hba.conf"
        rules.write_text(GUARDED + rules.read_text())
        one.start()
        one.sql("postgres", f"CREATE ROLE guarded SUPERUSER LOGIN PASSWORD '{SECRET}'")
        one.sql("postgres", "CREATE ROLE guest LOGIN; CREATE ROLE outcast LOGIN")
        yield one


@pytest.fixture
def name(server: Server) -> str:
    """A new database, without tables."""
    name = f"night_{uuid4().hex}"
    server.create(name)
    return name


@pytest.fixture
def url(server: Server, name: str) -> str:
    return server.url(name)


@pytest.fixture
def database(url: str) -> Iterator[PostgresDatabase]:
    with opened(url, HASTY) as one:
        yield one


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with Proxy(server.folder) as one:
        yield one


@pytest.fixture
def far(proxy: Proxy, name: str) -> Iterator[PostgresDatabase]:
    """The same database by way of a line that can break."""
    with opened(proxy.url(name), HASTY) as one:
        yield one


@pytest.fixture
def frequent_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "LOOK_SECONDS", 0.02)


@pytest.fixture(autouse=True)
def log_without_the_password(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    formatter = logging.Formatter()
    assert not [one for one in caplog.get_records("call") if SECRET in formatter.format(one)]


def opened(url: str, patience: Patience | None = None) -> PostgresDatabase:
    return PostgresDatabase(read_address(url), patience=patience)


@contextmanager
def fails(code: str, kind: type[NightdeskError] = Fault, says: str = "") -> Iterator[None]:
    """What follows fails with this code, in both languages, and nothing that is said of it holds the password."""
    with pytest.raises(kind) as caught:
        yield
    fault = caught.value
    assert fault.code == code, fault
    assert str(fault) == fault.text.en
    assert says in fault.text.en
    assert any("一" <= letter <= "鿿" for letter in fault.text.zh), fault.text.zh
    assert SECRET not in "".join([fault.text.zh, repr(fault), repr(fault.text), *traceback.format_exception(fault)])


@contextmanager
def away(server: Server, how: signal.Signals = signal.SIGINT) -> Iterator[None]:
    """The server is away for a while."""
    server.stop(how)
    try:
        yield
    finally:
        server.start()


@contextmanager
def setting(server: Server, name: str, value: str) -> Iterator[None]:
    """The server runs with a setting for a while."""
    server.sql("postgres", f"ALTER SYSTEM SET {name} = '{value}'")
    server.sql("postgres", "SELECT pg_reload_conf()")
    until(lambda: server.sql("postgres", f"SELECT current_setting('{name}')") == [(value,)])
    try:
        yield
    finally:
        server.sql("postgres", f"ALTER SYSTEM RESET {name}")
        server.sql("postgres", "SELECT pg_reload_conf()")
        until(lambda: server.sql("postgres", f"SELECT current_setting('{name}')") != [(value,)])


def write(database: Database, owner: str) -> None:
    with database.transaction() as tx:
        pins.save(tx, owner, "hash")


def wrote(database: Database, owner: str) -> bool:
    try:
        write(database, owner)
    except Fault:
        return False
    return True


def written(database: Database) -> set[str]:
    return {row["id"] for row in look(database).rows("SELECT id FROM pins")}


def end_sessions(server: Server, name: str) -> None:
    """End every session of a database, and wait until they are gone."""
    server.sql(name, END.format("pg_stat_activity", "datname = current_database()"))


def end_holders(server: Server, name: str) -> None:
    """End every session that holds a lock of a device, and wait until they are gone."""
    server.sql(name, END.format("pg_locks", "locktype = 'advisory' AND granted"))


def holders(server: Server, name: str) -> set[int]:
    """The sessions that hold locks of devices."""
    found = server.sql(name, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted")
    return {int(str(pid)) for (pid,) in found}


def is_away(feed: ChangeFeed) -> bool:
    try:
        feed.changed()
    except Fault as fault:
        assert fault.code == "unreachable", fault
        return True
    return False


def noticed(feed: ChangeFeed) -> bool:
    with suppress(Fault):
        return feed.changed()
    return False


# what is wrong when a database is opened


@pytest.mark.parametrize(
    ("user", "code", "words"),
    [
        (f"guarded:{SECRET}x", "database_password", "does not take"),
        ("guarded", "database_password", "none was given"),
        (f"stranger:{SECRET}", "database_password", "does not take"),
        ("unheard_of", "database_password", "does not take"),
        ("outcast", "database_denied", "pg_hba.conf"),
    ],
)
def test_a_user_whom_the_server_does_not_admit_is_told_why(
    server: Server, name: str, user: str, code: str, words: str
) -> None:
    with fails(code, says=words):
        open_database(server.url(name, user=user))


def test_a_password_comes_from_the_environment_a_file_or_the_address_and_is_never_shown(
    server: Server, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{SECRET}\n")
    guarded = server.url(name, user="guarded")
    for url, password_file in (
        (guarded, file),
        (guarded, Path("password")),
        (server.url(name, user=f"guarded:{SECRET}"), None),
        (f"{guarded}&password={SECRET}", None),
        (server.url(name, user="guarded:wrong"), file),
    ):
        with open_database(url, tmp_path, password_file=password_file) as database:
            assert "wrong" not in database.where
            assert SECRET not in f"{database.where} {database!r} {vars(database)}"
    monkeypatch.setenv("PGPASSWORD", SECRET)
    with open_database(guarded) as database:
        write(database, "a")
    monkeypatch.setenv("PGPASSWORD", f"{SECRET}x")
    with fails("database_password"):
        open_database(guarded)


@pytest.mark.parametrize("content", [None, "folder", b"\xff\xfe"])
def test_a_password_file_that_cannot_be_read_is_named(url: str, tmp_path: Path, content: bytes | str | None) -> None:
    file = tmp_path / "password"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content:
        file.mkdir()
    with fails("password_file", says=str(file)):
        open_database(url, password_file=file)


def test_a_password_that_is_changed_while_all_runs_is_a_fault_of_the_next_connection(server: Server, name: str) -> None:
    server.sql("postgres", f"CREATE ROLE changed SUPERUSER LOGIN PASSWORD '{SECRET}'")
    with opened(server.url(name, user=f"changed:{SECRET}"), HASTY) as database:
        server.sql("postgres", "ALTER ROLE changed PASSWORD 'another'")
        with fails("database_password"), database.transaction():
            pass
        server.sql("postgres", f"ALTER ROLE changed PASSWORD '{SECRET}'")
        write(database, "a")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://[::1/night",
        "postgresql://host/night?nonsense=1",
        f"postgresql://user:{SECRET}%zz@host/night",
        f"postgresql://user:{SECRET}@host/night?nonsense=1",
        "postgresql://user@127.0.0.1:port/night",
        "postgresql://user@127.0.0.1:99999/night",
    ],
)
def test_an_address_that_cannot_be_read_is_misuse(url: str) -> None:
    with fails("usage", Misuse):
        open_database(url)


@pytest.mark.parametrize("between", "/@:?#&")
def test_a_password_written_without_percent_signs_is_shown_nowhere(between: str) -> None:
    with pytest.raises(NightdeskError) as caught:
        open_database(f"postgresql://user:{SECRET}{between}{SECRET}@nowhere.invalid/night")
    assert SECRET not in "".join(traceback.format_exception(caught.value)) + caught.value.text.zh


def test_a_server_that_cannot_be_reached_is_a_fault(tmp_path: Path) -> None:
    with socket.socket() as unheard:
        # taken, and nobody listens
        unheard.bind(("127.0.0.1", 0))
        port = unheard.getsockname()[1]
        for where in (f"127.0.0.1:{port}/night", "nowhere.invalid/night", f"/night?host={tmp_path}"):
            with fails("unreachable"):
                open_database(f"postgresql://user:{SECRET}@{where}")


def test_a_server_that_takes_connections_and_says_nothing_is_a_fault_within_seconds(proxy: Proxy, name: str) -> None:
    began = time.monotonic()
    with proxy.silent(), fails("unreachable"):
        open_database(proxy.url(name))
    assert time.monotonic() - began < 5


def test_a_database_that_is_not_there_or_holds_no_tables_is_missing(server: Server, url: str) -> None:
    with fails("database_missing"):
        open_database(server.url("nowhere"))
    with fails("database_missing"):
        open_database(url, create=False)


def test_a_newer_layout_is_left_alone(server: Server, name: str, url: str) -> None:
    open_database(url).close()
    server.sql(name, "INSERT INTO nightdesk.layouts VALUES (999)")
    with fails("database_newer"):
        open_database(url)


@pytest.mark.parametrize(
    "made",
    [
        "CREATE SCHEMA nightdesk; CREATE TABLE nightdesk.pins (x int)",
        "CREATE SCHEMA nightdesk; CREATE TABLE nightdesk.layouts (layout bigint)",
        "CREATE SCHEMA nightdesk; CREATE TABLE nightdesk.layouts (colour text)",
    ],
)
def test_a_schema_of_somebody_else_is_left_alone(server: Server, name: str, url: str, made: str) -> None:
    server.sql(name, made)
    with fails("database_foreign"):
        open_database(url)


def test_a_user_without_the_right_is_denied(server: Server, name: str, url: str) -> None:
    guest = server.url(name, user="guest")
    with fails("database_denied"):
        open_database(guest)
    open_database(url).close()
    with fails("database_denied"):
        open_database(guest)
    server.sql(name, "GRANT USAGE ON SCHEMA nightdesk TO guest; GRANT SELECT ON nightdesk.layouts TO guest")
    with open_database(guest) as database, fails("database_denied"):
        write(database, "a")


def test_a_server_without_a_free_connection_is_full() -> None:
    with Server(("max_connections=4", "superuser_reserved_connections=1")) as small, ExitStack() as stack:
        small.initialise()
        small.start()
        url = small.url("postgres")
        small.sql("postgres", "CREATE ROLE guest LOGIN")
        database = stack.enter_context(opened(url, HASTY))
        sessions = [stack.enter_context(psycopg.connect(url)) for _ in range(3)]
        with fails("database_full"):
            open_database(small.url("postgres", user="guest"))
        sessions.append(stack.enter_context(psycopg.connect(url)))
        with fails("database_full"):
            open_database(url)
        with fails("database_full"), database.snapshot():
            pass
        sessions.pop().close()
        until(lambda: wrote(database, "a"))


# what is wrong while a database is used


def test_a_database_that_may_only_be_read_says_so(server: Server, name: str, url: str) -> None:
    open_database(url).close()
    server.sql(name, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    with fails("database_readonly"):
        open_database(url)
    # whoever asks for any server may read
    with open_database(f"{url}&target_session_attrs=any") as database:
        assert written(database) == set()
        with fails("database_readonly"):
            write(database, "a")
        with fails("database_readonly"):
            database.prove_writable()


def test_a_server_that_is_made_read_only_while_all_runs_is_a_fault(server: Server, database: Database) -> None:
    write(database, "before")
    with setting(server, "default_transaction_read_only", "on"), fails("database_readonly"):
        write(database, "meanwhile")
    write(database, "after")
    assert written(database) == {"before", "after"}


def test_a_lock_that_another_session_keeps_is_a_fault_in_time(url: str) -> None:
    with opened(url, Patience(lock=0.3)) as database, psycopg.connect(url) as other:
        other.execute(f"SELECT pg_advisory_xact_lock({locks.WRITE_KEY})")
        began = time.monotonic()
        with fails("database_busy"):
            write(database, "a")
        assert time.monotonic() - began < 2
        assert written(database) == set()
        other.rollback()
        other.execute("LOCK TABLE nightdesk.pins")
        with fails("database_busy"):
            write(database, "a")
        other.rollback()
        write(database, "a")
        assert written(database) == {"a"}


def test_more_at_once_than_a_process_has_connections_for_is_a_fault(database: Database) -> None:
    with ExitStack() as stack:
        for _ in range(MOST):
            stack.enter_context(database.snapshot())
        with fails("database_busy"), database.snapshot():
            pass
    write(database, "a")


def test_a_statement_without_an_answer_is_a_fault_in_time_and_writes_nothing(proxy: Proxy, name: str) -> None:
    with opened(proxy.url(name), Patience(connect=1, pool=1.0, answer=1)) as database:
        began = time.monotonic()
        with fails("unreachable"), database.transaction() as tx:
            pins.save(tx, "lost", "hash")
            with proxy.silent():
                tx.rows("SELECT 1 AS one")
        assert time.monotonic() - began < 4
        write(database, "after")
        assert written(database) == {"after"}


def test_a_client_that_is_stopped_within_a_transaction_keeps_others_waiting_no_longer_than_it_may(url: str) -> None:
    with (
        opened(url) as database,
        Process([sys.executable, "-c", STOP_INSIDE, url], stdout=subprocess.PIPE, text=True) as stopped,
    ):
        try:
            assert stopped.stdout is not None
            assert stopped.stdout.readline() == "inside\n"
            began = time.monotonic()
            write(database, "after")
            assert time.monotonic() - began < 7.5, "nobody gives up waiting for the lock"
            os.kill(stopped.pid, signal.SIGCONT)
            assert stopped.communicate(timeout=20)[0] == "unreachable\n"
        finally:
            stopped.kill()
        assert written(database) == {"after"}


# going on


@pytest.mark.parametrize("listens", [False, True])
def test_sessions_that_the_server_ended_while_nobody_used_them_are_noticed_by_nobody(
    server: Server, name: str, database: Database, listens: bool
) -> None:
    with ExitStack() as stack:
        if listens:
            stack.enter_context(database.changes())
        with database.snapshot(), database.snapshot():
            write(database, "before")
        end_sessions(server, name)
        assert written(database) == {"before"}
        end_sessions(server, name)
        write(database, "after")
        assert written(database) == {"before", "after"}


def test_a_transaction_whose_session_is_ended_leaves_nothing(server: Server, name: str, database: Database) -> None:
    with fails("unreachable"), database.transaction() as tx:
        pins.save(tx, "asked", "hash")
        end_sessions(server, name)
        tx.rows("SELECT 1 AS one")
    with fails("unreachable"), database.transaction() as tx:
        pins.save(tx, "committed", "hash")
        end_sessions(server, name)
    with fails("unreachable"), database.snapshot() as tx:
        end_sessions(server, name)
        tx.rows("SELECT 1 AS one")
    write(database, "after")
    assert written(database) == {"after"}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_same_database_goes_on_when_the_server_is_back(
    server: Server, database: Database, how: signal.Signals
) -> None:
    write(database, "before")
    with away(server, how):
        with fails("unreachable"), database.snapshot():
            pass
        with fails("unreachable"):
            write(database, "meanwhile")
    write(database, "after")
    assert written(database) == {"before", "after"}


def test_who_starts_before_the_server_goes_on_when_it_is_there(server: Server, url: str) -> None:
    with ExitStack() as stack:
        with away(server):
            database = stack.enter_context(open_database(url, late=True))
            with fails("unreachable"), database.snapshot():
                pass
        write(database, "a")
        assert written(database) == {"a"}


def test_who_waits_while_the_server_comes_back_is_not_told_that_it_is_busy(proxy: Proxy, far: Database) -> None:
    with ThreadPoolExecutor(1) as pool:
        with proxy.away():
            waiting = pool.submit(write, far, "a")
            # the pool has given up
            until(lambda: proxy.refused >= 2 or waiting.done())
        with suppress(Fault):
            waiting.result()
    fault = waiting.exception()
    assert not isinstance(fault, Fault) or fault.code == "unreachable", fault


def test_a_feed_says_that_the_server_is_away_and_wakes_again_when_it_is_back(
    server: Server, url: str, database: Database
) -> None:
    with database.changes() as feed:
        assert feed.changed()
        with away(server, signal.SIGKILL):
            until(lambda: is_away(feed))
            began = time.monotonic()
            with fails("unreachable"):
                write(database, "meanwhile")
            assert time.monotonic() - began < 0.5
        until(lambda: noticed(feed), 5)
        assert not feed.changed()
        with opened(url) as other:
            write(other, "after")
        assert feed.wait(5)


def test_what_was_committed_while_the_line_was_away_is_noticed(proxy: Proxy, far: Database, database: Database) -> None:
    with far.changes() as feed:
        assert feed.changed()
        with proxy.away():
            until(lambda: is_away(feed))
            write(database, "meanwhile")
        until(lambda: noticed(feed), 5)
        assert written(far) == {"meanwhile"}


def test_a_line_that_has_fallen_silent_is_noticed_by_the_feed(proxy: Proxy, name: str) -> None:
    with opened(proxy.url(name)) as database, database.changes() as feed:
        with proxy.silent():
            until(lambda: is_away(feed), 6)
        until(lambda: noticed(feed), 5)


# a commit whose answer is lost


def test_a_commit_whose_answer_was_lost_is_a_success_and_is_there_once(proxy: Proxy, far: Database) -> None:
    proxy.next_commit = Loss.UNANSWERED
    write(far, "a")
    assert proxy.next_commit is None
    assert written(far) == {"a"}


def test_a_commit_that_never_reached_the_server_is_a_fault(proxy: Proxy, far: Database) -> None:
    proxy.next_commit = Loss.UNSENT
    with fails("unreachable"):
        write(far, "a")
    assert proxy.next_commit is None
    assert written(far) == set()
    write(far, "a")


@pytest.mark.parametrize(("loss", "is_there"), [(Loss.UNANSWERED, True), (Loss.UNSENT, False)])
def test_what_became_of_a_commit_is_asked_until_the_line_is_back(
    proxy: Proxy, far: Database, loss: Loss, is_there: bool
) -> None:
    proxy.next_commit, proxy.takes_after_loss = loss, False
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write, far, "a")
        until(lambda: proxy.refused >= 2)
        assert not writing.done()
        proxy.takes = True
        assert (writing.exception(10) is None) == is_there
    assert (written(far) == {"a"}) == is_there


def test_a_commit_of_which_nobody_can_be_asked_says_so(
    proxy: Proxy, far: Database, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresDatabase, "settle_seconds", 0.1)
    proxy.next_commit, proxy.takes_after_loss = Loss.UNANSWERED, False
    with fails("unreachable", OutcomeUnknown):
        write(far, "a")
    assert written(database) == {"a"}


def test_the_commit_of_another_is_not_taken_for_one_that_a_crash_has_undone(server: Server, url: str) -> None:
    with opened(url) as database:
        with fails("unreachable"), database.transaction() as tx:
            pins.save(tx, "ours", "hash")
            # numbers of transactions that were not written down are given again
            with away(server, signal.SIGKILL):
                pass
            with opened(url) as other:
                for count in range(5):
                    write(other, f"theirs {count}")
        assert written(database) == {f"theirs {count}" for count in range(5)}


def test_a_commit_that_no_standby_has_is_not_acknowledged_when_its_session_is_ended(
    server: Server, name: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresDatabase, "settle_seconds", 0.5)
    waits = "datname = current_database() AND wait_event = 'SyncRep'"
    with opened(url, Patience(connect=1, pool=1.0, lock=1, answer=2)) as database, ThreadPoolExecutor(1) as pool:
        with setting(server, "synchronous_standby_names", "*"):
            writing = pool.submit(write, database, "a")
            until(lambda: server.sql(name, f"SELECT pid FROM pg_stat_activity WHERE {waits}"))
            server.sql(name, END.format("pg_stat_activity", waits))
            assert isinstance(writing.exception(10), OutcomeUnknown)
        assert written(database) == {"a"}


# locks


def held_and_served(database: Database, lock: ProcessLock) -> bool:
    return lock.held and look(database).is_served("printer", "lobby")


@pytest.mark.usefixtures("frequent_looks")
def test_a_lock_whose_session_was_ended_is_taken_again(server: Server, name: str, url: str, database: Database) -> None:
    with database.lock("printer", "lobby") as lock, database.lock("printer", "other") as second:
        assert lock.acquire()
        assert second.acquire()
        end_holders(server, name)
        assert not look(database).is_served("printer", "lobby")
        until(lambda: held_and_served(database, lock))
        assert second.held
        assert look(database).is_served("printer", "other")
        with opened(url) as other, other.lock("printer", "lobby") as theirs:
            assert not theirs.acquire()
            lock.release()
            assert theirs.acquire()
            assert second.held


def test_a_lock_is_taken_again_within_seconds(server: Server, name: str, database: Database) -> None:
    with database.lock("printer", "lobby") as lock:
        assert lock.acquire()
        end_holders(server, name)
        until(lambda: held_and_served(database, lock), 3)


@pytest.mark.usefixtures("frequent_looks")
def test_a_lock_that_another_has_taken_meanwhile_is_lost_and_stays_so(
    proxy: Proxy, far: Database, database: Database
) -> None:
    with far.lock("printer", "lobby") as lock, database.lock("printer", "lobby") as theirs:
        assert lock.acquire()
        with proxy.away():
            until(theirs.acquire)
            assert lock.held, "who cannot know goes on"
        until(lambda: not lock.held)
        with far.lock("printer", "other") as another:
            assert another.acquire()
        assert not lock.held
        assert not lock.acquire()
        assert theirs.held
        theirs.release()
        assert not lock.held
        assert lock.acquire()
        assert held_and_served(far, lock)


@pytest.mark.usefixtures("frequent_looks")
def test_who_has_lost_a_lock_does_not_hold_it_through_another_part_of_the_program(
    proxy: Proxy, far: Database, database: Database
) -> None:
    with far.lock("printer", "lobby") as lost, far.lock("printer", "lobby") as found:
        assert lost.acquire()
        with proxy.away(), database.lock("printer", "lobby") as theirs:
            until(theirs.acquire)
            proxy.takes = True
            until(lambda: not lost.held)
        assert found.acquire()
        assert not lost.held
        lost.release()
        assert held_and_served(far, found)


@pytest.mark.usefixtures("frequent_looks")
def test_a_lock_is_not_lost_to_a_session_of_ones_own_that_the_server_believes_to_stand(
    server: Server, name: str, proxy: Proxy, far: Database
) -> None:
    with far.lock("printer", "lobby") as lock:
        assert lock.acquire()
        (ghost,) = holders(server, name)
        proxy.forsake()
        until(lambda: not lock.held or ghost not in holders(server, name), 3)
        until(lambda: held_and_served(far, lock), 3)


def test_a_process_that_was_killed_frees_its_locks(url: str, database: Database) -> None:
    command = [sys.executable, "-c", HOLD_A_LOCK, url]
    with (
        database.lock("printer", "lobby") as lock,
        Process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert not lock.acquire()
        process.kill()
        until(lock.acquire)


# several servers, several processes


@contextmanager
def cluster() -> Iterator[tuple[Server, Server, str]]:
    """A primary, a standby that follows it, and the address of both, the standby first."""
    with Server() as primary, Server() as standby:
        primary.initialise()
        primary.start()
        open_database(primary.url("postgres")).close()
        source = f"host={primary.folder} port=5432 user=nightdesk"
        standby.run("pg_basebackup", "-d", source, "-D", standby.data, "-R", "-c", "fast", "--no-sync")
        standby.start()
        until(lambda: primary.sql("postgres", "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"))
        yield primary, standby, f"postgresql://nightdesk@/postgres?host={standby.folder},{primary.folder}&port=5432"


def wait_for_replay(primary: Server, standby: Server) -> None:
    ((position,),) = primary.sql("postgres", "SELECT pg_current_wal_lsn()::text")
    until(lambda: standby.sql("postgres", f"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn") == [(True,)])


def test_the_primary_is_found_among_several_servers_and_the_promoted_one_by_itself() -> None:
    with cluster() as (primary, standby, url):
        with fails("database_readonly"):
            open_database(standby.url("postgres"))
        with opened(f"{standby.url('postgres')}&target_session_attrs=any") as reader:
            assert written(reader) == set()
            with fails("database_readonly"):
                write(reader, "a")
            with fails("database_readonly"):
                reader.prove_writable()
        with opened(url) as database, database.changes() as feed, database.lock("printer", "lobby") as lock:
            write(database, "before")
            assert lock.acquire()
            wait_for_replay(primary, standby)
            primary.stop(signal.SIGKILL)
            until(lambda: is_away(feed))
            began = time.monotonic()
            standby.sql("postgres", "SELECT pg_promote()")
            until(lambda: wrote(database, "after"), 10)
            LOG.info("written again %.2f s after the promotion was asked for", time.monotonic() - began)
            assert written(database) == {"before", "after"}
            until(lambda: noticed(feed))
            until(lambda: held_and_served(database, lock))
            write(database, "later")
            assert feed.wait(5)


def test_a_standby_that_is_not_promoted_yet_is_told_as_a_server_that_is_away() -> None:
    with cluster() as (primary, standby, url), Proxy(primary.folder) as first, Proxy(standby.folder) as second:
        # short addresses: the words for both servers are read to their end
        ports = [one.url("").split(":")[2].strip("/") for one in (first, second)]
        primary.stop(signal.SIGKILL)
        for one, other in (ports, ports[::-1]):
            with fails("unreachable"):
                open_database(f"postgresql://nightdesk@127.0.0.1:{one},127.0.0.1:{other}/postgres")
        with fails("unreachable"):
            open_database(url)


def test_every_row_acknowledged_during_a_failover_is_there_afterwards() -> None:
    acknowledged: list[str] = []
    stop = Event()

    def keep_writing(writer: int) -> float:
        """Return the longest time without an acknowledged row."""
        count, last, longest = 0, time.monotonic(), 0.0
        while not stop.is_set():
            count += 1
            if wrote(database, f"{writer}-{count}"):
                acknowledged.append(f"{writer}-{count}")
                longest, last = max(longest, time.monotonic() - last), time.monotonic()
        return longest

    with cluster() as (primary, standby, url), opened(url) as database:
        primary.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.sql("postgres", "SELECT pg_reload_conf()")
        until(lambda: primary.sql("postgres", "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))
        with ThreadPoolExecutor(4) as pool:
            writing = [pool.submit(keep_writing, writer) for writer in range(4)]
            try:
                until(lambda: len(acknowledged) > 100)
                primary.stop(signal.SIGKILL)
                standby.sql("postgres", "SELECT pg_promote()")
                before = len(acknowledged)
                until(lambda: len(acknowledged) > before + 100, 20)
            finally:
                stop.set()
        LOG.info("longest pauses of the writers: %s s", [round(one.result(), 2) for one in writing])
        assert set(acknowledged) <= written(database)


def test_the_commit_of_another_is_not_taken_for_one_that_the_promoted_server_never_had() -> None:
    with cluster() as (primary, standby, url), opened(url) as database:
        with fails("unreachable"), database.transaction() as tx:
            pins.save(tx, "ours", "hash")
            primary.stop(signal.SIGKILL)
            standby.sql("postgres", "SELECT pg_promote()")
            with opened(url) as other:
                for count in range(5):
                    write(other, f"theirs {count}")
        assert written(database) == {f"theirs {count}" for count in range(5)}


def test_eight_processes_lay_out_the_same_empty_database_at_once(url: str) -> None:
    command = [sys.executable, "-c", LAY_OUT, url]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(Process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
            for _ in range(8)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [process.wait(60) for process in processes] == [0] * 8
    with open_database(url, create=False) as database:
        assert len(look(database).rows("SELECT * FROM layouts")) == 1


def test_eight_threads_open_the_same_empty_database_at_once(url: str) -> None:
    together = Barrier(8, timeout=30)

    def lay_out() -> None:
        together.wait()
        open_database(url).close()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(lay_out) for _ in range(8)]:
            done.result()


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ('password authentication failed for user "nurse"', "database_password"),
        ('用户 "nurse" 的密码认证失败', "database_password"),
        ('用户 "nurse" Password 认证失败', "database_password"),
        ('Peer authentication failed for user "nurse"', "database_password"),
        ('用户 "nurse" 的 LDAP 认证失败', "database_password"),
        ('角色 "nurse" 不存在', "database_password"),
        ('role "nurse" is not permitted to log in', "database_password"),
        ('不允许角色 "nurse" 进行登录', "database_password"),
        ('database "night" does not exist', "database_missing"),
        ('数据库 "night" 不存在', "database_missing"),
        ("sorry, too many clients already", "database_full"),
        ("客户端连接过多", "database_full"),
        ('数据库 "night" 的连接过多', "database_full"),
        ("剩余连接槽位保留给超级用户的非复制连接", "database_full"),
        ('没有适用于主机 "10.0.0.7", 用户 "nurse", 数据库 "night", SSL off 的 pg_hba.conf 条目', "database_denied"),
        ('no pg_hba.conf entry for host "10.0.0.7", user "nurse", database "night", SSL off', "database_denied"),
        ('certificate authentication failed for user "nurse"', "database_tls"),
        ('用户 "nurse" 的证书认证失败', "database_tls"),
        ('server certificate for "other" does not match host name "db"', "database_tls"),
        ("数据库系统正在启动", "unreachable"),
        ("the database system is shutting down", "unreachable"),
        ("Connection refused", "unreachable"),
    ],
)
def test_what_a_server_says_of_a_failed_connection_is_understood_in_both_its_languages(told: str, code: str) -> None:
    error = psycopg.OperationalError(f'connection failed: connection to server at "10.0.0.2", port 5432 failed: {told}')
    assert fault_of(error, "postgresql://nurse@db/night").code == code
