"""The line worker: whatever happens to the line, the screen ends up showing what the database says."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk
from devices import Line
from looking import look
from onbon_wire import ACK
from painting import HASTY, Painting, display_state, display_status, painting
from waiting import until

from nightdesk_displays import boardframe
from nightdesk_displays.line_timing import LineTiming
from nightdesk_displays.screen_state import ScreenState, screen_state
from nightdesk_displays.virtual.onbon_reader import OnbonReader, nak
from nightdesk_queue.config import Display, Hospital
from nightdesk_queue.domain.devices import DeviceKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.call_screens import ScreenScope
from nightdesk_queue.queries.device_health import health_of
from nightdesk_queue.store import Database
from nightdesk_queue.store.sqlite.file_lock import FileLock

NAK_BUSY = nak(0x8000, 1, 3)


IMPATIENT = replace(HASTY, answer=0.1)


def working(store: Database, hospital: Hospital, display: Display, timing: LineTiming = IMPATIENT) -> Painting:
    return painting(store, hospital, [display], lambda: datetime.now(UTC), timing)


class Board:
    """The far end of a board's line: the last state heard."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.receiver = boardframe.Receiver()
        self.heard: list[ScreenState] = []

    def last(self) -> ScreenState | None:
        self.heard += [state for state, _ in self.receiver.feed(self.line.read())]
        return self.heard[-1] if self.heard else None

    def shows(self, *numbers: str) -> None:
        until(lambda: (last := self.last()) and [call.number for call in last.calls] == list(numbers))


class Sign:
    """The far end of an Onbon sign's line: frames heard, and an answer for each."""

    def __init__(self, line: Line, answer: bytes = ACK) -> None:
        self.line = line
        self.answer = answer
        self.receiver = OnbonReader()
        self.texts: list[str] = []

    def listen(self) -> list[str]:
        for frame in self.receiver.feed(self.line.read()):
            self.texts.append(frame.data[9 + 27 :].decode("gb2312"))
            if self.answer:
                self.line.write(self.answer)
        return self.texts

    def shows(self, text: str) -> None:
        until(lambda: self.listen() and self.texts[-1] == text, what=f"{self.texts}")

    def idles(self) -> None:
        """Nobody is called: the time of day, and who is next where anybody waits, else the hospital's name."""
        idle = re.compile(r"市中医医院\\n\d\d:\d\d|\d\d:\d\d\\n请准备 N001")
        until(lambda: self.listen() and idle.fullmatch(self.texts[-1]), what=f"{self.texts}")


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path / "ttyS9")


@pytest.fixture
def board_display(line: Line) -> Display:
    return Display(id="sign", port=str(line.path), protocol="board", clinics=["tcm-night"])


@pytest.fixture
def onbon_display(line: Line) -> Display:
    return Display(id="sign", port=str(line.path), protocol="onbon", baud=57600, clinics=["tcm-night"], width=192)


def test_a_board_gets_the_whole_state_at_the_start_and_on_every_change(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, line: Line, board_display: Display
) -> None:
    for _ in range(3):
        desk.issue("tcm-night", now=evening, by=nurse)
    desk.issue("bone", now=evening, by=nurse)
    desk.call("bone-1", now=evening, by=nurse)
    board = Board(line)
    with line, working(store, hospital, board_display):
        board.shows()
        desk.call("tcm-1", now=evening, by=nurse)
        board.shows("N001")
        desk.call("tcm-2", now=evening + timedelta(seconds=1), by=nurse)
        board.shows("N002", "N001")
        desk.start("N001", now=evening, by=nurse)
        desk.finish("N001", now=evening, by=nurse)
        board.shows("N002")
        assert board.last() == screen_state(look(store), hospital, ScreenScope(["tcm-night"], []), evening)
        assert board.heard[-1].next_up == ("N003",)
        until(lambda: display_state(store) == "unverified")


def test_a_line_pulled_out_and_put_back_repaints_what_is_true_then(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, line: Line, board_display: Display
) -> None:
    for _ in range(2):
        desk.issue("tcm-night", now=evening, by=nurse)
    with line, working(store, hospital, board_display):
        desk.call("tcm-1", now=evening, by=nurse)
        Board(line).shows("N001")
        line.pull_out()
        until(lambda: display_state(store) == "offline")
        desk.start("N001", now=evening, by=nurse)
        desk.finish("N001", now=evening, by=nurse)
        desk.call("tcm-1", now=evening, by=nurse)
        line.plug_in()
        board = Board(line)
        board.shows("N002")
        assert all(call.number != "N001" for state in board.heard for call in state.calls), "never a backlog"


def test_the_state_is_repainted_every_so_often_without_any_change(
    store: Database, hospital: Hospital, line: Line, board_display: Display
) -> None:
    board = Board(line)
    with line, working(store, hospital, board_display.changed(repaint_seconds=1)):
        until(lambda: board.last() and len(board.heard) >= 2)


def test_a_sign_that_answers_is_online_and_shows_each_call(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, line: Line, onbon_display: Display
) -> None:
    desk.issue("tcm-night", now=evening, by=nurse)
    sign = Sign(line)
    with line, working(store, hospital, onbon_display):
        sign.idles()
        desk.call("tcm-1", now=evening, by=nurse)
        sign.shows("请N001号到中医1诊室")
        until(lambda: sign.listen() and display_state(store) == "online")
        assert len(set(sign.texts)) == 2


