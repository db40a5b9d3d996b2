"""Every path of a slip through the spool: whatever a printer answers, whoever ends when, in any order.

All worlds are visited that can come about, not a sample of them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import pytest
from spool_world import LAST_TURN, RULES, SLIP, WHOLE, World, following

from nightdesk_printers.devices.base import Outcome, Seen
from nightdesk_printers.spool_machine import MOST_ATTEMPTS, STREAK, SpoolMachine
from nightdesk_printers.spool_steps import (
    Broke,
    CameOut,
    Look,
    Looked,
    NotLooked,
    Release,
    Released,
    Report,
    Rest,
    Rested,
    Sleep,
    Taken,
    TakenOver,
    TakeOver,
)
from nightdesk_queue.domain.devices import DeviceState
from nightdesk_queue.domain.slips import OUT, SlipState


@pytest.fixture(scope="module")
def worlds() -> dict[World, set[World]]:
    """Every world that can come about, and what may come next."""
    found: dict[World, set[World]] = {}
    queue = deque([World()])
    while queue:
        world = queue.popleft()
        if world in found:
            continue
        found[world] = set() if world.ended else set(following(world))
        queue.extend(one for one in found[world] if one not in found)
    return found


def test_no_path_records_a_slip_as_printed_that_is_not_on_paper(worlds: dict[World, set[World]]) -> None:
    printed = [world for world in worlds if world.state is SlipState.PRINTED]
    assert printed
    assert all(world.paper == WHOLE for world in printed)


def test_no_path_prints_a_slip_again_without_a_new_mark(worlds: dict[World, set[World]]) -> None:
    assert not any(world.twice for world in worlds)


def test_no_path_is_without_an_end_that_needs_no_help_from_outside(worlds: dict[World, set[World]]) -> None:
    before: dict[World, set[World]] = {}
    for world in worlds:
        for one in () if world.ended else following(world, helped=False):
            before.setdefault(one, set()).add(world)
    reached = {world for world in worlds if world.ended}
    queue = deque(reached)
    while queue:
        new = before.get(queue.popleft(), set()) - reached
        reached |= new
        queue.extend(new)
    assert reached == worlds.keys()


def test_a_slip_that_broke_off_at_the_last_turn_of_both_printers_is_not_tried_again(
    worlds: dict[World, set[World]],
) -> None:
    last = [world for world in worlds if world.state is SlipState.UNKNOWN and world.attempts >= LAST_TURN]
    assert any(not world.ended for world in last)
    assert not [world for world in last if any(after.state is SlipState.QUEUED for after in worlds[world])]


def test_no_end_is_silent(worlds: dict[World, set[World]]) -> None:
    ends = [world for world in worlds if world.ended]
    assert {world.state for world in ends} == {*OUT, SlipState.FAILED, SlipState.UNKNOWN, SlipState.DROPPED}
    assert all(world.cause for world in ends if world.state not in OUT)


def test_a_slip_that_breaks_off_every_time_goes_to_the_backup_if_that_works(worlds: dict[World, set[World]]) -> None:
    turned = [
        world
        for world in worlds
        if world.at == 0 and world.state is SlipState.UNKNOWN and world.attempts >= MOST_ATTEMPTS and world.other_told
    ]
    assert any(not world.ended for world in turned)
    tried_again = [
        after
        for world in turned
        for after in worlds[world]
        if after.state is SlipState.QUEUED and after.at == 0 and after.worker.works
    ]
    assert not tried_again


def test_a_printer_that_does_not_print_is_not_said_to_work(worlds: dict[World, set[World]]) -> None:
    assert not [world for world in worlds if world.told and not world.worker.works]


def test_a_printer_that_broke_slip_after_slip_is_not_said_to_work_before_one_comes_out(
    worlds: dict[World, set[World]],
) -> None:
    assert any(world.worker.failures >= STREAK for world in worlds)
    assert not [world for world in worlds if world.told and world.worker.failures >= STREAK]


def test_a_printer_that_failed_is_let_be_and_looked_at_before_its_next_slip() -> None:
    machine = SpoolMachine("lobby", RULES)
    machine.hear(TakenOver(), now=0.0)
    machine.hear(NotLooked("unreachable"), now=0.0)
    assert machine.due(0.1) == Rest(offers=False)
    assert machine.due(RULES.patience) == TakeOver()
    machine.hear(TakenOver(), now=RULES.patience)
    assert machine.due(RULES.patience) == Rest(offers=True)
    machine.hear(Rested(), now=0.2)
    assert machine.due(0.2) == Look()
    machine.hear(Looked(Seen()), now=0.2)
    assert machine.due(0.3) is None
    machine.hear(Broke(SLIP, "paper_out", begun=False, nothing_taken=False), now=0.3)
    machine.hear(Rested(), now=0.4)
    assert machine.due(0.4) == Look()


def test_a_slip_that_comes_out_ends_a_streak() -> None:
    machine = SpoolMachine("lobby", RULES)
    for _ in range(STREAK):
        machine.hear(Broke(SLIP, "paper_out", begun=True, nothing_taken=False), now=0.0)
    assert not [action for action in machine.hear(Looked(Seen()), now=1.0) if isinstance(action, Report)]
    assert Report(DeviceState.READY, ok=True) in machine.hear(CameOut(SLIP, Outcome.PRINTED), now=2.0)


def test_a_connection_that_others_need_is_let_go_once_when_nothing_is_to_print() -> None:
    machine = SpoolMachine("lobby", replace(RULES, release=0.5, take_over=100.0))
    machine.hear(TakenOver(), now=0.0)
    machine.hear(Looked(Seen()), now=0.0)
    assert machine.next_of(None, 0.1) == Sleep(0.5)
    assert machine.next_of(None, 0.5) == Release()
    machine.hear(Released(), now=0.5)
    assert (machine.due(50.0), machine.next_of(None, 50.0)) == (None, Sleep(100.0))
    machine.hear(Taken(SLIP), now=51.0)
    assert machine.next_of(None, 51.0) == Sleep(51.5)
