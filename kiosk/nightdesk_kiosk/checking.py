"""What `check` finds: the configuration, the database, and every device tried once without printing or painting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nightdesk_displays.line import LINE_ERRORS, close_port, open_port
from nightdesk_displays.protocols import SPOKEN
from nightdesk_kiosk.wiring import Settings
from nightdesk_printers.devices import open_device
from nightdesk_queue.config import Display, Printer
from nightdesk_queue.errors import Fault
from nightdesk_queue.language import Text, same


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one thing."""

    kind: str
    id: str
    ok: bool
    text: Text


def findings(settings: Settings) -> list[Finding]:
    """Try everything and return what was found. Raises ConfigError for a faulty configuration."""
    hospital = settings.hospital
    count = Text(zh="{c} 个门诊，{r} 个诊室", en="{c} clinics, {r} rooms").fill(
        c=len(hospital.clinics), r=len(hospital.rooms)
    )
    return [
        Finding("config", str(settings.config), True, count),
        _tried("database", "", lambda: same(str(settings.store.path))),
        *[_printer(printer) for printer in hospital.printers.values()],
        *[_display(display) for display in hospital.display],
    ]


def _tried(kind: str, id_: str, attempt: Callable[[], Text]) -> Finding:
    try:
        return Finding(kind, id_, True, attempt())
    except Fault as fault:
        return Finding(kind, id_, False, fault.text)


def _printer(printer: Printer) -> Finding:
    found = _tried("printer", printer.id, open_device(printer).probe)
    if found.ok and printer.text == "raster" and not printer.device.startswith("screen:"):
        note = Text(
            zh='{found}；text = "raster" 尚不支持，按打印机自带字库打印',
            en='{found}; text = "raster" is not there yet, slips use the printer\'s own font',
        )
        return Finding("printer", printer.id, True, note.fill(found=found.text))
    return found


def _display(display: Display) -> Finding:
    if display.protocol not in SPOKEN:
        text = Text(
            zh="协议 {p} 尚不支持，这块屏不会显示；可用：{known}",
            en="protocol {p} is not spoken yet, this screen stays dark; use one of {known}",
        )
        return Finding("display", display.id, False, text.fill(p=display.protocol, known=", ".join(SPOKEN)))
    try:
        close_port(open_port(display))
    except (*LINE_ERRORS, ValueError) as error:
        text = Text(zh="{port} 打不开：{e}", en="{port} cannot be opened: {e}").fill(port=display.port, e=error)
        return Finding("display", display.id, False, text)
    return Finding("display", display.id, True, Text(zh="{port} 已打开", en="{port} opened").fill(port=display.port))
