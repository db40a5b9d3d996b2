"""The console's look at the devices: printers with paper and jobs, call screens, the voice; and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from rich.text import Text as RichText
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import DataTable, Static

from nightdesk_kiosk.console import texts
from nightdesk_kiosk.console.console_desk import ConsoleDesk, DevicesLook, PrinterLook
from nightdesk_kiosk.console.dialogs import Choice, Dialog, numbered
from nightdesk_kiosk.device_wording import cause_text, paper_text, slip_kind_text, slip_state_text, state_text
from nightdesk_kiosk.widgets.putting import put
from nightdesk_kiosk.widgets.tap import Tap
from nightdesk_queue.commands import slip_printing
from nightdesk_queue.commands.clinic_operations import test_display
from nightdesk_queue.commands.work import Work
from nightdesk_queue.domain.devices import DeviceHealth, DeviceKind
from nightdesk_queue.domain.errors import Fault, Refused
from nightdesk_queue.domain.slips import SlipJob
from nightdesk_queue.queries.device_health import configured_devices
from nightdesk_queue.text.bilingual import Language, Text

LOOK_SECONDS = 0.5
JOB_COLUMNS = (texts.JOB, texts.NUMBER, texts.KIND, texts.STATE, texts.CAUSE, texts.TRIES, texts.COPY)


class JobStep(StrEnum):
    """What can be done with the chosen job or printer; its value is the name of the action."""

    RETRY = "retry"
    REDIRECT = "redirect"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class DeviceTap:
    """A tap on a device: it chooses a printer, or asks to test a call screen."""

    kind: DeviceKind
    id: str


@dataclass(frozen=True, slots=True)
class Close:
    """A tap that leads back to the queue."""


ACTIONS = (
    ("r", JobStep.RETRY, texts.RETRY_KEY),
    ("d", JobStep.REDIRECT, texts.REDIRECT_KEY),
    ("t", JobStep.TEST, texts.TEST_KEY),
)


class DevicesScreen(Dialog[None]):
    """The printers; one of them is chosen, its jobs are listed. Escape closes."""

    CSS = """
    DevicesScreen { align: center middle; background: $background 70%; }
    DevicesScreen #box { width: 100%; max-width: 110; height: 100%; max-height: 40; background: $panel; }
    DevicesScreen #box { border: thick $secondary; padding: 0 1; }
    DevicesScreen #printers { height: auto; max-height: 50%; overflow-y: auto; }
    DevicesScreen #printers Tap { height: 2; min-height: 2; padding: 0 1; border-bottom: solid $panel; }
    DevicesScreen #printers Tap.trouble { background: $error; }
    DevicesScreen #printers Tap.chosen { text-style: bold underline; }
    DevicesScreen DataTable { height: 1fr; }
    DevicesScreen #word { height: auto; min-height: 1; color: $accent; }
    DevicesScreen #actions { height: 3; }
    DevicesScreen #actions Tap { height: 3; margin: 0 1 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", show=False),
        *(Binding(f"{key},{key.upper()}", f"step('{step}')", show=False) for key, step, _ in ACTIONS),
        *(Binding(str(digit), f"choose({digit})", show=False) for digit in range(1, 10)),
    ]

    @dataclass
    class Said(Message):
        """Something was done or refused."""

        words: Text

    def __init__(self, desk: ConsoleDesk, language: Language) -> None:
        super().__init__()
        self.desk = desk
        self.language: Language = language
        self.chosen = next(iter(desk.hospital.printers))
        self._looks: Sequence[PrinterLook] = ()

    def compose(self) -> ComposeResult:
        """Printers, the jobs of the chosen one, the last word, what can be done."""
        with Vertical(id="box"):
            with Vertical(id="printers"):
                for kind, id_ in self._devices():
                    yield Tap("", DeviceTap(kind, id_), id=f"{kind}-{id_}")
            yield DataTable[RichText](cursor_type="row", zebra_stripes=True)
            yield Static(id="word", markup=False)
            with Horizontal(id="actions"):
                for key, step, label in ACTIONS:
                    yield Tap(f"{key.upper()} {label.of(self.language)}", step, classes="quiet")
                yield Tap(texts.CLOSE_KEY.of(self.language), Close(), classes="quiet")

    def on_mount(self) -> None:
        """Follow the printers."""
        table = self.query_one(DataTable)
        for heading in JOB_COLUMNS:
            table.add_column(heading.of(self.language))
        self.set_interval(LOOK_SECONDS, self._look)
        self._look()
        table.focus()

    def action_close(self) -> None:
        """Back to the queue."""
        self.answer(None)

    def action_choose(self, place: int) -> None:
        """Choose a printer, or a call screen to test."""
        devices = self._devices()
        if place <= len(devices):
            self._choose(*devices[place - 1])

    def action_step(self, step: str) -> None:
        """Do what a key asks for."""
        self._do_step(JobStep(step))

    def _devices(self) -> list[tuple[DeviceKind, str]]:
        """Return every device in its order on the screen."""
        return list(configured_devices(self.desk.hospital))

    def _choose(self, kind: DeviceKind, id_: str) -> None:
        if kind is DeviceKind.PRINTER:
            self.chosen = id_
            self._look()
        elif kind is DeviceKind.DISPLAY:
            self._test_display(id_)

    def _do_step(self, step: JobStep) -> None:
        if step is JobStep.RETRY:
            self._retry()
        elif step is JobStep.REDIRECT:
            self._redirect()
        else:
            self._test_page()

    def _retry(self) -> None:
        """Try the chosen job again."""
        if job := self._job():
            self._do(lambda work: slip_printing.retry_slip(work, job.id), texts.RETRIED)

    def _redirect(self) -> None:
        """Send the chosen job to another printer."""
        job = self._job()
        if job is None:
            return
        others = [printer for printer in self.desk.hospital.printers if printer != job.printer]

        def go(printer: str | None) -> None:
            if printer:
                self._do(lambda work: slip_printing.retry_slip(work, job.id, printer=printer), texts.RETRIED)

        answers = numbered([(self.desk.hospital.printer_name(one).of(self.language), one) for one in others])
        self.app.push_screen(Choice(texts.WHICH_PRINTER.fill(id=job.id).of(self.language), answers), go)

    def _test_page(self) -> None:
        """Print a test page on the chosen printer."""
        printer = self.chosen
        self._do(lambda work: slip_printing.print_test_page(work, printer), texts.TESTED)

    @on(Tap.Tapped)
    def _tapped(self, event: Tap.Tapped) -> None:
        event.stop()
        match event.wish:
            case DeviceTap(kind, id_):
                self._choose(kind, id_)
            case JobStep() as step:
                self._do_step(step)
            case Close():
                self.action_close()

    def _test_display(self, display: str) -> None:
        """Ask whether a call screen shall show its test picture."""

        def go(sure: bool | None) -> None:
            if sure:
                # the test lasts from the answer on, however long the question stood there
                self._tell(lambda work: test_display(work, display), texts.DISPLAY_TESTED.fill(id=display))

        answers = numbered([(texts.YES_TEST.of(self.language), True), (texts.NO.of(self.language), False)])
        self.app.push_screen(Choice(texts.REALLY_TEST.fill(id=display).of(self.language), answers), go)

    @on(Said)
    def _said(self, event: Said) -> None:
        self.query_one("#word", Static).update(event.words.of(self.language))
        self._look()

    def _do(self, step: Callable[[Work], SlipJob], done: Text) -> None:
        """Do something with a job in a thread."""

        def words(work: Work) -> Text:
            job = step(work)
            return done.fill(id=job.id, printer=self.desk.hospital.printer_name(job.printer))

        self._in_thread(words)

    def _tell(self, step: Callable[[Work], None], done: Text) -> None:
        def words(work: Work) -> Text:
            step(work)
            return done

        self._in_thread(words)

    @work(thread=True, group="slip", exit_on_error=False)
    def _in_thread(self, step: Callable[[Work], Text]) -> None:
        try:
            words = self.desk.act(step)
        except Refused as refused:
            words = texts.NOT_NOW.fill(why=refused.text)
        except Fault as fault:
            wording = texts.NOT_NOW if fault.code == "display_offline" else texts.DATABASE_AWAY
            words = wording.fill(why=fault.text)
        self.post_message(self.Said(words))

    def _job(self) -> SlipJob | None:
        look = next((look for look in self._looks if look.health.id == self.chosen), None)
        row = self.query_one(DataTable).cursor_row
        if look is None or not 0 <= row < len(look.jobs):
            self.post_message(self.Said(texts.CHOOSE_JOB))
            return None
        return look.jobs[row]

    def _look(self) -> None:
        try:
            look = self.desk.devices()
        except Fault as fault:
            self.query_one("#word", Static).update(texts.DATABASE_AWAY.fill(why=fault.text).of(self.language))
            return
        self._looks = look.printers
        self._show(look)

    def _show(self, look: DevicesLook) -> None:
        for place, printer in enumerate(look.printers, start=1):
            tap = self.query_one(f"#printer-{printer.health.id}", Tap)
            put(tap, f"{place}  {self._line(printer.health)}")
            tap.set_class(not printer.health.works, "trouble")
            tap.set_class(printer.health.id == self.chosen, "chosen")
        for place, screen in enumerate(look.screens, start=len(look.printers) + 1):
            tap = self.query_one(f"#{screen.kind}-{screen.id}", Tap)
            put(tap, f"{place if screen.kind is DeviceKind.DISPLAY else ' '}  {self._screen_line(screen)}")
            tap.set_class(not screen.works, "trouble")
        self._fill(next(one for one in look.printers if one.health.id == self.chosen).jobs)

    def _line(self, printer: DeviceHealth) -> str:
        words = (
            self.desk.hospital.printer_name(printer.id),
            state_text(printer.state),
            cause_text(printer.cause),
            self._place(printer),
            texts.PAPER.fill(paper=paper_text(printer.paper)) if printer.paper else Text("", ""),
            texts.SLIPS_WAITING.fill(n=printer.slips_waiting) if printer.slips_waiting else Text("", ""),
        )
        return " · ".join(filter(None, (word.of(self.language) for word in words)))

    def _place(self, device: DeviceHealth) -> Text:
        """Return which machine serves a device, where it is another than this one."""
        elsewhere = device.machine not in (None, self.desk.machine)
        return texts.ON_MACHINE.fill(machine=device.machine or "") if elsewhere else Text("", "")

    def _screen_line(self, screen: DeviceHealth) -> str:
        name = texts.VOICE if screen.kind is DeviceKind.VOICE else texts.SCREEN.fill(id=screen.id)
        zone = self.desk.hospital.zone
        since = Text("", "")
        if screen.since:
            since = texts.SINCE.fill(at=f"{screen.since.astimezone(zone):%m-%d %H:%M}")
        words = (name, state_text(screen.state), since, cause_text(screen.cause), self._place(screen))
        return " · ".join(filter(None, (word.of(self.language) for word in words)))

    def _fill(self, jobs: Sequence[SlipJob]) -> None:
        table = self.query_one(DataTable)
        row = table.cursor_row
        table.clear()
        for job in jobs:
            cells = (
                str(job.id),
                job.number or "",
                slip_kind_text(job.kind).of(self.language),
                slip_state_text(job.state).of(self.language),
                cause_text(job.cause).of(self.language),
                str(job.attempts),
                str(job.copy or ""),
            )
            table.add_row(*(RichText(cell) for cell in cells))
        if jobs:
            table.move_cursor(row=min(row, len(jobs) - 1), scroll=False)