@pytest.mark.parametrize(("answer", "cause"), [(b"", "no_answer"), (NAK_BUSY, "nak_3")])
def test_a_sign_that_does_not_take_a_frame_is_tried_five_times_and_then_degraded(
    store: Database, hospital: Hospital, line: Line, onbon_display: Display, answer: bytes, cause: str
) -> None:
    sign = Sign(line, answer)
    with line, working(store, hospital, onbon_display):
        until(lambda: sign.listen() is not None and display_state(store) == "degraded")
        found = display_status(store)
        assert found is not None
        assert found.cause == cause
        assert len(sign.texts) >= 5


def test_a_sign_that_comes_to_its_senses_is_painted_without_waiting_for_the_next_repaint(
    store: Database, hospital: Hospital, line: Line, onbon_display: Display
) -> None:
    often = replace(IMPATIENT, longest_retry=0.05)
    sign = Sign(line, NAK_BUSY)
    with line, working(store, hospital, onbon_display.changed(repaint_seconds=60), often):
        until(lambda: sign.listen() is not None and display_state(store) == "degraded")
        sign.answer = ACK
        until(lambda: sign.listen() is not None and display_state(store) == "online")


def test_a_new_call_does_not_wait_for_an_unanswered_frame(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, line: Line, onbon_display: Display
) -> None:
    desk.issue("tcm-night", now=evening, by=nurse)
    sign = Sign(line, b"")
    with line, working(store, hospital, onbon_display, replace(HASTY, answer=60.0)):
        sign.idles()
        desk.call("tcm-1", now=evening, by=nurse)
        sign.shows("请N001号到中医1诊室")


def test_a_port_that_appears_later_is_opened_under_its_name(
    store: Database, hospital: Hospital, line: Line, board_display: Display
) -> None:
    line.pull_out()
    with line, working(store, hospital, board_display):
        until(lambda: display_state(store) == "offline")
        line.plug_in()
        Board(line).shows()


def test_masked_names_stand_in_for_numbers_where_the_clinic_says_so(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    clinics = [clinic.changed(announce="masked_name") for clinic in hospital.clinic]
    desk.issue("bone", now=evening, by=nurse, name="欧阳明月")
    desk.call("bone-1", now=evening, by=nurse)
    (shown,) = screen_state(look(store), hospital.changed(clinic=clinics), ScreenScope([], []), evening).calls
    assert shown.label == "欧**月"
    desk.issue("er", now=evening, by=nurse, name="佳")
    desk.call("er-1", now=evening, by=nurse)
    labels = {
        call.label
        for call in screen_state(look(store), hospital.changed(clinic=clinics), ScreenScope([], []), evening).calls
    }
    assert labels == {"欧**月", "E001"}, "a name of which nothing may be shown gives way to the number"
    numbers_only = screen_state(look(store), hospital, ScreenScope([], []), evening).calls
    assert {call.label for call in numbers_only} == {"B001", "E001"}


def test_a_board_of_no_name_shows_no_page_not_even_of_a_clinic_that_names_no_display(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    night = evening.replace(hour=3)
    desk.issue("bone", now=night, by=nurse)
    bone = hospital.clinics["bone"]
    assert bone.on_call is not None
    for display in (None, "lobby-sign"):
        there = bone.changed(on_call=bone.on_call.changed(display=display))
        named = hospital.changed(clinic=[there if one.id == "bone" else one for one in hospital.clinic])
        assert screen_state(look(store), named, ScreenScope([], []), night).pages == ()
        shown = screen_state(look(store), named, ScreenScope([], [], "lobby-sign"), night).pages
        assert bool(shown) is (display is not None)


def test_a_display_is_online_only_while_somebody_serves_it(
    store: Database, hospital: Hospital, line: Line, onbon_display: Display
) -> None:
    def now() -> tuple[str, str | None]:
        with store.snapshot() as tx:
            health = health_of(tx, DeviceKind.DISPLAY, "sign")
        return health.state, health.cause

    assert now() == ("offline", "not_served")
    sign = Sign(line)
    with line, working(store, hospital, onbon_display):
        until(lambda: sign.listen() and now() == ("online", None))
    assert now() == ("offline", "not_served")
    found = display_status(store)
    assert found is not None
    assert (found.state, found.cause) == ("offline", "stopped")
    assert found.last_ok is not None


def test_a_second_worker_waits_for_the_line_and_does_not_touch_its_status(
    store: Database, hospital: Hospital, line: Line, board_display: Display, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board(line)
    with line, working(store, hospital, board_display):
        until(lambda: board.last() and display_state(store) == "unverified")
        refused = threading.Event()
        acquire = FileLock.acquire

        def tried(lock: FileLock) -> bool:
            taken = acquire(lock)
            if not taken:
                refused.set()
            return taken

        monkeypatch.setattr(FileLock, "acquire", tried)
        with working(store, hospital, board_display):
            assert refused.wait(10)
        assert display_state(store) == "unverified"


def test_a_refusal_that_comes_late_makes_it_paint_again(
    store: Database, hospital: Hospital, line: Line, onbon_display: Display
) -> None:
    sign = Sign(line)
    with line, working(store, hospital, onbon_display):
        until(lambda: sign.listen() and display_state(store) == "online")
        heard = len(sign.texts)
        line.write(NAK_BUSY)
        until(lambda: len(sign.listen()) > heard)
