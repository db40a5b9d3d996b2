"""What systemd is told, on a real socket: that the program has started, works, ends; and never an error."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from nightdesk_kiosk.watchdog import Watchdog


@pytest.fixture(params=["path", "abstract"])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket such as systemd's, and its address as NOTIFY_SOCKET holds it."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@nightdesk-{uuid.uuid4().hex}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name.replace("@", "\0", 1) if name[0] == "@" else name)
        listening.settimeout(5)
        yield listening, name


def told(listening: socket.socket) -> list[bytes]:
    """Everything that has been told so far."""
    listening.setblocking(False)
    found = []
    while True:
        try:
            found.append(listening.recv(4096))
        except BlockingIOError:
            return found


def test_start_life_and_end_are_told_in_a_message_each(listener: tuple[socket.socket, str]) -> None:
    listening, address = listener
    watchdog = Watchdog.from_environment(
        {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}
    )
    assert watchdog.seconds == 15
    watchdog.ready()
    watchdog.alive()
    watchdog.alive()
    watchdog.stopping()
    assert told(listening) == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_the_variables_of_the_process_are_what_counts(
    listener: tuple[socket.socket, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listening, address = listener
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    watchdog = Watchdog.from_environment()
    assert watchdog.seconds == 1.5
    watchdog.ready()
    assert told(listening) == [b"READY=1"]


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"WATCHDOG_USEC": ""},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "-5"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "３０"},
        {"WATCHDOG_USEC": "9" * 5000},
        {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"},
        {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": ""},
    ],
)
def test_who_is_not_watched_says_when_it_starts_and_ends_and_nothing_between(
    listener: tuple[socket.socket, str], variables: dict[str, str]
) -> None:
    listening, address = listener
    watchdog = Watchdog.from_environment({"NOTIFY_SOCKET": address, **variables})
    assert watchdog.seconds is None
    watchdog.ready()
    watchdog.alive()
    watchdog.stopping()
    assert told(listening) == [b"READY=1", b"STOPPING=1"]


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "/no/such/socket",
        "@nightdesk-nobody",
        "vsock:2:1234",
        "relative",
        "/" + "long" * 99,
        "/a\0b",
        "/\ud800",
    ],
)
def test_where_nobody_listens_nothing_happens(address: str | None) -> None:
    variables = {} if address is None else {"NOTIFY_SOCKET": address}
    watchdog = Watchdog.from_environment(variables | {"WATCHDOG_USEC": "30000000"})
    watchdog.ready()
    watchdog.alive()
    watchdog.stopping()


@pytest.mark.parametrize("address", ["", "vsock:2:1234", "relative"])
def test_without_an_address_it_can_use_it_asks_for_no_time(address: str) -> None:
    assert Watchdog.from_environment({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000000"}).seconds is None


def test_a_listener_that_takes_nothing_is_not_waited_for(listener: tuple[socket.socket, str]) -> None:
    listening, address = listener
    watchdog = Watchdog.from_environment({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000000"})

    def tell() -> None:
        for _ in range(3000):
            watchdog.alive()

    telling = Thread(target=tell, daemon=True)
    telling.start()
    telling.join(30)
    assert not telling.is_alive(), "it waits for the listener"
    assert 0 < len(told(listening)) < 3000
