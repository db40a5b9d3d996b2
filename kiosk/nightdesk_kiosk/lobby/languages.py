"""The languages of a kiosk: Chinese and English, and each that has a catalogue.

A further language is one more file, `<language>.toml`: in the kiosk's own folder of `catalogues`, or in ours, beside
this module. The kiosk's own goes before ours, sentence by sentence: a hospital may word a few and name its clinics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from nightdesk_queue.config import Hospital, Kiosk
from nightdesk_queue.config.catalogue_files import load_catalogue
from nightdesk_queue.domain.errors import ConfigError, ConfigFault
from nightdesk_queue.text.bilingual import LANGUAGES, Language, Text
from nightdesk_queue.text.catalogues import Catalogue

PatientLanguage: TypeAlias = str
"""The id of a language a patient may choose: `zh`, `en`, `ja`."""
SHIPPED = Path(__file__).parent / "catalogues"
NAMES = Text(zh="中文", en="English")
NO_CATALOGUE = Text(
    zh="语言 {language} 没有语言文件，找过 {folders}",
    en="there is no catalogue of the language {language}; looked for in {folders}",
)
PUT_ONE = Text(zh="把 {file} 放到那里，或改成：{known}", en="put {file} there, or name one of: {known}")
NO_FOLDER = Text(zh="没有这个文件夹 {folder}", en="there is no folder {folder}")
MAKE_FOLDER = Text(zh="建立它，或去掉 catalogues", en="make it, or drop catalogues")


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of one kiosk. `ids`: in the order they are offered, the first is shown first."""

    ids: tuple[PatientLanguage, ...]
    catalogues: Mapping[PatientLanguage, Catalogue]

    def say(self, text: Text, language: PatientLanguage) -> str:
        """Return a text in a language; in English where that language has no words for it."""
        own = two_languages(language)
        if own is None:
            return self.catalogues[language].of(text)
        return text.of(own)

    def name_of(self, language: PatientLanguage) -> str:
        """Return what the speakers of a language call it."""
        own = two_languages(language)
        return NAMES.of(own) if own else self.catalogues[language].name

    def espeak(self, language: PatientLanguage) -> str:
        """Return the voice of espeak-ng that speaks a language; empty where there is none."""
        from nightdesk_displays.voice.speaking import VOICES  # noqa: PLC0415 - only the voice asks

        own = two_languages(language)
        return VOICES[own] if own else self.catalogues[language].espeak

    def aloud(self, words: str, language: PatientLanguage) -> str:
        """Return words of a language as its voice can read them."""
        return words if two_languages(language) else self.catalogues[language].aloud(words)

    def for_slip(self, language: PatientLanguage) -> Language:
        """Return the language of a patient's slip and ticket: English stands for every other than Chinese."""
        return two_languages(language) or "en"


def two_languages(language: PatientLanguage) -> Language | None:
    """Return a language as one of the two that everything is written in; None for any other."""
    return next((own for own in LANGUAGES if own == language), None)


def languages_of(hospital: Hospital, kiosk: Kiosk) -> Languages:
    """Return the languages of a kiosk's screen, those of the hospital where it names none.

    Raises ConfigError with every language without a catalogue and every fault of the catalogues.
    """
    ids = tuple(dict.fromkeys(kiosk.languages or hospital.hospital.languages))
    own = hospital.folder / kiosk.catalogues if kiosk.catalogues else None
    folders = [own, SHIPPED] if own else [SHIPPED]
    faults = list(_folder_fault(kiosk, own))
    catalogues: dict[PatientLanguage, Catalogue] = {}
    for language in ids:
        if two_languages(language):
            continue
        try:
            found = _catalogue(language, folders)
        except ConfigError as error:
            faults += error.faults
            continue
        if found:
            catalogues[language] = found
        else:
            faults.append(_no_catalogue(kiosk, language, folders))
    if faults:
        raise ConfigError(faults[0].file, faults)
    return Languages(ids, catalogues)


def _catalogue(language: PatientLanguage, folders: Sequence[Path]) -> Catalogue | None:
    """Return the catalogue of a language, what is found first over what is found later. Raises ConfigError."""
    found: Catalogue | None = None
    for folder in folders:
        file = folder / f"{language}.toml"
        if file.exists():
            read = load_catalogue(file)
            found = found.over(read) if found else read
    return found


def _folder_fault(kiosk: Kiosk, own: Path | None) -> Iterator[ConfigFault]:
    if own is not None and not own.is_dir():
        key = f"kiosk[{kiosk.id}].catalogues"
        yield ConfigFault("config.toml", key, kiosk.catalogues or "-", NO_FOLDER.fill(folder=own), MAKE_FOLDER)


def _no_catalogue(kiosk: Kiosk, language: PatientLanguage, folders: Sequence[Path]) -> ConfigFault:
    known = [*LANGUAGES, *sorted({file.stem for folder in folders for file in folder.glob("*.toml")})]
    problem = NO_CATALOGUE.fill(language=language, folders=", ".join(str(folder) for folder in folders))
    fix = PUT_ONE.fill(file=f"{language}.toml", known=", ".join(known))
    return ConfigFault("config.toml", f"kiosk[{kiosk.id}].languages", language, problem, fix)
