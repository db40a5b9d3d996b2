"""The plots of a report, drawn by matplotlib: who came when, and how long they waited against the limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nightdesk_kiosk.reports.sheets import P50, P90
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import Misuse
from nightdesk_queue.queries.night_report import NightReport, in_night
from nightdesk_queue.text.bilingual import Language, Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

COLOURS = ("#0b5cad", "#c2410c", "#0f766e", "#7c3aed", "#a16207", "#be185d", "#475569", "#15803d")
"""Told apart also by people who see few colours: they differ in brightness, and each bar has its name in the legend."""
ARRIVALS = Text(zh="各时段取号人数", en="Numbers issued by hour")
WAITS = Text(zh="等候时间(分)", en="Waits in minutes")
LIMIT = Text(zh="IV 级限时", en="limit of level IV")
WORDS = (ARRIVALS, WAITS, LIMIT, P50, P90)
"""Every word of the plots but names."""
HATCHES = ("", "//", "..", "xx", "\\\\", "++", "oo", "--")
NEEDS = Text(
    zh="画报告需要 matplotlib 和 jinja2：pip install 'nightdesk[reports]'；或用 --format table、csv、json",
    en="this format needs matplotlib and jinja2: pip install 'nightdesk[reports]'; or use --format table, csv or json",
)


@contextmanager
def needed() -> Iterator[None]:
    """Say which extra is missing. Raises Misuse."""
    try:
        yield
    except ImportError as error:
        raise Misuse("usage", NEEDS) from error


def draw_arrivals(
    axes: Axes, report: NightReport, hospital: Hospital, language: Language, font: FontProperties | None
) -> None:
    """Draw how many numbers each clinic issued in each hour, one upon the other."""
    hours = sorted({hour for found in report.arrivals.values() for hour in found}, key=in_night)
    bottom = [0] * len(hours)
    for place, (clinic, found) in enumerate(report.arrivals.items()):
        if not found:
            continue
        heights = [found.get(hour, 0) for hour in hours]
        axes.bar(
            range(len(hours)),
            heights,
            bottom=bottom,
            color=COLOURS[place % len(COLOURS)],
            hatch=HATCHES[place % len(HATCHES)],
            edgecolor="white",
            label=hospital.clinic_name(clinic).of(language),
        )
        bottom = [below + height for below, height in zip(bottom, heights, strict=True)]
    axes.set_xticks(range(len(hours)), [f"{hour:02d}:00" for hour in hours])
    axes.set_title(ARRIVALS.of(language), fontproperties=font, fontsize=11, loc="left")
    _finish(axes, font, legend=bool(hours))


def draw_waits(
    axes: Axes, report: NightReport, hospital: Hospital, language: Language, font: FontProperties | None
) -> None:
    """Draw the median and the ninth decile of waits at each clinic, with the limit of its ordinary level."""
    shown = [(clinic, one.now) for clinic, one in report.clinics.items() if one.now.waits]
    places = range(len(shown))
    axes.bar(
        [x - 0.2 for x in places], [one.p50 or 0 for _, one in shown], 0.4, color=COLOURS[0], label=P50.of(language)
    )
    axes.bar(
        [x + 0.2 for x in places], [one.p90 or 0 for _, one in shown], 0.4, color=COLOURS[1], hatch="//",
        edgecolor="white", label=P90.of(language),
    )  # fmt: skip
    for x, (clinic, _) in enumerate(shown):
        limit = hospital.clinics[clinic].order.overdue_minutes[4]
        axes.plot(
            [x - 0.45, x + 0.45], [limit, limit], color="black", linestyle="--", label=None if x else LIMIT.of(language)
        )
    names = [hospital.clinics[clinic].short_name.of(language) for clinic, _ in shown]
    axes.set_xticks(list(places), names, fontproperties=font, fontsize=8)
    axes.set_title(WAITS.of(language), fontproperties=font, fontsize=11, loc="left")
    _finish(axes, font, legend=bool(shown))


def _finish(axes: Axes, font: FontProperties | None, *, legend: bool) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - an extra; whoever has axes has it

    axes.spines[["top", "right"]].set_visible(False)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    if legend:
        prop = font.copy() if font else None
        if prop is not None:
            prop.set_size(8)
        # above the bars, which may be as wide and as high as the plot
        axes.legend(prop=prop, frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=3)
