"""Staff sign in by name and PIN; what they may do and who did it is kept in the core."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk
from engines import Engine, new_database
from looking import bare, look, url_of
from places import EXAMPLE_FILE
from refusing import refused

from nightdesk_queue.commands import staff as staff_commands
from nightdesk_queue.commands.pin_hashing import hashed
from nightdesk_queue.commands.staff import add_member, set_disabled, set_role, set_staff_pin, sign_in, sign_out
from nightdesk_queue.commands.undo import last_steps
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By, Role
from nightdesk_queue.domain.staff import SignedIn, SignInAnswer, SignInLocked, SignInWrong, StaffMember, StationUnknown
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.store import Database, events, open_database, staff

PIN, OTHER = "4719", "2580"
HASHED = hashed(PIN)
STATION = "console:tcm-1"
Try = Callable[..., SignInAnswer]
GUESS = """
import sys
from datetime import datetime
from pathlib import Path
from nightdesk_queue.commands.staff import sign_in
from nightdesk_queue.config import load
from nightdesk_queue.domain.staff import SignInLocked
from nightdesk_queue.store import open_database
hospital, now = load(Path(sys.argv[2])), datetime.fromisoformat(sys.argv[3])
with open_database(sys.argv[1]) as database:
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(int(sys.argv[4]), 10_000, 8):
        answer = sign_in(database, hospital, now, "console:x", "wang", f"{n:04}")
        print(type(answer).__name__, flush=True)
        if isinstance(answer, SignInLocked):
            break
