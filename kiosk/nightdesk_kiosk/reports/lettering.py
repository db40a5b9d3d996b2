"""The letters of plots and sheets: a font with just those they need, cut out of the one that slips are drawn with."""

from __future__ import annotations

import string
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nightdesk_kiosk.reports import plots
from nightdesk_kiosk.reports.sheets import Sheet
from nightdesk_printers.devices.by_address import own_fonts
from nightdesk_printers.fonts import find_fonts
from nightdesk_queue.config import Hospital
from nightdesk_queue.text.bilingual import Language

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties


def letters_of(sheets: Sequence[Sheet], more: str, language: Language) -> str:
    """Return every character that a report in a language may show."""
    cells = [cell.of(language) for sheet in sheets for row in (sheet.headings, *sheet.rows) for cell in row]
    titles = [sheet.title.of(language) for sheet in sheets]
    words = [one.of(language) for one in plots.WORDS]
    return "".join([*cells, *titles, *words, more, string.printable, "−–…"])


@contextmanager
def font_for(letters: str, hospital: Hospital) -> Iterator[FontProperties | None]:
    """Give a font with these letters for as long as something is drawn; None where there is no Chinese font.

    matplotlib opens only the first face of a collection, which is not the simplified Chinese one. Raises Misuse.
    """
    with plots.needed():
        from fontTools.subset import Options, Subsetter  # noqa: PLC0415 - slow to import, and only drawing needs it
        from fontTools.ttLib import TTFont  # noqa: PLC0415
        from matplotlib.font_manager import FontProperties  # noqa: PLC0415
    face = find_fonts(own_fonts(hospital)).chinese
    if face is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="nightdesk-font-") as folder:
        file = Path(folder) / "letters.otf"
        with TTFont(face.file, fontNumber=face.index, lazy=True) as opened:
            subsetter = Subsetter(Options(layout_features=[], notdef_outline=True))
            subsetter.populate(text=letters)
            subsetter.subset(opened)
            opened.save(file)
        yield FontProperties(fname=str(file))
