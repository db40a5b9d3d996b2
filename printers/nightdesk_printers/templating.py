"""How slips are laid out: templates in TOML that an IT department can change, without code.

A template is a list of rows from top to bottom. Each `[[row]]` has exactly one of

    text = "{number}"                         fields in braces; or { zh = "...", en = "..." }, a line a language
    rule = true                               a line across the paper
    qr = "{id}"                               a QR code
    picture = "logo.png", width_mm = 30       black and white; the file lies beside the template
    feed = 1                                  empty lines

and may have `size` (1 to 8), `bold` (both also as { zh = ..., en = ... }), `align` (left, center, right), `languages`
(which of the slip's languages it is printed in) and `each` (the row is repeated for each entry of a list). A row one of
whose fields is empty today is left out. A text that reads the same in both languages is printed once.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ValidationError

from nightdesk_printers.layout import LARGEST, Feed, Line, Picture, Qr, Row, Rule, Slip
from nightdesk_queue.config.table import Limits, Table
from nightdesk_queue.config.wording import describe
from nightdesk_queue.domain.errors import ConfigError, ConfigFault
from nightdesk_queue.domain.slips import SlipKind
from nightdesk_queue.text.bilingual import LANGUAGES, Language, Text

Value: TypeAlias = Text | str | int
Fields: TypeAlias = Mapping[str, Value | None]
Lists: TypeAlias = Mapping[str, Sequence[Fields]]

FIELDS: dict[SlipKind, frozenset[str]] = {
    SlipKind.TICKET: frozenset(
        "copy hospital clinic number ahead wait route taken listen ask hotline badges level slot id".split()  # noqa: SIM905
    ),
    SlipKind.TRANSFER: frozenset(
        "copy hospital clinic origin number ahead wait route taken moved listen ask hotline badges level id".split()  # noqa: SIM905
    ),
    SlipKind.PAGE: frozenset("copy hospital clinic number level round since answered how".split()),  # noqa: SIM905
    SlipKind.TEST: frozenset("hospital printer device at back_end paper sample".split()),  # noqa: SIM905
    SlipKind.LIST: frozenset("hospital clinic day at summary nobody".split()),  # noqa: SIM905
    SlipKind.ALARM: frozenset("hospital kiosk at what".split()),  # noqa: SIM905
    SlipKind.EMERGENCY: frozenset("hospital route kiosk at".split()),  # noqa: SIM905
}
"""What each slip's rows may name in braces."""
LISTS: dict[SlipKind, dict[str, frozenset[str]]] = {
    SlipKind.LIST: {"tickets": frozenset({"number", "state", "taken", "ended", "waited"})},
}
"""What rows may be repeated for, and the fields each entry adds."""
LONGEST_QR = 300
"""Characters of a QR code's template; more would be too fine for a receipt printer."""
TALLEST_MM = 100
"""Millimetres of paper a picture may take."""
MOST_PIXELS = 10_000_000
"""Pixels of a picture: a hundred times what the widest paper has dots for."""
NEEDED: dict[SlipKind, tuple[str, ...]] = dict.fromkeys(
    (SlipKind.TICKET, SlipKind.TRANSFER, SlipKind.PAGE), ("number", "copy")
)
"""What must stand on a slip in a row of its own: without it a slip tells nothing, or a copy looks like the original."""


class TemplateRow(Table):
    """One `[[row]]` of a template."""

    text: str | dict[Literal["zh", "en"], str] | None = None
    rule: Literal[True] | None = None
    qr: Annotated[str, Limits(max_length=LONGEST_QR)] | None = None
    picture: str | None = None
    width_mm: Annotated[int, Limits(ge=5, le=80)] = 30
    feed: Annotated[int, Limits(ge=1, le=20)] | None = None
    size: (
        Annotated[int, Limits(ge=1, le=LARGEST)] | dict[Literal["zh", "en"], Annotated[int, Limits(ge=1, le=LARGEST)]]
    ) = 1
    bold: bool | dict[Literal["zh", "en"], bool] = False
    align: Literal["left", "center", "right"] = "center"
    languages: list[Language] | None = None
    each: str | None = None

    @property
    def kinds(self) -> list[str]:
        """Which of the things a row can be it says it is; exactly one is right."""
        return [kind for kind in ("text", "rule", "qr", "picture", "feed") if getattr(self, kind) is not None]

    @property
    def texts(self) -> dict[Language, str]:
        """The text by language."""
        if isinstance(self.text, dict):
            return {language: self.text.get(language, "") for language in LANGUAGES}
        return dict.fromkeys(LANGUAGES, self.text or self.qr or "")

    @property
    def named(self) -> set[str]:
        """The fields it names in braces. Raises ValueError for braces that do not close."""
        return {name for name, _, _ in self._fields}

    @property
    def formatted(self) -> str | None:
        """The first field with a format or a conversion, as it is written; a wide one would be a slip of blanks."""
        for name, spec, conversion in self._fields:
            if spec or conversion:
                return f"{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}"
        return None

    @property
    def _fields(self) -> list[tuple[str, str | None, str | None]]:
        """Each field with its format and conversion. Raises ValueError for braces that do not close."""
        parsed = [part for text in self.texts.values() for part in string.Formatter().parse(text)]
        return [(name, spec, conversion) for _, name, spec, conversion in parsed if name is not None]


