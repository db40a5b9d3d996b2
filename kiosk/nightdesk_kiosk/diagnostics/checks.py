"""What `check` finds: the configuration, the database, and every device tried once without printing or painting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from nightdesk_displays.protocols import SignProtocol, protocol_for
from nightdesk_displays.screen_state import ShownCall
from nightdesk_kiosk.bootstrap import Settings
from nightdesk_kiosk.device_wording import capability_text, cause_text, paper_text, state_text
from nightdesk_kiosk.diagnostics.backup_checks import backup_findings
from nightdesk_kiosk.diagnostics.database_checks import database_finding
from nightdesk_kiosk.diagnostics.finding import Finding, fault_text
from nightdesk_kiosk.diagnostics.hl7_checks import hl7_findings
from nightdesk_kiosk.diagnostics.language_checks import language_findings
from nightdesk_kiosk.diagnostics.letter_checks import letter_findings
from nightdesk_kiosk.diagnostics.machine_checks import machine_findings
from nightdesk_kiosk.diagnostics.program_checks import program_findings
from nightdesk_kiosk.diagnostics.report_checks import report_findings
from nightdesk_kiosk.diagnostics.terminal_checks import terminal_findings
from nightdesk_kiosk.diagnostics.voice_checks import voice_findings
from nightdesk_ports.causes import LINE_ERRORS, cause_of
from nightdesk_ports.serial_lines import close_port, open_port
from nightdesk_printers.devices import open_device, own_fonts
from nightdesk_printers.devices.base import trouble_fault
from nightdesk_printers.fonts import find_fonts
from nightdesk_printers.rendering import choose
from nightdesk_printers.slip_contents import folder_of
from nightdesk_printers.templating import template_of
from nightdesk_queue.config import Clinic, Display, Hospital, Printer
from nightdesk_queue.domain.devices import DeviceHealth, DeviceKind
from nightdesk_queue.domain.errors import ConfigError, Fault
from nightdesk_queue.domain.slips import SlipKind
from nightdesk_queue.queries.device_health import VOICE, health_of
from nightdesk_queue.rules.config_warnings import config_warnings
from nightdesk_queue.store import slips
from nightdesk_queue.store.opening import is_server
from nightdesk_queue.text.bilingual import Text, joined, same

SERVED = Text(zh="nightdesk run 正在使用：{state}", en="served by nightdesk run: {state}")
SERVED_ON = Text(zh="{machine} 的 nightdesk run 正在使用：{state}", en="served by nightdesk run on {machine}: {state}")
ELSEWHERE = Text(zh="接在 {machine} 上，这里试不了", en="hangs on {machine} and cannot be tried here")
NOT_SERVED_THERE = Text(
    zh="那台机器的 nightdesk run 没有在使用它", en="nightdesk run of that machine does not serve it now"
)
REACHED = Text(zh="已连通", en="reached")
SHORTENED = Text(zh="放不下或缺字，会缩短：{rooms}", en="too long or not all characters, shortened: {rooms}")
BECOMES = Text(zh="{room} 显示为「{said}」", en="{room} as “{said}”")
SAME = Text(zh="分不清：{rooms} 都显示为「{said}」", en="cannot be told apart: {rooms}, all shown as “{said}”")
NO_LETTERS = Text(
    zh="号码分不清：只显示数字，{clinics} 的号码看起来一样",
    en="numbers cannot be told apart: digits alone are the same for {clinics}",
)
PAPER = Text(zh="纸：{paper}", en="paper: {paper}")


def findings(settings: Settings) -> list[Finding]:
    """Try everything and return what was found. Raises ConfigError for a faulty configuration."""
    hospital = settings.hospital
    count = Text(zh="{c} 个门诊，{r} 个诊室", en="{c} clinics, {r} rooms").fill(
        c=len(hospital.clinics), r=len(hospital.rooms)
    )
    return [
        Finding("config", str(settings.config), True, count, _of_configuration(settings)),
        database_finding(settings),
        *machine_findings(settings),
        *_templates(settings),
        *[
            _served(settings, DeviceKind.PRINTER, printer.id)
            or _elsewhere(settings, DeviceKind.PRINTER, printer.id, printer.machine)
            or _printer(settings, printer)
            for printer in hospital.printers.values()
        ],
        *[
            _fitting(
                hospital,
                display,
                _served(settings, DeviceKind.DISPLAY, display.id)
                or _elsewhere(settings, DeviceKind.DISPLAY, display.id, display.machine)
                or _display(display),
            )
            for display in hospital.display
        ],
        *_voice(settings),
        *language_findings(hospital),
        *letter_findings(hospital),
        *report_findings(hospital),
        *hl7_findings(settings),
        *backup_findings(settings),
        *([] if settings.json else terminal_findings()),
        *_stranded(settings),
        *program_findings(settings),
    ]


def unserved(settings: Settings) -> list[Finding]:
    """Return what `run` leaves alone: faulty layouts, slips for lost printers."""
    faulty = [finding for finding in _templates(settings) if not finding.ok]
    return [*faulty, *_stranded(settings)]


def _of_configuration(settings: Settings) -> Text | None:
    """Return what somebody should look at in a configuration that works."""
    hospital = settings.hospital
    found = config_warnings(hospital, settings.now.astimezone(hospital.zone).date())
    return joined(found, "；", "; ") if found else None


def _served(settings: Settings, kind: DeviceKind, id_: str) -> Finding | None:
    """Return what the running service knows of a device it holds; a device it holds is not tried a second time."""
    try:
        with settings.looking() as tx:
            health = health_of(tx, kind, id_)
    except Fault:
        return None
    if not health.served:
        return None
    words = SERVED_ON if health.machine and is_server(settings.database.where) else SERVED
    found = [words.fill(state=state_text(health.state), machine=health.machine or "")]
    found += [cause_text(health.cause)] if health.cause else []
    if kind is DeviceKind.PRINTER:
        found += _of_served_printer(settings, health)
    return Finding(kind, id_, health.works, joined(found, "；", "; "))


def _elsewhere(settings: Settings, kind: DeviceKind, id_: str, machine: str | None) -> Finding | None:
    """Return that a device hangs on another machine, from where it cannot be tried here; None for one of this."""
    try:
        here = settings.database.machine
    except Fault:
        return None
    return (
        Finding(kind, id_, True, ELSEWHERE.fill(machine=machine), NOT_SERVED_THERE)
        if machine not in (None, here)
        else None
    )


def _of_served_printer(settings: Settings, health: DeviceHealth) -> Iterator[Text]:
    """Yield what is known of a printer beside its state: paper, what it can confirm, by which back end it prints."""
    if health.paper:
        yield PAPER.fill(paper=paper_text(health.paper))
    printer = settings.hospital.printers[health.id]
    if health.capability and not printer.on_screen:
        yield capability_text(health.capability)
        yield choose(printer, find_fonts(own_fonts(settings.hospital))).text


def _voice(settings: Settings) -> Iterator[Finding]:
    """Yield what is known of the voice, where there is one; a voice that speaks is known to be heard."""
    rules = settings.hospital.voice
    if rules is None:
        return
    ok, text = voice_findings(settings.hospital, rules)
    if served := _served(settings, DeviceKind.VOICE, VOICE):
        ok, text = ok and served.ok, joined([served.text, text], "；", "; ")
    yield Finding("voice", "voice", ok, text)


def _stranded(settings: Settings) -> Iterator[Finding]:
    """Yield printers that slips wait for and the configuration no longer has."""
    try:
        with settings.looking() as tx:
            waiting = slips.waiting_by_printer(tx)
    except Fault:
        return
    for printer, count in waiting.items():
        if printer not in settings.hospital.printers:
            text = Text(
                zh="配置里没有这台打印机，但有 {n} 张小票等它；把它加回 [[printer]]",
                en="not in the configuration, but {n} slip(s) wait for it; put it back as a [[printer]]",
            )
            yield Finding("printer", printer, False, text.fill(n=count))


def _printer(settings: Settings, printer: Printer) -> Finding:
    """Ask a printer how it is and what it can confirm, and say by which back end it would print, and why."""
    try:
        device = open_device(printer, fonts=own_fonts(settings.hospital))
        try:
            seen = device.look()
        finally:
            device.close()
    except Fault as fault:
        return Finding("printer", printer.id, False, fault.text)
    found = [trouble_fault(printer.device, seen.trouble, begun=False).text] if seen.trouble else [REACHED]
    if seen.paper:
        found.append(PAPER.fill(paper=paper_text(seen.paper)))
    if not printer.on_screen:
        found.append(capability_text(seen.capability))
    found.append(device.back_end)
    return Finding("printer", printer.id, seen.trouble is None, joined(found, "；", "; "))


def _templates(settings: Settings) -> Iterator[Finding]:
    """Yield the faults of the hospital's own layouts of slips; nothing where it has none."""
    folder = folder_of(settings.hospital)
    if folder is None:
        return
    own = [kind for kind in SlipKind if (folder / f"{kind}.toml").exists()]
    if not own:
        text = Text(
            zh="文件夹里没有模板，用内置的；nightdesk print template ticket 可输出一个",
            en="no template in the folder, the built-in ones are used; nightdesk print template ticket writes one",
        )
        yield Finding("templates", str(folder), folder.is_dir(), text)
    for kind in own:
        try:
            template_of(kind, folder)
        except ConfigError as error:
            for fault in error.faults:
                yield Finding("template", fault.file, False, fault_text(fault))
        else:
            yield Finding("template", str(folder / f"{kind}.toml"), True, Text(zh="可用", en="fine"))