"""


@pytest.fixture
def cli(store: Database, hospital: Hospital, evening: datetime, nurse: By) -> Callable[..., StaffMember]:
    def add(short: str, role: Role) -> StaffMember:
        with working(store, hospital, evening, nurse) as work:
            return add_member(work, short, None, role, HASHED)

    return add


@pytest.fixture
def team(cli: Callable[..., StaffMember]) -> dict[str, StaffMember]:
    roles = {"liu": Role.ADMIN, "wang": Role.DOCTOR, "chen": Role.TRIAGE, "zhou": Role.ROOM}
    return {short: cli(short, role) for short, role in roles.items()}


@pytest.fixture
def attempt(store: Database, hospital: Hospital, evening: datetime) -> Try:
    def try_(short: str, pin: str = PIN, seconds: float = 0, station: str = STATION) -> SignInAnswer:
        return sign_in(store, hospital, evening + timedelta(seconds=seconds), station, short, pin)

    return try_


def kinds(store: Database) -> list[EventKind]:
    return [event.kind for event in events.after(look(store), 0)]


def test_the_first_of_the_staff_is_an_admin_and_there_is_always_one(
    store: Database, hospital: Hospital, evening: datetime, nurse: By, cli: Callable[..., StaffMember]
) -> None:
    with refused("first_is_admin"):
        cli("wang", Role.DOCTOR)
    cli("liu", Role.ADMIN)
    cli("wang", Role.DOCTOR)
    with refused("staff_exists"):
        cli("wang", Role.DOCTOR)
    for change in (
        lambda work: set_role(work, "liu", Role.TRIAGE),
        lambda work: set_disabled(work, "liu", disabled=True),
    ):
        with refused("last_admin"), working(store, hospital, evening, nurse) as work:
            change(work)
    with working(store, hospital, evening, nurse) as work:
        set_role(work, "wang", Role.ADMIN)
        set_disabled(work, "liu", disabled=True)
    with refused("last_admin"), working(store, hospital, evening, nurse) as work:
        set_role(work, "wang", Role.DOCTOR)


@pytest.mark.parametrize("short", ["", "x", "1a", "a b", "王", "a" * 21, "a;b"])
def test_a_short_name_is_short_and_plain(cli: Callable[..., StaffMember], short: str) -> None:
    with refused("bad_staff_id"):
        cli(short, Role.ADMIN)


def test_an_admin_enrols_a_station_and_then_everybody_signs_in_there(
    attempt: Try, team: dict[str, StaffMember], store: Database
) -> None:
    assert attempt("wang") == StationUnknown()
    assert attempt("LIU ") == SignedIn(team["liu"])
    assert [attempt(short) for short in team] == [SignedIn(member) for member in team.values()]
    assert [(one.station, one.by) for one in staff.enrolled(look(store))] == [(STATION, "liu")]
    assert kinds(store).count(EventKind.STATION_ENROL) == 1


def test_a_wrong_name_is_answered_like_a_wrong_pin_and_as_slowly(attempt: Try, team: dict[str, StaffMember]) -> None:
    attempt("liu")
    attempt("nobody", OTHER)

    def seconds(short: str) -> float:
        began = time.perf_counter()
        assert attempt(short, OTHER) == SignInWrong()
        return time.perf_counter() - began

    assert seconds("nobody") > seconds("wang") / 5


def test_the_lock_belongs_to_the_name_and_grows_wherever_it_is_tried(
    attempt: Try, team: dict[str, StaffMember], store: Database
) -> None:
    attempt("liu")
    assert [attempt("wang", OTHER, station=f"console:{n}") for n in range(3)] == [
        SignInWrong(),
        SignInWrong(),
        SignInLocked(30),
    ]
    assert attempt("wang", PIN, 5) == SignInLocked(25)
    assert attempt("chen", PIN, 5) == SignedIn(team["chen"])
    assert attempt("wang", OTHER, 31) == SignInLocked(60)
    assert attempt("wang", PIN, 92) == SignedIn(team["wang"])


def test_who_is_disabled_signs_in_no_more_and_a_new_pin_ends_a_lock(
    attempt: Try, team: dict[str, StaffMember], store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    attempt("liu")
    for _ in range(3):
        attempt("wang", OTHER)
    with working(store, hospital, evening, nurse) as work:
        set_staff_pin(work, "wang", hashed(OTHER))
        set_disabled(work, "chen", disabled=True)
    assert attempt("wang", OTHER) == SignedIn(team["wang"])
    assert attempt("chen") == SignInWrong()


def test_whoever_did_something_stands_in_the_event_with_their_role(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime
) -> None:
    wang = By("wang", STATION, Role.DOCTOR)
    desk.issue("tcm-night", now=evening, by=wang)
    with working(store, hospital, evening, wang) as work:
        sign_out(work)
    found = events.after(look(store), 0)
    assert [(one.actor, one.role, one.station) for one in found] == [("wang", Role.DOCTOR, STATION)] * 2
    rows = bare(store).execute("SELECT DISTINCT role, staff_role FROM events").fetchall()
    assert [tuple(row) for row in rows] == [("staff", "doctor")]


def test_what_a_role_may_not_do_is_refused_in_the_core(desk: Desk, evening: datetime) -> None:
    with refused("not_this_role"):
        desk.suspend("tcm-night", now=evening, by=By("wang", STATION, Role.DOCTOR))
    with refused("not_this_role"):
        desk.issue("tcm-night", now=evening, by=By("zhou", STATION, Role.ROOM))
    desk.suspend("tcm-night", now=evening, by=By("chen", STATION, Role.TRIAGE))


def test_undo_belongs_to_the_person(desk: Desk, store: Database, evening: datetime) -> None:
    wang, chen = By("wang", STATION, Role.DOCTOR), By("chen", STATION, Role.TRIAGE)
    ticket = desk.issue("tcm-night", now=evening, by=wang)
    desk.call("tcm-1", now=evening, by=chen)
    assert [one.kind for one in last_steps(look(store), wang, evening)] == [EventKind.ISSUE]
    with refused("moved_on"):
        desk.undo(now=evening, by=wang)
    desk.undo(now=evening, by=chen)
    found = desk.undo(now=evening, by=wang)
    assert found.ticket is not None
    assert (found.ticket.id, found.ticket.state) == (ticket.id, State.CANCELLED)
    with refused("nothing_to_undo"):
        desk.undo(now=evening, by=chen)


def test_no_hash_is_in_an_event(attempt: Try, team: dict[str, StaffMember], store: Database) -> None:
    attempt("liu")
    attempt("wang", OTHER)
    rows = bare(store).execute("SELECT * FROM events").fetchall()
    assert not [row for row in rows if any("argon2" in str(value) or PIN in str(value) for value in row)]


def test_ten_thousand_guesses_over_eight_processes_get_no_further_than_the_lock(
    team: dict[str, StaffMember], store: Database, evening: datetime
) -> None:
    command = [sys.executable, "-c", GUESS, url_of(store), str(EXAMPLE_FILE), evening.isoformat()]
    guessing = [
        subprocess.Popen([*command, str(n)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for n in range(8)
    ]
    for one in guessing:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    answers = [answer for one in guessing for answer in one.communicate("go\n", timeout=60)[0].split()]
    assert answers.count("SignInWrong") == 2
    assert answers.count("SignInLocked") == 8
    assert kinds(store).count(EventKind.SIGN_IN_WRONG) == 3


def test_a_database_of_another_layout_learns_of_staff(tmp_path: Path, store: Database) -> None:
    assert staff.all_of(look(store)) == []
    assert not staff.is_needed(look(store))
    assert staff_commands.sign_in is sign_in
    with new_database(Engine.SQLITE, tmp_path) as url, open_database(url) as new:
        assert staff.enrolled(look(new)) == []
