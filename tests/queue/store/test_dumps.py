"""Backups by PostgreSQL's own programs: compared with the moment they are of, and put back whole by any version."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from desk import Desk
from engines import another_database
from hypothesis import given
from hypothesis import strategies as st
from pg_servers import newest_installation

from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, open_database
from nightdesk_queue.store.opening import restore_database, verify_backup
from nightdesk_queue.store.postgres.address import read_address
from nightdesk_queue.store.postgres.dump_programs import output_of
from nightdesk_queue.store.postgres.dump_script import Statements, TableRows, pieces

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
NURSE = By("nurse", "console")
BIN = newest_installation() / "bin"
SHAPE = (
    "SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity, collation_name "
    "FROM information_schema.columns WHERE table_schema = 'nightdesk' ORDER BY 1, 2",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'nightdesk' ORDER BY 1, 2",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'nightdesk'::regnamespace ORDER BY 1, 2",
)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(BIN))


@pytest.fixture
def url() -> Iterator[str]:
    with another_database() as url:
        yield url


@pytest.fixture
def night(url: str, hospital: Hospital, evening: datetime) -> Iterator[Database]:
    """A database on the server with a few patients, one with a name that a dump has to escape."""
    with open_database(url) as store:
        desk = Desk(store, hospital)
        desk.issue("bone", now=evening, by=NURSE, name="王芳\\.")
        desk.issue("bone", now=evening, by=NURSE, name="\\N")
        yield store


def program(folder: Path, name: str, script: str) -> None:
    """Put a program of ours where the other one would be found; the rest is as it was."""
    folder.mkdir(exist_ok=True)
    for other in ("pg_dump", "pg_restore"):
        if not (folder / other).exists():
            (folder / other).symlink_to(BIN / other)
    (folder / name).unlink()
    (folder / name).write_text(f"#!{sys.executable}\nimport os, sys\nreal = {str(BIN / name)!r}\n{script}\n")
    (folder / name).chmod(stat.S_IRWXU)
    os.environ["PATH"] = str(folder)


def shape(url: str) -> list[list[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        return [connection.execute(question.encode()).fetchall() for question in SHAPE]


def names(store: Database) -> list[str | None]:
    with store.snapshot() as tx:
        return [row["name"] for row in tx.rows("SELECT name FROM tickets ORDER BY seq")]


@pytest.mark.postgres
def test_what_is_put_back_has_the_same_tables_and_numbers_go_on(
    night: Database, url: str, hospital: Hospital, evening: datetime, tmp_path: Path
) -> None:
    made, before = night.backup(tmp_path, AT).path, shape(url)
    night.close()
    with another_database() as other:
        assert restore_database(made, other, None, AT) is None
        assert shape(other) == before
        with open_database(other) as back:
            assert names(back) == ["王芳\\.", "\\N"]
            assert back.examine().wrong == ()
            desk = Desk(back, hospital)
            assert desk.issue("bone", now=evening, by=NURSE).number == "B003"


@pytest.mark.postgres
def test_a_server_and_a_machine_that_write_numbers_and_texts_otherwise_are_no_fault(
    night: Database, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(f'ALTER DATABASE "{owner.info.dbname}" SET extra_float_digits TO -10'.encode())
        owner.execute(
            "INSERT INTO nightdesk.consultations (event, clinic, room, service_day, visit_type, seconds, ended_at) "
            "VALUES (1, 'bone', 'r', '2026-03-02', 'first', 1.0 / 3, '2026-03-02')"
        )
    monkeypatch.setenv("PGCLIENTENCODING", "GB18030")
    assert verify_backup(night.backup(tmp_path, AT).path).manifest is not None


@pytest.mark.postgres
def test_the_dump_is_of_the_moment_it_was_begun(
    night: Database, hospital: Hospital, evening: datetime, tmp_path: Path
) -> None:
    """A number that is given while the server's program runs is in the next one."""
    program(
        tmp_path / "bin",
        "pg_dump",
        "import subprocess\n"
        f"if '--version' not in sys.argv: open({str(tmp_path / 'runs')!r}, 'w').close()\n"
        f"while '--version' not in sys.argv and not os.path.exists({str(tmp_path / 'given')!r}): pass\n"
        "os.execv(real, [real, *sys.argv[1:]])",
    )

    def give(done: int, _: int) -> None:
        if done == 0 and not (tmp_path / "given").exists():
            Desk(night, hospital).issue("bone", now=evening, by=NURSE)
            (tmp_path / "given").touch()

    manifest = night.backup(tmp_path / "b", AT, give).manifest
    assert manifest is not None
    assert manifest.rows["tickets"] == 2
    assert len(names(night)) == 3


@pytest.mark.postgres
def test_a_dump_that_lacks_something_is_no_backup(night: Database, tmp_path: Path) -> None:
    program(
        tmp_path / "bin",
        "pg_dump",
        "os.execv(real, [real, *sys.argv[1:], *['--exclude-table-data=*.tickets'] * (len(sys.argv) > 2)])",
    )
    with pytest.raises(Fault) as caught:
        night.backup(tmp_path / "b", AT)
    assert caught.value.code == "backup_damaged"
    assert "tickets" in caught.value.text.en
    assert not list((tmp_path / "b").iterdir())


@pytest.mark.postgres
@pytest.mark.parametrize("version", ["pg_dump (PostgreSQL) 13.20 (Debian 13.20-1)", "something else"])
def test_an_older_program_is_left_alone_and_the_backup_is_a_file(night: Database, tmp_path: Path, version: str) -> None:
    program(tmp_path / "bin", "pg_dump", f"print({version!r})")
    assert night.backup(tmp_path / "b", AT).path.suffix == ".db"


