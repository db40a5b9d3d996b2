"""Lines with faults: whatever happens, the screens end up showing what the database says, and none delays another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk
from devices import Line
from looking import look
from painting import HASTY, Painting, display_state, display_status, painting, signs_on
from waiting import until

from nightdesk_displays import onbon
from nightdesk_displays.line_timing import LineTiming
from nightdesk_displays.protocols import OnbonProtocol, protocol_for
from nightdesk_displays.screen_state import ScreenState
from nightdesk_displays.screen_state import display_state as screen_for
from nightdesk_displays.textsign import TextSign
from nightdesk_displays.virtual.server import SignServer
from nightdesk_displays.virtual.sign import SignFault, VirtualSign
from nightdesk_queue.config import Display, Hospital
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database

OFTEN = replace(HASTY, shortest_retry=0.02, longest_retry=0.2)
"""A display that does not answer is asked again and again at once."""


class Now:
    """A clock that a test sets."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


def working(
    store: Database, hospital: Hospital, wanted: list[Display], now: Now, timing: LineTiming = OFTEN
) -> Painting:
    return painting(store, hospital, wanted, now, timing)


def wanted_text(store: Database, hospital: Hospital, display: Display, now: Now) -> list[str]:
    return TextSign(2, 64).plain(screen_for(look(store), hospital, display, now()), now()).split("\n")


@pytest.fixture
def evening_now(evening: datetime) -> Iterator[Now]:
    yield Now(evening)


def test_twenty_signs_on_one_bus_show_each_call_and_a_dead_one_delays_nobody(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, evening_now: Now
) -> None:
    signs = [VirtualSign("onbon", n) for n in range(1, 21)]
    signs[4].faults = {SignFault.SILENT}
    desk.issue("tcm-night", now=evening, by=nurse)
    with (
        SignServer(signs) as server,
        working(store, hospital, signs_on(server.address, 20), evening_now) as worker,
    ):
        alive = [sign for sign in signs if not sign.faults]
        until(lambda: all(sign.lines for sign in alive))
        until(lambda: display_state(store, "sign-5") in ("degraded", "offline"))
        # from now on the silent sign's answer would be waited for for ever
        worker.wait_for_answers(3600.0)
        desk.call("tcm-1", now=evening, by=nurse)
        until(
            lambda: all(sign.lines == ["请N001号到中医1诊室"] for sign in alive), what="a silent sign delays the others"
        )
        until(lambda: all(display_state(store, f"sign-{n}") == "online" for n in range(1, 21) if n != 5))
        worker.wait_for_answers(0.2)
        signs[4].faults = set()
        # a commit ends the wait for the answer that never comes
        desk.issue("bone", now=evening, by=nurse)
        desk.issue("tcm-night", now=evening, by=nurse)
        until(lambda: signs[4].lines[:1] == ["请N001号到中医1诊室"] and display_state(store, "sign-5") == "online")


