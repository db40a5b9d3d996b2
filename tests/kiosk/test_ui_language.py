"""Which language a process speaks."""

from __future__ import annotations

import pytest

from nightdesk_kiosk.ui_language import choose_language


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        ("--lang=zh queue", "zh"),
        ("--lang zh queue", "zh"),
        ("queue --lang zh", "zh"),
        ("queue --lang=zh --json", "zh"),
        ("--lang en queue --lang zh", "zh"),
        ("--lang zh queue --lang=en", "en"),
        ("--lang zh queue --lang fr", "zh"),
        ("queue", "en"),
        ("queue --lang", "en"),
        ("queue --lang=", "en"),
        ("queue --language zh", "en"),
        ("voice test -- --lang=zh", "en"),
    ],
)
def test_the_last_lang_option_that_names_a_language_decides(arguments: str, language: str) -> None:
    assert choose_language(arguments.split(), {"LANG": "C.UTF-8"}) == language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"NIGHTDESK_LANG": "zh", "LC_ALL": "en_GB.UTF-8"}, "zh"),
        ({"NIGHTDESK_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"NIGHTDESK_LANG": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"NIGHTDESK_LANG": "zh-Hans"}, "zh"),
        ({"LC_ALL": "zh_TW.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "zh"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_CN", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LC_MESSAGES": "de_DE", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zha_CN"}, "en"),
    ],
)
def test_without_the_option_the_first_variable_that_is_set_decides(environment: dict[str, str], language: str) -> None:
    assert choose_language(["queue"], environment) == language


def test_the_option_comes_before_every_variable() -> None:
    assert choose_language(["--lang", "en"], {"NIGHTDESK_LANG": "zh", "LC_ALL": "zh_CN.UTF-8"}) == "en"
