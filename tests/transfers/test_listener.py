"""The listener on real connections: many at once, slow, silent, half-open, too long, not allowed, guarded."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import pytest
import trustme
from emergency import Line, Said
from listening import Listening, listening

from nightdesk_queue.commands.work import Work
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Tls
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.foreign import Referred
from nightdesk_queue.domain.tickets import State
from nightdesk_queue.store import Database, StopSignal, tickets
from nightdesk_transfers import receiving
from nightdesk_transfers.framing import framed
from nightdesk_transfers.listener import Listener
from nightdesk_transfers.requests import AboutPatient, Request

A02 = Said()
Start = Callable[..., AbstractContextManager[Listening]]


@pytest.fixture
def start(receiving: Hospital, store: Database, evening: datetime) -> Start:
    def run(**changes: object) -> AbstractContextManager[Listening]:
        assert receiving.hl7 is not None
        return listening(receiving.changed(hl7=receiving.hl7.changed(**changes)), store, evening)

    return run


@pytest.fixture
def server(start: Start) -> Iterator[Listening]:
    with start() as found:
        yield found


def patients(store: Database) -> int:
    with store.snapshot() as tx:
        return len(tickets.living(tx, "tcm-night", *State))


def other(n: int) -> Said:
    return A02.but(visit=f"V{n}", patient=f"P{n}")


def test_messages_on_one_connection_are_answered_in_order(server: Listening, store: Database) -> None:
    line = server.line()
    texts = [other(n).text(f"M{n}") for n in range(20)]
    line.raw(b"".join(framed(text.encode()) for text in texts))
    assert [answer["MSA.F2"] for answer in line.answers(20)] == [f"M{n}" for n in range(20)]
    assert patients(store) == 20


def test_eight_senders_at_once_get_eight_numbers(server: Listening, store: Database) -> None:
    def one(n: int) -> str:
        line = server.line()
        line.sends(other(n))
        return line.answer().told

    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(one, range(16)))
    assert len(told) == 16
    assert patients(store) == 16


def test_a_message_that_comes_byte_by_byte_is_taken(server: Listening) -> None:
    line = server.line()
    for byte in framed(A02.text("SLOW").encode()):
        line.raw(bytes([byte]))
    assert line.answer().code == "AA"


def test_a_message_without_its_trailer_is_taken_after_a_quiet_time(start: Start) -> None:
    with start(quiet_seconds=1) as server:
        line = server.line()
        line.raw(b"\x0b" + A02.text("NOEND").encode())
        assert line.answer().code == "AA"
        line.sends(other(2))
        assert line.answer().code == "AA", "the connection goes on"


def test_half_a_message_is_never_acted_on(start: Start, store: Database) -> None:
    text = A02.text("HALF")
    with start(idle_seconds=1, quiet_seconds=1) as server:
        line = server.line()
        line.raw(b"\x0b" + text[: len(text) // 2].encode())
        answer = line.answer()
        assert (answer.code, answer.refusal) == ("AE", "try_again")
        assert line.is_closed
        again = server.line()
        again.sends(text)
        assert again.answer().code == "AA", "the next try under the same id is carried out"
    assert patients(store) == 1


def test_a_sender_that_closes_in_the_middle_has_sent_nothing(server: Listening, store: Database) -> None:
    text = A02.text("CUT")
    line = server.line()
    # up to the end of a segment: what is missing is only the level
    line.raw(b"\x0b" + text[: text.index("OBX")].encode())
    line.line.shutdown(socket.SHUT_WR)
    assert line.answer().code == "AE"
    assert patients(store) == 0


def test_a_sender_that_vanishes_before_its_answer_loses_nothing(server: Listening, store: Database) -> None:
    text = A02.text("GONE")
    line = server.line()
    line.sends(text)
    line.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    line.close()
    again = server.line()
    again.sends(text)
    assert again.answer().told == "已发号 N001"
    assert patients(store) == 1


def test_a_sender_that_goes_on_after_the_quiet_time_gets_no_second_answer(start: Start, store: Database) -> None:
    with start(quiet_seconds=1) as server:
        line = server.line()
        text = A02.text("PAUSED")
        cut = text.index("OBX")
        line.raw(b"\x0b" + text[:cut].encode())
        assert line.answer().code == "AA"
        line.raw(text[cut:].encode() + b"\x1c\r" + framed(other(2).text("NEXT").encode()))
        assert line.answer()["MSA.F2"] == "NEXT", "what came late is no message of its own"
    assert patients(store) == 2


def test_a_half_that_the_next_message_cuts_off_is_not_acted_on(server: Listening, store: Database) -> None:
    text = A02.text("HALF")
    line = server.line()
    line.raw(b"\x0b" + text[: text.index("OBX") + 8].encode() + framed(other(2).text("GOOD").encode()))
    half, good = line.answers(2)
    assert (half.code, half["MSA.F2"], half["ERR.F3.R1.C1"]) == ("AE", "HALF", "206")
    assert (good.code, good["MSA.F2"]) == ("AA", "GOOD")
    assert patients(store) == 1


def test_bytes_without_any_mark_are_answered(start: Start) -> None:
    with start(quiet_seconds=1) as server:
        line = server.line()
        line.raw(b"GET / HTTP/1.1\r\n\r\n")
        assert line.answer().code == "AR"
        unframed = server.line()
        unframed.raw(A02.text("BARE").encode())
        unframed.line.shutdown(socket.SHUT_WR)
        assert unframed.answer().code == "AE"


def test_a_frame_of_many_messages_holds_the_queue_up_for_no_tap(start: Start, store: Database) -> None:
    with start() as server:
        line = server.line()
        line.sends("".join(other(n).text(f"B{n}") for n in range(100)))
        answers = line.answers(100)
    assert [answer["MSA.F2"] for answer in answers] == [f"B{n}" for n in range(100)]
    assert patients(store) == 100


def test_an_error_that_nobody_foresaw_costs_the_others_nothing(
    start: Start, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out = receiving.carry_out

    def broken(work: Work, request: Request) -> Referred:
        if isinstance(request, AboutPatient) and request.said.who.visit == "V3":
            raise RuntimeError("nobody foresaw this")
        return carry_out(work, request)

    monkeypatch.setattr(receiving, "carry_out", broken)
    with start() as server:
        line = server.line()
        line.raw(b"".join(framed(other(n).text(f"E{n}").encode()) for n in range(1, 6)))
        codes = {answer["MSA.F2"]: answer.code for answer in line.answers(5)}
    assert codes == {"E1": "AA", "E2": "AA", "E3": "AE", "E4": "AA", "E5": "AA"}
    assert patients(store) == 4


def test_silent_connections_make_room_for_one_that_sends(start: Start) -> None:
    with start(connections=3) as server:
        silent = [server.line() for _ in range(3)]
        for n, line in enumerate(silent):
            line.sends(other(n))
            line.answer()
        late = server.line()
        late.sends(other(9))
        assert late.answer().code == "AA"
        assert silent[0].is_closed, "the one that was silent longest"
        silent[2].sends(other(10))
        assert silent[2].answer().code == "AA"


def test_slow_senders_hold_up_nobody(start: Start) -> None:
    with start(connections=8) as server:
        slow = [server.line() for _ in range(6)]
        for line in slow:
            line.raw(b"\x0bMSH|^~")
        good = server.line()
        began = time.monotonic()
        good.sends(A02)
        assert good.answer().code == "AA"
        assert time.monotonic() - began < 5


def test_a_frame_that_is_too_long_is_answered_and_the_connection_goes_on(start: Start, store: Database) -> None:
    with start(max_bytes=5_000) as server:
        line = server.line()
        line.raw(b"\x0b" + A02.text("LONG").encode())
        for _ in range(50):
            line.raw(b"NTE|1||" + b"x" * 10_000 + b"\r")
        line.raw(b"\x1c\r")
        answer = line.answer()
        assert (answer.code, answer["MSA.F2"]) == ("AR", "LONG")
        assert "5000" in answer.told
        line.sends(other(2))
        assert line.answer().code == "AA"
    assert patients(store) == 1


def test_garbage_between_messages_ends_nothing(server: Listening) -> None:
    line = server.line()
    line.raw(b"GET / HTTP/1.1\r\n\r\n")
    line.sends(A02)
    assert [answer.code for answer in line.answers(2)] == ["AR", "AA"]


def test_a_network_that_may_not_send_is_not_listened_to(start: Start, store: Database) -> None:
    with start(networks=["10.0.0.0/8"]) as server:
        assert server.line().is_closed
    with start(networks=["10.0.0.0/8", "127.0.0.1"]) as server:
        line = server.line()
        line.sends(A02)
        assert line.answer().code == "AA"
    assert patients(store) == 1


def test_a_sender_that_is_too_fast_is_read_more_slowly_and_loses_nothing(start: Start) -> None:
    with start(per_minute=3) as server:
        line = server.line()
        for n in range(4):
            line.sends(other(n))
        assert len(line.answers(3)) == 3
        with pytest.raises(TimeoutError):
            line.answer(seconds=0.5)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def guarded(authority: trustme.CA, folder: Path, *, clients: bool) -> Hl7Tls:
    authority.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "own.pem"))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    own = str(folder / "own.pem")
    return Hl7Tls(certificate=own, key=own, client_authority=str(folder / "ca.pem") if clients else None)


def test_tls_takes_clients_with_a_certificate_and_no_others(
    start: Start, authority: trustme.CA, tmp_path: Path, store: Database
) -> None:
    with start(tls=guarded(authority, tmp_path, clients=True)) as server:
        context = ssl.create_default_context()
        authority.configure_trust(context)
        with (
            pytest.raises((ssl.SSLError, ConnectionError, AssertionError)),
            context.wrap_socket(connected(server), server_hostname="localhost") as line,
        ):
            refused = Line(0, line)
            refused.sends(A02)
            refused.answer()
        plain = server.line()
        plain.sends(A02)
        assert plain.is_closed
        authority.issue_cert("ed.example").configure_cert(context)
        allowed = Line(0, context.wrap_socket(connected(server), server_hostname="localhost"))
        allowed.sends(A02)
        assert allowed.answer().code == "AA"
        allowed.close()
    assert patients(store) == 1


def connected(server: Listening) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.listener.port), timeout=10)


def test_a_certificate_that_cannot_be_used_is_a_fault_in_words(
    receiving: Hospital, store: Database, evening: datetime, tmp_path: Path
) -> None:
    assert receiving.hl7 is not None
    table = receiving.hl7.changed(tls=Hl7Tls(certificate=str(tmp_path / "no.pem"), key=str(tmp_path / "no.pem")))
    with pytest.raises(Fault) as caught:
        Listener(receiving, table, store, lambda: evening, StopSignal()).run()
    assert caught.value.code == "hl7_certificate"


def test_a_port_in_use_is_a_fault_in_words_and_is_tried_again(
    receiving: Hospital, store: Database, evening: datetime
) -> None:
    assert receiving.hl7 is not None
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        listener = Listener(
            receiving, receiving.hl7.changed(listen=f"127.0.0.1:{port}"), store, lambda: evening, StopSignal()
        )
        with pytest.raises(Fault) as caught:
            listener.run()
    assert caught.value.code == "hl7_not_listening"
    assert str(port) in caught.value.text.en


def test_one_listener_at_a_time_serves_and_the_next_takes_over(
    receiving: Hospital, store: Database, evening: datetime
) -> None:
    assert receiving.hl7 is not None
    stops = StopSignal(), StopSignal()
    first, second = (Listener(receiving, receiving.hl7, store, lambda: evening, stop) for stop in stops)
    threads = [Thread(target=one.run, daemon=True) for one in (first, second)]
    threads[0].start()
    assert first.listening.wait(10)
    threads[1].start()
    assert not second.listening.wait(0.5)
    stops[0].set()
    assert second.listening.wait(15)
    stops[1].set()
    for thread in threads:
        thread.join(15)
        assert not thread.is_alive()


def test_a_stop_ends_what_is_in_hand_with_its_answer(server: Listening, store: Database) -> None:
    line = server.line()
    line.sends(A02)
    assert line.answer().code == "AA"
    done = Event()
    Thread(target=lambda: (server.stop.set(), server.thread.join(15), done.set()), daemon=True).start()
    assert done.wait(15)
    assert line.is_closed
    assert patients(store) == 1