@pytest.mark.postgres
def test_a_program_that_fails_is_told_with_what_it_said_and_the_way_out(night: Database, tmp_path: Path) -> None:
    program(
        tmp_path / "bin",
        "pg_dump",
        "if '--version' in sys.argv: os.execv(real, [real, '--version'])\nsys.exit('pg_dump: error: no such thing')",
    )
    with pytest.raises(Fault) as caught:
        night.backup(tmp_path / "b", AT)
    assert caught.value.code == "backup_not_made"
    assert "no such thing" in caught.value.text.en
    assert "--portable" in caught.value.text.en
    assert not list((tmp_path / "b").iterdir())
    assert night.backup(tmp_path / "b", AT, portable=True).path.suffix == ".db"


@pytest.mark.postgres
def test_a_machine_that_cannot_read_a_dump_is_told_what_to_install(night: Database, tmp_path: Path) -> None:
    made = night.backup(tmp_path / "b", AT).path
    program(tmp_path / "bin", "pg_restore", "sys.exit('pg_restore: error: unsupported version (1.16) in file header')")
    with pytest.raises(Fault, match="too old") as old:
        verify_backup(made)
    os.environ["PATH"] = str(tmp_path)
    with pytest.raises(Fault, match="postgresql-client") as absent:
        verify_backup(made)
    assert old.value.code == absent.value.code == "backup_unreadable"


@pytest.mark.postgres
def test_a_newer_dump_a_foreign_one_and_one_for_a_file_are_refused(night: Database, tmp_path: Path) -> None:
    made = night.backup(tmp_path / "b", AT).path
    with pytest.raises(Misuse, match="only be put back on a server"):
        restore_database(made, f"sqlite:///{tmp_path}/night.db", None, AT)
    beside = made.with_name(f"{made.name}.json")
    beside.write_text(json.dumps({**json.loads(beside.read_text()), "layout": 999}))
    with pytest.raises(Fault) as newer:
        verify_backup(made)
    foreign = tmp_path / "foreign.dump"
    with (
        another_database() as other,
        output_of([str(BIN / "pg_dump"), "--format=custom", f"--dbname={other}"]) as written,
    ):
        foreign.write_bytes(written.read())
    with pytest.raises(Fault) as strange:
        verify_backup(foreign)
    assert (newer.value.code, strange.value.code) == ("database_newer", "database_foreign")


@pytest.mark.postgres
def test_a_dump_of_a_newer_layout_without_a_manifest_changes_nothing(night: Database, url: str, tmp_path: Path) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("INSERT INTO nightdesk.layouts (layout) VALUES (999)")
    made = night.backup(tmp_path / "b", AT).path
    made.with_name(f"{made.name}.json").unlink()
    with another_database() as other:
        with open_database(other):
            pass
        before = shape(other)
        with pytest.raises(Fault) as caught:
            restore_database(made, other, None, AT)
        assert caught.value.code == "database_newer"
        assert shape(other) == before


def test_no_secret_is_said_on_a_command_line_and_the_password_goes_through_the_environment() -> None:
    address = read_address("postgresql://u:geheim@h1,h2:5433/night?sslpassword=auch-geheim&connect_timeout=3")
    shown = address.without_secrets("h2", "", 5433)
    assert "geheim" not in shown
    assert "host=h2 port=5433" in shown
    with output_of([sys.executable, "-c", "import os; print(os.environ['PGPASSWORD'])"], "geheim") as said:
        assert said.read() == b"geheim\n"


ROW = st.text(st.characters(codec="utf-8", exclude_characters="\r\n")).filter(lambda row: row != "\\.")


FILLED = st.tuples(st.sampled_from(["tickets", "events"]), st.lists(ROW))


@given(tables=st.lists(FILLED, max_size=4), skip=st.booleans())
def test_a_script_is_read_in_pieces_whatever_stands_in_a_row(tables: list[tuple[str, list[str]]], skip: bool) -> None:
    script = "\\restrict abc\nSET lock_timeout = 0;\n\nCREATE TABLE nightdesk.tickets (\n    seq bigint\n);\n"
    for table, rows in tables:
        lines = "".join(f"{row}\n" for row in rows)
        script += f'-- Data\nCOPY nightdesk."{table}" (seq, "at") FROM stdin;\n{lines}\\.\n\n'
    script += "ALTER TABLE nightdesk.tickets ADD PRIMARY KEY (seq);\n\\unrestrict abc\n"
    found = pieces(BytesIO(script.encode()))
    read = []
    for piece in found:
        if isinstance(piece, Statements):
            read.append(("sql", piece.text))
        else:
            assert piece.columns == 'seq, "at"'
            read.append((piece.table, "" if skip else b"".join(piece.lines).decode()))
    wanted = [(table, "" if skip else "".join(f"{row}\n" for row in rows)) for table, rows in tables]
    assert read == [
        ("sql", "CREATE TABLE nightdesk.tickets (\n    seq bigint\n);\n"),
        *wanted,
        ("sql", "ALTER TABLE nightdesk.tickets ADD PRIMARY KEY (seq);\n"),
    ] or (not tables and len(read) == 1)


def test_rows_that_look_like_the_beginning_of_rows_are_rows() -> None:
    script = BytesIO(b"COPY nightdesk.pages (id) FROM stdin;\nCOPY nightdesk.slips (id) FROM stdin;\n\\\\.\n\\.\n")
    [piece] = [(one.table, list(one.lines)) for one in pieces(script) if isinstance(one, TableRows)]
    assert piece == ("pages", [b"COPY nightdesk.slips (id) FROM stdin;\n", b"\\\\.\n"])
