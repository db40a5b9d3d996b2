"""Notices to the emergency room: made from what happens, in order, retried, never under two ids, parked and told."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event, Thread

import hl7
import pytest
from desk import Desk
from emergency import EmergencyRoom, Said

from nightdesk_queue.commands.notices import retry_notice
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Notices
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.notices import Notice, NoticeState
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, events, hl7_notices
from nightdesk_transfers.framing import FrameReader, framed
from nightdesk_transfers.outbox import Outbox

NURSE = By("nurse", "console")


class TheirListener:
    """The emergency room's listener: answers with what it is told to, and remembers what it was sent."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        """By kind of message or status: what is answered; without one AA."""
        self.sent: list[hl7.Message] = []
        self.silent = False
        self.mute: set[str] = set()
        """Visits about which it says nothing."""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self._stop = Event()
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            Thread(target=self._converse, args=(line,), daemon=True).start()

    def _converse(self, line: socket.socket) -> None:
        reader = FrameReader(100_000)
        with line:
            while data := line.recv(65_536):
                for frame in reader.feed(data):
                    message = hl7.parse(frame.content.decode())
                    self.sent.append(message)
                    if self.silent:
                        return
                    if str(message["PV1.F19.R1.C1"]) in self.mute:
                        continue
                    code = self.codes.get(status(message), "AA")
                    line.sendall(framed(str(message.create_ack(code)).encode()))

    def close(self) -> None:
        """Be away."""
        self._stop.set()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    @property
    def told(self) -> list[tuple[str, str]]:
        """The status and visit of what was sent, in order."""
        return [(status(one), str(one["PV1.F19.R1.C1"])) for one in self.sent]


def status(message: hl7.Message) -> str:
    """What a notice tells: its status, or its event where that is no A08."""
    try:
        return str(message["PV2.F24"]) or str(message["MSH.F9.R1.C2"])
    except KeyError:
        return str(message["MSH.F9.R1.C2"])


@pytest.fixture
def theirs() -> Iterator[TheirListener]:
    found = TheirListener()
    yield found
    found.close()


@pytest.fixture
def telling(receiving: Hospital, theirs: TheirListener) -> Hospital:
    assert receiving.hl7 is not None
    return receiving.changed(hl7=receiving.hl7.changed(notices=Hl7Notices(to=theirs.address, refusals=3)))


def outbox(hospital: Hospital, store: Database, now: datetime) -> Outbox:
    assert hospital.hl7 is not None
    return Outbox(hospital, hospital.hl7, store, lambda: now, Event(), pauses=(0.001, 0.001))


def notices(store: Database) -> list[Notice]:
    with store.snapshot() as tx:
        return list(reversed(hl7_notices.newest(tx, 100)))


@pytest.fixture
def evening_of(telling: Hospital, store: Database, evening: datetime) -> tuple[Desk, EmergencyRoom, Outbox]:
    """A desk, an emergency room that has sent two patients, and an outbox that has begun."""
    box = outbox(telling, store, evening)
    box.tick()
    room = EmergencyRoom(telling, store, evening)
    for n in (1, 2):
        room.sends(Said(visit=f"V{n}", patient=f"P{n}"))
    return Desk(store, telling), room, box


def test_what_becomes_of_a_patient_is_told_in_order(
    evening_of: tuple[Desk, EmergencyRoom, Outbox], theirs: TheirListener, evening: datetime
) -> None:
    desk, _, box = evening_of
    desk.call("tcm-1", now=evening, by=NURSE)
    desk.start("N001", now=evening, by=NURSE)
    desk.finish("N001", now=evening + timedelta(minutes=5), by=NURSE)
    desk.call("tcm-1", now=evening + timedelta(minutes=6), by=NURSE)
    desk.miss("N002", now=evening + timedelta(minutes=8), by=NURSE, at_once=True)
    box.tick()
    assert theirs.told == [
        ("CALLED", "V1"), ("STARTED", "V1"), ("FINISHED", "V1"), ("CALLED", "V2"), ("MISSED", "V2"),
    ]  # fmt: skip
    first = theirs.sent[0]
    assert str(first["MSH.F10"]).startswith("NQE")
    assert (str(first["PID.F3.R1.C1"]), str(first["PV1.F3"])) == ("P1", "TCM_NIGHT")
    box.tick()
    assert len(theirs.sent) == 5, "once"
    assert {one.state for one in notices(box._database)} == {NoticeState.SENT}


