"""The console's list by itself: what it draws, what it draws anew, where its highlight goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region

from nightdesk_kiosk.console.queue_table import QueueTable
from nightdesk_kiosk.console.rows import Cell, Row, Tone
from nightdesk_queue.domain.tickets import Lane, State, Ticket
from nightdesk_queue.text.bilingual import Text

NOW = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
HEADINGS = (Text(zh="号码", en="Number"), Text(zh="姓名", en="Name"))


def row(n: int, name: str = "", tone: Tone = Tone.PLAIN) -> Row:
    ticket = Ticket(
        seq=n, id=f"T{n}", number=f"N{n:03d}", prefix="N", n=n, service_day=date(2026, 3, 2), clinic="tcm", level=4,
        state=State.WAITING, lane=Lane.FIRST, priority=(), arrived_at=NOW, queued_at=NOW,
    )  # fmt: skip
    cells = (Cell(ticket.number), Cell(name, tone))
    return Row(ticket, cells, tuple(cell_len(cell.words) for cell in cells))


class Listing(App[None]):
    def compose(self) -> ComposeResult:
        yield QueueTable()


def words(table: QueueTable, line: int) -> str:
    return table.render_line(line).text.rstrip()


async def test_headings_stay_while_the_rows_scroll_and_wide_characters_keep_the_columns() -> None:
    app = Listing()
    async with app.run_test(size=(40, 6)) as pilot:
        table = app.query_one(QueueTable)
        table.show(HEADINGS, [row(n, "黄静" if n % 2 else "O’Brien") for n in range(1, 31)], "en")
        await pilot.pause()
        assert [words(table, line) for line in range(3)] == [" Number  Name", "►N001    黄静", " N002    O’Brien"]
        table.focus()
        await pilot.press("end")
        assert (words(table, 0), words(table, 5)) == (" Number  Name", "►N030    O’Brien")
        await pilot.press("home", "pagedown")
        chosen = table.chosen()
        assert chosen is not None
        assert chosen.number == "N006"


async def test_only_lines_whose_row_is_another_are_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Region] = []
    app = Listing()
    async with app.run_test(size=(40, 12)) as pilot:
        table = app.query_one(QueueTable)
        rows = [row(n, f"P{n}") for n in range(1, 301)]
        table.show(HEADINGS, rows, "en")
        await pilot.pause()
        monkeypatch.setattr(QueueTable, "refresh", lambda _, *regions, **__: drawn.extend(regions) or table)
        table.show(HEADINGS, list(rows), "en")
        assert drawn == []
        table.show(HEADINGS, [*rows[:3], row(4, "X"), *rows[4:]], "en")
        assert [(region.y, region.height) for region in drawn] == [(4, 1)]
        drawn.clear()
        table.show(HEADINGS, [*rows[:3], row(4, "X"), *rows[4:], row(301)], "en")
        assert drawn == [], "who comes last is out of sight"


async def test_a_click_chooses_a_row_and_one_beside_the_rows_nobody() -> None:
    app = Listing()
    async with app.run_test(size=(40, 12)) as pilot:
        table = app.query_one(QueueTable)
        table.show(HEADINGS, [row(1), row(2), row(3)], "en")
        await pilot.click(QueueTable, offset=(3, 2))
        assert table.cursor_row == 1
        await pilot.click(QueueTable, offset=(3, 0))
        await pilot.click(QueueTable, offset=(3, 9))
        assert table.cursor_row == 1


@given(steps=st.lists(st.tuples(st.permutations(range(6)), st.integers(0, 6), st.sampled_from(["", "up", "down"]))))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_highlight_stays_with_its_patient_or_nobody_is_chosen(
    steps: Sequence[tuple[list[int], int, str]],
) -> None:
    app: Any = Listing()
    async with app.run_test(size=(40, 12)) as pilot:
        table = app.query_one(QueueTable)
        table.focus()
        known = {n: row(n) for n in range(6)}
        table.show(HEADINGS, [known[0]], "en")
        for order, count, key in steps:
            before = table.chosen()
            listed = [known[n] for n in order[:count]]
            table.show(HEADINGS, listed, "en")
            chosen = table.chosen()
            if before is None:
                assert chosen is None or len(listed) == 0
            else:
                assert chosen == (before if before.id in [one.ticket.id for one in listed] else None)
            if key:
                await pilot.press(key)
                assert (table.chosen() is not None) == bool(listed)
