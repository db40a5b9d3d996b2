"""What `check` finds: the configuration, the database, and every device tried once without printing or painting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nightdesk_displays.line import LINE_ERRORS, close_port, open_port
from nightdesk_displays.protocols import SPOKEN
from nightdesk_kiosk.device_texts import cause_text, state_text
from nightdesk_kiosk.wiring import Settings
from nightdesk_printers.devices import open_device
from nightdesk_queue.config import Display, Printer
from nightdesk_queue.errors import Fault
from nightdesk_queue.language import Text, same
from nightdesk_queue.store import devices, slips
from nightdesk_queue.store.devices import Kind


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
        *[_served(settings, "printer", printer.id) or _printer(printer) for printer in hospital.printers.values()],
        *[_served(settings, "display", display.id) or _display(display) for display in hospital.display],
        *_stranded(settings),
    ]


def unserved(settings: Settings) -> list[Finding]:
    """Return what `run` leaves alone: screens whose protocol is not spoken, and slips for printers that are gone."""
    silent = [_display(display) for display in settings.hospital.display if display.protocol not in SPOKEN]
    return [*silent, *_stranded(settings)]


def _served(settings: Settings, kind: Kind, id_: str) -> Finding | None:
    """Return what the running service knows of a device it holds; a device it holds is not tried a second time."""
    try:
        store = settings.store
        with store.reading() as connection:
            status = devices.all_of(connection, kind).get(id_)
    except Fault:
        return None
    state, cause = devices.state_now(store.path, kind, id_, status)
    if cause == "not_served":
        return None
    text = Text(zh="nightdesk run 正在使用：{state} {cause}", en="served by nightdesk run: {state} {cause}")
    return Finding(kind, id_, state in devices.WORKING, text.fill(state=state_text(state), cause=cause_text(cause)))


def _stranded(settings: Settings) -> Iterator[Finding]:
    """Yield printers that slips wait for and the configuration no longer has."""
    try:
        with settings.store.reading() as connection:
            waiting = slips.waiting_by_printer(connection)
    except Fault:
        return
    for printer, count in waiting.items():
        if printer not in settings.hospital.printers:
            text = Text(
                zh="配置里没有这台打印机，但有 {n} 张小票等它；把它加回 [[printer]]",
                en="not in the configuration, but {n} slip(s) wait for it; put it back as a [[printer]]",
            )
            yield Finding("printer", printer, False, text.fill(n=count))


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
