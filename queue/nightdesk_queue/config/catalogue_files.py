"""Catalogues of further languages, read from TOML files: every fault of a file is found before any is reported.

language = "ja"
name = "日本語"
espeak = "ja"

[texts]
"Back" = "戻る"

[readings]
"戻る" = "もどる"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias

from nightdesk_queue.config.lines import line_of
from nightdesk_queue.config.raw import Found
from nightdesk_queue.domain.errors import ConfigError, ConfigFault
from nightdesk_queue.text.bilingual import LANGUAGES, Text
from nightdesk_queue.text.catalogues import Catalogue, gaps_of
from nightdesk_queue.text.cleaning import is_command
from nightdesk_queue.text.visible import visible

LARGEST = 200_000
"""Bytes of a catalogue; ten times as many as one of every text has."""
LONGEST_TEXT = 2000
"""Characters of a translation."""
LONGEST_NAME = 40
KEYS = ("language", "name", "espeak", "texts", "readings")
_LANGUAGE = re.compile("[a-z]{2,3}")
_VOICE = re.compile(r"[A-Za-z][A-Za-z0-9+-]{0,39}")
_JOINERS = "\u200c\u200d"
"""Format characters that are part of how some languages are written."""

Raw: TypeAlias = dict[str, Any]


def load_catalogue(path: Path) -> Catalogue:
    """Read a catalogue. Raises ConfigError with every fault in it, each with file, key and fix."""
    content = _content(path)
    try:
        raw = tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        problem = Text(zh="TOML 语法错误：{e}", en="this is not TOML: {e}").fill(e=error)
        fix = Text(zh="检查那一行的引号和等号", en="look at the quotes and equals signs of that line")
        raise ConfigError(str(path), [ConfigFault(str(path), "-", "-", problem, fix)]) from error
    faults = [
        ConfigFault(str(path), visible(key, 80), visible(str(value)), problem, fix, _line(content, key))
        for key, value, problem, fix in _faults(raw, path.stem)
    ]
    if faults:
        raise ConfigError(str(path), faults)
    return Catalogue(raw["language"], raw["name"], raw.get("espeak", ""), raw["texts"], raw.get("readings", {}))


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            problem = Text(zh="文件大于 200 kB", en="the file is larger than 200 kB")
            fix = Text(zh="语言文件只写译文", en="a catalogue holds translations and nothing else")
            raise ConfigError(str(path), [ConfigFault(str(path), "-", "-", problem, fix)])
        return data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = Text(zh="语言文件打不开：{e}", en="the catalogue cannot be read: {e}").fill(e=error)
        fix = Text(zh="检查文件和权限，存为 UTF-8", en="look at the file and its permissions, and save it as UTF-8")
        raise ConfigError(str(path), [ConfigFault(str(path), "-", "-", problem, fix)]) from error


def _line(content: str, key: str) -> int | None:
    """Return the line of a key; `texts.Back` is the key `Back` of a table."""
    table, dot, entry = key.partition(".")
    if dot:
        return line_of(content, table, None, entry)
    found = re.search(rf"^\s*\[?\s*{re.escape(table)}\b", content, re.MULTILINE)
    return content.count("\n", 0, found.start()) + 1 if found else None


def _faults(raw: Raw, stem: str) -> Iterator[Found]:
    yield from _unknown_keys(raw)
    yield from _language(raw.get("language"), stem)
    yield from _name(raw.get("name"))
    espeak = raw.get("espeak", "")
    if not isinstance(espeak, str) or (espeak and not _VOICE.fullmatch(espeak)):
        yield (
            "espeak",
            espeak,
            Text(zh="不是 espeak-ng 的语音", en="not a voice of espeak-ng"),
            Text(
                zh="写 espeak-ng --voices 列出的名字，没有就去掉", en="write one that espeak-ng --voices lists, or none"
            ),
        )
    texts = raw.get("texts")
    if isinstance(texts, dict) and texts:
        for english, translation in texts.items():
            yield from _translation(english, translation)
    else:
        yield (
            "texts",
            "-" if texts is None else texts,
            Text(zh="缺少译文", en="the translations are missing"),
            Text(zh='加上 [texts]，每行 "英文" = "译文"', en='add [texts] with lines "English" = "translation"'),
        )
    yield from _readings(raw.get("readings", {}))


def _unknown_keys(raw: Raw) -> Iterator[Found]:
    for key in raw:
        if key not in KEYS:
            near = get_close_matches(key, KEYS, 1)
            fix = Text(zh="是否想写 {near}？", en="did you mean {near}?").fill(near=near[0]) if near else None
            others = Text(zh="可用：{names}", en="use one of {names}").fill(names=", ".join(KEYS))
            yield key, raw[key], Text(zh="没有这个键", en="there is no such key"), fix or others


def _language(language: object, stem: str) -> Iterator[Found]:
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        yield (
            "language",
            "-" if language is None else language,
            Text(zh="不是语言代码", en="not the code of a language"),
            Text(zh='写成 language = "ko"，两三个小写字母', en='write language = "ko": two or three small letters'),
        )
    elif language in LANGUAGES:
        yield (
            "language",
            language,
            Text(zh="中文和英文不需要语言文件", en="Chinese and English need no catalogue"),
            Text(zh="换一种语言", en="choose another language"),
        )
    elif language != stem:
        yield (
            "language",
            language,
            Text(zh="与文件名不符", en="the file has the name of another language"),
            Text(zh="文件名改成 {name}", en="name the file {name}").fill(name=f"{language}.toml"),
        )


def _name(name: object) -> Iterator[Found]:
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or _unprintable(name):
        yield (
            "name",
            "-" if name is None else name,
            Text(zh="不是语言的名称", en="not the name of a language"),
            Text(zh='写成 name = "한국어"，最多 {n} 个字符', en='write name = "한국어", at most {n} characters').fill(
                n=LONGEST_NAME
            ),
        )


def _translation(english: str, translation: object) -> Iterator[Found]:
    key = f"texts.{english}"
    yield from _word(key, english, translation)
    if not isinstance(translation, str):
        return
    wanted, found = gaps_of(english), gaps_of(translation)
    if wanted != found:
        yield (
            key,
            translation,
            Text(zh="大括号与原文不同", en="its {{gaps}} are not those of the English sentence").fill(),
            Text(zh="写齐这些：{gaps}", en="write these and no other: {gaps}").fill(gaps=_listed(wanted)),
        )


def _readings(readings: object) -> Iterator[Found]:
    if not isinstance(readings, Mapping):
        yield (
            "readings",
            readings,
            Text(zh="应是一个表", en="a table is needed"),
            Text(zh='写 [readings]，每行 "词" = "读音"', en='write [readings] with lines "word" = "how it is read"'),
        )
        return
    for word, reading in readings.items():
        yield from _word(f"readings.{word}", word, reading)


def _word(key: str, word: str, other: object) -> Iterator[Found]:
    """Yield what is wrong with an entry of either table, its gaps aside."""
    if not isinstance(other, str) or not other.strip() or not word:
        yield (
            key,
            other,
            Text(zh="应是文字", en="text is needed"),
            Text(zh='写成 "..." = "..."', en='write "..." = "..."'),
        )
    elif len(other) > LONGEST_TEXT:
        yield (
            key,
            other,
            Text(zh="太长", en="this is too long"),
            Text(zh="最多 {n} 个字符", en="write at most {n} characters").fill(n=LONGEST_TEXT),
        )
    elif _unprintable(other.replace("\n", "") if "\n" in word else other):
        yield (
            key,
            other,
            Text(zh="含有控制字符", en="a control character is in it"),
            Text(zh="去掉换行和看不见的字符", en="remove line breaks and what cannot be seen"),
        )


def _unprintable(text: str) -> bool:
    """Whether a text would do something to a screen: breaks its line, turns its direction, moves its cursor."""
    return any(is_command(char) and char not in _JOINERS for char in text)


def _listed(gaps: frozenset[str] | None) -> str:
    return " ".join(f"{{{gap}}}" for gap in sorted(gaps or ())) or "-"
