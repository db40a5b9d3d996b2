"""The app all screens run in: colours of high contrast, no palette, and a clear word when the terminal is too small."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import Event, InputEvent, Key, Resize
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from nightdesk_kiosk import collector
from nightdesk_kiosk.logs import fact
from nightdesk_kiosk.widgets.ending import Ending
from nightdesk_kiosk.widgets.terminal_driver import TerminalDriver
from nightdesk_kiosk.widgets.themes import NIGHT
from nightdesk_kiosk.widgets.typed_keys import INPUT_METHOD, as_meant, of_input_method
from nightdesk_queue.domain.errors import Fault, Misuse
from nightdesk_queue.domain.records import Record
from nightdesk_queue.text.bilingual import Text


class Smallest(Record):
    """The smallest terminal an app can be used in."""

    columns: int
    rows: int

    def fits(self, columns: int, rows: int) -> bool:
        """Whether a terminal is large enough."""
        return columns >= self.columns and rows >= self.rows


SMALLEST = Smallest(80, 24)
INPUT_METHOD_SECONDS = 6.0
"""How long the word about an input method stands, and how soon it may come again."""

QUIET_SECONDS = 5.0
"""A screen nobody has touched for so long may stand still for a moment."""
LONGEST_BUSY_SECONDS = 600.0
"""One that is touched all the time stands still once in so long."""

TOO_SMALL = Text(
    zh="终端太小：现在 {columns}×{rows}，至少需要 {need_columns}×{need_rows}。请放大窗口或缩小字号。",
    en="The terminal is too small: {columns}×{rows}, at least {need_columns}×{need_rows} is needed. "
    "Enlarge the window or choose a smaller font.",
)
QUIT = Text(zh="按 Ctrl+Q 退出", en="Ctrl+Q quits")
NO_TERMINAL = Text(
    zh="{name} 需要终端(键盘和屏幕)；这里没有",
    en="{name} needs a terminal with keyboard and screen; there is none here",
)


def fits_terminal(smallest: Smallest) -> bool:
    """Whether this terminal is large enough; where there is none nothing is too small."""
    if not sys.stdout.isatty():
        return True
    size = os.get_terminal_size(sys.stdout.fileno())
    return smallest.fits(size.columns, size.lines)


def require_terminal(name: str, smallest: Smallest = SMALLEST) -> None:
    """Refuse to start a full-screen app without a terminal, or in one that is too small. Raises Misuse."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Misuse("no_terminal", NO_TERMINAL.fill(name=name))
    size = os.get_terminal_size(sys.stdout.fileno())
    if not smallest.fits(size.columns, size.lines):
        raise Misuse("terminal_too_small", too_small(size.columns, size.lines, smallest))


def terminal_name() -> str:
    """Return the short name of the terminal (`pts-3`), by which one console is told from another."""
    try:
        return os.ttyname(sys.stdout.fileno()).removeprefix("/dev/").replace("/", "-")
    except OSError:
        return "terminal"


def too_small(columns: int, rows: int, smallest: Smallest) -> Text:
    """Return the words for a terminal of a size that is not enough."""
    return TOO_SMALL.fill(columns=columns, rows=rows, need_columns=smallest.columns, need_rows=smallest.rows)


class TooSmall(ModalScreen[None]):
    """Covers the app while the terminal is too small to show it whole."""

    CSS = "TooSmall { align: center middle; background: $background; } TooSmall Static { padding: 1; }"

    def __init__(self, text: Text) -> None:
        super().__init__()
        self._text = text
        self.gone = False

    def on_screen_resume(self) -> None:
        """Uncovered by a dialog that closed: go, too, if there is room again."""
        if self.gone:
            self.dismiss(None)

    def compose(self) -> ComposeResult:
        """Both languages: nobody knows who is looking."""
        yield Static(f"{self._text.zh}\n\n{self._text.en}", id="words", markup=False)

    def say(self, text: Text) -> None:
        """Show the size there is and the size there should be."""
        self._text = text
        for words in self.query("#words").results(Static):
            words.update(f"{text.zh}\n\n{text.en}")


