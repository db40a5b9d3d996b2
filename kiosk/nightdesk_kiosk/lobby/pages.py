"""The pages of the lobby. Each is told all it shows and has targets for what it asks; none touches the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import Static

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.messages import (
    ChooseClinic,
    DeleteKey,
    EnterNumber,
    GoHome,
    GoToEmergency,
    PrintAgain,
    ReportEntry,
    SeeClinics,
    SeeMore,
    TakeNumber,
    TypeKey,
)
from nightdesk_kiosk.lobby.states import CHOICES_A_PAGE, Choosing, Entering, ShowingNumber, StaffTold
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.widgets.big import Big
from nightdesk_queue.config import Clinic, Hospital
from nightdesk_queue.domain.red_flags import flags_of
from nightdesk_queue.domain.slips import BEGUN, OUT
from nightdesk_queue.queries.queue_view import ClinicGlance
from nightdesk_queue.rules.hours import Opening
from nightdesk_queue.text.bilingual import Language, Text, joined

LETTERS = 6
"""So many prefixes have a key of their own; patients of other clinics report at the desk."""
ROOMY_ROWS = 20
"""Rows from which a page lists one thing a line and parts its targets by free rows."""


class Page(Vertical):
    """One page in one language. A new one is made for every change of page or language."""

    DEFAULT_CSS = """
    Page { width: 1fr; height: 1fr; padding: 0 2; }
    Page .title { text-align: center; text-style: bold; width: 1fr; height: auto; color: $secondary; }
    Page .line { text-align: center; width: 1fr; height: auto; }
    Page .strong { text-style: bold; color: $accent; }
    Page .bar { height: 3; width: 1fr; }
    Page .bar Tap { height: 100%; margin: 0 1; padding: 0 1; }
    Page Big { color: $foreground; }
    Page.roomy .title { margin: 1 0; }
    Page.roomy .bar { height: 5; margin: 1 0 0 0; }
    """

    roomy_rows = ROOMY_ROWS

    def __init__(self, hospital: Hospital, language: Language) -> None:
        super().__init__()
        self.hospital = hospital
        self.language = language

    def say(self, text: Text, **values: object) -> str:
        """Return a text in the page's language."""
        return text.fill(**values).of(self.language) if values else text.of(self.language)

    def on_resize(self, event: Resize) -> None:
        """Use the room there is."""
        self.set_class(event.size.height >= self.roomy_rows, "roomy")


class IdlePage(Page):
    """A large clock with date and place, and one thing to do. A tap anywhere starts."""

    DEFAULT_CSS = """
    IdlePage Big { color: $accent; }
    IdlePage Tap { height: 3; }
    IdlePage.roomy Tap { height: 5; padding: 2 1; }
    """

    def __init__(self, hospital: Hospital, language: Language, now: datetime) -> None:
        super().__init__(hospital, language)
        self._now = now

    def compose(self) -> ComposeResult:
        """Clock, date, and the way in."""
        yield Big(id="clock", largest=4)
        yield Static(id="date", classes="title", markup=False)
        yield Target(self.say(texts.TOUCH), SeeClinics(), classes="good")

    def on_mount(self) -> None:
        """Show the time it was made for."""
        self.tell_time(self._now)

    def tell_time(self, now: datetime) -> None:
        """Show a moment in the hospital's zone."""
        local = now.astimezone(self.hospital.zone)
        for clock in self.query("#clock").results(Big):
            clock.value = f"{local:%H:%M}"
        for date in self.query("#date").results(Static):
            date.update(texts.long_date(local.date(), self.language))


