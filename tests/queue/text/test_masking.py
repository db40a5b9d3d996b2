"""A masked name hides at least one character of the name, however it was typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_queue.text.cleaning import masked, shows_nothing


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三丰", "张*丰"),
        ("张三", "张*"),
        ("欧阳锋", "欧*锋"),
        ("张　三", "张*"),
        ("张 三 丰", "张*丰"),
        ("𠮷 野", "𠮷*"),
        ("张\u200b三", "张*"),
        ("佳", "*"),
        ("佳2", "*2"),
        ("张三先生", "张*先生"),
        ("张三 女士", "张*女士"),
        ("王先生", "*先生"),
        ("李大夫", "*大夫"),
        ("先生", "先*"),
        ("张三(孕)", "张*"),
        ("佳（陪同）", "*"),
        ("买买提·艾合买提", "买**·***提"),
        ("John Smith", "J*** ****h"),
        ("Mr Li", "L*"),
        ("Dr. X", "*"),
        ("Mrs Dr Wu", "W*"),
        ("José", "J**é"),
        ("e\u0301a\u0300", "é*"),
        ("123", "*"),
        ("", "*"),
    ],
)
def test_what_is_shown_of_a_name(name: str, shown: str) -> None:
    assert masked(name) == shown


names = st.text(st.sampled_from("张三丰佳阿é·-. \u3000\u200b\u0301(（aBz12先生女士"), max_size=10) | st.text(max_size=8)


@given(names)
def test_no_name_is_ever_shown_whole_and_never_more_than_two_of_its_letters(name: str) -> None:
    def letters(text: str) -> str:
        return "".join(char for char in unicodedata.normalize("NFC", text) if char.isalpha())

    shown = masked(name)
    assert "*" in shown
    own = shown
    for title in ("先生", "女士"):
        own = own.removesuffix(title)
    assert len(letters(own)) <= 2
    if letters(name):
        assert len(letters(own)) < len(letters(name))


@pytest.mark.parametrize(("name", "nothing"), [("佳", True), ("王先生", True), ("张三", False), ("Li", False)])
def test_a_name_of_one_character_tells_nobody_that_they_are_meant(name: str, *, nothing: bool) -> None:
    assert shows_nothing(masked(name)) is nothing
