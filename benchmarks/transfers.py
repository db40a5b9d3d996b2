"""What a transfer over HL7 costs: messages a second with a durable effect, beside the `hl7` package's bare echo."""

from __future__ import annotations

import asyncio
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from emergency import Said
from hl7.mllp import HL7StreamReader, HL7StreamWriter, start_hl7_server
from measure import Figure

from nightdesk_queue.config import Hospital
from nightdesk_queue.store import StopSignal, open_database
from nightdesk_transfers.framing import FrameReader, framed
from nightdesk_transfers.listener import Listener

SENDERS, MESSAGES = 8, 400
NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
NOT_LESS = 0.4


def _exchange(port: int, sender: int, messages: int) -> list[float]:
    """Send messages one after the other, each when the one before was answered; return the seconds each took."""
    texts = [
        framed(Said(visit=f"V{sender}-{n}", patient=f"P{sender}-{n}").text(f"B{sender}-{n}").encode())
        for n in range(messages)
    ]
    taken = []
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = FrameReader(100_000)
        for text in texts:
            began = time.perf_counter()
            line.sendall(text)
            while not reader.feed(line.recv(65_536)):
                pass
            taken.append(time.perf_counter() - began)
    return taken


def _measured(port: int, senders: int) -> tuple[float, list[float]]:
    """Return messages a second over all senders, each in a process of its own, and the seconds each took."""
    each = MESSAGES // senders
    with ProcessPoolExecutor(senders, mp_context=get_context("spawn")) as pool:
        list(pool.map(time.sleep, [0.2] * senders))
        began = time.perf_counter()
        found = list(pool.map(_exchange, [port] * senders, range(senders), [each] * senders))
        lasted = time.perf_counter() - began
    return each * senders / lasted, [one for sender in found for one in sender]


class _Echo:
    """The package's own server: it parses, and answers with its own acknowledgement."""

    def __enter__(self) -> int:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._port = 0
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._thread.start()
        self._ready.wait()
        return self._port

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await start_hl7_server(self._answer, "127.0.0.1", 0, encoding="utf-8")
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()

    async def _answer(self, reader: HL7StreamReader, writer: HL7StreamWriter) -> None:
        try:
            while True:
                message = await reader.readmessage()
                writer.writemessage(message.create_ack())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def transfers(hospital: Hospital, folder: Path) -> Iterator[Figure]:
    """Messages acknowledged a second, one and eight senders, each beside the echo."""
    assert hospital.hl7 is not None
    targets = {**hospital.hl7.targets, "TCM_NIGHT": "bone"}
    table = hospital.hl7.changed(listen="127.0.0.1:0", targets=targets, per_minute=1_000_000)
    for senders in (1, SENDERS):
        with _Echo() as port:
            bare, _ = _measured(port, senders)
        with open_database(f"sqlite:///{folder / f'hl7-{senders}.db'}") as store:
            stop = StopSignal()
            listener = Listener(hospital.changed(hl7=table), table, store, lambda: NOW, stop)
            thread = threading.Thread(target=listener.run)
            thread.start()
            listener.listening.wait()
            ours, taken = _measured(listener.port, senders)
            stop.set()
            thread.join()
        taken.sort()
        p50, p99 = statistics.median(taken) * 1000, taken[int(len(taken) * 0.99)] * 1000
        said = f"{ours:.0f}/s, echo {bare:.0f}/s; p50 {p50:.1f} ms, p99 {p99:.1f} ms"
        yield Figure(f"transfers / echo, {senders} sender(s)", ours / bare, "x", said, NOT_LESS, at_least=True)
