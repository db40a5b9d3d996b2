"""Messages that can never be taken so: an error of HL7's table 0357, where it lies, and words for who reads it."""

from __future__ import annotations

from enum import IntEnum

from nightdesk_queue.text.bilingual import Text


class Code(IntEnum):
    """The errors of HL7 table 0357 that are given here."""

    SEGMENT_SEQUENCE = 100
    REQUIRED_FIELD = 101
    DATA_TYPE = 102
    TABLE_VALUE = 103
    MESSAGE_TYPE = 200
    EVENT = 201
    PROCESSING = 202
    VERSION = 203
    UNKNOWN_KEY = 204
    DUPLICATE_KEY = 205
    LOCKED = 206
    INTERNAL = 207

    @property
    def words(self) -> str:
        """The error as the table calls it."""
        return _WORDS[self]


_WORDS = {
    Code.SEGMENT_SEQUENCE: "Segment sequence error",
    Code.REQUIRED_FIELD: "Required field missing",
    Code.DATA_TYPE: "Data type error",
    Code.TABLE_VALUE: "Table value not found",
    Code.MESSAGE_TYPE: "Unsupported message type",
    Code.EVENT: "Unsupported event code",
    Code.PROCESSING: "Unsupported processing id",
    Code.VERSION: "Unsupported version id",
    Code.UNKNOWN_KEY: "Unknown key identifier",
    Code.DUPLICATE_KEY: "Duplicate key identifier",
    Code.LOCKED: "Application record locked",
    Code.INTERNAL: "Application internal error",
}


class Rejected(Exception):
    """A message that must not be sent again as it is. `segment` and `field`: where the error lies."""

    def __init__(self, code: Code, text: Text, segment: str = "MSH", field: int | None = None) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text
        self.segment = segment
        self.field = field
