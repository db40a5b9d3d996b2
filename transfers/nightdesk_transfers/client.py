"""A connection to another system's listener: one message at a time, each with its answer."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from types import TracebackType
from typing import Self

from nightdesk_ports.causes import cause_of, words_of
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text
from nightdesk_transfers.decoding import Encoding, contents
from nightdesk_transfers.fields import FAULTS, Fields
from nightdesk_transfers.framing import FrameReader, framed
from nightdesk_transfers.header import Wish, header_of

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
SECOND_ANSWER_SECONDS = 3.0
LONGEST_ANSWER = 200_000
NO_ANSWER_CODE = "hl7_no_answer"
TAKEN = frozenset({"AA", "CA"})
NO_CONNECTION = Text(zh="连不上 {address}：{e}", en="{address} cannot be reached: {e}")
NO_ANSWER = Text(zh="{address} 在 {n} 秒内没有应答", en="{address} gave no answer in {n} s")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other system answered: its code, its words, and the whole text."""

    code: str
    told: str
    text: str

    @property
    def taken(self) -> bool:
        """Whether the other system has taken the message."""
        return self.code in TAKEN


class Sender:
    """A connection to `address` (`host:port`); a context manager. Raises Fault where it cannot be."""

    def __init__(self, address: str, authority: Path | None = None, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._address = address
        self._seconds = answer_seconds
        self._frames = FrameReader(LONGEST_ANSWER)
        host, _, port = address.rpartition(":")
        try:
            line = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)
            if authority is not None:
                context = ssl.create_default_context(cafile=authority)
                line = context.wrap_socket(line, server_hostname=host.strip("[]"))
        except (OSError, UnicodeError) as error:
            raise self._fault(error) from error
        self._line = line

    def all_answers(self, message: str, encoding: Encoding) -> list[Reply]:
        """Send a message and return every answer that it asks for by MSH-15 and MSH-16. Raises Fault where none comes.

        In the enhanced mode an application's answer that is wanted in one case only may not come: a moment is waited.
        """
        header = header_of(Fields.of(message, encoding, UTC), encoding)
        wishes = [wish for wish in (header.commit, header.application) if wish is not None and wish is not Wish.NEVER]
        if header.enhanced and not wishes:
            self.exchange(message, header.control_id, encoding.encode(message), wanted=False)
            return []
        answers = [self.exchange(message, header.control_id, encoding.encode(message))]
        if header.application not in (None, Wish.NEVER) and answers[0].code.startswith("C"):
            seconds, self._seconds = self._seconds, min(self._seconds, SECOND_ANSWER_SECONDS)
            with suppress(Fault):
                answers.append(self._in_time(lambda: self._answer(header.control_id)))
            self._seconds = seconds
        return answers

    def exchange(self, message: str, control_id: str, raw: bytes | None = None, *, wanted: bool = True) -> Reply:
        """Send a message and return the answer to it. Raises Fault where none comes.

        `raw`: the message in the sender's character set, UTF-8 without it. `wanted`: whether one is waited for.
        """

        def send() -> Reply:
            self._line.settimeout(self._seconds)
            self._line.sendall(framed(raw if raw is not None else message.encode()))
            return self._answer(control_id) if wanted else Reply("", "", "")

        return self._in_time(send)

    def _in_time(self, do: Callable[[], Reply]) -> Reply:
        try:
            return do()
        except TimeoutError as error:
            told = NO_ANSWER.fill(address=self._address, n=round(self._seconds))
            raise Fault(NO_ANSWER_CODE, told) from error
        except OSError as error:
            raise self._fault(error) from error

    def _answer(self, control_id: str) -> Reply:
        """Return the answer with our id; one to a message before, which came too late, is passed over."""
        deadline = time.monotonic() + self._seconds
        while (left := deadline - time.monotonic()) > 0:
            self._line.settimeout(left)
            data = self._line.recv(65_536)
            for frame in self._frames.feed(data):
                for reply, about in replies(frame.content):
                    if about in (control_id, "", "-"):
                        return reply
            if not data:
                raise ConnectionResetError("closed before the answer")
        raise TimeoutError

    def _fault(self, error: BaseException) -> Fault:
        return Fault("hl7_not_reached", NO_CONNECTION.fill(address=self._address, e=words_of(cause_of(error))))

    def __enter__(self) -> Self:
        """Return the connection itself."""
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        """Close it."""
        with suppress(OSError):
            self._line.close()


def replies(content: bytes) -> list[tuple[Reply, str]]:
    """Return the answers in a frame, each with the id of the message it is to; what is no answer is left out."""
    found = contents(content, "utf-8")
    answers = []
    for text in found.messages:
        try:
            fields = Fields.of(text, found.encoding, UTC)
        except FAULTS:
            continue
        told = fields.value("ERR", 8) or fields.value("MSA", 3)
        if code := fields.value("MSA", 1).upper():
            answers.append((Reply(code, told, text), fields.value("MSA", 2)))
    return answers
