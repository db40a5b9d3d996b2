"""The text of config.toml, checked: every fault is found before any is reported."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import ValidationError

from nightdesk_queue.config.device_tables import Button, Display, Kiosk, Printer, PrintingTable, VoiceTable
from nightdesk_queue.config.hl7_tables import Hl7Table
from nightdesk_queue.config.hospital import Hospital
from nightdesk_queue.config.lines import line_of
from nightdesk_queue.config.machine_tables import MachineFile, MachineTable
from nightdesk_queue.config.raw import entries_of, entry_key
from nightdesk_queue.config.references import faults_between
from nightdesk_queue.config.schema import Clinic, DatabaseTable, HospitalTable, PriorityGroup, Room
from nightdesk_queue.config.service_tables import BackupTable, ConsoleTable, LogTable, ReportTable, RetentionTable
from nightdesk_queue.config.table import Table
from nightdesk_queue.config.wording import NOTHING, describe
from nightdesk_queue.domain.errors import ConfigError, ConfigFault
from nightdesk_queue.text.bilingual import Text

LONGEST_WORD = 60
"""Characters of a word that a message quotes from the file."""
T = TypeVar("T", bound=Table)

LISTS: dict[str, type[Table]] = {
    "clinic": Clinic,
    "room": Room,
    "priority": PriorityGroup,
    "printer": Printer,
    "kiosk": Kiosk,
    "display": Display,
    "button": Button,
}
SINGLES: dict[str, type[Table]] = {
    "hospital": HospitalTable,
    "database": DatabaseTable,
    "printing": PrintingTable,
    "console": ConsoleTable,
    "report": ReportTable,
    "backup": BackupTable,
    "retention": RetentionTable,
    "voice": VoiceTable,
    "hl7": Hl7Table,
    "log": LogTable,
}
NEEDED = ("hospital", "clinic", "room")
OF_MACHINES: dict[str, type[Table]] = {"machine": MachineTable, "database": DatabaseTable, "log": LogTable}
"""What may stand in a machine's own small file."""


def check(text: str, file: str) -> Hospital:
    """Check the text of a configuration; `file` is the name used in faults. Raises ConfigError."""
    return _Reading(file, _tables(text, file), text).finish()


def check_machine(text: str, file: str) -> MachineFile:
    """Check the text of a machine's own file; `file` is the name used in faults. Raises ConfigError."""
    reading = _Reading(file, _tables(text, file), text, OF_MACHINES, {}, ())
    return MachineFile(**reading.read()[0])  # type: ignore[arg-type]


def _tables(text: str, file: str) -> dict[str, Any]:
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        fault = ConfigFault(
            file,
            "-",
            "-",
            Text(zh="TOML 语法错误：{e}", en="this is not TOML: {e}").fill(e=error),
            Text(
                zh="检查那一行的引号、括号和等号",
                en="look at the quotes, brackets and equals signs of that line",
            ),
        )
        raise ConfigError(file, [fault]) from error
    return raw


class _Reading:
    """One pass over the raw tables that gathers entries and faults side by side.

    `singles`, `lists`: the tables there may be; `needed`: those there must be.
    """

    def __init__(
        self,
        file: str,
        raw: dict[str, Any],
        text: str,
        singles: Mapping[str, type[Table]] = SINGLES,
        lists: Mapping[str, type[Table]] = LISTS,
        needed: Sequence[str] = NEEDED,
    ) -> None:
        self.file = file
        self.raw = raw
        self.text = text
        self.singles = singles
        self.lists = lists
        self.needed = needed
        self.faults: list[ConfigFault] = []

    def finish(self) -> Hospital:
        singles, lists = self.read()
        return Hospital(**singles, **lists)  # type: ignore[arg-type]

    def read(self) -> tuple[dict[str, Table | None], dict[str, list[Table]]]:
        """Return the tables as they were read. Raises ConfigError with every fault."""
        self._unknown_tables()
        singles = {name: self._single(name, table) for name, table in self.singles.items() if name in self.raw}
        lists = {name: self._entries(name, table) for name, table in self.lists.items()}
        if self.lists:
            entries = {name: entries_of(self.raw, name) for name in self.lists}
            for key, value, problem, fix in faults_between(entries, self.raw):
                self._fault(key, value, problem, fix, self._line_of_key(key))
        if self.faults:
            raise ConfigError(self.file, self.faults)
        return singles, lists

    def _unknown_tables(self) -> None:
        known = [*self.singles, *self.lists]
        for name in self.raw.keys() - set(known):
            near = get_close_matches(name, known, 1)
            fix = Text(zh="是否想写 {near}？", en="did you mean {near}?").fill(near=near[0]) if near else None
            self._fault(
                name,
                self.raw[name],
                Text(zh="没有这个表", en="there is no such table"),
                fix or Text(zh="可用：{names}", en="use one of {names}").fill(names=", ".join(known)),
                line_of(self.text, name, None, None),
            )
        for name in self.needed:
            if not self.raw.get(name):
                header = f"[{name}]" if name in self.singles else f"[[{name}]]"
                self._fault(
                    name,
                    NOTHING,
                    Text(zh="缺少这个表", en="this table is missing"),
                    Text(zh="加上 {header}", en="add {header}").fill(header=header),
                )

    def _single(self, name: str, table: type[Table]) -> Table | None:
        return self._validate(name, table, self.raw[name], name, None)

    def _entries(self, name: str, table: type[Table]) -> list[Table]:
        tables = self.raw.get(name, [])
        if not isinstance(tables, list):
            self._fault(
                name,
                tables,
                Text(zh="应是一组表", en="a list of tables is needed"),
                Text(zh="写成 [[{name}]]，两层方括号", en="write [[{name}]], with two brackets").fill(name=name),
            )
            return []
        read = (self._validate(entry_key(name, held, i), table, held, name, i) for i, held in enumerate(tables))
        return [entry for entry in read if entry is not None]

    def _validate(self, key: str, table: type[T], value: object, name: str, index: int | None) -> T | None:
        try:
            return table.read(value)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                path, input_, problem, fix = describe(detail, table)
                first = str(detail["loc"][0]) if detail["loc"] else None
                self._fault(key + path, input_, problem, fix, line_of(self.text, name, index, first))
            return None

    def _line_of_key(self, key: str) -> int | None:
        """Return the line of a key that faults between tables name: of the entry it begins with, and its first key."""
        for name in self.lists:
            for index, held in enumerate(entries_of(self.raw, name)):
                entry = entry_key(name, held, index)
                if key.startswith(entry):
                    first = re.match(r"\.(\w+)", key[len(entry) :])
                    return line_of(self.text, name, index, first[1] if first else "id")
        return None

    def _fault(self, key: str, value: object, problem: Text, fix: Text, line: int | None = None) -> None:
        fault = ConfigFault(self.file, _cut(key), _short(value), _cut_both(problem), _cut_both(fix), line)
        self.faults.append(fault)


def _cut_both(text: Text) -> Text:
    return Text(zh=_cut(text.zh), en=_cut(text.en))


def _cut(text: str) -> str:
    """Return a message whose words are at most LONGEST_WORD characters: what it quotes may be a megabyte."""
    return re.sub(rf"(\S{{{LONGEST_WORD}}})\S+", r"\1…", text)


def _short(value: object) -> str:
    """Return a value about as it stands in the file."""
    if value is NOTHING:
        return "-"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
