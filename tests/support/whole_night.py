"""A short night in which every command is done and every query is asked, so that every statement of `store` runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from desk import Desk

from nightdesk_queue.commands import referrals
from nightdesk_queue.commands import spool as spooling
from nightdesk_queue.commands.alarms import send_to_emergency
from nightdesk_queue.commands.booking_import import take_all
from nightdesk_queue.commands.device_status import DeviceReporter, Found
from nightdesk_queue.commands.handing_in import hand_in, note_handed_in, remember_clinics
from nightdesk_queue.commands.interface_journal import forget_messages, note_message, settle_message, settle_whom
from nightdesk_queue.commands.issuing import Applicant
from nightdesk_queue.commands.kiosk_operations import resume_kiosk, set_look, suspend_kiosk
from nightdesk_queue.commands.notices import forget_notices, make_notices, note_refused, note_taken, retry_notice
from nightdesk_queue.commands.pages import note_post, restart_pages
from nightdesk_queue.commands.pin_hashing import hashed
from nightdesk_queue.commands.pins import check_pin, set_pin
from nightdesk_queue.commands.retention import wipe_names
from nightdesk_queue.commands.room_operations import set_room
from nightdesk_queue.commands.taking_back import take_back_numbers
from nightdesk_queue.commands.voice import note_spoken
from nightdesk_queue.commands.work import working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceKind, DeviceState
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.foreign import ForeignId, Referral
from nightdesk_queue.domain.interface_messages import AnswerCode, MessageKey, NewMessage
from nightdesk_queue.domain.kiosk_state import KioskState, KioskTheme
from nightdesk_queue.domain.pages import PostState
from nightdesk_queue.domain.people import By
from nightdesk_queue.domain.room_state import RoomUse
from nightdesk_queue.domain.slips import SlipKind, SlipState
from nightdesk_queue.queries import (
    alarms,
    call_screens,
    device_health,
    due_work,
    leftovers,
    night_report,
    queue_view,
    reports,
    reports_sent,
)
from nightdesk_queue.rules.booking_files import Booking
from nightdesk_queue.store import (
    archiving,
    clinics,
    devices,
    events,
    handing_in,
    hl7_journal,
    hl7_notices,
    pages,
    retention,
    rooms,
    shared_config,
    slips,
    tickets,
)
from nightdesk_queue.store.database import Database
from nightdesk_queue.store.handing_in import LastKnown
from nightdesk_queue.store.shared_config import SharedConfig
from nightdesk_queue.text.bilingual import Text

NURSE = By("nurse", "console")
SERVICE = By.service("run")
CLINIC, ROOM, OTHER = "er", "er-1", "bone"


@dataclass
class Night:
    """One night on a database, in the order in which things happen."""

    database: Database
    hospital: Hospital
    now: datetime

    def play(self) -> None:
        self.desk = Desk(self.database, self.hospital)
        self.consultations()
        self.ways()
        self.bookings()
        self.clinics()
        self.rooms()
        self.kiosks()
        self.many_numbers()
        self.pages()
        self.spool()
        self.alarms_and_devices()
        self.transfers()
        self.looks()

    def later(self, minutes: float = 1) -> dict[str, Any]:
        self.now += timedelta(minutes=minutes)
        return {"now": self.now, "by": NURSE}

    def issue(self, clinic: str = CLINIC, **who: Any) -> str:
        return self.desk.issue(clinic, **who, **self.later()).id

    def consultations(self) -> None:
        for name in ("one", "two", "three"):
            who = Applicant(name=name, key=f"key {name}", priority=("veteran",) if name == "two" else ())
            self.desk.issue_and_tell(CLINIC, who, **self.later())
        for _ in range(2):
            ticket = self.desk.call(ROOM, **self.later()).ticket
            self.desk.recall(ticket.id, **self.later())
            self.desk.start(ticket.id, **self.later())
            self.desk.finish(ticket.id, **self.later(8))
            self.desk.undo(**self.later())
            self.desk.finish(ticket.id, **self.later())
        called = self.desk.call(ROOM, **self.later()).ticket
        self.desk.undo(**self.later())
        self.desk.call(ROOM, ticket=called.number, **self.later())
        self.desk.miss(called.id, **self.later())
        self.desk.rejoin(called.id, **self.later())
        # an issue is taken back, and the number of another night is asked for
        self.issue()
        self.desk.undo(**self.later())

    def ways(self) -> None:
        held = self.issue()
        self.desk.hold(held, to="X-ray", **self.later())
        self.desk.return_(held, **self.later())
        self.desk.set_level(held, 3, **self.later())
        self.desk.transfer(held, to=OTHER, **self.later())
        self.desk.transfer(self.issue(), to="tcm-night", way_back=True, **self.later())
        missed = self.issue("tcm-night")
        self.desk.call("tcm-1", ticket=missed, **self.later())
        self.desk.miss(missed, **self.later())
        self.desk.report(missed, **self.later())
        self.desk.cancel(self.issue(), **self.later())
        evening = self.issue("postpartum")
        self.leftover = evening

    def bookings(self) -> None:
        slot = self.now + timedelta(minutes=30)
        self.desk.expect("tcm-night", name="four", phone="13800004321", slot_at=slot, key="slot", **self.later())
        self.desk.expect("tcm-night", phone="8765", **self.later())
        self.desk.report("8765", kiosk="lobby-1", **self.later())
        rows = [(2, Booking("tcm-night", slot + timedelta(minutes=5), "five", "1111", (), "ref"))]
        list(take_all(self.database, self.hospital, rows, self.now, NURSE))
        self.desk.expected()

    def rooms(self) -> None:
        for use in (RoomUse.PAUSED, RoomUse.OPEN):
            self.desk.do(lambda work, use=use: set_room(work, ROOM, use, minutes=5), **self.later())

    def kiosks(self) -> None:
        self.desk.do(lambda work: suspend_kiosk(work, "lobby-1"), **self.later())
        self.desk.do(lambda work: resume_kiosk(work, "lobby-1"), **self.later())
        self.desk.do(lambda work: set_look(work, "lobby-1", KioskTheme.NIGHT, 100, 20), **self.later())
        self.desk.do(lambda work: set_pin(work, hashed("4711")), **self.later())
        for pin in ("2580", "4711"):
            check_pin(self.database, self.hospital, self.now, NURSE, pin)

    def many_numbers(self) -> None:
        kiosk, at_kiosk = "lobby-1", By.at_kiosk("lobby-1")
        for _ in range(9):
            self.desk.issue_and_tell(OTHER, Applicant(kiosk=kiosk, paced=False), now=self.now, by=at_kiosk)
        with self.database.snapshot() as tx:
            alarms.told_alarms(tx, self.now)
        self.desk.do(lambda work: take_back_numbers(work, kiosk, since=work.now), now=self.now, by=NURSE)
        for _ in range(2):
            self.desk.do(lambda work: send_to_emergency(work, kiosk), now=self.now, by=at_kiosk)

    def clinics(self) -> None:
        self.desk.suspend(OTHER, notice="flood", **self.later())
        self.desk.resume(OTHER, **self.later())
        self.desk.move(OTHER, ["counter-2"], **self.later())
        self.desk.undo(**self.later())

    def pages(self) -> None:
        self.now = self.now.astimezone(UTC).replace(hour=15, minute=0)  # 23:00 in the hospital: its doctors are on call
        paged = self.issue(OTHER)
        self.later(6)
        self.desk.escalate(self.now)
        with working(self.database, self.hospital, self.now, SERVICE) as work:
            restart_pages(work)
            for page in pages.posts_due(work.tx) or pages.open_pages(work.tx):
                pages.count_from(work.tx, page, self.now)
                note_post(work, page, PostState.SENT)
        self.desk.call("bone-1", ticket=paged, **self.later())
        self.desk.undo(**self.later())
        self.issue(OTHER)
        self.desk.acknowledge_pages(**self.later())
        with self.database.snapshot() as tx:
            pages.newest(tx, 20)
            pages.newest_of_ticket(tx, paged)
            pages.of_ticket(tx, paged)
            due_work.pages_due(tx, self.hospital, self.now)

    def spool(self) -> None:
        printer = "lobby"
        with self.database.snapshot() as tx:
            waiting = slips.queued(tx, printer)
        first, second, third, *_ = waiting
        with working(self.database, self.hospital, self.now, SERVICE) as work:
            spooling.note_cause(work, printer, "paper_out")
            job = slips.next_job(work.tx, printer)
            assert job is not None
            job = spooling.move_slip(work, job, SlipState.CLAIMED, self.now, {"worker": "w"})
            assert job is not None
            spooling.renew_lease(work, job, self.now)
            slips.in_hand(work.tx, printer)
            job = spooling.move_slip(work, job, SlipState.UNKNOWN, self.now, {})
            assert job is not None
            spooling.queue_copy(work, job, self.now)
        with working(self.database, self.hospital, self.now, SERVICE) as work:
            fresh = [slips.by_id(work.tx, job.id) for job in (second, third)]
            assert fresh[0] is not None
            assert fresh[1] is not None
            spooling.pass_on(work, fresh[0], "duty-room", self.now)
            spooling.end_slip(work, fresh[1], EventKind.SLIP_FAILED, self.now, why="not_made")
        self.desk.retry_slip(third.id, **self.later())
        self.desk.retry_slips(**self.later())
        assert first.ticket is not None
        with self.database.transaction() as tx:
            tx.change("UPDATE slips SET state = 'printed' WHERE id = :id", {"id": first.id})
        self.desk.reprint(first.ticket, kiosk="lobby-1", **self.later())
        self.desk.test_page(printer, **self.later())
        self.desk.session_list(CLINIC, **self.later())
        with self.database.snapshot() as tx:
            slips.newest(tx, 20)
            slips.newest_of_printer(tx, printer, 20)
            slips.to_fix(tx)
            slips.unprinted(tx, first.ticket, SlipKind.PAGE)
            slips.copies_of(tx, first.ticket, SlipKind.TICKET)

    def alarms_and_devices(self) -> None:
        seq = self.desk.alarm(EventKind.HELP, **self.later())
        with self.database.snapshot() as tx:
            device_health.troubles(tx, self.hospital)
            alarms.kiosks_without_printer(tx)
            events.newest_alarms(tx, 10)
            events.of_ticket(tx, "none")
            events.first_calls(tx, self.now.date().isoformat())
            events.taken_back(tx, [self.now.date().isoformat()])
            events.wanted_after(tx, events.Wanted("none", EventKind.CALL, self.now, self.now), 0, 10)
            devices.history(tx, "lobby", 10)
            devices.history_between(tx, "lobby", self.now, self.now)
            slips.all_of_ticket(tx, "none", 10)
            slips.queued_since(tx, self.now, 10)
            pages.all_of_ticket(tx, "none", 10)
            tickets.waiting_from_elsewhere(tx)
            tickets.arrived_between(tx, self.now, self.now)
            rooms.all_of(tx)
        self.desk.acknowledge_alarms(up_to=seq, **self.later())
        reporter = DeviceReporter(DeviceKind.DISPLAY, self.hospital.display[0].id, self.database, self.hospital)
        reporter.report(Found(DeviceState.READY, ok=True), self.now)
        with self.database.lock(DeviceKind.DISPLAY, self.hospital.display[0].id) as lock:
            lock.acquire()
            self.desk.test_display(self.hospital.display[0].id, **self.later())
        with self.database.snapshot() as tx:
            newest = events.last_seq(tx)
            calls = events.to_speak_after(tx, newest - 30)
            events.spoken_after(tx, newest - 30)
            events.after(tx, newest - 10)
            events.by_seq(tx, newest)
            events.last_of_station(tx, "display:x", [EventKind.NO_DISPLAY])
            devices.known(tx)
        with working(self.database, self.hospital, self.now, SERVICE) as work:
            note_spoken(work, calls[0])

    def transfers(self) -> None:
        """What another system sends, and what it is told."""
        system = By.interface("ED_TRIAGE")
        who = ForeignId("V1", "P1", "X", "X")
        said = Referral(who=who, clinic=CLINIC, name="six", arrived_at=self.now, sent_at=self.now)
        with working(self.database, self.hospital, self.now, SERVICE) as work:
            make_notices(work, ["called"])
        for do in (referrals.refer, referrals.register, referrals.update_patient):
            referred = self.desk.do(lambda work, do=do: do(work, said), self.later()["now"], system)
        assert referred.ticket is not None
        self.desk.call(ROOM, ticket=referred.ticket.id, **self.later())
        self.desk.miss(referred.ticket.id, **self.later())
        with working(self.database, self.hospital, self.now, SERVICE) as work:
            make_notices(work, ["called"])
            [notice] = hl7_notices.to_send(work.tx, 10)
            note_refused(work, notice, "AE", 1)
        self.desk.do(lambda work: retry_notice(work, notice.event), **self.later())
        self.desk.do(lambda work: note_taken(work, notice), self.now, SERVICE)
        self.desk.do(lambda work: referrals.refer(work, said), self.now, system)
        self.desk.do(lambda work: referrals.cancel_transfer(work, said), self.now, system)
        other = ForeignId(None, "P2", "", "X")
        self.desk.do(lambda work: referrals.merge_patients(work, who, other), self.now, system)
        self.desk.do(lambda work: referrals.update_patient(work, replace(said, who=other)), self.now, system)
        key = MessageKey("ED_TRIAGE", "X", "1", "ADT^A02", "V1")
        told = Text("拒", "no")
        new = NewMessage(key=key, code=AnswerCode.REFUSED, told=told, content="", answers=())
        seq = self.desk.do(lambda work: note_message(work, replace(new, settled=False)), self.now, system)
        with self.database.snapshot() as tx:
            hl7_journal.known(tx, key)
            hl7_journal.next_seq(tx)
            hl7_journal.newest(tx, 10)
            hl7_journal.newest(tx, 10, refused=True)
            hl7_journal.open_refusals(tx, self.now - timedelta(hours=12))
            hl7_notices.newest(tx, 10)
            events.referred_since(tx, CLINIC, self.now)
            hl7_notices.waiting(tx)
        self.desk.do(lambda work: settle_whom(work, "nobody"), self.now, system)
        self.desk.do(lambda work: settle_message(work, seq), **self.later())
        self.desk.do(lambda work: (forget_messages(work, 30), forget_notices(work, 30)), self.now, SERVICE)
        self.desk.do(wipe_names, self.now + timedelta(days=31), SERVICE)
        with self.database.snapshot() as tx:
            retention.count_named_before(tx, self.now)
        self._of_machines()
        self._of_years()

    def _of_machines(self) -> None:
        """A kiosk that was cut off, and a configuration that is shared; on a server these would be two databases."""
        kiosk = next(iter(self.hospital.kiosks.values()))
        known = [LastKnown(CLINIC, self.now.date(), 3)]
        with self.database.snapshot() as tx:
            states = list(clinics.all_of(tx).values())
        self.desk.do(lambda work: remember_clinics(work, states, known, KioskState(kiosk.id)), self.now, SERVICE)
        with self.database.snapshot() as tx:
            handing_in.last_known(tx)
            found = tickets.first_after(tx, handing_in.handed_in(tx))
            tickets.given_cut_off(tx, self.now.date(), "X", CLINIC)
            assert found is not None
            columns = {**found[1], "id": "CUTOFF", "number": "X001", "prefix": "X", "n": 1, "key": None, "room": None}
        self.desk.do(lambda work: hand_in(work, columns), self.now, SERVICE)
        self.desk.do(lambda work: note_handed_in(work, 1), self.now, SERVICE)
        shared = SharedConfig("f", "", self.now, "n", "m")
        with self.database.transaction() as tx:
            shared_config.save(tx, shared)
            assert (shared_config.fingerprint(tx), shared_config.newest(tx)) == ("f", shared)

    def _of_years(self) -> None:
        day = self.now.date() - timedelta(days=1)
        with self.database.snapshot() as tx:
            archiving.count_old(tx, day)
            bundles = archiving.old_tickets(tx, day, 3)
            facts = archiving.old_facts(tx, self.now, 3)
        with self.database.transaction() as tx:
            for bundle in (*bundles, *facts):
                archiving.put(tx, bundle)
            assert all(archiving.is_still(tx, bundle) for bundle in bundles)
            for bundle in bundles[:1]:
                archiving.remove(tx, bundle)

    def looks(self) -> None:
        hospital, now = self.hospital, self.now
        today = now.date()
        with self.database.snapshot() as tx:
            for clinic in hospital.clinic:
                queue_view.queue_view(tx, hospital, clinic, now)
            queue_view.glances(tx, hospital, hospital.clinic, now)
            scope = call_screens.ScreenScope(display=hospital.display[0].id)
            call_screens.call_screen_facts(tx, hospital, scope, now, 3)
            reports.night(tx, hospital, [today])
            reports.forecast_quality(tx, hospital, now - timedelta(hours=12), now)
            period = night_report.period_of(night_report.Span.DAY, today)
            night_report.night_report(tx, hospital, period, hospital.clinic, now)
            reports_sent.was_sent(tx, "reports", period)
            due_work.no_shows(tx, hospital, now)
            due_work.lists_due(tx, hospital, [today], now)
            leftovers.leftovers(tx, hospital, [clinic.id for clinic in hospital.clinic], now)
            tickets.living_number(tx, "E", 1)
            tickets.expected_by_phone(tx, CLINIC, "1234", "name")
            tickets.expected_after(tx, CLINIC, 0, 10)
            tickets.has_number(tx, "E", today, 1)
            tickets.expected_under(tx, "booking:x:")
            tickets.first_free(tx, "E", 1)
            clinics.is_suspended(tx, OTHER)
            events.transfers_since(tx, OTHER, now - timedelta(hours=12))
            slips.list_of(tx, CLINIC, today)
            tickets.by_number(tx, "E", 150, today - timedelta(days=40))
            tickets.last_of_kiosk(tx, "lobby-1", now - timedelta(minutes=1), now)
        self.desk.last_step("console")
        self.desk.keep(self.leftover, **self.later())
        self.desk.release(self.leftover, **self.later())
        self.desk.mark_no_shows(now=now + timedelta(hours=20), by=NURSE)
