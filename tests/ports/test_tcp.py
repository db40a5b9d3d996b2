"""TCP connections: in time, without blocking, watched for a far end that is gone."""

from __future__ import annotations

import socket

import pytest
from waiting import until

from nightdesk_ports import tcp
from nightdesk_ports.causes import cause_of
from nightdesk_ports.descriptor import Descriptor


def listening() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def option(connection: socket.socket, name: str, level: int = socket.IPPROTO_TCP) -> int:
    return connection.getsockopt(level, getattr(socket, name))


def test_a_connection_never_blocks_sends_small_writes_at_once_and_probes_an_idle_far_end() -> None:
    with listening() as server, tcp.connect(*server.getsockname(), 1.0) as connection:
        assert not connection.getblocking()
        assert option(connection, "TCP_NODELAY")
        assert option(connection, "SO_KEEPALIVE", socket.SOL_SOCKET)
        assert [option(connection, name) for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")] == [10, 5, 3]


def test_a_far_end_that_may_stop_taking_for_a_while_keeps_its_connection() -> None:
    with listening() as server, tcp.connect(*server.getsockname(), 1.0) as connection:
        assert option(connection, "TCP_USER_TIMEOUT") == 0
        tcp.notice_dead_peer(connection, takes_always=True)
        assert option(connection, "TCP_USER_TIMEOUT") == 15_000


def test_a_connection_that_is_gone_already_cannot_be_watched_and_that_is_no_error() -> None:
    connection = socket.socket()
    connection.close()
    tcp.notice_dead_peer(connection, takes_always=True)


def test_a_port_where_nobody_listens_refuses() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            tcp.connect(*taken.getsockname(), 1.0)


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".local"])
def test_a_name_that_nobody_can_have_is_not_reachable(host: str) -> None:
    with pytest.raises(socket.gaierror) as error:
        tcp.connect(host, 9100, 1.0)
    assert cause_of(error.value) == "port_unreachable"


def test_a_far_end_too_far_away_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def never(address: object, timeout: float) -> socket.socket:
        asked.append(timeout)
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", never)
    with pytest.raises(TimeoutError) as error:
        tcp.connect("192.0.2.1", 9100, 0.1)
    assert (asked, cause_of(error.value)) == ([0.1], "port_unreachable")


def test_a_reset_tells_the_far_end_that_what_it_sent_is_lost() -> None:
    with listening() as server, tcp.connect(*server.getsockname(), 1.0) as connection:
        theirs, _ = server.accept()
        Descriptor(connection.fileno()).write_some(b"never read", 1.0)
        tcp.reset(theirs)

        def lost() -> bool:
            try:
                Descriptor(connection.fileno()).receive(0.05)
            except ConnectionResetError:
                return True
            return False

        until(lost)


def test_a_connection_that_is_closed_already_can_be_reset() -> None:
    connection = socket.socket()
    connection.close()
    tcp.reset(connection)