class ChoosePage(Page):
    """The clinics, at most six at a time, each with its hours and its queue."""

    DEFAULT_CSS = """
    ChoosePage .choices { layout: grid; grid-size: 2; grid-gutter: 1 2; height: 1fr; grid-rows: 1fr; }
    ChoosePage .choices Tap { height: 100%; max-height: 7; min-height: 3; padding: 0 1; }
    """

    def __init__(self, hospital: Hospital, language: Language, page: Choosing, now: datetime) -> None:
        super().__init__(hospital, language)
        self._page = page
        self._now = now

    def compose(self) -> ComposeResult:
        """A target for each clinic; closed ones say when they open and cannot be chosen."""
        yield Static(self.say(texts.CHOOSE), classes="title", markup=False)
        with Vertical(classes="choices"):
            for glance in self._page.shown:
                target = Target(self._label(glance), ChooseClinic(glance.clinic))
                target.disabled = glance.refusal is not None
                yield target
        with Horizontal(classes="bar"):
            yield Target(self.say(texts.BACK), GoHome(), classes="quiet")
            yield Target(self.say(texts.HAVE_NUMBER), EnterNumber(), classes="quiet")
            if len(self._page.glances) > CHOICES_A_PAGE:
                yield Target(self.say(texts.MORE), SeeMore(), classes="quiet")

    def _label(self, glance: ClinicGlance) -> str:
        return f"{self.say(glance.clinic.name)}\n{self._hours(glance)}\n{self._queue(glance)}".rstrip()

    def _hours(self, glance: ClinicGlance) -> str:
        state, code = glance.state, glance.refusal.code if glance.refusal else None
        if code == "suspended":
            return self.say(texts.SUSPENDED, notice=(state.notice if state else None) or "").rstrip()
        if code == "full":
            return self.say(texts.ALL_GIVEN)
        if state and state.rooms and code is None:
            names = joined([self.hospital.room_name(room) for room in state.rooms])
            return self.say(texts.MOVED_TO, rooms=names)
        return self._planned(glance.opening)

    def _planned(self, opening: Opening) -> str:
        if opening.issuing:
            if opening.session is None:
                return self.say(texts.ALWAYS_OPEN)
            until = opening.session.last_ticket.astimezone(self.hospital.zone)
            return self.say(texts.OPEN_UNTIL, until=f"{until:%H:%M}")
        if opening.next_opens is None:
            return self.say(texts.CLOSED)
        return self.say(texts.CLOSED_UNTIL, when=self._when(opening.next_opens))

    def _when(self, moment: datetime) -> str:
        local = moment.astimezone(self.hospital.zone)
        days = (local.date() - self._now.astimezone(self.hospital.zone).date()).days
        day = {0: self.say(texts.TODAY), 1: self.say(texts.TOMORROW)}.get(days, f"{local:%m-%d}")
        return f"{day} {local:%H:%M}"

    def _queue(self, glance: ClinicGlance) -> str:
        if glance.refusal:
            return ""
        if glance.standing.ahead == 0:
            return self.say(texts.NOBODY_WAITS)
        low, high = glance.standing.wait_minutes
        return self.say(texts.WAITING, n=glance.standing.ahead, low=low, high=high)


class ConfirmPage(Page):
    """The danger signs first, then the number. The kiosk can only raise urgency."""

    DEFAULT_CSS = """
    ConfirmPage #flags { height: 1fr; width: 1fr; padding: 0 2; text-style: bold; overflow-y: auto; }
    """

    def __init__(self, hospital: Hospital, language: Language, clinic: Clinic) -> None:
        super().__init__(hospital, language)
        self.clinic = clinic

    def compose(self) -> ComposeResult:
        """Clinic, danger signs, and the three ways on."""
        yield Static(self.say(self.clinic.name), classes="title", markup=False)
        yield Static(self.say(texts.ASK_FLAGS), classes="line strong", markup=False)
        yield Static(id="flags", markup=False)
        with Horizontal(classes="bar"):
            yield Target(self.say(texts.NO_FLAG), TakeNumber(), classes="good")
            yield Target(self.say(texts.A_FLAG), GoToEmergency(), classes="danger")
            yield Target(self.say(texts.BACK), SeeClinics(), classes="quiet")

    def on_resize(self, event: Resize) -> None:
        """One sign a line where there is room, else one paragraph."""
        flags = [self.say(flag) for flag in flags_of(self.clinic.red_flags)]
        listed = "\n".join(f"- {flag}" for flag in flags)
        roomy = event.size.height >= self.roomy_rows
        for panel in self.query("#flags").results(Static):
            panel.update(listed if roomy else " / ".join(flags))


class EntryPage(Page):
    """A number or four digits, by large keys: to report again, to check in, or to ask how long."""

    DEFAULT_CSS = """
    EntryPage .keys { layout: grid; grid-size: 6; grid-gutter: 0 1; height: 1fr; grid-rows: 1fr; }
    EntryPage .keys Tap { height: 100%; max-height: 5; min-height: 3; padding: 0 1; }
    EntryPage Big { color: $accent; height: 5; }
    EntryPage.roomy .keys { grid-gutter: 1 2; }
    """
    roomy_rows = 26

    def __init__(self, hospital: Hospital, language: Language, prefixes: Sequence[str], page: Entering) -> None:
        super().__init__(hospital, language)
        self._prefixes = prefixes[:LETTERS]
        self.entered = page.entered

    def compose(self) -> ComposeResult:
        """What has been entered, the keys, and the way back."""
        yield Static(self.say(texts.ENTER_NUMBER), classes="line strong", markup=False)
        yield Big(self.entered, largest=2, id="entered")
        with Vertical(classes="keys"):
            letters = [*self._prefixes, *[""] * LETTERS]
            rows = (("123", "delete"), ("456", "0"), ("789", "enter"))
            for index, (digits, last) in enumerate(rows):
                for key in (*letters[2 * index : 2 * index + 2], *digits):
                    yield Target(key, TypeKey(key)) if key else Static()
                yield self._last_key(last)
        with Horizontal(classes="bar"):
            yield Target(self.say(texts.BACK), SeeClinics(), classes="quiet")

    def _last_key(self, key: str) -> Target:
        if key == "delete":
            return Target(self.say(texts.DELETE), DeleteKey(), classes="quiet")
        if key == "enter":
            return Target(self.say(texts.ENTER), ReportEntry(), classes="good")
        return Target(key, TypeKey(key))

    def show(self, page: Entering) -> None:
        """Show what has been entered."""
        self.entered = page.entered
        for big in self.query("#entered").results(Big):
            big.value = page.entered


