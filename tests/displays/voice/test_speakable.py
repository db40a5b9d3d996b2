"""Words of a screen as they are said: what only eyes see is gone, numbers are said as people say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_displays.voice.pinyin import number_text
from nightdesk_displays.voice.speakable import LONGEST_PROMPT, by_language, sentences


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("您的号\nN012", ["您的号", "N 0 1 2"]),
        ("前面 2 人，大约等 10-20 分钟", ["前面两人，大约等十到二十分钟"]),
        ("最晚 03:05 左右叫到。请到 302 诊室", ["最晚三点零五分左右叫到。", "请到302诊室"]),
        ("19:00 开始", ["十九点开始"]),
        ("03:09 或 10:10", ["三点零九分或十点十分"]),
        ("10~20 人，7～9 位", ["十到二十人，七到九位"]),
        ("第 2 页，共 12 页", ["第二页，共十二页"]),
        ("2-5 人在等，105 分钟", ["两到五人在等，一百零五分钟"]),
        ("3月2日 24 小时", ["三月二日二十四小时"]),
        ("急救电话 120", ["急救电话120"]),
    ],
)
def test_chinese_is_said_as_people_say_it(words: str, said: list[str]) -> None:
    assert sentences(words, "zh") == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Your number A012. Go to Room 302", ["Your number [[eI]] 0 1 2.", "Go to Room three zero two"]),
        ("12 waiting, about 10-20 min", ["12 waiting, about 10 to 20 minutes"]),
        ("120 minutes. Telephone 120", ["120 minutes.", "Telephone one two zero"]),
        ("It costs €5, +3", ["It costs €5, +3"]),
        ("Wiped in 15 s", ["Wiped in 15 seconds"]),
        ("Latest about 03:45", ["Latest about 03:45"]),
    ],
)
def test_english_is_said_as_people_say_it(words: str, said: list[str]) -> None:
    assert sentences(words, "en") == said


def test_other_languages_are_said_as_they_are_written_but_for_ticket_numbers() -> None:
    assert sentences("A012 、10〜20ふん。\nもどる", "ja") == ["A 0 1 2 、10〜20ふん。", "もどる"]


def test_what_only_eyes_see_is_not_said_and_a_dot_in_between_is_a_pause() -> None:
    page = "┌────┐\n│ Bone clinic · Room 1 │\n└────┘\n█▀▄ → ▶ ✓ *now* [[x]] <b>{y}_z</b> \x1b[2J … done"
    assert sentences(page, "en") == ["Bone clinic, Room 1", "now x b y z , b 2J, done"]
    assert sentences("──── ★ !", "en") == []


def test_nobody_listens_to_a_book() -> None:
    assert sum(map(len, sentences("word " * 1000, "en"))) <= LONGEST_PROMPT


@pytest.mark.parametrize(
    ("sentence", "language", "parts"),
    [
        (
            "ばんごう N 0 1 2 を Bone clinic で",
            "ja",
            [("ja", "ばんごう N 0 1 2 を"), ("en", "Bone clinic"), ("ja", "で")],
        ),
        ("Go to 骨伤门诊 now", "en", [("en", "Go to"), ("zh", "骨伤门诊"), ("en", "now")]),
        ("Allez à Bone clinic", "fr", [("fr", "Allez à Bone clinic")]),
        ("请到 Room 1", "zh", [("zh", "请到"), ("en", "Room 1")]),
        (
            "行く Building 2, floor 1 へ",
            "ja",
            [("zh", "行"), ("ja", "く"), ("en", "Building 2, floor 1"), ("ja", "へ")],
        ),
        ("您的号 N012", "zh", [("zh", "您的号 N012")]),
        ("한국어 骨伤 Room", "ko", [("ko", "한국어"), ("zh", "骨伤"), ("en", "Room")]),
    ],
)
def test_a_name_in_another_script_is_said_by_the_voice_that_can_read_it(
    sentence: str, language: str, parts: list[tuple[str, str]]
) -> None:
    assert by_language(sentence, language) == parts


def test_numbers_are_written_out_to_999() -> None:
    told = [number_text(number) for number in (0, 2, 10, 12, 20, 21, 100, 105, 110, 112, 999)]
    assert told == [
        "零",
        "二",
        "十",
        "十二",
        "二十",
        "二十一",
        "一百",
        "一百零五",
        "一百一十",
        "一百一十二",
        "九百九十九",
    ]


@given(st.text(max_size=60), st.sampled_from(["zh", "en", "ja"]))
def test_anything_is_speakable_and_obeys_no_markup(words: str, language: str) -> None:
    for sentence in sentences(words, language):
        assert sentence.replace("[[eI]]", "").isprintable()
        assert not set(sentence.replace("[[eI]]", "")) & set("[]{}<>│─█")
        parts = by_language(sentence, language)
        assert parts
        assert {own for own, _ in parts} <= {language, "zh", "en"}
        kept = [char for _, text in parts for char in text if char.isalnum()]
        assert kept == [char for char in sentence if char.isalnum()]
