"""What `check` says of the programs that run: which of them run with another configuration than the file holds now."""

from __future__ import annotations

from collections.abc import Iterator

from nightdesk_kiosk.attendance import ConfigFile
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.diagnostics.finding import Finding
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.domain.programs import Program
from nightdesk_queue.store import programs
from nightdesk_queue.text.bilingual import Text

SINCE = Text(zh="{name}(进程 {pid})，{at} 读取配置", en="{name} (process {pid}), configuration read at {at}")
EARLIER = Text(
    zh="{file} 之后已修改，此程序仍按旧的内容运行；请重新启动它",
    en="{file} has changed since, and this program runs with the earlier one; restart it",
)
ANOTHER = Text(
    zh="此程序用的是另一个配置文件 {file}", en="this program was started with another configuration file, {file}"
)


def program_findings(settings: Settings) -> Iterator[Finding]:
    """Yield every program that runs on this database; nothing where it cannot be read."""
    try:
        with settings.looking() as tx:
            found = programs.running(tx)
        file = ConfigFile(settings.config, settings.database.machine)
    except Fault:
        return
    outdated = file.outdated(found)
    for program in found:
        at = program.read_at.astimezone(settings.hospital.zone)
        text = SINCE.fill(name=program.name, pid=program.pid, at=f"{at:%m-%d %H:%M}")
        warning = _warning(program, file) if program in outdated else None
        yield Finding("program", program.id, True, text, warning)


def _warning(program: Program, file: ConfigFile) -> Text:
    if program.file != str(file.path):
        return ANOTHER.fill(file=program.file)
    return EARLIER.fill(file=program.file)
