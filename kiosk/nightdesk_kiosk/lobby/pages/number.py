"""The page of a number: the number, where to go, how long one waits, and the slip."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from nightdesk_kiosk.lobby import texts
from nightdesk_kiosk.lobby.messages import KeepInMind, PrintAgain
from nightdesk_kiosk.lobby.pages.base import BACK_COLUMNS, GUTTER, Page
from nightdesk_kiosk.lobby.scene import Scene
from nightdesk_kiosk.lobby.states import ShowingNumber
from nightdesk_kiosk.lobby.target import Target
from nightdesk_kiosk.lobby.wait_words import latest, wait_words
from nightdesk_kiosk.widgets.big import Big
from nightdesk_kiosk.widgets.large_words import large_words
from nightdesk_kiosk.widgets.putting import put
from nightdesk_kiosk.widgets.words import Words
from nightdesk_queue.domain.slips import BEGUN, OUT
from nightdesk_queue.text.dot_matrix import HEIGHT, scale_to_fit

TOP = 3
SLIP_ROWS = 2
PLAIN_ROWS = 2
SCALES = (4, 3, 2)
"""Sizes of the number beside which the way may be drawn, too; the way is drawn where the number stays readable."""


def divided(number: str, large: Sequence[str], columns: int, rows: int) -> tuple[int, list[int]]:
    """Return how large a number is drawn, and the rows of each of the other words that count.

    They are drawn, too, where the number stays readable; else they are plain, and the number has the room.
    """
    for scale in SCALES if large else ():
        high = -(-HEIGHT * scale // 2)
        left = rows - high - len(large)
        found = [large_words(text, columns, left // len(large), 2) for text in large]
        if all(found) and scale_to_fit(number, columns, high, scale) == scale:
            return scale, [len(drawn) for drawn in found]
    return max(SCALES) + 2, [PLAIN_ROWS for _ in large]


class NumberPage(Page):
    """The number as large as the screen allows. It goes by a target in the corner, far from where the last tap was."""

    DEFAULT_CSS = """
    NumberPage #number { color: $accent; width: 1fr; height: 1fr; min-height: 4; }
    NumberPage .where { color: $accent; margin: 1 0 0 0; }
    NumberPage .told { width: 1fr; height: auto; }
    NumberPage .line { padding: 0 1; }
    NumberPage #slip { width: 1fr; height: auto; text-align: center; text-style: bold; }
    """

    def __init__(self, scene: Scene, page: ShowingNumber) -> None:
        super().__init__(scene)
        self._page = page
        self.issued = page.issued

    def compose(self) -> ComposeResult:
        """The number, where to go, the wait, the slip."""
        ticket = self.issued.ticket
        hospital = self.scene.hospital
        name = self.say(hospital.clinic_name(ticket.clinic))
        yield self._top(f"{self.say(texts.YOUR_NUMBER)}  {name}")
        told = self._told()
        route = self.say(self.issued.route) if self.issued.route else ""
        large = [route] if route else []
        if self.scene.elder and (wait := self._wait()):
            large.append(wait)
        room = self.scene.rows - TOP - len(told) - SLIP_ROWS
        scale, heights = divided(ticket.number, large, self.scene.columns, room)
        yield Big(ticket.number, id="number", largest=scale)
        for text, rows in zip(large, heights, strict=True):
            plain = text is route and rows <= PLAIN_ROWS
            words = Words(self.say(texts.GO_TO, route=text) if plain else text, lines=2, classes="where")
            words.styles.height = rows
            yield words
        for line in told:
            yield Static(line, classes="line", markup=False)
        yield Static(self.about_slip(), id="slip", markup=False)

    def _top(self, title: str) -> Horizontal:
        done = Target(self.say(texts.KEPT_IN_MIND), KeepInMind(), lines=0, id="done")
        again = Target(self.say(texts.PRINT_AGAIN), PrintAgain(), lines=0, id="again")
        again.display = self.issued.again
        done.display = self._dismissible
        for target, columns in ((again, BACK_COLUMNS + 12), (done, BACK_COLUMNS)):
            target.styles.width, target.styles.height = columns, TOP
            target.styles.margin = (0, 0, 0, GUTTER)
        line = Horizontal(Words(title, left=True, lines=0), again, done, classes="top")
        line.styles.height = TOP
        return line

    @property
    def _dismissible(self) -> bool:
        return self._page.out or self._page.late

    def _told(self) -> list[str]:
        """Return who is ahead and how long it takes, in one line where it fits into one."""
        issued, standing = self.issued, self.issued.standing
        parts: list[str] = []
        if issued.cut_off:
            parts.append(self.say(texts.CUT_OFF))
        elif issued.doctor_minutes is not None:
            parts.append(self.say(texts.DOCTOR_COMES, n=issued.doctor_minutes))
        elif standing and standing.ahead:
            parts.append(self.say(texts.AHEAD, n=standing.ahead))
        elif standing:
            parts.append(self.say(texts.NEXT))
        if standing and issued.doctor_minutes is None:
            parts.append(self.say(texts.ABOUT, wait=wait_words(standing.wait_minutes)))
            at = latest(standing.wait_minutes, self.scene.now, self.scene.hospital.zone)
            parts.append(self.say(texts.LATEST, at=at))
        parts.append(self.say(texts.LISTEN, number=issued.ticket.number))
        return ["   ".join(parts[:-1]), parts[-1]] if parts[:-1] else parts

    def _wait(self) -> str:
        """Return the wait alone; empty where the doctor on call decides how long it is."""
        standing = self.issued.standing
        if standing is None or self.issued.doctor_minutes is not None:
            return ""
        return self.say(wait_words(standing.wait_minutes))

    def show(self, page: ShowingNumber) -> None:
        """Show how far the slip is, and let the owner go once it is out."""
        self._page = page
        for line in self.query("#slip").results(Static):
            put(line, self.about_slip())
        for target in self.query("#done").results(Target):
            target.display = self._dismissible

    def about_slip(self) -> str:
        """Return how far the slip is, in words, and what to do without one."""
        page, job = self._page, self._page.job
        if not self.issued.slip:
            return self.say(texts.KEEP_SLIP)
        if job and job.state in OUT:
            if job.printer == job.home:
                return self.say(texts.SLIP_READY)
            return self.say(texts.SLIP_ELSEWHERE, printer=self.scene.hospital.printer_name(job.printer))
        in_hand = job is not None and job.state in BEGUN
        if job and not in_hand and (job.cause or not job.open):
            why = texts.PRINTER_TROUBLES.get(job.cause or "", texts.PRINTER_TROUBLE)
        elif page.late and not in_hand:
            why = texts.PRINTER_SLOW
        else:
            return self.say(texts.SLIP_COMING)
        # staff are said to know only where an event says so
        words = texts.NO_SLIP_TOLD if page.staff_told else texts.NO_SLIP
        return self.say(words, why=why, number=self.issued.ticket.number)
