"""A configuration that was checked is remembered, and nothing but exactly that is ever taken."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from places import EXAMPLE_FILE

from nightdesk_queue.config import Hospital, load, loading, remembered, user_cache
from nightdesk_queue.domain.errors import ConfigError
from nightdesk_queue.domain.tickets import Lane


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "nightdesk"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_bytes(EXAMPLE_FILE.read_bytes())
    return file


def without_checking(monkeypatch: pytest.MonkeyPatch) -> None:
    def checked(*_: object) -> Hospital:
        raise AssertionError("it was checked again")

    monkeypatch.setattr(loading, "parse", checked)


def test_the_second_load_is_the_first_one_without_a_check(
    kept: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load(config)
    without_checking(monkeypatch)
    again = load(config)
    assert again == first
    assert again.folder == config.parent
    assert again.clinics["tcm-night"].order == first.clinics["tcm-night"].order
    assert again.zone.key == "Asia/Shanghai"


def test_a_command_that_remembers_loads_no_pydantic(kept: Path, config: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from nightdesk_kiosk.cli import run;"
        f"status = run(['--config', {str(config)!r}, '--database', 'sqlite:///{tmp_path / 'n.db'}', 'issue', 'er']);"
        "print('pydantic_core' in sys.modules, status)"
    )
    ends = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()[-2:]
        for _ in range(2)
    ]
    assert ends == [["True", "0"], ["False", "0"]]


def test_a_changed_text_is_checked(kept: Path, config: Path) -> None:
    load(config)
    with config.open("a", encoding="utf-8") as file:
        file.write("[nonsense]\n")
    with pytest.raises(ConfigError):
        load(config)
    assert len(list(kept.iterdir())) == 1, "a faulty configuration is not kept"


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: b"\x80\x05" + os.urandom(2000),
        lambda content: pickle.dumps(("another release", "another text", {})),
        lambda content: pickle.dumps(3),
        lambda content: pickle.dumps((os.system, "false")),
    ],
    ids=["empty", "cut", "noise", "another release", "another thing", "a function"],
)
def test_a_damaged_copy_is_passed_over_and_made_anew(kept: Path, config: Path, damage, monkeypatch) -> None:
    whole = load(config)
    (file,) = kept.iterdir()
    good = file.read_bytes()
    file.write_bytes(damage(good))
    assert load(config) == whole
    without_checking(monkeypatch)
    assert load(config) == whole


def test_a_text_of_the_same_checksum_is_not_taken_for_another(kept: Path, config: Path, monkeypatch) -> None:
    whole = load(config)
    monkeypatch.setattr(remembered, "crc32", lambda _: 1)
    text = config.read_text(encoding="utf-8")
    remembered.keep(text, whole)
    assert remembered.recall(text) is not None
    assert remembered.recall(text + "\n") is None


def test_a_copy_that_others_may_write_is_not_trusted(kept: Path, config: Path) -> None:
    load(config)
    (file,) = kept.iterdir()
    text = config.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o622)
    assert remembered.recall(text) is None
    file.chmod(0o600)
    assert remembered.recall(text) is not None


def test_a_pickle_that_calls_something_calls_nothing(kept: Path, config: Path, tmp_path: Path) -> None:
    class Calls:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "called",))

    load(config)
    (file,) = kept.iterdir()
    file.write_bytes(pickle.dumps(Calls()))
    load(config)
    assert not (tmp_path / "called").exists()


def test_another_state_of_the_code_checks_again(kept: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(config)
    monkeypatch.setattr(remembered, "_code", lambda: ("a later release",))
    assert remembered.recall(config.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("place", ["/proc/nowhere", "/dev/null"])
def test_where_nothing_can_be_kept_everything_works(config: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    assert load(config) == load(config)


class Early:
    """What is written as the first releases of Python 3.11 write a member of an enum, or as an attack would be."""

    def __init__(self, of: object, name: str) -> None:
        self.reads = (of, name)

    def __reduce__(self) -> tuple[object, ...]:
        return getattr, self.reads


def test_a_member_of_an_enum_is_read_as_every_python_writes_it_and_no_other_attribute() -> None:
    assert remembered._Unpickler(BytesIO(pickle.dumps(Early(Lane, "FIRST")))).load() is Lane.FIRST
    for of, name in ((Lane, "mro"), (Hospital, "changed"), (Lane, "__init__")):
        with pytest.raises(pickle.UnpicklingError):
            remembered._Unpickler(BytesIO(pickle.dumps(Early(of, name)))).load()


def test_only_the_newest_copies_stay(kept: Path, config: Path) -> None:
    text = config.read_text(encoding="utf-8")
    for n in range(user_cache.KEPT + 3):
        config.write_text(text + "\n" * n, encoding="utf-8")
        load(config)
    assert len(list(kept.iterdir())) == user_cache.KEPT
    assert remembered.recall(text + "\n" * (user_cache.KEPT + 2)) is not None


def test_what_a_font_can_draw_stays_however_many_configurations_are_kept(kept: Path, config: Path) -> None:
    user_cache.keep("font-", "font-1.characters", lambda new: new.write(b"map"))
    text = config.read_text(encoding="utf-8")
    for n in range(user_cache.KEPT + 1):
        config.write_text(text + "\n" * n, encoding="utf-8")
        load(config)
    assert (kept / "font-1.characters").read_bytes() == b"map"