class Template:
    """The rows of one kind of slip; `folder` is where its pictures lie."""

    def __init__(self, rows: Sequence[TemplateRow], folder: Path) -> None:
        self.rows = rows
        self.folder = folder

    def fill(self, fields: Fields, languages: Sequence[Language], lists: Lists | None = None) -> Slip:
        """Return the slip for these facts in these languages."""
        return tuple(row for template in self.rows for row in self._rows(template, fields, languages, lists or {}))

    def _rows(self, row: TemplateRow, fields: Fields, languages: Sequence[Language], lists: Lists) -> Iterator[Row]:
        for entry in lists.get(row.each, ()) if row.each else ({},):
            known = {**fields, **entry}
            if all(known.get(name) not in (None, "") for name in row.named):
                yield from self._row(row, known, languages)

    def _row(self, row: TemplateRow, known: Fields, languages: Sequence[Language]) -> Iterator[Row]:
        if row.rule:
            yield Rule()
        elif row.feed:
            yield Feed(row.feed)
        elif row.picture:
            yield Picture(self.folder / row.picture, row.width_mm)
        elif row.qr is not None:
            yield Qr(_in(row.qr, known, languages[0]))
        else:
            yield from _lines(row, known, [one for one in languages if row.languages is None or one in row.languages])


def template_of(kind: SlipKind, folder: Path | None) -> Template:
    """Return the layout of a kind of slip: `KIND.toml` in `folder` where it is there, else the built-in one.

    Raises ConfigError with every fault in it. What was read is kept until the file changes.
    """
    own = folder / f"{kind}.toml" if folder else None
    try:
        changed = own.stat().st_mtime_ns if own else None
    except FileNotFoundError:
        own = None
    except OSError as error:
        raise ConfigError(str(own), [_unreadable(str(own), error)]) from error
    return _read(kind, own, changed) if own else built_in(kind)


@lru_cache(maxsize=32)
def built_in(kind: SlipKind) -> Template:
    """Return nightdesk's own layout of a kind of slip."""
    return parse(built_in_text(kind), kind, Path(), f"{kind}.toml")


def built_in_text(kind: SlipKind) -> str:
    """Return nightdesk's own layout as it stands in its file: what an IT department starts from."""
    return files("nightdesk_printers.templates").joinpath(f"{kind}.toml").read_text(encoding="utf-8")


@lru_cache(maxsize=32)
def _read(kind: SlipKind, file: Path, changed: int | None) -> Template:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(file), [_unreadable(str(file), error)]) from error
    return parse(text, kind, file.parent, str(file))


