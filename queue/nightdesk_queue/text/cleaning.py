"""Cleaning of words that came from outside, and masking of names."""

from __future__ import annotations

import re
import unicodedata


def is_command(char: str) -> bool:
    """Whether a printer or a screen may obey a character: control and format characters, and what breaks a line."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def clean(text: str | None, longest: int) -> str | None:
    """Return `text` without control and format characters, spaces folded, at most `longest` characters; None if empty.

    A control character in a name would be a command to a printer (`ESC p` opens the cash drawer).
    """
    if text is None:
        return None
    kept = text
    if not text.isprintable():
        kept = "".join(" " if is_command(char) else char for char in text)
    return " ".join(kept.split())[:longest].rstrip() or None


def normalised(text: str) -> str:
    """Return a number, an id or a key as it was meant: `Ｎ００１`, as Chinese input methods write it, is `N001`.

    For what is compared, never for what people read: in a sentence full-width punctuation is how Chinese is written.
    """
    return unicodedata.normalize("NFKC", text).strip()


HIDDEN = "*"
"""Stands for a character of a name that is not shown."""
_TITLES = (
    "先生", "女士", "小姐", "太太", "夫人", "老师", "大夫", "医生", "护士", "主任", "教授", "院长", "经理", "同志",
    "师傅", "大爷", "大妈", "大叔", "阿姨", "叔叔", "奶奶", "爷爷", "小朋友", "宝宝", "之子", "之女",
)  # fmt: skip
_LATIN_TITLE = r"(?i)^(?:(?:mr|mrs|ms|miss|dr|prof|sir|madam)\b[. ]*)+"
_BESIDE_NAME = r"[(（\[【{<《].*$"
"""What stands in brackets behind a name says something about the person."""
_IDEOGRAPH = "[\u3400-\u9fff\U00020000-\U0003ffff]"
_WITHIN_BLANK = rf"(?<={_IDEOGRAPH})\s+(?={_IDEOGRAPH})"
# As texts: `re` keeps what it compiled, and a program that masks no name does not pay for it at its start.


def masked(name: str) -> str:
    """Return a name of which at least one character is hidden: 张三丰 is 张*丰, 张三 is 张*, 佳 is *.

    At most its first and last character are shown. What is not part of the name hides nothing of it: blanks between
    Chinese characters and what stands in brackets are left out, a title in front is left out and one behind is shown,
    digits and punctuation are no characters of a name. An accent belongs to its letter.
    """
    plain = "".join(char for char in unicodedata.normalize("NFC", name) if unicodedata.category(char)[0] != "C")
    plain = re.sub(_WITHIN_BLANK, "", " ".join(plain.split()))
    own, title = _without_title(re.sub(_BESIDE_NAME, "", plain).strip())
    clusters = _clusters(own)
    letters = [place for place, cluster in enumerate(clusters) if cluster[0].isalpha()]
    if not letters:
        # nothing that looks like a name: whatever it is, it may be one
        return HIDDEN
    shown = {letters[0], letters[-1]} if len(letters) > 2 else {letters[0]} if len(letters) == 2 else set()
    hidden = set(letters) - shown
    return "".join(HIDDEN if place in hidden else cluster for place, cluster in enumerate(clusters)) + title


def shows_nothing(mask: str) -> bool:
    """Whether a masked name begins hidden and so tells nobody that they are meant."""
    return mask.startswith(HIDDEN)


def _without_title(name: str) -> tuple[str, str]:
    """Return a name and the title behind it; a title in front is dropped. One that is all there is, is the name."""
    own = re.sub(_LATIN_TITLE, "", name)
    title = next((one for one in _TITLES if own.endswith(one)), "")
    rest = own.removesuffix(title).rstrip() if title else own
    return (rest, title) if rest else (name, "")


def _clusters(text: str) -> list[str]:
    """Return characters with the marks that are written on them."""
    found: list[str] = []
    for char in text:
        if found and unicodedata.category(char).startswith("M"):
            found[-1] += char
        else:
            found.append(char)
    return found


def ascii_digits(text: str) -> str:
    """Return the digits of a text, full-width ones included, without anything else."""
    return "".join(char for char in normalised(text) if char.isascii() and char.isdigit())