def _display(display: Display) -> Finding:
    """Open a display's port."""
    try:
        close_port(open_port(display.port, display.baud))
    except (*LINE_ERRORS, ValueError) as error:
        text = Text(zh="{port} 打不开：{e}", en="{port} cannot be opened: {e}").fill(
            port=display.port, e=cause_text(cause_of(error))
        )
        return Finding("display", display.id, False, text)
    text = Text(zh="{port} 已打开", en="{port} opened").fill(port=display.port)
    return Finding("display", display.id, True, text)


def _fitting(hospital: Hospital, display: Display, found: Finding) -> Finding:
    """Return what was found of a display with the calls that do not fit on it as they should be said."""
    calls = _calls(hospital, display)
    protocol = protocol_for(display, rooms=hospital.room_names)
    short = [_becomes(call, protocol.says(call)) for call in calls if protocol.shortens(call)]
    alike = [*_alike(calls, protocol), *_without_letters(hospital, display)]
    texts = [found.text, *([SHORTENED.fill(rooms=joined(short, "，", ", "))] if short else []), *alike]
    return replace(found, ok=found.ok and not alike, text=joined(texts, "；", "; "))


def _calls(hospital: Hospital, display: Display) -> list[ShownCall]:
    """Return a call of one number, the longest there is, to each room a display is for: only the rooms differ."""
    now = datetime.now(UTC)
    number = max((clinic.prefix for clinic in hospital.clinic), key=len) + "888"
    shown = _clinics_of(hospital, display)
    rooms = [room for clinic in shown for room in clinic.rooms if not display.rooms or room in display.rooms]
    return [ShownCall(number, number, hospital.room_name(room), now, True, 1) for room in dict.fromkeys(rooms)]


