"""Commands: each is one function, asks the table of permissions first, and what it writes is one act."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from datetime import datetime

import pytest
from desk import Desk
from looking import look
from places import ROOT
from refusing import minutes, refused

import nightdesk_queue.commands as room
from nightdesk_queue.commands.work import COMMANDS, Work, working
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.devices import DeviceKind, DeviceState, DeviceStatus
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By, Role
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.rules.permissions import Command
from nightdesk_queue.store import Database, events

MODULES = [importlib.import_module(f"{room.__name__}.{found.name}") for found in pkgutil.iter_modules(room.__path__)]
ASKED_INSIDE = {Command.GIVE_EXTRA, Command.ISSUE_WITH_LEVEL}
"""What a number is given with: asked by `issue`, no commands of their own."""
PARTS = {
    "booking_import.take",
    "issuing.insert_ticket",
    "pages.answer",
    "pages.page_if_on_call",
    "pages.reopen",
    "steps.found",
    "steps.step",
    "steps.write",
    "steps.page_for",
    "work.record",
}
"""Functions that commands put together; nothing outside the room calls them."""


def test_every_command_of_the_table_has_a_function() -> None:
    assert set(COMMANDS.values()) == set(Command) - ASKED_INSIDE


def test_every_public_function_over_a_work_asks_the_table_or_is_a_part_of_those_that_do() -> None:
    without = set()
    for module in MODULES:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            takes_work = next(iter(inspect.signature(function).parameters), None) == "work"
            if own and takes_work and f"{module.__name__}.{name}" not in COMMANDS:
                without.add(f"{module.__name__.rpartition('.')[2]}.{name}")
    assert without <= PARTS, without - PARTS


@pytest.mark.parametrize("folder", ["kiosk", "printers", "displays", "ports"])
def test_nothing_outside_the_commands_opens_a_transaction_of_its_own(folder: str) -> None:
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "transaction":
                found.append(f"{path.name}:{node.lineno}")
    assert found == []


def test_a_patient_calls_nobody_and_nothing_is_written(
    desk: Desk, store: Database, evening: datetime, nurse: By
) -> None:
    desk.issue("bone", now=evening, by=nurse)
    before = len(events.after(look(store), 0))
    with refused("staff_only"):
        desk.call("bone-1", now=evening, by=By("patient", "kiosk:lobby-1", Role.PATIENT))
    with refused("staff_only"):
        desk.undo(now=evening, by=By.service("run"))
    assert len(events.after(look(store), 0)) == before


def test_staff_report_no_devices(store: Database, hospital: Hospital, evening: datetime, nurse: By) -> None:
    from nightdesk_queue.commands.device_status import report_device

    status = DeviceStatus(DeviceKind.PRINTER, "lobby", DeviceState.READY, evening, evening, None)
    with refused("service_only"), working(store, hospital, evening, nurse) as work:
        report_device(work, status)


def test_the_act_begins_with_its_first_event(desk: Desk, store: Database, evening: datetime, nurse: By) -> None:
    desk.issue("tcm-night", now=evening, by=nurse)
    desk.call("tcm-1", now=evening, by=nurse)
    later = evening + minutes(240)
    desk.release("N001", now=later, by=nurse)
    missed, cancelled = events.after(look(store), 0)[-2:]
    assert (missed.kind, cancelled.kind) == (EventKind.MISS, EventKind.CANCEL)
    assert (missed.act, cancelled.act) in (((None, missed.seq)), (missed.seq, missed.seq))


@pytest.mark.parametrize("state", [State.WAITING, State.CALLED, State.SERVING, State.HELD, State.MISSED])
def test_one_undo_takes_a_release_back_whatever_it_wrote(
    desk: Desk, store: Database, evening: datetime, nurse: By, state: State
) -> None:
    desk.issue("tcm-night", now=evening, by=nurse)
    if state is State.HELD:
        desk.hold("N001", now=evening, by=nurse)
    elif state is not State.WAITING:
        desk.call("tcm-1", now=evening, by=nurse)
    if state is State.SERVING:
        desk.start("N001", now=evening, by=nurse)
    if state is State.MISSED:
        desk.miss("N001", now=evening, by=nurse)
    before = look(store).row("SELECT * FROM tickets")
    at_the_end = By("nurse", "console:end")
    desk.release("N001", now=evening + minutes(240), by=at_the_end)
    desk.undo(now=evening + minutes(241), by=at_the_end)
    assert tuple(look(store).row("SELECT * FROM tickets") or ()) == tuple(before or ())
    with refused("nothing_to_undo"):
        desk.undo(now=evening + minutes(241), by=at_the_end)


def test_a_command_whose_transaction_fails_has_written_nothing(
    store: Database, hospital: Hospital, desk: Desk, evening: datetime, nurse: By
) -> None:
    class Unplugged(Exception):
        pass

    def issue_and_fail(work: Work) -> None:
        from nightdesk_queue.commands.issuing import Applicant, issue

        issue(work, "bone", Applicant())
        raise Unplugged

    with pytest.raises(Unplugged):
        desk.do(issue_and_fail, evening, nurse)
    assert events.after(look(store), 0) == []
    assert desk.issue("bone", now=evening, by=nurse).number == "B001"
