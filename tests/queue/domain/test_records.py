"""A record is a frozen dataclass in every way but how its methods came to be."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, is_dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightdesk_queue.domain.records import Record


class Pair(Record):
    first: int
    second: str = "b"
    many: tuple[int, ...] = field(default_factory=tuple)


class Other(Record):
    first: int
    second: str = "b"
    many: tuple[int, ...] = ()


@dataclass(frozen=True)
class Generated:
    first: int
    second: str = "b"
    many: tuple[int, ...] = field(default_factory=tuple)


class Even(Record):
    value: int

    def __post_init__(self) -> None:
        if self.value % 2:
            raise ValueError(self.value)


values = st.tuples(st.integers(0, 2), st.sampled_from("ab"), st.tuples(st.integers(0, 1)))


@given(values, values)
def test_it_compares_and_hashes_as_a_generated_one_does(one: tuple, other: tuple) -> None:
    assert (Pair(*one) == Pair(*other)) == (Generated(*one) == Generated(*other))
    assert (Pair(*one) == Pair(*other)) <= (hash(Pair(*one)) == hash(Pair(*other)))
    assert asdict(Pair(*one)) == asdict(Generated(*one))
    assert repr(Pair(*one)) == repr(Generated(*one)).replace("Generated", "Pair")
    assert Pair(*one) != Other(*one)


def test_it_takes_values_in_order_and_by_name() -> None:
    assert Pair(1) == Pair(first=1) == Pair(1, "b") == Pair(1, many=())
    assert replace(Pair(1), second="c") == Pair(1, "c")
    assert is_dataclass(Pair)
    assert [one.name for one in fields(Pair)] == ["first", "second", "many"]
    assert pickle.loads(pickle.dumps(Pair(1, "x", (2,)))) == Pair(1, "x", (2,))


@pytest.mark.parametrize(
    ("ordered", "named", "words"),
    [
        ((), {}, "needs first"),
        ((1, "b", (), 4), {}, "3 fields, 4"),
        ((1,), {"first": 1}, "first twice"),
        ((1,), {"third": 1}, "no third"),
    ],
)
def test_what_does_not_fit_is_refused_as_by_any_class(ordered: tuple, named: dict, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        Pair(*ordered, **named)


def test_it_never_changes() -> None:
    pair = Pair(1)
    with pytest.raises(FrozenInstanceError):
        pair.first = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del pair.first
    assert pair == Pair(1)


def test_it_may_refuse_values_that_do_not_agree() -> None:
    assert replace(Even(2), value=4) == Even(4)
    with pytest.raises(ValueError, match="3"):
        Even(3)


def test_it_can_be_matched_by_its_fields() -> None:
    match Pair(1, "z"):
        case Pair(first, second):
            assert (first, second) == (1, "z")
        case _:
            raise AssertionError
