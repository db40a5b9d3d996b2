"""Every path of a slip through the spool: whatever a printer answers, whoever ends when, in any order.

All worlds are visited that can come about, not a sample of them.
"""

from __future__ import annotations

from collections import deque

import pytest
from spool_world import LAST_TURN, WHOLE, World, following

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


def test_no_path_is_without_an_end(worlds: dict[World, set[World]]) -> None:
    before: dict[World, set[World]] = {}
    for world, after in worlds.items():
        for one in after:
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


def test_a_printer_that_does_not_print_is_not_said_to_work(worlds: dict[World, set[World]]) -> None:
    assert not [world for world in worlds if world.told and not world.worker.works]
