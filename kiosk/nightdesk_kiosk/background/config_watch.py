"""The configuration watch: notices that config.toml changed while the services run, and says what that means.

The services go on with what they began with: a file that is being edited must not stop a night. What changed is told
once for each change, and a file that could not be started with is told before somebody restarts.
"""

from __future__ import annotations

from pathlib import Path

from nightdesk_queue.config import Hospital, load
from nightdesk_queue.domain.errors import ConfigError
from nightdesk_queue.text.bilingual import Text

CHANGED = Text(
    zh="{file} 已修改；本进程仍按启动时的内容运行，重新启动 nightdesk run 后生效，未打完的小票会继续",
    en="{file} has changed; this process goes on as it began: restart nightdesk run to use it, slips in hand go on",
)
FAULTY = Text(
    zh="{file} 已修改，但有 {n} 处错误，无法用它启动；本进程仍按启动时的内容运行。{key}：{problem}；{fix}",
    en="{file} has changed and has {n} fault(s): it could not be started with, this process goes on as it began. "
    "{key}: {problem}; {fix}",
)
AS_BEGUN = Text(zh="{file} 又与启动时相同", en="{file} is again what this process began with")

Stamp = tuple[int, int, int]


class ConfigWatch:
    """Compares the file with what the services run with, whenever its stamp has changed."""

    def __init__(self, path: Path, running: Hospital) -> None:
        self._path = path
        self._running = running
        self._stamp = _stamp(path)
        self._differs = False

    def look(self) -> Text | None:
        """Return what is to be told since the last look; None where nothing is."""
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return None
        self._stamp = stamp
        try:
            same = load(self._path) == self._running
        except ConfigError as error:
            self._differs = True
            first = error.faults[0]
            return FAULTY.fill(
                file=self._path, n=len(error.faults), key=first.key, problem=first.problem, fix=first.fix
            )
        if same and not self._differs:
            return None
        self._differs = not same
        return (AS_BEGUN if same else CHANGED).fill(file=self._path)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
