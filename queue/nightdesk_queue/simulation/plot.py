"""An evening as a picture: how many wait at each clinic, minute by minute; SVG, drawn without any library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

from nightdesk_queue.config import Hospital
from nightdesk_queue.simulation.outcome import Sample
from nightdesk_queue.text.bilingual import Language, Text

WIDTH, PANEL, MARGIN, GAP = 900, 190, 60, 46
COLOURS = ("#0b5cad", "#c2410c")
WAITING = Text(zh="候诊人数", en="waiting")
TITLE = Text(zh="{hospital}：{day} 晚模拟候诊人数", en="{hospital}: patients waiting, simulated evening of {day}")
PATIENTS = Text(zh="人", en="patients")
TIME = Text(zh="时间(时:分)", en="time of day (h:min)")
HEAD = 34
"""Height of the title above all panels."""


def evening_svg(
    hospital: Hospital, clinics: Sequence[str], evenings: Sequence[tuple[str, Sequence[Sample]]], language: Language
) -> str:
    """Return the picture: a panel a clinic, a line a configuration; `evenings` are their names and samples."""
    shown = [clinic for clinic in clinics if any(one.clinic == clinic for _, samples in evenings for one in samples)]
    height = HEAD + len(shown) * (PANEL + GAP) + GAP
    svg = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}", width=str(WIDTH))
    svg.set("font-family", "sans-serif")
    svg.set("font-size", "13")
    ET.SubElement(svg, "rect", width=str(WIDTH), height=str(height), fill="white")
    every = [one for _, samples in evenings for one in samples if one.clinic in shown]
    if not every:
        return ET.tostring(svg, encoding="unicode")
    # one time axis: what happens at the same time stands below each other
    span = min(one.at for one in every), max(one.at for one in every)
    day = f"{span[0].astimezone(hospital.zone):%Y-%m-%d}"
    title = TITLE.fill(hospital=hospital.hospital.name, day=day).of(language)
    _words(svg, title, WIDTH / 2, 24, anchor="middle", weight="bold", size="17")
    for index, clinic in enumerate(shown):
        panel = ET.SubElement(svg, "g", transform=f"translate(0 {HEAD + GAP + index * (PANEL + GAP)})")
        title = f"{hospital.clinic_name(clinic).of(language)}: {WAITING.of(language)}"
        lines = [(name, [one for one in samples if one.clinic == clinic]) for name, samples in evenings]
        _panel(panel, title, lines, hospital, span)
        _words(panel, PATIENTS.of(language), WIDTH - 20, -10, anchor="end")
    _words(svg, TIME.of(language), WIDTH / 2, height - 8, anchor="middle")
    return ET.tostring(svg, encoding="unicode")


def _panel(
    panel: ET.Element,
    title: str,
    lines: Sequence[tuple[str, Sequence[Sample]]],
    hospital: Hospital,
    span: tuple[datetime, datetime],
) -> None:
    everything = [one for _, samples in lines for one in samples]
    begin, end = span
    # a multiple of four, so that the five lines stand for whole patients
    most = 4 * math.ceil(max(1, *(one.waiting for one in everything)) / 4)
    _words(panel, title, MARGIN, -10, weight="bold")
    for part in range(5):
        value = most * part / 4
        y = PANEL - PANEL * part / 4
        ET.SubElement(panel, "line", x1=str(MARGIN), x2=str(WIDTH - 20), y1=f"{y:.1f}", y2=f"{y:.1f}", stroke="#d4d4d8")
        _words(panel, f"{value:.0f}", MARGIN - 8, y + 4, anchor="end")
    for hour in _hours(begin, end, hospital):
        x = _x(hour, begin, end)
        ET.SubElement(panel, "line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1="0", y2=str(PANEL), stroke="#e4e4e7")
        _words(panel, f"{hour.astimezone(hospital.zone):%H:%M}", x, PANEL + 16, anchor="middle")
    for number, (name, samples) in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        line = {"d": _steps(samples, begin, end, most), "fill": "none", "stroke": colour, "stroke-width": "2"}
        ET.SubElement(panel, "path", line)
        if len(lines) > 1:
            _words(panel, name, WIDTH - 20, 14 + 16 * number, anchor="end", colour=colour)


def _steps(samples: Sequence[Sample], begin: datetime, end: datetime, most: int) -> str:
    path: list[str] = []
    for one in samples:
        x, y = _x(one.at, begin, end), PANEL - PANEL * one.waiting / most
        path.append(f"M{x:.1f} {y:.1f}" if not path else f"H{x:.1f}V{y:.1f}")
    return "".join(path)


def _hours(begin: datetime, end: datetime, hospital: Hospital) -> list[datetime]:
    first = begin.astimezone(hospital.zone).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return [first + timedelta(hours=n) for n in range(int((end - first) / timedelta(hours=1)) + 1)]


def _x(at: datetime, begin: datetime, end: datetime) -> float:
    span = max((end - begin).total_seconds(), 1.0)
    return MARGIN + (WIDTH - 20 - MARGIN) * (at - begin).total_seconds() / span


def _words(
    panel: ET.Element,
    words: str,
    x: float,
    y: float,
    *,
    anchor: str = "start",
    weight: str = "normal",
    colour: str = "#18181b",
    size: str | None = None,
) -> None:
    attributes = {"font-size": size} if size else {}
    attributes |= {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "font-weight": weight, "fill": colour}
    ET.SubElement(panel, "text", attributes).text = words
