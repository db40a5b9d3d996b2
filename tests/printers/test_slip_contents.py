"""What a slip says, and that its bytes say the same to an independent reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st
from looking import look
from paper import Printed, read_paper
from rich.cells import cell_len
from virtually import render_plainly

from nightdesk_ports.causes import WORDS, LineCause
from nightdesk_printers import terminal_drawing
from nightdesk_printers.fonts import Fonts, find_fonts
from nightdesk_printers.layout import COLUMNS, Line, Picture, Slip, columns_of, wrap
from nightdesk_printers.rendering import BackEnd, choose
from nightdesk_printers.slip_contents import (
    AlarmFacts,
    ListFacts,
    TicketFacts,
    alarm_slip,
    list_slip,
    ticket_slip,
    transfer_slip,
)
from nightdesk_queue.config import Hospital, Printer
from nightdesk_queue.domain.device_wording import cause_text
from nightdesk_queue.domain.event_data import NoPrinter, PrinterTrouble
from nightdesk_queue.domain.people import By
from nightdesk_queue.queries import wait_forecasts
from nightdesk_queue.store import Database, tickets
from nightdesk_queue.text.bilingual import Text

NO_FONTS = Fonts([], ask_fontconfig=False)


def on_paper(slip: Slip, paper_mm: int = 80) -> Printed:
    return read_paper(render_plainly(slip, paper_mm))


@pytest.fixture
def facts(desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By) -> TicketFacts:
    for _ in range(4):
        desk.issue("tcm-night", now=evening, by=nurse)
    ticket = desk.issue("tcm-night", now=evening, by=nurse)
    standing = wait_forecasts.standing(look(store), hospital, ticket, evening)
    return TicketFacts(ticket, hospital, standing)


@pytest.mark.parametrize("paper_mm", [58, 80])
def test_a_slip_tells_everything_in_both_languages(facts: TicketFacts, paper_mm: int) -> None:
    paper = on_paper(ticket_slip(facts), paper_mm)
    joined = paper.text.replace("\n", " ")
    for words in (
        "市中医医院", "City Hospital", "中医夜间门诊", "Evening clinic", "N005", "前面还有 4 人", "4 ahead of you",
        "预计等候", "minutes", "门诊楼3层东", "Outpatient building", "取号时间：2026-03-02 18:30", "请留意叫号",
        "3570000",
    ):  # fmt: skip
        assert words in joined, words
    assert paper.qr == [facts.ticket.id]
    assert paper.cuts == 1
    width, height = paper.size_of("N005")
    assert height >= 4
    assert width * 4 <= COLUMNS[paper_mm]
    assert all(columns_of(line) * width <= COLUMNS[paper_mm] for line, width, _ in paper.lines)


def test_a_patient_who_chose_chinese_gets_chinese_and_one_who_chose_english_gets_both(facts: TicketFacts) -> None:
    def printed(language: str) -> str:
        return on_paper(ticket_slip(replace(facts, ticket=replace(facts.ticket, language=language)))).text

    assert "ahead of you" not in printed("zh")
    assert "ahead of you" in printed("en")
    assert "前面还有" in printed("en")


def test_a_copy_is_marked_and_keeps_its_number(facts: TicketFacts) -> None:
    text = on_paper(ticket_slip(replace(facts, copy=2))).text
    assert "补打 2 / COPY 2" in text
    assert "N005" in text
    assert "COPY" not in on_paper(ticket_slip(facts)).text


def test_a_slip_printed_after_the_call_no_longer_promises_a_wait(facts: TicketFacts) -> None:
    text = on_paper(ticket_slip(replace(facts, standing=None))).text
    assert "Ask at the triage desk" in text
    assert "ahead of you" not in text


def test_a_transfer_slip_says_from_where_to_where_and_that_the_number_stays(
    desk: Desk, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    ticket = desk.issue("er", now=evening, by=nurse)
    moved = desk.transfer(ticket.id, to="tcm-night", now=evening + timedelta(minutes=20), by=nurse)
    text = on_paper(transfer_slip(TicketFacts(moved, hospital, None))).text
    joined = text.replace("\n", "")
    for words in ("转诊", "E001", "急诊预检 → 中医夜间门诊", "门诊楼3层东", "2026-03-02 18:50", "Your number stays"):
        assert words in joined, words


def test_a_list_has_every_number_of_the_day_and_what_became_of_it_and_no_name(
    desk: Desk, store: Database, hospital: Hospital, evening: datetime, nurse: By
) -> None:
    for name in ("张三丰", "李四", "王五"):
        desk.issue("tcm-night", now=evening, by=nurse, name=name)
    desk.cancel("N002", now=evening + timedelta(minutes=9), by=nurse)
    found = tickets.of_days(look(store), [evening.date()])
    text = on_paper(list_slip(ListFacts(hospital, "tcm-night", evening.date(), found, evening))).text
    assert [number for number in ("N001", "N002", "N003") if number in text] == ["N001", "N002", "N003"]
    assert "取号 3" in text
    assert "已取消" in text
    assert "18:39" in text
    assert not any(name in text for name in ("张", "李", "王"))
    empty = on_paper(list_slip(ListFacts(hospital, "tcm-night", evening.date(), [], evening))).text
    assert "没有号码" in empty


HOSTILE = [
    "张\x1bp\x00三", "\x10\x04\x01李", "王\n\r\t五", "\x9b5n", "䶮㛃𠮷", "José Ñandú", "（，。：！）", "长" * 40,
    "\x1d\x56\x00", "\u202e倒\u200b字", "e\u0301",
]  # fmt: skip


def kept(name: str) -> str:
    return "".join(char for char in name if char.isprintable() and char != " ").replace("e\u0301", "é")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("text", ["native", "raster"])
def test_words_from_outside_cannot_become_commands(facts: TicketFacts, name: str, text: str) -> None:
    changed = {"name": Text(zh=name, en=name), "route": Text(zh=name, en=name)}
    hospital = facts.hospital.changed(clinic=[clinic.changed(**changed) for clinic in facts.hospital.clinic])
    fonts = find_fonts() if text == "raster" else NO_FONTS
    paper = read_paper(render_plainly(ticket_slip(replace(facts, hospital=hospital)), fonts=fonts, text=text))
    assert paper.asked == 0
    assert paper.cuts == 1
    if text == "native":
        assert kept(name) in paper.text.replace("\n", "").replace(" ", "")
    else:
        assert paper.text.strip() == ""


def letters_of(text: str) -> str:
    """What of a text must be on paper: all but white space, controls and marks of format, each with its own accents."""
    shown = "".join(" " if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") else char for char in text)
    return "".join(unicodedata.normalize("NFC", shown).split())


@given(st.text(min_size=1, max_size=60), st.sampled_from([58, 80]), st.integers(1, 8), st.booleans())
def test_any_text_prints_as_itself_and_stays_on_the_paper(text: str, mm: int, size: int, bold: bool) -> None:
    paper = on_paper((Line(text, size=size, bold=bold),), mm)
    assert "".join(paper.text.split()) == letters_of(text)
    assert all(columns_of(line) * width <= COLUMNS[mm] for line, width, _ in paper.lines)


@given(st.text(alphabet="ab 中文，x", max_size=200), st.integers(4, 48))
def test_wrapping_loses_nothing_and_overflows_nowhere(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(columns_of(line) <= columns for line in lines)


# the printer's own font and dots complete each other -------------------------------------------------------------


def test_a_printer_of_two_byte_codes_gets_what_it_does_not_know_as_dots() -> None:
    slip = (Line("王小明"), Line("𠮷田"))
    with_fonts = read_paper(render_plainly(slip, fonts=find_fonts(), charset="gbk"))
    assert [line for line, _, _ in with_fonts.lines if line] == ["王小明"]
    assert len(with_fonts.bands) == 1
    without = read_paper(render_plainly(slip, charset="gbk"))
    assert "U+20BB7田" in without.text, "named by its code, where nothing can draw it"
    assert "?" not in without.text
    assert "𠮷田" in read_paper(render_plainly(slip)).text


def test_dots_without_a_font_leave_the_line_to_the_printer() -> None:
    paper = read_paper(render_plainly((Line("王小明"),), text="raster"))
    assert "王小明" in paper.text


def test_size_of_chinese_is_set_the_way_the_printer_knows() -> None:
    line = (Line("大字", size=2),)
    assert b"\x1c!\x0c\x1d!\x11" in render_plainly(line, chinese_size="fs")
    assert b"\x1c!" not in render_plainly(line)


def test_golden_bytes_of_a_native_slip() -> None:
    assert render_plainly((Line("号 N012", size=2, bold=True), Line("é", align="left"))) == bytes.fromhex(
        "1c261b61011b45011d2111bac5204e3031320a1b61001b45001d21001b61001b45001d2100a8a60a1b61001b45001d21001b64061d5600"
    )


Chosen = tuple[str, str, bool, BackEnd]


@pytest.mark.parametrize(
    ("device", "text", "with_fonts", "back_end"),
    [
        ("tcp://h", "auto", True, BackEnd.RASTER),
        ("usb://04b8:0e15", "auto", True, BackEnd.RASTER),
        ("serial:///dev/x?baud=115200", "auto", True, BackEnd.RASTER),
        ("serial:///dev/x?baud=9600", "auto", True, BackEnd.NATIVE),
        ("serial:///dev/x", "raster", True, BackEnd.RASTER),
        ("tcp://h", "auto", False, BackEnd.NATIVE),
        ("tcp://h", "native", True, BackEnd.NATIVE),
    ],
)
def test_the_back_end_follows_line_fonts_and_configuration_and_says_why(
    device: str, text: str, with_fonts: bool, back_end: BackEnd
) -> None:
    printer = Printer.read({"id": "p", "device": device, "text": text})
    choice = choose(printer, find_fonts() if with_fonts else NO_FONTS)
    assert choice.back_end is back_end
    assert choice.why.zh
    assert choice.why.en
    assert choice.warning is (not with_fonts and text != "native")


# drawn in a terminal ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper_mm", [58, 80])
def test_a_drawn_slip_is_as_wide_as_its_paper(facts: TicketFacts, paper_mm: int) -> None:
    lines = terminal_drawing.draw(ticket_slip(facts), paper_mm)
    assert all(cell_len(line) <= COLUMNS[paper_mm] for line in lines)
    assert any("█" in line for line in lines)
    framed = terminal_drawing.framed(lines)
    assert len({cell_len(line) for line in framed[1:-1]}) == 1


@pytest.fixture
def logo(tmp_path: Path) -> Callable[[], Path]:
    from PIL import Image

    def make() -> Path:
        image = Image.new("RGBA", (100, 50), (0, 0, 0, 0))
        image.paste((200, 0, 0, 255), (0, 0, 50, 50))
        image.save(tmp_path / "logo.png")
        return tmp_path / "logo.png"

    return make


def test_a_picture_is_black_and_white_on_every_kind_of_paper(logo: Callable[[], Path]) -> None:
    slip = (Picture(logo(), 20),)
    for text in ("native", "raster"):
        bands = read_paper(render_plainly(slip, text=text, fonts=find_fonts())).bands
        assert sum(rows for _, rows in bands) == 80, "20 mm wide, half as high, 8 dots a mm"
    lines = terminal_drawing.draw(slip, 80)
    assert any("█" in line for line in lines)


PRINTER_CAUSES = [
    "unreachable",
    "paper_out",
    "cover_open",
    "missing",
    "no_answer",
    "not_served",
    "stalled",
    *(LineCause.MISSING, LineCause.DENIED, LineCause.REFUSED),
]


@pytest.mark.parametrize("cause", PRINTER_CAUSES)
@pytest.mark.parametrize("paper_mm", [58, 80])
def test_an_alarm_tells_the_duty_room_each_cause_in_both_languages(
    hospital: Hospital, evening: datetime, cause: str, paper_mm: int
) -> None:
    troubles = (PrinterTrouble("lobby", "stopped", cause), PrinterTrouble("backup", "offline"))
    paper = on_paper(alarm_slip(AlarmFacts(hospital, NoPrinter("lobby-1", troubles), evening)), paper_mm)
    joined = re.sub(r"\s+", "", paper.text)
    words = WORDS.get(cause) or cause_text(cause)
    assert words.zh != words.en, "the cause has words"
    for text in (words, Text(zh="停止", en="stopped"), Text(zh="离线", en="offline"), hospital.hospital.name):
        assert text.zh.replace(" ", "") in joined
        assert text.en.replace(" ", "") in joined
    for id_ in ("lobby-1", "lobby", "backup", "2026-03-0218:30"):
        assert id_ in joined
