"""Slips nobody needs any more, and slips that people ask for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from desk import Desk
from refusing import minutes, refused
from spool_evening import (
    Evening,
    all_ended,
    jobs,
    lobby_printer,
    told_of_slips,
    whole,
)
from virtually import serving
from waiting import until

from nightdesk_printers.virtual import Breakage
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.store import Database


def test_slips_of_patients_who_were_called_are_not_printed_when_the_paper_comes_back(
    evening_desk: Evening, store: Database, nurse: By
) -> None:
    with serving() as server:
        server.break_(Breakage.PAPER_OUT)
        with evening_desk.spool(lobby_printer(server)):
            evening_desk.issue(2)
            until(lambda: {job.cause for job in jobs(store)} == {"paper_out"})
            evening_desk.desk.call("bone-1", now=evening_desk.now, by=nurse)
            server.mend()
            found = all_ended(store)
    assert [(job.state, job.cause) for job in found] == [(SlipState.DROPPED, "called"), (SlipState.PRINTED, None)]
    assert [slip.number for slip in whole(server)] == ["B002"]
    dropped = told_of_slips(store, EventKind.SLIP_DROPPED)
    assert [(event.number, data.job, data.why) for event, data in dropped] == [("B001", 1, "called")]


def test_a_slip_older_than_the_set_time_is_not_printed(evening_desk: Evening, store: Database) -> None:
    evening_desk.issue()
    evening_desk.now += minutes(61)
    with serving() as server, evening_desk.spool(lobby_printer(server)):
        (job,) = all_ended(store)
    assert (job.state, job.cause) == (SlipState.DROPPED, "too_old")


def test_a_page_that_was_answered_meanwhile_wakes_nobody(store: Database, hospital: Hospital, nurse: By) -> None:
    night = datetime(2026, 3, 3, 2, 0, tzinfo=UTC).replace(tzinfo=hospital.zone)
    with serving() as server:
        server.break_(Breakage.COVER)
        late = Evening(store, hospital, night, nurse)
        with late.spool(lobby_printer(server, id="duty-room")):
            late.issue()
            until(lambda: [job.cause for job in jobs(store) if job.kind == "page"] == ["cover_open"])
            Desk(store, hospital).acknowledge_pages(None, now=night, by=nurse)
            server.mend()
            until(lambda: [job for job in jobs(store) if job.kind == "page" and not job.open])
    (job,) = [job for job in jobs(store) if job.kind == "page"]
    assert (job.state, job.cause) == (SlipState.DROPPED, "answered")


def test_a_reprint_is_marked_numbered_and_written_down(evening_desk: Evening, store: Database, nurse: By) -> None:
    with serving() as server, evening_desk.spool(lobby_printer(server)):
        (number,) = evening_desk.issue()
        all_ended(store)
        for copy in (1, 2):
            job = evening_desk.desk.reprint(number, now=evening_desk.now, by=nurse)
            assert (job.copy, job.asked_by, job.number) == (copy, "staff", number)
            all_ended(store)
    assert ["COPY" in slip.text for slip in whole(server)] == [False, True, True]
    assert {slip.number for slip in whole(server)} == {number}
    told = told_of_slips(store, EventKind.SLIP_REPRINT)
    assert [(event.actor, data.copy) for event, data in told] == [("nurse", 1), ("nurse", 2)]


def test_a_patient_has_a_slip_again_only_so_often(evening_desk: Evening, store: Database, nurse: By) -> None:
    desk = evening_desk.desk
    (number,) = evening_desk.issue()
    with refused("slip_waiting"):
        desk.reprint(number, now=evening_desk.now, by=nurse, kiosk="lobby-1")
    with serving() as server, evening_desk.spool(lobby_printer(server)):
        for _ in range(2):
            all_ended(store)
            desk.reprint(number, now=evening_desk.now, by=nurse, kiosk="lobby-1")
        all_ended(store)
        with refused("too_many_copies"):
            desk.reprint(number, now=evening_desk.now, by=nurse, kiosk="lobby-1")
        assert desk.reprint(number, now=evening_desk.now, by=nurse).copy == 3, "staff may"
        all_ended(store)


def test_a_waiting_slip_can_be_sent_to_another_printer(evening_desk: Evening, store: Database, nurse: By) -> None:
    evening_desk.issue()
    (job,) = jobs(store)
    with refused("unknown_printer"):
        evening_desk.desk.retry_slip(job.id, now=evening_desk.now, by=nurse, printer="nowhere")
    with refused("unknown_job"):
        evening_desk.desk.retry_slip(99, now=evening_desk.now, by=nurse)
    moved = evening_desk.desk.retry_slip(job.id, now=evening_desk.now, by=nurse, printer="duty-room")
    assert (moved.printer, moved.copy, moved.state) == ("duty-room", 0, SlipState.QUEUED)
    with serving() as server, evening_desk.spool(lobby_printer(server, id="duty-room")):
        all_ended(store)
        with refused("already_printed"):
            evening_desk.desk.retry_slip(job.id, now=evening_desk.now, by=nurse)
    assert [slip.number for slip in whole(server)] == ["B001"]


def test_test_pages_and_lists_come_out_too(evening_desk: Evening, store: Database, nurse: By) -> None:
    evening_desk.issue(2)
    with serving() as server, evening_desk.spool(lobby_printer(server)):
        evening_desk.desk.test_page("lobby", now=evening_desk.now, by=nurse)
        evening_desk.desk.session_list("bone", now=evening_desk.now, by=nurse)
        all_ended(store)
    texts = [slip.text for slip in whole(server)]
    assert any("Test page" in text and "䶮" in text for text in texts)
    assert any("B001" in text and "B002" in text and "清单" in text for text in texts)


def test_a_faulty_layout_of_the_hospital_still_gives_a_slip(
    evening_desk: Evening, store: Database, tmp_path: Path
) -> None:
    (tmp_path / "ticket.toml").write_text("[[row]]\ntext = '{oops}'", encoding="utf-8")
    rules = evening_desk.hospital.printing.changed(templates=str(tmp_path))
    evening_desk.hospital = evening_desk.hospital.changed(printing=rules)
    with serving() as server, evening_desk.spool(lobby_printer(server)):
        numbers = evening_desk.issue()
        all_ended(store)
    assert [slip.number for slip in whole(server)] == numbers
