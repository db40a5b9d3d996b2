"""Signs that are slow, silent, late or away: nothing old stays, nothing waits in a queue, and the words say why."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk
from devices import Line, Running
from looking import bare
from onbon_wire import ACK
from painting import HASTY, Painting, display_state, display_status, painting, sign_on, signs_on
from waiting import until

from nightdesk_displays import onbon
from nightdesk_displays.line_timing import LineTiming
from nightdesk_displays.line_worker import LineWorker
from nightdesk_displays.protocols import AsciiProtocol
from nightdesk_displays.screen_state import ScreenState
from nightdesk_displays.virtual.onbon_reader import OnbonReader, areas_in
from nightdesk_displays.virtual.server import SignServer
from nightdesk_displays.virtual.sign import SignFault, VirtualSign
from nightdesk_queue.commands.device_status import DeviceReporter, Found
from nightdesk_queue.config import Display, Hospital
from nightdesk_queue.domain.devices import NOT_SERVED, STOPPED, DeviceKind, DeviceState
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.device_health import health_of
from nightdesk_queue.store import Database

ANSWERS = replace(HASTY, answer=0.5)
"""Patient with a sign that answers late; hasty where a line has ended."""


def working(
    store: Database, hospital: Hospital, evening: datetime, *displays: Display, timing: LineTiming = ANSWERS
) -> Painting:
    return painting(store, hospital, displays, lambda: evening, timing)


# answers that belong to an older frame ---------------------------------------------------------------------------


def test_a_frame_lost_behind_an_answer_to_an_older_one_is_made_good_at_once(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, tmp_path: Path
) -> None:
    """A sign that answers each frame twice, and takes nothing of the frame after."""
    reader = OnbonReader()
    shown: list[str] = []
    ignoring = threading.Event()

    def serve() -> bool:
        for frame in reader.feed(line.read()):
            if ignoring.is_set() and frame.data != onbon.PING:
                ignoring.clear()
                continue
            if frame.data != onbon.PING:
                shown.append(areas_in(frame.data)[0].text)
            line.write(ACK)
        return bool(shown)

    with (
        Line(tmp_path / "ttyS9") as line,
        working(store, hospital, evening, sign_on(str(line.path), repaint_seconds=60)),
    ):
        until(lambda: serve() and display_state(store) == "online")
        desk.issue("tcm-night", now=evening, by=nurse)
        until(lambda: serve() and "N001" in shown[-1])
        ignoring.set()
        # the late answer comes while the next frame is under way
        line.write(ACK)
        desk.call("tcm-1", now=evening, by=nurse)
        line.write(ACK)
        until(lambda: serve() and shown[-1] == "请N001号到中医1诊室", 10)


# nothing is queued -----------------------------------------------------------------------------------------------


def test_a_far_end_that_stops_reading_gets_no_backlog_when_it_reads_again(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    painted: list[bytes] = []
    encode = AsciiProtocol.encode

    def noting(self: AsciiProtocol, state: ScreenState, now: datetime) -> bytes:
        painted.append(encode(self, state, now))
        return painted[-1]

    monkeypatch.setattr(AsciiProtocol, "encode", noting)
    causes: list[str] = []
    told = LineWorker._all

    def telling(self: LineWorker, cause: str) -> None:
        causes.append(cause)
        told(self, cause)

    monkeypatch.setattr(LineWorker, "_all", telling)
    desk.issue("tcm-night", now=evening, by=nurse)
    long = sign_on(str(tmp_path / "ttyS9"), "ascii", template="{number}" + "=" * 9000, baud=4_000_000)
    with (
        Line(tmp_path / "ttyS9") as line,
        working(store, hospital, evening, long, timing=replace(ANSWERS, write=0.3)),
    ):
        for n in range(30):
            called = desk.call("tcm-1", now=evening + timedelta(seconds=n), by=nurse)
            before = len(painted)
            until(lambda before=before: len(painted) > before or causes)
            desk.start(called.ticket.id, now=evening, by=nurse)
            desk.finish(called.ticket.id, now=evening, by=nurse)
            desk.issue("tcm-night", now=evening, by=nurse)
            if causes:
                break
        until(lambda: causes)
        assert causes[0] == "write_timeout"
        desk.call("tcm-1", now=evening + timedelta(seconds=50), by=nurse)
        newest = bare(store).execute("SELECT number FROM tickets WHERE state = 'called'").fetchone()[0]
        received = b""

        def reads() -> bool:
            nonlocal received
            received += line.read()
            return newest.encode() in received and display_state(store) == "unverified"

        until(reads)
        numbers = [text[:4].decode() for text in received.split(b"\r\n") if text[:1] == b"N"]
        assert len(set(numbers) - {newest}) <= 2, "at most what was under way"


@pytest.mark.parametrize("protocol", ["cd5220", "ascii", "modbus", "board", "onbon"])
def test_an_orderly_end_takes_the_calls_down(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, protocol: str
) -> None:
    desk.issue("tcm-night", now=evening, by=nurse)
    desk.call("tcm-1", now=evening, by=nurse)
    sign = VirtualSign(protocol)
    with SignServer([sign]) as server:
        with working(store, hospital, evening, sign_on(server.address, protocol), timing=LineTiming()):
            until(lambda: "N001" in "".join(sign.lines))
        until(lambda: "N001" not in "".join(sign.lines))
        found = display_status(store)
        assert found is not None
        assert found.cause == STOPPED


def test_an_orderly_end_takes_the_calls_down_on_a_bus_although_a_frame_is_lost(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    desk.issue("tcm-night", now=evening, by=nurse)
    desk.call("tcm-1", now=evening, by=nurse)
    signs = [VirtualSign("modbus", n) for n in range(1, 5)]
    lost: list[bytes] = []
    feed = signs[2].feed

    def deaf_once(received: bytes) -> bytes:
        if worker_stops.is_set() and not lost:
            lost.append(received)
            return b""
        return feed(received)

    signs[2].feed = deaf_once  # type: ignore[method-assign]
    with SignServer(signs) as server:
        wanted = signs_on(server.address, 4, "modbus")
        worker_stops = threading.Event()
        worker = LineWorker(wanted, hospital, store, lambda: evening, worker_stops)
        with Running(worker.run, worker_stops):
            until(lambda: all("N001" in "".join(sign.lines) for sign in signs))
        assert lost
        assert not any("N001" in "".join(sign.lines) for sign in signs)


# several on a bus ------------------------------------------------------------------------------------------------


def test_dead_signs_keep_no_living_one_from_being_asked(
    store: Database, hospital: Hospital, evening: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs = [VirtualSign("onbon", n) for n in range(1, 7)]
    for sign in signs[1:]:
        sign.faults = {SignFault.SILENT}
    asked: list[bytes] = []
    feed = signs[0].feed

    def hear(received: bytes) -> bytes:
        answer = feed(received)
        if onbon.frame(1, onbon.PING) in received:
            asked.append(received)
        return answer

    signs[0].feed = hear  # type: ignore[method-assign]
    with SignServer(signs) as server:
        wanted = signs_on(server.address, 6, repaint_seconds=60)
        with working(store, hospital, evening, *wanted, timing=replace(HASTY, answer=0.1, ping=0.5)):
            until(lambda: len(asked) >= 4)


def test_a_dead_sign_is_not_waited_for_when_another_has_something_new(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, monkeypatch: pytest.MonkeyPatch
) -> None:
    often = replace(HASTY, answer=0.3, shortest_retry=0.01, longest_retry=0.01)
    signs = [VirtualSign("onbon", n) for n in (1, 2)]
    signs[1].faults = {SignFault.SILENT}
    desk.issue("tcm-night", now=evening, by=nurse)
    with SignServer(signs) as server:
        wanted = signs_on(server.address, 2)
        with working(store, hospital, evening, *wanted, timing=often) as worker:
            until(lambda: display_state(store, "sign-2") == "degraded")
            # from now on every answer of the silent sign would be waited for for ever
            worker.wait_for_answers(3600.0)
            desk.call("tcm-1", now=evening, by=nurse)
            until(lambda: signs[0].lines == ["请N001号到中医1诊室"])


def test_a_sign_that_was_dead_before_keeps_no_living_one_waiting_at_a_start(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs = [VirtualSign("onbon", n) for n in (1, 2)]
    signs[0].faults = {SignFault.SILENT}
    reporter = DeviceReporter(DeviceKind.DISPLAY, "sign-1", store, hospital)
    reporter.report(Found(DeviceState.OFFLINE, cause="no_answer"), evening)
    with SignServer(signs) as server:
        wanted = signs_on(server.address, 2)
        with working(store, hospital, evening, *wanted, timing=replace(HASTY, answer=3600.0)):
            until(lambda: signs[1].lines)


def test_a_modbus_line_is_silent_between_an_answer_and_the_next_frame(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    signs = [VirtualSign("modbus", n) for n in (1, 2, 3)]
    answered, gaps = [0.0], []
    with SignServer(signs) as server:
        for sign in signs:
            feed = sign.feed

            def timed(received: bytes, feed: Callable[[bytes], bytes] = feed) -> bytes:
                now = time.monotonic()
                if answer := feed(received):
                    gaps.append(now - answered[0])
                    answered[0] = time.monotonic()
                return answer

            sign.feed = timed  # type: ignore[method-assign]
        wanted = signs_on(server.address, 3, "modbus")
        with working(store, hospital, evening, *wanted):
            until(lambda: len(gaps) >= 6)
    assert min(gaps[1:]) > 3.5 * 11 / 9600 * 0.9


# what is told ----------------------------------------------------------------------------------------------------


def test_since_is_when_the_state_began_whatever_the_cause(
    store: Database, hospital: Hospital, evening: datetime
) -> None:
    reporter = DeviceReporter(DeviceKind.DISPLAY, "sign", store, hospital)
    reporter.report(Found(DeviceState.ONLINE, ok=True), evening)
    for minute, cause in ((1, "line_broken"), (2, "port_missing")):
        reporter.report(Found(DeviceState.OFFLINE, cause=cause), evening + timedelta(minutes=minute))
    found = display_status(store)
    assert found is not None
    assert (found.since, found.cause) == (evening + timedelta(minutes=1), "port_missing")
    reporter.report(Found(DeviceState.DEGRADED, cause="no_answer"), evening + timedelta(minutes=3))
    assert (found := display_status(store)) is not None
    assert found.since == evening + timedelta(minutes=1), "one outage, whatever is found out about it"


def test_a_screen_whose_service_died_is_not_served_since_it_was_last_well_and_begins_anew(
    store: Database, hospital: Hospital, evening: datetime, tmp_path: Path
) -> None:
    for minutes in (0, 9):
        reporter = DeviceReporter(DeviceKind.DISPLAY, "sign", store, hospital)
        reporter.report(Found(DeviceState.ONLINE, ok=True), evening + timedelta(minutes=minutes))
    with store.snapshot() as tx:
        health = health_of(tx, DeviceKind.DISPLAY, "sign")
    assert (health.state, health.cause) == (DeviceState.OFFLINE, NOT_SERVED)
    assert health.since == evening + timedelta(minutes=9)
    sign = VirtualSign("onbon")
    with SignServer([sign]) as server, working(store, hospital, evening, sign_on(server.address)):
        until(lambda: (now := display_status(store)) is not None and now.state == "online" and now.since > evening)


# the test picture ------------------------------------------------------------------------------------------------


def test_a_test_picture_is_refused_where_nobody_would_paint_it_and_gives_way_to_a_call(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    sign = VirtualSign("onbon")
    with SignServer([sign]) as server:
        display = sign_on(server.address)
        own = Desk(store, hospital.changed(display=[display]))
        with pytest.raises(Fault) as fault:
            own.test_display("sign", now=evening, by=nurse)
        assert fault.value.code == "display_offline"
        desk.issue("tcm-night", now=evening, by=nurse)
        with working(store, hospital, evening, display):
            until(lambda: display_state(store) == "online")
            own.test_display("sign", now=evening, by=nurse)
            until(lambda: "888888" in "".join(sign.lines))
            desk.call("tcm-1", now=evening + timedelta(seconds=1), by=nurse)
            until(lambda: sign.lines == ["请N001号到中医1诊室"])
