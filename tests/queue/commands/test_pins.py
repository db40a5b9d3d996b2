"""The PIN of the service menu: set by staff, tried by anybody, and never more often than the rule allows."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from looking import bare, look, url_of
from places import EXAMPLE_FILE
from refusing import refused

from nightdesk_queue.commands import pins as trying
from nightdesk_queue.commands.pin_hashing import HashedPin, hashed, is_pin
from nightdesk_queue.commands.pins import check_pin, note_try, set_pin
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.pins import SERVICE, NoPin, PinAnswer, PinLocked, PinRight, PinWrong
from nightdesk_queue.store import Database, events, open_database, pins

PATIENT = By.at_kiosk("lobby-1")
PIN, OTHER = "4711", "2580"
HASHED = hashed(PIN)
Try = Callable[..., PinAnswer]
TRY_UNTIL_LOCKED = """
import sys
from datetime import datetime
from pathlib import Path
from nightdesk_queue.commands.pins import check_pin
from nightdesk_queue.config import load
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.pins import SERVICE, PinLocked
from nightdesk_queue.store import open_database
hospital, now = load(Path(sys.argv[2])), datetime.fromisoformat(sys.argv[3])
with open_database(sys.argv[1]) as database:
    print("ready", flush=True)
    sys.stdin.readline()
    answer = None
    while not isinstance(answer, PinLocked):
        answer = check_pin(database, hospital, now, By.at_kiosk("lobby-1"), sys.argv[4])
        print(type(answer).__name__, flush=True)
