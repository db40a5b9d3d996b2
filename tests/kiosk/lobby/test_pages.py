"""Pages for the doctor on call: posted once a round to a real address, printed, and shown on the named screen."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from desk import Desk
from looking import look
from paper import read_paper
from virtually import render_plainly
from waiting import until

from nightdesk_displays import boardframe
from nightdesk_displays.screen_state import display_state, screen_state
from nightdesk_displays.textsign import TextSign
from nightdesk_kiosk.background.page_posts import PagePoster
from nightdesk_kiosk.background.supervisor import Services
from nightdesk_kiosk.background.timers import Timer
from nightdesk_kiosk.clock import Clock
from nightdesk_printers.slip_contents import PageFacts, page_slip
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.pages import PostState
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries.call_screens import ScreenScope
from nightdesk_queue.store import Database, pages, tickets


class Receiver(HTTPServer):
    """Takes posts on a port of the system's choice; fails as often as it is told to."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, Any]]] = []
        self.failures = 0
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/page"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.failures:
            self.server.failures -= 1
            self.send_error(503)
            return
        self.server.posts.append((self.headers["Idempotency-Key"], json.loads(body)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def night(evening: datetime) -> datetime:
    return evening + timedelta(hours=8)


def paging_hospital(hospital: Hospital, **keys: object) -> Hospital:
    clinics = []
    for clinic in hospital.clinic:
        rules = clinic.on_call.changed(**keys) if clinic.on_call else None
        clinics.append(clinic.changed(on_call=rules))
    return hospital.changed(clinic=clinics)


class Running:
    """Timer and poster in threads of their own, until the test ends."""

    def __init__(self, hospital: Hospital, store: Database, clock: Clock) -> None:
        self.stop = threading.Event()
        workers = [kind(hospital, store, clock.now, self.stop) for kind in (Timer, PagePoster)]
        self.threads = [threading.Thread(target=worker.run) for worker in workers]

    def __enter__(self) -> Running:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()


def test_each_round_is_posted_once_with_a_key_of_its_own_and_failures_are_tried_again(
    store: Database, hospital: Hospital, receiver: Receiver, night: datetime, nurse: By
) -> None:
    changed = paging_hospital(hospital, post=receiver.address)
    clock = Clock(night, 0.0)
    ticket = Desk(store, changed).issue("bone", now=night, by=nurse)
    receiver.failures = 1
    with Running(changed, store, clock):
        until(lambda: len(receiver.posts) == 1)
        clock.restart(night + timedelta(minutes=5))
        until(lambda: len(receiver.posts) == 2)
    with Running(changed, store, clock):
        until(lambda: pages.open_pages(look(store))[0].post_state == "sent")
    assert [key for key, _ in receiver.posts] == [f"{ticket.id}-1", f"{ticket.id}-2"], "a restart posts nothing twice"
    first = receiver.posts[0][1]
    assert (first["number"], first["clinic"], first["round"]) == ("B001", "bone", 1)
    assert first["clinic_name"]["zh"] == "24小时正骨门诊"


def test_a_post_that_was_under_way_when_its_process_died_goes_out_again_under_its_key(
    store: Database, hospital: Hospital, receiver: Receiver, night: datetime, nurse: By
) -> None:
    changed = paging_hospital(hospital, post=receiver.address)
    ticket = Desk(store, changed).issue("bone", now=night, by=nurse)
    with store.transaction() as tx:
        pages.post_went(tx, pages.open_pages(tx)[0], PostState.SENDING)
    with Running(changed, store, Clock(night, 0.0)):
        until(lambda: receiver.posts)
    assert [key for key, _ in receiver.posts] == [f"{ticket.id}-1"]


def test_who_was_paged_while_nothing_ran_is_woken_once_and_again_when_it_is_time(
    store: Database, hospital: Hospital, receiver: Receiver, night: datetime, nurse: By
) -> None:
    changed = paging_hospital(hospital, post=receiver.address)
    Desk(store, changed).issue("bone", now=night, by=nurse)
    clock = Clock(night + timedelta(minutes=17), 0.0)
    services = Services(changed.changed(printer=[], display=[]), store, clock, lambda *_: None, lambda _: None)
    services.start()
    try:
        until(lambda: receiver.posts)
        clock.restart(night + timedelta(minutes=21.9))
        until(lambda: pages.open_pages(look(store))[0].post_state == "sent")
        assert Desk(store, changed).escalate(clock.now()) == []
        clock.restart(night + timedelta(minutes=22))
        until(lambda: len(receiver.posts) == 2)
    finally:
        services.stop()
    assert [body["round"] for _, body in receiver.posts] == [1, 2]


def test_an_address_nobody_listens_at_is_a_cause_one_can_read(
    store: Database, hospital: Hospital, night: datetime, nurse: By
) -> None:
    changed = paging_hospital(hospital, post="http://127.0.0.1:9/page")
    Desk(store, changed).issue("bone", now=night, by=nurse)
    with Running(changed, store, Clock(night, 0.0)):
        until(lambda: pages.open_pages(look(store))[0].post_cause)
    (page,) = pages.open_pages(look(store))
    assert page.post_state == "due"
    assert page.post_cause


def test_no_shows_lapse_by_themselves(store: Database, hospital: Hospital, evening: datetime, nurse: By) -> None:
    desk = Desk(store, hospital)
    desk.expect("tcm-night", now=evening, by=nurse, slot_at=evening)
    with Running(hospital, store, Clock(evening + timedelta(hours=3), 0.0)):
        until(lambda: desk.expected() == [])


def test_the_page_is_on_the_named_screen_until_somebody_answers(
    store: Database, hospital: Hospital, night: datetime, nurse: By
) -> None:
    changed = paging_hospital(hospital, display="lobby-sign")
    Desk(store, changed).issue("bone", now=night, by=nurse)
    sign, pole = changed.display
    state = display_state(look(store), changed, sign, night)
    assert [page.en for page in state.pages] == ["Doctor on call to 24-hour bone-setting clinic: B001, 02:30, call 1"]
    assert TextSign(2, 64).plain(state, night).startswith("请值班医生到24小时正骨门诊：B001")
    assert display_state(look(store), changed, pole, night).pages == ()
    assert boardframe.Receiver().feed(boardframe.encode(state, night)) == [(state, night)]
    Desk(store, hospital).acknowledge_pages(None, now=night, by=nurse)
    assert display_state(look(store), changed, sign, night).pages == ()


def test_suspended_and_moved_clinics_are_a_notice_on_the_screens(
    store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    desk = Desk(store, hospital)
    desk.suspend("service", now=evening, by=nurse, notice="台风")
    desk.move("bone", ["tcm-2"], now=evening, by=nurse)
    state = screen_state(look(store), hospital, ScreenScope(), evening)
    assert [notice.zh for notice in state.notices] == ["24小时正骨门诊移至中医2诊室", "综合服务中心停诊：台风"]
    assert screen_state(look(store), hospital, ScreenScope(["er"]), evening).notices == ()
    assert TextSign(1, 64).plain(state, evening) == "24小时正骨门诊移至中医2诊室"


def test_the_duty_rooms_slip_says_who_waits_where_and_how_to_answer(
    store: Database, hospital: Hospital, night: datetime, nurse: By
) -> None:
    ticket = Desk(store, hospital).issue("bone", now=night, by=nurse, level=3)
    (page,) = pages.open_pages(look(store))
    found = tickets.by_id(look(store), ticket.id)
    assert found
    paper = read_paper(render_plainly(page_slip(PageFacts(found, hospital, page)), 58))
    joined = paper.text.replace("\n", " ")
    for wanted in ("请值班医生到诊", "Doctor on call", "B001", "III", "2026-03-03 02:30", "nightdesk page ack"):
        assert wanted in joined, wanted
