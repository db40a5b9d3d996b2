"""What click says of its own accord reaches people in our words, in both languages."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import click
import pytest
from commandline import Nightdesk
from commands_of import members

from nightdesk_kiosk.cli import cli
from nightdesk_kiosk.cli.bilingual import NightOption
from nightdesk_kiosk.cli.click_catalogue import catalogue_file, compiled, speak
from nightdesk_kiosk.cli.click_texts import PLACEHOLDERS, PLURALS, TEXTS
from nightdesk_kiosk.ui_language import speech
from nightdesk_queue.text.bilingual import LANGUAGES, Text

CLICK = sorted(Path(click.__file__).parent.rglob("*.py"))
COMPUTED = {"extra['required']": "required"}
"""Messages that click does not write out where it asks for them, and what they are."""


@pytest.fixture
def chinese() -> Iterator[None]:
    speech.language = "zh"
    speak("zh")
    yield
    speak("en")


def _message_ids() -> set[tuple[str, ...]]:
    """Return every message that click's source asks gettext for; of a plural both forms."""
    found: set[tuple[str, ...]] = set()
    for file in CLICK:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                forms = node.args[: 1 if node.func.id == "_" else 2]
                found.add(tuple(_literal(form) for form in forms))
    return found


def _literal(form: ast.expr) -> str:
    return str(form.value) if isinstance(form, ast.Constant) else COMPUTED[ast.unparse(form)]


def test_every_message_of_the_installed_click_has_a_text() -> None:
    known = {(message,) for message in TEXTS} | set(PLURALS)
    assert len(_message_ids()) > 50
    assert _message_ids() - known == set()


def test_no_text_is_kept_for_a_message_that_click_no_longer_has() -> None:
    known = {(message,) for message in TEXTS if message not in PLACEHOLDERS} | set(PLURALS)
    assert known - _message_ids() == set()


def test_click_asks_gettext_by_no_other_function_than_those_two() -> None:
    imported = {
        (name.name, name.asname)
        for file in CLICK
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "gettext"
        for name in node.names
    }
    assert imported == {("gettext", "_"), ("ngettext", None)}


def _gaps(message: str) -> set[str]:
    named = {name for _, name, _, _ in Formatter().parse(message) if name is not None}
    return named | set(re.findall(r"%\((\w+)\)s", message))


def test_no_text_has_a_gap_that_click_does_not_fill() -> None:
    pairs: list[tuple[tuple[str, ...], tuple[Text, ...]]] = [((key,), (text,)) for key, text in TEXTS.items()]
    pairs += list(PLURALS.items())
    for messages, texts in pairs:
        filled = set().union(*map(_gaps, messages))
        assert all(_gaps(text.of(language)) <= filled for text in texts for language in LANGUAGES), messages


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_catalogue_is_what_the_texts_say(language: str) -> None:
    chosen = next(one for one in LANGUAGES if one == language)
    assert catalogue_file(chosen).read_bytes() == compiled(chosen), "run `make catalogue`"


def _english(message: str, *expected: str) -> set[str]:
    """Return the English words of a message that are neither in what was typed nor names of ours."""
    return set(re.findall(r"[A-Za-z]{2,}", message)) - set(re.findall(r"[A-Za-z]{2,}", " ".join(expected)))


@pytest.mark.parametrize(
    ("arguments", "path", "names"),
    [
        ("issue", "nightdesk issue", "CLINIC"),
        ("call", "nightdesk call", "room"),
        ("dance", "nightdesk", "cancel"),
        ("isue", "nightdesk", "issue resume"),
        ("print previe", "nightdesk print", "preview"),
        ("print preview", "nightdesk print preview", "ticket transfer page test list alarm emergency"),
        ("print preview zzz", "nightdesk print preview", "ticket transfer page test list alarm emergency"),
        ("print retry none", "nightdesk print retry", "JOB"),
        ("issue bone --unknown", "nightdesk issue", "now"),
        ("issue bone --nam x", "nightdesk issue", "name now"),
        ("issue bone --lang zh --level 9", "nightdesk issue", ""),
        ("issue bone --level two", "nightdesk issue", ""),
        ("issue bone --level", "nightdesk issue", ""),
        ("issue bone --extra=yes", "nightdesk issue", ""),
        ("issue bone --language fr", "nightdesk issue", "zh en"),
        ("issue bone more", "nightdesk issue", ""),
        ("issue bone more and more", "nightdesk issue", ""),
        ("simulate --per-hour many", "nightdesk simulate", ""),
        ("simulate --no-show 2", "nightdesk simulate", ""),
        ("simulate --seed many", "nightdesk simulate", ""),
        ("--now= queue", "nightdesk", ""),
    ],
)
def test_wrong_usage_is_one_sentence_in_each_language_that_says_where_help_is(
    nightdesk: Nightdesk, arguments: str, path: str, names: str
) -> None:
    found = nightdesk("--lang", "zh", "--json", *arguments.split())
    assert (found.status, found.out, found.error["code"]) == (2, "", "usage")
    message = found.error["message"]
    assert message.endswith(f"用 {path} --help 查看写法")
    assert _english(message, "--help", path, arguments, names) == set()
    english = nightdesk("--lang", "en", *arguments.replace("--lang zh", "").split())
    assert english.status == 2
    assert english.err.endswith(f" See {path} --help\n")
    assert "?." not in english.err


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (click.Choice(["one"]), ["x"]),
        (click.Choice(["one", "two"]), ["x"]),
        (click.IntRange(1, 4), ["9"]),
        (click.IntRange(1, 4), ["x"]),
        (click.IntRange(min=1), ["0"]),
        (click.FloatRange(0, 1), ["2"]),
        (click.INT, ["2.5"]),
        (click.FLOAT, ["x"]),
        (click.BOOL, ["x"]),
        (click.UUID, ["x"]),
        (click.DateTime(["%Y"]), ["x"]),
        (click.Path(exists=True), ["nowhere"]),
        (click.Path(dir_okay=False), ["."]),
        (click.Path(file_okay=False), [__file__]),
        (click.File(), ["."]),
        ((int, int), ["1"]),
    ],
)
def test_every_kind_of_value_is_refused_without_an_english_word(
    kind: click.ParamType[object], values: list[str]
) -> None:
    command = click.Command("x", params=[click.Option(["--v"], type=kind)])
    with pytest.raises(click.UsageError) as refused:
        command.main(["--v", *values], standalone_mode=False)
    named = ["one", "two", "on off true false yes no", "UUID", "%Y", os.strerror(21)]
    assert _english(refused.value.format_message(), *values, *named) == set()


