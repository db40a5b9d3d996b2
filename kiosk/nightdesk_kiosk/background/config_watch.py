"""The configuration watch: notices that config.toml changed while the services run, and what of it can be used at once.

A file that is faulty, or still being written, must not stop a night: the services go on with what they run with, and
the fault is told once. Everything else is taken over, but for what a process opens once, at its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nightdesk_kiosk.attendance import stamp_of
from nightdesk_queue.config import Hospital, load
from nightdesk_queue.domain.errors import ConfigError
from nightdesk_queue.domain.programs import Program
from nightdesk_queue.text.bilingual import Text, joined

TAKEN_OVER = Text(
    zh="{file} 已修改，后台服务从现在起按新的内容运行", en="{file} has changed, the services use it from now on"
)
NEEDS_RESTART = Text(
    zh="{tables} 的改动要重新启动 nightdesk run 才生效", en="what changed in {tables} needs a restart of nightdesk run"
)
FAULTY = Text(
    zh="{file} 已修改，但有 {n} 处错误，无法使用；仍按原来的内容运行。{key}：{problem}；{fix}",
    en="{file} has changed and has {n} fault(s): it cannot be used, the services go on as before. "
    "{key}: {problem}; {fix}",
)
UNCHANGED = Text(zh="{file} 没有改动", en="{file} says what the services run with already")
SCREENS_BEHIND = Text(
    zh="仍按旧的内容运行，请重新启动：{programs}", en="still with the earlier configuration, restart: {programs}"
)
_AT_START = ("database", "log")
"""Tables of what a process opens once."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was found in the file. `hospital`: what the services are to run with from now on; None to leave them."""

    text: Text
    hospital: Hospital | None = None


class ConfigWatch:
    """Compares the file with what the services run with, whenever its stamp has changed."""

    def __init__(self, path: Path, running: Hospital) -> None:
        self._path = path
        self._running = running
        self._seen = self._told = stamp_of(path)

    def look(self, *, asked: bool = False) -> Change | None:
        """Return what changed since the last look; None where nothing has, or while the file is being written.

        `asked`: somebody wants to know now, and is told also that nothing has changed.
        """
        before, self._seen = self._seen, stamp_of(self._path)
        # a file that has just changed may not be whole yet
        is_at_rest = before == self._seen
        if not asked and (not is_at_rest or self._seen == self._told):
            return None
        self._told = self._seen
        return self._found(asked=asked)

    def _found(self, *, asked: bool) -> Change | None:
        try:
            new = load(self._path)
        except ConfigError as error:
            first = error.faults[0]
            return Change(
                FAULTY.fill(file=self._path, n=len(error.faults), key=first.key, problem=first.problem, fix=first.fix)
            )
        if new == self._running:
            return Change(UNCHANGED.fill(file=self._path)) if asked else None
        late = [name for name in _AT_START if getattr(new, name) != getattr(self._running, name)]
        self._running = new
        texts = [TAKEN_OVER.fill(file=self._path)]
        if late:
            texts.append(NEEDS_RESTART.fill(tables=", ".join(f"[{name}]" for name in late)))
        return Change(joined(texts, "；", "; "), new)


def behind(found: Sequence[Program]) -> Text | None:
    """Return who has to be restarted to use a new configuration; None where nobody has."""
    if not found:
        return None
    return SCREENS_BEHIND.fill(programs=joined([one.name for one in found]))
