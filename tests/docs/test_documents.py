"""Documents: their links lead somewhere, decisions have dates, and the drawn picture is what its description says."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from commands_of import members
from places import ROOT

from nightdesk_kiosk.cli import cli

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "deploy/README.md",
]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(document: Path) -> set[str]:
    """The anchors GitHub makes of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(document: Path) -> list[str]:
    """The links of a document that lead to no file or no heading."""
    found = []
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"https?:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    assert broken(document) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One `thing`\n[a](#one-thing) [b](page.md#one-thing) [c](#two) [d](gone.md)\n", encoding="utf-8")
    assert broken(page) == ["#two", "gone.md"]


def test_every_decision_has_a_date_and_a_name_of_its_own() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    decisions = re.findall(r"^#### (.+)$", text.partition("\n## Decisions\n")[2], re.MULTILINE)
    assert len(decisions) > 30
    assert [title for title in decisions if not re.match(r"20\d\d-\d\d-\d\d \S", title)] == []
    assert len(set(decisions)) == len(decisions)


def test_the_picture_of_how_data_flows_is_as_described() -> None:
    spec = importlib.util.spec_from_file_location("data_flow", ROOT / "docs" / "data_flow.py")
    assert spec is not None
    assert spec.loader is not None
    data_flow = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = data_flow
    spec.loader.exec_module(data_flow)
    shipped = (ROOT / "docs" / "pictures" / "data-flow.svg").read_text(encoding="utf-8")
    assert data_flow.picture() == shipped, "make pictures"


def commands_in(document: str) -> list[list[str]]:
    """The words after `nightdesk` in a document's code, up to the first option, path or number."""
    fenced = "".join(re.findall(r"^ *```\w*\n(.*?)^ *```", document, re.MULTILINE | re.DOTALL))
    code = re.findall(r"`([^`\n]+)`", document) + re.findall(r"^ *(?:\$ )?(\S*nightdesk .*)$", fenced, re.MULTILINE)
    found = [re.match(r"(?:\S*/)?nightdesk((?: [a-z][a-z0-9-]*)+)(?![\w./])", line) for line in code]
    return [match.group(1).split() for match in found if match]


@pytest.mark.parametrize("document", DOCUMENTS[2:], ids=lambda document: document.name)
def test_every_command_that_a_document_names_exists(document: Path) -> None:
    named = commands_in(document.read_text(encoding="utf-8"))
    known = dict(members(cli))
    missing = [
        words
        for words in named
        if words[0] not in known
        or (isinstance(known[words[0]], click.Group) and words[1:2] and words[1] not in dict(members(known[words[0]])))
    ]
    assert missing == []


def codes_of(tree: ast.AST) -> Iterator[str]:
    """The codes of the errors that a module makes."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Refused" | "Fault" | "Misuse"), args=[ast.Constant(value=str(code)), *_]):
                yield code


def test_every_error_code_is_documented() -> None:
    reference = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    rooms = ("kiosk", "queue", "ports", "printers", "displays", "transfers")
    sources = [path.read_text(encoding="utf-8") for room in rooms for path in (ROOT / room).rglob("*.py")]
    codes = {code for source in sources for code in codes_of(ast.parse(source))}
    assert len(codes) > 40
    assert sorted(code for code in codes if f"`{code}`" not in reference) == []


def test_every_contract_stands_in_the_map() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \|", text.partition("\n| contract |")[2].partition("\n## ")[0], re.MULTILINE)
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = [contract["name"] for contract in tables["tool"]["importlinter"]["contracts"]]
    assert len(names) > 5
    assert [name for name in names if not any(name.startswith(row) for row in rows)] == []
