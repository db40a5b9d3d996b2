"""The small mistakes a source can be given, each as a change of a few bytes: Python's and SQL's.

Texts for people, docstrings, annotations, decorators and assertions are left alone, and so is what stands in the holes
of f-strings.
"""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import NamedTuple

Spanned = ast.expr | ast.stmt | ast.excepthandler
Edit = tuple[str, int, int, bytes]
"""Name of the operator, first byte, byte behind the last, what stands there instead."""
LINE_SHOWN = 100

# where things stand ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """One statement (of a compound one the header): where it stands, and which names it binds at import."""

    path: str
    function: str = ""
    first: int = 0
    last: int = 0
    at_import: bool = True
    binds: tuple[str, ...] = ()


class Source:
    """The bytes of one file and the tree they parse to."""

    def __init__(self, path: str, raw: bytes) -> None:
        self.path = path
        self.raw = raw
        self.tree = ast.parse(raw)
        self.starts = [0]
        for line in self.raw.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def span(self, node: Spanned) -> tuple[int, int]:
        """Return the first byte of a node and the one behind its last."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        first, last = self.starts[node.lineno - 1], self.starts[node.end_lineno - 1]
        return first + node.col_offset, last + node.end_col_offset

    def text(self, node: Spanned) -> bytes:
        """Return the bytes of a node."""
        start, end = self.span(node)
        return self.raw[start:end]

    def places(self) -> Iterator[tuple[ast.AST, Place]]:
        """Give every node with the statement it stands in."""
        return _walk(self.tree, Place(self.path))


def _walk(node: ast.AST, outer: Place) -> Iterator[tuple[ast.AST, Place]]:
    for child in ast.iter_child_nodes(node):
        here = outer
        if isinstance(child, ast.stmt | ast.excepthandler):
            within = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            here = _placed(child, replace(outer, at_import=outer.at_import and not within))
        yield child, here
        yield from _walk(child, here)


def _placed(node: ast.stmt | ast.excepthandler, outer: Place) -> Place:
    body = getattr(node, "body", None)
    last = max(body[0].lineno - 1, node.lineno) if body else node.end_lineno or node.lineno
    function = outer.function
    names = [one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        function, names = f"{function}.{node.name}".lstrip("."), [node.name]
    elif body:
        names = []
    binds = names if outer.at_import else []
    return Place(outer.path, function, node.lineno, last, outer.at_import, tuple(binds))


# operators ------------------------------------------------------------------------------------------------------

SWAPS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"), ast.Pow: ("**", "*"), ast.LShift: ("<<", ">>"), ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.BitXor: ("^", "|"),
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="), ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"), ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"), ast.And: ("and", "or"), ast.Or: ("or", "and"),
}  # fmt: skip
TURNED_ROUND = (ast.Not, ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
"""Whose own mistake is the negation already."""
CALLS = {"any": b"all", "all": b"any", "min": b"max", "max": b"min"}
SQL = re.compile(rb"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|ORDER BY|EXISTS|AND|IN \(|IS (?:NOT )?NULL)(?!\w)")
SQL_SWAPS = (
    ("sql compare", rb"(?<=\s)(?:>(=)|<(=)|(>)|(<))(?=\s)", None),
    ("sql compare", rb"(?<=\s)=(?=\s)", b"<>"),
    ("sql compare", rb"(?<=\s)(?:<>|!=)(?=\s)", b"="),
    ("sql order", rb"\bDESC\b", b"ASC"),
    ("sql order", rb"\bASC\b", b"DESC"),
    ("sql order", rb"\b(ORDER BY [\w.]+)(?=[,\"]| LIMIT|\n)", rb"\1 DESC"),
    ("sql and/or", rb"\bAND\b", b"OR"),
    ("sql and/or", rb"(?<!INSERT )\bOR\b", b"AND"),
    ("sql not", rb"\bIS NULL\b", b"IS NOT NULL"),
    ("sql not", rb"\bIS NOT NULL\b", b"IS NULL"),
    ("sql not", rb"\bNOT (?=EXISTS|IN\b|LIKE\b)", b""),
    ("sql not", rb"(?<!NOT )\bIN \(", b"NOT IN ("),
    ("sql min/max", rb"\bmax\(", b"min("),
    ("sql min/max", rb"\bmin\(", b"max("),
    ("sql drop element", rb"(?<=\()'\w+', |, '\w+'", b""),
)
SQL_CONDITION = re.compile(rb"\b(WHERE|AND|OR|ON)\s+(?=[\w({:?'])")
SQL_BORDER = re.compile(
    rb"([({])|([)}])|\b(BETWEEN)\b|\b(AND)\b|\"|;|\b(?:OR|ORDER BY|GROUP BY|LIMIT|RETURNING|THEN|UNION|JOIN|WHERE)\b"
)


def negations(source: Source, node: ast.AST) -> Iterator[Edit]:
    """Negate a condition, swap the arms of a ternary, drop a `not` or a minus."""
    tests = node.ifs if isinstance(node, ast.comprehension) else []
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        tests = [node.test]
    for test in tests:
        op = test.op if isinstance(test, ast.UnaryOp) else test.ops[0] if isinstance(test, ast.Compare) else None
        if isinstance(op, TURNED_ROUND):
            continue
        name = "swap arms" if isinstance(node, ast.IfExp) else "negate if"
        yield name, *source.span(test), b"not (" + source.text(test) + b")"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        name = "drop not" if isinstance(node.op, ast.Not) else "drop minus"
        yield name, *source.span(node), b"(" + source.text(node.operand) + b")"


def statements(source: Source, node: ast.AST) -> Iterator[Edit]:
    """Drop a statement that does something, return None, go on where the loop would end and the other way round."""
    if isinstance(node, ast.Return) and node.value and ast.unparse(node.value) != "None":
        yield "drop return", *source.span(node.value), b"None"
    elif isinstance(node, ast.Raise | ast.Return):
        yield f"drop {type(node).__name__.lower()}", *source.span(node), b"pass"
    elif isinstance(node, ast.Break | ast.Continue):
        yield "loop", *source.span(node), b"continue" if isinstance(node, ast.Break) else b"break"
    elif isinstance(node, ast.Expr | ast.AugAssign | ast.Delete) or (
        isinstance(node, ast.Assign) and not any(isinstance(target, ast.Name) for target in node.targets)
    ):
        yield "drop statement", *source.span(node), b"pass"


def constants(source: Source, node: ast.AST) -> Iterator[Edit]:
    """Change a number by one, turn a truth value round, change and shorten bytes."""
    if not isinstance(node, ast.Constant):
        return
    value, (start, end) = node.value, source.span(node)
    if isinstance(value, bool):
        yield "constant", start, end, repr(not value).encode()
    elif isinstance(value, int | float):
        for changed in (value + 1, value - 1):
            yield "constant", start, end, repr(changed).encode()
    elif isinstance(value, bytes):
        yield "bytes", start, end, repr(bytes([value[0] ^ 1]) + value[1:] if value else b"\x00").encode()
        if value:
            yield "bytes", start, end, repr(value[:-1]).encode()


def swaps(source: Source, node: ast.AST) -> Iterator[Edit]:
    """Swap what stands between two operands, any and all, min and max."""
    if isinstance(node, ast.BinOp):
        yield from _swap(source, "arithmetic", node.op, node.left, node.right)
    elif isinstance(node, ast.AugAssign):
        yield from _swap(source, "arithmetic", node.op, node.target, node.value)
    elif isinstance(node, ast.Compare):
        for op, (left, right) in zip(node.ops, pairwise([node.left, *node.comparators]), strict=True):
            yield from _swap(source, "compare", op, left, right)
    elif isinstance(node, ast.BoolOp):
        for left, right in pairwise(node.values):
            yield from _swap(source, "and/or", node.op, left, right)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
        yield "any/all, min/max", *source.span(node.func), CALLS[node.func.id]


def _swap(source: Source, name: str, op: ast.AST, left: ast.expr, right: ast.expr) -> Iterator[Edit]:
    old, new = SWAPS.get(type(op), ("", ""))
    start, end = source.span(left)[1], source.span(right)[0]
    at = source.raw.find(old.encode(), start, end)
    if old and at >= 0:
        yield name, at, at + len(old), new.encode()


def drops(source: Source, node: ast.AST) -> Iterator[Edit]:
    """Drop one operand of and/or, one element of a tuple, list or set, one key of a dict."""
    if isinstance(node, ast.BoolOp):
        word = b" and " if isinstance(node.op, ast.And) else b" or "
        for dropped in node.values:
            rest = [b"(" + source.text(value) + b")" for value in node.values if value is not dropped]
            yield "drop operand", *source.span(node), word.join(rest)
    elif isinstance(node, ast.Dict) and None not in node.keys:
        spans = [
            (source.span(key)[0], source.span(value)[1])
            for key, value in zip(node.keys, node.values, strict=True)
            if key
        ]
        yield from _without_one(source, "drop key", spans)
    elif isinstance(node, ast.List | ast.Set) or (isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load)):
        spans = [source.span(element) for element in node.elts]
        alone = isinstance(node, ast.Tuple) and len(spans) == 2  # what is left must still be a tuple
        yield from _without_one(source, "drop element", spans, b"," if alone else b"")


def _without_one(source: Source, name: str, spans: list[tuple[int, int]], comma: bytes = b"") -> Iterator[Edit]:
    for place, (start, end) in enumerate(spans):
        if place:
            yield name, spans[place - 1][1], end, comma
        elif len(spans) > 1:
            last = spans[1][1] if comma else spans[1][0]
            yield name, start, last, source.raw[spans[1][0] : last] + comma
        else:
            yield name, start, end + (source.raw[end : end + 1] == b","), b""


def sql(source: Source, node: ast.AST) -> Iterator[Edit]:
    """Swap comparisons, order, and/or and the like in SQL, and let a condition no longer count."""
    if not (isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))):
        return
    text, offset = source.text(node), source.span(node)[0]
    if not SQL.search(text):
        return
    for name, pattern, new in SQL_SWAPS:
        for found in re.finditer(pattern, text):
            keywords = re.findall(rb"\b(?:SET|WHERE|WHEN|ON)\b", text[: found.start()])
            if found[0] == b"=" and keywords[-1:] == [b"SET"]:
                continue  # an assignment
            swapped = found[0].rstrip(b"=") if b"=" in found[0] else found[0] + b"="
            yield name, offset + found.start(), offset + found.end(), swapped if new is None else found.expand(new)
    for found in SQL_CONDITION.finditer(text):
        condition = _condition(text[found.end() :])
        never, always = b"(" + condition + b" AND 0)", b"(" + condition + b" OR 1)"
        start = offset + found.end()
        if condition:
            yield "sql drop condition", start, start + len(condition), never if found[1] == b"OR" else always


def _condition(text: bytes) -> bytes:
    """Return the one condition some SQL begins with; nothing where it does not end within its literal."""
    depth, between = 0, False
    for border in SQL_BORDER.finditer(text):
        if border[1] or border[2]:
            depth += 1 if border[1] else -1
        elif border[3]:
            between = True
        elif border[4] and between:
            between = False
        elif border[0] == b'"' or depth == 0:
            return text[: border.start()].rstrip() if depth == 0 else b""
        if depth < 0:
            return text[: border.start()].rstrip()
    return b""


OPERATORS: tuple[Callable[[Source, ast.AST], Iterator[Edit]], ...] = (
    negations, statements, constants, swaps, drops, sql,
)  # fmt: skip


# mutants --------------------------------------------------------------------------------------------------------


class Name(NamedTuple):
    """What a mutant is known by, wherever in its function it moves. At the top of a file `function` is empty."""

    file: str
    function: str
    operator: str
    before: str
    after: str


@dataclass(frozen=True)
class Mutant:
    """One change. `before` and `after`: the lines it touches, in one line each, which tell it even when it moves."""

    place: Place
    operator: str
    line: int
    before: str
    after: str
    text: bytes = field(repr=False)

    @property
    def name(self) -> Name:
        """What it is known by in the list of those that do not matter."""
        return Name(self.place.path, self.place.function, self.operator, self.before, self.after)

    def __str__(self) -> str:
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(self.before, self.after, strict=False))
        same = sum(1 for _ in alike)
        start = max(0, min(same - LINE_SHOWN // 2, max(len(self.before), len(self.after)) - LINE_SHOWN))
        before, after = (_shown(text, start) for text in (self.before, self.after))
        return f"{self.place.path}:{self.line}  {self.operator}:  {before}  ->  {after}"


def _shown(text: str, start: int) -> str:
    end = start + LINE_SHOWN
    return f"{'...' if start else ''}{text[start:end]}{'...' if end < len(text) else ''}"


def mutants_of(source: Source) -> Iterator[Mutant]:
    """Give every mutant of a file."""
    untouched = _untouched(source.tree)
    for node, place in source.places():
        if id(node) in untouched:
            continue
        for operator in OPERATORS:
            for name, start, end, new in operator(source, node):
                first = bisect.bisect_right(source.starts, start)
                top, bottom = source.starts[first - 1], source.starts[bisect.bisect_left(source.starts, end)]
                texts = source.raw[top:bottom], source.raw[top:start] + new + source.raw[end:bottom]
                before, after = (" ".join(text.decode().split()) for text in texts)
                yield Mutant(place, name, first, before, after, source.raw[:start] + new + source.raw[end:])


def _untouched(tree: ast.AST) -> set[int]:
    """Return the nodes that are left alone: texts, docstrings, annotations, decorators, assertions, holes."""
    alone: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert | ast.Import | ast.ImportFrom) or _is_for_people(node):
            alone.append(node)
        elif isinstance(node, ast.JoinedStr):
            alone += node.values
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            alone.append(node.slice)
        alone += [getattr(node, "annotation", None) or ast.Pass(), getattr(node, "returns", None) or ast.Pass()]
        alone += getattr(node, "decorator_list", [])
    return {id(inner) for node in alone for inner in ast.walk(node)}


def _is_for_people(node: ast.AST) -> bool:
    """Whether it is a docstring or a text in both languages."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "Text"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
