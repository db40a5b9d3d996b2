"""What can go wrong, in three kinds that are never mixed.

`Refused`: a rule of the queue says no (exit status 1). `ConfigError`: the configuration or the way a command was
used is wrong (2). `Fault`: the database or a device cannot be reached (3).
"""

from __future__ import annotations

from nightdesk_queue.domain.records import Record
from nightdesk_queue.text.bilingual import Text


class NightdeskError(Exception):
    """Any error meant for a person: a stable code for programs and a sentence in both languages."""

    exit_status = 3

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text


class Refused(NightdeskError):
    """A rule of the queue does not allow this step; nothing has changed."""

    exit_status = 1


class TooFast(Refused):
    """A kiosk has just given as many numbers as it may; in `seconds` it gives one more."""

    def __init__(self, text: Text, seconds: float) -> None:
        super().__init__("too_fast", text)
        self.seconds = seconds


class Fault(NightdeskError):
    """The database or a device cannot be reached or used; nothing is half-written."""

    exit_status = 3


class Misuse(NightdeskError):
    """The command was given something it cannot work with: a bad time, a terminal that is too small."""

    exit_status = 2


class ConfigFault(Record):
    """One thing wrong in a configuration file.

    `key` is the dotted path with list entries named by their id (`clinic[bone].rooms[0]`), `value` what stands
    there (shortened), `problem` what is wrong with it and `fix` what to write instead. `line`: where in the file.
    """

    file: str
    key: str
    value: str
    problem: Text
    fix: Text
    line: int | None = None


class ConfigError(NightdeskError):
    """The configuration has faults; all of them are listed."""

    exit_status = 2

    def __init__(self, file: str, faults: list[ConfigFault]) -> None:
        self.file = file
        self.faults = faults
        text = Text(zh="{file} 中有 {n} 处错误", en="{file}: {n} fault(s)").fill(file=file, n=len(faults))
        super().__init__("config", text)