def parse(text: str, kind: SlipKind, folder: Path, file: str) -> Template:
    """Read a template. Raises ConfigError with every fault, each with file, row and fix."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        problem = Text(zh="TOML 语法错误：{e}", en="this is not TOML: {e}").fill(e=error)
        fix = Text(zh="检查那一行的引号、括号和等号", en="look at the quotes, brackets and equals signs of that line")
        raise ConfigError(file, [ConfigFault(file, "-", "-", problem, fix)]) from error
    faults: list[ConfigFault] = []
    rows = list(_checked(raw, kind, folder, file, faults))
    faults += [] if faults else _lacking(rows, kind, file)
    if faults:
        raise ConfigError(file, faults)
    return Template(rows, folder)


def _lacking(rows: Sequence[TemplateRow], kind: SlipKind, file: str) -> list[ConfigFault]:
    """Return a fault for each field a slip must have in a row that is printed whenever the field is there."""
    problem = Text(zh="没有一行只写 {field}", en="no row has {field} and nothing that may be empty")
    fix = Text(zh='加上 [[row]] text = "{field}"', en='add a [[row]] with text = "{field}"')
    always = {"number", "hospital", "clinic"}
    faults = []
    for name in NEEDED.get(kind, ()):
        field = "{" + name + "}"
        has = any(
            row.text is not None
            and row.languages is None
            and name in row.named
            and row.named <= always | {name}
            and all(field in text for text in row.texts.values())
            for row in rows
        )
        if not has:
            faults.append(ConfigFault(file, "row", "-", problem.fill(field=field), fix.fill(field=field)))
    return faults


def _checked(
    raw: dict[str, Any], kind: SlipKind, folder: Path, file: str, faults: list[ConfigFault]
) -> Iterator[TemplateRow]:
    listed = raw.get("row")
    if set(raw) != {"row"} or not isinstance(listed, list) or not listed:
        problem = Text(zh="模板只由 [[row]] 组成，至少一行", en="a template is made of [[row]] tables, one at least")
        fix = Text(zh="从 nightdesk print template {kind} 的输出改起", en="start from nightdesk print template {kind}")
        faults.append(ConfigFault(file, "row", "-", problem, fix.fill(kind=kind)))
        return
    for index, table in enumerate(listed):
        key = f"row[{index}]"
        try:
            row = TemplateRow.read(table)
        except ValidationError as error:
            told: set[str] = set()
            for detail in error.errors(include_url=False):
                path, value, problem, fix = describe(detail, TemplateRow)
                where = ".".join([key, *re.findall(r"\w+", path)[:1]])
                if where not in told:  # a value may be wrong in each of the ways it could be right
                    told.add(where)
                    faults.append(ConfigFault(file, where, str(value)[:60], problem, fix))
            continue
        for problem, fix, value in _wrong(row, kind, folder):
            faults.append(ConfigFault(file, key, value, problem, fix))
        yield row


def _wrong(row: TemplateRow, kind: SlipKind, folder: Path) -> Iterator[tuple[Text, Text, str]]:
    if len(row.kinds) != 1:
        yield (
            Text(zh="每行要有且只有 text、rule、qr、picture、feed 之一", en="a row is exactly one of five things"),
            Text(zh="留下其中一个", en="keep one of text, rule, qr, picture, feed"),
            ", ".join(row.kinds) or "-",
        )
    lists = LISTS.get(kind, {})
    if row.each is not None and row.each not in lists:
        known = ", ".join(lists) or "-"
        yield (
            Text(zh="没有这个列表", en="there is no such list"),
            Text(zh="可用：{names}", en="use one of: {names}").fill(names=known),
            row.each,
        )
    yield from _wrong_fields(row, FIELDS[kind] | lists.get(row.each or "", frozenset()))
    if row.picture and (fault := _picture_fault(folder / row.picture, row.width_mm)):
        yield *fault, row.picture


def _wrong_fields(row: TemplateRow, known: frozenset[str]) -> Iterator[tuple[Text, Text, str]]:
    try:
        unknown = sorted(row.named - known)
        if formatted := row.formatted:
            problem = Text(zh="字段不能带格式：{name}", en="a field takes no format: {name}").fill(name=formatted)
            yield problem, Text(zh="只写 {{字段}}", en="write {{field}} alone").fill(), formatted
            return
        for text in row.texts.values():
            text.format(**dict.fromkeys(known | row.named, "1"))
    except (ValueError, AttributeError, LookupError) as error:
        yield (
            Text(zh="大括号不成对：{e}", en="a brace stands alone: {e}").fill(e=error),
            Text(
                zh="写成 {{字段}}；真要大括号写两个", en="write {{field}}; double a brace that is meant as itself"
            ).fill(),
            str(row.text),
        )
        return
    for name in unknown:
        yield (
            Text(zh="没有字段 {name}", en="there is no field {name}").fill(name=name or "{}"),
            Text(zh="可用：{names}", en="use one of: {names}").fill(names=", ".join(sorted(known))),
            name or "{}",
        )


def _picture_fault(file: Path, width_mm: int) -> tuple[Text, Text] | None:
    """Return what is wrong with a picture, and the fix. Its size is read from its head, before it is unpacked."""
    from PIL import Image  # noqa: PLC0415 - only templates with pictures pay for it

    smaller = Text(zh="用小一点的图片", en="use a smaller picture")
    try:
        with Image.open(file) as opened:
            wide, high = opened.size
            if wide * high > MOST_PIXELS:
                many = Text(zh="图片太大：{w}×{h} 像素", en="the picture is too large: {w}×{h} pixels")
                return many.fill(w=wide, h=high), smaller
            if width_mm * high / wide > TALLEST_MM:
                tall = Text(
                    zh="图片印出来高 {mm} 毫米，最高 {most}", en="it would be {mm} mm high on paper, {most} is the most"
                )
                return tall.fill(mm=round(width_mm * high / wide), most=TALLEST_MM), smaller
            opened.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        unreadable = Text(zh="图片打不开：{e}", en="the picture cannot be read: {e}").fill(e=error)
        return unreadable, Text(zh="把 PNG 放在模板旁边", en="put a PNG beside the template")
    return None


def _unreadable(file: str, error: Exception) -> ConfigFault:
    problem = Text(zh="模板打不开：{e}", en="the template cannot be read: {e}").fill(e=error)
    fix = Text(zh="检查文件权限，存为 UTF-8", en="look at the file's permissions, and save it as UTF-8")
    return ConfigFault(file, "-", "-", problem, fix)


def _lines(row: TemplateRow, known: Fields, languages: Sequence[Language]) -> Iterator[Row]:
    seen: set[str] = set()
    for language in languages:
        text = _in(row.texts[language], known, language)
        if text and text not in seen:
            seen.add(text)
            yield Line(text, _of(row.size, language, 1), _of(row.bold, language, False), row.align)


def _of(value: Any, language: Language, otherwise: Any) -> Any:
    return value.get(language, otherwise) if isinstance(value, dict) else value


def _in(text: str, known: Fields, language: Language) -> str:
    values = {name: value.of(language) if isinstance(value, Text) else value for name, value in known.items()}
    return text.format(**values)
