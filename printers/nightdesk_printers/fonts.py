"""Fonts to draw slips with: which there are, which of them has a character, and text as dots.

Order: the files named in `[printing] fonts`, what fontconfig knows for Chinese, the font package of the `fonts` extra.
For a character none of those has, fontconfig is asked once for any font that does (HanaMin for the rarest surnames).
What a font holds is read from its character map, so a missing character is known and never becomes a box.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nightdesk_printers.font_maps import characters
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

FONTCONFIG_SECONDS = 10
PREFERRED = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "WenQuanYi Zen Hei", "Unifont")
"""Families made for simplified Chinese, best for paper first; the others come after them."""
PACKAGE, PACKAGE_FILE, PACKAGE_FACE = "noto_cjk_sans_otc", "NotoSansCJK-Regular.ttc", 2
"""The font package of the extra `fonts`, and the place of its simplified Chinese face."""
OUTLINES = frozenset({".ttf", ".ttc", ".otf", ".otc"})
SAMPLE = "中医夜间门诊号"
"""What a font must have to count as Chinese."""
INK = 110
"""Darkness from 0 to 255 from which a drawn dot is black on paper."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file."""

    file: Path
    index: int = 0


class Fonts:
    """A chain of faces; each character is drawn with the first that has it. Used by one thread at a time."""

    def __init__(self, faces: Sequence[Face], *, ask_fontconfig: bool = True) -> None:
        self.faces = list(faces)
        self._ask_fontconfig = ask_fontconfig
        self._by_character: dict[str, Face | None] = {}
        # FreeType's faces belong to one thread, so they are kept here and not for the whole process
        self._opened: dict[tuple[Face, int], FreeTypeFont] = {}

    @property
    def chinese(self) -> Face | None:
        """The first face that can write Chinese; None where there is none."""
        return next((face for face in self.faces if all(ord(char) in _map_of(face) for char in SAMPLE)), None)

    def face_of(self, char: str) -> Face | None:
        """Return the face that has a character; None where no font has it."""
        if char not in self._by_character:
            face = next((face for face in self.faces if ord(char) in _map_of(face)), None)
            if face is None and self._ask_fontconfig:
                face = next((found for found in _having(char) if ord(char) in _map_of(found)), None)
            self._by_character[char] = face
        return self._by_character[char]

    def missing(self, text: str) -> str:
        """Return the characters of a text that no font has."""
        return "".join(dict.fromkeys(char for char in text if char != " " and self.face_of(char) is None))

    def width(self, text: str, dots: int) -> int:
        """Return how wide a text is at a height of so many dots."""
        return sum(round(font.getlength(run)) for run, font in self._runs(text, dots))

    def draw(self, text: str, dots: int, *, bold: bool = False) -> Image:
        """Return a text as black on white, one bit a dot, `dots` high and a quarter for what hangs below."""
        from PIL import Image, ImageDraw  # noqa: PLC0415 - only the process that prints pays for it

        # at the smallest size a stroke all round would fill the characters; there a second print beside it is bold
        stroke, beside = (dots // 40, int(dots < 40)) if bold else (0, 0)
        image = Image.new("L", (self.width(text, dots) + 2 * stroke + beside + 1, dots + dots // 4), 0)
        pen = ImageDraw.Draw(image)
        x = stroke
        for run, font in self._runs(text, dots):
            for shift in range(beside + 1):
                where = (x + shift, dots - dots // 8)
                pen.text(where, run, fill=255, font=font, anchor="ls", stroke_width=stroke)
            x += round(font.getlength(run))
        return image.point(lambda ink: 0 if ink >= INK else 255).convert("1", dither=Image.Dither.NONE)

    def _runs(self, text: str, dots: int) -> Iterator[tuple[str, FreeTypeFont]]:
        """Cut a text into runs of one face each."""
        run, current = "", None
        for char in text:
            face = self.face_of(char) or current or (self.faces[0] if self.faces else None)
            if face != current and run and current:
                yield run, self._sized(current, dots)
                run = ""
            run, current = run + char, face
        if run and current:
            yield run, self._sized(current, dots)

    def _sized(self, face: Face, dots: int) -> FreeTypeFont:
        from PIL import ImageFont  # noqa: PLC0415 - as above

        if (face, dots) not in self._opened:
            layout = ImageFont.Layout.BASIC
            self._opened[face, dots] = ImageFont.truetype(face.file, dots, index=face.index, layout_engine=layout)
        return self._opened[face, dots]


def find_fonts(own: Sequence[Path] = ()) -> Fonts:
    """Return the fonts of this machine. Raises Fault for a file in `own` that is no font."""
    for file in own:
        if characters(file, 0) is None:
            text = Text(
                zh="字体文件 {file} 打不开或不是字体；改 [printing] fonts",
                en="{file} cannot be read or is no font; change fonts in [printing]",
            )
            raise Fault("font", text.fill(file=file))
    return Fonts([*(Face(file) for file in own), *_of_fontconfig(":lang=zh-cn"), *_of_package()])


def _of_fontconfig(pattern: str) -> tuple[Face, ...]:
    tool = shutil.which("fc-list")
    if tool is None:
        return ()
    form = "%{weight}\t%{index}\t%{file}\t%{family}\n"
    try:
        found = subprocess.run(  # noqa: S603 - fontconfig's own tool, with a pattern of ours
            [tool, "--format", form, pattern], capture_output=True, text=True, timeout=FONTCONFIG_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        # without fontconfig's word the package and the configured files remain; `check` names what is used
        return ()
    listed = []
    for line in found.stdout.splitlines():
        weight, index, file, family = line.split("\t", 3)
        if Path(file).suffix.lower() in OUTLINES and index.isdigit():
            rank = next((place for place, name in enumerate(PREFERRED) if name in family), len(PREFERRED))
            regular = weight.strip().replace(".", "", 1).isdigit() and 70 <= float(weight) <= 110
            listed.append((not regular, rank, "Mono" in family, file, int(index) & 0xFFFF))
    return tuple(dict.fromkeys(Face(Path(file), index) for *_, file, index in sorted(listed)))


def _having(char: str) -> tuple[Face, ...]:
    return _of_fontconfig(f":charset={ord(char):x}")


def _of_package() -> Iterator[Face]:
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        yield Face(Path(folder) / PACKAGE_FILE, PACKAGE_FACE)


def _map_of(face: Face) -> frozenset[int]:
    return characters(face.file, face.index) or frozenset()
