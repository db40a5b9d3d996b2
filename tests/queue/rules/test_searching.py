"""What somebody types at the desk finds whom they mean."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lining import ticket

from nightdesk_queue.domain.tickets import State, Ticket
from nightdesk_queue.rules.searching import matching


def one(
    n: int, name: str | None = None, phone: str | None = None, state: State = State.WAITING, prefix: str = "N"
) -> Ticket:
    number = f"{prefix}{n:03}"
    return replace(ticket(n), id=number, n=n, number=number, prefix=prefix, name=name, phone=phone, state=state)


TONIGHT = [
    one(12, "王芳", "8000"),
    one(1, "王静"),
    one(120, "O’Brien, Séan"),
    one(12, "陈晓王", "0012", prefix="B"),
    one(3, "李娜", state=State.LAPSED),
    one(33, None, "1234"),
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("n12", ["N012", "N120"]),
        ("N012", ["N012", "N120"]),
        ("Ｎ０１２", ["N012", "N120"]),
        ("n 12", ["N012", "N120"]),
        ("12", ["B012", "N012", "N120"]),
        ("b", ["B012", "N120"]),
        ("王", ["N012", "N001", "B012"]),
        ("王芳", ["N012"]),
        ("séan", ["N120"]),
        ("8000", ["N012"]),
        ("234", ["N033"]),
        ("3", ["N003", "N033"]),
        ("zz", []),
        ("n9", []),
        ("0", ["N012"]),
    ],
)
def test_numbers_names_and_telephones_are_found(typed: str, found: list[str]) -> None:
    numbers = [found_.number for found_ in matching(TONIGHT, typed)]
    assert (numbers, sorted(numbers)) == (numbers, sorted(found))
    if typed in ("n12", "王芳", "12"):
        assert numbers[: len(found)] == numbers
        assert matching(TONIGHT, typed)[0].n == 12


def test_who_is_still_here_stands_before_who_has_gone() -> None:
    assert [one.number for one in matching(TONIGHT, "")][-1] == "N003"
    gone_and_here = [one(3, state=State.DONE), one(3, prefix="B")]
    assert [found.number for found in matching(gone_and_here, "3")] == ["B003", "N003"]


@given(st.text(max_size=20))
def test_whatever_is_typed_finds_some_of_tonight_and_nobody_else(typed: str) -> None:
    found = matching(TONIGHT, typed)
    assert {one.id for one in found} <= {one.id for one in TONIGHT}
    assert len({one.id for one in found}) == len(found)
