"""Onbon LED signs: the calls of the moment as Chinese text, in one area or a coloured area a line. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from nightdesk_displays import onbon
from nightdesk_displays.room_names import ambiguous
from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_displays.textsign import TextSign
from nightdesk_queue.config import Display
from nightdesk_queue.text.bilingual import Text

BROADCAST = 0xFFFE
"""The address to which every sign listens, whatever its own is."""
LINE_DOTS = 16
"""Height of a line of the sign's usual Chinese font; a half-width character is half as wide."""


class OnbonProtocol:
    """The calls of the moment as lines of Chinese text on an Onbon LED sign, an area a line where there are colours."""

    answers = True

    def __init__(self, display: Display, others: Collection[int] = (), rooms: Sequence[Text] = ()) -> None:
        self._display = display
        self._others = others
        self._receiver = onbon.Receiver()
        lines, columns_ = max(display.height // LINE_DOTS, 1), display.width * 2 // LINE_DOTS
        # a room the font has no characters for is named in English
        short = ambiguous([room.zh for room in rooms]) | ambiguous([room.en for room in rooms])
        self._sign = TextSign(lines, columns_, short, display.colours)
        # a sign that hears nothing for three repaints goes blank: better no call than a stale one
        self._timeout = min(3 * display.repaint_seconds, 0xFFFF)

    def encode(self, state: ScreenState, now: datetime) -> bytes:
        """Return the frame with the newest calls, as many as the sign has lines."""
        if not self._display.colours:
            area = self._area(self._display.height)
            return onbon.show_text(self._display.address, area, self._sign.plain(state, now))
        areas = [(self._area(LINE_DOTS, at), text) for at, text in enumerate(self._sign.coloured(state, now))]
        return onbon.show_areas(self._display.address, areas)

    def _area(self, height: int, at: int = 0) -> onbon.Area:
        return onbon.area_for(
            self._display.model,
            self._display.width,
            height,
            y=at * LINE_DOTS,
            id_=at,
            run_mode=onbon.RunMode.BLANK_AFTER_TIMEOUT,
            timeout_seconds=self._timeout,
        )

    def turns(self, state: ScreenState, now: datetime) -> bool:
        """Whether it has more to say than lines."""
        return self._sign.turns(state, now)

    def ping(self) -> bytes | None:
        """Ask whether the sign is there."""
        return onbon.frame(self._display.address, onbon.PING)

    def judge(self, received: bytes) -> str | None:
        """Return what the newest whole answer says that does not come from another sign of this line."""
        verdict = None
        for frame in self._receiver.feed(received):
            if frame.source in self._others or self._display.address not in (frame.source, BROADCAST):
                continue
            try:
                error = onbon.nak(frame)
            except onbon.FrameError:
                continue
            verdict = "ok" if error is None else f"nak_{error}"
        return verdict

    def shortens(self, call: ShownCall) -> bool:
        """Whether a call is wider than the sign, or has characters it does not know."""
        return self._sign.shortens(call)

    def says(self, call: ShownCall) -> str | None:
        """Return the longest way to say it that fits."""
        return self._sign.says(call)
