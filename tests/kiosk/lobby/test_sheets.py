"""Danger signs on sheets, and choices in a room: each is on exactly one page, whole, and large enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from nightdesk_kiosk.lobby.pages.choosing import LEAST, MOST, arrangement, page_of
from nightdesk_kiosk.lobby.pages.keypad import letters_shown
from nightdesk_kiosk.lobby.pages.signs import sheets

SIGNS = st.lists(st.text("痛血头脚ab c", min_size=1, max_size=60).map(str.strip).filter(bool), min_size=1, max_size=14)


@given(SIGNS, st.integers(40, 160), st.integers(4, 30))
def test_every_sign_is_on_one_sheet_and_whole(signs: list[str], columns: int, rows: int) -> None:
    found = sheets(signs, columns, rows, elder=False)
    assert [(sheet.first, sheet.after) for sheet in found] == list(
        zip([0, *[sheet.after for sheet in found[:-1]]], [sheet.after for sheet in found], strict=True)
    )
    assert found[-1].after == len(signs)
    for sheet in found:
        assert all(cell_len(row) <= columns for row in sheet.rows)
        letters = sorted("".join("".join(sheet.rows).replace("- ", "").split()))
        said = sorted("".join("".join(signs[sheet.first : sheet.after]).split()))
        assert letters == said


@given(SIGNS, st.integers(40, 160), st.integers(10, 30))
def test_a_sheet_has_room_for_what_is_on_it(signs: list[str], columns: int, rows: int) -> None:
    for sheet in sheets(signs, columns, rows, elder=False):
        assert len(sheet.rows) <= rows or sheet.after == sheet.first + 1


@pytest.mark.parametrize("rows", [5, 9])
def test_signs_that_do_not_fit_together_are_on_several_sheets_side_by_side(rows: int) -> None:
    signs = [f"sign {n}" for n in range(24)]
    found = sheets(signs, 78, rows, elder=False)
    assert len(found) > 1
    shown = [word for sheet in found for row in sheet.rows for word in row.split("- ") if word.strip()]
    assert sorted(word.strip() for word in shown) == sorted(signs)


@given(st.integers(1, 30), st.integers(40, 200), st.integers(3, 40), st.booleans())
def test_choices_have_room_and_all_can_be_come_to(choices: int, columns: int, rows: int, elder: bool) -> None:
    arranged = arrangement(choices, columns, rows, elder=elder)
    assert arranged.places >= 1
    assert arranged.columns * (arranged.rows - 1) < max(MOST, 1)
    height = (rows - (arranged.rows - 1)) // arranged.rows
    assert height >= LEAST or arranged.rows == 1
    seen: list[int] = []
    first: int | None = 0
    while first is not None:
        begin, after, following = page_of(choices, first, arranged.places)
        seen += range(begin, after)
        first = following if following else None
    assert seen == list(range(choices))


@given(st.integers(1, 30), st.integers(2, 8))
def test_every_letter_can_be_come_to(count: int, places: int) -> None:
    seen: list[int] = []
    first: int | None = 0
    while first is not None:
        begin, after, following = letters_shown(count, first, places)
        seen += range(begin, after)
        assert after - begin + (following is not None) <= places
        first = following if following else None
    assert seen == list(range(count))