def test_a_state_that_one_display_cannot_say_is_told_and_darkens_no_other_of_its_line(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, evening_now: Now,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    twice = replace(OFTEN, tries=2)
    encode = OnbonProtocol.encode

    def failing(self: OnbonProtocol, state: ScreenState, now: datetime) -> bytes:
        if self.ping() == onbon.frame(1, onbon.PING) and state.calls:
            raise OverflowError("too much")
        return encode(self, state, now)

    monkeypatch.setattr(OnbonProtocol, "encode", failing)
    signs = [VirtualSign("onbon", n) for n in (1, 2)]
    with SignServer(signs) as server, working(store, hospital, signs_on(server.address, 2), evening_now, twice):
        until(lambda: all(sign.lines for sign in signs))
        desk.issue("tcm-night", now=evening, by=nurse)
        desk.call("tcm-1", now=evening, by=nurse)
        until(lambda: signs[1].lines == ["请N001号到中医1诊室"])
        until(lambda: display_state(store, "sign-1") == "degraded")
        told = display_status(store, "sign-1")
        assert told is not None
        assert told.cause == "OverflowError: too much"
        monkeypatch.setattr(OnbonProtocol, "encode", encode)
        until(lambda: signs[0].lines == ["请N001号到中医1诊室"] and display_state(store, "sign-1") == "online")


@pytest.mark.parametrize("fault", [SignFault.DROP, SignFault.BUSY, SignFault.SILENT, SignFault.CRC])
def test_under_faults_the_final_screen_is_the_databases_state(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, evening_now: Now, fault: SignFault
) -> None:
    sign = VirtualSign("onbon")
    fed: list[bytes] = []
    feed = sign.feed
    sign.feed = lambda received: fed.append(received) or feed(received)  # type: ignore[method-assign, func-returns-value]
    with SignServer([sign]) as server:
        wanted = signs_on(server.address, 1)
        with working(store, hospital, wanted, evening_now):
            until(lambda: sign.lines)
            for n in range(12):
                sign.faults = {fault} if n % 4 else set()
                desk.issue("tcm-night", now=evening, by=nurse)
                before = len(fed)
                called = desk.call("tcm-1", now=evening + timedelta(seconds=n), by=nurse)
                until(lambda before=before: len(fed) > before, what="the call's frame meets the fault")
                desk.start(called.ticket.id, now=evening, by=nurse)
                desk.finish(called.ticket.id, now=evening, by=nurse)
            desk.issue("tcm-night", now=evening, by=nurse)
            desk.call("tcm-2", now=evening + timedelta(minutes=1), by=nurse)
            sign.faults = set()
            until(lambda: sign.lines == wanted_text(store, hospital, wanted[0], evening_now), what=f"{sign.lines}")
            until(lambda: display_state(store, "sign-1") == "online")


@pytest.mark.parametrize("protocol", ["onbon", "modbus", "cd5220", "ascii", "board"])
def test_a_line_that_vanishes_and_returns_under_its_name_shows_what_is_true_then(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, evening_now: Now, protocol: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    sign = VirtualSign(protocol)

    def serve() -> bool:
        if answer := sign.feed(line.read()):
            line.write(answer)
        return bool(sign.frames)

    with Line(tmp_path / "ttyS9") as line:
        wanted = signs_on(str(line.path), 1, protocol)
        with working(store, hospital, wanted, evening_now):
            until(serve)
            desk.issue("tcm-night", now=evening, by=nurse)
            line.pull_out()
            until(lambda: display_state(store, "sign-1") == "offline")
            desk.call("tcm-1", now=evening, by=nurse)
            sign.__init__(protocol)  # type: ignore[misc]
            line.plug_in()
            until(lambda: serve() and "N001" in "".join(sign.lines))
            until(lambda: serve() and display_state(store, "sign-1") in ("online", "unverified"))


def test_a_sign_behind_a_terminal_server_is_painted_again_after_the_line_broke(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, evening_now: Now
) -> None:
    sign = VirtualSign("onbon")
    with SignServer([sign], "0") as server, working(store, hospital, signs_on(server.address, 1), evening_now):
        until(lambda: sign.lines)
        server.drop()
        desk.issue("tcm-night", now=evening, by=nurse)
        desk.call("tcm-1", now=evening, by=nurse)
        until(lambda: sign.lines == ["请N001号到中医1诊室"])


def test_a_new_call_loses_its_colour_after_a_while_without_anybody_doing_anything(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, evening_now: Now
) -> None:
    soon = replace(OFTEN, fresh=0.2)
    seen: list[bytes] = []
    sign = VirtualSign("onbon")
    feed = sign.feed
    sign.feed = lambda received: seen.append(received) or feed(received)  # type: ignore[method-assign, func-returns-value]
    with SignServer([sign]) as server, working(store, hospital, coloured(server), evening_now, soon):
        desk.issue("tcm-night", now=evening, by=nurse)
        desk.call("tcm-1", now=evening, by=nurse)
        until(lambda: rb"\C1" in b"".join(seen))
        evening_now.moment += timedelta(seconds=11)
        seen.clear()
        until(lambda: rb"\C2" in b"".join(seen) and rb"\C1" not in seen[-1])


def coloured(server: SignServer) -> list[Display]:
    return signs_on(server.address, 1, colours=True)


def test_a_wish_for_the_test_picture_is_obeyed_and_passes(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By, evening_now: Now
) -> None:
    sign = VirtualSign("onbon")
    with SignServer([sign]) as server:
        wanted = signs_on(server.address, 1)
        with_sign = Desk(store, hospital.changed(display=wanted))
        with working(store, hospital, wanted, evening_now):
            until(lambda: sign.lines)
            with_sign.test_display("sign-1", now=evening, by=nurse)
            until(lambda: sign.lines[:1] == ["888888 测试"])
            evening_now.moment += timedelta(seconds=20)
            desk.issue("bone", now=evening, by=nurse)
            until(lambda: sign.lines[:1] == ["市中医医院"])


def test_reasons_are_shown_where_they_explain_and_never_in_a_sensitive_clinic(
    store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    desk = Desk(store, hospital)
    desk.issue("tcm-night", now=evening, by=nurse, priority=["veteran"], name="王五")
    desk.call("tcm-1", now=evening, by=nurse)
    display = signs_on("x", 1)[0]
    (call,) = screen_for(look(store), hospital, display, evening).calls
    assert call.reason is not None
    assert (call.reason.zh, call.label) == ("军", "N001")
    secret = hospital.changed(clinic=[clinic.changed(sensitive=True) for clinic in hospital.clinic])
    (call,) = screen_for(look(store), secret, display, evening).calls
    assert call.reason is None
    frame = protocol_for(display).encode(screen_for(look(store), hospital, display, evening), datetime.now(UTC))
    assert "军".encode("gb2312") in frame


def test_a_moved_clinics_call_stays_on_its_rooms_own_screen_and_says_where_it_went(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    desk.issue("tcm-night", now=evening, by=nurse)
    desk.call("tcm-1", now=evening, by=nurse)
    desk.move("tcm-night", ["counter-2"], notice="typhoon", now=evening, by=nurse)
    for rooms, clinics in ((["tcm-1"], []), (["tcm-1"], ["tcm-night"])):
        (own,) = signs_on("x", 1, clinics=clinics, rooms=rooms)
        state = screen_for(look(store), hospital, own, evening)
        assert [call.number for call in state.calls] == ["N001"]
        assert len(state.notices) == 1
    (other,) = signs_on("x", 1, clinics=["bone"], rooms=["bone-1"])
    assert not screen_for(look(store), hospital, other, evening).calls


def test_the_time_stands_beside_a_notice_where_a_template_wants_both(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    desk.suspend("tcm-night", now=evening, by=nurse)
    (simple,) = signs_on("x", 1, "ascii", idle="{clock} {notice}")
    line = protocol_for(simple).encode(screen_for(look(store), hospital, simple, evening), evening)
    assert line == b"18:30 Evening clinic, Chinese medicine: suspended\r\n"