class NumberPage(Page):
    """The number, as large as the screen allows, at once; what follows stands below it."""

    DEFAULT_CSS = "NumberPage Big { color: $accent; min-height: 5; }"
    roomy_rows = 26  # the number comes before free space

    def __init__(self, hospital: Hospital, language: Language, page: ShowingNumber) -> None:
        super().__init__(hospital, language)
        self._page = page
        self.issued = page.issued

    def compose(self) -> ComposeResult:
        """Number, place in the queue, where to go, and the slip."""
        ticket, standing = self.issued.ticket, self.issued.standing
        clinic = self.hospital.clinics[ticket.clinic]
        yield Static(f"{self.say(clinic.name)} · {self.say(texts.YOUR_NUMBER)}", classes="title", markup=False)
        yield Big(ticket.number, id="number")
        if standing and standing.ahead:
            low, high = standing.wait_minutes
            told = self.say(texts.AHEAD, n=standing.ahead, low=low, high=high)
        else:
            told = self.say(texts.NEXT)
        yield Static(f"{told} · {self.say(texts.LISTEN)}", classes="line strong", markup=False)
        if clinic.route:
            yield Static(self.say(texts.GO_TO, route=self.say(clinic.route)), classes="line", markup=False)
        yield Static(self.about_slip(), id="slip", classes="line", markup=False)
        with Horizontal(classes="bar"):
            if self.issued.again:
                yield Target(self.say(texts.REPRINT), PrintAgain())
            yield Target(self.say(texts.DONE), GoHome(), classes="quiet")

    def show(self, page: ShowingNumber) -> None:
        """Show how far the slip is."""
        self._page = page
        for line in self.query("#slip").results(Static):
            line.update(self.about_slip())

    def about_slip(self) -> str:
        """Return how far the slip is, in words."""
        job, late = self._page.job, self._page.late
        if not self.issued.slip:
            return self.say(texts.KEEP_SLIP)
        number = self.issued.ticket.number
        if job and job.state in OUT:
            if job.printer == job.home:
                return self.say(texts.SLIP_READY)
            return self.say(texts.SLIP_ELSEWHERE, printer=self.hospital.printer_name(job.printer))
        in_hand = job is not None and job.state in BEGUN
        if job and not in_hand and (job.cause or not job.open):
            why = texts.PRINTER_TROUBLES.get(job.cause or "", texts.PRINTER_TROUBLE)
            return self.say(texts.SLIP_TROUBLE, why=why, number=number)
        return self.say(texts.SLIP_LATE, number=number) if late and not in_hand else self.say(texts.SLIP_COMING)


class WordPage(Page):
    """A few large words and the way back: help is coming, closed just now, out of order, please wait."""

    DEFAULT_CSS = "WordPage .words { content-align: center middle; text-align: center; height: 1fr; text-style: bold; }"

    def __init__(
        self, hospital: Hospital, language: Language, words: Text, *, back: GoHome | EnterNumber | None
    ) -> None:
        super().__init__(hospital, language)
        self.words = words
        self._back = back

    def show(self, words: Text) -> None:
        """Show other words."""
        self.words = words
        for panel in self.query(".words").results(Static):
            panel.update(self.say(words))

    def compose(self) -> ComposeResult:
        """The words."""
        yield Static(self.say(self.words), classes="words", markup=False)
        if self._back:
            with Horizontal(classes="bar"):
                yield Target(self.say(texts.BACK), self._back, classes="quiet")


class EmergencyPage(Page):
    """No number: the way to Emergency, in both languages, on red. Staff are said to know only once they do."""

    DEFAULT_CSS = """
    EmergencyPage { background: $error; }
    EmergencyPage .words { text-align: center; height: auto; width: 1fr; text-style: bold; margin: 1 0; }
    """

    def __init__(self, hospital: Hospital, language: Language, told: StaffTold) -> None:
        super().__init__(hospital, language)
        self._told = told

    def compose(self) -> ComposeResult:
        """The telephone as large as it goes, and the route, whatever language was chosen."""
        emergency = self.hospital.hospital.emergency
        yield Static(_both(texts.EMERGENCY), classes="words", markup=False)
        yield Big(emergency.phone, largest=3)
        yield Static(_both(emergency.route), classes="words", markup=False)
        yield Static(self._about_staff(), id="told", classes="line", markup=False)
        with Horizontal(classes="bar"):
            yield Target(self.say(texts.DONE), GoHome(), classes="quiet")

    def show(self, told: StaffTold) -> None:
        """Show whether staff know."""
        self._told = told
        for line in self.query("#told").results(Static):
            line.update(self._about_staff())

    def _about_staff(self) -> str:
        if self._told is StaffTold.UNKNOWN:
            return "\n"
        return _both(texts.STAFF_TOLD if self._told is StaffTold.YES else texts.STAFF_NOT_TOLD)


def _both(text: Text) -> str:
    return f"{text.zh}\n{text.en}"
