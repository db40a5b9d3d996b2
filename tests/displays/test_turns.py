"""More to say than room: pages, calls and notices take turns, nothing is cut, and nothing looks like a call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_displays.fitting import columns, next_line, pieces
from nightdesk_displays.protocols import protocol_for
from nightdesk_displays.screen_state import ScreenState, ShownCall
from nightdesk_displays.textsign import TextSign
from nightdesk_displays.turns import TURN_SECONDS, at_turn, packed, rotation
from nightdesk_displays.virtual.sign import VirtualSign
from nightdesk_queue.config import Display
from nightdesk_queue.text.bilingual import Language, Text

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
PAGE = Text(
    zh="请值班医生到24小时正骨门诊：B001，02:30，第 1 次",
    en="Doctor on call to 24-hour bone-setting clinic: B001, 02:30, call 1",
)
LONG_AGO = AT - timedelta(minutes=2)


def state(*numbers: str, next_up: tuple[str, ...] = ("N013", "N014"), **more: object) -> ScreenState:
    calls = tuple(ShownCall(one, one, Text(zh="中医1诊室", en="Room 1"), LONG_AGO, True, 1) for one in numbers)
    return ScreenState(Text(zh="市中医医院", en="City Hospital"), calls, next_up, **more)  # type: ignore[arg-type]


def moments(count: int) -> list[datetime]:
    return [AT + timedelta(seconds=TURN_SECONDS * at) for at in range(count)]


@given(st.lists(st.integers(1, 4)), st.lists(st.integers(1, 4)), st.lists(st.integers(1, 4)), st.integers(1, 6))
def test_every_page_and_call_has_its_turn_and_neither_keeps_the_other_away(
    fresh: list[int], standing: list[int], pages: list[int], places: int
) -> None:
    kinds = {"fresh": fresh, "standing": standing, "page": pages}
    said = {
        name: [[[(name, at, row) for row in range(rows)]] for at, rows in enumerate(sizes)]
        for name, sizes in kinds.items()
    }
    told = rotation(*(packed(said[name], places) for name in kinds), [])
    assert all(0 < len(screen) <= places for telling in told for screen in telling)
    seen = {row for telling in told for screen in telling for row in screen}
    assert seen == {row for sayings in said.values() for saying in sayings for row in saying[0]}
    if (fresh or standing) and pages:
        calls = [telling[0][0][0] != "page" for telling in told]
        assert all(one != other for one, other in pairwise(calls)), "they alternate"


@given(st.lists(st.integers(1, 9), min_size=1), st.integers(1, 6))
def test_what_fits_on_a_screen_is_never_parted_and_nothing_comes_between_what_does_not(
    sizes: list[int], places: int
) -> None:
    told = packed([[[at] * size] for at, size in enumerate(sizes)], places)
    assert [at for telling in told for screen in telling for at in screen] == [
        at for at, size in enumerate(sizes) for _ in range(size)
    ]
    for at, size in enumerate(sizes):
        (own,) = [telling for telling in told if any(at in screen for screen in telling)]
        assert len(own) == -(-size // places)


def test_notices_come_after_two_rounds_of_calls_and_wait_while_a_call_is_new() -> None:
    assert rotation([], ["a", "b"], [], ["n"]) == ["a", "b", "a", "b", "n"]
    assert rotation(["f"], ["a"], [], ["n"]) == ["f", "f", "a"]
    assert rotation([], [], ["p"], ["n"]) == ["p", "p", "n"]
    assert rotation([], [], [], ["n", "m"]) == ["n", "m"]
    assert at_turn([], AT) is None


@given(st.text(alphabet="Room 诊室a1", max_size=60), st.integers(2, 20))
def test_pieces_are_as_wide_as_the_screen_and_lose_nothing(text: str, width: int) -> None:
    found = pieces(text, width)
    assert all(0 < columns(piece) <= width for piece in found)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")


def test_english_is_broken_between_words() -> None:
    assert pieces(PAGE.en, 20) == ["Doctor on call to", "24-hour bone-setting", "clinic: B001, 02:30,", "call 1"]


@given(
    st.lists(st.from_regex(r"\A[A-Z]{1,2}[0-9]{3}\Z"), max_size=4), st.integers(1, 40), st.sampled_from(["zh", "en"])
)
def test_who_is_next_stands_in_whole_numbers_behind_a_word(numbers: list[str], width: int, language: Language) -> None:
    line = next_line(numbers, language, width)
    assert columns(line) <= width
    if line:
        said = line.removeprefix("Next ").removeprefix("请准备 ").removeprefix("候诊").removeprefix("候")
        assert said != line
        count = len(said.split())
        assert said.split() == numbers[:count]
        assert count == len(numbers) or columns(f"{line} {numbers[count]}") > width, "as many as fit"
    elif numbers:
        assert width < 10


@pytest.mark.parametrize("colours", [False, True])
@pytest.mark.parametrize("height", [16, 32, 64])
def test_a_sign_of_any_height_shows_each_call_while_the_doctor_is_paged(height: int, colours: bool) -> None:
    protocol = protocol_for(
        Display.read({"id": "s", "port": "x", "protocol": "onbon", "width": 128, "height": height, "colours": colours})
    )
    sign, seen = VirtualSign("onbon"), set()
    said = state("N001", "N002", "N003", "N004", "N005", pages=(PAGE,))
    for moment in moments(30):
        sign.feed(protocol.encode(said, moment))
        assert all(columns(line) <= 16 for line in sign.lines)
        seen.update(sign.lines)
    text = "\n".join(seen)
    assert all(f"N00{n}" in text for n in range(1, 6))
    assert all(piece in seen for piece in pieces(PAGE.zh, 16))
    assert protocol.turns(said, AT)
    assert not protocol.turns(state(), AT)


def test_an_idle_sign_of_two_lines_gives_its_name_up_for_who_is_next() -> None:
    waiting, nobody = state(clock="18:30"), state(clock="18:30", next_up=())
    assert TextSign(2, 16).plain(waiting, AT) == "18:30\n请准备 N013 N014"
    assert TextSign(2, 16).plain(nobody, AT) == "市中医医院\n18:30"
    assert TextSign(3, 16).plain(waiting, AT) == "市中医医院\n18:30\n请准备 N013 N014"
    assert TextSign(1, 16).plain(waiting, AT) == "18:30"
    assert TextSign(2, 8).coloured(waiting, AT)[1].endswith("候诊N013")


def test_a_pole_shows_pages_and_notices_between_words_and_calls_in_between() -> None:
    protocol = protocol_for(Display.read({"id": "s", "port": "x", "protocol": "cd5220"}))
    sign = VirtualSign("cd5220")

    def seen(said: ScreenState) -> set[tuple[str, ...]]:
        found = set()
        for moment in moments(8):
            sign.feed(protocol.encode(said, moment))
            found.add(tuple(sign.lines))
        return found

    page = {("Doctor on call to", "24-hour bone-setting"), ("clinic: B001, 02:30,", "call 1")}
    assert seen(state("N001", pages=(PAGE,))) == {*page, ("N001", "Room 1")}
    notices = (Text("x", "Service: suspended"), Text("y", "Bone: now in Room 2"))
    assert seen(state(notices=notices)) == {("Service: suspended", ""), ("Bone: now in Room 2", "")}
    assert protocol.turns(state(notices=notices), AT)
    assert not protocol.turns(state("N001"), AT)