def test_patients_who_were_not_transferred_are_nobodys_business(
    evening_of: tuple[Desk, EmergencyRoom, Outbox], theirs: TheirListener, evening: datetime
) -> None:
    desk, _, box = evening_of
    desk.issue("bone", now=evening, by=NURSE)
    desk.call("bone-1", now=evening, by=NURSE)
    box.tick()
    assert theirs.sent == []


def test_who_is_sent_back_is_an_a02_with_their_code(
    telling: Hospital, store: Database, theirs: TheirListener, evening: datetime
) -> None:
    box = outbox(telling, store, evening)
    box.tick()
    room = EmergencyRoom(telling, store, evening)
    room.sends(Said("A04", target="ED"))
    room.sends(Said())
    Desk(store, telling).transfer("E001", to="er", now=evening, by=NURSE)
    box.tick()
    [back] = theirs.sent
    assert (str(back["MSH.F9.R1.C2"]), str(back["PV1.F3"])) == ("A02", "ED")


def test_a_listener_that_is_away_is_tried_again_under_the_same_id(
    evening_of: tuple[Desk, EmergencyRoom, Outbox], theirs: TheirListener, evening: datetime
) -> None:
    desk, _, box = evening_of
    theirs.silent = True
    desk.call("tcm-1", now=evening, by=NURSE)
    box.tick()
    assert [one.state for one in notices(box._database)] == [NoticeState.QUEUED]
    theirs.silent = False
    for _ in range(50):
        box.tick()
        if notices(box._database)[0].state is NoticeState.SENT:
            break
        Event().wait(0.01)
    ids = {str(one["MSH.F10"]) for one in theirs.sent}
    assert len(ids) == 1
    assert len(theirs.sent) >= 2


def test_a_notice_that_is_refused_too_often_is_parked_with_an_alarm_and_the_next_one_goes(
    evening_of: tuple[Desk, EmergencyRoom, Outbox], theirs: TheirListener, evening: datetime, store: Database
) -> None:
    desk, _, box = evening_of
    theirs.codes["CALLED"] = "AE"
    desk.call("tcm-1", now=evening, by=NURSE)
    desk.start("N001", now=evening, by=NURSE)
    for _ in range(200):
        box.tick()
        if len({one.state for one in notices(store)} & {NoticeState.PARKED, NoticeState.SENT}) == 2:
            break
        Event().wait(0.005)
    assert [(one.kind.value, one.state) for one in notices(store)] == [
        ("called", NoticeState.PARKED),
        ("started", NoticeState.SENT),
    ]
    assert theirs.told.count(("CALLED", "V1")) == 3
    assert theirs.told[-1] == ("STARTED", "V1"), "not before the one before it was given up"
    with store.snapshot() as tx:
        [alarm] = events.open_alarms(tx)
    assert (alarm.kind, alarm.number) == (EventKind.NOTICE_PARKED, "N001")
    parked = notices(store)[0]
    theirs.codes.clear()
    desk.do(lambda work: retry_notice(work, parked.event), evening, NURSE)
    box.tick()
    assert notices(store)[0].state is NoticeState.SENT
    with pytest.raises(Refused):
        desk.do(lambda work: retry_notice(work, parked.event), evening, NURSE)


def test_a_refused_notice_holds_up_no_other_patient(
    evening_of: tuple[Desk, EmergencyRoom, Outbox], theirs: TheirListener, evening: datetime
) -> None:
    desk, _, box = evening_of
    theirs.codes["CALLED"] = "AR"
    desk.call("tcm-1", now=evening, by=NURSE)
    desk.start("N001", now=evening, by=NURSE)
    theirs.codes["STARTED"] = "AA"
    desk.call("tcm-2", now=evening, by=NURSE)
    desk.start("N002", now=evening, by=NURSE)
    box._of_refusals = box._backoff.__class__(60, 60)
    box.tick()
    assert theirs.told == [("CALLED", "V1"), ("CALLED", "V2")], "each waits behind its own"


