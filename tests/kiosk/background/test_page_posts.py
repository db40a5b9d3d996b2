"""Pages posted to an address: each round once, again after a pause when it failed, never without an address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from desk import Desk
from looking import bare, look
from refusing import minutes
from serving import changed
from waiting import until

from nightdesk_kiosk.background.page_posts import PagePoster
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.pages import PostState
from nightdesk_queue.domain.people import By
from nightdesk_queue.store import Database, pages

NO_PAUSE = (0.0001, 0.0001)
AN_HOUR = (3600.0, 3600.0)


class Receiver:
    """The doctor's telephone: an address that notes each post and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.posts: list[tuple[str, dict[str, object]]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.posts.append((self.headers["Idempotency-Key"], body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/page"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def desk(store: Database, hospital: Hospital, receiver: Receiver) -> Desk:
    return Desk(store, changed(hospital, "bone", on_call={"post": receiver.address}))


@pytest.fixture
def night(evening: datetime) -> datetime:
    return evening.replace(hour=3, minute=0)


def poster(desk: Desk, now: datetime, pauses: tuple[float, float] = NO_PAUSE, stop: Event | None = None) -> PagePoster:
    return PagePoster(desk.hospital, desk.database, lambda: now, stop or Event(), pauses=pauses)


def outcome(store: Database) -> list[tuple[PostState | None, str | None]]:
    return [(page.post_state, page.post_cause) for page in pages.open_pages(look(store))]


def test_a_round_is_posted_once_with_all_a_doctor_must_know(
    desk: Desk, store: Database, receiver: Receiver, night: datetime, nurse: By
) -> None:
    ticket = desk.issue("bone", now=night, by=nurse)
    (page,) = pages.open_pages(look(store))
    desk.escalate(night + minutes(5))
    posting = poster(desk, night + minutes(5))
    for _ in range(2):
        posting.tick()
    form = {
        "page": page.id,
        "round": 2,
        "number": "B001",
        "clinic": "bone",
        "clinic_name": {"zh": "24小时正骨门诊", "en": "24-hour bone-setting clinic"},
        "since": "2026-03-02T03:00:00+08:00",
        "at": "2026-03-02T03:05:00+08:00",
    }
    assert receiver.posts == [(f"{ticket.id}-2", form)]
    assert outcome(store) == [(PostState.SENT, None)]


def test_a_failed_post_waits_out_its_pause_and_a_new_round_does_not(
    desk: Desk, store: Database, receiver: Receiver, night: datetime, nurse: By
) -> None:
    desk.issue("bone", now=night, by=nurse)
    receiver.status = 500
    posting = poster(desk, night, AN_HOUR)
    for _ in range(3):
        posting.tick()
    assert len(receiver.posts) == 1
    ((state, cause),) = outcome(store)
    assert state is PostState.DUE
    assert "Internal Server Error" in (cause or "")
    desk.escalate(night + minutes(5))
    for _ in range(3):
        posting.tick()
    assert [body["round"] for _, body in receiver.posts] == [1, 2]


def test_a_failed_post_goes_out_again_under_the_same_key_until_it_has_arrived(
    desk: Desk, store: Database, receiver: Receiver, night: datetime, nurse: By
) -> None:
    desk.issue("bone", now=night, by=nurse)
    receiver.status = 503
    posting = poster(desk, night)
    posting.tick()
    receiver.status = 204

    def arrived() -> bool:
        posting.tick()
        return outcome(store) == [(PostState.SENT, None)]

    until(arrived)
    posting.tick()
    assert len(receiver.posts) == 2
    assert receiver.posts[0] == receiver.posts[1]


def test_a_post_that_a_crash_left_half_done_goes_out_again_under_the_same_key(
    desk: Desk, store: Database, receiver: Receiver, night: datetime, nurse: By
) -> None:
    ticket = desk.issue("bone", now=night, by=nurse)
    bare(store).execute("UPDATE pages SET post_state = 'sending'")
    poster(desk, night).tick()
    assert [key for key, _ in receiver.posts] == [f"{ticket.id}-1"]
    assert outcome(store) == [(PostState.SENT, None)]


@pytest.mark.parametrize("lost", ["post", "on_call", "clinic"])
def test_where_the_configuration_has_lost_the_address_the_post_ends_and_says_so(
    desk: Desk, store: Database, receiver: Receiver, night: datetime, nurse: By, lost: str
) -> None:
    desk.issue("bone", now=night, by=nurse)
    bone = desk.hospital.clinics["bone"]
    assert bone.on_call is not None
    kept = [one for one in desk.hospital.clinic if one.id != "bone"]
    if lost == "post":
        kept.append(bone.changed(on_call=bone.on_call.changed(post=None)))
    if lost == "on_call":
        kept.append(bone.changed(on_call=None))
    poster(Desk(store, desk.hospital.changed(clinic=kept)), night).tick()
    assert receiver.posts == []
    assert outcome(store) == [(PostState.SENT, "no_address")]


def test_nothing_is_posted_of_a_page_that_is_answered_or_once_told_to_stop(
    desk: Desk, receiver: Receiver, night: datetime, nurse: By
) -> None:
    desk.issue("bone", now=night, by=nurse)
    stopped = Event()
    stopped.set()
    poster(desk, night, stop=stopped).tick()
    assert receiver.posts == []
    desk.acknowledge_pages(now=night, by=nurse)
    poster(desk, night).tick()
    assert receiver.posts == []


def test_nothing_is_posted_of_a_page_that_rests_until_its_patient_is_back(
    desk: Desk, receiver: Receiver, night: datetime, nurse: By
) -> None:
    ticket = desk.issue("bone", now=night, by=nurse)
    desk.hold(ticket.id, now=night, by=nurse)
    poster(desk, night).tick()
    assert receiver.posts == []
    desk.return_(ticket.id, now=night, by=nurse)
    poster(desk, night).tick()
    assert [key for key, _ in receiver.posts] == [f"{ticket.id}-1"]


def test_an_address_where_nobody_listens_is_a_cause_of_at_most_200_characters(
    desk: Desk, store: Database, receiver: Receiver, night: datetime, nurse: By
) -> None:
    desk.issue("bone", now=night, by=nurse)
    gone = changed(desk.hospital, "bone", on_call={"post": "http://127.0.0.1:1/page"})
    poster(Desk(store, gone), night).tick()
    ((state, cause),) = outcome(store)
    assert state is PostState.DUE
    assert "refused" in (cause or "")
    assert len(cause or "") <= 200
    assert receiver.posts == []
