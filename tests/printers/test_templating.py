"""Layouts an IT department can change: what they may hold, and a clear word for each fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from nightdesk_printers.layout import Feed, Line, Qr, Rule
from nightdesk_printers.templating import FIELDS, built_in, parse, template_of
from nightdesk_queue.domain.errors import ConfigError
from nightdesk_queue.domain.slips import SlipKind
from nightdesk_queue.text.bilingual import Text, same

NEEDED = '[[row]]\ntext = "{copy}"\n[[row]]\ntext = "{number}"\n'


def fill(text: str, **fields: object) -> tuple[object, ...]:
    template = parse(
        text + "\n" + NEEDED.replace("{number}", "{number} {hospital}"), SlipKind.TICKET, Path(), "ticket.toml"
    )
    return template.fill(fields, ["zh", "en"])  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(SlipKind))
def test_the_built_in_layouts_are_fine_and_name_all_their_fields_in_the_file(kind: SlipKind) -> None:
    template = built_in(kind)
    named = set().union(*(row.named for row in template.rows))
    assert named - FIELDS[kind] <= {"number", "state", "taken", "ended", "waited"}


def test_rows_come_in_their_order_and_empty_ones_are_left_out() -> None:
    text = """
    [[row]]
    text = "{clinic}"
    size = { zh = 2, en = 1 }
    bold = true
    [[row]]
    text = { zh = "号 {number}", en = "No. {number}" }
    [[row]]
    text = "{number}"
    languages = ["en"]
    align = "right"
    [[row]]
    text = "{hotline}"
    [[row]]
    rule = true
    [[row]]
    feed = 2
    [[row]]
    qr = "{id}"
    """
    assert fill(text, clinic=Text(zh="正骨", en="Bone"), number="B001", id="X", hotline=None) == (
        Line("正骨", 2, True),
        Line("Bone", 1, True),
        Line("号 B001"),
        Line("No. B001"),
        Line("B001", align="right"),
        Rule(),
        Feed(2),
        Qr("X"),
    )


def test_a_text_that_reads_the_same_in_both_languages_is_printed_once() -> None:
    assert fill('[[row]]\ntext = "{number}"', number=same("N1")) == (Line("N1"),)


FAULTS = [
    ("[[row]]\ntext = 'x'\nrule = true", "row[0]", "exactly one"),
    ("[[row]]\nalign = 'left'", "row[0]", "exactly one"),
    ("[[row]]\ntext = '{nmber}'", "row[0]", "no field nmber"),
    ("[[row]]\ntext = '{number.__class__}'", "row[0]", "no field"),
    ("[[row]]\ntext = '{number'", "row[0]", "brace"),
    ("[[row]]\ntext = '{number!r}'", "row[0]", "no format: number!r"),
    ("[[row]]\ntext = '{number:>300000000}'", "row[0]", "no format: number:>300000000"),
    ("[[row]]\ntext = '{number:{hospital}}'", "row[0]", "no format: number:{hospital}"),
    ("[[row]]\ntext = { zh = '{number}', en = '{number:5}' }", "row[0]", "no format: number:5"),
    ("[[row]]\nqr = '{id:>9}'", "row[0]", "no format: id:>9"),
    ("[[row]]\ntext = 'x'\nsize = 9", "row[0].size", "range"),
    ("[[row]]\ntext = 'x'\nalign = 'top'", "row[0].align", "allowed"),
    ("[[row]]\ntxt = 'x'", "row[0].txt", "no such key"),
    ("[[row]]\npicture = 'none.png'", "row[0]", "picture cannot be read"),
    ("[[row]]\ntext = 'x'\neach = 'patients'", "row[0]", "no such list"),
    ("row = 3", "row", "[[row]]"),
    ("", "row", "[[row]]"),
    ("[[row]\n", "-", "not TOML"),
]


@pytest.mark.parametrize(("text", "key", "words"), FAULTS)
def test_each_fault_is_named_with_its_row_and_a_fix(text: str, key: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(text, SlipKind.TICKET, Path("/nowhere"), "ticket.toml")
    fault = error.value.faults[0]
    assert (fault.file, fault.key) == ("ticket.toml", key)
    assert words in fault.problem.en
    assert fault.fix.zh
    assert fault.fix.en


def test_every_fault_of_a_file_is_found_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        parse("[[row]]\ntext = '{a}'\n[[row]]\nsize = 99\ntext = 'x'", SlipKind.TICKET, Path(), "t")
    assert [fault.key for fault in error.value.faults] == ["row[0]", "row[1].size", "row[1].size"][
        : len(error.value.faults)
    ]
    assert len(error.value.faults) >= 2


def test_a_file_in_the_folder_takes_the_place_of_the_built_in_and_a_change_is_seen(tmp_path: Path) -> None:
    assert template_of(SlipKind.TICKET, tmp_path) is built_in(SlipKind.TICKET)
    own = tmp_path / "ticket.toml"
    own.write_text('[[row]]\ntext = "我们"\n' + NEEDED, encoding="utf-8")
    assert template_of(SlipKind.TICKET, tmp_path).fill({}, ["zh"]) == (Line("我们"),)
    own.write_text('[[row]]\ntext = "你们的"\n' + NEEDED, encoding="utf-8-sig")
    assert template_of(SlipKind.TICKET, tmp_path).fill({}, ["zh"]) == (Line("你们的"),)
    own.write_bytes('[[row]]\ntext = "号"'.encode("gbk"))
    with pytest.raises(ConfigError):
        template_of(SlipKind.TICKET, tmp_path)


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ('[[row]]\ntext = "{number}"', ["{copy}"]),
        ('[[row]]\ntext = "{copy}"', ["{number}"]),
        ('[[row]]\ntext = "{copy}{number}"', ["{number}"]),
        ('[[row]]\ntext = "{number}"\n[[row]]\ntext = "{copy} {ahead}"', ["{copy}"]),
        ('[[row]]\ntext = "{copy}"\n[[row]]\ntext = "{number}"\nlanguages = ["en"]', ["{number}"]),
        ('[[row]]\ntext = "{copy}"\n[[row]]\ntext = { zh = "号", en = "{number}" }', ["{number}"]),
    ],
)
def test_a_patients_slip_always_has_its_number_and_a_copy_its_mark(text: str, lacks: list[str]) -> None:
    for kind in (SlipKind.TICKET, SlipKind.TRANSFER, SlipKind.PAGE):
        if kind is SlipKind.PAGE and "ahead" in text:
            continue
        with pytest.raises(ConfigError) as error:
            parse(text, kind, Path(), "t")
        assert [field for field in lacks if all(field in fault.problem.en for fault in error.value.faults)] == lacks


def test_a_qr_code_too_long_for_a_receipt_is_found_before_the_night() -> None:
    with pytest.raises(ConfigError) as error:
        parse(f'[[row]]\nqr = "{"x" * 5000}"\n{NEEDED}', SlipKind.TICKET, Path(), "t")
    assert error.value.faults[0].key == "row[0].qr"


@pytest.mark.parametrize(
    ("size", "mm", "words"),
    [((1, 5000), 30, "150000 mm high"), ((300, 1001), 30, "100"), ((4000, 2501), 30, "too large: 4000×2501")],
)
def test_a_picture_that_would_take_a_roll_or_a_machines_memory_is_a_fault(
    tmp_path: Path, size: tuple[int, int], mm: int, words: str
) -> None:
    Image.new("1", size).save(tmp_path / "logo.png")
    text = f"[[row]]\npicture = 'logo.png'\nwidth_mm = {mm}\n{NEEDED}"
    with pytest.raises(ConfigError) as error:
        parse(text, SlipKind.TICKET, tmp_path, "ticket.toml")
    assert words in error.value.faults[0].problem.en


def test_a_picture_of_just_the_tallest_height_is_printed(tmp_path: Path) -> None:
    Image.new("1", (300, 1000)).save(tmp_path / "logo.png")
    parse(f"[[row]]\npicture = 'logo.png'\n{NEEDED}", SlipKind.TICKET, tmp_path, "ticket.toml")
