"""A guarded line to the server, as the address asks for it: certificates that are verified, and those that are not."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from pg_servers import NOBODY, Server

from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import open_database

pytestmark = pytest.mark.postgres
INSTALLATIONS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
"""The server that the tests bring along has no TLS; that of the machine, where there is one, has."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server(authority: trustme.CA) -> Iterator[Server]:
    if not INSTALLATIONS:
        pytest.skip("no server with TLS on this machine")
    with Server(["ssl=on"], INSTALLATIONS[-1].parents[1], network=True) as running:
        running.initialise()
        certificate = authority.issue_cert("localhost")
        certificate.cert_chain_pems[0].write_to_path(str(running.data / "server.crt"))
        certificate.private_key_pem.write_to_path(str(running.data / "server.key"))
        for file in ("server.crt", "server.key"):
            (running.data / file).chmod(0o600)
            if os.geteuid() == 0:
                os.chown(running.data / file, pwd.getpwnam(NOBODY).pw_uid, -1)
        running.start()
        running.create("night")
        yield running


def url(server: Server, host: str, root: Path, mode: str = "verify-full") -> str:
    return f"postgresql://nightdesk@{host}:{server.port}/night?sslmode={mode}&sslrootcert={root}"


def test_a_line_is_guarded_and_the_server_is_who_it_says(server: Server, authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with open_database(url(server, "localhost", tmp_path / "ca.pem")) as database, database.snapshot() as tx:
        row = tx.row("SELECT ssl AS is_guarded FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    assert row is not None
    assert row["is_guarded"]


@pytest.mark.parametrize(("host", "ours"), [("127.0.0.1", True), ("localhost", False)])
def test_another_name_and_another_authority_are_told_as_a_matter_of_certificates(
    server: Server, authority: trustme.CA, tmp_path: Path, host: str, ours: bool
) -> None:
    (authority if ours else trustme.CA()).cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with pytest.raises(Fault) as refused:
        open_database(url(server, host, tmp_path / "ca.pem"))
    assert refused.value.code == "database_tls"
    assert "sslmode" in refused.value.text.en
