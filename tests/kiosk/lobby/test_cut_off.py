"""A kiosk that is cut off from the server: it goes on from its own file, and hands its numbers in afterwards."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from desk import Desk
from engines import Engine, new_database
from looking import bare, look
from places import EXAMPLE_FILE
from proxying import Proxy
from replaying import assert_events_replay_to_the_tickets
from virtually import device_for, serving
from waiting import until

from nightdesk_kiosk.background.hand_in import HandIn
from nightdesk_kiosk.background.two_spools import TwoSpools
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.exchange import (
    Alarmed,
    Given,
    Issue,
    LookAtClinics,
    LookAtSlip,
    Offered,
    RaiseAlarm,
    Report,
    Reprint,
    SlipSeen,
    Stopped,
)
from nightdesk_kiosk.lobby.lobby_desk import LobbyDesk
from nightdesk_kiosk.lobby.messages import Issued, Purpose
from nightdesk_kiosk.own_files import open_own_file
from nightdesk_printers.spool import SpoolWorker
from nightdesk_printers.virtual import PrinterServer
from nightdesk_queue.config import Hospital, load, parse
from nightdesk_queue.domain.errors import ConfigError, Fault
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import OUT, SlipKind
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.queries.alarms import told_alarms
from nightdesk_queue.store import Database, events, open_database, slips, tickets
from nightdesk_queue.text.bilingual import Text

pytestmark = pytest.mark.postgres
KIOSK = "lobby-1"
HAND_IN = """
import faulthandler, signal; faulthandler.register(signal.SIGUSR1)
import sys
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from nightdesk_kiosk.background.hand_in import HandIn
from nightdesk_kiosk.own_files import open_own_file
from nightdesk_queue.config import load
from nightdesk_queue.store import open_database
hospital = load(Path(sys.argv[1]))
kiosk = hospital.kiosks[sys.argv[2]]
now = datetime.fromisoformat(sys.argv[4])
with open_database(sys.argv[3]) as database, open_own_file(hospital, kiosk, "m") as own:
    print("ready", flush=True)
    print(HandIn(hospital, kiosk, database, lambda: now, Event()).hand_in_all(own), flush=True)
