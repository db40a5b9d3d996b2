"""What `check` says of several machines: devices that hang on nobody's wire, and a configuration that is not shared."""

from __future__ import annotations

from collections.abc import Iterator

from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.config_share import differences_here
from nightdesk_kiosk.diagnostics.finding import Finding
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.store.opening import is_server
from nightdesk_queue.text.bilingual import Text, joined, same

WIRED = Text(
    zh="接在一台机器的线上，却没写是哪台；写 machine，否则哪台先启动哪台去服务",
    en="hangs on a wire of one machine and does not say of which; write machine, or whichever starts first serves it",
)
THIS_MACHINE = Text(zh="本机名称：{name}", en="this machine is called {name}")
DIFFERS = Text(
    zh="与共享配置不同：{keys}；用 nightdesk config diff 查看，pull 取回或 push 发布",
    en="differs from the shared configuration: {keys}; see nightdesk config diff, then pull or push",
)


def machine_findings(settings: Settings) -> Iterator[Finding]:
    """Yield what concerns several machines; nothing where a file of this machine alone is the database."""
    try:
        database = settings.database
        if not is_server(database.where):
            return
        different = differences_here(database, settings.config)
    except Fault:
        return
    words = DIFFERS.fill(keys=joined([same(one.key) for one in different], "，", ", ")) if different else None
    yield Finding("machine", database.machine, True, THIS_MACHINE.fill(name=database.machine), words)
    hospital = settings.hospital
    for printer in hospital.printers.values():
        if printer.wired and printer.machine is None:
            yield Finding("printer", printer.id, True, WIRED)
    for display in hospital.display:
        if display.wired and display.machine is None:
            yield Finding("display", display.id, True, WIRED)
    if hospital.voice and hospital.voice.machine is None:
        yield Finding("voice", "voice", True, WIRED)
