"""The hospital's pages of information: Markdown files of one folder, read when a patient asks for them."""

from __future__ import annotations

import logging

from nightdesk_kiosk.lobby.exchange import InformationPage
from nightdesk_kiosk.logs import fact
from nightdesk_queue.config import Hospital

MOST_PAGES = 12
LONGEST_BYTES = 100_000
"""Of one page; what is longer is no page that anybody reads standing."""
LONGEST_TITLE = 40


def read_pages(hospital: Hospital) -> tuple[InformationPage, ...]:
    """Return the pages by the names of their files; a file that cannot be read is left out and logged.

    The first heading is a page's title, the name of its file where it has none.
    """
    name = hospital.hospital.information
    folder = hospital.folder / name if name else None
    if folder is None or not folder.is_dir():
        return ()
    found: list[InformationPage] = []
    for file in sorted(folder.glob("*.md"))[:MOST_PAGES]:
        try:
            if file.stat().st_size > LONGEST_BYTES:
                fact(logging.WARNING, "information page too long", file=file.name)
                continue
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            fact(logging.WARNING, "information page not read", file=file.name, cause=type(error).__name__)
            continue
        found.append(InformationPage(file.stem, _title(text) or file.stem, text))
    return tuple(found)


def _title(text: str) -> str:
    heading = next((line for line in text.splitlines() if line.startswith("#")), "")
    return heading.lstrip("#").strip()[:LONGEST_TITLE]