"""


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    """The example, with two kiosks that go on alone, each with letters of its own."""
    text = EXAMPLE_FILE.read_text(encoding="utf-8")
    text = text.replace('id      = "lobby-1"\n', 'id      = "lobby-1"\noffline_prefix = "X"\n')
    second = '[[kiosk]]\nid = "lobby-2"\nprinter = "lobby"\noffline_prefix = "Y"\nclinics = ["bone", "tcm-night"]\n'
    pace = "[kiosk.pace]\nat_once = 100\nalarm_after = 1000\n"
    first, rest = text.split("[[display]]", 1)
    (tmp_path / "config.toml").write_text(f"{first}{pace}\n{second}{pace}\n[[display]]{rest}", encoding="utf-8")
    return load(tmp_path / "config.toml")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    with new_database(Engine.POSTGRES, tmp_path) as url, open_database(url) as opened:
        yield opened


@pytest.fixture
def line(store: Database) -> Iterator[Proxy]:
    """The line between the kiosk and the server, which can be cut."""
    folder = Path(store.where.split("host=")[1].split("&")[0])
    with Proxy(folder) as proxy:
        yield proxy


@pytest.fixture
def away(store: Database, line: Proxy) -> Iterator[Database]:
    """The server as the kiosk reaches it: over the line."""
    name = store.where.split("@/")[1].split("?")[0]
    with open_database(line.url(name), late=True, impatient=True) as opened, opened.changes():
        yield opened


@pytest.fixture
def own(hospital: Hospital) -> Iterator[Database]:
    with open_own_file(hospital, hospital.kiosks[KIOSK], "m") as opened:
        yield opened


@pytest.fixture
def kiosk(hospital: Hospital, away: Database, own: Database, clock: Clock) -> LobbyDesk:
    return LobbyDesk(hospital, away, clock, hospital.kiosks[KIOSK], own=own)


@pytest.fixture
def desk(store: Database, hospital: Hospital) -> Desk:
    return Desk(store, hospital)


def tap(kiosk: LobbyDesk, clinic: str = "bone", key: str = "k") -> Given:
    given = kiosk.answer(Issue(1, kiosk.hospital.clinics[clinic], None, "zh", key))
    assert isinstance(given, Given), given
    return given


def handed_in(kiosk: LobbyDesk, own: Database, store: Database, kiosk_id: str = KIOSK) -> int:
    hospital = kiosk.hospital
    return HandIn(hospital, hospital.kiosks[kiosk_id], store, kiosk.clock.now, Event()).hand_in_all(own)


def test_a_number_is_given_within_two_seconds_and_says_that_no_wait_can_be_told(kiosk: LobbyDesk, line: Proxy) -> None:
    assert tap(kiosk, key="before").issued.ticket.number == "B001"
    with line.silent():
        began = time.monotonic()
        given = tap(kiosk, key="first").issued
        assert time.monotonic() - began < 10, "2 s, and what a busy machine adds"
        assert (given.ticket.number, given.standing, given.cut_off) == ("X001", None, True)
        assert tap(kiosk, key="first").issued.ticket.number == "X001", "the same confirmation gets the same number"
        assert tap(kiosk, "tcm-night", key="second").issued.ticket.number == "X002"
    until(lambda: tap(kiosk, key=f"after{time.monotonic()}").issued.ticket.prefix == "B")


def test_what_was_known_of_clinics_still_holds_and_the_rest_is_sent_to_the_desk(
    kiosk: LobbyDesk, line: Proxy, desk: Desk, evening: datetime, nurse: By
) -> None:
    for _ in range(38):
        desk.issue("tcm-night", now=evening, by=nurse, extra=True)
    desk.suspend("service", now=evening, by=nurse, notice="盘点")
    assert isinstance(kiosk.answer(LookAtClinics(1)), Offered)
    with line.away():
        offered = kiosk.answer(LookAtClinics(2))
        assert isinstance(offered, Offered)
        by_clinic = {glance.clinic.id: glance for glance in offered.glances}
        assert all(glance.standing is None for glance in offered.glances)
        assert by_clinic["service"].refusal is not None
        assert by_clinic["service"].refusal.code == "suspended"
        assert [tap(kiosk, "tcm-night", f"t{n}").issued.ticket.number for n in range(2)] == ["X001", "X002"]
        full = kiosk.answer(Issue(3, kiosk.hospital.clinics["tcm-night"], None, "zh", "t3"))
        assert isinstance(full, Stopped), "38 were given of 40, and two here"
        ask = texts.CUT_OFF_ASK.fill(desk=kiosk.hospital.hospital.desk)
        assert kiosk.answer(Report(4, "B001", Purpose.WHERE)) == Stopped(4, ask)
        assert kiosk.answer(RaiseAlarm(5, EventKind.HELP, None)) == Alarmed(5, EventKind.HELP, told=False)


def test_a_kiosk_that_begins_while_it_is_cut_off_gives_numbers(
    hospital: Hospital, line: Proxy, store: Database, own: Database, clock: Clock
) -> None:
    name = store.where.split("@/")[1].split("?")[0]
    with line.away(), open_database(line.url(name), late=True, impatient=True) as late, late.changes():
        kiosk = LobbyDesk(hospital, late, clock, hospital.kiosks[KIOSK], own=own)
        assert tap(kiosk).issued.ticket.number == "X001"


def test_handed_in_it_stands_where_its_arrival_puts_it_and_staff_see_where_it_came_from(
    kiosk: LobbyDesk, line: Proxy, desk: Desk, own: Database, store: Database, evening: datetime, nurse: By
) -> None:
    with line.away():
        given = tap(kiosk).issued.ticket
    late = desk.issue("bone", now=evening + timedelta(minutes=1), by=nurse)
    assert handed_in(kiosk, own, store) == 1
    assert handed_in(kiosk, own, store) == 0
    there = tickets.by_id(look(store), given.id)
    assert there is not None
    assert (there.number, there.arrived_at, there.queued_at) == ("X001", given.arrived_at, given.arrived_at)
    assert desk.call("bone-1", now=evening + timedelta(minutes=2), by=nurse).ticket.id == given.id
    assert [event.kind for event in events.of_ticket(look(store), given.id)] == [EventKind.HAND_IN, EventKind.CALL]
    assert late.state is State.WAITING
    assert desk.hospital.giver(there) == "bone"
    assert_events_replay_to_the_tickets(store)


def told_late(kiosk: LobbyDesk, own: Database, store: Database) -> int:
    hospital = kiosk.hospital
    return HandIn(hospital, hospital.kiosks[KIOSK], store, kiosk.clock.now, Event()).tell_alarms(own)


def alarms_of(store: Database, now: datetime) -> list[tuple[EventKind, str, str]]:
    with store.snapshot() as tx:
        return [(one.event.kind, one.event.station, one.text.en) for one in told_alarms(tx, now)]


def test_an_alarm_that_nobody_heard_is_told_once_when_the_server_is_back(
    kiosk: LobbyDesk, line: Proxy, own: Database, store: Database, desk: Desk, nurse: By
) -> None:
    with line.away():
        for _ in range(3):
            assert kiosk.answer(RaiseAlarm(1, EventKind.HELP, None)) == Alarmed(1, EventKind.HELP, told=False)
    pressed = kiosk.clock.now()
    later = pressed + timedelta(minutes=7)
    assert told_late(kiosk, own, store) == 1
    assert told_late(kiosk, own, store) == 0
    assert [(kind, station) for kind, station, _ in alarms_of(store, later)] == [(EventKind.HELP, f"kiosk:{KIOSK}")]
    # what a narrow console cuts off is not how long ago it was
    assert alarms_of(store, later)[0][2].startswith("7 min ago (kiosk cut off): ")
    assert alarms_of(store, later)[0][2].endswith(EventKind.HELP.text.en)
    desk.acknowledge_alarms(up_to=10**6, now=later, by=nurse)
    assert told_late(kiosk, own, store) == 0, "seen is seen"
    assert alarms_of(store, later) == []


def test_an_alarm_whose_handing_in_broke_off_is_not_told_twice(
    kiosk: LobbyDesk, line: Proxy, own: Database, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with line.away():
        kiosk.answer(RaiseAlarm(1, EventKind.CANNOT_WALK, None))
    with monkeypatch.context() as broken, pytest.raises(Fault):
        broken.setattr(own, "transaction", lambda: (_ for _ in ()).throw(Fault("disk_full", Text(zh="满", en="full"))))
        told_late(kiosk, own, store)
    assert len(alarms_of(store, kiosk.clock.now())) == 1
    told_late(kiosk, own, store)
    assert len(alarms_of(store, kiosk.clock.now())) == 1


def test_a_danger_sign_prints_the_way_to_emergency_also_while_nobody_hears_it(
    kiosk: LobbyDesk, line: Proxy, own: Database, store: Database
) -> None:
    bone = kiosk.hospital.clinics["bone"]
    with line.away():
        assert kiosk.answer(RaiseAlarm(1, EventKind.RED_FLAG, bone)) == Alarmed(1, EventKind.RED_FLAG, told=False)
    with own.snapshot() as tx:
        assert [job.kind for job in slips.newest(tx, 5)] == [SlipKind.EMERGENCY]
    told_late(kiosk, own, store)
    assert [kind for kind, _, _ in alarms_of(store, kiosk.clock.now())] == [EventKind.RED_FLAG]
    with store.snapshot() as tx:
        assert slips.newest(tx, 5) == [], "the way was printed when it was needed"


def test_a_number_whose_answer_was_lost_is_replaced_by_the_one_on_paper(
    kiosk: LobbyDesk, line: Proxy, own: Database, store: Database
) -> None:
    assert tap(kiosk, key="warm").issued.ticket.number == "B001"
    lost = kiosk.hospital.clinics["bone"]
    with store.transaction():
        # somebody holds the write lock for longer than a patient waits
        given = tap(kiosk, key="lost").issued.ticket
    assert given.number == "X001"
    Desk(store, kiosk.hospital).issue(lost.id, now=kiosk.clock.now(), by=By.at_kiosk(KIOSK), key="lost", kiosk=KIOSK)
    assert handed_in(kiosk, own, store) == 1
    found = {one.number: one.state for one in tickets.of_days(look(store), [given.service_day])}
    assert found == {"B001": State.WAITING, "B002": State.CANCELLED, "X001": State.WAITING}
    slips = bare(store).execute("SELECT state, cause FROM slips ORDER BY id").fetchall()
    assert tuple(slips[-1]) == ("dropped", "replaced")


def test_two_kiosks_hand_in_forty_each_although_the_process_is_killed_in_the_middle(
    hospital: Hospital, store: Database, line: Proxy, away: Database, clock: Clock, tmp_path: Path
) -> None:
    given: list[str] = []
    for kiosk_id in ("lobby-1", "lobby-2"):
        with open_own_file(hospital, hospital.kiosks[kiosk_id], "m") as own, line.away():
            kiosk = LobbyDesk(hospital, away, clock, hospital.kiosks[kiosk_id], own=own)
            given += [tap(kiosk, key=f"{kiosk_id}-{n}").issued.ticket.number for n in range(40)]
    config = str(tmp_path / "config.toml")
    for kiosk_id, target in (("lobby-1", 40), ("lobby-2", 80)):
        # counted before the process begins: it may be fast
        while (before := len(numbers_of(store))) < target:
            process = subprocess.Popen(
                [sys.executable, "-c", HAND_IN, config, kiosk_id, store.where, clock.now().isoformat()],
                stdout=subprocess.PIPE,
                text=True,
            )
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            if before + 13 < target:
                # a busy machine may be slower than a kiosk waits: then it ends by itself, and the next one goes on
                until(lambda ends=before + 13, by=process: len(numbers_of(store)) >= ends or by.poll() is not None)
                process.kill()
            process.communicate()
    assert numbers_of(store) == given, "each once, in the order of arrival"
    assert_events_replay_to_the_tickets(store)


def numbers_of(store: Database) -> list[str]:
    return [row["number"] for row in bare(store).execute("SELECT number FROM tickets ORDER BY seq")]


def is_out(kiosk: LobbyDesk, given: Issued) -> bool:
    seen = kiosk.answer(LookAtSlip(1, given.ticket))
    assert isinstance(seen, SlipSeen)
    return seen.job is not None and seen.job.state in OUT


def printed(server: PrinterServer) -> str:
    return "\n".join(slip.text for slip in server.printer.slips)


def test_its_slip_is_printed_from_its_own_file_and_that_of_others_from_the_server(
    kiosk: LobbyDesk, hospital: Hospital, line: Proxy, away: Database, own: Database, clock: Clock
) -> None:
    stop = Event()
    with serving() as server:
        printer = hospital.printers["lobby"].changed(device=server.address, paper_mm_a_second=0)

        def make(database: Database, until_: Event, cut_off: bool) -> SpoolWorker:
            return SpoolWorker(
                printer, hospital, database, lambda _: device_for(server), clock.now, until_, cut_off=cut_off
            )

        spools = TwoSpools("lobby", hospital, [hospital.kiosks[KIOSK]], away, make, stop)
        working = Thread(target=spools.run, daemon=True)
        working.start()
        try:
            tap(kiosk, key="server")
            until(lambda: "B001" in printed(server), 30)
            with line.away():
                given = tap(kiosk, key="alone").issued
                until(lambda: "X001" in printed(server), 30)
                until(lambda: is_out(kiosk, given), 30)
                again = kiosk.answer(Reprint(1, given))
                assert isinstance(again, Given)
                assert "等候时间现在看不到" in printed(server).replace("\n", "")
                kiosk.answer(RaiseAlarm(1, EventKind.RED_FLAG, hospital.clinics["bone"]))
                until(lambda: "沿红色地线" in printed(server).replace("\n", ""), 30)
            until(lambda: tap(kiosk, key=f"k{time.monotonic()}").issued.ticket.prefix == "B", 30)
            until(lambda: "B002" in printed(server), 30)
        finally:
            stop.set()
            working.join(40)


def test_letters_of_its_own_must_be_nobody_elses() -> None:
    text = EXAMPLE_FILE.read_text(encoding="utf-8").replace(
        'id      = "lobby-1"\n', 'id      = "lobby-1"\noffline_prefix = "B"\n'
    )
    with pytest.raises(ConfigError) as faulty:
        parse(text)
    assert "kiosk[lobby-1].offline_prefix" in [fault.key for fault in faulty.value.faults]
