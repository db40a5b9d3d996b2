"""The rules of slips: who still needs one, which printer takes it, and when a kiosk has no printer at all. Pure.

The spool and the screens ask here, so the lobby, the console's alarms and the paper follow the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from nightdesk_queue.config import Hospital, Kiosk, Printer, PrintingTable
from nightdesk_queue.domain.devices import DeviceHealth
from nightdesk_queue.domain.errors import Refused
from nightdesk_queue.domain.pages import Page
from nightdesk_queue.domain.slips import BEGUN, OUT, SlipJob, SlipKind
from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.text.bilingual import Text

STILL_WAITING = frozenset({State.WAITING, State.HELD, State.MISSED})
"""States of a ticket in which its slip still tells the patient something."""
TEST_KEPT = timedelta(minutes=10)
"""A test page asks whether the printer prints now."""


def unneeded(
    job: SlipJob, ticket: Ticket | None, page: Page | None, rules: PrintingTable, now: datetime, *, delayed: bool
) -> str | None:
    """Return the cause for which nobody needs a slip any more; None where somebody does.

    `delayed`: it has had to wait for its printer, so its patient may have been called. What a person has asked for is
    printed unless it has become too old.
    """
    age = now - job.queued_at
    if age > (TEST_KEPT if job.kind is SlipKind.TEST else timedelta(minutes=rules.keep_minutes)):
        return "too_old"
    if not delayed or job.asked_by or ticket is None:
        return None
    if job.kind is SlipKind.PAGE:
        return "answered" if page is None or page.closed_at else "resting" if page.resting else None
    if job.kind is SlipKind.TRANSFER and job.clinic != ticket.clinic:
        return "moved_on"
    return None if ticket.state in STILL_WAITING else ticket.state.value


def other_printer(printer: Printer, job: SlipJob, health: Mapping[str, DeviceHealth]) -> str | None:
    """Return the printer that takes a slip which this one does not print: its own, else the backup.

    None without one that works. A test page is about its printer and goes nowhere else.
    """
    target = job.home if job.home != printer.id else printer.backup
    if job.kind is SlipKind.TEST or target is None or target not in health:
        return None
    return target if health[target].works else None


def kiosks_without_printer(hospital: Hospital, health: Mapping[str, DeviceHealth]) -> Iterator[Kiosk]:
    """Yield the kiosks none of whose printers works; `health` by printer."""
    for kiosk in hospital.kiosks.values():
        if not any(health[printer].works for printer in hospital.printers_of(kiosk) if printer in health):
            yield kiosk


def duty_printers(hospital: Hospital) -> list[str]:
    """Return the printers of the duty rooms, where somebody is also when the lobby is empty."""
    found = [clinic.on_call.printer for clinic in hospital.clinic if clinic.on_call and clinic.on_call.printer]
    return list(dict.fromkeys(found))


def unknown_job(name: object) -> Refused:
    """Return the refusal of a job the spool does not have."""
    text = Text(zh="没有打印任务 {name}；用 print jobs 查看", en="there is no job {name}; see print jobs")
    return Refused("unknown_job", text.fill(name=name))


def unknown_printer(hospital: Hospital, name: str) -> Refused:
    """Return the refusal of a printer that the configuration does not have."""
    text = Text(zh="没有打印机 {name}；可用：{names}", en="there is no printer {name}; use one of {names}")
    return Refused("unknown_printer", text.fill(name=name, names=", ".join(hospital.printers)))


def not_to_retry(job: SlipJob) -> Refused:
    """Return the refusal to send a slip again that is out, or in a printer's hands at this moment."""
    if job.state in OUT:
        text = Text(
            zh="任务 {id} 已打印；要再打一张用 print reprint",
            en="job {id} is printed; print reprint makes a copy",
        )
        return Refused("already_printed", text.fill(id=job.id))
    assert job.state in BEGUN, "every other state may be tried again"
    text = Text(zh="任务 {id} 正在打印，请稍候", en="job {id} is being printed, wait a moment")
    return Refused("being_printed", text.fill(id=job.id))


def slip_waiting(hospital: Hospital, job: SlipJob) -> Refused:
    """Return the refusal of a second slip while the first one is still to come."""
    text = Text(
        zh="{number} 的小票(任务 {id})还在等{printer}；换一台：工作台按 P 再按 D，或 print retry {id} --to",
        en="the slip of {number} (job {id}) still waits for {printer}; console P, D or print retry {id} --to moves it",
    )
    name = hospital.printer_name(job.printer)
    return Refused("slip_waiting", text.fill(number=job.number, id=job.id, printer=name))


def not_arrived(ticket: Ticket) -> Refused:
    """Return the refusal of a slip for somebody who has not arrived."""
    text = Text(
        zh="{number} 还没有报到，报到时打印小票", en="{number} has not arrived; the slip is printed at check-in"
    )
    return Refused("wrong_state", text.fill(number=ticket.number))


def too_many_copies(ticket: Ticket, limit: int) -> Refused:
    """Return what a patient is told who has had a slip again as often as they may."""
    text = Text(zh="{number} 的小票已补打 {n} 次，请到分诊台", en="{number} was printed again {n} times, ask the desk")
    return Refused("too_many_copies", text.fill(number=ticket.number, n=limit))