"""


@pytest.fixture
def pin_is_set(store: Database, hospital: Hospital, evening: datetime, nurse: By) -> None:
    with working(store, hospital, evening, nurse) as work:
        set_pin(work, HASHED)


@pytest.fixture
def attempt(store: Database, hospital: Hospital, evening: datetime) -> Try:
    def check(pin: str, seconds: float = 0) -> PinAnswer:
        return check_pin(store, hospital, evening + timedelta(seconds=seconds), PATIENT, pin)

    return check


def kinds(store: Database) -> list[EventKind]:
    return [event.kind for event in events.after(look(store), 0)]


def test_without_a_pin_nothing_opens_and_nothing_is_written(attempt: Try, store: Database) -> None:
    assert attempt(PIN) == NoPin()
    assert kinds(store) == []


@pytest.mark.usefixtures("pin_is_set")
def test_the_right_pin_opens_the_menu_in_whatever_digits_it_is_typed(attempt: Try, store: Database) -> None:
    assert attempt(PIN) == PinRight()
    assert attempt(" ４７１１ ") == PinRight()
    assert kinds(store) == [EventKind.KIOSK_PIN, EventKind.KIOSK_PIN_RIGHT, EventKind.KIOSK_PIN_RIGHT]


@pytest.mark.usefixtures("pin_is_set")
@pytest.mark.parametrize("typed", [OTHER, "", "471", "4711471147114711", "abcd", "47114"])
def test_whatever_is_wrong_counts_as_a_try(attempt: Try, typed: str) -> None:
    assert attempt(typed) == PinWrong(2)


@pytest.mark.usefixtures("pin_is_set")
def test_the_third_wrong_try_locks_and_a_right_one_is_not_taken_meanwhile(attempt: Try, store: Database) -> None:
    assert [attempt(OTHER) for _ in range(3)] == [PinWrong(2), PinWrong(1), PinLocked(30)]
    assert attempt(PIN, 10) == PinLocked(20)
    assert attempt(OTHER, 29.5) == PinLocked(1)
    assert kinds(store).count(EventKind.KIOSK_PIN_WRONG) == 3
    assert attempt(PIN, 30) == PinRight()


@pytest.mark.usefixtures("pin_is_set")
def test_each_further_failure_locks_for_twice_as_long(attempt: Try) -> None:
    for _ in range(3):
        attempt(OTHER)
    after, told = 0.0, []
    for _ in range(8):
        locked = attempt(PIN, after)
        assert isinstance(locked, PinLocked)
        after += locked.seconds
        told.append(attempt(OTHER, after))
    assert told == [PinLocked(seconds) for seconds in (60, 120, 240, 480, 960, 1920, 3600, 3600)]


@pytest.mark.usefixtures("pin_is_set")
def test_a_right_try_clears_the_wrong_ones(attempt: Try) -> None:
    assert [attempt(OTHER), attempt(OTHER), attempt(PIN), attempt(OTHER)] == [
        PinWrong(2),
        PinWrong(1),
        PinRight(),
        PinWrong(2),
    ]


@pytest.mark.usefixtures("pin_is_set")
def test_a_new_pin_ends_the_lock_and_the_old_one_is_gone(
    attempt: Try, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    for _ in range(3):
        attempt(OTHER)
    with working(store, hospital, evening, nurse) as work:
        set_pin(work, hashed(OTHER))
    assert [attempt(PIN), attempt(OTHER)] == [PinWrong(2), PinRight()]


def test_only_staff_set_the_pin(store: Database, hospital: Hospital, evening: datetime) -> None:
    for by in (PATIENT, By.service("run")):
        with refused("staff_only"), working(store, hospital, evening, by) as work:
            set_pin(work, HASHED)
    assert pins.in_force(look(store), SERVICE.id) is None


@pytest.mark.usefixtures("pin_is_set")
def test_a_service_tries_no_pin(store: Database, hospital: Hospital, evening: datetime) -> None:
    with refused("staff_only"):
        check_pin(store, hospital, evening, By.service("run"), PIN)


def test_no_weak_pin_is_hashed() -> None:
    with refused("weak_pin"):
        hashed("1234")


@pytest.mark.usefixtures("pin_is_set")
def test_the_pin_stands_nowhere_in_the_database(attempt: Try, store: Database) -> None:
    attempt(PIN)
    attempt("77114711")
    held = "".join(bare(store).dump())
    assert "$argon2id$" in held
    # a moment may hold any four digits; what was typed by mistake is as long as nothing else
    assert "77114711" not in held
    assert HASHED.hash.startswith("$argon2id$")
    assert PIN not in repr(HASHED).replace(HASHED.hash, "")


def test_a_hash_that_is_none_is_damage(store: Database, hospital: Hospital, evening: datetime, nurse: By) -> None:
    with working(store, hospital, evening, nurse) as work:
        set_pin(work, HashedPin("scrap"))
    with pytest.raises(Fault) as fault:
        check_pin(store, hospital, evening, PATIENT, PIN)
    assert fault.value.code == "database_damaged"


@pytest.mark.usefixtures("pin_is_set")
def test_a_try_of_a_pin_that_others_have_tried_or_changed_since_tells_nothing(
    attempt: Try, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    kept = pins.in_force(look(store), SERVICE.id)
    assert kept is not None
    attempt(OTHER)
    for right in (True, False):
        with working(store, hospital, evening, PATIENT) as work:
            assert note_try(work, SERVICE, kept, right=right) is None
    with working(store, hospital, evening, nurse) as work:
        set_pin(work, hashed(OTHER))
        assert note_try(work, SERVICE, kept, right=True) is None
    assert kinds(store).count(EventKind.KIOSK_PIN_RIGHT) == 0


@pytest.mark.usefixtures("pin_is_set")
def test_a_locked_pin_is_not_tried_by_whoever_did_not_look(
    attempt: Try, store: Database, hospital: Hospital, evening: datetime
) -> None:
    for _ in range(3):
        attempt(OTHER)
    kept = pins.in_force(look(store), SERVICE.id)
    assert kept is not None
    with working(store, hospital, evening, PATIENT) as work:
        assert note_try(work, SERVICE, kept, right=True) == PinLocked(30)


@pytest.mark.usefixtures("pin_is_set")
def test_no_hash_is_made_while_the_pin_is_locked(
    attempt: Try, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        attempt(OTHER)
    before = kinds(store)
    monkeypatch.setattr(trying, "is_pin", lambda *_: pytest.fail("a kiosk could be kept busy with hashes"))
    assert attempt(PIN) == PinLocked(30)
    assert kinds(store) == before


@pytest.mark.usefixtures("pin_is_set")
def test_no_hash_is_made_while_the_database_is_held(
    attempt: Try, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def somebody_writes_meanwhile(typed: str, kept: str) -> bool:
        with ThreadPoolExecutor(1) as other:
            other.submit(_write, store).result(timeout=2)
        return is_pin(typed, kept)

    monkeypatch.setattr(trying, "is_pin", somebody_writes_meanwhile)
    assert attempt(PIN) == PinRight()


def _write(store: Database) -> None:
    with store.transaction() as tx:
        tx.change("UPDATE kiosks SET suspended = 0")


@pytest.mark.usefixtures("pin_is_set")
def test_a_pin_that_is_changed_while_it_is_tried_is_tried_anew(
    attempt: Try, store: Database, hospital: Hospital, evening: datetime, nurse: By, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = 0

    def changed_meanwhile(typed: str, kept: str) -> bool:
        nonlocal checks
        checks += 1
        if checks == 1:
            with working(store, hospital, evening, nurse) as work:
                set_pin(work, hashed(OTHER))
        return is_pin(typed, kept)

    monkeypatch.setattr(trying, "is_pin", changed_meanwhile)
    assert attempt(PIN) == PinWrong(2)
    assert checks == 2


@pytest.mark.usefixtures("pin_is_set")
def test_eight_who_have_all_looked_before_anybody_is_noted_get_three_tries_together(
    attempt: Try, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = Barrier(8, timeout=30)

    def all_at_once(typed: str, kept: str) -> bool:
        together.wait()
        return False

    monkeypatch.setattr(trying, "is_pin", all_at_once)
    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(attempt, [OTHER] * 8))
    assert answers == {PinWrong(2): 1, PinWrong(1): 1, PinLocked(30): 6}
    assert kinds(store).count(EventKind.KIOSK_PIN_WRONG) == 3


@pytest.mark.usefixtures("pin_is_set")
def test_eight_processes_get_no_more_tries_than_one(store: Database, evening: datetime) -> None:
    arguments = [url_of(store), str(EXAMPLE_FILE), evening.isoformat(), OTHER]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", TRY_UNTIL_LOCKED, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers: Counter[str] = Counter()
    for process in running:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
        answers.update(out.split())
    assert answers == {"PinWrong": 2, "PinLocked": 8}
    with open_database(arguments[0]) as database:
        kept = pins.in_force(look(database), SERVICE.id)
    assert kept is not None
    assert kept.failures == 3
    assert kinds(store).count(EventKind.KIOSK_PIN_WRONG) == 3


def test_whoever_takes_a_number_does_not_wait_for_the_hashes() -> None:
    code = "import sys, nightdesk_kiosk.cli.ticket_steps, nightdesk_queue.commands.pins; print('argon2' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
