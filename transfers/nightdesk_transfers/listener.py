"""The listener: connections of senders, each with its frames answered in order, on one machine at a time.

A connection costs a task; what a message does is done in a thread, since it waits for the disk. A sender that sends too
fast is read more slowly, one that says nothing is let go, and where all places are taken the one that has been silent
longest makes room.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Event

from nightdesk_ports.backoff import Backoff
from nightdesk_ports.causes import cause_of, words_of
from nightdesk_ports.tcp import notice_dead_peer
from nightdesk_queue.config import Hospital
from nightdesk_queue.config.hl7_tables import Hl7Table, Hl7Tls
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store import Database, ProcessLock
from nightdesk_queue.text.bilingual import Text
from nightdesk_transfers.availability import LOCK
from nightdesk_transfers.framing import START_BLOCK, Frame, FrameReader, framed
from nightdesk_transfers.receiving import MOST_AT_ONCE, Receiver

LOG = logging.getLogger("nightdesk")
LOCK_SECONDS = 2.0
READ_BYTES = 65_536
WRITE_SECONDS = 30.0
"""A sender that takes no answer for so long is let go."""
HANDSHAKE_SECONDS = 10.0
STOP_SECONDS = 5.0
SHORTEST_PAUSE, LONGEST_PAUSE = 2.0, 60.0
NOT_LISTENING = Text(
    zh="不能在 {address} 接收急诊转诊：{e}；检查 [hl7] listen，或另一个程序是否占用该端口",
    en="transfers cannot be received at {address}: {e}; look at [hl7] listen, or for another program at that port",
)
NO_CERTIFICATE = Text(
    zh="[hl7.tls] 的证书不能使用：{e}；检查 certificate、key 和 client_authority",
    en="the certificate of [hl7.tls] cannot be used: {e}; look at certificate, key and client_authority",
)


@dataclass(eq=False)
class _Connection:
    """One sender's connection: when it was last heard, and whether a message of it is in hand."""

    writer: asyncio.StreamWriter
    heard_at: float
    busy: bool = False
    messages: int = 0
    since: float = field(default=0.0)


