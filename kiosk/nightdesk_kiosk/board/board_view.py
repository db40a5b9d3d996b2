"""A call screen as one widget. It is given states and shows them; it reads nothing itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from nightdesk_displays.fitting import pieces
from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_displays.turns import TURN_SECONDS, at_turn, packed, rotation
from nightdesk_kiosk.board import texts
from nightdesk_kiosk.clock import Clock
from nightdesk_kiosk.widgets.big import Big
from nightdesk_kiosk.widgets.bigtext import BigText, Large
from nightdesk_kiosk.widgets.large_words import SIZES
from nightdesk_kiosk.widgets.putting import put
from nightdesk_queue.text.bilingual import Text
from nightdesk_queue.text.dot_matrix import HEIGHT, big, drawable, scale_to_fit

TICK_SECONDS = 1.0
"""How often it looks whose turn it is, and at the time; more often where turns are shorter."""
ROW_LINES = HEIGHT // 2 + 2
"""A call in the smallest large size: four lines of number and one free."""
READABLE_LINES = SIZES[-1] // 2 + 2
"""A call whose room can be read from five metres, too: the smallest Chinese, a plain line and the border below it."""
NARROW_COLUMNS = 100
"""Below so many the number takes what it needs, and the room all the rest: five characters are as wide as that."""
FRESH_SECONDS = 10.0
FOLLOWING_LINES = 5
"""Lines of the numbers that follow: on a screen of 24 rows, 30 cm high, their figures have five centimetres."""
LEAST_FOR_FOLLOWING = 22
"""Lines of a screen from which the numbers that follow may take so many."""
GAP = "  "
NOTICE_LINES = 4
"""How many lines of notices are shown at a time; more take turns."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
TEST_CALLS = tuple(
    ShownCall(label, label, texts.TEST, NEVER, called, 1) for label, called in (("888888", True), ("A1B2", False))
)
"""What a board shows while a person tests it: every segment, both colours, both languages."""


class CallRow(Horizontal):
    """One call: the number as large as fits, the room as large as fits beside it, or below it where nothing else is
    called: one call fills the screen. English stands below the Chinese where there is room for both, else after it.
    """

    DEFAULT_CSS = """
    CallRow { height: 1fr; min-height: 4; border-bottom: solid $panel; }
    CallRow Big, CallRow .name { width: 2fr; color: $foreground; }
    CallRow BigText { width: 3fr; color: $foreground; }
    CallRow.alone { layout: vertical; }
    CallRow.alone Big, CallRow.alone .name, CallRow.alone BigText { width: 1fr; height: 1fr; }
    CallRow.called Big { color: $accent; }
    CallRow.called BigText { color: $accent; }
    CallRow.fresh { background: $panel; }
    CallRow.narrow BigText { width: 1fr; padding: 0; }
    """

    def __init__(self, call: ShownCall, *, fresh: bool, alone: bool, narrow: bool) -> None:
        super().__init__()
        self.call = call
        self._narrow = narrow and not alone
        self.set_class(alone, "alone")
        self.set_class(call.called, "called")
        self.set_class(fresh, "fresh")
        self.set_class(self._narrow, "narrow")

    def compose(self) -> ComposeResult:
        """Number and room."""
        label, number = self.call.label, self.call.number
        if drawable(label):
            number_drawn = Big(label)
            if self._narrow:
                number_drawn.styles.width = len(big(label, 1)[0]) + 1
            yield number_drawn
        else:
            # a masked name: the number below it, so that nobody has to guess
            yield BigText(Large(label, number), f"{label}\n{number}", classes="name")
        word = texts.PLEASE if self.call.called else texts.INSIDE
        room = self.call.room
        reason = texts.REASON.fill(why=self.call.reason) if self.call.reason else Text("", "")
        zh, en = f"{word.zh} {room.zh}{reason.zh}", f"{word.en} {room.en}{reason.en}"
        # the room is for the far end of the hall; the words around it stand below, with the room in the other language
        yield BigText(
            Large(room.zh, f"{word.zh}{reason.zh} · {en}"),
            f"{zh}\n{en}",
            also=Large(room.en, f"{zh} · {word.en}{reason.en}"),
        )


