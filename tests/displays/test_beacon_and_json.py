"""Lamps on relays, and the state as JSON for screens of others."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from desk import Desk
from looking import look

from nightdesk_displays import modbus
from nightdesk_displays.protocols import protocol_for
from nightdesk_displays.screen_state import display_state
from nightdesk_queue.commands.alarms import acknowledge_alarms, raise_alarm
from nightdesk_queue.config import Display
from nightdesk_queue.domain.events import EventKind
from nightdesk_queue.domain.people import By

ON, OFF = bytes.fromhex("01050000ff008c3a"), bytes.fromhex("010500000000cdca")
"""Switch coil 0 of unit 1, with the CRC of Modbus over Serial Line 1.02."""


def beacon(*causes: str, **more: object) -> Display:
    table = {"on": list(causes), **more}
    return Display.read({"id": "lamp", "port": "/dev/ttyS9", "protocol": "beacon", "beacon": table})


def frame(desk: Desk, display: Display, now: datetime) -> bytes:
    return protocol_for(display).encode(display_state(look(desk.database), desk.hospital, display, now), now)


def test_a_lamp_is_on_while_a_new_call_stands_out(desk: Desk, evening: datetime, nurse: By) -> None:
    lamp = beacon("call")
    assert frame(desk, lamp, evening) == OFF
    desk.issue("bone", now=evening, by=nurse)
    desk.call("bone-1", now=evening, by=nurse)
    assert frame(desk, lamp, evening + timedelta(seconds=1)) == ON
    assert frame(desk, lamp, evening + timedelta(seconds=60)) == OFF


def test_a_lamp_is_on_while_an_alarm_is_open_where_it_is_for_alarms(desk: Desk, evening: datetime, nurse: By) -> None:
    seq = desk.do(lambda work: raise_alarm(work, EventKind.HELP), now=evening, by=By.at_kiosk("lobby-1"))
    assert frame(desk, beacon("alarm"), evening) == ON
    assert frame(desk, beacon("call"), evening) == OFF
    desk.do(lambda work: acknowledge_alarms(work, up_to=seq), now=evening, by=nurse)
    assert frame(desk, beacon("alarm"), evening) == OFF


@pytest.mark.parametrize(("function", "answer"), [(5, "01050000ff008c3a"), (15, "010f000000019 40b".replace(" ", ""))])
def test_the_answer_of_a_relay_is_understood_and_that_of_another_is_not(function: int, answer: str) -> None:
    lamp = protocol_for(beacon("call", function=function))
    assert lamp.judge(bytes.fromhex(answer)) == "ok"
    assert protocol_for(beacon("call").changed(address=2)).judge(bytes.fromhex(answer)) is None


def test_several_coils_are_switched_by_function_fifteen() -> None:
    assert modbus.switch(1, 0, True, function=15)[:7] == bytes.fromhex("010f0000000101")


def test_the_state_is_a_line_of_json(desk: Desk, evening: datetime, nurse: By) -> None:
    screen = Display.read({"id": "own", "port": "socket://127.0.0.1:1", "protocol": "json"})
    desk.issue("bone", now=evening, by=nurse)
    desk.issue("bone", now=evening, by=nurse)
    desk.call("bone-1", now=evening, by=nurse)
    line = frame(desk, screen, evening + timedelta(seconds=1))
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    told = json.loads(line)
    (call,) = told["calls"]
    assert (call["number"], call["called"], call["new"], set(call["room"])) == ("B001", True, True, {"zh", "en"})
    assert told["next"] == ["B002"]