def test_a_patient_whose_notice_gets_no_answer_holds_up_no_other(
    evening_of: tuple[Desk, EmergencyRoom, Outbox], theirs: TheirListener, evening: datetime
) -> None:
    desk, _, box = evening_of
    theirs.mute = {"V1"}
    desk.call("tcm-1", now=evening, by=NURSE)
    desk.call("tcm-2", now=evening, by=NURSE)
    box._answer_seconds = 0.2
    box._of_refusals = box._backoff.__class__(60, 60)
    for _ in range(20):
        box.tick()
        if ("CALLED", "V2") in theirs.told and notices(box._database)[1].state is NoticeState.SENT:
            break
        Event().wait(0.01)
    assert notices(box._database)[1].state is NoticeState.SENT
    assert notices(box._database)[0].state is NoticeState.QUEUED


def test_what_the_emergency_room_did_itself_and_what_was_undone_is_not_told(
    evening_of: tuple[Desk, EmergencyRoom, Outbox], theirs: TheirListener, evening: datetime
) -> None:
    desk, room, box = evening_of
    room.sends(Said(visit="V1", patient="P1", target="ED", at="20260302183500+0800"))
    desk.call("tcm-1", now=evening, by=NURSE)
    desk.undo(now=evening, by=NURSE)
    box.tick()
    assert theirs.sent == []


def test_what_happened_hours_ago_is_no_news(
    evening_of: tuple[Desk, EmergencyRoom, Outbox], telling: Hospital, theirs: TheirListener, evening: datetime
) -> None:
    desk, _, box = evening_of
    desk.call("tcm-1", now=evening, by=NURSE)
    outbox(telling, box._database, evening + timedelta(hours=3)).tick()
    assert theirs.sent == []


def test_nothing_of_the_past_is_told_when_it_is_switched_on(
    telling: Hospital, store: Database, theirs: TheirListener, evening: datetime
) -> None:
    room = EmergencyRoom(telling, store, evening)
    room.sends(Said())
    Desk(store, telling).call("tcm-1", now=evening, by=NURSE)
    box = outbox(telling, store, evening)
    box.tick()
    assert theirs.sent == []


def test_a_restart_sends_what_is_not_known_to_be_taken_and_nothing_else(
    evening_of: tuple[Desk, EmergencyRoom, Outbox],
    telling: Hospital,
    theirs: TheirListener,
    evening: datetime,
    store: Database,
) -> None:
    desk, _, box = evening_of
    desk.call("tcm-1", now=evening, by=NURSE)
    box.tick()
    theirs.close()
    desk.start("N001", now=evening, by=NURSE)
    box.tick()
    again = TheirListener()
    assert telling.hl7 is not None
    moved = telling.changed(hl7=telling.hl7.changed(notices=Hl7Notices(to=again.address)))
    other = outbox(moved, store, evening)
    other.tick()
    other.tick()
    assert again.told == [("STARTED", "V1")]
    again.close()


def test_the_journal_and_the_notices_are_cleared_after_their_days(
    evening_of: tuple[Desk, EmergencyRoom, Outbox],
    telling: Hospital,
    store: Database,
    evening: datetime,
) -> None:
    desk, _, box = evening_of
    desk.call("tcm-1", now=evening, by=NURSE)
    box.tick()
    outbox(telling, store, evening + timedelta(days=29)).tick()
    with store.snapshot() as tx:
        assert tx.row("SELECT 1 AS one FROM hl7_messages") is not None
    outbox(telling, store, evening + timedelta(days=31)).tick()
    with store.snapshot() as tx:
        assert tx.row("SELECT 1 AS one FROM hl7_messages") is None
        assert tx.row("SELECT 1 AS one FROM hl7_notices") is None
