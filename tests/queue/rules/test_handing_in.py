"""Handing in, explored: every order of sending, losses, repeated answers, crashes and new numbers up to a depth."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nightdesk_queue.rules.handing_in import HandingIn, Mark, Rest, Send, line_lost, marked, next_action, taken

TICKETS = 4
DEPTH = 40
BEGIN = HandingIn()


@dataclass(frozen=True)
class World:
    """The kiosk's own file, its process, and the server, with what is on the line between them."""

    given: int = 0
    mark_on_disk: int = 0
    process: HandingIn = BEGIN
    on_server: tuple[int, ...] = ()
    requests: tuple[int, ...] = ()
    answers: tuple[int, ...] = ()

    def first_open(self) -> int | None:
        following = self.process.mark + 1
        return following if following <= self.given else None


def after(world: World) -> set[World]:
    """Every world that may follow in one step."""
    found = set()
    if world.given < TICKETS:
        found.add(replace(world, given=world.given + 1))
    if world.process.sent is None:
        process, action = next_action(world.process, world.first_open())
        if isinstance(action, Send):
            found.add(replace(world, process=process, requests=(*world.requests, action.seq)[-3:]))
    for at, seq in enumerate(world.requests):
        rest = world.requests[:at] + world.requests[at + 1 :]
        arrived = replace(world, requests=rest, answers=(*world.answers, seq)[-3:])
        if seq not in world.on_server:
            arrived = replace(arrived, on_server=(*world.on_server, seq))
        found |= {arrived, replace(arrived, answers=world.answers), replace(world, requests=rest)}
    for at, seq in enumerate(world.answers):
        rest = world.answers[:at] + world.answers[at + 1 :]
        process, action = taken(world.process, seq)
        if isinstance(action, Mark):
            written = replace(world, mark_on_disk=action.seq, answers=rest, process=process)
            # the machine may stop after the mark is on the disk and before the process knows
            found |= {replace(written, process=marked(process, action.seq)), restarted(written)}
        else:
            assert isinstance(action, Rest)
            found.add(replace(world, answers=rest, process=process))
    if world.process.sent is not None:
        found.add(replace(world, process=line_lost(world.process)))
    found.add(restarted(world))
    return found


def restarted(world: World) -> World:
    """The machine stopped, wherever it was: what is known is what is on the disk."""
    return replace(world, process=HandingIn(world.mark_on_disk))


def test_whatever_breaks_each_ticket_arrives_once_in_order_and_none_is_forgotten() -> None:
    seen, edge = {World()}, {World()}
    for _ in range(DEPTH):
        edge = {new for world in edge for new in after(world)} - seen
        seen |= edge
        for world in edge:
            assert world.on_server == tuple(range(1, len(world.on_server) + 1)), "in the order of arrival, each once"
            assert world.mark_on_disk <= len(world.on_server), "what is marked is on the server"
            assert world.process.mark <= world.mark_on_disk
    assert len(seen) > 5_000
    assert any(len(world.on_server) == TICKETS and world.mark_on_disk == TICKETS for world in seen)


def test_from_everywhere_a_line_that_holds_brings_everything_in() -> None:
    seen, edge = {World()}, {World()}
    for _ in range(7):
        edge = {new for world in edge for new in after(world)} - seen
        seen |= edge
    for world in seen:
        left = replace(world, given=TICKETS, requests=(), answers=(), process=line_lost(world.process))
        for _ in range(TICKETS):
            process, action = next_action(left.process, left.first_open())
            if not isinstance(action, Send):
                break
            on_server = left.on_server if action.seq in left.on_server else (*left.on_server, action.seq)
            process, answer = taken(process, action.seq)
            assert answer == Mark(action.seq)
            left = replace(left, on_server=on_server, mark_on_disk=action.seq, process=marked(process, action.seq))
        assert left.on_server == tuple(range(1, TICKETS + 1))
        assert left.mark_on_disk == TICKETS


def test_an_answer_to_what_was_given_up_marks_nothing() -> None:
    assert taken(HandingIn(0, None), 1)[1] == Rest()
    assert taken(HandingIn(1, 2), 1)[1] == Rest()
