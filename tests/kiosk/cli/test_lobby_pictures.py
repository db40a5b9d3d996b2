"""`nightdesk kiosk pages`: every page of a kiosk's screen as a picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from commandline import Nightdesk


def test_every_page_is_drawn_in_each_language_and_size(nightdesk: Nightdesk, tmp_path: Path) -> None:
    found = nightdesk("--json", "kiosk", "pages", "--folder", str(tmp_path / "pages"), "--size", "80x24")
    assert found.status == 0, found.err
    names = {file.name for file in (tmp_path / "pages").iterdir()}
    assert {"idle-zh.svg", "signs-zh-large.svg", "number-en.svg", "emergency-en-large.svg"} <= names
    assert "http" not in (tmp_path / "pages" / "idle-en.svg").read_text(encoding="utf-8").replace(
        "http://www.w3.org", ""
    ).replace("https://www.textualize.io", "")


@pytest.mark.parametrize(("size", "code"), [("big", "usage"), ("40x10", "usage"), ("999x999", "usage")])
def test_a_size_nobody_can_draw_is_a_sentence(nightdesk: Nightdesk, tmp_path: Path, size: str, code: str) -> None:
    found = nightdesk("--json", "kiosk", "pages", "--folder", str(tmp_path), "--size", size)
    assert (found.status, found.error["code"]) == (2, code)


def test_an_unknown_kiosk_and_a_folder_that_cannot_be_made_are_sentences(nightdesk: Nightdesk, tmp_path: Path) -> None:
    assert nightdesk("--json", "kiosk", "pages", "nowhere").error["code"] == "unknown_kiosk"
    (tmp_path / "file").write_text("x")
    found = nightdesk("--json", "kiosk", "pages", "--folder", str(tmp_path / "file" / "sub"))
    assert (found.status, found.error["code"]) == (3, "file")
