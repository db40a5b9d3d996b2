"""The spool: each slip ends printed once, as a marked copy, or failed, unknown or dropped with its cause."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from desk import Desk
from looking import look
from spool_evening import (
    Evening,
    agree,
    all_ended,
    jobs,
    lobby_printer,
    printer_state,
    whole,
)
from virtually import serving
from waiting import until

from nightdesk_printers.virtual import Breakage, Plan, PrinterServer
from nightdesk_queue.domain.slips import SlipState
from nightdesk_queue.store import Database, slips


def test_slips_come_out_in_order_once_each(evening_desk: Evening, store: Database) -> None:
    with serving() as server, evening_desk.spool(lobby_printer(server)):
        numbers = evening_desk.issue(5)
        found = all_ended(store)
    assert [slip.number for slip in whole(server)] == numbers
    assert {(job.state, job.copy, job.attempts) for job in found} == {(SlipState.PRINTED, 0, 1)}


@pytest.mark.parametrize(
    "breakage", [Breakage.PAPER_OUT, Breakage.COVER, Breakage.CUTTER, Breakage.RESET, Breakage.CLOSE, Breakage.POWER]
)
@pytest.mark.parametrize("offset", [10, 30, 150, 330, 470])
def test_a_slip_that_breaks_off_comes_out_as_a_marked_copy(
    evening_desk: Evening, store: Database, breakage: Breakage, offset: int
) -> None:
    with serving() as server, evening_desk.spool(lobby_printer(server)):
        until(lambda: printer_state(store) == "ready")
        server.plans = [Plan(server.printer.received + offset, breakage)]
        (number,) = evening_desk.issue()
        until(lambda: not server.plans or not jobs(store)[0].open)
        until(lambda: not jobs(store)[0].open or printer_state(store) != "ready")
        server.mend()
        (job,) = all_ended(store)
    assert job.state is SlipState.PRINTED
    agree(jobs(store), whole(server), {number})


def test_a_thousand_slips_through_random_faults_agree_with_the_paper(evening_desk: Evening, store: Database) -> None:
    chance = random.Random(4)
    hospital, count = evening_desk.hospital, 1000
    kinds = [one for one in Breakage if one not in (Breakage.SLOW, Breakage.NEAR_END, Breakage.HOT)]
    with serving() as server, evening_desk.spool(lobby_printer(server)):
        desk = Desk(store, hospital)
        numbers: set[str] = set()
        while len(numbers) < count:
            numbers |= {desk.issue("bone", now=evening_desk.now, by=evening_desk.by).number for _ in range(40)}
            left = 40 * 430
            for _ in range(2):
                at = server.printer.received + chance.randrange(left)
                server.plans.append(Plan(at, chance.choice(kinds)))
            _fix_until_done(server, store)
        found = all_ended(store, 60)
    agree(found, whole(server), numbers)
    states = Counter((job.state, bool(job.copy)) for job in found)
    printed, copied = states[SlipState.PRINTED, False], states[SlipState.PRINTED, True]
    failed, unknown = states[SlipState.FAILED, False], sum(n for (s, _), n in states.items() if s is SlipState.UNKNOWN)
    assert printed + copied + failed + unknown == count
    assert copied >= 10, "the faults did hit slips"
    # a command that was cut off is finished with NUL, and one of a single byte is no command
    assert [name for name in server.printer.unknown if not name.endswith(b"\0")] == []


def _fix_until_done(server: PrinterServer, store: Database) -> None:
    """Put right whatever breaks, as a nurse would, until every slip has ended."""

    def done() -> bool:
        with server.lock:
            hurt = bool(server.broken) or server.printer.offline
        if hurt and printer_state(store) != "ready":
            server.mend()
        return not slips.waiting_by_printer(look(store))

    until(done, 60)
    server.plans = []
    server.mend()