def _clinics_of(hospital: Hospital, display: Display) -> list[Clinic]:
    return [clinic for clinic in hospital.clinic if not display.clinics or clinic.id in display.clinics]


def _becomes(call: ShownCall, said: str | None) -> Text:
    """Return a room under both its names, and how a screen shows a call to it."""
    room = same(f"{call.room.zh} {call.room.en}" if call.room.zh != call.room.en else call.room.zh)
    return BECOMES.fill(room=room, said=said) if said else room


def _alike(calls: list[ShownCall], protocol: SignProtocol) -> list[Text]:
    """Return which rooms look the same on a screen although they differ: patients would go to the wrong one."""
    shown: dict[str, list[Text]] = {}
    for call in calls:
        if said := protocol.says(call):
            shown.setdefault(said, []).append(call.room)
    return [
        SAME.fill(rooms=joined(rooms), said=said)
        for said, rooms in shown.items()
        if len({(room.zh, room.en) for room in rooms}) > 1
    ]


def _without_letters(hospital: Hospital, display: Display) -> list[Text]:
    """Return which clinics' numbers look the same on a display that shows digits alone."""
    clinics = _clinics_of(hospital, display)
    digits = display.protocol == "modbus" and display.registers.number.as_ in ("value", "bcd")
    return [NO_LETTERS.fill(clinics=joined([clinic.name for clinic in clinics]))] if digits and len(clinics) > 1 else []