@pytest.mark.usefixtures("chinese")
def test_a_long_wait_is_counted_in_days_of_the_language() -> None:
    bar = click.progressbar(length=1_000_000)
    bar.eta_known, bar.avg = True, [1.0]
    assert bar.format_eta().startswith("11天 ")


WALK = """
import click
from nightdesk_kiosk.cli import cli, run
def walk(command, path):
    run([*path, "--help"])
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            walk(command.get_command(context, name), [*path, name])
walk(cli, [])
"""


def _help(language: str) -> list[str]:
    """Return the help of every command; of one process, since click keeps what it has said of `--help`."""
    environment = {**os.environ, "NIGHTDESK_LANG": language}
    done = subprocess.run([sys.executable, "-c", WALK], env=environment, capture_output=True, text=True, check=True)
    return [f"Usage:{page}" for page in re.split(r"^(?:Usage:|用法：)", done.stdout, flags=re.MULTILINE)[1:]]


def test_help_in_chinese_has_no_word_of_clicks_english() -> None:
    pages = _help("zh")
    assert len(pages) > 40
    ours = {word for message in TEXTS for word in re.findall(r"[A-Za-z]{4,}", message)}
    for page in pages:
        words = {"Options", "Commands", "default", "required", "OPTIONS", "ARGS", "RANGE", "INTEGER", "FLOAT", "Show"}
        assert words <= ours
        assert words & set(re.findall(r"\w+", page)) == set()
        assert "显示这段说明" in page
        assert "选项:" in page


@pytest.mark.parametrize(
    ("language", "line"),
    [("zh", "后面还可写全局选项：见 nightdesk --help"), ("en", "Global options may follow too: see nightdesk --help")],
)
def test_help_of_a_subcommand_names_the_global_options(language: str, line: str) -> None:
    root, *others = _help(language)
    assert line not in root
    assert all(page.rstrip().endswith(line) for page in others)


def test_no_option_shows_a_placeholder_that_only_click_has_named() -> None:
    def types(command: click.Command) -> Iterator[str]:
        for parameter in command.params:
            if isinstance(parameter, NightOption) and not parameter.is_flag and not parameter.metavar:
                yield parameter.type.name.upper()
        if isinstance(command, click.Group):
            for _, one in members(command):
                yield from types(one)

    assert set(types(cli)) - {"CHOICE"} <= set(PLACEHOLDERS)


HOSTILE = "\x1b[31mred\x07\x7f\x9b\u202eback"
SEEN = r"\x1b[31mred\x07\x7f\x9b\u202eback"


@pytest.mark.parametrize(
    "arguments",
    [
        ("issue", "bone", HOSTILE),
        ("issue", "bone", f"--level={HOSTILE}"),
        (HOSTILE,),
        ("issue", "bone", f"--{HOSTILE}"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_control_characters_in_a_value_are_made_visible(
    nightdesk: Nightdesk, language: str, arguments: tuple[str, ...]
) -> None:
    assert SEEN in nightdesk("--lang", language, "--json", *arguments).error["message"]
    plain = nightdesk("--lang", language, *arguments).err
    assert SEEN in plain
    assert all(char.isprintable() for char in plain.removesuffix("\n"))


def test_a_refusal_of_a_rule_sends_no_control_character_either(nightdesk: Nightdesk) -> None:
    refused = nightdesk("--json", "print", "test", "\x1b[31mred").error
    assert refused["code"] == "unknown_printer"
    assert r"\x1b[31mred" in refused["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("issue", "bone", "v" * 500),
        ("issue", "bone", "--level", "v" * 500),
        ("issue", "bone", f"--level={'v' * 500}"),
        ("v" * 500,),
        ("--now", "v" * 500, "queue"),
        ("report", "--day", "v" * 500),
        ("print", "test", "v" * 500),
    ],
)
def test_a_long_value_is_cut_where_a_message_says_it_again(nightdesk: Nightdesk, arguments: tuple[str, ...]) -> None:
    message = nightdesk("--json", *arguments).error["message"]
    assert "v" * 60 + "…" in message
    assert "v" * 61 not in message
