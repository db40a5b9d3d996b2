"""What `check` finds out about the letters of the kiosks: whether somebody who stands there can read them."""

from __future__ import annotations

from collections.abc import Iterator

from nightdesk_kiosk.diagnostics.finding import Finding
from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.rules.letters import SMALLEST_DEGREES, VIEWING_MM, Letters, letters_of
from nightdesk_queue.text.bilingual import Text

LETTERS = Text(
    zh="大写字母高 {mm} 毫米，{cm} 厘米处视角 {degrees}°",
    en="capitals are {mm} mm high, {degrees}° of view at {cm} cm",
)
FEWER_ROWS = Text(
    zh="字太小，至少要 {least}°；终端最多 {rows} 行，或设 elder = true(大字模式)",
    en="letters are too small, {least}° are needed; give the terminal at most {rows} rows, or set elder = true, which "
    "draws words larger",
)
LARGER_WORDS = Text(
    zh="字太小，至少要 {least}°；请设 elder = true(大字模式)，或换大一些的屏幕",
    en="letters are too small, {least}° are needed; set elder = true, which draws words larger, or use a larger screen",
)


def letter_findings(hospital: Hospital) -> Iterator[Finding]:
    """Yield how large the letters of each kiosk are whose screen and terminal are described."""
    for kiosk in hospital.kiosks.values():
        if kiosk.screen_mm is None or kiosk.cells is None:
            continue
        (_, height), (_, rows) = kiosk.screen_mm, kiosk.cells
        letters = letters_of(height, rows)
        text = LETTERS.fill(mm=f"{letters.mm:.1f}", degrees=f"{letters.degrees:.2f}", cm=VIEWING_MM // 10)
        yield Finding("kiosk", kiosk.id, True, text, _too_small(kiosk, letters))


def _too_small(kiosk: Kiosk, letters: Letters) -> Text | None:
    """Return what would make letters large enough; nothing where they are, or where words are drawn larger."""
    if letters.large_enough or kiosk.elder:
        return None
    words = FEWER_ROWS if letters.fewer_rows_help else LARGER_WORDS
    return words.fill(least=SMALLEST_DEGREES, rows=letters.most_rows)
