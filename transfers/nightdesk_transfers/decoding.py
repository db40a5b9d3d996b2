"""From the bytes of a frame to messages as text: character set, line ends, batches. Pure.

Sources: HL7 v2.5.1 chapter 2 (2.10 escapes, 2.14.9.18 character sets, 2.10.3 batches), table 0211.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nightdesk_queue.config.hl7_tables import Charset

_BOMS = (b"\xef\xbb\xbf",)
_LABELS: dict[str, str] = {
    "UNICODEUTF8": "utf-8",
    "UTF8": "utf-8",
    "UNICODE": "utf-8",
    "GB180302000": "gb18030",
    "GB18030": "gb18030",
    "GBK": "gbk",
    "GB2312": "gbk",
    "CP936": "gbk",
    "BIG5": "big5",
    "88591": "latin-1",
}
"""Names of character sets as senders write them, without spaces and dashes."""
_LABELS_OF: dict[str, str] = {"utf-8": "UNICODE UTF-8", "gb18030": "GB 18030-2000", "gbk": "GBK"}
_BATCH = re.compile(r"(?:FHS|BHS|BTS|FTS)(?=[^A-Za-z0-9]|$)", re.IGNORECASE)
_HEADER = re.compile(r"MSH(?=[^A-Za-z0-9])", re.IGNORECASE)
_SEGMENT_ID = re.compile(r"[a-z][a-z0-9]{2}(?=[^A-Za-z0-9]|$)")
CHARSET_FIELD = 18
WITHOUT_CHINESE = frozenset({"latin-1"})
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """The character set of a message: what its bytes really are, and what the sender wrote in MSH-18, if anything.

    `answered_in`: the set of answers, which is the one that the sender has named, where it has named one.
    """

    codec: str
    label: str
    answered_in: str = ""

    @property
    def has_chinese(self) -> bool:
        """Whether answers can be in Chinese."""
        return (self.answered_in or self.codec) not in WITHOUT_CHINESE

    def encode(self, text: str) -> bytes:
        """Return a text as the sender reads it; a character that the set has not is a question mark."""
        return text.encode(self.answered_in or self.codec, errors="replace")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a frame holds: messages, each a text of segments that end with CR; whether they came as a batch.

    `stray`: segments that stand before any MSH, which belong to no message. `file`: whether it came with a file header.
    """

    messages: tuple[str, ...]
    encoding: Encoding
    batch: bool = False
    stray: str = ""
    file: bool = False


def contents(raw: bytes, default: Charset) -> Contents:
    """Return the messages of a frame. Nothing is refused here: what is no message is `stray`."""
    for bom in _BOMS:
        raw = raw.removeprefix(bom)
    encoding = _encoding(raw, default)
    text, encoding = _decoded(raw, encoding)
    messages: list[list[str]] = []
    stray: list[str] = []
    batch = file = False
    for line in text.replace("\r\n", "\r").replace("\n", "\r").split("\r"):
        segment = _plain_segment(line)
        if not segment:
            continue
        if _BATCH.match(segment):
            batch = True
            file = file or segment[0] in "Ff"
        elif _HEADER.match(segment):
            messages.append([segment])
        elif messages:
            messages[-1].append(segment)
        else:
            stray.append(segment)
    joined = tuple("\r".join(segments) + "\r" for segments in messages)
    return Contents(joined, encoding, batch, "\r".join(stray), file)


def _plain_segment(line: str) -> str:
    """Return a segment without white space around it, its name in capitals."""
    segment = line.strip(" \t\x00\ufeff\x0b\x1c")
    return segment[:3].upper() + segment[3:] if _SEGMENT_ID.match(segment[:4].lower()) else segment


def _encoding(raw: bytes, default: Charset) -> Encoding:
    """Return the character set that MSH-18 names, else the default."""
    at = raw.upper().find(b"MSH")
    separator = raw[at + 3 : at + 4] if at >= 0 else b""
    header = re.split(rb"[\r\n]", raw[at:], maxsplit=1)[0] if at >= 0 else b""
    fields = header.split(separator) if separator and not separator.isalnum() else []
    # MSH-1 is the separator itself, so the field numbered 18 stands behind 17 of them
    named = fields[CHARSET_FIELD - 1] if len(fields) >= CHARSET_FIELD else b""
    label = named.split(b"~")[0].decode("ascii", "replace").strip()
    codec = _LABELS.get(re.sub(r"[ \-_/.]", "", label).upper())
    return Encoding(codec or default, label, codec or "")


def _decoded(raw: bytes, encoding: Encoding) -> tuple[str, Encoding]:
    """Return bytes as text, and the set they were really in: some senders name one and send another.

    Bytes that are UTF-8 with Chinese in it are nothing else. Read as GBK they would swallow delimiters: the second byte
    of a character may be one.
    """
    for codec in dict.fromkeys(("utf-8", encoding.codec, "gb18030")):
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        if codec in (encoding.codec, "gb18030") or _CHINESE.search(text) or raw.isascii():
            return text, Encoding(codec, encoding.label, encoding.answered_in)
    return raw.decode(encoding.codec, errors="replace"), encoding


def label_of(codec: str) -> str:
    """Return how HL7 calls a character set of ours."""
    return _LABELS_OF[codec]
