"""What a font can draw is remembered between programs, and never wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightdesk_printers import font_maps
from nightdesk_printers.fonts import find_fonts


@pytest.fixture
def font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, int]:
    """A font of this machine, in a folder of its own, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    font_maps.characters.cache_clear()
    face = find_fonts().faces[0]
    file = tmp_path / face.file.name
    file.symlink_to(face.file)
    return file, face.index


def read_anew(file: Path, index: int) -> frozenset[int] | None:
    """What another program finds."""
    font_maps.characters.cache_clear()
    return font_maps.characters(file, index)


def kept(tmp_path: Path) -> list[Path]:
    return [one for one in (tmp_path / "cache" / "nightdesk").glob("font-*") if one.stat().st_size > 1000]


def test_the_second_program_finds_the_same_without_reading_the_font(
    font: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = read_anew(*font)
    assert first
    monkeypatch.setattr(font_maps, "_read", lambda *_: pytest.fail("the font was read again"))
    assert read_anew(*font) == first


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x00" * 4097])
def test_a_damaged_map_is_not_used(font: tuple[Path, int], tmp_path: Path, damage: bytes) -> None:
    first = read_anew(*font)
    (file,) = [one for one in kept(tmp_path) if font[0].name.encode() in one.read_bytes()]
    file.write_bytes(damage)
    assert read_anew(*font) == first


def test_another_font_under_the_same_name_is_read(font: tuple[Path, int], tmp_path: Path) -> None:
    assert read_anew(*font)
    font[0].unlink()
    font[0].write_bytes(b"no font at all")
    assert read_anew(*font) is None


def test_where_nothing_can_be_kept_the_font_is_read_each_time(
    font: tuple[Path, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert read_anew(*font)
    assert read_anew(*font)


def test_a_font_that_is_not_there_has_no_characters(tmp_path: Path) -> None:
    assert font_maps.characters(tmp_path / "none.ttf", 0) is None
