"""The project itself: its packages, its lock file, its texts in both languages, its documents."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from commands_of import members

from nightdesk_kiosk.cli import cli
from nightdesk_kiosk.device_wording import cause_text
from nightdesk_ports.causes import LineCause
from nightdesk_queue.config import Display, VoiceTable
from nightdesk_queue.config.table import Table, key_of

ROOT = Path(__file__).parents[1]
ROOMS = ["kiosk", "queue", "ports", "printers", "displays", "transfers"]
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
CHINESE = re.compile(r"[\u3400-\u9fff]")


def test_the_queue_folder_never_becomes_a_package() -> None:
    assert not (ROOT / "queue" / "__init__.py").exists()
    code = "import queue, sysconfig; print(queue.__file__.startswith(sysconfig.get_path('stdlib')))"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "True"


@pytest.mark.parametrize("room", ROOMS)
def test_each_source_root_holds_one_package_that_says_what_it_is(room: str) -> None:
    packages = [path for path in (ROOT / room).iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert [path.name for path in packages] == [f"nightdesk_{room}"]
    first_lines = (packages[0] / "__init__.py").read_text(encoding="utf-8").splitlines()[:10]
    words = "\n".join(first_lines)
    assert all(phrase in words for phrase in ("What lives here", "What it may touch", "What it promises"))


def test_the_core_imports_no_terminal_and_no_device() -> None:
    code = (
        "import sys, nightdesk_queue.commands.calling, nightdesk_queue.queries.queue_view;"
        "import nightdesk_queue.simulation.trial;"
        "print([n for n in ('textual', 'rich', 'escpos', 'serial', 'sqlite_utils', 'click') if n in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_every_dependency_is_pinned_with_hashes_and_without_an_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "http" not in lock
    assert "index" not in re.sub(r"^\S+==", "", lock, flags=re.MULTILINE)
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert len(entries) > 30
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry
    assert not (ROOT / "uv.lock").exists()


def test_the_lock_holds_everything_the_project_asks_for() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    asked = re.findall(
        r'^    "([A-Za-z0-9-]+)[><=]', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(asked) > 15
    missing = [name for name in asked if not re.search(rf"^{re.escape(name)}==", lock, re.MULTILINE)]
    assert missing == []


# texts ----------------------------------------------------------------------------------------------------------


def texts_of(path: Path) -> Iterator[tuple[int, str, str]]:
    """Every `Text(...)` of literal strings: line, Chinese, English."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
            arguments = {keyword.arg: keyword.value for keyword in node.keywords}
            if len(node.args) == 2:
                arguments |= {"zh": node.args[0], "en": node.args[1]}
            zh, en = arguments.get("zh"), arguments.get("en")
            if isinstance(zh, ast.Constant) and isinstance(en, ast.Constant):
                yield node.lineno, str(zh.value), str(en.value)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_exists_in_both_languages_with_the_same_gaps(path: Path) -> None:
    for line, zh, en in texts_of(path):
        if not zh and not en:
            continue
        where = f"{path.name}:{line}"
        assert zh, where
        assert en, where
        gaps = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in braces_safe(zh, en)]
        assert gaps[0] == gaps[1], where
        words = re.sub(r"\{[^}]*\}", "", zh)
        if re.search(r"[A-Za-z]{4,}", re.sub(r"\{[^}]*\}", "", en)) and not zh.startswith(("nightdesk", "English")):
            assert CHINESE.search(words), where
        assert not CHINESE.search(en.replace("中文", "")), where


def braces_safe(*texts: str) -> list[str]:
    """Texts that show TOML (`{ zh = ...`) are never filled; blank those braces out."""
    return [re.sub(r"\{ .*?\}|\{ ", "", text) for text in texts]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_chinese_stands_only_in_texts(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside: set[int] = set()
    for node in ast.walk(tree):
        in_text = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Text", "joined"}
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if in_text or is_docstring:
            inside.update(id(child) for child in ast.walk(node))
    allowed = {
        "queue/nightdesk_queue/config/hl7_tables.py",  # Chinese numerals of levels
        "transfers/nightdesk_transfers/requests.py",  # how Chinese senders write a level
        "transfers/nightdesk_transfers/samples.py",  # a person who does not exist
        "displays/nightdesk_displays/fitting.py",  # Chinese digits, which are never broken
        "displays/nightdesk_displays/room_names.py",
        "displays/nightdesk_displays/voice/pinyin.py",  # what is read otherwise than it is written
        "displays/nightdesk_displays/textsign.py",  # a sign's own Chinese, on Chinese-only hardware
        "kiosk/nightdesk_kiosk/cli/configuration.py",  # names in a first configuration
        "kiosk/nightdesk_kiosk/demo/night.py",  # the demo patients' names, and what a doctor types
        "kiosk/nightdesk_kiosk/lobby/texts.py",  # the form of a Chinese date
        "printers/nightdesk_printers/fonts.py",  # what a font must have to count as Chinese
        "printers/nightdesk_printers/slip_contents.py",  # rare characters of a test page
        "queue/nightdesk_queue/rules/booking_files.py",  # headings and words that spreadsheets of others hold
        "queue/nightdesk_queue/rules/sheet_times.py",  # how times of day are written
        "queue/nightdesk_queue/rules/config_warnings.py",  # digits as they are spoken
        "queue/nightdesk_queue/rules/sheets.py",  # a separator
        "queue/nightdesk_queue/text/cleaning.py",  # titles that stand behind a name
    }
    stray = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CHINESE.search(node.value)
        and id(node) not in inside
    ]
    assert not stray or str(path.relative_to(ROOT)) in allowed, stray


# documents ------------------------------------------------------------------------------------------------------


def commands(group: click.Group, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in members(group):
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


@pytest.mark.parametrize(("name", "command"), list(commands(cli)), ids=str)
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    reference = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert f"`nightdesk {name}" in reference
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            for flag in option.opts:
                assert flag in reference, flag


@pytest.mark.parametrize("table", [Display, VoiceTable])
def test_every_setting_of_screens_and_voice_is_documented(table: type[Table]) -> None:
    reference = (ROOT / "docs" / "screens.md").read_text(encoding="utf-8")
    assert [one.name for one in fields(table) if f"`{key_of(one.name)}`" not in reference] == []


def test_every_cause_a_screen_or_the_voice_may_tell_has_words_and_is_documented() -> None:
    reference = (ROOT / "docs" / "screens.md").read_text(encoding="utf-8")
    for cause in {*LineCause, "no_pinyin", "not_played", "no_voice", "clip"}:
        assert f"`{cause}`" in reference, cause
        assert cause_text(cause).zh != cause


def test_the_readme_names_the_two_commands_and_its_pictures_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme
    pictures = re.findall(r"\]\((docs/[^)]+)\)", readme)
    assert any(picture.endswith(".svg") for picture in pictures)
    assert [picture for picture in pictures if not (ROOT / picture.partition("#")[0]).exists()] == []


def test_the_changelog_knows_the_version() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