class BoardView(Vertical):
    """Calls newest first, then who should get ready. Without data for too long it says so instead of an old call."""

    DEFAULT_CSS = """
    BoardView { background: $background; }
    BoardView #head { height: 1; background: $panel; text-style: bold; }
    BoardView #hospital { width: 1fr; padding: 0 1; text-style: bold; }
    BoardView #time { width: 8; text-style: bold; color: $accent; }
    BoardView #calls { height: 1fr; }
    BoardView #following { height: 5; background: $panel; color: $accent; width: 1fr; }
    BoardView #next { height: 1; background: $panel; width: 1fr; text-align: center; text-style: bold; }
    BoardView #notice { height: auto; max-height: 4; width: 1fr; text-align: center; text-style: bold; }
    BoardView #notice { background: $warning; color: $background; }
    BoardView #notice.page { background: $error; color: $foreground; }
    BoardView .words { height: 1fr; width: 1fr; content-align: center middle; text-align: center; text-style: bold; }
    """

    def __init__(
        self,
        clock: Clock,
        zone: ZoneInfo,
        *,
        silence_seconds: float | None = None,
        waiting_for: Text | None = None,
        turn_seconds: float = TURN_SECONDS,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.clock = clock
        self.zone = zone
        self.silence_seconds = silence_seconds
        self.state: ScreenState | None = None
        self._hospital = Static(id="hospital", markup=False)
        self._time = Static(id="time", markup=False)
        self._notice = Static(id="notice", markup=False)
        self._calls = Vertical(id="calls")
        self._next = Static(id="next", markup=False)
        self._following = Big(id="following", largest=2)
        """The numbers that follow, as large as they have to be to be read from five metres."""
        self._parts = (self._hospital, self._time, self._notice, self._calls, self._next, self._following)
        self._waiting_for = waiting_for or texts.NOBODY
        self._turn_seconds = turn_seconds
        self._heard = time.monotonic()
        self._heard_at: datetime | None = None
        self._silent = False
        self._lost = False
        self._pages_heard: tuple[Text, ...] = ()
        self._seen: dict[tuple[str, datetime], float] = {}
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """Hospital and time, the calls, who is next."""
        with Horizontal(id="head"):
            yield self._hospital
            yield self._time
        yield self._notice
        yield self._calls
        yield self._next
        yield self._following

    def on_mount(self) -> None:
        """Say what it waits for until the first state comes."""
        self.set_interval(min(TICK_SECONDS, self._turn_seconds / 2), self._tick)
        self._notice.display = False
        if self.state:
            self._draw()
        else:
            self._show_words(self._waiting_for)

    def show(self, state: ScreenState) -> None:
        """Show a state, just received."""
        self._heard, self._heard_at = time.monotonic(), self.clock.now()
        self._silent = False
        if state != self.state or self._lost or not self.query(CallRow):
            self._lost = False
            self.state = state
            self._shown = ()
            if self.is_mounted:
                self._draw()

    def lost(self, why: Text) -> None:
        """The source is away: say so at once; after a while `_tick` clears the old calls as well."""
        if not self._whole:
            return
        if self.state is None:
            self._show_words(why)
        else:
            self._lost = True
            self._next.update(f"{why.zh}  {why.en}")

    def on_resize(self) -> None:
        """Show as many calls as there is room for."""
        self._shown = ()
        if self.state and not self._silent:
            self._draw()

    @property
    def _whole(self) -> bool:
        """Whether its parts are there: they come after it and go before it, and states come at any time."""
        return self.is_mounted and all(part.is_attached for part in self._parts)

    def _draw(self) -> None:
        """Draw what has its turn now, if that is not what stands there already."""
        state = self.state
        if state is None or not self._whole:
            return
        put(self._hospital, _both(state.hospital))
        following = self._show_following(state.next_up)
        notices = self._show_notices(state)
        calls = TEST_CALLS if state.testing else self._at_turn(state.calls, self.size.height - 2 - notices - following)
        shown = (calls, state.testing)
        if shown == self._shown:
            return
        self._shown = shown
        if calls:
            self._mount(calls)
        else:
            self._show_words(texts.NOBODY)

    def _show_following(self, numbers: Sequence[str]) -> int:
        """Show the numbers that follow, as many as are readable; return the lines the large ones take."""
        most = next((n for n in range(len(numbers), 0, -1) if self._fits(numbers[:n])), 0)
        large = most if self.size.height >= LEAST_FOR_FOLLOWING else 0
        self._following.display = large > 0
        self._following.value = GAP.join(numbers[:large])
        words = f"{texts.NEXT.zh} {texts.NEXT.en}" if numbers else ""
        put(self._next, words if large or not numbers else f"{words}:  {'  '.join(numbers)}")
        return FOLLOWING_LINES if large else 0

    def _fits(self, numbers: Sequence[str]) -> bool:
        text = GAP.join(numbers)
        return drawable(text) and scale_to_fit(text, self.size.width, FOLLOWING_LINES) > 0

    def _at_turn(self, calls: Sequence[ShownCall], lines: int) -> tuple[ShownCall, ...]:
        """Return the calls that have their turn: all in large letters, new ones more often; else who is inside."""
        places = max(lines // (READABLE_LINES if lines >= 2 * READABLE_LINES else ROW_LINES), 1)
        now = time.monotonic()
        self._seen = {key: self._seen.get(key, now) for key in ((call.number, call.at) for call in calls)}
        called = [call for call in calls if call.called]
        if len(called) <= places:
            return (*called, *(call for call in calls if not call.called))[:places]
        fresh = [[[call]] for call in called if self._is_fresh(call)]
        standing = [[[call]] for call in called if not self._is_fresh(call)]
        tellings = rotation(packed(fresh, places), packed(standing, places), [], [])
        screens = [screen for telling in tellings for screen in telling]
        return tuple(at_turn(screens, datetime.now(UTC), self._turn_seconds) or ())

    def _is_fresh(self, call: ShownCall) -> bool:
        # by when it was first seen here: another machine's clock may differ
        since = self._seen.get((call.number, call.at), 0.0)
        return call.called and time.monotonic() - since < FRESH_SECONDS

    def _show_notices(self, state: ScreenState) -> int:
        """Show pages for the doctor on call, else notices about clinics, in turn; return how many lines that takes."""
        urgent = bool(state.pages)
        told = [[pieces(_both(words), max(self.size.width, 1))] for words in state.pages or state.notices]
        screens = [screen for telling in packed(told, NOTICE_LINES) for screen in telling]
        lines = at_turn(screens, datetime.now(UTC), self._turn_seconds) or []
        panel = self._notice
        panel.display = bool(lines)
        panel.set_class(urgent, "page")
        put(panel, "\n".join(lines))
        if urgent and state.pages != self._pages_heard:
            # a terminal's one sound: the doctor on call may not be looking
            self.app.bell()
        self._pages_heard = state.pages
        return max(map(len, screens), default=0)

    def _mount(self, calls: Sequence[ShownCall]) -> None:
        alone, narrow = len(calls) == 1, self.size.width < NARROW_COLUMNS
        rows = [CallRow(call, fresh=self._is_fresh(call), alone=alone, narrow=narrow) for call in calls]
        holder = self._calls
        with self.app.batch_update():
            holder.remove_children()
            holder.mount_all(rows)

    def _show_words(self, words: Text) -> None:
        holder = self._calls
        with self.app.batch_update():
            holder.remove_children()
            holder.mount(Static(f"{words.zh}\n\n{words.en}", classes="words", markup=False))

    def _tick(self) -> None:
        if not self._whole:
            return
        put(self._time, f"{self.clock.now().astimezone(self.zone):%H:%M}")
        silent = self.silence_seconds is not None and time.monotonic() - self._heard > self.silence_seconds
        if silent and not self._silent and self._heard_at:
            self._silent = True
            at = f"{self._heard_at.astimezone(self.zone):%H:%M}"
            self.query_one("#next", Static).update("")
            self._following.display = False
            # an old notice may be as wrong as an old call
            self.query_one("#notice", Static).display = False
            self._shown = ()
            self._show_words(texts.NO_DATA_SINCE.fill(at=at))
        elif self.state and not self._silent and not self._lost:
            self._draw()
        for row in self._calls.children:
            if isinstance(row, CallRow):
                row.set_class(self._is_fresh(row.call), "fresh")
        # twice as often as calls take turns, so that each call is seen in both languages
        turn = int(datetime.now(UTC).timestamp() // (self._turn_seconds / 2))
        for words in self._calls.query(BigText):
            words.take_turn(turn)


def _both(text: Text) -> str:
    return f"{text.zh}   {text.en}"
