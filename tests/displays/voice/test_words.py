"""What the voice says, and how Mandarin is read."""

from __future__ import annotations

import pytest
from voicing import CALL

from nightdesk_displays.voice.pinyin import SURNAMES, read, read_masked, surnames
from nightdesk_displays.voice.words import Spoken, SpokenPage, sentence, words_of
from nightdesk_queue.text.bilingual import Text


def test_a_number_is_said_digit_by_digit_and_then_the_room() -> None:
    assert sentence(words_of(CALL, "zh"), "zh") == "请N零一二号到中医1诊室"
    assert sentence(words_of(CALL, "en"), "en") == "Number N zero one two please go to Room 1"


def test_a_masked_name_is_read_with_its_middle_hidden() -> None:
    named = Spoken("N012", "r", Text(zh="室", en="R"), "张*丰")
    assert sentence(words_of(named, "zh"), "zh").startswith("请张某丰N零一二号")
    assert "张" not in sentence(words_of(named, "en"), "en")


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        *(("单雄信", "shan4"), ("曾国藩", "zeng1"), ("尉迟恭", "yu4 chi2"), ("仇英", "qiu2"), ("王五", "wang2")),
        *(("宁浩", "ning2"), ("薄一波", "bo2"), ("撒贝宁", "sa3"), ("藏天朔", "zang1"), ("於明", "yu1")),
        *(("佴军", "nai4"), ("隗静", "wei3")),
    ],
)
def test_surnames_are_read_as_surnames(name: str, reading: str) -> None:
    assert read(name, {}, name=True).startswith(reading)


def test_a_hospitals_own_lexicon_goes_before_everything_and_digits_are_read() -> None:
    assert read("石家庄诊室", {"石家庄": "shi2 jia1 zhuang1"}).startswith("shi2 jia1 zhuang1")
    assert "yi1" in read("中医1诊室", {})
    assert len(surnames()) == len(SURNAMES.zh.split())


def test_a_page_says_who_is_wanted_where_and_no_number_that_a_patient_would_take_for_a_call() -> None:
    page = SpokenPage("bone", Text(zh="正骨门诊", en="Bone setting"))
    assert sentence(words_of(page, "zh"), "zh") == "请值班医生到正骨门诊"
    assert sentence(words_of(page, "en"), "en") == "Doctor on call, please come to Bone setting"
    assert [word.key for word in words_of(page, "zh")] == ["doctor", "clinic:bone"]


@pytest.mark.parametrize(
    ("whole", "hidden", "reading"),
    [
        ("尉迟恭", "尉*恭", "yu4 mou3 gong1"),
        ("令狐冲", "令*冲", "ling2 mou3 chong1"),
        ("单雄信", "单*信", "shan4 mou3 xin4"),
        ("那英", "那*", "na1 mou3"),
        ("王小明", "王*明", "wang2 mou3 ming2"),
    ],
)
def test_a_masked_name_is_read_as_the_whole_one_is(whole: str, hidden: str, reading: str) -> None:
    assert read_masked(whole, hidden, {}) == reading


def test_shorter_words_of_the_lexicon_count_before_a_longer_one() -> None:
    lexicon = {"单": "shan4", "重庆": "chong2 qing4"}
    assert read("单位重庆", lexicon) == "shan4 wei4 chong2 qing4"
    assert read("单某雪", {"雪": "xue3"}, name=True) == "shan4 mou3 xue3"


def test_the_letter_a_is_no_article_and_odd_digits_break_nothing() -> None:
    said = sentence(words_of(Spoken("A0²①", "r", Text(zh="室", en="Room 1")), "en"), "en")
    assert said == "Number [[eI]] zero ² ① please go to Room 1"


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("李大夫诊室", "li3 dai4 fu5 zhen3 shi4"),
        ("10号诊室", "shi2 hao4 zhen3 shi4"),
        ("2号", "er4 hao4"),
        ("12楼", "shi2 er4 lou2"),
        ("20层", "er4 shi2 ceng2"),
        ("302室", "san1 ling2 er4 shi4"),
        ("100号", "yi1 ling2 ling2 hao4"),
    ],
)
def test_words_and_numbers_are_read_as_people_say_them(text: str, reading: str) -> None:
    assert read(text, {}) == reading


@pytest.mark.parametrize(
    ("room", "said"),
    [("Room 302", "Room three zero two"), ("Room 12", "Room 12"), ("Bay 1024B", "Bay one zero two four B")],
)
def test_a_rooms_long_number_is_said_digit_by_digit_in_english(room: str, said: str) -> None:
    call = Spoken("N012", "r", Text(zh="室", en=room))
    assert sentence(words_of(call, "en"), "en").endswith(f"please go to {said}")
