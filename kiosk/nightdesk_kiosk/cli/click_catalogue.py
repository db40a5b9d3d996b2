"""How click learns our texts: gettext catalogues made from `click_texts`, shipped with the package.

click asks `gettext.gettext` for each of its messages when it says it. That function reads three things at that moment:
the text domain of the program, the folder bound to this domain, and the language in the variable LANGUAGE, which comes
before every locale. All three are documented and all three are set here, so nothing of click or gettext is replaced.

gettext's functions read files only. A catalogue in memory would have to go into a private cache of gettext, or take the
place of `_` in each of click's modules; files made at the first use need a place to write. So the files are made
by `make catalogue` and shipped, and a test fails where they are not what the texts say.

LANGUAGE is inherited by programs that this one starts, so that they speak the same language.
"""

from __future__ import annotations

import gettext
import os
import struct
from pathlib import Path

from nightdesk_kiosk.cli.click_texts import PLURALS, TEXTS
from nightdesk_queue.text.bilingual import LANGUAGES, Language

DOMAIN = "nightdesk"
LOCALE = Path(__file__).parent / "locale"

# both languages keep click's two forms: one, and several
_HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
_MAGIC = 0x950412DE
_FIRST_TABLE = struct.calcsize("<7I")
_ROW = struct.calcsize("<2I")


def speak(language: Language) -> None:
    """Let click speak a language from now on."""
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language


def catalogue_file(language: Language) -> Path:
    """Return where gettext looks for the catalogue of a language."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.mo"


def compiled(language: Language) -> bytes:
    """Return the catalogue of a language as a .mo file.

    Seven little-endian words (magic, revision, number of messages, where the two tables are, an empty hash table), a
    table of the message ids in order and one of the texts, each row a length and an offset, then the strings, each
    ended by NUL. Forms of a plural are separated by NUL.
    """
    texts = {"": _HEADER} | {message: text.of(language) for message, text in TEXTS.items()}
    for messages, forms in PLURALS.items():
        texts["\0".join(messages)] = "\0".join(form.of(language) for form in forms)
    encoded = sorted((message.encode(), text.encode()) for message, text in texts.items())
    strings = [message for message, _ in encoded] + [text for _, text in encoded]
    rows, data = b"", b""
    first_string = _FIRST_TABLE + len(strings) * _ROW
    for string in strings:
        rows += struct.pack("<2I", len(string), first_string + len(data))
        data += string + b"\0"
    second_table = _FIRST_TABLE + len(encoded) * _ROW
    head = struct.pack("<7I", _MAGIC, 0, len(encoded), _FIRST_TABLE, second_table, 0, first_string)
    return head + rows + data


def write_catalogues() -> None:
    """Write the catalogues that are shipped."""
    for language in LANGUAGES:
        file = catalogue_file(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(compiled(language))