class NightApp(App[None]):
    """A nightdesk app without command palette; the terminal's size is watched."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False  # a finger taps; nothing on these screens is selected as text
    BINDINGS: ClassVar[list[BindingType]] = []
    HAS_KEYS: ClassVar[bool] = False
    """Whether single keys do something here, so that an input method has to be off."""

    def __init__(self, smallest: Smallest = SMALLEST) -> None:
        super().__init__(driver_class=TerminalDriver)
        self._smallest = smallest
        self.ending: Ending | None = None
        self.register_theme(NIGHT)
        self.theme = NIGHT.name
        self._input_method_told = float("-inf")
        self._touched = time.monotonic()
        self._busy_for = 0.0
        self.unforeseen: Exception | None = None
        self._cover: TooSmall | None = None

    def _handle_exception(self, error: Exception) -> None:
        """End in order on an unforeseen error; `run_to_end` reports it as a sentence. Tests see it raised."""
        if self.is_headless:
            super()._handle_exception(error)
        elif self.unforeseen is None:
            self.unforeseen = error
            self.exit(return_code=1)

    async def _on_load(self) -> None:
        """End in order when the process is told to, be it already: the terminal is given back as it was."""
        if self.ending:
            loop = asyncio.get_running_loop()

            def leave() -> None:
                # a loop that has ended already has nothing left to leave
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(self.exit)

            self.ending.on_wish(leave)

    async def on_event(self, event: Event) -> None:
        """Handle a key as it was meant; say so when an input method takes the keys."""
        if isinstance(event, InputEvent):
            self._touched = time.monotonic()
        if isinstance(event, Key) and not event.is_forwarded:
            as_meant(event)
            # a name that is typed may be Chinese
            if self.HAS_KEYS and of_input_method(event) and not self._takes_words():
                self._tell_of_input_method()
            if self.takes(event):
                event.stop()
                return
        await super().on_event(event)

    def _takes_words(self) -> bool:
        """Whether what is typed goes to a line, be it in a moment."""
        return isinstance(self.focused, Input) or (self.focused is None and bool(self.screen.query(Input)))

    def takes(self, key: Key) -> bool:
        """Whether a key is none of the screen's: it was taken before, whatever stands open."""
        return False

    def _tell_of_input_method(self) -> None:
        now = time.monotonic()
        # a sentence that was typed is many characters and needs one answer
        if now >= self._input_method_told + INPUT_METHOD_SECONDS:
            self._input_method_told = now
            words = f"{INPUT_METHOD.zh}\n{INPUT_METHOD.en}"
            self.notify(words, severity="warning", timeout=INPUT_METHOD_SECONDS, markup=False)

    def action_help_quit(self) -> None:
        """Ctrl+C does not quit; say what does."""
        self.notify(f"{QUIT.zh} / {QUIT.en}", markup=False)

    def on_ready(self) -> None:
        """Let the collector work once the first picture stands: in full only when nobody has touched it for a while."""
        if not self.is_headless:
            collector.work_on()
            quiet = collector.QuietCollector()
            self.set_interval(QUIET_SECONDS, lambda: self._collect(quiet))

    def touch(self) -> None:
        """Take note that somebody is there, who has touched neither key nor screen."""
        self._touched = time.monotonic()

    @property
    def untouched(self) -> float:
        """Seconds since somebody touched a key or the screen."""
        return time.monotonic() - self._touched

    def _collect(self, quiet: collector.QuietCollector) -> None:
        untouched = self.untouched
        self._busy_for = 0.0 if untouched >= QUIET_SECONDS else self._busy_for + QUIET_SECONDS
        if untouched >= QUIET_SECONDS or self._busy_for >= LONGEST_BUSY_SECONDS:
            self._busy_for = 0.0
            quiet.collect()

    def run_to_end(self) -> int:
        """Run until the app is left or told to end. Raises Fault("internal") for an unforeseen error."""
        fact(logging.INFO, "screen started")
        collector.rest()
        try:
            return self._run_to_end()
        except Fault as fault:
            fact(logging.ERROR, "screen failed", cause=type(fault.__cause__ or fault).__name__)
            raise
        finally:
            collector.work_on()
            fact(logging.INFO, "screen ended")

    def _run_to_end(self) -> int:
        with Ending() as self.ending:
            try:
                self.run()
            except Exception:  # what goes wrong while a terminal is taken away is no fault of the app
                if not self.ending.wished:
                    raise
        if self.ending.wished:
            return 0
        if self.unforeseen is not None:
            error = self.unforeseen
            text = Text(
                zh="界面出错：{kind}：{error}。号码都在数据库里，重新启动即可",
                en="the screen failed: {kind}: {error}. Every number is in the database; start it again",
            )
            raise Fault("internal", text.fill(kind=type(error).__name__, error=error)) from error
        return 0

    def on_resize(self, event: Resize) -> None:
        """Cover the app when it would be cut off, uncover it when there is room again."""
        text = too_small(event.size.width, event.size.height, self._smallest)
        fits = self._smallest.fits(event.size.width, event.size.height)
        if fits and self._cover is not None:
            # a dialog may have opened above the cover meanwhile; only the cover itself goes
            self._cover.gone = True
            if self.screen is self._cover:
                self._cover.dismiss(None)
            self._cover = None
        elif not fits and self._cover is None:
            self._cover = TooSmall(text)
            self.push_screen(self._cover)
        elif self._cover is not None:
            self._cover.say(text)
