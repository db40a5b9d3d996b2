"""Little room: a number is never broken, a room never becomes another, and every call is read whole in its turns."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightdesk_displays.fitting import columns, fits, flows, pieces, ways
from nightdesk_displays.protocols import protocol_for
from nightdesk_displays.room_names import ambiguous, forms, in_ascii, number_of
from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_displays.textsign import TextSign
from nightdesk_displays.turns import TURN_SECONDS
from nightdesk_displays.virtual.sign import VirtualSign
from nightdesk_queue.config import Display
from nightdesk_queue.text.bilingual import Text

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
LONG_AGO = AT - timedelta(minutes=2)
HOSPITAL = Text(zh="市中医医院", en="City Hospital")


def call(number: str, zh: str, en: str = "Room", *, at: datetime = LONG_AGO, why: str | None = None) -> ShownCall:
    return ShownCall(number, number, Text(zh, en), at, True, 1, Text(why, why) if why else None)


def display(protocol: str, **settings: object) -> Display:
    return Display.read({"id": "s", "port": "x", "protocol": protocol} | settings)


# names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shorter"),
    [
        ("中医1诊室", ["中医1室", "1诊室", "1室", "1"]),
        ("2号楼13诊室", ["2-13诊室", "2-13室", "2-13"]),
        ("十二诊室", ["十二室", "十二"]),
        ("A区3诊室", ["A-3诊室", "A-3室", "A-3"]),
        ("3诊室(2楼)", ["3-2"]),
        ("１２诊室", ["１２室", "１２"]),
        ("清创室", []),
        ("Pelvic floor room 3", ["room 3", "3"]),
        ("Room 3 (2nd floor)", ["3-2"]),
        ("Room 12B", ["12B"]),
        ("Chinese medicine room 12b", ["room 12b", "12b"]),
        ("Counter 3-b", ["3-b"]),
        ("廿一诊室", ["廿一室", "廿一"]),
        ("内科Ⅱ区3诊室", ["Ⅱ-3诊室", "Ⅱ-3室", "Ⅱ-3"]),
        ("Plaster room", []),
    ],
)
def test_a_room_is_shortened_to_what_tells_it_from_another(name: str, shorter: list[str]) -> None:
    found = list(dict.fromkeys(forms(name)))
    assert found[0] == name
    assert [form for form in found[1:] if form in shorter] == shorter
    marks = re.findall("[0-9]+b?|[十二廿一]+|[０-９]+|Ⅱ", name)
    assert all(mark in form for form in found for mark in marks)


@pytest.mark.parametrize(
    ("name", "all_"),
    [
        ("2号楼13治疗室", ["2号楼13治疗室", "2号楼13室", "2-13治疗室", "2-13室", "2-13"]),
        ("3无菌操作间", ["3无菌操作间", "3间", "3"]),
        ("中医1诊室", ["中医1诊室", "中医1室", "1诊室", "1室", "1"]),
    ],
)
def test_of_a_chinese_tail_of_any_length_the_last_character_stays(name: str, all_: list[str]) -> None:
    assert list(dict.fromkeys(forms(name))) == all_


def test_a_short_name_that_two_rooms_would_have_is_used_for_neither() -> None:
    shared = ambiguous(["东区3诊室", "西区3诊室", "中医2诊室", "中医2诊室"])
    assert {"3诊室", "3室", "3"} <= shared
    assert "2诊室" not in shared
    said = list(ways(call("N012", "东区3诊室"), "zh", shared))
    assert all("东区3" in one for one in said), "3诊室 alone would be either"


@pytest.mark.parametrize(
    ("zh", "en", "ascii_", "number"),
    [
        ("中医1诊室", "Room 1", "Room 1", "1"),
        ("三诊室", "三诊室", "3", "3"),
        ("二十一诊室", "第二十一诊室", "21", "21"),
        ("一百零二室", "一百零二室", "102", "102"),
        ("十室", "十室", "10", "10"),
        ("廿一诊室", "廿一诊室", "21", "21"),
        ("一千零一室", "一千零一室", "1001", "1001"),
        ("壹拾贰室", "壹拾贰室", "12", "12"),
        ("二〇三室", "二〇三室", "203", "203"),
        ("１２诊室", "１２诊室", "12", "12"),
        ("清创室", "清创室", "?", ""),
        ("x", "Room 3 (2nd floor)", "Room 3 (2nd floor)", "3"),
        ("x", "Building 2 Room 12", "Building 2 Room 12", "12"),
        ("x", "Room 3, floor 2", "Room 3, floor 2", "3"),
    ],
)
def test_a_device_that_knows_no_chinese_is_told_the_number_of_the_room(
    zh: str, en: str, ascii_: str, number: str
) -> None:
    room = Text(zh, en)
    if en.isascii():
        assert in_ascii(room) == ascii_
    else:
        assert in_ascii(room).replace("??", "?").startswith(ascii_)
    assert number_of(room) == number


@pytest.mark.parametrize(
    ("zh", "en", "kept"), [("清创3室", "Café 12B", "12B"), ("3诊室", "Zürich 7", "7"), ("3诊室", "é", "3")]
)
def test_an_english_name_with_other_letters_keeps_its_own_marks(zh: str, en: str, kept: str) -> None:
    """The Chinese name is asked only where the English one has none: it may be numbered otherwise."""
    said = in_ascii(Text(zh, en))
    assert said.isascii()
    assert said.split("-")[-1] == kept


# lines -----------------------------------------------------------------------------------------------------------


@given(st.text(alphabet="N012 诊室A十", min_size=1, max_size=40), st.integers(2, 24))
def test_only_what_is_wider_than_a_line_is_broken_itself(text: str, width: int) -> None:
    lines = pieces(text, width)
    assert all(0 < columns(line) <= width for line in lines)
    words = re.findall("[N012A]+", text)
    if all(len(word) <= width for word in words) and not re.search("[N012A]十|十[N012A]|十十", text):
        assert re.findall("[N012A]+", "\n".join(lines)) == words
    if flows(text, width):
        assert "".join(lines) == text


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        # a blank alone is one column: three do not fit behind ab, and what follows must not move up to it
        ("ab   cd", 4, ["ab", "cd"]),
        ("ab\t\t\tcd", 4, ["ab", "cd"]),
        # nor do they take columns of the next line
        ("abc   de fg", 5, ["abc", "de fg"]),
        ("abcde\tfg hi", 5, ["abcde", "fg hi"]),
        ("abcd  ef g", 4, ["abcd", "ef g"]),
        # those that fit stay
        ("a  b", 4, ["a  b"]),
        ("a\tb", 4, ["a\tb"]),
        ("诊室  1", 7, ["诊室  1"]),
        ("  ab  ", 4, ["ab"]),
    ],
)
def test_white_space_that_does_not_fit_opens_a_new_line_and_takes_no_room_there(
    text: str, width: int, lines: list[str]
) -> None:
    assert pieces(text, width) == lines


def test_what_goes_first_is_the_reason_then_the_polite_words() -> None:
    said = call("N012", "中医1诊室", why="军")

    def best(width: int) -> str:
        return next(text for text in ways(said, "zh") if fits(text, width, 1))

    assert best(99) == "请N012号到中医1诊室(军)"
    assert best(20) == "请N012号到中医1诊室"
    assert best(16) == "N012到中医1诊室"
    assert best(13) == "N012 中医1室"
    assert best(11) == "N012 1诊室"
    assert best(8) == "N012 1室"
    assert best(6) == "N012 1"


# signs -----------------------------------------------------------------------------------------------------------

room_names = st.sampled_from(
    ["中医1诊室", "中医11诊室", "产后康复1诊室", "产后康复1室", "2号楼3诊室", "2号楼13诊室", "12号楼3诊室", "十二诊室",
     "二诊室", "清创室", "换药室", "3诊室(2楼)", "101诊室", "A区3诊室", "B区3诊室", "１２诊室"]
)  # fmt: skip
calls = st.lists(
    st.tuples(st.from_regex(r"\A[A-Z]{1,2}[0-9]{3}\Z"), room_names, st.booleans()),
    max_size=6,
    unique_by=(lambda one: one[0], lambda one: one[1]),
)
pages = st.lists(st.sampled_from(["请值班医生到正骨：B012，18:30，第 1 次"]), max_size=1)
notices = st.lists(st.sampled_from(["针灸科移至2号楼13诊室", "台风——停诊·明天见", "䶮科停诊"]), max_size=2, unique=True)


@settings(max_examples=60)
@given(calls, pages, notices, st.integers(5, 30), st.integers(1, 4), st.booleans())
def test_on_a_sign_of_any_size_all_is_said_and_nothing_else(
    called: list[tuple[str, str, bool]], paged: list[str], told: list[str], width: int, lines: int, colours: bool
) -> None:
    rooms = [Text(room, "Room") for _, room, _ in called]
    settings = {"width": width * 8, "height": lines * 16, "colours": colours}
    protocol = protocol_for(display("onbon", **settings), rooms=rooms)
    shown = tuple(call(number, room, at=AT if new else LONG_AGO) for number, room, new in called)
    state = ScreenState(
        HOSPITAL, shown, ("N900",), tuple(Text(one, "Closed") for one in told), tuple(Text(one, one) for one in paged)
    )
    sign = VirtualSign("onbon")
    screens = []
    for turn in range(240):
        sign.feed(protocol.encode(state, AT - timedelta(seconds=2) + timedelta(seconds=TURN_SECONDS * turn)))
        screens.append([line for line in sign.lines if line])
    assert all(len(screen) <= lines and all(columns(line) <= width for line in screen) for screen in screens)
    known = {number for number, _, _ in called} | {"N900", "B012"}
    for line in {line for screen in screens for line in screen}:
        assert set(re.findall("[A-Z]{1,2}[0-9]+", line.replace("A-3", "").replace("B-3", ""))) <= known, line
    whole = ["".join(screen).replace(" ", "") for screen in screens]
    for number, room, _ in called:
        assert any(number in one for one in whole), number
        # what stands behind the number, in all its turns, is the room whole or by marks no other room has
        assert _named(number, room, [other for _, other, _ in called], whole, screens), (number, room, screens[:8])
    lines_seen = {line for screen in screens for line in screen}
    for text in (*paged, *(one if one != "䶮科停诊" else "Closed" for one in told)):
        for piece in pieces(text, width):
            assert piece.replace("—", "―").replace("·", "・") in lines_seen, text


def _named(number: str, room: str, others: list[str], whole: list[str], screens: list[list[str]]) -> bool:
    own = [form for form in forms(room) if form == room or form not in ambiguous(others)]
    if any(number in one and any(form in one for form in own) for one in whole):
        return True
    # in parts: with the number in each turn, or on a sign of one line behind it
    parts = [
        part
        for at, one in enumerate(screens)
        for part in (one if number in "".join(one) else screens[at] if _follows(number, screens, at) else [])
    ]
    joined = "".join(part.replace("…", "") for part in parts if number not in part)
    return any(form in joined.replace(number + "到", "") for form in own)


def _follows(number: str, screens: list[list[str]], at: int) -> bool:
    return any(number in "".join(screens[before]) for before in range(max(at - 6, 0), at))


def test_the_second_of_two_calls_keeps_its_room() -> None:
    sign = TextSign(4, 8)
    state = ScreenState(HOSPITAL, (call("B003", "产后康复1室"), call("N052", "中医2室")), ())
    assert sign.plain(state, AT) == "B003 1室\nN052到中医2室"


def test_a_call_that_never_fits_is_said_in_turns_with_its_number_in_each() -> None:
    rooms = ambiguous(["产后康复1诊室", "中医1诊室"])
    sign = TextSign(2, 8, rooms)
    state = ScreenState(HOSPITAL, (call("AB003", "产后康复1诊室"),), ())
    turns = {sign.plain(state, AT + timedelta(seconds=TURN_SECONDS * at)) for at in range(4)}
    assert turns == {"AB003到\n产后康…", "AB003到\n…复1室"}
    assert sign.turns(state, AT)


@pytest.mark.parametrize(
    ("width", "lines", "room"),
    [(5, 2, "内科二十一"), (8, 1, "一百二十一诊室"), (8, 2, "2号楼B1-1013诊室"), (4, 2, "东区101诊室")],
)
def test_a_part_of_a_room_is_never_taken_for_a_room(width: int, lines: int, room: str) -> None:
    others = [room, room.replace("东", "西"), room.replace("内", "外")]
    sign = TextSign(lines, width, ambiguous(others))
    state = ScreenState(HOSPITAL, (call("N001", room),), ())
    seen = [sign.plain(state, AT + timedelta(seconds=TURN_SECONDS * at)) for at in range(12)]
    own = list(forms(room))
    apart = [screen for screen in seen if not any(form in screen.replace("\n", "") for form in own)]
    parts = {line for screen in apart for line in screen.split("\n") if "N001" not in line}
    assert all(part.startswith("…") or part.endswith("…") or part in own for part in parts), parts
    whole = [screen.replace("\n", "").replace(" ", "") for screen in seen]
    assert _named("N001", room, others, whole, [screen.split("\n") for screen in seen]), seen
    assert all(columns(line) <= width for screen in seen for line in screen.split("\n"))


def test_a_number_wider_than_the_sign_is_never_parted() -> None:
    sign = TextSign(2, 4)
    state = ScreenState(HOSPITAL, (call("N1012", "3诊室"),), ())
    seen = {sign.plain(state, AT + timedelta(seconds=TURN_SECONDS * at)) for at in range(4)}
    assert all(screen.startswith("1012") for screen in seen), seen
    assert any("3" in screen for screen in seen), "the room is said, too"


def test_a_5k_sign_breaks_lines_where_we_do_whatever_its_width() -> None:
    for width in (52, 62, 129):
        protocol = protocol_for(display("onbon", model="5k", width=width, height=48))
        sign = VirtualSign("onbon")
        shown = (call("N777", "1013诊室"), call("AB012", "12诊室"))
        seen = set()
        for turn in range(4):
            sign.feed(protocol.encode(ScreenState(HOSPITAL, shown, ()), AT + timedelta(seconds=TURN_SECONDS * turn)))
            assert all(columns(line) <= width // 8 for line in sign.lines)
            text = "\n".join(sign.lines)
            assert "1013" in text or "N777" not in text
            seen |= {number for number in ("N777", "AB012") if number in text}
        assert seen == {"N777", "AB012"}


def test_a_new_call_stands_out_by_colour_or_by_standing_alone_every_second_turn() -> None:
    new, old = call("N002", "中医2诊室", at=AT), call("N001", "中医1诊室")
    state = ScreenState(HOSPITAL, (new, old), ())
    plain, coloured = TextSign(2, 24), TextSign(2, 24, colours=True)
    moments = [AT + timedelta(seconds=TURN_SECONDS * at) for at in (0, 1)]
    assert {plain.plain(state, moment) for moment in moments} == {
        "请N002号到中医2诊室",
        "请N002号到中医2诊室\n请N001号到中医1诊室",
    }
    assert plain.turns(state, AT)
    assert not plain.turns(state, AT + timedelta(minutes=1))
    assert not coloured.turns(state, AT)


def test_an_idle_sign_shows_a_whole_clock_and_by_turns_who_is_next() -> None:
    state = ScreenState(HOSPITAL, (), ("N013",), clock="18:30")
    one_line = TextSign(1, 16)
    assert [one_line.plain(state, AT + timedelta(seconds=TURN_SECONDS * at)) for at in (0, 1)] == [
        "18:30",
        "请准备 N013",
    ]
    assert TextSign(2, 8).plain(ScreenState(HOSPITAL, (), (), clock="18:30"), AT) == "18:30", "the name has no room"


def test_a_test_picture_is_shown_whole_on_a_small_sign() -> None:
    state = ScreenState(HOSPITAL, (), (), testing=True)
    sign = TextSign(2, 8)
    seen = {sign.plain(state, AT + timedelta(seconds=TURN_SECONDS * at)) for at in range(3)}
    assert "\n".join(seen).count("红绿黄") == 1
    assert "测试" in "\n".join(seen)


def test_a_pole_says_a_long_room_in_turns_and_why_where_there_is_room() -> None:
    long = call("N012", "x", "Pelvic floor rehabilitation treatment")
    protocol = protocol_for(display("cd5220"))
    sign, seen = VirtualSign("cd5220"), []
    for turn in range(3):
        sign.feed(protocol.encode(ScreenState(HOSPITAL, (long,), ()), AT + timedelta(seconds=TURN_SECONDS * turn)))
        seen.append(tuple(sign.lines))
    assert seen == [("N012", "Pelvic floor"), ("N012", "...rehabilitation"), ("N012", "...treatment")]
    sign.feed(protocol.encode(ScreenState(HOSPITAL, (call("N012", "x", "Room 1", why="soldier"),), ()), AT))
    assert sign.lines == ["N012 (soldier)", "Room 1"]


def test_a_number_display_never_shows_half_a_room() -> None:
    registers = {"room": {"register": 6, "length": 4}}
    protocol = protocol_for(display("modbus", registers=registers), rooms=[Text("x", "Room 3"), Text("y", "Ward 3")])
    assert protocol.says(call("N012", "x", "Operating theatre")) == "N012", "not half of it"
    assert protocol.says(call("N012", "三诊室", "三诊室")) == "N012 3"
    assert protocol.shortens(call("N012", "三诊室", "三诊室"))
    assert protocol.says(call("N012", "x", "Room 3, floor 2")) == "N012 3-2"
    assert protocol.shortens(call("N012", "x", "Room 3, floor 2"))
    digits = protocol_for(display("modbus", registers={"room": {"register": 6, "length": 1, "as": "value"}}))
    assert digits.says(call("N012", "x", "Room 3, floor 2")) == "N012 3"
    assert digits.shortens(call("N012", "x", "Room 3, floor 2")), "one number alone cannot say two"
    assert not digits.shortens(call("N012", "x", "Room 3"))
    assert digits.shortens(call("N012", "x", "Room A3")), "the letter is lost"


def test_an_unknown_room_is_said_as_it_stands_there() -> None:
    protocol = protocol_for(display("onbon", width=192))
    assert protocol.says(call("N012", "䶮诊室", "䶮诊室")) == "请N012号到?诊室"
