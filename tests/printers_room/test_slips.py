"""What a slip says, and that its bytes say the same to an independent reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper import Printed, read_paper

from nightdesk_printers import drawn, native
from nightdesk_printers.layout import COLUMNS, Line, columns_of, wrap
from nightdesk_printers.slips import TicketFacts, ticket_slip
from nightdesk_queue import view
from nightdesk_queue.config import Hospital
from nightdesk_queue.desk import Desk
from nightdesk_queue.language import Text
from nightdesk_queue.model import By
from nightdesk_queue.store import Store


@pytest.fixture
def facts(desk: Desk, store: Store, hospital: Hospital, evening: datetime, nurse: By) -> TicketFacts:
    for _ in range(4):
        desk.issue("tcm-night", now=evening, by=nurse)
    ticket = desk.issue("tcm-night", now=evening, by=nurse)
    standing = view.standing(store, hospital, ticket, evening)
    return TicketFacts(ticket, hospital, standing)


@pytest.mark.parametrize("paper_mm", [58, 80])
def test_a_slip_tells_everything_in_both_languages(facts: TicketFacts, paper_mm: int) -> None:
    paper = read_paper(native.render(ticket_slip(facts), paper_mm))
    joined = paper.text.replace("\n", " ")
    for words in (
        "市中医医院", "City Hospital", "中医夜间门诊", "Evening clinic", "N005", "前面还有 4 人", "4 ahead of you",
        "预计等候", "minutes", "地点：门诊楼3层东", "Where:", "取号时间：2026-03-02 18:30", "请留意叫号", "3570000",
    ):  # fmt: skip
        assert words in joined, words
    assert paper.qr == [facts.ticket.id]
    assert paper.cuts == 1
    width, height = paper.size_of("N005")
    assert height >= 4
    assert width * 4 <= COLUMNS[paper_mm]
    assert all(columns_of(line) * width <= COLUMNS[paper_mm] for line, width, _ in paper.lines)


def test_a_patient_who_chose_chinese_gets_chinese_and_one_who_chose_english_gets_both(facts: TicketFacts) -> None:
    def printed(language: str) -> Printed:
        return read_paper(
            native.render(ticket_slip(replace(facts, ticket=replace(facts.ticket, language=language))), 80)
        )

    assert "ahead of you" not in printed("zh").text
    both = printed("en").text
    assert "ahead of you" in both
    assert "前面还有" in both


def test_a_copy_is_marked_and_keeps_its_number(facts: TicketFacts) -> None:
    text = read_paper(native.render(ticket_slip(replace(facts, copy=2)), 80)).text
    assert "补打 2 / COPY 2" in text
    assert "N005" in text
    assert "COPY" not in read_paper(native.render(ticket_slip(facts), 80)).text


def test_a_slip_printed_after_the_call_no_longer_promises_a_wait(facts: TicketFacts) -> None:
    text = read_paper(native.render(ticket_slip(replace(facts, standing=None)), 80)).text
    assert "Ask at the desk" in text
    assert "ahead of you" not in text


HOSTILE = ["张\x1bp\x00三", "\x10\x04\x01李", "王\n\r\t五", "\x9b5n", "䶮㛃𠮷", "José Ñandú", "（，。：！）", "长" * 40]


@pytest.mark.parametrize("name", HOSTILE)
def test_words_from_outside_cannot_become_commands(facts: TicketFacts, name: str) -> None:
    changed = {"name": Text(zh=name, en=name), "route": Text(zh=name, en=name)}
    hospital = facts.hospital.altered(clinic=[clinic.model_copy(update=changed) for clinic in facts.hospital.clinic])
    paper = read_paper(native.render(ticket_slip(replace(facts, hospital=hospital)), 80))
    wanted = "".join(char for char in name if char.isprintable() and char != " ")
    assert wanted in paper.text.replace("\n", "").replace(" ", "")
    assert paper.asked == 0


@given(st.text(min_size=1, max_size=60), st.sampled_from([32, 48]), st.integers(1, 4))
def test_any_text_prints_as_itself_and_stays_on_the_paper(text: str, columns: int, size: int) -> None:
    mm = {32: 58, 48: 80}[columns]
    paper = read_paper(native.render((Line(text, size=size),), mm))
    printed = "".join(line for line, _, _ in paper.lines)
    kept = "".join(printed.split())
    assert all(columns_of(line) * width <= columns for line, width, _ in paper.lines)
    for char in kept:
        assert char in text


@given(st.text(alphabet="ab 中文，x", max_size=200), st.integers(4, 48))
def test_wrapping_loses_nothing_and_overflows_nowhere(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(columns_of(line) <= columns for line in lines)


@pytest.mark.parametrize("paper_mm", [58, 80])
def test_a_drawn_slip_is_as_wide_as_its_paper(facts: TicketFacts, paper_mm: int) -> None:
    lines = drawn.draw(ticket_slip(facts), paper_mm)
    assert all(drawn.columns_of_drawn(line) <= COLUMNS[paper_mm] for line in lines)
    assert any("█" in line for line in lines)
    framed = drawn.framed(lines)
    assert len({drawn.columns_of_drawn(line) for line in framed[1:-1]}) == 1
