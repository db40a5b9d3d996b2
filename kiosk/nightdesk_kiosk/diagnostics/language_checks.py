"""What `check` finds out about the languages of the kiosks: their catalogues, and whether pages can be read aloud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nightdesk_displays.voice.playing import player_of
from nightdesk_kiosk.diagnostics.finding import Finding, fault_text
from nightdesk_kiosk.lobby.languages import Languages, languages_of
from nightdesk_kiosk.lobby.prompter import prompt_speaker
from nightdesk_queue.config import Hospital
from nightdesk_queue.domain.errors import ConfigError, ConfigFault, Fault
from nightdesk_queue.text.bilingual import Text, joined, same

IN_FILE = Text(zh="{file}：{fault}", en="{file}: {fault}")
READ_ALOUD = Text(zh="大字模式可朗读：{languages}", en="the large mode is read aloud: {languages}")
SILENT = Text(zh="大字模式没有声音", en="the large mode is silent")
TO_HEAR = Text(
    zh="{why}；不需要朗读就写 speaks = false", en="{why}; write speaks = false where nothing is to be read aloud"
)
NOT_IN = Text(zh="{language}不能朗读：{why}", en="{language} is not read aloud: {why}")


def language_findings(hospital: Hospital) -> Iterator[Finding]:
    """Yield what was found of every kiosk that is configured. No sound is made.

    A faulty catalogue keeps its lobby from starting; a lobby that cannot speak works, and where the large mode or its
    languages are set up somebody should know.
    """
    for kiosk in hospital.kiosk:
        try:
            languages = languages_of(hospital, kiosk)
        except ConfigError as error:
            for fault in error.faults:
                text = IN_FILE.fill(file=_place(fault), fault=fault_text(fault))
                yield Finding("languages", kiosk.id, False, text)
            continue
        if languages.catalogues:
            yield Finding("languages", kiosk.id, True, _named(languages, languages.ids))
        if kiosk.speaks and (kiosk.elder or kiosk.languages):
            yield _prompts(hospital, kiosk.id, languages)


def _prompts(hospital: Hospital, kiosk_id: str, languages: Languages) -> Finding:
    """Return in which languages a kiosk reads its pages aloud, and why not in the others."""
    silent = _silent(hospital, languages)
    if len(silent) == len(languages.ids):
        # the same is missing for all of them
        why = next(iter(silent.values()))
        return Finding("prompts", kiosk_id, True, SILENT, TO_HEAR.fill(why=why))
    heard = [language for language in languages.ids if language not in silent]
    words = [NOT_IN.fill(language=languages.name_of(language), why=why) for language, why in silent.items()]
    text = READ_ALOUD.fill(languages=_named(languages, heard))
    return Finding("prompts", kiosk_id, True, text, joined(words, "；", "; ") if words else None)


def _silent(hospital: Hospital, languages: Languages) -> dict[str, Text]:
    """Return the languages whose pages the engine cannot read aloud here, and why."""
    speaker = prompt_speaker(hospital)
    silent = {}
    for language in languages.ids:
        try:
            player_of(hospital.voice.player if hospital.voice else None)
            speaker.try_prompt(language, languages.espeak(language))
        except Fault as fault:
            silent[language] = fault.text
    return silent


def _named(languages: Languages, ids: Iterable[str]) -> Text:
    return joined([same(languages.name_of(language)) for language in ids])


def _place(fault: ConfigFault) -> str:
    return f"{fault.file}:{fault.line}" if fault.line else fault.file