class Listener:
    """Receives for a hospital whose configuration has `[hl7]`, until `stop` is set. `listening`: it can be reached."""

    def __init__(
        self, hospital: Hospital, table: Hl7Table, database: Database, now: Callable[[], datetime], stop: Event
    ) -> None:
        self.listening = Event()
        self.port = 0
        """Where it listens; another than configured where that is 0."""
        self._hospital = hospital
        self._table = table
        self._database = database
        self._stop = stop
        self._receiver = Receiver(hospital, table, database, now)
        self._networks = [ip_network(network) for network in table.networks]
        self._connections: set[_Connection] = set()
        self._backoff = Backoff(SHORTEST_PAUSE, LONGEST_PAUSE)
        self._failed = False

    def run(self) -> None:
        """Wait until no other machine serves, then listen until stopped. Raises Fault where that cannot be."""
        if self._failed and self._stop.wait(self._backoff.next_pause()):
            return
        with self._database.lock(*LOCK) as lock:
            if not lock.wait(self._stop, LOCK_SECONDS):
                return
            try:
                asyncio.run(self._serve(lock))
            except OSError as error:
                self._failed = True
                told = NOT_LISTENING.fill(address=self._table.listen, e=words_of(cause_of(error)))
                raise Fault("hl7_not_listening", told) from error
            finally:
                self.listening.clear()

    async def _serve(self, lock: ProcessLock) -> None:
        host, _, port = self._table.listen.rpartition(":")
        context = tls_context(self._table.tls, self._hospital.folder) if self._table.tls else None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="hl7")
        self._tasks: set[asyncio.Task[None]] = set()
        self._arrived: asyncio.Queue[tuple[Frame, asyncio.Future[list[bytes]]]] = asyncio.Queue()
        carrying_out = asyncio.create_task(self._carry_out())
        server = await asyncio.start_server(
            self._accept,
            host.strip("[]"),
            int(port),
            ssl=context,
            ssl_handshake_timeout=HANDSHAKE_SECONDS if context else None,
        )
        self.port = server.sockets[0].getsockname()[1]
        self._failed = False
        self._backoff.reset()
        self.listening.set()
        LOG.info("listening for transfers, port=%d", self.port)
        try:
            await asyncio.get_running_loop().run_in_executor(None, self._wait_for_end, lock)
        finally:
            server.close()
            await self._let_go()
            carrying_out.cancel()
            self._pool.shutdown(wait=True)

    def _wait_for_end(self, lock: ProcessLock) -> None:
        """Wait until told to stop, or until another machine has the lock: this one's line to the server had broken."""
        while lock.held and not self._stop.wait(LOCK_SECONDS):
            pass

    async def _let_go(self) -> None:
        """Finish what is in hand, then close every connection."""
        for connection in list(self._connections):
            if not connection.busy:
                connection.writer.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        for connection in list(self._connections):
            connection.writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end; whatever happens on it stays on it."""
        task = asyncio.current_task()
        assert task is not None, "a server calls this in a task"
        self._tasks.add(task)
        connection = _Connection(writer, asyncio.get_running_loop().time())
        try:
            if not self._may_come(writer):
                return
            self._make_room()
            self._connections.add(connection)
            await self._converse(reader, connection)
        except asyncio.CancelledError:
            # the listener ends; whoever waits for an answer sends again
            return
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError) as error:
            LOG.info("connection lost, cause=%s", type(error).__name__)
        finally:
            self._connections.discard(connection)
            self._tasks.discard(task)
            with suppress(OSError, ssl.SSLError):
                writer.close()

    def _may_come(self, writer: asyncio.StreamWriter) -> bool:
        """Whether a sender's address is one of the networks that may send; all may where none is named."""
        raw = writer.get_extra_info("socket")
        peer = writer.get_extra_info("peername")
        if isinstance(raw, socket.socket) or hasattr(raw, "setsockopt"):
            notice_dead_peer(raw, takes_always=True)
        if not self._networks:
            return True
        address = ip_address(str(peer[0]).partition("%")[0]) if peer else None
        mapped = getattr(address, "ipv4_mapped", None) or address
        allowed = mapped is not None and any(mapped in network for network in self._networks)
        if not allowed:
            LOG.warning("connection refused, network=%s", peer[0] if peer else "-")
        return allowed

    def _make_room(self) -> None:
        """Let the connection go that has been silent longest, where all places are taken."""
        while len(self._connections) >= self._table.connections:
            idle = min(self._connections, key=lambda one: (one.busy, one.heard_at))
            self._connections.discard(idle)
            idle.writer.transport.abort()
            LOG.warning("connection let go for another one, limit=%d", self._table.connections)

    async def _converse(self, reader: asyncio.StreamReader, connection: _Connection) -> None:
        frames = FrameReader(self._table.max_bytes)
        loop = asyncio.get_running_loop()
        tail_follows = False
        while not self._stop.is_set():
            waits_for_us = frames.pending and (frames.ends_a_segment or not frames.begun)
            quiet = self._table.quiet_seconds if waits_for_us else self._table.idle_seconds
            try:
                data = await asyncio.wait_for(reader.read(READ_BYTES), min(quiet, self._table.idle_seconds))
            except TimeoutError:
                if not waits_for_us:
                    await self._answer_rest(connection, frames, cut_off=True)
                    return
                # the sender waits for an answer and has forgotten the trailer, or what it sends is no message at all
                tail_follows = frames.begun
                await self._answer_rest(connection, frames, cut_off=False)
                continue
            if not data:
                await self._answer_rest(connection, frames, cut_off=True)
                return
            connection.heard_at = loop.time()
            if tail_follows:
                # it had more to say after all: that is no message, and an answer to it would be taken for another's
                at = data.find(START_BLOCK)
                if at < 0:
                    continue
                data, tail_follows = data[at:], False
            for frame in frames.feed(data):
                await self._answer(connection, frame)

    async def _answer_rest(self, connection: _Connection, frames: FrameReader, *, cut_off: bool) -> None:
        if (frame := frames.rest(cut_off=cut_off)) is not None:
            await self._answer(connection, frame)

    async def _answer(self, connection: _Connection, frame: Frame) -> None:
        await self._paced(connection)
        connection.busy = True
        try:
            given: asyncio.Future[list[bytes]] = asyncio.get_running_loop().create_future()
            self._arrived.put_nowait((frame, given))
            answers = await given
            for answer in answers:
                connection.writer.write(framed(answer))
            if answers:
                await asyncio.wait_for(connection.writer.drain(), WRITE_SECONDS)
        finally:
            connection.busy = False

    async def _carry_out(self) -> None:
        """Carry out what has come, all that waits in one transaction: one write to the disk serves several senders."""
        loop = asyncio.get_running_loop()
        while True:
            taken = [await self._arrived.get()]
            while len(taken) < MOST_AT_ONCE and not self._arrived.empty():
                taken.append(self._arrived.get_nowait())
            frames = [frame for frame, _ in taken]
            try:
                answers = await loop.run_in_executor(self._pool, self._receiver.receive_all, frames)
            except Exception as error:  # noqa: BLE001 - it must go on for the others; the senders try again
                LOG.warning("frames not carried out, cause=%s", type(error).__name__)
                answers = [[] for _ in taken]
            for (_, given), answer in zip(taken, answers, strict=True):
                if not given.done():
                    given.set_result(answer)

    async def _paced(self, connection: _Connection) -> None:
        """Wait where a connection has sent more than it may this minute: it is read more slowly, and loses nothing."""
        now = asyncio.get_running_loop().time()
        if now - connection.since >= 60:
            connection.since, connection.messages = now, 0
        connection.messages += 1
        if connection.messages > self._table.per_minute:
            await asyncio.sleep(max(connection.since + 60 - now, 0))


def tls_context(table: Hl7Tls, folder: Path) -> ssl.SSLContext:
    """Return what guards the line: our certificate, and the authority of those who may send. Raises Fault."""
    try:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / table.certificate, folder / table.key)
        if table.client_authority is not None:
            context.load_verify_locations(folder / table.client_authority)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        raise Fault("hl7_certificate", NO_CERTIFICATE.fill(e=error)) from error
    return context
