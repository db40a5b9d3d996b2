"""Texts that know what they were made of, and catalogues that translate them."""

from __future__ import annotations

import pickle
from string import Formatter

from hypothesis import given
from hypothesis import strategies as st

from nightdesk_queue.text.bilingual import Text, joined, same
from nightdesk_queue.text.catalogues import Catalogue, gaps_of, missing

AHEAD = Text(zh="前面 {n} 人，{wait}", en="{n} ahead of you, {wait}")
WAIT = Text(zh="{least} 到 {most} 分钟", en="{least} to {most} minutes")
MOVED = Text(zh="现在在{rooms}", en="Now in {rooms}")
ROOM = Text(zh="中医1诊室", en="Room 1")
JA = Catalogue(
    "ja",
    "日本語",
    "ja",
    {
        "{n} ahead of you, {wait}": "{wait}、前に{n}人",
        "{least} to {most} minutes": "{least}〜{most}分",
        "Now in {rooms}": "現在は{rooms}",
        "Back": "戻る",
        ", ": "、",
        "write {{field}}": "{{field}}と書く",
    },
)


def test_a_text_is_translated_as_it_was_written_and_filled_as_it_was_filled() -> None:
    filled = AHEAD.fill(n=3, wait=WAIT.fill(least=10, most=20))
    assert JA.of(filled) == "10〜20分、前に3人"
    assert (filled.zh, filled.en) == ("前面 3 人，10 到 20 分钟", "3 ahead of you, 10 to 20 minutes")
    assert JA.of(Text(zh="返回", en="Back")) == "戻る"


def test_what_has_no_translation_is_english_and_what_stands_around_it_is_not() -> None:
    assert JA.of(Text(zh="更多", en="More")) == "More"
    assert (
        JA.of(Text(zh="等 {wait}", en="Wait: {wait}").fill(wait=WAIT.fill(least=1, most=2))) == "Wait: 1 to 2 minutes"
    )
    assert JA.of(MOVED.fill(rooms=ROOM)) == "現在はRoom 1"
    assert JA.of(MOVED.fill(rooms=joined([ROOM, same("302")]))) == "現在はRoom 1、302"


def test_a_sentence_of_gaps_alone_is_the_same_in_every_language() -> None:
    between = Text(zh="{when}({day})", en="{when} ({day})")
    assert JA.of(between.fill(when="18:30", day=Text(zh="返回", en="Back"))) == "18:30 (戻る)"


def test_a_text_may_be_filled_twice() -> None:
    written = Text(zh="写 {{field}}", en="write {{field}}")
    assert JA.of(written.fill()) == "{field}と書く"
    assert JA.of(written.fill().fill(field="x")) == "xと書く"


def test_texts_that_read_the_same_are_equal_whatever_they_were_made_of() -> None:
    filled = MOVED.fill(rooms=ROOM)
    plain = Text(zh=filled.zh, en=filled.en)
    assert filled == plain
    assert len({filled, plain, joined([plain])}) == 1
    assert repr(filled) == repr(plain)
    assert not hasattr(filled, "__dict__")


def test_a_filled_text_survives_being_kept() -> None:
    kept = pickle.loads(pickle.dumps(MOVED.fill(rooms=joined([ROOM]))))
    assert kept == MOVED.fill(rooms=ROOM)
    assert JA.of(kept) == "現在はRoom 1"


def test_a_catalogue_over_another_has_what_only_the_other_has() -> None:
    own = Catalogue("ja", "日本語", texts={"Back": "前へ戻る"}, readings={"前": "まえ"})
    both = own.over(Catalogue("ja", "にほんご", "ja", JA.texts, {"前": "ぜん", "号": "ごう"}))
    assert (both.name, both.espeak) == ("日本語", "ja")
    assert both.of(Text(zh="返回", en="Back")) == "前へ戻る"
    assert both.of(WAIT.fill(least=1, most=2)) == "1〜2分"
    assert both.aloud("前の号") == "まえのごう"


def test_of_two_words_with_a_reading_the_longer_one_is_read() -> None:
    read = Catalogue("ja", "日本語", readings={"取": "と", "取得": "しゅとく", "得": "え"})
    assert read.aloud("取得、取り、得") == "しゅとく、とり、え"
    assert Catalogue("ja", "日本語").aloud("取得") == "取得"


def test_what_is_missing_is_named_as_it_was_written() -> None:
    more = Text(zh="更多", en="More")
    texts = [
        MOVED.fill(rooms=joined([ROOM, same("N012")], zh="和", en=" and ")),
        more,
        more,
        same("N012"),
        Text("", ""),
    ]
    assert missing(JA, texts) == [" and ", "Room 1", "More"]


def test_gaps_count_with_their_formats() -> None:
    assert gaps_of("{a} {b:>3} {c!r} {{d}}") == {"a", "b:>3", "c!r"}
    assert gaps_of("{a") is None


NAMES = st.sampled_from(["n", "room", "wait", "at"])
WORDS = st.text(st.sampled_from("abc，。 {}前に"), max_size=6)


@st.composite
def sentences(draw: st.DrawFn) -> tuple[str, str, str, dict[str, str]]:
    """A sentence in three languages with the same gaps in any order, and values for them."""
    names = draw(st.lists(NAMES, unique=True))

    def written() -> str:
        gaps = draw(st.permutations(names))
        return "".join(draw(WORDS).replace("{", "{{").replace("}", "}}") + f"{{{name}}}" for name in gaps) + "x"

    values = {name: draw(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)) for name in names}
    return written(), written(), written(), values


@given(sentences(), st.booleans())
def test_no_value_is_lost_and_chinese_and_english_are_as_they_were(
    made: tuple[str, str, str, dict[str, str]], nested: bool
) -> None:
    zh, en, ja, values = made
    held: dict[str, object] = {name: same(value) if nested else value for name, value in values.items()}
    filled = Text(zh=zh, en=en).fill(**held)
    assert (filled.zh, filled.en) == (zh.format(**values), en.format(**values))
    said = Catalogue("ja", "日本語", texts={en: ja}).of(filled)
    assert said == ja.format(**values)
    assert all(value in said for value in values.values())


@given(st.lists(st.tuples(WORDS, WORDS)), WORDS, WORDS)
def test_a_joined_list_reads_as_it_did_and_loses_no_part(parts: list[tuple[str, str]], zh: str, en: str) -> None:
    texts = [Text(*part) for part in parts]
    listed = joined(texts, zh, en)
    assert (listed.zh, listed.en) == (zh.join(part[0] for part in parts), en.join(part[1] for part in parts))
    assert Catalogue("ja", "日本語").of(listed) == listed.en


@given(st.text(st.sampled_from("ab{}:!")))
def test_the_gaps_of_anything_are_found_or_it_is_no_sentence(sentence: str) -> None:
    gaps = gaps_of(sentence)
    if gaps is not None:
        assert {gap.partition(":")[0].partition("!")[0] for gap in gaps} == {
            name for _, name, _, _ in Formatter().parse(sentence) if name is not None
        }
