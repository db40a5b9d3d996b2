"""Whether the reports that leave by themselves can: the libraries they are made with, their folder, the password.

Nothing is written and nothing is sent.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from nightdesk_kiosk.background.report_delivery import PASSWORD
from nightdesk_kiosk.diagnostics.finding import Finding
from nightdesk_kiosk.reports.plots import NEEDS
from nightdesk_queue.config import Hospital
from nightdesk_queue.text.bilingual import Text

DRAWN = frozenset({"pdf", "html"})
GOES = Text(zh="每天 {at} 送出", en="leaves every day at {at}")
NO_FOLDER = Text(zh="文件夹 {folder} 写不进", en="the folder {folder} cannot be written")
NO_PASSWORD = Text(zh="没有设置环境变量 {name}", en="the environment variable {name} is not set")


def report_findings(hospital: Hospital) -> Iterator[Finding]:
    """Yield what stands in the way of the reports, else when they leave; nothing where none are wanted."""
    table = hospital.report
    if table is None:
        return
    wrong = list(_wrong(hospital))
    for words in wrong or [GOES.fill(at=f"{table.at:%H:%M}")]:
        yield Finding("report", "report", not wrong, words)


def _wrong(hospital: Hospital) -> Iterator[Text]:
    table = hospital.report
    assert table is not None, "asked only where there is one"
    if DRAWN & set(table.formats) and not (find_spec("matplotlib") and find_spec("jinja2")):
        yield NEEDS
    if table.folder is not None:
        folder = hospital.folder / table.folder
        if not os.access(_nearest(folder), os.W_OK):
            yield NO_FOLDER.fill(folder=folder)
    if table.mail is not None and table.mail.user is not None and PASSWORD not in os.environ:
        yield NO_PASSWORD.fill(name=PASSWORD)


def _nearest(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there: it is made at the first report."""
    return next(one for one in (folder, *folder.absolute().parents) if one.exists())
